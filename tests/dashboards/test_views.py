"""Selections kept under a name, as the map's page offers them."""

from __future__ import annotations

import re

from tests.dashboards.conftest import BrowserOf


def test_a_selection_is_kept_chosen_again_and_taken_away(browser_of: BrowserOf) -> None:
    officer = browser_of("officer")
    done = officer.post("/farsta/urval", {"name": "Kvällar", "query": "from=&hour=22&x=1", "shared": ""})
    assert (done.status_code, done.headers["location"]) == (303, "/farsta/karta?from=&hour=22")
    page = officer.get("/farsta/karta")
    assert 'href="/farsta/karta?from=&amp;hour=22" data-swap>Kvällar' in page
    assert "Kvällar" not in browser_of("landlord").get("/farsta/karta")
    (address,) = re.findall(r'formaction="(/farsta/urval/[^"]+)"', page)
    assert officer.post(address, {"query": "from="}).status_code == 303
    assert "Kvällar" not in officer.get("/farsta/karta")


def test_a_coordinator_shares_one_and_nobody_else_can(browser_of: BrowserOf) -> None:
    coordinator, officer = browser_of("coordinator"), browser_of("officer")
    coordinator.post("/farsta/urval", {"name": "Inför mötet", "query": "status=new", "shared": "yes"})
    page = officer.get("/farsta/karta")
    assert "Inför mötet" in page
    assert 'name="shared"' not in page
    assert "formaction" not in page
    assert officer.post("/farsta/urval", {"name": "Till alla", "shared": "yes"}).status_code == 403


def test_what_is_wrong_stands_at_the_name_and_nothing_is_kept(browser_of: BrowserOf) -> None:
    walker = browser_of("walker")
    for name, status in (("", 422), ("Ring 070-174 06 05", 422), ("Parken", 303), ("Parken", 409)):
        answer = walker.post("/farsta/urval", {"name": name, "query": "category=lighting"})
        assert answer.status_code == status
        if status != 303:
            assert 'id="name-error"' in answer.text
            assert "category=lighting" in answer.text
    assert walker.get("/farsta/karta").count("data-swap>Parken") == 1
