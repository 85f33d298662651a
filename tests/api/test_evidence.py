"""Evidence over HTTP: a nominator adds what the chain offers, and takes away; a jury fetches what has opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session, sessionmaker

from forum.prize.editions import Phase
from tests.api.conftest import ClientOf, check_refusal
from tests.api.test_nominations import BASE, as_account, said
from tests.builders import World
from tests.forum.prize.test_evidence import carried_out, frozen
from tests.forum.prize.test_papers import written
from tests.prizes import Prize, build_prize, declare_all, write_content

Made = tuple[int, UUID]


@pytest.fixture(scope="module")
def made(sessions: sessionmaker[Session], lasting: World) -> Made:
    """Return the number of a measure and the id of its frozen card, with an edition in which one nominates."""
    with sessions() as session:
        measure = carried_out(session, lasting)
        number, card = measure.nr, frozen(session, lasting, measure).id
        build_prize(session, lasting.acting(session, "teacher"), Phase.OPEN, "oppet")
        session.commit()
    return number, card


@pytest.fixture(scope="module")
def read(sessions: sessionmaker[Session], lasting: World) -> Prize:
    """Return an edition whose basis is prepared."""
    with sessions() as session:
        prize = build_prize(session, lasting.acting(session, "teacher"), Phase.PREPARING, "lasta")
        write_content(session, prize, "lights")
        declare_all(session, prize)
        session.commit()
    return prize


def test_a_nominator_adds_what_the_chain_offers_and_documents_and_takes_away(client_of: ClientOf, made: Made) -> None:
    (measure, card), coordinator, here = made, client_of("coordinator"), f"{BASE}/oppet/nominations"
    one = f"{here}/{said(coordinator.post(here, json={'forum': 'farsta'}), 201)['nr']}"
    chain: dict[str, Any] = {"start": "measure", "reference": measure}
    (offered,) = said(coordinator.get(f"{one}/evidence/offered", params=chain), 200)["offered"]
    assert (offered["source"], offered["kind"], offered["added"]) == (str(card), "effect", False)
    (kept,) = said(coordinator.post(f"{one}/evidence", json=chain | {"source": str(card)}), 201)["evidence"]
    assert (kept["nr"], kept["kind"], kept["content"]) == (1, "effect", offered["content"])
    assert said(coordinator.get(f"{one}/evidence/offered", params=chain), 200)["offered"][0]["added"]
    check_refusal(coordinator.post(f"{one}/evidence", json=chain | {"source": str(card)}), "evidence")
    check_refusal(coordinator.post(f"{one}/evidence", json=chain | {"source": str(uuid4())}), "source")
    report = written(2)
    paper = {"document": ("rapport.pdf", report, "application/pdf")}
    listed = said(coordinator.post(f"{one}/evidence/documents", data={"evidence_title": "Rapport"}, files=paper), 201)
    assert [(each["nr"], each["kind"]) for each in listed["evidence"]] == [(1, "effect"), (2, "document")]
    assert coordinator.get(f"{one}/evidence/2/document").content == report
    text = {"document": ("rapport.pdf", b"Hej", "application/pdf")}
    refused = coordinator.post(f"{one}/evidence/documents", data={"evidence_title": "Rapport"}, files=text)
    check_refusal(refused, "document")
    assert [each["nr"] for each in said(coordinator.delete(f"{one}/evidence/1"), 200)["evidence"]] == [2]
    assert said(coordinator.get(f"{one}/evidence"), 200) == said(coordinator.get(f"{one}/chain"), 200)


def test_what_was_sent_in_keeps_its_evidence_and_opens_to_the_jury_alone(
    app: FastAPI, sessions: sessionmaker[Session], client_of: ClientOf, read: Prize
) -> None:
    one = f"{BASE}/lasta/nominations/1"
    juror, police = (as_account(app, sessions, read, name) for name in ("juror", "police_juror"))
    assert juror.get(f"{one}/evidence/2/document").content == b"%PDF-"
    calls: tuple[Callable[[str], Any], ...] = (police.get, client_of("landlord").get)
    for ask in calls:
        assert {ask(f"{one}/{end}").status_code for end in ("evidence", "chain", "evidence/2/document")} == {404}
    assert juror.delete(f"{one}/evidence/1").status_code == 404
    check_refusal(client_of("teacher").delete(f"{one}/evidence/1"), "status")
