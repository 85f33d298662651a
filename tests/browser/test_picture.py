"""The picture in a real browser: its map from a disk without a network, and printed, by pointer and by keyboard."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboards.assets import STATIC
from mapping import render
from tests.browser.conftest import LAPTOP, PHONE, Open, Program, violations
from tests.mapping.test_render import BAD_PLACE, GARAGE, HOSTILE, LIGHT, OVERLAYS, SHEET

LEAFLET = STATIC / "vendor" / "leaflet"
STYLES = [path.read_text("utf-8") for path in (STATIC / "tokens.css", LEAFLET / "leaflet.css")]
PICTURES = os.environ.get("TRYGG_PICTURES", "")
"""Where pictures of the steps are put, if anywhere."""
BAD = replace(
    SHEET,
    title=HOSTILE,
    marks=(HOSTILE,),
    parts=((HOSTILE, SHEET.parts[0][1]),),
    symbols=(replace(LIGHT, name=HOSTILE), replace(LIGHT, letter="K")),
    steps=(HOSTILE, "2 juli"),
    spots=tuple(replace(spot, day=HOSTILE) for spot in SHEET.spots),
    overlays=(replace(OVERLAYS[0], name=HOSTILE, marks=(replace(BAD_PLACE, shape=GARAGE.shape),)), OVERLAYS[1]),
)


@pytest.fixture
def opened(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    """Return a page without a network on a file with the hostile sheet; it asks for that file alone, without faults."""
    file = tmp_path / "karta.html"
    file.write_text(render.page(BAD, scripts=[(LEAFLET / "leaflet.js").read_text("utf-8")], styles=STYLES), "utf-8")
    context = chromium.new_context(viewport={"width": LAPTOP[0], "height": LAPTOP[1]}, offline=True, locale="sv-SE")
    page, asked, faults = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text))
    page.goto(file.as_uri())
    yield page
    assert page.evaluate("window.hit") is None
    assert (asked, faults) == ([file.as_uri()], [])
    context.close()


def shown(page: Page) -> str:
    return page.locator("#shown").text_content() or ""


def test_time_and_categories_are_chosen_by_keyboard_alone(opened: Page) -> None:
    expect(opened.locator("#shown")).to_have_text("3 of 3 deviations in squares")
    for _ in range(30):
        opened.keyboard.press("Tab")
        if opened.evaluate("document.activeElement.name") == "how":
            break
    opened.keyboard.press("ArrowDown")
    expect(opened.locator("#shown")).to_have_text("4 of 4 deviations")
    opened.keyboard.press("Tab")
    opened.keyboard.press("ArrowRight")
    expect(opened.locator("#step-said")).to_have_text(HOSTILE)
    expect(opened.locator("#shown")).to_have_text("2 of 4 deviations")
    assert opened.locator("#step").get_attribute("aria-valuetext") == HOSTILE
    opened.keyboard.press("End")
    expect(opened.locator("#shown")).to_have_text("2 of 4 deviations")
    opened.keyboard.press("Tab")
    opened.keyboard.press("Space")
    expect(opened.locator("#shown")).to_have_text("0 of 4 deviations")
    assert opened.locator("#count-0").text_content() == "2"


def test_what_stands_at_a_spot_is_told_as_text(opened: Page) -> None:
    opened.locator('[value="spots"]').check()
    at = opened.evaluate("(() => { const { x, y } = chart.latLngToContainerPoint([59.24, 18.09]); return [x, y]; })()")
    opened.locator(".folium-map").click(position={"x": at[0], "y": at[1]})
    told = opened.locator(".leaflet-popup-content li")
    expect(told).to_have_count(2)
    assert HOSTILE in (told.first.text_content() or "")
    opened.locator('[value="squares"]').check()
    expect(told).to_have_count(0)
    opened.locator(".folium-map").click(position={"x": at[0], "y": at[1]})
    expect(told.first).to_have_text("Deviations in the square: 3")


def test_what_the_analyses_found_is_shown_told_and_put_away_by_keyboard_alone(opened: Page) -> None:
    told, chosen = opened.locator(".leaflet-popup-content li"), opened.locator('[name="found"]')
    expect(opened.locator(".leaflet-tooltip.hot")).to_have_text("1")
    for place, first in ((1, "Anhopning 1"), (0, HOSTILE)):
        opened.locator(".found summary").nth(place).press("Enter")
        opened.locator(f'[data-overlay="{place}"]').press("Enter")
        expect(told.first).to_have_text(first)
    expect(told.nth(1)).to_have_text(HOSTILE)
    expect(opened.locator(".leaflet-tooltip.places")).to_be_visible()
    expect(opened.locator(".leaflet-tooltip.places")).to_have_text(HOSTILE)
    for place in range(2):
        chosen.nth(place).press("Space")
    expect(told).to_have_count(0)
    expect(opened.locator(".leaflet-tooltip.hot, .leaflet-tooltip.places")).to_have_count(0)
    opened.locator('[value="density"]').press("Space")
    expect(opened.locator("#shown")).to_have_text("The density of the whole period, an aid for the eye")
    expect(opened.locator("#step")).to_be_disabled()
    assert violations(opened) == []


def test_the_program_serves_it_without_a_fault_in_it(open_page: Open) -> None:
    page = open_page("coordinator", PHONE, dark=True)
    page.goto("/farsta/lagesbild/karta.html?from=2026-01-01&until=2026-06-30")
    expect(page.locator("#shown")).to_contain_text("avvikelser i rutor")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    page.locator('[value="spots"]').check()
    page.locator("#step").press("ArrowRight")
    expect(page.locator("#step-said")).to_have_text("januari 2026")
    picture(page, "travelling")


def test_what_lies_at_the_middle_is_told_by_keyboard_alone(opened: Page) -> None:
    opened.locator(".folium-map").focus()
    opened.keyboard.press("Enter")
    expect(opened.locator(".leaflet-popup-content li").first).to_have_text("Deviations in the square: 3")
    opened.locator('[value="spots"]').press("Space")
    opened.locator("#step").press("End")
    opened.locator(".folium-map").press("Enter")
    expect(opened.locator(".leaflet-popup-content li")).to_have_count(1)
    expect(opened.locator(".leaflet-popup-pane")).to_have_attribute("aria-live", "polite")


def test_what_the_map_shows_is_a_list_that_follows_what_is_chosen(opened: Page) -> None:
    listed, told = opened.locator("#listed button"), opened.locator(".leaflet-popup-content li")
    opened.locator(".shown summary").press("Enter")
    expect(listed).to_have_count(1)
    expect(listed.first).to_contain_text(HOSTILE)
    expect(listed.first).to_contain_text(": 3")
    listed.first.press("Enter")
    expect(told.first).to_have_text("Deviations in the square: 3")
    opened.locator('[value="spots"]').press("Space")
    expect(listed).to_have_count(4)
    opened.locator("#step").press("End")
    expect(listed).to_have_count(2)
    listed.first.press("Enter")
    expect(told.first).to_contain_text("within 250 metres")


def test_axe_finds_nothing_in_the_file(opened: Page) -> None:
    opened.locator(".shown summary").press("Enter")
    expect(opened.locator("#listed button")).to_have_count(1)
    assert violations(opened) == []


def test_a_picture_is_frozen_by_keyboard_and_printed_while_its_page_says_so(open_page: Open, program: Program) -> None:
    page = open_page("coordinator", PHONE, dark=True)
    page.goto("/farsta/lagesbild?from=2026-01-01&until=2026-01-20")
    page.locator("#other").fill("Mätningen kommer i november.")
    page.get_by_role("button", name="Frys lägesbilden").press("Enter")
    expect(page.locator("#problems")).to_be_focused()
    expect(page.locator("#analysis-error")).to_be_visible()
    page.locator("#analysis").fill("Mörkret drar.")
    page.get_by_role("button", name="Frys lägesbilden").press("Enter")
    expect(page.get_by_text("Sigillet stämmer")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    picture(page, "frozen")
    page.get_by_role("button", name="Skriv ut som PDF").press("Enter")
    expect(page.get_by_role("progressbar", name="Dokumentet skrivs ut")).to_be_visible()
    assert violations(page) == []
    picture(page, "document-waiting")
    program.work()
    expect(page.locator("[data-focus]")).to_be_focused()
    expect(page.locator("#announce")).to_have_text("Dokumentet är klart.")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    picture(page, "document-ready")
    address = page.get_by_role("link", name="Öppna PDF-filen").get_attribute("href") or ""
    assert page.request.get(address).body().startswith(b"%PDF-")


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")
