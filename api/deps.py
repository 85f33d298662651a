"""What every route stands on: a session that commits once for each request, and who asks (beroenden)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import wraps
from inspect import signature
from typing import Annotated, Any
from uuid import UUID

from anyio import CancelScope
from fastapi import Depends, Header, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session

from forum.foundation.errors import Forbidden, NotSignedIn, Stale
from forum.foundation.language import N_
from forum.people import accounts, members
from forum.people.members import Member
from forum.register import deviations
from forum.register.deviations import Deviation
from forum.register.finding import NUMBER_DIGITS
from forum.register.memory import Memory

COOKIE = "trygg_session"
"""The browser session's secret; `Secure` and host-bound where the address is https."""
FORM_HEADER = "x-form-token"
UNATTENDED = "x-unattended"
"""Sent by a page that renews itself: nobody is using it, so the session goes on growing idle."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


async def get_session(request: Request) -> AsyncIterator[Session]:
    """Yield the request's session; commits when the route is done, before the answer leaves.

    A refused sign-in commits too: it has counted the failure and done nothing else. Asynchronous so that a thread is
    asked for only where the database is.
    """
    session: Session = request.app.state.sessions()
    try:
        yield session
    except NotSignedIn:
        await _if_begun(session, session.commit)
        raise
    else:
        await _if_begun(session, session.commit)
    finally:
        with CancelScope(shield=True):
            await _if_begun(session, session.close)


async def _if_begun(session: Session, step: Callable[[], None]) -> None:
    """End the session's transaction in a thread; without one there is nothing to tell the database."""
    if session.in_transaction():
        await run_in_threadpool(step)


SessionDep = Annotated[Session, Depends(get_session, scope="function")]


UNKEPT, REVALIDATED = "no-store", "private, no-cache"
"""What is said of an answer that says nothing itself: no cache keeps it, or asks each time whether it still holds."""


class Route(APIRoute):
    """A route whose endpoint's thread also commits: what the endpoint has locked does not wait for another thread."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, _committing(endpoint), **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler, which lets no shared cache keep an answer that says nothing of it itself."""
        plain = super().get_route_handler()

        async def handle(request: Request) -> Response:
            answer = await plain(request)
            answer.headers.setdefault("Cache-Control", REVALIDATED if "ETag" in answer.headers else UNKEPT)
            return answer

        return handle


def _committing(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(endpoint)
    def committing(**given: Any) -> Any:
        answer = endpoint(**given)
        given["session"].commit()
        return answer

    return committing if "session" in signature(endpoint).parameters else endpoint


def account(request: Request, session: SessionDep) -> UUID:
    """Return the account that asks, by bearer token or by the browser's session; refuses anybody else."""
    return accounts.whose(session, *proof_of(request), in_use=UNATTENDED not in request.headers)


def proof_of(request: Request) -> tuple[str, str]:
    """Return the kind and the secret of what proves who asks; refuses who brings nothing."""
    if token := bearer(request):
        return "token", token
    if secret := request.cookies.get(COOKIE):
        return "session", secret
    raise NotSignedIn


AccountDep = Annotated[UUID, Depends(account)]


def bearer(request: Request) -> str | None:
    """Return the request's bearer token."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if kind.lower() == "bearer" else None


def member(request: Request, session: SessionDep, forum: Annotated[str, Path(max_length=40)]) -> Member:
    """Return the member who asks in the forum of the address; a stranger's forum is not found."""
    return members.entering(session, *proof_of(request), forum, in_use=UNATTENDED not in request.headers)


MemberDep = Annotated[Member, Depends(member)]


async def memory(request: Request) -> Memory:
    """Return what this process has read lately."""
    kept = request.app.state.memory
    assert isinstance(kept, Memory)
    return kept


MemoryDep = Annotated[Memory, Depends(memory)]


def deviation(session: SessionDep, member: MemberDep, reference: Annotated[str, Path(max_length=40)]) -> Deviation:
    """Return the deviation of the address."""
    return deviations.get(session, member, reference_of(reference))


DeviationDep = Annotated[Deviation, Depends(deviation)]


def reference_of(words: str) -> UUID | int:
    """Return the number or the id in an address; what is neither is simply not found."""
    if words.isascii() and words.isdecimal():
        return int(words) if len(words) <= NUMBER_DIGITS else 0
    try:
        return UUID(words)
    except ValueError:
        return 0


def form_token(request: Request) -> str:
    """Return what an unsafe request of a browser must bring: it proves that the page it comes from is ours."""
    secret: str = request.app.state.secret
    session = request.cookies.get(COOKIE, "visitor")
    return hmac.new(secret.encode(), f"form|{session}".encode(), hashlib.sha256).hexdigest()


def foreign(request: Request) -> bool:
    """Tell whether the request was begun by a page of another site."""
    origin = request.headers.get("origin")
    if origin == "null":  # from a page that tells nobody its address, or of no site at all: the browser says which
        return request.headers.get("sec-fetch-site") != "same-origin"
    if origin is not None:
        return origin.partition("://")[2] != request.headers.get("host", "")
    return request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


def require_ours(request: Request, token: str | None) -> None:
    """Refuse an unsafe request that does not come from a page of ours."""
    brought = (token or "").encode(errors="replace")
    if foreign(request) or not hmac.compare_digest(brought, form_token(request).encode()):
        message = N_("This form was not made for you, or it is too old.")
        raise Forbidden(message, remedy=N_("Open the page again and send the form from there."))


async def ours_when_unsafe(request: Request) -> None:
    """Refuse an unsafe request in the name of a browser's session that no page of ours has sent.

    Every router of programs has it; a bearer token is proof enough, since no browser sends one by itself.
    """
    if request.method not in SAFE and bearer(request) is None:
        require_ours(request, request.headers.get(FORM_HEADER))


def versions_of(if_match: str) -> set[int]:
    """Return the versions that If-Match names; any version (*) is none, for that would overwrite unseen changes."""
    tags = (tag.strip().removeprefix("W/").strip('"') for tag in if_match.split(","))
    return {int(tag) for tag in tags if tag.isascii() and tag.isdecimal() and len(tag) < 10}


Reference = Annotated[str, Path(max_length=40)]
"""A number or an id in an address."""
IfMatch = Annotated[str | None, Header(description="The ETag of the state that is changed")]


def seen_version(if_match: str | None, version: int) -> int:
    """Return the version that the editor saw; without one nothing is overwritten."""
    named = versions_of(if_match or "")
    if not named:
        message = N_("Say which version you change.")
        remedy = N_('Send the ETag that you were given as If-Match, for example "3".')
        raise Stale(message, field="If-Match", value=if_match, remedy=remedy, current={"version": version})
    return version if version in named else min(named)


def etag(deviation: Deviation) -> dict[str, Any]:
    """Return the header that names the deviation's version."""
    return {"ETag": f'"{deviation.version}"'}
