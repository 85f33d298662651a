"""The picture that travels: whom it is made for, what it holds of whom, and with which rights it is served."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import numpy as np
import pytest
from shapely import LineString, Point
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import clock, rights
from forum.foundation.audience import Visibility
from forum.people import members
from forum.register import areas, places
from forum.register.places import Drawn
from forum.work import publications
from tests.builders import World, mark
from tests.dashboards.conftest import Browser, BrowserOf, Tags

FILE = "/farsta/lagesbild/karta.html"
JULY = "from=2023-07-01&until=2023-07-31"
HOSTILE = '</script><img src=x onerror="window.hit=1">'
WRITTEN = {
    "from": "2023-07-01",
    "until": "2023-07-31",
    "audience": "forum",
    "other": "Inget mer.",
    "analysis": "Mörkt.",
}
NOTED = text("SELECT facts FROM journal WHERE action = 'read:export' ORDER BY seq DESC LIMIT 1")


@pytest.fixture(scope="module", autouse=True)
def rows(sessions: sessionmaker[Session], lasting: World) -> None:
    """Mark three for the forum, one of them known roughly, one for authorities and one for its own organisation."""
    with sessions() as session:
        officer = lasting.acting(session, "officer")
        for visibility, category, accuracy in (
            ("forum", "lighting", 10), ("forum", "lighting", 10), ("forum", "litter", 800),
            ("authorities", "drugs", 10), ("own", "unease", 10),
        ):  # fmt: skip
            at = clock.to_utc("2023-07-07T21:30", "at")
            mark(session, officer, occurred_from=at, visibility=visibility, category=category, accuracy_m=accuracy,
                 text=HOSTILE)  # fmt: skip
        session.commit()


def layers(page: str) -> dict[str, list[dict[str, Any]]]:
    """Return the features of each layer."""
    found = re.findall(r"(\w+)_add\((\{.*?\})\);", page)
    return {name: json.loads(data)["features"] for name, data in found}


def symbols(page: str) -> list[str]:
    facts = re.search(r'id="facts">(.*?)</script>', page)
    assert facts is not None
    return [symbol["name"] for symbol in json.loads(facts[1])["symbols"]]


def counted(page: str) -> int:
    return sum(n for square in layers(page)["squares"] for *_, n in square["properties"]["counts"])


@pytest.mark.parametrize("person", ["coordinator", "officer", "landlord", "teacher"])
def test_the_map_for_the_forum_holds_nothing_of_what_authorities_see_alone(browser_of: BrowserOf, person: str) -> None:
    page = browser_of(person).get(f"{FILE}?{JULY}")
    found = layers(page)
    assert symbols(page) == ["Belysning", "Skräp och dumpning"]
    assert (len(found["spots_0"]), len(found["spots_1"]), counted(page)) == (2, 1, 2)
    assert "spots_2" not in found
    assert "Narkotika" not in page
    assert "window.hit" not in page
    assert "<li>För hela forumet</li>" in page
    assert "Kända mindre noga än en ruta är stor, och därför i ingen: 1." in page


def test_the_map_for_authorities_says_so_and_holds_their_rows(browser_of: BrowserOf) -> None:
    page = browser_of("officer").get(f"{FILE}?{JULY}&audience=authorities")
    assert "Narkotika, öppet" in symbols(page)
    assert counted(page) == 3
    assert "Upplevd otrygghet" not in page
    assert "<li>Bara för myndigheter</li>" in page
    browser_of("landlord").get(f"{FILE}?{JULY}&audience=authorities", 422)


def test_what_lies_at_the_middle_of_an_area_is_said_and_shown_as_symbols_from_the_start(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World
) -> None:
    with sessions() as session:
        officer = lasting.acting(session, "officer")
        for _ in range(3):
            mark(session, officer, occurred_from=clock.to_utc("2022-03-05T12:00", "at"), accuracy_m=1500)
        session.commit()
    page = browser_of("teacher").get(f"{FILE}?from=2022-03-01&until=2022-03-31")
    assert "3 avvikelser ligger på 1 punkter som står för ett helt område, inte för en plats." in page
    assert 'value="spots" checked' in page
    assert 'class="scale"' not in page


def test_it_is_shut_off_from_everything_and_kept_nowhere(browser_of: BrowserOf) -> None:
    answer = browser_of("teacher").client.get(f"{FILE}?{JULY}")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'")
    assert "'self'" not in policy
    assert answer.headers["cache-control"] == "no-store"
    styles = "".join(re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL))
    assert "--map-land:" in styles
    assert ".leaflet-container" in styles
    assert not re.search(r"url\(|@import|@font-face", styles)
    assert {name for name in ("link", "img", "iframe", "object", "base") if Tags(answer.text).of(name)} == set()


def test_that_deviations_leave_in_it_stands_in_the_journal(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World
) -> None:
    browser_of("teacher").get(f"{FILE}?{JULY}")
    with sessions() as session:
        lasting.acting(session, "coordinator")
        facts = session.scalars(NOTED).one()
    period = {"first": "2023-07-01", "end": "2023-08-01"}
    assert facts == {"form": "map", "audience": "forum", "period": period, "rows": 3}


def test_a_frozen_picture_travels_as_squares_under_its_hash(browser_of: BrowserOf) -> None:
    coordinator: Browser = browser_of("coordinator")
    path = coordinator.post("/farsta/lagesbild", WRITTEN).headers["location"].partition("?")[0]
    page, shown = (browser_of("teacher").get(address) for address in (f"{path}/karta.html", path))
    seal = re.search(r'<abbr title="([0-9a-f]{64})"', shown)
    assert seal
    assert seal[1] in page
    assert counted(page) == 2
    assert symbols(page) == []
    assert [name for name in layers(page) if name.startswith("spots")] == []
    assert f'href="{path}/karta.html" download="farsta-2023-07-01-2023-07-31-forum.html"' in shown


def test_a_map_frozen_for_authorities_is_not_there_for_others(browser_of: BrowserOf) -> None:
    path = (
        browser_of("coordinator")
        .post("/farsta/lagesbild", WRITTEN | {"audience": "authorities"})
        .headers["location"]
        .partition("?")[0]
    )
    assert counted(browser_of("officer").get(f"{path}/karta.html")) == 3
    browser_of("landlord").get(f"{path}/karta.html", 404)
    browser_of("landlord").get("/farsta/lagesbild/x/karta.html", 404)


def test_the_same_map_in_english(browser_of: BrowserOf) -> None:
    page = browser_of("teacher").get(f"/en{FILE}?{JULY}")
    assert "<h1>Situational picture of Forum farsta, July 2023</h1>" in page
    assert '<html lang="en">' in page
    assert symbols(page) == ["Lighting", "Litter and dumping"]


def test_for_everybody_it_has_the_published_sum_of_each_area_and_neither_square_nor_point(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World
) -> None:
    with sessions() as session:
        system = members.system(session, lasting.forum_id, lasting.slug, "Forum farsta")
        group = {"code": "lighting", "sv": "Belysning", "en": "Lighting"}
        july = {"month": "2023-07", "areas": ["Område farsta"], "groups": [group], "reporters": 3}
        publications.publish(session, system, date(2023, 7, 1), july | {"counts": [[9, 31], [9, 31]]})
        session.commit()
    coordinator, everybody = browser_of("coordinator"), WRITTEN | {"audience": "public"}
    frozen = coordinator.post("/farsta/lagesbild", everybody).headers["location"].partition("?")[0]
    for path in (f"{FILE}?{JULY}&audience=public", f"{frozen}/karta.html"):
        page = coordinator.get(path)
        found = layers(page)
        assert set(found) == {"areas", "water", "squares"}
        assert [area["properties"]["name"] for area in found["areas"]] == ["Område farsta: 31", ""]
        assert found["squares"] == []
        assert "Område farsta: 31" in page.partition("<main>")[2]
        assert "För alla" in page


@pytest.fixture(scope="module")
def crowded(sessions: sessionmaker[Session], lasting: World) -> str:
    """Mark an even ground with one accumulation and two places, one for authorities alone; return the period."""
    rng = np.random.default_rng(11)
    around = np.array([18.09, 59.24]) + rng.normal(0, 0.0006, (40, 2))
    even = np.array([18.05, 59.22]) + rng.random((40, 2)) * (0.08, 0.04)
    with sessions() as session:
        officer = lasting.acting(session, "officer")
        for lon, lat in (*even.tolist(), *around.tolist()):
            mark(
                session, officer, occurred_from=clock.to_utc("2021-05-05T12:00", "at"), lon=lon, lat=lat, accuracy_m=10
            )
        rights.become(session, rights.OPERATOR)
        path = LineString([(18.0885, 59.24), (18.0915, 59.24)])
        areas.import_ground(session, "path", [areas.Shape(HOSTILE, None, path), areas.Shape(None, None, path)])
        coordinator = lasting.acting(session, "coordinator")
        places.create(session, coordinator, Drawn(HOSTILE, Point(18.09, 59.24), 120))
        places.create(session, coordinator, Drawn("Gömstället", Point(18.10, 59.24), 60, Visibility.AUTHORITIES))
        session.commit()
    return "from=2021-05-01&until=2021-05-31"


def told(page: str) -> dict[str, list[list[str]]]:
    """Return what the marks of each layer of the analyses tell, by kind."""
    said: dict[str, list[list[str]]] = {}
    for name, features in layers(page).items():
        for feature in features if name.startswith("overlay") else []:
            said.setdefault(feature["properties"]["kind"], []).append(feature["properties"]["said"])
    return said


def test_accumulations_places_and_density_are_layers_for_their_audience(browser_of: BrowserOf, crowded: str) -> None:
    page = browser_of("officer").get(f"{FILE}?{crowded}")
    found = told(page)
    assert [said[0] for said in found["places"]] == [said[0] for said in found["paths"]] == [HOSTILE]
    assert re.fullmatch(r"Avvikelser: \d+ \(95\xa0% intervall \d+–\d+\)", found["paths"][0][1])
    assert [said[2] for said in found["hot"]] == ["Ny: ingen av rutorna stack ut perioden före."] * len(found["hot"])
    assert re.fullmatch(r"Avvikelser: \d+ \(95\xa0% intervall \d+–\d+\)", found["hot"][0][1])
    assert "100 omdragningar" in found["hot"][0][3]
    assert layers(page)["density"]
    assert "den är inget fynd" in page
    assert "Gömstället" not in page
    assert Tags(page).of("img") == []
    assert "Gömstället" in browser_of("officer").get(f"{FILE}?{crowded}&audience=authorities")


def test_a_frozen_picture_travels_with_what_was_found_then(browser_of: BrowserOf, crowded: str) -> None:
    days = {"from": "2021-05-01", "until": "2021-05-31"}
    path = browser_of("coordinator").post("/farsta/lagesbild", WRITTEN | days).headers["location"].partition("?")[0]
    page = browser_of("teacher").get(f"{path}/karta.html")
    assert told(page) == told(browser_of("officer").get(f"{FILE}?{crowded}"))
    assert "density" not in layers(page)
    assert 'name="how" value="density"' not in page


def test_where_none_is_sought_the_file_says_why(browser_of: BrowserOf) -> None:
    page = browser_of("teacher").get(f"{FILE}?{JULY}")
    assert "hot" not in told(page)
    assert "density" not in layers(page)
    assert "är för få, det behövs 30." in page
