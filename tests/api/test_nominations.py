"""Nominations over HTTP: a member writes and sends in; a jury reads what has opened, and an outsider finds nothing."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import rights
from forum.people import accounts
from forum.prize.contents import PARTS
from forum.prize.editions import Phase
from tests.api.conftest import HOW, ClientOf
from tests.builders import World
from tests.prizes import Prize, build_prize, declare_all, write_content

BASE = "/api/v1/editions"


@pytest.fixture(scope="module")
def prizes(sessions: sessionmaker[Session], lasting: World) -> dict[str, Prize]:
    """Return an edition in which one nominates and one whose basis is prepared."""
    with sessions() as session:
        teacher = lasting.acting(session, "teacher")
        open_ = build_prize(session, teacher, Phase.OPEN, "oppet")
        read = build_prize(session, teacher, Phase.PREPARING, "lasta")
        write_content(session, read, "lights")
        declare_all(session, read)
        session.commit()
    return {"oppet": open_, "lasta": read}


def as_account(app: FastAPI, sessions: sessionmaker[Session], prize: Prize, name: str) -> TestClient:
    with sessions() as session:
        account = prize.accounts[name]
        rights.become(session, rights.Principal(account=account))
        token = accounts.create_token(session, account)
        session.commit()
    return TestClient(app, **HOW, headers={"Authorization": f"Bearer {token}"})


def said(answer: Any, status: int) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_member_begins_writes_under_the_version_and_sends_in(client_of: ClientOf, prizes: dict[str, Prize]) -> None:
    officer, here = client_of("officer"), f"{BASE}/oppet/nominations"
    begun = said(officer.post(here, json={"forum": "farsta"}), 201)
    one = f"{here}/{begun['nr']}"
    change = {"title": "Hallen", "organisations": ["Polisen", "Skolan"], **dict.fromkeys(PARTS, "Vi gjorde det")}
    assert officer.patch(one, json=change).status_code == 412
    lacking = said(officer.post(f"{one}/submission"), 422)
    assert {each["field"] for each in lacking["errors"]} >= set(PARTS)
    tag = officer.get(one).headers["etag"]
    said(officer.patch(one, json=change, headers={"If-Match": tag}), 200)
    assert officer.patch(one, json=change, headers={"If-Match": tag}).status_code == 412
    sent = said(officer.post(f"{one}/submission"), 200)
    assert sent["status"] == "submitted"
    assert sent["seal"]
    assert [each["nr"] for each in said(officer.get(here), 200)["nominations"]] == [begun["nr"]]
    assert said(client_of("landlord").get(here), 200) == {"nominations": []}
    absent = client_of("landlord").get(f"{here}/99")
    assert client_of("landlord").get(one).json() | {"instance": ""} == absent.json() | {"instance": ""}
    assert said(officer.post(f"{one}/withdrawal"), 200)["status"] == "withdrawn"


def test_the_jury_reads_what_has_opened_and_the_excluded_its_cover(
    app: FastAPI, sessions: sessionmaker[Session], prizes: dict[str, Prize]
) -> None:
    prize, here = prizes["lasta"], f"{BASE}/lasta/nominations"
    juror, police = (as_account(app, sessions, prize, name) for name in ("juror", "police_juror"))
    assert said(juror.get(f"{here}/1"), 200)["parts"]["problem"]
    chain = said(juror.get(f"{here}/1/chain"), 200)["evidence"]
    assert [(each["nr"], each["kind"], each["newer_since"]) for each in chain] == [
        (1, "decision", None), (2, "document", None), (3, "effect", None),
    ]  # fmt: skip
    closed = said(police.get(f"{here}/1"), 200)
    assert closed["title"]
    assert {name for name, value in closed.items() if value is None} == {
        "status", "version", "sent_in", "parts", "records", "seal",
    }  # fmt: skip
    assert [each["status"] for each in said(police.get(here), 200)["nominations"]] == [None, "submitted"]
    assert police.get(f"{here}/1/chain").status_code == 404
