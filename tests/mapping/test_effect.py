"""Effect figures against what others have published, what must not change them, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, inf, log, sqrt
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from mapping import effect
from mapping.effect import Difference

AREAS = {"treated": (207, 110), "control": (308, 318), "ring": (178, 157), "ring_control": (150, 140)}
"""Counts that Wheeler uses for his package ptools: andrewpwheeler.com, "Using weights in regression examples", 2022."""
COUNT = st.integers(1, 500)
PAIR = st.tuples(COUNT, COUNT)


def test_wheelers_areas_give_his_figures() -> None:
    local = effect.wdd(AREAS["treated"], AREAS["control"], weights=(1.2, 0.9))
    assert (round(local.estimate, 1), round(local.se, 1)) == (-91.9, 31.5)
    plain = effect.wdd(AREAS["treated"], AREAS["control"])
    assert (plain.estimate, round(plain.se, 1), round(plain.z, 1)) == (-107, 30.7, -3.5)
    whole = effect.wdd(*AREAS.values())
    assert [whole.estimate, whole.se] == pytest.approx([-107 - 11, sqrt(943 + 625)])


def test_unequal_periods_give_wheelers_figures() -> None:
    """Two years before, one after: andrewpwheeler.com, "The WDD test with different pre/post time periods", 2021."""
    raw = effect.wdd((80, 20), (100, 50))
    assert (raw.estimate, round(raw.se, 1)) == (-10, 15.8)
    yearly = effect.wdd((80, 20), (100, 50), weights=[(2, 1), (2, 1)])
    assert (yearly.estimate, round(yearly.se, 1)) == (-20, 10.7)
    assert (round(yearly.low), round(yearly.high)) == (-41, 1)


def test_the_first_examples_of_ptools_to_their_last_digit() -> None:
    """The page that opens github.com/apwheele/ptools; its interval is one of 90 %."""
    found = effect.wdd((20, 10), (20, 20), alpha=0.1)
    assert (found.estimate, round(found.se, 6), round(found.z, 6)) == (-10, 8.3666, -1.195229)
    assert (round(found.low, 6), round(found.high, 6)) == (-23.761833, 3.761833)
    assert round(effect.e_test(6, 2), 7) == 0.1748748


def test_the_calculators_example() -> None:
    """crimede-coder.com, "Some extensions to the WDD statistic", 2025: 10 fewer, standard error 19."""
    found = effect.wdd((100, 80), (100, 90))
    assert (found.estimate, round(found.se)) == (-10, 19)


def test_wilsons_ratio_as_wheeler_writes_it() -> None:
    """andrewpwheeler.com, "Comparing the WDD vs the Wilson log IRR estimator": the logarithm is -0.4238142."""
    found = effect.relative_effect((50, 30), (60, 55))
    assert log(1 / found.estimate) == pytest.approx(-0.4238142, abs=5e-8)
    assert found.z == pytest.approx(0.4238142 / sqrt(1 / 50 + 1 / 30 + 1 / 60 + 1 / 55), abs=1e-6)
    assert log(found.high) - log(found.low) == pytest.approx(2 * 1.959964 * 0.296953, abs=1e-5)


def test_the_conditional_test_gives_the_figures_of_the_manual_of_r() -> None:
    """The example of `poisson.test` in the manual of R: 11 in 800 beside 21 in 3011 person-years."""
    found = effect.rate_ratio(11, 800, 6 + 8 + 7, 1083 + 1050 + 878, method="exact")
    assert found.estimate == pytest.approx(1.971488, abs=5e-7)
    assert [found.low, found.high] == pytest.approx([0.8584264, 4.2772659], abs=5e-8)
    assert found.p == pytest.approx(0.07967, abs=5e-6)
    assert found.z is None


def test_the_score_test_gives_the_figures_of_gu_and_others() -> None:
    """Gu, Ng, Tang and Schucany (2008), 60 in 51,477.5 beside 30 in 54,308.7: one-sided p 0.000316."""
    found = effect.rate_ratio(60, 51477.5, 30, 54308.7, method="score")
    assert found.p / 2 == pytest.approx(0.000316, abs=5e-7)
    assert found.z == pytest.approx(3.417402, abs=5e-7)


def test_the_e_test_gives_the_figures_of_its_authors() -> None:
    """Krishnamoorthy and Thomson (2004), as SciPy's own tests quote them."""
    assert effect.e_test(0, 3, 100, 100) == pytest.approx(0.0884, abs=5e-5)
    assert effect.e_test(2, 6, 100, 100) == pytest.approx(0.1749, abs=5e-5)
    assert effect.e_test(3, 20, 100, 300) == pytest.approx(0.1220, abs=5e-5)


