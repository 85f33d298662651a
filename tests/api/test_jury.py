"""The jury over HTTP: ties, an assessment under its version, a decision; what is closed is as if it were not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import rights
from forum.people import accounts
from forum.prize.editions import Phase
from tests.api.conftest import HOW
from tests.builders import World
from tests.prizes import Prize, build_prize, declare_all, pass_gate

In = Callable[[str, str], TestClient]
BASE = "/api/v1/editions"


@pytest.fixture(scope="module")
def juries(sessions: sessionmaker[Session], lasting: World) -> dict[str, Prize]:
    """Return an edition that is assessed and one that is decided."""
    made = {}
    with sessions() as session:
        teacher = lasting.acting(session, "teacher")
        for slug, phase in (("staden", Phase.ASSESSING), ("beslut", Phase.DECIDING)):
            made[slug] = build_prize(session, teacher, phase, slug)
            declare_all(session, made[slug])
            pass_gate(session, made[slug])
        session.commit()
    return made


@pytest.fixture(scope="module")
def seat_of(app: FastAPI, sessions: sessionmaker[Session], juries: dict[str, Prize]) -> Iterator[In]:
    """Return the maker of clients, each as one in a jury."""
    opened: list[TestClient] = []

    def open_for(name: str, slug: str = "staden") -> TestClient:
        with sessions() as session:
            account = juries[slug].accounts[name]
            rights.become(session, rights.Principal(account=account))
            token = accounts.create_token(session, account)
            session.commit()
        opened.append(TestClient(app, **HOW, headers={"Authorization": f"Bearer {token}"}))
        return opened[-1]

    yield open_for
    for client in opened:
        client.close()


def said(answer: Any, status: int) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


MARKS = {code: {"level": 3, "reason": "Visas"} for code in ("innovative", "inspires", "results")}


def test_a_draft_is_saved_under_its_version_and_handed_in_once(seat_of: In) -> None:
    juror, here = seat_of("juror", "staden"), f"{BASE}/staden/nominations/1/assessment"
    assert juror.get(here).headers["etag"] == '"0"'
    assert juror.put(here, json={"marks": MARKS}).status_code == 412
    first = juror.put(here, json={"marks": {"results": {"level": 9}}}, headers={"If-Match": '"0"'})
    assert said(first, 422)["errors"][0]["field"] == "results"
    saved = juror.put(here, json={"marks": MARKS, "notes": "Min"}, headers={"If-Match": '"0"'})
    assert said(saved, 200)["notes"] == "Min"
    assert juror.put(here, json={"marks": {}}, headers={"If-Match": '"0"'}).status_code == 412
    assert said(juror.get(f"{here}s"), 200)["blind"]
    said(juror.post(f"{here}/handing-in", headers={"If-Match": '"1"'}), 200)
    assert juror.put(here, json={"marks": {}}, headers={"If-Match": '"1"'}).status_code == 409
    assert said(juror.get(f"{here}s"), 200)["spread"][0] == {
        "criterion": "innovative",
        "counts": [0, 0, 1, 0],
        "abstained": 0,
    }
    assert said(seat_of("county", "staden").get(f"{here}s"), 200) == {
        "blind": True,
        "assessments": [],
        "spread": [],
        "set_aside": [],
    }


def test_what_is_closed_is_answered_like_what_is_not_there(seat_of: In) -> None:
    tied = seat_of("police_juror", "staden")
    for end in ("assessment", "assessments"):
        closed, absent = (tied.get(f"{BASE}/staden/nominations/{nr}/{end}") for nr in (1, 99))
        assert closed.status_code == absent.status_code == 404
        assert closed.text == absent.text.replace("/99/", "/1/")
    cover = said(tied.get(f"{BASE}/staden/jury"), 200)["nominations"][0]
    assert cover["tie"]["ruling"] == "excluded"
    assert said(tied.get(f"{BASE}/staden/deliberation"), 200) == {"quorum": 3, "lines": [], "motions": [], "awards": []}


def test_a_tie_is_declared_discovered_and_ruled_on(seat_of: In, juries: dict[str, Prize]) -> None:
    chair, secretary = seat_of("chair", "staden"), seat_of("secretary", "staden")
    found = {"office": str(juries["staden"].offices["county"]), "grade": "same_parent", "reason": "Ny uppgift"}
    tie = said(secretary.post(f"{BASE}/staden/nominations/2/ties/discovered", json=found), 201)
    assert [each["id"] for each in said(chair.get(f"{BASE}/staden/jury"), 200)["waiting"]] == [tie["id"]]
    ruling = {"ruling": "allowed", "reason": "Långt ifrån"}
    there = f"{BASE}/staden/nominations/2/ties/{tie['id']}/ruling"
    assert secretary.post(there, json=ruling).status_code == 403
    said(chair.post(there, json=ruling), 201)
    assert chair.post(there, json=ruling).status_code == 404
    again = {"grade": "none"}
    assert chair.post(f"{BASE}/staden/nominations/2/ties", json=again).status_code == 409
    substitute = juries["staden"].offices["substitute"]
    assert said(chair.post(f"{BASE}/staden/jury/{substitute}/call-in"), 200)["called_in"]
    new = {"email": "ny@example.org", "office": "juror", "organisation": "Kyrkan"}
    assert said(chair.post(f"{BASE}/staden/jury", json=new), 201)["link"]
    verdict = {"criterion": "together", "met": True, "reason": "Tre aktörer"}
    said(secretary.post(f"{BASE}/staden/nominations/2/gate", json=verdict), 201)


def test_a_decision_is_made_over_http(seat_of: In) -> None:
    chair, here = seat_of("chair", "beslut"), f"{BASE}/beslut"
    said(chair.post(f"{here}/protocol", json={"words": "Enigt", "nomination": 2}), 201)
    motion = said(chair.post(f"{here}/motions", json={"nomination": 2}), 201)
    for name in ("juror", "county", "deputy"):
        said(seat_of(name, "beslut").post(f"{here}/motions/{motion['id']}/votes", json={"choice": "yes"}), 201)
    assert chair.post(f"{here}/motions/{motion['id']}/award", json={"citation": "x"}).status_code == 409
    counted = said(chair.post(f"{here}/motions/{motion['id']}/count", json={}), 200)
    assert (counted["outcome"], counted["yes"]) == ("carried", 3)
    award = said(chair.post(f"{here}/motions/{motion['id']}/award", json={"citation": "För spelet"}), 201)
    assert award["nomination"] == 2
    said(chair.post(f"{here}/nominations/1/reason", json={"words": "Resultatet är tidigt"}), 201)
    read = said(seat_of("county", "beslut").get(f"{here}/deliberation"), 200)
    assert [line["words"] for line in read["lines"]] == ["Enigt"]
    assert read["awards"] == [award]
    assert said(seat_of("juror", "beslut").get(f"{here}/nominations/1"), 200)["reason"] == "Resultatet är tidigt"
    assert said(seat_of("police_juror", "beslut").get(f"{here}/nominations/1"), 200)["reason"] == ""
