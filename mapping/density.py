"""Density (täthet): how many points there are per square kilometre around each cell, smoothed for the eye. Pure.

The Gaussian kernel density of Silverman (1986, Density Estimation for Statistics and Data Analysis, section 4.2).
Points are shared out to the nine nearest middles by quadratic B-splines, which widen each by a quarter of a cell
squared wherever it lies (Hockney & Eastwood 1988, Computer Simulation Using Particles, section 5-3); the kernel is
narrowed by as much, and applied along columns and rows in turn.
"""

from __future__ import annotations

import math
from typing import TypeVar

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
POINTS = 16_384
"""Points that are shared out at once: what is reckoned for them stays in the processor's cache."""
LINES = 16
"""Lines that are smoothed at once: what lies out of their reach is not multiplied by nought."""
PRODUCT = 200_000
"""Multiplications at once: more than these BLAS shares among threads, which in a busy machine wait for each other."""
KM2 = 1e6
Found = TypeVar("Found", NDArray[np.float32], NDArray[np.float64])


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
    around = 0 if edge else _around(points, grid, math.ceil(REACH * width))
    table = _shared_out(points, grid, around)
    across = _smoothed(table, np.empty((grid.rows, table.shape[1]), dtype=np.float32), around + MARGIN, width)
    found = _smoothed(across.T, np.empty((grid.columns, grid.rows)), around + MARGIN, width).T
    found *= KM2 / grid.side**2
    return found / _inside(grid, width) if edge else found


def _around(points: NDArray[np.float64], grid: Grid, most: int) -> int:
    """Return how many cells out of the grid points lie, at most so many."""
    if not len(points):
        return 0
    east, north = points[:, 0], points[:, 1]  # one by one: along rows of two, numpy is ten times as slow
    far = (
        grid.west - east.min(), east.max() - grid.west - grid.columns * grid.side,
        grid.south - north.min(), north.max() - grid.south - grid.rows * grid.side,
    )  # fmt: skip
    return max(0, min(most, math.ceil(float(max(far)) / grid.side) + 1))


def _shared_out(points: NDArray[np.float64], grid: Grid, around: int) -> NDArray[np.float32]:
    """Return what each middle gets of all points, those no more than so many cells outside the grid included."""
    margin = around + MARGIN
    table = np.zeros((grid.rows + 2 * margin, grid.columns + 2 * margin))
    for first in range(0, len(points), POINTS):
        some = points[first : first + POINTS]
        east, north = (some[:, 0] - grid.west) / grid.side, (some[:, 1] - grid.south) / grid.side
        inside = (east >= -around) & (east < grid.columns + around) & (north >= -around) & (north < grid.rows + around)
        if not inside.all():
            east, north = east[inside], north[inside]
        _share(table, east - 0.5 + margin, north - 0.5 + margin)
    return table.astype(np.float32)


def _share(table: NDArray[np.float64], east: NDArray[np.float64], north: NDArray[np.float64]) -> None:
    """Add points, given in cells, to the nine middles around each."""
    columns, near = table.shape[1], (np.rint(east), np.rint(north))
    across, down = (
        (0.5 * (0.5 - off) ** 2, 0.75 - off**2, 0.5 * (0.5 + off) ** 2) for off in (east - near[0], north - near[1])
    )
    base, flat = (near[1] * columns + near[0]).astype(np.int64), table.reshape(-1)
    for row in range(3):
        for column in range(3):
            np.add.at(flat, base + ((row - 1) * columns + column - 1), across[column] * down[row])


def _smoothed(table: NDArray[np.float32], found: Found, margin: int, width: float) -> Found:
    """Fill in the grid's own lines of the table, smoothed across them; the width is in cells."""
    variance, reach, lines = width**2 - SPREAD, math.ceil(REACH * width), len(found)
    apart = np.arange(LINES)[:, None] + reach - np.arange(LINES + 2 * reach)
    kernel = (np.exp(-(apart**2) / (2 * variance)) / math.sqrt(2 * math.pi * variance)).astype(np.float32)
    step = max(1, PRODUCT // kernel.size)
    for low in range(0, lines, LINES):
        high, begin = min(low + LINES, lines), low + margin - reach
        first, end = max(begin, 0), min(high + margin + reach, len(table))
        near = kernel[: high - low, first - begin : end - begin]
        for part in range(0, table.shape[1], step):
            found[low:high, part : part + step] = near @ table[first:end, part : part + step]
    return found


def _inside(grid: Grid, width: float) -> NDArray[np.float64]:
    """Return the share of each cell's kernel that lies on the grid."""
    shares = []
    for many in (grid.rows, grid.columns):
        middles = np.arange(many) + 0.5
        shares.append(ndtr((many - middles) / width) - ndtr(-middles / width))
    return np.outer(*shares)
