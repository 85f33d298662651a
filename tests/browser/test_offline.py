"""Marking without a network: the form opens, what is marked waits and is sent once, and the phone says what waits."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PHONE, Open, enter_as, violations
from tests.browser.test_tasks import SAVED, VISIBLE

KEPT = """async (organisation) => {
    for (let i = 0; i < 500; i += 1) {
        const form = await (await caches.match('/farsta/marka'))?.text();
        if (form?.includes(organisation) && (await caches.match('/api/v1/forums/farsta/ground'))) return;
        await new Promise((done) => setTimeout(done, 20));
    }
    throw new Error('nothing is kept');
}"""
"""Waits for the form of a member of the organisation, and for the ground, to be kept."""
WALKERS, POLICE = "Nattvandrarna i Farsta", "Kommunpoliserna i Farsta"


@pytest.fixture(scope="module")
def phone(open_lasting: Open) -> Page:
    """Return a phone that keeps the form, as it does once any page of the forum was open."""
    page = open_lasting(None, PHONE, worker=True)
    enter_as(page, "night_walker")
    page.evaluate(KEPT, WALKERS)
    return page


def rows(page: Page, words: str) -> int:
    """Return how many deviations hold the words."""
    page.goto(f"/farsta/avvikelser?q={words}")
    return page.locator(".row").count()


def onward(page: Page) -> None:
    """Press the step's thumb button."""
    page.locator(f"{VISIBLE} .step-foot .button").first.click()


def fill_in(page: Page, words: str, cut: str = "") -> None:
    """Fill in the form and send it; before the step of that name the network is cut."""
    page.wait_for_selector("#place-map canvas")
    expect(page.locator("#place-name")).not_to_have_text("…")
    for step in STEPS[1:]:
        if step == cut:
            page.context.set_offline(True)
        if step == "when":
            page.locator('label:has([name="category"][value="fire"])').click()
        if step == "send":
            page.locator("#text").fill(words)
        onward(page)


STEPS = ("opening", "what", "when", "more", "send")


@pytest.mark.parametrize("cut", STEPS)
def test_the_network_may_be_cut_before_any_step(phone: Page, cut: str) -> None:
    word = f"avbrott{STEPS.index(cut)}"
    phone.context.set_offline(cut == "opening")
    phone.goto("/farsta/marka")
    if cut == "opening":
        phone.reload()
    fill_in(phone, f"Rök, {word}", cut)
    expect(phone.locator("#offline")).to_contain_text("Inget nät")
    expect(phone.locator("#waiting")).to_contain_text("Inte skickat än: 1")
    phone.context.set_offline(False)
    phone.wait_for_url(SAVED)
    expect(phone.locator("#waiting")).to_be_hidden()
    assert rows(phone, word) == 1


def test_two_that_wait_are_told_apart_said_on_every_page_and_sent_once_by_either_of_two_tabs(phone: Page) -> None:
    sent: list[int] = []  # what has reached the register; a try without a network does not
    phone.context.on("response", lambda r: sent.append(r.status) if r.request.method == "POST" else None)
    phone.goto("/farsta/marka")
    fill_in(phone, "Rök, avbrott7", "send")
    expect(phone.locator("#waiting")).to_contain_text("Inte skickat än: 1")
    assert violations(phone) == []
    assert phone.evaluate(FITS)
    other = phone.context.new_page()
    other.goto("/farsta/karta")
    expect(other.locator("h1")).to_have_text("Inget nät")
    expect(other.locator("#waiting")).to_contain_text("Inte skickat än: 1")
    assert violations(other) == []
    other.locator("#form").click()
    fill_in(other, "Rök igen, avbrott7")
    expect(phone.locator("#waiting")).to_contain_text("Inte skickat än: 2")
    phone.context.set_offline(False)
    for page in (phone, other):
        expect(page).not_to_have_url(re.compile("/marka$"))  # who sends goes on, and whose was sent by the other tab
        expect(page.locator("#waiting")).to_be_hidden()
    other.close()
    assert sent == [303, 303]
    assert rows(phone, "avbrott7") == 2


