"""Density (täthet): how many points there are per square kilometre around each cell, smoothed for the eye. Pure.

The Gaussian kernel density of Silverman (1986, Density Estimation for Statistics and Data Analysis, section 4.2).
Points are shared out to the nine nearest middles by quadratic B-splines, which widen each by a quarter of a cell
squared wherever it lies (Hockney & Eastwood 1988, Computer Simulation Using Particles, section 5-3); the kernel is
narrowed by as much, and applied along columns and rows in turn.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from mapping.grids import Grid
from mapping.points import above, metres

LEAST_CELLS = 2.0
"""Cells that a bandwidth must have: with two the error is below 1e-3 of the highest density, with three 2e-4."""
REACH = 5.5
"""Bandwidths beyond which a point counts for nothing: some of a hundred million parts are left out."""
SPREAD = 0.25
"""Of a cell squared, by which the sharing out widens each point along each axis."""
MARGIN = 2
"""Middles around those that points lie at, for what is shared out to their neighbours."""
LINES = 64
"""Lines that are smoothed at once: what lies out of their reach is not multiplied by nought."""
KM2 = 1e6


def density(xy: ArrayLike, grid: Grid, bandwidth: float, *, edge: bool = True) -> NDArray[np.float64]:
    """Return the smoothed density of points at the middle of each cell.

    Parameters
    ----------
    xy : array_like of float, shape (n, 2), or geopandas points
        Metres.
    grid : Grid
        Where to look.
    bandwidth : float
        Standard deviation of the kernel in metres; at least two cells.
    edge : bool
        True takes the grid for all that was observed: points outside are left out, and what a kernel loses beyond the
        edge is made up for (Diggle 1985, Applied Statistics 34:138-147). False counts every point and corrects nothing.

    Returns
    -------
    ndarray of float, shape (rows, columns)
        Points per square kilometre, the southern row first.

    Raises
    ------
    ValueError
        For degrees, what is no finite number, or a bandwidth of fewer cells.
    """
    points, width = metres(xy), above(bandwidth, name="bandwidth") / grid.side
    if width < LEAST_CELLS:
        raise ValueError(
            f"bandwidth is {bandwidth:g} m on cells of {grid.side:g} m; give two cells or more, or a finer grid"
        )
    around = 0 if edge else math.ceil(REACH * width)
    table = _shared_out(points, grid, around)
    across = _smoothed(table, grid.rows, around + MARGIN, width)
    found = _smoothed(across.T, grid.columns, around + MARGIN, width).T / (grid.side**2 / KM2)
    return found / _inside(grid, width) if edge else found.astype(np.float64)


def _shared_out(points: NDArray[np.float64], grid: Grid, around: int) -> NDArray[np.float32]:
    """Return what each middle gets of all points, those no more than so many cells outside the grid included."""
    east, north = (points - [grid.west, grid.south]).T.copy() / grid.side
    inside = (east >= -around) & (east < grid.columns + around) & (north >= -around) & (north < grid.rows + around)
    if not inside.all():
        east, north = east[inside], north[inside]
    margin, shares, near = around + MARGIN, [], []
    for place in (east - 0.5 + margin, north - 0.5 + margin):
        near.append(np.rint(place))
        off = place - near[-1]
        shares.append((0.5 * (0.5 - off) ** 2, 0.75 - off**2, 0.5 * (0.5 + off) ** 2))
    rows, columns = grid.rows + 2 * margin, grid.columns + 2 * margin
    base, total = (near[1] * columns + near[0]).astype(np.int64), np.zeros(rows * columns)
    for down in range(3):
        for over in range(3):
            step = (down - 1) * columns + over - 1
            total += np.bincount(base + step, weights=shares[0][over] * shares[1][down], minlength=len(total))
    return total.reshape(rows, columns).astype(np.float32)


def _smoothed(table: NDArray[np.float32], lines: int, margin: int, width: float) -> NDArray[np.float32]:
    """Return the grid's own lines of the table smoothed across them; the width is in cells."""
    variance, reach = width**2 - SPREAD, math.ceil(REACH * width)
    found = np.empty((lines, table.shape[1]), dtype=np.float32)
    for low in range(0, lines, LINES):
        high = min(low + LINES, lines)
        first, end = max(low + margin - reach, 0), min(high + margin + reach, len(table))
        apart = np.arange(low, high)[:, None] + margin - np.arange(first, end)
        kernel = np.exp(-(apart**2) / (2 * variance)) / math.sqrt(2 * math.pi * variance)
        found[low:high] = kernel.astype(np.float32) @ table[first:end]
    return found


def _inside(grid: Grid, width: float) -> NDArray[np.float64]:
    """Return the share of each cell's kernel that lies on the grid."""
    shares = []
    for many in (grid.rows, grid.columns):
        middles = np.arange(many) + 0.5
        shares.append(ndtr((many - middles) / width) - ndtr(-middles / width))
    return np.outer(*shares)
