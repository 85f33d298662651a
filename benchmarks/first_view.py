"""The first view of the map on a phone (första kartvyn), in a real Chromium of a phone's size, signed in."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, Request, ViewportSize, sync_playwright

from api.deps import COOKIE
from benchmarks.figures import Figure
from benchmarks.ground import SLUG
from benchmarks.servers import Sides
from benchmarks.stage import Stage
from benchmarks.timing import Times

CHROMIUM = "/usr/bin/chromium-headless-shell"
FLAGS = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader-webgl",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
)
"""No graphics card is asked for, as in the browser tests: a phone with one draws quicker."""
PHONE = ViewportSize(width=360, height=640)
STREAM = "eventsource"
QUIET_SECONDS = 0.5
"""When nothing has been asked for so long, the page has all that it wants."""
WHAT = "First view of the map on a phone-sized Chromium, until its scale is drawn and nothing is asked for any more"


def measure(stage: Stage, sides: Sides, rounds: int) -> list[Figure]:
    """Return the seconds from going to the map, with an empty and with a filled browser cache."""
    cold, warm = list[float](), list[float]()
    with _chromium() as browser:
        for _ in range(rounds):
            context = _signed_in(browser, stage, sides)
            for taken in (cold, warm):
                page = context.new_page()
                taken.append(view(page, sides))
                page.close()
            context.close()
    return [Figure(WHAT, stage.shown, state, Times(taken)) for state, taken in (("cold", cold), ("warm", warm))]


def view(page: Page, sides: Sides) -> float:
    """Go to the map, and return the seconds until its scale was drawn and the last answer had come.

    The stream of events stays open as long as the page does, and is not waited for.
    """
    asked, last = set[Request](), time.perf_counter()

    def answered(request: Request) -> None:
        nonlocal last
        asked.discard(request)
        last = time.perf_counter() if request.resource_type != STREAM else last

    page.on("request", lambda request: None if request.resource_type == STREAM else asked.add(request))
    page.on("response", lambda response: answered(response.request))  # whose body nobody reads is never finished
    page.on("requestfinished", answered)
    page.on("requestfailed", answered)
    began = time.perf_counter()
    page.goto(f"http://127.0.0.1:{sides.ours.port}/{SLUG}/karta")
    page.wait_for_selector("canvas.maplibregl-canvas", state="attached")
    page.locator(".scale span").first.filter(has_text=re.compile("m$")).wait_for(state="attached")
    drawn = time.perf_counter()
    while asked or time.perf_counter() - last < QUIET_SECONDS:
        page.wait_for_timeout(10)
    return max(drawn, last) - began


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


def _signed_in(browser: Browser, stage: Stage, sides: Sides) -> BrowserContext:
    context = browser.new_context(viewport=PHONE, locale="sv-SE", has_touch=True)
    context.add_cookies([{"name": COOKIE, "value": stage.ground.browser, "url": f"http://127.0.0.1:{sides.ours.port}"}])
    return context
