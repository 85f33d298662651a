"""Near repeats (upprepning nära i tid och rum): whether what lies close in space also lies close in time. Pure.

The test of Knox (1964, The detection of space-time interactions, Applied Statistics 13:25-29) by bands of distance and
of time, as Johnson et al. (2007, Journal of Quantitative Criminology 23:201-219) use it on burglaries. A band holds its
lower edge and not its upper: [a, b). Coordinates that are whole millimetres and times that are whole seconds are
counted as such, so that what lies on an edge is on it; all others are compared as the floating-point numbers they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mapping.points import as_many, close_pairs, finite, metres, whole
from mapping.significance import adjusted

Metric = Literal["euclidean", "manhattan"]
POWERS: dict[str, float] = {"euclidean": 2, "manhattan": 1}
"""The order of each metric's norm."""
LEAST = 2
"""Events that make a pair; with fewer there is nothing to measure."""
LEAST_FOR_VARIANCE = 4
"""With fewer no two pairs are apart, and the variance has no value. No p is below 1/6 with three in any case."""
UNITS = (1, 1440, 86_400)
"""Parts of a day in which times are counted exactly: days, minutes, seconds."""
PERMUTATIONS_AT_ONCE = 1024
BYTES_AT_ONCE = 64_000_000
"""Of permuted times that are held at once."""
PAIRS_AT_ONCE = 255
"""A byte counts so far, and so many rows of permutations stay in the processor's cache."""


@dataclass(frozen=True)
class Knox:
    """Pairs by distance band (row) and time band (column): observed, expected, their ratio and one-sided p."""

    observed: NDArray[np.int64]
    expected: NDArray[np.float64]
    ratio: NDArray[np.float64]
    p: NDArray[np.float64]
    distance_bands: NDArray[np.float64]
    time_bands: NDArray[np.float64]
    metric: str
    permutations: int
    events: int


@dataclass(frozen=True)
class Moments:
    """Pairs by distance band and time band: observed, and mean and variance over every order of the times."""

    observed: NDArray[np.int64]
    mean: NDArray[np.float64]
    variance: NDArray[np.float64]

    @property
    def z(self) -> NDArray[np.float64]:
        """Return how many standard deviations the observed lie above the mean; 0 where nothing can vary."""
        spread = np.sqrt(self.variance)
        return np.divide(self.observed - self.mean, spread, out=np.zeros_like(spread), where=spread > 0)


@dataclass(frozen=True)
class Reading:
    """What a table says: which cells hold more pairs than chance brings, and the p that was held against alpha."""

    significant: NDArray[np.bool_]
    adjusted: NDArray[np.float64]
    alpha: float
    correction: str
    strongest: tuple[int, int] | None
    """Row and column of the significant cell with the largest ratio."""
    ratio: float | None
    """Its ratio."""


@dataclass(frozen=True)
class _Times:
    """Times in whole units, or in days where they are not whole, and the bands' edges in the same."""

    values: NDArray[Any]
    edges: Sequence[float]


@dataclass(frozen=True)
class _Given:
    """What was asked for, checked: the close pairs of each distance band, the times, and both rows of edges."""

    split: Sequence[NDArray[np.int64]]
    times: _Times
    edges: tuple[NDArray[np.float64], NDArray[np.float64]]


def knox(
    xy: ArrayLike,
    days: ArrayLike,
    distance_bands: ArrayLike,
    time_bands: ArrayLike,
    *,
    metric: Metric = "euclidean",
    permutations: int = 999,
    seed: int | None = None,
) -> Knox:
    """Return how many pairs of events lie close in space and time, beside what chance brings.

    Parameters
    ----------
    xy, days : array_like of float, shapes (n, 2) and (n,)
        Where (metres; or geopandas points) and when (days from any moment, fractions too); at least two events.
    distance_bands, time_bands : array_like of float, shapes (r + 1,) and (c + 1,)
        Rising edges in metres and days; the last of time may be infinite.
    metric : {"euclidean", "manhattan"}
        Straight lines, or along the axes.
    permutations, seed : int
        Random orders of the times, at least 1; the same seed draws the same ones.

    Returns
    -------
    Knox
        Arrays of shape (r, c). expected is the mean over the permutations; ratio is observed / expected (not a number
        where both are 0); p = (permutations with at least as many + 1) / (permutations + 1), after Besag & Diggle 1977.

    Raises
    ------
    ValueError
        For what is not as above; for degrees; for more than ten million pairs within the largest distance.
    """
    if permutations < 1:
        raise ValueError(f"permutations is {permutations}; give at least 1, better 999")
    given = _given(xy, days, distance_bands, time_bands, metric)
    observed, expected, p = _simulated(given, permutations, seed)
    ratio, events = _ratio(observed, expected), len(given.times.values)
    return Knox(observed, expected, ratio, p, *given.edges, metric, permutations, events)


