"""Tiles of the map (kartrutor): their addresses, and how large the cells are in which deviations are counted."""

from __future__ import annotations

import math
from dataclasses import dataclass

DEEPEST = 22
"""The largest zoom of a tile."""
FINE, COARSE = 5, 4
"""A tile has 2^5 counted squares on each side, and gathers symbols in 2^4 by 2^4 places."""
SMALLEST = 16
"""The level of the smallest squares that are counted, 313 m in Stockholm: points are not known more exactly."""
EXTENT = 4096
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
