"""Effect (effekt): what a comparison of before and after says of a measure, and how sure it is.

Pure: counts in, figures with intervals out. No count is changed on the way: where a zero makes a figure impossible,
that is said instead of adding a half. Every pair is (before, after).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, isfinite, log, sqrt
from numbers import Real
from typing import Literal, get_args

from scipy.special import ndtr, ndtri
from scipy.stats import binomtest, poisson_means_test

Pair = Sequence[float]
"""Two counts of the same area: before, after."""
Weight = float | Pair
"""What a count is divided by: an area, or before and after of time, or of time by area."""
Method = Literal["log-wald", "score", "exact"]
METHODS: tuple[Method, ...] = get_args(Method)


@dataclass(frozen=True)
class Difference:
    """How many fewer (below zero) or more there are than the control lets expect."""

    estimate: float
    se: float
    z: float
    low: float
    high: float


@dataclass(frozen=True)
class Ratio:
    """How many times as many there are as the other side lets expect; `z` is None where the method has none."""

    estimate: float
    low: float
    high: float
    z: float | None
    p: float


@dataclass(frozen=True)
class Quotient:
    """Bowers and Johnson's three figures; `wdq` is None where the treated place did not improve."""

    success: float
    buffer: float
    wdq: float | None


def wdd(
    treated: Pair,
    control: Pair,
    ring: Pair | None = None,
    ring_control: Pair | None = None,
    *,
    weights: Sequence[Weight] | None = None,
    alpha: float = 0.05,
) -> Difference:
    """Return the weighted displacement difference with its normal interval.

    Parameters
    ----------
    treated, control, ring, ring_control : (before, after)
        Counts. A ring without a control of its own counts with all of its change.
    weights : sequence, optional
        One entry for each pair that is given, in their order: what both counts are divided by, or what each is.
    alpha : float
        One less the interval's confidence.

    Raises
    ------
    ValueError
        For a count that is none, a weight that is not above zero, weights too many or too few, or where no count is
        above zero: then nothing is known of how much chance would do.

    Notes
    -----
    Wheeler and Ratcliffe (2018), A simple weighted displacement difference test to evaluate place based crime
    interventions, Crime Science 7:11: (T1-T0) - (C1-C0) + (D1-D0) - (E1-E0), its variance the sum of the counts. With
    weights each count is divided by its own, and its part of the variance by the square of it.
    """
    signed = ((treated, 1, "treated"), (control, -1, "control"), (ring, 1, "ring"), (ring_control, -1, "ring_control"))
    given = [(_counts(pair, name), sign) for pair, sign, name in signed if pair is not None]
    divisors = _divisors(weights, len(given))
    estimate = variance = 0.0
    for ((before, after), sign), (earlier, later) in zip(given, divisors, strict=True):
        estimate += sign * (after / later - before / earlier)
        variance += before / earlier**2 + after / later**2
    return _difference(estimate, variance, alpha)


def wdd_sum(results: Sequence[Difference], weights: Sequence[float], *, alpha: float = 0.05) -> Difference:
    """Return the sum of independent differences, each times its weight: several kinds by the harm that they do.

    Parameters
    ----------
    results : sequence of Difference, length n
    weights : sequence of float, length n

    Raises
    ------
    ValueError
        For another number of weights than results, none at all, or a weight that is no number.

    Notes
    -----
    The variance is the sum of the squared weights times the variances (Wheeler and Ratcliffe 2018).
    """
    if len(results) != len(weights) or len(results) == 0:
        raise ValueError(f"weights: {len(weights)} for {len(results)} results; give one for each, and at least one")
    if not all(isfinite(weight) for weight in weights):
        raise ValueError(f"weights: {list(weights)}; give numbers")
    pairs = list(zip(results, weights, strict=True))
    estimate = sum(weight * result.estimate for result, weight in pairs)
    variance = sum((weight * result.se) ** 2 for result, weight in pairs)
    return _difference(estimate, variance, alpha)


