"""The picture over HTTP: one form with a version, for its audience, and nothing that the audience may not see."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter

from api.picture import NamedPicture
from tests.api.conftest import ClientOf, check_refusal, registered

URL = "/api/v1/forums/farsta/picture"
JULY = {"from": "2023-07-01", "to": "2023-08-01"}


@pytest.fixture(scope="module", autouse=True)
def rows(client_of: ClientOf) -> None:
    for visibility in ("own", "authorities", "forum", "public"):
        registered(client_of("officer"), visibility=visibility, occurred_from="2023-07-07T21:30+02:00", text="Mörkt")


@pytest.mark.parametrize(("person", "audience", "count"), [
    ("officer", "forum", 2), ("landlord", "forum", 2), ("teacher", "forum", 2), ("officer", "authorities", 3),
])  # fmt: skip
def test_it_counts_what_the_audience_may_see_whoever_asks(
    client_of: ClientOf, person: str, audience: str, count: int
) -> None:
    answer = client_of(person).get(URL, params=JULY | {"audience": audience})
    body = answer.json()
    assert (body["version"], body["audience"], body["total"]["count"]) == (3, audience, count)
    assert body["period"] == {"first": "2023-07-01", "end": "2023-08-01"}
    assert [group["count"] for group in body["kinds"]["groups"]] == [count]
    assert "Mörkt" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_it_is_what_the_description_says(client_of: ClientOf, app: FastAPI) -> None:
    answer = client_of("officer").get(URL, params=JULY, headers={"Accept-Language": "en"})
    read = TypeAdapter(NamedPicture).validate_json(answer.content)
    assert read.names["categories"]["lighting"] == "Lighting"
    assert read.total.reporters.now == 1
    schema = app.openapi()["components"]["schemas"]["NamedPicture"]
    assert {*schema["required"], "analyses", "wheel", "paths", "quadrants", "inhabitants"} == set(answer.json())


def test_without_a_period_it_is_the_latest_whole_months(client_of: ClientOf) -> None:
    period = client_of("officer").get(URL).json()["period"]
    assert period["first"].endswith("-01")
    assert period["end"].endswith("-01")
    assert period["first"] < period["end"]


def test_what_cannot_be_made_is_refused_by_field(client_of: ClientOf) -> None:
    check_refusal(client_of("landlord").get(URL, params=JULY | {"audience": "authorities"}), "audience")
    check_refusal(client_of("officer").get(URL, params=JULY | {"audience": "nobody"}), "audience")
    check_refusal(client_of("officer").get(URL, params={"from": "2023-08-01", "to": "2023-07-01"}), "from")
    check_refusal(client_of("officer").get(URL, params={"from": "i somras"}), "from")


def test_for_everybody_it_is_what_was_published_and_no_row_is_counted(client_of: ClientOf) -> None:
    answer = client_of("teacher").get(URL, params=JULY | {"audience": "public"}).json()
    assert (answer["audience"], answer["months"], answer["lacking"]) == ("public", [], ["2023-07"])
    assert answer["total"] == {"count": 0, "withheld": 0}
