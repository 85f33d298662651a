"""What was acknowledged is there: the program and its PostgreSQL are killed under four writing clients, three times."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from shapely import box
from sqlalchemy import Connection, Engine, create_engine, text

from forum.foundation import clock
from forum.foundation.cluster import PrivateCluster
from tests.builders import CENTRE, SQUARE
from tests.proc import wait_for
from tests.program import Program, ask

CLIENTS = 4
WRITES = 5
"""What each client has been acknowledged before something is killed, at a moment drawn by chance; and some after it."""
URL = "/api/v1/forums/farsta/deviations"
ONCE = "SELECT client_id::text, count(*), max(version) FROM deviations GROUP BY 1"
KEPT = (
    "deviations", "deviation_history", "journal", "journal_heads", "place_links", "measure_deviations", "agenda_items",
    "decisions", "walk_points", "walk_checks",
)  # fmt: skip
GIVEN = text(
    "SELECT quote_ident(column_name) FROM information_schema.columns WHERE table_schema = 'public' "
    "AND table_name = :table AND is_generated = 'NEVER'"
)


class Client(threading.Thread):
    """A writer that goes on until it is told to stop, and sends again, with the same id, what was not acknowledged."""

    def __init__(self, port: int, token: str) -> None:
        super().__init__()
        self.port, self.headers = port, {"Authorization": f"Bearer {token}"}
        self.sent: set[str] = set()
        self.acknowledged: dict[str, int] = {}
        self.resent = self.failed = 0
        self.wrong: list[str] = []
        self.enough = threading.Event()

    def run(self) -> None:
        while not self.enough.is_set():
            client_id = str(uuid4())
            self.sent.add(client_id)
            body = {
                "id": client_id, "lon": CENTRE[0], "lat": CENTRE[1], "accuracy_m": 25, "category": "lighting",
                "occurred_from": (clock.now() - timedelta(hours=1)).isoformat(), "text": "Släckt lampa",
            }  # fmt: skip
            if len(self.sent) % 2:
                self.hang_up(body)
            self.until_acknowledged(client_id, body)

    def hang_up(self, body: dict[str, Any]) -> None:
        """Send it and go away before the answer comes, as a phone in a tunnel does."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        with suppress(OSError, HTTPException):
            connection.request("POST", URL, json.dumps(body), {"Content-Type": "application/json"} | self.headers)
            time.sleep(0.02)
        connection.close()

    def until_acknowledged(self, client_id: str, body: dict[str, Any]) -> None:
        while True:
            try:
                status, answer = ask(self.port, "POST", URL, self.headers, body)
            except (OSError, HTTPException, ValueError):
                status, answer = 0, None
            if status in (200, 201):
                self.resent += status == 200
                self.acknowledged[client_id] = 1
                self.amend(client_id, answer["id"])
                return
            if status not in (0, 500, 503):
                self.wrong.append(f"{status} {answer}")
                return
            self.failed += 1
            time.sleep(0.05)

    def amend(self, client_id: str, deviation: str) -> None:
        """Change it once; only what is acknowledged counts."""
        try:
            headers = self.headers | {"If-Match": '"1"'}
            status, _ = ask(self.port, "PATCH", f"{URL}/{deviation}", headers, {"text": "Två släckta lampor"})
        except (OSError, HTTPException, ValueError):
            return
        if status == 200:
            self.acknowledged[client_id] = 2


