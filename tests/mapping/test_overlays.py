"""Layers over the picture that travels: outlines around squares, and density in steps for the eye."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import box

from mapping.crs import SWEREF99TM, WGS84, transform
from mapping.figures import squares_of
from mapping.overlays import SIDE_M, around, bands

WEST, SOUTH = 676_000, 6_570_000
INSIDE = squares_of(box(WEST, SOUTH, WEST + 3000, SOUTH + 3000), SIDE_M)


def degrees(plane: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(lon, lat) for lon, lat in transform(plane, SWEREF99TM, WGS84).tolist()]


def area(shape: shapely.Geometry) -> float:
    return float(shapely.area(shapely.transform(shape, lambda at: transform(at, WGS84, SWEREF99TM))))


def test_squares_that_adjoin_have_one_outline_as_large_as_they_are() -> None:
    found = around([(WEST, SOUTH), (WEST + 100, SOUTH), (WEST + 100, SOUTH + 100)], 100)
    assert found.geom_type == "Polygon"
    assert area(found) == pytest.approx(3 * 100**2, rel=1e-6)


def test_density_is_highest_where_the_points_are_and_each_ground_lies_in_one_step() -> None:
    rng = np.random.default_rng(3)
    points = degrees((np.array([WEST + 1000, SOUTH + 1000]) + rng.normal(0, 100, (60, 2))).tolist())
    found = bands(points, INSIDE)
    assert [band.low for band in found] == sorted(band.low for band in found)
    assert [band.high for band in found] == [*(band.low - 1 for band in found[1:]), None]
    middle = shapely.Point(degrees([(WEST + 1000, SOUTH + 1000)])[0])
    assert [band.shape.contains(middle) for band in found] == [False] * 4 + [True]
    assert sum(area(band.shape) for band in found) == pytest.approx(area(shapely.union_all([b.shape for b in found])))


def test_density_stays_within_the_squares_that_are_looked_at() -> None:
    points = degrees([(WEST + 50, SOUTH + 1000)] * 40)
    whole = shapely.transform(
        box(WEST, SOUTH, WEST + 3000, SOUTH + 3000), lambda at: transform(at, SWEREF99TM, WGS84)
    ).buffer(1e-5)
    assert all(whole.covers(band.shape) for band in bands(points, INSIDE))


def test_without_points_or_ground_there_is_no_density() -> None:
    assert bands([], INSIDE) == ()
    assert bands([(18.1, 59.2)], INSIDE[:0]) == ()
