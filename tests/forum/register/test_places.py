"""Places: what belongs to one, who makes one, and that none is ever lost."""

from __future__ import annotations

from typing import Any

import pytest
from shapely import LineString, Point, Polygon, box
from sqlalchemy.orm import Session

from forum.foundation.audience import Visibility
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from forum.foundation.geometry import in_degrees, in_metres
from forum.register import deviations, finding, places, splits, steps
from forum.register.deviations import Deviation
from forum.register.deviations import Status as Stage
from forum.register.finding import Filter
from forum.register.places import Drawn, Place, Status
from tests.builders import CENTRE, World, mark

WHY = "Det händer samma sak på båda"


def away(east: float, north: float = 0) -> tuple[float, float]:
    """Return longitude and latitude so many metres from the centre, on the SWEREF 99 TM plane."""
    ((x, y),) = in_metres(Point(CENTRE)).coords
    ((lon, lat),) = in_degrees(Point(x + east, y + north)).coords
    return lon, lat


def marked(session: Session, world: World, east: float, person: str = "walker", **changes: Any) -> Deviation:
    lon, lat = away(east)
    return mark(session, world.acting(session, person), lon=lon, lat=lat, **changes)


def round_place(session: Session, world: World, radius: float = 100, **more: Any) -> Place:
    drawn = Drawn("Gångvägen", Point(CENTRE), radius, **more)
    return places.create(session, world.acting(session, "coordinator"), drawn)


def gathered(session: Session, world: World, place: Place, person: str = "coordinator") -> set[int]:
    member = world.acting(session, person)
    return {row.nr for row in finding.find(session, member, Filter(place=place.nr)).rows}


def test_a_circle_gathers_what_lies_within_its_radius_to_the_metre(session: Session, world: World) -> None:
    inside, outside = marked(session, world, 99), marked(session, world, 101)
    place = round_place(session, world)
    assert gathered(session, world, place) == {inside.nr}
    assert (inside.status, outside.status) == (Stage.AT_PLACE, Stage.NEW)


def test_a_line_gathers_along_its_whole_length_to_both_sides(session: Session, world: World) -> None:
    along, aside = marked(session, world, 300), marked(session, world, 300, accuracy_m=10)
    lon, lat = away(300, 40)
    beside = mark(session, world.acting(session, "walker"), lon=lon, lat=lat)
    drawn = Drawn("Gångvägen", LineString([away(-10), away(310)]), 25)
    place = places.create(session, world.acting(session, "coordinator"), drawn)
    assert gathered(session, world, place) == {along.nr, aside.nr}
    assert beside.nr not in gathered(session, world, place)


def test_an_area_gathers_what_it_covers(session: Session, world: World) -> None:
    inside, outside = marked(session, world, 40), marked(session, world, 60)
    west, south = away(-50, -50)
    east, north = away(50, 50)
    drawn = Drawn("Torget", box(west, south, east, north), 400)
    place = places.create(session, world.acting(session, "coordinator"), drawn)
    assert place.radius_m == 0
    assert gathered(session, world, place) == {inside.nr}
    assert outside.nr not in gathered(session, world, place)


def test_what_comes_later_belongs_to_it_too(session: Session, world: World) -> None:
    place = round_place(session, world)
    later = marked(session, world, 10)
    assert gathered(session, world, place) == {later.nr}
    coordinator = world.acting(session, "coordinator")
    assert places.gather(session, coordinator, place) == 1
    assert places.gather(session, coordinator, place) == 0
    assert later.status == Stage.AT_PLACE


def test_a_hand_adds_what_lies_outside_and_takes_what_does_not_belong(session: Session, world: World) -> None:
    inside, outside = marked(session, world, 10), marked(session, world, 150)
    place = round_place(session, world)
    coordinator = world.acting(session, "coordinator")
    places.link(session, coordinator, place, outside, here=True)
    places.link(session, coordinator, place, inside, here=False)
    assert gathered(session, world, place) == {outside.nr}
    assert (outside.status, inside.status) == (Stage.AT_PLACE, Stage.LOOKED_AT)
    places.link(session, coordinator, place, inside, here=True)
    assert gathered(session, world, place) == {inside.nr, outside.nr}
    assert [found.id for found in places.of_deviation(session, coordinator, outside)] == [place.id]


def test_each_reader_counts_at_a_place_what_they_see(session: Session, world: World) -> None:
    shown = marked(session, world, 5)
    hidden = marked(session, world, 5, "officer", visibility="authorities")
    own = marked(session, world, 5, "landlord", visibility="own")
    place = round_place(session, world)
    assert gathered(session, world, place) == {shown.nr, hidden.nr}
    assert gathered(session, world, place, "walker") == {shown.nr}
    assert gathered(session, world, place, "landlord") == {shown.nr, own.nr}
    assert own.status == Stage.NEW  # the coordinator who made the place does not see it


