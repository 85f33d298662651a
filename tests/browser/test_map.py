"""The map in a real browser: what it draws, what its hands do, and that list, map and address agree."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import LAPTOP, PHONE, Open, drawn


def room(open_page: Open, path: str = "/farsta/karta", size: tuple[int, int] = LAPTOP, *, dark: bool = False) -> Page:
    page = open_page("coordinator", size, dark=dark, gliding=True)
    page.goto(path)
    return drawn(page)


def test_the_map_is_drawn(open_page: Open) -> None:
    page = room(open_page)
    page.wait_for_timeout(500)
    assert len(page.locator("#map").screenshot()) > PLAIN


PLAIN = 20_000
"""Bytes of a picture in one colour are far fewer."""


def count(page: Page) -> int:
    """Return how many deviations the heading tells of."""
    words = (page.locator("#side h2").first.text_content() or "").replace("\N{NO-BREAK SPACE}", "")
    found = re.match(r"(\d+) av ", words)
    assert found is not None
    return int(found[1])


@pytest.mark.parametrize("dark", [False, True])
def test_the_map_says_what_it_shows_in_words(open_page: Open, *, dark: bool) -> None:
    page = room(open_page, dark=dark)
    expect(page.locator(".legend")).to_contain_text("Avvikelser per ruta")
    expect(page.locator("#scale")).to_have_text(re.compile(r"^\d+ k?m$"))
    expect(page.locator(".north")).to_contain_text("N")
    expect(page.locator(".credit")).to_contain_text("Data till och med")
    expect(page.locator(".credit")).to_contain_text("OpenStreetMap contributors")
    expect(page.locator("#shown")).to_have_text(re.compile(r"Visar [\d\s]+ av [\d\s]+\."))
    expect(page.locator(".demo")).to_be_visible()


def test_choosing_in_the_selection_changes_list_map_and_address_alike(open_page: Open) -> None:
    page = room(open_page)
    before = count(page)
    lighting = int(page.locator('.pick:has([value="lighting"]) .count').text_content() or 0)
    page.locator('[data-none="category"]').click()
    expect(page.locator("#announce")).to_contain_text("välj minst en")
    page.locator('#filters [value="lighting"]').check()
    page.wait_for_url("**category=lighting*")
    expect(page.locator("#side h2").first).to_contain_text(f"{lighting} av")
    assert "category=lighting" in (page.locator("#map").get_attribute("data-query") or "")
    page.go_back()
    expect(page.locator("#side h2").first).to_contain_text(f"{before} av")
    assert page.locator('#filters [value="unease"]').is_checked()


def test_a_row_chosen_shows_its_card_and_back_leaves_it(open_page: Open) -> None:
    page = room(open_page)
    row = page.locator(".row").nth(1)
    number, title = row.get_attribute("data-nr"), row.locator(".title").inner_text().split("\n")[0]
    row.locator("a").click()
    expect(page.locator("#chosen")).to_contain_text(title)
    expect(page.locator("#chosen")).to_be_focused()
    assert f"chosen={number}" in page.url
    page.go_back()
    expect(page.locator("#chosen")).to_have_count(0)


def test_a_cell_pressed_shows_what_lies_in_it(open_page: Open) -> None:
    page = room(open_page)
    before = count(page)
    box = page.locator("#map").bounding_box()
    assert box is not None
    for step in range(40):  # somewhere near the middle there is a cell
        page.mouse.click(box["x"] + box["width"] / 2 + step * 4, box["y"] + box["height"] / 2)
        page.wait_for_timeout(100)
        if "bbox=" in page.url:
            break
    expect(page.locator(".side-head")).to_contain_text("en del av kartan")
    assert 0 < count(page) < before


def test_symbols_and_the_three_views_of_a_phone(open_page: Open) -> None:
    page = room(open_page, size=PHONE)
    expect(page.locator(".thumb")).to_be_in_viewport()
    for view, part in (("list", "#side"), ("filters", "#filters"), ("map", "#map")):
        page.locator(f'[data-show="{view}"]').click()
        expect(page.locator(part)).to_be_visible()
    page.locator('[data-draw="symbols"]').click()
    expect(page.locator('[data-draw="symbols"]')).to_have_attribute("aria-pressed", "true")
    page.locator(".legend summary").click()
    expect(page.locator(".legend")).to_contain_text("Upplevd otrygghet")


def test_the_map_follows_when_light_turns_dark(open_page: Open) -> None:
    page = room(open_page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(800)
    expect(page.locator("canvas.maplibregl-canvas")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(10, 15, 21)"


def test_the_slider_draws_at_once_and_asks_when_it_rests(open_page: Open) -> None:
    page = room(open_page)
    handle = page.locator("#slide-from")
    before = int(handle.input_value())
    handle.focus()
    with page.expect_response(lambda answer: "layer=cells" in answer.url and "from=" in answer.url):
        page.keyboard.press("ArrowRight")
    page.wait_for_url("**from=*")
    assert page.evaluate("document.activeElement.id") == "slide-from"
    assert int(page.locator("#slide-from").input_value()) == before + 1
    words = page.locator("#slide-words").text_content() or ""
    assert words.endswith(f"{page.locator('#side h2').first.text_content()}".split(" av ")[0] + " avvikelser")


def test_the_weeks_are_played_and_can_be_stopped(open_page: Open) -> None:
    page = room(open_page)
    asked: list[str] = []
    said = page.locator("#slide-words")
    before = said.text_content()
    page.locator("#slide-play").click()
    page.wait_for_timeout(900)
    page.on("request", lambda request: asked.append(request.url))
    played = set()
    for _ in range(4):
        page.wait_for_timeout(500)
        played.add(said.text_content())
    assert len(played) >= 2
    assert asked == []  # what is loaded is enough
    page.locator("#slide-play").click()
    expect(said).to_have_text(before or "")
    expect(page.locator("#slide-play")).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("draw", ["symbols", "density"])
def test_the_same_rows_can_be_drawn_in_other_ways(open_page: Open, draw: str) -> None:
    page = room(open_page)
    plain = page.locator("#map").screenshot()
    page.locator(f'[data-draw="{draw}"]').click()
    expect(page.locator(f'[data-legend="{draw}"]')).to_be_visible()
    expect(page.locator('[data-legend="cells"]')).to_be_hidden()
    page.wait_for_timeout(800)
    assert page.locator("#map").screenshot() != plain


def test_areas_are_a_layer_of_their_own_that_follows_the_selection_and_has_a_table(open_page: Open) -> None:
    page = room(open_page)
    page.wait_for_timeout(500)
    plain = page.locator("#map").screenshot()
    with page.expect_response(re.compile("/karta/omraden")):
        page.locator("#show-areas").check()
    page.wait_for_timeout(800)
    assert page.locator("#map").screenshot() != plain
    with page.expect_response(re.compile("/karta/omraden.*hour=22")):
        page.locator("#filters .more summary").first.click()
        page.locator("#hour").select_option("22")
    before = count(page)
    page.locator("#areas-table").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Antal per område")
    rows = page.locator("#by-area [data-area]").evaluate_all("rows => rows.map(row => Number(row.dataset.n))")
    assert sum(rows) == before > max(rows)
    page.locator("#by-area a").first.click()
    expect(page.locator("#area")).not_to_have_value("")
    assert count(page) == rows[0]


FOOT = "getComputedStyle(document.documentElement).getPropertyValue('--footer')"


def test_the_map_is_printed_light_with_its_legend_and_the_page_says_below_what_it_shows(open_page: Open) -> None:
    page = room(open_page, "/farsta/karta?from=2020-01-01&until=2099-12-31", dark=True)
    page.locator('[data-draw="symbols"]').click()
    page.wait_for_timeout(800)
    halo = page.evaluate(LAND)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.documentElement.dataset.theme ?? ''") == ""
    page.emulate_media(media="print")
    assert page.evaluate(CORNER) == [236, 238, 240]
    assert page.evaluate(HOLDS, page.evaluate(LAND))
    assert not page.evaluate(HOLDS, halo)  # around the symbols, too
    assert page.evaluate(FOOT) == (
        '"Farsta trygghetsforum · så som Farsta stadsdelsförvaltning ser det · 1 jan 2020–31 dec 2099, hela Farsta"'
    )
    assert len(page.locator(".stage .picture").screenshot()) > PLAIN
    for part in (".legend", "#scale", "#side h2"):
        expect(page.locator(part).first).to_be_visible()
    controls = page.locator(":is(button, input, select, summary) >> visible=true")
    assert controls.evaluate_all("all => all.filter(e => !e.closest('.legend')).map(e => e.outerHTML)") == []
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator(".stage .picture")).to_have_count(0)
    expect(page.locator("canvas.maplibregl-canvas")).to_be_visible()


CORNER = "[...document.querySelector('.picture').getContext('2d').getImageData(3, 3, 1, 1).data].slice(0, 3)"
"""The colour of what lies outside the forum's area on the printed map."""
LAND = """() => {
    const probe = document.body.appendChild(document.createElement('span'));
    probe.style.color = 'var(--map-land)';
    const land = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
    probe.remove();
    return land;
}"""
HOLDS = """land => {
    const picture = document.querySelector('.picture');
    const { data } = picture.getContext('2d').getImageData(0, 0, picture.width, picture.height);
    return data.some((_, i) => i % 4 === 0 && land.every((part, j) => data[i + j] === part));
}"""
"""Whether the printed map has a point of exactly the ground's colour."""


