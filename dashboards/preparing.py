"""Preparing the basis (beredning): what the secretary does with a nomination before the jury assesses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.jury import Nr, Seat
from dashboards.assessments import page_of
from dashboards.jury import InJury, Sent, attempt
from dashboards.view import Form, plain
from forum.foundation.errors import Invalid, NotFound
from forum.foundation.language import N_
from forum.prize import nominations, supplements
from forum.prize.nominations import Nomination

router = APIRouter()


@router.post("/priset/{edition}/nomineringar/{nr}/beredning")
def prepare(request: Request, seat: InJury, nr: Nr, form: Form) -> Response:
    """Note that it is complete, ask for a supplement, or join it with another."""

    def step() -> str:
        verb = VERBS.get(plain(form, "do"))
        if verb is None:
            raise Invalid(N_("Nothing is chosen."), field="do", remedy=N_("Choose one of the answers."))
        verb(seat, nominations.cover(seat.session, seat.officer, nr), form)
        return plain(form, "do")

    return attempt(Sent(request, seat, form, FIELDS), page_of(nr), step, f"/nomineringar/{nr}")


def _complete(seat: Seat, nomination: Nomination, _: Form) -> None:
    supplements.complete(seat.session, seat.officer, seat.edition, nomination)


def _ask(seat: Seat, nomination: Nomination, form: Form) -> None:
    try:
        last = date.fromisoformat(plain(form, "last_day"))
    except ValueError as error:
        message, remedy = N_("This is not a date."), N_("Write it as 2026-09-15.")
        raise Invalid(message, field="last_day", value=plain(form, "last_day"), remedy=remedy) from error
    words = plain(form, "words")
    supplements.ask(seat.session, seat.officer, seat.edition, nomination, words=words, last_day=last)


def _merge(seat: Seat, nomination: Nomination, form: Form) -> None:
    into = plain(form, "into")
    try:
        other = nominations.cover(seat.session, seat.officer, int(into) if into.isdecimal() and len(into) < 7 else 0)
    except NotFound as error:
        remedy = N_("Choose one of the values in the list.")
        raise Invalid(N_("Nothing is chosen."), field="into", remedy=remedy) from error
    supplements.merge(seat.session, seat.officer, seat.edition, nomination, other)


VERBS: dict[str, Callable[[Seat, Nomination, Form], None]] = {"complete": _complete, "ask": _ask, "merge": _merge}
FIELDS = ("words", "last_day", "into")
