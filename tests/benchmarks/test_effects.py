"""The simulation of effect cards: its power calculation by hand, and a page that tells what was said."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from benchmarks import thefts
from benchmarks.effects import LEVEL, Case, Result, drawn, page, power, simulate
from mapping.verdicts import Sentence


def test_the_power_is_that_of_the_rarer_of_the_two() -> None:
    limit = norm.isf(0.025)
    relative, difference = np.log(2) / np.sqrt(3 / 100 + 1 / 50), 50 / np.sqrt(350)
    assert power((100, 50, 100, 100), 1, 1) == pytest.approx(norm.cdf(min(relative, difference) - limit))
    assert power((100, 50, 100, 100), 4, 1) == pytest.approx(norm.cdf(min(relative, difference) - 2 * limit))
    assert power((100, 50, 100, 100), 4, 4) == pytest.approx(norm.cdf(min(relative, difference) / 2 - limit))
    assert power((100, 100, 100, 100), 2, 2) == pytest.approx(0.025)


def test_a_measure_that_takes_nearly_all_away_is_nearly_always_found() -> None:
    rng = np.random.default_rng(1)
    gone, nothing = (simulate(Case("any", 12, 1.0, cut), 20, rng) for cut in (0.9, 0.0))
    assert gone.runs == nothing.runs == 20
    assert gone.claimed > 0.7
    assert nothing.claimed < 0.3
    assert gone.power > 0.9


@pytest.mark.parametrize("together", [0.0, 0.5, 0.8])
def test_counts_vary_and_hang_together_as_they_should(together: float) -> None:
    counts = drawn(np.full((4000, 36), LEVEL), Case("any", 3, 2.0, 0.0, together), np.random.default_rng(2))
    assert counts.mean() == pytest.approx(LEVEL, rel=0.01)
    assert counts.var() == pytest.approx(2 * LEVEL, rel=0.03)
    beside = np.mean((counts[:, 1:] - LEVEL) * (counts[:, :-1] - LEVEL))
    assert beside == pytest.approx((1.1**together - 1) * LEVEL**2, abs=0.35)


def test_a_row_with_too_many_claims_says_so() -> None:
    often = Result(Case("any", 3, 1.0, 0.0))
    often.told.update({Sentence.FEWER: 6, Sentence.MORE: 1, Sentence.NOT_ENOUGH: 93})
    assert "| any place | 3 | 1 | 100 | 7.0%, **too often** | 6.0% | 1.0% |" in page([often], [], [])
    wandering = Result(Case("worst", 12, 2.0, 0.0, 0.8), often.told)
    assert "| the worst year before | 12 | 0.8 | 100 | 7.0%, **too often** | 0.0% |" in page([], [wandering], [])


@pytest.mark.realdata
def test_cards_of_real_thefts_are_told_apart_by_side_and_months(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thefts, "DONE", thefts.DONE[3:4])
    monkeypatch.setattr(thefts, "SQUARES", 5)
    found = list(thefts.told(np.random.default_rng(3)))
    asked = [(each.side, each.months, each.said.total()) for each in found]
    assert asked == [(side, months, 5 * (months < 12)) for side in (1000, 2000) for months in (3, 6, 12)]
    assert {Sentence(each) for told in found for each in told.said} >= {Sentence.NOT_ENOUGH}
    told = thefts.Told(2000, 6)
    told.said.update({Sentence.MORE: 1, Sentence.UNSURE: 2, Sentence.NOT_ENOUGH: 7, Sentence.FEW: 90})
    assert "| 2,000 m | 6 | 10 | 10.0%, **too often** | 20.0% |" in page([], [], [], [told])
