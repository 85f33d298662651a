"""Selections kept under a name (sparade urval): the forms beside the map's selection."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import QueryParams

from dashboards import map as map_room
from dashboards import view
from dashboards.readers import InForum
from dashboards.selection import Picked
from dashboards.view import Form, plain
from forum.foundation.errors import Conflict, Invalid
from forum.register import views

router = APIRouter()


@router.post("/{forum}/urval")
def keep(request: Request, here: InForum, form: Form) -> Response:
    """Keep the selection under the name that was given."""
    query = QueryParams(plain(form, "query"))
    picked, shared = Picked.of(query), plain(form, "shared") == "yes"
    try:
        views.keep(here.session, here.member, name=plain(form, "name"), query=picked.query(), shared=shared)
    except (Invalid, Conflict) as error:
        here.session.rollback()
        wrong = {"name": error.say(view.language_of(request))}
        shown = map_room.room(request, here.session, here.member, query, wrong)
        return view.render(request, "map.html", status=409 if isinstance(error, Conflict) else 422, **shown)
    return view.go(request, f"/{here.member.forum_slug}/karta?{picked.query()}")


@router.post("/{forum}/urval/{kept}/bort")
def remove(request: Request, here: InForum, kept: UUID, form: Form) -> Response:
    """Remove a selection, and stay with the one that is shown."""
    views.remove(here.session, here.member, kept)
    picked = Picked.of(QueryParams(plain(form, "query")))
    return view.go(request, f"/{here.member.forum_slug}/karta?{picked.query()}")
