"""The rooms of methods: an offer, what it would bring, taking it over, and who is told."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session, sessionmaker

from forum.people import accounts
from tests.builders import build_world
from tests.dashboards.conftest import Browser, BrowserOf


@pytest.fixture(scope="module")
def leader(app: FastAPI, sessions: sessionmaker[Session]) -> Browser:
    """Return the browser of who leads another forum."""
    with sessions() as session:
        rinkeby = build_world(session, "rinkeby", (17.90, 59.35, 17.95, 59.40))
        secret = accounts.start_session(session, rinkeby.accounts["coordinator"])
        session.commit()
    return Browser(app, secret)


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
