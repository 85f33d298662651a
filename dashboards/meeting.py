"""One meeting's page (mötet): prepared before, followed while it lasts, and afterwards what was decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.deps import reference_of
from api.errors import status_of
from api.meetings import meeting_of
from dashboards import meetings as room
from dashboards import planning, view, words
from dashboards.agenda import Cards, Typed
from dashboards.measure import names_in, steps_in_words
from dashboards.places import version_of
from dashboards.readers import Here, InForum
from dashboards.rows import VISIBILITIES
from dashboards.view import Form, plain
from forum.foundation.audience import Visibility
from forum.foundation.errors import ForumError, Invalid, Stale
from forum.foundation.language import N_, text
from forum.people.policy import Action, may, require
from forum.register import places, steps
from forum.work import agenda, invitations, meetings
from forum.work.agenda import Wish
from forum.work.meetings import STATUS_WORDS, Meeting, Status
from mapping import agenda as bridge
from mapping.agenda import Agenda

router = APIRouter()
PAGE = room.ROOM + "/{day}"
DONE = {
    "planned": N_("The meeting is planned. Its agenda stands here and goes on writing itself until the meeting opens."),
    "amended": N_("The change is saved."),
    "added": N_("The point stands on the agenda."),
    "attended": N_("It is saved who comes."),
    "arranged": N_("The order is saved."),
    "called": N_("The members are called by mail, each with an invitation for the calendar."),
    "cancelled": N_("The meeting is cancelled. Whoever has it in a calendar takes the invitation once more."),
}
ACTIONS = {
    "create": N_("planned the meeting"),
    "invite": N_("called the members by mail"),
    "amend": N_("moved or changed the meeting"),
    "cancel": N_("cancelled the meeting"),
    "arrange": N_("changed the agenda's order"),
    "begin": N_("opened the meeting"),
    "end": N_("closed the meeting"),
    "adjust": N_("adjusted the minutes"),
    "seal": N_("sealed the minutes"),
}
WISH = ("title", "minutes", "place", "visibility")
OPEN_TO_ADD = (Status.PLANNED, Status.UNDER_WAY)
PEOPLE = "people."
"""Stands before the organisation's id in the fields of the attendance."""


def get(here: Here, day: str) -> Meeting:
    """Return the meeting of the address."""
    return meeting_of(here.session, here.member, day)


@router.get(PAGE)
def show(request: Request, here: InForum, day: str) -> HTMLResponse:
    """Show one meeting."""
    return view.render(request, "meeting.html", **page_of(request, here, get(here, day)))


def page_of(request: Request, here: Here, meeting: Meeting, typed: Typed | None = None) -> dict[str, Any]:
    """Return everything that the meeting's page shows."""
    language, names, status = view.language_of(request), names_in(here), Status(meeting.status)
    done = request.query_params.get("done", "")
    cards = Cards(here, meeting, language)
    there = meetings.attendance(here.session, here.member, meeting)
    return {
        "room": "meetings",
        "refused": "",
        "newer": False,
        "done": text(DONE[done], language) if done in DONE else "",
        "typed": {},
        "meeting": meeting,
        "mails": request.app.state.settings.smtp_url is not None,
        "at": room.address(meeting),
        "when": words.span(meeting.starts_at, planning.until(meeting), language),
        "stage": text(STATUS_WORDS[status], language),
        "chair": names.get(meeting.chair_id, "–"),
        "agenda": cards.before(typed) if status is Status.PLANNED else cards.written(),
        "symbols": cards.cutter.symbols,
        "there": sorted((names.get(key, "–"), people) for key, people in there.items()),
        "partners": [(f"{PEOPLE}{key}", name, there.get(key, "")) for key, name in sorted(names.items(), key=_name)],
        "why": _cancelled(here, meeting),
        "history": steps_in_words(here, meeting.id, ACTIONS, names, language),
        "wishes": _wishes(here, language),
        "can": _can(here, meeting),
    }


