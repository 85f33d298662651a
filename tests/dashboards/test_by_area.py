"""The counts by area: what a reader may see of the selection, as many as the list of that area."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from shapely import box
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import rights
from forum.register import areas
from tests.builders import World, mark
from tests.dashboards.conftest import BrowserOf, Tags

PAGE = "/farsta/karta/omraden"
WEST, EAST = (18.075, 59.247), (18.105, 59.247)
KEPT = (("officer", "own"), ("officer", "authorities"), ("landlord", "own"), ("walker", "forum"), ("walker", "public"))
"""Who keeps what to whom, marked once in the west and once in the east."""


@pytest.fixture(scope="module", autouse=True)
def parts(sessions: sessionmaker[Session], lasting: World) -> None:
    """Divide the district, whose name one part bears too; mark each visibility in both, one more in the west."""
    with sessions() as session:
        rights.become(session, rights.OPERATOR)
        halves = {"Västra": box(18.07, 59.235, 18.09, 59.26), "Område farsta": box(18.09, 59.235, 18.11, 59.26)}
        areas.import_areas(session, "stadsdel", [areas.Shape(name, None, shape) for name, shape in halves.items()])
        for person, visibility in KEPT:
            for lon, lat in (WEST, EAST):
                mark(session, lasting.acting(session, person), visibility=visibility, lon=lon, lat=lat)
        lon, lat = WEST
        mark(session, lasting.acting(session, "walker"), category="litter", lon=lon, lat=lat)
        session.commit()


def counts(page: str) -> dict[str, int]:
    return {row["data-area"] or "": int(row["data-n"] or 0) for row in Tags(page).of("tr") if "data-area" in row}


@pytest.mark.parametrize(
    ("person", "west", "east"), [("officer", 5, 4), ("coordinator", 4, 3), ("landlord", 4, 3), ("walker", 3, 2)]
)
def test_each_reader_counts_in_an_area_what_they_may_see(
    browser_of: BrowserOf, person: str, west: int, east: int
) -> None:
    browser = browser_of(person)
    page = browser.get(PAGE)
    assert counts(page) == {"Område farsta": east, "Västra": west}
    leading = [a["href"] or "" for a in Tags(page).of("a") if "area=" in (a.get("href") or "")]
    assert [urlsplit(address).path for address in leading] == ["/farsta/karta"] * 2
    for address, count in zip(leading, (east, west), strict=True):
        assert re.search(rf"<h2>{count} av {west + east} ", browser.get(address).replace("\N{NO-BREAK SPACE}", " "))


def test_the_selection_holds_in_every_area(browser_of: BrowserOf) -> None:
    walker = browser_of("walker")
    assert counts(walker.get(f"{PAGE}?category=litter")) == {"Västra": 1, "Område farsta": 0}
    assert counts(walker.get(f"{PAGE}?area=stadsdel:Område farsta")) == {"Västra": 0, "Område farsta": 2}
    assert counts(walker.get(f"{PAGE}?area=Område farsta")) == {"Västra": 3, "Område farsta": 2}
    assert counts(walker.get(f"{PAGE}?until=2020-01-01")) == {"Västra": 0, "Område farsta": 0}


def test_a_selection_that_cannot_be_read_shows_no_counts(browser_of: BrowserOf) -> None:
    page = browser_of("walker").get(f"{PAGE}?from=x")
    assert counts(page) == {}
    assert "Skriv dagen som 2023-10-26" in page


def test_the_map_leads_to_the_table_of_its_selection(browser_of: BrowserOf) -> None:
    page = Tags(browser_of("walker").get("/farsta/karta?category=litter&from="))
    (link,) = [a["href"] for a in page.of("a") if a.get("id") == "areas-table"]
    assert link == f"{PAGE}?from=&category=litter"
    assert 'href="/farsta/karta?from=&amp;category=litter"' in browser_of("walker").get(link)
