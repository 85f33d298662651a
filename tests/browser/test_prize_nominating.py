"""Somebody nominates on a phone with a thumb, and from a laptop with the keyboard alone; axe finds nothing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from forum.foundation import rights
from forum.people import accounts, members
from forum.people.forums import Forum
from forum.prize.contents import PARTS
from forum.prize.editions import Phase
from tests.browser.conftest import LAPTOP, PHONE, Mail, Open, Program, violations
from tests.prizes import build_prize

COORDINATOR = "samordnare@farsta.exempel.invalid"


@pytest.fixture(scope="module", autouse=True)
def edition(program: Program) -> None:
    """Let there be a year in which one can nominate."""
    with program.sessions() as session:
        account = accounts.demo_account(session, COORDINATOR)
        assert account is not None
        rights.become(session, rights.Principal(account=account))
        slug = session.scalars(select(Forum.slug)).first()
        assert slug is not None
        build_prize(session, members.acting(session, account, slug), Phase.OPEN, "oppet")
        session.commit()


def narrow(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_on_a_phone_a_draft_is_begun_kept_and_told_what_is_missing(open_page: Open) -> None:
    page = open_page(None, PHONE)
    page.goto("/priset/oppet/nominera")
    assert violations(page) == []
    page.get_by_role("button", name="Börja nominera").click()
    page.get_by_label("Vad nominerar du?").fill("Nattöppen hall")
    page.get_by_label("Vad var problemet?").fill("Ring 070-174 06 05")
    page.get_by_role("button", name="Spara utkastet").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Vad nominerar du?")).to_have_value("Nattöppen hall")
    page.get_by_label("Vad var problemet?").fill("Unga hade ingenstans att vara om kvällarna")
    page.get_by_role("button", name="Spara utkastet").click()
    expect(page.get_by_role("status")).to_contain_text("Utkastet är sparat")
    page.reload()
    expect(page.get_by_label("Vad var problemet?")).to_have_value("Unga hade ingenstans att vara om kvällarna")
    page.get_by_role("button", name="Skicka in").click()
    page.get_by_role("alert").get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.id") == "organisations"
    assert violations(page) == []
    assert narrow(page)


def test_on_a_phone_a_nomination_is_sent_in_and_stands_when_its_letter_is_answered(
    open_page: Open, program: Program, mail: Mail
) -> None:
    page = open_page(None, PHONE)
    page.goto("/priset/oppet/nominera")
    page.get_by_role("button", name="Börja nominera").click()
    said = dict.fromkeys(PARTS, "Vi öppnade hallen om kvällarna")
    for field, words in (said | {"title": "Nattöppen hall", "name": "Någon", "email": "nagon@example.org"}).items():
        page.locator(f"#{field}").fill(words)
    page.get_by_label("Vilka gjorde det tillsammans?").fill("Fotbollsföreningen\nStaden > Fritidsförvaltningen")
    page.get_by_role("button", name="Skicka in").click()
    expect(page.get_by_role("status")).to_contain_text("Ett brev är på väg")
    assert violations(page) == []
    program.work(smtp_url=mail.url)
    (letter,) = (each for each in mail.letters if each["To"] == "nagon@example.org")
    found = re.search(r"(/priset/oppet/nominera/\S+)", letter.get_content())
    assert found is not None
    page.goto(found[1])
    page.get_by_role("button", name="Det var jag: skicka in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("är inne")
    assert violations(page) == []
    assert narrow(page)


def test_by_keyboard_a_member_begins_at_the_forum_and_sends_in(open_page: Open) -> None:
    page = open_page("coordinator", LAPTOP)
    page.goto("/farsta/nominera?from=forum")
    assert violations(page) == []
    page.get_by_role("button", name="Börja nominera").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nominera till")
    assert violations(page) == []
    page.locator("#title").focus()
    page.keyboard.type("Farsta tillsammans")
    page.keyboard.press("Tab")
    for part in PARTS:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == part
        page.keyboard.type("Vi gick dit tillsammans")
    page.get_by_role("button", name="Skicka in").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("är inne")
    assert violations(page) == []


def test_in_english_a_draft_is_begun_and_told_what_is_missing(open_page: Open) -> None:
    page = open_page(None, PHONE)
    page.goto("/en/priset/oppet/nominera")
    assert violations(page) == []
    page.get_by_role("button", name="Begin a nomination").press("Enter")
    page.get_by_label("What do you nominate?").fill("A hall that is open at night")
    page.get_by_role("button", name="Send it in").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The prize is for what several did together.")
    assert violations(page) == []
    assert narrow(page)
