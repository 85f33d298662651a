"""Deviations one by one and in a list (avvikelser): read, amend, withdraw, undo, same as, look at, answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.deps import reference_of
from api.errors import status_of
from dashboards import amending, listing, view
from dashboards.one import page_of
from dashboards.readers import Here, InForum
from dashboards.view import Form, plain
from forum.foundation.errors import Conflict, Forbidden, ForumError, Invalid, Stale
from forum.people.policy import Action, require
from forum.register import deviations
from forum.register.deviations import Deviation, Reason

router = APIRouter()
PAGE = "/{forum}/avvikelser/{nr}"


@router.get("/{forum}/avvikelser")
def show_list(request: Request, here: InForum) -> HTMLResponse:
    """Show the deviations that the address asks for, the newest first."""
    return view.render(request, "list.html", **listing.page_of(request, here.session, here.member))


@router.get(PAGE)
def show(request: Request, here: InForum, nr: str) -> HTMLResponse:
    """Show one deviation with all that was done to it."""
    return view.render(request, "deviation.html", **page_of(request, here, reference_of(nr)))


@router.get(PAGE + "/andra")
def show_amending(request: Request, here: InForum, nr: str) -> HTMLResponse:
    """Show what the deviation says, to be changed."""
    deviation = get(here, nr)
    require(here.member, Action.DEVIATION_AMEND, of=deviation)
    return view.render(request, "amend.html", **amending.page_of(request, here, deviation))


@router.post(PAGE + "/andra")
def amend(request: Request, here: InForum, nr: str, form: Form) -> Response:
    """Change the deviation; who comes second is told what was changed meanwhile and keeps what is typed."""
    deviation = get(here, nr)
    require(here.member, Action.DEVIATION_AMEND, of=deviation)
    try:
        amending.carry_out(here, deviation, form)
    except (Invalid, Stale, Conflict, Forbidden) as error:
        here.session.rollback()
        status, context = amending.refused(request, here, get(here, nr), form, error)
        return view.render(request, "amend.html", status=status, **context)
    return _back(request, here, nr, "amended")


@router.post(PAGE + "/dra-tillbaka")
def withdraw(request: Request, here: InForum, nr: str, form: Form) -> Response:
    """Withdraw it: its words go, a tombstone of place, time and category stays."""
    reason = Reason(plain(form, "reason")) if plain(form, "reason") in list(Reason) else Reason.OTHER
    return _do(
        request, here, nr, "withdrawn", lambda d: deviations.withdraw(here.session, here.member, d, reason=reason)
    )


@router.post(PAGE + "/angra")
def undo(request: Request, here: InForum, nr: str, _: Form) -> Response:
    """Take it back within ten minutes."""
    return _do(request, here, nr, "undone", lambda d: deviations.undo(here.session, here.member, d))


@router.post(PAGE + "/samma-som")
def same_as(request: Request, here: InForum, nr: str, form: Form) -> Response:
    """Say that it is the same as another."""
    number = plain(form, "same_as").rpartition("-")[2]

    def join(deviation: Deviation) -> None:
        other = deviations.get(here.session, here.member, reference_of(number))
        deviations.same_as(here.session, here.member, deviation, other)

    return _do(request, here, nr, "joined", join)


@router.post(PAGE + "/sedd")
def look_at(request: Request, here: InForum, nr: str, _: Form) -> Response:
    """Note that the forum has looked at it."""
    return _do(request, here, nr, "looked_at", lambda d: deviations.look_at(here.session, here.member, d))


@router.post(PAGE + "/svara")
def answer(request: Request, here: InForum, nr: str, form: Form) -> Response:
    """Answer the reporter in a sentence."""
    reply = plain(form, "reply")
    return _do(
        request,
        here,
        nr,
        "answered",
        lambda d: deviations.answer(here.session, here.member, d, reply=reply),
        reply=reply,
    )


def get(here: Here, nr: str) -> Deviation:
    """Return the deviation of the address."""
    return deviations.get(here.session, here.member, reference_of(nr))


def _do(request: Request, here: Here, nr: str, done: str, verb: Callable[[Deviation], Any], **typed: str) -> Response:
    """Carry out a verb and go back to the deviation; a refusal is shown there, with what was typed."""
    deviation = get(here, nr)
    try:
        verb(deviation)
    except ForumError as error:
        here.session.rollback()
        context = page_of(request, here, reference_of(nr), error=error, typed=typed)
        return view.render(request, "deviation.html", status=status_of(error), **context)
    return _back(request, here, nr, done)


def _back(request: Request, here: Here, nr: str, done: str) -> Response:
    return view.go(request, f"/{here.member.forum_slug}/avvikelser/{nr}", done=done)
