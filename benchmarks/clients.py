"""A client that keeps its connection (klient) and tells how long an answer took."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any

SECONDS = 60.0
IDLE_SECONDS = 2.0
"""A connection that has been idle for longer is opened anew: servers close them, without a word, after five."""


@dataclass
class Client:
    """Speaks HTTP to one port of this machine over a connection that stays open."""

    port: int
    headers: Mapping[str, str] = field(default_factory=dict)
    _connection: HTTPConnection | None = None
    _used: float = 0.0

    def get(self, path: str) -> tuple[bytes, float]:
        """Return the body and the seconds until its last byte; raises OSError when it is not what was asked for."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: Mapping[str, Any]) -> tuple[bytes, float]:
        """Send JSON, and return as `get` does."""
        return self._ask("POST", path, json.dumps(body).encode())

    def again(self) -> Client:
        """Return another client like this one, with a connection of its own."""
        return Client(self.port, self.headers)

    def _ask(self, method: str, path: str, body: bytes | None) -> tuple[bytes, float]:
        headers = {"Content-Type": "application/json"} if body else {}
        began = time.perf_counter()
        try:
            connection = self._opened()
            connection.request(method, path, body, {**headers, **self.headers})
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, HTTPException) as error:
            self.close()
            raise OSError(f"{method} {path}: {error}") from error
        self._used = time.perf_counter()
        took = self._used - began
        if answer.status >= 400:
            raise OSError(f"{method} {path}: {answer.status} {content[:300]!r}")
        return content, took

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _opened(self) -> HTTPConnection:
        if time.perf_counter() - self._used > IDLE_SECONDS:
            self.close()
        if self._connection is None:
            self._connection = HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
            self._connection.connect()
        return self._connection
