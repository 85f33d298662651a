"""The selection as it stands in an address: read, written back, and told to the API alike."""

from __future__ import annotations

from datetime import UTC, date, datetime
from urllib.parse import parse_qsl
from uuid import UUID

import pytest
from starlette.datastructures import QueryParams

from api.filters import filter_of
from dashboards.selection import Picked
from forum.foundation.errors import Invalid
from forum.people.organisations import Kind, Organisation
from forum.register.deviations import Status

POLICE = Organisation(id=UUID(int=1), name="Polisen", kind=Kind.POLICE)
LANDLORD = Organisation(id=UUID(int=2), name="Bolaget", kind=Kind.HOUSING)
PARTNERS = [POLICE, LANDLORD]


def picked(query: str) -> Picked:
    return Picked.of(QueryParams(query))


def test_the_last_day_of_a_period_is_part_of_it() -> None:
    wanted = picked("from=2023-08-01&until=2023-10-15").filter(PARTNERS)
    assert wanted.start == datetime(2023, 7, 31, 22, tzinfo=UTC)
    assert wanted.end == datetime(2023, 10, 15, 22, tzinfo=UTC)


def test_the_apis_to_is_understood_and_shown_as_the_day_before() -> None:
    chosen = picked("from=2023-08-01&to=2023-10-16")
    assert chosen.last_day == date(2023, 10, 15)
    assert chosen.filter(PARTNERS) == picked("from=2023-08-01&until=2023-10-15").filter(PARTNERS)


@pytest.mark.parametrize(
    "query",
    [
        "from=2023-08-01&until=2023-10-15",
        "from=2023-03-26&to=2023-10-29",
        "category=lighting&category=unease&hour=22&hour=23&weekday=5",
        "status=new&status=answered&q=lampa%20ur%20funktion",
        f"organisation={POLICE.id}",
        "bbox=18.05,59.22,18.1,59.25&area=Farsta",
        "",
    ],
)
def test_the_page_and_the_api_mean_the_same(query: str) -> None:
    chosen = picked(query)
    wanted = chosen.filter(PARTNERS)
    assert filter_of(QueryParams(chosen.api_query(wanted))) == wanted


def test_a_kind_of_partner_stands_for_all_its_organisations() -> None:
    assert picked("who=police").filter(PARTNERS).organisations == (POLICE.id,)
    assert picked("who=police&who=housing").filter(PARTNERS).organisations == (POLICE.id, LANDLORD.id)
    assert picked(f"who=police&organisation={LANDLORD.id}").filter(PARTNERS).organisations == (UUID(int=0),)


def test_an_address_is_written_back_as_it_was_read() -> None:
    query = "from=2023-08-01&until=2023-10-15&area=Farsta&category=lighting&who=police&status=new&hour=22&q=lampa"
    assert sorted(parse_qsl(picked(query).query())) == sorted(parse_qsl(query))


def test_several_values_of_a_field_may_stand_together() -> None:
    assert picked("status=new,answered&hour=22,23&hour=5") == picked(
        "status=new&status=answered&hour=22&hour=23&hour=5"
    )


def test_the_whole_time_stays_chosen() -> None:
    assert picked("from=&category=lighting").query() == "from=&category=lighting"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=i+går", "from"),
        ("until=2023-13-01", "until"),
        ("hour=24", "hour"),
        ("hour=x", "hour"),
        ("weekday=0", "weekday"),
        ("status=lost", "status"),
        ("who=aliens", "organisation"),
        ("organisation=1", "organisation"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=nan,nan,nan,nan", "bbox"),
        ("bbox=18.2,59.2,18.1,59.3", "bbox"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_field(query: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        picked(query).filter(PARTNERS)
    assert [problem.field for problem in refusal.value.problems] == [field]
    assert refusal.value.problems[0].remedy


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refusal:
        picked("from=x&hour=99&status=lost").filter(PARTNERS)
    assert {problem.field for problem in refusal.value.problems} == {"from", "hour", "status"}


def test_status_and_hours_come_through() -> None:
    wanted = picked("status=new&hour=0&hour=23&weekday=7").filter(PARTNERS)
    assert wanted.statuses == (Status.NEW,)
    assert wanted.hours == {0, 23}
    assert wanted.weekdays == {7}
