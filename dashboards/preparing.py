"""Preparing the basis (beredning): what the secretary does with a nomination before the jury assesses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.jury import Nr, Seat
from dashboards import view
from dashboards.jury import InJury
from dashboards.view import Form, plain
from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from forum.people.policy import Action, may
from forum.prize import nominations, supplements
from forum.prize.nominations import HELD, Nomination, Status

router = APIRouter()


@router.post("/priset/{edition}/nomineringar/{nr}/beredning")
def prepare(request: Request, seat: InJury, nr: Nr, form: Form) -> Response:
    """Note that it is complete, ask for a supplement, or join it with another."""
    nomination = nominations.cover(seat.session, seat.officer, nr)
    verb = VERBS.get(plain(form, "do"))
    if verb is None:
        raise Invalid(N_("Nothing is chosen."), field="do", remedy=N_("Choose one of the answers."))
    verb(seat, nomination, form)
    return view.go(request, f"/priset/{seat.edition.slug}/nomineringar/{nr}")


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
    other = nominations.cover(seat.session, seat.officer, int(into) if into.isdecimal() and len(into) < 7 else 0)
    supplements.merge(seat.session, seat.officer, seat.edition, nomination, other)


VERBS: dict[str, Callable[[Seat, Nomination, Form], None]] = {"complete": _complete, "ask": _ask, "merge": _merge}


def prepared(seat: Seat, nomination: Nomination) -> dict[str, Any]:
    """Return what the secretary can do with a nomination now; nothing for anybody else."""
    can = may(seat.officer, Action.NOMINATION_PREPARE) and nomination.status in HELD
    if not can or seat.edition.phase not in supplements.PREPARED or seat.edition.stopped_at is not None:
        return {"prepares": None}
    others = [each for each in nominations.covers(seat.session, seat.officer) if each.id != nomination.id]
    return {
        "prepares": {
            "complete": nomination.status == Status.SUBMITTED,
            "ask": supplements.of_nomination(seat.session, nomination) is None,
            "others": [(each.nr, f"{each.nr}. {each.title}") for each in others if each.status in HELD],
        }
    }
