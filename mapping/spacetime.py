"""Clusters in space and time (kluster i rum och tid), and how hot cells come and go from period to period. Pure.

ST-DBSCAN of Birant & Kut (2007, Data & Knowledge Engineering 60:208-221): a point with enough others within a distance
and a time is a core; cores that are neighbours are one cluster, with the neighbours of its cores. Their limit on how
far a further attribute may lie from a cluster's mean is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from mapping.points import MOST_PAIRS, SLACK, above, as_many, finite, metres

NOISE = -1
"""The label of a point in no cluster."""
PAIRS_AT_ONCE = 2_000_000
"""Of possible neighbours that are measured at once, so that memory stays bounded."""
LAST_CODE = 2**62
"""Cells and ranks in time are counted together in one number of 64 bits."""


class Course(StrEnum):
    """How a cell has gone through the periods."""

    NEVER = "never"
    NEW = "new"
    """Hot in the last period for the first time."""
    PERSISTENT = "persistent"
    """Hot in the last period and in at least half of those before."""
    RETURNING = "returning"
    """Hot in the last period and in fewer of those before."""
    COOLING = "cooling"
    """Hot in the last but one and not in the last."""
    PAST = "past"
    """Hot once, and not in the last two."""


@dataclass(frozen=True)
class _Sorted:
    """Points in the order of their cells and, within a cell, of time; the code is the cell times n plus the rank."""

    order: NDArray[np.int64]
    east: NDArray[np.float64]
    north: NDArray[np.float64]
    codes: NDArray[np.int64]
    cells: NDArray[np.int64]
    first: NDArray[np.int64]
    """The lowest rank in time within reach of each."""
    end: NDArray[np.int64]
    """One above the highest."""
    columns: int


def clusters(xy: ArrayLike, days: ArrayLike, eps_m: float, eps_days: float, min_points: int) -> NDArray[np.int64]:
    """Return which points crowd in space and time, and with which others.

    Parameters
    ----------
    xy, days : array_like of float, shapes (n, 2) and (n,)
        Where (metres; or geopandas points) and when (days from any moment, fractions too).
    eps_m, eps_days : float
        How far and how long apart neighbours are at most, in metres and days.
    min_points : int
        With so many within reach, itself included, a point is a core.

    Returns
    -------
    ndarray of int, shape (n,)
        The number of each point's cluster, -1 for none. Clusters are numbered from 0 by their first core in the order
        given; a point within reach of two has the lower number.

    Raises
    ------
    ValueError
        For degrees, what is no finite number, lengths that differ, or a limit not above 0.
    """
    points, when = metres(xy), finite(days, name="days").ravel()
    as_many(len(when), name="days", points=len(points))
    for name, limit in (("eps_m", eps_m), ("eps_days", eps_days), ("min_points", min_points)):
        above(limit, name=name)
    if not len(points):
        return np.empty(0, dtype=np.int64)
    laid = _laid(points, when, eps_m, eps_days)
    first, second = _neighbours(laid, eps_m)
    return _labelled(laid.order, first, second, min_points)


def courses(hot: ArrayLike) -> list[Course]:
    """Return how each cell has gone through successive periods.

    Parameters
    ----------
    hot : array_like of bool, shape (periods, cells)
        Which cells are hot in each period, the oldest first; at least two periods.

    Returns
    -------
    list of Course
        One for each cell.

    Raises
    ------
    ValueError
        For another shape.
    """
    table = np.asarray(hot, dtype=bool)
    if table.ndim != 2 or len(table) < 2:
        raise ValueError(f"hot has the shape {table.shape}; give one row of cells for each of at least two periods")
    now, last, often, before = table[-1], table[-2], table[:-1].mean(axis=0), table[:-1].any(axis=0)
    ways = [now & ~before, now & (often >= 0.5), now, last, before]
    names = [Course.NEW, Course.PERSISTENT, Course.RETURNING, Course.COOLING, Course.PAST]
    places = np.select(ways, range(len(names)), default=-1)
    return [names[place] if place >= 0 else Course.NEVER for place in places.tolist()]


def _laid(points: NDArray[np.float64], when: NDArray[np.float64], eps_m: float, eps_days: float) -> _Sorted:
    """Return the points by cells of the distance, with an empty cell on either side of each row."""
    n = len(points)
    by_time = np.argsort(when, kind="stable")
    ranks, first, end = np.empty((3, n), dtype=np.int64)
    times = when[by_time]
    ranks[by_time] = np.arange(n)
    first[by_time] = np.searchsorted(times, times - eps_days * SLACK, side="left")
    end[by_time] = np.searchsorted(times, times + eps_days * SLACK, side="right")
    place = np.floor((points - points.min(axis=0)) / (eps_m * SLACK))
    columns, rows = place.max(axis=0) + 3
    if columns * rows * n > LAST_CODE:
        raise ValueError(f"eps_m is {eps_m:g}, too little for points that lie {np.ptp(points, axis=0).max():g} m apart")
    column, row = place.astype(np.int64).T
    cells = row * int(columns) + column + 1
    order = np.argsort(cells * n + ranks)
    east, north = points[order].T.copy()
    codes = (cells * n + ranks)[order]
    return _Sorted(order, east, north, codes, cells[order], first[order], end[order], int(columns))


def _neighbours(laid: _Sorted, eps_m: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs within reach, each once, by their places in the sorted order."""
    found, many = [], 0
    for shift in (0, 1, laid.columns - 1, laid.columns, laid.columns + 1):
        for first, second in _with(laid, shift, eps_m):
            found.append((first, second))
            many += len(first)
            if many > MOST_PAIRS:
                raise ValueError(f"eps_m is {eps_m:g} and brings more than {MOST_PAIRS:,} neighbours: go less far")
    return np.concatenate([pair[0] for pair in found]), np.concatenate([pair[1] for pair in found])


