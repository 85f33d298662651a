"""Joined months (sammanslagna månader): what of a card's counts everybody may be told. Pure.

A month of a single place has so few deviations that somebody could be recognised by it. Joined with those beside it, it
may be told; so many are joined that none has to be left out, for what is left out follows from the sum of a period.
What earlier cards told of the same ground is known: no small count may follow from theirs and this one's together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from mapping.disclosure import LEAST, ORGANISATIONS
from mapping.grounds import Area
from mapping.monthly import Counter, Which
from mapping.periods import Period, months_before
from mapping.spans import Spans

Around = tuple[Which, Which]
"""What lies in a ground, and what in the ring around it."""
Where = tuple[Area, int]
"""A ground, or the ring around it of so many metres."""
Known = Mapping[Where, Collection[Period]]
"""Of what counts were told, by where they were counted."""
PAIRS = ("treated", "ring", "control", "ring_control")
"""The pairs of counts of a card, by the names that its figures have for them."""


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
    treated: Joined | None = None
    control: Joined | None = None


@dataclass(frozen=True)
class Compared:
    """What a card compares: a place with its control, the rings around both, so many months before and after."""

    area: Area
    control: Area
    ring_m: int
    spans: Spans
    months: int

    @property
    def grounds(self) -> dict[str, Where]:
        """Return where each pair is counted."""
        wheres = ((area, wide) for area in (self.area, self.control) for wide in (0, self.ring_m))
        return dict(zip(PAIRS, wheres, strict=True))

    def parts(self, step: int) -> list[Period]:
        """Return before and after, so many months at a time."""
        edges = range(0, self.months + 1, step)
        firsts = (self.spans.before.first, self.spans.after.first)
        each = (pairwise(months_before(first, -n) for n in edges) for first in firsts)
        return [Period(*ends) for period in each for ends in period]


@dataclass(frozen=True)
class Telling(Compared):
    """What a card compares, and what of it everybody may be told."""

    told: Told | None
    """None on a card from before this was kept: then all of it may have been told."""

    def periods(self) -> Iterator[tuple[Where, Period]]:
        """Yield where counts that are told lie, and of when they are."""
        told = self.told or Told(PAIRS)
        for name in told.pairs:
            series: Joined | None = getattr(told, name, None)
            for part in self.parts(series.months if series else self.months):
                yield self.grounds[name], part


def known(earlier: Iterable[Telling]) -> Known:
    """Return of what counts were told."""
    found: dict[Where, set[Period]] = {}
    for where, period in (each for telling in earlier for each in telling.periods()):
        found.setdefault(where, set()).add(period)
    return found


def follows(periods: Iterable[Period]) -> set[Period]:
    """Return the shortest periods that those given are made of: of them alone is all that follows from their counts.

    Sums and differences of counts tell of whole ones of these, one or several, and never of a part of one. Some of them
    may not follow by themselves: that they are asked for all the same is more than is needed, and simple.
    """
    given = sorted(periods, key=lambda period: (period.first, period.end))
    reached: list[set[date]] = []
    for period in given:
        ends = {period.first, period.end}
        if reached and period.first <= max(reached[-1]):
            reached[-1] |= ends
        else:
            reached.append(ends)
    return {Period(*ends) for days in reached for ends in pairwise(sorted(days))}


def told(made: Counter, of: Compared, treated: Around, control: Around, earlier: Known) -> Told:
    """Return what singles out nobody: counts of at least five, from at least two organisations.

    Parameters
    ----------
    made : Counter
        All that was counted.
    of : Compared
        The grounds, and before and after.
    treated, control : tuple of 2 ndarray of int
        The rows in the place and in its ring, and in the control and in its ring.
    earlier : mapping of (Area, int) to a collection of Period
        What was told before: what follows from it and from this together must be told as well.

    Returns
    -------
    Told
        Both counts of a pair or none. No two pairs share a row, so that one that is not told follows from no other; a
        series is told only where the sums that follow from it are.
    """
    rows = dict(zip(PAIRS, (*treated, *control), strict=True))
    free = {name: _Free(made, rows[name], earlier.get(where, ())) for name, where in of.grounds.items()}
    pairs = tuple(name for name, each in free.items() if each.to_tell(of.parts(of.months)))
    return Told(pairs, *(_joined(free[name], of) if name in pairs else None for name in ("treated", "control")))


@dataclass(frozen=True)
class _Free:
    """Rows of one ground, and of what periods everybody knows their counts."""

    made: Counter
    rows: Which
    known: Collection[Period]

    def count(self, period: Period) -> int:
        return len(self.made.within(self.rows, period))

    def to_tell(self, periods: Collection[Period]) -> bool:
        """Tell whether neither a count of one of the periods nor one that follows from them is small."""
        following = follows([*self.known, *periods]) - follows(self.known)
        return all(self._large(period) for period in {*periods, *following})

    def _large(self, period: Period) -> bool:
        rows = self.made.within(self.rows, period)
        return len(rows) >= LEAST and len(np.unique(self.made.rows.organisation[rows])) >= ORGANISATIONS


def _joined(free: _Free, of: Compared) -> Joined | None:
    """Return the series of the fewest months in which every count is told; None where only whole periods are."""
    for step in (n for n in range(1, of.months) if of.months % n == 0):
        parts = of.parts(step)
        if free.to_tell(parts):
            half = len(parts) // 2
            counts = tuple(free.count(part) for part in parts)
            return Joined(step, counts[:half], counts[half:])
    return None
