"""The chain as it is answered over HTTP (kedjan): ids, numbers and the words of each link."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from api.geojson import GeoJson, answer
from forum.foundation.audience import Audience
from forum.people.members import Member
from forum.register.deviations import Deviation
from forum.register.finding import Found
from forum.register.places import Place
from forum.work.chain import Chain
from forum.work.measures import Measure


class DeviationLink(BaseModel):
    """A deviation of the chain."""

    id: UUID
    nr: int
    label: str
    status: str
    occurred_from: datetime


class PlaceLink(BaseModel):
    """A place of the chain."""

    id: UUID
    nr: int
    name: str
    status: str


class CauseLink(BaseModel):
    """An analysis of the chain."""

    id: UUID
    place: UUID
    hypothesis: str


class MeasureLink(BaseModel):
    """A measure of the chain."""

    id: UUID
    nr: int
    title: str
    place: UUID
    cause: UUID | None
    owner: UUID
    status: str
    due_on: date


class DecisionLink(BaseModel):
    """A decision of the chain."""

    id: UUID
    meeting: UUID
    words: str
    place: UUID | None
    measure: UUID | None
    replaces: UUID | None
    at: datetime


class MeetingLink(BaseModel):
    """A meeting of the chain."""

    id: UUID
    nr: int
    day: date
    status: str


class FollowUpLink(BaseModel):
    """A follow-up of the chain."""

    id: UUID
    measure: UUID
    on_day: date
    outcome: str
    note: str


class EffectLink(BaseModel):
    """A frozen effect card of the chain."""

    id: UUID
    measure: UUID
    months: int
    sentence: str = Field(description="What it says first, as a code")
    audience: Audience
    made_at: datetime


class ChainModel(BaseModel):
    """What hangs together, as far as the reader may see it."""

    deviations: list[DeviationLink]
    more: bool = Field(description="There are more deviations than these, the newest")
    places: list[PlaceLink]
    causes: list[CauseLink]
    decisions: list[DecisionLink]
    meetings: list[MeetingLink]
    measures: list[MeasureLink]
    follow_ups: list[FollowUpLink]
    effects: list[EffectLink] = Field(description="Frozen effect cards, the latest first")


def chain_of(member: Member, chain: Chain) -> GeoJson:
    """Answer with a chain."""
    body: dict[str, Any] = {
        "deviations": [deviation_link(member, d) for d in chain.deviations],
        "more": chain.more,
        "places": [place_link(p) for p in chain.places],
        "causes": [{"place": c.place_id} | _said(c, "id", "hypothesis") for c in chain.causes],
        "decisions": [
            {"meeting": d.meeting_id, "place": d.place_id, "measure": d.measure_id, "replaces": d.replaces_id}
            | _said(d, "id", "words", "at")
            for d in chain.decisions
        ],
        "meetings": [_said(m, "id", "nr", "day", "status") for m in chain.meetings],
        "measures": [measure_link(m) for m in chain.measures],
        "follow_ups": [
            {"measure": f.measure_id} | _said(f, "id", "on_day", "outcome", "note") for f in chain.follow_ups
        ],
        "effects": [
            {"measure": e.measure_id} | _said(e, "id", "months", "sentence", "audience", "made_at")
            for e in chain.effects
        ],
    }
    return answer(body)


def deviation_link(member: Member, deviation: Deviation | Found) -> dict[str, Any]:
    """Return a deviation as a link of a chain."""
    return {"label": f"{member.letter}-{deviation.nr}"} | _said(deviation, "id", "nr", "status", "occurred_from")


def place_link(place: Place) -> dict[str, Any]:
    """Return a place as a link of a chain."""
    return _said(place, "id", "nr", "name", "status")


def measure_link(measure: Measure) -> dict[str, Any]:
    """Return a measure as a link of a chain."""
    where = {"place": measure.place_id, "cause": measure.cause_id, "owner": measure.owner_id}
    return where | _said(measure, "id", "nr", "title", "status", "due_on")


def _said(thing: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}
