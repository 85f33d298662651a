"""Measures (åtgärder): what is done at a place, by whom, until when, and what came of it.

The table, its states and the verbs. A measure is a promise only when its owner has accepted it. *Closed is not fixed*:
whatever ends without the problem being solved ends with a reason, and stands on the list of what is not fixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation.audience import Visibility
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Invalid, NotFound, raise_all
from forum.foundation.language import N_
from forum.people import agreements
from forum.people.agreements import today
from forum.people.members import Member, require_seen
from forum.people.organisations import Organisation
from forum.people.policy import Action, require
from forum.register import places, steps
from forum.register.deviations import Deviation, checked_text
from forum.register.likeness import likest
from forum.register.places import Place
from forum.register.steps import Worked, hold, reason_given
from forum.work import catalogue, causes, notices
from forum.work.terms import Terms, camera_lacking, lacking


class Status(StrEnum):
    """How far a measure has come."""

    PROPOSED = "proposed"
    DECIDED = "decided"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    UNDER_WAY = "under_way"
    CARRIED_OUT = "carried_out"
    FOLLOWED_UP = "followed_up"
    WAIVED = "waived"
    HANDED_OVER = "handed_over"
    WITHOUT_EFFECT = "without_effect"


STATUS_WORDS = {
    Status.PROPOSED: N_("proposed"),
    Status.DECIDED: N_("decided"),
    Status.ACCEPTED: N_("accepted"),
    Status.DECLINED: N_("declined by its owner"),
    Status.UNDER_WAY: N_("under way"),
    Status.CARRIED_OUT: N_("carried out"),
    Status.FOLLOWED_UP: N_("followed up"),
    Status.WAIVED: N_("waived"),
    Status.HANDED_OVER: N_("handed over"),
    Status.WITHOUT_EFFECT: N_("without effect"),
}
WAITING = frozenset({Status.PROPOSED, Status.DECIDED, Status.ACCEPTED, Status.UNDER_WAY})
"""What is still to be done."""
DONE = frozenset({Status.CARRIED_OUT, Status.FOLLOWED_UP, Status.WITHOUT_EFFECT})
"""What was carried out."""
NOT_FIXED = frozenset({Status.DECLINED, Status.WAIVED, Status.HANDED_OVER, Status.WITHOUT_EFFECT})
"""What has ended, or stands still, without the problem being solved by it."""


class Step(StrEnum):
    """What can be done with a measure, beside changing what it says and following it up."""

    DECIDE = "decide"
    ACCEPT = "accept"
    DECLINE = "decline"
    START = "start"
    CARRY_OUT = "carry_out"
    WAIVE = "waive"
    HAND_OVER = "hand_over"
    NO_EFFECT = "no_effect"
    REOPEN = "reopen"


@dataclass(frozen=True)
class Move:
    """A step from some statuses to another: who may take it, and whether it needs a reason."""

    to: Status
    before: frozenset[Status]
    action: Action
    with_reason: bool = False


MOVES: dict[Step, Move] = {
    Step.DECIDE: Move(Status.DECIDED, frozenset({Status.PROPOSED, Status.DECLINED}), Action.MEASURE_DECIDE),
    Step.ACCEPT: Move(Status.ACCEPTED, frozenset({Status.DECIDED}), Action.MEASURE_ANSWER),
    Step.DECLINE: Move(Status.DECLINED, frozenset({Status.DECIDED, Status.ACCEPTED}), Action.MEASURE_ANSWER, True),
    Step.START: Move(Status.UNDER_WAY, frozenset({Status.ACCEPTED}), Action.MEASURE_CARRY_OUT),
    Step.CARRY_OUT: Move(Status.CARRIED_OUT, frozenset({Status.ACCEPTED, Status.UNDER_WAY}), Action.MEASURE_CARRY_OUT),
    Step.WAIVE: Move(Status.WAIVED, WAITING | {Status.DECLINED}, Action.MEASURE_DECIDE, True),
    Step.HAND_OVER: Move(Status.HANDED_OVER, WAITING | {Status.DECLINED}, Action.MEASURE_DECIDE, True),
    Step.NO_EFFECT: Move(
        Status.WITHOUT_EFFECT, frozenset({Status.CARRIED_OUT, Status.FOLLOWED_UP}), Action.MEASURE_FOLLOW_UP, True
    ),
    Step.REOPEN: Move(
        Status.PROPOSED,
        frozenset({Status.CARRIED_OUT, Status.FOLLOWED_UP, Status.WAIVED, Status.HANDED_OVER, Status.WITHOUT_EFFECT}),
        Action.MEASURE_DECIDE,
        True,
    ),
}
"""Every step but a follow-up; from declined it is decided anew, with another owner or another date."""


TOLD: dict[Step, notices.Told] = {
    Step.DECIDE: notices.Told(notices.Kind.ASSIGNED, owner=True),
    Step.DECLINE: notices.Told(notices.Kind.DECLINED, proposer=True, leaders=True),
    Step.HAND_OVER: notices.Told(notices.Kind.HANDED_OVER, owner=True, proposer=True, reporters=True, leaders=True),
    Step.REOPEN: notices.Told(notices.Kind.REOPENED, owner=True, proposer=True, reporters=True, leaders=True),
}
"""Which steps somebody is told of, and who."""


class Measure(Worked):
    """One measure; `owner_id` is who carries it out, `organisation_id` who proposed it."""

    __tablename__ = "measures"
    kind = "measure"

    nr: Mapped[int]
    place_id: Mapped[UUID]
    cause_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID]
    owner_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(info={"free_text": True})
    nature: Mapped[str]
    catalogue_code: Mapped[str | None]
    expected_short: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    expected_long: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    seen_by: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    cost: Mapped[str] = mapped_column(server_default="unknown")
    due_on: Mapped[date]
    camera: Mapped[bool] = mapped_column(server_default="false")
    balancing: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    review_on: Mapped[date | None]
    handed_to: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    reference: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    done_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(server_default="proposed")
    spent_kr: Mapped[int | None] = mapped_column(sort_order=5)
    """What it cost once it was carried out; `cost` is the guess before."""
    spent_on: Mapped[str] = mapped_column(server_default="", sort_order=6, info={"free_text": True})

    @property
    def overdue(self) -> bool:
        """Tell whether its day has passed and it is still to be done."""
        return Status(self.status) in WAITING and self.due_on < today()


class Answered(Base):
    """A deviation that a measure answers."""

    __tablename__ = "measure_deviations"

    forum_id: Mapped[UUID]
    measure_id: Mapped[UUID] = mapped_column(primary_key=True)
    deviation_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


def visible(member: Member) -> ColumnElement[bool]:
    """Return the condition under which the member sees a measure, its place aside; the row policies ask that too."""
    return and_(Measure.forum_id == member.forum_id, Measure.visibility.in_(member.visibilities))


def _query(member: Member) -> Select[Measure]:
    require(member, Action.MEASURE_READ)
    return select(Measure).join(Place, Place.id == Measure.place_id).where(visible(member), places.visible(member))


def get(session: Session, member: Member, reference: UUID | int) -> Measure:
    """Return the measure of that number or id."""
    column = Measure.nr if isinstance(reference, int) else Measure.id
    found = session.scalar(_query(member).where(column == reference))
    if found is None:
        raise NotFound
    return found


def all_of(session: Session, member: Member, statuses: Sequence[Status] = tuple(Status)) -> list[Measure]:
    """Return the forum's measures in these statuses, the soonest due first."""
    query = _query(member).where(Measure.status.in_(statuses))
    return list(session.scalars(query.order_by(Measure.due_on, Measure.nr)))


