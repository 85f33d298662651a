"""Points: what is taken as metres, what is refused and how, and numbers that are exact in parts of their unit."""

from __future__ import annotations

import math
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping import points


def test_degrees_are_refused_with_the_way_out_and_metres_are_taken() -> None:
    degrees = gpd.GeoSeries.from_xy([18.1, 18.2], [59.2, 59.3], crs=4326)
    with pytest.raises(ValueError, match=r"xy is in degrees \(WGS 84\); project it to metres first: \.to_crs\(3006\)"):
        points.metres(degrees)
    moved = degrees.to_crs(3006)
    assert points.metres(moved) == pytest.approx(np.stack([moved.x, moved.y], axis=1))
    assert points.metres(gpd.GeoDataFrame(geometry=moved)).shape == (2, 2)


def test_areas_and_missing_places_are_no_points() -> None:
    moved = gpd.GeoSeries.from_xy([674_000, 674_100], [6_573_000, 6_573_100], crs=3006)
    with pytest.raises(ValueError, match=r"xy holds what is no point; take the middles first: \.centroid"):
        points.metres(moved.buffer(10))
    assert points.metres(moved.buffer(10).centroid) == pytest.approx(points.metres(moved))
    with pytest.raises(ValueError, match="xy holds what is no point"):
        points.metres(moved.reindex([0, 2]))


def test_small_numbers_of_a_bare_array_are_metres() -> None:
    assert points.metres([(10, 10), (20, 10)]).tolist() == [[10, 10], [20, 10]]
    assert points.metres([]).shape == (0, 2)


@pytest.mark.parametrize(
    ("xy", "words"),
    [
        ([(0, 0), (math.nan, 1)], r"xy holds nan at \[1, 0\]; leave such rows out first"),
        ([(0, math.inf)], r"xy holds inf at \[0, 1\]"),
        ([1, 2, 3], r"xy has the shape \(3,\); give one row"),
        ([(1, 2, 3)], r"xy has the shape \(1, 3\)"),
    ],
)
def test_what_is_no_point_is_refused_by_where_it_stands(xy: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        points.metres(xy)


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf])
def test_a_distance_lies_above_nothing(value: float) -> None:
    with pytest.raises(ValueError, match=f"reach is {value}; give a finite number above 0"):
        points.above(value, name="reach")


def test_close_pairs_are_those_within_the_distance_and_each_stands_once() -> None:
    row = np.array([(0.0, 0), (3, 4), (0, 5), (100, 0)])
    assert sorted(map(tuple, points.close_pairs(row, 5, name="d"))) == [(0, 1), (0, 2), (1, 2)]
    assert sorted(map(tuple, points.close_pairs(row, 5, power=1, name="d"))) == [(0, 2), (1, 2)]
    assert points.close_pairs(row[:1], 5, name="d").shape == (0, 2)


def test_more_pairs_than_memory_should_hold_are_refused_before_they_are_made() -> None:
    with pytest.raises(ValueError, match=r"d brings 12,497,500 pairs within 10; at most 10,000,000: go less far"):
        points.close_pairs(np.zeros((5000, 2)), 10, name="d")


@settings(max_examples=50, deadline=None)
@given(st.integers(-(10**9), 10**9))
def test_what_a_file_writes_with_three_decimals_is_whole_in_thousandths(thousandths: int) -> None:
    written = float(f"{thousandths / 1000:.3f}")
    found = points.whole(np.array([written]), 1000)
    assert found is not None
    assert found.tolist() == [thousandths]


@pytest.mark.parametrize("value", [math.nextafter(100, 0), 1 / 3, 1e300, -0.00049])
def test_what_is_not_whole_is_left_as_it_is(value: float) -> None:
    assert points.whole(np.array([1.0, value]), 1000) is None
