"""Preparing the basis (beredning): the secretary checks, asks for a supplement once, joins two of one effort.

A supplement is asked for with a last day and answered once, and then what was sent in is sealed anew. When two are
joined, whoever is excluded from one is excluded from both, and whoever has not been ruled on for one is ruled on again.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, journal
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Invalid
from forum.foundation.language import N_
from forum.people.agreements import today
from forum.people.policy import Action, require
from forum.prize import editions, letters, nominations, packs, quorum, ties
from forum.prize.contents import PART_LENGTH
from forum.prize.editions import Edition, Phase
from forum.prize.jury import Office, Officer, in_force
from forum.prize.nominations import HELD, Nomination, Status, nominator_of
from forum.prize.ties import Grade, Ruling, Tie
from forum.register.deviations import checked_text

PREPARED = (Phase.OPEN, Phase.PREPARING)


class Supplement(Base):
    """What was asked for, until when, and what was answered."""

    __tablename__ = "supplements"

    nomination_id: Mapped[UUID] = mapped_column(primary_key=True)
    edition_id: Mapped[UUID]
    words: Mapped[str] = mapped_column(info={"free_text": True})
    last_day: Mapped[date]
    asked_by_id: Mapped[UUID]
    asked_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    answer: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    answered_at: Mapped[datetime | None] = mapped_column(Moment)


def of_nomination(session: Session, nomination: Nomination) -> Supplement | None:
    """Return what was asked of a nomination, as far as it opens to whoever asks."""
    return session.get(Supplement, nomination.id)


def complete(session: Session, officer: Officer, edition: Edition, nomination: Nomination) -> None:
    """Note that what was sent in is complete."""
    _require_prepares(session, officer, edition, nomination, Status.SUBMITTED)
    nominations.change(session, nomination, Status.COMPLETE)
    editions.note(session, officer, journal.Entry("nomination:complete", "nomination", nomination.id, {}))


def ask(
    session: Session, officer: Officer, edition: Edition, nomination: Nomination, *, words: str, last_day: date
) -> Supplement:
    """Ask for a supplement, once."""
    _require_prepares(session, officer, edition, nomination, *HELD)
    if of_nomination(session, nomination) is not None:
        message = N_("A supplement has been asked for already.")
        remedy = N_("Prepare the basis from what there is.")
        raise Conflict(message, field="words", value=nomination.nr, remedy=remedy)
    words = checked_text(words, "words", PART_LENGTH)
    if not words:
        message, remedy = N_("Say what is missing."), N_("Write it so that whoever nominated can answer it.")
        raise Invalid(message, field="words", value="", remedy=remedy)
    if not today() < last_day < edition.assess_from:
        message = N_("The answer must come before the jury assesses.")
        remedy = N_("Choose a day from tomorrow to the day before %(day)s.")
        raise Invalid(message, field="last_day", value=last_day, remedy=remedy, day=str(edition.assess_from))
    asked = Supplement(edition_id=edition.id, nomination_id=nomination.id, words=words, last_day=last_day)
    asked.asked_by_id = officer.office_id
    session.add(asked)
    session.flush()
    editions.note(session, officer, journal.Entry("supplement:ask", "nomination", nomination.id, {}))
    letters.write(session, nomination, letters.Kind.SUPPLEMENT)
    return asked


def answer(session: Session, nomination: Nomination, edition: Edition, words: str) -> Supplement:
    """Answer what was asked for, once, until its last day has ended."""
    require(nominator_of(nomination), Action.NOMINATION_WRITE)
    nominations.hold(session, nomination)
    asked = of_nomination(session, nomination)
    if asked is None or asked.answered_at is not None:
        message, remedy = N_("Nothing is asked for, or it has been answered."), N_("Look at how far it has come.")
        raise Conflict(message, field="answer", value=nomination.nr, remedy=remedy)
    nominations.require_status(nomination, *HELD)
    editions.require_phase(edition, *PREPARED)
    if today() > asked.last_day:
        message, remedy = N_("The last day for this was %(day)s."), N_("The jury reads what was sent in.")
        raise Conflict(message, field="answer", value=nomination.nr, remedy=remedy, day=str(asked.last_day))
    words = checked_text(words, "answer", PART_LENGTH)
    if not words:
        message, remedy = N_("The answer is empty."), N_("Write what was asked for.")
        raise Invalid(message, field="answer", value="", remedy=remedy)
    asked.answer, asked.answered_at = words, clock.now()
    sealed = packs.seal(session, nomination, words)
    nominations.note(session, nomination, "supplement", bytes(sealed.hash))
    return asked


def _require_prepares(
    session: Session, officer: Officer, edition: Edition, nomination: Nomination, *statuses: Status
) -> None:
    require(officer, Action.NOMINATION_PREPARE)
    ties.require_open(session, officer, nomination)
    ties.require_prepares(session, nomination)
    nominations.hold(session, nomination)
    nominations.require_status(nomination, *statuses)
    editions.require_phase(edition, *PREPARED)


# --- two of one effort ------------------------------------------------------------------------------------------------


def merge(session: Session, officer: Officer, edition: Edition, one: Nomination, into: Nomination) -> None:
    """Join a nomination with another of the same effort; both stay to be read, one is assessed."""
    if one.id == into.id:
        message, remedy = N_("A nomination cannot be joined with itself."), N_("Choose another one.")
        raise Invalid(message, field="into", value=into.nr, remedy=remedy)
    editions.hold(session, edition.id, edition)
    for each in (one, into):
        _require_prepares(session, officer, edition, each, *HELD)
    _carry_over(session, officer, edition, one, into)
    own = set(map(str.casefold, into.organisations))
    into.joined = [*into.joined, *(line for line in one.named if line.casefold() not in own)]
    one.into_id = into.id
    nominations.change(session, one, Status.MERGED)
    nominations.change(session, into)
    facts = {"into": str(into.id)}
    editions.note(session, officer, journal.Entry("nomination:merge", "nomination", one.id, facts))
    quorum.settle(session, officer)


def _carry_over(session: Session, officer: Officer, edition: Edition, one: Nomination, into: Nomination) -> None:
    """Let what is nearer of the two ties of each in the jury hold for both."""
    told = [(each, ties.of_nomination(session, each.id)) for each in (one, into)]
    for office in session.scalars(in_force(edition.id)):
        if office.id == officer.office_id:
            continue
        held = [mine.get(office.id) for _, mine in told]
        worst = max(map(_weight, held))
        for (nomination, _), tie in zip(told, held, strict=True):
            if _weight(tie) < worst:
                other = next(each for each in held if _weight(each) == worst)
                _tell(session, officer, nomination, office, other)


def _weight(tie: Tie | None) -> int:
    """Return how far a tie keeps a nomination closed: open, waiting or not declared, excluded."""
    if tie is None or tie.ruling is None:
        return 1
    return 2 if tie.excludes else 0


def _tell(session: Session, officer: Officer, nomination: Nomination, office: Office, other: Tie | None) -> None:
    excluded = other is not None and other.excludes
    grade = Grade(other.grade) if other is not None else Grade.SAME_PARENT
    carried = Tie(
        edition_id=nomination.edition_id,
        nomination_id=nomination.id,
        office_id=office.id,
        step=ties.Step.DISCOVERED,
        grade=grade,
        proposed=ties.suggested(office, nomination),
        ruling=Ruling.EXCLUDED if excluded else None,
        reason="",
        by_id=officer.office_id,
    )
    session.add(carried)
    session.flush()
    told = {"nomination": str(nomination.id), "office": str(office.id), "grade": grade, "ruling": carried.ruling}
    editions.note(session, officer, journal.Entry("tie:discovered", "tie", carried.id, told))