def _with(laid: _Sorted, shift: int, eps_m: float) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield the pairs of each point with those so many cells on; within its own cell with those after it."""
    n = len(laid.codes)
    base = (laid.cells + shift) * n
    begin = np.searchsorted(laid.codes, base + laid.first) if shift else np.arange(1, n + 1)
    many = np.searchsorted(laid.codes, base + laid.end) - begin
    running = np.concatenate([[0], many.cumsum()])
    low = 0
    while low < n:
        high = max(int(np.searchsorted(running, running[low] + PAIRS_AT_ONCE, side="right")) - 1, low + 1)
        first = np.repeat(np.arange(low, high), many[low:high])
        second = np.arange(running[low], running[high]) + np.repeat((begin - running[:-1])[low:high], many[low:high])
        east, north = laid.east[first] - laid.east[second], laid.north[first] - laid.north[second]
        near = east * east + north * north <= (eps_m * SLACK) ** 2
        yield first[near], second[near]
        low = high


def _labelled(
    order: NDArray[np.int64], first: NDArray[np.int64], second: NDArray[np.int64], least: int
) -> NDArray[np.int64]:
    """Return the cluster of each point from the pairs of neighbours."""
    n = len(order)
    core = 1 + np.bincount(first, minlength=n) + np.bincount(second, minlength=n) >= least
    both = core[first] & core[second]
    links = coo_matrix((np.ones(both.sum(), dtype=np.int8), (first[both], second[both])), shape=(n, n))
    _, part = connected_components(links, directed=False)
    found = np.full(n, n)
    found[core] = _numbered(part[core].astype(np.int64), order[core])
    for one, other in ((first, second), (second, first)):
        edge = core[one] & ~core[other]
        np.minimum.at(found, other[edge], found[one[edge]])
    labels = np.empty(n, dtype=np.int64)
    labels[order] = np.where(found == n, NOISE, found)
    return labels


def _numbered(parts: NDArray[np.int64], places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the parts' numbers in the order of the first place that each has."""
    in_order = np.argsort(places)
    _, begins, inverse = np.unique(parts[in_order], return_index=True, return_inverse=True)
    numbers = np.empty(len(parts), dtype=np.int64)
    numbers[in_order] = np.argsort(np.argsort(begins))[inverse]
    return numbers
