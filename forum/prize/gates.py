"""The gate (ska-kraven): what was found on each must-criterion; what does not meet one is not assessed.

The secretary writes it, whoever leads the jury where the secretary is tied. A line is never changed; the last holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Identity, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import journal
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Invalid
from forum.foundation.language import N_
from forum.people.policy import Action, require
from forum.prize import editions, quorum, ties
from forum.prize.criteria import Criterion
from forum.prize.editions import Edition, Phase
from forum.prize.jury import Officer
from forum.prize.nominations import HELD, Nomination
from forum.register.steps import reason_given


class Verdict(Base):
    """Whether a nomination meets one must-criterion, and why."""

    __tablename__ = "gate_verdicts"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    nr: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    edition_id: Mapped[UUID]
    nomination_id: Mapped[UUID]
    criterion: Mapped[str]
    met: Mapped[bool]
    reason: Mapped[str] = mapped_column(info={"free_text": True})
    by_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


@dataclass(frozen=True)
class Gate:
    """The must-criteria of an edition with what was found on a nomination; None: nothing yet."""

    found: tuple[tuple[Criterion, Verdict | None], ...]

    @property
    def passed(self) -> bool:
        """Tell whether every one is met."""
        return all(verdict is not None and verdict.met for _, verdict in self.found)

    @property
    def stopped(self) -> list[tuple[Criterion, Verdict]]:
        """Return those that are not met."""
        return [(criterion, verdict) for criterion, verdict in self.found if verdict is not None and not verdict.met]


def of(session: Session, edition: Edition, nomination: Nomination) -> Gate:
    """Return the gate of a nomination, as far as the reader may see it; what a tied hand wrote does not count."""
    free = func.ruling_on(Verdict.nomination_id, Verdict.by_id) == "allowed"
    written = select(Verdict).where(Verdict.nomination_id == nomination.id, free).order_by(Verdict.nr)
    last = {verdict.criterion: verdict for verdict in session.scalars(written)}
    return Gate(tuple((criterion, last.get(criterion.code)) for criterion in edition.must))


@dataclass(frozen=True)
class Found:
    """What somebody finds on a must-criterion."""

    criterion: str
    met: bool
    reason: str


def judge(session: Session, officer: Officer, edition: Edition, nomination: Nomination, found: Found) -> Verdict:
    """Write down whether a nomination meets a must-criterion, with the reason."""
    require(officer, Action.GATE_WRITE)
    editions.hold(session, edition.id, edition, nomination)
    ties.require_open(session, officer, nomination)
    ties.require_prepares(session, nomination)
    unwritten = [each.code for each, verdict in of(session, edition, nomination).found if verdict is None]
    waits = found.criterion in unwritten
    editions.require_phase(edition, Phase.PREPARING, Phase.ASSESSING, *([Phase.DECIDING] if waits else []))
    if found.criterion not in {criterion.code for criterion in edition.must}:
        remedy = N_("Choose one of the edition's.")
        raise Invalid(N_("There is no such criterion."), field="criterion", value=found.criterion, remedy=remedy)
    verdict = Verdict(
        edition_id=edition.id, nomination_id=nomination.id, criterion=found.criterion, met=found.met,
        reason=reason_given(found.reason), by_id=officer.office_id,
    )  # fmt: skip
    session.add(verdict)
    session.flush()
    told = {"nomination": str(nomination.id), "criterion": found.criterion, "met": found.met}
    editions.note(session, officer, journal.Entry("gate:judge", "gate_verdict", verdict.id, told))
    quorum.settle(session, officer)
    return verdict


def require_passed(session: Session, edition: Edition, nomination: Nomination) -> None:
    """Refuse to assess or to choose what does not stand in the running."""
    if nomination.status not in HELD:
        message = N_("This nomination was withdrawn or joined with another.")
        raise Conflict(message, remedy=N_("Go on with the others."))
    gate = of(session, edition, nomination)
    if gate.stopped:
        _, verdict = gate.stopped[0]
        message = N_("This nomination does not meet a must-criterion: %(why)s")
        raise Conflict(message, remedy=N_("Go on with the others."), why=verdict.reason)
    if not gate.passed:
        message = N_("The must-criteria of this nomination have not been looked at yet.")
        raise Conflict(message, remedy=N_("The secretary does it first."))
