"""Safety walks over HTTP (trygghetsvandringar): made, walked point by point, followed up."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Path, Response, UploadFile
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.deps import MemberDep, Route, SessionDep, reference_of
from api.geojson import GeoJson, answer
from api.reading import Body, JsonRoute
from forum.foundation import clock
from forum.foundation.audience import Visibility
from forum.foundation.errors import NotFound
from forum.people.members import Member
from forum.register import deviations, walks
from forum.register.intake import Notice
from forum.register.walks import Outcome, Owned, Plan, Walk
from mapping.files import photos

PREFIX = "/api/v1/forums/{forum}/walks"
router = APIRouter(prefix=PREFIX, tags=["walks"], route_class=JsonRoute, default_response_class=GeoJson)
pictured = APIRouter(prefix=PREFIX, tags=["walks"], route_class=Route, default_response_class=GeoJson)
"""What comes with a photo is a form, not JSON."""
DOOR = re.compile(r"/api/v1/forums/[^/]+/walks/[^/]+/photos")
"""The address that takes photos."""
LARGEST = photos.LARGEST + 1_000_000
"""Bytes that it takes: a photo, and what is said of it."""
Id = Annotated[UUID, Path(description="The id")]
Place = Annotated[int, Path(description="The point's place in the order", ge=1, le=walks.MOST_POINTS)]
PHOTO: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}
}
Position = Annotated[list[float], Field(min_length=2, max_length=2, examples=[[18.09, 59.243]])]


class PeopleBody(Body):
    """How many of an organisation walk; nothing says who."""

    organisation: UUID
    people: int


class WalkBody(Body):
    """A walk to make."""

    name: str = Field(examples=["Runt torget"])
    starts_at: str = Field(description="ISO time; without an offset in Swedish time")
    people: list[PeopleBody] = Field(max_length=200)
    route: list[Position] = Field(default_factory=list, max_length=500, description="Longitude, latitude in WGS 84")
    follows: UUID | None = Field(None, description="The earlier walk whose points it goes to")


class PointBody(Body):
    """What was noted: a deviation that there is, or one to register, and who sees to it."""

    owner: UUID
    deviation: Annotated[str, Field(coerce_numbers_to_str=True)] | None = None
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float = 10
    category: str = ""
    text: str = ""
    visibility: Visibility = Visibility.FORUM


class PhotoBody(PointBody):
    """A point with its photo; what a camera wrote into it is removed before it is kept."""

    photo: UploadFile = Field(description="JPEG, PNG or WebP")
    no_persons: bool = Field(False, description="You have looked: nobody, and no number plate, can be seen on it")


class CheckBody(Body):
    """How a point of the earlier walk is now."""

    position: int
    outcome: Outcome


class WalkedModel(BaseModel):
    """How many of an organisation walked."""

    organisation: UUID
    people: int


class PointModel(BaseModel):
    """A point of a walk, as far as the reader may see its deviation."""

    position: int
    deviation: int = Field(description="Its number")
    owner: UUID
    photo: bool
    outcome: Outcome | None = Field(None, description="On a follow-up walk")


class WalkModel(BaseModel):
    """A walk."""

    id: UUID
    name: str
    organisation: UUID
    starts_at: datetime
    follows: UUID | None


class WholeWalk(WalkModel):
    """A walk with its route, people, points, and how those of the earlier one are now."""

    route: list[list[float]]
    people: list[WalkedModel]
    points: list[PointModel]
    followed: list[PointModel]


class WalkList(BaseModel):
    """Walks, the latest first."""

    walks: list[WalkModel]


def _said(walk: Walk) -> dict[str, Any]:
    plain = {name: getattr(walk, name) for name in ("id", "name", "starts_at")}
    return plain | {"organisation": walk.organisation_id, "follows": walk.follows_id}


def _whole(session: Session, member: Member, walk: Walk) -> dict[str, Any]:
    found, followed = walks.points(session, member, walk), walks.comparison(session, member, walk)
    there = walks.people(session, member, walk)
    return {
        **_said(walk),
        "route": [list(point) for point in walks.line_of(walk, found)],
        "people": [{"organisation": who, "people": n} for who, n in there.items()],
        "points": [_point(point, deviation, None) for point, deviation in found],
        "followed": [_point(*each) for each in followed],
    }


def _point(point: walks.Point, deviation: deviations.Deviation, outcome: Outcome | None) -> dict[str, Any]:
    plain = {"position": point.position, "deviation": deviation.nr, "owner": point.owner_id}
    return plain | {"photo": point.pictured, "outcome": outcome}


@router.get("", response_model=WalkList)
def find(session: SessionDep, member: MemberDep) -> GeoJson:
    """Return the forum's walks."""
    return answer({"walks": [_said(walk) for walk in walks.all_of(session, member)]})


