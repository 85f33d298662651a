"""The analyses of a picture on rows made for each: found where it was put, and refused with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray
from shapely import box

from mapping.analyses import HOT_M, LEAST, Analyses, Reason, analyses
from mapping.crs import SWEREF99TM, WGS84, transform
from mapping.figures import Rows, squares_of
from mapping.periods import Period

NOW, BEFORE = Period(date(2026, 7, 1), date(2026, 10, 1)), Period(date(2026, 4, 1), date(2026, 7, 1))
LAST_YEAR = Period(date(2025, 7, 1), date(2025, 10, 1))
WEST, SOUTH, SIDE = 676_000.0, 6_570_000.0, 3_000
WHOLE = box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)
INSIDE = squares_of(WHOLE, HOT_M)
Points = NDArray[np.float64]


def spread(rng: np.random.Generator, n: int) -> Points:
    found: Points = np.array([WEST, SOUTH]) + rng.random((n, 2)) * SIDE
    return found


def around(rng: np.random.Generator, n: int, east: float, north: float, radius: float = 90) -> Points:
    found: Points = np.array([east, north]) + rng.normal(0, radius / 2, (n, 2)).clip(-radius, radius)
    return found


def days(rng: np.random.Generator, n: int, first: str = "2026-07-01", length: int = 90) -> NDArray[np.datetime64]:
    found: NDArray[np.datetime64] = np.datetime64(first, "s") + (rng.random(n) * length * 86_400).astype(
        "timedelta64[s]"
    )
    return found


def rows(
    plane: Points, at: NDArray[np.datetime64], category: NDArray[np.int64] | None = None, accuracy: float = 20
) -> Rows:
    n = len(plane)
    lon, lat = transform(plane, SWEREF99TM, WGS84).T
    return Rows(
        spans=(NOW, BEFORE, LAST_YEAR), since=date(2025, 1, 1), nr=np.arange(n), at=at, until=at,
        category=np.zeros(n, dtype=np.int64) if category is None else category, organisation=np.arange(n) % 3,
        known=np.ones(n, dtype=bool), accuracy=np.full(n, accuracy), lon=lon, lat=lat,
        restricted=np.zeros(n, dtype=bool), codes=("litter", "vandalism"), kinds=("city", "police", "school"),
    )  # fmt: skip


def found(given: Rows, masks: tuple[NDArray[np.bool_], ...] = ()) -> Analyses:
    return analyses(given, INSIDE, masks, [str(i) for i in range(len(masks))])


@pytest.fixture(scope="module")
def planted() -> Rows:
    """Return an even ground over two periods, one accumulation in both and one in the last alone."""
    rng = np.random.default_rng(5)
    plane = [spread(rng, 200), spread(rng, 200), around(rng, 60, WEST + 800, SOUTH + 800)]
    at = [days(rng, 200), days(rng, 200, "2026-04-01"), days(rng, 60)]
    plane += [around(rng, 60, WEST + 800, SOUTH + 800), around(rng, 60, WEST + 2200, SOUTH + 2200)]
    at += [days(rng, 60, "2026-04-01"), days(rng, 60)]
    return rows(np.concatenate(plane), np.concatenate(at))


def test_an_accumulation_is_framed_where_it_lies_and_told_new_from_old(planted: Rows) -> None:
    spots = found(planted).hotspots
    assert spots.reason is None
    middles = [np.mean([(c.east + HOT_M / 2, c.north + HOT_M / 2) for c in hot.cells], axis=0) for hot in spots.hot]
    old = [i for i, (x, y) in enumerate(middles) if np.hypot(x - WEST - 800, y - SOUTH - 800) < 120]
    new = [i for i, (x, y) in enumerate(middles) if np.hypot(x - WEST - 2200, y - SOUTH - 2200) < 120]
    assert (len(old), len(new), len(spots.hot)) == (1, 1, 2)
    assert (spots.hot[old[0]].new, spots.hot[new[0]].new) == (False, True)
    assert all(hot.count >= 50 and hot.low < hot.count < hot.high for hot in spots.hot)
    assert all(hot.holds > 0.9 for hot in spots.hot)


def test_the_last_periods_hot_squares_are_graded_on_this_one(planted: Rows) -> None:
    grade = found(planted).hotspots.grade
    assert grade is not None
    assert grade.pai > 5
    assert 0 < grade.pei <= 1


def test_where_nothing_was_hot_before_there_is_no_grade() -> None:
    rng = np.random.default_rng(6)
    plane = np.concatenate([spread(rng, 200), around(rng, 60, WEST + 800, SOUTH + 800)])
    assert found(rows(plane, days(rng, 260))).hotspots.grade is None


@pytest.mark.parametrize("seed", range(4))
def test_an_even_ground_has_no_accumulation_and_no_repeat(seed: int) -> None:
    rng = np.random.default_rng(seed + 20)
    result = found(rows(spread(rng, 400), days(rng, 400)))
    assert (result.hotspots.hot, result.repeats.found) == ((), ())


@pytest.mark.parametrize("accuracy", [50, 1500])
def test_points_that_stand_for_areas_give_a_reason_and_no_hot_spot(accuracy: float) -> None:
    rng = np.random.default_rng(7)
    plane = spread(rng, 6)[rng.integers(0, 6, 300)]
    result = found(rows(plane, days(rng, 300), accuracy=accuracy))
    assert (result.hotspots.reason, result.hotspots.points, result.hotspots.spots) == (Reason.CENTRES, 300, 6)
    assert (result.hotspots.hot, result.repeats.reason) == ((), Reason.CENTRES)


def test_too_few_give_a_reason() -> None:
    rng = np.random.default_rng(8)
    result = found(rows(spread(rng, LEAST - 1), days(rng, LEAST - 1)))
    assert (result.hotspots.reason, result.repeats.reason) == (Reason.TOO_FEW, Reason.TOO_FEW)


def test_a_repeat_is_found_in_its_own_category_alone() -> None:
    rng = np.random.default_rng(9)
    first, when = spread(rng, 60), days(rng, 60)
    echo = first + rng.normal(0, 30, (60, 2))
    after = when + (rng.random(60) * 5 * 86_400).astype("timedelta64[s]")
    other, others = spread(rng, 150), days(rng, 150)
    category = np.repeat([1, 1, 0], [60, 60, 150])
    repeats = found(rows(np.concatenate([first, echo, other]), np.concatenate([when, after, others]), category)).repeats
    assert {each.category for each in repeats.found} == {"vandalism"}
    strongest = repeats.found[0]
    assert (strongest.near_m, strongest.far_m, strongest.soon, strongest.late) == (0, 100, 0, 7)
    assert strongest.count > 3 * strongest.expected


def test_the_order_of_the_rows_changes_nothing(planted: Rows) -> None:
    turned = np.random.default_rng(1).permutation(len(planted.nr))
    columns = {
        name: getattr(planted, name)[turned]
        for name in ("at", "until", "lon", "lat", "accuracy", "organisation", "category")
    }
    one, other = found(planted), found(replace(planted, **columns))
    assert [hot.cells for hot in one.hotspots.hot] == [hot.cells for hot in other.hotspots.hot]
    assert (one.hotspots.grade, one.additions) == (other.hotspots.grade, other.additions)


def test_places_are_profiled_and_seen_over_the_last_year(planted: Rows) -> None:
    mask = np.arange(len(planted.nr)) < 30
    result = found(planted, (mask,))
    assert [(each.key, each.count) for each in result.profiles] == [("0", 30)]
    assert [seen.actor for seen in result.perspectives[0].seen] == ["city", "police", "school"]
    assert sum(each.count for each in result.additions) == len(planted.nr)
