"""The secretary's page of a draft (förbereda prisåret): days, criteria, levels, weights; and opening it for good."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.jury import Seat
from dashboards import view
from dashboards.jury import InJury, Sent, attempt
from dashboards.view import Form, plain
from forum.foundation import clock
from forum.foundation.errors import Invalid, outside, raise_all
from forum.foundation.language import N_
from forum.people.policy import Action, may, require
from forum.prize import criteria, editions
from forum.prize.editions import Edition, Facts

router = APIRouter()
WORDS = ("name", "theme", "about")
DAYS = ("opens_on", "closes_on", "assess_from", "assess_until")
NUMBERS = ("sum_kr", "winners_most", "quorum")
ROW = ("sv", "en", "weight", "levels_sv", "levels_en")
ALSO = ("ceremony_at", "criteria")
SPARE = (("", True), ("", False))
"""Room for one more criterion of each kind."""


@router.get("/priset/{edition}/forbered")
def show(request: Request, seat: InJury) -> HTMLResponse:
    """Show the draft as a form."""
    editions.require_unopened(seat.edition)
    return _form(request, seat, done=request.query_params.get("done") == "saved")


@router.post("/priset/{edition}/forbered")
def save(request: Request, seat: InJury, form: Form) -> Response:
    """Save the draft."""
    rows = _rows(form)
    fields = [f"{name}_{i}" for i in range(len(rows)) for name in ROW] + [*WORDS, *NUMBERS, *DAYS, *ALSO]

    def step() -> str:
        editions.change(seat.session, seat.officer, seat.edition, **_facts(form, rows))
        return "saved"

    def page(*args: Any, **more: Any) -> HTMLResponse:
        return _form(*args, said=_typed(form, rows), **more)

    return attempt(Sent(request, seat, form, tuple(fields)), page, step, "/forbered")


@router.post("/priset/{edition}/oppna")
def open_(request: Request, seat: InJury, form: Form) -> Response:
    """Open the edition: everybody sees it, and nothing of it changes any more."""

    def step() -> str:
        editions.open_(seat.session, seat.officer, seat.edition)
        return "opened"

    return attempt(Sent(request, seat, form, ALSO), _form, step, "")


def _form(
    request: Request, seat: Seat, *, said: dict[str, Any] | None = None, status: int = 200, **more: Any
) -> HTMLResponse:
    require(seat.officer, Action.EDITION_OPEN)
    seat.session.refresh(seat.edition)
    edition = seat.edition
    context = {"done": False, "errors": {}, "refused": ""} | more
    return view.render(
        request,
        "edition_form.html",
        status=status,
        room="prize",
        edition={"slug": edition.slug, "name": edition.name},
        said=said or _said(edition),
        prepares=may(seat.officer, Action.EDITION_PREPARE),
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


def _typed(form: Form, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: plain(form, name) for name in (*WORDS, *NUMBERS, *DAYS, "ceremony_at")} | {"criteria": rows}


def _spared(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    empty = {"sv": "", "en": "", "weight": 1, "levels_sv": "", "levels_en": ""}
    return [*rows, *({"code": code, "must": must} | empty for code, must in SPARE)]


def _rows(form: Form) -> list[dict[str, Any]]:
    """Return the criteria as they were typed, the empty ones too."""
    count = min(int(n), 20) if (n := plain(form, "criteria")).isdecimal() else 0
    return [
        {name: plain(form, f"{name}_{i}") for name in ("code", *ROW)} | {"must": plain(form, f"must_{i}") == "yes"}
        for i in range(count)
    ]


def _facts(form: Form, rows: list[dict[str, Any]]) -> Facts:
    numbers = {name: _number(form, name, name) for name in NUMBERS}
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
        "criteria": [_criterion(i, row) for i, row in enumerate(rows) if row["sv"] or row["en"]],
    }
    return facts


def _criterion(place: int, row: dict[str, Any]) -> dict[str, Any]:
    """Return a criterion as it was typed; a new one gets a code, one that is emptied in both languages goes."""
    swedish, english = (row[name].splitlines() for name in ("levels_sv", "levels_en"))
    if len(swedish) != len(english):
        message = N_("Each level needs a line in Swedish and one in English.")
        raise Invalid(message, field=f"levels_sv_{place}", remedy=N_("Write as many lines in both."))
    levels = [{"sv": sv, "en": en} for sv, en in zip(swedish, english, strict=True)]
    weight = 1 if row["must"] else _number(row, "weight", f"weight_{place}")
    raise_all(outside(weight, 1, criteria.HEAVIEST, f"weight_{place}"))
    code = row["code"] or f"added_{'abcdefghijklmnopqrst'[place]}"
    made = {"code": code, "must": row["must"], "sv": row["sv"], "en": row["en"], "weight": weight, "levels": levels}
    try:
        criteria.checked_criteria([made])
    except Invalid as error:  # said at this one, which has no code on the page
        raise Invalid(error.message, field=f"sv_{place}", remedy=error.remedy, **error.params) from error
    return made


def _number(form: Mapping[str, Any] | Form, name: str, field: str) -> int:
    words = plain(form, name).replace(" ", "")
    if not (words.isascii() and words.isdecimal() and len(words) < 10):
        raise Invalid(N_("This is no number."), field=field, value=words, remedy=N_("Write it with digits."))
    return int(words)


def _day(form: Form, name: str) -> date:
    try:
        return date.fromisoformat(plain(form, name))
    except ValueError as error:
        message, remedy = N_("This is not a day."), N_("Write the day as 2023-10-26.")
        raise Invalid(message, field=name, value=plain(form, name) or None, remedy=remedy) from error
