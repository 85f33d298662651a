"""A juror's assessment beside a nomination (bedömning): the gate, levels in words, notes of one's own, handing in."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.jury import Nr, Seat
from dashboards import view, words
from dashboards.jury import InJury, Sent, attempt, head
from dashboards.nominations import told
from dashboards.view import Form, plain
from forum.foundation.errors import Conflict, Invalid
from forum.foundation.language import N_, text
from forum.people.policy import Action, may
from forum.prize import assessments, gates, nominations, supplements, ties
from forum.prize.assessments import Assessment, Mark
from forum.prize.criteria import Criterion
from forum.prize.editions import Phase
from forum.prize.gates import Found
from forum.prize.nominations import HELD, Nomination, Status

router = APIRouter()
ABSTAIN = "abstain"


class Answer(StrEnum):
    """Whether a must-criterion is met."""

    YES = "yes"
    NO = "no"


DONE = {
    "saved": N_("The draft is saved. Nobody but you sees it."),
    "handed_in": N_("The assessment is handed in and stands. You now see the others' of this nomination."),
    "judged": N_("The verdict is written down."),
    "complete": N_("It is noted as complete."),
    "ask": N_("The question is on its way to whoever nominated."),
    "merge": N_("The two nominations are now one."),
}
KEPT = N_("The draft is saved. Change this before it can be handed in:")


@router.get("/priset/{edition}/nomineringar/{nr}")
def show(request: Request, seat: InJury, nr: Nr) -> HTMLResponse:
    """Show a nomination that is open to the reader, with their assessment beside it."""
    return page_of(nr)(request, seat)


@router.post("/priset/{edition}/nomineringar/{nr}/bedomning")
def assess(request: Request, seat: InJury, nr: Nr, form: Form) -> Response:
    """Save the draft, and hand it in where the form says so; what cannot be handed in yet stays saved."""
    codes = [criterion.code for criterion in seat.edition.considered]
    sent = Sent(request, seat, form, (*codes, *(f"{code}_reason" for code in codes), "notes"))
    refused: list[HTMLResponse] = []

    def step() -> str:
        nomination = nominations.cover(seat.session, seat.officer, nr)
        _save(seat, nomination, form)
        if plain(form, "step") != "hand_in":
            return "saved"
        try:
            with seat.session.begin_nested():
                assessments.hand_in(seat.session, seat.officer, nomination)
        except (Invalid, Conflict) as error:
            again = view.again(request, error, form, sent.fields)
            refused.append(page_of(nr)(request, seat, problems=text(KEPT, view.language_of(request)), **again))
        return "handed_in"

    answer = attempt(sent, page_of(nr), step, f"/nomineringar/{nr}")
    return refused[0] if refused else answer


@router.post("/priset/{edition}/nomineringar/{nr}/ska")
def judge(request: Request, seat: InJury, nr: Nr, form: Form) -> Response:
    """Write down whether a must-criterion is met."""
    sent = Sent(request, seat, form, ("reason",), f"-{plain(form, 'criterion')}")

    def step() -> str:
        nomination = nominations.cover(seat.session, seat.officer, nr)
        met = sent.among("met", Answer) is Answer.YES
        found = Found(plain(form, "criterion"), met=met, reason=sent["reason"])
        gates.judge(seat.session, seat.officer, seat.edition, nomination, found)
        return "judged"

    return attempt(sent, page_of(nr), step, f"/nomineringar/{nr}")


def _save(seat: Seat, nomination: Nomination, form: Form) -> None:
    if (own := assessments.mine(seat.session, seat.officer, nomination)) is None or own.handed_in_at is None:
        marks, wrong = {}, []
        for criterion in seat.edition.considered:
            chosen, reason = plain(form, criterion.code), plain(form, f"{criterion.code}_reason")
            if chosen == ABSTAIN or chosen.isdecimal():
                marks[criterion.code] = Mark(None if chosen == ABSTAIN else int(chosen[:3]), reason)
            elif reason:
                message, remedy = N_("A reason needs its level."), N_("Choose a level or abstain.")
                wrong.append(Invalid(message, field=criterion.code, remedy=remedy))
        if wrong:
            raise wrong[0]
        version = int(plain(form, "version")) if plain(form, "version").isdecimal() else 0
        assessments.save(seat.session, seat.officer, nomination, marks, version=version)
    if plain(form, "notes") != assessments.notes(seat.session, seat.officer, nomination):
        assessments.take_notes(seat.session, seat.officer, nomination, plain(form, "notes"))


# --- what stands beside a nomination ---------------------------------------------------------------------------------


def page_of(nr: int) -> Callable[..., HTMLResponse]:
    """Return what shows the page of a nomination."""

    def page(request: Request, seat: Seat, **more: Any) -> HTMLResponse:
        return _page(request, seat, nominations.cover(seat.session, seat.officer, nr), **more)

    return page


def _page(request: Request, seat: Seat, nomination: Nomination, *, status: int = 200, **more: Any) -> HTMLResponse:
    ties.require_open(seat.session, seat.officer, nomination)
    language = view.language_of(request)
    context = head(seat, language) | {
        "done": text(DONE[key], language) if (key := request.query_params.get("done", "")) in DONE else "",
        "nomination": {
            "nr": nomination.nr,
            "title": nomination.title,
            "organisations": [" > ".join(line) for line in ties.lines_of(nomination)],
        },
        "told": told(seat.session, seat.officer, nomination, language),
        "prepares": _prepared(seat, nomination),
        **beside(request, seat, nomination),
    }
    return view.render(request, "assess.html", status=status, **context | more)


def beside(request: Request, seat: Seat, nomination: Nomination) -> dict[str, Any]:
    """Return what `prize_assessment.html` shows of a nomination that is open to the reader."""
    language, officer, edition = view.language_of(request), seat.officer, seat.edition
    gate = gates.of(seat.session, edition, nomination)
    own = assessments.mine(seat.session, officer, nomination)
    assesses = may(officer, Action.ASSESSMENT_WRITE) and officer.assesses
    writing = edition.phase is Phase.ASSESSING and edition.stopped_at is None
    held = nomination.status in HELD
    lacks = edition.phase is Phase.DECIDING and any(verdict is None for _, verdict in gate.found)
    judging = held and (lacks or edition.phase in {Phase.PREPARING, Phase.ASSESSING})
    return {
        "gate": [
            {
                "code": criterion.code,
                "name": criterion.name(language),
                "met": verdict.met if verdict else None,
                "reason": verdict.reason if verdict else "",
            }
            for criterion, verdict in gate.found
        ],
        "stopped_at_gate": bool(gate.stopped),
        "judges": judging and may(officer, Action.GATE_WRITE) and ties.prepares(seat.session, nomination),
        "considered": [_criterion(each, own, language) for each in edition.considered],
        "assesses": assesses,
        "gone": not held,
        "can_write": held and assesses and writing and gate.passed and (own is None or own.handed_in_at is None),
        "version": own.version if own else 0,
        "handed_in": words.moment(own.handed_in_at, language) if own and own.handed_in_at else "",
        "saved": words.moment(own.saved_at, language) if own else "",
        "notes": assessments.notes(seat.session, officer, nomination) if assesses else "",
    }


def _prepared(seat: Seat, nomination: Nomination) -> dict[str, Any] | None:
    """Return what whoever prepares the basis can do with a nomination now; None for anybody else."""
    can = ties.prepares(seat.session, nomination) and nomination.status in HELD
    if not can or seat.edition.phase not in supplements.PREPARED:
        return None
    others = [each for each in nominations.covers(seat.session, seat.officer) if each.id != nomination.id]
    return {
        "complete": nomination.status == Status.SUBMITTED,
        "ask": supplements.of_nomination(seat.session, nomination) is None,
        "others": [(each.nr, f"{each.nr}. {each.title}") for each in others if each.status in HELD],
    }


def _criterion(criterion: Criterion, own: Assessment | None, language: str) -> dict[str, Any]:
    mark = own.mark(criterion.code) if own else None
    chosen = "" if mark is None else ABSTAIN if mark.level is None else str(mark.level)
    return {
        "code": criterion.code,
        "name": criterion.name(language),
        "levels": [(str(level), each.name(language)) for level, each in enumerate(criterion.levels, 1)],
        "chosen": chosen,
        "reason": mark.reason if mark else "",
    }
