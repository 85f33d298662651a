"""What came of ours over HTTP (vad det blev): our deviations, each with its answer, places and measures."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.chains import DeviationLink, MeasureLink, PlaceLink, deviation_link, measure_link, place_link
from api.deps import MemberDep, SessionDep
from api.geojson import GeoJson, answer
from api.reading import JsonRoute
from forum.foundation.errors import outside, raise_all
from forum.people.members import Member
from forum.work import outcomes
from forum.work.follow_ups import Outcome as Seen
from forum.work.outcomes import Outcome

router = APIRouter(
    prefix="/api/v1/forums/{forum}/outcomes", tags=["deviations"], route_class=JsonRoute, default_response_class=GeoJson
)
MOST = 200


class TakenMeasure(MeasureLink):
    """A measure that was taken, and what is seen of it."""

    seen: Seen | None = Field(description="The newest follow-up")


class OutcomeModel(BaseModel):
    """One deviation and what came of it."""

    deviation: DeviationLink
    reply: str = Field(description="The forum's answer")
    places: list[PlaceLink]
    measures: list[TakenMeasure]


class OutcomePage(BaseModel):
    """What came of an organisation's deviations, the newest first."""

    matched: int = Field(description="How many there are in all")
    next: str | None = Field(description="Send it as `cursor` for the next page; null on the last")
    outcomes: list[OutcomeModel]


@router.get("", response_model=OutcomePage)
def of_ours(
    session: SessionDep,
    member: MemberDep,
    limit: Annotated[int, Query(description="Rows of a page, 1 to 200")] = 50,
    cursor: Annotated[str | None, Query(max_length=200, description="`next` of the page before")] = None,
) -> GeoJson:
    """Return what came of the deviations of the member's organisation."""
    raise_all(outside(limit, 1, MOST, "limit"))
    page = outcomes.of_ours(session, member, limit=limit, cursor=cursor)
    return answer({"matched": page.matched, "next": page.next, "outcomes": [_said(member, row) for row in page.rows]})


def _said(member: Member, row: Outcome) -> dict[str, Any]:
    seen = {measure: found.outcome for measure, found in row.seen.items()}
    return {
        "deviation": deviation_link(member, row.found),
        "reply": row.found.reply,
        "places": [place_link(place) for place in row.places],
        "measures": [measure_link(measure) | {"seen": seen.get(measure.id)} for measure in row.measures],
    }