def _name(pair: tuple[UUID, str]) -> str:
    return pair[1]


def _can(here: Here, meeting: Meeting) -> dict[str, bool]:
    status, leads = Status(meeting.status), may(here.member, Action.MEETING_LEAD)
    adds = may(here.member, Action.MEETING_ADD)
    return {
        "lead": leads,
        "prepare": leads and status is Status.PLANNED,
        "plan": may(here.member, Action.MEETING_PLAN) and status is Status.PLANNED,
        "add": adds and (status is Status.PLANNED or (leads and status is Status.UNDER_WAY)),
        "attend": leads and status in OPEN_TO_ADD,
        "before": status is Status.PLANNED,
        "during": status is Status.UNDER_WAY,
        "after": status in (Status.HELD, Status.ADJUSTED, Status.SEALED),
    }


def _cancelled(here: Here, meeting: Meeting) -> str:
    return next((step.reason for step in steps.of(here.session, meeting.id) if step.action == "cancel"), "")


def _wishes(here: Here, language: str) -> dict[str, Any]:
    """Return what the form of a new point offers."""
    seen = (Visibility.FORUM, Visibility.AUTHORITIES) if here.member.authority else (Visibility.FORUM,)
    at = [(str(place.nr), place.name) for place in places.all_of(here.session, here.member)]
    return {
        "places": [("", text(N_("No place"), language)), *at],
        "visibilities": [(each.value, text(VISIBILITIES[each], language)) for each in seen],
        "minutes": str(agenda.MINUTES),
    }


# --- planning ---------------------------------------------------------------------------------------------------------


@router.get(PAGE + "/andra")
def show_amending(request: Request, here: InForum, day: str) -> HTMLResponse:
    """Show day, place and chair of a meeting, to be changed."""
    require(here.member, Action.MEETING_PLAN)
    meeting = get(here, day)
    context = planning.choices(request, here) | {"meeting": meeting, "typed": planning.typed(meeting)}
    return view.render(request, "meeting_form.html", **context)


@router.post(PAGE + "/andra")
def amend(request: Request, here: InForum, day: str, form: Form) -> Response:
    """Move a meeting, or change what is said of it."""
    try:
        meeting = meetings.amend(here.session, here.member, get(here, day), planning.planned(form), version_of(form))
    except ForumError as error:
        here.session.rollback()
        return room.refused(request, here, form, error, get(here, day))
    return view.go(request, f"/{here.member.forum_slug}/moten/{room.address(meeting)}", done="amended")


@router.post(PAGE + "/kallelse")
def call(request: Request, here: InForum, day: str, form: Form) -> Response:
    """Call the members to the meeting by mail."""

    def verb(meeting: Meeting) -> None:
        invitations.send(here.session, here.member, meeting, version_of(form))

    return _do(request, here, day, "called", form, verb)


@router.post(PAGE + "/stall-in")
def cancel(request: Request, here: InForum, day: str, form: Form) -> Response:
    """Cancel a meeting, with a reason."""

    def verb(meeting: Meeting) -> None:
        reason, version = plain(form, "reason"), version_of(form)
        meetings.cancel(here.session, here.member, meeting, reason=reason, version=version)

    return _do(request, here, day, "cancelled", form, verb)


# --- the agenda -------------------------------------------------------------------------------------------------------


@router.post(PAGE + "/ordning")
def arrange(request: Request, here: InForum, day: str, form: Form) -> Response:
    """Keep an order, minutes and what is left out; who comes second keeps theirs and sees the newer one."""
    require(here.member, Action.MEETING_LEAD)
    meeting, shown = get(here, day), _shown(form)
    now = bridge.of(here.session, here.member, meeting)
    try:
        wanted = _arranged(now, meeting, form)
        bridge.arrange(here.session, here.member, meeting, wanted, version_of(form), now=now)
    except (Stale, Invalid) as error:
        here.session.rollback()
        context = page_of(request, here, get(here, day), shown) | {"newer": isinstance(error, Stale)}
        wrong = view.refusal(request, error) if isinstance(error, Invalid) else {}
        return view.render(request, "meeting.html", status=status_of(error), **context | wrong)
    return view.go(request, f"/{here.member.forum_slug}/moten/{room.address(meeting)}", done="arranged")


