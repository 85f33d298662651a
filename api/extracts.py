"""Extracts over HTTP (registerutdrag): all that is held on the account that asks, or of an organisation's address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.deps import AccountDep, MemberDep, Reference, SessionDep, reference_of
from api.geojson import GeoJson, answer
from api.reading import JsonRoute
from forum.foundation import clock
from forum.foundation.errors import NotFound
from forum.foundation.language import text
from forum.people import accounts
from forum.prize.extracts import of_account as of_the_prize
from forum.work import extracts
from forum.work.extracts import Part

router = APIRouter(prefix="/api/v1", tags=["forums"], route_class=JsonRoute, default_response_class=GeoJson)


class PartModel(BaseModel):
    """What is held of one kind."""

    what: str = Field(examples=["subscriptions"])
    forum: str | None = Field(description="The forum where it is held; null for the account itself")
    purpose: str
    kept: str = Field(description="How long it is kept")
    rows: list[dict[str, Any]]


class Extract(BaseModel):
    """All that is held on one e-mail address."""

    email: str
    made_at: datetime
    parts: list[PartModel]


@router.get("/me/extract", response_model=Extract)
def mine(session: SessionDep, account_id: AccountDep) -> GeoJson:
    """Return all that is held on the account that asks, with its purpose and how long it is kept."""
    account = accounts.of(session, account_id)
    email, language = account.email, account.language
    held = [*extracts.of_account(session, account_id), *of_the_prize(session, account_id)]
    found = extract(email, held, language)
    return answer(found, headers={"Content-Disposition": 'attachment; filename="extract.json"'})


@router.get("/forums/{forum}/organisations/{reference}/extract", response_model=Extract)
def of_contact(session: SessionDep, member: MemberDep, reference: Reference) -> GeoJson:
    """Return what is held of the address at which an organisation without accounts is written to."""
    wanted = reference_of(reference)
    if isinstance(wanted, int):
        raise NotFound
    parts = extracts.of_organisation(session, member, wanted)
    return answer(extract(parts[0].rows[0]["email"], parts, member.language))


def extract(email: str, parts: list[Part], language: str) -> dict[str, Any]:
    """Return an extract in the words of its reader."""
    said = [vars(part) | {n: text(getattr(part, n), language) for n in ("purpose", "kept")} for part in parts]
    return {"email": email, "made_at": clock.now(), "parts": said}
