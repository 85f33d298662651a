"""Over HTTP: a measure's owner is asked by mail, those concerned are told, and a reporter hears what it led to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session, sessionmaker

from forum.people import contacts
from forum.people.agreements import today
from tests.api.conftest import ClientOf, check_refusal, registered
from tests.builders import CENTRE, World

FARSTA = "/api/v1/forums/farsta"
Json = dict[str, Any]


@pytest.fixture(scope="module")
def noticed(client_of: ClientOf) -> Json:
    """Return a deviation of the walker's."""
    return registered(client_of("walker"), text="Mörkt vid bron")


@pytest.fixture(scope="module")
def place(client_of: ClientOf, noticed: Json) -> Json:
    drawn = {"name": "Bron", "geometry": {"type": "Point", "coordinates": CENTRE}, "radius_m": 40}
    made: Json = client_of("coordinator").post(f"{FARSTA}/places", json=drawn).json()
    return made


@pytest.fixture(scope="module")
def measure(client_of: ClientOf, lasting: World, place: Json) -> Json:
    """Return a measure that the landlord's organisation is asked to carry out."""
    return decided(client_of, lasting, place)


def decided(client_of: ClientOf, world: World, place: Json, seen: str = "forum") -> Json:
    coordinator = client_of("coordinator")
    terms = {"title": "Byt lampor", "owner": str(world.organisations["Bostadsbolaget"]), "visibility": seen}
    due = (today() + timedelta(days=9)).isoformat()
    made: Json = coordinator.post(f"{FARSTA}/measures", json=terms | {"place": place["id"], "due_on": due}).json()
    coordinator.post(f"{FARSTA}/measures/{made['nr']}/steps", json={"step": "decide"})
    return made


def test_who_is_told_reads_it_once_and_nobody_else_hears_of_it(client_of: ClientOf, measure: Json) -> None:
    landlord, walker = client_of("landlord"), client_of("walker")
    told = landlord.get(f"{FARSTA}/notices").json()
    (notice,) = told["notices"]
    assert (told["unread"], notice["kind"], notice["read"]) == (1, "assigned", False)
    assert (notice["measure"]["nr"], notice["place"]["name"]) == (measure["nr"], "Bron")
    address = f"{FARSTA}/notices/{notice['id']}/read"
    assert walker.get(f"{FARSTA}/notices").json() == {"unread": 0, "notices": []}
    hidden, absent = walker.post(address), walker.post(f"{FARSTA}/notices/{uuid4()}/read")
    assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content) == (404, absent.content)
    assert landlord.get(f"{FARSTA}/notices").json()["unread"] == 1  # looking changes nothing
    assert landlord.post(address).json()["read"] is True
    assert landlord.post(address).status_code == 200
    assert landlord.get(f"{FARSTA}/notices").json()["unread"] == 0
    assert landlord.post(f"{FARSTA}/notices/7/read").status_code == 404


def test_an_owner_is_asked_by_a_link_that_can_be_looked_at_and_taken_back(
    client_of: ClientOf, sessions: sessionmaker[Session], lasting: World, place: Json, measure: Json
) -> None:
    coordinator, address = client_of("coordinator"), f"{FARSTA}/measures/{measure['nr']}/link"
    check_refusal(coordinator.post(address), "")  # nobody knows where to write
    with sessions() as session:
        owner, administrator = lasting.organisations["Bostadsbolaget"], lasting.acting(session, "administrator")
        contacts.put(session, administrator, owner, "kontakt@bolaget.example.org")
        session.commit()
    assert coordinator.get(address).status_code == 404
    asked = coordinator.post(address)
    assert (asked.status_code, asked.json()["delivery"], asked.json()["ended_at"]) == (201, "waiting", None)
    assert asked.json()["organisation"] == str(owner)
    assert coordinator.get(address).json() == asked.json()
    assert client_of("landlord").post(address).status_code == 403
    gone = coordinator.delete(address).json()
    assert gone["ended_at"] is not None
    assert gone | {"ended_at": None} == asked.json()
    assert [coordinator.request(method, address).status_code for method in ("GET", "DELETE")] == [404, 404]
    hidden = decided(client_of, lasting, place, "authorities")
    check_refusal(coordinator.post(f"{FARSTA}/measures/{hidden['nr']}/link"), "")
    assert client_of("landlord").get(f"{FARSTA}/measures/{hidden['nr']}/link").status_code == 404


def test_a_reporters_organisation_hears_what_came_of_its_deviations(
    client_of: ClientOf, place: Json, measure: Json, noticed: Json
) -> None:
    coordinator, walker = client_of("coordinator"), client_of("walker")
    coordinator.post(f"{FARSTA}/deviations/{noticed['id']}/answer", json={"reply": "Lamporna byts"})
    second = registered(walker, lon=CENTRE[0] + 0.01, text="Klotter")
    page = walker.get(f"{FARSTA}/outcomes?limit=1").json()
    assert (page["matched"], [o["deviation"]["id"] for o in page["outcomes"]]) == (2, [second["id"]])
    assert page["outcomes"][0]["measures"] == []
    (came,) = walker.get(f"{FARSTA}/outcomes?cursor={page['next']}").json()["outcomes"]
    assert (came["deviation"]["id"], came["reply"]) == (noticed["id"], "Lamporna byts")
    assert [p["id"] for p in came["places"]] == [place["id"]]
    (taken,) = came["measures"]  # and none of what authorities alone see
    assert (taken["id"], taken["status"], taken["seen"]) == (measure["id"], "decided", None)
    assert client_of("officer").get(f"{FARSTA}/outcomes").json() == {"matched": 0, "next": None, "outcomes": []}
    check_refusal(walker.get(f"{FARSTA}/outcomes?limit=201"), "limit")
