"""What sets a place apart in time: planted seasons, hours, school days and bursts, and nothing where there is none."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray

from forum.demo.geography import metres
from forum.demo.partners import partners
from forum.demo.patterns import patterns
from forum.demo.rhythms import is_school_day
from forum.demo.rows import rows
from forum.foundation.clock import ZONE
from mapping.perspectives import Agreement, Perspective, perspectives
from mapping.profiles import HOURS, SCHOOL, SEASONS, Kind, Moments, Profile, Trait, profiles, scan

TODAY = date(2026, 11, 25)
RNG = np.random.default_rng


def drawn(rng: np.random.Generator, n: int, days: NDArray[np.int64], hours: tuple[int, int]) -> NDArray[np.datetime64]:
    """Return moments on some of the days since 2025-01-01, within the hours."""
    hour = rng.integers(*hours, n)
    return np.datetime64("2025-01-01", "s") + (rng.choice(days, n) * 86_400 + hour * 3600).astype("timedelta64[s]")


def profile(here: NDArray[np.datetime64], elsewhere: NDArray[np.datetime64], known: bool = True) -> Profile:
    at = np.concatenate([here, elsewhere])
    weekday = (at.astype("datetime64[D]").astype(np.int64) + 3) % 7
    mask, group = np.arange(len(at)) < len(here), np.zeros(len(at), dtype=np.int64)
    (found,) = profiles([mask], ["1"], Moments(at, np.full(len(at), known), weekday < 5, group))
    return found


YEAR = np.arange(365)
EVERYWHERE = drawn(RNG(1), 2000, YEAR, (0, 24))


def kinds(found: Profile) -> set[Kind]:
    return {trait.kind for trait in found.traits}


@pytest.mark.parametrize("seed", range(3))
def test_a_place_like_all_others_has_no_trait(seed: int) -> None:
    assert profile(drawn(RNG(seed + 10), 120, YEAR, (0, 24)), EVERYWHERE).traits == ()


def test_a_season_is_found_with_its_first_and_last_month() -> None:
    winter = np.concatenate([np.arange(0, 59), np.arange(334, 365)])
    here = np.concatenate([drawn(RNG(2), 70, winter, (0, 24)), drawn(RNG(3), 30, YEAR, (0, 24))])
    (season,) = (trait for trait in profile(here, EVERYWHERE).traits if trait.kind is Kind.SEASON)
    assert season.part == "12-02"
    assert season.count > 2 * season.expected


def test_hours_of_the_night_belong_to_the_evening_before() -> None:
    fridays = YEAR[(YEAR + 2) % 7 == 4]
    late = drawn(RNG(4), 40, fridays, (22, 24)), drawn(RNG(5), 40, fridays + 1, (0, 2))
    (hours,) = (t for t in profile(np.concatenate(late), EVERYWHERE).traits if t.kind is Kind.HOURS)
    assert hours.part == "4 22-02"
    assert hours.count == 80


def test_where_no_hour_is_known_none_is_named() -> None:
    here = drawn(RNG(6), 80, YEAR, (22, 24))
    assert Kind.HOURS in kinds(profile(here, EVERYWHERE))
    assert Kind.HOURS not in kinds(profile(here, EVERYWHERE, known=False))


def test_bursts_are_days_close_together_beyond_the_season() -> None:
    first = RNG(7).choice(np.arange(0, 350), 4, replace=False)
    days = np.concatenate([start + np.arange(10) for start in first])
    assert Kind.BURSTS in kinds(profile(drawn(RNG(8), 100, days, (0, 24)), EVERYWHERE))
    summer = profile(drawn(RNG(9), 100, np.arange(150, 240), (0, 24)), EVERYWHERE)
    assert kinds(summer) == {Kind.SEASON}


def test_of_few_nothing_is_said() -> None:
    assert profile(drawn(RNG(12), 9, np.arange(5), (3, 4)), EVERYWHERE).traits == ()


def test_kinds_are_compared_with_their_own_kind() -> None:
    night, day = drawn(RNG(13), 600, YEAR, (22, 24)), drawn(RNG(14), 1400, YEAR, (8, 16))
    here = drawn(RNG(15), 80, YEAR, (22, 24))
    at = np.concatenate([here, night, day])
    group = np.repeat([0, 0, 1], [80, 600, 1400])
    mask, every = np.arange(len(at)) < 80, np.ones(len(at), dtype=bool)
    (own_kind,) = profiles([mask], ["1"], Moments(at, every, every, group))
    (mixed,) = profiles([mask], ["1"], Moments(at, every, every, np.zeros_like(group)))
    assert Kind.HOURS not in kinds(own_kind)
    assert Kind.HOURS in kinds(mixed)


def test_the_same_rows_in_another_order_have_the_same_counts() -> None:
    here = drawn(RNG(16), 80, np.arange(0, 59), (18, 22))
    one, other = profile(here, EVERYWHERE), profile(here[::-1], EVERYWHERE[::-1])
    assert [(t.kind, t.part, t.count, t.expected) for t in one.traits] == [
        (t.kind, t.part, t.count, t.expected) for t in other.traits
    ]


def test_windows_hold_what_their_names_say() -> None:
    assert SEASONS.holds[SEASONS.keys.index("11-02")].tolist() == [1, 1] + [0] * 8 + [1, 1]
    week = HOURS.holds[HOURS.keys.index("4-5 21-03")].reshape(7, 24)
    assert (week.sum(), week[4, 15:21].sum(), week[5, 15:21].sum()) == (12, 6, 6)
    assert len(set(HOURS.keys)) == len(HOURS.keys)
    assert SCHOOL.holds.sum() == 3


def test_a_window_that_holds_everything_is_no_finding() -> None:
    here = np.array([[5, 5, 0, 0]])
    everywhere = np.array([[50, 50, 0, 0]])
    windows = type(SCHOOL)(("all", "half"), np.array([[1.0, 1, 0, 0], [1, 0, 0, 0]]))
    assert scan(here, everywhere, windows, RNG(1))[1] > 0.5


@pytest.fixture(scope="module")
def demo() -> tuple[dict[str, Profile], dict[str, Perspective]]:
    """Return what is found at the demo's planted places."""
    made = rows(today=TODAY)
    local = [row.occurred_from.astimezone(ZONE).replace(tzinfo=None) for row in made]
    xy = np.array([metres(row.lon, row.lat) for row in made])
    masks = [np.hypot(*(xy - np.array(each.centre)).T) < each.radius_m for each in patterns()]
    known = np.array([(row.occurred_to - row.occurred_from).total_seconds() <= 3600 for row in made])
    school = np.array([is_school_day(moment.date()) for moment in local])
    keys, there = [each.code for each in patterns()], partners()
    groups = sorted({row.category.partition(".")[0] for row in made})
    group = np.array([groups.index(row.category.partition(".")[0]) for row in made])
    at = np.array(local, dtype="datetime64[s]")
    every, names = sorted({str(partner.kind) for partner in there.values()}), sorted(there)
    kind = np.array([every.index(str(there[row.organisation].kind)) for row in made])
    organisation = np.array([names.index(row.organisation) for row in made])
    found = profiles(masks, keys, Moments(at, known, school, group))
    seen = perspectives(masks, keys, kind, every, organisation)
    return {each.key: each for each in found}, {each.key: each for each in seen}


