"""The unbroken chain (kedjan): from any link of it to all others, both ways, as far as the reader may see.

A step that the reader may not see is left out, and nothing tells that it was there: no count, no gap, no number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from forum.foundation import journal
from forum.people.members import Member
from forum.register import places
from forum.register.deviations import LIVE, Deviation, visible_to
from forum.register.finding import RESTRICTED
from forum.register.places import Place
from forum.work import agenda, causes, decisions, effects, follow_ups, measures, meetings
from forum.work.causes import Cause
from forum.work.decisions import Decision
from forum.work.effects import Effect
from forum.work.follow_ups import FollowUp
from forum.work.measures import Answered, Measure
from forum.work.meetings import Meeting

T = TypeVar("T", Place, Measure, Meeting)
MOST = 500
"""Deviations of a chain at most, the newest first; `more` says when there are others."""


@dataclass(frozen=True)
class Chain:
    """All that hangs together: what was noticed, where it gathers, why, what was decided and done, what came of it."""

    deviations: list[Deviation]
    more: bool
    places: list[Place]
    causes: list[Cause]
    decisions: list[Decision]
    meetings: list[Meeting]
    measures: list[Measure]
    follow_ups: list[FollowUp]
    effects: list[Effect]
    """Frozen cards, the latest first."""


def of_deviation(session: Session, member: Member, deviation: Deviation) -> Chain:
    """Return what the deviation led to."""
    direct = measures.of_deviation(session, member, deviation)
    around = places.of_deviation(session, member, deviation)
    at = _distinct([*around, *(places.get(session, member, m.place_id) for m in direct)])
    return _chain(session, member, [deviation], at, _distinct([*direct, *_at(session, member, around)]))


def of_place(session: Session, member: Member, place: Place) -> Chain:
    """Return what is gathered at the place and what is done there."""
    here = _visible(session, member, places.belongs(place))
    return _chain(session, member, here, [place], measures.of_place(session, member, place))


def of_measure(session: Session, member: Member, measure: Measure) -> Chain:
    """Return what the measure answers and what came of it; without deviations of its own, those of its place."""
    place = places.get(session, member, measure.place_id)
    mine = select(Answered.deviation_id).where(Answered.measure_id == measure.id)
    named = _visible(session, member, Deviation.id.in_(mine))
    here = named or _visible(session, member, places.belongs(place))
    made = decisions.about(session, member, measures_=[measure.id])
    return _chain(session, member, here, [place], [measure], made=made)


def of_meeting(session: Session, member: Member, meeting: Meeting) -> Chain:
    """Return what the meeting talked of and decided, and what came of that."""
    items = agenda.of_meeting(session, member, meeting)
    made = decisions.of_meeting(session, member, meeting)
    at = _distinct(places.get(session, member, item.place_id) for item in items if item.place_id)
    ordered = _distinct(measures.get(session, member, each.measure_id) for each in made if each.measure_id)
    said = {*(item.deviation_id for item in items), *(decision.deviation_id for decision in made)}
    named = Deviation.id.in_([reference for reference in said if reference])
    here = _visible(session, member, or_(named, *(places.belongs(place) for place in at)))
    return _chain(session, member, here, at, ordered, made=made)


def _at(session: Session, member: Member, around: Iterable[Place]) -> list[Measure]:
    return [measure for place in around for measure in measures.of_place(session, member, place)]


def _visible(session: Session, member: Member, condition: ColumnElement[bool]) -> list[Deviation]:
    live = Deviation.status.in_([s.value for s in LIVE])
    query = select(Deviation).where(visible_to(member), live, condition)
    newest = query.order_by(Deviation.occurred_from.desc(), Deviation.id.desc())
    return list(session.scalars(newest.limit(MOST + 1)))


def _chain(
    session: Session,
    member: Member,
    here: list[Deviation],
    at: list[Place],
    done: list[Measure],
    *,
    made: list[Decision] | None = None,
) -> Chain:
    why = [cause for place in at if (cause := causes.of_place(session, member, place))]
    came = [seen for measure in done for seen in follow_ups.of_measure(session, member, measure)]
    restricted = sum(deviation.visibility in RESTRICTED for deviation in here[:MOST])
    if restricted:
        journal.note_read(session, member, "chain", {"restricted": restricted})
    if made is None:
        made = decisions.about(
            session, member, places_=[place.id for place in at], measures_=[measure.id for measure in done]
        )
    met = _distinct(meetings.get(session, member, decision.meeting_id) for decision in made)
    shown = effects.of_measures(session, member, [measure.id for measure in done])
    return Chain(here[:MOST], len(here) > MOST, at, why, made, met, done, came, shown)


def _distinct(things: Iterable[T]) -> list[T]:
    found: dict[UUID, T] = {}
    for thing in things:
        found.setdefault(thing.id, thing)
    return list(found.values())
