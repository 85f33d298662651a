"""What every route stands on: an answer only after the commit, and no unsafe request that another site begot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session, sessionmaker
from starlette.requests import Request

from api.deps import COOKIE, FORM_HEADER, SAFE, form_token, ours_when_unsafe
from dashboards.notices import sealed
from dashboards.view import checked_files, checked_form
from forum.people import accounts
from tests.api.conftest import HOW, URL, ClientOf, Counts, new, path_of, registered, seen
from tests.builders import World

DEFERRED = (
    "CREATE FUNCTION refuse_late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'too late'; END $$;"
    "CREATE CONSTRAINT TRIGGER refuse_late AFTER INSERT OR UPDATE ON deviations DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION refuse_late()"
)
CHECKS = {ours_when_unsafe, checked_form, checked_files, sealed}
"""What proves that a request is ours: a form's token, or an address that we sealed and gave to one person by mail."""


@pytest.fixture
def failing_at_commit(superuser: Engine) -> Iterator[None]:
    """Let every write of a deviation pass until the commit, which fails."""
    with superuser.connect() as connection:
        connection.exec_driver_sql(DEFERRED)
        yield
        connection.execute(text("DROP FUNCTION refuse_late CASCADE"))


def test_a_failing_commit_is_never_answered_as_done(
    client_of: ClientOf, counts: Counts, request: pytest.FixtureRequest
) -> None:
    officer = client_of("officer")
    made, sent = registered(officer), new()
    before = counts()
    request.getfixturevalue("failing_at_commit")
    answers = [
        officer.post(URL, json=sent),
        officer.patch(path_of(made), json={"text": "Nytt"}, headers=seen(made)),
        officer.post(path_of(made, "withdrawal"), json={}),
    ]
    for answer in answers:
        assert answer.status_code == 500
        assert answer.headers["content-type"] == "application/problem+json"
        assert "too late" not in answer.text
    assert counts() == before
    assert officer.get(path_of(made)).json()["properties"] == made["properties"]


def test_a_commit_that_the_database_takes_no_more_is_never_answered_as_done(
    client_of: ClientOf, sessions: sessionmaker[Session], counts: Counts
) -> None:
    before, officer = counts(), client_of("officer")

    def cut(session: Session) -> None:
        session.connection().exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    event.listen(sessions, "before_commit", cut)
    try:
        answer = officer.post(URL, json=new())
    finally:
        event.remove(sessions, "before_commit", cut)
    assert answer.status_code == 500
    assert counts() == before
    assert officer.post(URL, json=new()).status_code == 201


class Browser:
    """A browser with a signed-in session, and what it sends."""

    def __init__(self, app: FastAPI, secret: str) -> None:
        self.client = TestClient(app, **HOW, cookies={COOKIE: secret})
        scope = {"type": "http", "app": app, "headers": [(b"cookie", f"{COOKIE}={secret}".encode())]}
        self.token = form_token(Request(scope))


@pytest.fixture
def browser(app: FastAPI, sessions: sessionmaker[Session], lasting: World) -> Iterator[Browser]:
    """Return the officer's browser."""
    with sessions() as session:
        secret = accounts.start_session(session, lasting.accounts["officer"])
        session.commit()
    opened = Browser(app, secret)
    yield opened
    opened.client.close()


def test_a_page_of_ours_registers_with_its_token(browser: Browser) -> None:
    assert browser.client.get("/api/v1/me").json()["account"]["name"] == "Officer"
    for origin in ({}, {"Origin": "http://127.0.0.1"}, {"Sec-Fetch-Site": "same-origin"}):
        assert browser.client.post(URL, json=new(), headers={FORM_HEADER: browser.token} | origin).status_code == 201


FOREIGN: list[dict[str, Any]] = [
    {},
    {FORM_HEADER: ""},
    {FORM_HEADER: "0" * 64},
    {FORM_HEADER: "å".encode("latin-1")},
    {FORM_HEADER: "ours", "Origin": "http://evil.example"},
    {FORM_HEADER: "ours", "Origin": "null"},
    {FORM_HEADER: "ours", "Origin": "http://["},
    {FORM_HEADER: "ours", "Origin": "http://127.0.0.1.evil.example"},
    {FORM_HEADER: "ours", "Sec-Fetch-Site": "cross-site"},
    {FORM_HEADER: "ours", "Sec-Fetch-Site": "same-site"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_no_unsafe_route_takes_a_session_without_the_pages_token(
    app: FastAPI, browser: Browser, counts: Counts, headers: dict[str, Any]
) -> None:
    before, asked = counts(), 0
    sent = {k: browser.token if v == "ours" else v for k, v in headers.items()}
    for path, methods in app.openapi()["paths"].items():
        for method in methods.keys() - {m.lower() for m in SAFE}:
            answer = browser.client.request(
                method, re.sub(r"\{\w+\}", str(uuid4()), path.replace("{forum}", "farsta")), json={}, headers=sent
            )
            asked += answer.status_code == 403
            assert answer.status_code == 403, path
            assert answer.headers["content-type"] == "application/problem+json"
    assert asked >= 7
    assert counts() == before


def test_a_token_of_another_session_is_refused(browser: Browser, app: FastAPI) -> None:
    other = Browser(app, "another").token
    assert browser.client.post(URL, json=new(), headers={FORM_HEADER: other}).status_code == 403


def calls(dependant: Dependant) -> Iterator[Any]:
    """Yield everything that a route depends on."""
    yield dependant.call
    for inner in dependant.dependencies:
        yield from calls(inner)


def test_every_unsafe_route_asks_whether_the_request_is_ours(app: FastAPI) -> None:
    unsafe = [
        (context.path, set(calls(context.dependant)))
        for context in iter_route_contexts(app.routes)
        if set(context.methods or ()) - SAFE and getattr(context, "dependant", None)
    ]
    assert len(unsafe) > 10
    assert [path for path, found in unsafe if not found & CHECKS] == []


def test_a_session_that_ended_is_told_to_sign_in(
    browser: Browser, sessions: sessionmaker[Session], lasting: World
) -> None:
    with sessions() as session:
        secret = str(browser.client.cookies[COOKIE])
        accounts.whose(session, "session", secret)
        accounts.end_session(session, secret)
        session.commit()
    assert browser.client.get("/api/v1/me").status_code == 401
    assert browser.client.post(URL, json=new(), headers={FORM_HEADER: browser.token}).status_code == 401


@pytest.mark.parametrize(("path", "status"), [("/api/v1/me", 200), ("/api/v1/editions", 200), (f"{URL}/1", 404)])
def test_no_shared_cache_keeps_what_one_reader_was_told(client_of: ClientOf, path: str, status: int) -> None:
    answer = client_of("officer").get(path)
    assert (answer.status_code, answer.headers["cache-control"]) == (status, "no-store")


def test_what_has_a_version_may_be_asked_for_again(client_of: ClientOf) -> None:
    officer = client_of("officer")
    made = registered(officer)
    assert officer.get(path_of(made)).headers["cache-control"] == "private, no-cache"
