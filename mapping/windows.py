"""Windows (fönster): the sum of all that lies within a distance of each point, itself included. Pure.

Points that fill a regular grid are summed by rows from cumulative sums (Crow 1984, Summed-area tables,
SIGGRAPH 18:207-212), whatever the order in which they come; all others pair by pair.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mapping.points import SLACK, close_pairs

LATTICE_TOLERANCE = 1e-9
"""How much of a step, and of the numbers themselves, the steps of a regular grid may differ: what arithmetic loses."""


class Windows(ABC):
    """The windows of all points; their sizes in `sizes`, shape (n,)."""

    sizes: NDArray[np.int64]

    @abstractmethod
    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of the values in each point's window.

        Parameters
        ----------
        values : ndarray of float, shape (n,)
            One for each point.

        Returns
        -------
        ndarray of float, shape (n,)
        """


def windows(points: NDArray[np.float64], distance: float) -> Windows:
    """Return the windows of a distance around points.

    Parameters
    ----------
    points : ndarray of float, shape (n, 2)
        Metres.
    distance : float
        Metres; what lies exactly so far is within.

    Returns
    -------
    Windows

    Raises
    ------
    ValueError
        For more pairs than memory should hold, where the points are no regular grid.
    """
    found = _lattice(points)
    return _Pairs(points, distance) if found is None else _Rows(found, distance)


@dataclass(frozen=True)
class _Lattice:
    """A full regular grid: its shape, the steps along both axes, and the order that puts its points in rows."""

    shape: tuple[int, int]
    steps: tuple[float, float]
    order: NDArray[np.int64] | None


class _Rows(Windows):
    """Windows on a regular grid."""

    def __init__(self, lattice: _Lattice, distance: float) -> None:
        self._lattice, (rows, columns) = lattice, lattice.shape
        across, along = lattice.steps
        reach = min(int(distance * SLACK / across), rows - 1)
        left = (distance * SLACK) ** 2 - (np.arange(reach + 1) * across) ** 2
        self._halves = np.minimum(np.sqrt(np.maximum(left, 0)) / along, columns - 1).astype(int).tolist()
        self.sizes = self._unsorted(self._sizes())

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        rows, columns = self._lattice.shape
        table = (values if self._lattice.order is None else values[self._lattice.order]).reshape(rows, columns)
        edge = self._halves[0]
        running = np.empty((rows, columns + 2 * edge + 1))
        running[:, : edge + 1] = 0
        np.cumsum(table, axis=1, out=running[:, edge + 1 : edge + 1 + columns])
        running[:, edge + 1 + columns :] = running[:, [edge + columns]]
        total = np.zeros((rows, columns))
        for step, half in enumerate(self._halves):
            upper, lower = edge + half + 1, edge - half
            part = running[:, upper : upper + columns] - running[:, lower : lower + columns]
            total[: rows - step] += part[step:]
            if step:
                total[step:] += part[: rows - step]
        return self._unsorted(total.ravel())

    def _sizes(self) -> NDArray[np.int64]:
        """Return how many points each window holds, in the grid's order: of the rows in reach those that there are."""
        rows, columns = self._lattice.shape
        row, column, reach = np.arange(rows), np.arange(columns), len(self._halves) - 1
        halves = np.array(self._halves)[np.abs(np.arange(-reach, reach + 1))][:, None]
        width = np.minimum(column + halves, columns - 1) - np.maximum(column - halves, 0) + 1
        running = np.concatenate([np.zeros((1, columns), dtype=np.int64), width.cumsum(axis=0)])
        first, end = np.maximum(reach - row, 0), reach + np.minimum(rows - row, reach + 1)
        sizes: NDArray[np.int64] = (running[end] - running[first]).ravel()
        return sizes

    def _unsorted(self, sorted_values: NDArray[Any]) -> NDArray[Any]:
        if self._lattice.order is None:
            return sorted_values
        back = np.empty_like(sorted_values)
        back[self._lattice.order] = sorted_values
        return back


class _Pairs(Windows):
    """Windows of points that lie anywhere."""

    def __init__(self, points: NDArray[np.float64], distance: float) -> None:
        self._first, self._second = close_pairs(points, distance, name="distance").T
        self.sizes = 1 + np.bincount(np.concatenate([self._first, self._second]), minlength=len(points))

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        there = np.bincount(self._first, weights=values[self._second], minlength=len(values))
        back = np.bincount(self._second, weights=values[self._first], minlength=len(values))
        return values + there + back


def _lattice(points: NDArray[np.float64]) -> _Lattice | None:
    """Return the regular grid that the points fill, each square once; None where they do not."""
    if not len(points):
        return None
    east, north = points.T.copy()
    found = _in_rows(north, east) or _in_rows(east, north)
    if found:
        return _Lattice(*found, None)
    order = np.lexsort((east, north))
    found = _in_rows(north[order], east[order])
    return _Lattice(*found, order) if found else None


def _in_rows(
    slow: NDArray[np.float64], fast: NDArray[np.float64]
) -> tuple[tuple[int, int], tuple[float, float]] | None:
    """Return shape and steps where the one coordinate changes from row to row alone and the other within it."""
    changed = slow != slow[0]
    columns = int(changed.argmax()) if changed.any() else len(slow)
    if len(slow) % columns:
        return None
    downs, acrosses = slow.reshape(-1, columns), fast.reshape(-1, columns)
    if (downs != downs[:, :1]).any() or (acrosses != acrosses[:1]).any():
        return None
    steps = _step(downs[:, 0]), _step(acrosses[0])
    return None if steps[0] is None or steps[1] is None else (downs.shape, (steps[0], steps[1]))


def _step(line: NDArray[np.float64]) -> float | None:
    """Return the step between equally spaced numbers, 1 for a single one; None where they are not."""
    if len(line) == 1:
        return 1.0
    steps = np.diff(line)
    mean = (line[-1] - line[0]) / (len(line) - 1)
    allowed = LATTICE_TOLERANCE * max(abs(mean), 1e-3 * np.abs(line).max())
    return float(abs(mean)) if mean and np.abs(steps - mean).max() <= allowed else None
