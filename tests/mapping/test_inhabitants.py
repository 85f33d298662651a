"""Counts per inhabitants: with the interval of the count, and no rate where the count is small."""

from __future__ import annotations

import pytest

from mapping.counts import interval, not_covered
from mapping.figures import Counted, Reporters
from mapping.inhabitants import rates


def counted(key: str, count: int) -> Counted:
    return Counted(key, count, *interval(count), not_covered(count, 0), not_covered(count, 0), Reporters(1, 0, 0))


def test_a_rate_has_the_interval_of_its_count_and_a_small_count_has_that_alone() -> None:
    many, few, nobody_knows = counted("Norr", 41), counted("Söder", 9), counted("Väst", 60)
    norr, soder = rates((many, few, nobody_knows), {"Norr": 8200, "Söder": 500, "Öst": 900})
    assert (norr.key, norr.population, norr.count, norr.rate) == ("Norr", 8200, 41, 5.0)
    assert (norr.low, norr.high) == pytest.approx((many.low / 8.2, many.high / 8.2), abs=0.006)
    assert (soder.rate, soder.count) == (None, 9)
    assert soder.low < 18 < soder.high


def test_a_group_where_nobody_lives_is_refused() -> None:
    with pytest.raises(ValueError, match="inhabitants"):
        rates((counted("Norr", 41),), {"Norr": 0})
