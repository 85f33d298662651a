"""The list of deviations (listan): the rows that the address asks for, page by page, with the exact count."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import Request
from sqlalchemy.orm import Session

from dashboards import also, choices, downloads, rows, view
from dashboards.live import live
from dashboards.map import describe, found, read
from dashboards.selection import Picked
from forum.people import organisations
from forum.people.members import Member
from forum.register import finding
from forum.register.finding import Filter

SHOWN = 50
"""Rows on a page."""


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
        "also": [] if cursor or errors else also.found(session, member, picked.q, base, language),
        "found": numbers,
        "say": ", ".join(describe(picked, member, language)),
        **hearing,
        "download": downloads.of_selection(member, picked, wanted, language),
        **choices.for_selection(session, member, picked, _countable(wanted, errors), partners, path, language),
    }


def _countable(wanted: Filter, errors: dict[str, str]) -> Filter:
    """Return the filter to count by: the part that could be read."""
    return replace(wanted, categories=(), area=None) if errors else wanted
