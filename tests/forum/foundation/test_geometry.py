"""Points on the ground: checked, measured, and found by their key as the database finds them."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from geoalchemy2 import Geometry
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, box
from sqlalchemy import cast, select, text
from sqlalchemy.orm import Session

from forum.foundation import geometry
from forum.foundation.errors import Invalid

LON, LAT = (st.floats(-most, most).filter(lambda degrees: degrees == 0 or abs(degrees) > 1e-15) for most in (180, 85))
"""Nearer to the equator than an atom PostgreSQL's sine refuses; no forum lies there."""
STOCKHOLM = st.tuples(st.floats(17.7, 18.3), st.floats(59.1, 59.5))
KEYS = text("SELECT morton_key(lon, lat) FROM unnest(CAST(:lons AS float8[]), CAST(:lats AS float8[])) AS p(lon, lat)")


@pytest.mark.parametrize(
    ("value", "degrees"), [(18.09, 18.09), ("18.09", 18.09), (" -18 ", -18.0), (0, 0.0), ("1.8e1", 18.0)]
)
def test_a_coordinate_is_a_number_in_degrees(value: Any, degrees: float) -> None:
    assert geometry.coordinate(value, "lon") == degrees


@pytest.mark.parametrize(
    "value",
    [None, "", "x", "nan", "inf", "18,09", "1_8", "0x12", "٣", True, [18], {}, b"18", math.nan, math.inf, -math.inf,
     180.1, 1e308, 10**400, "1e999", 674032],
)  # fmt: skip
def test_what_is_no_place_on_the_map_is_refused(value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        geometry.coordinate(value, "lon")
    assert (refused.value.field, refused.value.value) == ("lon", value)
    assert refused.value.remedy


def test_latitudes_end_where_the_grid_does() -> None:
    assert geometry.coordinate(85, "lat") == 85
    with pytest.raises(Invalid):
        geometry.coordinate(85.1, "lat")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(points=st.lists(st.tuples(LON, LAT) | STOCKHOLM, min_size=1, max_size=50))
def test_the_key_is_the_same_here_and_in_the_database(session: Session, points: list[tuple[float, float]]) -> None:
    here = [geometry.morton(*geometry.grid(lon, lat)) for lon, lat in points]
    lons, lats = zip(*points, strict=True)
    there = list(session.scalars(KEYS, {"lons": list(lons), "lats": list(lats)}))
    for ours, theirs, (lon, lat) in zip(here, there, points, strict=True):
        assert ours == theirs or beside(ours, theirs), (lon, lat)


def beside(one: int, other: int) -> bool:
    """Tell whether two keys are of cells that touch (of 2 cm: the two libraries round the last bit differently)."""
    return all(abs(a - b) <= 1 for a, b in zip(unfold(one), unfold(other), strict=True))


def unfold(key: int) -> tuple[int, int]:
    bits = format(key, "062b")
    return int(bits[1::2], 2), int(bits[0::2], 2)


@given(x=st.integers(0, 2**31 - 1), y=st.integers(0, 2**31 - 1))
def test_a_key_holds_both_numbers_of_its_cell(x: int, y: int) -> None:
    assert unfold(geometry.morton(x, y)) == (x, y)


BOXES = st.builds(
    lambda corner, width, height: (corner[0], corner[1], corner[0] + width, corner[1] + height),
    STOCKHOLM | st.tuples(st.floats(-179, 178), st.floats(-84, 83)),
    st.floats(1e-7, 1),
    st.floats(1e-7, 1),
)


@given(window=BOXES, across=st.floats(0, 1), up=st.floats(0, 1))
def test_the_ranges_of_a_window_cover_all_of_it(
    window: tuple[float, float, float, float], across: float, up: float
) -> None:
    west, south, east, north = window
    lon, lat = min(east, west + across * (east - west)), min(north, south + up * (north - south))
    key = geometry.morton(*geometry.grid(lon, lat))
    assert any(low <= key < high for low, high in geometry.morton_ranges(*window))


@given(window=BOXES)
def test_the_ranges_of_a_window_are_few_and_apart_and_not_much_larger_than_it(
    window: tuple[float, float, float, float],
) -> None:
    ranges = geometry.morton_ranges(*window)
    assert 1 <= len(ranges) <= geometry.BBOX_RANGES
    assert all(low < high for low, high in ranges)
    assert all(one[1] < other[0] for one, other in pairwise(ranges))
    (x0, y0), (x1, y1) = geometry.grid(window[0], window[3]), geometry.grid(window[2], window[1])
    longest = max(x1 - x0, y1 - y0) + 1
    assert sum(high - low for low, high in ranges) <= (2 * longest) ** 2


@given(point=STOCKHOLM)
def test_sweref_and_back_is_less_than_a_centimetre_off(point: tuple[float, float]) -> None:
    there = geometry.transformer(geometry.WGS84, geometry.SWEREF99TM).transform(*point)
    back = geometry.transformer(geometry.SWEREF99TM, geometry.WGS84).transform(*there)
    assert geometry.metres_between(point, back) < 0.01


def test_known_points_lie_where_the_land_survey_says() -> None:
    east, north = geometry.transformer(geometry.WGS84, geometry.SWEREF99TM).transform(15, 60)
    assert (east, north) == pytest.approx((500_000, 6_651_411.190), abs=0.001)  # on the central meridian
    assert geometry.metres_between((18.09, 59.243), (18.09, 59.244)) == pytest.approx(111.4, abs=0.3)


@given(point=STOCKHOLM, metres=st.floats(1, 5000), angle=st.floats(0, 2 * math.pi))
def test_the_box_around_a_circle_holds_the_circle(point: tuple[float, float], metres: float, angle: float) -> None:
    east, north = geometry.transformer(geometry.WGS84, geometry.SWEREF99TM).transform(*point)
    edge = (east + metres * math.cos(angle), north + metres * math.sin(angle))
    lon, lat = geometry.transformer(geometry.SWEREF99TM, geometry.WGS84).transform(*edge)
    west, south, east_, north_ = geometry.degrees_around(*point, metres)
    assert west <= lon <= east_
    assert south <= lat <= north_


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lon=LON, lat=LAT)
def test_a_point_comes_back_from_the_database_exactly_as_it_was_given(session: Session, lon: float, lat: float) -> None:
    returned = session.scalar(select(cast(geometry.point(lon, lat), Geometry("POINT", geometry.WGS84))))
    assert geometry.lon_lat(returned) == (lon, lat)


def test_an_area_is_made_of_polygons() -> None:
    square = box(18, 59, 18.1, 59.1)
    assert geometry.multipolygon(square).equals(square)
    several = MultiPolygon([square, box(19, 59, 19.1, 59.1)])
    assert geometry.multipolygon(several) is several
    for shape in (Point(18, 59), LineString([(18, 59), (18.1, 59)])):
        with pytest.raises(Invalid) as refused:
            geometry.multipolygon(shape)
        assert refused.value.value == shape.geom_type


def test_a_shape_in_metres_has_metres() -> None:
    square = geometry.in_metres(box(18.09, 59.24, 18.10, 59.25))
    assert square.area == pytest.approx(1114.4 * 570.3, rel=0.01)
    assert np.all(np.isfinite(square.bounds))
