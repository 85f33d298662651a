"""Signing in and out (logga in): a local account, a one-time link to set a password, the demo's buttons."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from api.deps import COOKIE, SessionDep
from dashboards import view
from dashboards.readers import Anybody
from dashboards.view import Form, plain
from forum import demo
from forum.foundation.errors import ForumError, Invalid, NotFound, NotSignedIn
from forum.foundation.settings import settings
from forum.people import accounts, forums
from forum.prize import jury

router = APIRouter()

LOOPBACK = ("127.0.0.1", "::1", "localhost")
FORGET = {"Clear-Site-Data": '"storage"'}
"""What was kept on the device goes with the one who signs out."""


@router.get("/logga-in")
def ask(request: Request, _: Anybody) -> HTMLResponse:
    """Show the form, and in a demo the people whom one can be."""
    return _form(request)


@router.post("/logga-in")
def enter(request: Request, session: SessionDep, _: Anybody, form: Form) -> Response:
    """Sign in with address and password."""
    try:
        account_id = accounts.sign_in(session, plain(form, "email"), str(form.get("password", "")))
    except NotSignedIn as error:
        return _form(request, form, error)
    return _inside(request, session, account_id, plain(form, "next"))


@router.post("/logga-in/demo")
def enter_as(request: Request, session: SessionDep, _: Anybody, form: Form) -> Response:
    """Sign in as one of the demo's people; there is no such way into a real forum."""
    person = next((p for p in persons(request) if p.key == plain(form, "person")), None)
    account_id = accounts.demo_account(session, person.email) if person else None
    if account_id is None:
        raise NotFound
    return _inside(request, session, account_id, plain(form, "next"))


def persons(request: Request) -> Sequence[demo.Person | demo.Holder]:
    """Return the people that one can be: none but in a demo that is served to its own machine."""
    asked, client = request.url.hostname, request.client.host if request.client else ""
    own = asked in LOOPBACK and client in LOOPBACK
    return (*demo.persons(), *demo.officers()) if own and view.reader_of(request).demo else ()


@router.get("/lank/{secret}")
def ask_password(request: Request, _: Anybody, secret: str) -> HTMLResponse:
    """Show where the password is chosen."""
    return view.render(request, "password.html", secret=secret)


@router.post("/lank/{secret}")
def choose_password(request: Request, session: SessionDep, _: Anybody, form: Form, secret: str) -> Response:
    """Set the password with the one-time link, and sign in."""
    try:
        account_id = accounts.set_password(session, secret, str(form.get("password", "")))
    except Invalid as error:
        errors = view.said(error, view.language_of(request))
        return view.render(request, "password.html", status=422, secret=secret, errors=errors)
    return _inside(request, session, account_id, "")


@router.post("/logga-ut")
def leave(request: Request, session: SessionDep, account_id: Anybody, _: Form) -> Response:
    """End the session, here and on the server."""
    if account_id is not None:
        accounts.end_session(session, request.cookies.get(COOKIE, ""))
    answer = view.go(request, "/logga-in", out="1")
    answer.delete_cookie(COOKIE, path="/")
    answer.headers.update(FORGET)
    return answer


def _form(request: Request, form: Form | None = None, error: ForumError | None = None) -> HTMLResponse:
    language = view.language_of(request)
    errors = {error.field or "email": error.say(language)} if error else {}
    return view.render(
        request,
        "sign_in.html",
        status=401 if error else 200,
        errors=errors,
        email=plain(form, "email") if form else "",
        following=plain(form, "next") if form else local(request.query_params.get("next", "")),
        left="out" in request.query_params,
        persons=persons(request),
    )


def _inside(request: Request, session: Session, account_id: UUID, following: str) -> Response:
    secret = accounts.start_session(session, account_id)
    mine = forums.mine(session)
    first = f"/{mine[0].slug}/karta" if len(mine) == 1 else "/"
    if not mine and jury.mine(session, account_id):
        first = "/priset"
    answer = view.go(request, local(following) or first)
    answer.set_cookie(
        COOKIE,
        secret,
        max_age=int(accounts.SESSION_LIFE.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings().base_url.startswith("https:"),
    )
    return answer


def local(address: str) -> str:
    """Return the address if it leads to a page of ours, else nothing."""
    ours = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if ours and "\\" not in address else ""
