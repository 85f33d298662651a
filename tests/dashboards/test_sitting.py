"""The screen of a meeting: what it shows to whom, the annex, who leads, who follows, before and after the meeting."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from itertools import count
from typing import Any

import pytest
from shapely import Point
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import clock
from forum.foundation.audience import Visibility
from forum.people.agreements import today
from forum.people.members import Member
from forum.register import places
from forum.register.places import Drawn, Place
from forum.work import agenda, decisions, measures, meetings
from forum.work.agenda import Wish
from forum.work.decisions import Replaced
from forum.work.measures import Step
from forum.work.meetings import Meeting, Plan
from forum.work.terms import Terms
from mapping import agenda as bridge
from tests.builders import CENTRE, World, mark
from tests.dashboards.conftest import Browser, BrowserOf

DAYS = count(1)
"""Each meeting of these tests has a day of its own."""
SECRET = "Spaningen vid grindarna"
DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)


@dataclass
class Stage:
    """A forum in which something was noticed, and a hand to change it with."""

    session: Session
    world: World

    def acting(self, person: str) -> Member:
        """Let the session act for the person."""
        return self.world.acting(self.session, person)

    def meeting(self, *, opened: bool = True) -> str:
        """Return the address of a meeting's screen; the meeting looks at the last four weeks."""
        coordinator = self.acting("coordinator")
        chair = self.world.organisations["Stadsdelsförvaltningen"]
        wanted = Plan(clock.now() + timedelta(days=next(DAYS)), chair_id=chair)
        meeting = meetings.plan(self.session, coordinator, wanted)
        day = meeting.day
        if opened:
            agenda.begin(self.session, coordinator, meeting, bridge.prepared(self.session, coordinator, meeting))
        self.session.commit()
        return f"/farsta/moten/{day}/visa"

    def at(self, screen: str) -> tuple[Member, Meeting]:
        """Return the coordinator, acting, and the meeting of a screen."""
        coordinator = self.acting("coordinator")
        return coordinator, meetings.get(self.session, coordinator, date.fromisoformat(screen.split("/")[3]))


@pytest.fixture
def stage(sessions: sessionmaker[Session], lasting: World) -> Iterator[Stage]:
    with sessions() as session:
        yield Stage(session, lasting)


@pytest.fixture(scope="module")
def place(sessions: sessionmaker[Session], lasting: World) -> Place:
    """Return a place with three deviations that the forum sees, one that authorities see, and a measure for each."""
    with sessions() as session:
        made = places.create(session, lasting.acting(session, "coordinator"), Drawn("Gångvägen", Point(CENTRE), 90))
        for person, more in (("walker", {}), ("landlord", {}), ("landlord", {"visibility": Visibility.PUBLIC})):
            mark(session, lasting.acting(session, person), accuracy_m=20, **more)
        hidden = {"visibility": Visibility.AUTHORITIES, "category": "drugs", "text": "Överlåtelse vid bänken"}
        mark(session, lasting.acting(session, "officer"), accuracy_m=20, **hidden)
        mark(session, lasting.acting(session, "landlord"), accuracy_m=20, visibility=Visibility.OWN)
        owner = lasting.organisations["Bostadsbolaget"]
        for title, visibility in (("Byt lampor", Visibility.FORUM), ("Håll uppsikt", Visibility.AUTHORITIES)):
            terms = Terms(title, owner, today() + timedelta(days=9), visibility=visibility)
            coordinator = lasting.acting(session, "coordinator")
            measure = measures.propose(session, coordinator, made, terms)
            measures.move(session, coordinator, measure, Step.DECIDE)
        session.commit()
        session.refresh(made)
        session.expunge(made)
    return made


def data_of(page: str) -> dict[str, Any]:
    """Return what the page's scripts work with."""
    found = DATA.search(page)
    assert found
    read: dict[str, Any] = json.loads(found[1])
    return read


