"""Rows of an import that screening stopped (karantän): seen by their organisation and the coordinator alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import journal
from forum.foundation.database import Base, Moment
from forum.foundation.errors import NotFound
from forum.people import agreements
from forum.people.members import Member
from forum.people.policy import Action, may, require


class Quarantined(Base):
    """A row that waits until somebody has seen to it; not a part of the register."""

    __tablename__ = "quarantine"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    source: Mapped[str]
    source_ref: Mapped[str]
    row: Mapped[dict[str, Any]]
    passages: Mapped[list[Any]]
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


def all_of(session: Session, member: Member) -> list[Quarantined]:
    """Return the rows that wait and that the member may see to, the newest first."""
    query = select(Quarantined).where(Quarantined.forum_id == member.forum_id)
    rows = session.scalars(query.order_by(Quarantined.created_at.desc(), Quarantined.id))
    return [row for row in rows if may(member, Action.QUARANTINE_MANAGE, of=row)]


def get(session: Session, member: Member, row_id: UUID) -> Quarantined:
    """Return a row that the member may see to."""
    row = session.scalar(select(Quarantined).where(Quarantined.id == row_id, Quarantined.forum_id == member.forum_id))
    if row is None:
        raise NotFound
    require(member, Action.QUARANTINE_MANAGE, of=row)
    return row


def discard(session: Session, member: Member, row: Quarantined) -> None:
    """Throw the row away: it never comes into the register."""
    require(member, Action.QUARANTINE_MANAGE, of=row)
    agreements.require_in_force(session, member)
    row_id = row.id
    take_out(session, row_id)
    journal.write(session, member, journal.Entry("quarantine:discard", "quarantine", row_id, {}))


def take_out(session: Session, row_id: UUID) -> None:
    """Take the row out of the quarantine."""
    session.execute(delete(Quarantined).where(Quarantined.id == row_id))
