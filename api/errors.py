"""Each domain error's status, and how it is said to programs (fel): problem+json, RFC 9457."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from forum.foundation.errors import (
    Conflict,
    Forbidden,
    ForumError,
    Invalid,
    NotFound,
    NotSignedIn,
    Problems,
    Stale,
    TooMany,
    shown,
)
from forum.foundation.language import N_, Language, text
from forum.foundation.plain import number

STATUS: dict[type[ForumError], int] = {
    Invalid: 422,
    NotSignedIn: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Stale: 412,
    TooMany: 429,
}
TITLES = {
    400: N_("The request cannot be read"),
    401: N_("Not signed in"),
    403: N_("Not allowed"),
    404: N_("Not found"),
    405: N_("This address does not take that"),
    409: N_("It stands against something that is there"),
    412: N_("Changed meanwhile"),
    413: N_("Too large"),
    422: N_("A value cannot be taken"),
    429: N_("Too many at once"),
    500: N_("Something went wrong here"),
}
HEADERS = {401: {"WWW-Authenticate": "Bearer"}}
REFUSALS = {
    405: (N_("This address does not take that"), N_("See the Allow header for what it takes.")),
    413: (N_("This is more than is taken at once."), N_("Send less at a time.")),
    500: (N_("The fault is ours and is written down."), N_("Nothing was changed. Try again in a while.")),
}
MEDIA_TYPE = "application/problem+json"
WRONG_TYPE = N_("This is not what is asked for here.")
REMEDIES = {
    "missing": (N_("This is missing."), N_("Add the field.")),
    "extra_forbidden": (N_("There is no such field."), N_("Leave it out, or check its spelling.")),
    "float_type": (N_("This is not a number."), N_("Send a number without quotation marks.")),
    "int_type": (N_("This is not a number."), N_("Send a number without quotation marks.")),
    "int_parsing": (N_("This is not a whole number."), N_("Give a whole number in digits.")),
    "int_parsing_size": (N_("This is not a whole number."), N_("Give a whole number in digits.")),
    "string_type": (WRONG_TYPE, N_("Send a text within quotation marks.")),
    "string_unicode": (
        N_("The text holds characters that are no text."),
        N_("Write it again with ordinary characters."),
    ),
    "string_too_long": (N_("The text is too long."), N_("Send a shorter one.")),
    "dict_type": (WRONG_TYPE, N_("Send an object: {…}.")),
    "model_attributes_type": (WRONG_TYPE, N_("Send an object: {…}.")),
    "uuid_type": (N_("This is no id."), N_("Send a UUID, for example 0f8fad5b-d9cb-469f-a165-70867728950e.")),
    "uuid_parsing": (N_("This is no id."), N_("Send a UUID, for example 0f8fad5b-d9cb-469f-a165-70867728950e.")),
    "enum": (WRONG_TYPE, N_("Choose among %(names)s.")),
}
"""What is said of each fault that pydantic names."""
OTHERWISE = (N_("This has the wrong form."), N_("See the description of the interface at /api/v1/openapi.json."))
MOST_FAULTS = 20
"""Faults of one request that are told; the others show when these are mended."""


def status_of(error: ForumError) -> int:
    """Return the HTTP status of a domain error."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def language_of(request: Request) -> str:
    """Return the language in which a program is answered: Accept-Language decides, Swedish by default."""
    wanted = [_weighed(part) for part in request.headers.get("accept-language", "").lower().split(",")]
    ours = [(weight, language) for weight, language in wanted if weight > 0 and language in set(Language)]
    return max(ours, key=lambda one: one[0])[1] if ours else Language.SV


def _weighed(part: str) -> tuple[float, str]:
    name, _, weight = part.partition(";")
    value = number(weight.replace(" ", "").removeprefix("q=")) if weight else 1.0
    return (value if 0 <= value <= 1 else 0.0), name.strip().partition("-")[0]


def said(error: ForumError, language: str) -> dict[str, Any]:
    """Return one problem: field, value, what is wrong and the remedy."""
    words = {k: text(v, language) if isinstance(v, str) else v for k, v in error.params.items()}
    return {
        "field": None if error.field is None else shown(error.field),
        "value": None if error.value is None else shown(error.value),
        "message": text(error.message, language, **words),
        "remedy": text(error.remedy, language, **words) if error.remedy else None,
    }


def problem(status: int, detail: str, language: str, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    """Return a problem+json answer."""
    title = text(TITLES.get(status, TITLES[500]), language)
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    told = {"Cache-Control": "no-store", **HEADERS.get(status, {}), **(headers or {})}
    return Response(orjson.dumps(body, option=orjson.OPT_UTC_Z), status, told, MEDIA_TYPE)


def answer(request: Request, error: ForumError) -> Response:
    """Answer a domain error to a program."""
    language = language_of(request)
    problems: list[ForumError] = [*error.problems] if isinstance(error, Invalid) else [error]
    more: dict[str, Any] = {"errors": [said(p, language) for p in problems[:MOST_FAULTS]]}
    headers = {}
    if isinstance(error, Stale):
        more["current"] = error.current
        headers = {"ETag": f'"{version_of(error.current)}"'}
    return problem(status_of(error), error.say(language), language, headers, **more)


def version_of(current: Mapping[str, Any]) -> int:
    """Return the version of the newer state that a refused change is told of."""
    found: int = current.get("properties", current)["version"]
    return found


def answer_misshapen(request: Request, error: RequestValidationError) -> Response:
    """Answer a request whose shape is wrong, each field named in the reader's language."""
    problems = [misshapen(detail) for detail in error.errors()[:MOST_FAULTS]]
    return answer(request, problems[0] if len(problems) == 1 else Problems(problems))


def misshapen(detail: Any) -> Invalid:
    """Return what pydantic found as a problem of ours."""
    message, remedy = REMEDIES.get(detail["type"], OTHERWISE)
    where = [str(part) for part in detail["loc"]]
    source, field = where[:1], ".".join(where[1:])
    value = None if detail["type"] == "missing" else detail.get("input")
    params = {"names": detail["ctx"]["expected"]} if detail["type"] == "enum" else {}
    return Invalid(message, field=field or "".join(source) or None, value=value, remedy=remedy, **params)


def refusal(status: int) -> tuple[str, str | None]:
    """Return what is wrong and the remedy where a request was refused before any route was asked."""
    return REFUSALS.get(status, (TITLES.get(status, TITLES[400]), None))


def answer_http(request: Request, error: HTTPException) -> Response:
    """Answer what was refused before any route was asked: its method, its size, how it was sent."""
    message, remedy = refusal(error.status_code)
    refused = ForumError(message, value=request.method if error.status_code == 405 else None, remedy=remedy)
    language = language_of(request)
    more = {"errors": [said(refused, language)]}
    return problem(error.status_code, refused.say(language), language, error.headers, **more)
