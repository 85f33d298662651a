"""Clients that speak HTTP to the whole application, each as one person of the lasting world."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from dashboards.app import create_app
from forum.foundation import clock, rights
from forum.foundation.settings import Settings
from forum.people import accounts
from tests.builders import CENTRE, PEOPLE, World
from tests.conftest import SECRET

HOW: dict[str, Any] = {"base_url": "http://127.0.0.1", "raise_server_exceptions": False}
ClientOf = Callable[[str | None], TestClient]
Counts = Callable[[], dict[str, int]]
URL = "/api/v1/forums/farsta/deviations"
TABLES = (
    "SELECT format('SELECT %L, count(*) FROM %I.%I', schemaname || '.' || tablename, schemaname, tablename) "
    "FROM pg_tables WHERE schemaname IN ('public', 'jobs') ORDER BY 1"
)


def new(**changes: Any) -> dict[str, Any]:
    """Return the body of something worth registering, with changes."""
    plain = {
        "id": str(uuid4()),
        "lon": CENTRE[0],
        "lat": CENTRE[1],
        "accuracy_m": 25,
        "occurred_from": (clock.now() - timedelta(hours=3)).isoformat(),
        "category": "lighting",
        "text": "Tre lyktstolpar är släckta",
    }
    return plain | changes


def registered(client: TestClient, **changes: Any) -> dict[str, Any]:
    """Return the feature of a deviation that the client has just registered."""
    answer = client.post(URL, json=new(**changes))
    assert answer.status_code == 201, answer.text
    feature: dict[str, Any] = answer.json()
    return feature


def path_of(feature: dict[str, Any], *rest: str) -> str:
    """Return the address of a deviation, or of something under it."""
    return "/".join([URL, feature["id"], *rest])


def seen(feature: dict[str, Any]) -> dict[str, str]:
    """Return the header that says which version was seen."""
    return {"If-Match": f'"{feature["properties"]["version"]}"'}


def check_refusal(answer: Any, field: str) -> None:
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    fault = problem["errors"][0]
    assert (fault["field"] or "").startswith(field)
    assert fault["message"]
    assert fault["remedy"]
    assert len(answer.content) < 3000


@pytest.fixture(scope="module")
def app(sessions: sessionmaker[Session], tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), secret_key=SecretStr(SECRET))
    return create_app(settings, sessions)


@pytest.fixture(scope="module")
def client_of(app: FastAPI, sessions: sessionmaker[Session], lasting: World) -> Iterator[ClientOf]:
    """Return the maker of clients: a person's name gives them that person's bearer token."""
    opened: dict[str | None, TestClient] = {None: TestClient(app, **HOW)}
    for person in PEOPLE:
        opened[person] = TestClient(app, **HOW)
        opened[person].headers["Authorization"] = f"Bearer {token_of(sessions, lasting, person)}"
    yield opened.__getitem__
    for client in opened.values():
        client.close()


def token_of(sessions: sessionmaker[Session], world: World, person: str) -> str:
    with sessions() as session:
        rights.become(session, rights.OPERATOR)
        token = accounts.create_token(session, world.accounts[person])
        session.commit()
    return token


@pytest.fixture
def counts(superuser: Engine) -> Counts:
    """Return what counts every table's rows, the journal's among them."""

    def count() -> dict[str, int]:
        with superuser.connect() as connection:
            queries = " UNION ALL ".join(connection.scalars(text(TABLES)))
            return {row[0]: row[1] for row in connection.execute(text(queries))}

    return count
