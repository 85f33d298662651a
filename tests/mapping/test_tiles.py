"""Tiles: where a point lies in one, out of its Morton key."""

from __future__ import annotations

import numpy as np
import pytest

from forum.foundation.geometry import SIDE, grid, morton
from mapping.tiles import DEEPEST, EXTENT, GRID_BITS, Tile, in_tile

PLACES = [(18.09, 59.243), (-179.9999, 85.05), (179.9999, -85.05), (0.0, 0.0), (-70.5, -33.4)]


def test_the_grid_is_that_of_the_key() -> None:
    assert SIDE == 1 << GRID_BITS


@pytest.mark.parametrize("z", range(DEEPEST + 1))
def test_a_point_lies_in_its_tile_where_its_share_of_the_plane_is(z: int) -> None:
    for lon, lat in PLACES:
        x, y = grid(lon, lat)
        tile = Tile(z, x >> GRID_BITS - z, y >> GRID_BITS - z)
        (east,), (south,) = in_tile(np.array([morton(x, y)]), tile)
        assert 0 <= east < EXTENT
        assert 0 <= south < EXTENT
        unit = SIDE / (1 << z) / EXTENT
        assert (tile.x * EXTENT + east) * unit <= x < (tile.x * EXTENT + east + max(1, 1 / unit)) * unit
        assert (tile.y * EXTENT + south) * unit <= y < (tile.y * EXTENT + south + max(1, 1 / unit)) * unit
