"""Places over HTTP (platser): what gathers deviations, why it happens there, and the chain around it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from shapely import GEOSException
from shapely.geometry import shape as shape_from
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from api.chains import ChainModel, chain_of
from api.deps import IfMatch, MemberDep, Reference, SessionDep, reference_of, seen_version
from api.geojson import GeoJson, answer
from api.reading import Body, JsonRoute
from forum.foundation.audience import Visibility
from forum.foundation.errors import Invalid
from forum.foundation.geometry import coordinate
from forum.foundation.language import N_
from forum.people.members import Member
from forum.register import deviations, finding, places
from forum.register.finding import Filter
from forum.register.places import Drawn, Place, Status
from forum.work import causes, chain, reopening
from forum.work.causes import PARTS, Cause

router = APIRouter(
    prefix="/api/v1/forums/{forum}/places", tags=["places"], route_class=JsonRoute, default_response_class=GeoJson
)


class NewPlace(Body):
    """A place to make."""

    name: str = Field(examples=["Gångvägen vid Magelungen"])
    geometry: dict[str, Any] = Field(description="GeoJSON: a point, a line or a polygon in WGS 84")
    radius_m: float = Field(0, description="How far around a point or a line it reaches, in metres")
    visibility: Visibility = Field(Visibility.FORUM, description="authorities, forum or public")


class Because(Body):
    """Why something is done."""

    reason: str


class Merge(Because):
    """Which place takes this one in."""

    into: Annotated[str, Field(coerce_numbers_to_str=True)]


class Split(Because):
    """The places that take this one's place."""

    parts: list[NewPlace] = Field(max_length=20)


class LinkBody(Body):
    """A deviation that a hand puts to a place or takes away."""

    deviation: Annotated[str, Field(coerce_numbers_to_str=True, description="Its number or id")]
    here: bool = True


class CauseBody(Body):
    """Parts of an analysis; what is not named stays as it is."""

    place_side: str | None = None
    target_side: str | None = None
    offender_side: str | None = None
    sources_used: str | None = None
    sources_rejected: str | None = None
    limits: str | None = None
    hypothesis: str | None = None
    breaks: str | None = None
    visibility: Visibility | None = None


class CauseModel(BaseModel):
    """The analysis of a place."""

    id: UUID
    place: UUID
    place_side: str
    target_side: str
    offender_side: str
    sources_used: str
    sources_rejected: str
    limits: str
    hypothesis: str
    breaks: str
    visibility: Visibility
    version: int


class PlaceProperties(BaseModel):
    """What is known of a place."""

    nr: int
    name: str
    radius_m: float
    visibility: Visibility
    status: Status
    deviations: int = Field(description="Live deviations at it that the reader sees")
    origin: UUID | None = Field(description="The place that it was split from")
    into: UUID | None = Field(description="The place that it has gone up in")
    version: int
    created_at: datetime
    changed_at: datetime


class PlaceFeature(BaseModel):
    """A place as a GeoJSON feature."""

    type: str
    id: UUID
    geometry: dict[str, Any]
    properties: PlaceProperties


class PlaceCollection(BaseModel):
    """The places of a forum."""

    type: str
    features: list[PlaceFeature]


def place_feature(session: Session, member: Member, place: Place) -> dict[str, Any]:
    """Return a place as a feature, with the number of deviations that the member sees there."""
    return {
        "type": "Feature",
        "id": place.id,
        "geometry": place.shape.__geo_interface__,
        "properties": {
            "nr": place.nr,
            "name": place.name,
            "radius_m": place.radius_m,
            "visibility": place.visibility,
            "status": place.status,
            "deviations": finding.count(session, member, Filter(place=place.nr)),
            "origin": place.origin_id,
            "into": place.into_id,
            "version": place.version,
            "created_at": place.created_at,
            "changed_at": place.changed_at,
        },
    }


def _answer(session: Session, member: Member, place: Place, status: int = 200) -> GeoJson:
    return answer(place_feature(session, member, place), status, {"ETag": f'"{place.version}"'})


def _place(session: Session, member: Member, reference: str) -> Place:
    return places.get(session, member, reference_of(reference))


@router.get("", response_model=PlaceCollection)
def find(
    session: SessionDep,
    member: MemberDep,
    status: Annotated[list[Status] | None, Query(description="Without it: open places")] = None,
) -> GeoJson:
    """Return the forum's places, by name."""
    found = places.all_of(session, member, status or (Status.OPEN,))
    return answer({"type": "FeatureCollection", "features": [place_feature(session, member, p) for p in found]})


@router.post("", status_code=201, response_model=PlaceFeature)
def create(session: SessionDep, member: MemberDep, new: NewPlace) -> GeoJson:
    """Make a place; what lies in it is from now on at a place."""
    return _answer(session, member, places.create(session, member, drawn(new)), 201)


@router.get("/{reference}", response_model=PlaceFeature)
def read(session: SessionDep, member: MemberDep, reference: Reference) -> GeoJson:
    """Read one place, by id or number."""
    return _answer(session, member, _place(session, member, reference))


