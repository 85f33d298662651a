"""Rhythms: published shares, minute by minute, over the change of the clocks, and what happened in a real city."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.rhythms import Kind, Share, aoristic, by_kind, by_week, kind_of, wheel
from tests.real import NEW_YORK

SWEDEN = ZoneInfo("Europe/Stockholm")
MINUTE = timedelta(minutes=1)
MONDAY = datetime.fromisoformat("2026-03-02T00:00")
at = datetime.fromisoformat
TERMS = [(date(2026, 1, 9), date(2026, 2, 22)), (date(2026, 3, 2), date(2026, 6, 10))]
INTERVALS = st.lists(st.tuples(st.integers(0, 60 * 24 * 30), st.integers(0, 60 * 24 * 8)), min_size=1, max_size=3)


def test_from_eight_to_four_each_of_the_eight_hours_has_an_eighth() -> None:
    # Ratcliffe's own example of aoristic analysis: left at 8 in the morning, found broken into at 4 in the afternoon
    found = aoristic([MONDAY.replace(hour=8)], [MONDAY.replace(hour=16)])
    assert found.tolist() == [0.0] * 8 + [0.125] * 8 + [0.0] * 8


def test_parts_of_hours_weigh_as_long_as_they_are() -> None:
    found = aoristic([MONDAY.replace(hour=22, minute=30)], [MONDAY + timedelta(days=1, hours=1, minutes=15)])
    assert found[[22, 23, 0, 1]] == pytest.approx(np.array([30, 60, 60, 15]) / 165)
    assert aoristic([MONDAY + timedelta(hours=18)], [MONDAY + timedelta(hours=42)], "weekday")[:2].tolist() == [
        0.25,
        0.75,
    ]


def test_a_known_moment_is_in_its_hour_and_a_whole_one_in_what_follows() -> None:
    sharp, before = MONDAY.replace(hour=9), MONDAY - MINUTE
    assert np.flatnonzero(aoristic([sharp], [sharp])).tolist() == [9]
    assert np.flatnonzero(aoristic([before], [before], "weekday")).tolist() == [6]
    assert np.flatnonzero(aoristic([sharp], [sharp + 60 * MINUTE])).tolist() == [9]


def test_longer_than_a_round_it_is_spread_evenly_with_the_rest_on_top() -> None:
    found = aoristic([MONDAY], [MONDAY + timedelta(days=2, hours=6)])
    assert found == pytest.approx(np.where(np.arange(24) < 6, 3, 2) / 54)


@settings(max_examples=15, deadline=None)
@given(INTERVALS)
def test_the_weights_are_those_of_counting_minute_by_minute(intervals: list[tuple[int, int]]) -> None:
    start = [MONDAY + begun * MINUTE for begun, _ in intervals]
    end = [each + long * MINUTE for each, (_, long) in zip(start, intervals, strict=True)]
    expected = np.zeros((7, 24))
    for begun, (_, long) in zip(start, intervals, strict=True):
        for n in range(max(long, 1)):
            moment = begun + n * MINUTE
            expected[moment.weekday(), moment.hour] += 1 / max(long, 1)
    found = by_week(start, end)
    assert found == pytest.approx(expected)
    assert found.sum() == pytest.approx(len(intervals), abs=1e-9)
    assert aoristic(start, end) == pytest.approx(expected.sum(axis=0))
    assert aoristic(start, end, "weekday") == pytest.approx(expected.sum(axis=1))


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 3, 29), {1: 1 / 2, 2: 0, 3: 1 / 2}),  # from 1 to 4 lie two hours; none begins with 2
        (date(2026, 10, 25), {1: 1 / 4, 2: 2 / 4, 3: 1 / 4}),  # and here four, of which two begin with 2
        (date(2026, 6, 1), {1: 1 / 3, 2: 1 / 3, 3: 1 / 3}),
    ],
)
def test_the_clocks_change_takes_an_hour_or_gives_one(day: date, hours: dict[int, float]) -> None:
    start, end = (datetime(day.year, day.month, day.day, hour, tzinfo=SWEDEN) for hour in (1, 4))
    found = aoristic([start], [end])
    assert {hour: found[hour] for hour in hours} == pytest.approx(hours)
    assert found.sum() == pytest.approx(1)


def test_an_end_that_the_clock_shows_before_the_start_is_no_mistake_in_the_night_that_is_an_hour_longer() -> None:
    start = datetime(2026, 10, 25, 2, 50, tzinfo=SWEDEN)
    end = datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=SWEDEN)
    assert aoristic([start], [end])[2] == pytest.approx(1)


def test_moments_with_an_offset_are_shown_on_swedens_clocks_and_bare_ones_as_they_are() -> None:
    summer = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    assert by_week([summer], [summer])[3, 0] == 1
    bare = summer.replace(tzinfo=None)
    assert by_week([bare], [bare])[2, 22] == 1


@pytest.mark.parametrize(
    "moments",
    [
        [MONDAY],
        ["2026-03-02T00:00"],
        np.array(["2026-03-02"], dtype="M8[ns]"),
        np.array(["2026-03-02"], dtype="M8[D]"),
        pd.Series([MONDAY]),
        pd.DatetimeIndex([MONDAY]),
        [date(2026, 3, 2)],
        [np.datetime64("2026-03-02")],
        [datetime(2026, 3, 1, 23, tzinfo=UTC)],
        ["2026-03-02T00:00+01:00"],
        pd.Series([MONDAY]).dt.tz_localize(SWEDEN),
    ],
)
def test_moments_are_taken_as_they_come(moments: Any) -> None:
    assert by_week(moments, moments)[0, 0] == 1


def test_no_events_have_no_rhythm() -> None:
    assert aoristic([], []).tolist() == [0] * 24
    assert wheel([], [], "week").tolist() == [0] * 53


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ([MONDAY, MONDAY], [MONDAY, MONDAY - MINUTE], "end lies before start at 1; turn them round"),
        ([MONDAY], [None], "end has no moment at 0; leave such rows out first"),
        (np.array(["NaT"], dtype="M8[s]"), [MONDAY], "start has no moment at 0"),
        ([MONDAY], [MONDAY, MONDAY], "end has 2 moments for 1 starts"),
        ([MONDAY], [MONDAY.replace(tzinfo=UTC)], "start and end differ: one has offsets"),
        ([MONDAY, MONDAY.replace(tzinfo=UTC)], [MONDAY, MONDAY], "start has offsets from UTC at some moments"),
        ([MONDAY.replace(year=1026)], [MONDAY], "end lies 999 years after the first start; at most 200"),
    ],
)
def test_what_has_no_place_in_time_is_refused(start: Any, end: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        aoristic(start, end)


def test_other_bins_are_refused() -> None:
    other: Any = "minute"
    with pytest.raises(ValueError, match="bins is 'minute'; give hour or weekday"):
        aoristic([], [], other)
    with pytest.raises(ValueError, match="by is 'minute'; give month or week"):
        wheel([], [], other)


def test_a_week_over_new_year_is_spread_over_both_months_and_both_iso_weeks() -> None:
    start, end = [at("2026-12-30T00:00")], [at("2027-01-09T00:00")]
    months = wheel(start, end)
    assert months[[11, 0]] == pytest.approx([0.2, 0.8])
    weeks = wheel(start, end, "week")
    assert weeks[[52, 0]] == pytest.approx([0.5, 0.5])  # 2026 has a 53rd week: to Sunday the third
    assert weeks.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 3, 3), Kind.SCHOOL),
        (date(2026, 2, 24), Kind.BREAK),
        (date(2026, 7, 1), Kind.BREAK),
        (date(2026, 3, 7), Kind.WEEKEND),
        (date(2026, 4, 3), Kind.HOLIDAY),
        (date(2026, 6, 19), Kind.HOLIDAY),  # midsummer's eve
        (date(2026, 6, 20), Kind.HOLIDAY),  # a Saturday
    ],
)
def test_days_are_of_a_kind_to_those_who_go_to_school(day: date, kind: Kind) -> None:
    assert kind_of(day, TERMS) is kind


def test_what_happened_stands_beside_how_many_days_there_were_of_a_kind() -> None:
    start = [at("2026-02-20T12:00"), at("2026-02-22T12:00"), at("2026-03-09T08:00")]
    end = [at("2026-02-20T12:00"), at("2026-02-23T12:00"), at("2026-03-09T08:00")]
    found = by_kind(start, end, first=date(2026, 2, 20), last=date(2026, 3, 8), terms=TERMS)
    assert found == {
        Kind.SCHOOL: Share(1, 6),
        Kind.BREAK: Share(0.5, 5),
        Kind.WEEKEND: Share(0.5, 6),
        Kind.HOLIDAY: Share(0, 0),
    }
    with pytest.raises(ValueError, match="last is 2026-01-01, before first"):
        by_kind([], [], first=date(2026, 1, 2), last=date(2026, 1, 1), terms=TERMS)


@pytest.mark.realdata
def test_every_theft_of_new_york_is_spread_and_none_is_lost() -> None:
    table = pd.read_csv(NEW_YORK)
    start = pd.to_datetime(table["date_start"])
    end = pd.to_datetime(table["date_end"]).fillna(start)
    week = by_week(start, end)
    assert len(table) == 35_746
    assert week.sum() == pytest.approx(35_746, abs=1e-6)
    assert wheel(start, end).sum() == pytest.approx(35_746, abs=1e-6)
    hours = week.sum(axis=0)
    assert hours.argmax() in {0, 1, 2}
    assert hours.argmin() in {9, 10, 11}