def screens(browser: Browser, screen: str, more: str = "") -> list[str]:
    """Return the page of every item of the screen."""
    first = browser.get(f"{screen}?{more}")
    total = re.search(r"Punkt 1 av (\d+)", first)
    assert total
    return [browser.get(f"{screen}?punkt={at}&{more}") for at in range(1, int(total[1]) + 1)]


def of_place(pages: list[str], place: Place) -> str:
    """Return the page of the item that a place stands behind."""
    (found,) = [page for page in pages if f'id="item-title">{place.name}' in page]
    return found


@pytest.mark.parametrize("person", ["coordinator", "officer", "teacher"])
@pytest.mark.parametrize("more", ["", "folj=1"])
def test_the_room_is_shown_what_the_forum_sees_whoever_shows_it(
    stage: Stage, place: Place, browser_of: BrowserOf, person: str, more: str
) -> None:
    pages = screens(browser_of(person), stage.meeting(), more)
    page = of_place(pages, place)
    data = data_of(page)
    assert [point["properties"]["category"] for point in data["points"]] == ["lighting"] * 3
    assert ">3 avvikelser," in page
    assert "<strong>3 avvikelser sedan förra mötet" in unescape(page)
    assert [measure["title"] for measure in data["measures"]] == ["Byt lampor"]
    for each in pages:
        legend = each.partition('id="legend"')[2].partition("</section>")[0].partition("<div hidden>")[0]
        assert 'data-code="drugs"' not in legend
        assert "Håll uppsikt" not in each
        assert "verlåtelse" not in each


def test_what_was_registered_after_the_opening_stands_on_no_map_of_it(
    stage: Stage, place: Place, browser_of: BrowserOf
) -> None:
    screen = stage.meeting()
    mark(stage.session, stage.acting("walker"), accuracy_m=20, lon=CENTRE[0] + 0.0004)
    stage.session.commit()
    page = of_place(screens(browser_of("coordinator"), screen), place)
    lons = [point["geometry"]["coordinates"][0] for point in data_of(page)["points"]]
    assert CENTRE[0] + 0.0004 not in lons


def annexed(stage: Stage) -> str:
    """Return the screen of an open meeting that has an item and a decision for authorities alone."""
    screen = stage.meeting()
    coordinator, meeting = stage.at(screen)
    item = agenda.add(stage.session, coordinator, meeting, Wish(SECRET, visibility=Visibility.AUTHORITIES))
    decisions.decide(stage.session, coordinator, item, "Den går vidare")
    stage.session.commit()
    return screen


def test_the_annex_is_gone_through_on_a_page_of_its_own(stage: Stage, place: Place, browser_of: BrowserOf) -> None:
    screen = annexed(stage)
    for person in ("coordinator", "officer"):
        assert not any(SECRET in page for page in screens(browser_of(person), screen))
        annex = screens(browser_of(person), screen, "bilaga=1")
        mine = next(page for page in annex if f'id="item-title">{SECRET}' in page)
        assert "Endast myndigheter" in mine
        assert "Den går vidare" in mine


def test_the_annex_draws_what_it_counts_and_its_reading_is_noted(
    stage: Stage, place: Place, browser_of: BrowserOf, superuser: Engine
) -> None:
    screen = stage.meeting()
    annex = screens(browser_of("officer"), screen, "bilaga=1")
    (page,) = [page for page in annex if "Inte sedda av någon" in page]
    counted = re.search(r"Inte sedda av någon: (\d+) avvikelser", page)
    assert counted
    points = data_of(page)["points"]
    assert ({point["properties"]["category"] for point in points}, len(points)) == ({"drugs"}, int(counted[1]))
    with superuser.connect() as connection:
        noted = connection.scalars(text("SELECT facts ->> 'restricted' FROM journal WHERE action = 'read:meeting'"))
        assert all(int(restricted) > 0 for restricted in noted.all() or ["0"])


