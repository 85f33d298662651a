"""Secret addresses of members' calendars (kalenderadresser): one each, shown once, kept as a digest only.

A calendar program asks by itself and keeps what it is told elsewhere: whoever has the address reads as its member, but
no more than the whole forum may see. It holds until it is replaced or taken away, or the member leaves the forum.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, journal, rights
from forum.foundation.audience import Audience
from forum.foundation.database import Base, Moment
from forum.foundation.errors import NotFound
from forum.people.accounts import digest
from forum.people.members import Member, member_of
from forum.people.policy import Action, require

CALENDAR_OF = text("SELECT * FROM calendar_of(:key)")


class Calendar(Base):
    """That a member has an address."""

    __tablename__ = "calendars"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    forum_id: Mapped[UUID]
    key: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


def make(session: Session, member: Member) -> str:
    """Return the secret of a new address; an earlier one leads nowhere from now on."""
    require(member, Action.CALENDAR_KEEP)
    secret = secrets.token_urlsafe(32)
    new = {"key": digest(secret), "made_at": clock.now()}
    row = insert(Calendar).values(member_id=member.id, forum_id=member.forum_id, **new)
    session.execute(row.on_conflict_do_update(index_elements=["member_id"], set_=new))
    _note(session, member, "calendar:make")
    return secret


def take_away(session: Session, member: Member) -> None:
    """Let the member's address lead nowhere."""
    require(member, Action.CALENDAR_KEEP)
    gone = delete(Calendar).where(Calendar.member_id == member.id).returning(Calendar.member_id)
    if session.scalar(gone) is None:
        raise NotFound
    _note(session, member, "calendar:take_away")


def _note(session: Session, member: Member, action: str) -> None:
    assert member.id is not None
    journal.write(session, member, journal.Entry(action, "member", member.id, {}))


def made_at(session: Session, member: Member) -> datetime | None:
    """Return when the member's address was made, None where there is none."""
    require(member, Action.CALENDAR_KEEP)
    return session.scalar(select(Calendar.made_at).where(Calendar.member_id == member.id))


def by_secret(session: Session, secret: str) -> Member:
    """Return whose address it is, and let the session read for them; NotFound for any that does not hold."""
    row = session.connection().execute(CALENDAR_OF, {"key": digest(secret)}).mappings().first()
    if row is None:
        raise NotFound
    rights.entered(session, rights.Principal(row["account_id"], row["id"], audience=Audience.FORUM))
    return member_of(row)
