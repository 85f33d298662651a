"""The description of the interface (gränssnittsbeskrivning): OpenAPI 3.1, complete in itself.

FastAPI describes what goes in and what comes out; this adds who may ask and how a refusal is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field

from api.deps import COOKIE, FORM_HEADER, SAFE
from api.errors import MEDIA_TYPE, TITLES

ABOUT = (
    "Deviations, places and measures of a safety forum. Programs send a bearer token; pages send their session and, "
    "with every unsafe request, the form's token. Refusals are problem+json in the language of Accept-Language."
)
SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "From `trygghetsforum token create`"},
    "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "A signed-in browser"},
    "form": {"type": "apiKey", "in": "header", "name": FORM_HEADER, "description": "The page's own token"},
}
OPEN_PATHS = ("/healthz", "/readyz")
ETAG = {"ETag": {"description": "The deviation's version", "schema": {"type": "string", "examples": ['"3"']}}}


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    field: str | None = Field(description="The field or filter, None for the request as a whole")
    value: str | None = Field(description="What was given, shortened")
    message: str = Field(description="What is wrong with it")
    remedy: str | None = Field(description="What to do about it")


class Problem(BaseModel):
    """A refusal (RFC 9457)."""

    type: str = Field(examples=["about:blank"])
    title: str
    status: int
    detail: str
    errors: list[Fault]
    current: dict[str, Any] | None = Field(None, description="The newer state, where a change came too late (412)")


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the description of the application's interface."""
    if app.openapi_schema is None:
        found = get_openapi(title=app.title, version=app.version, description=ABOUT, routes=app.routes)
        _complete(found)
        app.openapi_schema = found
    return app.openapi_schema


def _complete(found: dict[str, Any]) -> None:
    components = found.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs") | {"Problem": problem}
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = SCHEMES
    for path, method, operation in _operations(found):
        operation["responses"].pop("422", None)  # FastAPI's own form of it, which we never send
        if path not in OPEN_PATHS:
            _add_refusals(operation, _statuses(path, method))
            operation["security"] = [{"token": []}, _session(method)]


def _session(method: str) -> dict[str, list[str]]:
    return {"session": []} if method.upper() in SAFE else {"session": [], "form": []}


def _operations(found: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _statuses(path: str, method: str) -> Iterator[int]:
    """Yield with which statuses a request may be refused."""
    yield 401
    if "{" in path:
        yield 404
    if method.upper() not in SAFE:
        yield from (403, 409, 413)
    if method == "patch":
        yield 412
    yield 422
    if path.endswith("/events"):
        yield 429


def _add_refusals(operation: dict[str, Any], statuses: Iterator[int]) -> None:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status in statuses:
        refusal = {"description": TITLES[status], "content": content}
        operation["responses"][str(status)] = refusal | ({"headers": ETAG} if status == 412 else {})
