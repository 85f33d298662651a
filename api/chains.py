"""The chain as it is answered over HTTP (kedjan): ids, numbers and the words of each link."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from api.geojson import GeoJson, answer
from forum.people.members import Member
from forum.work.chain import Chain


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


def chain_of(member: Member, chain: Chain) -> GeoJson:
    """Answer with a chain."""
    body: dict[str, Any] = {
        "deviations": [
            {"label": f"{member.letter}-{d.nr}"} | _said(d, "id", "nr", "status", "occurred_from")
            for d in chain.deviations
        ],
        "more": chain.more,
        "places": [_said(p, "id", "nr", "name", "status") for p in chain.places],
        "causes": [{"place": c.place_id} | _said(c, "id", "hypothesis") for c in chain.causes],
        "decisions": [
            {"meeting": d.meeting_id, "place": d.place_id, "measure": d.measure_id, "replaces": d.replaces_id}
            | _said(d, "id", "words", "at")
            for d in chain.decisions
        ],
        "meetings": [_said(m, "id", "nr", "day", "status") for m in chain.meetings],
        "measures": [
            {"place": m.place_id, "cause": m.cause_id, "owner": m.owner_id}
            | _said(m, "id", "nr", "title", "status", "due_on")
            for m in chain.measures
        ],
        "follow_ups": [
            {"measure": f.measure_id} | _said(f, "id", "on_day", "outcome", "note") for f in chain.follow_ups
        ],
    }
    return answer(body)


def _said(thing: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}
