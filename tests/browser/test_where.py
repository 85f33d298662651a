"""Where it is: by tap, by the telephone's position, by name, from the map, and read back to whoever cannot see it."""

from __future__ import annotations

import json
import math
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Geolocation, Page, expect

from tests.browser.conftest import LAPTOP, PHONE, SIZES, Open, violations
from tests.browser.test_tasks import SAVED, VISIBLE, position

HERE = (18.0826, 59.2586)


def measured(accuracy: float) -> Geolocation:
    """Return what a telephone says that stands there and knows it to within so many metres."""
    return {"longitude": HERE[0], "latitude": HERE[1], "accuracy": accuracy}


def form(open_page: Open, size: tuple[int, int], path: str = "/farsta/marka") -> Page:
    """Return the form once its map is drawn and its place is read back."""
    page = open_page("police", size)
    page.goto(path)
    page.wait_for_selector("#place-map canvas")
    expect(page.locator("#place-name")).not_to_have_text("…")
    return page


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return how far two points of the forum are apart, near enough."""
    return math.hypot((a[0] - b[0]) * 56_860, (a[1] - b[1]) * 111_195)


def ring(page: Page) -> float:
    """Return the radius of the accuracy circle in metres, measured with the scale bar."""
    return float(
        page.evaluate("""() => {
        const bar = document.querySelector('#scale span');
        const perPixel = parseFloat(bar.textContent) / bar.getBoundingClientRect().width;
        return Number(document.querySelector('#ring circle').getAttribute('r')) * perPixel;
    }""")
    )


@pytest.mark.parametrize("size", SIZES)
def test_marked_by_tap_and_by_position_and_seen_by_a_second_browser(open_page: Open, size: tuple[int, int]) -> None:
    page = form(open_page, size)
    before = position(page)
    box = page.locator("#place-map").bounding_box()
    assert box is not None
    touch = page.touchscreen.tap if size == PHONE else page.mouse.click
    touch(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2 + 40)
    page.wait_for_function("lon => Math.abs(document.querySelector('[name=lon]').value - lon) > 1e-4", arg=before[0])
    assert 20 < metres(before, position(page)) < 200
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(measured(38))
    page.locator("#locate").click()
    expect(page.locator("#accuracy_m")).to_have_value("50")
    expect(page.locator("#locate")).to_have_attribute("aria-pressed", "true")
    assert abs(ring(page) - 50) < 2
    assert page.locator("#accuracy_m option:disabled").all_text_contents() == ["Inom 10 m", "Inom 25 m"]
    page.context.set_geolocation(measured(12))
    expect(page.locator("#accuracy_m")).to_have_value("25")
    page.locator(f"{VISIBLE} [data-next]").click()
    assert metres(position(page), HERE) < 1
    words = f"Sand på gångbanan, bredd {size[0]}"
    page.locator('label:has([name="category"][value="other"])').click()
    page.locator(f"{VISIBLE} [data-next]").click()
    page.locator(f"{VISIBLE} [data-next]").click()
    page.locator("#text").fill(words)
    page.locator(f"{VISIBLE} .step-foot .button").click()
    page.wait_for_selector("#alike, .saved")
    if page.locator("#alike").count():
        page.locator("#alike .button").click()
    page.wait_for_url(SAVED)
    other = open_page("school", size)
    other.goto("/farsta/avvikelser?q=gångbanan")
    expect(other.locator(".row", has_text=words)).to_have_count(1)


def test_a_position_that_is_refused_or_too_rough_is_said_in_words(open_page: Open) -> None:
    page = form(open_page, PHONE)
    page.locator("#locate").click()
    expect(page.locator("#offline")).to_contain_text("Sidan får inte fråga var du är.")
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(measured(8200))
    before = position(page)
    page.locator("#locate").click()
    expect(page.locator("#offline")).to_contain_text("Din plats är bara känd på 8,2 km när.")
    assert position(page) == before
    page.context.set_geolocation(measured(700))
    expect(page.locator("#accuracy_m")).to_have_value("1000")
    expect(page.locator("#offline")).to_be_hidden()
    page.locator("#place-map").press("ArrowLeft")
    expect(page.locator("#locate")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#accuracy_m")).to_have_value("1000")


def test_a_name_is_found_without_its_dots_from_any_word_and_chosen_by_keys(open_page: Open) -> None:
    page = form(open_page, PHONE)
    field, found = page.locator("#place"), page.locator("#names li")
    field.press_sequentially("hokarangspl")
    expect(found.first).to_contain_text("Hökarängsplan")
    assert violations(page) == []
    field.fill("skol hok")
    expect(found).to_have_text(["HökarängsskolanHökarängen"])
    field.fill("tunnelbana")
    expect(found.nth(1)).to_be_visible()
    wanted = found.nth(1).locator("strong").text_content()
    field.press("ArrowDown")
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "name-1")
    field.press("Enter")
    expect(page.locator("#place-name")).to_have_text(str(wanted))
    expect(page.locator("#place-map")).to_be_focused()
    field.fill("ingenstans")
    field.press("Enter")
    expect(page.locator("#offline")).to_have_text("Det finns ingen plats med det namnet på kartan.")


def test_the_place_under_the_cross_is_spoken_once_it_rests(open_page: Open) -> None:
    page = form(open_page, LAPTOP, "/en/farsta/marka")
    expect(page.locator("#spoken")).not_to_be_empty()
    page.evaluate("""() => {
        window.spoken = [];
        new MutationObserver(() => window.spoken.push(document.getElementById('spoken').textContent))
            .observe(document.getElementById('spoken'), { childList: true });
    }""")
    before = position(page)
    page.locator("#place-map").focus()
    for key in ["ArrowUp"] * 6 + ["Shift+ArrowRight"] * 2:
        page.keyboard.press(key)
    page.wait_for_function("() => window.spoken.length")
    assert page.evaluate("window.spoken") == [page.locator("#spoken").text_content()]
    assert re.search(r", \S+.* away$", page.locator("#spoken").text_content() or "")
    there = position(page)
    assert abs((there[0] - before[0]) * 56_860 - 100) < 1
    assert abs((there[1] - before[1]) * 111_195 - 60) < 1


@pytest.mark.parametrize("press", ["right click", "long press", "menu key"])
def test_a_map_leads_to_the_form_with_the_cross_where_it_was_pressed(open_page: Open, press: str) -> None:
    page = open_page("police", PHONE if press == "long press" else LAPTOP)
    page.goto("/farsta/avvikelser?q=xyzzy")
    page.evaluate(MAP, page.locator('script[src$="page.js"]').get_attribute("src"))
    canvas = page.locator("#test-map canvas")
    if press == "right click":
        canvas.click(button="right", position={"x": 100, "y": 80})
    elif press == "menu key":
        canvas.press("ContextMenu")
    else:
        session = page.context.new_cdp_session(page)
        box = canvas.bounding_box()
        assert box is not None
        at = [{"x": box["x"] + 100, "y": box["y"] + 80}]
        session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": at})
        page.wait_for_selector(".mark-here a")
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    link = page.locator(".mark-here a")
    expect(link).to_have_text("Märk här")
    if press != "long press":
        expect(link).to_be_focused()
    asked = parse_qs(urlsplit(link.get_attribute("href") or "").query)
    page.keyboard.press("Escape")
    expect(link).to_have_count(0)
    lon, lat = float(asked["lon"][0]), float(asked["lat"][0])
    expected = page.evaluate(
        "at => window.testMap.unproject(at).toArray()", MIDDLE if press == "menu key" else [100, 80]
    )
    assert metres((lon, lat), tuple(expected)) < 2
    if press == "right click":
        page.goto(f"/farsta/marka?lon={lon}&lat={lat}")
        page.wait_for_selector("#place-map canvas")
        expect(page.locator("#place-name")).not_to_have_text("…")
        assert metres(position(page), (lon, lat)) < 1


MIDDLE = [150, 100]
MAP = """async (page) => {
    const of = (name) => import(page.replace('page.js', name));
    const [{ loadGround, makeMap }, { markHere }] = await Promise.all([of('ground.js'), of('mark-here.js')]);
    const element = Object.assign(document.createElement('div'), { id: 'test-map' });
    element.style.cssText = 'position: relative; inline-size: 300px; block-size: 200px';
    const styles = Object.assign(document.createElement('link'), { rel: 'stylesheet' });
    styles.href = page.replace('page.js', 'vendor/maplibre-gl/maplibre-gl.css');
    const form = Object.assign(document.createElement('a'), { className: 'mark-link', href: '/farsta/marka' });
    document.head.append(styles);
    document.querySelector('main').prepend(form, element);
    await new Promise((done) => styles.addEventListener('load', done));
    window.testMap = makeMap(element, await loadGround('/api/v1/forums/farsta'), {});
    await new Promise((done) => window.testMap.once('load', done));
    markHere(window.testMap, element);
}"""
"""Makes a small map of the forum, from which one may mark."""


def test_what_is_saved_at_once_after_the_last_key_is_what_stands_under_the_cross(open_page: Open) -> None:
    page = open_page("coordinator", LAPTOP)
    page.goto("/farsta/avvikelser")
    first = page.locator("a[href*='/avvikelser/']").first.get_attribute("href")
    assert first is not None
    page.goto(first.partition("?")[0] + "/andra")
    page.wait_for_selector("[data-picker] canvas")
    before = float(page.locator("#lon").input_value())
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.evaluate(MOVE_AND_SAVE)
    after = float(parse_qs(sent.value.post_data or "")["lon"][0])
    assert (after - before) * 56_900 == pytest.approx(50, abs=1)


MOVE_AND_SAVE = """() => {
    const map = document.querySelector("[data-picker] .map");
    map.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", shiftKey: true }));
    map.closest("form").requestSubmit();
}"""


@pytest.mark.parametrize("size", SIZES)
def test_a_place_is_drawn_by_pointer_and_by_keys_and_gathers_what_lies_in_it(
    open_page: Open, size: tuple[int, int]
) -> None:
    page = open_page("coordinator", size)
    page.goto("/farsta/platser/ny")
    page.wait_for_selector("[data-drawing] canvas")
    page.fill("#name", "Gångvägen vid Magelungen")
    page.locator("label.press:has([value=LineString])").click()
    page.locator("[data-drawing] .map").focus()
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    page.locator("[data-add]").click()
    expect(page.locator("[data-corners]")).to_have_text("2 hörn")
    page.fill("#radius_m", "40")
    page.locator("#place-form .button.main").click()
    page.wait_for_url("**?done=created")
    shape = json.loads(page.locator("#shape").get_attribute("data-geometry") or "")
    assert shape["type"] == "LineString"
    start, end = ((lon, lat) for lon, lat in shape["coordinates"])
    assert metres(start, end) == pytest.approx(150, abs=2)
    expect(page.locator(".chain [aria-current=step]")).to_contain_text("Gångvägen vid Magelungen")


def test_an_area_without_corners_is_not_sent_away_in_silence(open_page: Open) -> None:
    page = open_page("coordinator", LAPTOP)
    page.goto("/farsta/platser/ny")
    page.wait_for_selector("[data-drawing] canvas")
    page.fill("#name", "Torget")
    page.locator("label.press:has([value=Polygon])").click()
    expect(page.locator("[data-corners]")).to_have_text("0 hörn, minst 3 till")
    page.locator("#place-form .button.main").click()
    expect(page.locator("#geometry-error")).to_contain_text("Inget är ritat än")
    expect(page.locator("#name")).to_have_value("Torget")
