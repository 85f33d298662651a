"""What people come for, done in a real browser by pointer and by keyboard alone, on a phone and on a laptop."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect
from shapely import Point
from sqlalchemy import select

from forum.foundation import rights
from forum.people import accounts, members
from forum.people.forums import Forum
from forum.register import deviations, finding, places
from forum.register.finding import Filter
from forum.register.places import Drawn
from tests.browser.conftest import PHONE, SIZES, Open, Program, drawn, enter_as

COORDINATOR = "samordnare@farsta.exempel.invalid"
NAME = "Hökarängsplan"
WORDS = "Två lampor är släckta vid trappan"
BETTER = "Tre lampor är släckta vid trappan"
SAVED = re.compile(r"/marka/\d{7}$")
VISIBLE = ".step:not([hidden])"


class Pointer:
    """A hand with a mouse or a thumb."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, selector: str) -> None:
        """Press what the selector finds."""
        self.page.locator(selector).first.click()

    def write(self, selector: str, words: str) -> None:
        """Write into a field."""
        self.page.locator(selector).first.fill(words)

    def choose(self, selector: str) -> None:
        """Choose an answer, by its words."""
        self.page.locator(f"label:has({selector})").first.click()


STOPS = "a[href], button, input, select, textarea, summary, iframe, [tabindex]"


@dataclass
class Keys:
    """Ten fingers and no mouse; every press is counted."""

    page: Page
    presses: int = 0
    log: list[str] = field(default_factory=list)

    def key(self, name: str) -> None:
        """Press one key."""
        self.presses += 1
        self.page.keyboard.press(name)

    def reach(self, selector: str) -> None:
        """Move on with Tab until the focus is there: once round the page, with the browser's own stops."""
        for _ in range(self.page.locator(STOPS).count() + 20):
            if self.page.evaluate("selector => Boolean(document.activeElement?.matches(selector))", selector):
                return
            self.key("Tab")
        pytest.fail(f"the keyboard does not reach {selector}")

    def press(self, selector: str) -> None:
        """Go there and press Enter."""
        self.reach(selector)
        self.key("Enter")

    def write(self, selector: str, words: str) -> None:
        """Go there and write, in place of what stands there."""
        self.reach(selector)
        self.key("Control+a")
        self.page.keyboard.insert_text(words)

    def choose(self, selector: str) -> None:
        """Go into the group of answers and move to this one with the arrows."""
        name = self.page.locator(selector).first.get_attribute("name")
        self.reach(f'[name="{name}"]')
        self.key("Space")
        for _ in range(20):
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            self.key("ArrowDown")
        pytest.fail(f"the arrows do not reach {selector}")


Hand = Pointer | Keys
HANDS = [pytest.param(Pointer, id="pointer"), pytest.param(Keys, id="keyboard")]


def mark(hand: Hand, page: Page) -> str:
    """Mark a deviation step by step; returns its number."""
    page.wait_for_selector("#place-map canvas")
    expect(page.locator("#place-name")).not_to_have_text("…")
    hand.write("#place", NAME)
    page.keyboard.press("Enter")
    expect(page.locator("#place-name")).to_have_text(NAME)
    hand.press(f"{VISIBLE} [data-next]")
    hand.choose('[name="category"][value="lighting"]')
    hand.press(f"{VISIBLE} [data-next]")
    hand.choose('[name="when"][value="today"]')
    hand.press(f"{VISIBLE} [data-next]")
    hand.write("#text", WORDS)
    hand.press(f"{VISIBLE} .step-foot .button")
    page.wait_for_selector("#alike, .saved")
    if page.locator("#alike").count():
        hand.choose('[name="alike"][value="new"]')
        hand.press(f"{VISIBLE} .step-foot .button")
    page.wait_for_url(SAVED)
    expect(page.locator("h1")).to_have_text("Avvikelsen är sparad")
    return page.url.rpartition("/")[2]


def find(hand: Hand, page: Page) -> None:
    """Find the deviation by its words in the list, and open it."""
    page.goto("/farsta/avvikelser")
    if isinstance(hand, Keys):
        hand.key("/")
    else:
        hand.press("#find")
    page.keyboard.insert_text("lampor trappan")
    page.keyboard.press("Enter")
    page.wait_for_url("**/avvikelser?q=*")
    expect(page.locator(".row").first).to_contain_text(WORDS)
    hand.press(".row a.title")
    page.wait_for_url(re.compile(r"/avvikelser/\d{7}$"))


