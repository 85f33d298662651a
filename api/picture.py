"""The situational picture as JSON (lägesbilden): the figures of a period, for a stated audience."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.deps import MemberDep, SessionDep
from api.errors import language_of
from api.reading import JsonRoute
from forum.foundation.audience import Audience
from forum.foundation.journal import canonical
from forum.people.agreements import today
from mapping import picture, public_picture
from mapping.periods import latest_months
from mapping.picture import Picture
from mapping.public_picture import PublicPicture

router = APIRouter(prefix="/api/v1/forums/{forum}", tags=["picture"], route_class=JsonRoute)
FromDep = Annotated[date | None, Query(alias="from", description="First day; without it the latest three whole months")]
ToDep = Annotated[date | None, Query(alias="to", description="The day after the last one")]
AudienceDep = Annotated[Audience, Query(description="For whom: only what all of them may see is counted")]


@dataclass(frozen=True, kw_only=True)
class NamedPicture(Picture):
    """The picture, with what its codes and numbers are called in the reader's language."""

    names: dict[str, dict[str, str]]


@router.get("/picture", response_model=NamedPicture | PublicPicture)
def show(
    request: Request,
    session: SessionDep,
    member: MemberDep,
    first: FromDep = None,
    end: ToDep = None,
    audience: AudienceDep = Audience.FORUM,
) -> Response:
    """Return the situational picture of a period: counts, comparisons with their intervals, and who reported.

    For everybody it is the sum of what was published of the period's months.
    """
    latest = latest_months(today())
    found = public_picture.made(session, member, audience, first or latest.first, end or latest.end)
    if isinstance(found, PublicPicture):
        body = canonical(picture.as_plain(found))
    else:
        body = canonical(picture.named(session, found, member.forum_id, language_of(request)))
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})
