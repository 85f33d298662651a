"""Deviations over HTTP: registered, read, changed, withdrawn, and nobody's change overwritten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel
from sqlalchemy import Engine, text

from api.description import Problem
from api.geojson import Collection, Feature, FeatureWithHistory
from forum.foundation import clock
from tests.api.conftest import URL, ClientOf, new, path_of, registered, seen
from tests.builders import CENTRE, World


def properties(answer: Any) -> dict[str, Any]:
    """Return what a successful answer says of a deviation."""
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.json()["properties"]
    return found


def fault(answer: Any, status: int) -> dict[str, Any]:
    """Return the first thing that a refusal names."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()["errors"][0]
    return found


def test_the_same_id_sent_twice_registers_once_and_another_content_is_refused(client_of: ClientOf) -> None:
    officer, sent = client_of("officer"), new()
    first, again = officer.post(URL, json=sent), officer.post(URL, json=sent)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert fault(officer.post(URL, json=sent | {"text": "Något annat"}), 409)["field"] == "id"


def test_two_organisations_may_use_the_same_id_and_neither_hears_of_the_other(client_of: ClientOf) -> None:
    sent = new(visibility="own")
    first, second = client_of("officer").post(URL, json=sent), client_of("landlord").post(URL, json=sent)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]


def test_one_id_sent_four_times_at_once_registers_once(client_of: ClientOf, app: FastAPI) -> None:
    token, sent, start = client_of("officer").headers["Authorization"], new(), Barrier(4)

    def send(_: int) -> tuple[int, str]:
        with TestClient(app, base_url="http://127.0.0.1") as client:
            start.wait()
            answer = client.post(URL, json=sent, headers={"Authorization": token})
            return answer.status_code, answer.json()["id"]

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(send, range(4)))
    assert sorted(status for status, _ in answers) == [200, 200, 200, 201]
    assert len({made for _, made in answers}) == 1


def test_what_was_registered_is_read_back_as_it_was_said(client_of: ClientOf) -> None:
    officer = client_of("officer")
    sent = new(
        lon=18.090000000000003,
        lat=59.24300000000001,
        accuracy_m=12.5,
        occurred_from="2023-10-26T18:30",
        occurred_to="2023-10-26T19:00+02:00",
        text="  Åtta rutor är krossade på Östmarksgatan  ",
        visibility="authorities",
    )
    made = officer.post(URL, json=sent)
    assert made.headers["location"] == path_of(made.json())
    assert made.headers["etag"] == '"1"'
    read = officer.get(made.headers["location"])
    assert read.json()["geometry"]["coordinates"] == [18.090000000000003, 59.24300000000001]
    assert properties(read) == properties(made)
    assert properties(read) | {
        "accuracy_m": 12.5,
        "occurred_from": "2023-10-26T16:30:00Z",
        "occurred_to": "2023-10-26T17:00:00Z",
        "text": "Åtta rutor är krossade på Östmarksgatan",
        "category": "lighting",
        "category_name": "Belysning",
        "organisation_name": "Polisen",
        "on_behalf": False,
        "visibility": "authorities",
        "status": "new",
        "version": 1,
    } == properties(read)


def test_a_deviation_answers_to_its_id_its_number_and_its_makers_own_id(client_of: ClientOf) -> None:
    sent = new()
    made = client_of("officer").post(URL, json=sent).json()
    names = [made["id"], str(made["properties"]["nr"]), sent["id"]]
    assert [client_of("officer").get(f"{URL}/{name}").json()["id"] for name in names] == [made["id"]] * 3
    assert [client_of("landlord").get(f"{URL}/{name}").status_code for name in names] == [200, 200, 404]


@pytest.mark.parametrize("reference", ["0", "9999999", "123456789012345678901234567890", "-5", "1e6", "å", "٣٤٥"])
def test_an_address_of_nothing_is_not_found(client_of: ClientOf, reference: str) -> None:
    fault(client_of("officer").get(f"{URL}/{reference}"), 404)