def test_the_quotient_by_hand() -> None:
    found = effect.wdq((200, 100), (100, 100), (50, 40))
    assert [found.success, found.buffer, found.wdq] == pytest.approx([-1, -0.1, 0.1])
    displaced = effect.wdq((200, 100), (100, 100), (50, 80))
    assert displaced.wdq == pytest.approx(-0.3)


@pytest.mark.parametrize("treated", [(100, 100), (100, 130)])
def test_the_quotient_says_nothing_where_the_place_did_not_improve(treated: tuple[int, int]) -> None:
    assert effect.wdq(treated, (100, 100), (50, 40)).wdq is None


@given(PAIR, PAIR)
@settings(max_examples=40)
def test_swapping_treated_and_control_turns_the_sign_and_nothing_else(
    treated: tuple[int, int], control: tuple[int, int]
) -> None:
    one, other = effect.wdd(treated, control), effect.wdd(control, treated)
    assert (other.estimate, other.se, other.z) == (-one.estimate, one.se, -one.z)
    assert (other.low, other.high) == (-one.high, -one.low)


@given(PAIR, PAIR, PAIR, st.integers(2, 9))
@settings(max_examples=40)
def test_scaling_all_counts_leaves_the_quotient(
    treated: tuple[int, int], control: tuple[int, int], ring: tuple[int, int], by: int
) -> None:
    one = effect.wdq(treated, control, ring)
    other = effect.wdq(*((before * by, after * by) for before, after in (treated, control, ring)))
    assert (other.wdq is None) == (one.wdq is None)
    if one.wdq is not None:
        assert other.wdq == pytest.approx(one.wdq)


def test_a_ring_that_gains_adds_to_the_difference_and_its_control_takes_away() -> None:
    base = effect.wdd((50, 40), (50, 50))
    assert effect.wdd((50, 40), (50, 50), (30, 25)).estimate == base.estimate - 5
    assert effect.wdd((50, 40), (50, 50), None, (30, 25)).estimate == base.estimate + 5


def test_weights_of_one_change_nothing_and_areas_are_pairs_of_the_same() -> None:
    assert effect.wdd(*AREAS.values(), weights=(1, 1, 1, 1)) == effect.wdd(*AREAS.values())
    assert effect.wdd((9, 3), (8, 7), weights=(2, 3)) == effect.wdd((9, 3), (8, 7), weights=((2, 2), (3, 3)))


def test_weights_may_be_an_array_of_whole_numbers_and_a_row_of_three_is_none() -> None:
    plain = effect.wdd((80, 20), (100, 50), weights=[(2, 1), (2, 1)])
    assert effect.wdd((80, 20), (100, 50), weights=np.array([[2, 1], [2, 1]]).tolist()) == plain
    assert effect.wdd((9, 3), (8, 7), weights=list(np.array([2, 3]))) == effect.wdd((9, 3), (8, 7), weights=(2, 3))
    with pytest.raises(ValueError, match="give a number, or"):
        effect.wdd((9, 3), (8, 7), weights=[(1, 1, 1), 2])


def test_a_sum_weighs_each_kind_by_its_harm() -> None:
    thefts, assaults = effect.wdd((40, 30), (40, 40)), effect.wdd((9, 4), (9, 9))
    found = effect.wdd_sum([thefts, assaults], [1, 10])
    assert found.estimate == -10 - 50
    assert found.se == pytest.approx(sqrt(150 + 100 * 31))
    assert effect.wdd_sum([thefts], [1]) == thefts


def test_a_sum_takes_arrays() -> None:
    results, weights = [Difference(1, 1, 1, 0, 2), Difference(3, 1, 3, 2, 4)], [1.0, 2.0]
    arrays = cast("list[Difference]", np.array(results, dtype=object)), cast("list[float]", np.array(weights))
    assert effect.wdd_sum(*arrays) == effect.wdd_sum(results, weights)


def test_a_dispersion_widens_the_interval_by_its_root_and_leaves_the_middle() -> None:
    one, four = (effect.relative_effect((50, 30), (60, 55), dispersion=by) for by in (1, 4))
    assert four.estimate == one.estimate
    assert log(four.high / four.low) == pytest.approx(2 * log(one.high / one.low))


