"""Live: what somebody else marks appears on another's map and list by itself, and disturbs nobody."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, Open, drawn

ROOMS = ("/farsta/karta", "/farsta/avvikelser")
MARK = """async ({ id, text, visibility }) => {
  const body = { id, text, visibility, lon: 18.09, lat: 59.243, accuracy_m: 25, category: "lighting",
                 occurred_from: new Date(Date.now() - 60000).toISOString() };
  const headers = { "Content-Type": "application/json", "X-Form-Token": document.querySelector("[name=token]").value };
  const sent = { method: "POST", headers, body: JSON.stringify(body) };
  const answer = await fetch("/api/v1/forums/farsta/deviations", sent);
  return (await answer.json()).properties.nr;
}"""

TYPING = "typing = setInterval(() => q.dispatchEvent(new Event('input', { bubbles: true })), 200)"


def mark(page: Page, words: str, visibility: str = "forum") -> int:
    """Return the number of what the page's reader has just marked."""
    found: int = page.evaluate(MARK, {"id": str(uuid4()), "text": words, "visibility": visibility})
    return found


def words() -> str:
    return f"Lampan vid porten flimrar igen {uuid4().hex[:5]}"


def appears(page: Page, words: str) -> None:
    """Wait until the words stand in the list: within moments, and within this bound on a busy machine."""
    expect(page.locator("#side .row").filter(has_text=words)).to_have_count(1, timeout=15_000)


def at(open_page: Open, person: str, path: str) -> Page:
    page = open_page(person, LAPTOP)
    with page.expect_response(lambda answer: "/deviations/events" in answer.url):
        page.goto(path)
    return drawn(page) if path.endswith("karta") else page


def head(page: Page) -> str:
    return page.locator("#side :is(h1, h2)").first.inner_text()


@pytest.mark.parametrize("path", ROOMS)
def test_anothers_deviation_appears_by_itself(open_page: Open, path: str) -> None:
    reader, writer = at(open_page, "housing", path), at(open_page, "police", "/farsta/avvikelser")
    before, hidden, shown = head(reader), words(), words()
    mark(writer, hidden, "authorities")
    mark(writer, shown)
    appears(reader, shown)
    assert head(reader) != before
    expect(reader.locator("#announce")).to_have_text(head(reader))
    expect(reader.locator("#side")).not_to_contain_text(hidden)


def test_who_is_reading_is_left_where_they_are(open_page: Open) -> None:
    reader, writer = at(open_page, "housing", "/farsta/avvikelser"), at(open_page, "police", "/farsta/avvikelser")
    row = reader.locator("#side .row").nth(30)
    row.scroll_into_view_if_needed()
    number = row.get_attribute("data-nr")
    same = reader.locator(f'#side .row[data-nr="{number}"]')
    same.locator("a.title").focus()
    before, place = head(reader), same.bounding_box()
    mark(writer, words())
    expect(reader.locator("#side h1")).not_to_have_text(before, timeout=15_000)
    after = same.bounding_box()
    assert place is not None
    assert after is not None
    assert abs(after["y"] - place["y"]) < 2
    assert same.locator("a.title").evaluate("link => link === document.activeElement")


def test_who_is_typing_keeps_every_letter_and_the_list_waits(open_page: Open) -> None:
    reader, writer = at(open_page, "housing", "/farsta/avvikelser"), at(open_page, "police", "/farsta/avvikelser")
    reader.locator("#filters .more summary").first.click()
    before, shown = head(reader), words()
    reader.locator("#q").press_sequentially("lam")
    reader.evaluate(TYPING)
    mark(writer, shown)
    appears(writer, shown)  # told to all who listen
    assert head(reader) == before
    reader.evaluate("clearInterval(typing)")
    appears(reader, shown)
    expect(reader.locator("#q")).to_have_value("lam")
    expect(reader.locator("#q")).to_be_focused()


def test_a_page_that_was_hidden_catches_up_when_it_is_shown(open_page: Open) -> None:
    reader, writer = at(open_page, "housing", "/farsta/avvikelser"), at(open_page, "police", "/farsta/avvikelser")
    turn = """hidden => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    reader.evaluate(turn, True)
    before, first, second = head(reader), words(), words()
    mark(writer, first)
    appears(writer, first)  # told to all who listen
    assert head(reader) == before
    with reader.expect_response(lambda answer: "/deviations/events" in answer.url):
        reader.evaluate(turn, False)
    appears(reader, first)
    mark(writer, second)
    appears(reader, second)


STREAM = re.compile("/deviations/events")


def silenced(open_page: Open, path: str) -> Page:
    """Return a page whose stream cannot be opened."""
    page = open_page("housing", LAPTOP, alone=True)
    page.clock.install()
    page.route(STREAM, lambda route: route.abort())
    with page.expect_event("requestfailed", lambda request: STREAM.search(request.url) is not None):
        page.goto(path)
    return page


@pytest.mark.parametrize("path", ROOMS)
def test_a_page_says_that_it_does_not_update_itself_and_when_it_does_again(open_page: Open, path: str) -> None:
    page = silenced(open_page, path)
    line, spoken = page.locator("#live-state"), page.locator("#announce")
    page.clock.run_for(1000)
    expect(line).to_be_hidden()
    page.clock.run_for(6000)
    expect(line).to_contain_text("uppdateras inte av sig själv")
    expect(spoken).to_contain_text("uppdateras inte av sig själv")
    page.unroute(STREAM)
    with page.expect_response(STREAM):
        page.clock.run_for(13_000)  # a stream that was lost four times is tried again within twelve seconds
    expect(line).to_be_hidden()
    page.clock.run_for(11_000)
    expect(spoken).to_have_text("Sidan uppdateras av sig själv igen.")


def test_who_leaves_a_page_is_told_nothing(open_page: Open) -> None:
    page = silenced(open_page, "/farsta/avvikelser")
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    page.clock.run_for(10_000)
    expect(page.locator("#live-state")).to_be_hidden()
    page.evaluate("window.dispatchEvent(new Event('pageshow'))")
    with page.expect_event("requestfailed", lambda request: STREAM.search(request.url) is not None):
        page.clock.run_for(100)
    page.clock.run_for(6000)
    expect(page.locator("#live-state")).to_be_visible()