def amend(hand: Hand, page: Page) -> None:
    """Change its words."""
    hand.press('a[href$="/andra"]')
    page.wait_for_url("**/andra")
    hand.write("#text", BETTER)
    hand.press("form.card .button.main")
    page.wait_for_url("**?done=amended")
    expect(page.locator("h1")).to_have_text(BETTER)
    expect(page.locator(".history")).to_contain_text(WORDS)


def withdraw(hand: Hand, page: Page) -> None:
    """Withdraw it, having read what that means."""
    hand.press(
        'summary:text-is("Dra tillbaka avvikelsen")' if isinstance(hand, Pointer) else "details:has(.grave) > summary"
    )
    expect(page.locator(".grave")).to_be_visible()
    hand.press(".grave")
    page.wait_for_url("**?done=withdrawn")
    expect(page.locator("main")).to_contain_text("tillbakadragen")
    expect(page.locator("main")).not_to_contain_text("lampor")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("make", HANDS)
def test_sign_in_mark_find_amend_withdraw(open_page: Open, make: type[Pointer | Keys], size: tuple[int, int]) -> None:
    page = open_page(None, size)
    hand = make(page)
    page.goto("/logga-in")
    hand.press('button[name="person"][value="police"]')
    page.wait_for_url("**/karta")
    drawn(page)
    hand.press(".thumb" if size == PHONE else ".mark-link")
    page.wait_for_url("**/marka")
    number = mark(hand, page)
    find(hand, page)
    assert page.url.endswith(number)
    amend(hand, page)
    withdraw(hand, page)


def test_a_named_place_is_reached_within_15_metres_by_few_keys(open_page: Open) -> None:
    page = open_page("police", PHONE)
    page.goto("/farsta/marka")
    page.wait_for_selector("#place-map canvas")
    expect(page.locator("#place-name")).not_to_have_text("…")
    keys = Keys(page)
    keys.write("#place", NAME)
    keys.key("Enter")
    expect(page.locator("#place-name")).to_have_text(NAME)
    lon, lat = position(page)
    expect(page.locator("#place-map")).to_be_focused()
    for key in ["ArrowRight"] * 7 + ["ArrowUp"] * 4:
        keys.key(key)
    expect(page.locator("#place-more")).to_contain_text("m bort")
    assert keys.presses <= 25
    page.wait_for_function(MOVED, arg=[lon, lat])  # the place is shown a moment after the last key


MOVED = """([lon, lat]) => {
    const [east, north] = ["lon", "lat"].map((name) => Number(document.querySelector(`[name="${name}"]`).value));
    return Math.abs((east - lon) * 56860 - 70) < 1 && Math.abs((north - lat) * 111195 - 40) < 1;
}"""
"""Seven steps of ten metres to the east and four to the north."""


def position(page: Page) -> tuple[float, float]:
    """Return the longitude and the latitude under the cross."""
    lon, lat = (float(page.locator(f'[name="{name}"]').input_value()) for name in ("lon", "lat"))
    return lon, lat


def test_no_step_scrolls_on_the_smallest_phone_whatever_is_asked(open_page: Open) -> None:
    page = open_page("police", PHONE)
    page.goto("/farsta/marka")
    page.wait_for_selector("#place-map canvas")
    tall = []
    for category in page.locator('[name="category"]').evaluate_all("all => all.map((each) => each.value)"):
        for step in range(4):
            if step == 2:
                continue
            if page.evaluate(SCROLLS):
                tall.append((category, step))
            button = page.locator(f"{VISIBLE} .step-foot .button").bounding_box()
            assert button is not None
            assert button["height"] >= 64
            assert button["y"] + button["height"] <= PHONE[1]
            if step == 0:
                page.locator(f"{VISIBLE} [data-next]").click()
                page.locator(f'label:has([value="{category}"])').first.click()
            elif step == 1:
                page.locator(f"{VISIBLE} [data-next]").click()
                assert not page.evaluate(SCROLLS)
                page.locator(f"{VISIBLE} [data-next]").click()
        for _ in range(3):
            page.locator("#back").click()
    assert tall == []


SCROLLS = """() => [document.documentElement, document.querySelector('main')]
    .some((each) => each.scrollHeight > each.clientHeight + 1)"""


