"""Deviations as files over HTTP: the rows of the list to its end, what the file says of itself, the journal's line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from mapping.files.exports import Form
from mapping.files.records import COLUMNS
from tests import sheets
from tests.api.conftest import URL, ClientOf, check_refusal, registered

READ = "SELECT facts FROM journal WHERE action = 'read:export' ORDER BY seq DESC LIMIT 1"
Rows = Callable[..., list[dict[str, str]]]


@pytest.fixture(scope="module")
def marked(client_of: ClientOf) -> list[str]:
    """Return the ids of deviations of several years, categories and hours."""
    officer = client_of("officer")
    made = [
        registered(officer, occurred_from="2023-05-01T12:00", category="litter", text='Säckar, "lösa"\noch glas'),
        registered(officer, occurred_from="2023-05-01T23:30", text="=HYPERLINK(1)", visibility="authorities"),
        registered(officer, occurred_from="2024-07-02T12:15", category="lighting.lamp_out", text="'Mörkt'"),
        registered(officer, occurred_from="2024-07-03T08:00", occurred_to="2024-07-03T16:00", text="🚲 i vägen"),
    ]
    return [each["id"] for each in made]


def rows_of(client: TestClient, **query: Any) -> list[dict[str, str]]:
    """Return the rows of the CSV."""
    answer = client.get(f"{URL}.csv", params=query)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"from": "2023-01-01", "to": "2024-01-01"},
        {"category": "lighting"},
        {"hour": 12},
        {"bbox": "18.0,59.2,18.2,59.3", "weekday": "1,2"},
        {"q": "mörkt"},
        {"area": "Område farsta", "status": "new"},
        {"from": "2019-01-01", "to": "2019-02-01"},
    ],
    ids=str,
)
def test_a_file_holds_what_the_list_pages_through_with_the_same_filter(
    client_of: ClientOf, marked: list[str], query: dict[str, Any]
) -> None:
    client, ids, cursor = client_of("coordinator"), [], dict[str, str]()
    while True:
        page = client.get(URL, params={**query, "limit": 2, **cursor}).json()
        ids += [feature["id"] for feature in page["features"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    rows = rows_of(client, **query)
    assert [row["id"] for row in rows] == ids
    assert len(rows) == page["numberMatched"]


def test_every_column_stands_in_the_header_also_of_an_empty_file(client_of: ClientOf, marked: list[str]) -> None:
    answer = client_of("coordinator").get(f"{URL}.csv", params={"from": "2019-01-01", "to": "2019-01-02"})
    assert answer.content.decode("utf-8-sig") == ",".join(COLUMNS) + "\r\n"


@pytest.mark.parametrize("form", Form)
def test_an_empty_file_can_be_read_too(client_of: ClientOf, form: Form) -> None:
    answer = client_of("coordinator").get(f"{URL}.{form}", params={"from": "2019-01-01", "to": "2019-01-02"})
    assert answer.status_code == 200
    if form in (Form.CSV, Form.XLSX):
        assert sheets.records(form, answer.content) == []


def test_the_geojson_says_how_many_there_are_and_for_whom(client_of: ClientOf, marked: list[str]) -> None:
    body = client_of("officer").get(f"{URL}.geojson", params={"audience": "forum"}).json()
    listed = client_of("landlord").get(URL).json()
    assert body["numberMatched"] == body["numberReturned"] == len(body["features"]) == listed["numberMatched"]
    assert body["audience"] == "forum"
    told, same = body["features"][0], listed["features"][0]
    assert (told["id"], told["geometry"]) == (same["id"], same["geometry"])
    shared = set(told["properties"]) & set(same["properties"]) - {"organisation"}
    for name in ("created_at", "changed_at"):  # the same moment: the list writes no zeros at its end
        shared.remove(name)
        moments = {datetime.fromisoformat(each["properties"][name]) for each in (told, same)}
        assert len(moments) == 1, name
    assert {name: told["properties"][name] for name in shared} == {name: same["properties"][name] for name in shared}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_spreadsheet_of_another_language_finds_no_formula(
    client_of: ClientOf, marked: list[str], tmp_path: Any, form: str
) -> None:
    path = tmp_path / f"a.{form}"
    path.write_bytes(client_of("officer").get(f"{URL}.{form}").content)
    found = sheets.in_javascript(path)
    assert found["formulas"] == []
    said = {row["id"]: row["text"] for row in found["rows"]}
    guard = "'" if form == "csv" else ""
    assert said[marked[1]] == f"{guard}=HYPERLINK(1)"
    assert said[marked[2]] == f"{guard}'Mörkt'"
    assert said[marked[0]] == 'Säckar, "lösa"\noch glas'
    assert said[marked[3]] == "🚲 i vägen"


def test_an_export_is_always_in_the_journal_with_count_filter_and_audience_and_no_words(
    client_of: ClientOf, marked: list[str], superuser: Engine
) -> None:
    for person, restricted in (("officer", 1), ("teacher", 0)):
        for _ in range(2):
            with superuser.connect() as connection:
                before = connection.scalar(text("SELECT count(*) FROM journal WHERE action = 'read:export'"))
            count = len(rows_of(client_of(person), category="lighting", q="mörkt OR hyperlink OR vägen OR släckta"))
            with superuser.connect() as connection:
                assert (
                    connection.scalar(text("SELECT count(*) FROM journal WHERE action = 'read:export'")) == before + 1
                )
                facts = connection.scalar(text(READ))
            assert (facts["form"], facts["audience"], facts["rows"]) == ("csv", None, count)
            assert facts["restricted"] == restricted
            assert facts["filter"] == {"q": True, "categories": ["lighting"]}


def test_the_file_is_named_after_forum_day_and_audience_and_kept_by_nobody(
    client_of: ClientOf, marked: list[str]
) -> None:
    officer = client_of("officer")
    for audience, word in (("forum", "till-forumet"), ("authorities", "till-myndigheter"), (None, "bara-till-mig")):
        answer = officer.get(f"{URL}.gpkg", params={"audience": audience or ""})
        assert answer.headers["content-disposition"].endswith(f'-{word}.gpkg"')
        assert answer.headers["content-disposition"].startswith('attachment; filename="farsta-avvikelser-')
        assert answer.headers["cache-control"] == "no-store"
        assert int(answer.headers["content-length"]) == len(answer.content)


@pytest.mark.parametrize(("query", "field"), [("limit=5", "limit"), ("cursor=x", "cursor"), ("colour=red", "colour")])
def test_what_is_no_filter_is_refused(client_of: ClientOf, query: str, field: str) -> None:
    check_refusal(client_of("officer").get(f"{URL}.csv?{query}"), field)


def test_another_ending_is_not_found(client_of: ClientOf) -> None:
    assert client_of("officer").get(f"{URL}.pdf").status_code == 404
    assert client_of(None).get(f"{URL}.csv").status_code == 401
