"""Follow-ups (uppföljningar): dated notes on a measure, at or between meetings; written once, never edited."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Invalid
from forum.foundation.language import N_
from forum.people import agreements
from forum.people.agreements import today
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register import steps
from forum.register.deviations import checked_text
from forum.work.measures import STATUS_WORDS, Measure, Status


class Outcome(StrEnum):
    """What is seen of a measure so far."""

    WORKS = "works"
    PARTLY = "partly"
    NO_EFFECT = "no_effect"
    TOO_EARLY = "too_early"


OUTCOME_WORDS = {
    Outcome.WORKS: N_("It works"),
    Outcome.PARTLY: N_("It works in part"),
    Outcome.NO_EFFECT: N_("No effect is seen"),
    Outcome.TOO_EARLY: N_("Too early to tell"),
}


class FollowUp(Base):
    """What was seen of a measure on a day."""

    __tablename__ = "follow_ups"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    measure_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    on_day: Mapped[date]
    outcome: Mapped[str]
    note: Mapped[str] = mapped_column(info={"free_text": True})
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


def of_measure(session: Session, member: Member, measure: Measure) -> list[FollowUp]:
    """Return the measure's follow-ups, the oldest first."""
    require(member, Action.MEASURE_READ)
    query = select(FollowUp).where(FollowUp.measure_id == measure.id)
    return list(session.scalars(query.order_by(FollowUp.on_day, FollowUp.created_at)))


def follow_up(
    session: Session, member: Member, measure: Measure, *, outcome: Outcome, note: str, on: date | None = None
) -> FollowUp:
    """Note what is seen of a measure; one that was carried out and can be judged is then followed up."""
    require(member, Action.MEASURE_FOLLOW_UP)
    agreements.require_in_force(session, member)
    words, day = checked_text(note, "note"), on or today()
    if not words:
        raise Invalid(N_("The note is empty."), field="note", value="", remedy=N_("Write what is seen, in a sentence."))
    if day > today():
        message = N_("This day has not come yet.")
        raise Invalid(message, field="on", value=day, remedy=N_("Give the day when it was seen."))
    steps.hold(session, measure, None)
    if Status(measure.status) not in FOLLOWED:
        message = N_("This cannot be done with a measure that is %(status)s.")
        said = STATUS_WORDS[Status(measure.status)]
        raise Conflict(message, field="status", value=measure.nr, remedy=N_("Look at its history."), status=said)
    seen = FollowUp(forum_id=measure.forum_id, measure_id=measure.id, organisation_id=member.organisation_id)
    seen.on_day, seen.outcome, seen.note = day, outcome.value, words
    session.add(seen)
    judged = Status(measure.status) is Status.CARRIED_OUT and outcome is not Outcome.TOO_EARLY
    status = Status.FOLLOWED_UP.value if judged else measure.status
    steps.take(session, member, measure, "follow_up", new={"status": status})
    return seen


FOLLOWED = frozenset({Status.ACCEPTED, Status.UNDER_WAY, Status.CARRIED_OUT, Status.FOLLOWED_UP})
"""What there is something to see of."""
