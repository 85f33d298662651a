"""Compiled minutes of a period (sammanställda protokoll): what was decided when, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from dashboards import minuted, view, words
from dashboards.documents import listed
from dashboards.minuted import Minutes
from dashboards.picture import Asked, asked
from dashboards.readers import InForum
from dashboards.shown import FOR
from dashboards.view import Form
from forum.foundation.audience import Audience
from forum.foundation.language import N_, text
from forum.people.members import Member
from forum.work import documents, meetings
from forum.work.documents import Kind
from forum.work.meetings import Status

router = APIRouter()
ROOM = "/{forum}/protokoll"


@dataclass(frozen=True)
class Compiled:
    """The minutes of all meetings of a period without their maps, the oldest first."""

    title: str
    period: str
    for_whom: str
    meetings: list[Minutes]

    @property
    def decided(self) -> int:
        """Return how many decisions hold."""
        sections = [section for each in self.meetings for section in each.sections]
        return sum(not row.instead for section in sections for row in section.decided)


def of(session: Session, member: Member, wanted: Asked, language: str) -> Compiled:
    """Return the compiled minutes of a period, for an audience."""
    period = words.period(wanted.first, wanted.last, language)
    made = [
        minuted.of(session, member, meeting, wanted.audience, language, drawn=False)
        for meeting in _met(session, member, wanted.first, wanted.last)
    ]
    title = text(N_("Decisions of the forum, %(period)s"), language, period=period)
    return Compiled(title, period, text(FOR[wanted.audience], language), made)


def _met(session: Session, member: Member, first: date, last: date) -> Iterator[meetings.Meeting]:
    for meeting in reversed(meetings.all_of(session, member)):
        if first <= meeting.day <= last and Status(meeting.status) in meetings.BEGUN:
            yield meeting


@router.get(ROOM)
def show(request: Request, here: InForum) -> HTMLResponse:
    """Show what was decided in the period that is chosen."""
    wanted, language = asked(request.query_params), view.language_of(request)
    audiences = [a for a in (Audience.FORUM, Audience.AUTHORITIES) if a is Audience.FORUM or here.member.authority]
    context: dict[str, Any] = {
        "room": "meetings",
        "said": of(here.session, here.member, wanted, language),
        "wanted": wanted,
        "audiences": [(a.value, text(FOR[a], language)) for a in audiences],
        "printed": listed(here, Kind.COMPILED, language),
    }
    return view.render(request, "compiled.html", **context)


@router.post(ROOM + "/pdf")
def print_(request: Request, here: InForum, form: Form) -> Response:
    """Let the compiled minutes be printed."""
    wanted, language = asked(form), view.language_of(request)
    days = {"first": wanted.first.isoformat(), "last": wanted.last.isoformat()}
    ordered = documents.order(
        here.session, here.member, Kind.COMPILED, audience=wanted.audience, language=language, wanted=days
    )
    return view.go(request, f"/{here.member.forum_slug}/dokument/{ordered.id}")
