"""The demo's deviations: the same from a seed, plausible, person-free, with the patterns that were planted."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import combinations, pairwise
from time import perf_counter

import pytest
from shapely import contains_xy

from forum.demo import geography
from forum.demo.geography import metres
from forum.demo.partners import partners, persons
from forum.demo.patterns import Pattern, patterns
from forum.demo.rhythms import is_school_day
from forum.demo.rows import DemoRow, rows
from forum.demo.tables import table
from forum.foundation.audience import Visibility
from forum.foundation.clock import local, now
from forum.register.categories import standard_set
from forum.register.screening import find

TODAY = date(2023, 10, 16)
SEED = 2023
PATTERNS = {pattern.code: pattern for pattern in patterns()}


@pytest.fixture(scope="module")
def made() -> list[DemoRow]:
    """Return the rows of one seed and day."""
    return rows(SEED, TODAY)


def around(made: list[DemoRow], pattern: Pattern) -> list[DemoRow]:
    """Return everything registered at the pattern's place, planted or not."""
    return [row for row in made if math.dist(metres(row.lon, row.lat), pattern.centre) < pattern.radius_m]


def of_groups(made: list[DemoRow], *groups: str) -> list[DemoRow]:
    """Return the rows of these groups."""
    return [row for row in made if row.category.partition(".")[0] in groups]


def share(made: list[DemoRow], holds: Callable[[DemoRow], bool]) -> float:
    """Return the share of the rows for which it holds."""
    return sum(map(holds, made)) / len(made)


def on_weekend_night(row: DemoRow) -> bool:
    """Tell whether it was between 21 and 03 on the night after a Friday or Saturday."""
    moment = local(row.occurred_from)
    evening = (moment - timedelta(hours=3)).date()
    return (moment.hour >= 21 or moment.hour < 3) and evening.weekday() in (4, 5)


def on_winter_evening(row: DemoRow) -> bool:
    """Tell whether it was between 17 and 23, November to February."""
    moment = local(row.occurred_from)
    return 17 <= moment.hour < 23 and moment.month in (11, 12, 1, 2)


def on_school_afternoon(row: DemoRow) -> bool:
    """Tell whether it was between 14 and 18 on a day with school."""
    moment = local(row.occurred_from)
    return 14 <= moment.hour < 18 and is_school_day(moment.date())


def at_night(row: DemoRow) -> bool:
    """Tell whether it was between 22 and 05."""
    hour = local(row.occurred_from).hour
    return hour >= 22 or hour < 5


def test_the_same_seed_and_day_give_the_same_rows(made: list[DemoRow]) -> None:
    assert rows(SEED, TODAY) == made


@pytest.mark.parametrize("seed", range(10))
def test_any_seed_on_any_day_gives_rows(seed: int) -> None:
    made = rows(seed, TODAY + timedelta(days=37 * seed))
    assert 2300 <= len(made) <= 2700


def test_without_a_day_the_demo_ends_on_the_night_to_today() -> None:
    last = max(row.registered_at for row in rows())
    assert timedelta() <= now() - last < timedelta(days=4)


def test_another_seed_gives_other_rows(made: list[DemoRow]) -> None:
    assert rows(SEED + 1, TODAY) != made


@pytest.mark.parametrize("today", [TODAY, date(2024, 2, 29), date(2025, 3, 31), date(2026, 1, 1), date(2026, 7, 15)])
def test_any_day_gives_about_two_and_a_half_thousand_rows_within_fourteen_months(today: date) -> None:
    made = rows(SEED, today)
    assert 2300 <= len(made) <= 2700
    first, last = min(r.occurred_from for r in made), max(r.occurred_to for r in made)
    assert today - timedelta(days=14 * 31 + 3) <= local(first).date() <= today - timedelta(days=14 * 30 - 15)
    assert today - timedelta(days=3) <= local(last - timedelta(seconds=1)).date() < today


def test_no_row_ends_before_it_begins_or_is_registered_before_it_ends(made: list[DemoRow]) -> None:
    for row in made:
        assert row.occurred_from <= row.occurred_to <= row.registered_at


def test_the_rows_are_made_in_less_than_five_seconds() -> None:
    began = perf_counter()
    rows(SEED + 2, TODAY)
    assert perf_counter() - began < 5


