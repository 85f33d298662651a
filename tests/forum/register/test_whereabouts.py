"""What names a point: the nearest named thing close by, and the smallest area around."""

from __future__ import annotations

import pytest
from shapely import LineString, Point, box
from sqlalchemy.orm import Session

from forum.foundation import rights
from forum.register import areas, whereabouts
from tests.builders import CENTRE, World

LON, LAT = CENTRE
METRE_EAST, METRE_NORTH = 1 / 56_900, 1 / 111_195


def moved(east: float, north: float) -> tuple[float, float]:
    """Return the point so many metres from the centre."""
    return LON + east * METRE_EAST, LAT + north * METRE_NORTH


@pytest.fixture
def named(session: Session, world: World) -> World:
    """Return the world with a stop, a street and a part of the district."""
    rights.become(session, rights.OPERATOR)
    areas.import_ground(session, "stop", [areas.Shape("Torget", None, Point(CENTRE))])
    street = LineString([moved(-1000, -200), moved(1000, -200)])
    areas.import_ground(session, "street", [areas.Shape("Långgatan", None, street)])
    areas.import_ground(session, "water", [areas.Shape("Sjön", None, box(*moved(50, 50), *moved(90, 90)))])
    areas.import_areas(session, "stadsdel", [areas.Shape("Delen", None, box(*moved(-500, -500), *moved(500, 500)))])
    world.acting(session, "teacher")
    return world


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ((0, 0), ("Torget", 0, "Delen")),
        ((30, 40), ("Torget", 50, "Delen")),
        ((300, -190), ("Långgatan", 10, "Delen")),
        ((900, -500), ("Långgatan", 300, "Område farsta")),
        ((0, 450), (None, None, "Delen")),
        ((0, 900), (None, None, "Område farsta")),
    ],
)
def test_a_point_is_named_by_what_is_close(
    session: Session, named: World, at: tuple[float, float], said: tuple[str | None, float | None, str]
) -> None:
    (found,) = whereabouts.of_points(session, [moved(*at)])
    near, metres, area = said
    assert (found.near, found.area) == (near, area)
    assert found.metres == (None if metres is None else pytest.approx(metres, abs=2))


def test_many_points_are_named_in_their_order(session: Session, named: World) -> None:
    points = [moved(0, 900), moved(0, 0), moved(300, -190)]
    assert [found.near for found in whereabouts.of_points(session, points)] == [None, "Torget", "Långgatan"]
    assert whereabouts.of_points(session, []) == []


def test_places_are_chosen_by_name_however_it_is_spelt(session: Session, named: World) -> None:
    assert whereabouts.names(session, named.forum_id) == ["Långgatan", "Torget"]
    (found,) = whereabouts.called(session, named.forum_id, " torget ")
    assert (found.lon, found.lat) == pytest.approx(CENTRE)
    assert whereabouts.called(session, named.forum_id, "Sjön") == []
    assert whereabouts.called(session, named.forum_id, "Nowhere") == []


def test_a_name_that_no_place_bears_whole_gives_those_that_hold_it(session: Session, named: World) -> None:
    rights.become(session, rights.OPERATOR)
    areas.import_ground(session, "stop", [areas.Shape("Långgatan", None, Point(CENTRE))])
    areas.import_ground(session, "street", [areas.Shape("Storgatan", None, LineString([CENTRE, moved(100, 0)]))])
    named.acting(session, "teacher")

    def called(name: str) -> list[tuple[str, str]]:
        return [(spot.name, spot.kind) for spot in whereabouts.called(session, named.forum_id, name)]

    both = [("Långgatan", "stop"), ("Långgatan", "street")]
    assert called("långgatan") == both
    assert sorted(called("gatan")) == [*both, ("Storgatan", "street")]
    assert called("stor") == [("Storgatan", "street")]


@pytest.mark.parametrize(
    ("words", "places", "parts"),
    [
        ("torget", ["Torget"], []),
        ("Tor", ["Torget"], []),
        ("langgatan", ["Långgatan"], []),
        ("långagtan", [], []),
        ("långgata", ["Långgatan"], []),
        ("GATAN", ["Långgatan"], []),
        ("släckt lampa på långgatan", ["Långgatan"], []),
        ("delen", [], ["Delen"]),
        ("område farsta", [], ["Område farsta"]),
        ("sjön", [], []),  # no place that one goes to
        ("to", [], []),
        ("", [], []),
        ("%", [], []),
    ],
)
def test_a_search_finds_places_and_areas_of_such_a_name(
    session: Session, named: World, words: str, places: list[str], parts: list[str]
) -> None:
    found = whereabouts.named_like(session, named.forum_id, words)
    assert [place.name for place in found] == places
    assert all((place.lon, place.lat) == pytest.approx(moved(0, 0), abs=0.01) for place in found)
    assert whereabouts.areas_like(session, ["Område farsta", "Delen"], words) == parts


def test_nobody_hears_of_any_place(session: Session, named: World) -> None:
    rights.become(session, rights.NOBODY)
    (found,) = whereabouts.of_points(session, [CENTRE])
    assert (found.near, found.area) == (None, None)
    assert whereabouts.names(session, named.forum_id) == []
    assert whereabouts.named_like(session, named.forum_id, "torget") == []