FITS = """() => [document.documentElement, document.querySelector('main')]
    .every((each) => each.scrollHeight <= each.clientHeight + 1)"""


def test_the_same_again_waits_like_everything_else(phone: Page) -> None:
    rows(phone, "avbrott4")
    phone.locator(".row a.title").click()
    phone.locator(".again button").wait_for()
    phone.context.set_offline(True)
    phone.locator(".again button").click()
    expect(phone.locator(".again button")).to_have_text("Sparad på enheten, inte skickad än")
    expect(phone.locator("#waiting")).to_contain_text("Inte skickat än: 1")
    phone.context.set_offline(False)
    expect(phone.locator("#waiting")).to_be_hidden()
    assert phone.evaluate("localStorage.getItem('trygg-waiting')") is None


def test_what_is_kept_is_the_form_and_nothing_of_the_register(phone: Page) -> None:
    phone.goto("/farsta/karta")
    phone.wait_for_selector("canvas")
    kept = phone.evaluate(ALL_KEPT)
    for address in kept:
        assert KEEPABLE.search(address), address
    assert any(address.endswith("/farsta/marka") for address in kept)


ALL_KEPT = """async () => {
    const names = await caches.keys();
    const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return all.flat().map((each) => each.url);
}"""
KEEPABLE = re.compile(r"/static/[0-9a-f]{12}/|/utan-nat$|/farsta/marka$|/api/v1/forums/farsta/(areas|ground)$")


