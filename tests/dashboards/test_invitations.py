"""Calling the forum together by mail: invitation, update and recall reach every member once, as calendars read them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID

import icalendar
import pytest
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import clock
from forum.foundation.audience import Visibility
from forum.foundation.errors import Conflict, Forbidden
from forum.work import agenda, invitations, meetings
from forum.work.agenda import Prepared, Wish
from forum.work.meetings import Plan
from tests.builders import PEOPLE, World
from tests.dashboards.conftest import Letterbox, Queue

WEEKS = iter(range(1, 20))


@pytest.fixture
def planned(sessions: sessionmaker[Session], lasting: World) -> UUID:
    """Return a meeting that is planned, with an item for authorities alone."""
    with sessions() as session:
        chair = lasting.organisations["Stadsdelsförvaltningen"]
        plan = Plan(clock.now() + timedelta(weeks=next(WEEKS)), location="Folkets hus", chair_id=chair)
        meeting = meetings.plan(session, lasting.acting(session, "coordinator"), plan)
        wish = Wish("Spaningen vid torget", visibility=Visibility.AUTHORITIES)
        agenda.add(session, lasting.acting(session, "officer"), meeting, wish)
        session.commit()
        return meeting.id


@pytest.fixture
def mailed(letterbox: Letterbox) -> Iterator[Letterbox]:
    letterbox.letters.clear()
    yield letterbox
    letterbox.letters.clear()


def step(sessions: sessionmaker[Session], world: World, meeting_id: UUID, name: str) -> None:
    with sessions() as session:
        coordinator = world.acting(session, "coordinator")
        meeting = meetings.get(session, coordinator, meeting_id)
        if name == "invite":
            invitations.send(session, coordinator, meeting)
        elif name == "move":
            later = Plan(meeting.starts_at + timedelta(days=1), location="Skolan", chair_id=meeting.chair_id)
            meetings.amend(session, coordinator, meeting, later)
        else:
            meetings.cancel(session, coordinator, meeting, reason="Sjukdom")
        session.commit()


def calendar_of(message: EmailMessage) -> icalendar.Calendar:
    (file,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    content = file.get_payload(decode=True)
    assert isinstance(content, bytes)
    read = icalendar.Calendar.from_ical(content)
    assert file.get_param("method") == str(read["method"])
    return read


def test_every_member_is_called_once_and_hears_of_each_change(
    sessions: sessionmaker[Session], lasting: World, queue: Queue, mailed: Letterbox, planned: UUID
) -> None:
    queue.work()
    assert mailed.letters == []  # nobody was called yet
    told = []
    for name in ("invite", "move", "cancel"):
        step(sessions, lasting, planned, name)
        queue.work()
        queue.work()
        got = list(mailed.letters)
        mailed.letters.clear()
        assert sorted(message["To"] for message in got) == sorted(lasting.email(person) for person in PEOPLE)
        read = calendar_of(got[0])
        (event,) = read.walk("VEVENT")
        told.append((str(event["uid"]), str(read["method"]), event["sequence"], str(event["location"])))
        assert all("paningen" not in message.as_string() for message in got)
    assert [each[1:] for each in told] == [
        ("REQUEST", 0, "Folkets hus"), ("REQUEST", 1, "Skolan"), ("CANCEL", 2, "Skolan"),
    ]  # fmt: skip
    assert len({each[0] for each in told}) == 1


def test_a_change_of_a_meeting_that_nobody_was_called_to_is_told_to_nobody(
    sessions: sessionmaker[Session], lasting: World, queue: Queue, mailed: Letterbox, planned: UUID
) -> None:
    step(sessions, lasting, planned, "move")
    step(sessions, lasting, planned, "cancel")
    queue.work()
    assert mailed.letters == []


def test_only_who_leads_calls_and_only_to_what_is_planned(sessions: sessionmaker[Session], lasting: World) -> None:
    chair = lasting.organisations["Stadsdelsförvaltningen"]
    figures = {"audience": "forum", "period": {"first": "2023-09-20", "end": "2023-10-18"}}
    with sessions() as session:
        coordinator = lasting.acting(session, "coordinator")
        meeting = meetings.plan(session, coordinator, Plan(clock.now(), chair_id=chair))
        with pytest.raises(Forbidden):
            invitations.send(session, lasting.acting(session, "officer"), meeting)
        coordinator = lasting.acting(session, "coordinator")
        agenda.begin(session, coordinator, meeting, Prepared(figures, ()))
        with pytest.raises(Conflict):
            invitations.send(session, coordinator, meeting)
