"""What the public may read, as JSON (offentlig redovisning): a forum's published months, without signing in."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from api.deps import Route, SessionDep
from forum.work import publications

router = APIRouter(prefix="/api/v1/public", tags=["public"], route_class=Route)
KEPT_BY_CACHES = "public, max-age=300"
"""So long a closed page may still be read."""
ALL = 1200
"""Months that are answered at most."""


class Group(BaseModel):
    """A category group as it was called."""

    code: str
    sv: str
    en: str


class Work(BaseModel):
    """Measures of one kind in one area that are as far."""

    state: str = Field(description="done, under_way or promised")
    month: str = Field(description="In which it was done or is to be done", examples=["2026-10"])
    area: str | None
    nature: str
    kind: str | None = Field(description="Of the catalogue, None for another")
    number: int


class Content(BaseModel):
    """What was published of a month; the hash covers it."""

    version: int
    forum: str
    month: str = Field(examples=["2026-10"])
    areas: list[str]
    groups: list[Group]
    counts: list[list[int | None]] = Field(
        description="A line for each area and one for all of them; a column for each group and one for all of them. "
        "None is a count that is not shown: it may be none."
    )
    reporters: int | None = Field(description="How many organisations registered something")
    measures: list[Work]


class Published(BaseModel):
    """One month."""

    content: Content
    hash: str = Field(description="SHA-256 of the content, its keys in order and without space")
    made_on: date


class Publications(BaseModel):
    """A forum's published months, the newest first; everything in a demo is invented."""

    forum: str
    demo: bool
    issues: list[Published]


@router.get("/{forum}")
def show(session: SessionDep, response: Response, forum: Annotated[str, Path(max_length=40)]) -> Publications:
    """Return everything that a forum has published, where its page is open; no sign-in is needed."""
    found = publications.open_to_all(session, forum, ALL)
    response.headers["Cache-Control"] = KEPT_BY_CACHES
    issues = [Published.model_validate(vars(issue)) for issue in found.issues]
    return Publications(forum=found.forum, demo=found.demo, issues=issues)
