"""The open event streams of this process (strömmar): who listens, woken by one connection to the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from anyio import CapacityLimiter, to_thread
from fastapi.sse import format_sse_event
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation.errors import NotFound, NotSignedIn, TooMany
from forum.foundation.language import N_
from forum.foundation.listening import listen
from forum.register.changes import CHANNEL, oldest_kept

MOST = 8
"""Streams that one account may have open in a process: a browser's pages, and a program or two."""
LOOKING = 4
"""Streams that look into the database at a time; requests want its connections too."""
BEAT = 15.0
"""Seconds after which a silent stream says that it lives, for the proxies between; it looks for itself then too."""
REST = 1.0
"""Seconds between two looks of a stream at least: what happens meanwhile is told once."""


@dataclass(eq=False)
class Listening:
    """One open stream: whose, of which forum, from which number on, and how it finds the newest number for its member.

    `look` raises NotFound or NotSignedIn once the member or the session has ended.
    """

    account: UUID
    forum: UUID
    since: int | None
    look: Callable[[], int]
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class Streams:
    """All open streams; they end by themselves when the process is asked to end."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        engine: Engine = sessions.kw["bind"]
        self._url, self._limiter = engine.url, CapacityLimiter(LOOKING)
        self._open: set[Listening] = set()
        self._task: asyncio.Task[None] | None = None
        self._ending = False

    @contextmanager
    def joined(self, stream: Listening) -> Iterator[None]:
        """Count the stream among the open ones while it lasts; refuses an account's too many."""
        if sum(other.account == stream.account for other in self._open) >= MOST:
            message = N_("You have %(most)s event streams open already.")
            raise TooMany(message, remedy=N_("Close one of them first."), most=MOST)
        if not self._ending and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(listen(self._url, CHANNEL, self._hear))
        self._open.add(stream)
        try:
            yield
        finally:
            self._open.discard(stream)

    async def told(self, stream: Listening) -> AsyncIterator[bytes]:
        """Yield what a stream is told: that it lives, and an event whenever its member can see that something changed.

        What its member may not see moves nothing here, not even the beat.
        """
        heard, floor, beat = stream.since, oldest_kept(), _now()
        while not self._ending:
            stream.woken.clear()
            found = await self._look(stream)
            if found is None:
                return
            newest = max(found, floor, heard or 0)
            if heard is not None and newest > heard:
                yield format_sse_event(event="changed", data_str="", id=str(newest))
            elif _now() >= beat:
                yield format_sse_event(comment="")
                beat = _now() + BEAT
            heard = newest
            await _until(stream.ended, _now() + REST)
            await _until(stream.woken, beat)

    async def end(self) -> None:
        """Let every stream end, and listen no longer."""
        self._ending = True
        self._hear(None)
        for stream in self._open:
            stream.ended.set()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _hear(self, told: str | None) -> None:
        for stream in self._open:
            if told in (None, str(stream.forum)):
                stream.woken.set()

    async def _look(self, stream: Listening) -> int | None:
        """Return the newest number; None once nothing more may or need be heard, 0 while the database is away."""
        try:
            return await to_thread.run_sync(lambda: None if self._ending else stream.look(), limiter=self._limiter)
        except (NotFound, NotSignedIn):
            return None
        except SQLAlchemyError:  # everybody is woken when it is back
            return 0


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _until(woken: asyncio.Event, moment: float) -> None:
    """Wait until woken, or until the moment."""
    try:
        async with asyncio.timeout_at(moment):
            await woken.wait()
    except TimeoutError:
        pass