def moments(
    xy: ArrayLike, days: ArrayLike, distance_bands: ArrayLike, time_bands: ArrayLike, *, metric: Metric = "euclidean"
) -> Moments:
    """Return the same pairs with their exact mean and variance over every order of the times: at once, by formula.

    Parameters
    ----------
    xy, days, distance_bands, time_bands, metric
        As for `knox`, but at least four events.

    Returns
    -------
    Moments
        Arrays of shape (r, c). The counts are skewed where few are expected; then trust `knox`.

    Raises
    ------
    ValueError
        As `knox`, and for fewer than four events.

    Notes
    -----
    Barton & David (1966, The random intersection of two graphs) and Mantel (1967, Cancer Research 27:209-220). With
    s and t pairs close in space and in time, s2 and t2 pairs of such pairs that share an event, N = n(n-1)/2 and
    disjoint s0 = s(s-1) - 2 s2, t0 = t(t-1) - 2 t2: the mean is st/N and
    E[X(X-1)] = 4 s2 t2 / (n(n-1)(n-2)) + 4 s0 t0 / (n(n-1)(n-2)(n-3)).
    """
    given = _given(xy, days, distance_bands, time_bands, metric)
    n = len(given.times.values)
    if n < LEAST_FOR_VARIANCE:
        raise ValueError(f"xy has {n} events; the variance needs at least {LEAST_FOR_VARIANCE}")
    space = np.array([_degrees(np.bincount(pairs.ravel(), minlength=n)) for pairs in given.split]).T[..., None]
    time = np.array([_degrees(counts) for counts in _within(given.times)]).T[:, None]
    return Moments(_observed(given), *_formula(space, time, n))


def reading(result: Knox, *, alpha: float = 0.05, correction: Literal["holm", "fdr"] = "holm") -> Reading:
    """Return what a table says once all its cells are held against chance together.

    Parameters
    ----------
    result : Knox
        The table.
    alpha : float
        With "holm" the chance of any false cell, with "fdr" the share of false ones among those named.
    correction : {"holm", "fdr"}
        As in `mapping.significance.adjusted`.

    Returns
    -------
    Reading
    """
    held = adjusted(result.p, method=correction)
    found = held <= alpha
    if not found.any():
        return Reading(found, held, alpha, correction, None, None)
    row, column = np.unravel_index(int(np.where(found, result.ratio, -1.0).argmax()), found.shape)
    return Reading(found, held, alpha, correction, (int(row), int(column)), float(result.ratio[row, column]))


def _given(xy: ArrayLike, days: ArrayLike, distance_bands: ArrayLike, time_bands: ArrayLike, metric: str) -> _Given:
    if metric not in POWERS:
        raise ValueError(f"metric is {metric!r}; give one of {', '.join(POWERS)}")
    points, when = metres(xy), finite(days, name="days")
    as_many(when.size, name="days", points=len(points))
    if len(points) < LEAST:
        raise ValueError(f"xy has {len(points)} events; a pair needs {LEAST}")
    distances, times = _edges(distance_bands, "distance_bands"), _edges(time_bands, "time_bands")
    if np.isinf(distances[-1]):
        raise ValueError("distance_bands ends at infinity; name the largest distance that matters")
    pairs = close_pairs(points, float(distances[-1]), power=POWERS[metric], name="distance_bands")
    bands = _banded(points, pairs, distances, metric)
    split = [pairs[bands == row] for row in range(len(distances) - 1)]
    return _Given(split, _times(when.ravel(), times), (distances, times))


def _edges(given: ArrayLike, name: str) -> NDArray[np.float64]:
    edges = np.asarray(given, dtype=np.float64).ravel()
    if len(edges) < 2:
        raise ValueError(f"{name} has {len(edges)} edges; a band needs two, such as [0, 100]")
    if not (np.isfinite(edges[:-1]).all() and (np.diff(edges) > 0).all() and edges[0] >= 0):
        raise ValueError(f"{name} is {edges.tolist()}; give edges from 0 or more that rise")
    return edges


def _banded(
    points: NDArray[np.float64], pairs: NDArray[np.int64], edges: NDArray[np.float64], metric: str
) -> NDArray[np.int64]:
    """Return the band of each pair's distance, in whole millimetres where points and edges are such."""
    counted, limits = whole(points, 1000), whole(edges, 1000)
    if counted is None or limits is None or limits[-1] > 2**31:
        apart = np.abs(points[pairs[:, 0]] - points[pairs[:, 1]])
        far = np.hypot(apart[:, 0], apart[:, 1]) if metric == "euclidean" else apart.sum(axis=1)
        return np.searchsorted(edges, np.asarray(far), side="right") - 1
    steps = np.abs(counted[pairs[:, 0]] - counted[pairs[:, 1]])
    if metric == "euclidean":
        steps, limits = steps**2, limits**2
    length = np.asarray(steps.sum(axis=1), dtype=np.int64)
    return np.searchsorted(limits, length, side="right") - 1


