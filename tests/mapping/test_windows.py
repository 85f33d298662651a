"""Windows: the same sums whether points fill a grid or not, in whatever order, and measured one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mapping.grids import Grid
from mapping.windows import _Pairs, _Rows, windows


def one_by_one(points: NDArray[Any], values: NDArray[Any], distance: float) -> NDArray[Any]:
    apart = np.hypot(*(points[:, None] - points).transpose(2, 0, 1))
    return np.asarray((apart <= distance + 1e-6) @ values)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 7), st.integers(1, 7), st.floats(0.2, 12), st.integers(0, 3), st.booleans())
def test_a_grid_is_summed_by_rows_as_it_is_pair_by_pair(
    columns: int, rows: int, distance: float, order: int, turned: bool
) -> None:
    chance = np.random.default_rng(order)
    points = Grid(650_000, 6_580_000, 100, columns, rows).centres()
    points = points[:, ::-1] if turned else points
    if order:
        points = points[chance.permutation(len(points))]
    values = chance.normal(size=len(points))
    found = windows(points, distance * 100)
    assert isinstance(found, _Rows)
    assert found.sums(values) == pytest.approx(one_by_one(points, values, distance * 100))
    assert found.sizes.tolist() == one_by_one(points, np.ones(len(points), dtype=int), distance * 100).tolist()
    others = _Pairs(points, distance * 100)
    assert others.sizes.tolist() == found.sizes.tolist()
    assert others.sums(values) == pytest.approx(found.sums(values))


def test_oblong_cells_are_as_far_apart_as_they_are() -> None:
    east, north = np.meshgrid(np.arange(5) * 30.0, np.arange(6) * 10.0)
    points = np.stack([east.ravel(), north.ravel()], axis=1)
    values = np.arange(30.0)
    assert windows(points, 31).sums(values) == pytest.approx(one_by_one(points, values, 31))


@pytest.mark.parametrize("change", ["a hole", "the same twice", "one moved", "unequal rows"])
def test_what_only_looks_like_a_grid_is_measured_point_by_point(change: str) -> None:
    points = Grid(0, 0, 10, 5, 4).centres()
    if change == "a hole":
        points = points[1:]
    elif change == "the same twice":
        points[1] = points[0]
    elif change == "one moved":
        points[7] += 0.5
    else:
        points[points[:, 1] == 35, 1] = 40
    found, values = windows(points, 14.2), np.arange(len(points), dtype=float)
    assert isinstance(found, _Pairs)
    assert found.sums(values) == pytest.approx(one_by_one(points, values, 14.2))


def test_exactly_so_far_is_within_also_where_the_steps_are_no_binary_numbers() -> None:
    points = Grid(0.1, 0.1, 0.1, 9, 9).centres()
    assert windows(points, 0.3).sizes.max() == 29
