"""Grading: shares by hand, the best choice among all choices, ties and what has no grade."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping import counts


def test_the_index_is_the_share_of_what_happened_over_the_share_of_the_area() -> None:
    assert counts.pai([25, 75], [1, 0], [50, 50]).tolist() == [0.5, 1]
    assert counts.pai([20, 80], [1, 0], [10, 90])[0] == pytest.approx(2)


def test_four_equal_cells_by_hand() -> None:
    found = counts.pai([2, 6, 0, 2], [5, 3, 9, 1], 1)
    assert found == pytest.approx([0, 0.4, 0.8 / 0.75, 1])
    assert counts.pei([2, 6, 0, 2], [5, 3, 9, 1], 1) == pytest.approx([0, 2 / 8, 8 / 10, 1])


def test_cells_predicted_alike_stand_in_the_order_given() -> None:
    assert counts.pai([1, 3], [5, 5], 1).tolist() == [0.5, 1]
    assert counts.pai([3, 1], [5, 5], 1).tolist() == [1.5, 1]


CELLS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3), st.integers(1, 6)), min_size=2, max_size=7)


@settings(max_examples=60, deadline=None)
@given(CELLS, st.booleans())
def test_no_choice_of_as_many_cells_is_better_than_the_best(cells: list[tuple[int, int, int]], equal: bool) -> None:
    table = np.array(cells, dtype=float)
    observed, predicted, area = table[:, 0], table[:, 1], np.ones(len(cells)) if equal else table[:, 2]
    observed[0] += 1
    reached, grade = counts.pai(observed, predicted, area), counts.pei(observed, predicted, area)
    for k in range(1, len(cells) + 1):
        ways = [list(way) for way in combinations(range(len(cells)), k)]
        best = max(observed[way].sum() / area[way].sum() for way in ways) * area.sum() / observed.sum()
        assert grade[k - 1] == pytest.approx(reached[k - 1] / best)
    assert reached[-1] == pytest.approx(1)


def test_who_predicts_what_happens_is_as_good_as_can_be() -> None:
    observed = np.random.default_rng(1).poisson(2, 500)
    assert counts.pei(observed, observed, 2.5) == pytest.approx(np.ones(500))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"observed": [0, 0, 0]}, "observed holds 0 in all"),
        ({"observed": [3, -1, 0]}, "give counts from 0"),
        ({"predicted": [1, math.nan, 0]}, r"predicted holds nan at \[1\]"),
        ({"predicted": [1, 2]}, "predicted has 2 values for 3 points"),
        ({"area": [1, 0, 1]}, "area holds 0; every cell has one above 0"),
        ({"area": [1, 1]}, "area has 2 values for 3 points"),
    ],
)
def test_what_has_no_grade_is_refused(changed: dict[str, Any], words: str) -> None:
    asked: dict[str, Any] = {"observed": [1, 2, 3], "predicted": [3, 2, 1], "area": 1}
    with pytest.raises(ValueError, match=words):
        counts.pei(**(asked | changed))


def test_very_many_unequal_cells_have_no_best_choice() -> None:
    many = np.arange(1.0, 5002)
    with pytest.raises(ValueError, match="area has 5,001 unequal cells; at most 5,000"):
        counts.pei(many, many, many)
