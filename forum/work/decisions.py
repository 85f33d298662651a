"""Decisions of a meeting (beslut): never unmade, only replaced by another one with a reason.

A decision that names an owner and a day orders a measure, and knows it: so the chain runs from the deviation by the
place to the decision and on to what was done.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import journal
from forum.foundation.audience import Visibility
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Invalid, NotFound
from forum.foundation.language import N_
from forum.people import agreements
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register import places
from forum.register.deviations import Deviation, checked_text
from forum.register.steps import hold, reason_given
from forum.work import measures, meetings
from forum.work.agenda import Item
from forum.work.measures import Measure
from forum.work.meetings import Meeting
from forum.work.terms import Nature, Terms

LENGTH = 500


class Decision(Base):
    """What was decided on an item, and what it concerns."""

    __tablename__ = "decisions"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    item_id: Mapped[UUID]
    nr: Mapped[int]
    words: Mapped[str] = mapped_column(info={"free_text": True})
    place_id: Mapped[UUID | None]
    deviation_id: Mapped[UUID | None]
    measure_id: Mapped[UUID | None]
    replaces_id: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    organisation_id: Mapped[UUID]
    visibility: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


@dataclass(frozen=True)
class Order:
    """Who is to do it until when; a measure needs both."""

    owner_id: UUID | None = None
    due_on: date | None = None
    nature: Nature = Nature.PHYSICAL
    catalogue_code: str | None = None


@dataclass(frozen=True)
class Replaced:
    """The decision that a new one takes the place of, and why."""

    decision: Decision
    reason: str


def _seen(member: Member) -> Select[Decision]:
    require(member, Action.MEETING_READ)
    return select(Decision).where(Decision.forum_id == member.forum_id, Decision.visibility.in_(member.visibilities))


def get(session: Session, member: Member, reference: UUID) -> Decision:
    """Return a decision."""
    found = session.scalar(_seen(member).where(Decision.id == reference))
    if found is None:
        raise NotFound
    return found


def of_meeting(session: Session, member: Member, meeting: Meeting) -> list[Decision]:
    """Return what was decided at a meeting, in the order in which it was."""
    return list(session.scalars(_seen(member).where(Decision.meeting_id == meeting.id).order_by(Decision.at)))


def about(
    session: Session, member: Member, *, places_: Iterable[UUID] = (), measures_: Iterable[UUID] = ()
) -> list[Decision]:
    """Return what was decided about these places and measures, or has replaced that; the oldest first."""
    named = Decision.place_id.in_(list(places_)) | Decision.measure_id.in_(list(measures_))
    concerned = named | Decision.replaces_id.in_(_seen(member).where(named).with_only_columns(Decision.id))
    return list(session.scalars(_seen(member).where(concerned).order_by(Decision.at, Decision.nr)))


def replaced(session: Session, member: Member, made: Iterable[Decision]) -> dict[UUID, Decision]:
    """Return which of the decisions were replaced, and by which."""
    later = _seen(member).where(Decision.replaces_id.in_([decision.id for decision in made]))
    return {each.replaces_id: each for each in session.scalars(later) if each.replaces_id}


def decide(
    session: Session,
    member: Member,
    item: Item,
    words: str,
    order: Order | None = None,
    *,
    measure: Measure | None = None,
    deviation: Deviation | None = None,
    replaces: Replaced | None = None,
) -> Decision:
    """Decide something on an item; with an order it becomes a measure at the item's place."""
    require(member, Action.MEETING_LEAD)
    agreements.require_in_force(session, member)
    meeting = meetings.get(session, member, item.meeting_id)
    hold(session, meeting, None)
    meetings.require_status(meeting, meetings.Status.UNDER_WAY)
    plain, reason = _worded(words), reason_given(replaces.reason) if replaces else ""
    if order is not None:
        measure = _ordered(session, member, item, plain, order)
    last = select(func.coalesce(func.max(Decision.nr), 0)).where(Decision.item_id == item.id)
    decision = Decision(
        forum_id=item.forum_id,
        meeting_id=meeting.id,
        item_id=item.id,
        nr=(session.scalar(last) or 0) + 1,
        words=plain,
        place_id=item.place_id,
        deviation_id=deviation.id if deviation else item.deviation_id,
        measure_id=measure.id if measure else None,
        replaces_id=replaces.decision.id if replaces else None,
        reason=reason,
        organisation_id=member.organisation_id,
        visibility=item.visibility,
    )
    _save(session, decision)
    facts = {"meeting": str(meeting.id), "item": str(item.id), "nr": decision.nr}
    facts |= {"measure": str(decision.measure_id), "replaces": str(decision.replaces_id)}
    journal.write(session, member, journal.Entry("decision:make", "decision", decision.id, facts))
    return decision


def _worded(words: str) -> str:
    plain = checked_text(words, "words", LENGTH)
    if not plain:
        message, remedy = N_("The decision is empty."), N_("Write what was decided, in a sentence.")
        raise Invalid(message, field="words", value=words, remedy=remedy)
    return plain


def _save(session: Session, decision: Decision) -> None:
    try:
        with session.begin_nested():
            session.add(decision)
            session.flush()
    except IntegrityError as refused:
        if "replaces_id" not in str(refused.orig):
            raise
        message, remedy = N_("Another decision has replaced this one already."), N_("Replace the newer one.")
        raise Conflict(message, field="replaces", value=decision.replaces_id, remedy=remedy) from refused


def _ordered(session: Session, member: Member, item: Item, words: str, order: Order) -> Measure:
    """Return the measure that the decision orders: proposed and decided at once."""
    if item.place_id is None:
        message, remedy = (
            N_("A measure is taken at a place."),
            N_("Make a place of the item first, or decide without an owner."),
        )
        raise Conflict(message, field="place", value="", remedy=remedy)
    place = places.get(session, member, item.place_id)
    seen = min((Visibility(item.visibility), Visibility(place.visibility)), key=list(Visibility).index)
    terms = Terms(words, order.owner_id, order.due_on, order.nature, order.catalogue_code, visibility=seen)
    measure = measures.propose(session, member, place, terms)
    return measures.move(session, member, measure, measures.Step.DECIDE)
