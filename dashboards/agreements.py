"""The written agreements (samverkansöverenskommelser): purposes, areas, from when to when, in force or not."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from dashboards import view, words
from dashboards.members import id_of
from dashboards.readers import Here, InForum
from dashboards.view import Form, plain
from forum.foundation.errors import Conflict, ForumError, Invalid, NotFound
from forum.foundation.language import N_, text
from forum.people import agreements, organisations
from forum.people.agreements import Agreement, today
from forum.people.policy import Action, may
from forum.register import silence

router = APIRouter()

DONE = {
    "added": N_("The agreement is written down."),
    "ended": N_("The agreement ends on that day."),
}


@router.get("/{forum}/overenskommelser")
def show(request: Request, here: InForum) -> HTMLResponse:
    """Show every partner's agreements."""
    return view.render(request, "agreements.html", **_context(request, here))


@router.post("/{forum}/overenskommelser")
def add(request: Request, here: InForum, form: Form) -> Response:
    """Write down an agreement."""
    try:
        agreements.sign(
            here.session,
            here.member,
            organisation_id=id_of(form, "organisation"),
            purposes=plain(form, "purposes"),
            areas=plain(form, "areas"),
            valid_from=_day(form, "valid_from"),
            valid_to=_day(form, "valid_to") if plain(form, "valid_to") else None,
        )
    except (Invalid, Conflict, NotFound) as error:
        return _refused(request, here, form, error)
    return view.go(request, f"/{here.member.forum_slug}/overenskommelser", done="added")


@router.post("/{forum}/overenskommelser/{agreement}/avsluta")
def end(request: Request, here: InForum, agreement: UUID, form: Form) -> Response:
    """Let an agreement end on a day."""
    try:
        agreements.end(here.session, here.member, agreement, _day(form, "on"))
    except (Invalid, Conflict, NotFound) as error:
        return _refused(request, here, form, error)
    return view.go(request, f"/{here.member.forum_slug}/overenskommelser", done="ended")


def _day(form: Form, name: str) -> date:
    try:
        return date.fromisoformat(plain(form, name))
    except ValueError as error:
        message, remedy = N_("This is not a day."), N_("Write the day as 2023-10-26.")
        raise Invalid(message, field=name, value=plain(form, name) or None, remedy=remedy) from error


def _refused(request: Request, here: Here, form: Form, error: ForumError) -> HTMLResponse:
    here.session.rollback()
    language = view.language_of(request)
    errors = view.said(error, language) if isinstance(error, Invalid) else {error.field or "": error.say(language)}
    typed = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    context = _context(request, here) | {"errors": errors, "typed": typed}
    return view.render(request, "agreements.html", status=422 if isinstance(error, Invalid) else 409, **context)


def _context(request: Request, here: Here) -> dict[str, Any]:
    session, member, language = here.session, here.member, view.language_of(request)
    partners = organisations.all_of(session, member.forum_id)
    names = {o.id: o.name for o in partners}
    listed = agreements.all_of(session, member)
    with_one = {a.organisation_id for a in listed if a.holds_on(today())}
    return {
        "room": "agreements",
        "done": text(DONE[key], language) if (key := request.query_params.get("done")) in DONE else "",
        "listed": [_shown(a, names, language) for a in listed],
        "without": [o.name for o in partners if o.id not in with_one],
        "silent": [
            (each.organisation.name, words.day(each.last, language, weekday=False) if each.last else "")
            for each in silence.silent(session, member)
        ],
        "manages": may(member, Action.AGREEMENT_MANAGE),
        "partners": [("", text(N_("Choose …"), language)), *((str(o.id), o.name) for o in partners)],
        "today": today().isoformat(),
        "typed": {},
    }


def _shown(agreement: Agreement, names: dict[UUID, str], language: str) -> dict[str, Any]:
    start = words.day(agreement.valid_from, language, weekday=False)
    until = words.day(agreement.valid_to, language, weekday=False) if agreement.valid_to else ""
    return {
        "id": agreement.id,
        "organisation": names.get(agreement.organisation_id, "–"),
        "purposes": agreement.purposes,
        "areas": agreement.areas,
        "period": f"{start}–{until}" if until else text(N_("from %(day)s, until further notice"), language, day=start),
        "state": text(state_of(agreement), language),
        "holds": agreement.holds_on(today()),
        "ends": agreement.valid_to is None or agreement.valid_to > today(),
    }


def state_of(agreement: Agreement) -> str:
    """Return in words whether an agreement is in force."""
    if agreement.valid_from > today():
        return N_("not in force yet")
    return N_("in force") if agreement.holds_on(today()) else N_("has ended")
