"""Warming up (uppvärmning): what the first to ask would wait for is done before anybody can ask.

FastAPI puts its routes together when the first address is looked up; a new process its first statements; and a new
connection loads PostGIS and the policies' functions. So an address of nothing is looked up, and what the list and the
map ask most is asked once, in nobody's name: no row is shown, nothing is written.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from uuid import UUID

import anyio
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from starlette.types import ASGIApp, Message, Scope

from api.geojson import FEATURE, collection
from forum.foundation.errors import NotSignedIn
from forum.people import members
from forum.people.members import Member
from forum.people.policy import Role
from forum.register import pages
from forum.register.finding import Filter
from forum.register.memory import Memory
from mapping.layers import Layer, draw
from mapping.tiles import Tile

ADDRESS: Scope = {
    "type": "http",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "method": "GET",
    "scheme": "http",
    "path": "/api/v1/nothing",
    "raw_path": b"/api/v1/nothing",
    "root_path": "",
    "query_string": b"",
    "headers": [],
}
CONNECTIONS = 2
NOWHERE = UUID(int=0)
NOBODY = Member(None, None, NOWHERE, "", "", False, NOWHERE, "", Role.READER, False, "", "sv")
WHOLE, WINDOW = Filter(), Filter(box=(0.0, 0.0, 1.0, 1.0))


def warm_up(app: ASGIApp, sessions: sessionmaker[Session]) -> None:
    """Ask once what is asked most; a database that does not answer is no hindrance here, `readyz` tells of it."""
    anyio.run(_look_up_nothing, app)
    with suppress(SQLAlchemyError), ExitStack() as stack:
        for session in [stack.enter_context(sessions()) for _ in range(CONNECTIONS)]:
            with suppress(NotSignedIn):
                members.entering(session, "session", "", "")
            for reader in (NOBODY, replace(NOBODY, authority=True)):
                _ask(session, reader)


def _ask(session: Session, reader: Member) -> None:
    memory = Memory()
    for wanted in (WHOLE, WINDOW):
        ask = partial(pages.find, session, reader, wanted, FEATURE, limit=1, cursor=None, letter="")
        collection(memory.recall(session, reader, wanted, None, ask))
    for layer in Layer:
        draw(session, reader, WHOLE, Tile(0, 0, 0), layer)


async def _look_up_nothing(app: ASGIApp) -> None:
    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(_: Message) -> None:
        pass

    await app(dict(ADDRESS), receive, send)
