"""The map room (kartan): the first screen, with what is new, the selection, the map and the list beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session
from starlette.datastructures import QueryParams

from dashboards import choices, clocks, downloads, rows, view, weeks, words
from dashboards.live import live
from dashboards.readers import InForum
from dashboards.selection import Picked
from forum.foundation import clock
from forum.foundation.errors import Invalid, NotFound
from forum.foundation.language import N_, text
from forum.people import members, organisations
from forum.people.agreements import today
from forum.people.members import Member
from forum.people.policy import Action, may
from forum.register import deviations, finding, views
from forum.register.deviations import Status
from forum.register.finding import Filter, Page
from forum.work import meetings

router = APIRouter()

SHOWN = 12
"""Rows beside the map."""
RECENT = timedelta(days=90)
"""The period that the first screen shows before anything is chosen."""
OPEN = (Status.NEW, Status.LOOKED_AT, Status.AT_PLACE)
PERIOD = ("from", "to", "until")
IN_BROWSER = ("from_", "until", "to", "category", "who", "organisation", "hour", "weekday")
LEFT_OPEN = {name: getattr(Picked(), name) for name in IN_BROWSER}
"""What the map asks of the points that it has loaded, so that a choice is drawn at once: `static/matching.js`."""


@router.get("/{forum}/")
def first(request: Request, here: InForum) -> Response:
    """Lead to the forum's first screen."""
    return view.go(request, f"/{here.member.forum_slug}/karta")


@router.get("/{forum}/karta")
def show(request: Request, here: InForum) -> HTMLResponse:
    """Show the map with the list beside it."""
    return view.render(request, "map.html", **room(request, here.session, here.member, request.query_params))


def room(
    request: Request, session: Session, member: Member, query: QueryParams, wrong: dict[str, str] | None = None
) -> dict[str, Any]:
    """Return all that the map room shows of the query's selection; `wrong` is what a form was refused for."""
    language, path = view.language_of(request), f"{view.prefix(request)}/{member.forum_slug}/karta"
    hearing = live(session, member)
    since = members.visit(session, member)
    picked = with_period(query)
    partners = organisations.all_of(session, member.forum_id)
    wanted, errors = read(picked, partners, language)
    page = found(session, member, wanted, SHOWN, errors)
    newest = finding.find(session, member, Filter(), limit=1)
    listed = rows.rows_of(session, member, page.rows, language, since=since, base=view.prefix(request))
    return {
        "room": "map",
        "errors": errors | (wrong or {}),
        "rows": [(row, f"{path}?{picked.query()}&chosen={row.nr}") for row in listed],
        "chosen": _chosen(request, session, member, language),
        "close_url": f"{path}?{picked.query()}",
        "since": words.moment(since, language) if since else "",
        "since_iso": clock.stamp(since) if since else "",
        "found": _numbers(session, member, page, newest, since, language)
        | _addresses(request, member, picked, wanted, path),
        "say": ", ".join(describe(picked, member, language)),
        "period": describe(picked, member, language)[0],
        "kept": _kept(session, member, path),
        "meeting": _meeting(request, session, member, language),
        "clock": _clock(session, member, language),
        "may_share": may(member, Action.VIEW_SHARE),
        "shared": None if errors else finding.shared(session, member, wanted),
        "weeks": weeks.in_weeks(session, member, picked, wanted, language),
        "api": f"/api/v1/forums/{member.forum_slug}",
        **hearing,
        "download": downloads.of_selection(member, picked, wanted, language),
        **choices.for_selection(session, member, picked, wanted, partners, path, language),
    }


def with_period(query: QueryParams) -> Picked:
    """Return what the address asks for, of the latest months where it names no period."""
    picked = Picked.of(query)
    if any(name in query for name in PERIOD):
        return picked
    return replace(picked, from_=(today() - RECENT).isoformat())


def _meeting(request: Request, session: Session, member: Member, language: str) -> dict[str, str] | None:
    """Return when the forum meets next, and where that is prepared."""
    coming = meetings.coming(session, member)
    if coming is None:
        return None
    url = f"{view.prefix(request)}/{member.forum_slug}/moten/{coming.day}"
    return {"when": words.moment(coming.starts_at, language, year=False), "url": url}


