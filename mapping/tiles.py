"""Tiles of the map (kartrutor): their addresses, and how large the cells are in which deviations are counted."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DEEPEST = 22
"""The largest zoom of a tile."""
FINE, COARSE = 5, 4
"""A tile has 2^5 counted squares on each side, and gathers symbols in 2^4 by 2^4 places."""
SMALLEST = 16
"""The level of the smallest squares that are counted, 313 m in Stockholm: points are not known more exactly."""
UNIT_BITS, GRID_BITS = 12, 31
"""A tile has 2^12 units on each side, the grid of the Morton key 2^31 cells on each side of the whole plane."""
EXTENT = 1 << UNIT_BITS
"""Units of a vector tile on each side (Mapbox Vector Tile specification 2.1, section 4.3)."""
EQUATOR_M = 40_075_016.686
"""The length of the equator in web mercator, EPSG:3857."""


@dataclass(frozen=True)
class Tile:
    """One square of the web mercator plane that is cut into 2^z by 2^z: x counts eastwards, y southwards.

    It is half-open: a point on its western or northern edge belongs to it, one on the others does not, so that the
    tiles of a zoom hold each point once.
    """

    z: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        """Tell whether there is such a tile."""
        return 0 <= self.z <= DEEPEST and 0 <= self.x < 1 << self.z and 0 <= self.y < 1 << self.z

    @property
    def counted(self) -> int:
        """Return the level (cells are tiles of this zoom) at which squares are counted in the tile."""
        return max(self.z, min(self.z + FINE, SMALLEST))

    @property
    def gathered(self) -> int:
        """Return the level at which symbols that would cover each other are gathered into one."""
        return self.z + COARSE


def in_tile(keys: NDArray[np.int64], tile: Tile) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where points lie in a tile, out of the interleaved bits of their Morton keys.

    Parameters
    ----------
    keys : array of n
        Morton keys: the place in a grid of 2^31 by 2^31, x in the even bits.
    tile : Tile
        The tile that holds them.

    Returns
    -------
    tuple of two arrays of n
        Units of the tile eastwards and southwards from its north-western corner.
    """
    deeper = tile.z + UNIT_BITS - GRID_BITS  # below zero while a unit is larger than a cell of the grid
    places = (_every_second_bit(keys), _every_second_bit(keys >> 1))
    units = [place << deeper if deeper > 0 else place >> -deeper for place in places]
    return units[0] - tile.x * EXTENT, units[1] - tile.y * EXTENT


def _every_second_bit(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the even bits moved together (Warren 2012, Hacker's Delight, 7-2)."""
    bits = keys & 0x5555555555555555
    for shift, mask in HALVES:
        bits = (bits | bits >> shift) & mask
    return bits


HALVES = (
    (1, 0x3333333333333333),
    (2, 0x0F0F0F0F0F0F0F0F),
    (4, 0x00FF00FF00FF00FF),
    (8, 0x0000FFFF0000FFFF),
    (16, 0x00000000FFFFFFFF),
)


def cell_side_m(level: int, lat: float) -> float:
    """Return how long a cell's side is on the ground.

    Parameters
    ----------
    level : int
        The cell is a tile of this zoom.
    lat : float
        Latitude in degrees.

    Returns
    -------
    float
        Metres. Web mercator stretches lengths by 1 / cos(lat) (Snyder 1987, Map Projections, p. 44).
    """
    return EQUATOR_M * math.cos(math.radians(lat)) / (1 << level)
