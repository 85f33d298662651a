"""The list of deviations (listan): the rows that the address asks for, page by page, with the exact count."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from sqlalchemy.orm import Session

from dashboards import choices, downloads, rows, view
from dashboards.live import live
from dashboards.map import describe, found, read
from dashboards.selection import Picked
from forum.foundation.language import N_, text
from forum.people import organisations
from forum.people.members import Member
from forum.register import finding, whereabouts
from forum.register.finding import Filter

SHOWN = 50
"""Rows on a page."""
AROUND = 0.004
"""Degrees to the west and east of a place that the map shows: about 230 metres."""
KINDS = {"stop": N_("stop"), "school": N_("school"), "square": N_("square"), "street": N_("street")}


def page_of(request: Request, session: Session, member: Member) -> dict[str, Any]:
    """Return everything that the list shows."""
    language, base = view.language_of(request), view.prefix(request)
    path = f"{base}/{member.forum_slug}/avvikelser"
    hearing = live(session, member)
    picked, partners = Picked.of(request.query_params), organisations.all_of(session, member.forum_id)
    wanted, errors = read(picked, partners, language)
    cursor = request.query_params.get("cursor") or None
    page = found(session, member, wanted, SHOWN, errors, cursor)
    following = f"{path}?{picked.query()}&cursor={page.next}" if page.next else ""
    numbers = {
        "matched": page.matched,
        "total": finding.find(session, member, Filter(), limit=1).matched,
        "unknown_hour": page.unknown_hour,
        "here": path,
        "clear_url": path,
        "mine_url": "",
        "map_url": f"{base}/{member.forum_slug}/karta?{picked.query()}",
        "next_url": following,
        "next_count": SHOWN,
        "back_url": f"{path}?{picked.query()}" if cursor else "",
    }
    return {
        "room": "map",
        "errors": errors,
        "rows": rows.rows_of(session, member, page.rows, language, base=base),
        "places": [] if cursor or errors else _places(session, member, picked.q, base, language),
        "found": numbers,
        "say": ", ".join(describe(picked, member, language)),
        **hearing,
        "download": downloads.of_selection(member, picked, wanted, language),
        **choices.for_selection(session, member, picked, _countable(wanted, errors), partners, path, language),
    }


@dataclass(frozen=True)
class Place:
    """A place or an area whose name is like what was searched for, and its address on the map."""

    name: str
    kind: str
    url: str


def _places(session: Session, member: Member, q: str, base: str, language: str) -> list[Place]:
    """Return what a search finds besides deviations: areas first, then places, each leading to the map there."""
    path = f"{base}/{member.forum_slug}/karta"
    among = {name: asked for asked, name in choices.areas_of(session, member)} if q else {}
    found = [
        Place(name, text(N_("area"), language), f"{path}?{urlencode({'area': among[name]})}")
        for name in whereabouts.areas_like(session, sorted(among), q)
    ]
    for spot in whereabouts.named_like(session, member.forum_id, q):
        box = (spot.lon - AROUND, spot.lat - AROUND / 2, spot.lon + AROUND, spot.lat + AROUND / 2)
        window = urlencode({"bbox": ",".join(f"{edge:.5f}" for edge in box)})
        found.append(Place(spot.name, text(KINDS[spot.kind], language), f"{path}?{window}"))
    return found


def _countable(wanted: Filter, errors: dict[str, str]) -> Filter:
    """Return the filter to count by: the part that could be read."""
    return replace(wanted, categories=(), area=None) if errors else wanted
