"""Pictures of every room of a running demo: python -m tests.browser.screens ADDRESS DIRECTORY [PICTURE …].

A picture is named room-size-language-theme; a part of a name takes all that have it. Without names: the whole matrix.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

from tests.browser.conftest import ENVIRONMENT, FLAGS, enter_as
from tests.browser.test_accessibility import ROOMS, enter

CHROMIUM = "/usr/bin/chromium"
"""With its languages (chromium-l10n), unlike the shell of the tests: days and files are chosen in Swedish words."""
SIZES = {"360": (360, 640), "1280": (1280, 800), "1920": (1920, 1080)}
LANGUAGES = {"sv": "", "en": "/en"}
SETTLED = 1200
"""Milliseconds after which a map stands still."""


def main(address: str, directory: str, *wanted: str) -> None:
    """Take every picture, or those whose names hold what is wanted."""
    out = Path(directory)
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS), env=ENVIRONMENT)
        signed_in: dict[str, StorageState] = {}
        for room, size, (language, prefix), theme in product(ROOMS, SIZES, LANGUAGES.items(), ("light", "dark")):
            name = f"{room.replace(' ', '-')}-{size}-{language}-{theme}"
            if wanted and not any(part in name for part in wanted):
                continue
            person, path = ROOMS[room]
            if person and person not in signed_in:
                signed_in[person] = session_of(browser, address, person)
            for page in opened(browser, address, signed_in.get(person or ""), size, theme):
                enter(page, path, prefix)
                page.wait_for_timeout(SETTLED)
                page.screenshot(path=out / f"{name}.png")
        browser.close()


def session_of(browser: Browser, address: str, person: str) -> StorageState:
    """Sign in as one of the demo's people."""
    context = browser.new_context(base_url=address)
    enter_as(context.new_page(), person)
    state = context.storage_state()
    context.close()
    return state


def opened(browser: Browser, address: str, state: StorageState | None, size: str, theme: str) -> Iterator[Page]:
    """Yield a page of that size and theme, and close it."""
    width, height = SIZES[size]
    context: BrowserContext = browser.new_context(
        base_url=address,
        storage_state=state,
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        locale="sv-SE",
    )
    yield context.new_page()
    context.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