def test_who_is_no_authority_finds_no_annex_whether_there_is_one_or_not(
    stage: Stage, place: Place, browser_of: BrowserOf
) -> None:
    with_one, without = annexed(stage), stage.meeting()
    for person in ("landlord", "teacher"):
        browser = browser_of(person)
        there = [browser.get(f"{screen}?bilaga=1", 404) for screen in (with_one, without)]
        absent = browser.get("/farsta/moten/2001-01-01/visa", 404)
        assert {main_of(page) for page in there} == {main_of(absent)}


def main_of(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


def test_only_who_leads_has_a_hand_on_the_screen(stage: Stage, place: Place, browser_of: BrowserOf) -> None:
    screen = stage.meeting()
    assert 'id="panels"' in browser_of("coordinator").get(screen)
    for person, path in (("teacher", screen), ("officer", screen), ("coordinator", f"{screen}?folj=1")):
        page = browser_of(person).get(path)
        assert 'id="panels"' not in page
        assert 'id="follow"' in page
        assert data_of(page)["partners"] == {}
    for step in ("oppna", "avsluta"):
        assert browser_of("teacher").post(f"{screen}/{step}").status_code == 403


def test_a_replaced_decision_stays_struck_through_with_the_reason_and_is_offered_no_more(
    stage: Stage, place: Place, browser_of: BrowserOf
) -> None:
    screen = stage.meeting()
    coordinator, meeting = stage.at(screen)
    item = agenda.of_meeting(stage.session, coordinator, meeting)[0]
    first = decisions.decide(stage.session, coordinator, item, "Vi väntar")
    later = Replaced(first, "Stolpen är stadens")
    second = decisions.decide(stage.session, coordinator, item, "Vi byter", replaces=later)
    stage.session.commit()
    page = browser_of("coordinator").get(screen)
    assert '<del>Vi väntar</del> <span class="quiet">Ersatt: Stolpen är stadens</span>' in page
    assert [each["id"] for each in data_of(page)["decisions"]] == [str(second.id)]
    follower = browser_of("teacher").get(screen)
    assert "Ersatt: Stolpen är stadens" in follower
    assert 'data-do="replace"' in page
    assert 'data-do="replace"' not in follower


def test_the_meeting_is_opened_and_closed_from_its_screen(stage: Stage, place: Place, browser_of: BrowserOf) -> None:
    screen = stage.meeting(opened=False)
    coordinator, teacher = browser_of("coordinator"), browser_of("teacher")
    assert f'action="{screen}/oppna"' in coordinator.get(screen)
    waits = teacher.get(screen)
    assert f'action="{screen}/oppna"' not in waits
    assert "sitting-wait.js" in waits
    assert coordinator.post(f"{screen}/oppna").headers["location"] == screen
    assert "Punkt 1 av" in teacher.get(screen)
    minutes = screen.replace("/visa", "/protokoll")
    assert coordinator.post(f"{screen}/avsluta").headers["location"] == minutes
    over = teacher.get(screen)
    assert "Mötet är avslutat." in over
    assert f'href="{minutes}"' in over
    assert coordinator.post(f"{screen}/avsluta").status_code == 409


def test_a_meeting_that_is_cancelled_says_so(stage: Stage, browser_of: BrowserOf) -> None:
    screen = stage.meeting(opened=False)
    coordinator, meeting = stage.at(screen)
    meetings.cancel(stage.session, coordinator, meeting, reason="Sjukdom")
    stage.session.commit()
    page = browser_of("coordinator").get(screen)
    assert "Mötet är inställt." in page
    assert "oppna" not in page


def test_an_added_item_without_a_place_says_that_it_has_none(stage: Stage, browser_of: BrowserOf) -> None:
    screen = stage.meeting(opened=False)
    coordinator, meeting = stage.at(screen)
    agenda.add(stage.session, coordinator, meeting, Wish("</script><b>Ljuset"))
    stage.session.commit()
    browser_of("coordinator").post(f"{screen}/oppna")
    (page,) = [page for page in screens(browser_of("teacher"), screen) if "Ljuset" in page]
    assert "Punkten har ingen plats på kartan." in page
    assert "<b>Ljuset" not in page
    assert data_of(page)["outline"] is None
