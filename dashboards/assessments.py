"""A juror's assessment beside a nomination (bedömning): the gate, levels in words, notes of one's own, handing in."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.errors import status_of
from api.jury import Nr, Seat
from dashboards import view, words
from dashboards.jury import InJury, attempt, head
from dashboards.view import Form, plain
from forum.foundation.errors import Conflict, ForumError, Invalid, NotFound
from forum.foundation.language import N_, text
from forum.people.policy import Action, may
from forum.prize import assessments, gates, nominations, ties
from forum.prize.assessments import Assessment, Mark
from forum.prize.criteria import Criterion
from forum.prize.editions import Phase
from forum.prize.gates import Found
from forum.prize.nominations import Nomination

router = APIRouter()
ABSTAIN = "abstain"
DONE = {
    "saved": N_("The draft is saved. Nobody but you sees it."),
    "handed_in": N_("The assessment is handed in and stands. You now see the others' of this nomination."),
    "judged": N_("The verdict is written down."),
}


@router.get("/priset/{edition}/nomineringar/{nr}")
def show(request: Request, seat: InJury, nr: Nr) -> HTMLResponse:
    """Show a nomination that is open to the reader, with their assessment beside it."""
    return _page(request, seat, nominations.cover(seat.session, seat.officer, nr))


@router.post("/priset/{edition}/nomineringar/{nr}/bedomning")
def assess(request: Request, seat: InJury, nr: Nr, form: Form) -> Response:
    """Save the draft, and hand it in where the form says so; what cannot be handed in yet stays saved."""
    nomination = nominations.cover(seat.session, seat.officer, nr)
    typed = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    try:
        _save(seat, nomination, form)
    except NotFound:
        raise
    except ForumError as error:
        seat.session.rollback()
        again = nominations.cover(seat.session, seat.officer, nr)
        return _page(request, seat, again, typed=typed, status=status_of(error), **view.refusal(request, error))
    if plain(form, "step") == "hand_in":
        try:
            with seat.session.begin_nested():
                assessments.hand_in(seat.session, seat.officer, nomination)
        except (Invalid, Conflict) as error:
            return _page(request, seat, nomination, status=status_of(error), kept=True, **view.refusal(request, error))
    done = "handed_in" if plain(form, "step") == "hand_in" else "saved"
    return view.go(request, f"/priset/{seat.edition.slug}/nomineringar/{nr}", done=done)


@router.post("/priset/{edition}/nomineringar/{nr}/ska")
def judge(request: Request, seat: InJury, nr: Nr, form: Form) -> Response:
    """Write down whether a must-criterion is met."""
    code = plain(form, "criterion")

    def step() -> str:
        nomination = nominations.cover(seat.session, seat.officer, nr)
        found = Found(code, met=plain(form, "met") == "yes", reason=plain(form, f"{code}_why"))
        gates.judge(seat.session, seat.officer, seat.edition, nomination, found)
        return "judged"

    def page(**more: Any) -> HTMLResponse:
        more["errors"] = {f"{code}_why": words for words in more["errors"].values()}
        return _page(request, seat, nominations.cover(seat.session, seat.officer, nr), **more)

    return attempt(request, seat, page, step, f"/nomineringar/{nr}")


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
    judging = edition.phase in {Phase.PREPARING, Phase.ASSESSING} and gates.writes(seat.session, officer, nomination)
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
        "judges": judging and may(officer, Action.GATE_WRITE),
        "considered": [_criterion(each, own, language) for each in edition.considered],
        "assesses": assesses,
        "can_write": assesses and writing and gate.passed and (own is None or own.handed_in_at is None),
        "version": own.version if own else 0,
        "handed_in": words.moment(own.handed_in_at, language) if own and own.handed_in_at else "",
        "saved": words.moment(own.saved_at, language) if own else "",
        "notes": assessments.notes(seat.session, officer, nomination) if assesses else "",
        "typed": {},
        "kept": False,
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
