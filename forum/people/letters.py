"""Letters (brev): that one is on its way to a member or an organisation's contact; sent once, forgotten in 30 days.

A letter holds no address and no words: both are found when it is sent, with the rights of whoever reads it. So nothing
that was narrowed meanwhile is told, and what is left afterwards is that something of a kind went to somebody.

waiting ─► sending ─► sent · failed (refused, or nobody knows whether it arrived) · dropped (not wanted any more)
   ▲          │
   └──────────┘ nothing was handed over: it is tried again later
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, jobs
from forum.foundation.database import Base, Moment

FORGET = text("SELECT forget_letters()")


class Kind(StrEnum):
    """What a letter is about."""

    LINK = "link"
    """A link to answer for one measure, to an organisation's contact."""
    NOTICE = "notice"
    """Something happened that a member is told."""
    DIGEST = "digest"
    """What came of the organisation's deviations in a week."""
    INVITATION = "invitation"
    """The forum meets, meets at another time, or does not meet."""
    MINUTES = "minutes"
    """The minutes of a meeting are sealed."""


class Status(StrEnum):
    """How far a letter has come."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class Letter(Base):
    """One letter; `key` says what it is and for whom, so that it is written once."""

    __tablename__ = "letters"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    kind: Mapped[str]
    key: Mapped[str]
    about_id: Mapped[UUID | None]
    member_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(server_default=Status.WAITING)
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


def write(
    session: Session,
    forum_id: UUID,
    kind: Kind,
    key: str,
    *,
    about: UUID | None = None,
    member_id: UUID | None = None,
    organisation_id: UUID | None = None,
) -> None:
    """Put a letter on its way, by the forum's own work; one that was written before is not written again."""
    to = {"about_id": about, "member_id": member_id, "organisation_id": organisation_id}
    row = insert(Letter).values(forum_id=forum_id, kind=kind.value, key=f"{kind}:{key}", **to)
    made = session.scalar(row.on_conflict_do_nothing(index_elements=["forum_id", "key"]).returning(Letter.id))
    if made is not None:
        jobs.defer(session, jobs.JobName.LETTER, forum_id, beside=str(made), letter=str(made))


def take(session: Session, letter_id: UUID) -> Letter | None:
    """Return a letter that waits, to be sent now; the caller commits before sending.

    One that is being sent already was left by a worker that was killed: nobody knows whether it arrived, so it is not
    sent again.
    """
    letter = session.scalar(select(Letter).where(Letter.id == letter_id).with_for_update())
    if letter is None or letter.status not in (Status.WAITING, Status.SENDING):
        return None
    waits = letter.status == Status.WAITING
    settle(session, letter_id, Status.SENDING if waits else Status.FAILED)
    return letter if waits else None


def settle(session: Session, letter_id: UUID, status: Status) -> None:
    """Note how far the letter has come."""
    new = {"status": status.value, "changed_at": clock.now()}
    session.execute(update(Letter).where(Letter.id == letter_id).values(**new))


def forget(session: Session) -> None:
    """Take away old letters and links, and give up on what could not be sent in a day, in every forum."""
    session.execute(FORGET)