def test_a_place_of_authorities_is_not_there_for_others(session: Session, world: World) -> None:
    place = round_place(session, world, visibility=Visibility.AUTHORITIES)
    nr, key, deviation = place.nr, place.id, marked(session, world, 5)
    walker = world.acting(session, "walker")
    for reference in (nr, key):
        with pytest.raises(NotFound):
            places.get(session, walker, reference)
    with pytest.raises(NotFound):
        finding.find(session, walker, Filter(place=nr))
    assert places.all_of(session, walker) == []
    assert places.of_deviation(session, walker, deviation) == []
    assert places.get(session, world.acting(session, "officer"), nr).id == key


@pytest.mark.parametrize("person", ["officer", "landlord", "teacher"])
def test_only_who_leads_makes_a_place(session: Session, world: World, person: str) -> None:
    with pytest.raises(Forbidden):
        places.create(session, world.acting(session, person), Drawn("Torget", Point(CENTRE), 50))


BOW = Polygon([away(0), away(50, 50), away(50), away(0, 50)])
FAR = Drawn("Rinkeby", Point(17.92, 59.37), 50)


@pytest.mark.parametrize(
    ("drawn", "field"),
    [
        (Drawn("", Point(CENTRE), 50), "name"),
        (Drawn("x" * 81, Point(CENTRE), 50), "name"),
        (Drawn("Torget", Point(CENTRE), 4.9), "radius_m"),
        (Drawn("Torget", Point(CENTRE), 501), "radius_m"),
        (Drawn("Torget", Point(CENTRE), float("nan")), "radius_m"),
        (Drawn("Torget", Point()), "geometry"),
        (Drawn("Torget", BOW), "geometry"),
        (Drawn("Torget", box(18.06, 59.225, 18.14, 59.265)), "geometry"),
        (Drawn("Vägen", LineString([(18.06, 59.225), (18.14, 59.265)] * 2), 20), "geometry"),
        (Drawn("Vägen", LineString([away(i % 50) for i in range(501)]), 20), "geometry"),
        (FAR, "geometry"),
    ],
)
def test_what_is_no_place_is_refused(session: Session, world: World, drawn: Drawn, field: str) -> None:
    coordinator = world.acting(session, "coordinator")
    with pytest.raises(Invalid) as refused:
        places.create(session, coordinator, drawn)
    assert refused.value.field == field
    assert places.all_of(session, coordinator) == []


def test_it_is_closed_and_reopened_with_reasons_that_stand_in_its_steps(session: Session, world: World) -> None:
    place = round_place(session, world)
    coordinator = world.acting(session, "coordinator")
    with pytest.raises(Invalid) as refused:
        places.close(session, coordinator, place, reason="  ")
    assert refused.value.field == "reason"
    places.close(session, coordinator, place, reason="Lugnt i tre månader")
    assert places.all_of(session, coordinator) == []
    with pytest.raises(Conflict):
        places.close(session, coordinator, place, reason="En gång till")
    with pytest.raises(Conflict):
        places.link(session, coordinator, place, marked(session, world, 5), here=True)
    places.reopen(session, world.acting(session, "coordinator"), place, reason="Det har börjat igen")
    assert Status(place.status) is Status.OPEN
    assert [(s.action, s.reason) for s in steps.of(session, place.id)] == [
        ("create", ""), ("close", "Lugnt i tre månader"), ("reopen", "Det har börjat igen"),
    ]  # fmt: skip


def test_two_who_change_it_at_once_lose_nothing(session: Session, world: World) -> None:
    place = round_place(session, world)
    coordinator = world.acting(session, "coordinator")
    places.amend(session, coordinator, place, Drawn("Gångvägen mot torget", Point(CENTRE), 120), version=1)
    with pytest.raises(Stale):
        places.amend(session, coordinator, place, Drawn("Trappan", Point(CENTRE), 50), version=1)
    assert (place.name, place.radius_m, place.version) == ("Gångvägen mot torget", 120, 2)
    changes = steps.of(session, place.id)[-1].changes
    assert changes["name"] == ["Gångvägen", "Gångvägen mot torget"]


