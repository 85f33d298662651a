"""Counts and their comparison: against textbook values, against scipy's own test, and what is never claimed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import binomtest, poisson

from mapping.counts import TOO_FEW, Verdict, compare, distinct, holding, interval, tally

COUNTS = st.integers(0, 400)


def test_a_tally_counts_each_group_and_leaves_out_what_is_in_none() -> None:
    assert tally([0, 2, 2, -1], 4).tolist() == [1, 0, 2, 0]
    assert tally([], 2).tolist() == [0, 0]


def test_a_group_beyond_the_last_is_an_error_and_no_longer_table() -> None:
    with pytest.raises(ValueError, match="group 2 of 2"):
        tally([2], 2)


def test_organisations_are_counted_once_in_each_group() -> None:
    assert distinct([0, 0, 0, 1, -1], [7, 7, 3, 7, 5], 3).tolist() == [2, 1, 0]


def test_the_interval_of_a_count_is_garwoods() -> None:
    assert list(interval(0)) == pytest.approx([0, 3.6889], abs=1e-3)
    assert list(interval(10)) == pytest.approx([4.7954, 18.3904], abs=1e-3)
    with pytest.raises(ValueError, match="-1"):
        interval(-1)


@given(COUNTS)
def test_outside_the_interval_the_count_is_rarer_than_two_and_a_half_in_a_hundred(count: int) -> None:
    low, high = interval(count)
    assert low <= count <= high
    assert poisson.cdf(count, high) == pytest.approx(0.025, abs=1e-4)
    if count:
        assert poisson.sf(count - 1, low) == pytest.approx(0.025, abs=1e-4)


@given(COUNTS, COUNTS, st.integers(1, 366), st.integers(1, 366))
def test_the_interval_of_a_ratio_is_the_exact_conditional_one(
    now: int, before: int, days: int, days_before: int
) -> None:
    found = compare(now, before, days_now=days, days_before=days_before)
    if now + before == 0:
        assert (found.ratio, found.low, found.high) == (None, 0, None)
        return
    exact = binomtest(now, now + before).proportion_ci(method="exact")
    scale = days_before / days
    assert found.low == pytest.approx(exact.low / (1 - exact.low) * scale, rel=1e-3, abs=1e-3)
    if before:
        assert found.high == pytest.approx(exact.high / (1 - exact.high) * scale, rel=1e-3, abs=1e-3)
        assert found.ratio == pytest.approx(now / days / (before / days_before), abs=1e-3)
    else:
        assert (found.ratio, found.high) == (None, None)


@pytest.mark.parametrize(
    ("now", "before", "verdict"),
    [
        (475, 326, Verdict.MORE), (326, 475, Verdict.FEWER), (104, 100, Verdict.ALIKE),
        (0, 40, Verdict.FEWER), (40, 0, Verdict.MORE), (9, 0, Verdict.TOO_FEW), (0, 0, Verdict.TOO_FEW),
    ],
)  # fmt: skip
def test_the_verdict_follows_the_interval_and_the_guard(now: int, before: int, verdict: Verdict) -> None:
    assert compare(now, before).verdict is verdict


@given(st.integers(0, TOO_FEW - 1), st.integers(0, TOO_FEW - 1))
def test_small_counts_say_nothing_of_a_difference(now: int, before: int) -> None:
    if now + before < TOO_FEW:
        assert compare(now, before).verdict is Verdict.TOO_FEW


def test_twice_as_many_in_twice_the_time_is_no_difference() -> None:
    found = compare(200, 100, days_now=62, days_before=31)
    assert (found.ratio, found.verdict) == (1.0, Verdict.ALIKE)


ROUNDED = 5e-5 + 1e-9
"""Limits have four decimals."""


@given(COUNTS, COUNTS)
@example(now=0, before=316)
def test_looked_at_from_the_other_period_the_limits_are_the_inverse(now: int, before: int) -> None:
    there, back = compare(now, before), compare(before, now)
    if there.high:
        least, most = 1 / (there.high + ROUNDED), 1 / max(there.high - ROUNDED, ROUNDED)
        assert least - ROUNDED <= back.low <= most + ROUNDED


@pytest.mark.parametrize("given_", [(-1, 0, 1, 1), (0, -1, 1, 1), (1, 1, 0, 1), (1, 1, 1, -1)])
def test_what_cannot_be_counted_is_no_comparison(given_: tuple[int, int, float, float]) -> None:
    now, before, days, days_before = given_
    with pytest.raises(ValueError, match="against"):
        compare(now, before, days_now=days, days_before=days_before)


def test_few_squares_hold_half_of_what_is_concentrated() -> None:
    assert holding([10, 1, 1, 8], 0.5) == 1
    assert holding([1, 1, 1, 1], 0.5) == 2
    assert holding(np.array([], dtype=int), 0.5) == 0
    assert holding([3, 2], 1) == 2
