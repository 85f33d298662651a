"""Places over HTTP: made, read, changed, linked, and answered alike where they are hidden or absent."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import URL as DEVIATIONS
from tests.api.conftest import ClientOf, new, registered
from tests.builders import CENTRE

URL = DEVIATIONS.replace("deviations", "places")
MEASURES = DEVIATIONS.replace("deviations", "measures")
POINT = {"type": "Point", "coordinates": list(CENTRE)}


def place(client: TestClient, **changes: Any) -> dict[str, Any]:
    """Return a place that was just made."""
    answer = client.post(URL, json={"name": "Gångvägen", "geometry": POINT, "radius_m": 60} | changes)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_place_is_made_read_and_used_as_a_filter(client_of: ClientOf) -> None:
    coordinator = client_of("coordinator")
    noticed = registered(client_of("officer"))
    made = place(coordinator)
    nr = made["properties"]["nr"]
    assert made["geometry"] == POINT
    assert client_of("teacher").get(f"{URL}/{nr}").json()["id"] == made["id"]
    listed = coordinator.get(f"{DEVIATIONS}?place={nr}&limit=1000").json()
    assert noticed["id"] in {feature["id"] for feature in listed["features"]}
    assert listed["numberMatched"] == coordinator.get(f"{URL}/{nr}").json()["properties"]["deviations"]
    assert nr in {feature["properties"]["nr"] for feature in coordinator.get(URL).json()["features"]}


def test_tiles_and_files_of_a_place_hold_its_rows(client_of: ClientOf) -> None:
    coordinator = client_of("coordinator")
    noticed = registered(client_of("officer"))
    nr = place(coordinator)["properties"]["nr"]
    assert noticed["id"] in coordinator.get(f"{DEVIATIONS}.csv?place={nr}").text
    assert coordinator.get(f"{URL.replace('places', 'tiles')}/0/0/0.mvt?place={nr}").content


@pytest.mark.parametrize(
    ("geometry", "field"),
    [
        ({}, "geometry"),
        ({"type": "Point"}, "geometry"),
        ({"type": "Point", "coordinates": []}, "geometry"),
        ({"type": "Point", "coordinates": ["a", "b"]}, "lon"),
        ({"type": "Point", "coordinates": [181, 59]}, "lon"),
        ({"type": "Point", "coordinates": [True, 59]}, "lon"),
        ({"type": "LineString", "coordinates": [[18.09, 59.24]]}, "geometry"),
        ({"type": "Polygon", "coordinates": [[[18.09, 59.24], [18.1, 59.24]]]}, "geometry"),
        ({"type": "GeometryCollection", "geometries": [POINT]}, "geometry"),
        ({"type": "Polygon", "coordinates": [[[[[[18.09, 59.24]]]]]]}, "geometry"),
    ],
)
def test_what_is_no_geometry_is_named(client_of: ClientOf, geometry: dict[str, Any], field: str) -> None:
    answer = client_of("coordinator").post(URL, json={"name": "Torget", "geometry": geometry, "radius_m": 50})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_a_change_names_the_version_that_it_changes(client_of: ClientOf) -> None:
    coordinator = client_of("coordinator")
    made = place(coordinator)
    one = f"{URL}/{made['id']}"
    said = {"name": "Gångvägen mot torget", "geometry": POINT, "radius_m": 80}
    assert coordinator.put(one, json=said).status_code == 412
    assert coordinator.put(one, json=said, headers={"If-Match": '"1"'}).json()["properties"]["version"] == 2
    stale = coordinator.put(one, json=said, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert coordinator.get(one).headers["etag"] == '"2"'


def test_a_hand_puts_and_takes(client_of: ClientOf) -> None:
    coordinator = client_of("coordinator")
    made = place(coordinator, geometry={"type": "Point", "coordinates": [18.06, 59.23]})
    other = registered(client_of("officer"))
    links, nr = f"{URL}/{made['id']}/links", made["properties"]["nr"]
    assert coordinator.post(links, json={"deviation": other["id"]}).json()["properties"]["deviations"] == 1
    chain = coordinator.get(f"{DEVIATIONS}/{other['id']}/chain").json()
    assert nr in {link["nr"] for link in chain["places"]}
    sent = {"deviation": other["properties"]["nr"], "here": False}
    assert coordinator.post(links, json=sent).json()["properties"]["deviations"] == 0


def test_closed_merged_and_split_over_http(client_of: ClientOf) -> None:
    coordinator = client_of("coordinator")
    first, second, third = (place(coordinator) for _ in range(3))
    one, two, three = (f"{URL}/{made['id']}" for made in (first, second, third))
    assert coordinator.post(f"{one}/close", json={"reason": ""}).json()["errors"][0]["field"] == "reason"
    assert coordinator.post(f"{one}/close", json={"reason": "Lugnt"}).json()["properties"]["status"] == "closed"
    assert coordinator.post(f"{one}/reopen", json={"reason": "Igen"}).json()["properties"]["status"] == "open"
    into = {"into": second["properties"]["nr"], "reason": "Samma gångväg"}
    assert coordinator.post(f"{one}/merge", json=into).json()["id"] == second["id"]
    assert coordinator.get(one).json()["properties"]["into"] == second["id"]
    parts = [{"name": name, "geometry": POINT, "radius_m": 30} for name in ("Norra", "Södra")]
    made = coordinator.post(f"{three}/split", json={"parts": parts, "reason": "Olika orsaker"}).json()["features"]
    assert {feature["properties"]["origin"] for feature in made} == {third["id"]}
    assert coordinator.get(two).json()["properties"]["status"] == "open"
    assert coordinator.get(f"{URL}?status=merged&status=split").json()["features"] != []


def test_an_analysis_is_written_in_parts(client_of: ClientOf) -> None:
    coordinator = client_of("coordinator")
    cause = f"{URL}/{place(coordinator)['id']}/cause"
    first = coordinator.put(cause, json={"hypothesis": "Mörkret"})
    assert (first.status_code, first.json()["version"]) == (200, 1)
    assert coordinator.put(cause, json={"limits": "Få anmälningar"}).status_code == 412
    second = coordinator.put(cause, json={"limits": "Få anmälningar"}, headers={"If-Match": first.headers["etag"]})
    assert (second.json()["hypothesis"], second.json()["limits"]) == ("Mörkret", "Få anmälningar")
    assert client_of("officer").put(cause, json={"hypothesis": "x"}, headers={"If-Match": '"2"'}).status_code == 403


def test_the_whole_chain_over_http(client_of: ClientOf) -> None:
    coordinator, landlord = client_of("coordinator"), client_of("landlord")
    noticed = registered(client_of("officer"))
    hidden = registered(client_of("officer"), visibility="authorities")
    at = place(coordinator)
    coordinator.put(f"{URL}/{at['id']}/cause", json={"hypothesis": "Mörkret"})
    owner = {o["name"]: o["id"] for o in coordinator.get(URL.replace("places", "organisations")).json()}
    sent = {"place": at["properties"]["nr"], "title": "Byt lampor", "owner": owner["Bostadsbolaget"]}
    sent |= {"due_on": "2030-01-01", "answers": [noticed["id"], hidden["properties"]["nr"]]}
    measure = coordinator.post(MEASURES, json=sent).json()
    one = f"{MEASURES}/{measure['nr']}"
    for who, step in ((coordinator, "decide"), (landlord, "accept"), (landlord, "start"), (landlord, "carry_out")):
        assert who.post(f"{one}/steps", json={"step": step}).status_code == 200, step
    seen = {"outcome": "works", "note": "Ljust hela vägen"}
    assert coordinator.post(f"{one}/follow-ups", json=seen).json()["status"] == "followed_up"
    whole = landlord.get(one).json()
    assert [step["action"] for step in whole["steps"]] == [
        "create", "decide", "accept", "start", "carry_out", "follow_up",
    ]  # fmt: skip
    chain = landlord.get(f"{one}/chain").json()
    assert [link["id"] for link in chain["deviations"]] == [noticed["id"]]
    assert [link["hypothesis"] for link in chain["causes"]] == ["Mörkret"]
    assert [link["note"] for link in chain["follow_ups"]] == ["Ljust hela vägen"]
    assert hidden["id"] not in landlord.get(f"{URL}/{at['id']}/chain").text
    both = {link["id"] for link in client_of("officer").get(f"{one}/chain").json()["deviations"]}
    assert both == {noticed["id"], hidden["id"]}
    back = landlord.get(f"{DEVIATIONS}/{noticed['id']}/chain").json()
    assert measure["id"] in {link["id"] for link in back["measures"]}


def test_hidden_places_and_measures_are_answered_like_absent_ones(client_of: ClientOf) -> None:
    coordinator, landlord = client_of("coordinator"), client_of("landlord")
    hidden = place(coordinator, visibility="authorities")
    owner = coordinator.get(URL.replace("places", "organisations")).json()[0]["id"]
    sent = {"place": hidden["id"], "title": "Spaning", "owner": owner, "due_on": "2030-01-01"}
    measure = coordinator.post(MEASURES, json=sent | {"visibility": "authorities"}).json()
    absent = "00000000-0000-4000-8000-000000000000"
    for base, thing, steps in (
        (URL, hidden, ("", "/chain")),
        (MEASURES, measure, ("", "/chain")),
    ):
        for step in steps:
            told = {landlord.get(f"{base}/{reference}{step}").content for reference in (thing["id"], absent)}
            assert len(told) == 1
            assert landlord.get(f"{base}/{thing['id']}{step}").status_code == 404
    assert "Spaning" not in landlord.get(MEASURES).text
    assert landlord.get(f"{DEVIATIONS}?place={hidden['properties']['nr']}").status_code == 404


def test_what_a_measure_lacks_is_named_over_http(client_of: ClientOf) -> None:
    coordinator = client_of("coordinator")
    at = place(coordinator)
    answer = coordinator.post(MEASURES, json={"place": at["id"], "title": "Byt lampor"})
    assert [error["field"] for error in answer.json()["errors"]] == ["owner", "due_on"]
    assert coordinator.get(f"{MEASURES}?place={at['id']}").json() == {"measures": []}


def test_the_list_of_what_is_not_fixed_and_the_catalogue(client_of: ClientOf) -> None:
    coordinator = client_of("coordinator")
    at = place(coordinator)
    owner = coordinator.get(URL.replace("places", "organisations")).json()[0]["id"]
    sent = {"place": at["id"], "title": "Beskär häcken", "owner": owner, "due_on": "2020-01-01"}
    late = coordinator.post(MEASURES, json=sent | {"catalogue_code": "pruning"}).json()
    assert late["overdue"] is True
    assert late["id"] in {m["id"] for m in coordinator.get(f"{MEASURES}/not-fixed").json()["measures"]}
    done = {"step": "hand_over", "handed_to": "Felanmälan", "reference": "A-1", "reason": "Deras häck"}
    assert coordinator.post(f"{MEASURES}/{late['id']}/steps", json=done).json()["reference"] == "A-1"
    assert late["id"] in {m["id"] for m in coordinator.get(f"{MEASURES}/not-fixed").json()["measures"]}
    assert "pruning" in {kind["code"] for kind in coordinator.get(f"{MEASURES}/catalogue").json()}
    terms = {name: value for name, value in sent.items() if name != "place"}
    changed = coordinator.put(f"{MEASURES}/{late['id']}", json=terms, headers={"If-Match": '"2"'})
    assert changed.status_code == 409


def test_a_place_that_is_not_seen_is_no_filter(client_of: ClientOf) -> None:
    for value, status in (("100001", 404), ("7", 422), ("abc", 422)):
        answer = client_of("walker").get(f"{DEVIATIONS}?place={value}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, "place")


def test_nothing_new_is_put_to_a_hidden_deviation(client_of: ClientOf) -> None:
    at = place(client_of("coordinator"))
    hidden = client_of("landlord").post(DEVIATIONS, json=new(visibility="own")).json()
    sent = {"deviation": hidden["id"]}
    assert client_of("coordinator").post(f"{URL}/{at['id']}/links", json=sent).status_code == 404
