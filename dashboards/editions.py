"""The secretary's page of a draft (förbereda prisåret): days, criteria, levels, weights; and opening it for good."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from api.deps import SessionDep
from dashboards import prize, view
from dashboards.prize import Slug
from dashboards.readers import SignedIn
from dashboards.view import Form, plain
from forum.foundation import clock
from forum.foundation.errors import Conflict, ForumError, Invalid
from forum.foundation.language import N_
from forum.people.policy import Action, may, require
from forum.prize import editions, jury
from forum.prize.editions import Edition, Facts
from forum.prize.jury import Officer

router = APIRouter()
WORDS = ("name", "theme", "about")
DAYS = ("opens_on", "closes_on", "assess_from", "assess_until")
NUMBERS = ("sum_kr", "winners_most", "quorum")
SPARE = (("", True), ("", False))
"""Room for one more criterion of each kind."""


@router.get("/priset/{edition}/forbered")
def show(request: Request, session: SessionDep, account_id: SignedIn, edition: Slug) -> HTMLResponse:
    """Show the draft as a form."""
    officer, found = jury.acting(session, account_id, edition)
    require(officer, Action.EDITION_OPEN)
    editions.require_unopened(found)
    done = "saved" in request.query_params
    return _form(request, session, officer, found, said=_said(found), done=done)


@router.post("/priset/{edition}/forbered")
def save(request: Request, session: SessionDep, account_id: SignedIn, edition: Slug, form: Form) -> Response:
    """Save the draft."""
    officer, found = jury.acting(session, account_id, edition)
    try:
        editions.change(session, officer, found, **_facts(form))
    except Invalid as error:
        session.rollback()
        return _refused(request, session, account_id, edition, form=form, error=error)
    return view.go(request, f"/priset/{edition}/forbered", saved="1")


@router.post("/priset/{edition}/oppna")
def open_(request: Request, session: SessionDep, account_id: SignedIn, edition: Slug, _: Form) -> Response:
    """Open the edition: everybody sees it, and nothing of it changes any more."""
    officer, found = jury.acting(session, account_id, edition)
    try:
        editions.open_(session, officer, found)
    except (Invalid, Conflict) as error:
        session.rollback()
        return _refused(request, session, account_id, edition, form=None, error=error)
    return view.go(request, f"/priset/{edition}")


def _refused(
    request: Request, session: Session, account_id: Any, slug: str, *, form: Form | None, error: ForumError
) -> HTMLResponse:
    officer, found = jury.acting(session, account_id, slug)
    said = _said(found) if form is None else _typed(form)
    status = 409 if isinstance(error, Conflict) else 422
    return _form(request, session, officer, found, said=said, status=status, **view.refusal(request, error))


def _form(
    request: Request, session: Session, officer: Officer, edition: Edition, *, said: dict[str, Any],
    status: int = 200, **more: Any,
) -> HTMLResponse:  # fmt: skip
    prize.admit(request, session, officer.account_id)
    context = {"done": False, "errors": {}, "refused": ""} | more
    return view.render(
        request,
        "edition_form.html",
        status=status,
        room="prize",
        edition={"slug": edition.slug, "name": edition.name},
        said=said,
        prepares=may(officer, Action.EDITION_PREPARE),
        **context,
    )


def _said(edition: Edition) -> dict[str, Any]:
    """Return what the draft says, as the form shows it."""
    rows = [
        {"code": row["code"], "must": row["must"], "sv": row["sv"], "en": row["en"], "weight": row["weight"]}
        | {f"levels_{lang}": "\n".join(level[lang] for level in row["levels"]) for lang in ("sv", "en")}
        for row in edition.criteria
    ]
    plain_ones = {name: getattr(edition, name) for name in (*WORDS, *NUMBERS, *DAYS)}
    return plain_ones | {"ceremony_at": f"{clock.local(edition.ceremony_at):%Y-%m-%dT%H:%M}", "criteria": _spared(rows)}


def _typed(form: Form) -> dict[str, Any]:
    return {name: plain(form, name) for name in (*WORDS, *NUMBERS, *DAYS, "ceremony_at")} | {"criteria": _rows(form)}


def _spared(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    empty = {"sv": "", "en": "", "weight": 1, "levels_sv": "", "levels_en": ""}
    return [*rows, *({"code": code, "must": must} | empty for code, must in SPARE)]


def _rows(form: Form) -> list[dict[str, Any]]:
    """Return the criteria as they were typed, the empty ones too."""
    count = min(int(n), 20) if (n := plain(form, "criteria")).isdecimal() else 0
    names = ("code", "sv", "en", "weight", "levels_sv", "levels_en")
    return [
        {name: plain(form, f"{name}_{i}") for name in names} | {"must": plain(form, f"must_{i}") == "yes"}
        for i in range(count)
    ]


def _facts(form: Form) -> Facts:
    numbers = {name: _number(form, name) for name in NUMBERS}
    days = {name: _day(form, name) for name in DAYS}
    facts: Facts = {
        "name": plain(form, "name"),
        "theme": plain(form, "theme"),
        "about": plain(form, "about"),
        "sum_kr": numbers["sum_kr"],
        "winners_most": numbers["winners_most"],
        "quorum": numbers["quorum"],
        "opens_on": days["opens_on"],
        "closes_on": days["closes_on"],
        "assess_from": days["assess_from"],
        "assess_until": days["assess_until"],
        "ceremony_at": clock.to_utc(plain(form, "ceremony_at"), "ceremony_at"),
        "criteria": [_criterion(i, row) for i, row in enumerate(_rows(form)) if row["sv"] or row["en"]],
    }
    return facts


def _criterion(place: int, row: dict[str, Any]) -> dict[str, Any]:
    """Return a criterion as it was typed; a new one gets a code, one that is emptied in both languages goes."""
    swedish, english = (row[name].splitlines() for name in ("levels_sv", "levels_en"))
    if len(swedish) != len(english):
        message = N_("Each level needs a line in Swedish and one in English.")
        raise Invalid(message, field=f"levels_sv_{place}", remedy=N_("Write as many lines in both."))
    levels = [{"sv": sv, "en": en} for sv, en in zip(swedish, english, strict=True)]
    weight = int(row["weight"]) if row["weight"].isdecimal() and len(row["weight"]) < 4 else 1
    code = row["code"] or f"added_{'abcdefghijklmnopqrst'[place]}"
    return {"code": code, "must": row["must"], "sv": row["sv"], "en": row["en"], "weight": weight, "levels": levels}


def _number(form: Form, name: str) -> int:
    words = plain(form, name).replace(" ", "")
    if not (words.isascii() and words.isdecimal() and len(words) < 10):
        raise Invalid(N_("This is no number."), field=name, value=words, remedy=N_("Write it with digits."))
    return int(words)


def _day(form: Form, name: str) -> date:
    try:
        return date.fromisoformat(plain(form, name))
    except ValueError as error:
        message, remedy = N_("This is not a day."), N_("Write the day as 2023-10-26.")
        raise Invalid(message, field=name, value=plain(form, name) or None, remedy=remedy) from error
