"""The whole program on the demo forum, and a real Chromium in front of it."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    StorageState,
    expect,
    sync_playwright,
)
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from dashboards import jobs
from dashboards.app import create_app
from dashboards.server import Server
from forum import demo
from forum.foundation import journal
from forum.foundation.cluster import PrivateCluster
from forum.foundation.database import make_engine, make_sessions
from forum.foundation.jobs import QUEUE
from forum.foundation.settings import Settings
from mapping.agenda import prepared
from mapping.cards import latest
from mapping.picture import latest_figures
from mapping.publications import issues
from tests.conftest import SECRET, fresh_database, on

CHROMIUM = "/usr/bin/chromium-headless-shell"
FLAGS = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader-webgl",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
)
ENVIRONMENT: dict[str, str | float | bool] = {**os.environ, "LANGUAGE": "sv"}
"""Chromium's own words, and with them its fields for dates, follow this and no flag."""
PHONE, LAPTOP = (360, 640), (1280, 800)
SIZES = [pytest.param(PHONE, id="360"), pytest.param(LAPTOP, id="1280")]
AXE = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
FAULTS = """async rules => (await axe.run(document, rules)).violations.map(
    ({ id, help, nodes }) => `${id}: ${help} ${JSON.stringify(nodes.slice(0, 3).map(node => node.target))}`)"""
"""Told in a line each: whatever axe found in order is megabytes for each page, which nobody reads."""

expect.set_options(timeout=30_000)
"""As long as everything else of a page is waited for: how quick a machine is, is no matter of these tests."""


@dataclass(frozen=True)
class Program:
    """The running program: where it answers, and what its worker stands on."""

    address: str
    settings: Settings
    sessions: sessionmaker[Session]

    def worker(self, **changes: Any) -> threading.Thread:
        """Return a worker, which does all that waits; in a thread, since the browser has the loop of this one."""
        app = jobs.application(self.settings.model_copy(update=changes), self.sessions)
        app.periodic_registry.periodic_tasks.clear()  # nothing happens by the clock while others look
        how: dict[str, Any] = {"queues": [QUEUE], "wait": False, "install_signal_handlers": False}
        begun = threading.Thread(target=partial(app.run_worker, delete_jobs="successful", **how))
        begun.start()
        return begun

    def work(self, **changes: Any) -> None:
        """Let a worker do all that waits, with other settings where they are named."""
        self.worker(**changes).join()


@pytest.fixture(scope="session")
def program(
    cluster: PrivateCluster, administration: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Program]:
    """Run the program on a database of its own with the demo forum."""
    for database in fresh_database(administration):
        engine = make_engine(on(cluster.app_url, database))
        sessions = make_sessions(engine)
        journal.keep(sessions, journal.Keeper(SECRET, tmp_path_factory.mktemp("anchors")))
        with sessions() as session:
            demo.build(session, by=demo.Analyst(prepared, issues, latest_figures, latest))
            session.commit()
        url, folder = on(cluster.app_url, database), tmp_path_factory.mktemp("data")
        settings = Settings(database_url=url, data_dir=folder, secret_key=SecretStr(SECRET))
        server = Server(create_app(settings, sessions), port=0)
        thread = threading.Thread(target=server.run)
        thread.start()
        yield Program(address_of(server), settings, sessions)
        server.should_exit = True
        thread.join()
        engine.dispose()


@pytest.fixture(scope="session")
def live(program: Program) -> str:
    """Return the address of the running program."""
    return program.address


def address_of(server: uvicorn.Server) -> str:
    """Return where the server answers, once it does."""
    while not server.started:
        time.sleep(0.02)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    return f"http://{host}:{port}"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Return a Chromium that draws maps without a graphics card."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS), env=ENVIRONMENT)
        yield browser
        browser.close()


Open = Callable[..., Page]


@pytest.fixture(scope="module")
def signed_in(chromium: Browser, live: str) -> Callable[[str], StorageState]:
    """Return what a browser keeps once a person of the demo has signed in; each signs in once for all tests."""
    kept: dict[str, StorageState] = {}

    def sign_in(person: str) -> StorageState:
        if person not in kept:
            context = chromium.new_context(base_url=live, java_script_enabled=False)  # draws no map on the way
            page = context.new_page()
            enter_as(page, person)
            kept[person] = context.storage_state()
            context.close()
        return kept[person]

    return sign_in


def enter_as(page: Page, person: str) -> None:
    """Press the demo's button of a person."""
    page.goto("/logga-in")
    page.locator(f'button[name="person"][value="{person}"]').click()
    page.wait_for_url("**/karta")


@pytest.fixture
def open_page(chromium: Browser, live: str, signed_in: Callable[[str], StorageState]) -> Iterator[Open]:
    """Return the maker of pages: a person of the demo at a size of the screen; every fault in them fails the test."""
    yield from pages(chromium, live, signed_in)


@pytest.fixture(scope="module")
def open_lasting(chromium: Browser, live: str, signed_in: Callable[[str], StorageState]) -> Iterator[Open]:
    """Return the same for pages that several tests of a module go on with."""
    yield from pages(chromium, live, signed_in)


def pages(chromium: Browser, live: str, signed_in: Callable[[str], StorageState]) -> Iterator[Open]:
    """Yield a maker of pages, each in a browser of its own; `worker` lets the page keep what needs no network."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def noted(said: ConsoleMessage) -> None:
        if said.type == "error" and not offline(said.text):
            faults.append(said.text)

    def make(
        person: str | None,
        size: tuple[int, int] = LAPTOP,
        *,
        dark: bool = False,
        script: bool = True,
        worker: bool = False,
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            base_url=live,
            locale="sv-SE",
            color_scheme="dark" if dark else "light",
            has_touch=size[0] < 600,
            java_script_enabled=script,
            service_workers="allow" if worker else "block",
            storage_state=signed_in(person) if person else None,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", noted)
        page.on("request", lambda request: faults.append(request.url) if elsewhere(request, live) else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert faults == []


def offline(said: str) -> bool:
    """Tell whether the browser only says that it has no network, or that a page of ours answered a refusal."""
    return (
        "ERR_INTERNET_DISCONNECTED" in said or "ERR_FAILED" in said or "the server responded with a status of 4" in said
    )


def elsewhere(request: Request, live: str) -> bool:
    """Tell whether a page asks another host for anything."""
    return not request.url.startswith((live, "data:", "blob:"))


def drawn(page: Page) -> Page:
    """Return the page once its map is drawn."""
    page.wait_for_selector("canvas.maplibregl-canvas", state="attached")
    page.locator(".scale span").first.filter(has_text=re.compile("m$")).wait_for(state="attached")
    return page


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with the page."""
    page.evaluate(AXE)
    found: list[str] = page.evaluate(FAULTS, RULES)
    return found
