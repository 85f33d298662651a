"""Many tests at once: against the example of those who invented it, and against each other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from mapping.significance import adjusted, fdr

HEART = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
         0.7590, 1.0]  # fmt: skip
"""Benjamini & Hochberg 1995, section 3.2: fifteen tests of one treatment of the heart."""
CHANCES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def test_benjamini_and_hochberg_find_four_where_bonferroni_and_holm_find_three() -> None:
    assert fdr(HEART, 0.05).sum() == 4
    assert (adjusted(HEART, method="holm") <= 0.05).sum() == 3


def test_what_is_found_does_not_hang_on_order_or_shape() -> None:
    mixed = np.array(HEART)[::-1].reshape(3, 5)
    assert fdr(mixed).tolist() == np.array([False] * 11 + [True] * 4).reshape(3, 5).tolist()
    assert fdr([]).tolist() == []


@settings(max_examples=50, deadline=None)
@given(CHANCES, st.floats(0.001, 0.5))
def test_both_ways_to_ask_for_the_rate_of_false_findings_agree(p: list[float], alpha: float) -> None:
    held = adjusted(p, method="fdr")
    assert held == pytest.approx(false_discovery_control(p))
    clear = np.abs(held - alpha) > 1e-12
    assert (fdr(p, alpha) == (held <= alpha))[clear].all()


@settings(max_examples=50, deadline=None)
@given(CHANCES)
def test_holm_is_stricter_than_the_rate_and_milder_than_bonferroni(p: list[float]) -> None:
    holm, rate = adjusted(p, method="holm"), adjusted(p, method="fdr")
    assert (holm >= rate - 1e-12).all()
    assert (holm <= np.minimum(np.array(p) * len(p), 1) + 1e-12).all()


@pytest.mark.parametrize("wrong", [1.5, -0.1, math.nan])
def test_a_chance_lies_between_nothing_and_one(wrong: float) -> None:
    with pytest.raises(ValueError, match=f"p holds {wrong}; every p lies between 0 and 1"):
        fdr([0.5, wrong])


@pytest.mark.parametrize("alpha", [0, 1, math.nan])
def test_alpha_is_a_share(alpha: float) -> None:
    with pytest.raises(ValueError, match=f"alpha is {alpha}; give a share between 0 and 1"):
        fdr([0.5], alpha)
