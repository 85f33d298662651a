"""Action plans over HTTP: a picture is adopted, a plan made on it and adopted, each refused where a step is missing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation.audience import Visibility
from forum.people.agreements import today
from forum.work.measures import Step
from tests.api.conftest import ClientOf, check_refusal
from tests.builders import World
from tests.forum.work.test_adoptions import frozen
from tests.forum.work.test_plans import measure_of

URL = "/api/v1/forums/farsta"


@pytest.fixture(scope="module")
def begun(sessions: sessionmaker[Session], lasting: World) -> dict[str, Any]:
    """Return what stands before any plan: frozen pictures and decided measures, for the forum and for authorities."""
    with sessions() as session:
        found: dict[str, Any] = {}
        for seen in (Visibility.FORUM, Visibility.AUTHORITIES):
            found[f"picture_{seen}"] = str(frozen(session, lasting, seen).id)
            found[f"measure_{seen}"] = measure_of(session, lasting, Step.DECIDE, seen=seen).nr
        session.commit()
    return found


def test_from_a_frozen_picture_to_an_adopted_plan(client_of: ClientOf, begun: dict[str, Any]) -> None:
    coordinator, landlord = client_of("coordinator"), client_of("landlord")
    sent = {"picture": begun["picture_forum"], "measures": [begun["measure_forum"]]}
    check_refusal(coordinator.post(f"{URL}/plans", json=sent), "picture")
    check_refusal(coordinator.post(f"{URL}/plans", json=sent | {"picture": None}), "picture")
    decided = {"on": today().isoformat(), "reference": "Forummötet, § 4"}
    late = decided | {"on": (today() + timedelta(days=1)).isoformat()}
    where = f"{URL}/pictures/{begun['picture_forum']}/adoption"
    check_refusal(coordinator.post(where, json=late), "on")
    assert landlord.post(where, json=decided).status_code == 403
    assert coordinator.post(where, json=decided).status_code == 201
    assert coordinator.post(where, json=decided).status_code == 409
    listed = landlord.get(f"{URL}/pictures").json()["pictures"]
    assert [(each["id"], each["adoption"]["reference"]) for each in listed] == [
        (begun["picture_forum"], decided["reference"])
    ]
    check_refusal(
        coordinator.post(f"{URL}/plans", json=sent | {"measures": [begun["measure_authorities"]]}), "measures"
    )
    made = coordinator.post(f"{URL}/plans", json=sent)
    assert made.status_code == 201, made.text
    adopted = coordinator.post(f"{URL}/plans/{made.json()['id']}/adoption", json=decided)
    assert adopted.json()["adoption"]["clock"] == {
        "adopted_on": decided["on"],
        "last_day": (today() + timedelta(days=730)).isoformat(),
        "days_left": 730,
        "state": "in_force",
    }
    body = landlord.get(f"{URL}/plans").json()
    assert [plan["measures"] for plan in body["plans"]] == [[begun["measure_forum"]]]
    assert {name: clock["state"] for name, clock in body["clocks"].items()} == {
        "picture": "in_force",
        "plan": "in_force",
    }
    assert landlord.get(f"{URL}/plans/{made.json()['id']}").json() == body["plans"][0]
    assert body["plans"][0]["followed"] == {"by_status": {"decided": 1}, "done": 0, "late": 0, "not_fixed": 0}


def test_what_is_for_authorities_is_not_there_for_others(client_of: ClientOf, begun: dict[str, Any]) -> None:
    decided = {"on": today().isoformat(), "reference": "Myndigheternas möte"}
    answers = {
        (client_of(person).request(method, f"{URL}/{path}", json=decided).status_code, person)
        for path, method in ((f"pictures/{begun['picture_authorities']}/adoption", "POST"), (f"plans/{uuid4()}", "GET"))
        for person in ("landlord", "officer")
    }
    assert answers == {(404, "landlord"), (404, "officer"), (403, "officer")}
    assert begun["picture_authorities"] in client_of("officer").get(f"{URL}/pictures").text
    assert begun["picture_authorities"] not in client_of("landlord").get(f"{URL}/pictures").text
    assert client_of("officer").get(f"{URL}/plans?audience=authorities").json()["clocks"] == {
        "picture": None,
        "plan": None,
    }
