"""Sealed minutes (justerade protokoll): each form of them as bytes, for the forum and, as an annex, for authorities.

Nobody changes them: the rows behind them may be corrected, moved or deleted, these bytes stay. The journal holds the
hash of each, and the verifier compares.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import LargeBinary, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, journal
from forum.foundation.audience import Audience
from forum.foundation.database import Base, Moment
from forum.foundation.errors import NotFound
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register import steps
from forum.work import meetings
from forum.work.meetings import Meeting


class Form(StrEnum):
    """What minutes are read as."""

    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"


class Sealed(Base):
    """The minutes of a meeting for an audience in one form."""

    __tablename__ = "minutes"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    audience: Mapped[str]
    form: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    hash: Mapped[bytes]
    sealed_at: Mapped[datetime] = mapped_column(Moment)


def seal(session: Session, member: Member, meeting: Meeting, made: Mapping[tuple[Audience, Form], bytes]) -> None:
    """Seal the minutes of a meeting that were adjusted."""
    require(member, Action.MEETING_SEAL)
    steps.hold(session, meeting, None)
    meetings.require_next(meeting, meetings.Status.SEALED)
    at = clock.now()
    for (audience, form), content in made.items():
        said = {"audience": audience.value, "form": form.value, "content": content, "sealed_at": at}
        hashed = hashlib.sha256(content).digest()
        sealed = Sealed(forum_id=meeting.forum_id, meeting_id=meeting.id, hash=hashed, **said)
        session.add(sealed)
        session.flush()
        facts = {"meeting": str(meeting.id), "audience": audience, "form": form, "bytes": len(content)}
        journal.write(session, member, journal.Entry("minutes:seal", "minutes", sealed.id, facts, hashed))
    steps.take(session, member, meeting, "seal", new={"status": meetings.Status.SEALED.value})


def of_meeting(session: Session, member: Member, meeting: Meeting) -> list[Sealed]:
    """Return the sealed minutes that the member is among the audience of, without their bytes."""
    require(member, Action.MEETING_READ)
    mine = (Sealed.meeting_id == meeting.id, Sealed.audience.in_(member.visibilities))
    return list(session.scalars(select(Sealed).where(*mine).order_by(Sealed.audience.desc(), Sealed.form)))


def get(session: Session, member: Member, meeting: Meeting, audience: Audience, form: Form) -> Sealed:
    """Return sealed minutes, their bytes in `content`."""
    for sealed in of_meeting(session, member, meeting):
        if (sealed.audience, sealed.form) == (audience, form):
            return sealed
    raise NotFound


def digests(session: Session) -> Generator[tuple[UUID, bytes], None, None]:
    """Yield all sealed minutes that the session may see with the hash of their bytes, for the journal's verifier."""
    for reference, hashed in session.execute(select(Sealed.id, func.sha256(Sealed.content))):
        yield reference, bytes(hashed)
