"""Meetings over HTTP: cycle, plan, agenda, decisions, refusals, and what calendars make of the invitation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import icalendar
import pytest
import vobject
from fastapi.testclient import TestClient
from httpx2 import Response

from forum.foundation import clock
from tests.api.conftest import ClientOf, check_refusal, registered
from tests.builders import CENTRE, World

MEETINGS = "/api/v1/forums/farsta/meetings"
DAYS = count(1)
"""Each meeting of these tests has a day of its own."""


@pytest.fixture
def chair(lasting: World) -> str:
    return str(lasting.organisations["Stadsdelsförvaltningen"])


def planned(client: TestClient, chair: str, **more: Any) -> dict[str, Any]:
    day = clock.now() - timedelta(days=next(DAYS))
    body = {"starts_at": f"{day:%Y-%m-%d}T09:00", "chair": chair} | more
    answer = client.post(MEETINGS, json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def opened(client: TestClient, chair: str) -> dict[str, Any]:
    meeting = planned(client, chair)
    answer = client.post(f"{MEETINGS}/{meeting['day']}/opening")
    assert answer.status_code == 200, answer.text
    return meeting


def item_of(client: TestClient, meeting: dict[str, Any], **more: Any) -> tuple[str, dict[str, Any]]:
    """Return the address of an item that was added, and the item."""
    answer = client.post(f"{MEETINGS}/{meeting['day']}/items", json={"title": "Grindarna"} | more)
    assert answer.status_code == 201, answer.text
    return f"{MEETINGS}/{meeting['day']}/items/{answer.json()['id']}", answer.json()


def place_of(client: TestClient, **more: Any) -> dict[str, Any]:
    body = {"name": "Gångvägen", "geometry": {"type": "Point", "coordinates": CENTRE}, "radius_m": 60} | more
    made: dict[str, Any] = client.post("/api/v1/forums/farsta/places", json=body).json()
    return made


def test_the_cycle_is_set_and_the_next_days_follow(client_of: ClientOf, chair: str) -> None:
    coordinator = client_of("coordinator")
    rule = {"every": "fortnight", "weekday": 2, "at": "13:30", "minutes": 45, "chair": chair}
    answer = coordinator.put(f"{MEETINGS}/cycle", json=rule)
    assert answer.status_code == 200, answer.text
    read = client_of("teacher").get(f"{MEETINGS}/cycle").json()
    assert (read["every"], read["at"], len(read["days"])) == ("fortnight", "13:30:00", 6)
    assert {datetime.fromisoformat(day).isoweekday() for day in read["days"]} == {2}
    check_refusal(coordinator.put(f"{MEETINGS}/cycle", json=rule | {"weekday": 9}), "weekday")
    check_refusal(client_of("officer").put(f"{MEETINGS}/cycle", json=rule), "")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"starts_at": "i morgon"}, "starts_at"), ({"starts_at": "2023-03-26T02:30"}, "starts_at"),
        ({"starts_at": "2023-10-29T02:30"}, "starts_at"), ({"minutes": 3}, "minutes"), ({"chair": None}, "chair"),
        ({"room": "x"}, "room"),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_is_refused_by_its_field(
    client_of: ClientOf, chair: str, change: dict[str, Any], field: str
) -> None:
    body = {"starts_at": "2023-10-18T09:00", "chair": chair} | change
    check_refusal(client_of("coordinator").post(MEETINGS, json=body), field)


def test_who_moves_a_meeting_says_which_version_they_saw(client_of: ClientOf, chair: str) -> None:
    coordinator = client_of("coordinator")
    meeting = planned(coordinator, chair)
    address = f"{MEETINGS}/{meeting['id']}"
    body = {"starts_at": meeting["starts_at"], "chair": chair, "location": "Folkets hus"}
    assert coordinator.put(address, json=body).status_code == 412
    moved = coordinator.put(address, json=body, headers={"If-Match": '"1"'})
    assert (moved.json()["sequence"], moved.json()["location"], moved.headers["etag"]) == (1, "Folkets hus", '"2"')
    stale = client_of("administrator").put(address, json=body, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["current"]) == (412, {"version": 2})


def events(answer: Response) -> tuple[Any, Any]:
    """Return the one event of a calendar file as two independent libraries read it."""
    assert answer.headers["content-type"].startswith("text/calendar")
    (one,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    return one, vobject.readOne(answer.text)


def test_two_calendar_libraries_take_invitation_update_and_recall(client_of: ClientOf, chair: str) -> None:
    coordinator = client_of("coordinator")
    meeting = planned(coordinator, chair, starts_at="2031-03-26T09:00", location="Folkets hus, sal 2; ovanpå")
    address = f"{MEETINGS}/{meeting['day']}"
    told = []
    for step in (None, "move", "cancel"):
        if step == "move":
            body = {"starts_at": "2031-04-02T09:00", "chair": chair, "location": "Skolan"}
            coordinator.put(address, json=body, headers={"If-Match": '"1"'})
            address = f"{MEETINGS}/2031-04-02"
        if step == "cancel":
            assert coordinator.post(f"{address}/cancellation", json={"reason": "Sjukdom"}).status_code == 200
        one, other = events(client_of("teacher").get(f"{address}/invitation.ics"))
        assert str(one["uid"]) == other.vevent.uid.value
        assert one["dtstart"].dt == other.vevent.dtstart.value
        told.append((str(one["uid"]), one["sequence"], one["dtstart"].dt.astimezone(UTC), str(one["location"]),
                     other.method.value, str(one["status"])))  # fmt: skip
    first = "Folkets hus, sal 2; ovanpå"
    assert [each[1:] for each in told] == [
        (0, datetime(2031, 3, 26, 8, tzinfo=UTC), first, "REQUEST", "CONFIRMED"),  # standard time
        (1, datetime(2031, 4, 2, 7, tzinfo=UTC), "Skolan", "REQUEST", "CONFIRMED"),  # summer time, the same hour
        (2, datetime(2031, 4, 2, 7, tzinfo=UTC), "Skolan", "CANCEL", "CANCELLED"),
    ]
    assert len({each[0] for each in told}) == 1


def test_the_agenda_is_computed_before_and_kept_after_the_opening(client_of: ClientOf, chair: str) -> None:
    coordinator = client_of("coordinator")
    meeting = planned(coordinator, chair)
    _, item = item_of(client_of("landlord"), meeting)
    address = f"{MEETINGS}/{meeting['day']}"
    before = coordinator.get(f"{address}/agenda").json()
    assert item["id"] in [point["id"] for point in before["points"]]
    keys = [point["key"] for point in before["points"]]
    arranged = {"order": keys[::-1], "minutes": {item["key"]: 12}}
    after = coordinator.put(f"{address}/agenda", json=arranged)
    assert [point["key"] for point in after.json()["points"] if point["visibility"] == "forum"][: len(keys)] != []
    assert {p["key"]: p["minutes"] for p in after.json()["points"]}[item["key"]] == 12
    check_refusal(coordinator.put(f"{address}/agenda", json={"order": ["place:1"]}), "order")
    check_refusal(coordinator.put(f"{address}/agenda", json={"minutes": {item["key"]: 0}}), "minutes")
    check_refusal(client_of("officer").put(f"{address}/agenda", json=arranged), "")
    assert coordinator.post(f"{address}/opening").status_code == 200
    kept = coordinator.get(f"{address}/agenda").json()["points"]
    assert all(point["id"] for point in kept)
    check_refusal(coordinator.put(f"{address}/agenda", json=arranged), "status")
    check_refusal(coordinator.post(f"{address}/opening"), "status")


def test_a_decision_in_one_line_is_read_back_and_becomes_a_measure(client_of: ClientOf, chair: str) -> None:
    coordinator = client_of("coordinator")
    meeting = opened(coordinator, chair)
    place = place_of(coordinator)
    address, _ = item_of(coordinator, meeting, place=str(place["properties"]["nr"]))
    line = "Bostadsbolaget, belysning på gångvägen, om 3 veckor"
    read = coordinator.get(f"{MEETINGS}/{meeting['day']}/line", params={"line": line}).json()
    assert read["words"] == "Belysning på gångvägen"
    made = coordinator.post(f"{address}/decisions", json={"line": line})
    assert made.status_code == 201, made.text
    measure = coordinator.get(f"/api/v1/forums/farsta/measures/{made.json()['measure']}").json()
    assert (measure["status"], measure["owner"], measure["due_on"]) == ("decided", read["owner"], read["due_on"])
    check_refusal(coordinator.post(f"{address}/decisions", json={"line": "Bostadsbolaget, belysning"}), "due_on")
    check_refusal(coordinator.post(f"{address}/decisions", json={"line": "Belysning, 15 dec"}), "owner")
    check_refusal(coordinator.post(f"{address}/decisions", json={"line": "a", "words": "b"}), "line")
    check_refusal(coordinator.post(f"{address}/decisions", json={}), "words")
    new = {"words": "Vi väntar", "replaces": made.json()["id"]}
    check_refusal(coordinator.post(f"{address}/decisions", json=new), "reason")
    assert coordinator.post(f"{address}/decisions", json=new | {"reason": "Pengarna"}).status_code == 201
    listed = coordinator.get(f"{MEETINGS}/{meeting['day']}/agenda").json()["decisions"]
    assert [(d["nr"], d["replaced_by"] is None) for d in listed] == [(1, False), (2, True)]
    chain = client_of("teacher").get(f"/api/v1/forums/farsta/measures/{measure['nr']}/chain").json()
    assert [d["words"] for d in chain["decisions"]] == ["Belysning på gångvägen", "Vi väntar"]
    assert [m["day"] for m in chain["meetings"]] == [meeting["day"]]


def test_two_who_write_one_note_lose_nothing(client_of: ClientOf, chair: str) -> None:
    coordinator, administrator = client_of("coordinator"), client_of("administrator")
    address, item = item_of(coordinator, opened(coordinator, chair))
    seen = {"If-Match": f'"{item["version"]}"'}
    assert coordinator.put(f"{address}/note", json={"note": "Det första"}, headers=seen).status_code == 200
    refused = administrator.put(f"{address}/note", json={"note": "Det andra"}, headers=seen)
    assert refused.status_code == 412
    assert coordinator.put(f"{address}/note", json={"note": "x"}).status_code == 412


def test_a_closed_meeting_decides_nothing_and_nobody_adjusts_their_own(client_of: ClientOf, chair: str) -> None:
    coordinator = client_of("coordinator")
    meeting = opened(coordinator, chair)
    address, _ = item_of(coordinator, meeting)
    here = f"{MEETINGS}/{meeting['day']}"
    people = {chair: 2}
    assert coordinator.put(f"{here}/attendance", json={"people": people}).json()["attendance"] == people
    check_refusal(coordinator.put(f"{here}/attendance", json={"people": {"polisen": 1}}), "people")
    check_refusal(coordinator.put(f"{here}/attendance", json={"people": {chair: -1}}), "people")
    check_refusal(coordinator.put(f"{address}/status", json={"status": "escalated"}), "reason")
    up = coordinator.put(f"{address}/status", json={"status": "escalated", "reason": "Kräver pengar"})
    assert up.json()["status"] == "escalated"
    assert coordinator.post(f"{address}/shown").status_code == 200
    assert coordinator.post(f"{here}/closing").status_code == 200
    check_refusal(coordinator.post(f"{address}/decisions", json={"words": "För sent"}), "status")
    check_refusal(coordinator.post(f"{here}/adjustment"), "member")
    assert client_of("officer").post(f"{here}/adjustment").json()["status"] == "adjusted"
    read = client_of("teacher").get(here).json()
    assert set(read["signed"]) == {"wrote", "adjusted"}
    assert client_of("teacher").get(f"{here}/minutes/forum.pdf").status_code == 404  # not sealed yet


@pytest.fixture
def annexed(client_of: ClientOf, chair: str) -> tuple[dict[str, Any], str, str]:
    """Return a meeting with an item and a decision for authorities alone, and their words."""
    coordinator = client_of("coordinator")
    meeting = opened(coordinator, chair)
    address, item = item_of(coordinator, meeting, title="Spaningen vid torget", visibility="authorities")
    made = coordinator.post(f"{address}/decisions", json={"words": "Spaningen går vidare"}).json()
    return meeting, item["id"], made["id"]


@pytest.mark.parametrize("person", ["landlord", "walker", "teacher"])
def test_the_annex_leaves_no_trace_for_others(
    client_of: ClientOf, annexed: tuple[dict[str, Any], str, str], person: str
) -> None:
    meeting, item, decision = annexed
    client, here = client_of(person), f"{MEETINGS}/{meeting['day']}"
    for path in ("", "/agenda", "/chain", "/invitation.ics"):
        told = client.get(here + path).text
        assert "paning" not in told
        assert item not in told
        assert decision not in told
    assert client_of("officer").get(f"{here}/agenda").text.count("Spaningen") == 2
    hidden = client.put(f"{here}/items/{item}/note", json={"note": "x"}, headers={"If-Match": '"1"'})
    absent = client.put(f"{here}/items/{meeting['id']}/note", json={"note": "x"}, headers={"If-Match": '"1"'})
    assert (hidden.status_code, hidden.json()["detail"]) == (absent.status_code, absent.json()["detail"]) == (
        404, absent.json()["detail"],
    )  # fmt: skip


def test_an_item_is_found_under_its_own_meeting_only(client_of: ClientOf, chair: str) -> None:
    coordinator = client_of("coordinator")
    first, second = opened(coordinator, chair), opened(coordinator, chair)
    address, _ = item_of(coordinator, first)
    elsewhere = address.replace(first["day"], second["day"])
    assert coordinator.post(f"{elsewhere}/shown").status_code == 404
    for reference in ("2001-01-01", "nu", "00000000-0000-0000-0000-000000000000", "1"):
        assert coordinator.get(f"{MEETINGS}/{reference}").status_code == 404


def test_a_deviation_of_ones_own_can_be_an_item_for_nobody_else(client_of: ClientOf, chair: str) -> None:
    meeting = planned(client_of("coordinator"), chair)
    own = registered(client_of("landlord"), visibility="own")
    _, item = item_of(client_of("landlord"), meeting, title="Vår källare", deviation=own["id"])
    address = f"{MEETINGS}/{meeting['day']}/agenda"
    for who in ("landlord", "officer"):  # the agenda is for the forum, and the forum does not see it
        assert item["id"] not in client_of(who).get(address).text
