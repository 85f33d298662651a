"""Nominating (nominera): anybody begins under a secret address, a member under their account; one calm page, kept.

The address of somebody without an account is the key: no page that is left from here is told it, and nothing here is
kept or indexed. An address that never was and one that has ended are told the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from api.deps import SessionDep
from api.errors import status_of
from dashboards import prize, supplied, view
from dashboards.prize import Slug
from dashboards.readers import Anybody, SignedIn
from dashboards.view import Files, Form, plain
from forum.foundation import rights
from forum.foundation.errors import ForumError, NotFound, TooMany
from forum.foundation.language import N_, text
from forum.people import accounts, forums
from forum.prize import contents, editions, evidence, nominations, nominators, papers, sending, supplements
from forum.prize.contents import PARTS
from forum.prize.editions import Edition
from forum.prize.nominations import Nomination

R = TypeVar("R", bound=Response)
router = APIRouter()
DOOR = re.compile(r"(/en)?/priset/[^/]+/(nominera|mina)/[^/]+/underlag")
"""The addresses that take documents."""
LARGEST = papers.LARGEST + 100_000
BEGUN = 30
"""Nominations begun from one machine within an hour at most."""
HIDDEN = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
DONE = {
    "kept": N_("The draft is kept. Come back to this page when you like; nobody but you sees it."),
    "sent": N_("A letter is on its way to you. Open the address in it within seven days, and the nomination is in."),
    "in": N_("The nomination is in. Thank you."),
    "added": N_("The document is among the evidence."),
    "lent": N_("What you ticked is among the evidence."),
    "removed": N_("It is no longer among the evidence."),
    "answered": N_("Your answer has been sent to the jury."),
    "withdrawn": N_("The nomination is withdrawn."),
    "thrown": N_("The draft is thrown away."),
}


@dataclass(frozen=True)
class Desk:
    """Somebody's own nomination, with the request's session, for whom it acts."""

    session: Session
    nomination: Nomination
    edition: Edition
    path: str
    secret: str = ""
    by_letter: bool = False


@router.get("/priset/{edition}/nominera")
def ask(request: Request, session: SessionDep, account_id: Anybody, edition: Slug) -> HTMLResponse:
    """Tell what is asked for and until when, and let anybody begin; whoever is signed in goes on with their own."""
    return _begin_page(request, session, account_id, edition)


def _begin_page(
    request: Request, session: Session, account_id: UUID | None, slug: str, *, status: int = 200, **more: Any
) -> HTMLResponse:
    prize.admit(request, session, account_id)
    found, language = editions.by_slug(session, slug), view.language_of(request)
    mine = nominations.mine(session, account_id, found) if account_id else []
    done = request.query_params.get("done", "")
    context = {
        "room": "prize",
        "done": text(DONE[done], language) if done == "thrown" else "",
        "edition": supplied.of_edition(found, language),
        "must": [each.name(language) for each in found.must],
        "considered": [each.name(language) for each in found.considered],
        "mine": [supplied.listed(each, language) for each in mine],
        "mails": request.app.state.settings.smtp_url is not None,
        "refused": "",
    }
    return _hidden(view.render(request, "nominate_begin.html", status=status, **context | more))


@router.post("/priset/{edition}/nominera")
def begin(request: Request, session: SessionDep, account_id: Anybody, form: Form, edition: Slug) -> Response:
    """Begin as anybody, also when signed in: a member begins from the forum."""
    del form
    _count(request, session)
    try:
        rights.become(session, rights.NOBODY)
        opened = nominations.start(session, editions.by_slug(session, edition), view.language_of(request))
    except NotFound:
        raise
    except ForumError as error:
        session.rollback()
        if account_id is not None:
            rights.become(session, rights.Principal(account=account_id))
        refused = error.say(view.language_of(request))
        return _begin_page(request, session, account_id, edition, status=status_of(error), refused=refused)
    return _hidden(view.go(request, f"/priset/{edition}/nominera/{opened.secret}"))


def _count(request: Request, session: Session) -> None:
    begun = f"nominations from {request.client.host if request.client else ''}"
    if accounts.failures(session, begun) >= BEGUN:
        raise TooMany(N_("So many nominations at once are not taken."), remedy=N_("Try again in an hour."))
    accounts.note_failure(session, begun)


@router.get("/priset/{edition}/nominera/{secret}")
def show(request: Request, session: SessionDep, _: Anybody, edition: Slug, secret: str) -> HTMLResponse:
    """Show what a secret address opens: the draft, what waits to be confirmed, or the receipt."""
    return _page(request, _by_secret(request, session, edition, secret))


@router.post("/priset/{edition}/nominera/{secret}")
def step(request: Request, session: SessionDep, _: Anybody, form: Form, edition: Slug, secret: str) -> Response:
    """Do what the form of a secret address asks."""
    return _step(request, lambda: _by_secret(request, session, edition, secret), form)


@router.post("/priset/{edition}/nominera/{secret}/underlag")
def bring(request: Request, session: SessionDep, _: Anybody, form: Files, edition: Slug, secret: str) -> Response:
    """Add a document."""
    document = supplied.document_of(form)

    def opened() -> Desk:
        return _by_secret(request, session, edition, secret)

    return _do(request, opened, form, lambda desk: _bring(desk, form, document))


@router.get("/priset/{edition}/mina/{nr}")
def show_mine(request: Request, session: SessionDep, account_id: SignedIn, edition: Slug, nr: int) -> HTMLResponse:
    """Show a member's own nomination."""
    return _page(request, _by_account(request, session, account_id, edition, nr))