def test_a_hidden_deviation_is_told_apart_from_none_by_nothing(client_of: ClientOf) -> None:
    hidden = registered(client_of("officer"), visibility="own")
    for client in (client_of("landlord"), client_of("coordinator")):
        answers = [client.get(path_of(hidden)), client.get(f"{URL}/{uuid4()}")]
        assert answers[0].status_code == 404
        assert answers[0].content == answers[1].content
        changes = [client.patch(at, json={"text": "Nytt"}, headers={"If-Match": '"1"'}) for at in
                   (path_of(hidden), f"{URL}/{uuid4()}")]  # fmt: skip
        assert changes[0].status_code == 404
        assert changes[0].content == changes[1].content


def test_an_amendment_keeps_what_was_said_before_in_the_history(client_of: ClientOf) -> None:
    officer = client_of("officer")
    made = registered(officer)
    changed = officer.patch(
        path_of(made), headers=seen(made),
        json={"text": "Fyra lyktstolpar är släckta", "lon": 18.1, "category": "lighting.lamp_out"},
    )  # fmt: skip
    assert properties(changed)["text"] == "Fyra lyktstolpar är släckta"
    assert changed.json()["geometry"]["coordinates"] == [18.1, CENTRE[1]]
    assert changed.headers["etag"] == '"2"'
    first, second = officer.get(path_of(made)).json()["history"]
    assert (first["action"], first["changes"]) == ("register", {})
    assert second["changes"] == {
        "text": ["Tre lyktstolpar är släckta", "Fyra lyktstolpar är släckta"],
        "position": [list(CENTRE), [18.1, CENTRE[1]]],
        "category": ["lighting", "lighting.lamp_out"],
    }


def test_changing_nothing_makes_no_new_version(client_of: ClientOf) -> None:
    made = registered(client_of("officer"))
    same = {"text": made["properties"]["text"], "lon": made["geometry"]["coordinates"][0], "answers": {}}
    for body in ({}, same):
        answer = client_of("officer").patch(path_of(made), json=body, headers=seen(made))
        assert properties(answer)["version"] == 1


@pytest.mark.parametrize("if_match", [None, "", "*", '"1"', 'W/"1"', '"3"', '"abc"', "x", "٢", '"1", "3"', "9" * 5000])
def test_who_does_not_know_the_present_state_is_told_it_and_overwrites_nothing(
    client_of: ClientOf, if_match: str | None
) -> None:
    officer, coordinator = client_of("officer"), client_of("coordinator")
    made = registered(officer)
    officer.patch(path_of(made), json={"text": "Alla lyktstolpar är släckta"}, headers=seen(made))
    given: dict[str, Any] = {} if if_match is None else {"If-Match": if_match.encode()}
    refused = coordinator.patch(path_of(made), json={"text": "Ingen lampa lyser"}, headers=given)
    fault(refused, 412)
    assert refused.json()["current"]["properties"]["text"] == "Alla lyktstolpar är släckta"
    assert refused.headers["etag"] == '"2"'
    now = officer.get(path_of(made)).json()
    assert (now["properties"]["version"], len(now["history"])) == (2, 2)
    mended = coordinator.patch(
        path_of(made), json={"text": "Ingen lampa lyser"}, headers={"If-Match": refused.headers["etag"]}
    )
    assert properties(mended)["version"] == 3


def test_of_two_who_change_at_once_one_wins_and_the_other_is_told(client_of: ClientOf, app: FastAPI) -> None:
    made, start = registered(client_of("officer")), Barrier(2)

    def change(person: str) -> tuple[int, dict[str, Any]]:
        headers = seen(made) | {"Authorization": client_of(person).headers["Authorization"]}
        with TestClient(app, base_url="http://127.0.0.1") as client:
            start.wait()
            answer = client.patch(path_of(made), json={"text": f"Sagt av {person}"}, headers=headers)
            return answer.status_code, answer.json()

    client_of("coordinator")
    with ThreadPoolExecutor(2) as threads:
        (won, state), (lost, told) = sorted(threads.map(change, ["officer", "coordinator"]), key=lambda a: a[0])
    assert (won, lost) == (200, 412)
    assert told["current"] == state
    now = client_of("officer").get(path_of(made)).json()
    assert now["properties"] == state["properties"]
    assert len(now["history"]) == 2


