"""The prize for everybody: years, one year, the embargo, and the feed; as pages and as JSON."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session, sessionmaker

from forum.prize.editions import Phase
from tests.builders import World
from tests.dashboards.conftest import BrowserOf
from tests.prizes import FOOTBALL, LIGHTS, Prize, build_prize, decide_at_once, declare_all, pass_gate

CITATION = "För arbetet med ljuset på gångvägen"
ADDRESSES = (
    "/priset",
    "/priset/{slug}",
    "/en/priset/{slug}",
    "/feeds/priset",
    "/api/v1/editions",
    "/api/v1/editions/{slug}",
)


@pytest.fixture(scope="module")
def prizes(sessions: sessionmaker[Session], lasting: World) -> dict[str, Prize]:
    """Return an edition that is decided and one that is announced, each with its award."""
    made = {}
    with sessions() as session:
        for slug, phase in (("staden", Phase.DECIDING), ("forra", Phase.ANNOUNCED)):
            prize = made[slug] = build_prize(session, lasting.acting(session, "teacher"), phase, slug)
            declare_all(session, prize)
            pass_gate(session, prize)
            decide_at_once(session, prize, CITATION)
        session.commit()
    return made


@pytest.mark.parametrize("person", [None, "teacher", "chair"])
def test_before_the_ceremony_nothing_is_told_of_what_was_nominated_whoever_asks(
    browser_of: BrowserOf, lasting: World, prizes: dict[str, Prize], person: str | None
) -> None:
    lasting.accounts["chair"] = prizes["staden"].accounts["chair"]
    browser = browser_of(person)
    for address in ADDRESSES:
        page = browser.get(address.format(slug="staden"))
        assert FOOTBALL not in page
        if "{slug}" in address:
            assert LIGHTS not in page
            assert CITATION not in page


def test_whoever_has_an_office_or_nominated_finds_their_work_and_nobody_else_does(
    browser_of: BrowserOf, lasting: World, prizes: dict[str, Prize]
) -> None:
    lasting.accounts["chair"] = prizes["staden"].accounts["chair"]
    links = ('href="/priset/staden/jury"', 'href="/priset/staden/mina/1"')
    for person, found in (("chair", (True, False)), ("teacher", (False, True)), ("officer", (False, False))):
        assert tuple(link in browser_of(person).get("/priset") for link in links) == found
    assert not any(link in browser_of(None).get("/priset") for link in links)


def test_from_the_ceremony_on_everybody_reads_winner_and_citation(
    browser_of: BrowserOf, prizes: dict[str, Prize]
) -> None:
    browser = browser_of(None)
    for address in ADDRESSES:
        page = browser.get(address.format(slug="forra"))
        assert LIGHTS in page, address
        assert CITATION in page or address == "/priset"
        assert FOOTBALL not in page


def test_the_years_stand_together_with_those_that_only_sources_tell_of(
    browser_of: BrowserOf, prizes: dict[str, Prize]
) -> None:
    browser = browser_of(None)
    page = browser.get("/en/priset")
    assert page.index("staden") < page.index("stockholm-2024") < page.index("stockholm-2012")
    year = browser.get("/en/priset/stockholm-2022")
    for words in ("socialtjänstens brottsförebyggande arbete", "destruktiva miljöer", "web page Trygghetspriset, 2024"):
        assert words in year
    answer = browser.client.get("/api/v1/editions/stockholm-2020").json()
    assert [winner["name"] for winner in answer["winners"]] == ["Storasyster", "Kvinnors Nätverk"]
    for address in ("/priset/nope", "/priset/stockholm-2011", "/api/v1/editions/nope"):
        browser.get(address, 404)


def test_an_edition_says_its_days_and_its_criteria_with_their_levels_in_words(
    browser_of: BrowserOf, prizes: dict[str, Prize]
) -> None:
    page = browser_of("teacher").get("/en/priset/staden")
    for words in (
        "Stärkt samverkan",
        "The sum is 50,000 kronor",
        "Done by several together",
        "Tried by others",
        "seal",
    ):
        assert words in page
    assert "the jury is deciding" in browser_of(None).get("/en/priset")
