"""What is done to deviations, step by step committed: each change once, and the journal agrees with the rows."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import audit
from forum.foundation.errors import NotFound
from forum.people import members
from forum.people.members import Member
from forum.register import deviations, intake
from forum.register.deviations import Deviation, Reason
from tests.builders import World, mark


def answered(session: Session, member: Member, deviation: Deviation) -> None:
    deviations.answer(session, member, deviation, reply="Lamporna är bytta")


def withdrawn(session: Session, member: Member, deviation: Deviation) -> None:
    deviations.withdraw(session, member, deviation, reason=Reason.MISTAKE)


def same_as(session: Session, member: Member, deviation: Deviation) -> None:
    deviations.same_as(session, member, deviation, mark(session, member))


def verdict(sessions: sessionmaker[Session], world: World) -> audit.Verdict:
    with sessions() as session:
        members.system(session, world.forum_id, world.slug, "Forum")
        return audit.verify(session, str(world.forum_id), deviations.digests)


def test_one_that_was_hidden_meanwhile_is_not_found_by_who_wants_to_change_it(
    sessions: sessionmaker[Session], lasting: World
) -> None:
    with sessions() as theirs, sessions() as ours:
        landlord = lasting.acting(theirs, "landlord")
        marked = mark(theirs, landlord)
        theirs.commit()
        coordinator = lasting.acting(ours, "coordinator")
        found = deviations.get(ours, coordinator, marked.id)
        landlord = lasting.acting(theirs, "landlord")
        intake.amend(theirs, landlord, marked, 1, {"visibility": "own"})
        theirs.commit()
        with pytest.raises(NotFound):
            intake.amend(ours, coordinator, found, 1, {"text": "Fem lampor är släckta"})


def test_every_step_leaves_a_journal_that_verifies_and_a_strange_hand_is_found(
    sessions: sessionmaker[Session], lasting: World, superuser: Engine
) -> None:
    with sessions() as session:
        coordinator = lasting.acting(session, "coordinator")
        for step in (deviations.look_at, answered, withdrawn, same_as):
            step(session, coordinator, mark(session, coordinator))
            session.commit()
    found = verdict(sessions, lasting)
    assert found.sound, found.fault
    with superuser.connect() as connection:
        connection.execute(text("UPDATE deviations SET accuracy_m = accuracy_m + 1 WHERE status = 'looked_at'"))
        assert not verdict(sessions, lasting).sound
        connection.execute(text("UPDATE deviations SET accuracy_m = accuracy_m - 1 WHERE status = 'looked_at'"))
        assert verdict(sessions, lasting).sound
        connection.execute(text("DELETE FROM deviation_history"))
        connection.execute(text("DELETE FROM deviations WHERE status = 'looked_at'"))
        assert not verdict(sessions, lasting).sound