def relative_effect(treated: Pair, control: Pair, *, dispersion: float = 1.0, alpha: float = 0.05) -> Ratio:
    """Return how many times larger the control's development is than the treated place's: above 1 is an improvement.

    Parameters
    ----------
    treated, control : (before, after)
        Counts, all above zero.
    dispersion : float
        How many times the variance is that of a Poisson count; the control's months tell (`overdispersion`).

    Raises
    ------
    ValueError
        For a count of zero: the figure cannot be computed, and nothing is added to make it so.

    Notes
    -----
    Welsh and Farrington: RES = (T0 * C1) / (T1 * C0); Var ln RES = 1/T0 + 1/T1 + 1/C0 + 1/C1, times the dispersion.
    """
    (t0, t1), (c0, c1) = _counts(treated, "treated"), _counts(control, "control")
    if min(t0, t1, c0, c1) == 0:
        raise ValueError(f"treated {t0, t1}, control {c0, c1}: cannot be computed with a zero; use `wdd`")
    if not (isfinite(dispersion) and dispersion > 0):
        raise ValueError(f"dispersion: {dispersion}; give a number above zero")
    se = sqrt(dispersion * (1 / t0 + 1 / t1 + 1 / c0 + 1 / c1))
    return _of_logarithm(log(t0) + log(c1) - log(t1) - log(c0), se, alpha)


def wdq(treated: Pair, control: Pair, ring: Pair) -> Quotient:
    """Return the weighted displacement quotient: below zero it was displaced, above zero the ring gained too.

    Parameters
    ----------
    treated, control, ring : (before, after)
        Counts; the control's above zero.

    Raises
    ------
    ValueError
        For a control of zero: the figure cannot be computed.

    Notes
    -----
    Bowers and Johnson (2003), Measuring the geographical displacement and diffusion of benefit effects of crime
    prevention activity, Journal of Quantitative Criminology 19: (D1/C1 - D0/C0) / (T1/C1 - T0/C0), which says
    something only where the treated place improved: where the divisor is below zero.
    """
    (t0, t1), (c0, c1), (d0, d1) = _counts(treated, "treated"), _counts(control, "control"), _counts(ring, "ring")
    if min(c0, c1) == 0:
        raise ValueError(f"control: {c0, c1}; cannot be computed with a zero")
    success, buffer = t1 / c1 - t0 / c0, d1 / c1 - d0 / c0
    return Quotient(success, buffer, buffer / success if success < 0 else None)


def rate_ratio(k1: int, n1: float, k2: int, n2: float, *, method: Method = "log-wald", alpha: float = 0.05) -> Ratio:
    """Return the ratio of two rates, k1/n1 over k2/n2, with its interval and the two-sided p of their being equal.

    Parameters
    ----------
    k1, k2 : int
        Counts.
    n1, n2 : float
        Exposures: days, residents or areas.
    method : {"log-wald", "score", "exact"}
        Normal on the logarithm; normal under equal rates (Wilson's interval of the share that the first has); or given
        the sum of both: Clopper and Pearson's interval, and as p the probability of all splits no likelier than this.

    Raises
    ------
    ValueError
        For another method, an exposure that is not above zero, both counts zero, or a zero with "log-wald": it cannot
        be computed.

    Notes
    -----
    Przyborowski and Wilenski (1940), Biometrika 31, for the conditional test; Gu, Ng, Tang and Schucany (2008),
    Biometrical Journal 50, for the three side by side. With k2 zero the ratio and its upper limit are infinite.
    """
    (k1_, k2_), (n1_, n2_) = _whole(k1, k2), _exposures(n1, n2)
    if method not in METHODS:
        raise ValueError(f"method: {method}; give one of {', '.join(METHODS)}")
    if k1_ + k2_ == 0 or (method == "log-wald" and min(k1_, k2_) == 0):
        raise ValueError(f"k1 {k1_}, k2 {k2_}: cannot be computed with {method}")
    if method == "log-wald":
        return _of_logarithm(log(k1_ / n1_) - log(k2_ / n2_), sqrt(1 / k1_ + 1 / k2_), alpha)
    split = binomtest(k1_, k1_ + k2_, n1_ / (n1_ + n2_))
    limits = split.proportion_ci(1 - _between(alpha), method="wilson" if method == "score" else "exact")
    low, high = (_odds(float(share)) * n2_ / n1_ for share in (limits.low, limits.high))
    estimate = k1_ / n1_ / (k2_ / n2_) if k2_ else inf
    if method == "exact":
        return Ratio(estimate, low, high, None, float(split.pvalue))
    z = (k1_ * n2_ - k2_ * n1_) / sqrt((k1_ + k2_) * n1_ * n2_)
    return Ratio(estimate, low, high, z, _two_sided(z))


