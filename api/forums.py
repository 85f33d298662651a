"""A forum over HTTP: its categories, partners, areas and ground (forum)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from api.deps import AccountDep, MemberDep, Route, SessionDep
from api.geojson import GeoJson, Outlines, answer, shapes
from forum.foundation.geometry import shape_of
from forum.foundation.language import Language
from forum.people import accounts, forums, members, organisations
from forum.people.agreements import today
from forum.people.organisations import Kind
from forum.people.policy import Role
from forum.register import areas, categories

router = APIRouter(prefix="/api/v1", tags=["forums"], route_class=Route)


class AccountModel(BaseModel):
    """The one who signed in."""

    id: UUID
    email: str
    name: str
    language: Language


class Place(BaseModel):
    """An account's place in a forum."""

    forum: str
    name: str
    organisation: UUID | None
    organisation_name: str
    authority: bool
    role: Role


class Me(BaseModel):
    """The account, and its organisation and role in each forum."""

    account: AccountModel
    forums: list[Place]


class ForumModel(BaseModel):
    """A forum; everything in a demo is invented."""

    slug: str
    name: str
    demo: bool


class CategoryName(BaseModel):
    """A category's name in both languages."""

    sv: str
    en: str


class CategoryModel(BaseModel):
    """A kind of deviation: how it is drawn, how near and soon another one is perhaps the same, what is asked."""

    code: str
    name: CategoryName
    letter: str
    shape: str
    fill: str
    ink: str
    radius_m: int
    hours: int
    questions: list[dict[str, Any]]


class GroupModel(CategoryModel):
    """A group of kinds."""

    kinds: list[CategoryModel]


class Partner(BaseModel):
    """An organisation that takes part in a forum."""

    id: UUID
    name: str
    kind: Kind
    authority: bool
    parent: UUID | None


@router.get("/me", response_model=Me)
def me(session: SessionDep, account_id: AccountDep) -> dict[str, Any]:
    """Return the account, and its organisation and role in each forum."""
    account = accounts.of(session, account_id)
    own = forums.mine(session)
    acting = [members.acting(session, account_id, forum.slug) for forum in own]
    return {
        "account": {"id": account.id, "email": account.email, "name": account.name, "language": account.language},
        "forums": [
            {
                "forum": m.forum_slug,
                "name": m.forum_name,
                "organisation": m.organisation_id,
                "organisation_name": m.organisation_name,
                "authority": m.authority,
                "role": m.role,
            }
            for m in acting
        ],
    }


@router.get("/forums", response_model=list[ForumModel])
def mine(session: SessionDep, _: AccountDep) -> list[dict[str, Any]]:
    """Return the forums of the signed-in account."""
    return [{"slug": f.slug, "name": f.name, "demo": f.demo} for f in forums.mine(session)]


@router.get("/forums/{forum}", response_model=ForumModel)
def forum(member: MemberDep) -> dict[str, Any]:
    """Return the forum."""
    return {"slug": member.forum_slug, "name": member.forum_name, "demo": member.demo}


@router.get("/forums/{forum}/categories", response_model=list[GroupModel])
def tree(session: SessionDep, member: MemberDep) -> list[dict[str, Any]]:
    """Return the category tree: groups with their kinds."""
    known = categories.all_of(session, member.forum_id)
    return [
        _category(c) | {"kinds": [_category(k) for k in known if k.parent_id == c.id]} for c in known if not c.parent_id
    ]


@router.get("/forums/{forum}/organisations", response_model=list[Partner])
def partners(session: SessionDep, member: MemberDep) -> list[dict[str, Any]]:
    """Return the forum's partners."""
    return [
        {"id": o.id, "name": o.name, "kind": o.kind, "authority": o.authority, "parent": o.parent_id}
        for o in organisations.all_of(session, member.forum_id)
    ]


@router.get("/forums/{forum}/areas", response_class=GeoJson, response_model=Outlines)
def outlines(session: SessionDep, member: MemberDep) -> GeoJson:
    """Return the areas in and around the forum; `mine` tells those that it works in."""
    own = {area.id for area in session.scalars(areas.of_forum(member.forum_id, today()))}
    found, _ = areas.nearby(session, member.forum_id, today())
    return answer(
        shapes(({"kind": a.kind, "name": a.name, "code": a.code, "mine": a.id in own}, shape_of(a.geom)) for a in found)
    )


@router.get("/forums/{forum}/ground", response_class=GeoJson, response_model=Outlines)
def ground(session: SessionDep, member: MemberDep) -> GeoJson:
    """Return what the map draws: water, rail, paths, stops, schools."""
    _, found = areas.nearby(session, member.forum_id, today())
    return answer(shapes(({"kind": g.kind, "name": g.name}, shape_of(g.geom)) for g in found))


def _category(category: categories.Category) -> dict[str, Any]:
    plain = ("code", "letter", "shape", "fill", "ink", "radius_m", "hours", "questions")
    names = {"sv": category.sv, "en": category.en}
    return {"name": names, **{field: getattr(category, field) for field in plain}}
