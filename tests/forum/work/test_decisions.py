"""Decisions: made while the forum meets, ordering measures, replaced with a reason and never unmade."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from forum.foundation.audience import Visibility
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound, Problems
from forum.people.agreements import today
from forum.work import agenda, decisions, measures, meetings
from forum.work.agenda import Item, Point
from forum.work.decisions import Order, Replaced
from tests.builders import World, mark
from tests.forum.work.test_agenda import only, opened, place_of, point

SOON = today() + timedelta(days=30)


def item_of(session: Session, world: World) -> Item:
    return only(session, world, opened(session, world, point(place_of(session, world))))


def order(world: World, **more: Any) -> Order:
    return replace(Order(world.organisations["Bostadsbolaget"], SOON), **more)


def test_a_decision_with_an_owner_and_a_day_is_a_measure_that_is_decided(session: Session, world: World) -> None:
    item = item_of(session, world)
    coordinator = world.acting(session, "coordinator")
    made = decisions.decide(session, coordinator, item, "Belysning på gångvägen", order(world))
    assert made.measure_id is not None
    measure = measures.get(session, coordinator, made.measure_id)
    assert (measure.status, measure.title, measure.due_on) == ("decided", "Belysning på gångvägen", SOON)
    assert (measure.place_id, made.place_id, made.nr) == (item.place_id, item.place_id, 1)
    second = decisions.decide(session, coordinator, item, "Frågan följs i november", measure=measure)
    assert (second.nr, second.measure_id) == (2, measure.id)
    assert [d.id for d in decisions.about(session, coordinator, measures_=[measure.id])] == [made.id, second.id]


def test_a_measure_without_owner_or_day_is_refused_and_nothing_is_decided(session: Session, world: World) -> None:
    item = item_of(session, world)
    coordinator = world.acting(session, "coordinator")
    for lacking, field in ((order(world, owner_id=None), "owner"), (order(world, due_on=None), "due_on")):
        with pytest.raises(Invalid) as refused:
            decisions.decide(session, coordinator, item, "Belysning", lacking)
        assert refused.value.field == field
    with pytest.raises(Problems):
        decisions.decide(session, coordinator, item, "Belysning", Order())
    assert measures.all_of(session, coordinator) == []
    meeting = meetings.get(session, coordinator, item.meeting_id)
    assert decisions.of_meeting(session, coordinator, meeting) == []


def test_a_measure_needs_a_place_and_a_plain_decision_does_not(session: Session, world: World) -> None:
    item = only(session, world, opened(session, world, Point("a", (), 5, "Övrigt")))
    coordinator = world.acting(session, "coordinator")
    with pytest.raises(Conflict) as refused:
        decisions.decide(session, coordinator, item, "Belysning", order(world))
    assert refused.value.field == "place"
    deviation = mark(session, world.acting(session, "walker"))
    made = decisions.decide(session, world.acting(session, "coordinator"), item, "Vi frågar", deviation=deviation)
    assert made.deviation_id == deviation.id


def test_a_decision_is_replaced_once_with_a_reason_and_stays(session: Session, world: World) -> None:
    item = item_of(session, world)
    coordinator = world.acting(session, "coordinator")
    first = decisions.decide(session, coordinator, item, "Vi väntar")
    with pytest.raises(Invalid):
        decisions.decide(session, coordinator, item, "Vi väntar inte", replaces=Replaced(first, ""))
    second = decisions.decide(session, coordinator, item, "Vi väntar inte", replaces=Replaced(first, "Nya fel"))
    assert decisions.replaced(session, coordinator, [first, second]) == {first.id: second}
    with pytest.raises(Conflict) as refused:
        decisions.decide(session, coordinator, item, "Tredje", replaces=Replaced(first, "Ännu fler"))
    assert refused.value.field == "replaces"
    for unmaking in ("DELETE FROM decisions", "UPDATE decisions SET words = 'Nej'"):
        with pytest.raises(ProgrammingError), session.begin_nested():
            session.execute(text(unmaking))


def test_nothing_is_decided_at_a_meeting_that_is_closed_or_by_who_leads_nothing(session: Session, world: World) -> None:
    item = item_of(session, world)
    with pytest.raises(Forbidden):
        decisions.decide(session, world.acting(session, "officer"), item, "Vi väntar")
    coordinator = world.acting(session, "coordinator")
    agenda.end(session, coordinator, meetings.get(session, coordinator, item.meeting_id))
    with pytest.raises(Conflict):
        decisions.decide(session, coordinator, item, "För sent")
    late = (
        "INSERT INTO decisions (forum_id, meeting_id, item_id, nr, words, organisation_id, visibility) "
        "SELECT forum_id, meeting_id, id, 9, 'Smyg', :city, 'forum' FROM agenda_items"
    )
    with pytest.raises(ProgrammingError), session.begin_nested():
        session.execute(text(late), {"city": world.organisations["Stadsdelsförvaltningen"]})


def test_a_decision_of_the_annex_and_its_measure_are_seen_by_authorities_alone(session: Session, world: World) -> None:
    place = place_of(session, world)
    meeting = opened(session, world, point(place, visibility=Visibility.AUTHORITIES))
    item, coordinator = only(session, world, meeting), world.acting(session, "coordinator")
    made = decisions.decide(session, coordinator, item, "Spaning", order(world))
    decision, measure = made.id, made.measure_id
    assert measure
    assert measures.get(session, coordinator, measure).visibility == Visibility.AUTHORITIES
    landlord = world.acting(session, "landlord")
    assert decisions.of_meeting(session, landlord, meeting) == []
    with pytest.raises(NotFound):
        decisions.get(session, landlord, decision)
    with pytest.raises(NotFound):
        measures.get(session, landlord, measure)
