"""Motions and votes (yrkanden och röster): this nomination gets the prize, or nobody does.

Whoever presides puts them and closes them: the chair, the deputy where the chair does not stand free of the
nomination. Those who stand free vote, as many as the edition's quorum; more yes than no carries it, and where both
are as many, whoever presides has the casting vote. That nobody gets the prize concerns every nomination, so those vote
on it who stand free of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Identity, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, journal
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from forum.foundation.language import N_
from forum.people.policy import Action, require
from forum.prize import editions, gates, ties
from forum.prize.editions import Edition, Phase
from forum.prize.jury import Officer
from forum.prize.nominations import Nomination


class Choice(StrEnum):
    """What somebody votes."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"


class Outcome(StrEnum):
    """How a motion ended; one that somebody voted on who turned out to be tied is set aside."""

    CARRIED = "carried"
    LOST = "lost"
    SET_ASIDE = "set_aside"


CHOICE_WORDS = {Choice.YES: N_("Yes"), Choice.NO: N_("No"), Choice.ABSTAIN: N_("Abstain")}
OUTCOME_WORDS = {
    Outcome.CARRIED: N_("carried"),
    Outcome.LOST: N_("lost"),
    Outcome.SET_ASIDE: N_("set aside: somebody who voted turned out to be tied"),
}


NOBODY_LEADS = N_(
    "Nobody who leads the jury is free of every nomination, and only they can put that nobody gets the prize."
)


class Motion(Base):
    """That a nomination gets the prize; without one, that nobody does."""

    __tablename__ = "motions"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    nr: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    edition_id: Mapped[UUID]
    nomination_id: Mapped[UUID | None]
    by_id: Mapped[UUID]
    put_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str | None]
    casting: Mapped[str | None]
    closed_by_id: Mapped[UUID | None]


class Vote(Base):
    """What an office voted on a motion."""

    __tablename__ = "votes"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    edition_id: Mapped[UUID]
    nomination_id: Mapped[UUID | None]
    motion_id: Mapped[UUID]
    office_id: Mapped[UUID]
    choice: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


@dataclass(frozen=True)
class Tally:
    """The votes of a motion, counted."""

    yes: int
    no: int
    abstain: int

    @property
    def cast(self) -> int:
        """Return how many have voted."""
        return self.yes + self.no + self.abstain


# --- what is read ----------------------------------------------------------------------------------------------------


def all_of(session: Session, officer: Officer) -> list[Motion]:
    """Return the motions that the reader may see, as they were put."""
    require(officer, Action.ASSESSMENT_READ)
    return list(session.scalars(select(Motion).where(Motion.edition_id == officer.edition_id).order_by(Motion.nr)))


def get(session: Session, officer: Officer, motion_id: UUID) -> Motion:
    """Return one."""
    require(officer, Action.ASSESSMENT_READ)
    found = session.scalar(select(Motion).where(Motion.edition_id == officer.edition_id, Motion.id == motion_id))
    if found is None:
        raise NotFound
    return found


def presides(session: Session, officer: Officer, nomination_id: UUID | None) -> bool:
    """Tell whether this officer leads the decision on a nomination, or on that nobody gets the prize."""
    return session.scalar(select(func.presiding(officer.edition_id, nomination_id))) == officer.office_id


def stands_free(session: Session, officer: Officer, nomination_id: UUID | None) -> bool:
    """Tell whether this officer may vote on it."""
    asked = func.stands_free(officer.edition_id, nomination_id, officer.office_id)
    return bool(session.scalar(select(asked)))


def votes(session: Session, motion: Motion) -> list[Vote]:
    """Return the votes that the reader sees: one's own while it is open, all when it is closed."""
    return list(session.scalars(select(Vote).where(Vote.motion_id == motion.id).order_by(Vote.at, Vote.id)))


def tally(session: Session, motion: Motion) -> Tally:
    """Count the votes of a closed motion."""
    cast = [vote.choice for vote in votes(session, motion)]
    return Tally(*(cast.count(choice) for choice in Choice))


# --- what is done ----------------------------------------------------------------------------------------------------


def put(session: Session, officer: Officer, edition: Edition, nomination: Nomination | None) -> Motion:
    """Put a motion to the vote."""
    require(officer, Action.MOTION_PUT)
    editions.hold(session, edition.id, edition, *([nomination] if nomination else []))
    if nomination is not None:
        ties.require_open(session, officer, nomination)
    require_deciding(edition)
    if nomination is not None:
        gates.require_passed(session, edition, nomination)
    about = nomination.id if nomination else None
    require_presiding(session, officer, about)
    require_undecided(session, edition, about)
    same = select(Motion.id).where(Motion.edition_id == edition.id, Motion.nomination_id.is_not_distinct_from(about))
    if session.scalar(same.where(Motion.closed_at.is_(None))):
        message = N_("This motion has been put already.")
        raise Conflict(message, remedy=N_("Close the vote on it first."))
    motion = Motion(edition_id=edition.id, nomination_id=about, by_id=officer.office_id)
    session.add(motion)
    session.flush()
    _note(session, officer, "put", motion)
    return motion


