"""The door (start): where somebody without an address comes in, the reader's language, the accessibility statement."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.deps import SessionDep
from dashboards import view
from dashboards.readers import Anybody, SignedIn
from dashboards.sign_in import local
from dashboards.view import Form, plain
from forum.foundation.language import Language
from forum.people import accounts, forums

router = APIRouter()


@router.get("/")
def come_in(request: Request, session: SessionDep, account_id: Anybody) -> Response:
    """Lead to the sign-in, to one's only forum, or show the forums to choose from."""
    if account_id is None:
        return view.go(request, "/logga-in")
    mine = forums.mine(session)
    if len(mine) == 1:
        return view.go(request, f"/{mine[0].slug}/karta")
    return view.render(request, "start.html", mine=mine)


@router.post("/sprak")
def speak(request: Request, session: SessionDep, account_id: SignedIn, form: Form) -> Response:
    """Choose the language in which one reads, and go back."""
    language = Language.EN if plain(form, "language") == Language.EN else Language.SV
    accounts.speak(session, account_id, language)
    answer = view.go(request, "/")
    answer.headers["location"] = local(plain(form, "back")) or "/"
    return answer


@router.get("/tillganglighet")
def statement(request: Request, _: Anybody) -> HTMLResponse:
    """Show how accessible the pages are, what is missing and whom to tell."""
    return view.render(request, "statement.html")
