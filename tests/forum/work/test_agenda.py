"""The agenda: what members add, what a meeting opens with, what becomes of each item, what goes on to the next one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from shapely import Point as Spot
from sqlalchemy.orm import Session

from forum.foundation.audience import Visibility
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from forum.register import deviations, places
from forum.register.places import Drawn, Place
from forum.work import agenda, pictures
from forum.work.agenda import Item, Point, Prepared, Rule, Status, Wish
from forum.work.meetings import Meeting
from tests.builders import CENTRE, World, mark
from tests.forum.work.test_meetings import FIGURES, MORNING, planned

GROWING = {"rule": Rule.GROWING.value, "now": 24, "before": 18}


def place_of(session: Session, world: World, **more: Any) -> Place:
    return places.create(session, world.acting(session, "coordinator"), Drawn("Gångvägen", Spot(CENTRE), 100, **more))


def opened(session: Session, world: World, *points: Point, **more: Any) -> Meeting:
    meeting = planned(session, world, **more)
    return agenda.begin(session, world.acting(session, "coordinator"), meeting, Prepared(FIGURES, points))


def only(session: Session, world: World, meeting: Meeting, person: str = "coordinator") -> Item:
    (item,) = agenda.of_meeting(session, world.acting(session, person), meeting)
    return item


def point(place: Place, **more: Any) -> Point:
    return Point(f"place:{place.nr}", (GROWING,), 10, place_id=place.id, **more)


def test_a_meeting_opens_with_the_points_and_the_picture_as_they_stand(session: Session, world: World) -> None:
    place = place_of(session, world)
    meeting = opened(session, world, point(place))
    item = only(session, world, meeting, "teacher")
    assert (item.key, item.reasons, item.minutes, item.place_id) == (f"place:{place.nr}", [GROWING], 10, place.id)
    assert meeting.picture_id is not None
    frozen = pictures.get(session, world.acting(session, "teacher"), meeting.picture_id)
    assert frozen.figures == FIGURES
    assert frozen.intact
    assert pictures.all_of(session, world.acting(session, "coordinator")) == []  # written ones alone
    with pytest.raises(Conflict):
        agenda.begin(session, world.acting(session, "coordinator"), meeting, Prepared(FIGURES, ()))


def test_what_a_partner_has_added_is_one_of_the_points(session: Session, world: World) -> None:
    meeting = planned(session, world)
    added = agenda.add(session, world.acting(session, "landlord"), meeting, Wish("Grindarna i Hökarängen", 7))
    mine = Point(added.key, ({"rule": "added"}, {"rule": "carried_over"}), 7, added.title, item_id=added.id)
    coordinator = world.acting(session, "coordinator")
    agenda.begin(session, coordinator, meeting, Prepared(FIGURES, [mine]))
    item = only(session, world, meeting)
    assert (item.id, item.position, len(item.reasons)) == (added.id, 1, 2)
    assert item.organisation_id == world.organisations["Bostadsbolaget"]


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Wish(""), "title"), (Wish("x" * 121), "title"), (Wish("Något", 0), "minutes"),
        (Wish("Något", visibility=Visibility.PUBLIC), "visibility"), (Wish("Ring 070-123 45 67"), "title"),
    ],
)  # fmt: skip
def test_a_wish_that_cannot_be_names_its_field(session: Session, world: World, wish: Wish, field: str) -> None:
    meeting = planned(session, world)
    with pytest.raises(Invalid) as refused:
        agenda.add(session, world.acting(session, "officer"), meeting, wish)
    assert refused.value.field == field


def test_who_may_add_and_until_when(session: Session, world: World) -> None:
    meeting = planned(session, world)
    with pytest.raises(Forbidden):
        agenda.add(session, world.acting(session, "teacher"), meeting, Wish("Skolvägen"))
    wish = Wish("Hemligt", visibility=Visibility.AUTHORITIES)
    with pytest.raises(Forbidden):
        agenda.add(session, world.acting(session, "landlord"), meeting, wish)
    agenda.begin(session, world.acting(session, "coordinator"), meeting, Prepared(FIGURES, ()))
    with pytest.raises(Conflict):
        agenda.add(session, world.acting(session, "landlord"), meeting, Wish("För sent"))
    agenda.add(session, world.acting(session, "coordinator"), meeting, Wish("Övrigt"))
    assert only(session, world, meeting).title == "Övrigt"


def test_an_item_of_a_hidden_place_or_deviation_is_hidden_too(session: Session, world: World) -> None:
    hidden = place_of(session, world, visibility=Visibility.AUTHORITIES)
    own = mark(session, world.acting(session, "landlord"), visibility="own").id
    meeting = planned(session, world)
    with pytest.raises(Invalid) as refused:
        agenda.add(session, world.acting(session, "officer"), meeting, Wish("Platsen"), place=hidden)
    assert refused.value.field == "visibility"
    landlord = world.acting(session, "landlord")
    cellar = deviations.get(session, landlord, own)
    mine = agenda.add(session, landlord, meeting, Wish("Vår källare"), deviation=cellar).id
    secret = Wish("Platsen", visibility=Visibility.AUTHORITIES)
    theirs = agenda.add(session, world.acting(session, "officer"), meeting, secret, place=hidden).id
    assert only(session, world, meeting, "landlord").id == mine
    assert only(session, world, meeting, "officer").id == theirs
    assert agenda.of_meeting(session, world.acting(session, "walker"), meeting) == []
    with pytest.raises(NotFound):
        agenda.get(session, world.acting(session, "walker"), theirs)


def test_two_who_write_one_note_lose_nothing(session: Session, world: World) -> None:
    meeting = opened(session, world, Point("unseen", (), 5, "Inte sedda"))
    item, coordinator = only(session, world, meeting), world.acting(session, "coordinator")
    agenda.note(session, coordinator, item, "Alla fem är lyktor", version=1)
    with pytest.raises(Stale):
        agenda.note(session, world.acting(session, "administrator"), item, "Något annat", version=1)
    assert item.note == "Alla fem är lyktor"


def test_what_becomes_of_items_and_what_the_next_meeting_finds(session: Session, world: World) -> None:
    points = [Point(f"added:{i}", (), 5, f"Punkt {i}") for i in range(3)]
    first = opened(session, world, *points)
    coordinator = world.acting(session, "coordinator")
    done, _, up = agenda.of_meeting(session, coordinator, first)
    agenda.settle(session, coordinator, done, Status.HANDLED)
    with pytest.raises(Invalid):
        agenda.settle(session, coordinator, up, Status.ESCALATED)
    agenda.settle(session, coordinator, up, Status.ESCALATED, reason="Kräver pengar")
    agenda.end(session, coordinator, first)
    statuses = [item.status for item in agenda.of_meeting(session, coordinator, first)]
    assert statuses == ["handled", "carried_over", "escalated"]
    second = planned(session, world, MORNING + timedelta(weeks=4))
    assert [item.title for item in agenda.left_over(session, coordinator, second)] == ["Punkt 1", "Punkt 2"]
    assert agenda.escalation(session, up) == "Kräver pengar"
    with pytest.raises(Conflict):
        agenda.settle(session, coordinator, done, Status.OPEN)


def test_the_steering_groups_matters_wait_until_a_later_meeting_has_gone_through_them(
    session: Session, world: World
) -> None:
    coordinator, matter = world.acting(session, "coordinator"), Point("place:1", (), 5, "Belysningen")
    for week, became in ((0, Status.ESCALATED), (4, Status.CARRIED_OVER), (8, Status.ESCALATED), (12, Status.HANDLED)):
        meeting = opened(session, world, matter, starts_at=MORNING + timedelta(weeks=week))
        item = only(session, world, meeting)
        agenda.settle(session, coordinator, item, became, reason="Kräver pengar")
        agenda.end(session, coordinator, meeting)
        newest = [meeting.id] if became is Status.ESCALATED else []
        up = [each.meeting_id for each in agenda.waiting(session, world.acting(session, "teacher"))]
        assert up == newest or became is Status.CARRIED_OVER
    assert agenda.waiting(session, coordinator) == []
    after = planned(session, world, MORNING + timedelta(weeks=16))
    assert agenda.left_over(session, coordinator, after) == []


def test_the_room_is_shown_an_item_and_since_when(session: Session, world: World) -> None:
    meeting = opened(session, world, Point("a", (), 5, "A"), Point("b", (), 5, "B"))
    coordinator = world.acting(session, "coordinator")
    first, second = agenda.of_meeting(session, coordinator, meeting)
    agenda.show(session, coordinator, first)
    since = first.shown_at
    agenda.show(session, coordinator, second)
    agenda.show(session, coordinator, first)
    assert (meeting.current_id, first.shown_at) == (first.id, since)
    with pytest.raises(Forbidden):
        agenda.show(session, world.acting(session, "officer"), second)


def test_an_item_is_tied_to_the_place_that_was_made_for_it(session: Session, world: World) -> None:
    meeting = opened(session, world, Point("spot:1", (), 5, "Ny anhopning"))
    item, place = only(session, world, meeting), place_of(session, world)
    agenda.lay_at(session, world.acting(session, "coordinator"), item, place)
    assert only(session, world, meeting, "teacher").place_id == place.id
    hidden = place_of(session, world, visibility=Visibility.AUTHORITIES)
    with pytest.raises(Invalid):
        agenda.lay_at(session, world.acting(session, "coordinator"), item, hidden)


def test_the_annex_is_nothing_that_the_room_is_at(session: Session, world: World) -> None:
    meeting = opened(session, world, Point("a", (), 5, "A"), Point("b", (), 5, "B", visibility=Visibility.AUTHORITIES))
    coordinator = world.acting(session, "coordinator")
    shown, hidden = agenda.of_meeting(session, coordinator, meeting)
    agenda.show(session, coordinator, shown)
    agenda.show(session, coordinator, hidden)
    assert meeting.current_id == shown.id
    assert hidden.shown_at is not None
