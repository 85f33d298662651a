"""Periods: whole months are followed by whole months, and a year ago is the same dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.periods import Period, months_before, months_between


def of(days: str) -> Period:
    return Period(*map(date.fromisoformat, days.split()))


DAYS = st.dates(date(1995, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("period", "previous", "a_year_before"),
    [
        ("2023-07-01 2023-10-01", "2023-04-01 2023-07-01", "2022-07-01 2022-10-01"),
        ("2024-01-01 2024-02-01", "2023-12-01 2024-01-01", "2023-01-01 2023-02-01"),
        ("2024-02-29 2024-03-07", "2024-02-22 2024-02-29", "2023-02-28 2023-03-07"),
    ],
)
def test_whole_months_are_compared_with_whole_months_and_days_with_days(
    period: str, previous: str, a_year_before: str
) -> None:
    assert of(period).previous() == of(previous)
    assert of(period).a_year_before() == of(a_year_before)


@given(DAYS, st.integers(1, 800))
def test_the_period_before_ends_where_this_one_begins_and_is_as_long_in_its_own_measure(first: date, days: int) -> None:
    period = Period(first, first + timedelta(days=days))
    before = period.previous()
    assert before.end == period.first
    if period.of_months:
        assert months_between(before.first, before.end) == months_between(period.first, period.end)
    else:
        assert before.days == period.days == days
    assert period.last == period.end - timedelta(days=1)


@given(DAYS, st.integers(0, 60))
def test_going_back_some_months_is_so_many_months_away(day: date, months: int) -> None:
    there = months_before(day, months)
    assert there.day == 1
    assert months_between(there, day) == months
