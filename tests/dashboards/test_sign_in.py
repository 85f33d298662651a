"""Signing in and out, the one-time link, and the demo's buttons that a real forum does not have."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from api.deps import COOKIE
from forum.foundation import rights
from forum.people import accounts
from tests.builders import World
from tests.dashboards.conftest import BASE, BrowserOf

PASSWORD = "fyra ord i följd"


@pytest.fixture(scope="module", autouse=True)
def password(sessions: sessionmaker[Session], lasting: World) -> None:
    """Let the officer choose a password."""
    with sessions() as session:
        rights.become(session, rights.OPERATOR)
        link = accounts.invite_link(session, lasting.accounts["officer"])
        accounts.set_password(session, link, PASSWORD)
        session.commit()


def test_the_right_password_leads_to_ones_forum(browser_of: BrowserOf, lasting: World) -> None:
    browser = browser_of(None)
    answer = browser.post("/logga-in", {"email": lasting.email("officer"), "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/farsta/karta")
    cookie = answer.headers["set-cookie"]
    assert re.match(rf"{COOKIE}=[\w-]+; HttpOnly; Max-Age=43200; Path=/; SameSite=lax$", cookie)
    assert "Rapportör" in browser.get("/farsta/karta")


def test_one_is_led_on_to_the_page_that_was_asked_for(browser_of: BrowserOf, lasting: World) -> None:
    fields = {"email": lasting.email("officer"), "password": PASSWORD}
    for following, leads in (("/farsta/avvikelser?q=x", "/farsta/avvikelser?q=x"), ("//elsewhere", "/farsta/karta")):
        answer = browser_of(None).post("/logga-in", fields | {"next": following})
        assert answer.headers["location"] == leads


def test_a_wrong_password_and_a_wrong_address_are_told_alike(browser_of: BrowserOf, lasting: World) -> None:
    pages = set()
    for email in (lasting.email("officer"), "nobody@farsta.example.org"):
        answer = browser_of(None).post("/logga-in", {"email": email, "password": "fel ord i följd"})
        assert answer.status_code == 401
        assert f'value="{email}"' in answer.text
        pages.add(answer.text.replace(email, ""))
    assert len(pages) == 1


def test_signing_out_ends_the_session_everywhere_and_wipes_the_device(browser_of: BrowserOf) -> None:
    officer = browser_of("officer")
    kept = officer.client.cookies[COOKIE]
    answer = officer.post("/logga-ut")
    assert answer.headers["clear-site-data"] == '"storage"'
    officer.client.cookies.set(COOKIE, kept)
    assert officer.client.get("/farsta/karta").status_code == 303


def test_a_link_works_once(browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World) -> None:
    with sessions() as session:
        rights.become(session, rights.OPERATOR)
        link = accounts.invite_link(session, lasting.accounts["walker"])
        session.commit()
    browser = browser_of(None)
    short = browser.post(f"/lank/{link}", {"password": "kort"})
    assert short.status_code == 422
    assert "12" in short.text
    answer = browser.post(f"/lank/{link}", {"password": PASSWORD})
    assert answer.headers["location"] == "/farsta/karta"
    again = browser_of(None).post(f"/lank/{link}", {"password": PASSWORD})
    assert again.status_code == 401
    assert "Länken är använd eller för gammal" in again.text


def test_a_real_forum_has_no_demo_buttons(browser_of: BrowserOf) -> None:
    browser = browser_of(None)
    assert "/logga-in/demo" not in browser.get("/logga-in")
    assert browser.post("/logga-in/demo", {"person": "coordinator"}).status_code == 404


@pytest.mark.parametrize(("host", "client"), [("trygghet.example.org", "127.0.0.1"), ("127.0.0.1", "192.0.2.7")])
def test_a_demo_that_others_can_reach_has_none_either(app: FastAPI, superuser: Engine, host: str, client: str) -> None:
    with superuser.connect() as connection:
        connection.execute(text("UPDATE forums SET demo = true"))
    try:
        elsewhere = TestClient(app, base_url=f"http://{host}", client=(client, 50000))
        assert "/logga-in/demo" not in elsewhere.get("/logga-in").text
        own = TestClient(app, base_url=BASE, client=("127.0.0.1", 50000))
        assert "/logga-in/demo" in own.get("/logga-in").text
    finally:
        with superuser.connect() as connection:
            connection.execute(text("UPDATE forums SET demo = false"))


def test_the_door_leads_each_one_on(browser_of: BrowserOf) -> None:
    assert browser_of(None).client.get("/").headers["location"] == "/logga-in"
    assert browser_of("teacher").client.get("/").headers["location"] == "/farsta/karta"
    assert browser_of("teacher").client.get("/farsta/").headers["location"] == "/farsta/karta"