def test_a_withdrawal_takes_the_words_and_leaves_a_tombstone(client_of: ClientOf, superuser: Engine) -> None:
    officer = client_of("officer")
    made = registered(officer, text="Klotter på gaveln vid skolan")
    changed = officer.patch(path_of(made), json={"text": "Klotter på muren vid skolan"}, headers=seen(made))
    client_of("coordinator").post(path_of(made, "answer"), json={"reply": "Muren saneras på fredag"})
    gone = officer.post(path_of(made, "withdrawal"), json={"reason": "wrong_place"})
    assert properties(gone) | {"status": "withdrawn", "text": "", "reply": "", "answers": {}} == properties(gone)
    assert gone.json()["geometry"] == changed.json()["geometry"]
    read = officer.get(path_of(made)).json()
    assert [(line["action"], line["changes"]) for line in read["history"]] == [
        (action, {}) for action in ("register", "amend", "answer", "withdraw")
    ]
    listed = officer.get(URL, params={"limit": 10000}).json()["features"]
    assert made["id"] not in [f["id"] for f in listed]
    with superuser.connect() as connection:
        for table in ("deviations", "deviation_history", "journal"):
            words = connection.scalar(text(f"SELECT string_agg(t::text, ' ') FROM {table} t"))
            assert not any(said in words for said in ("gaveln vid skolan", "muren vid skolan", "saneras på fredag"))


def test_what_is_withdrawn_cannot_be_changed_any_more(client_of: ClientOf) -> None:
    officer, coordinator = client_of("officer"), client_of("coordinator")
    made = registered(officer)
    gone = officer.post(path_of(made, "withdrawal"), json={}).json()
    fault(officer.patch(path_of(made), json={"text": "Ändå"}, headers=seen(gone)), 409)
    fault(officer.post(path_of(made, "withdrawal"), json={}), 409)
    fault(officer.post(path_of(made, "undo")), 409)
    fault(coordinator.post(path_of(made, "look-at")), 409)
    fault(coordinator.post(path_of(made, "answer"), json={"reply": "Tack"}), 409)


def test_undo_takes_back_within_ten_minutes_and_not_after(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    officer, early, late = client_of("officer"), registered(client_of("officer")), registered(client_of("officer"))
    fault(client_of("landlord").post(path_of(early, "undo")), 403)
    assert properties(officer.post(path_of(early, "undo")))["status"] == "withdrawn"
    then = clock.now() + timedelta(minutes=10, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: then)
    fault(officer.post(path_of(late, "undo")), 409)
    assert properties(officer.get(path_of(late)))["status"] == "new"


def test_same_as_leaves_one_in_the_list_and_looking_at_it_takes_that_back(client_of: ClientOf) -> None:
    coordinator = client_of("coordinator")
    one, other = registered(client_of("officer")), registered(client_of("landlord"))
    merged = coordinator.post(path_of(one, "same-as"), json={"other": other["properties"]["nr"]})
    assert properties(merged)["status"] == "same_as"
    assert coordinator.get(URL, params={"status": "same_as"}).json()["features"][0]["id"] == one["id"]
    assert properties(coordinator.post(path_of(one, "look-at")))["status"] == "looked_at"
    itself = coordinator.post(path_of(one, "same-as"), json={"other": one["id"]})
    assert fault(itself, 422)["field"] == "same_as"
    assert fault(coordinator.post(path_of(one, "same-as"), json={"other": "7"}), 404)["value"] == "7"


def test_two_that_are_said_to_be_each_other_at_once_do_not_both_vanish(client_of: ClientOf, app: FastAPI) -> None:
    pair, start = [registered(client_of("officer")), registered(client_of("officer"))], Barrier(2)
    token = client_of("coordinator").headers["Authorization"]

    def merge(which: int) -> int:
        with TestClient(app, base_url="http://127.0.0.1") as client:
            start.wait()
            address, other = path_of(pair[which], "same-as"), pair[1 - which]["id"]
            return client.post(address, json={"other": other}, headers={"Authorization": token}).status_code

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(merge, [0, 1])) == [200, 409]


