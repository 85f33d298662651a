"""Methods carried over as JSON (metodspridning): read by everybody, offered and taken over by who leads a forum."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.deps import MemberDep, Route, SessionDep
from forum.people.members import Member
from forum.prize import methods
from forum.prize.methods import Difference, Method, Use

router = APIRouter(prefix="/api/v1", tags=["prize"], route_class=Route)


class MethodModel(BaseModel):
    """A method as it was offered; the hash covers it."""

    id: UUID
    name: str
    about: str
    origin: str = Field(description="What the forum was called that offered it: who is credited")
    prize: str = Field(description="The edition that it won, empty where it won none")
    offered_at: datetime
    ended: bool
    categories: list[dict[str, Any]]
    cycle: dict[str, Any] | None
    measures: list[dict[str, Any]] = Field(
        description="By the catalogue's code: how often it was carried out, and how many cards say what; None of few"
    )
    months: list[int]
    hash: str


class UseModel(BaseModel):
    """That a forum took a method over, as both forums may know it."""

    method: UUID
    name: str
    origin: str
    taker: str
    added: list[str] | None = Field(description="Codes of the categories; None for the origin, which is not told")
    cycle: bool
    taken_at: datetime


class Ours(BaseModel):
    """What a forum has offered, and what it and others have taken over."""

    offered: list[MethodModel]
    taken: list[UseModel]
    used_by: list[UseModel]


class OtherModel(BaseModel):
    """A category that is there in both and stays as it is here."""

    code: str
    theirs: str
    ours: str
    retired: bool
    fields: list[str]


class DifferenceModel(BaseModel):
    """What taking a method over would bring, and what would stay as it is."""

    missing: list[str]
    alike: int
    other: list[OtherModel]
    has_cycle: bool


class Offer(BaseModel):
    """A method to be offered: the rest is as the forum works today."""

    name: str
    about: str = ""
    nomination: UUID | None = Field(None, description="A nomination of the forum that has won")


class Adoption(BaseModel):
    """How a method is taken over."""

    cycle: bool = Field(False, description="Meet as they do, also where the forum has a cycle")


@router.get("/methods")
def show_all(session: SessionDep) -> list[MethodModel]:
    """Return every method that is offered, the newest first; no sign-in is needed."""
    return [_method(each) for each in methods.all_of(session)]


@router.get("/methods/{reference}")
def show(session: SessionDep, reference: UUID) -> MethodModel:
    """Return a method that is offered; no sign-in is needed."""
    return _method(methods.get(session, reference))


@router.get("/forums/{forum}/methods")
def ours(session: SessionDep, member: MemberDep) -> Ours:
    """Return what the forum has offered and taken over, and who has taken over what it offered."""
    used = methods.uses(session, member)
    return Ours(
        offered=[_method(each) for each in methods.offered(session, member)],
        taken=[_use(use, of, member) for use, of in used if use.forum_id == member.forum_id],
        used_by=[_use(use, of, member) for use, of in used if use.origin_id == member.forum_id],
    )


@router.post("/forums/{forum}/methods", status_code=201)
def offer(session: SessionDep, member: MemberDep, body: Offer) -> MethodModel:
    """Offer the forum's method as it stands today; anybody may read it from now on."""
    return _method(methods.offer(session, member, name=body.name, about=body.about, nomination=body.nomination))


@router.get("/forums/{forum}/methods/{reference}/difference")
def compare(session: SessionDep, member: MemberDep, reference: UUID) -> DifferenceModel:
    """Return what taking the method over would bring, and what would stay as it is."""
    return _difference(methods.difference(session, member, methods.get(session, reference)))


@router.post("/forums/{forum}/methods/{reference}/adoption", status_code=201)
def adopt(session: SessionDep, member: MemberDep, reference: UUID, body: Adoption) -> UseModel:
    """Take a method over: the categories that the forum has not, and the cycle where it has none or it is wished."""
    found = methods.get(session, reference)
    return _use(methods.adopt(session, member, found, cycle=body.cycle), found, member)


@router.post("/forums/{forum}/methods/{reference}/ending")
def end(session: SessionDep, member: MemberDep, reference: UUID) -> MethodModel:
    """End the offer; who has taken the method over keeps it."""
    methods.end(session, member, methods.get(session, reference))
    return _method(methods.get(session, reference))


def _method(method: Method) -> MethodModel:
    content = method.content
    return MethodModel(
        id=method.id,
        name=method.name,
        about=method.about,
        origin=method.origin,
        prize=method.prize,
        offered_at=method.offered_at,
        ended=method.ended_at is not None,
        categories=content["categories"],
        cycle=method.cycle,
        measures=content["measures"],
        months=method.months,
        hash=bytes(method.hash).hex(),
    )


def _use(use: Use, method: Method, member: Member) -> UseModel:
    return UseModel(
        method=method.id,
        name=method.name,
        origin=method.origin,
        taker=use.taker,
        added=use.added if use.forum_id == member.forum_id else None,
        cycle=use.cycle,
        taken_at=use.taken_at,
    )


def _difference(found: Difference) -> DifferenceModel:
    other = [OtherModel(**vars(each) | {"fields": list(each.fields)}) for each in found.other]
    missing = [entry["code"] for entry in found.missing]
    return DifferenceModel(missing=missing, alike=found.alike, other=other, has_cycle=found.cycle is not None)
