"""Grids (rutnät): equal squares over the ground, their middles, and which square a point lies in. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mapping.points import above, metres

MOST_CELLS = 4_000_000
"""More squares than this are refused: a mistyped side would fill the memory."""


@dataclass(frozen=True)
class Grid:
    """Squares of a side in metres, numbered from the south-west, row by row; each holds its west and south edge."""

    west: float
    south: float
    side: float
    columns: int
    rows: int

    def __post_init__(self) -> None:
        above(self.side, name="side")
        if self.columns < 1 or self.rows < 1 or self.columns * self.rows > MOST_CELLS:
            raise ValueError(f"columns x rows is {self.columns} x {self.rows}; give 1 to {MOST_CELLS:,} squares")

    @classmethod
    def over(cls, xy: ArrayLike, side: float) -> Grid:
        """Return the grid of whole multiples of the side that holds all points.

        Parameters
        ----------
        xy : array_like of float, shape (n, 2), or geopandas points
            Metres; at least one.
        side : float
            Metres.

        Returns
        -------
        Grid

        Raises
        ------
        ValueError
            Without a point, for degrees, a side not above 0, or too many squares.
        """
        points, side = metres(xy), above(side, name="side")
        if not len(points):
            raise ValueError("xy has no points; give at least one, or the grid's corner itself")
        first = np.floor(points.min(axis=0) / side)
        columns, rows = (np.floor(points.max(axis=0) / side) - first + 1).tolist()
        return cls(float(first[0] * side), float(first[1] * side), side, int(columns), int(rows))

    @cached_property
    def easts(self) -> NDArray[np.float64]:
        """Return the middles of the columns, in metres."""
        return self.west + (np.arange(self.columns, dtype=np.float64) + 0.5) * self.side

    @cached_property
    def norths(self) -> NDArray[np.float64]:
        """Return the middles of the rows, in metres."""
        return self.south + (np.arange(self.rows, dtype=np.float64) + 0.5) * self.side

    def centres(self) -> NDArray[np.float64]:
        """Return the squares' middles.

        Returns
        -------
        ndarray of float, shape (rows * columns, 2)
            Metres, in the order of the numbers.
        """
        east, north = np.meshgrid(self.easts, self.norths)
        return np.stack([east.ravel(), north.ravel()], axis=1)

    def cells(self, xy: ArrayLike) -> NDArray[np.int64]:
        """Return the square that each point lies in.

        Parameters
        ----------
        xy : array_like of float, shape (n, 2), or geopandas points
            Metres.

        Returns
        -------
        ndarray of int, shape (n,)
            -1 for a point outside.
        """
        column, row = np.floor((metres(xy) - [self.west, self.south]) / self.side).T
        inside = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        return np.where(inside, row * self.columns + column, -1).astype(np.int64)

    def count(self, xy: ArrayLike) -> NDArray[np.int64]:
        """Return how many points lie in each square.

        Parameters
        ----------
        xy : array_like of float, shape (n, 2), or geopandas points
            Metres; those outside are not counted.

        Returns
        -------
        ndarray of int, shape (rows * columns,)
        """
        found = self.cells(xy)
        return np.bincount(found[found >= 0], minlength=self.rows * self.columns)
