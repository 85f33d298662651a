"""The room of meetings (möten): the coming one first, how often the forum meets, what waits for the steering group."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.errors import status_of
from dashboards import planning, view, words
from dashboards.measure import names_in
from dashboards.points import Teller
from dashboards.readers import Here, InForum
from dashboards.view import Form, plain
from forum.foundation import clock
from forum.foundation.errors import ForumError, Stale
from forum.foundation.language import N_, text
from forum.people.policy import Action, may, require
from forum.work import agenda, cycles, meetings
from forum.work.meetings import STATUS_WORDS, Meeting, Status
from mapping import agenda as bridge

router = APIRouter()
ROOM = "/{forum}/moten"
DONE = {"cycle": N_("The cycle is set.")}


@router.get(ROOM)
def show_all(request: Request, here: InForum) -> HTMLResponse:
    """Show the forum's meetings, the coming one first."""
    language, done = view.language_of(request), request.query_params.get("done", "")
    cycle = cycles.of_forum(here.session, here.member)
    coming = meetings.coming(here.session, here.member)
    leads = may(here.member, Action.MEETING_PLAN)
    return view.render(
        request,
        "meetings.html",
        room="meetings",
        done=text(DONE[done], language) if done in DONE else "",
        coming=_next(here, coming, language) if coming else None,
        meetings=[listed(meeting, language) for meeting in meetings.all_of(here.session, here.member)],
        cycle=planning.in_words(here, cycle, language) if cycle else None,
        suggested=planning.suggestion(here) if leads and cycle and not coming else None,
        upstairs=_upstairs(here, language),
        leads=leads,
    )


def address(meeting: Meeting) -> str:
    """Return what a meeting's page is found by: its day, or its id where another may have taken the day."""
    return str(meeting.id if meeting.status == Status.CANCELLED else meeting.day)


def listed(meeting: Meeting, language: str) -> dict[str, Any]:
    """Return a meeting as a line of a list."""
    return {
        "at": address(meeting),
        "iso": clock.stamp(meeting.starts_at),
        "when": words.moment(meeting.starts_at, language),
        "location": meeting.location,
        "status": text(STATUS_WORDS[Status(meeting.status)], language),
        "waiting": meeting.status in (Status.PLANNED, Status.UNDER_WAY),
        "cancelled": meeting.status == Status.CANCELLED,
        "under_way": meeting.status == Status.UNDER_WAY,
    }


def _next(here: Here, meeting: Meeting, language: str) -> dict[str, Any]:
    names = names_in(here)
    if meeting.status == Status.PLANNED:
        points = len(bridge.of(here.session, here.member, meeting, annexed=False).points)
    else:
        points = len(agenda.of_meeting(here.session, here.member, meeting))
    return listed(meeting, language) | {
        "span": words.span(meeting.starts_at, planning.until(meeting), language),
        "chair": names.get(meeting.chair_id, "–"),
        "points": points,
        "minutes": meeting.minutes,
    }


def _upstairs(here: Here, language: str) -> list[dict[str, Any]]:
    """Return what waits for the steering group, with the meeting that handed it there and why."""
    waiting = agenda.waiting(here.session, here.member)
    if not waiting:
        return []
    teller, met = Teller(here.session, here.member, language), _by_id(here)
    return [
        {
            "told": teller.tell(item),
            "at": address(met[item.meeting_id]),
            "day": words.day(met[item.meeting_id].day, language),
            "reason": agenda.escalation(here.session, item),
            "authorities": item.visibility == "authorities",
        }
        for item in waiting
    ]


def _by_id(here: Here) -> dict[Any, Meeting]:
    return {meeting.id: meeting for meeting in meetings.all_of(here.session, here.member)}


# --- planning ---------------------------------------------------------------------------------------------------------


@router.get(ROOM + "/nytt")
def show_new(request: Request, here: InForum) -> HTMLResponse:
    """Show the form of a new meeting, filled with the next day of the cycle."""
    require(here.member, Action.MEETING_PLAN)
    context = planning.choices(request, here) | {"meeting": None, "typed": planning.suggestion(here)}
    return view.render(request, "meeting_form.html", **context)


@router.post(ROOM)
def plan(request: Request, here: InForum, form: Form) -> Response:
    """Plan a meeting."""
    try:
        meeting = meetings.plan(here.session, here.member, planning.planned(form))
    except ForumError as error:
        return refused(request, here, form, error)
    return view.go(request, f"/{here.member.forum_slug}/moten/{address(meeting)}", done="planned")


def refused(
    request: Request, here: Here, form: Form, error: ForumError, meeting: Meeting | None = None
) -> HTMLResponse:
    """Return the form of a meeting again, with what was typed and what is wrong."""
    here.session.rollback()
    typed = {name: plain(form, name) for name in planning.PLAN}
    context = planning.choices(request, here) | {"meeting": meeting, "typed": typed} | view.refusal(request, error)
    if meeting is not None and isinstance(error, Stale):
        context["now"] = listed(meeting, view.language_of(request))
    return view.render(request, "meeting_form.html", status=status_of(error), **context)


@router.get(ROOM + "/hur-ofta")
def show_cycle(request: Request, here: InForum) -> HTMLResponse:
    """Show how often the forum meets, to be changed."""
    require(here.member, Action.MEETING_PLAN)
    return view.render(request, "cycle_form.html", **_cycle(request, here, planning.typed_rule(here)))


@router.post(ROOM + "/hur-ofta")
def set_cycle(request: Request, here: InForum, form: Form) -> Response:
    """Set how often the forum meets."""
    try:
        cycles.set_rule(here.session, here.member, planning.ruled(form))
    except ForumError as error:
        here.session.rollback()
        typed = {name: plain(form, name) for name in planning.CYCLE}
        context = _cycle(request, here, typed) | view.refusal(request, error)
        return view.render(request, "cycle_form.html", status=status_of(error), **context)
    return view.go(request, f"/{here.member.forum_slug}/moten", done="cycle")


def _cycle(request: Request, here: Here, typed: dict[str, str]) -> dict[str, Any]:
    cycle, language = cycles.of_forum(here.session, here.member), view.language_of(request)
    now = planning.in_words(here, cycle, language) if cycle else None
    return planning.choices(request, here) | {"typed": typed, "cycle": now}
