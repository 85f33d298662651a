"""The application (programmet): every room and every route for programs, behind one set of limits and answers."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.orm import Session, sessionmaker
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import api.agenda
import api.assessments
import api.awards
import api.calendars
import api.description
import api.deviations
import api.documents
import api.editions
import api.effects
import api.errors
import api.events
import api.evidence
import api.exports
import api.extracts
import api.forums
import api.health
import api.jury
import api.lessons
import api.links
import api.measures
import api.meetings
import api.methods
import api.nominations
import api.notices
import api.outcomes
import api.picture
import api.places
import api.plans
import api.publications
import api.surveys
import api.tiles
import api.walks
from api.deps import ours_when_unsafe
from api.streams import Streams
from dashboards import (
    again,
    agreements,
    answering,
    assessments,
    assets,
    basemap,
    basis,
    by_area,
    compiled,
    council,
    deliberation,
    deviations,
    documents,
    editions,
    effects,
    importing,
    imports,
    jury,
    lessons,
    mark,
    measures,
    meeting,
    meetings,
    members,
    methods,
    nominate_from,
    nominating,
    nominations,
    notices,
    offline,
    outcomes,
    picture,
    places,
    plans,
    preparing,
    prize,
    protocol,
    publications,
    quarantine,
    sign_in,
    sitting,
    splitting,
    start,
    surveys,
    view,
    views,
    walks,
)
from dashboards import map as map_room
from forum.foundation.errors import ForumError, Invalid, NotFound
from forum.foundation.language import N_
from forum.foundation.settings import Settings
from forum.register.memory import Memory

LARGEST_BODY = 1_000_000
"""Bytes of a request's body; files come in by their own door."""
DOORS = (
    (importing.DOOR, importing.LARGEST),
    (nominating.DOOR, nominating.LARGEST),
    (surveys.DOOR, importing.LARGEST),
    (walks.DOOR, api.walks.LARGEST),
    (api.walks.DOOR, api.walks.LARGEST),
    (api.evidence.DOOR, api.evidence.LARGEST),
)
"""Addresses that take more, and how much."""
PROGRAMS = ("/api/", "/calendar/", "/ogc", "/open311", "/healthz", "/readyz")
API_ROUTERS = (
    api.events.router,
    api.deviations.router,
    api.documents.router,
    api.exports.router,
    api.forums.router,
    api.extracts.router,
    api.measures.router,
    api.effects.router,
    api.lessons.router,
    api.links.router,
    api.notices.router,
    api.outcomes.router,
    api.picture.router,
    api.agenda.router,
    api.meetings.router,
    api.places.router,
    api.plans.router,
    api.publications.router,
    api.editions.router,
    api.nominations.router,
    api.evidence.router,
    api.evidence.brought,
    api.jury.router,
    api.assessments.router,
    api.awards.router,
    api.methods.router,
    api.surveys.router,
    api.tiles.router,
    api.calendars.router,
    api.walks.router,
    api.walks.pictured,
)
ROOMS = (
    basemap.router,
    start.router,
    offline.router,
    outcomes.router,
    sign_in.router,
    map_room.router,
    mark.router,
    again.router,
    deviations.router,
    places.router,
    splitting.router,
    measures.router,
    effects.router,
    lessons.router,
    plans.router,
    council.router,
    surveys.router,
    picture.router,
    protocol.router,
    publications.router,
    methods.router,
    prize.router,
    editions.router,
    preparing.router,
    nominating.router,
    nominations.router,
    nominate_from.router,
    jury.router,
    assessments.router,
    deliberation.router,
    basis.router,
    meetings.router,
    meeting.router,
    compiled.router,
    sitting.router,
    documents.router,
    members.router,
    notices.router,
    agreements.router,
    answering.router,
    quarantine.router,
    views.router,
    by_area.router,
    importing.router,
    imports.router,
    walks.router,
)


class TooLarge(HTTPException):
    """A body goes on beyond the limit."""

    def __init__(self) -> None:
        super().__init__(413)


def largest_body(path: str) -> int:
    """Return how many bytes a request to the address may bring."""
    return next((most for door, most in DOORS if door.fullmatch(path)), LARGEST_BODY)


class Limits:
    """Refuses what no route should have to meet: bodies beyond the limit and addresses with a NUL in them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting its body."""
        refusal = _refused_at_the_door(Request(scope)) if scope["type"] == "http" else None
        if refusal is not None:
            await refusal(scope, receive, send)
        else:
            counted = _counting(receive, largest_body(scope["path"])) if scope["type"] == "http" else receive
            await self.app(scope, counted, send)


def _refused_at_the_door(request: Request) -> Response | None:
    path, query = request.scope["path"], request.scope["query_string"]
    if "\0" in path or b"%00" in query or b"\0" in query:
        message, remedy = N_("The address holds characters that are no text."), N_("Write it again without them.")
        return _domain(request, Invalid(message, field="address", value=path, remedy=remedy))
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and (len(declared) > 12 or int(declared) > largest_body(path)):
        return _http(request, TooLarge())
    return None


def _counting(receive: Receive, most: int) -> Receive:
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise TooLarge
        return message

    return counted


class Application(FastAPI):
    """FastAPI with our description of the interface."""

    def openapi(self) -> dict[str, Any]:
        """Return the description."""
        return api.description.describe(self)


def create_app(configured: Settings, sessions: sessionmaker[Session]) -> FastAPI:
    """Return the application on these sessions."""
    app = Application(
        title="Trygghetsforum", version="0.1.0", openapi_url="/api/v1/openapi.json", docs_url=None, redoc_url=None
    )
    assert configured.secret_key is not None  # whoever makes the settings complete sees to it
    app.state.settings, app.state.sessions, app.state.streams = configured, sessions, Streams(sessions)
    app.state.memory, app.state.basemap = Memory(), basemap.Basemap(configured.tile_url)
    app.state.secret = configured.secret_key.get_secret_value()
    app.include_router(api.health.router)
    for router in API_ROUTERS:
        app.include_router(router, dependencies=[Depends(ours_when_unsafe)])
    app.mount(assets.base(), assets.Lasting(directory=assets.STATIC), name="static")
    for room in ROOMS:
        app.include_router(room, include_in_schema=False)
    app.add_middleware(Limits)
    app.add_middleware(view.EnglishAddresses)  # around the limits, so that they refuse in the reader's language
    app.add_exception_handler(ForumError, _domain)
    app.add_exception_handler(RequestValidationError, _misshapen)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _broken)
    return app


def for_programs(request: Request) -> bool:
    """Tell whether a program asks, which is answered in JSON."""
    path: str = request.scope["path"]
    return path.startswith(PROGRAMS)


def _domain(request: Request, error: Exception) -> Response:
    assert isinstance(error, ForumError)
    if for_programs(request):
        return api.errors.answer(request, error)
    return view.refuse(request, error, api.errors.status_of(error))


def _misshapen(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if for_programs(request):
        return api.errors.answer_misshapen(request, error)
    return view.refuse(request, Invalid(api.errors.OTHERWISE[0]), 422)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return _domain(request, NotFound())
    if for_programs(request):
        return api.errors.answer_http(request, error)
    message, remedy = api.errors.refusal(error.status_code)
    return view.refuse(request, ForumError(message, remedy=remedy), error.status_code)


def _broken(request: Request, _: Exception) -> Response:
    return _http(request, HTTPException(500))
