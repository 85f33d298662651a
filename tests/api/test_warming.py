"""Warming up asks what the first reader would ask, shows nobody a row and writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

from api.warming import CONNECTIONS, warm_up
from tests.api.conftest import URL, ClientOf, Counts, registered


@pytest.fixture
def sent(engine: Engine) -> Iterator[list[str]]:
    """Collect the statements that the program sends."""
    statements: list[str] = []

    def collect(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", collect)
    yield statements
    event.remove(engine, "before_cursor_execute", collect)


ASKED = (1, 4, 2, 1)
"""Who asks, the version of the data, whether there is anything of the organisation alone, and the page."""


def test_the_first_readers_ask_what_was_asked_before_on_each_connection(
    app: FastAPI, client_of: ClientOf, sessions: sessionmaker[Session], sent: list[str]
) -> None:
    registered(client_of("officer"))
    sent.clear()
    warm_up(app, sessions)
    warmed = list(sent)
    for person in ("officer", "walker"):  # of an authority, and of none
        sent.clear()
        assert client_of(person).get(URL).json()["numberMatched"] > 0
        assert [warmed.count(statement) for statement in sent] == [n * CONNECTIONS for n in ASKED]


def test_warming_up_writes_nothing(app: FastAPI, sessions: sessionmaker[Session], counts: Counts) -> None:
    before = counts()
    warm_up(app, sessions)
    assert counts() == before


def test_a_database_that_does_not_answer_keeps_nobody_from_starting(app: FastAPI) -> None:
    warm_up(app, sessionmaker(create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")))
