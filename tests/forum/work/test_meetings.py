"""Meetings: planned, moved, cancelled, attended, adjusted by a second member."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from threading import Event, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from forum.people.agreements import today
from forum.register import steps
from forum.work import agenda, meetings
from forum.work.agenda import Prepared
from forum.work.meetings import Meeting, Plan, Status
from tests.builders import World

FIGURES = {"audience": "forum", "period": {"first": "2023-09-20", "end": "2023-10-18"}}
MORNING = datetime(2023, 10, 18, 7, tzinfo=UTC)


def wanted(world: World, starts_at: datetime = MORNING, **more: Any) -> Plan:
    return Plan(starts_at, **({"chair_id": world.organisations["Stadsdelsförvaltningen"]} | more))


def planned(session: Session, world: World, starts_at: datetime = MORNING, **more: Any) -> Meeting:
    return meetings.plan(session, world.acting(session, "coordinator"), wanted(world, starts_at, **more))


def begun(session: Session, world: World, starts_at: datetime = MORNING) -> Meeting:
    meeting = planned(session, world, starts_at)
    return agenda.begin(session, world.acting(session, "coordinator"), meeting, Prepared(FIGURES, ()))


def held(session: Session, world: World, starts_at: datetime = MORNING) -> Meeting:
    meeting = begun(session, world, starts_at)
    return agenda.end(session, world.acting(session, "coordinator"), meeting)


def people(world: World, **numbers: int) -> dict[UUID, int]:
    return {world.organisations[name]: number for name, number in numbers.items()}


def test_a_meeting_has_a_number_a_day_and_a_first_step(session: Session, world: World) -> None:
    first = planned(session, world, location="Folkets hus")
    second = planned(session, world, MORNING + timedelta(weeks=4))
    assert [(m.nr, m.day, m.sequence) for m in (first, second)] == [
        (1, date(2023, 10, 18), 0),
        (2, date(2023, 11, 15), 0),
    ]
    assert meetings.get(session, world.acting(session, "teacher"), date(2023, 10, 18)).location == "Folkets hus"
    assert [step.action for step in steps.of(session, first.id)] == ["create"]


def test_the_day_of_a_meeting_is_the_swedish_one(session: Session, world: World) -> None:
    assert planned(session, world, datetime(2023, 10, 17, 22, 30, tzinfo=UTC)).day == date(2023, 10, 18)


def test_a_second_meeting_on_a_day_is_refused_and_after_a_cancellation_it_is_not(
    session: Session, world: World
) -> None:
    first = planned(session, world)
    with pytest.raises(Conflict) as refused:
        planned(session, world, MORNING + timedelta(hours=3))
    assert refused.value.field == "starts_at"
    later = planned(session, world, MORNING + timedelta(days=1))
    with pytest.raises(Conflict):
        meetings.amend(session, world.acting(session, "coordinator"), later, wanted(world))
    meetings.cancel(session, world.acting(session, "coordinator"), first, reason="Lokalen är stängd")
    again = planned(session, world, MORNING + timedelta(hours=3))
    assert meetings.get(session, world.acting(session, "teacher"), date(2023, 10, 18)).id == again.id


def test_what_is_moved_has_a_higher_sequence_and_the_same_id(session: Session, world: World) -> None:
    meeting = planned(session, world)
    coordinator = world.acting(session, "coordinator")
    moved = meetings.amend(session, coordinator, meeting, wanted(world, MORNING + timedelta(days=7)), version=1)
    assert (moved.id, moved.sequence, moved.day) == (meeting.id, 1, date(2023, 10, 25))
    with pytest.raises(Stale):
        meetings.amend(session, coordinator, meeting, wanted(world), version=1)
    cancelled = meetings.cancel(session, coordinator, meeting, reason="Sjukdom")
    assert (cancelled.sequence, Status(cancelled.status)) == (2, Status.CANCELLED)
    with pytest.raises(Conflict):
        meetings.amend(session, coordinator, meeting, wanted(world))


@pytest.mark.parametrize(
    ("change", "field"),
    [({"minutes": 5}, "minutes"), ({"chair_id": None}, "chair"), ({"location": "x" * 121}, "location")],
)
def test_a_plan_that_cannot_be_names_its_field(
    session: Session, world: World, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        planned(session, world, **change)
    assert refused.value.field == field
    with pytest.raises(NotFound):
        planned(session, world, chair_id=uuid4())
    assert meetings.all_of(session, world.acting(session, "coordinator")) == []


@pytest.mark.parametrize("person", ["officer", "landlord", "teacher"])
def test_only_who_leads_plans(session: Session, world: World, person: str) -> None:
    meeting = planned(session, world)
    member = world.acting(session, person)
    with pytest.raises(Forbidden):
        meetings.plan(session, member, wanted(world, MORNING + timedelta(days=1)))
    with pytest.raises(Forbidden):
        meetings.cancel(session, member, meeting, reason="Nej")
    with pytest.raises(Forbidden):
        meetings.attend(session, member, meeting, people(world, Polisen=1))


def test_attendance_holds_organisations_and_numbers(session: Session, world: World) -> None:
    meeting = begun(session, world)
    coordinator = world.acting(session, "coordinator")
    meetings.attend(session, coordinator, meeting, people(world, Polisen=2, Skolan=1))
    meetings.attend(session, coordinator, meeting, people(world, Polisen=3, Skolan=0))
    assert meetings.attendance(session, coordinator, meeting) == people(world, Polisen=3)
    for wrong, problem in (({world.organisations["Polisen"]: 100}, Invalid), ({uuid4(): 1}, NotFound)):
        with pytest.raises(problem):
            meetings.attend(session, coordinator, meeting, wrong)


def test_a_meeting_looks_back_to_the_one_before_and_the_first_four_weeks(session: Session, world: World) -> None:
    first = planned(session, world)
    coordinator = world.acting(session, "coordinator")
    assert meetings.span(session, coordinator, first) == (MORNING - timedelta(weeks=4), MORNING)
    agenda.begin(session, coordinator, first, Prepared(FIGURES, ()))
    second = planned(session, world, MORNING + timedelta(weeks=4))
    assert meetings.before(session, coordinator, second) == first
    assert meetings.span(session, coordinator, second) == (MORNING, MORNING + timedelta(weeks=4))
    coming = planned(session, world, datetime.now(UTC) + timedelta(days=10))
    since, until = meetings.span(session, coordinator, coming)
    assert since == MORNING
    assert abs(until - datetime.now(UTC)) < timedelta(minutes=1)
    assert meetings.coming(session, coordinator) == coming
    assert coming.day >= today()


def test_nobody_adjusts_the_minutes_that_they_wrote(session: Session, world: World) -> None:
    meeting = held(session, world)
    coordinator = world.acting(session, "coordinator")
    with pytest.raises(Conflict) as refused:
        meetings.adjust(session, coordinator, meeting)
    assert refused.value.field == "member"
    with pytest.raises(Forbidden):
        meetings.adjust(session, world.acting(session, "teacher"), meeting)
    officer = world.acting(session, "officer")
    meetings.adjust(session, officer, meeting)
    signed = meetings.signatures(session, officer, meeting)
    assert {part: each.member_id for part, each in signed.items()} == {
        "wrote": world.members["coordinator"], "adjusted": world.members["officer"],
    }  # fmt: skip
    with pytest.raises(Conflict):
        meetings.adjust(session, officer, meeting)


def test_minutes_are_adjusted_after_the_meeting_only(session: Session, world: World) -> None:
    meeting = begun(session, world)
    with pytest.raises(Conflict):
        meetings.adjust(session, world.acting(session, "administrator"), meeting)


def test_the_database_itself_refuses_who_leads_nothing(session: Session, world: World) -> None:
    meeting = begun(session, world)
    world.acting(session, "officer")
    moving = text("UPDATE meetings SET minutes = 30 WHERE id = :id RETURNING id")
    assert session.execute(moving, {"id": meeting.id}).all() == []
    with pytest.raises(ProgrammingError), session.begin_nested():
        session.execute(text("UPDATE meetings SET nr = 9"))


def test_two_who_plan_at_once_get_numbers_of_their_own(sessions: sessionmaker[Session], lasting: World) -> None:
    begun, numbers = Event(), list[int]()

    def second() -> None:
        with sessions() as session:
            coordinator = lasting.acting(session, "coordinator")
            begun.set()
            numbers.append(meetings.plan(session, coordinator, wanted(lasting, MORNING + timedelta(days=1))).nr)
            session.commit()

    with sessions() as session:
        numbers.append(planned(session, lasting).nr)
        waiting = Thread(target=second)
        waiting.start()
        assert begun.wait(10)
        waiting.join(0.3)
        assert waiting.is_alive()  # it asked for the number that this one has, and waits to hear whether it keeps it
        session.commit()
    waiting.join(10)
    assert numbers == [1, 2]
