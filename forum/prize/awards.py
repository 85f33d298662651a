"""Awards (pristagare): what the jury decided, with its citation; known to everybody from the ceremony on.

An award follows from a motion that was carried. It is never changed; a tie that is discovered before the ceremony may
set it aside, and the jury then decides anew. Why the others were not chosen is told to their nominators afterwards.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, journal
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict
from forum.foundation.language import N_
from forum.people.policy import Action, require
from forum.prize import editions, evidence, motions, ties
from forum.prize.editions import Edition, Phase
from forum.prize.evidence import Kind
from forum.prize.jury import Officer
from forum.prize.motions import Motion, Outcome
from forum.prize.nominations import Nomination
from forum.register.steps import reason_given


class Award(Base):
    """A winner with its citation; without a nomination, that nobody gets the prize."""

    __tablename__ = "awards"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    edition_id: Mapped[UUID]
    nomination_id: Mapped[UUID | None]
    citation: Mapped[str] = mapped_column(info={"free_text": True})
    votes: Mapped[dict[str, Any]]
    decided_by_id: Mapped[UUID]
    decided_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    hash: Mapped[bytes]
    motion_id: Mapped[UUID | None]
    set_aside_at: Mapped[datetime | None] = mapped_column(Moment)
    evidence: Mapped[list[Any]] = mapped_column(server_default="[]")
    """What it stands on, as everybody may see it: without documents, which only the jury sees."""

    @property
    def digest(self) -> bytes:
        """Return the hash over what was decided."""
        said: dict[str, Any] = {
            "edition": str(self.edition_id),
            "nomination": str(self.nomination_id) if self.nomination_id else None,
            "citation": self.citation,
            "votes": self.votes,
            "decided_at": clock.stamp(self.decided_at),
        }
        if self.evidence:
            said["evidence"] = self.evidence
        return hashlib.sha256(journal.canonical(said)).digest()


class Reason(Base):
    """Why a nomination was not chosen; the last one holds."""

    __tablename__ = "award_reasons"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    nr: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    edition_id: Mapped[UUID]
    nomination_id: Mapped[UUID]
    words: Mapped[str] = mapped_column(info={"free_text": True})
    by_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


def standing(session: Session, edition: Edition) -> list[Award]:
    """Return the awards that stand and that the reader may see."""
    stand = select(Award).where(Award.edition_id == edition.id, Award.set_aside_at.is_(None))
    return list(session.scalars(stand.order_by(Award.decided_at)))


def reason_for(session: Session, nomination_id: UUID) -> str:
    """Return why a nomination was not chosen, as far as the reader may know it; what a tied hand wrote is not told."""
    free = func.ruling_on(Reason.nomination_id, Reason.by_id) == "allowed"
    told = select(Reason.words).where(Reason.nomination_id == nomination_id, free).order_by(Reason.nr.desc()).limit(1)
    return session.scalar(told) or ""


def decide(session: Session, officer: Officer, edition: Edition, motion: Motion, citation: str) -> Award:
    """Award the prize, or nobody, as a carried motion says; the citation is for everybody to read."""
    require(officer, Action.AWARD_DECIDE)
    editions.hold(session, edition.id, edition, motion)
    motions.require_deciding(edition)
    motions.require_presiding(session, officer, motion.nomination_id)
    if motion.outcome != Outcome.CARRIED:
        message = N_("Nothing is awarded without a motion that was carried by a jury with quorum.")
        raise Conflict(message, remedy=N_("Put the motion, let the jury vote and close the vote."))
    motions.require_undecided(session, edition, motion.nomination_id)
    award = Award(
        edition_id=edition.id, nomination_id=motion.nomination_id, motion_id=motion.id,
        citation=reason_given(citation, "citation"), decided_by_id=officer.office_id, decided_at=clock.now(),
        votes=asdict(motions.tally(session, motion)) | {"quorum": edition.quorum, "casting": motion.casting},
        evidence=_stands_on(session, officer, motion.nomination_id),
    )  # fmt: skip
    award.hash = award.digest
    session.add(award)
    session.flush()
    told = {"nomination": str(award.nomination_id) if award.nomination_id else None, "motion": str(motion.id)}
    editions.note(session, officer, journal.Entry("award:decide", "award", award.id, told, award.hash))
    return award


def _stands_on(session: Session, officer: Officer, nomination_id: UUID | None) -> list[dict[str, Any]]:
    """Return the evidence of a nomination as everybody may see it."""
    if nomination_id is None:
        return []
    held = evidence.of_nomination(session, officer, session.get_one(Nomination, nomination_id))
    return [
        each.named | {"title": each.title, "content": each.public, "forum": str(each.forum_id)}
        for each in held
        if each.kind != Kind.DOCUMENT
    ]


def give_reason(session: Session, officer: Officer, edition: Edition, nomination: Nomination, words: str) -> Reason:
    """Write down why a nomination was not chosen; its nominator reads it after the ceremony."""
    require(officer, Action.AWARD_DECIDE)
    ties.require_open(session, officer, nomination)
    editions.require_quorate(edition, Phase.DECIDING)
    reason = Reason(edition_id=edition.id, nomination_id=nomination.id, words=reason_given(words, "words"))
    reason.by_id = officer.office_id
    session.add(reason)
    session.flush()
    told = {"nomination": str(nomination.id)}
    editions.note(session, officer, journal.Entry("award:reason", "award_reason", reason.id, told))
    return reason