def _shown(form: Form) -> Typed:
    order, minutes = ([each for each in form.getlist(name) if isinstance(each, str)] for name in ("order", "minutes"))
    return Typed(order, dict(zip(order, minutes, strict=False)))


def _arranged(found: Agenda, meeting: Meeting, form: Form) -> dict[str, Any]:
    """Return the arrangement that the form wants: only what was changed, so that the rest goes on writing itself."""
    shown, kept = _shown(form), meeting.arrangement
    known = {point.key: point for point in (*found.points, *found.left_out)}
    minutes = {key: n for key, n in kept.get("minutes", {}).items() if key in known}
    for key, given in shown.minutes.items():
        if key in known and (n := _minutes(key, given)) != known[key].minutes:
            minutes[key] = n
    move, _, moved = plain(form, "move").partition(":")
    order = _moved([key for key in shown.order if key in known], move, moved)
    out = [key for key in kept.get("left_out", ()) if key in known and (move, key) != ("back", moved)]
    if move == "out" and moved in known:
        out.append(moved)
    if not kept.get("order") and order == [point.key for point in found.points]:
        order = []
    return {"order": order, "minutes": minutes, "left_out": out}


def _minutes(key: str, given: str) -> int:
    if given.isascii() and given.isdecimal() and len(given) < 5:
        return int(given)
    raise Invalid(N_("This is no number."), field=f"minutes.{key}", value=given, remedy=N_("Write a whole number."))


def _moved(order: list[str], move: str, key: str) -> list[str]:
    """Return the order with one point a step further up or down."""
    if move in ("up", "down") and key in order:
        at = order.index(key)
        to = max(0, at - 1) if move == "up" else at + 1
        order.insert(to, order.pop(at))
    return order


@router.post(PAGE + "/punkter")
def add(request: Request, here: InForum, day: str, form: Form) -> Response:
    """Add a point to the agenda."""

    def verb(meeting: Meeting) -> None:
        nr, seen = plain(form, "place"), plain(form, "visibility")
        place = places.get(here.session, here.member, reference_of(nr)) if nr else None
        visibility = Visibility(seen) if seen in set(Visibility) else Visibility.FORUM
        wish = Wish(plain(form, "title"), planning.whole(form, "minutes"), visibility)
        agenda.add(here.session, here.member, meeting, wish, place=place)

    return _do(request, here, day, "added", form, verb)


@router.post(PAGE + "/narvaro")
def attend(request: Request, here: InForum, day: str, form: Form) -> Response:
    """Note how many of each organisation come; an empty field is nobody."""

    def verb(meeting: Meeting) -> None:
        before = meetings.attendance(here.session, here.member, meeting)
        named = {key: f"{PEOPLE}{key}" for key in names_in(here) if f"{PEOPLE}{key}" in form}
        people = {key: planning.whole(form, name) if plain(form, name) else 0 for key, name in named.items()}
        changed = {key: n for key, n in people.items() if n != before.get(key, 0)}
        if changed:
            meetings.attend(here.session, here.member, meeting, changed)

    return _do(request, here, day, "attended", form, verb)


def _do(request: Request, here: Here, day: str, done: str, form: Form, verb: Callable[[Meeting], None]) -> Response:
    """Carry out a verb and go back to the meeting; a refusal is shown there, with what was typed."""
    meeting = get(here, day)
    try:
        verb(meeting)
    except ForumError as error:
        here.session.rollback()
        typed = {name: plain(form, name) for name in form}
        context = page_of(request, here, get(here, day)) | {"typed": typed} | view.refusal(request, error)
        return view.render(request, "meeting.html", status=status_of(error), **context)
    return view.go(request, f"/{here.member.forum_slug}/moten/{room.address(meeting)}", done=done)