def _clock(session: Session, member: Member, language: str) -> clocks.Told | None:
    """Return which of the forum's clocks of two years those who lead look at first."""
    if not may(member, Action.PICTURE_ADOPT):
        return None
    return clocks.most_urgent(clocks.of_forum(session, member, language))


def _kept(session: Session, member: Member, path: str) -> list[dict[str, Any]]:
    """Return the selections that were kept, each with its address and whether the member may take it away."""
    return [
        {
            "id": kept.id,
            "name": kept.name,
            "shared": kept.shared,
            "url": f"{path}?{kept.query}",
            "removable": may(member, Action.VIEW_SHARE) if kept.shared else True,
        }
        for kept in views.all_of(session, member)
    ]


def read(picked: Picked, partners: list[organisations.Organisation], language: str) -> tuple[Filter, dict[str, str]]:
    """Return the filter that is chosen, or none with what is wrong in it."""
    try:
        return picked.filter(partners), {}
    except Invalid as error:
        return Filter(), view.said(error, language)


NOTHING = Page(rows=[], matched=0, restricted=0)


def found(
    session: Session, member: Member, wanted: Filter, limit: int, errors: dict[str, str], cursor: str | None = None
) -> Page:
    """Return the rows that are wanted, none where the selection could not be read."""
    if errors:
        return NOTHING
    try:
        page = finding.find(session, member, wanted, limit=limit, cursor=cursor)
    except (Invalid, NotFound) as error:
        errors[error.field or ""] = error.say(member.language)
        return NOTHING
    finding.note(session, member, "list", page)
    return page


def describe(picked: Picked, member: Member, language: str) -> tuple[str, str]:
    """Return the period and the area in words: 1 aug–15 okt 2023, and hela Farsta."""
    first_day, last_day = picked.first_day, picked.last_day
    if first_day:
        when = words.period(first_day, last_day or today(), language)
    elif last_day:
        when = text(N_("up to and including %(day)s"), language, day=words.day(last_day, language, weekday=False))
    else:
        when = text(N_("the whole time"), language)
    short = member.forum_name.removesuffix(" trygghetsforum")
    area = picked.area_name or text(N_("the whole of %(forum)s"), language, forum=short)
    where = text(N_("a part of the map"), language) if picked.bbox else area
    return when, where


def _chosen(request: Request, session: Session, member: Member, language: str) -> rows.Row | None:
    number = request.query_params.get("chosen", "")
    if not number.isdecimal() or len(number) > 9:
        return None
    try:
        deviation = deviations.read(session, member, int(number))
    except NotFound:
        return None
    return rows.rows_of(session, member, [deviation], language, base=view.prefix(request))[0]


def _numbers(
    session: Session, member: Member, page: Page, newest: Page, since: datetime | None, language: str
) -> dict[str, Any]:
    new = finding.find(session, member, Filter(created_since=since), limit=1).matched if since else 0
    mine = Filter(organisations=(member.organisation_id or UUID(int=0),), statuses=OPEN)
    until = words.day(newest.rows[0].occurred_from, language) if newest.rows else ""
    return {
        "matched": page.matched,
        "total": newest.matched,
        "unknown_hour": page.unknown_hour,
        "until": until,
        "new": new,
        "mine": finding.find(session, member, mine, limit=1).matched,
    }


def _addresses(request: Request, member: Member, picked: Picked, wanted: Filter, path: str) -> dict[str, str]:
    listed = f"{view.prefix(request)}/{member.forum_slug}/avvikelser"
    mine = Picked(organisation=(str(member.organisation_id),), status=tuple(s.value for s in OPEN))
    return {
        "here": path,
        "clear_url": path,
        "all_url": f"{path}?{picked.query(from_='', until='', to='')}"
        if picked.from_ or picked.until or picked.to
        else "",
        "list_url": f"{listed}?{picked.query()}",
        "areas_url": f"{path}/omraden?{picked.query()}",
        "mine_url": f"{listed}?{mine.query()}",
        "api_query": picked.api_query(wanted),
        "api_whole": replace(picked, **LEFT_OPEN).api_query(replace(wanted, organisations=())),
    }
