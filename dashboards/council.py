"""The room of the yearly report to the council (årsrapport): a year, an audience, one press, two files."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from dashboards import clocks, view
from dashboards.documents import listed
from dashboards.picture import audience_of
from dashboards.readers import Here, InForum
from dashboards.shown import FOR
from dashboards.view import Form, plain
from forum.foundation.audience import Audience
from forum.foundation.errors import Invalid
from forum.foundation.language import N_, text
from forum.people.agreements import today
from forum.people.policy import Action, require
from forum.work import documents, yearly
from forum.work.documents import Kind

router = APIRouter()
ROOM = "/{forum}/lagesbild/arsrapport"
YEARS = 4
"""That are offered: the present one and those before it."""


@router.get(ROOM)
def show(request: Request, here: InForum) -> HTMLResponse:
    """Show what the report will hold, and those that were made."""
    require(here.member, Action.COUNCIL_REPORT)
    return _room(request, here)


@router.post(ROOM)
def make(request: Request, here: InForum, form: Form) -> Response:
    """Let the report of a year be written, for paper and for Word."""
    try:
        year, audience = _year(plain(form, "year")), audience_of(form)
        first, last = yearly.days_of(year)
        days = {"first": first.isoformat(), "last": last.isoformat()}
        ordered = documents.order(
            here.session,
            here.member,
            Kind.COUNCIL,
            audience=audience,
            language=view.language_of(request),
            wanted={"year": str(year), **days},
        )
    except Invalid as error:
        here.session.rollback()
        return _room(request, here, status=422, errors=view.said(error, view.language_of(request)))
    return view.go(request, f"/{here.member.forum_slug}/dokument/{ordered.id}")


def _year(given: str) -> int:
    if not (given.isascii() and given.isdecimal() and len(given) == 4):
        raise Invalid(
            N_("This is no year."), field="year", value=given, remedy=N_("Choose this year or one before it.")
        )
    return int(given)


def _room(request: Request, here: Here, *, status: int = 200, **more: Any) -> HTMLResponse:
    language = view.language_of(request)
    audiences = [a for a in FOR if a is not Audience.AUTHORITIES or here.member.authority]
    context = {
        "room": "picture",
        "years": [(str(year), str(year)) for year in range(today().year, today().year - YEARS, -1)],
        "audiences": [(a.value, text(FOR[a], language)) for a in audiences],
        "clocks": clocks.of_forum(here.session, here.member, language),
        "printed": listed(here, Kind.COUNCIL, language),
    }
    return view.render(request, "council.html", status=status, **(context | more))