def _times(days: NDArray[np.float64], edges: NDArray[np.float64]) -> _Times:
    """Return times in the largest unit in which all are whole, with the least differences that reach each edge."""
    for parts in UNITS:
        counted = whole(days, parts)
        if counted is not None and np.ptp(counted) < 2**31:
            values = counted - counted.min()
            reached = [_reached(edge, parts) for edge in edges]
            small = values.max() < 2**15
            return _Times(values.astype(np.int16) if small else values.astype(np.int32), reached)
    return _Times(days, edges.tolist())


def _reached(edge: float, parts: int) -> int:
    """Return the least whole difference that is not below the edge; beyond every difference for one never reached."""
    if edge * parts >= 2**31:
        return 2**31
    counted = whole(np.array([edge]), parts)
    return int(np.ceil(edge * parts)) if counted is None else int(counted[0])


def _observed(given: _Given) -> NDArray[np.int64]:
    return _counted(given, given.times.values[:, None])[..., 0]


def _simulated(
    given: _Given, permutations: int, seed: int | None
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the observed, the mean of the permutations, and p."""
    observed = _observed(given)
    total, reached = np.zeros_like(observed), np.zeros_like(observed)
    for permuted in _permuted(given.times.values, permutations, seed):
        drawn = _counted(given, permuted)
        total += drawn.sum(axis=-1)
        reached += (drawn >= observed[..., None]).sum(axis=-1)
    return observed, total / permutations, (reached + 1) / (permutations + 1)


def _permuted(values: NDArray[Any], permutations: int, seed: int | None) -> Iterator[NDArray[Any]]:
    """Yield blocks of random orders of the times, an event in each row."""
    chance = np.random.default_rng(seed)
    width = max(1, min(PERMUTATIONS_AT_ONCE, BYTES_AT_ONCE // values.nbytes))
    for done in range(0, permutations, width):
        block = np.tile(values, (min(width, permutations - done), 1))
        yield np.ascontiguousarray(chance.permuted(block, axis=1, out=block).T)


def _counted(given: _Given, times: NDArray[Any]) -> NDArray[np.int64]:
    """Return the pairs by distance band, time band and permutation."""
    edges = given.times.edges
    below = np.zeros((len(given.split), len(edges), times.shape[1]), dtype=np.int64)
    for row, pairs in enumerate(given.split):
        for first in range(0, len(pairs), PAIRS_AT_ONCE):
            part = pairs[first : first + PAIRS_AT_ONCE]
            apart = np.take(times, part[:, 0], axis=0)
            np.abs(np.subtract(apart, np.take(times, part[:, 1], axis=0), out=apart), out=apart)
            for column, edge in enumerate(edges):
                below[row, column] += _below(apart, edge)
    return np.diff(below, axis=1)


def _below(apart: NDArray[Any], edge: float) -> NDArray[np.uint8] | int:
    """Return for each permutation how many of at most 255 differences are below the edge."""
    if edge <= 0:
        return 0
    if apart.dtype.kind == "i" and edge > np.iinfo(apart.dtype).max:
        return len(apart)
    near = np.less(apart, apart.dtype.type(edge)).view(np.uint8)
    counted: NDArray[np.uint8] = np.add.reduce(near, axis=0, dtype=np.uint8)
    return counted


def _within(times: _Times) -> Iterator[NDArray[np.int64]]:
    """Yield for each time band how many others lie within it from each event."""
    values, ordered = times.values.astype(np.float64), np.sort(times.values.astype(np.float64))
    counts = [
        np.searchsorted(ordered, values + edge, side="left") - np.searchsorted(ordered, values - edge, side="right")
        if edge > 0
        else np.ones(len(values), dtype=np.int64)  # only itself, as in all others
        for edge in times.edges
    ]
    yield from np.diff(np.array(counts), axis=0)


def _formula(
    space: NDArray[np.float64], time: NDArray[np.float64], n: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and variance from the pairs, and the pairs of them that share an event, of space and of time."""
    ways = float(n * (n - 1))
    mean = space[0] * time[0] / (ways / 2)
    apart = [close * (close - 1) - 2 * shared for close, shared in (space, time)]
    factorial = 4 * space[1] * time[1] / (ways * (n - 2)) + 4 * apart[0] * apart[1] / (ways * (n - 2) * (n - 3))
    return mean, np.maximum(factorial + mean - mean**2, 0)


def _degrees(counts: NDArray[np.int64]) -> tuple[float, float]:
    """Return the pairs, and the pairs of pairs that share an event, of a graph whose events have so many neighbours."""
    return float(counts.sum() / 2), float((counts * (counts - 1.0)).sum() / 2)


def _ratio(observed: NDArray[np.int64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(divide="ignore", invalid="ignore"):
        return observed / expected
