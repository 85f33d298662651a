"""Ties (jäv): graded, since nearly every juror's employer is a partner somewhere; content opens after the ruling.

*own* (took part, own unit, close person, money) excludes; *same parent organisation* is declared, shown to those who
may read the nomination and ruled on by the chair, by the deputy where it is the chair's; *none*, where the
organisations say nothing else, opens at once. Each step is a line that nobody changes; the last one holds. A tie that
is discovered late takes back what it touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Identity, and_, func, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from forum.foundation import journal
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from forum.foundation.language import N_
from forum.people.policy import Action, Role, require
from forum.prize import editions, quorum
from forum.prize.jury import Office, Officer, in_force
from forum.prize.nominations import Nomination, folded
from forum.register.deviations import checked_text
from forum.register.steps import reason_given


class Grade(StrEnum):
    """How near somebody in the jury is to a nomination."""

    OWN = "own"
    SAME_PARENT = "same_parent"
    NONE = "none"


class Ruling(StrEnum):
    """What follows from a tie."""

    EXCLUDED = "excluded"
    ALLOWED = "allowed"


class Step(StrEnum):
    """Who said it, and when."""

    DECLARED = "declared"
    RULED = "ruled"
    DISCOVERED = "discovered"


GRADE_WORDS = {
    Grade.OWN: N_("I, my own unit, somebody close to me or money of mine is part of it"),
    Grade.SAME_PARENT: N_("the same parent organisation is part of it"),
    Grade.NONE: N_("no tie"),
}
RULING_WORDS = {Ruling.EXCLUDED: N_("excluded"), Ruling.ALLOWED: N_("takes part")}


class Tie(Base):
    """One line of what was said and ruled about an office and a nomination."""

    __tablename__ = "ties"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    nr: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    edition_id: Mapped[UUID]
    nomination_id: Mapped[UUID]
    office_id: Mapped[UUID]
    step: Mapped[str]
    grade: Mapped[str]
    proposed: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    ruling: Mapped[str | None]
    by_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())

    @property
    def excludes(self) -> bool:
        """Tell whether it keeps the nomination closed."""
        return self.ruling == Ruling.EXCLUDED

    @property
    def opens(self) -> bool:
        """Tell whether the nomination opens."""
        return self.ruling == Ruling.ALLOWED


def proposed(organisation: str, belongs_to: Sequence[str], named: Sequence[Sequence[str]]) -> Grade:
    """Return the tie that the organisations suggest.

    `named` are the organisations of a nomination, each as a line of names from the topmost that it belongs to down to
    itself. The same unit is *own*; lines that meet higher up are *same parent organisation*.
    """
    mine = [folded(name) for name in (*belongs_to, organisation)]
    grades = [_grade(mine, [folded(name) for name in line]) for line in named if line]
    order = list(Grade)
    return min(grades, key=order.index, default=Grade.NONE)


def _grade(mine: Sequence[str], theirs: Sequence[str]) -> Grade:
    if mine[-1] == theirs[-1]:
        return Grade.OWN
    return Grade.SAME_PARENT if set(mine) & set(theirs) else Grade.NONE


def lines_of(nomination: Nomination) -> list[list[str]]:
    """Return the organisations of a nomination as lines: "City > District > Unit" is one, the topmost first."""
    return [[name.strip() for name in line.split(">")] for line in nomination.named]


def suggested(office: Office | Officer, nomination: Nomination) -> Grade:
    """Return the tie that the organisations of an office and a nomination suggest."""
    return proposed(office.organisation, office.belongs_to, lines_of(nomination))


# --- what holds ------------------------------------------------------------------------------------------------------


def of_mine(session: Session, officer: Officer) -> dict[UUID, Tie]:
    """Return the officer's own tie to each nomination, as it holds, by the nomination."""
    mine = select(Tie).join(Office, Office.id == Tie.office_id).where(Tie.edition_id == officer.edition_id)
    mine = mine.where(Office.account_id == officer.account_id).order_by(Tie.nr)
    return {tie.nomination_id: tie for tie in session.scalars(mine)}


def of_nomination(session: Session, nomination_id: UUID) -> dict[UUID, Tie]:
    """Return each office's tie to a nomination, as it holds and as far as the reader sees it.

    A tie is the person's: it holds for every office that they have had in the edition.
    """
    own, other = aliased(Office), aliased(Office)
    same = and_(other.edition_id == own.edition_id, other.account_id == own.account_id)
    told = select(Tie, other.id).join(own, own.id == Tie.office_id).join(other, same)
    found = session.execute(told.where(Tie.nomination_id == nomination_id).order_by(Tie.nr))
    return {office: tie for tie, office in found}


def waiting(session: Session, officer: Officer) -> list[Tie]:
    """Return the ties that wait for this officer's ruling: the deputy's are those where the chair is not free."""
    require(officer, Action.TIE_RULE)
    told = select(Tie, Office.account_id).join(Office, Office.id == Tie.office_id).order_by(Tie.nr)
    told = told.where(Tie.edition_id == officer.edition_id)
    latest = {(tie.nomination_id, account): tie for tie, account in session.execute(told)}
    others = {key: tie for key, tie in latest.items() if key[1] != officer.account_id}
    unruled = [tie for tie in others.values() if tie.ruling is None]
    leads = in_force(officer.edition_id).where(Office.office == Role.CHAIR).with_only_columns(Office.account_id)
    chair = session.scalar(leads)
    if chair is None:
        return unruled
    of_chair = {nomination: tie for (nomination, account), tie in latest.items() if account == chair}
    free = {nomination for nomination, tie in of_chair.items() if tie.opens}
    if officer.role is Role.CHAIR:
        return [tie for tie in unruled if tie.nomination_id in free]
    return [tie for tie in unruled if tie.nomination_id in of_chair.keys() - free]


