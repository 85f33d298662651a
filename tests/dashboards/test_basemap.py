"""The map under ours: fetched from another server by this one, kept, and given to whoever is signed in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from fastapi import FastAPI
from pydantic import SecretStr, ValidationError
from sqlalchemy.orm import Session, sessionmaker

from dashboards.app import create_app
from dashboards.basemap import LARGEST
from forum.foundation.settings import Settings
from forum.people import accounts
from tests.builders import World
from tests.conftest import SECRET
from tests.dashboards.conftest import BASE, Browser

PICTURE = b"\x89PNG invented"


@dataclass
class Other:
    """Another server with tiles, and what it was asked for."""

    address: str = ""
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def other() -> Iterator[Other]:
    found = Other()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            kind, status, content = ANSWERS.get(self.path, ("image/png", 200, PICTURE))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Location", "/1/0/0.png")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    found.address = f"http://127.0.0.1:{server.server_port}"
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


ANSWERS = {
    "/2/0/0.png": ("text/html", 200, b"<script>"),
    "/2/0/1.png": ("image/png", 404, PICTURE),
    "/2/0/2.png": ("image/png", 302, b""),
    "/2/0/3.png": ("image/png", 200, b"x" * (LARGEST + 1)),
    "/2/1/0.png": ("image/svg+xml", 200, b"<svg/>"),
}
"""What is no tile: a page, a refusal, a way elsewhere, something without end, a picture that can hold a script."""


@pytest.fixture(scope="module")
def app(other: Other, sessions: sessionmaker[Session], tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    address = other.address + "/{z}/{x}/{y}.png"
    data = tmp_path_factory.mktemp("data")
    settings = Settings(
        data_dir=data, secret_key=SecretStr(SECRET), base_url=BASE, tile_url=address, tile_credit="© Lantmäteriet"
    )
    return create_app(settings, sessions)


@pytest.fixture(scope="module")
def officer(app: FastAPI, sessions: sessionmaker[Session], lasting: World) -> Browser:
    with sessions() as session:
        secret = accounts.start_session(session, lasting.accounts["officer"])
        session.commit()
    return Browser(app, secret)


def test_a_tile_is_fetched_once_and_kept(officer: Browser, other: Other) -> None:
    for _ in range(2):
        answer = officer.client.get("/basemap/1/1/0")
        assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, PICTURE, "image/png")
        assert answer.headers["cache-control"].startswith("private")
    assert other.asked.count("/1/1/0.png") == 1


@pytest.mark.parametrize("path", ANSWERS)
def test_what_is_no_tile_is_not_handed_on(officer: Browser, other: Other, path: str) -> None:
    answer = officer.client.get("/basemap" + path.removesuffix(".png"))
    assert (answer.status_code, answer.content) == (204, b"")
    assert path in other.asked
    assert "/1/0/0.png" not in other.asked


def test_nobody_uses_us_as_a_way_to_the_other_server(app: FastAPI, officer: Browser, other: Other) -> None:
    stranger = Browser(app, None)
    assert stranger.client.get("/basemap/3/0/0").headers["location"].startswith("/logga-in")
    officer.get("/basemap/3/8/0", 404)
    officer.get("/basemap/3/0/..%2f..%2fsecret", 404)
    officer.get("/basemap/3/0/secret", 422)
    assert not [path for path in other.asked if not path.startswith(("/1/", "/2/"))]


def test_pages_name_the_map_and_whose_it_is(officer: Browser) -> None:
    page = officer.get("/farsta/karta")
    assert 'data-basemap="/basemap/{z}/{x}/{y}"' in page
    assert "© Lantmäteriet" in page


def test_without_a_source_there_is_none(sessions: sessionmaker[Session], lasting: World, officer: Browser) -> None:
    plain = create_app(Settings(secret_key=SecretStr(SECRET), base_url=BASE), sessions)
    browser = Browser(plain, next(iter(officer.client.cookies.jar)).value)
    assert "data-basemap" not in browser.get("/farsta/karta")
    browser.get("/basemap/1/0/0", 404)


@pytest.mark.parametrize(
    "address",
    ["file:///etc/{z}/{x}/{y}", "https://example.org/{z}/{x}", "https://{z}/{x}/{y}", "https://a@b/{z}{x}{y}"],
)
def test_an_address_that_is_no_source_of_tiles_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        Settings(tile_url=address)
