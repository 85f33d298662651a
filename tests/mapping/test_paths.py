"""Counts along paths: each deviation at one path at most, none farther away or known more roughly than is said."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from shapely import LineString, MultiLineString, box

from mapping.crs import SWEREF99TM, WGS84, transform
from mapping.figures import Rows
from mapping.paths import REACH_M, Line, nearest, paths
from mapping.periods import Period

WEST, SOUTH = 676_000.0, 6_570_000.0
NOW, BEFORE = Period(date(2026, 7, 1), date(2026, 10, 1)), Period(date(2026, 4, 1), date(2026, 7, 1))
LAST_YEAR = Period(date(2025, 7, 1), date(2025, 10, 1))
ORIGIN, SHIFT = np.array([WEST, SOUTH]), np.array([512.0, 1024.0])
WHOLE = box(WEST, SOUTH, WEST + 2000, SOUTH + 2000)


def line(name: str, north: float, first: float = 0, last: float = 1000) -> Line:
    return Line(name, LineString([(WEST + first, SOUTH + north), (WEST + last, SOUTH + north)]))


LINES = [line("Norra", 200), line("Södra", 0), line("Södra", 0, 1000, 3000), line("", 1500)]


def rows(offsets: list[tuple[float, float]], days: list[str], accuracy: list[float]) -> Rows:
    plane = np.array(offsets).reshape(-1, 2) + ORIGIN
    lon, lat = transform(plane, SWEREF99TM, WGS84).T
    n, at = len(plane), np.array(days, dtype="datetime64[s]")
    return Rows(
        spans=(NOW, BEFORE, LAST_YEAR), since=date(2025, 1, 1), nr=np.arange(n), at=at, until=at,
        category=np.zeros(n, dtype=np.int64), organisation=np.arange(n) % 3, known=np.ones(n, dtype=bool),
        accuracy=np.array(accuracy), lon=lon, lat=lat, restricted=np.zeros(n, dtype=bool), codes=("litter",),
        kinds=("city", "police", "school"),
    )  # fmt: skip


def test_each_deviation_counts_at_its_nearest_path_and_the_sums_are_conserved() -> None:
    july, may = "2026-07-07", "2026-05-07"
    given = rows(
        [(500, 40), (500, 60), (500, 160), (1500, -49), (20, 1500), (500, 5), (500, 10), (500, 800)],
        [july, july, july, july, july, may, july, july],
        [10, 10, 10, 10, 50, 10, 51, 10],
    )
    plane = transform(np.stack([given.lon, given.lat], axis=-1), WGS84, SWEREF99TM)
    found = paths(given, plane, LINES, WHOLE)
    assert found is not None
    assert [(each.key, each.count, each.previous.before) for each in found.table.groups] == [
        ("Södra", 2, 1), ("", 1, 0), ("Norra", 1, 0),
    ]  # fmt: skip
    assert sum(each.count for each in found.table.groups) + found.table.outside == int(given.inside[0].sum())
    assert (found.vague, found.reach_m, found.lengths_m) == (1, REACH_M, (2000, 1000, 1000))


def test_without_paths_nothing_is_counted_along_them() -> None:
    given = rows([(500, 40)], ["2026-07-07"], [10])
    assert paths(given, np.array([[WEST, SOUTH]]), [], WHOLE) is None


def test_within_reach_is_the_distance_itself_and_the_first_of_two_as_near() -> None:
    lines = [LINES[0].shape, LINES[1].shape]
    at = np.array([[500, 50], [500, 50.1], [500, 100], [1030, 40], [1030, 40.1]]) + ORIGIN
    assert nearest(at, lines, 50).tolist() == [1, -1, -1, 1, -1]
    assert nearest(at[2:3], lines, 150).tolist() == [0]
    assert nearest(at[2:3], lines[::-1], 150).tolist() == [0]


def test_moving_all_and_turning_the_rows_round_changes_nothing() -> None:
    rng = np.random.default_rng(4)
    at = ORIGIN + rng.random((300, 2)) * (1000, 400) - (0, 100)
    lines = [LINES[0].shape, LINES[1].shape]
    moved = [MultiLineString([np.asarray(each.coords) + SHIFT]) for each in lines if isinstance(each, LineString)]
    found = nearest(at, lines, 50)
    assert set(found.tolist()) == {-1, 0, 1}
    assert (nearest(at + SHIFT, moved, 50) == found).all()
    assert (nearest(at[::-1], lines, 50)[::-1] == found).all()


@pytest.mark.parametrize(("at", "reach"), [([(np.nan, 0)], 50), ([(0, 0)], 0)])
def test_what_is_no_point_or_no_reach_is_refused(at: list[tuple[float, float]], reach: float) -> None:
    with pytest.raises(ValueError, match=r"xy|reach"):
        nearest(at, [LINES[0].shape], reach)
