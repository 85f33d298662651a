"""What works here over HTTP (vad som fungerar här): of each kind of measure what its effect cards say together."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.deps import MemberDep, SessionDep
from api.geojson import GeoJson, answer
from api.reading import JsonRoute
from forum.foundation.audience import Audience
from forum.work import lessons
from mapping.lessons import Lesson, lesson

router = APIRouter(
    prefix="/api/v1/forums/{forum}", tags=["effects"], route_class=JsonRoute, default_response_class=GeoJson
)


class LessonModel(BaseModel):
    """What one kind of measure of the catalogue has come to in the forum."""

    code: str | None = Field(description="Of the catalogue; null for measures of no kind")
    carried_out: int
    frozen: list[UUID] = Field(description="The effect cards that are counted, one of each measure at most")
    lesson: Lesson


class LessonList(BaseModel):
    """What works here, in the order of the catalogue; no place and no kind is ranked."""

    audience: Audience
    kinds: list[LessonModel]


@router.get("/effects", response_model=LessonList)
def read(session: SessionDep, member: MemberDep) -> GeoJson:
    """Return what the forum's frozen effect cards say of each kind of measure, for the whole forum."""
    kinds = [
        {
            "code": tried.code,
            "carried_out": len(tried.measures),
            "frozen": [card.id for card in tried.cards],
            "lesson": asdict(lesson([card.card for card in tried.cards])),
        }
        for tried in lessons.of_forum(session, member)
    ]
    return answer({"audience": Audience.FORUM, "kinds": kinds})
