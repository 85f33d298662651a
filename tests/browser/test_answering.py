"""An owner without an account opens the mailed address and answers: on a phone by thumb, on a laptop by keys alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from forum.foundation import rights
from forum.people import accounts, contacts, members, organisations
from forum.people.agreements import today
from forum.people.forums import Forum
from forum.register import places
from forum.work import links, measures
from forum.work.measures import Step
from forum.work.terms import Terms
from tests.browser.conftest import LAPTOP, PHONE, Open, Program, violations
from tests.browser.test_accessibility import SMALL, WIDER
from tests.browser.test_tasks import Keys

OWNER = "Trafikkontoret"


@pytest.fixture
def mailed(program: Program) -> Callable[[str], str]:
    """Return the maker of links: the address that the owner of a new measure was mailed."""

    def ask(title: str) -> str:
        with program.sessions() as session:
            rights.become(session, rights.OPERATOR)
            forum = session.scalars(select(Forum)).one()
            owner = organisations.named(session, forum.id, OWNER).id
            people = {role: accounts.account_of(session, email=f"{role}@farsta.exempel.invalid")
                      for role in ("administrator", "samordnare")}  # fmt: skip
            administrator = members.acting(session, people["administrator"], forum.slug)
            contacts.put(session, administrator, owner, "kontakt@example.org")
            coordinator = members.acting(session, people["samordnare"], forum.slug)
            place = places.all_of(session, coordinator)[0]
            measure = measures.propose(session, coordinator, place, Terms(title, owner, today() + timedelta(days=9)))
            measures.move(session, coordinator, measure, Step.DECIDE)
            link = links.ask(session, coordinator, measure)
            made = links.secret_for(session, members.system(session, forum.id, forum.slug, ""), link.id)
            assert made is not None
            session.commit()
            return f"/svar/{made.secret}"

    return ask


def looked_at(page: Page) -> None:
    assert violations(page) == []
    assert page.evaluate(SMALL, 24) == []


def test_on_a_phone_the_owner_accepts_and_later_tells_that_it_is_done(
    open_page: Open, mailed: Callable[[str], str]
) -> None:
    page = open_page(None, PHONE, dark=True)
    page.goto(mailed("Laga lampan vid trappan"))
    looked_at(page)
    page.get_by_role("button", name="Acceptera").click()
    expect(page.locator(".notice.done")).to_contain_text("Du har accepterat")
    looked_at(page)
    page.get_by_label("Vad som gjordes").fill("Lampan är bytt")
    page.get_by_role("button", name="Den är genomförd").click()
    expect(page.locator(".notice.done")).to_contain_text("genomförd")
    expect(page.locator("form[action^='/svar']")).to_have_count(0)
    page.set_viewport_size({"width": 320, "height": 568})
    page.evaluate(WIDER)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_by_keys_alone_and_without_script_the_owner_declines_and_is_told_what_is_missing(
    open_page: Open, mailed: Callable[[str], str]
) -> None:
    page = open_page(None, LAPTOP, script=False)
    page.goto(f"/en{mailed('Måla om bänken')}")
    keys = Keys(page)
    keys.reach("details.more > summary")
    keys.key("Enter")
    keys.reach("#decline-words")
    page.keyboard.type("Ring 070-174 06 05")
    page.keyboard.press("Enter")
    expect(page.locator("#problems")).to_contain_text("070")
    keys.reach("#decline-words")
    keys.key("Control+a")
    page.keyboard.type("The bench is the park's")
    keys.key("Enter")
    assert keys.presses <= 30
    expect(page.locator(".notice.done")).to_contain_text("declined")
