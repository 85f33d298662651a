"""One search field finds more than deviations: areas, spots, places, measures, meetings, each leading to its page."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from shapely import Point, box
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import clock, rights
from forum.foundation.audience import Visibility
from forum.people.agreements import today
from forum.register import areas, places
from forum.register.places import Drawn
from forum.work import measures, meetings
from forum.work.meetings import Plan
from forum.work.terms import Terms
from tests.builders import CENTRE, World, mark
from tests.dashboards.conftest import Browser, BrowserOf, Tags


@pytest.fixture(scope="module", autouse=True)
def named(sessions: sessionmaker[Session], lasting: World) -> None:
    """Name a square and a part of the district, and mark more than a page of deviations."""
    with sessions() as session:
        rights.become(session, rights.OPERATOR)
        areas.import_ground(session, "square", [areas.Shape("Hökarängsplan", None, Point(CENTRE))])
        areas.import_areas(session, "stadsdel", [areas.Shape("Hökarängen", None, box(18.08, 59.24, 18.1, 59.25))])
        walker = lasting.acting(session, "walker")
        for _ in range(51):
            mark(session, walker, text="Släckt gatlykta vid Hökarängsplan")
        session.commit()


@pytest.fixture(scope="module")
def worked(sessions: sessionmaker[Session], lasting: World) -> dict[str, str]:
    """Let the forum work at two places, one for authorities alone, and meet three times; return their addresses."""
    made: dict[str, str] = {}
    with sessions() as session:
        coordinator, chair = lasting.acting(session, "coordinator"), lasting.organisations["Stadsdelsförvaltningen"]
        for name, what, seen in (
            ("Badstranden", "Laga badbryggan", Visibility.FORUM),
            ("Strandkiosken", "Bryggspaning", Visibility.AUTHORITIES),
        ):
            place = places.create(session, coordinator, Drawn(name, Point(CENTRE), 20, seen))
            measure = measures.propose(session, coordinator, place, Terms(what, chair, today(), visibility=seen))
            made |= {name: f"/farsta/platser/{place.nr}", what: f"/farsta/atgarder/{measure.nr}"}
        for day, where in (("2026-02-12", "Biblioteket"), ("2026-03-12", "Folkets hus"), ("2025-03-05", "Biblioteket")):
            at = clock.to_utc(f"{day}T09:00", "at")
            meeting = meetings.plan(session, coordinator, Plan(at, location=where, chair_id=chair))
            made[day] = f"/farsta/moten/{day}"
            if where == "Folkets hus":
                meetings.cancel(session, coordinator, meeting, reason="Sjukdom")
                made[day] = f"/farsta/moten/{meeting.id}"
        session.commit()
    return made


def also(browser: Browser, path: str) -> list[str]:
    """Return where that leads which a search shows besides deviations."""
    tags = Tags(browser.get(path)).tags
    starts = [i for i, (tag, attributes) in enumerate(tags) if tag == "nav" and attributes.get("class") == "places"]
    if not starts:
        return []
    ends = next(
        i
        for i, (_, attributes) in enumerate(tags)
        if "data-nr" in attributes or attributes.get("class") == "empty card"
    )
    return [attributes["href"] or "" for tag, attributes in tags[starts[0] : ends] if tag == "a"]


def test_a_search_shows_areas_and_places_of_the_name_that_lead_to_the_map(browser_of: BrowserOf) -> None:
    teacher = browser_of("teacher")
    area, spot = also(teacher, "/farsta/avvikelser?q=hokarangen")
    assert area == "/farsta/karta?area=H%C3%B6kar%C3%A4ngen"
    assert '<option value="Hökarängen" selected>' in teacher.get(area)
    where = urlsplit(spot)
    assert where.path == "/farsta/karta"
    west, south, east, north = map(float, parse_qs(where.query)["bbox"][0].split(","))
    assert box(west, south, east, north).contains(Point(CENTRE))
    assert "51 av 51" in teacher.get(spot).replace("\N{NO-BREAK SPACE}", " ")
    assert also(teacher, "/en/farsta/avvikelser?q=hokarangen")[0].startswith("/en/farsta/karta?")


def test_a_search_that_finds_no_deviation_still_shows_the_place(browser_of: BrowserOf) -> None:
    assert len(also(browser_of("teacher"), "/farsta/avvikelser?q=hökarängsplan+översvämning")) == 2


@pytest.mark.parametrize("query", ["", "q=", "q=gatlykta", "q=no&area=nowhere", "q=hokarangen&from=x"])
def test_no_places_are_shown_where_none_was_asked_for(browser_of: BrowserOf, query: str) -> None:
    assert also(browser_of("teacher"), f"/farsta/avvikelser?{query}") == []


def test_later_pages_show_deviations_alone(browser_of: BrowserOf) -> None:
    teacher = browser_of("teacher")
    page = Tags(teacher.get("/farsta/avvikelser?q=hokarangsplan"))
    (following,) = [a["href"] or "" for a in page.of("a") if a.get("rel") == "next"]
    assert also(teacher, following) == []


@pytest.mark.parametrize(
    ("q", "person", "names"),
    [
        ("badstrand", "teacher", ["Badstranden"]),
        ("bryggan", "teacher", ["Laga badbryggan"]),
        ("brygg", "teacher", ["Laga badbryggan"]),  # and not what authorities alone see
        ("brygg", "officer", ["Bryggspaning", "Laga badbryggan"]),
        ("strandkiosken", "teacher", []),
        ("strandkiosken", "officer", ["Strandkiosken"]),
        ("mars 2026", "teacher", ["2026-03-12"]),
        ("möten i mars", "teacher", []),
        ("möte mars", "teacher", ["2026-03-12", "2025-03-05"]),
        ("2026", "teacher", ["2026-03-12", "2026-02-12"]),
        ("protokoll 2026-02-12", "teacher", ["2026-02-12"]),
        ("biblioteket", "teacher", ["2026-02-12", "2025-03-05"]),
        ("Möten", "teacher", ["2026-03-12", "2026-02-12", "2025-03-05"]),
        ("möte torget", "teacher", []),
    ],
)
def test_a_search_shows_places_measures_and_meetings_that_the_reader_may_see(
    browser_of: BrowserOf, worked: dict[str, str], q: str, person: str, names: list[str]
) -> None:
    assert also(browser_of(person), f"/farsta/avvikelser?q={q}") == [worked[name] for name in names]


def test_a_meeting_that_was_found_says_its_day_its_place_and_that_it_was_cancelled(
    browser_of: BrowserOf, worked: dict[str, str]
) -> None:
    page = browser_of("teacher").get("/farsta/avvikelser?q=12+mars")
    said = 'to 12 mars 2026, Folkets hus <span class="quiet">forummöte, inställt</span>'
    assert f'<a class="chip" href="{worked["2026-03-12"]}">{said}</a>' in page
