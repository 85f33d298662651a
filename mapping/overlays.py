"""What is laid over the picture that travels (lager): frames and outlines that tell of themselves, a surface. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from mapping.crs import SWEREF99TM, WGS84, transform
from mapping.density import density
from mapping.grids import Grid

SIDE_M, BANDWIDTH_M = 100, 250
"""Side of a square of the surface, and the standard deviation of its kernel, in metres."""
BANDS = 5
"""Steps of the surface, of as many parts of the highest density; what lies below the first is left blank."""


class Kind(StrEnum):
    """What a layer shows, and so how the script draws it."""

    HOT = "hot"
    PATHS = "paths"
    PLACES = "places"


@dataclass(frozen=True)
class Mark:
    """Something on the ground, in WGS 84: what is written beside it, what a list calls it and what it tells."""

    shape: BaseGeometry
    label: str
    name: str
    said: tuple[str, ...]


@dataclass(frozen=True)
class Overlay:
    """A layer that is chosen by its name, with what there is to know about it; `shown` from the start or not."""

    kind: Kind
    name: str
    note: str
    marks: tuple[Mark, ...]
    shown: bool = True


@dataclass(frozen=True)
class Band:
    """Where there are from `low` up to `high` deviations a square kilometre; the last has no upper end."""

    low: int
    high: int | None
    shape: BaseGeometry


def around(corners: Iterable[tuple[int, int]], side: int) -> BaseGeometry:
    """Return the outline around squares.

    Parameters
    ----------
    corners : iterable of (east, north)
        South-west corners in metres of SWEREF 99 TM.
    side : int
        Of a square, in metres.

    Returns
    -------
    shapely geometry
        In WGS 84.
    """
    plane = shapely.union_all([shapely.box(x, y, x + side, y + side) for x, y in corners])
    return shapely.transform(plane, lambda at: transform(at, SWEREF99TM, WGS84))


def bands(lonlat: ArrayLike, inside: NDArray[np.int64]) -> tuple[Band, ...]:
    """Return the smoothed density of points in steps, for the eye: it is tested by nothing.

    Parameters
    ----------
    lonlat : array_like of float, shape (n, 2)
        Degrees of WGS 84.
    inside : ndarray of int, shape (m, 2)
        South-west corners of the squares of `SIDE_M` that are looked at, in metres of SWEREF 99 TM.

    Returns
    -------
    tuple of Band
        From the lowest; none without points or squares, or where no square holds one a square kilometre.

    Notes
    -----
    The kernel density of `mapping.density`, of the points in the rectangle around the squares, with its edge made up
    for.
    """
    points = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    if not len(points) or not len(inside):
        return ()
    middles = inside + SIDE_M / 2
    grid = Grid.over(middles, SIDE_M)
    found = density(transform(points, WGS84, SWEREF99TM), grid, BANDWIDTH_M).ravel()[grid.cells(middles)]
    lows = np.unique(np.rint(found.max() * np.arange(1, BANDS + 1) / (BANDS + 1)).astype(np.int64))
    lows = lows[lows > 0]
    step = np.searchsorted(lows, found, side="right") - 1
    return tuple(
        Band(int(low), int(lows[i + 1]) - 1 if i + 1 < len(lows) else None, around(inside[step == i].tolist(), SIDE_M))
        for i, low in enumerate(lows)
        if (step == i).any()
    )
