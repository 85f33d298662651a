"""Joined months (sammanslagna månader): what of a card's counts everybody may be told. Pure.

A month of a single place has so few deviations that somebody could be recognised by it. Joined with those beside it, it
may be told; so many are joined that none has to be left out, for what is left out follows from the sum of a period.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mapping.disclosure import LEAST, ORGANISATIONS
from mapping.monthly import Counter, Which
from mapping.periods import Period, months_before
from mapping.spans import Spans

Around = tuple[Which, Which]
"""What lies in a ground, and what in the ring around it."""


@dataclass(frozen=True)
class Joined:
    """Counts before and after, oldest first, each of so many months."""

    months: int
    before: tuple[int, ...]
    after: tuple[int, ...]


@dataclass(frozen=True)
class Told:
    """What of a card everybody may be told: some of its pairs of counts, the series of the place and of the control."""

    pairs: tuple[str, ...] = ()
    """By the names that the figures have for them."""
    treated: Joined | None = None
    control: Joined | None = None


def told(made: Counter, span: Spans, months: int, treated: Around, control: Around) -> Told:
    """Return what singles out nobody: counts of at least five, from at least two organisations.

    Parameters
    ----------
    made : Counter
        All that was counted.
    span : Spans
        Before and after.
    months : int
        Of each of the two.
    treated, control : tuple of 2 ndarray of int
        The rows in the place and in its ring, and in the control and in its ring.

    Returns
    -------
    Told
        Both counts of a pair or none. No two pairs share a row, so that one that is not told follows from no other; a
        series is told only where the sums that follow from it are.
    """
    periods = (span.before, span.after)
    grounds = dict(zip(("treated", "ring", "control", "ring_control"), (*treated, *control), strict=True))
    pairs = tuple(name for name, which in grounds.items() if _all_told(made, which, periods))
    series = (
        _joined(made, grounds[name], periods, months) if name in pairs else None for name in ("treated", "control")
    )
    return Told(pairs, *series)


def _joined(made: Counter, which: Which, periods: tuple[Period, Period], months: int) -> Joined | None:
    """Return the series of the fewest months in which every count is told; None where only whole periods are."""
    for step in (n for n in range(1, months) if months % n == 0):
        parts = [_parts(period, step, months) for period in periods]
        if _all_told(made, which, [part for period in parts for part in period]):
            then, now = (tuple(len(made.within(which, part)) for part in period) for period in parts)
            return Joined(step, then, now)
    return None


def _parts(period: Period, step: int, months: int) -> list[Period]:
    edges = [months_before(period.first, -n) for n in range(0, months + 1, step)]
    return [Period(first, end) for first, end in pairwise(edges)]


def _all_told(made: Counter, which: Which, periods: Iterable[Period]) -> bool:
    return all(_told(made, made.within(which, period)) for period in periods)


def _told(made: Counter, rows: Which) -> bool:
    return len(rows) >= LEAST and len(np.unique(made.rows.organisation[rows])) >= ORGANISATIONS