def test_a_lost_network_loses_nothing_and_sends_once(open_page: Open) -> None:
    page = open_page("night_walker", PHONE)
    page.goto("/farsta/marka")
    page.wait_for_selector("#place-map canvas")
    expect(page.locator("#place-name")).not_to_have_text("…")
    hand = Pointer(page)
    hand.write("#place", "Gubbängens")
    page.keyboard.press("Enter")
    hand.press(f"{VISIBLE} [data-next]")
    hand.choose('[name="category"][value="fire"]')
    page.context.set_offline(True)
    hand.press(f"{VISIBLE} [data-next]")
    hand.press(f"{VISIBLE} [data-next]")
    hand.write("#text", "Brand i en papperskorg utan nät")
    hand.press(f"{VISIBLE} .step-foot .button")
    expect(page.locator("#offline")).to_contain_text("Inget nät")
    expect(page.locator("#waiting")).to_contain_text("Inte skickat än: 1")
    assert page.locator("#text").input_value() == "Brand i en papperskorg utan nät"
    page.context.set_offline(False)
    page.wait_for_url(SAVED)
    expect(page.locator("h1")).to_have_text("Avvikelsen är sparad")
    page.goto("/farsta/avvikelser?q=papperskorg+nät")
    expect(page.locator(".row")).to_have_count(1)
    page.goto("/farsta/marka")
    expect(page.locator("#waiting")).to_be_hidden()


def test_a_session_that_has_ended_loses_nothing_either(open_page: Open) -> None:
    page = open_page(None, PHONE)
    enter_as(page, "night_walker")
    page.goto("/farsta/marka")
    fill(page, "litter", "Soporna ligger kvar efter utloggning")
    page.context.clear_cookies()
    page.locator(f"{VISIBLE} .step-foot .button").click()
    expect(page.locator("#offline")).to_contain_text("Du är inte inloggad längre")
    enter_as(page, "night_walker")
    page.goto("/farsta/marka")
    page.wait_for_timeout(1500)
    page.goto("/farsta/avvikelser?q=soporna+utloggning")
    expect(page.locator(".row")).to_have_count(1)


def test_what_waited_and_is_refused_comes_back_to_be_mended(open_page: Open) -> None:
    page = open_page("night_walker", PHONE)
    page.goto("/farsta/marka")
    fill(page, "litter", "Ring 070-174 06 05 om soporna")
    page.context.set_offline(True)
    page.locator(f"{VISIBLE} .step-foot .button").click()
    expect(page.locator("#offline")).to_contain_text("Inget nät")
    page.context.set_offline(False)
    expect(page.locator("#problems")).to_be_focused()
    expect(page.locator("#text")).to_have_value("Ring 070-174 06 05 om soporna")


def fill(page: Page, category: str, words: str) -> None:
    """Go through the steps up to the last button, which is not pressed."""
    page.wait_for_selector("#place-map canvas")
    expect(page.locator("#place-name")).not_to_have_text("…")
    hand = Pointer(page)
    hand.press(f"{VISIBLE} [data-next]")
    hand.choose(f'[name="category"][value="{category}"]')
    hand.press(f"{VISIBLE} [data-next]")
    hand.press(f"{VISIBLE} [data-next]")
    hand.write("#text", words)


def test_what_waits_is_wiped_at_sign_out(open_page: Open) -> None:
    page = open_page(None)
    enter_as(page, "school")
    page.evaluate("localStorage.setItem('trygg-waiting', '[]')")
    page.locator(".who summary").click()
    page.locator('form[action="/logga-ut"] button').click()
    page.wait_for_url("**/logga-in?out=1")
    expect(page.locator(".notice")).to_have_text("Du är utloggad.")
    assert page.evaluate("localStorage.length") == 0


def test_the_whole_of_it_works_without_any_script(open_page: Open) -> None:
    page = open_page("police", script=False)
    page.goto("/farsta/karta")
    expect(page.locator(".map-missing")).to_be_visible()
    page.locator('#filters [name="q"]').evaluate("each => each.closest('details').open = true")
    page.locator('#filters [name="q"]').fill("lampor")
    page.locator("#apply").click()
    assert "q=lampor" in page.url
    page.goto("/farsta/marka")
    page.locator("#place").fill(NAME)
    page.locator('label:has([value="unease"])').click()
    page.locator("#text").fill("Mörkt och tomt, utan skript")
    page.locator("fieldset.step .button:visible").click()
    if page.locator("#alike").count():
        page.locator("#alike .button").click()
    expect(page.locator("h1")).to_have_text("Avvikelsen är sparad")
    page.locator(".undo button").click()
    expect(page.locator("main")).to_contain_text("tillbakadragen")


