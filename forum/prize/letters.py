"""Letters about a nomination (brev om en nominering): confirm it, answer a supplement, how it went; once at most.

As of the forum's letters (`forum/people/letters.py`), a row says only that one is on its way. The secret of its address
is made when it is sent, and kept as a digest.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, jobs
from forum.foundation.database import Base, Moment
from forum.people.accounts import digest
from forum.people.letters import Status
from forum.prize import nominators
from forum.prize.editions import Edition, serve
from forum.prize.nominations import Key, Nomination
from forum.prize.nominations import Status as NominationStatus

UNTOLD = text("SELECT edition_id, nomination_id FROM untold_outcomes()")
AFTERWARDS = timedelta(days=90)
"""How long after the ceremony the address of a letter opens its nomination."""


class Kind(StrEnum):
    """What a letter asks."""

    CONFIRM = "confirm"
    SUPPLEMENT = "supplement"
    OUTCOME = "outcome"


class PrizeLetter(Base):
    """One letter to whoever nominated."""

    __tablename__ = "nomination_letters"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    edition_id: Mapped[UUID]
    nomination_id: Mapped[UUID]
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=Status.WAITING)
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


@dataclass(frozen=True)
class Addressed:
    """Where a letter goes, what it is about, and its new secret."""

    email: str
    secret: str
    nomination: Nomination
    edition: Edition


def write(session: Session, nomination: Nomination, kind: Kind) -> None:
    """Put a letter on its way, by whoever nominated or by the secretary."""
    reference, edition = uuid4(), nomination.edition_id
    row = {"id": reference, "edition_id": edition, "nomination_id": nomination.id, "kind": kind.value}
    session.connection().execute(insert(PrizeLetter).inline().values(**row))
    jobs.defer_edition(session, jobs.JobName.PRIZE_LETTER, edition, beside=str(reference), letter=str(reference))


def tell_outcomes(session: Session) -> None:
    """Put on its way to everybody who nominated, once, that the prize has been given; in every edition."""
    for edition_id, nomination_id in session.execute(UNTOLD).all():
        serve(session, edition_id)
        write(session, session.get_one(Nomination, nomination_id), Kind.OUTCOME)


def take(session: Session, letter_id: UUID) -> PrizeLetter | None:
    """Return a letter that waits, to be sent now; one that was being sent when its worker was killed is not again."""
    letter = session.scalar(select(PrizeLetter).where(PrizeLetter.id == letter_id).with_for_update())
    if letter is None or letter.status not in (Status.WAITING, Status.SENDING):
        return None
    waits = letter.status == Status.WAITING
    settle(session, letter_id, Status.SENDING if waits else Status.FAILED)
    return letter if waits else None


def settle(session: Session, letter_id: UUID, status: Status) -> None:
    """Note how far the letter has come."""
    new = {"status": status.value, "changed_at": clock.now()}
    session.execute(update(PrizeLetter).where(PrizeLetter.id == letter_id).values(**new))


def addressed(session: Session, letter: PrizeLetter) -> Addressed | None:
    """Return where the letter goes, with a secret made for it; None when there is nobody to write to any more."""
    nomination = session.get(Nomination, letter.nomination_id)
    contact = nominators.of(session, nomination) if nomination else None
    if nomination is None or contact is None:
        return None
    if letter.kind == Kind.CONFIRM and nomination.status != NominationStatus.UNCONFIRMED:
        return None  # it was changed meanwhile, and is sent anew
    edition, secret = session.get_one(Edition, letter.edition_id), secrets.token_urlsafe(32)
    about = {"edition_id": edition.id, "nomination_id": nomination.id, "kind": "letter"}
    until = max(edition.ceremony_at, clock.now()) + AFTERWARDS
    session.connection().execute(insert(Key).inline().values(key=digest(secret), expires_at=until, **about))
    return Addressed(contact.email, secret, nomination, edition)