def test_merged_places_reach_as_far_as_both_did(session: Session, world: World) -> None:
    here, there, by_hand = marked(session, world, 0), marked(session, world, 190), marked(session, world, 400)
    first = round_place(session, world)
    coordinator = world.acting(session, "coordinator")
    second = places.create(session, coordinator, Drawn("Trappan", Point(away(200)), 50))
    places.link(session, coordinator, second, by_hand, here=True)
    kept = places.merge(session, coordinator, second, first, reason=WHY)
    assert gathered(session, world, kept) == {here.nr, there.nr, by_hand.nr}
    assert (Status(second.status), second.into_id) == (Status.MERGED, first.id)
    with pytest.raises(Conflict):
        places.reopen(session, world.acting(session, "coordinator"), second, reason="Ångrar mig")


def test_a_place_does_not_go_up_in_itself_in_a_closed_one_or_in_one_that_more_people_see(
    session: Session, world: World
) -> None:
    place = round_place(session, world)
    hidden = round_place(session, world, visibility=Visibility.AUTHORITIES)
    closed = round_place(session, world)
    coordinator = world.acting(session, "coordinator")
    places.close(session, coordinator, closed, reason=WHY)
    with pytest.raises(Invalid):
        places.merge(session, coordinator, place, place, reason=WHY)
    for one, into in ((hidden, place), (place, closed)):
        with pytest.raises(Conflict):
            places.merge(session, coordinator, one, into, reason=WHY)
        assert Status(one.status) is Status.OPEN


def test_a_place_is_split_into_parts_that_know_where_they_come_from(session: Session, world: World) -> None:
    east, west, by_hand = marked(session, world, 60), marked(session, world, -60), marked(session, world, 300)
    place = round_place(session, world)
    coordinator = world.acting(session, "coordinator")
    places.link(session, coordinator, place, by_hand, here=True)
    halves = [Drawn("Östra", Point(away(60)), 50), Drawn("Västra", Point(away(-60)), 50)]
    with pytest.raises(Invalid):
        places.split(session, coordinator, place, halves[:1], reason=WHY)
    first, second = places.split(session, coordinator, place, halves, reason="Olika orsaker")
    assert gathered(session, world, first) == {east.nr, by_hand.nr}
    assert gathered(session, world, second) == {west.nr}
    assert Status(place.status) is Status.SPLIT
    assert {first.origin_id, second.origin_id} == {place.id}


def test_a_part_is_cut_out_of_a_place_and_what_hands_chose_goes_with_it(session: Session, world: World) -> None:
    east, west = marked(session, world, 60), marked(session, world, -60)
    kept, chosen = marked(session, world, 300), marked(session, world, 350)
    place, coordinator = round_place(session, world), world.acting(session, "coordinator")
    for each in (kept, chosen):
        places.link(session, coordinator, place, each, here=True)
    assert {each.nr for each in splits.by_hand(session, coordinator, place)} == {kept.nr, chosen.nr}
    for part, field in (
        (Drawn("Allt", Point(away(0)), 400), "geometry"),
        (Drawn("Där", Point(away(900)), 20), "geometry"),
    ):
        with pytest.raises(Invalid) as refused:
            splits.carve(session, coordinator, place, part, reason=WHY)
        assert refused.value.field == field
    part = Drawn("Östra", Point(away(60)), 30)
    rest, made = splits.carve(session, coordinator, place, part, reason=WHY, moved={chosen.id})
    assert (rest.name, made.name) == (place.name, "Östra")
    assert gathered(session, world, rest) == {west.nr, kept.nr}
    assert gathered(session, world, made) == {east.nr, chosen.nr}
    with pytest.raises(Conflict):
        splits.carve(session, coordinator, place, part, reason=WHY)
    with pytest.raises(Forbidden):
        splits.carve(session, world.acting(session, "officer"), rest, part, reason=WHY)


def test_numbers_tell_nothing_of_other_places(session: Session, world: World) -> None:
    numbers = [round_place(session, world, radius=20).nr for _ in range(6)]
    assert len(set(numbers)) == 6
    assert all(steps.LOWEST <= nr <= steps.HIGHEST for nr in numbers)
    assert numbers != sorted(numbers) or numbers[-1] - numbers[0] > 10


def test_a_taken_number_is_drawn_again(session: Session, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([5, 5, 6])
    monkeypatch.setattr("forum.register.steps.secrets.randbelow", lambda _: next(drawn))
    assert [round_place(session, world).nr for _ in range(2)] == [100_005, 100_006]


def test_a_withdrawn_deviation_is_put_to_no_place(session: Session, world: World) -> None:
    place = round_place(session, world)
    gone = marked(session, world, 10)
    walker = world.acting(session, "walker")
    deviations.withdraw(session, walker, gone, reason=deviations.Reason.MISTAKE)
    with pytest.raises(Conflict):
        places.link(session, world.acting(session, "coordinator"), place, gone, here=True)
    assert gathered(session, world, place) == set()
