"""Sealed minutes: bytes that nobody changes, for each audience."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from forum.foundation import rights
from forum.foundation.audience import Audience
from forum.foundation.errors import Conflict, Forbidden, NotFound
from forum.people import members
from forum.people.members import Member
from forum.work import meetings, minutes
from forum.work.meetings import Meeting
from forum.work.minutes import Form
from tests.builders import World
from tests.forum.work.test_meetings import held

MADE = {(Audience.FORUM, Form.PDF): b"%PDF forum", (Audience.AUTHORITIES, Form.PDF): b"%PDF bilaga"}


def system(session: Session, world: World) -> Member:
    rights.become(session, rights.Principal(system=world.forum_id))
    return members.system(session, world.forum_id, world.slug, "Forum farsta")


def sealed(session: Session, world: World) -> Meeting:
    meeting = held(session, world)
    meetings.adjust(session, world.acting(session, "officer"), meeting)
    minutes.seal(session, system(session, world), meeting, MADE)
    return meeting


def test_each_reader_has_the_bytes_of_their_audience(session: Session, world: World) -> None:
    meeting = sealed(session, world)
    assert meetings.Status(meeting.status) is meetings.Status.SEALED
    officer = world.acting(session, "officer")
    for (audience, form), content in MADE.items():
        found = minutes.get(session, officer, meeting, audience, form)
        assert (found.content, found.hash) == (content, hashlib.sha256(content).digest())
    landlord = world.acting(session, "landlord")
    assert [each.audience for each in minutes.of_meeting(session, landlord, meeting)] == ["forum"]
    with pytest.raises(NotFound):
        minutes.get(session, landlord, meeting, Audience.AUTHORITIES, Form.PDF)
    with pytest.raises(NotFound):
        minutes.get(session, landlord, meeting, Audience.FORUM, Form.DOCX)


def test_minutes_are_sealed_once_after_adjusting_and_by_nobody_in_person(session: Session, world: World) -> None:
    meeting = held(session, world)
    with pytest.raises(Conflict):
        minutes.seal(session, system(session, world), meeting, MADE)
    meetings.adjust(session, world.acting(session, "officer"), meeting)
    with pytest.raises(Forbidden):
        minutes.seal(session, world.acting(session, "coordinator"), meeting, MADE)
    minutes.seal(session, system(session, world), meeting, MADE)
    with pytest.raises(Conflict):
        minutes.seal(session, system(session, world), meeting, MADE)
    for change in ("UPDATE minutes SET content = ''", "DELETE FROM minutes"):
        with pytest.raises(ProgrammingError), session.begin_nested():
            session.execute(text(change))


def test_the_verifier_is_told_the_hash_of_the_bytes_as_they_are(session: Session, world: World) -> None:
    meeting = sealed(session, world)
    world.acting(session, "officer")
    told = set(minutes.digests(session))
    kept = session.scalars(select(minutes.Sealed).where(minutes.Sealed.meeting_id == meeting.id)).all()
    assert told == {(each.id, hashlib.sha256(each.content).digest()) for each in kept}
