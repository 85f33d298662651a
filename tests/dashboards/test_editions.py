"""The secretary's page of a draft: its days and criteria are changed there, and opened for good."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import rights
from forum.people import accounts
from forum.people.policy import Role
from forum.prize import editions, jury
from forum.prize.editions import Phase
from tests.builders import World
from tests.dashboards.conftest import Browser, BrowserOf, Tags
from tests.prizes import days_of

PATH = "/en/priset/utkast/forbered"


@pytest.fixture(scope="module")
def officers(app: FastAPI, sessions: sessionmaker[Session], lasting: World) -> dict[str, Browser]:
    """Return the browsers of a draft's secretary and chair."""
    with sessions() as session:
        rights.become(session, rights.OPERATOR)
        draft = editions.create(session, slug="utkast", year=2040, name="Priset", **days_of(Phase.OPEN))
        made = {}
        for role in (Role.SECRETARY, Role.CHAIR):
            account = accounts.account_of(session, email=f"{role}@example.org")
            jury.found(session, draft, account, office=role, organisation="Staden")
            made[role.value] = account
        found = {role: accounts.start_session(session, account) for role, account in made.items()}
        session.commit()
    return {role: Browser(app, secret) for role, secret in found.items()}


def typed(page: str) -> dict[str, str]:
    """Return what the form holds, its longer texts too."""
    fields = {a["name"]: a.get("value") or "" for a in Tags(page).of("input") if a.get("name")}
    areas = (part.split("<", 1)[0].split(">", 1) for part in page.split("<textarea ")[1:])
    texts = {head.split('name="')[1].split('"')[0]: words for head, words in areas}
    return {str(name): value for name, value in fields.items()} | texts | {"winners_most": "1"}


def test_a_draft_is_prepared_and_opened_for_good(officers: dict[str, Browser], browser_of: BrowserOf) -> None:
    secretary = officers["secretary"]
    fields = typed(secretary.get(PATH))
    browser_of(None).get("/priset/utkast", 404)
    early = secretary.post("/en/priset/utkast/oppna")
    assert (early.status_code, "needs a theme" in early.text) == (422, True)
    changed = fields | {
        "theme": "Trygghet nattetid",
        "sv_5": "Sker på natten",
        "en_5": "Is done at night",
        "weight_2": "3",
    }
    uneven = secretary.post(PATH, changed | {"levels_sv_2": "En rad"})
    assert (uneven.status_code, "as many lines in both" in uneven.text) == (422, True)
    assert "Sker på natten" in uneven.text
    assert secretary.post(PATH, changed).status_code == 303
    saved = typed(secretary.get(PATH))
    assert (saved["theme"], saved["weight_2"], saved["criteria"]) == ("Trygghet nattetid", "3", "8")
    assert secretary.post("/en/priset/utkast/oppna").status_code == 303
    page = browser_of(None).get("/en/priset/utkast")
    for words in ("Trygghet nattetid", "Is done at night", "weight 3", "rules stand"):
        assert words in page
    assert secretary.post(PATH, changed | {"theme": "Annat"}).status_code == 409


def test_nobody_but_the_draft_s_own_officers_find_its_page(browser_of: BrowserOf) -> None:
    browser_of("administrator").get("/priset/utkast/forbered", 404)
    assert browser_of(None).client.get("/priset/utkast/forbered").status_code == 303
