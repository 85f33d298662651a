"""Bad input over HTTP: named by field, value and remedy in the reader's language, and nothing is changed by it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from fastapi import FastAPI

from tests.api.conftest import URL, ClientOf, Counts, check_refusal, new, path_of, registered, seen
from tests.builders import CENTRE

MEGABYTE = "å" * 500_000
DEEP = b"[" * 100_000 + b"]" * 100_000

VALUES: dict[str, tuple[dict[str, Any], str]] = {
    "swapped": ({"lon": CENTRE[1], "lat": CENTRE[0]}, "lon"),
    "longitude is not a number": ({"lon": float("nan")}, "lon"),
    "latitude is infinite": ({"lat": float("inf")}, "lat"),
    "latitude is infinite to the south": ({"lat": float("-inf")}, "lat"),
    "longitude beyond the globe": ({"lon": 180.1}, "lon"),
    "huge longitude": ({"lon": 1e308}, "lon"),
    "longitude without end": ({"lon": 10**400}, "lon"),
    "metres of SWEREF": ({"lon": 674032, "lat": 6580822}, "lon"),
    "the pole": ({"lat": 90}, "lat"),
    "a number in quotation marks": ({"lon": "18.09"}, "lon"),
    "a truth for a number": ({"lat": True}, "lat"),
    "nothing for a number": ({"lon": None}, "lon"),
    "a list for a number": ({"lat": [59.2]}, "lat"),
    "null island": ({"lon": 0, "lat": 0}, "position"),
    "a mile outside": ({"lon": 18.2}, "position"),
    "accuracy of nothing": ({"accuracy_m": 0}, "accuracy_m"),
    "accuracy below nothing": ({"accuracy_m": -25}, "accuracy_m"),
    "accuracy of a county": ({"accuracy_m": 5001}, "accuracy_m"),
    "accuracy is not a number": ({"accuracy_m": float("nan")}, "accuracy_m"),
    "accuracy in words": ({"accuracy_m": "25"}, "accuracy_m"),
    "accuracy is a truth": ({"accuracy_m": True}, "accuracy_m"),
    "year 0": ({"occurred_from": "0000-01-01T00:00"}, "occurred_from"),
    "year 1": ({"occurred_from": "0001-01-01T00:00"}, "occurred_from"),
    "year 9999": ({"occurred_from": "9999-12-31T23:59"}, "occurred_from"),
    "beyond the calendar": ({"occurred_from": "9999-12-31T23:59-10:00"}, "occurred_from"),
    "tomorrow year": ({"occurred_from": "2126-01-01T00:00"}, "occurred_from"),
    "no such day": ({"occurred_from": "2023-02-29T12:00"}, "occurred_from"),
    "a day without a time": ({"occurred_from": "2023-10-26"}, "occurred_from"),
    "seconds since 1970": ({"occurred_from": 1698337800}, "occurred_from"),
    "the hour that never was": ({"occurred_from": "2026-03-29T02:30"}, "occurred_from"),
    "the hour that was twice": ({"occurred_from": "2026-10-25T02:30"}, "occurred_from"),
    "half a character in a time": ({"occurred_from": "2023-10-26T18:30\ud800"}, "occurred_from"),
    "an end before the beginning": (
        {"occurred_from": "2023-10-26T18:30", "occurred_to": "2023-10-26T18:29"},
        "occurred_to",
    ),
    "two years long": ({"occurred_from": "2021-10-26T18:30", "occurred_to": "2023-10-26T18:30"}, "occurred_to"),
    "an unknown category": ({"category": "ufo"}, "category"),
    "half a character in a category": ({"category": "\udfff"}, "category"),
    "a NUL in a category": ({"category": "lighting\0"}, "category"),
    "an unknown visibility": ({"visibility": "everybody"}, "visibility"),
    "a NUL in the text": ({"text": "Trasig\0lampa"}, "text"),
    "half a character in the text": ({"text": "Trasig \ud83d lampa"}, "text"),
    "a text too long": ({"text": "Lampan är trasig. " * 120}, "text"),
    "a list for a text": ({"text": ["Trasig lampa"]}, "text"),
    "nothing for a text": ({"text": None}, "text"),
    "a person": ({"text": "En man med 19811218-9876 i portgången"}, "text"),
    "answers that are a list": ({"answers": ["lamps"]}, "answers"),
    "an unknown question": ({"answers": {"who": "nobody"}}, "answers.who"),
    "a NUL in an answer": ({"answers": {"where": "a\0b"}}, "answers.where"),
    "half a character in an answer": ({"answers": {"where": "\udc00"}}, "answers.where"),
    "half a character in a question": ({"answers": {"\ud800": "a"}}, "answers"),
    "a list for an answer": ({"answers": {"where": [1]}}, "answers.where"),
    "a number without end for an answer": ({"answers": {"lamps": 10**30}}, "answers.lamps"),
    "not a number for an answer": ({"answers": {"lamps": float("nan")}}, "answers.lamps"),
    "an id that is none": ({"id": "7"}, "id"),
    "an id that is a number": ({"id": 7}, "id"),
    "half a character in an id": ({"id": "\ud800"}, "id"),
    "an organisation that is none": ({"on_behalf_of": "Polisen"}, "on_behalf_of"),
    "an unknown field": ({"colour": "red"}, "colour"),
    "an unknown field of odd letters": ({"\ud800\0": "red"}, "body"),
    "an unknown field with a NUL": ({"a\0b": "red"}, "a\ufffdb"),
}

BODIES: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "application/json", "body"),
    "broken UTF-8": (json.dumps(new(text="X")).encode().replace(b"X", b"\xff\xfe"), "application/json", "body"),
    "Latin-1": (json.dumps(new(text="å"), ensure_ascii=False).encode("latin-1"), "application/json", "body"),
    "half a file": (json.dumps(new()).encode()[:-9], "application/json", "body"),
    "a hundred thousand brackets": (DEEP, "application/json", "body"),
    "nested objects": (b'{"a":' * 60 + b"1" + b"}" * 60, "application/json", "body"),
    "digits without end": (b'{"lon": ' + b"9" * 5000 + b"}", "application/json", "body"),
    "a field twice": (b'{"lon": 18.09, "lon": 18.1}', "application/json", "lon"),
    "a list": (b"[]", "application/json", "body"),
    "a number": (b"7", "application/json", "body"),
    "null": (b"null", "application/json", "body"),
    "a form": (b"lon=18.09&lat=59.24", "application/x-www-form-urlencoded", "Content-Type"),
    "JSON said to be text": (json.dumps(new()).encode(), "text/plain", "Content-Type"),
    "XML": (b"<deviation/>", "application/xml", "Content-Type"),
}


@pytest.mark.parametrize("case", VALUES)
def test_a_bad_value_is_refused_by_its_name_and_changes_nothing(client_of: ClientOf, counts: Counts, case: str) -> None:
    (changes, field), before = VALUES[case], counts()
    body = json.dumps(new(**changes)).encode()
    headers = {"Content-Type": "application/json"}
    swedish = client_of("officer").post(URL, content=body, headers=headers)
    english = client_of("officer").post(URL, content=body, headers=headers | {"Accept-Language": "en"})
    for answer in (swedish, english):
        check_refusal(answer, field)
    assert swedish.json()["errors"][0]["message"] != english.json()["errors"][0]["message"]
    assert swedish.json()["errors"][0]["remedy"] != english.json()["errors"][0]["remedy"]
    assert counts() == before


@pytest.mark.parametrize(
    "case", [name for name, (changes, _) in VALUES.items() if changes.keys() <= new().keys() - {"id"}]
)
def test_a_bad_value_is_refused_in_an_amendment_too(client_of: ClientOf, counts: Counts, case: str) -> None:
    made = registered(client_of("officer"))
    (changes, field), before = VALUES[case], counts()
    headers = seen(made) | {"Content-Type": "application/json"}
    answer = client_of("officer").patch(path_of(made), content=json.dumps(changes).encode(), headers=headers)
    check_refusal(answer, field)
    assert client_of("officer").get(path_of(made)).json()["properties"] == made["properties"]
    assert counts() == before


@pytest.mark.parametrize("case", BODIES)
def test_a_body_that_is_not_what_is_asked_for_is_refused(client_of: ClientOf, counts: Counts, case: str) -> None:
    (body, kind, field), before = BODIES[case], counts()
    answer = client_of("officer").post(URL, content=body, headers={"Content-Type": kind})
    check_refusal(answer, field)
    assert counts() == before


def test_everything_that_is_wrong_is_said_at_once(client_of: ClientOf) -> None:
    several = new(lon=999, accuracy_m=0, occurred_from="soon", visibility="all")
    found = client_of("officer").post(URL, json=several).json()
    assert {fault["field"] for fault in found["errors"]} == {"lon", "accuracy_m", "occurred_from", "visibility"}


def test_a_refusal_of_many_things_stays_short(client_of: ClientOf) -> None:
    answer = client_of("officer").post(URL, json=new() | {f"field{n}": n for n in range(20_000)})
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 20


def test_a_swapped_point_is_told_that_it_is_swapped(client_of: ClientOf) -> None:
    answer = client_of("officer").post(URL, json=new(lon=CENTRE[1], lat=CENTRE[0]), headers={"Accept-Language": "en"})
    assert "swapped" in answer.json()["errors"][0]["remedy"]
    assert f"lon {CENTRE[1]}, lat {CENTRE[0]}" in answer.json()["detail"]


def test_the_hour_that_never_was_names_both_neighbours(client_of: ClientOf) -> None:
    fault = client_of("officer").post(URL, json=new(occurred_from="2026-03-29T02:30")).json()["errors"][0]
    assert fault["value"] == "2026-03-29T02:30"
    assert fault["remedy"] == "Välj 01:30 eller 03:30."


def test_the_hour_that_was_twice_asks_which(client_of: ClientOf) -> None:
    officer = client_of("officer")
    fault = officer.post(URL, json=new(occurred_from="2026-10-25T02:30")).json()["errors"][0]
    assert "+02:00" in fault["remedy"]
    assert "+01:00" in fault["remedy"]
    moments = [
        registered(officer, occurred_from=f"2026-10-25T02:30{offset}")["properties"]["occurred_from"]
        for offset in ("+02:00", "+01:00")
    ]
    assert moments == ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]


@pytest.mark.parametrize(
    ("accepted", "word"),
    [
        (None, "Ingen"),
        ("en", "Sign"),
        ("en-GB;q=0.8, sv;q=0.9", "Logga"),
        ("sv;q=0.1, en;q=0.2", "Sign"),
        ("de, en;q=0.5", "Sign"),
        ("de", "Logga"),
        ("en;q=0", "Logga"),
        ("en;q=nan, sv;q=x", "Logga"),
        ("\xff;q=²,,;;", "Logga"),
    ],
)
def test_a_refusal_speaks_the_language_that_is_asked_for(client_of: ClientOf, accepted: str | None, word: str) -> None:
    headers: dict[str, Any] = {} if accepted is None else {"Accept-Language": accepted.encode("latin-1")}
    said = client_of(None).get("/api/v1/me", headers=headers).json()["detail"]
    assert said.startswith("Logga" if word == "Ingen" else word)


def test_a_megabyte_of_text_and_two_of_a_body_are_refused(client_of: ClientOf, counts: Counts) -> None:
    before, officer = counts(), client_of("officer")
    fault = officer.post(URL, content=json.dumps(new(text=MEGABYTE[:400_000]), ensure_ascii=False).encode(),
                         headers={"Content-Type": "application/json"})  # fmt: skip
    check_refusal(fault, "text")
    for answer in (officer.post(URL, json=new(text=MEGABYTE)), officer.post(URL, content=b" " * 2_000_000)):
        assert answer.status_code == 413
        assert answer.json()["errors"][0]["remedy"]
    streamed = officer.post(URL, content=iter([b" " * 100_000] * 20), headers={"Content-Type": "application/json"})
    assert streamed.status_code == 413
    lying = officer.post(URL, content=b"{}", headers={"Content-Length": "9" * 5000})
    assert lying.status_code == 413
    assert counts() == before


@pytest.mark.parametrize(
    "address", [f"{URL}/a%00b", f"{URL}?q=a%00b", f"{URL}?a%00=1", "/api/v1/forums/%00/deviations"]
)
def test_a_nul_in_an_address_is_refused(client_of: ClientOf, counts: Counts, address: str) -> None:
    before = counts()
    check_refusal(client_of("officer").get(address), "address")
    assert counts() == before


@pytest.mark.parametrize("address", [f"{URL}/%ff%fe", f"{URL}/%ed%a0%80", f"{URL}/..%2f..%2fetc", "/api/v1/nothing"])
def test_an_address_of_odd_letters_is_not_found(client_of: ClientOf, address: str) -> None:
    answer = client_of("officer").get(address)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("number", ["9" * 41, "9" * 5000, "1" + "0" * 400])
@pytest.mark.parametrize("rest", ["", "/withdrawal", "/undo", "/look-at", "/answer", "/same-as"])
def test_a_huge_number_in_an_address_is_refused(client_of: ClientOf, counts: Counts, number: str, rest: str) -> None:
    coordinator, before = client_of("coordinator"), counts()
    answers = [coordinator.post(f"{URL}/{number}{rest}", json={})] if rest else [coordinator.get(f"{URL}/{number}")]
    answers.append(coordinator.patch(f"{URL}/{number}", json={}))
    assert {answer.status_code for answer in answers} <= {404, 422}
    assert counts() == before


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "BREW", "HEAD", "OPTIONS"])
def test_an_unknown_method_is_told_what_the_address_takes(client_of: ClientOf, counts: Counts, method: str) -> None:
    before, answer = counts(), client_of("officer").request(method, URL)
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["allow"]
    assert counts() == before


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer \xff\xfe",
        "bearer " + "x" * 5000,
        "Basic b2ZmaWNlcjp4",
        "Bearer 0f8fad5b-d9cb-469f-a165-70867728950e",
    ],
)
def test_a_wrong_token_is_told_to_sign_in_and_nothing_else(
    client_of: ClientOf, counts: Counts, authorization: str | None
) -> None:
    before = counts()
    headers: dict[str, Any] = {} if authorization is None else {"Authorization": authorization.encode("latin-1")}
    for method, path in (("GET", URL), ("GET", "/api/v1/me"), ("GET", f"{URL}/1234567")):
        answer = client_of(None).request(method, path, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["errors"] == [{"field": None, "value": None, "message": "Logga in först.", "remedy": None}]
    assert counts() == before


def test_who_has_no_agreement_or_no_right_is_told_whom_to_ask(client_of: ClientOf, counts: Counts) -> None:
    made, teacher, landlord = registered(client_of("officer")), client_of("teacher"), client_of("landlord")
    before = counts()
    for answer in (
        teacher.post(URL, json=new()),
        landlord.patch(path_of(made), json={"text": "Nytt"}, headers=seen(made)),
        landlord.post(path_of(made, "withdrawal"), json={}),
    ):
        assert answer.status_code == 403
        assert answer.json()["errors"][0]["remedy"]
    assert counts() == before


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("withdrawal", {"reason": "because"}, "reason"),
        ("withdrawal", {"reason": ["mistake"]}, "reason"),
        ("withdrawal", {"why": "mistake"}, "why"),
        ("answer", {}, "reply"),
        ("answer", {"reply": None}, "reply"),
        ("answer", {"reply": "Ring 08-123 45 67"}, "reply"),
        ("answer", {"reply": "Lampan\0"}, "reply"),
        ("answer", {"reply": "å" * 2001}, "reply"),
        ("same-as", {}, "other"),
        ("same-as", {"other": True}, "other"),
        ("same-as", {"other": "9" * 5000}, "other"),
        ("same-as", {"other": 10**300}, "other"),
        ("same-as", {"other": "\ud800"}, "other"),
        ("same-as", {"other": ["7"]}, "other"),
    ],
)
def test_a_bad_step_is_refused_and_not_taken(
    client_of: ClientOf, counts: Counts, path: str, body: dict[str, Any], field: str
) -> None:
    made, coordinator = registered(client_of("officer")), client_of("coordinator")
    before, headers = counts(), {"Content-Type": "application/json"}
    check_refusal(coordinator.post(path_of(made, path), content=json.dumps(body).encode(), headers=headers), field)
    assert counts() == before
    assert coordinator.get(path_of(made)).json()["properties"] == made["properties"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"lon": "x"}, "lon"),
        ({"lat": "nan"}, "lat"),
        ({"category": "ufo"}, "category"),
        ({"occurred_from": "0001-01-02T00:00Z"}, "occurred_from"),
        ({"occurred_from": "9999-12-31T20:00Z"}, "occurred_from"),
        ({"occurred_from": "soon"}, "occurred_from"),
        ({"lon": None}, "lon"),
    ],
)
def test_a_bad_question_for_something_alike_is_refused(client_of: ClientOf, query: dict[str, Any], field: str) -> None:
    good = {"lon": "18.09", "lat": "59.243", "category": "lighting", "occurred_from": "2023-10-26T18:30"}
    asked = {name: value for name, value in (good | query).items() if value is not None}
    check_refusal(client_of("officer").get(f"{URL}/alike", params=asked), field)


def test_a_sender_who_goes_away_midway_is_no_fault_of_ours(app: FastAPI, client_of: ClientOf, counts: Counts) -> None:
    before, said = counts(), []
    token = client_of("officer").headers["Authorization"].encode()
    headers = [(b"authorization", token), (b"content-type", b"application/json"), (b"host", b"127.0.0.1")]
    scope = {"type": "http", "method": "POST", "path": URL, "query_string": b"", "headers": headers, "root_path": ""}
    parts = iter([{"type": "http.request", "body": b'{"id":', "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> Any:
        return next(parts)

    async def send(message: Any) -> None:
        said.append(message)

    asyncio.run(app(scope, receive, send))
    assert said[0]["status"] == 400
    assert counts() == before
