"""The list over HTTP: each filter, the exact number, and paging that gives each row once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from shapely import box
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import clock, rights
from forum.register import areas
from tests.api.conftest import URL, ClientOf, path_of, registered
from tests.builders import World

Find = Callable[..., dict[str, Any]]
MARKED: dict[str, dict[str, Any]] = {
    "last minute before": {"occurred_from": "2024-02-29T23:59:59"},
    "first moment": {"occurred_from": "2024-03-01T00:00"},
    "last moment": {"occurred_from": "2024-03-31T23:59:59.999999"},
    "next month": {"occurred_from": "2024-04-01T00:00"},
    "spring before": {"occurred_from": "2024-03-31T01:59"},
    "spring after": {"occurred_from": "2024-03-31T03:00"},
    "autumn first": {"occurred_from": "2023-10-29T02:30+02:00"},
    "autumn second": {"occurred_from": "2023-10-29T02:30+01:00"},
    "autumn day's end": {"occurred_from": "2023-10-29T23:59"},
    "within the hour": {"occurred_from": "2023-05-01T21:00", "occurred_to": "2023-05-01T22:00"},
    "over an hour": {"occurred_from": "2023-05-01T21:00", "occurred_to": "2023-05-01T22:01"},
    "kind": {"occurred_from": "2022-01-05T12:00", "category": "litter.dumped"},
    "group": {"occurred_from": "2022-01-05T13:00", "category": "litter"},
    "other group": {"occurred_from": "2022-01-05T14:00", "category": "vandalism.graffiti"},
    "north": {"occurred_from": "2021-06-01T12:00", "lon": 18.10, "lat": 59.26},
    "on the edge": {"occurred_from": "2021-06-02T12:00", "lon": 18.10, "lat": 59.25},
    "words": {"occurred_from": "2020-02-03T12:00", "text": "Ölburkar och färg på sågverkets mur"},
    "other words": {"occurred_from": "2020-02-04T12:00", "text": "Gången vid ån är översvämmad"},
}
"""What the officer has marked, in a world where nothing else is."""


@pytest.fixture(scope="module")
def marked(client_of: ClientOf) -> dict[str, dict[str, Any]]:
    """Return every deviation of the table, registered."""
    return {name: registered(client_of("officer"), **facts) for name, facts in MARKED.items()}


@pytest.fixture
def find(client_of: ClientOf, marked: dict[str, dict[str, Any]]) -> Find:
    """Return what asks for the list with filters and gives back the names of what came, with the answer."""
    name_of = {feature["id"]: name for name, feature in marked.items()}

    def find(**filters: Any) -> dict[str, Any]:
        answer = client_of("landlord").get(URL, params={k.rstrip("_"): v for k, v in filters.items()})
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        names = {name_of[f["id"]] for f in page["features"] if f["id"] in name_of}
        assert page["numberMatched"] == page["numberReturned"] == len(page["features"])
        return page | {"names": names}

    return find


def test_a_period_begins_with_its_first_moment_and_ends_before_the_next_in_swedish_time(find: Find) -> None:
    march = {"first moment", "last moment", "spring before", "spring after"}
    assert find(from_="2024-03-01", to="2024-04-01")["names"] == march
    assert find(from_="2024-02-29T23:00Z", to="2024-03-31T22:00Z")["names"] == march
    assert find(from_="2024-03-01T00:00:01", to="2024-03-31T23:59:59.999999")["names"] == march - {
        "first moment",
        "last moment",
    }


def test_the_days_on_which_the_clock_changes_have_23_and_25_hours(find: Find) -> None:
    assert find(from_="2024-03-31", to="2024-04-01")["names"] == {"spring before", "spring after", "last moment"}
    assert find(from_="2024-03-31T01:59", to="2024-03-31T03:00")["names"] == {"spring before"}
    autumn = {"autumn first", "autumn second", "autumn day's end"}
    assert find(from_="2023-10-29", to="2023-10-30")["names"] == autumn
    assert find(from_="2023-10-29T02:00+02:00", to="2023-10-29T02:00+01:00")["names"] == {"autumn first"}
    assert find(from_="2023-10-29", to="2023-10-30", hour=2)["names"] == {"autumn first", "autumn second"}


def test_an_hour_leaves_out_what_is_known_only_as_more_than_an_hour_and_counts_it(find: Find) -> None:
    may = {"from_": "2023-05-01", "to": "2023-05-02"}
    found = find(**may, hour=21)
    assert (found["names"], found["numberUnknownHour"]) == ({"within the hour"}, 1)
    assert find(**may, hour=22)["names"] == set()
    assert find(**may, hour=22)["numberUnknownHour"] == 1
    assert find(**may, hour="20,21,22")["names"] == {"within the hour"}
    both = find(**may)
    assert (both["names"], both["numberUnknownHour"]) == ({"within the hour", "over an hour"}, 0)


def test_an_hour_is_that_of_the_swedish_clock_in_summer_and_in_winter(find: Find) -> None:
    assert find(hour=3)["names"] == {"spring after"}
    assert "first moment" in find(hour=0)["names"]
    assert "next month" in find(hour=0)["names"]


def test_a_weekday_is_that_of_the_swedish_calendar(find: Find) -> None:
    assert find(from_="2024-02-29", to="2024-03-02", weekday=5)["names"] == {"first moment"}
    assert find(from_="2024-02-29", to="2024-03-02", weekday=4)["names"] == {"last minute before"}
    assert find(from_="2024-03-31", to="2024-04-02", weekday="1,7")["numberMatched"] == 4


def test_a_category_takes_in_what_lies_below_it(find: Find) -> None:
    year = {"from_": "2022-01-01", "to": "2023-01-01"}
    assert find(**year, category="litter")["names"] == {"kind", "group"}
    assert find(**year, category="litter.dumped")["names"] == {"kind"}
    assert find(**year, category=["litter.dumped", "vandalism.graffiti"])["names"] == {"kind", "other group"}
    assert find(**year, category="litter.dumped,vandalism.graffiti")["names"] == {"kind", "other group"}


def test_a_window_takes_its_west_and_south_edge_and_leaves_the_others(find: Find) -> None:
    year = {"from_": "2021-01-01", "to": "2022-01-01"}
    assert find(**year, bbox="18.10,59.25,18.11,59.26")["names"] == {"on the edge"}
    assert find(**year, bbox="18.10,59.25,18.11,59.2600001")["names"] == {"on the edge", "north"}
    assert find(**year, bbox="18.09,59.24,18.10,59.27")["names"] == set()
    tiles = ["18.09,59.24,18.10,59.25", "18.10,59.24,18.11,59.25", "18.09,59.25,18.10,59.27", "18.10,59.25,18.11,59.27"]
    assert sum(find(**year, bbox=tile)["numberMatched"] for tile in tiles) == 2


def test_an_area_of_any_kind_takes_what_lies_within(find: Find, sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        rights.become(session, rights.OPERATOR)
        northern = areas.Shape("Norra delen", "0180N", box(18.05, 59.255, 18.15, 59.27))
        areas.import_areas(session, "stadsdel", [northern])
        session.commit()
    year = {"from_": "2021-01-01", "to": "2022-01-01"}
    assert find(**year, area="Norra delen")["names"] == {"north"}
    assert find(**year, area="0180N")["names"] == {"north"}
    assert find(**year, area="Område farsta")["names"] == {"north", "on the edge"}


def test_an_organisation_finds_what_is_its_own(find: Find, client_of: ClientOf, lasting: World) -> None:
    registered(client_of("walker"), occurred_from="2019-05-05T12:00", text="Trasig bänk i parken")
    year = {"from_": "2019-01-01", "to": "2020-01-01"}
    walkers, police = lasting.organisations["Nattvandrarna"], lasting.organisations["Polisen"]
    assert find(**year, organisation=str(walkers))["numberMatched"] == 1
    assert find(**year, organisation=str(police))["numberMatched"] == 0
    assert find(**year, organisation=f"{walkers},{police}")["numberMatched"] == 1


def test_a_status_finds_also_what_the_list_does_not_show(find: Find, client_of: ClientOf) -> None:
    gone = registered(client_of("officer"), occurred_from="2018-05-05T12:00")
    looked_at = registered(client_of("officer"), occurred_from="2018-05-06T12:00")
    client_of("officer").post(path_of(gone, "withdrawal"), json={})
    client_of("coordinator").post(path_of(looked_at, "look-at"))
    year = {"from_": "2018-01-01", "to": "2019-01-01"}
    assert [f["id"] for f in find(**year)["features"]] == [looked_at["id"]]
    assert [f["id"] for f in find(**year, status="withdrawn")["features"]] == [gone["id"]]
    assert find(**year, status="new")["numberMatched"] == 0
    assert find(**year, status="withdrawn,looked_at")["numberMatched"] == 2


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("ölburkar", {"words"}),
        ("Ölburkar FÄRG", {"words"}),
        ("burkar -färg", set()),
        ("översvämmad", {"other words"}),
        ("ån", {"other words"}),
        ('"översvämmad gången"', set()),
        ("finns ingenstans", set()),
    ],
)
def test_a_search_finds_words_with_their_swedish_letters(find: Find, q: str, names: set[str]) -> None:
    assert find(from_="2020-01-01", to="2021-01-01", q=q)["names"] == names


def test_a_search_finds_a_deviation_by_its_number(find: Find, marked: dict[str, dict[str, Any]]) -> None:
    said = marked["words"]["properties"]
    for q in (str(said["nr"]), said["label"], said["label"].lower(), f" {said['nr']} "):
        assert find(q=q)["names"] == {"words"}


def test_several_filters_hold_at_once(find: Find) -> None:
    assert find(from_="2022-01-01", to="2023-01-01", category="litter", hour="12,14")["names"] == {"kind"}
    assert find(from_="2022-01-01", to="2023-01-01", category="litter", hour=14)["names"] == set()


def pages(client: TestClient, limit: int, between: Callable[[], object], **filters: Any) -> list[dict[str, Any]]:
    """Return every page from the first to the last; something happens between them."""
    found, cursor = [], dict[str, str]()
    while True:
        page = client.get(URL, params={**filters, "limit": limit, **cursor}).json()
        found.append(page)
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}
        between()


def test_paging_to_the_end_gives_each_row_once_also_when_rows_come_in_between(client_of: ClientOf) -> None:
    officer, category = client_of("officer"), {"category": "traffic"}
    moment = clock.now() - timedelta(days=2)
    same = [registered(officer, occurred_from=moment.isoformat(), **category) for _ in range(5)]
    earlier = [
        registered(officer, occurred_from=(moment - timedelta(minutes=n)).isoformat(), **category) for n in (1, 2)
    ]
    there = {f["id"] for f in [*same, *earlier]}

    def meanwhile() -> None:
        registered(officer, occurred_from=clock.now().isoformat(), **category)
        registered(officer, occurred_from=(moment - timedelta(days=1)).isoformat(), **category)

    found = pages(client_of("landlord"), 2, meanwhile, **category)
    ids = [f["id"] for page in found for f in page["features"]]
    assert len(ids) == len(set(ids))
    assert there <= set(ids)
    moments = [f["properties"]["occurred_from"] for page in found for f in page["features"]]
    assert moments == sorted(moments, reverse=True)
    assert [page["numberMatched"] for page in found] == [7 + 2 * n for n in range(len(found))]


@pytest.mark.parametrize("limit", [1, 3, 18, 10000])
def test_the_number_matched_is_that_of_all_pages_together(find: Find, client_of: ClientOf, limit: int) -> None:
    there = find(from_="2020-01-01", to="2025-01-01")["numberMatched"]
    found = pages(client_of("landlord"), limit, lambda: None, **{"from": "2020-01-01", "to": "2025-01-01"})
    assert {page["numberMatched"] for page in found} == {there}
    assert sum(page["numberReturned"] for page in found) == there == 18
