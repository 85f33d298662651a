"""Monthly counts (månadsräkning): the deviations that a card reads, counted by month wherever it looks. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from shapely import STRtree, points

from mapping.grounds import Ground
from mapping.periods import Period, months_before, months_between
from mapping.spans import YEAR
from mapping.verdicts import MATCHED

EARLIER = 3 * YEAR
"""Months of the series before the measure, where the register reaches so far."""
RING_M = 100
"""Width of the ring around the place, and around the control."""
Which = NDArray[np.int64]
"""Some of the rows, by their places."""


@dataclass(frozen=True)
class Rows:
    """What was read: a column each, metres of SWEREF 99 TM."""

    since: date
    xy: NDArray[np.float64]
    month: NDArray[np.int64]
    """Since the first month that was asked for."""
    organisation: NDArray[np.int64]
    """Who reported it: the same number, the same organisation."""
    accuracy: NDArray[np.float64]
    restricted: int


@dataclass(frozen=True)
class Counter:
    """The rows, and the months that they are counted by: from `first` to the last one after the measure."""

    rows: Rows
    first: date
    done: date
    after: Period

    def series(self, which: Which) -> tuple[int, ...]:
        """Return the monthly counts of some of the rows."""
        size = months_between(self.first, self.after.end)
        month = self.rows.month[which] - self._of(self.first)
        return tuple(int(n) for n in np.bincount(month[month >= 0], minlength=size))

    def around(self, ground: Ground) -> tuple[Which, Which]:
        """Return which rows lie in it, and which in the ring around it."""
        return ground.around(self.tree, RING_M)

    @cached_property
    def tree(self) -> STRtree:
        """Return the rows by where they lie, so that a ground looks only at those near it."""
        return STRtree(np.asarray(points(self.rows.xy)))

    def both(self, ground: Ground) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return the monthly counts of a ground and of the ring around it."""
        inside, ring = self.around(ground)
        return self.series(inside), self.series(ring)

    def within(self, which: Which, period: Period) -> Which:
        """Return which of some rows happened in whole months."""
        return which[self._between(self._of(period.first), self._of(period.end))[which]]

    @property
    def matched(self) -> slice:
        """Return the months of a series that a control is matched on: the last ones before the measure."""
        end = months_between(self.first, self.done)
        return slice(max(0, end - MATCHED), max(0, end))

    @property
    def earlier(self) -> NDArray[np.bool_]:
        """Return which rows happened in those months."""
        start = self._of(self.first)
        return self._between(self.matched.start + start, self.matched.stop + start)

    def corners(self, side: int, least: int) -> set[tuple[int, int]]:
        """Return the south-west corners of the squares of that side, in metres, with so many rows in those months."""
        corner = np.floor(self.rows.xy[self.earlier] / side).astype(np.int64) * side
        held, counts = np.unique(corner, axis=0, return_counts=True)
        return set(map(tuple, held[counts >= least].tolist()))

    def _between(self, start: int, end: int) -> NDArray[np.bool_]:
        return np.logical_and(self.rows.month >= start, self.rows.month < end)

    def _of(self, day: date) -> int:
        return months_between(months_before(self.done, EARLIER), day)