def opened(officer: Officer, own: Mapping[UUID, Tie]) -> set[UUID]:
    """Return the nominations that by their own ties have opened to the officer: none to a substitute not called in."""
    if officer.role is Role.SUBSTITUTE and not officer.assesses:
        return set()
    return {nomination for nomination, tie in own.items() if tie.opens}


def require_open(session: Session, officer: Officer, nomination: Nomination) -> None:
    """Refuse what a nomination says to whom it has not opened: the same way as what does not exist."""
    if nomination.id not in opened(officer, of_mine(session, officer)):
        raise NotFound


def prepares(session: Session, nomination: Nomination) -> bool:
    """Tell whether whoever acts prepares its basis: the secretary, whoever leads where the secretary is tied."""
    return bool(session.scalar(select(func.prepares(nomination.id))))


def require_prepares(session: Session, nomination: Nomination) -> None:
    """Refuse whoever does not."""
    if not prepares(session, nomination):
        message = N_("The secretary writes this; whoever leads the jury does where the secretary is tied.")
        raise Forbidden(message, remedy=N_("Ask the secretary."))


# --- what is said ----------------------------------------------------------------------------------------------------


def declare(session: Session, officer: Officer, nomination: Nomination, grade: Grade, *, reason: str = "") -> Tie:
    """Say how near one is to a nomination; a tie is said with a reason, and only a nearer one afterwards."""
    require(officer, Action.TIE_DECLARE)
    editions.hold(session, officer.edition_id, nomination)
    if grade is not Grade.OWN and session.scalar(select(func.i_sent_in(nomination.id))):
        message = N_("You have sent in this nomination yourself.")
        raise Invalid(message, field="grade", value=grade, remedy=N_("Declare it as your own."))
    before, order = of_mine(session, officer).get(nomination.id), list(Grade)
    if before is not None and order.index(grade) >= order.index(Grade(before.grade)):
        message = N_("You have said this already, or something nearer.")
        raise Conflict(message, field="grade", value=grade, remedy=N_("The chair rules on it."))
    seen = suggested(officer, nomination)
    plain = grade is Grade.NONE and seen is Grade.NONE
    words = checked_text(reason, "reason") if plain else reason_given(reason)
    ruling = Ruling.ALLOWED if plain else Ruling.EXCLUDED if grade is Grade.OWN else None
    said = Tie(office_id=officer.office_id, step=Step.DECLARED, grade=grade, proposed=seen, ruling=ruling, reason=words)
    return _write(session, officer, nomination, said)


def rule(session: Session, officer: Officer, nomination: Nomination, tie: Tie, *, ruling: Ruling, reason: str) -> Tie:
    """Rule on a tie that waits: the chair, the deputy where the chair is the tied one."""
    require(officer, Action.TIE_RULE)
    editions.hold(session, officer.edition_id, nomination, tie)
    if tie.id not in {each.id for each in waiting(session, officer)}:
        message = N_("This tie does not wait for your ruling.")
        raise Forbidden(message, remedy=N_("The chair rules, and the deputy where the chair is tied."))
    said = Tie(office_id=tie.office_id, step=Step.RULED, grade=tie.grade, proposed=tie.proposed, ruling=ruling)
    said.reason = reason_given(reason)
    return _write(session, officer, nomination, said)


def discover(
    session: Session, officer: Officer, nomination: Nomination, office: Office, grade: Grade, *, reason: str
) -> Tie:
    """Write down a tie that somebody in the jury did not declare; the database sets aside what it touched."""
    require(officer, Action.TIE_DISCOVER)
    editions.hold(session, officer.edition_id, nomination, office)
    _require_discoverable(session, officer, nomination, office, grade)
    said = Tie(office_id=office.id, step=Step.DISCOVERED, grade=grade, proposed=suggested(office, nomination))
    said.ruling = Ruling.EXCLUDED if grade is Grade.OWN else None
    said.reason = reason_given(reason)
    return _write(session, officer, nomination, said)


def _require_discoverable(
    session: Session, officer: Officer, nomination: Nomination, office: Office, grade: Grade
) -> None:
    if office.account_id == officer.account_id:
        message = N_("Your own tie you declare yourself.")
        raise Invalid(message, field="office", remedy=N_("Declare it on the nomination."))
    if grade is Grade.NONE:
        message = N_("Say which tie was discovered.")
        raise Invalid(message, field="grade", value=grade, remedy=N_("Choose one of the grades."))
    if (mine := of_mine(session, officer).get(nomination.id)) is not None and mine.excludes:
        message = N_("You are tied to this nomination yourself.")
        raise Forbidden(message, remedy=N_("Tell somebody who leads the jury and is not."))
    known = of_nomination(session, nomination.id).get(office.id)
    if known is not None and known.excludes:
        message = N_("This person is excluded from the nomination already.")
        raise Conflict(message, field="office", remedy=N_("Nothing more is needed."))


def _write(session: Session, officer: Officer, nomination: Nomination, said: Tie) -> Tie:
    said.edition_id, said.nomination_id, said.by_id = officer.edition_id, nomination.id, officer.office_id
    session.add(said)
    session.flush()
    told = {"nomination": str(nomination.id), "office": str(said.office_id), "grade": said.grade, "ruling": said.ruling}
    editions.note(session, officer, journal.Entry(f"tie:{said.step}", "tie", said.id, told))
    quorum.settle(session, officer)
    return said
