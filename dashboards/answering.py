"""The answer by a mailed link (svar): one measure, three answers, no account; opening the page changes nothing.

An address that was never given out, one that was taken back and one that is too old are told the same. The address is
the key: no page that is left from here is told it, and nothing here is kept or indexed.
"""

from __future__ import annotations

from typing import Any, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from api.deps import SessionDep
from api.errors import status_of
from dashboards import view, words
from dashboards.readers import Anybody
from dashboards.view import Form, plain
from forum.foundation.errors import ForumError, Invalid, NotFound, TooMany
from forum.foundation.language import N_, text
from forum.people import accounts
from forum.work import links
from forum.work.links import Asked
from forum.work.measures import STATUS_WORDS, Status, Step

R = TypeVar("R", bound=Response)
router = APIRouter()
ADDRESS = "/svar/{secret}"
HIDDEN = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
DONE = {
    Step.ACCEPT: N_("You have accepted the measure. Come back to this address when it is done."),
    Step.DECLINE: N_("You have declined the measure. The coordinator is told why."),
    Step.CARRY_OUT: N_("Thank you. The measure is noted as carried out."),
}


@router.get(ADDRESS)
def show(request: Request, session: SessionDep, _: Anybody, secret: str) -> HTMLResponse:
    """Show the measure and what can be answered."""
    asked = _asked(request, session, secret)
    return _page(request, secret, asked) if asked else _gone(request)


@router.post(ADDRESS)
def answer(request: Request, session: SessionDep, _: Anybody, form: Form, secret: str) -> Response:
    """Take the answer down, as the measure's owner."""
    _count(session, secret)
    asked = _asked(request, session, secret)
    if asked is None:
        return _gone(request)
    step = plain(form, "step")
    try:
        if step not in links.STEPS:
            raise Invalid(N_("Nothing is chosen."), field="step", remedy=N_("Choose one of the answers."))
        links.answer(session, asked, Step(step), plain(form, f"{step}-words"))
    except ForumError as error:
        session.rollback()
        again = _asked(request, session, secret)
        return _page(request, secret, again, error, form) if again else _gone(request)
    return _hidden(view.go(request, f"/svar/{secret}", done=step))


def _asked(request: Request, session: Session, secret: str) -> Asked | None:
    """Return what the link asks; who tries many that do not hold is slowed down, and never locked out."""
    guesser = f"link from {request.client.host if request.client else ''}"
    try:
        return links.by_secret(session, secret)
    except NotFound:
        accounts.slow_down(session, guesser)
        accounts.note_failure(session, guesser)
        return None


def _count(session: Session, secret: str) -> None:
    """Count an answer, also one that is refused; so many within an hour are not taken."""
    tries = f"answers by {accounts.digest(secret)}"
    if accounts.failures(session, tries) >= links.TRIES:
        raise TooMany(N_("So many answers at once are not taken."), remedy=N_("Try again in an hour."))
    accounts.note_failure(session, tries)
    session.commit()


def _page(
    request: Request, secret: str, asked: Asked, error: ForumError | None = None, form: Form | None = None
) -> HTMLResponse:
    language, measure = view.language_of(request), asked.measure
    done, step = request.query_params.get("done", ""), plain(form, "step") if form else ""
    context: dict[str, Any] = {
        "secret": secret,
        "asked": asked,
        "measure": measure,
        "steps": [step.value for step in asked.steps],
        "due": words.day(measure.due_on, language, weekday=False),
        "stage": text(STATUS_WORDS[Status(measure.status)], language),
        "done": text(DONE[Step(done)], language) if done in DONE else "",
        "step": step,
        "typed": plain(form, f"{step}-words") if form else "",
        "refused": "",
    }
    status = 200
    if error is not None:
        status = status_of(error)
        error.field = f"{step}-words" if error.field == "reason" else ""
        context |= view.refusal(request, error)
    return _hidden(view.render(request, "answer.html", status=status, **context))


def _gone(request: Request) -> HTMLResponse:
    return _hidden(view.render(request, "answer_gone.html", status=404))


def _hidden(answer: R) -> R:
    answer.headers.update(HIDDEN)
    return answer
