"""Links to one measure over HTTP (länkar): the owner is asked by mail, the link looked at, and taken back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.deps import MemberDep, Reference, SessionDep, reference_of
from api.geojson import GeoJson, answer
from api.reading import JsonRoute
from forum.foundation.errors import NotFound
from forum.people.members import Member
from forum.work import links, measures
from forum.work.links import Delivery, Link
from forum.work.measures import Measure

router = APIRouter(
    prefix="/api/v1/forums/{forum}/measures", tags=["measures"], route_class=JsonRoute, default_response_class=GeoJson
)


class LinkModel(BaseModel):
    """A link by which an organisation without accounts answers for one measure; the secret is in the mail alone."""

    measure: UUID
    organisation: UUID = Field(description="The owner who is asked")
    asked_by: UUID
    delivery: Delivery
    created_at: datetime
    expires_on: date
    ended_at: datetime | None


@router.post("/{reference}/link", status_code=201, response_model=LinkModel)
def ask(session: SessionDep, member: MemberDep, reference: Reference) -> GeoJson:
    """Send the owner of a measure a link to answer for it; an earlier one ends."""
    return answer(_said(links.ask(session, member, _measure(session, member, reference))), 201)


@router.get("/{reference}/link", response_model=LinkModel)
def current(session: SessionDep, member: MemberDep, reference: Reference) -> GeoJson:
    """Return the link that the owner of a measure can use, or that is being sent."""
    return answer(_said(_current(session, member, reference)))


@router.delete("/{reference}/link", response_model=LinkModel)
def take_back(session: SessionDep, member: MemberDep, reference: Reference) -> GeoJson:
    """Let the link end now, and return it."""
    link = _current(session, member, reference)
    links.take_back(session, member, _measure(session, member, reference))
    session.refresh(link)
    return answer(_said(link))


def _measure(session: Session, member: Member, reference: str) -> Measure:
    return measures.get(session, member, reference_of(reference))


def _current(session: Session, member: Member, reference: str) -> Link:
    link = links.current(session, member, _measure(session, member, reference))
    if link is None:
        raise NotFound
    return link


def _said(link: Link) -> dict[str, Any]:
    return {
        "measure": link.measure_id,
        "organisation": link.organisation_id,
        "asked_by": link.asked_by_id,
        **{name: getattr(link, name) for name in ("delivery", "created_at", "expires_on", "ended_at")},
    }
