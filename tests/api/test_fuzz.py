"""Whatever is sent to whatever route: an answer or a refusal in its form, never a fault of ours."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api import filters
from api.description import Problem
from forum.foundation.audience import Audience
from tests.api.conftest import URL, ClientOf, new, registered

FEW = settings(
    max_examples=250,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TEXTS = st.text(st.characters(exclude_categories=()), max_size=30)
PLAUSIBLE = st.sampled_from(
    [
        "", "0", "7", "-1", "23", "1.5", "nan", "1e999", "9" * 45, "true", "null", "*", '"1"', "lighting", "new", "own",
        "2023-10-26", "2026-03-29T02:30", "9999-12-31T23:59:59-12:00", "18.05,59.22,18.15,59.27", "NaN,1,2,3",
        "Område farsta", "0f8fad5b-d9cb-469f-a165-70867728950e", "lampa OR", '"å', "F-1234567",
        "forum", "authorities", "2026-06-01", "1234567", "../..", "%00", "\ud800",
    ]
)  # fmt: skip
WORDS = TEXTS | PLAUSIBLE
NUMBERS = st.integers() | st.floats() | st.integers(min_value=10**20, max_value=10**300)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [*new(), "occurred_to", "visibility", "answers", "on_behalf_of", "reason", "other", "reply", "x"]
)
NAMES = st.sampled_from(sorted({*filters.NAMES, *filters.PAGING, "audience", "lon", "lat", "occurred_from", "x"}))
BODIES = st.one_of(
    st.dictionaries(FIELDS, VALUES, max_size=6).map(lambda changes: json.dumps(changes).encode()),
    st.dictionaries(FIELDS, VALUES, max_size=2).map(lambda changes: json.dumps(new(**changes)).encode()),
    VALUES.map(lambda value: json.dumps(value).encode()),
    st.binary(max_size=60),
)
KINDS = st.sampled_from(
    ["application/json"] * 6 + ["application/geo+json", "text/plain", "multipart/form-data", "", "\xff"]
)
HEADERS = st.fixed_dictionaries(
    {}, optional={"If-Match": WORDS, "Accept-Language": WORDS, "Origin": WORDS, "Accept": WORDS, "X-Form-Token": WORDS}
)
PEOPLE = st.sampled_from(["coordinator", "coordinator", "officer", "landlord", "teacher", None])


@pytest.fixture(scope="module")
def operations(app: FastAPI) -> list[tuple[str, str]]:
    """Return every method and path of the described interface; event streams end at once, for they would go on."""
    asyncio.run(app.state.streams.end())
    return [(method.upper(), path) for path, methods in app.openapi()["paths"].items() for method in methods]


@pytest.fixture(scope="module")
def known(client_of: ClientOf) -> list[str]:
    """Return references to deviations that are there."""
    made = [registered(client_of("officer"), visibility=v) for v in ("own", "forum", "public")]
    return [made[0]["id"], str(made[1]["properties"]["nr"]), made[2]["id"]]


def filled(path: str, **words: str) -> str:
    """Return the path with its places filled in, whatever the words hold."""
    return path.format(**{k: quote(v.encode(errors="surrogatepass"), safe="") for k, v in words.items()})


@FEW
@given(data=st.data())
def test_no_request_meets_a_fault_of_ours(
    client_of: ClientOf, operations: list[tuple[str, str]], known: list[str], data: st.DataObject
) -> None:
    method, path = data.draw(st.sampled_from(operations))
    address = filled(
        path,
        forum=data.draw(st.sampled_from(["farsta"] * 5) | WORDS, label="forum"),
        reference=data.draw(st.sampled_from(known) | WORDS, label="reference"),
        edition=data.draw(st.sampled_from(["staden"] * 5) | WORDS, label="edition"),
        nr=data.draw(st.sampled_from(["1", "2"] * 3) | WORDS, label="nr"),
        **{each: data.draw(st.sampled_from(known) | WORDS, label=each) for each in ("office", "tie", "motion")},
        piece=data.draw(st.sampled_from(["1", "2"]) | WORDS, label="piece"),
        position=data.draw(st.sampled_from(["1", "2"]) | WORDS, label="position"),
        item=data.draw(st.sampled_from(known) | WORDS, label="item"),
        audience=data.draw(st.sampled_from(list(Audience)) | WORDS, label="audience"),
        form=data.draw(st.sampled_from(["pdf", "docx"]) | WORDS, label="form"),
        **{axis: data.draw(st.sampled_from(["0", "1", "10"]) | WORDS, label=axis) for axis in "zxy"},
    )
    query = data.draw(st.dictionaries(NAMES | TEXTS, WORDS, max_size=4), label="query")
    asked = "&".join(f"{quote(k, errors='surrogatepass')}={quote(v, errors='surrogatepass')}" for k, v in query.items())
    headers: dict[str, Any] = {k: v.encode(errors="replace") for k, v in data.draw(HEADERS, label="headers").items()}
    kind = data.draw(KINDS, label="kind").encode("latin-1")
    content = data.draw(BODIES, label="body") if method in ("POST", "PATCH", "PUT") else None
    client = client_of(data.draw(PEOPLE, label="person"))
    answer = client.request(method, f"{address}?{asked}", content=content, headers=headers | {"Content-Type": kind})
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400 and address.startswith("/api"):
        assert answer.headers["content-type"] == "application/problem+json"
        said = Problem.model_validate(answer.json())
        assert said.status == answer.status_code
        assert said.detail


@FEW
@given(changes=st.dictionaries(FIELDS, VALUES, min_size=1, max_size=3))
def test_what_is_registered_can_always_be_read_back(client_of: ClientOf, changes: dict[str, Any]) -> None:
    officer = client_of("officer")
    body = json.dumps(new(**changes)).encode()
    answer = officer.post(URL, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (200, 201, 404, 409, 422), answer.text
    if answer.status_code < 300:
        read = officer.get(answer.headers["location"])
        assert read.json()["properties"] == answer.json()["properties"]