def test_every_point_lies_inside_the_district_and_on_dry_ground(made: list[DemoRow]) -> None:
    whole = geography.district()
    water = [shape for kind, _, shape in geography.ground() if kind == "water"]
    for row in made:
        assert contains_xy(whole, row.lon, row.lat)
        assert not any(contains_xy(lake, row.lon, row.lat) for lake in water)


def test_every_text_is_free_of_persons(made: list[DemoRow]) -> None:
    texts = table("texts")
    lists = [s for name in ("notices", "tails", "replies", "answers") for s in texts[name].values()]
    lists += [s for pattern in patterns() for s in pattern.texts.values()]
    written = {sentence for sentences in lists for sentence in sentences}
    said = {word for row in made for word in (row.text, row.reply, *row.answers.values()) if isinstance(word, str)}
    stopped = {text: hits for text in written | said if (hits := find(text))}
    assert not stopped


def test_names_of_partners_spots_and_people_are_free_of_persons() -> None:
    names = [partner.name for partner in partners().values()] + [person.name for person in persons()]
    names += [name for _, name, _ in geography.ground()] + list(geography.stadsdelar())
    names += [table("organisations")["forum"][field] for field in ("name", "purposes", "areas")]
    assert not {name: hits for name in names if (hits := find(name))}


def test_texts_vary_and_are_mostly_there(made: list[DemoRow]) -> None:
    said = Counter(row.text for row in made if row.text)
    assert 0.92 < sum(said.values()) / len(made) < 0.99
    assert len(said) > 1200
    assert "{" not in "".join(said)


def test_every_category_is_known_and_every_question_answered_as_it_is_asked(made: list[DemoRow]) -> None:
    asked = {entry["code"]: {q["code"]: q for q in entry["questions"]} for entry in standard_set()}
    answered = 0
    for row in made:
        for code, answer in row.answers.items():
            question = asked[row.category][code]
            kinds = {"choice": str, "text": str, "boolean": bool, "number": int}
            assert type(answer) is kinds[question["kind"]]
            assert question["kind"] != "choice" or answer in {o["code"] for o in question["options"]}
            answered += 1
    assert answered > len(made)
    assert {row.category.partition(".")[0] for row in made} == {e["code"] for e in standard_set() if not e["parent"]}


def test_only_authorities_keep_things_among_authorities(made: list[DemoRow]) -> None:
    for row in made:
        assert row.visibility != "authorities" or partners()[row.organisation].authority
    seen = Counter(row.visibility for row in made)
    assert seen[Visibility.FORUM] > 0.7 * len(made)
    assert len(seen) == 4
    assert min(seen.values()) > 40


def test_the_demo_shows_every_state_that_a_deviation_can_be_in(made: list[DemoRow]) -> None:
    assert {row.status for row in made} == {"new", "looked_at", "answered"}
    assert all(bool(row.reply) == (row.status == "answered") for row in made)
    assert 15 < sum(row.withdrawn for row in made) < 100
    assert sum(row.same_as is not None for row in made) == 80
    assert sum(row.told for row in made) == 16
    assert sum(row.occurred_to > row.occurred_from for row in made) > 200
    assert {10, 15, 25, 50, 100} <= {row.accuracy_m for row in made}
    assert all(10 <= row.accuracy_m <= 100 for row in made)


def test_a_second_report_is_near_the_first_and_from_somebody_else(made: list[DemoRow]) -> None:
    by_ref = {row.ref: row for row in made}
    assert len(by_ref) == len(made)
    reach = {entry["code"]: entry["radius_m"] for entry in standard_set()}
    for row in made:
        if row.same_as:
            first = by_ref[row.same_as]
            assert first.same_as is None
            assert not first.withdrawn
            assert first.organisation != row.organisation
            assert math.dist(metres(row.lon, row.lat), metres(first.lon, first.lat)) < 2 * reach[row.category]


def test_a_partner_reports_nothing_before_it_joined(made: list[DemoRow]) -> None:
    first = min(local(row.occurred_from).date() for row in made if row.organisation == "train")
    assert first >= date(2023, 2, 16)


def test_most_partners_take_part_and_reports_come_from_every_stadsdel(made: list[DemoRow]) -> None:
    assert len({row.organisation for row in made}) >= 28
    for name, shape in geography.stadsdelar().items():
        assert any(contains_xy(shape, row.lon, row.lat) for row in made), name