def test_errors_take_the_focus_and_lead_to_their_field(open_page: Open) -> None:
    page = open_page("police", PHONE)
    page.goto("/farsta/marka")
    page.wait_for_selector("#place-map canvas")
    expect(page.locator("#place-name")).not_to_have_text("…")
    hand = Pointer(page)
    hand.press(f"{VISIBLE} [data-next]")
    hand.press(f"{VISIBLE} [data-next]")
    expect(page.locator("#offline")).to_have_text("Inget är valt. Välj vad det gäller.")
    hand.choose('[name="category"][value="litter"]')
    hand.press(f"{VISIBLE} [data-next]")
    hand.press(f"{VISIBLE} [data-next]")
    hand.write("#text", "Ring 070-174 06 05 om soporna")
    hand.press(f"{VISIBLE} .step-foot .button")
    expect(page.locator("#problems")).to_be_focused()
    expect(page.locator("#text")).to_have_value("Ring 070-174 06 05 om soporna")
    page.locator("#problems a").click()
    expect(page.locator("#text")).to_be_focused()
    assert page.locator("#text").get_attribute("aria-invalid") == "true"


@pytest.fixture
def place(program: Program) -> str:
    """Return the address of a place to which a hand has put a deviation from elsewhere."""
    with program.sessions() as session:
        rights.become(session, rights.OPERATOR)
        forum = session.scalars(select(Forum)).one()
        coordinator = members.acting(session, accounts.account_of(session, email=COORDINATOR), forum.slug)
        stairs = Drawn("Trappan vid torget", Point(18.0905, 59.2428), 120)
        made = places.create(session, coordinator, stairs)
        there = finding.find(session, coordinator, Filter(), limit=1).rows[0]
        places.link(session, coordinator, made, deviations.get(session, coordinator, there.id), here=True)
        session.commit()
        return f"/farsta/platser/{made.nr}"


@pytest.mark.parametrize("make", HANDS)
def test_a_place_is_split_on_the_map_and_what_hands_put_there_goes_along(
    open_page: Open, place: str, make: type[Pointer | Keys]
) -> None:
    page = open_page("coordinator")
    hand = make(page)
    page.goto(place)
    hand.press('a[href$="/dela"]')
    page.wait_for_url("**/dela")
    drawn(page)
    expect(page.locator("[data-place]")).not_to_be_empty()
    hand.write("#name", "Nedre trappan")
    hand.choose('[name="shape"][value="Polygon"]')
    for corner in range(3):
        turn(hand, page, corner)
        expect(page.locator("[data-corners]")).to_have_text(re.compile(f"^{corner + 1} hörn"))
    if isinstance(hand, Keys):
        hand.reach('[name="moved"]')
        hand.key("Space")
    else:
        page.locator('[name="moved"]').check()
    hand.write("#reason", "Två olika orsaker")
    hand.press("#place-form .button.main")
    page.wait_for_url("**?done=split")
    expect(page.locator("h1")).to_have_text("Nedre trappan")
    expect(page.locator(".rows .row")).not_to_have_count(0)  # at least the one that went along
    page.get_by_role("link", name="Trappan vid torget").click()
    expect(page.locator(".chosen-head .tag")).to_have_text("delad i flera platser")


def turn(hand: Hand, page: Page, corner: int) -> None:
    """Move the cross some way and add a corner there."""
    if isinstance(hand, Keys):
        hand.reach("[data-drawing] .map")
        for _ in range(3):
            hand.key(("ArrowUp", "ArrowRight", "ArrowDown")[corner])
        hand.key("Enter")
        return
    stage = page.locator("[data-drawing] .map").bounding_box()
    assert stage is not None
    right, down = ((0, -40), (40, 0), (0, 40))[corner]
    page.mouse.click(stage["x"] + stage["width"] / 2 + right, stage["y"] + stage["height"] / 2 + down)
    page.wait_for_timeout(300)  # the map glides under the cross for a fifth of a second
    hand.press("[data-add]")