def test_signing_out_asks_first_and_then_leaves_nothing_on_the_device(phone: Page) -> None:
    phone.goto("/farsta/marka")
    fill_in(phone, "Rök, avbrott8", "send")
    expect(phone.locator("#waiting")).to_contain_text("Inte skickat än: 1")
    phone.route("**/marka", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    phone.context.set_offline(False)
    phone.goto("/farsta/avvikelser?q=xyzzy")
    for answer, left in (("Stanna kvar", False), ("Logga ut och ta bort", True)):
        phone.locator(".who summary").click()
        phone.locator("#leave button").click()
        expect(phone.locator("dialog")).to_contain_text(
            "Inte skickat än: 1. Om du loggar ut tas det bort från enheten."
        )
        assert violations(phone) == []
        phone.locator(f'dialog button:text-is("{answer}")').click()
        if not left:
            expect(phone.locator("#waiting")).to_contain_text("Inte skickat än: 1")
            phone.reload()
    phone.wait_for_url("**/logga-in?out=1")
    phone.unroute_all()
    assert phone.evaluate("localStorage.length") == 0
    assert phone.evaluate(ALL_KEPT) == []
    assert phone.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    enter_as(phone, "night_walker")
    assert rows(phone, "avbrott8") == 0


def test_what_one_account_marked_is_sent_under_no_other_and_its_form_is_not_shown_to_it(phone: Page) -> None:
    phone.evaluate(KEPT, WALKERS)
    phone.goto("/farsta/marka")
    fill_in(phone, "Rök, avbrott9", "send")
    expect(phone.locator("#waiting")).to_contain_text("Inte skickat än: 1")
    phone.context.clear_cookies()
    phone.context.set_offline(False)
    phone.goto("/logga-in")
    expect(phone.locator("#waiting")).to_have_text("Inte skickat än: 1. Logga in, så skickas det.")
    enter_as(phone, "police")
    expect(phone.locator("#waiting")).to_be_hidden()
    phone.evaluate(KEPT, f"från {POLICE}")
    assert phone.evaluate("JSON.parse(localStorage.getItem('trygg-waiting')).length") == 1
    assert rows(phone, "avbrott9") == 0
    phone.context.clear_cookies()
    enter_as(phone, "night_walker")
    phone.wait_for_function("() => !localStorage.getItem('trygg-waiting')")
    assert rows(phone, "avbrott9") == 1


def kept_since(hours: float, words: str) -> str:
    """Return a script that lets something wait on the device since so many hours."""
    place = {"lon": "18.08", "lat": "59.257", "accuracy_m": "25"}
    fields = {"client_id": str(uuid4()), "category": "fire", "text": words, **place}
    entry = {"id": fields["client_id"], "to": "/farsta/marka", "fields": list(fields.items())}
    return f"""() => localStorage.setItem('trygg-waiting', JSON.stringify([{{
        ...{json.dumps(entry)}, owner: localStorage.getItem('trygg-owner'), at: Date.now() - {hours} * 3600e3 }}]))"""


def test_what_waited_for_a_day_is_given_up_and_said(open_page: Open) -> None:
    page = open_page("night_walker", PHONE)
    page.goto("/farsta/avvikelser?q=xyzzy")
    page.evaluate(kept_since(24, "Rök, avbrott10"))
    page.reload()
    expect(page.locator("#waiting")).to_have_text("Gick inte att skicka inom 24 timmar och finns inte kvar: 1.")
    assert page.evaluate("localStorage.getItem('trygg-waiting')") is None
    page.evaluate(kept_since(23.9, "Rök, avbrott10"))
    page.reload()
    expect(page.locator("#waiting")).to_be_hidden()
    page.wait_for_function("() => !localStorage.getItem('trygg-waiting')")
    page.goto("/farsta/avvikelser?q=avbrott10")
    expect(page.locator(".row")).to_have_count(1)


def test_an_answer_that_was_lost_after_the_save_does_not_save_twice(open_page: Open) -> None:
    page = open_page("night_walker", PHONE)
    page.goto("/farsta/marka")
    lost: list[int] = []

    def lose(route: Route) -> None:
        answer = route.fetch(max_redirects=0)
        if answer.status == 303 and not lost:
            lost.append(answer.status)
            route.abort()
        else:
            route.fulfill(response=answer)

    page.route("**/marka", lose)
    fill_in(page, "Rök, avbrott11")
    page.wait_for_selector("#alike, .kept:not([hidden])")
    if page.locator("#alike").count():
        onward(page)
    expect(page.locator("#offline")).to_contain_text("Inget nät")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_url(SAVED)
    assert lost == [303]
    assert rows(page, "avbrott11") == 1


def test_what_is_refused_while_another_page_is_open_is_said_there_and_can_be_mended_or_thrown_away(
    open_page: Open,
) -> None:
    page = open_page("night_walker", PHONE)
    page.goto("/farsta/avvikelser?q=xyzzy")
    for mended in (True, False):
        page.evaluate(kept_since(1, "Ring 070-174 06 05 om branden"))
        page.reload()
        expect(page.locator("#waiting")).to_contain_text("Togs inte emot: 1.")
        if mended:
            assert violations(page) == []
            page.locator("#waiting a").click()
            expect(page.locator("#problems")).to_be_focused()
            page.locator("#text").fill("Rök, avbrott12")
            onward(page)
            page.wait_for_selector("#alike, .saved")
            if page.locator("#alike").count():
                onward(page)
            page.wait_for_url(SAVED)
        else:
            page.locator("#waiting button").click()
            page.locator('dialog button:text-is("Kasta")').click()
        expect(page.locator("#waiting")).to_be_hidden()
        assert page.evaluate("localStorage.getItem('trygg-waiting')") is None
    assert rows(page, "avbrott12") == 1


LANGUAGE = """async (language) => {
    for (let i = 0; i < 500; i += 1) {
        const form = await (await caches.match('/farsta/marka'))?.text();
        if (form?.includes(`<html lang="${language}"`)) return;
        await new Promise((done) => setTimeout(done, 20));
    }
    throw new Error('the form is kept in another language');
}"""


@pytest.mark.parametrize(("language", "said"), [("en", "No network"), ("sv", "Inget nät")])
def test_without_a_network_a_member_reads_the_language_that_they_have_chosen(
    phone: Page, language: str, said: str
) -> None:
    phone.goto("/farsta/karta")
    phone.locator(".who > summary").click()
    phone.locator(f'.who button[lang="{language}"]').click()
    expect(phone.locator("html")).to_have_attribute("lang", language)
    phone.evaluate(LANGUAGE, language)
    phone.context.set_offline(True)
    phone.goto("/farsta/avvikelser")
    expect(phone.locator("h1")).to_have_text(said)
    phone.context.set_offline(False)