@pytest.mark.parametrize("path", ["/farsta/avvikelser", "/farsta/avvikelser?category=lighting&status=answered"])
def test_a_list_and_a_deviation_are_printed_from_the_first_page_on(open_page: Open, path: str) -> None:
    page = open_page("coordinator", LAPTOP)
    page.goto(path)
    if "?" in path:
        page.locator(".row a.title").first.click()
        page.wait_for_url(re.compile(r"avvikelser/\d+"))
    words = page.locator("[data-printed]").last.text_content() or ""
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert words.split(".")[0] in page.evaluate(FOOT)
    assert page.locator("main :is(.button, input, textarea, select) >> visible=true").count() == 0
    assert page.locator(".rows.card").evaluate_all("all => all.every(e => getComputedStyle(e).breakInside == 'auto')")


CHOSEN = r"[?&](category|organisation|hour|weekday)="
HOLD = re.compile(rf"/farsta/karta\?|/tiles/.*{CHOSEN}")
"""The server's answer to a choice: the page, and the tiles of what is chosen."""
CHOICES = [
    pytest.param('[name="category"][value="lighting"]', None, "cells", id="category"),
    pytest.param('[name="category"][value="litter"]', None, "symbols", id="category, as symbols"),
    pytest.param('[name="who"][value="housing"]', None, "cells", id="kind of partner"),
    pytest.param("#organisation", 3, "cells", id="partner"),
    pytest.param("#hour", 22, "cells", id="hour"),
    pytest.param("#weekday", 5, "symbols", id="weekday"),
]


