"""Effect cards over HTTP: computed, frozen by those who lead, read by their audience, recomputed from the answer."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy.orm import Session, sessionmaker

from mapping.cards import difference
from tests.api.conftest import ClientOf, check_refusal
from tests.builders import World
from tests.mapping.test_cards import Told, fill

URL = "/api/v1/forums/farsta"


@pytest.fixture(scope="module")
def told(sessions: sessionmaker[Session], lasting: World) -> Told:
    return fill(sessions, lasting)


def test_a_card_is_computed_frozen_and_read_as_it_was(client_of: ClientOf, told: Told) -> None:
    landlord, coordinator = client_of("landlord"), client_of("coordinator")
    computed = landlord.get(f"{URL}/measures/{told.measure}/effect?months=3")
    assert computed.status_code == 200, computed.text
    card = computed.json()
    assert (card["weighed"]["sentence"], card["control"]["key"]) == ("fewer", f"place:{told.right}")
    assert difference(card) is None
    sent = {"months": 3}
    assert landlord.post(f"{URL}/measures/{told.measure}/effects", json=sent).status_code == 403
    frozen = coordinator.post(f"{URL}/measures/{told.measure}/effects", json=sent)
    assert frozen.status_code == 201, frozen.text
    assert frozen.json()["card"] == card
    assert landlord.get(f"{URL}/effects/{frozen.json()['id']}").json() == frozen.json()
    chained = landlord.get(f"{URL}/measures/{told.measure}/chain").json()["effects"]
    assert [(each["id"], each["sentence"], each["audience"]) for each in chained] == [
        (frozen.json()["id"], "fewer", "forum")
    ]


def test_a_chosen_control_needs_a_reason_and_a_card_for_authorities_stays_with_them(
    client_of: ClientOf, told: Told
) -> None:
    coordinator, where = client_of("coordinator"), f"{URL}/measures/{told.measure}/effects"
    chosen = {"control": f"place:{told.right}", "audience": "authorities"}
    check_refusal(coordinator.post(where, json=chosen), "reason")
    made = coordinator.post(where, json=chosen | {"reason": "Samma slags torg"})
    assert made.status_code == 201, made.text
    reference = made.json()["id"]
    assert client_of("officer").get(f"{URL}/effects/{reference}").json()["reason"] == "Samma slags torg"
    hidden, absent = (client_of("landlord").get(f"{URL}/effects/{each}") for each in (reference, uuid4()))
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json()["title"] == absent.json()["title"]


def test_what_cannot_be_judged_is_refused_by_its_field(client_of: ClientOf, told: Told) -> None:
    landlord, where = client_of("landlord"), f"{URL}/measures/{told.measure}/effect"
    check_refusal(landlord.get(f"{where}?months=4"), "months")
    check_refusal(landlord.get(f"{where}?audience=public"), "audience")
    check_refusal(landlord.get(f"{where}?control=place:1"), "control")
    assert landlord.get(f"{where}?months=12").status_code == 409


def test_what_it_cost_is_noted_by_those_who_lead_or_did_it(client_of: ClientOf, told: Told) -> None:
    where, sent = f"{URL}/measures/{told.measure}/cost", {"spent_kr": 210_000, "spent_on": "Tre armaturer"}
    assert client_of("landlord").post(where, json=sent).status_code == 403
    noted = client_of("officer").post(where, json=sent)
    assert noted.status_code == 200, noted.text
    assert (noted.json()["spent_kr"], noted.json()["spent_on"]) == (210_000, "Tre armaturer")
    check_refusal(client_of("coordinator").post(where, json={"spent_kr": -1}), "spent_kr")
