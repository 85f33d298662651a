"""How pages are answered (vyn): a template in the reader's language, under a strict policy, a token in every form."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from urllib.parse import quote, urlencode

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.datastructures import FormData
from starlette.types import ASGIApp, Receive, Scope, Send

from api.deps import form_token, require_ours
from api.errors import status_of
from dashboards import assets, symbols, words
from forum.foundation.errors import ForumError, Invalid
from forum.foundation.language import N_, Language, text
from forum.foundation.plain import storable
from forum.people.members import Member
from forum.people.policy import Action, Role, may
from forum.prize.jury import OFFICE_WORDS

HERE = Path(__file__).parent
ENGLISH = "/en"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    "Cache-Control": "no-store",
}
"""What every page is sent with: nothing from elsewhere runs, frames or is told where the reader came from."""

ROLES = {
    Role.READER: N_("Reader"),
    Role.REPORTER: N_("Reporter"),
    Role.COORDINATOR: N_("Coordinator"),
    Role.ADMINISTRATOR: N_("Administrator"),
}


class Choice(NamedTuple):
    """A forum that the reader may go to."""

    slug: str
    name: str


class Person(NamedTuple):
    """A signed-in person: what the page says of them."""

    name: str
    language: str


@dataclass(frozen=True)
class Reader:
    """Who reads the page: nobody known, a person, or a member in one forum; plain values, which outlive the session."""

    person: Person | None = None
    member: Member | None = None
    forums: tuple[Choice, ...] = ()
    demo: bool = False
    unread: int = 0
    """Notices that the member has not read."""


class EnglishAddresses:
    """Lets every address stand under /en as well; the routes know nothing of it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take /en for the application's root path, so that addresses made for the page keep it."""
        path = scope.get("path", "")
        if scope["type"] == "http" and (path == ENGLISH or path.startswith(f"{ENGLISH}/")):
            scope = {**scope, "root_path": ENGLISH, "path": path if path != ENGLISH else f"{ENGLISH}/"}
        await self.app(scope, receive, send)


def reader_of(request: Request) -> Reader:
    """Return who reads, as far as the request has found out."""
    return getattr(request.state, "reader", Reader())


def language_of(request: Request) -> str:
    """Return the reader's language: English by the account's choice or an address under /en, else Swedish."""
    reader = reader_of(request)
    chosen = reader.member.language if reader.member else reader.person.language if reader.person else Language.SV
    return Language.EN if Language.EN in (chosen, prefix(request).removeprefix("/")) else Language.SV


def prefix(request: Request) -> str:
    """Return what stands before every address of the page: /en, or nothing."""
    return ENGLISH if request.scope.get("root_path") == ENGLISH else ""


# --- answers ---------------------------------------------------------------------------------------------------------


