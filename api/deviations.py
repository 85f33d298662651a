"""Deviations over HTTP (avvikelser)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field, Strict
from sqlalchemy.orm import Session

from api.chains import ChainModel, chain_of
from api.deps import DeviationDep, IfMatch, MemberDep, MemoryDep, SessionDep, etag, reference_of, seen_version
from api.filters import PARAMETERS, FilterDep
from api.geojson import FEATURE, Collection, Feature, FeatureWithHistory, GeoJson, answer, collection, feature, line
from api.reading import Body, JsonRoute
from forum.foundation import clock
from forum.foundation.errors import NotFound, Stale
from forum.foundation.geometry import coordinate
from forum.foundation.language import N_
from forum.people.members import Member
from forum.register import categories, deviations, finding, intake, pages
from forum.register.deviations import Deviation, Reason
from forum.register.pages import Page
from forum.work import chain

PREFIX = "/api/v1/forums/{forum}/deviations"
router = APIRouter(prefix=PREFIX, tags=["deviations"], route_class=JsonRoute, default_response_class=GeoJson)
AGAIN = "It was sent before, with the same content"
TIME = "ISO 8601; without an offset it is Swedish time"
Number = Annotated[float, Strict()]
"""A number and not a text that looks like one; the domain says whether it can be taken."""


class NewDeviation(Body):
    """A deviation to register; `id` is made by the client, so that sending twice registers once."""

    id: UUID
    lon: Number = Field(description="Degrees, WGS 84", examples=[18.09])
    lat: Number = Field(description="Degrees, WGS 84", examples=[59.243])
    accuracy_m: Number = Field(description="How far off the point may be, in metres", examples=[25])
    occurred_from: str = Field(description=TIME, examples=["2023-10-26T18:30"])
    occurred_to: str | None = Field(None, description="When it ended or was last seen; without it a moment")
    category: str = Field(description="A code of the forum's categories", examples=["lighting"])
    text: str = Field("", description="Free text without persons; it is screened")
    visibility: str = Field("forum", description="own, authorities, forum or public")
    answers: dict[str, Any] = Field(default_factory=dict, description="Answers to the category's questions, by code")
    on_behalf_of: UUID | None = Field(None, description="The organisation that it is registered for, if another")


class Changes(Body):
    """What to change of a deviation; what is not named stays as it is."""

    lon: Number = 0
    lat: Number = 0
    accuracy_m: Number = 0
    occurred_from: str = ""
    occurred_to: str | None = None
    category: str = ""
    text: str = ""
    visibility: str = ""
    answers: dict[str, Any] = Field(default_factory=dict)


class Withdrawal(Body):
    """Why a deviation is withdrawn."""

    reason: Reason = Reason.MISTAKE


class SameAs(Body):
    """The deviation that it is the same as: its number or id."""

    other: Annotated[str, Field(coerce_numbers_to_str=True, examples=["4820173"])]


class Reply(Body):
    """The answer to the reporter."""

    reply: str


def _feature(session: Session, member: Member, deviation: Deviation) -> dict[str, Any]:
    return feature(session, deviation, member.letter)


@router.post("", status_code=201, response_model=Feature, responses={200: {"model": Feature, "description": AGAIN}})
def register(session: SessionDep, member: MemberDep, new: NewDeviation) -> GeoJson:
    """Register a deviation."""
    notice = intake.Notice(**new.model_dump(exclude={"id"}))
    done = intake.register(session, member, client_id=new.id, notice=notice)
    address = f"/api/v1/forums/{member.forum_slug}/deviations/{done.deviation.id}"
    headers = etag(done.deviation) | {"Location": address}
    return answer(_feature(session, member, done.deviation), 201 if done.created else 200, headers)


@router.get("", response_model=Collection, openapi_extra={"parameters": PARAMETERS})
def find(
    session: SessionDep,
    member: MemberDep,
    wanted: FilterDep,
    memory: MemoryDep,
    limit: Annotated[int, Query(description="Rows of a page, 1 to 10000")] = 100,
    cursor: Annotated[str | None, Query(max_length=200, description="`next` of the page before")] = None,
) -> GeoJson:
    """Find deviations, the newest first."""

    def ask() -> Page:
        return pages.find(session, member, wanted, FEATURE, limit=limit, cursor=cursor, letter=member.letter)

    page = memory.recall(session, member, wanted, (limit, cursor), ask)
    finding.note(session, member, "list", page)
    return answer(collection(page))


@router.get("/alike", response_model=Collection)
def alike(session: SessionDep, member: MemberDep, lon: str, lat: str, category: str, occurred_from: str) -> GeoJson:
    """Find live deviations of the same group close by in place and time."""
    found = intake.alike(
        session,
        member,
        lon=coordinate(lon, "lon"),
        lat=coordinate(lat, "lat"),
        category=category,
        occurred_from=clock.to_utc(occurred_from, "occurred_from"),
    )
    page = pages.these(session, [row.id for row in found], FEATURE, letter=member.letter)
    finding.note(session, member, "alike", page)
    return answer(collection(page))


@router.get("/{reference}", response_model=FeatureWithHistory)
def read(session: SessionDep, member: MemberDep, reference: str) -> GeoJson:
    """Read one deviation, by id or number, with its history."""
    deviation = deviations.read(session, member, reference_of(reference))
    codes = categories.codes_of(session, member.forum_id)
    history = [line(done, codes) for done in deviations.history_of(session, member, deviation)]
    return answer(_feature(session, member, deviation) | {"history": history}, headers=etag(deviation))


@router.patch("/{reference}", response_model=Feature)
def amend(
    session: SessionDep,
    member: MemberDep,
    deviation: DeviationDep,
    changes: Changes,
    if_match: IfMatch = None,
) -> GeoJson:
    """Change a deviation that nobody else has changed since the version in If-Match; 412 carries the newer state."""
    try:
        seen = seen_version(if_match, deviation.version)
        amended = intake.amend(session, member, deviation, seen, changes.model_dump(exclude_unset=True))
    except Stale as stale:
        stale.current = _feature(session, member, deviation)
        raise
    return answer(_feature(session, member, amended), headers=etag(amended))


@router.post("/{reference}/withdrawal", response_model=Feature)
def withdraw(session: SessionDep, member: MemberDep, deviation: DeviationDep, why: Withdrawal) -> GeoJson:
    """Withdraw a deviation: its words go, a tombstone stays."""
    deviations.withdraw(session, member, deviation, reason=why.reason)
    return answer(_feature(session, member, deviation), headers=etag(deviation))


@router.post("/{reference}/undo", response_model=Feature)
def undo(session: SessionDep, member: MemberDep, deviation: DeviationDep) -> GeoJson:
    """Take back a deviation within ten minutes."""
    deviations.undo(session, member, deviation)
    return answer(_feature(session, member, deviation), headers=etag(deviation))


@router.post("/{reference}/same-as", response_model=Feature)
def same_as(session: SessionDep, member: MemberDep, deviation: DeviationDep, which: SameAs) -> GeoJson:
    """Say that a deviation is the same as another."""
    deviations.same_as(session, member, deviation, _other(session, member, which.other))
    return answer(_feature(session, member, deviation), headers=etag(deviation))


@router.post("/{reference}/look-at", response_model=Feature)
def look_at(session: SessionDep, member: MemberDep, deviation: DeviationDep) -> GeoJson:
    """Note that the forum has looked at it."""
    deviations.look_at(session, member, deviation)
    return answer(_feature(session, member, deviation), headers=etag(deviation))


@router.post("/{reference}/answer", response_model=Feature)
def reply(session: SessionDep, member: MemberDep, deviation: DeviationDep, said: Reply) -> GeoJson:
    """Answer the reporter: what came of it."""
    deviations.answer(session, member, deviation, reply=said.reply)
    return answer(_feature(session, member, deviation), headers=etag(deviation))


@router.get("/{reference}/chain", response_model=ChainModel)
def follow(session: SessionDep, member: MemberDep, deviation: DeviationDep) -> GeoJson:
    """Return what a deviation led to, as far as the reader may see."""
    return chain_of(member, chain.of_deviation(session, member, deviation))


def _other(session: Session, member: Member, reference: str) -> Deviation:
    try:
        return deviations.get(session, member, reference_of(reference))
    except NotFound as error:
        remedy = N_("Give the number or the id of a deviation that you see.")
        raise NotFound(field="other", value=reference, remedy=remedy) from error
