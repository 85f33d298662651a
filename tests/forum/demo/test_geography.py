"""The demo's ground: typed by hand, but whole."""

from __future__ import annotations

import pytest
from shapely import unary_union
from shapely.geometry import Point

from forum.demo import geography
from forum.demo.geography import Land
from forum.demo.patterns import patterns
from forum.foundation.geometry import in_metres


@pytest.fixture(scope="module")
def land() -> Land:
    """Return the dry ground."""
    return Land()


def test_the_ten_stadsdelar_tile_the_district_without_gap_or_overlap() -> None:
    whole, parts = geography.district(), geography.stadsdelar()
    assert len(parts) == 10
    assert all(part.is_valid for part in parts.values())
    assert unary_union(list(parts.values())).symmetric_difference(whole).area == 0
    assert sum(part.area for part in parts.values()) == pytest.approx(whole.area, rel=1e-12)


def test_the_outline_is_farsta_by_size_and_place() -> None:
    whole = geography.district()
    assert whole.is_valid
    assert 60 <= len(whole.exterior.coords) - 1 <= 120
    assert in_metres(whole).area / 10_000 == pytest.approx(1730, rel=0.03)
    assert whole.contains(Point(18.0934, 59.2434))


def test_the_map_has_water_rail_streets_paths_and_named_spots() -> None:
    drawn = geography.ground()
    assert {kind for kind, _, _ in drawn} == {"water", "rail", "street", "path", "stop", "square", "school"}
    assert {"Magelungen", "Drevviken", "Nynäsbanan"} <= {name for _, name, _ in drawn}
    assert sum(shape.geom_type == "Point" for _, _, shape in drawn) >= 35
    assert all(shape.is_valid for _, _, shape in drawn)
    assert len({(shape.geom_type, name) for _, name, shape in drawn}) == len(drawn)


def test_every_named_spot_lies_on_dry_ground_in_its_stadsdel(land: Land) -> None:
    for spot in land.spots:
        assert land.is_dry(spot.at), spot.name
    assert all(quarter.spots for quarter in land.quarters)


def test_a_place_is_said_by_the_nearest_name_else_the_street_else_the_stadsdel(land: Land) -> None:
    assert land.where(geography.metres(18.0930, 59.2431)) == "på Farsta torg"
    assert land.where(geography.metres(18.0665, 59.2493)) == "utmed Fagersjövägen"
    assert land.where(geography.metres(18.0650, 59.2540)) == "i Fagersjö"


def test_positions_come_back_to_the_decimetre() -> None:
    lon, lat = geography.degrees(geography.metres(18.0934, 59.2434))
    assert (lon, lat) == (18.0934, 59.2434)


def test_every_planted_place_lies_in_the_district(land: Land) -> None:
    for pattern in patterns():
        assert land.is_dry(pattern.centre), pattern.code
