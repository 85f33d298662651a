"""Counts (antal): how many there are in each group, how sure a count is, and whether two counts differ.

Pure: numbers in, numbers out. A comparison is never a bare percentage: it carries its interval, and says *too few to
tell* where the counts are small.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, gammaincinv

from mapping.grading import pai, pei

__all__ = [
    "TOO_FEW",
    "Comparison",
    "Verdict",
    "compare",
    "distinct",
    "holding",
    "interval",
    "not_covered",
    "pai",
    "pei",
    "tally",
]

TOO_FEW = 10
"""With fewer than so many in both periods together nothing is said of a difference: a single family's calls would do.

Below six no exact interval at 95 % leaves out 1, however the counts fall; ten leaves a margin for what hangs together.
"""
DECIMALS = 4
"""Of a ratio and its limits, so that a frozen figure is written one way."""


class Verdict(StrEnum):
    """What the interval of a comparison says."""

    MORE = "more"
    FEWER = "fewer"
    ALIKE = "alike"
    """The interval holds 1: chance alone explains the difference."""
    TOO_FEW = "too_few"
    NOT_COVERED = "not_covered"
    """Nothing was written down yet for a part of the period before: it cannot be compared."""


@dataclass(frozen=True)
class Comparison:
    """Two counts and the ratio of their rates with its interval; None is a limit that cannot be given."""

    now: int
    before: int
    ratio: float | None
    low: float
    high: float | None
    verdict: Verdict


def tally(groups: ArrayLike, size: int) -> NDArray[np.int64]:
    """Return how many there are in each group.

    Parameters
    ----------
    groups : array_like of int, shape (n,)
        The group of each, from 0; below 0 for what is in none.
    size : int
        Number of groups.

    Returns
    -------
    ndarray of int, shape (size,)

    Raises
    ------
    ValueError
        For a group beyond the last.
    """
    given = np.asarray(groups, dtype=np.int64)
    if given.size and given.max() >= size:
        raise ValueError(f"group {given.max()} of {size}")
    return np.bincount(given[given >= 0], minlength=size).astype(np.int64)


def distinct(groups: ArrayLike, members: ArrayLike, size: int) -> NDArray[np.int64]:
    """Return how many different members occur in each group: the organisations behind a count.

    Parameters
    ----------
    groups : array_like of int, shape (n,)
        As for `tally`.
    members : array_like of int, shape (n,)
        The member of each, from 0.
    size : int
        Number of groups.

    Returns
    -------
    ndarray of int, shape (size,)
    """
    given, who = np.asarray(groups, dtype=np.int64), np.asarray(members, dtype=np.int64)
    inside = given >= 0
    many = int(who.max(initial=0)) + 1
    return tally(np.unique(given[inside] * many + who[inside]) // many, size)


def interval(count: int, *, alpha: float = 0.05) -> tuple[float, float]:
    """Return the exact interval of a count's expectation.

    Parameters
    ----------
    count : int
        What was counted; at least 0.
    alpha : float
        One less the coverage.

    Returns
    -------
    low, high : float

    Raises
    ------
    ValueError
        For a count below 0.

    Notes
    -----
    The count is taken as Poisson: what happens does not call forth more of it. low and high are the alpha/2 and
    1 - alpha/2 quantiles of gamma distributions of shape count and count + 1 (Garwood 1936, Biometrika 28:437-442).
    """
    if count < 0:
        raise ValueError(f"a count of {count}")
    low = float(gammaincinv(count, alpha / 2)) if count else 0.0
    return round(low, DECIMALS), round(float(gammaincinv(count + 1, 1 - alpha / 2)), DECIMALS)


def compare(
    now: int, before: int, *, days_now: float = 1, days_before: float = 1, alpha: float = 0.05, guard: int = TOO_FEW
) -> Comparison:
    """Return how the rate of one period compares with that of another.

    Parameters
    ----------
    now, before : int
        The counts; at least 0.
    days_now, days_before : float
        How long was counted, in any unit; above 0.
    alpha, guard : float, int
        One less the coverage of the interval; with fewer than so many in both together the verdict is TOO_FEW.

    Returns
    -------
    Comparison
        ratio is (now/days_now) / (before/days_before), None where before is 0; then high is None too: no limit.

    Raises
    ------
    ValueError
        For counts below 0 or no time.

    Notes
    -----
    Given their sum, the count of now is binomial with p = r·days_now / (r·days_now + days_before); the exact limits of
    p (Clopper & Pearson 1934, Biometrika 26:404-413) are turned into limits of r: the conditional test of
    Krishnamoorthy & Thomson 2004 (Journal of Statistical Planning and Inference 119:23-35), at least 1 - alpha sure.
    """
    if now < 0 or before < 0 or days_now <= 0 or days_before <= 0:
        raise ValueError(f"{now} in {days_now} against {before} in {days_before}")
    scale = days_before / days_now
    low, high = _limits(now, before, scale, alpha)
    ratio = round(now / before * scale, DECIMALS) if before else None
    return Comparison(now, before, ratio, low, high, _verdict(low, high) if now + before >= guard else Verdict.TOO_FEW)


def _limits(now: int, before: int, scale: float, alpha: float) -> tuple[float, float | None]:
    low = _odds(float(betaincinv(now, before + 1, alpha / 2))) * scale if now else 0.0
    high = _odds(float(betaincinv(now + 1, before, 1 - alpha / 2))) * scale if before else None
    return round(low, DECIMALS), None if high is None else round(high, DECIMALS)


def not_covered(now: int, before: int) -> Comparison:
    """Return the comparison of two counts of which the earlier is not of the whole period: none.

    Parameters
    ----------
    now, before : int
        The counts.

    Returns
    -------
    Comparison
    """
    return Comparison(now, before, None, 0.0, None, Verdict.NOT_COVERED)


def _odds(share: float) -> float:
    return share / (1 - share)


def _verdict(low: float, high: float | None) -> Verdict:
    if low > 1:
        return Verdict.MORE
    return Verdict.FEWER if high is not None and high < 1 else Verdict.ALIKE


def holding(counts: ArrayLike, share: float) -> int:
    """Return how few groups hold at least this share of all, the largest first.

    Parameters
    ----------
    counts : array_like of int, shape (n,)
        How many there are in each group.
    share : float
        Between 0 and 1.

    Returns
    -------
    int
        0 where nothing was counted.
    """
    largest = np.sort(np.asarray(counts, dtype=np.int64))[::-1]
    total = largest.sum()
    return int(np.searchsorted(largest.cumsum(), share * total)) + 1 if total else 0