@router.post("/priset/{edition}/mina/{nr}")
def step_mine(
    request: Request, session: SessionDep, account_id: SignedIn, form: Form, edition: Slug, nr: int
) -> Response:
    """Do what the form of a member's own nomination asks."""
    return _step(request, lambda: _by_account(request, session, account_id, edition, nr), form)


@router.post("/priset/{edition}/mina/{nr}/underlag")
def bring_mine(
    request: Request, session: SessionDep, account_id: SignedIn, form: Files, edition: Slug, nr: int
) -> Response:
    """Add a document to a member's own."""
    document = supplied.document_of(form)

    def opened() -> Desk:
        return _by_account(request, session, account_id, edition, nr)

    return _do(request, opened, form, lambda desk: _bring(desk, form, document))


def _by_secret(request: Request, session: Session, slug: str, secret: str) -> Desk:
    """Return what an address opens; who tries many that do not hold is slowed down, and never locked out."""
    guesser = f"nomination address from {request.client.host if request.client else ''}"
    try:
        opened = nominations.by_secret(session, secret, slug)
    except NotFound:
        accounts.slow_down(session, guesser)
        accounts.note_failure(session, guesser)
        session.commit()
        raise
    return Desk(
        session, opened.nomination, opened.edition, f"/priset/{slug}/nominera/{secret}", secret, opened.by_letter
    )


def _by_account(request: Request, session: Session, account_id: UUID, slug: str, nr: int) -> Desk:
    prize.admit(request, session, account_id)
    rights.become(session, rights.Principal(account=account_id))
    edition = editions.by_slug(session, slug)
    return Desk(session, nominations.get_mine(session, account_id, edition, nr), edition, f"/priset/{slug}/mina/{nr}")


# --- steps ------------------------------------------------------------------------------------------------------------


def _step(request: Request, opened: Callable[[], Desk], form: Form) -> Response:
    asked = plain(form, "do").partition(":")
    verb = STEPS.get(asked[0])
    if verb is None:
        raise NotFound
    return _do(request, opened, form, lambda desk: verb(desk, form, asked[2]))


def _do(request: Request, opened: Callable[[], Desk], form: Form, verb: Callable[[Desk], str]) -> Response:
    desk = opened()
    session, path, slug = desk.session, desk.path, desk.edition.slug
    try:
        done = verb(desk)
    except NotFound:
        raise
    except ForumError as error:
        session.rollback()
        return _page(request, opened(), **view.again(request, error, form, FIELDS))
    return _hidden(view.go(request, f"/priset/{slug}/nominera" if done == "thrown" else path, done=done))


