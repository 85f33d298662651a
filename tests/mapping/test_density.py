"""Density: beside the sum of all kernels, at the edge, and what is too fine to be drawn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mapping.density import density
from mapping.grids import Grid

GRID = Grid(670_000, 6_570_000, 20, columns=90, rows=70)
MIDDLE = (670_900, 6_570_700)


def by_hand(xy: NDArray[Any], grid: Grid, bandwidth: float) -> NDArray[Any]:
    apart = grid.centres()[:, None] - xy
    kernels = np.exp(-(apart**2).sum(axis=2) / (2 * bandwidth**2)) / (2 * math.pi * bandwidth**2)
    return np.asarray(kernels.sum(axis=1) * 1e6).reshape(grid.rows, grid.columns)


@pytest.mark.parametrize(("cells", "allowed"), [(2, 1e-3), (3, 2e-4), (6, 2e-5)])
def test_the_density_is_the_sum_of_all_kernels(cells: float, allowed: float) -> None:
    xy = np.random.default_rng(1).normal(MIDDLE, 150, (300, 2))
    expected = by_hand(xy, GRID, cells * 20)
    found = density(xy, GRID, cells * 20, edge=False)
    assert np.abs(found - expected).max() < allowed * expected.max()


@pytest.mark.parametrize("off", [0, 2.5, 5, 10])
def test_one_point_is_as_high_wherever_in_its_cell_it_lies(off: float) -> None:
    xy = np.array([[670_910.0 + off, 6_570_710.0 - off]])
    expected = by_hand(xy, GRID, 100)
    assert np.abs(density(xy, GRID, 100, edge=False) - expected).max() < 2e-4 * expected.max()


def test_all_that_is_counted_is_all_points() -> None:
    xy = np.random.default_rng(2).normal(MIDDLE, 60, (500, 2))
    assert density(xy, GRID, 60, edge=False).sum() * 0.02**2 == pytest.approx(500, rel=1e-5)
    assert density([], GRID, 60).tolist() == np.zeros((70, 90)).tolist()


def test_an_even_field_is_even_up_to_the_edge_once_the_edge_is_made_up_for() -> None:
    xy = GRID.centres()
    found = density(xy, GRID, 100)
    assert found == pytest.approx(np.full((70, 90), 1 / 0.02**2), rel=1e-3)
    bare = density(xy, GRID, 100, edge=False)
    assert bare[0, 0] == pytest.approx(found[0, 0] / 4, rel=0.2)
    assert bare[35, 45] == pytest.approx(found[35, 45], rel=1e-5)


def test_points_outside_count_only_where_the_grid_is_not_all_that_was_observed() -> None:
    outside = np.array([[669_900.0, 6_570_700.0], [500_000.0, 6_000_000.0]])
    assert density(outside, GRID, 100).max() == 0
    expected = by_hand(outside, GRID, 100)
    assert np.abs(density(outside, GRID, 100, edge=False) - expected).max() < 1e-4 * expected.max()


def test_north_is_the_last_row() -> None:
    found = density([(670_010, 6_571_390)], GRID, 40, edge=False)
    assert found.argmax() == 69 * 90


@pytest.mark.parametrize(
    ("bandwidth", "words"),
    [(39, "bandwidth is 39 m on cells of 20 m; give two cells or more, or a finer grid"), (-1, "bandwidth is -1")],
)
def test_a_bandwidth_that_the_grid_cannot_show_is_refused(bandwidth: float, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        density([MIDDLE], GRID, bandwidth)
