"""Periods: whole months are followed by whole months, and a year ago is the same dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.periods import Period, begins, months_before, months_between


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


@pytest.mark.parametrize(
    ("period", "first", "last", "n"),
    [
        (Period(date(2023, 7, 1), date(2023, 7, 2)), (1, 2), (1, 2), 1),
        (Period(date(2023, 7, 1), date(2023, 7, 15)), (1, 2), (14, 15), 14),
        (Period(date(2023, 7, 1), date(2023, 8, 1)), (1, 8), (29, 1), 5),
        (Period(date(2023, 1, 15), date(2023, 7, 10)), (15, 1), (1, 10), 7),
        (Period(date(2022, 12, 1), date(2023, 12, 1)), (1, 1), (1, 1), 12),
    ],
)
def test_a_slider_goes_through_a_period_without_gap_or_overlap(
    period: Period, first: tuple[int, int], last: tuple[int, int], n: int
) -> None:
    steps = period.steps()
    assert len(steps) == n
    assert [(step.first.day, step.end.day) for step in (steps[0], steps[-1])] == [first, last]
    assert (steps[0].first, steps[-1].end) == (period.first, period.end)
    assert [step.end for step in steps[:-1]] == [step.first for step in steps[1:]]


def register(*months: tuple[str, int]) -> dict[date, int]:
    return {date.fromisoformat(f"{month}-01"): count for month, count in months}


YEAR = [(f"2024-{month:02}", 10) for month in range(1, 13)]


@pytest.mark.parametrize(
    ("before", "first"),
    [
        ([], "2024-01-01"),
        ([("2019-03", 1)], "2024-01-01"),
        ([("2015-01", 1), ("2019-03", 4)], "2024-01-01"),
        ([("2023-06", 5)], "2024-01-01"),
        ([("2023-07", 5)], "2023-07-01"),
        ([("2019-03", 7)], "2019-03-01"),
        ([("2015-01", 1), ("2019-03", 7)], "2019-03-01"),
        ([("2015-01", 1), ("2022-03", 60)], "2022-03-01"),
    ],
)
def test_a_few_old_events_before_half_a_year_of_silence_begin_no_register(
    before: list[tuple[str, int]], first: str
) -> None:
    assert begins(register(*before, *YEAR)) == date.fromisoformat(first)


def test_what_is_little_is_told_by_all_there_is() -> None:
    assert begins({}) is None
    assert begins(register(("2019-03", 1), ("2024-01", 19))) == date(2019, 3, 1)
    assert begins(register(("2019-03", 1), ("2024-01", 20))) == date(2024, 1, 1)
