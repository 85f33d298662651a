"""Listening to what PostgreSQL tells (lyssnaren): one connection for a process, made again whenever it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from psycopg import AsyncConnection, Error, sql
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL

SOONEST, LATEST = 0.1, 5.0
"""Seconds until a lost connection is tried again: doubled each time, up to the latest."""
ALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "connect_timeout": 5}
"""A server that is gone without a word is missed within a minute."""


async def listen(url: URL, channel: str, hear: Callable[[str | None], None]) -> None:
    """Call `hear` with each word that is told in the channel, for ever; with None once whenever it begins to listen.

    What was told while nobody listened is lost: None means that anything may have been.
    """
    pause = SOONEST
    while True:
        try:
            async with await _connect(url) as connection:
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                pause = SOONEST
                hear(None)
                async for told in connection.notifies():
                    hear(told.payload)
        except Error:
            await asyncio.sleep(pause)
            pause = min(2 * pause, LATEST)


async def _connect(url: URL) -> AsyncConnection:
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return await AsyncConnection.connect(make_conninfo(address, **ALIVE), autocommit=True)
