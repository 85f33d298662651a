"""One search field finds more than deviations: places and areas of such a name, each leading to the map there."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from shapely import Point, box
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import rights
from forum.register import areas
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


def places(browser: Browser, path: str) -> list[str]:
    """Return where the places lead that a search shows."""
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
    area, spot = places(teacher, "/farsta/avvikelser?q=hokarangen")
    assert area == "/farsta/karta?area=H%C3%B6kar%C3%A4ngen"
    assert '<option value="Hökarängen" selected>' in teacher.get(area)
    where = urlsplit(spot)
    assert where.path == "/farsta/karta"
    west, south, east, north = map(float, parse_qs(where.query)["bbox"][0].split(","))
    assert box(west, south, east, north).contains(Point(CENTRE))
    assert "51 av 51" in teacher.get(spot).replace("\N{NO-BREAK SPACE}", " ")
    assert places(teacher, "/en/farsta/avvikelser?q=hokarangen")[0].startswith("/en/farsta/karta?")


def test_a_search_that_finds_no_deviation_still_shows_the_place(browser_of: BrowserOf) -> None:
    assert len(places(browser_of("teacher"), "/farsta/avvikelser?q=hökarängsplan+översvämning")) == 2


@pytest.mark.parametrize("query", ["", "q=", "q=gatlykta", "q=no&area=nowhere", "q=hokarangen&from=x"])
def test_no_places_are_shown_where_none_was_asked_for(browser_of: BrowserOf, query: str) -> None:
    assert places(browser_of("teacher"), f"/farsta/avvikelser?{query}") == []


def test_later_pages_show_deviations_alone(browser_of: BrowserOf) -> None:
    teacher = browser_of("teacher")
    page = Tags(teacher.get("/farsta/avvikelser?q=hokarangsplan"))
    (following,) = [a["href"] or "" for a in page.of("a") if a.get("rel") == "next"]
    assert places(teacher, following) == []
