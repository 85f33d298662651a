"""Notices over HTTP (notiser): what a member is told, and that it was read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.chains import MeasureLink, PlaceLink, measure_link, place_link
from api.deps import MemberDep, Reference, SessionDep, reference_of
from api.geojson import GeoJson, answer
from api.reading import JsonRoute
from forum.foundation.errors import NotFound
from forum.people.members import Member
from forum.work import news
from forum.work.news import News
from forum.work.notices import Kind

router = APIRouter(
    prefix="/api/v1/forums/{forum}/notices", tags=["notices"], route_class=JsonRoute, default_response_class=GeoJson
)


class NoticeModel(BaseModel):
    """Something that happened which the member is told."""

    id: UUID
    kind: Kind
    at: datetime
    due_on: date | None = Field(description="The day that has passed, of a measure that is overdue")
    measure: MeasureLink | None = Field(description="What it is about; without one it is the place")
    place: PlaceLink
    read: bool


class NoticeList(BaseModel):
    """What a member is told, the newest first."""

    unread: int = Field(description="Of the last thirty days")
    notices: list[NoticeModel]


@router.get("", response_model=NoticeList)
def told(session: SessionDep, member: MemberDep) -> GeoJson:
    """Return what the member is told; reading it here leaves it unread."""
    listed = [_said(each) for each in news.all_of(session, member)]
    return answer({"unread": news.unread(session, member), "notices": listed})


@router.post("/{reference}/read", response_model=NoticeModel)
def read(session: SessionDep, member: MemberDep, reference: Reference) -> GeoJson:
    """Note that the member has read a notice."""
    news.mark_read(session, member, [_notice(session, member, reference)])
    return answer(_said(_notice(session, member, reference)))


def _notice(session: Session, member: Member, reference: str) -> News:
    wanted = reference_of(reference)
    if isinstance(wanted, int):
        raise NotFound
    return news.get(session, member, wanted)


def _said(each: News) -> dict[str, Any]:
    return {
        "measure": measure_link(each.measure) if each.measure else None,
        "place": place_link(each.place),
        "read": each.read,
        **{name: getattr(each.notice, name) for name in ("id", "kind", "at", "due_on")},
    }
