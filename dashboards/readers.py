"""Who reads a page (läsare): a visitor, a signed-in person or a member in a forum; each route says whom it lets in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from api.deps import COOKIE, AccountDep, MemberDep, SessionDep
from dashboards.view import Choice, Person, Reader
from forum.foundation.errors import NotSignedIn
from forum.people import accounts, forums
from forum.people.members import Member
from forum.work import news

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Here:
    """A member in a forum, with the request's session."""

    session: Session
    member: Member


def in_forum(request: Request, session: SessionDep, member: MemberDep) -> Here:
    """Let in members of the forum in the address."""
    others = tuple(Choice(f.slug, f.name) for f in forums.mine(session))
    request.state.reader = Reader(member=member, forums=others, unread=news.unread(session, member))
    return Here(session, member)


def signed_in(request: Request, session: SessionDep, account_id: AccountDep) -> UUID:
    """Let in whoever is signed in."""
    request.state.reader = Reader(person=_person(session, account_id), demo=forums.is_demo(session))
    return account_id


def anybody(request: Request, session: SessionDep) -> UUID | None:
    """Let in everybody; return the account of who is signed in."""
    demo = on_loopback(request) and forums.is_demo(session)
    request.state.reader = Reader(demo=demo)
    try:
        account_id = accounts.whose(session, "session", request.cookies.get(COOKIE, ""))
    except NotSignedIn:
        return None
    request.state.reader = Reader(person=_person(session, account_id), demo=demo)
    return account_id


def on_loopback(request: Request) -> bool:
    """Tell whether the program is asked from and under an address of this machine alone."""
    host = urlsplit(request.app.state.settings.base_url).hostname
    asking = request.client.host if request.client else ""
    return host in LOOPBACK and asking in (*LOOPBACK, "testclient")


def _person(session: Session, account_id: UUID) -> Person:
    account = accounts.of(session, account_id)
    return Person(account.name or account.email, account.language)


InForum = Annotated[Here, Depends(in_forum)]
SignedIn = Annotated[UUID, Depends(signed_in)]
Anybody = Annotated[UUID | None, Depends(anybody)]
