"""Grounds: what lies in them and in the ring, how far apart they are, and what of the ground a card keeps."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import LineString, Point, STRtree, box, from_wkt, points

from mapping.grounds import Area, Ground, lines, window

PLACE = Ground("place:1", Point(1000, 1000), 50)


def test_what_lies_at_the_edge_itself_is_inside_and_the_ring_begins_behind_it() -> None:
    xy = np.array([(1000.0, 1000.0), (1050, 1000), (1050.01, 1000), (1150, 1000), (1150.01, 1000), (9000, 9000)])
    inside, ring = PLACE.around(STRtree(np.asarray(points(xy))), 100)
    assert sorted(inside.tolist()) == [0, 1]
    assert sorted(ring.tolist()) == [2, 3]


def test_it_is_measured_from_edge_to_edge_and_never_below_nought() -> None:
    square = Ground("square:1200:900:100", box(1200, 900, 1300, 1000))
    assert PLACE.to(square) == square.to(PLACE) == 150
    assert PLACE.to(Ground("place:2", Point(1010, 1000), 5)) == 0


def test_a_card_keeps_a_shape_from_which_place_and_ring_are_drawn_again() -> None:
    area = Ground("place:1", Point(1000.123, 1000), 50).area
    assert area == Area("POINT (1000.1 1000)", 50)
    assert area.whole.area == pytest.approx(np.pi * 50**2, rel=0.01)
    assert area.ring(100).area == pytest.approx(np.pi * (150**2 - 50**2), rel=0.01)
    assert not area.ring(100).contains(Point(1000, 1000))


def test_of_the_ground_a_card_keeps_what_its_map_shows_and_no_more() -> None:
    areas = [PLACE.area]
    west, south, east, north = window(areas, 100)
    assert 0.6 <= round((north - south) / (east - west), 6) <= 0.9
    assert west < 850
    assert east > 1150
    far, through = LineString([(0, 0), (10, 0)]), LineString([(0, 1000), (1000, 1000.2), (5000, 1000)])
    (kept,) = lines(areas, 100, [("rail", far), ("path", through)])
    assert kept.kind == "path"
    assert from_wkt(kept.shape).bounds == pytest.approx((west, 1000, east, 1000), abs=1)
    assert len(from_wkt(kept.shape).coords) == 2