def render(request: Request, name: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Answer with a template, filled with what every page needs and what this one is about."""
    template = environment().get_template(name)
    page = template.render({**standard(request), **context})
    return HTMLResponse(page, status_code=status, headers=HEADERS)


def go(request: Request, path: str, **query: str) -> RedirectResponse:
    """Answer a form by leading on to a page of ours."""
    address = prefix(request) + path + (f"?{urlencode(query)}" if query else "")
    return RedirectResponse(address, status_code=303)


def refuse(request: Request, error: ForumError, status: int) -> Response:
    """Answer a page with what went wrong, in the reader's words; who is not signed in is led to the sign-in."""
    language = language_of(request)
    if status == 401 and request.method in ("GET", "HEAD"):
        return go(request, "/logga-in", next=here(request))
    return render(
        request,
        "error.html",
        status=status,
        heading=text(HEADINGS.get(status, WRONG), language),
        said=error.say(language),
    )


WRONG = N_("Something went wrong here")
HEADINGS = {
    400: N_("This cannot be read"),
    401: N_("You are not signed in"),
    403: N_("You may not do this"),
    404: N_("There is nothing here"),
    405: N_("This cannot be done here"),
    409: N_("This cannot be done now"),
    412: N_("Somebody was faster"),
    422: N_("This cannot be taken"),
    413: N_("This is too much at once"),
    429: N_("Too many at once"),
    500: WRONG,
}


def here(request: Request) -> str:
    """Return the page's own address without its language."""
    path = request.url.path.removeprefix(prefix(request)) or "/"
    return path + (f"?{request.url.query}" if request.url.query else "")


def said(error: Invalid, language: str) -> dict[str, str]:
    """Return what stands at each field of a form, from what was refused."""
    return {problem.field or "": problem.say(language) for problem in error.problems}


def refusal(request: Request, error: ForumError) -> dict[str, Any]:
    """Return what a page shows of a refusal: at its fields where values are wrong, else in one sentence."""
    language = language_of(request)
    if isinstance(error, Invalid):
        return {"errors": said(error, language), "refused": ""}
    at = {error.field: error.say(language)} if error.field else {}
    return {"errors": at, "refused": "" if at else error.say(language)}


def again(
    request: Request, error: ForumError, form: FormData, fields: Iterable[str], *, at: str = ""
) -> dict[str, Any]:
    """Return what a page shows when a form of it is refused: the status, what was typed, and what is wrong with it.

    `fields` are those of the form that a refusal may stand at; what is wrong with anything else is said in a sentence
    of its own. A form that is there several times on a page ends the names of its fields with `at`.
    """
    language, fields = language_of(request), frozenset(fields)
    errors: dict[str, str] = {}
    others: list[str] = []
    for problem in error.problems if isinstance(error, Invalid) else (error,):
        name = (problem.field or "").removesuffix(at)
        if name in fields:
            errors[name + at] = problem.say(language)
        else:
            others.append(problem.say(language))
    typed = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    return {"status": status_of(error), "typed": typed, "errors": errors, "refused": " ".join(others)}


# --- what every page needs -------------------------------------------------------------------------------------------


def standard(request: Request) -> dict[str, Any]:
    """Return what every template may use."""
    reader, language = reader_of(request), language_of(request)
    return {
        "language": language,
        "me": _me(reader, language),
        "forum": _forum(reader),
        "forums": reader.forums,
        "unread": reader.unread,
        "demo": reader.demo or bool(reader.member and reader.member.demo),
        "token": form_token(request),
        "owner": _owner(request, reader),
        "to": partial(_to, request),
        "here": here(request),
        "in_language": partial(_in_language, request),
        "room": "",
        "basemap": request.app.state.settings.tile_url is not None,
        "map_credit": request.app.state.settings.tile_credit,
        "query": request.query_params.get("q", ""),
        "errors": {},
        "words_for_script": words.for_scripts(language),
    }


def _me(reader: Reader, language: str) -> dict[str, Any] | None:
    member, person = reader.member, reader.person
    if member is None:
        return {"name": person.name} if person else None
    return {
        "name": member.name,
        "organisation_name": member.organisation_name,
        "role_word": text(ROLES.get(member.role, N_("Reader")), language),
        "administers": may(member, Action.MEMBER_MANAGE),
        "sees_agreements": may(member, Action.AGREEMENT_READ),
        "marks": may(member, Action.DEVIATION_REGISTER),
        "imports": may(member, Action.DEVIATION_IMPORT),
        "authority": member.authority,
    }


def _owner(request: Request, reader: Reader) -> str:
    """Return what stands on a device for the account whose unsent deviations and form it keeps."""
    if reader.member is None:
        return ""
    secret: str = request.app.state.secret
    return hmac.new(secret.encode(), f"device|{reader.member.account_id}".encode(), hashlib.sha256).hexdigest()[:24]


def _forum(reader: Reader) -> dict[str, str] | None:
    member = reader.member
    if member is None:
        return None
    short = member.forum_name.removesuffix(" trygghetsforum")
    return {"slug": member.forum_slug, "name": member.forum_name, "short": short}


def _to(request: Request, path: str) -> str:
    return prefix(request) + quote(path, safe="/:?=&%+,-_.~#")


def _in_language(request: Request, language: str) -> str:
    return (ENGLISH if language == Language.EN else "") + quote(here(request), safe="/:?=&%+,-_.~")


@cache
def environment() -> Environment:
    """Return the templates' environment; a misspelt name is an error, never an empty place."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        _=_translate, number=_number, static=assets.address, shapes=symbols.SHAPES, roles=ROLES | OFFICE_WORDS
    )
    return made


@pass_context
def _translate(context: Context, message: str, **params: Any) -> str:
    return text(message, context["language"], **params)


@pass_context
def _number(context: Context, value: float, decimals: int = 0) -> str:
    return words.number(value, context["language"], decimals)


# --- forms -----------------------------------------------------------------------------------------------------------


async def checked_form(request: Request) -> FormData:
    """Return the form's fields, once its origin and its token show that it is one of ours."""
    return _checked(request, await request.form(max_files=0, max_fields=100))


async def checked_files(request: Request) -> AsyncIterator[FormData]:
    """Lend the fields of a form that brings files; they are gone when the request is."""
    async with request.form(max_files=2, max_fields=100) as form:
        yield _checked(request, form)


def _checked(request: Request, form: FormData) -> FormData:
    brought = form.get("token")
    require_ours(request, brought if isinstance(brought, str) else None)
    for name, value in form.multi_items():
        if isinstance(value, str):
            storable(value, name)
    return form


Form = Annotated[FormData, Depends(checked_form)]
"""The fields of a form that was checked to be ours."""
Files = Annotated[FormData, Depends(checked_files)]
"""The same with files among them; its address has a larger limit in app.py."""


def plain(form: Mapping[str, Any] | FormData, name: str) -> str:
    """Return a field's text without surrounding space, empty when it is missing."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""
