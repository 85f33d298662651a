"""Every page for everybody: axe finds nothing, nothing is cut off, focus is never hidden, targets are large."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, PHONE, SIZES, Open, drawn, violations

ROOMS = {
    "map": ("coordinator", "/farsta/karta"),
    "chosen": ("coordinator", "first"),
    "by area": ("coordinator", "/farsta/karta/omraden"),
    "list": ("coordinator", "/farsta/avvikelser"),
    "empty": ("coordinator", "/farsta/avvikelser?q=xyzzy"),
    "wrong": ("coordinator", "/farsta/avvikelser?from=x&hour=99"),
    "one": ("coordinator", "one"),
    "amend": ("coordinator", "amend"),
    "mark": ("police", "/farsta/marka"),
    "places": ("coordinator", "/farsta/platser"),
    "place": ("coordinator", "place"),
    "new place": ("coordinator", "/farsta/platser/ny"),
    "split": ("coordinator", "place/dela"),
    "analysis": ("coordinator", "place/orsak"),
    "new measure": ("coordinator", "place/atgard"),
    "measures": ("coordinator", "/farsta/atgarder"),
    "not fixed": ("police", "/farsta/atgarder?show=not-fixed"),
    "measure": ("coordinator", "measure"),
    "effect": ("coordinator", "measure/effekt"),
    "what works": ("housing", "/farsta/effekter"),
    "frozen card": ("housing", "frozen-card"),
    "meetings": ("coordinator", "/farsta/moten"),
    "meeting": ("coordinator", "meeting"),
    "meeting held": ("housing", "meeting-held"),
    "minutes": ("coordinator", "meeting-held/protokoll"),
    "decisions": ("coordinator", "/farsta/protokoll"),
    "how often": ("coordinator", "/farsta/moten/hur-ofta"),
    "picture": ("coordinator", "/farsta/lagesbild"),
    "plan": ("coordinator", "/farsta/lagesbild/plan"),
    "surveys": ("coordinator", "/farsta/lagesbild/matningar"),
    "yearly report": ("coordinator", "/farsta/lagesbild/arsrapport"),
    "no period": ("coordinator", "/farsta/lagesbild?from=2026-03-01&until=2026-02-01"),
    "walks": ("coordinator", "/farsta/vandringar"),
    "walk": ("coordinator", "walk"),
    "frozen picture": ("coordinator", "frozen"),
    "notices": ("coordinator", "/farsta/notiser"),
    "came of ours": ("police", "/farsta/vara-avvikelser"),
    "members": ("administrator", "/farsta/deltagare"),
    "agreements": ("administrator", "/farsta/overenskommelser"),
    "quarantine": ("coordinator", "/farsta/karantan"),
    "import": ("coordinator", "/farsta/importera"),
    "public": (None, "/farsta/offentligt"),
    "prize": (None, "/priset"),
    "methods": (None, "/priset/metoder"),
    "our methods": ("coordinator", "/farsta/metoder"),
    "earlier year": ("coordinator", "/priset/stockholm-2020"),
    "sign in": (None, "/logga-in"),
    "password": (None, "/lank/x"),
    "no such link": (None, "/svar/x"),
    "statement": (None, "/tillganglighet"),
    "not found": ("coordinator", "/farsta/avvikelser/1"),
    "forbidden": ("school", "/farsta/marka"),
}


LISTED = {
    "walk": ("/farsta/vandringar", "main a[href*='/vandringar/']"),
    "frozen": ("/farsta/lagesbild", "main li a[href*='/lagesbild/']:not([href*='?'])"),
}
"""Pages that are reached by the first link of a list."""


FOUND: dict[str, str] = {}
"""Where the rooms are that one is led to, once one was."""


def enter(page: Page, path: str, prefix: str = "") -> Page:
    """Go to a room, by the way that leads there the first time."""
    if path not in FOUND:
        FOUND[path] = address_of(page, path)
    page.goto(prefix + FOUND[path])
    maps = "#map, #spot, #shape, #place-map, [data-picker], [data-drawing]"
    return drawn(page) if page.locator(maps).count() else page


def address_of(page: Page, path: str) -> str:
    """Return a room's address; some are reached through a deviation of the list, the chosen one by the first of it."""
    if path in ("first", "one", "amend"):
        page.goto("/farsta/karta" if path == "first" else "/farsta/avvikelser?category=lighting")
        number = page.locator(".row").first.get_attribute("data-nr")
        ends = {"first": f"karta?chosen={number}", "one": f"avvikelser/{number}", "amend": f"avvikelser/{number}/andra"}
        return f"/farsta/{ends[path]}"
    if path.partition("/")[0] in ("place", "measure"):
        kind, _, end = path.partition("/")
        page.goto("/farsta/platser" if kind == "place" else "/farsta/atgarder?show=done")
        return f"{page.locator('table a').first.get_attribute('href')}/{end}".rstrip("/")
    if path == "frozen-card":
        kept = enter(page, "measure").locator("a[href*='/effekter/']")
        return f"{kept.last.get_attribute('href')}"
    if path.startswith("meeting"):
        page.goto("/farsta/moten")
        kind, _, end = path.partition("/")
        listed = page.locator("tbody a")
        return f"{(listed.last if kind == 'meeting-held' else listed.first).get_attribute('href')}/{end}".rstrip("/")
    if path in LISTED:
        room, link = LISTED[path]
        page.goto(room)
        return page.locator(link).first.get_attribute("href") or ""
    return path


