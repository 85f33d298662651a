"""Hot spots (heta punkter): cells whose surroundings hold more than chance brings, tested with all others. Pure.

Gi* of Ord & Getis (1995, Local spatial autocorrelation statistics, Geographical Analysis 27:286-306) with binary
weights, the cell itself included. A hot spot is named by a test that is corrected for there being many, or not at all.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mapping.draws import at_least
from mapping.grids import Grid
from mapping.points import above, as_many, finite, metres
from mapping.significance import fdr
from mapping.windows import Windows, windows

__all__ = ["Centres", "Jitter", "centres", "exact_p", "fdr", "gi_star", "jitter"]

LEAST = 3
"""Cells: of two, each is as far above the mean as the other below, whatever their values."""
SPOT_M = 0.1
"""Points as close as this stand on the same spot: no two marks on a map are."""
LEAST_ON_SPOT = 5
"""So many points on one spot were put there by a rule and not by where things happened."""
SHARED = 0.5
"""With half of all points on such spots, a map of hot spots shows the rule."""


@dataclass(frozen=True)
class Jitter:
    """Which cells are hot as the points stand, and in what share of redraws each is."""

    hot: NDArray[np.bool_]
    share: NDArray[np.float64]
    draws: int


@dataclass(frozen=True)
class Centres:
    """How many points stand on how many spots, and the share of them on spots that many share."""

    points: int
    spots: int
    share: float

    @property
    def shared(self) -> bool:
        """Tell whether the points are centres that many share: then hot spots and distances say nothing."""
        return self.share >= SHARED

    @property
    def reason(self) -> str | None:
        """Return why no hot spots are offered, None where they may be."""
        if not self.shared:
            return None
        return f"{self.points} points stand on {self.spots} spots: they show the centres they were put on"


def gi_star(values: ArrayLike, xy: ArrayLike, distance: float) -> NDArray[np.float64]:
    """Return how far the sum around each cell lies from what chance brings, in standard deviations.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        One for each cell; at least three cells.
    xy : array_like of float, shape (n, 2), or geopandas points
        The cells' middles in metres (SWEREF 99 TM), in any order; a full regular grid is recognised and quick.
    distance : float
        Metres; middles within it, also exactly so far, are neighbours.

    Returns
    -------
    ndarray of float, shape (n,)
        z scores; 0 where all values are equal or all cells are neighbours: nothing can stand out there.

    Raises
    ------
    ValueError
        For fewer cells, degrees, what is no finite number, or a distance not above 0.

    Notes
    -----
    (sum of the W neighbours and itself - W mean) / (S sqrt((n W - W^2) / (n - 1))), S with divisor n.
    """
    points, around, given = _given(values, xy, distance, "values")
    return _scores(given, around, len(points))


def exact_p(counts: ArrayLike, xy: ArrayLike, distance: float, *, conditional: bool = True) -> NDArray[np.float64]:
    """Return how likely chance brings as much around each cell: exactly, without drawing.

    Parameters
    ----------
    counts : array_like of int, shape (n,)
        Whole numbers, at least 0; at least three cells.
    xy, distance
        As for `gi_star`.
    conditional : bool
        True keeps the cell's own count and places all others anew, which conditional permutation (Anselin 1995,
        Geographical Analysis 27:93-115) estimates: a cell is then never hot by itself alone. False places all anew.

    Returns
    -------
    ndarray of float, shape (n,)
        One-sided: the chance that the cell and its neighbours hold at least what they hold.

    Raises
    ------
    ValueError
        As `gi_star`; for what is no count; for counts too large for an exact table.
    """
    _, around, given = _given(counts, xy, distance, "counts")
    return _exact(_whole_counts(given), around, conditional=conditional)


def jitter(
    xy: ArrayLike,
    accuracy_m: ArrayLike,
    grid: Grid,
    distance: float,
    *,
    draws: int = 99,
    alpha: float = 0.05,
    seed: int | None = None,
    inside: NDArray[np.bool_] | None = None,
) -> Jitter:
    """Return how far the hot cells survive that the points are known only so well.

    Parameters
    ----------
    xy, accuracy_m : array_like of float, shapes (n, 2) and (n,) or ()
        Points in metres, and how far each may be from where it stands.
    grid, distance, alpha
        The cells that are counted, what is around one, and the rate of false hot cells.
    draws, seed : int
        How often every point is drawn anew, evenly within its circle; the same seed draws the same.
    inside : ndarray of bool, shape (rows * columns,), optional
        The cells that are tested, all when not given; no other counts anything or is hot.

    Returns
    -------
    Jitter
        Of shape (rows * columns,). Hot is what `fdr` finds among `exact_p` with all counts placed anew.

    Raises
    ------
    ValueError
        As `exact_p`; for an accuracy below 0, no draws, or as many cells inside as the grid does not have.
    """
    points, within = metres(xy), _accuracies(accuracy_m, xy)
    if draws < 1:
        raise ValueError(f"draws is {draws}; give at least 1, better 99")
    found, chance = _finder(grid, distance, alpha, inside), np.random.default_rng(seed)
    share = np.mean([found(_moved(points, within, chance)) for _ in range(draws)], axis=0)
    return Jitter(found(points), share, draws)


def centres(xy: ArrayLike) -> Centres:
    """Return whether points are centres that many share, such as the middle of the district that a notice names.

    Parameters
    ----------
    xy : array_like of float, shape (n, 2), or geopandas points
        Metres.

    Returns
    -------
    Centres
    """
    points = metres(xy)
    _, often = np.unique(np.floor(points / SPOT_M + 0.5), axis=0, return_counts=True)
    share = float(often[often >= LEAST_ON_SPOT].sum() / len(points)) if len(points) else 0.0
    return Centres(len(points), len(often), share)


def _given(
    values: ArrayLike, xy: ArrayLike, distance: float, name: str
) -> tuple[NDArray[np.float64], Windows, NDArray[np.float64]]:
    points, given = metres(xy), finite(values, name=name).ravel()
    as_many(len(given), name=name, points=len(points))
    if len(points) < LEAST:
        raise ValueError(f"xy has {len(points)} cells; at least {LEAST} are needed for one to stand out")
    return points, windows(points, above(distance, name="distance")), given


def _scores(given: NDArray[np.float64], around: Windows, n: int) -> NDArray[np.float64]:
    apart = given - given.mean()
    spread = math.sqrt(np.einsum("i,i", apart, apart) / n)
    if spread <= 1e-12 * max(given.max(), -given.min()):
        return np.zeros(n)
    sizes = np.arange(int(around.sizes.max()) + 1, dtype=np.float64)
    varies = spread * np.sqrt(sizes * (n - sizes) / (n - 1))
    scale = np.divide(1, varies, out=np.zeros_like(varies), where=varies > 0)
    scores = around.sums(apart)
    scores *= scale[around.sizes]
    return scores


def _exact(counts: NDArray[np.int64], around: Windows, *, conditional: bool) -> NDArray[np.float64]:
    held = np.rint(around.sums(counts.astype(np.float64))).astype(np.int64)
    if conditional:
        return at_least(counts, around.sizes - 1, held - counts, kept=True)
    return at_least(counts, around.sizes, held, kept=False)


def _hot(counts: NDArray[np.int64], around: Windows, alpha: float) -> NDArray[np.bool_]:
    return fdr(_exact(counts, around, conditional=False), alpha)


def _finder(
    grid: Grid, distance: float, alpha: float, inside: NDArray[np.bool_] | None
) -> Callable[[NDArray[np.float64]], NDArray[np.bool_]]:
    """Return what finds the hot cells of a grid among those inside, for points placed anew each time."""
    cells = grid.rows * grid.columns
    tested = np.ones(cells, dtype=bool) if inside is None else inside
    as_many(len(tested), name="inside", points=cells)
    _, around, _ = _given(np.zeros(int(tested.sum())), grid.centres()[tested], distance, "grid")

    def found(points: NDArray[np.float64]) -> NDArray[np.bool_]:
        hot = np.zeros(cells, dtype=bool)
        hot[tested] = _hot(grid.count(points)[tested], around, alpha)
        return hot

    return found


def _whole_counts(given: NDArray[np.float64]) -> NDArray[np.int64]:
    wrong = (given < 0) | (given != np.rint(given))
    if wrong.any():
        raise ValueError(f"counts holds {given[wrong][0]:g}; give whole numbers from 0, or use gi_star")
    return given.astype(np.int64)


def _accuracies(accuracy_m: ArrayLike, xy: ArrayLike) -> NDArray[np.float64]:
    points, given = metres(xy), finite(accuracy_m, name="accuracy_m").ravel()
    if given.size != 1:
        as_many(given.size, name="accuracy_m", points=len(points))
    if (given < 0).any():
        raise ValueError(f"accuracy_m holds {given.min():g}; give metres from 0")
    return given


def _moved(
    points: NDArray[np.float64], within: NDArray[np.float64], chance: np.random.Generator
) -> NDArray[np.float64]:
    """Return the points drawn anew, each evenly within its circle."""
    far, turn = within * np.sqrt(chance.random(len(points))), chance.random(len(points)) * 2 * np.pi
    moved: NDArray[np.float64] = points + np.stack([far * np.cos(turn), far * np.sin(turn)], axis=1)
    return moved
