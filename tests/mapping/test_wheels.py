"""The wheel of the year: each day counted once, each part beside the rest by its covered days, none told by chance."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from mapping.counts import Verdict
from mapping.terms import Break
from mapping.wheels import LEAST, By, Wheel, first_day, wheel

FIRST, END = date(2023, 1, 1), date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=n) for n in range((END - FIRST).days)]


def turned(counts: list[int], first: date = FIRST, end: date = END) -> Wheel:
    found = wheel(DAYS, counts, first, end)
    assert found is not None
    return found


def even(seed: int, mean: float) -> list[int]:
    found: list[int] = np.random.default_rng(seed).poisson(mean, len(DAYS)).tolist()
    return found


def told(found: Wheel) -> dict[str, Verdict]:
    compared = {part.key: part.others.verdict for part in found.parts if part.others}
    return {key: verdict for key, verdict in compared.items() if verdict in (Verdict.MORE, Verdict.FEWER)}


@pytest.mark.parametrize(("mean", "by", "size"), [(3.0, By.WEEK, 52), (0.3, By.MONTH, 12)])
def test_every_deviation_and_every_day_stands_in_one_part_and_in_one_kind_of_day(
    mean: float, by: By, size: int
) -> None:
    counts = even(1, mean)
    found = turned(counts)
    assert (found.by, len(found.parts), len(found.starts)) == (by, size, size)
    for parts in (found.parts, found.kinds):
        assert (sum(part.count for part in parts), sum(part.days for part in parts)) == (sum(counts), len(DAYS))
    assert found.starts[0] == found.span[0]


def test_a_month_that_has_more_is_told_and_an_even_year_tells_of_none() -> None:
    counts = [4 if day.month == 10 else 1 for day in DAYS]
    assert told(turned([n if day.toordinal() % 3 == 0 else 0 for n, day in zip(counts, DAYS, strict=True)])) == {
        "10": Verdict.MORE
    }
    wrong = sum(bool(told(turned(even(seed, 0.5)))) for seed in range(40))
    assert wrong <= 6  # 5 in 100 are allowed: 2 of 40 on average


def test_a_year_that_is_half_over_weighs_as_much_as_it_has() -> None:
    found = turned([1] * len(DAYS), end=date(2025, 4, 1))
    january, may = found.parts[0], found.parts[4]
    assert found.by is By.MONTH
    assert (january.days, may.days) == (93, 62)
    assert told(found) == {}
    assert january.others is not None
    assert january.others.ratio == 1


def test_the_week_that_few_years_have_counts_with_the_one_before() -> None:
    days = [date(2020, 12, 20) + timedelta(days=n) for n in range(21)]
    found = wheel(days, [10] * 21, days[0], days[-1] + timedelta(days=1))
    assert found is not None
    assert (found.by, found.year) == (By.WEEK, 2021)
    assert {part.key: part.days for part in found.parts if part.days} == {"01": 6, "51": 1, "52": 14}
    assert found.parts[10].others is None


def test_few_deviations_make_no_wheel_and_one_year_is_no_return() -> None:
    assert wheel(DAYS[:2], [LEAST - 1, 0], FIRST, END) is None
    assert not turned([1] * len(DAYS), end=date(2024, 6, 1)).repeats
    assert turned([1] * len(DAYS)).repeats
    with pytest.raises(ValueError, match="up to"):
        wheel([], [], END, FIRST)


def test_it_reaches_five_years_back_at_most() -> None:
    assert first_day(date(1999, 1, 1), END) == END - timedelta(days=5 * 365)
    assert first_day(date(2024, 1, 1), END) == date(2024, 1, 1)


@pytest.mark.parametrize("mean", [0.3, 3.0])
def test_the_breaks_and_holidays_of_the_drawn_year_are_marked_once(mean: float) -> None:
    found = turned(even(2, mean))
    assert sorted(off.name for off in found.breaks) == sorted(Break)
    assert date(found.year, 6, 6) in found.holidays
    autumn = next(off for off in found.breaks if off.name is Break.AUTUMN)
    assert (autumn.first, autumn.last) == (date(2025, 10, 27), date(2025, 11, 2))