@pytest.mark.parametrize(("field", "option", "draw"), CHOICES)
def test_what_is_chosen_is_drawn_and_counted_at_once_and_the_server_says_the_same(
    open_page: Open, field: str, option: int | None, draw: str
) -> None:
    page = room(open_page)
    page.locator(f'[data-draw="{draw}"]').click()
    with page.expect_response(lambda answer: "layer=deviations" in answer.url):
        page.locator("#filters").hover()
    before, held = count(page), list[Route]()
    plain = page.locator("#map").screenshot()

    def hold(route: Route) -> None:
        held.append(route)

    page.route(HOLD, hold)
    chosen = page.locator(f"#filters {field}")
    if option is None:
        chosen.uncheck()
    else:
        page.locator("#filters .more summary").first.click()
        chosen.select_option(index=option)
    heading = page.locator("#side h2").first
    expect(heading).to_have_text(re.compile(rf"^(?!{before} )[\d\s]+ av"))
    at_once = count(page)
    page.wait_for_timeout(500)
    assert page.locator("#map").screenshot() != plain
    assert len(held) == 1  # the page alone: what is drawn was there
    with page.expect_response(lambda answer: re.search(rf"/tiles/.*{CHOSEN}", answer.url) is not None):
        held[0].continue_()
        page.unroute(HOLD)
    expect(page.locator("#side")).not_to_have_class(re.compile("busy"))
    expect(page.locator("#shown")).to_contain_text(f"Visar {at_once} av")  # only the server writes it
    assert 0 < count(page) == at_once < before
