"""Nominations (nomineringar): the cover that everybody in the jury sees first, and how far each has come.

draft ─► unconfirmed ─► submitted ─► complete
  (a member's draft is submitted at once)   both ─► withdrawn · merged into another of the same effort

What a nomination says beyond its cover opens to somebody in the jury after the ruling on their tie
(`forum/prize/ties.py`), and to whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, Select, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Forbidden, Invalid, NotFound
from forum.foundation.language import N_
from forum.people.members import Member
from forum.people.policy import Action, Role, require
from forum.prize import editions
from forum.prize.editions import Edition, Phase
from forum.prize.jury import Officer
from forum.register.deviations import checked_text

TITLE_LENGTH = 160
MOST_ORGANISATIONS = 30


class Status(StrEnum):
    """How far a nomination has come."""

    DRAFT = "draft"
    UNCONFIRMED = "unconfirmed"
    SUBMITTED = "submitted"
    COMPLETE = "complete"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


STATUS_WORDS = {
    Status.DRAFT: N_("draft"),
    Status.UNCONFIRMED: N_("waits for its letter to be answered"),
    Status.SUBMITTED: N_("sent in"),
    Status.COMPLETE: N_("complete"),
    Status.WITHDRAWN: N_("withdrawn"),
    Status.MERGED: N_("joined with another"),
}
HELD = frozenset({Status.SUBMITTED, Status.COMPLETE})
"""What the jury assesses."""


class Nomination(Base):
    """A nomination; `account_id` is the member who wrote it, None for anybody else."""

    __tablename__ = "nominations"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    edition_id: Mapped[UUID]
    nr: Mapped[int]
    title: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    organisations: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}", info={"free_text": True})
    status: Mapped[str] = mapped_column(server_default=Status.DRAFT)
    account_id: Mapped[UUID | None]
    forum_id: Mapped[UUID | None]
    into_id: Mapped[UUID | None]
    language: Mapped[str] = mapped_column(server_default="sv")
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(server_default="1")


class Key(Base):
    """A secret address that opens one nomination, as its digest."""

    __tablename__ = "nomination_keys"

    key: Mapped[str] = mapped_column(primary_key=True)
    edition_id: Mapped[UUID]
    nomination_id: Mapped[UUID]
    kind: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(Moment)


def covers(session: Session, officer: Officer) -> list[Nomination]:
    """Return the covers of what was sent in, by number: what everybody in the jury sees first."""
    require(officer, Action.NOMINATION_LIST)
    return list(session.scalars(_sent_in(officer).order_by(Nomination.nr)))


def cover(session: Session, officer: Officer, nr: int) -> Nomination:
    """Return the cover of one."""
    require(officer, Action.NOMINATION_LIST)
    found = session.scalar(_sent_in(officer).where(Nomination.nr == nr))
    if found is None:
        raise NotFound
    return found


def _sent_in(officer: Officer) -> Select[Nomination]:
    unsent = (Status.DRAFT, Status.UNCONFIRMED)
    return select(Nomination).where(Nomination.edition_id == officer.edition_id, Nomination.status.not_in(unsent))


# --- by its nominator ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Nominator:
    """Whoever writes a nomination: a member by their account, anybody else by a secret address."""

    nomination_id: UUID
    edition_id: UUID
    role: Role = Role.NOMINATOR
    organisation_id: UUID | None = None


def nominator_of(nomination: Nomination) -> Nominator:
    """Return whoever wrote a nomination, as the one who acts; the session's rights say whether it is them."""
    return Nominator(nomination.id, nomination.edition_id)


def begin(session: Session, member: Member, edition: Edition) -> Nomination:
    """Begin a nomination as a member of a forum; who holds an office in the edition nominates nothing in it."""
    editions.require_phase(edition, Phase.OPEN)
    if session.scalar(select(func.office_in(edition.id))) is not None:
        message = N_("Who holds an office in the jury does not nominate.")
        raise Forbidden(message, remedy=N_("Ask somebody else who knows the work."))
    nr = session.scalar(select(func.next_nomination(edition.id)))
    owner = {"account_id": member.account_id, "forum_id": member.forum_id, "language": member.language}
    nomination = Nomination(edition_id=edition.id, nr=nr, **owner)
    session.add(nomination)
    session.flush()
    return nomination


def entitle(session: Session, nomination: Nomination, *, title: str, organisations: Sequence[str]) -> None:
    """Write the cover: a title and the organisations, each as a line from the topmost that it belongs to, with ">"."""
    require(nominator_of(nomination), Action.NOMINATION_WRITE)
    title = " ".join(checked_text(title, "title", TITLE_LENGTH).split())
    lines = [_line(line) for line in organisations if line.strip()]
    if len(lines) > MOST_ORGANISATIONS:
        remedy = N_("Name at most %(most)s.")
        message = N_("These are too many organisations.")
        raise Invalid(message, field="organisations", value=len(lines), remedy=remedy, most=MOST_ORGANISATIONS)
    nomination.title, nomination.organisations, nomination.changed_at = title, lines, clock.now()
    session.flush()


def _line(words: str) -> str:
    words = checked_text(words, "organisations", TITLE_LENGTH)
    return " > ".join(" ".join(name.split()) for name in words.split(">") if name.strip())
