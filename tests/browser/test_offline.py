"""Marking without a network: the form opens, what is marked waits and is sent once, and the phone says what waits."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Open
from tests.browser.test_tasks import SAVED, VISIBLE

KEPT = """async () => {
    while (!(await caches.match('/api/v1/forums/farsta/ground'))) await new Promise((done) => setTimeout(done, 20));
}"""
"""Waits for the last of what is fetched to be kept."""


@pytest.fixture(scope="module")
def phone(open_lasting: Open) -> Page:
    """Return a phone that keeps the form, as it does once any page of the forum was open."""
    page = open_lasting("night_walker", PHONE, worker=True)
    page.goto("/farsta/avvikelser")
    page.evaluate(KEPT)
    return page


def rows(page: Page, words: str) -> int:
    """Return how many deviations hold the words."""
    page.goto(f"/farsta/avvikelser?q={words}")
    return page.locator(".row").count()


STEPS = ("opening", "what", "when", "more", "send")


@pytest.mark.parametrize("cut", STEPS)
def test_the_network_may_be_cut_before_any_step(phone: Page, cut: str) -> None:
    word = f"avbrott{STEPS.index(cut)}"
    if cut == "opening":
        phone.context.set_offline(True)
    phone.goto("/farsta/marka")
    phone.wait_for_selector("#place-map canvas")
    expect(phone.locator("#place-name")).not_to_have_text("…")
    for step in STEPS[1:]:
        if step == cut:
            phone.context.set_offline(True)
        if step == "when":
            phone.locator('label:has([name="category"][value="fire"])').click()
        if step == "send":
            phone.locator("#text").fill(f"Rök ur en papperskorg, {word}")
        phone.locator(f"{VISIBLE} .step-foot .button").first.click()
    expect(phone.locator("#offline")).to_contain_text("Inget nät")
    expect(phone.locator("#waiting")).to_contain_text("Inte skickat än: 1")
    phone.context.set_offline(False)
    phone.wait_for_url(SAVED)
    expect(phone.locator("#waiting")).to_be_hidden()
    assert rows(phone, word) == 1
