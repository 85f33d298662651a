"""A juror on a laptop: declares, assesses with pointer and keyboard, hands in, and then sees the others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from forum.foundation import rights
from forum.people import accounts, members
from forum.prize.editions import Phase
from tests.browser.conftest import LAPTOP, PHONE, Open, Program, violations
from tests.prizes import LIGHTS, Prize, assess, build_prize, declare_all, deliberate, pass_gate, write_content

Seated = Callable[..., Page]
SOMEBODY = text("SELECT m.account_id, f.slug FROM members m JOIN forums f ON f.id = m.forum_id LIMIT 1")


def build(program: Program, slug: str, phase: Phase, *, undeclared: str = "") -> Prize:
    """Return an edition beside the demo's, in which everybody but one has declared and the chair has assessed."""
    with program.sessions() as session:
        rights.become(session, rights.OPERATOR)
        account, forum = session.execute(SOMEBODY).one()
        prize = build_prize(session, members.acting(session, account, forum), phase, slug)
        left_out = prize.offices.pop(undeclared, None)
        for written in prize.nominations:
            write_content(session, prize, written)
        declare_all(session, prize)
        pass_gate(session, prize)
        if left_out:
            prize.offices[undeclared] = left_out
        if phase is Phase.ASSESSING:
            assess(session, prize, "chair", "lights")
        else:
            deliberate(session, prize)
        session.commit()
    return prize


@pytest.fixture
def seated(open_page: Open, program: Program, live: str) -> Seated:
    """Return the maker of pages as somebody in a jury."""

    def sit(prize: Prize, name: str, size: tuple[int, int] = LAPTOP, *, dark: bool = False) -> Page:
        with program.sessions() as session:
            secret = accounts.start_session(session, prize.accounts[name])
            session.commit()
        page = open_page(None, size, dark=dark)
        page.context.add_cookies([{"name": "trygg_session", "value": secret, "url": live}])
        return page

    return sit


def test_a_juror_declares_assesses_by_pointer_and_keyboard_and_hands_in(program: Program, seated: Seated) -> None:
    prize = build(program, "jurytest", Phase.ASSESSING, undeclared="juror")
    page = seated(prize, "juror")
    page.goto("/priset/jurytest/jury")
    assert violations(page) == []
    first = page.locator("#nominering-1")
    expect(first.get_by_role("link")).to_have_count(0)  # title and organisations alone
    first.get_by_role("radio", checked=True).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=LIGHTS).click()
    assert violations(page) == []
    page.locator("#innovative").get_by_role("radio", name="Ny kombination").click()
    page.get_by_label("Varför: Nyskapande").fill("Visas i underlaget")
    page.locator("#inspires").get_by_role("radio").first.focus()
    for key in ("Space", "ArrowDown", "ArrowDown", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("Andra har frågat")
    page.get_by_role("textbox", name="Mina anteckningar").fill("Fråga om jämförelsen")
    page.get_by_role("button", name="Lämna in bedömningen").click()
    expect(page.get_by_role("alert")).to_contain_text("Välj en nivå eller avstå")
    expect(page.locator("#inspires").get_by_role("radio").nth(2)).to_be_checked()  # it stayed saved
    page.get_by_role("alert").get_by_role("link").click()
    page.locator("#results").get_by_role("radio", name="Jag avstår").click()
    page.get_by_label("Varför: Visar goda resultat").fill("Kan inte bedömas härifrån")
    page.get_by_role("button", name="Lämna in bedömningen").click()
    expect(page.get_by_role("status")).to_contain_text("inlämnad")
    expect(page.get_by_role("textbox", name="Mina anteckningar")).to_have_value("Fråga om jämförelsen")
    page.goto("/priset/jurytest/overlaggning")
    expect(page.locator("#nominering-1 svg")).to_have_count(3)
    assert violations(page) == []


def test_the_deliberation_is_led_from_a_phone_and_nothing_is_cut_off(program: Program, seated: Seated) -> None:
    prize = build(program, "beslutstest", Phase.DECIDING)
    page = seated(prize, "chair", PHONE, dark=True)
    page.goto("/en/priset/beslutstest/overlaggning")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    page.get_by_role("button", name="Put the motion that it gets the prize").click()
    expect(page.get_by_role("status")).to_contain_text("put to the vote")
    page.get_by_role("region", name=f"“{LIGHTS}” gets the prize").get_by_role("button", name="Yes").click()
    expect(page.get_by_text("You voted: Yes.")).to_be_visible()
    page.goto("/en/priset/beslutstest/jury")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_in_english_a_juror_assesses_on_a_phone_by_keyboard(program: Program, seated: Seated) -> None:
    prize = build(program, "jurytest-en", Phase.ASSESSING)
    page = seated(prize, "juror", PHONE)
    page.goto("/en/priset/jurytest-en/jury")
    assert violations(page) == []
    page.get_by_role("link", name=LIGHTS).press("Enter")
    page.get_by_role("button", name="Hand in the assessment").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Choose a level or abstain")
    assert violations(page) == []
    for criterion in page.locator("fieldset.criterion").all():
        criterion.get_by_role("radio").first.press("Space")
        criterion.get_by_role("textbox").fill("Seen in the evidence")
    page.get_by_role("button", name="Hand in the assessment").press("Enter")
    expect(page.locator(".notice.done").last).to_contain_text("It stands.")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
