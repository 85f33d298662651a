"""Perceived beside reported on the picture's page: by name, with its reasons, and nothing without figures."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from shapely import Point
from sqlalchemy.orm import Session, sessionmaker

from dashboards import perceiving
from forum.foundation import clock
from forum.foundation.language import Language
from forum.register import places, surveys
from forum.register.places import Drawn
from forum.register.surveys import Figure, Kind
from mapping import quadrants
from mapping.perceived import Counted, Share, compare_areas
from mapping.surveys import Basis
from tests.builders import World, mark
from tests.dashboards.conftest import BrowserOf

ROOM = "/farsta/lagesbild?from=2023-07-01&until=2023-07-31"
SPOTS = {"Tunneln": (18.07, 59.23), "Torget": (18.12, 59.26)}
BASIS = Basis("Mätningen", "Staden", "Otrygg ute sent", 2023)


@pytest.fixture(scope="module")
def told(sessions: sessionmaker[Session], lasting: World) -> None:
    """Let there be unease at one place, offences at another, for authorities alone more of them, and figures."""
    with sessions() as session:
        coordinator = lasting.acting(session, "coordinator")
        for name, (lon, lat) in SPOTS.items():
            places.create(session, coordinator, Drawn(name, Point(lon, lat), 60))
        at = clock.to_utc("2023-07-07T21:30", "at")
        marked = (("Tunneln", "unease", "forum"), ("Torget", "theft", "forum"), ("Tunneln", "theft", "authorities"))
        for name, category, visibility in marked:
            lon, lat = SPOTS[name]
            for _ in range(18):
                officer = lasting.acting(session, "officer")
                mark(session, officer, lon=lon, lat=lat, category=category, occurred_from=at, visibility=visibility)
        figure = Figure(Kind.PERCEIVED, "Mätningen", "Staden", "Otrygg ute sent", "Område farsta", 2023, 0.3, 200,
            population=9000)  # fmt: skip
        older = replace(figure, year=2022, share=0.9)
        surveys.take(session, lasting.acting(session, "coordinator"), [figure, older])
        session.commit()


def test_places_stand_by_name_with_what_they_differ_in_for_the_audience(told: None, browser_of: BrowserOf) -> None:
    page = browser_of("landlord").get(ROOM)
    plate = re.search(r'id="perceived-places-head".*?</section>', page, re.DOTALL)
    assert plate
    cells = re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", plate[0].partition("<tbody>")[2])
    assert cells == [
        "a Torget", "mindre otrygghet, mer anmält", "0", "18",
        "b Tunneln", "mer otrygghet, mindre anmält", "18", "0",
    ]  # fmt: skip
    theirs = browser_of("officer").get(f"{ROOM}&audience=authorities")
    assert "mer otrygghet, mindre anmält" not in theirs


def test_areas_show_their_newest_figures_with_their_source_and_why_they_are_not_placed(
    told: None, browser_of: BrowserOf
) -> None:
    page = browser_of("teacher").get(ROOM)
    assert "30\N{NO-BREAK SPACE}% (23,7–36,9)" in page
    assert "Otrygg ute sent: Mätningen 2023, Staden." in page
    assert "otrygghet: för få för att säga, anmält: siffra saknas" in page
    assert "90\N{NO-BREAK SPACE}%" not in page
    assert '<th scope="col" class="number">Per 1 000 invånare</th>' in page
    assert '<td class="number">4 (2,8–5,5)</td>' in page
    assert "Invånare: Mätningen 2023, Staden." in page


def test_a_frozen_picture_keeps_what_was_known_then(
    told: None, browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World
) -> None:
    asked = {"from": "2023-07-01", "until": "2023-07-31", "audience": "forum", "other": "Inget.", "analysis": "Inget."}
    coordinator = browser_of("coordinator")
    frozen = coordinator.post("/farsta/lagesbild", asked).headers["location"]
    with sessions() as session:
        newer = Figure(Kind.PERCEIVED, "Mätningen", "Staden", "Otrygg ute sent", "Område farsta", 2024, 0.8, 300)
        surveys.take(session, lasting.acting(session, "coordinator"), [newer])
        session.commit()
    assert "Mätningen 2024" in coordinator.get(ROOM)
    page = browser_of("teacher").get(frozen)
    assert "Otrygg ute sent: Mätningen 2023, Staden." in page
    assert "Mätningen 2024" not in page
    assert "mer otrygghet, mindre anmält" in page
    assert "Sigillet stämmer<" in page


def test_the_chart_and_its_table_name_the_same_points() -> None:
    shares = {"Norr": Share(0.5, 400), "Söder": Share(0.1, 400), "Väst": Share(0.3, 20)}
    counts = {"Norr": Counted(20, 4000), "Söder": Counted(90, 4000), "Väst": Counted(60, 4000)}
    found = quadrants.Areas(BASIS, None, compare_areas(shares, counts))
    plate = perceiving.of_areas(found, Language.EN)
    assert [row[0] for row in plate.rows] == ["a Norr", "b Söder", "c Väst"]
    assert [row[1] for row in plate.rows] == [
        "more insecurity, less reported", "less insecurity, more reported",
        "insecurity: too few answers, reported: too few to say",
    ]  # fmt: skip
    assert plate.said.text == "2 of 3 differ from the whole in both; of the others there are too few to say."
    for drawing in (plate.svg, plate.slim):
        assert all(f">{letter}<" in drawing for letter in "abc")
    assert "b Söder: less insecurity, more reported" in plate.alt