def test_the_forum_looks_at_a_deviation_and_answers_the_reporter(client_of: ClientOf) -> None:
    coordinator, made = client_of("coordinator"), registered(client_of("landlord"))
    fault(client_of("landlord").post(path_of(made, "look-at")), 403)
    assert properties(coordinator.post(path_of(made, "look-at")))["status"] == "looked_at"
    fault(client_of("landlord").post(path_of(made, "answer"), json={"reply": "Klart"}), 403)
    answered = coordinator.post(path_of(made, "answer"), json={"reply": "Lamporna byttes den 3 maj"})
    assert properties(answered)["status"] == "answered"
    assert properties(client_of("landlord").get(path_of(made)))["reply"] == "Lamporna byttes den 3 maj"
    assert fault(coordinator.post(path_of(made, "answer"), json={"reply": "  "}), 422)["field"] == "reply"


def test_the_list_says_of_a_row_what_its_own_address_says_whatever_is_written_in_it(client_of: ClientOf) -> None:
    officer, words = (
        client_of("officer"),
        'Skylten "Stopp" \\ är\tböjd:\r\nså <b>snett</b> 🚧 \u2028 {"type":"Feature"} %s :a \x7f\x01',
    )
    answers = {"lamps": 3, "dark": "gloomy"}
    made = registered(officer, text=words, answers=answers, occurred_from="2019-12-31T23:59:59.120000Z")
    written = next(f for f in officer.get(URL, params={"limit": 10_000}).json()["features"] if f["id"] == made["id"])
    assert (written["properties"]["text"], written["properties"]["answers"]) == (words, answers)
    assert written["properties"]["occurred_from"] == "2019-12-31T23:59:59.12Z"
    alone = officer.get(path_of(made)).json()
    del alone["history"]
    assert written == alone == made


def test_one_partner_registers_for_another(client_of: ClientOf, lasting: World) -> None:
    walkers = lasting.organisations["Nattvandrarna"]
    made = registered(client_of("landlord"), on_behalf_of=str(walkers))
    assert made["properties"]["organisation"] == str(walkers)
    assert made["properties"]["on_behalf"] is True
    unknown = client_of("landlord").post(URL, json=new(on_behalf_of=str(uuid4())))
    assert fault(unknown, 404)["field"] == "on_behalf_of"


def test_something_alike_close_by_is_found(client_of: ClientOf) -> None:
    at = {"lon": 18.12, "lat": 59.25}
    made = registered(client_of("officer"), **at, category="litter")
    query = {"lon": "18.1201", "lat": "59.25", "category": "litter", "occurred_from": clock.now().isoformat()}
    found = client_of("landlord").get(f"{URL}/alike", params=query).json()
    assert [f["id"] for f in found["features"]] == [made["id"]]
    far = client_of("landlord").get(f"{URL}/alike", params=query | {"lon": "18.14"}).json()
    assert far["features"] == []


@pytest.mark.parametrize(("path", "model"), [("", Collection), ("/{id}", FeatureWithHistory)])
def test_answers_are_as_the_description_says(client_of: ClientOf, path: str, model: type[BaseModel]) -> None:
    made = registered(client_of("officer"))
    Feature.model_validate(made)
    model.model_validate(client_of("officer").get(URL + path.format(id=made["id"])).json())


def test_refusals_are_as_the_description_says(client_of: ClientOf) -> None:
    Problem.model_validate(client_of("officer").post(URL, json=new(lon=None, lat="x")).json())