@pytest.fixture(scope="module")
def at_desk(open_lasting: Open) -> Callable[[str | None], Page]:
    """Return a person's page on a laptop, the same for every room: a new one for each takes longer than the room."""
    return cache(partial(open_lasting, size=LAPTOP))


@pytest.fixture(scope="module")
def on_phone(open_lasting: Open) -> Callable[[str | None], Page]:
    """Return a person's page on a dark phone, the same for every room."""
    return cache(partial(open_lasting, size=PHONE, dark=True))


@pytest.mark.parametrize("room", list(ROOMS))
def test_a_laptop_shows_every_page_without_faults(at_desk: Callable[[str | None], Page], room: str) -> None:
    person, path = ROOMS[room]
    page = enter(at_desk(person), path, "/en")
    assert violations(page) == []
    assert page.evaluate(SMALL, 24) == []


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("room", ["karta", "platser", "atgarder", "moten", "lagesbild"])
def test_the_rooms_stand_in_one_row_on_a_phone(on_phone: Callable[[str | None], Page], room: str, prefix: str) -> None:
    page = on_phone("coordinator")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.goto(f"{prefix}/farsta/{room}")
    tops = page.locator(".rooms a").evaluate_all("each => each.map(a => a.getBoundingClientRect().top)")
    assert (len(tops), len(set(tops))) == (6, 1)


@pytest.mark.parametrize("room", list(ROOMS))
def test_a_phone_shows_every_page_without_faults_and_nothing_is_cut_off_at_320_pixels_with_wider_text(
    on_phone: Callable[[str | None], Page], room: str
) -> None:
    person, path = ROOMS[room]
    page = on_phone(person)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    enter(page, path)
    assert violations(page) == []
    assert page.evaluate(SMALL, 44 if room == "mark" else 24) == []
    page.set_viewport_size({"width": 320, "height": 568})
    page.evaluate(WIDER)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


WIDER = """() => {
    const rules = new CSSStyleSheet();
    const wider = 'line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important';
    rules.replaceSync(`* { ${wider} }`);
    document.adoptedStyleSheets = [rules];
}"""
"""The text spacing of WCAG 2.2, 1.4.12."""


@pytest.mark.parametrize("room", ["map", "list", "one", "members"])
@pytest.mark.parametrize("size", SIZES)
def test_focus_is_never_hidden_under_a_bar(open_page: Open, room: str, size: tuple[int, int]) -> None:
    person, path = ROOMS[room]
    page = enter(open_page(person, size), path)
    hidden = []
    for _ in range(70):
        page.keyboard.press("Tab")
        state = page.evaluate(HIDDEN)
        if state:
            hidden.append(state)
    assert hidden == []


HIDDEN = """() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return null;
    const label = (found) => found.closest('label')?.control === focused;
    const boxes = [...focused.getClientRects()].filter((box) => box.width && box.height);
    const seen = boxes.some((box) => [0.1, 0.5, 0.9].some((part) => {
        const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
        const found = document.elementFromPoint(box.left + box.width * part, (top + bottom) / 2);
        return found && (focused.contains(found) || found.contains(focused) || label(found));
    }));
    return seen || !boxes.length ? null : focused.outerHTML.slice(0, 120);
}"""
"""Tells of the focused element when nothing of it can be seen."""


SMALL = """(least) => {
    const inline = (each) => getComputedStyle(each).display === 'inline' && each.closest('p, li, dd, span');
    const inText = (each) => each.matches('a') && inline(each);
    const whole = (each) => each.closest('label') ?? (each.matches('a.title') ? each.closest('.row') : each);
    const apart = (each) => each.checkVisibility() && !each.closest('.skip, .unseen') && !inText(each);
    return [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
        .filter(apart)
        .map((each) => [each, whole(each).getBoundingClientRect()])
        .filter(([each, box]) => box.width && box.height && Math.min(box.width, box.height) < least)
        .map(([each, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${each.outerHTML.slice(0, 90)}`);
}"""
"""Tells of everything that is pressed, by itself or by its label, and smaller than it should be."""


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_rooms_of_a_narrow_phone_stand_in_one_row_and_all_of_the_header_is_on_the_screen(
    open_page: Open, prefix: str
) -> None:
    page = enter(open_page("police", (320, 640)), "/farsta/atgarder", prefix)
    boxes = [each.bounding_box() for each in page.locator(".rooms a, .told").all()]
    rooms, told = [box["y"] for box in boxes[:5] if box], boxes[5]
    assert len(rooms) == 5
    assert len(set(rooms)) == 1
    assert told
    assert told["y"] >= 0
    assert told["x"] + told["width"] <= 320


def test_the_map_says_what_changed_and_where_it_is_read_instead(open_page: Open) -> None:
    page = drawn(enter(open_page("coordinator"), "/farsta/karta"))
    assert "lista" in (page.locator("canvas").get_attribute("aria-label") or "")
    page.locator('#filters [value="litter"]').uncheck()
    expect(page.locator("#announce")).to_have_text(re.compile("avvikelser"))
    assert page.locator("#announce").text_content() == page.locator("#side h2").text_content()
    assert page.evaluate("document.activeElement.value") == "litter"


def test_forced_colours_keep_symbols_and_borders(open_page: Open) -> None:
    page = open_page("coordinator")
    page.emulate_media(forced_colors="active")
    drawn(enter(page, "/farsta/karta"))
    assert violations(page) == []
    border = page.evaluate("getComputedStyle(document.querySelector('.side .button.main')).borderTopStyle")
    assert border == "solid"
