"""What a program sends, read strictly (inläsning): JSON in UTF-8, no key twice, no deeper than anything we ask for."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict
from starlette.requests import ClientDisconnect

from api.deps import Route
from forum.foundation.errors import Invalid
from forum.foundation.language import N_

DEEPEST = 16
"""Levels of a body; the deepest that is asked for has three."""
EXCERPT = 40
"""Bytes of a faulty body that the refusal repeats."""
SEND_JSON = N_("Send a JSON object in UTF-8 with Content-Type: application/json.")


class Body(BaseModel):
    """A request's body: no field that we do not know."""

    model_config = ConfigDict(extra="forbid")


class JsonRequest(Request):
    """A request whose JSON was read by `read_json` before anything else looks at it."""

    async def json(self) -> Any:
        """Return the body's JSON; raises Invalid where it is none."""
        if not hasattr(self, "_read"):
            self._read = read_json(await self.body())
        return self._read


class JsonRoute(Route):
    """A route whose body is JSON and nothing else."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler, with the strict reading before it."""
        plain = super().get_route_handler()

        async def handle(request: Request) -> Response:
            checked = JsonRequest(request.scope, request.receive)
            if self.body_field is not None:
                await _check(checked)
            return await plain(checked)

        return handle


async def _check(request: JsonRequest) -> None:
    try:
        sent = await request.body()
    except ClientDisconnect as error:  # nobody is left to be told, and it is no fault of ours
        raise HTTPException(400) from error
    if sent:
        _require_json(request)
        await request.json()


def _require_json(request: Request) -> None:
    given = request.headers.get("content-type")
    kind = (given or "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise Invalid(N_("The body is not JSON."), field="Content-Type", value=given, remedy=SEND_JSON)


def read_json(body: bytes) -> Any:
    """Return the value of a JSON text; refuses what readers could understand in different ways."""
    try:
        words = body.decode()
    except UnicodeDecodeError as error:
        raise _unreadable(body[error.start :]) from error
    try:
        value = json.loads(words, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise _unreadable(words[error.pos :].encode()) from error
    except (RecursionError, ValueError) as error:  # brackets or digits without end
        raise _unreadable(body) from error
    if _deeper(value, DEEPEST):
        raise Invalid(N_("The body is nested too deeply."), field="body", remedy=SEND_JSON)
    return value


def _unreadable(rest: bytes) -> Invalid:
    excerpt = rest[:EXCERPT].decode(errors="replace")
    return Invalid(N_("The body is not JSON."), field="body", value=excerpt or None, remedy=SEND_JSON)


def _once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Invalid(N_("This field stands there twice."), field=twice, remedy=N_("Send each field once."))
    return found


def _deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    within = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_deeper(each, levels - 1) for each in within)
