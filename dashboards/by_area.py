"""The counts by area (antal per område): the map's layer of areas as a table, by the same selection as the list."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from dashboards import choices, view
from dashboards.map import describe, found, read, with_period
from dashboards.readers import InForum
from forum.people import organisations
from forum.register import finding

router = APIRouter()


@router.get("/{forum}/karta/omraden")
def show(request: Request, here: InForum) -> HTMLResponse:
    """Show how many of the chosen deviations lie in each area; each count leads to the map of that area."""
    session, member, language = here.session, here.member, view.language_of(request)
    picked = with_period(request.query_params)
    wanted, errors = read(picked, organisations.all_of(session, member.forum_id), language)
    page = found(session, member, wanted, 1, errors)
    parts = dict(choices.areas_of(session, member))
    counts = {} if errors else finding.counts_in_areas(session, member, wanted, list(parts))
    room = f"{view.prefix(request)}/{member.forum_slug}/karta"
    return view.render(
        request,
        "by_area.html",
        room="map",
        errors=errors,
        rows=[
            (name, counts[asked], f"{room}?{replace(picked, area=asked).query()}")
            for asked, name in parts.items()
            if asked in counts
        ],
        matched=page.matched,
        say=", ".join(describe(picked, member, language)),
        back_url=f"{room}?{picked.query()}",
    )
