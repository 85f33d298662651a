"""Bad filters over HTTP: refused by name, with value and remedy, and never left out."""

from __future__ import annotations

import base64
from typing import Any
from uuid import uuid4

import pytest

from tests.api.conftest import URL, ClientOf, Counts, check_refusal


def cursor_of(moment: str) -> str:
    """Return a cursor that is right but for its moment."""
    return base64.urlsafe_b64encode(f"{moment}|{uuid4()}".encode()).decode()


QUERIES: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown filter": ({"colour": "red"}, "colour"),
    "an unknown filter of odd letters": ({"a\u202eb" * 500: "1"}, "a\ufffdb"),
    "no window": ({"bbox": "18.05,59.22,18.15"}, "bbox"),
    "an empty window": ({"bbox": "18.15,59.22,18.05,59.27"}, "bbox"),
    "a window that is not a number": ({"bbox": "nan,59.22,18.15,59.27"}, "bbox"),
    "a window with an underline": ({"bbox": "1_8.05,59.22,18.15,59.27"}, "bbox"),
    "two windows": ({"bbox": ["18.05,59.22,18.15,59.27"] * 2}, "bbox"),
    "a window beyond the globe": ({"bbox": "-400,59.22,400,59.27"}, "bbox"),
    "a day that is none": ({"from": "2023-13-01"}, "from"),
    "two days": ({"from": "2023-01-01,2024-01-01"}, "from"),
    "the hour that never was": ({"to": "2026-03-29T02:30"}, "to"),
    "beyond the calendar": ({"to": "9999-12-31T23:59-10:00"}, "to"),
    "hour 24": ({"hour": "24"}, "hour"),
    "an hour with many noughts": ({"hour": "0000" + "9" * 5000}, "hour"),
    "an hour in other digits": ({"hour": "٣"}, "hour"),
    "weekday 0": ({"weekday": "0"}, "weekday"),
    "an unknown category": ({"category": "ufo"}, "category"),
    "an unknown status": ({"status": "lost"}, "status"),
    "an organisation's name": ({"organisation": "Polisen"}, "organisation"),
    "an unknown area": ({"area": "Atlantis"}, "area"),
    "a search without end": ({"q": "å" * 201}, "q"),
    "a hundred and one hours": ({"hour": ",".join(["1"] * 101)}, "hour"),
    "no rows": ({"limit": "0"}, "limit"),
    "more rows than a page": ({"limit": "10001"}, "limit"),
    "rows in words": ({"limit": "many"}, "limit"),
    "rows without end": ({"limit": "9" * 5000}, "limit"),
    "half a row": ({"limit": "1.5"}, "limit"),
    "a cursor that is none": ({"cursor": "next"}, "cursor"),
    "a cursor of odd letters": ({"cursor": "åäö"}, "cursor"),
    "a cursor without an id": ({"cursor": "MjAyMy0xMC0yNlQxODozMHw"}, "cursor"),
    "a cursor before all time": ({"cursor": cursor_of("0001-01-01T00:00+14:00")}, "cursor"),
    "a cursor without an offset": ({"cursor": cursor_of("2023-10-26T18:30:00.000000")}, "cursor"),
    "a long cursor": ({"cursor": "x" * 201}, "cursor"),
}  # fmt: skip


@pytest.mark.parametrize("case", QUERIES)
def test_a_bad_filter_is_refused_and_never_left_out(client_of: ClientOf, counts: Counts, case: str) -> None:
    (query, field), before = QUERIES[case], counts()
    swedish = client_of("officer").get(URL, params=query)
    check_refusal(swedish, field)
    english = client_of("officer").get(URL, params=query, headers={"Accept-Language": "en"})
    assert swedish.json()["errors"][0]["message"] != english.json()["errors"][0]["message"]
    assert counts() == before


def test_everything_that_is_wrong_with_an_address_is_said_at_once(client_of: ClientOf) -> None:
    wrong = {"hour": "25", "status": "x", "colour": "red", "bbox": "1"}
    filters = client_of("officer").get(URL, params=wrong).json()
    assert {fault["field"] for fault in filters["errors"]} == set(wrong)