def of_place(session: Session, member: Member, place: Place) -> list[Measure]:
    """Return the measures at the place, and at those that have gone up in it."""
    here = or_(Measure.place_id == place.id, Measure.place_id.in_(places.gone_up_in(place)))
    return list(session.scalars(_query(member).where(here).order_by(Measure.due_on, Measure.nr)))


def of_deviation(session: Session, member: Member, deviation: Deviation) -> list[Measure]:
    """Return the measures that answer the deviation."""
    mine = select(Answered.measure_id).where(Answered.deviation_id == deviation.id)
    return list(session.scalars(_query(member).where(Measure.id.in_(mine)).order_by(Measure.due_on)))


def like(session: Session, member: Member, words: str) -> list[Measure]:
    """Return the measures whose title is like the words, the likest first."""
    return likest(session, _query(member), Measure.title, words)


def not_fixed(session: Session, member: Member) -> list[Measure]:
    """Return what is not fixed: ended without solving it, declined, or overdue; the longest due first."""
    late = and_(Measure.status.in_(WAITING), Measure.due_on < today())
    query = _query(member).where(or_(Measure.status.in_(NOT_FIXED), late))
    return list(session.scalars(query.order_by(Measure.due_on, Measure.nr)))


# --- the verbs --------------------------------------------------------------------------------------------------------


def propose(
    session: Session, member: Member, place: Place, terms: Terms, *, answers: Sequence[Deviation] = ()
) -> Measure:
    """Propose a measure at a place, for the deviations that it answers and the cause that is known there."""
    require(member, Action.MEASURE_PROPOSE)
    agreements.require_in_force(session, member)
    if places.Status(place.status) is not places.Status.OPEN:
        message = N_("A measure is proposed at an open place.")
        raise Conflict(message, field="place", value=place.nr, remedy=N_("Open the place again first."))
    values = _values(session, member, place, terms)
    cause = causes.of_place(session, member, place)
    values |= {"place_id": place.id, "cause_id": cause.id if cause else None}
    values |= {"forum_id": member.forum_id, "organisation_id": member.organisation_id}
    measure = steps.numbered(session, lambda nr: Measure(nr=nr, **values))
    facts = {"place": str(place.id), "owner": str(measure.owner_id), "due": measure.due_on.isoformat()}
    steps.begin(session, member, measure, nr=measure.nr, visibility=measure.visibility, **facts)
    for deviation in answers:
        session.add(Answered(forum_id=measure.forum_id, measure_id=measure.id, deviation_id=deviation.id))
    session.flush()
    return measure


