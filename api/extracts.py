"""One's own extract over HTTP (registerutdrag): all that is held on the account that asks, why, and how long."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.deps import AccountDep, SessionDep
from api.geojson import GeoJson, answer
from api.reading import JsonRoute
from forum.foundation import clock
from forum.foundation.language import text
from forum.people import accounts
from forum.work import extracts
from forum.work.extracts import Part

router = APIRouter(prefix="/api/v1/me", tags=["forums"], route_class=JsonRoute, default_response_class=GeoJson)


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


@router.get("/extract", response_model=Extract)
def mine(session: SessionDep, account_id: AccountDep) -> GeoJson:
    """Return all that is held on the account that asks, with its purpose and how long it is kept."""
    account = accounts.of(session, account_id)
    email, language = account.email, account.language
    found = extract(email, extracts.of_account(session, account_id), language)
    return answer(found, headers={"Content-Disposition": 'attachment; filename="extract.json"'})


def extract(email: str, parts: list[Part], language: str) -> dict[str, Any]:
    """Return an extract in the words of its reader."""
    said = [vars(part) | {n: text(getattr(part, n), language) for n in ("purpose", "kept")} for part in parts]
    return {"email": email, "made_at": clock.now(), "parts": said}