def vote(session: Session, officer: Officer, edition: Edition, motion: Motion, choice: Choice) -> Vote:
    """Vote, once; nobody sees it before the vote is closed."""
    require(officer, Action.VOTE_CAST)
    editions.hold(session, edition.id, edition, motion)
    require_deciding(edition)
    if not stands_free(session, officer, motion.nomination_id):
        message = N_("You do not vote on this: you are tied, or you have not declared yet.")
        raise Forbidden(message, remedy=N_("Declare how near you are to each nomination."))
    if motion.closed_at is not None:
        message = N_("The vote on this motion is closed.")
        raise Conflict(message, remedy=N_("Whoever presides can put it again."))
    if session.scalar(select(func.i_voted(motion.id))):
        raise Conflict(N_("You have voted on this already."), remedy=N_("A vote stands."))
    about = {"edition_id": edition.id, "nomination_id": motion.nomination_id, "motion_id": motion.id}
    cast = Vote(**about, office_id=officer.office_id, choice=choice)
    session.add(cast)
    session.flush()
    editions.note(session, officer, journal.Entry("vote:cast", "vote", cast.id, {"motion": str(motion.id)}))
    return cast


def close(session: Session, officer: Officer, edition: Edition, motion: Motion, casting: Choice | None = None) -> Tally:
    """Close the vote and count; `casting` decides where yes and no are as many, if whoever presides has not voted."""
    require(officer, Action.MOTION_PUT)
    editions.hold(session, edition.id, edition, motion)
    require_deciding(edition)
    require_presiding(session, officer, motion.nomination_id)
    if motion.closed_at is not None:
        raise Conflict(N_("The vote on this motion is closed."), remedy=N_("Whoever presides can put it again."))
    with session.begin_nested():  # a vote that cannot be decided stays open
        motion.closed_at, motion.closed_by_id = clock.now(), officer.office_id
        session.flush()  # from now on the votes are seen
        counted = tally(session, motion)
        _require_quorum(edition, counted)
        if counted.yes == counted.no > 0:  # where nobody says yes there is nothing to carry
            motion.casting = _casting(session, officer, motion, casting)
        won = counted.yes > counted.no or motion.casting == Choice.YES
        motion.outcome = Outcome.CARRIED if won else Outcome.LOST
    _note(session, officer, "close", motion, outcome=motion.outcome, cast=counted.cast)
    return counted


def _require_quorum(edition: Edition, counted: Tally) -> None:
    if counted.cast < edition.quorum:
        message = N_("Too few have voted to decide: %(cast)s of the %(quorum)s that it takes.")
        remedy = N_("Let the others vote; abstaining counts as taking part.")
        raise Conflict(message, remedy=remedy, cast=counted.cast, quorum=edition.quorum)


def _casting(session: Session, officer: Officer, motion: Motion, given: Choice | None) -> Choice:
    own = next((each.choice for each in votes(session, motion) if each.office_id == officer.office_id), Choice.ABSTAIN)
    decisive = Choice(own) if own != Choice.ABSTAIN else given
    if decisive not in {Choice.YES, Choice.NO}:
        message = N_("Yes and no are as many: you preside and have the casting vote.")
        raise Invalid(message, field="casting", remedy=N_("Say yes or no."))
    return decisive


def require_deciding(edition: Edition) -> None:
    """Refuse a decision before the assessments are closed, or after the ceremony."""
    editions.require_quorate(edition, Phase.DECIDING)


def led(session: Session, officer: Officer, nomination_id: UUID | None) -> bool:
    """Tell whether anybody leads the decision on a nomination, or on that nobody gets the prize."""
    return session.scalar(select(func.presiding(officer.edition_id, nomination_id))) is not None


def require_presiding(session: Session, officer: Officer, nomination_id: UUID | None) -> None:
    """Refuse whoever does not lead this decision."""
    if nomination_id is None and not led(session, officer, None):
        remedy = N_("Appoint a deputy who is, or let the ceremony come without a decision: then nobody gets it either.")
        raise Conflict(NOBODY_LEADS, remedy=remedy)
    if not presides(session, officer, nomination_id):
        message = N_("You do not preside over this: the chair does, and the deputy where the chair is tied.")
        raise Forbidden(message, remedy=N_("Ask whoever presides."))


def require_undecided(session: Session, edition: Edition, nomination_id: UUID | None) -> None:
    """Refuse more winners than the edition has, and a winner beside the decision that nobody is one."""
    stand = session.execute(select(func.awards_standing(edition.id).table_valued("winners", "nobody"))).one()
    most = edition.winners_most if nomination_id else 1
    if stand.nobody or stand.winners >= most:
        message = N_("The prize of this edition has been decided.")
        raise Conflict(message, remedy=N_("What was decided stands until the ceremony."))


def _note(session: Session, officer: Officer, step: str, motion: Motion, **facts: object) -> None:
    told = {"nomination": str(motion.nomination_id) if motion.nomination_id else None, **facts}
    editions.note(session, officer, journal.Entry(f"motion:{step}", "motion", motion.id, told))
