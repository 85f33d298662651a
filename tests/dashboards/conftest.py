"""Readers who ask for pages like a browser does: a session cookie, forms with their token, an origin."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from api.deps import COOKIE
from dashboards import jobs
from dashboards.app import create_app
from forum.foundation.cluster import PrivateCluster
from forum.foundation.jobs import QUEUE
from forum.foundation.settings import Settings
from forum.people import accounts
from tests.builders import World
from tests.conftest import SECRET, on

BASE = "http://127.0.0.1"
TOKEN = re.compile(r'name="token" value="([0-9a-f]+)"')


class Browser:
    """One person's browser: it keeps the session, and sends forms as they were given to it."""

    def __init__(self, app: FastAPI, secret: str | None) -> None:
        self.client = TestClient(app, base_url=BASE, client=("127.0.0.1", 50000), follow_redirects=False)
        if secret:
            self.client.cookies.set(COOKIE, secret)

    def get(self, path: str, status: int = 200) -> str:
        """Return the page at a path, which answers with the status."""
        answer = self.client.get(path)
        assert answer.status_code == status, (answer.status_code, path, answer.text[:2000])
        return answer.text

    def token(self) -> str:
        """Return the token that every form of this browser carries."""
        found = TOKEN.search(self.client.get("/logga-in").text)
        assert found is not None
        return found[1]

    def post(self, path: str, fields: dict[str, Any] | None = None, **headers: str) -> Any:
        """Send a form of ours."""
        given = {"token": self.token()} | (fields or {})
        return self.client.post(path, data=given, headers={"origin": BASE} | headers)


class Tags(HTMLParser):
    """The tags of a page with their attributes, and the text of its scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of all such tags."""
        return [attributes for name, attributes in self.tags if name == tag]


def filled(page: str) -> dict[str, str]:
    """Return what the fields of a page's last form hold, as a browser would send them."""
    fields: dict[str, str] = {}
    tags = Tags(page).tags
    select = ""
    for tag, attributes in tags:
        name, value = attributes.get("name") or "", attributes.get("value") or ""
        if tag == "select":
            select = name
        if tag == "option" and ("selected" in attributes or select not in fields):
            fields[select] = value
        if tag == "input" and name and attributes.get("type") not in ("checkbox", "radio"):
            fields[name] = value
        if tag == "input" and name and "checked" in attributes:
            fields[name] = value
    return fields


BrowserOf = Callable[[str | None], Browser]


@pytest.fixture(scope="module")
def app(sessions: sessionmaker[Session], configured: Settings, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return create_app(configured.model_copy(update={"data_dir": tmp_path_factory.mktemp("data")}), sessions)


@pytest.fixture(scope="module")
def browser_of(app: FastAPI, sessions: sessionmaker[Session], lasting: World) -> BrowserOf:
    """Return the maker of browsers: a person's name signs that person in."""

    def open_for(person: str | None) -> Browser:
        if person is None:
            return Browser(app, None)
        with sessions() as session:
            secret = accounts.start_session(session, lasting.accounts[person])
            session.commit()
        return Browser(app, secret)

    return open_for


WAITING = text(
    "SELECT task_name, status::text, attempts, scheduled_at > now() AS later, args FROM jobs.procrastinate_jobs"
)


@pytest.fixture(scope="module")
def configured(cluster: PrivateCluster, database: str, free_port: int) -> Settings:
    """Return the settings of a program on the module's database; its mail server is there where a test asks for it."""
    return Settings(
        database_url=on(cluster.app_url, database),
        secret_key=SecretStr(SECRET),
        base_url=BASE,
        smtp_url=f"smtp://127.0.0.1:{free_port}",
        mail_from="Trygghetsforum <forum@example.org>",
    )


@dataclass
class Queue:
    """The queue and who works it."""

    settings: Settings
    sessions: sessionmaker[Session]
    superuser: Engine

    def work(self, **changes: Any) -> None:
        """Let a worker do all that waits, and end."""
        app = jobs.application(self.settings.model_copy(update=changes), self.sessions)
        app.periodic_registry.periodic_tasks.clear()  # what the clock brings, a test asks for by itself
        app.run_worker(queues=[QUEUE], wait=False, delete_jobs="successful", install_signal_handlers=False)

    def waiting(self) -> list[tuple[Any, ...]]:
        """Return what is in the queue."""
        with self.superuser.connect() as connection:
            return [tuple(row) for row in connection.execute(WAITING)]


@pytest.fixture
def queue(configured: Settings, sessions: sessionmaker[Session], superuser: Engine) -> Iterator[Queue]:
    yield Queue(configured, sessions, superuser)
    with superuser.connect() as connection:
        connection.execute(text("TRUNCATE jobs.procrastinate_jobs, jobs.procrastinate_workers CASCADE"))


class Letterbox(Message):
    """Keeps what arrives."""

    def __init__(self) -> None:
        super().__init__(EmailMessage)
        self.letters: list[Any] = []

    def handle_message(self, message: Any) -> None:
        self.letters.append(message_from_bytes(message.as_bytes(), policy=default))


@pytest.fixture(scope="module")
def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


@pytest.fixture
def letterbox(free_port: int) -> Iterator[Letterbox]:
    """Return a mail server's letterbox."""
    letterbox = Letterbox()
    server = Controller(letterbox, hostname="127.0.0.1", port=free_port)
    server.start()
    yield letterbox
    server.stop()