def _require_writer(desk: Desk) -> None:
    """Refuse to write by the address of a letter: it confirms what was sent as it was sent."""
    if desk.by_letter:
        raise NotFound


def _keep(desk: Desk, form: Form, _: str) -> str:
    _require_writer(desk)
    version = plain(form, "version")
    parts = {name: plain(form, name) for name in PARTS}
    seen = int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else None
    contents.write(desk.session, desk.nomination, desk.edition, parts, version=seen)
    named = plain(form, "organisations").splitlines()
    nominations.entitle(desk.session, desk.nomination, title=plain(form, "title"), organisations=named)
    name, email = plain(form, "name"), plain(form, "email")
    if desk.secret and (name or email):
        nominators.put(desk.session, desk.nomination, desk.edition, name=name, email=email)
    return "kept"


def _send(desk: Desk, form: Form, _: str) -> str:
    """Keep what is written first: what cannot be sent in yet stays kept."""
    _keep(desk, form, "")
    desk.session.commit()
    sending.submit(desk.session, desk.nomination, desk.edition)
    return "sent" if desk.secret else "in"


def _bring(desk: Desk, form: Form, document: bytes) -> str:
    _require_writer(desk)
    evidence.bring(desk.session, desk.nomination, desk.edition, title=plain(form, "evidence_title"), document=document)
    return "added"


def _remove(desk: Desk, form: Form, nr: str) -> str:
    _keep(desk, form, "")
    evidence.remove(desk.session, desk.nomination, desk.edition, int(nr) if nr.isdecimal() and len(nr) < 4 else 0)
    return "removed"


def _confirm(desk: Desk, *_: object) -> str:
    opened = nominations.Opened(desk.nomination, desk.edition, desk.secret, desk.by_letter)
    sending.confirm(desk.session, opened)
    return "in"


def _answer(desk: Desk, form: Form, _: str) -> str:
    supplements.answer(desk.session, desk.nomination, desk.edition, plain(form, "answer"))
    return "answered"


def _throw_away(desk: Desk, *_: object) -> str:
    _require_writer(desk)
    sending.throw_away(desk.session, desk.nomination)
    return "thrown"


def _withdraw(desk: Desk, *_: object) -> str:
    sending.withdraw(desk.session, desk.nomination, desk.edition)
    return "withdrawn"


FIELDS = (*PARTS, "title", "organisations", "name", "email", "evidence_title", "document", "answer")
STEPS: dict[str, Callable[[Desk, Form, str], str]] = {
    "keep": _keep,
    "send": _send,
    "remove": _remove,
    "confirm": _confirm,
    "answer": _answer,
    "withdraw": _withdraw,
    "throw": _throw_away,
}


def _page(request: Request, desk: Desk, *, status: int = 200, **more: Any) -> HTMLResponse:
    language, done = view.language_of(request), request.query_params.get("done", "")
    context = {
        "room": "prize",
        "path": desk.path,
        "done": text(DONE[done], language) if done in DONE else "",
        "refused": "",
        "typed": {},
        **supplied.page(desk.session, desk.nomination, desk.edition, language),
        "anybody": bool(desk.secret),
        "register": _register(desk),
        "by_letter": desk.by_letter,
        "mails": request.app.state.settings.smtp_url is not None,
    }
    return _hidden(view.render(request, "nominate.html", status=status, **context | more))


def _register(desk: Desk) -> str:
    """Return the address of the forum in which it began, where that can still lend it something; empty elsewhere."""
    there = (each.slug for each in forums.mine(desk.session) if each.id == desk.nomination.forum_id)
    return f"/{slug}/nominera" if (slug := next(there, "")) else ""


def _hidden(answer: R) -> R:
    answer.headers.update(HIDDEN)
    return answer