@pytest.fixture(scope="module")
def program() -> Iterator[Program]:
    """Return the running program; whatever is left of it afterwards is a failure."""
    data_dir = Path(tempfile.mkdtemp(prefix="trygg-kill-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        started = Program(data_dir, free.getsockname()[1])
    try:
        started.start()
        yield started
    finally:
        started.stop()
        left = started.left()
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(data_dir)
    assert left == []


@pytest.fixture(scope="module")
def token(program: Program, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return an officer's token in a forum that was made by the commands."""
    area = {"type": "Feature", "properties": {"namn": "Farsta"}, "geometry": box(*SQUARE).__geo_interface__}
    file = tmp_path_factory.mktemp("areas") / "district.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [area]}))
    program.command("areas", "import", str(file), "--kind", "stadsdelsomrade")
    program.command("forum", "create", "farsta", "--name", "Farsta trygghetsforum", "--area", "Farsta")
    program.command("organisation", "add", "Polisen", "--forum", "farsta", "--kind", "police", "--authority")
    partner = ("--forum", "farsta", "--organisation", "Polisen")
    program.command("agreement", "add", *partner, "--purpose", "Gemensam lägesbild", "--from", "2020-01-01")
    program.command("member", "add", *partner, "--role", "reporter", "--email", "officer@example.org")
    return program.command("token", "create", "--email", "officer@example.org").splitlines()[-1]


@pytest.fixture(scope="module")
def hand(program: Program) -> Iterator[Engine]:
    """Return the superuser's way around the program."""
    engine = create_engine(
        PrivateCluster(program.data_dir).superuser_url, pool_pre_ping=True, isolation_level="AUTOCOMMIT"
    )
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def earlier() -> list[Client]:
    """Return the clients of the rounds before: what they were told holds in every later one."""
    return []


@pytest.mark.parametrize("victim", ["program", "database", "program again"])
def test_what_was_acknowledged_is_there_exactly_once_after_a_kill(
    program: Program, token: str, hand: Engine, earlier: list[Client], victim: str
) -> None:
    clients = [Client(program.port, token) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        wait_for(lambda: all(len(client.acknowledged) >= WRITES for client in clients), 30)
        time.sleep(random.uniform(0, 0.3))
        if victim == "database":
            program.kill_database()
        else:
            program.kill()
            program.start()
        wait_for(lambda: all(len(client.acknowledged) >= WRITES + 2 for client in clients), 30)
    finally:
        for client in clients:
            client.enough.set()
        for client in clients:
            client.join(60)
    assert [client.wrong for client in clients] == [[]] * CLIENTS
    assert sum(client.failed for client in clients) > 0
    assert sum(client.resent for client in clients) > 0
    earlier.extend(clients)
    check_all_is_there(hand, earlier)
    check_it_is_durable(hand)
    assert [(verdict["sound"], verdict["fault"]) for verdict in program.verdicts()] == [(True, None)] * 2


def check_all_is_there(hand: Engine, clients: list[Client]) -> None:
    """Compare what all clients of all rounds were told with what stands in the database."""
    with hand.connect() as connection:
        there = {row[0]: (row[1], row[2]) for row in connection.execute(text(ONCE))}
    sent = set().union(*(client.sent for client in clients))
    assert there.keys() == sent  # each client went on until all that it had sent was acknowledged
    assert {count for count, _ in there.values()} == {1}
    for client in clients:
        for client_id, version in client.acknowledged.items():
            assert there[client_id][1] >= version


def check_it_is_durable(hand: Engine) -> None:
    with hand.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert connection.scalar(text(f"SHOW {setting}")) == "on", setting


CUT = (
    "DELETE FROM journal WHERE chain = '{chain}' AND seq > 5; UPDATE journal_heads SET seq = 5, mac = "
    "(SELECT mac FROM journal WHERE chain = '{chain}' AND seq = 5) WHERE chain = '{chain}'"
)
FORGED = "UPDATE journal SET facts = '{{}}' WHERE chain = '{chain}' AND seq = 3"
STRANGE_HANDS = {
    "a row is changed": ("UPDATE deviations SET text = 'Ingenting' WHERE nr = {nr}", "^The row .* is not as"),
    "a row is taken away": ("DELETE FROM deviations WHERE nr = {nr}", "^The row .* is gone"),
    "an entry is changed": (FORGED, "^Entry 3 .* was changed"),
    "an entry is taken away": ("DELETE FROM journal WHERE chain = '{chain}' AND seq = 4", "^Entry 4 .* is missing"),
    "the tail is cut": (CUT, r"^The journal was cut: entry \d+ was anchored"),
}


@pytest.mark.parametrize("deed", STRANGE_HANDS)
def test_the_verifier_finds_a_superusers_hand(program: Program, token: str, hand: Engine, deed: str) -> None:
    status, _ = ask(program.port, "GET", URL, {"Authorization": f"Bearer {token}"})
    assert status == 200
    with hand.connect() as connection:
        chain, nr = connection.execute(text("SELECT forum_id::text, max(nr) FROM deviations GROUP BY 1")).one()
        connection.exec_driver_sql("CREATE SCHEMA kept")
        for table in KEPT:
            connection.exec_driver_sql(f"CREATE TABLE kept.{table} AS SELECT * FROM {table}")
        try:
            connection.exec_driver_sql(STRANGE_HANDS[deed][0].format(chain=chain, nr=nr))
            (fault,) = [verdict["fault"] for verdict in program.verdicts() if not verdict["sound"]]
        finally:
            put_back(connection)
    assert re.search(STRANGE_HANDS[deed][1], fault), fault
    assert all(verdict["sound"] for verdict in program.verdicts())


def put_back(connection: Connection) -> None:
    """Let the tables be as they were kept; what the database computes itself, it computes again."""
    connection.exec_driver_sql(f"TRUNCATE {', '.join(KEPT)}")
    for table in KEPT:
        columns = ", ".join(connection.scalars(GIVEN, {"table": table}))
        connection.exec_driver_sql(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM kept.{table}")
    connection.exec_driver_sql("DROP SCHEMA kept CASCADE")
