"""Draws without replacement: against every draw there is, against the hypergeometric, and with large tables."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from mapping.draws import at_least


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=2, max_size=8), st.data())
def test_the_chance_is_the_share_of_all_draws_that_reach_the_sum(counts: list[int], data: st.DataObject) -> None:
    n = len(counts)
    drawn = data.draw(st.lists(st.integers(0, n - 1), min_size=n, max_size=n))
    sums = data.draw(st.lists(st.integers(0, sum(counts) + 2), min_size=n, max_size=n))
    kept = data.draw(st.booleans())
    found = at_least(np.array(counts), np.array(drawn), np.array(sums), kept=kept)
    for place in range(n):
        others = counts[:place] + counts[place + 1 :] if kept else counts
        reached = [sum(part) >= sums[place] for part in combinations(others, drawn[place])]
        assert found[place] == pytest.approx(np.mean(reached), abs=1e-12)


def test_ones_and_noughts_are_the_hypergeometric_also_far_out() -> None:
    counts = np.array([1] * 40 + [0] * 960)
    sums = np.full(1000, 6)
    found = at_least(counts, np.full(1000, 24), sums, kept=True)
    assert found[:40] == pytest.approx(hypergeom.sf(5, 999, 39, 24), rel=1e-9)
    assert found[40:] == pytest.approx(hypergeom.sf(5, 999, 40, 24), rel=1e-9)
    assert at_least(counts, np.full(1000, 24), sums, kept=False) == pytest.approx(
        hypergeom.sf(5, 1000, 40, 24), rel=1e-9
    )


def test_a_table_that_would_fill_the_memory_is_refused_with_another_way() -> None:
    counts = np.arange(0, 40_000, 40)
    with pytest.raises(ValueError, match=r"counts reach .* with 24 neighbours: .* use gi_star"):
        at_least(counts, np.full(1000, 24), np.full(1000, 400_000), kept=True)
