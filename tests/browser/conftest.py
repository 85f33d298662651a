"""The whole program on the demo forum, and a real Chromium in front of it."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
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
from tests.dashboards import conftest as post
from tests.dashboards.conftest import Letterbox

letterbox, free_port = post.letterbox, post.free_port
"""The fixtures of a mail server on this machine."""

CHROMIUM = "/usr/bin/chromium-headless-shell"
FLAGS = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader-webgl",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--process-per-site",  # what one page of a browser has compiled, the next need not
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
def signed_in(chromium: Browser, live: str) -> Callable[[str], dict[str, str]]:
    """Return the cookies of a person of the demo, by name; each signs in once for all tests of a module."""

    @cache
    def sign_in(person: str) -> dict[str, str]:
        context = chromium.new_context(base_url=live, java_script_enabled=False)  # draws no map on the way
        enter_as(context.new_page(), person)
        kept = {each["name"]: each["value"] for each in context.cookies()}
        context.close()
        return kept

    return sign_in


def enter_as(page: Page, person: str) -> None:
    """Press the demo's button of a person."""
    page.goto("/logga-in")
    page.locator(f'button[name="person"][value="{person}"]').click()
    page.wait_for_url("**/karta")


@dataclass(frozen=True)
class Contexts:
    """Browsers, each as good as new for every test: what is loaded stays, what is kept of a person does not."""

    chromium: Browser
    live: str
    signed_in: Callable[[str], dict[str, str]]
    free: dict[frozenset[tuple[str, Any]], list[BrowserContext]]

    def take(self, person: str | None, **how: Any) -> BrowserContext:
        """Return a browser made so that nobody else uses now, signed in as the person."""
        waiting = self.free.setdefault(frozenset(how.items()), [])
        context = waiting.pop() if waiting else self.made(**how)
        if person:
            kept = self.signed_in(person)
            context.add_cookies([{"name": name, "value": kept[name], "url": self.live} for name in kept])
        return context

    def made(self, *, size: tuple[int, int], **how: Any) -> BrowserContext:
        """Return a new browser with a page that stays, and with it the process that all its pages share."""
        context = self.chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            base_url=self.live,
            locale="sv-SE",
            has_touch=size[0] < 600,
            **how,
        )
        context.new_page().goto("/healthz")
        return context

    def give_back(self, context: BrowserContext, **how: Any) -> None:
        """Let the next test have the browser, without anything of this one."""
        context.set_offline(offline=False)
        staying, *pages = context.pages
        for page in pages:
            page.close()  # first of all: what it still asks for would be refused without its cookie
        context.clear_permissions()
        context.clear_cookies()
        forget = {"origin": self.live, "storageTypes": "all"}
        context.new_cdp_session(staying).send("Storage.clearDataForOrigin", forget)
        self.free[frozenset(how.items())].append(context)


@pytest.fixture(scope="module")
def contexts(chromium: Browser, live: str, signed_in: Callable[[str], dict[str, str]]) -> Contexts:
    """Return the module's browsers."""
    return Contexts(chromium, live, signed_in, {})


@pytest.fixture
def open_page(contexts: Contexts) -> Iterator[Open]:
    """Return the maker of pages: a person of the demo at a size of the screen; every fault in them fails the test."""
    yield from pages(contexts)


@pytest.fixture(scope="module")
def open_lasting(contexts: Contexts) -> Iterator[Open]:
    """Return the same for pages that several tests of a module go on with."""
    yield from pages(contexts)


def pages(contexts: Contexts) -> Iterator[Open]:
    """Yield a maker of pages, each in a browser that no other page has meanwhile.

    `worker` lets the page keep what needs no network; `alone` is for what a browser does not forget (its clock). Maps
    glide only where `gliding` is asked for: whoever asks for less motion is served sooner.
    """
    taken: list[tuple[BrowserContext, dict[str, Any], bool]] = []
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
        alone: bool = False,
        gliding: bool = False,
    ) -> Page:
        how = {
            "size": size,
            "reduced_motion": "no-preference" if gliding else "reduce",
            "color_scheme": "dark" if dark else "light",
            "java_script_enabled": script,
            "service_workers": "allow" if worker else "block",
        }
        context = contexts.take(person, **how)
        taken.append((context, how, alone or worker))
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", noted)
        page.on("request", lambda request: faults.append(request.url) if elsewhere(request, contexts.live) else None)
        return page

    yield make
    for context, how, spent in taken:
        if spent:
            context.close()
        else:
            contexts.give_back(context, **how)
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


@dataclass(frozen=True)
class Mail:
    """A mail server on this machine, and what has arrived."""

    url: str
    letters: list[Any]


@pytest.fixture
def mail(letterbox: Letterbox, free_port: int) -> Mail:
    return Mail(f"smtp://127.0.0.1:{free_port}", letterbox.letters)
