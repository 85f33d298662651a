"""Concentrations: the fullest circles, no point twice, the same however the rows are ordered or the map is moved."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mapping import concentrations

METRE = st.integers(0, 600)
POINTS = st.lists(st.tuples(METRE, METRE), max_size=60)


def test_a_ring_of_six_is_found_and_four_elsewhere_are_not() -> None:
    ring = [(1000 + 50 * np.cos(a), 2000 + 50 * np.sin(a)) for a in np.arange(6) * np.pi / 3]
    few = [(5000, 5000 + i) for i in range(4)]
    (found,) = concentrations.find([*few, *ring], radius=100, least=5)
    assert (round(found.east), round(found.north), found.count) == (1000, 2000, 6)
    assert found.points.tolist() == [4, 5, 6, 7, 8, 9]


def test_the_fullest_comes_first_and_takes_what_both_reach() -> None:
    left, between, right = [(0, 0)] * 5, [(110, 0)] * 3, [(200, 0)] * 9
    found = concentrations.find([*left, *between, *right], radius=100, least=5)
    assert [(each.count, round(each.east, 1)) for each in found] == [(12, 177.5), (5, 0.0)]


def test_the_edge_belongs_to_it() -> None:
    on_edge = [(0, 0)] * 4 + [(100, 0)]
    assert [each.count for each in concentrations.find(on_edge, radius=100, least=5)] == [5]
    assert concentrations.find(on_edge, radius=99.9, least=5) == []


def test_nothing_makes_no_concentration() -> None:
    assert concentrations.find(np.empty((0, 2)), radius=100, least=1) == []


@given(points=POINTS, least=st.integers(1, 6), seed=st.integers(0, 99))
def test_no_point_is_counted_twice_and_order_and_place_change_nothing(
    points: list[tuple[int, int]], least: int, seed: int
) -> None:
    given_points = np.array(points, dtype=float).reshape(-1, 2)
    found = concentrations.find(given_points, radius=100, least=least)
    taken = [i for each in found for i in each.points.tolist()]
    assert len(taken) == len(set(taken)) == sum(each.count for each in found)
    assert all(each.count >= least for each in found)
    mixed = np.random.default_rng(seed).permutation(len(given_points))
    moved = concentrations.find(given_points[mixed] + [6_500_000, 150_000], radius=100, least=least)
    assert [each.count for each in moved] == [each.count for each in found]