def e_test(k1: int, k2: int, n1: float = 1, n2: float = 1) -> float:
    """Return the two-sided p that two Poisson rates are equal, by Krishnamoorthy and Thomson's E-test.

    Raises
    ------
    ValueError
        For a count that is none, an exposure that is not above zero, or both counts zero.

    Notes
    -----
    Krishnamoorthy and Thomson (2004), A more powerful test for comparing two Poisson means, Journal of Statistical
    Planning and Inference 119, as SciPy has it.
    """
    (k1_, k2_), (n1_, n2_) = _whole(k1, k2), _exposures(n1, n2)
    if k1_ + k2_ == 0:
        raise ValueError("k1 0, k2 0: cannot be computed")
    return float(poisson_means_test(k1_, n1_, k2_, n2_).pvalue)


def overdispersion(months: Sequence[Pair]) -> float:
    """Return how many times the variance of a control's monthly counts is that of chance alone; never below 1.

    Parameters
    ----------
    months : sequence of (before, after), length n
        The counts of the same calendar month in the two periods: pairs leave the season out.

    Raises
    ------
    ValueError
        With fewer than three months that have any count: too few to tell.

    Notes
    -----
    Pearson's statistic of the table of months by period over its degrees of freedom (McCullagh and Nelder 1989, 6.2.3).
    """
    pairs = [pair for pair in (_counts(month, "months") for month in months) if sum(pair)]
    if len(pairs) < LEAST_MONTHS:
        raise ValueError(f"months: {len(pairs)} with any count; give at least {LEAST_MONTHS}")
    before, after = (sum(pair[side] for pair in pairs) for side in (0, 1))
    share = after / (before + after)
    if share in (0, 1):
        return 1.0
    pearson = sum((b - (b + a) * (1 - share)) ** 2 / ((b + a) * share * (1 - share)) for b, a in pairs)
    return max(1.0, pearson / (len(pairs) - 1))


LEAST_MONTHS = 3
"""Of a year's months so many must have any count before their spread says anything."""


def _difference(estimate: float, variance: float, alpha: float) -> Difference:
    if variance <= 0:
        raise ValueError("all counts are zero: cannot be computed")
    se, wide = sqrt(variance), quantile(alpha)
    return Difference(estimate, se, estimate / se, estimate - wide * se, estimate + wide * se)


def _of_logarithm(estimate: float, se: float, alpha: float) -> Ratio:
    wide, z = quantile(alpha), estimate / se
    return Ratio(exp(estimate), exp(estimate - wide * se), exp(estimate + wide * se), z, _two_sided(z))


def _two_sided(z: float) -> float:
    return float(2 * ndtr(-abs(z)))


def quantile(alpha: float) -> float:
    """Return how many standard errors an interval reaches to each side that misses in `alpha` of all cases."""
    return -float(ndtri(_between(alpha) / 2))


def _between(alpha: float) -> float:
    if not 0 < alpha < 1:
        raise ValueError(f"alpha: {alpha}; give a number between 0 and 1")
    return alpha


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else inf


def _counts(pair: Pair, name: str) -> tuple[float, float]:
    """Return the pair; counts may be fractions, for a mean of several years."""
    if len(pair) != 2:
        raise ValueError(f"{name}: {list(pair)}; give (before, after)")
    before, after = (float(count) for count in pair)
    if not (isfinite(before) and isfinite(after) and min(before, after) >= 0):
        raise ValueError(f"{name}: {before, after}; give counts from 0")
    return before, after


def _whole(*counts: float) -> list[int]:
    for count in counts:
        if not (isfinite(count) and count >= 0 and count == int(count)):
            raise ValueError(f"count: {count}; give a whole number from 0")
    return [int(count) for count in counts]


def _exposures(*given: float) -> list[float]:
    for exposure in given:
        if not (isfinite(exposure) and exposure > 0):
            raise ValueError(f"exposure: {exposure}; give a number above zero")
    return [float(exposure) for exposure in given]


def _both(weight: Pair) -> tuple[float, float]:
    if len(weight) != 2:
        raise ValueError(f"weights: {list(weight)}; give a number, or (before, after)")
    return float(weight[0]), float(weight[1])


def _divisors(weights: Sequence[Weight] | None, number: int) -> list[tuple[float, float]]:
    if weights is None:
        return [(1.0, 1.0)] * number
    if len(weights) != number:
        raise ValueError(f"weights: {len(weights)} for {number} pairs; give one entry for each pair that is given")
    pairs = [(float(w), float(w)) if isinstance(w, int | float | Real) else _both(w) for w in weights]
    for pair in pairs:
        if not all(isfinite(each) and each > 0 for each in pair):
            raise ValueError(f"weights: {pair}; give numbers above zero")
    return pairs
