"""Grounds (ytor): a place or a square, what belongs to it, the ring around it, and how a card keeps it. Pure.

All in metres of SWEREF 99 TM.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

SLACK_M = 1e-3
"""The search goes so much farther; what it finds is measured exactly afterwards."""
FINEST_M = 0.1
"""A card writes shapes so exactly."""
AROUND = 0.15
"""So much of the width and height of the areas is seen beside them on their map."""
LOWEST, TALLEST = 0.6, 0.9
"""A map is at least and at most so many times as high as wide."""
DRAWN = 600
"""Units that the longer side of the map has at most: what is smaller than one is not kept."""


@dataclass(frozen=True)
class Area:
    """Where something lies, as a card keeps it: its shape as well-known text, and how far around it belongs to it."""

    shape: str
    reach_m: float = 0.0

    @property
    def whole(self) -> BaseGeometry:
        """Return all that belongs to it."""
        return shapely.buffer(shapely.from_wkt(self.shape), self.reach_m)

    def ring(self, wide: float) -> BaseGeometry:
        """Return the ring around it, so many metres wide."""
        shape = shapely.from_wkt(self.shape)
        return shapely.buffer(shape, self.reach_m + wide).difference(shapely.buffer(shape, self.reach_m))


@dataclass(frozen=True)
class Line:
    """A piece of the ground under a map: what it is of, and its shape as well-known text."""

    kind: str
    shape: str


@dataclass(frozen=True)
class Ground:
    """Somewhere with how far around it still belongs to it, in metres."""

    key: str
    shape: BaseGeometry
    reach_m: float = 0.0

    @classmethod
    def square(cls, east: int, north: int, side: int) -> Ground:
        """Return the square of that side, in metres, by its south-west corner."""
        return cls(f"square:{east}:{north}:{side}", shapely.box(east, north, east + side, north + side))

    def around(self, points: STRtree, wide: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return which points lie in it, and which in the ring around it.

        Parameters
        ----------
        points : shapely.STRtree of n points
            Metres.
        wide : float
            Width of the ring, metres; what lies at the distance itself is inside.

        Returns
        -------
        tuple of 2 ndarray of int
            Their places among the points, in no order.
        """
        west, south, east, north = self.shape.bounds
        reach = self.reach_m + wide + SLACK_M
        near = points.query(shapely.box(west - reach, south - reach, east + reach, north + reach))
        shapely.prepare(self.shape)
        gap = shapely.distance(self.shape, points.geometries.take(near))
        return near[gap <= self.reach_m], near[(gap > self.reach_m) & (gap <= self.reach_m + wide)]

    def to(self, other: Ground) -> float:
        """Return how far it is from edge to edge, metres."""
        return max(0.0, float(shapely.distance(self.shape, other.shape)) - self.reach_m - other.reach_m)

    @property
    def area(self) -> Area:
        """Return it as a card keeps it."""
        return Area(_written(self.shape), self.reach_m)


def lines(areas: Sequence[Area], wide: float, ground: Sequence[tuple[str, BaseGeometry]]) -> tuple[Line, ...]:
    """Return what lies under a map of the areas with their rings: cut to the map, no finer than it is drawn.

    Parameters
    ----------
    areas : sequence of Area
    wide : float
        Width of the rings, metres.
    ground : sequence of (str, shapely geometry)
        What it is of, in metres.

    Returns
    -------
    tuple of Line
        In the order given.
    """
    seen = shapely.box(*window(areas, wide))
    west, south, east, north = seen.bounds
    finest = max(east - west, north - south) / DRAWN
    cut = ((kind, shapely.simplify(shapely.intersection(shape, seen), finest)) for kind, shape in ground)
    return tuple(Line(kind, _written(shape, 1.0)) for kind, shape in cut if shape.length > finest)


def window(areas: Sequence[Area], wide: float) -> tuple[float, float, float, float]:
    """Return west, south, east and north of a map of the areas with their rings and something around them.

    Parameters
    ----------
    areas : sequence of Area
    wide : float
        Width of the rings, metres.

    Returns
    -------
    tuple of 4 float
        Metres.
    """
    west, south, east, north = shapely.total_bounds([each.whole for each in areas]).tolist()
    beside = wide + AROUND * max(east - west, north - south, 4 * wide)
    across, along = east - west + 2 * beside, north - south + 2 * beside
    across, along = max(across, along / TALLEST), max(along, across * LOWEST)
    middle, up = (west + east) / 2, (south + north) / 2
    return middle - across / 2, up - along / 2, middle + across / 2, up + along / 2


def _written(shape: BaseGeometry, finest: float = FINEST_M) -> str:
    decimals = 1 if finest < 1 else 0
    return str(shapely.to_wkt(shape, rounding_precision=decimals, trim=True))
