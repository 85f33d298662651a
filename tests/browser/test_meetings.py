"""A coordinator's meeting in a real browser: prepared in under five clicks, put in order by pointer and by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from forum.demo.meetings import BACK
from forum.people.agreements import today
from forum.work import cycles
from forum.work.cycles import Rule
from tests.browser.conftest import LAPTOP, Open, Program
from tests.browser.test_tasks import HANDS, Hand, Keys, Pointer

ROW = ".order-row[data-key]"
DAY = re.compile(r"/moten/\d{4}-\d\d-\d\d$")


def order(page: Page) -> list[str]:
    keys: list[str] = page.locator(ROW).evaluate_all("rows => rows.map((row) => row.dataset.key)")
    return keys


def prepared(page: Page) -> Page:
    """Return the page of the meeting that the demo has planned."""
    page.goto(f"/farsta/moten/{cycles.days(Rule(), today(), 1)[0]}")
    return page


def saved(page: Page, wanted: list[str]) -> None:
    """Wait until the server has the order: the page asked anew shows it."""
    expect(page.locator("#order-said")).to_have_text(re.compile(r"är nu nummer \d+ av \d+\. Sparat\."))
    page.reload()
    assert order(page) == wanted


def test_the_agenda_is_ready_in_under_five_clicks_from_the_sign_in(open_page: Open) -> None:
    page, clicks = open_page(None, LAPTOP), 0
    page.goto("/logga-in")
    for target in ('button[value="coordinator"]', '.rooms a[href$="/moten"]', "a:text-is('Förbered mötet')"):
        page.locator(target).click()
        clicks += 1
    page.wait_for_url(DAY)
    expect(page.locator(ROW).first).to_be_visible()
    assert len(order(page)) >= 5
    assert page.locator("img.cutout").count() >= 4
    assert clicks < 5


@pytest.mark.parametrize("make", HANDS)
def test_a_meeting_is_prepared(open_page: Open, make: type[Pointer | Keys]) -> None:
    page = prepared(open_page("coordinator", LAPTOP))
    hand: Hand = make(page)
    first, second, *rest = order(page)
    if isinstance(hand, Keys):
        hand.reach(f'[data-key="{first}"] [name="minutes"]')
        hand.key("Alt+ArrowDown")
        assert page.evaluate("document.activeElement.name") == "minutes"
    else:
        page.locator(f'[data-key="{first}"] .handle').hover()
        page.mouse.down()
        box = page.locator(f'[data-key="{second}"]').bounding_box()
        assert box
        page.mouse.move(box["x"] + 10, box["y"] + box["height"] - 4, steps=4)
        page.mouse.up()
    saved(page, [second, first, *rest])
    hand.press(f'[value="up:{first}"]')
    expect(page.locator("#order-said")).to_contain_text("Sparat.")
    assert order(page) == [first, second, *rest]
    hand.write(f'[id="minutes.{first}"]', "80")
    page.keyboard.press("Tab")
    expect(page.locator(".cut")).to_have_text(re.compile("ryms det inte på 90 minuter"))
    hand.press(f'[value="out:{rest[-1]}"]')
    expect(page.locator(f'[value="back:{rest[-1]}"]')).to_be_visible()
    hand.write("#title", "Skyltarna vid torget")
    hand.press("form[action$='/punkter'] .button")
    page.wait_for_url("**?done=added")
    expect(page.locator(ROW).filter(has_text="Skyltarna vid torget")).not_to_have_count(0)
    hand.press("a[href$='/visa']")
    page.wait_for_url("**/visa")
    expect(page.get_by_role("heading").first).to_be_visible()


def test_two_coordinators_lose_nothing(open_page: Open) -> None:
    first, second = (prepared(open_page(person, LAPTOP)) for person in ("coordinator", "administrator"))
    top, *rest = order(first)
    first.locator(f'[value="down:{top}"]').click()
    saved(first, [rest[0], top, *rest[1:]])
    second.locator(f'[value="up:{rest[-1]}"]').click()
    expect(second.locator("#problems")).to_contain_text("Någon annan har ändrat mötet under tiden")
    mine = [top, *rest[:-2], rest[-1], rest[-2]]
    assert order(second) == mine
    second.get_by_role("button", name="Spara min").click()
    expect(second.locator("#problems")).to_have_count(0)
    second.reload()
    assert order(second) == mine


def test_the_pack_holds_no_annex_and_the_annex_is_printed_alone(open_page: Open) -> None:
    page = prepared(open_page("coordinator", LAPTOP))
    page.emulate_media(media="print")
    expect(page.locator(".the-agenda")).to_be_visible()
    expect(page.locator(".annex")).to_be_hidden()
    page.emulate_media(media="screen")
    page.evaluate("window.print = () => (document.body.dataset.seen = document.body.dataset.printed)")
    page.get_by_role("button", name="Skriv ut bilagan").click()
    page.emulate_media(media="print")
    expect(page.locator(".annex")).to_be_visible()
    expect(page.locator(".the-agenda")).to_be_hidden()
    assert "Bara för myndigheter" in (page.locator("body").get_attribute("data-seen") or "")


def test_the_demo_has_met_and_the_first_screen_tells_the_next_day(open_page: Open) -> None:
    page = open_page("housing", LAPTOP)
    page.goto("/farsta/karta")
    page.locator(".next-meeting a").click()
    page.wait_for_url(DAY)
    page.goto("/farsta/moten")
    expect(page.locator(".upstairs li", has_text="Ljuset i gångtunnlarna är byggt för bilar")).to_be_visible()
    first = [day for day in cycles.days(Rule(), today() - BACK, 12) if day < today()][-3]
    page.locator(f'tbody a[href$="{first}"]').click()
    expect(page.locator("del")).to_have_text("Polisen visar sig på torget fredag och lördag.")


def test_minutes_are_adjusted_by_a_second_member_sealed_and_fetched_marked_as_invented(
    open_page: Open, program: Program
) -> None:
    page = open_page("police", LAPTOP)
    page.goto("/farsta/moten")
    page.locator("tbody tr", has_text="hållet").first.locator("a").click()
    page.wait_for_url(DAY)
    page.goto(f"{page.url}/protokoll")
    page.get_by_role("button", name="Justera protokollet").click()
    expect(page.get_by_role("status").first).to_contain_text("Protokollet är justerat")
    program.work()
    page.reload()
    expect(page.locator(".marks")).to_contain_text("förseglat")
    for form in ("HTML", "PDF", "DOCX"):
        address = page.get_by_role("link", name=f"Hämta som {form}").get_attribute("href")
        answer = page.request.get(str(address))
        assert answer.status == 200
        if form == "HTML":
            assert "Påhittade exempeldata" in answer.text()
