"""The rooms of methods: an offer, what it would bring, taking it over, and who is told."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from fastapi import FastAPI
from shapely import Point
from sqlalchemy.orm import Session, sessionmaker

from forum.people import accounts, members
from forum.people.agreements import today
from forum.prize import methods
from forum.register import places
from forum.register.places import Drawn
from forum.work import measures, publications
from forum.work.measures import Step
from forum.work.terms import Nature, Terms
from mapping import cards
from mapping.publications import issue
from tests.builders import World, build_world, mark
from tests.dashboards.conftest import Browser, BrowserOf, filled

JULY = date(2023, 7, 1)
IN_FARSTA, IN_RINKEBY = (18.1, 59.24), (17.925, 59.375)


@pytest.fixture(scope="module")
def rinkeby(sessions: sessionmaker[Session]) -> World:
    """Return another forum."""
    with sessions() as session:
        world = build_world(session, "rinkeby", (17.90, 59.35, 17.95, 59.40))
        session.commit()
    return world


@pytest.fixture(scope="module")
def leader(app: FastAPI, sessions: sessionmaker[Session], rinkeby: World) -> Browser:
    """Return the browser of who leads the other forum."""
    with sessions() as session:
        secret = accounts.start_session(session, rinkeby.accounts["coordinator"])
        session.commit()
    return Browser(app, secret)


def carried_out(session: Session, world: World, lon: float, lat: float) -> tuple[int, int]:
    """Return the numbers of a place and of a measure that was carried out there long ago."""
    leads, owner = world.acting(session, "coordinator"), world.organisations["Stadsdelsförvaltningen"]
    place = places.create(session, leads, Drawn("Torget", Point(lon, lat), 50))
    terms = Terms("Byt lamporna", owner, today(), Nature.PHYSICAL, "lighting_repair")
    measure = measures.propose(session, leads, place, terms)
    for step in (Step.DECIDE, Step.ACCEPT):
        measures.move(session, leads, measure, step)
    measures.carry_out(session, leads, measure, on=today() - timedelta(days=400))
    return place.nr, measure.nr


def test_a_forum_offers_its_method_and_another_takes_it_over(browser_of: BrowserOf, leader: Browser) -> None:
    coordinator = browser_of("coordinator")
    wrong = coordinator.post("/en/farsta/metoder", {"name": ""})
    assert (wrong.status_code, "A method needs a name." in wrong.text) == (422, True)
    coordinator.post("/farsta/metoder", {"name": "Farstas metod", "about": "Vi möts ofta"})
    public = browser_of(None).get("/en/priset/metoder")
    assert "Farstas metod" in public
    found = re.search(r"/priset/metoder/([0-9a-f-]{36})", public)
    assert found is not None
    page = browser_of(None).get(f"/en/priset/metoder/{found[1]}")
    assert "Vi möts ofta" in page
    assert "after signing in" in page
    assert f"/en/rinkeby/metoder/{found[1]}" in leader.get(f"/en/priset/metoder/{found[1]}")
    assert "No category that the forum has not." in leader.get(f"/en/rinkeby/metoder/{found[1]}")
    assert leader.post(f"/rinkeby/metoder/{found[1]}").status_code == 303
    assert "with credit to Forum farsta" in leader.get("/en/rinkeby/metoder")
    assert "Forum rinkeby" in coordinator.get("/en/farsta/metoder")
    again = leader.post(f"/en/rinkeby/metoder/{found[1]}")
    assert (again.status_code, "has taken this method over already" in again.text) == (409, True)
    assert coordinator.post(f"/farsta/metoder/{found[1]}/avsluta").status_code == 303
    browser_of(None).get(f"/priset/metoder/{found[1]}", 404)


def test_who_does_not_lead_reads_and_neither_offers_nor_takes_over(browser_of: BrowserOf) -> None:
    page = browser_of("officer").get("/en/farsta/metoder")
    assert "Offer our method" not in page
    assert browser_of("officer").post("/farsta/metoder", {"name": "x"}).status_code == 403


def test_what_was_taken_over_begins_a_proposal_and_sets_when_the_effect_is_judged_with_credit(
    leader: Browser,
    sessions: sessionmaker[Session],
    lasting: World,
    rinkeby: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("forum.prize.experience.MONTHS", [3, 6])  # as a forum without cards of twelve months has it
    with sessions() as session:
        carried_out(session, lasting, *IN_FARSTA)
        method = methods.offer(session, lasting.acting(session, "coordinator"), name="Ljus på vägen").id
        place, measure = carried_out(session, rinkeby, *IN_RINKEBY)
        session.commit()
    form, effect = f"/en/rinkeby/platser/{place}/atgard", f"/en/rinkeby/atgarder/{measure}"
    assert "From the method" not in leader.get(form)
    assert 'value="12" selected' in leader.get(f"{effect}/effekt")
    assert leader.post(f"/rinkeby/metoder/{method}").status_code == 303
    page = leader.get(form)
    assert "From the method “Ljus på vägen”" in page
    assert "Carried out by Forum farsta." in page
    filled_in = filled(leader.get(f"{form}?kind=lighting_repair"))
    assert (filled_in["title"], filled_in["catalogue_code"]) == ("Repair or replace lighting", "lighting_repair")
    assert "judged after 3, 6 months, as in the method of Forum farsta" in leader.get(effect)
    assert 'value="6" selected' in leader.get(f"{effect}/effekt")
    with sessions() as session:
        acting = rinkeby.acting(session, "coordinator")
        pending = cards.pending(session, acting, measures.all_of(session, acting), today())
    assert [months for months, _ in pending.values()] == [6]


def test_forums_that_work_alike_stand_side_by_side_and_too_few_deviations_are_not_shown(
    leader: Browser, sessions: sessionmaker[Session], lasting: World, rinkeby: World
) -> None:
    marked = ((lasting, IN_FARSTA, 4), (rinkeby, IN_RINKEBY, 2))
    with sessions() as session:
        method = methods.offer(session, lasting.acting(session, "coordinator"), name="Jämför").id
        methods.adopt(session, rinkeby.acting(session, "coordinator"), methods.get(session, method))
        for world, (lon, lat), each in marked:
            for person in ("landlord", "walker") * each:
                mark(session, world.acting(session, person), lon=lon, lat=lat, occurred_from="2023-07-09T12:00")
            issue(session, members.system(session, world.forum_id, world.slug, f"Forum {world.slug}"), JULY)
        publications.set_open(session, lasting.acting(session, "coordinator"), to_all=True)
        session.commit()
    assert "Side by side" not in leader.get("/en/rinkeby/metoder")  # only one of the two has opened its page
    with sessions() as session:
        publications.set_open(session, rinkeby.acting(session, "coordinator"), to_all=True)
        session.commit()
    rows = re.findall(r"<tr><td>(Forum \w+)</td><td[^>]*>([^<]+)</td>", leader.get("/en/rinkeby/metoder"))
    assert rows == [("Forum farsta", "8"), ("Forum rinkeby", "not shown")]