@router.put("/{reference}", response_model=PlaceFeature)
def amend(
    session: SessionDep, member: MemberDep, reference: Reference, new: NewPlace, if_match: IfMatch = None
) -> GeoJson:
    """Give a place another name, outline or visibility."""
    place = _place(session, member, reference)
    return _answer(
        session, member, places.amend(session, member, place, drawn(new), seen_version(if_match, place.version))
    )


@router.post("/{reference}/close", response_model=PlaceFeature)
def close(session: SessionDep, member: MemberDep, reference: Reference, why: Because) -> GeoJson:
    """End the work on a place, with a reason."""
    return _answer(
        session, member, places.close(session, member, _place(session, member, reference), reason=why.reason)
    )


@router.post("/{reference}/reopen", response_model=PlaceFeature)
def reopen(session: SessionDep, member: MemberDep, reference: Reference, why: Because) -> GeoJson:
    """Take up the work on a place again, with a reason."""
    place = _place(session, member, reference)
    return _answer(session, member, reopening.reopen(session, member, place, reason=why.reason))


@router.post("/{reference}/merge", response_model=PlaceFeature)
def merge(session: SessionDep, member: MemberDep, reference: Reference, which: Merge) -> GeoJson:
    """Let a place go up in another one; answers with the other one."""
    place, into = (_place(session, member, r) for r in (reference, which.into))
    return _answer(session, member, places.merge(session, member, place, into, reason=which.reason))


@router.post("/{reference}/split", response_model=PlaceCollection)
def split(session: SessionDep, member: MemberDep, reference: Reference, how: Split) -> GeoJson:
    """Let several places take this one's place; answers with them."""
    place, parts = _place(session, member, reference), [drawn(part) for part in how.parts]
    made = places.split(session, member, place, parts, reason=how.reason)
    return answer({"type": "FeatureCollection", "features": [place_feature(session, member, p) for p in made]})


@router.post("/{reference}/links", response_model=PlaceFeature)
def link(session: SessionDep, member: MemberDep, reference: Reference, which: LinkBody) -> GeoJson:
    """Put a deviation to a place by hand, or take it away."""
    place = _place(session, member, reference)
    deviation = deviations.get(session, member, reference_of(which.deviation))
    places.link(session, member, place, deviation, here=which.here)
    return _answer(session, member, place)


@router.put("/{reference}/cause", response_model=CauseModel)
def analyse(
    session: SessionDep, member: MemberDep, reference: Reference, said: CauseBody, if_match: IfMatch = None
) -> GeoJson:
    """Write the cause analysis of a place, or change parts of it."""
    place = _place(session, member, reference)
    there = causes.of_place(session, member, place)
    version = seen_version(if_match, there.version) if there else None
    words = {name: text for name, text in said.model_dump(exclude={"visibility"}).items() if text is not None}
    cause = causes.write(session, member, place, words, visibility=said.visibility, version=version)
    return answer(cause_model(cause), headers={"ETag": f'"{cause.version}"'})


@router.get("/{reference}/chain", response_model=ChainModel)
def follow(session: SessionDep, member: MemberDep, reference: Reference) -> GeoJson:
    """Return what is gathered at a place, why it happens, what is done, and what came of it."""
    return chain_of(member, chain.of_place(session, member, _place(session, member, reference)))


def cause_model(cause: Cause) -> dict[str, Any]:
    """Return an analysis as we answer it."""
    plain = {name: getattr(cause, name) for name in (*PARTS, "visibility", "version")}
    return {"id": cause.id, "place": cause.place_id, **plain}


def drawn(new: NewPlace) -> Drawn:
    """Return what was drawn; refuses what is no geometry of numbers on the globe."""
    return Drawn(new.name, geometry_of(new.geometry), new.radius_m, new.visibility)


def geometry_of(given: dict[str, Any]) -> BaseGeometry:
    """Return a GeoJSON geometry as a shape; its every coordinate is looked at first."""
    kind, parts = given.get("type"), given.get("coordinates")
    try:
        _walk(parts, 0)
        if kind in SHAPES:
            return shape_from({"type": kind, "coordinates": parts})
    except (TypeError, ValueError, GEOSException) as error:
        raise _no_geometry(kind) from error
    raise _no_geometry(kind)


def _no_geometry(kind: Any) -> Invalid:
    remedy = N_("Send a GeoJSON point, line or polygon in degrees.")
    return Invalid(N_("This is no geometry."), field="geometry", value=kind, remedy=remedy)


SHAPES = ("Point", "LineString", "Polygon", "MultiPolygon")


def _walk(part: Any, depth: int) -> None:
    if depth > 4 or not isinstance(part, list) or not part:
        raise TypeError(depth)
    if isinstance(part[0], list):
        for inner in part:
            _walk(inner, depth + 1)
        return
    lon, lat, *_ = part
    coordinate(lon, "lon")
    coordinate(lat, "lat")