def test_seasons_and_weekdays_differ_by_what_is_noticed(made: list[DemoRow]) -> None:
    def when(group: str, holds: Callable[[datetime], bool]) -> float:
        background = [row for row in of_groups(made, group) if row.pattern is None]
        return share(background, lambda row: holds(local(row.occurred_from)))

    assert when("lighting", lambda at: at.month in (11, 12, 1, 2)) > 0.38
    assert when("vegetation", lambda at: at.month in (11, 12, 1, 2)) < 0.2
    assert when("disorder", lambda at: at.weekday() >= 4) > 0.5
    assert when("litter", lambda at: at.weekday() >= 4) < 0.4
    assert when("disorder", lambda at: at.hour >= 18 or at.hour < 3) > 0.55
    assert when("traffic", lambda at: 6 <= at.hour < 18) > 0.7


def test_every_planted_row_lies_within_its_place(made: list[DemoRow]) -> None:
    for row in made:
        if row.pattern:
            planted = PATTERNS[row.pattern]
            assert math.dist(metres(row.lon, row.lat), planted.centre) < planted.radius_m + 0.2
            assert row.category in planted.categories
    assert Counter(row.pattern for row in made if row.pattern) == {p.code: p.rows for p in patterns()}


def test_the_dark_path_is_lighting_and_unease_on_winter_evenings(made: list[DemoRow]) -> None:
    here = of_groups(around(made, PATTERNS["dark_path"]), "lighting", "unease")
    assert share(here, on_winter_evening) > 0.85
    assert share(of_groups(made, "lighting", "unease"), on_winter_evening) < 0.55


def test_the_station_square_is_disorder_and_drugs_on_weekend_nights(made: list[DemoRow]) -> None:
    here = of_groups(around(made, PATTERNS["station_square"]), "disorder", "drugs")
    assert share(here, on_weekend_night) > 0.85
    elsewhere = [row for row in of_groups(made, "disorder", "drugs") if row.pattern != "station_square"]
    assert share(elsewhere, on_weekend_night) < 0.25


def test_the_control_square_has_as_much_but_the_backgrounds_rhythm(made: list[DemoRow]) -> None:
    here = of_groups(around(made, PATTERNS["control"]), "disorder", "drugs")
    background = [row for row in of_groups(made, "disorder", "drugs") if row.pattern is None]
    assert len(here) > 90
    assert abs(share(here, on_weekend_night) - share(background, on_weekend_night)) < 0.1
    middle = made[len(made) // 2].registered_at
    early = [share(sample, lambda row: row.occurred_from < middle) for sample in (here, background)]
    assert abs(early[0] - early[1]) < 0.12


def test_the_school_yard_is_vandalism_on_school_afternoons(made: list[DemoRow]) -> None:
    here = of_groups(around(made, PATTERNS["school_yard"]), "vandalism")
    assert share(here, on_school_afternoon) > 0.8
    assert share(of_groups(made, "vandalism"), on_school_afternoon) < 0.45


def test_the_garage_is_theft_and_vandalism_at_night_in_bursts(made: list[DemoRow]) -> None:
    pattern = PATTERNS["garage"]
    here = of_groups(around(made, pattern), "theft", "vandalism")
    assert share(here, at_night) > 0.75
    planted = sorted(row.occurred_from for row in made if row.pattern == "garage")
    gaps = [later - earlier for earlier, later in pairwise(planted)]
    pauses = sum(gap > timedelta(days=10) for gap in gaps)
    assert pattern.bursts - 3 <= pauses <= pattern.bursts - 1


def test_near_repeats_in_the_garage_are_far_more_than_chance(made: list[DemoRow]) -> None:
    def close(sample: list[DemoRow]) -> float:
        pairs = list(combinations(sample, 2))
        soon = sum(abs(a.occurred_from - b.occurred_from) < timedelta(days=14) for a, b in pairs)
        return soon / len(pairs)

    garage = [row for row in made if row.pattern == "garage"]
    background = [row for row in of_groups(made, "theft") if row.pattern is None]
    assert close(garage) > 2.5 * close(background)


def test_the_underpass_is_seen_by_many_partners(made: list[DemoRow]) -> None:
    here = of_groups(around(made, PATTERNS["underpass"]), "vandalism", "unease")
    reporters = Counter(row.organisation for row in here)
    assert len(reporters) >= 9
    assert max(reporters.values()) < 0.25 * len(here)
