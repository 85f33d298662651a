"""Splitting a place on its page (delning): the part is drawn, and what hands put there is shared out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.errors import status_of
from dashboards import rows, view
from dashboards.places import PAGE, drawn_of, get, version_of
from dashboards.readers import Here, InForum
from dashboards.view import Form, plain
from forum.foundation.audience import Visibility
from forum.foundation.errors import ForumError
from forum.people.policy import Action, require
from forum.register import splits
from forum.register.places import Place

router = APIRouter()
TYPED = ("name", "geometry", "radius_m", "reason")
RADIUS = "50"
"""Metres that a new part reaches at first."""


@router.get(PAGE + "/dela")
def show(request: Request, here: InForum, nr: str) -> HTMLResponse:
    """Show the place, to draw a part of it."""
    require(here.member, Action.PLACE_CLOSE)
    place = get(here, nr)
    middle = place.reach.representative_point()
    start = {"geometry": orjson.dumps(middle.__geo_interface__).decode(), "radius_m": RADIUS}
    return view.render(request, "split.html", **_form(request, here, place, start, frozenset()))


@router.post(PAGE + "/dela")
def split(request: Request, here: InForum, nr: str, form: Form) -> Response:
    """Split the place, and go to the part that was drawn."""
    place = get(here, nr)
    chosen = frozenset(value for value in form.getlist("moved") if isinstance(value, str))
    there = {str(each.nr): each.id for each in splits.by_hand(here.session, here.member, place)}
    moved = frozenset(there[number] for number in chosen & there.keys())
    try:
        made = _split(here, place, form, moved)
    except ForumError as error:
        here.session.rollback()
        typed = {name: plain(form, name) for name in TYPED}
        context = _form(request, here, get(here, nr), typed, chosen) | view.refusal(request, error)
        return view.render(request, "split.html", status=status_of(error), **context)
    return view.go(request, f"/{here.member.forum_slug}/platser/{made.nr}", done="split")


def _split(here: Here, place: Place, form: Form, moved: frozenset[UUID]) -> Place:
    part, why = drawn_of(form, Visibility(place.visibility)), plain(form, "reason")
    _, made = splits.carve(here.session, here.member, place, part, reason=why, moved=moved, version=version_of(form))
    return made


def _form(request: Request, here: Here, place: Place, typed: dict[str, str], chosen: frozenset[str]) -> dict[str, Any]:
    session, member, language = here.session, here.member, view.language_of(request)
    found = splits.by_hand(session, member, place)
    listed = rows.rows_of(session, member, found, language, base=view.prefix(request))
    return {
        "room": "places",
        "place": place,
        "typed": typed,
        "refused": "",
        "api": f"/api/v1/forums/{member.forum_slug}",
        "around": orjson.dumps(place.reach.__geo_interface__).decode(),
        "by_hand": [(row, str(row.nr) in chosen) for row in listed],
    }
