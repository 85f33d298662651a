"""Effect cards over HTTP (effektkort): computed for an audience, frozen, and read again as they were frozen."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from api.deps import MemberDep, Reference, SessionDep, reference_of
from api.geojson import GeoJson, answer
from api.reading import Body, JsonRoute
from forum.foundation.audience import Audience
from forum.work import effects, measures
from forum.work.effects import Effect
from mapping import cards
from mapping.cards import Card
from mapping.picture import as_plain

router = APIRouter(
    prefix="/api/v1/forums/{forum}", tags=["effects"], route_class=JsonRoute, default_response_class=GeoJson
)
MonthsDep = Annotated[int, Query(description="Whole months after the measure: 3, 6 or 12")]
AudienceDep = Annotated[Audience, Query(description="For whom: only what all of them may see is counted")]
ControlDep = Annotated[
    str | None, Query(max_length=60, description="Another control than the rules find: its key; without it the found")
]


class FreezeBody(Body):
    """Which card is frozen, and why its control was chosen where it was."""

    months: int = 3
    audience: Audience = Audience.FORUM
    control: str | None = Field(None, max_length=60, description="The key of another control, with a reason")
    reason: str = ""


class FrozenCard(BaseModel):
    """An effect card as it was frozen; `trygghetsforum effect recompute` reads it."""

    id: UUID
    measure: UUID
    audience: Audience
    months: int
    reason: str
    made_at: datetime
    hash: str
    card: Card


def said(effect: Effect) -> dict[str, Any]:
    """Return a frozen card as we answer it."""
    names = ("id", "audience", "months", "reason", "made_at", "card")
    own = {name: getattr(effect, name) for name in names}
    return own | {"measure": effect.measure_id, "hash": bytes(effect.hash).hex()}


@router.get("/measures/{reference}/effect", response_model=Card)
def compute(
    session: SessionDep,
    member: MemberDep,
    reference: Reference,
    months: MonthsDep = 3,
    audience: AudienceDep = Audience.FORUM,
    control: ControlDep = None,
) -> GeoJson:
    """Return the effect card of a measure as it would be frozen now."""
    measure = measures.get(session, member, reference_of(reference))
    return answer(as_plain(cards.card(session, member, measure, audience, months, control=control)))


@router.post("/measures/{reference}/effects", status_code=201, response_model=FrozenCard)
def freeze(session: SessionDep, member: MemberDep, reference: Reference, wanted: FreezeBody) -> GeoJson:
    """Freeze the effect card of a measure: it is computed anew, never sent in."""
    measure = measures.get(session, member, reference_of(reference))
    card = cards.card(session, member, measure, wanted.audience, wanted.months, control=wanted.control)
    return answer(said(effects.keep(session, member, measure, as_plain(card), reason=wanted.reason)), 201)


@router.get("/effects/{reference}", response_model=FrozenCard)
def read(session: SessionDep, member: MemberDep, reference: Annotated[UUID, Path(description="The id")]) -> GeoJson:
    """Return a frozen effect card."""
    return answer(said(effects.get(session, member, reference)))
