"""The web server (servern): uvicorn, whose event streams end when it is asked to end."""

from __future__ import annotations

import socket

import uvicorn
from fastapi import FastAPI

GRACE_SECONDS = 3
"""How long open requests may go on after SIGTERM."""


class Server(uvicorn.Server):
    """Serves the application until it is asked to end."""

    def __init__(self, app: FastAPI, port: int = 8000) -> None:
        config = uvicorn.Config(
            app, port=port, timeout_graceful_shutdown=GRACE_SECONDS, log_level="warning", server_header=False
        )
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the event streams, which would wait for their clients, and then everything else."""
        await self._app.state.streams.end()
        await super().shutdown(sockets)
