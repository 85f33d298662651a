"""The legal form in its rooms: a picture adopted, a plan made and followed up, the clock in words."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from dashboards import clocks
from forum.foundation.audience import Audience
from forum.foundation.language import Language
from forum.people.agreements import today
from forum.work import adoptions
from forum.work.adoptions import Adoption
from forum.work.measures import Step
from tests.builders import World
from tests.dashboards.conftest import Browser, BrowserOf
from tests.forum.work.test_plans import measure_of

ROOM = "/farsta/lagesbild"
WHERE = "Stadsdelsnämnden, § 14"
FREEZE = {
    "from": "2023-07-01", "until": "2023-07-31", "audience": "forum", "other": "Mätningen.", "analysis": "Mörkt.",
}  # fmt: skip


@pytest.fixture(scope="module")
def decided(sessions: sessionmaker[Session], lasting: World) -> list[int]:
    with sessions() as session:
        numbers = [measure_of(session, lasting, Step.DECIDE).nr for _ in range(2)]
        session.commit()
    return numbers


@pytest.fixture(scope="module")
def coordinator(browser_of: BrowserOf) -> Browser:
    return browser_of("coordinator")


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (729, "en dag kvar"),
        (730, "i dag: det är sista dagen"),
        (731, "i går"),
        (0, "730 dagar kvar"),
        (800, "för 70 dagar"),
    ],
)
def test_the_clock_is_a_sentence_on_each_day(days: int, said: str) -> None:
    made = Adoption(audience="forum", on_day=today() - timedelta(days=days), picture_id="x")
    picture, plan = clocks.tell(adoptions.in_force([made], Audience.FORUM, today()), Language.SV)
    assert said in picture.sentence
    assert (picture.gone, picture.most) == (min(days, 730), 730)
    assert (plan.state, plan.sentence) == (None, "Ingen åtgärdsplan är antagen än.")
    assert clocks.most_urgent([picture, plan]) is plan


def test_the_clock_with_the_least_time_left_is_looked_at_first() -> None:
    def told(picture: int, plan: int) -> str:
        days = {"picture_id": picture, "plan_id": plan}
        made = [Adoption(audience="forum", on_day=today() - timedelta(days=n), **{of: "x"}) for of, n in days.items()]
        return clocks.most_urgent(list(clocks.tell(adoptions.in_force(made, Audience.FORUM, today()), Language.SV))).key

    assert (told(9, 8), told(8, 9), told(730, 731), told(731, 900)) == ("picture", "plan", "plan", "plan")


def test_from_the_frozen_picture_to_the_plan_that_holds(
    coordinator: Browser, browser_of: BrowserOf, decided: list[int]
) -> None:
    plan_room = f"{ROOM}/plan"
    assert "Lägesbilden</a>: saknas" in coordinator.get("/farsta/karta")
    assert "Frys en lägesbild med dess tre delar" in coordinator.get(plan_room)
    frozen = coordinator.post(ROOM, FREEZE).headers["location"].partition("?")[0]
    assert "Anta lägesbilden" in coordinator.get(frozen)
    assert "Anta lägesbilden" not in browser_of("landlord").get(frozen)
    refused = coordinator.post(f"{frozen}/antagande", {"on": "i höstas", "reference": WHERE})
    assert (refused.status_code, 'href="#on"' in refused.text, WHERE in refused.text) == (422, True, True)
    adopted = {"on": today().isoformat(), "reference": WHERE}
    assert coordinator.post(f"{frozen}/antagande", adopted).status_code == 303
    assert "730 dagar kvar" in browser_of("landlord").get(frozen)
    assert re.search(rf'value="{decided[0]}" checked', coordinator.get(plan_room))
    assert 'href="#measures"' in coordinator.post(plan_room, {"picture": frozen.rpartition("/")[2]}).text
    sent = {"picture": frozen.rpartition("/")[2], "measures": [str(nr) for nr in decided]}
    made = coordinator.post(plan_room, sent).headers["location"].partition("?")[0]
    assert "inte antagen än" in coordinator.get(made)
    assert coordinator.post(f"{made}/antagande", adopted).status_code == 303
    page = browser_of("teacher").get(plan_room)
    assert "0 av 2 åtgärder är genomförda" in page
    assert page.count("<progress") == 2
    assert "Gör en ny plan" not in page
    map_page = coordinator.get("/farsta/karta")
    assert "730 dagar kvar" in map_page
    assert "dagar kvar" not in browser_of("teacher").get("/farsta/karta")
    assert coordinator.post(f"{made}/antagande", adopted).status_code == 409
    browser_of("teacher").get(f"{plan_room}/x", 404)


def test_in_english_it_says_the_same(coordinator: Browser) -> None:
    assert "renewed and followed up at least every second year" in coordinator.get(f"/en{ROOM}/plan")
