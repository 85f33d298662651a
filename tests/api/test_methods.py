"""Methods over HTTP: read by everybody, taken over by who leads another forum, its origin told of a name and a day."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session, sessionmaker

from tests.api.conftest import ClientOf, check_refusal, token_of
from tests.builders import World, build_world

OURS, THEIRS = "/api/v1/forums/farsta/methods", "/api/v1/forums/rinkeby/methods"


@pytest.fixture(scope="module")
def leader(sessions: sessionmaker[Session]) -> dict[str, str]:
    """Return the header of who leads another forum."""
    with sessions() as session:
        rinkeby: World = build_world(session, "rinkeby", (17.90, 59.35, 17.95, 59.40))
        session.commit()
    return {"Authorization": f"Bearer {token_of(sessions, rinkeby, 'coordinator')}"}


def test_a_method_goes_from_one_forum_to_another(client_of: ClientOf, leader: dict[str, str]) -> None:
    coordinator, anybody = client_of("coordinator"), client_of(None)
    offered = coordinator.post(OURS, json={"name": "Farstas metod", "about": "Vi möts ofta"})
    assert offered.status_code == 201, offered.text
    method = offered.json()["id"]
    assert [each["id"] for each in anybody.get("/api/v1/methods").json()] == [method]
    assert anybody.get(f"/api/v1/methods/{method}").json()["origin"] == "Forum farsta"
    seen = anybody.get(f"{THEIRS}/{method}/difference", headers=leader).json()
    assert (seen["missing"], seen["other"], seen["has_cycle"]) == ([], [], False)
    taken = anybody.post(f"{THEIRS}/{method}/adoption", json={}, headers=leader)
    assert (taken.status_code, taken.json()["added"]) == (201, [])
    again = anybody.post(f"{THEIRS}/{method}/adoption", json={}, headers=leader)
    assert again.status_code == 409
    told = coordinator.get(OURS).json()
    assert [(use["taker"], use["added"]) for use in told["used_by"]] == [("Forum rinkeby", None)]
    assert coordinator.post(f"{OURS}/{method}/ending").json()["ended"]
    assert anybody.get(f"/api/v1/methods/{method}").status_code == 404
    assert anybody.get(THEIRS, headers=leader).json()["taken"][0]["name"] == "Farstas metod"


def test_what_names_somebody_and_who_may_not_are_refused(client_of: ClientOf) -> None:
    check_refusal(client_of("coordinator").post(OURS, json={"name": "Ring 070-123 45 67"}), "name")
    assert client_of("officer").post(OURS, json={"name": "x"}).status_code == 403
    assert client_of(None).get(OURS).status_code == 401