def trait(found: Profile, kind: Kind) -> Trait:
    (one,) = (each for each in found.traits if each.kind is kind)
    return one


def within_an_hour(found: Profile, wanted: str) -> bool:
    """Tell whether the days are those wanted, and each hour at most one off: chance moves an edge so far."""
    (days, hours), (named, asked) = trait(found, Kind.HOURS).part.split(), wanted.split()
    return days == named and all(
        abs(int(one) - int(other)) <= 1 for one, other in zip(hours.split("-"), asked.split("-"), strict=True)
    )


def test_each_planted_pattern_of_the_demo_is_found_by_its_analysis(
    demo: tuple[dict[str, Profile], dict[str, Perspective]],
) -> None:
    found, seen = demo
    assert within_an_hour(found["dark_path"], "0-6 17-23")
    assert trait(found["dark_path"], Kind.SEASON).part.startswith("11-")
    assert within_an_hour(found["station_square"], "4-5 21-03")
    assert within_an_hour(found["school_yard"], "0-4 14-18")
    assert trait(found["school_yard"], Kind.SCHOOL).part == "school"
    assert within_an_hour(found["garage"], "0-6 22-05")
    assert [each.key for each in found.values() if Kind.BURSTS in kinds(each)] == ["garage"]
    assert [each.key for each in seen.values() if each.agreement is Agreement.AGREED] == ["underpass"]


def test_the_control_place_of_the_demo_shows_no_pattern(
    demo: tuple[dict[str, Profile], dict[str, Perspective]],
) -> None:
    found, seen = demo
    assert found["control"].traits == ()
    assert seen["control"].agreement is Agreement.SOME
