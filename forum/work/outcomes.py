"""What came of a reporter's deviations (vad det blev): the answer, the place, the measures and how they go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from forum.foundation.geometry import SWEREF99TM
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register import finding, places, steps
from forum.register.deviations import LIVE, Deviation, History, visible_to
from forum.register.finding import Filter, Found
from forum.register.places import Link, Place
from forum.work import measures
from forum.work.follow_ups import FollowUp
from forum.work.measures import Answered, Measure

KEPT = (places.Status.OPEN, places.Status.CLOSED)
ANSWERS = ("answer", "at_place", "look_at")
"""What the forum does with a deviation that its reporter hears of."""
TAKEN = ("decide", "accept", "decline", "start", "carry_out", "follow_up", "waive", "hand_over", "no_effect", "reopen")
"""The steps with a measure that a reporter hears of."""
Pairs = dict[UUID, list[UUID]]


@dataclass(frozen=True)
class Outcome:
    """One deviation and what came of it: the places that it lies at, the measures for it, and what is seen of each."""

    found: Found
    places: list[Place]
    measures: list[Measure]
    seen: dict[UUID, FollowUp]
    """The newest follow-up of a measure."""


@dataclass(frozen=True)
class Outcomes:
    """A page of outcomes, how many deviations there are, and where the next ones begin."""

    rows: list[Outcome]
    matched: int
    next: str | None


def of_ours(session: Session, member: Member, *, limit: int, cursor: str | None = None) -> Outcomes:
    """Return what came of the deviations of the member's organisation, the newest first."""
    assert member.organisation_id is not None
    page = finding.find(session, member, Filter(organisations=(member.organisation_id,)), limit=limit, cursor=cursor)
    finding.note(session, member, "outcomes", page)
    ids = [row.id for row in page.rows]
    at, direct = _places_of(session, member, ids), _measures_of(session, ids)
    where = {place.id: place for place in _known_places(session, member, at)}
    known = {measure.id: measure for measure in measures.all_of(session, member)} if at or direct else {}
    merged = _merged(session, member)
    around: Pairs = {}
    for measure in known.values():
        around.setdefault(_end_of(merged, measure.place_id), []).append(measure.id)
    seen = newest_follow_ups(session, known)
    rows = []
    for row in page.rows:
        here = [where[place] for place in at.get(row.id, ()) if place in where]
        done = [*direct.get(row.id, ()), *(m for place in here for m in around.get(place.id, ()))]
        rows.append(Outcome(row, here, [known[m] for m in dict.fromkeys(done) if m in known], seen))
    return Outcomes(rows, page.matched, page.next)


def ours_to_do(session: Session, member: Member) -> list[Measure]:
    """Return the measures that the member's organisation still has to carry out, the soonest due first."""
    waiting = measures.all_of(session, member, tuple(measures.WAITING))
    return [measure for measure in waiting if measure.owner_id == member.organisation_id]


def _places_of(session: Session, member: Member, ids: Sequence[UUID]) -> Pairs:
    """Return at which places each deviation lies: what `places.belongs` says of one place, for many at once."""
    put = aliased(Link)
    plane = (func.ST_Transform(shape, SWEREF99TM) for shape in (Place.geom, Deviation.geom))
    near, covered = func.ST_DWithin(*plane, Place.radius_m), func.ST_Covers(Place.geom, Deviation.geom)
    inside = case((Place.radius_m > 0, near), else_=covered)
    query = (
        select(Deviation.id, Place.id)
        .join(Place, and_(places.visible(member), Place.status.in_(KEPT)))
        .outerjoin(put, and_(put.place_id == Place.id, put.deviation_id == Deviation.id))
        .where(Deviation.id.in_(ids), visible_to(member), func.coalesce(put.here, inside))
        .order_by(Place.status.desc(), Place.name)
    )
    return _grouped(session.execute(query) if ids else [])


def _known_places(session: Session, member: Member, at: Pairs) -> list[Place]:
    wanted = {place for found in at.values() for place in found}
    query = select(Place).where(places.visible(member), Place.id.in_(wanted))
    return list(session.scalars(query)) if wanted else []


def _merged(session: Session, member: Member) -> dict[UUID, UUID]:
    """Return into which place others have gone up."""
    gone = select(Place.id, Place.into_id).where(places.visible(member), Place.into_id.is_not(None))
    return {place: into for place, into in session.execute(gone) if into}


def _end_of(merged: dict[UUID, UUID], place: UUID) -> UUID:
    while place in merged:
        place = merged[place]
    return place


def _measures_of(session: Session, ids: Sequence[UUID]) -> Pairs:
    query = select(Answered.deviation_id, Answered.measure_id).where(Answered.deviation_id.in_(ids))
    return _grouped(session.execute(query) if ids else [])


def _grouped(rows: Iterable[Row[UUID, UUID]]) -> Pairs:
    found: Pairs = {}
    for deviation, other in rows:
        found.setdefault(deviation, []).append(other)
    return found


def newest_follow_ups(session: Session, measure_ids: Sequence[UUID] | dict[UUID, Measure]) -> dict[UUID, FollowUp]:
    """Return the newest follow-up of each measure that has one."""
    query = select(FollowUp).where(FollowUp.measure_id.in_(list(measure_ids)))
    newest = query.order_by(FollowUp.on_day, FollowUp.created_at)
    return {seen.measure_id: seen for seen in session.scalars(newest)} if measure_ids else {}


# --- a week -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Week:
    """What happened to an organisation's deviations in a time, and to the measures for them."""

    deviations: list[tuple[Deviation, str]]
    """Each with the last thing that was done to it."""
    measures: list[Measure]


def happened(session: Session, member: Member, start: datetime, end: datetime) -> Week:
    """Return what was done to our deviations with start ≤ when < end, by others or by us, as the session sees it."""
    require(member, Action.DEVIATION_READ)
    ours = and_(visible_to(member), Deviation.organisation_id == member.organisation_id, Deviation.status.in_(LIVE))
    done = (
        select(Deviation, History.action)
        .join(History, History.deviation_id == Deviation.id)
        .where(ours, History.action.in_(ANSWERS), History.at >= start, History.at < end)
        .order_by(History.at)
    )
    last = {deviation.id: (deviation, action) for deviation, action in session.execute(done)}
    taken = (
        select(steps.Step.thing_id)
        .where(steps.Step.forum_id == member.forum_id, steps.Step.visibility.in_(member.visibilities))
        .where(steps.Step.thing_kind == Measure.kind, steps.Step.action.in_(TAKEN))
        .where(steps.Step.at >= start, steps.Step.at < end)
    )
    moved = set(session.scalars(taken))
    known = [m for m in measures.all_of(session, member) if m.id in moved] if moved else []
    return Week(list(last.values()), [m for m in known if _for(session, member, m, ours)])


def _for(session: Session, member: Member, measure: Measure, ours: ColumnElement[bool]) -> bool:
    """Tell whether the measure answers one of these deviations, or is at a place where one lies."""
    place = places.get(session, member, measure.place_id)
    named = select(Answered.deviation_id).where(Answered.measure_id == measure.id)
    one = select(Deviation.id).where(ours, or_(Deviation.id.in_(named), places.belongs(place))).limit(1)
    return session.scalar(one) is not None
