"""Grids: which square a point lies in, on an edge too, and what is no grid."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mapping.grids import Grid


def test_squares_are_numbered_from_the_south_west_and_hold_their_west_and_south_edge() -> None:
    grid = Grid(100, 200, 50, columns=3, rows=2)
    assert grid.centres().tolist() == [[125, 225], [175, 225], [225, 225], [125, 275], [175, 275], [225, 275]]
    assert grid.cells([(100, 200), (150, 200), (149.9, 249.9), (100, 250), (249, 299)]).tolist() == [0, 1, 0, 3, 5]
    assert grid.cells([(99.9, 200), (250, 200), (100, 300), (100, 199)]).tolist() == [-1] * 4


def test_points_outside_are_not_counted() -> None:
    assert Grid(0, 0, 10, 2, 1).count([(1, 1), (2, 2), (11, 1), (-1, 1), (1, 10)]).tolist() == [2, 1]


def test_a_grid_over_points_starts_at_whole_multiples_and_holds_each_of_them() -> None:
    xy = np.array([(674_031.5, 6_573_210.0), (676_000.0, 6_575_999.0), (674_000.0, 6_574_000.0)])
    grid = Grid.over(xy, 250)
    assert (grid.west, grid.south, grid.columns, grid.rows) == (674_000, 6_573_000, 9, 12)
    assert (grid.cells(xy) >= 0).all()
    assert np.abs(grid.centres()[grid.cells(xy)] - xy).max() <= 125


@pytest.mark.parametrize("side", [0, -5, math.nan])
def test_a_side_lies_above_nothing(side: float) -> None:
    with pytest.raises(ValueError, match=f"side is {side}"):
        Grid.over([(0, 0)], side)


def test_what_is_no_grid_is_refused() -> None:
    with pytest.raises(ValueError, match="columns x rows is 0 x 3; give 1 to 4,000,000 squares"):
        Grid(0, 0, 10, 0, 3)
    with pytest.raises(ValueError, match="columns x rows is 100001 x 100001"):
        Grid.over([(0, 0), (100_000, 100_000)], 1)
    with pytest.raises(ValueError, match="xy has no points"):
        Grid.over([], 10)
