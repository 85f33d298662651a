"""The effect card on its page: the sentence first, what limits it, its counts, and the card that is frozen of it."""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy.orm import Session, sessionmaker

from dashboards import effect_card
from forum.work.measures import Measure
from mapping.cards import Card
from mapping.periods import months_before
from mapping.spans import Inputs
from mapping.verdicts import weigh
from tests.builders import World
from tests.dashboards.conftest import Browser, BrowserOf
from tests.mapping.test_cards import DONE, Told, fill, measure_at, place


@pytest.fixture(scope="module")
def told(sessions: sessionmaker[Session], lasting: World) -> Told:
    return fill(sessions, lasting)


@pytest.fixture(scope="module")
def coordinator(browser_of: BrowserOf) -> Browser:
    return browser_of("coordinator")


def room(told: Told, more: str = "") -> str:
    return f"/farsta/atgarder/{told.measure}{more}"


def test_the_card_says_its_sentence_and_its_limits_before_its_figures(coordinator: Browser, told: Told) -> None:
    assert "Jämför före och efter" in coordinator.get(room(told))
    page = coordinator.get(room(told, "/effekt"))
    order = (
        "Avvikelserna är färre än kontrollplatsen låter vänta.",
        "Vet detta först",
        "21 färre än kontrollplatsen låter vänta; 95\N{NO-BREAK SPACE}% intervall:",
        'alt="Platsen och det som den jämförs med. Fylld, P: platsen. Fylld, K: kontrollplatsen.',
        'alt="Före och efter, med intervall. Platsen: 24',
        "Vad som räknades",
        "Vad det säger",
    )
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert "Kontrollplats: Torget" in page
    assert re.search(r'<th scope="row">Platsen</th><td class="number">24</td><td class="number">3</td>', page)
    assert re.search(r'<option value="square:\d+:\d+:\d+">en ruta på \d+ meter', page), "a square can be chosen"
    assert "There are fewer deviations than the control lets expect." in coordinator.get("/en" + room(told, "/effekt"))


def test_a_frozen_card_stands_on_the_measures_page(coordinator: Browser, told: Told) -> None:
    answer = coordinator.post(room(told, "/effekt"), {"months": "3", "audience": "forum", "control": ""})
    assert answer.status_code == 303, answer.text
    page = coordinator.get(answer.headers["location"])
    assert "Effektkortet är fryst." in page
    assert "Efter 3 månader." in page
    assert page.count("Avvikelserna är färre än kontrollplatsen låter vänta.") == 2
    (address,) = set(re.findall(r'href="(/farsta/effekter/[0-9a-f-]{36})"', page))
    assert address in page.partition("Uppföljning</h2>")[0], "the chain ends in it"
    frozen = coordinator.get(address)
    assert 'alt="Platsen och det som den jämförs med.' in frozen
    assert f"trygghetsforum effect recompute {address[-36:]}.json" in frozen
    assert f'href="/farsta/atgarder/{told.measure}"' in frozen
    assert re.search(r'<abbr title="([0-9a-f]{12})[0-9a-f]{52}">Kontrollsumma \1</abbr>', frozen)


def test_the_cost_stands_beside_the_effect_and_for_each_fewer_only_where_the_interval_says_fewer(
    coordinator: Browser, told: Told
) -> None:
    assert "Ingen har noterat vad åtgärden kostade." in coordinator.get(room(told, "/effekt"))
    version = re.search(r'name="version" value="(\d+)"', coordinator.get(room(told)))
    assert version is not None
    spent = {"version": version[1], "spent_kr": "210 000", "spent_on": "Tre armaturer"}
    assert "Detta är ingen kostnad." in coordinator.post(room(told, "/kostnad"), spent | {"spent_kr": "-1"}).text
    answer = coordinator.post(room(told, "/kostnad"), spent)
    assert answer.status_code == 303, answer.text
    assert "210\xa0000 kr (Tre armaturer)" in coordinator.get(answer.headers["location"])
    page = coordinator.get(room(told, "/effekt"))
    assert re.search(r"omkring [\d\xa0]+ kr för varje avvikelse färre i månaderna efter, mellan", page)


def test_without_a_clear_effect_no_cost_for_each_is_given() -> None:
    measure = Measure(spent_kr=1000, spent_on="")
    inputs = Inputs(date(2022, 12, 15), 3, date(2020, 1, 1), (8,) * 39, (5,) * 39, (8,) * 39, (5,) * 39, (1, 1))
    card = SimpleNamespace(weighed=weigh(inputs))
    said = effect_card.beside(measure, cast("Card", card), "en")
    assert said == "The measure cost 1,000 kr. The data do not say that there were fewer: no cost for each is given."


def test_a_frozen_card_that_is_not_mine_or_not_there_is_not_found(
    coordinator: Browser, browser_of: BrowserOf, told: Told
) -> None:
    answer = coordinator.post(room(told, "/effekt"), {"months": "3", "audience": "authorities", "control": ""})
    assert answer.status_code == 303, answer.text
    page = coordinator.get(answer.headers["location"])
    addresses = set(re.findall(r'href="(/farsta/effekter/[0-9a-f-]{36})"', page))
    mine = {each for each in addresses if each in browser_of("landlord").get(room(told))}
    (hidden,) = addresses - mine
    landlord = browser_of("landlord")
    for absent in (hidden, "/farsta/effekter/00000000-0000-0000-0000-000000000000", "/farsta/effekter/7"):
        landlord.get(absent, 404)


def test_what_cannot_be_compared_is_said_on_the_page(coordinator: Browser, browser_of: BrowserOf, told: Told) -> None:
    assert "Månaderna efter åtgärden är inte slut än." in coordinator.get(room(told, "/effekt?months=12"), 409)
    assert "Detta kan inte vara kontrollplats." in coordinator.get(room(told, "/effekt?control=place:1"), 422)
    for wrong in ("months=x", "months=4", "audience=x"):
        coordinator.get(room(told, f"/effekt?{wrong}"), 200 if wrong == "months=x" else 422)
    chosen = {"months": "3", "audience": "forum", "control": f"place:{told.right}"}
    assert coordinator.post(room(told, "/effekt"), chosen).status_code == 422
    landlord = browser_of("landlord")
    assert "Frys effektkortet" not in landlord.get(room(told, "/effekt"))
    assert landlord.post(room(told, "/effekt"), chosen).status_code in (403, 422)


def test_unasked_the_card_is_of_the_most_months_that_the_register_reaches_back_for(
    sessions: sessionmaker[Session], lasting: World, coordinator: Browser, told: Told
) -> None:
    with sessions() as session:
        backen = place(session, lasting, (18.13, 59.235), "Backen")
        begun = measure_at(session, lasting, backen, months_before(DONE, 10)).nr  # twelve months are over
        session.commit()
    address = f"/farsta/atgarder/{begun}/effekt"
    assert SHORT in coordinator.get(f"{address}?months=12")
    page = coordinator.get(address)
    assert SHORT not in page
    assert re.search(r'<option value="6"[^>]* selected', page)


SHORT = "registret går inte tillräckligt långt tillbaka"