@router.post("", status_code=201, response_model=WholeWalk)
def make(session: SessionDep, member: MemberDep, new: WalkBody) -> GeoJson:
    """Make a walk."""
    there = {each.organisation: each.people for each in new.people}
    follows = walks.get(session, member, new.follows) if new.follows else None
    route = [(lon, lat) for lon, lat in new.route]
    plan = Plan(new.name, clock.to_utc(new.starts_at, "starts_at"), there, route, follows)
    return answer(_whole(session, member, walks.make(session, member, plan)), 201)


@router.get("/{reference}", response_model=WholeWalk)
def read(session: SessionDep, member: MemberDep, reference: Id) -> GeoJson:
    """Return one walk with its points."""
    return answer(_whole(session, member, walks.get(session, member, reference)))


@router.post("/{reference}/points", status_code=201, response_model=WholeWalk)
def note(session: SessionDep, member: MemberDep, reference: Id, new: PointBody) -> GeoJson:
    """Add a point: a deviation that there is already, or one that is registered by this."""
    walk = walks.get(session, member, reference)
    _note(session, member, walk, new, Owned(new.owner))
    return answer(_whole(session, member, walk), 201)


@pictured.post("/{reference}/photos", status_code=201, response_model=WholeWalk)
def note_photo(
    session: SessionDep,
    member: MemberDep,
    reference: Id,
    new: Annotated[PhotoBody, Form(media_type="multipart/form-data")],
) -> GeoJson:
    """Add a point with a photo, as a form: the photo is kept only with the word that nobody is on it."""
    walk = walks.get(session, member, reference)
    photo = photos.bare(new.photo.file.read(), new.photo.filename or "")
    _note(session, member, walk, new, Owned(new.owner, photo, no_persons=new.no_persons))
    return answer(_whole(session, member, walk), 201)


def _note(session: Session, member: Member, walk: Walk, new: PointBody, owned: Owned) -> None:
    if new.deviation is not None:
        there = deviations.get(session, member, reference_of(new.deviation))
        walks.add_point(session, member, walk, there, owned)
        return
    told = {name: getattr(new, name) for name in ("category", "text", "visibility")}
    walks.note(session, member, walk, Notice(new.lon, new.lat, new.accuracy_m, walk.starts_at, **told), owned)


@router.get("/{reference}/points/{position}/photo", response_class=Response, responses=PHOTO)
def read_photo(session: SessionDep, member: MemberDep, reference: Id, position: Place) -> Response:
    """Return the photo of a point, as JPEG."""
    photo = walks.point_of(session, member, walks.get(session, member, reference), position).photo
    if photo is None:
        raise NotFound
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(photo, media_type="image/jpeg", headers=headers)


@router.post("/{reference}/checks", response_model=WholeWalk)
def check(session: SessionDep, member: MemberDep, reference: Id, said: CheckBody) -> GeoJson:
    """Note on a follow-up walk how a point of the earlier one is now."""
    walk = walks.get(session, member, reference)
    earlier = walks.get(session, member, walk.follows_id) if walk.follows_id else walk
    walks.check(session, member, walk, walks.point_of(session, member, earlier, said.position), said.outcome)
    return answer(_whole(session, member, walk))
