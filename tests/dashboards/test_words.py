"""Dates, numbers and distances as people read them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from dashboards import words

THURSDAY = datetime(2023, 10, 26, 16, 30, tzinfo=UTC)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("value", "decimals", "swedish", "english"),
    [
        (1234.5, 1, "1 234,5", "1,234.5"),
        (2538, 0, "2 538", "2,538"),
        (0, 0, "0", "0"),
        (-35, 0, "−35", "−35"),
        (2.0, 1, "2", "2"),
        (1_234_567.891, 2, "1 234 567,89", "1,234,567.89"),
    ],
)
def test_numbers_carry_the_marks_of_the_language(value: float, decimals: int, swedish: str, english: str) -> None:
    assert plain(words.number(value, "sv", decimals)) == swedish
    assert plain(words.number(value, "en", decimals)) == english


@pytest.mark.parametrize(
    ("metres", "swedish", "english"),
    [
        (24.6, "25 m", "25 m"),
        (187, "190 m", "190 m"),
        (994, "990 m", "990 m"),
        (995, "1 km", "1 km"),
        (1240, "1,2 km", "1.2 km"),
    ],
)
def test_a_distance_is_said_no_more_exactly_than_it_is_known(metres: float, swedish: str, english: str) -> None:
    assert words.distance(metres, "sv") == swedish
    assert words.distance(metres, "en") == english


def test_a_moment_is_shown_by_the_clock_on_a_swedish_wall() -> None:
    assert words.moment(THURSDAY, "sv") == "to 26 okt 2023 kl. 18.30"
    assert words.moment(THURSDAY, "en") == "Thu 26 Oct 2023 at 18:30"
    assert words.moment(datetime(2023, 12, 31, 23, 5, tzinfo=UTC), "sv") == "må 1 jan 2024 kl. 00.05"


def test_months_have_no_full_stops() -> None:
    shown = [words.day(date(2023, month, 5), "sv", weekday=False) for month in range(1, 13)]
    assert shown[0] == "5 jan 2023"
    assert shown[8] == "5 sep 2023"
    assert not any("." in each for each in shown)


def test_an_interval_says_what_both_ends_have_in_common_once() -> None:
    same_day = datetime(2023, 10, 26, 18, 0, tzinfo=UTC)
    next_day = datetime(2023, 10, 27, 4, 0, tzinfo=UTC)
    assert words.span(THURSDAY, THURSDAY, "sv") == "to 26 okt 2023 kl. 18.30"
    assert words.span(THURSDAY, same_day, "sv") == "to 26 okt 2023 kl. 18.30–20.00"
    assert words.span(THURSDAY, next_day, "sv") == "to 26 okt 2023 kl. 18.30–fr 27 okt 2023 kl. 06.00"


@pytest.mark.parametrize(
    ("first", "last", "swedish"),
    [
        (date(2023, 8, 1), date(2023, 10, 15), "1 aug–15 okt 2023"),
        (date(2023, 8, 1), date(2023, 8, 15), "1–15 aug 2023"),
        (date(2022, 12, 1), date(2023, 1, 15), "1 dec 2022–15 jan 2023"),
        (date(2023, 8, 1), date(2023, 8, 1), "1 aug 2023"),
    ],
)
def test_a_period_is_written_as_short_as_it_can_be(first: date, last: date, swedish: str) -> None:
    assert words.period(first, last, "sv") == swedish


def test_the_words_of_the_scripts_are_a_block_that_cannot_end_the_page() -> None:
    block = words.for_scripts("sv")
    assert "<" not in block
    assert json.loads(block)["Clear"] if "Clear" in words.said_in_scripts() else json.loads(block)