def amend(session: Session, member: Member, measure: Measure, terms: Terms, version: int | None = None) -> Measure:
    """Change what a measure says, before it is carried out; another owner has to accept it anew."""
    require(member, Action.MEASURE_DECIDE)
    agreements.require_in_force(session, member)
    hold(session, measure, version)
    if Status(measure.status) not in WAITING | {Status.DECLINED}:
        raise _not_now(measure)
    place = places.get(session, member, measure.place_id)
    new = _values(session, member, place, terms)
    handed_on = new["owner_id"] != measure.owner_id and Status(measure.status) is not Status.PROPOSED
    if handed_on:
        new["status"] = Status.DECIDED.value
    steps.take(session, member, measure, "amend", new=new)
    if handed_on:
        _tell(session, member, measure, Step.DECIDE)
    return measure


def _values(session: Session, member: Member, place: Place, terms: Terms) -> dict[str, Any]:
    raise_all([*lacking(terms), *camera_lacking(terms)])
    require_seen(member, terms.visibility)
    if terms.visibility.wider_than(Visibility(place.visibility)):
        message = N_("More people would see the measure than its place.")
        raise Invalid(message, field="visibility", value=terms.visibility, remedy=N_("Choose as the place has it."))
    owner = select(Organisation.id).where(Organisation.id == terms.owner_id, Organisation.forum_id == member.forum_id)
    if session.scalar(owner) is None:
        remedy = N_("Choose one of the forum's organisations.")
        raise NotFound(field="owner", value=terms.owner_id, remedy=remedy)
    catalogue.require_known(terms.catalogue_code)
    words = ("title", "expected_short", "expected_long", "seen_by", "balancing")
    plain = {name: checked_text(getattr(terms, name), name) for name in words}
    kept = ("owner_id", "due_on", "catalogue_code", "camera", "review_on")
    coded = {"nature": terms.nature.value, "cost": terms.cost.value, "visibility": terms.visibility.value}
    return plain | {name: getattr(terms, name) for name in kept} | coded


def move(
    session: Session,
    member: Member,
    measure: Measure,
    step: Step,
    *,
    reason: str = "",
    version: int | None = None,
    **more: Any,
) -> Measure:
    """Take a step of `MOVES` with the measure."""
    rule = MOVES[step]
    require(member, rule.action, of=owned(measure))
    agreements.require_in_force(session, member)
    words = reason_given(reason) if rule.with_reason else checked_text(reason, "reason")
    hold(session, measure, version)
    if Status(measure.status) not in rule.before:
        raise _not_now(measure)
    steps.take(session, member, measure, step.value, new={"status": rule.to.value, **more}, reason=words)
    _tell(session, member, measure, step)
    return measure


def _tell(session: Session, member: Member, measure: Measure, step: Step) -> None:
    """Tell those concerned of a step, where it is one to tell of."""
    if (rule := TOLD.get(step)) is None:
        return
    to = {measure.owner_id} if rule.owner else set()
    if rule.proposer:
        to.add(measure.organisation_id)
    if rule.reporters:
        to |= reporters(session, [measure.id])
    notices.tell(session, member, rule.kind, measure=measure.id, to=to, leaders=rule.leaders)


def reporters(session: Session, measure_ids: Sequence[UUID]) -> set[UUID]:
    """Return the organisations whose deviations these measures answer, as far as the session sees them."""
    named = select(Deviation.organisation_id).join(Answered, Answered.deviation_id == Deviation.id)
    return set(session.scalars(named.where(Answered.measure_id.in_(measure_ids))))


def hand_over(
    session: Session,
    member: Member,
    measure: Measure,
    *,
    to: str,
    reference: str,
    reason: str,
    version: int | None = None,
) -> Measure:
    """Hand a measure over to somebody outside, such as the city's fault reporting; the reference there is kept."""
    named = {"handed_to": checked_text(to, "handed_to"), "reference": checked_text(reference, "reference")}
    if not named["handed_to"]:
        remedy = N_("Name who takes it over.")
        raise Invalid(N_("It is handed over to somebody."), field="handed_to", value="", remedy=remedy)
    return move(session, member, measure, Step.HAND_OVER, reason=reason, version=version, **named)


def carry_out(
    session: Session, member: Member, measure: Measure, *, on: date, note: str = "", version: int | None = None
) -> Measure:
    """Note that the measure was carried out on a day."""
    if on > today():
        message = N_("This day has not come yet.")
        raise Invalid(message, field="on", value=on, remedy=N_("Give the day when it was done."))
    return move(session, member, measure, Step.CARRY_OUT, reason=note, version=version, done_on=on)


@dataclass(frozen=True)
class Owned:
    """A measure as the policy table asks about it."""

    organisation_id: UUID


def owned(measure: Measure) -> Owned:
    """Return the measure as its owner's: who carries it out answers for it, not who proposed it."""
    return Owned(measure.owner_id)


def _not_now(measure: Measure) -> Conflict:
    message = N_("This cannot be done with a measure that is %(status)s.")
    words = STATUS_WORDS[Status(measure.status)]
    return Conflict(message, field="status", value=measure.nr, remedy=N_("Look at its history."), status=words)