def test_a_dispersion_by_hand_and_never_below_that_of_chance() -> None:
    months = [(10, 20), (20, 10), (15, 15)]
    assert effect.overdispersion(months) == pytest.approx((2 * 25 / 7.5) / 2)
    assert effect.overdispersion([(10, 10)] * 6) == 1
    assert effect.overdispersion([(5, 0), (7, 0), (6, 0), (0, 0)]) == 1


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.2, 5))
@settings(max_examples=60)
def test_the_exact_limits_are_where_the_tails_are_two_and_a_half_in_a_hundred(k1: int, k2: int, n1: float) -> None:
    if k1 + k2 == 0:
        return
    found = effect.rate_ratio(k1, n1, k2, 1, method="exact")
    assert found.low <= found.estimate <= found.high
    if k1:
        share = found.low * n1 / (1 + found.low * n1)
        assert binom.sf(k1 - 1, k1 + k2, share) == pytest.approx(0.025, rel=1e-6)
    if k2:
        share = found.high * n1 / (1 + found.high * n1)
        assert binom.cdf(k1, k1 + k2, share) == pytest.approx(0.025, rel=1e-6)


@pytest.mark.parametrize("method", ["score", "exact"])
def test_a_zero_gives_a_limit_and_no_invented_number(method: effect.Method) -> None:
    none, all_ = effect.rate_ratio(0, 1, 8, 1, method=method), effect.rate_ratio(8, 1, 0, 1, method=method)
    assert (none.estimate, none.low, all_.estimate, all_.high) == (0, 0, inf, inf)
    assert 0 < none.high < 1 < all_.low < inf
    assert none.high == pytest.approx(1 / all_.low)


def test_the_log_wald_interval_by_hand() -> None:
    found = effect.rate_ratio(20, 2, 5, 1)
    assert [found.estimate, found.z] == pytest.approx([2, log(2) / sqrt(1 / 20 + 1 / 5)])
    assert found.low == pytest.approx(exp(log(2) - 1.959964 * 0.5), rel=1e-6)


REFUSED: list[tuple[str, Callable[[], object]]] = [
    ("all counts are zero", lambda: effect.wdd((0, 0), (0, 0))),
    ("treated", lambda: effect.wdd((1, 2, 3), (1, 2))),
    ("control", lambda: effect.wdd((1, 2), (1, float("nan")))),
    ("ring", lambda: effect.wdd((1, 2), (1, 2), (-1, 2))),
    ("one entry for each", lambda: effect.wdd((1, 2), (1, 2), weights=(1,))),
    ("above zero", lambda: effect.wdd((1, 2), (1, 2), weights=(1, 0))),
    ("alpha", lambda: effect.wdd((1, 2), (1, 2), alpha=0)),
    ("alpha", lambda: effect.rate_ratio(1, 1, 2, 1, method="exact", alpha=1)),
    ("at least one", lambda: effect.wdd_sum([], [])),
    ("0 for 1", lambda: effect.wdd_sum([Difference(1, 1, 1, 0, 2)], [])),
    ("give numbers", lambda: effect.wdd_sum([Difference(1, 1, 1, 0, 2)], [inf])),
    ("cannot be computed", lambda: effect.relative_effect((5, 0), (5, 5))),
    ("dispersion", lambda: effect.relative_effect((5, 5), (5, 5), dispersion=0)),
    ("cannot be computed", lambda: effect.wdq((5, 5), (5, 0), (5, 5))),
    ("cannot be computed", lambda: effect.rate_ratio(0, 1, 5, 1)),
    ("cannot be computed", lambda: effect.rate_ratio(0, 1, 0, 1, method="exact")),
    ("whole number", lambda: effect.rate_ratio(-1, 1, 2, 1)),
    ("exposure", lambda: effect.rate_ratio(1, 0, 2, 1)),
    ("method: wald", lambda: effect.rate_ratio(1, 1, 2, 1, method=cast("effect.Method", "wald"))),
    ("cannot be computed", lambda: effect.e_test(0, 0)),
    ("at least 3", lambda: effect.overdispersion([(1, 1), (2, 2), (0, 0)])),
]


@pytest.mark.parametrize(("said", "asked"), REFUSED, ids=[f"{i}-{said}" for i, (said, _) in enumerate(REFUSED)])
def test_what_cannot_be_computed_is_refused_and_said(said: str, asked: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=said):
        asked()
