"""Clusters in space and time: by the definition, point by point; and the course of hot cells over the periods."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mapping import spacetime
from mapping.spacetime import Course, clusters, courses

POINTS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 30)), max_size=40)


def by_definition(xy: NDArray[Any], days: NDArray[Any], far: float, long: float, least: int) -> list[int]:
    """Grow one cluster after the other from its first core, as the paper tells it."""
    apart = np.hypot(*(xy[:, None] - xy).transpose(2, 0, 1))
    near = (apart <= far) & (np.abs(days[:, None] - days) <= long)
    core, labels, number = near.sum(axis=1) >= least, [-1] * len(xy), 0
    for start in range(len(xy)):
        if not core[start] or labels[start] >= 0:
            continue
        waiting = [start]
        while waiting:
            place = waiting.pop()
            if labels[place] < 0:
                labels[place] = number
                waiting += np.flatnonzero(near[place]).tolist() if core[place] else []
        number += 1
    return labels


@settings(max_examples=80, deadline=None)
@given(POINTS, st.integers(1, 12), st.integers(1, 6), st.integers(1, 5))
def test_the_clusters_are_those_of_the_definition(
    points: list[tuple[int, int, int]], far: int, long: int, least: int
) -> None:
    table = np.array(points, dtype=float).reshape(-1, 3)
    found = clusters(table[:, :2] + [650_000, 6_580_000], table[:, 2], far, long, least)
    assert found.tolist() == by_definition(table[:, :2], table[:, 2], far, long, least)


def test_the_same_spot_at_another_time_is_another_cluster() -> None:
    spot, days = [(0, 0)] * 8, [0, 1, 2, 3, 100, 101, 102, 103]
    assert clusters(spot, days, 10, 2, 3).tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert clusters(spot, days, 10, 200, 3).tolist() == [0] * 8
    assert clusters(spot, [50 * n for n in range(8)], 10, 2, 3).tolist() == [-1] * 8


def test_exactly_so_far_and_so_long_apart_are_neighbours() -> None:
    decimals = [(0, 6_580_000.2), (0, 6_580_000.5)]
    assert clusters(decimals, [0.1, 0.3], 0.3, 0.2, 2).tolist() == [0, 0]
    assert clusters(decimals, [0.1, 0.3], 0.29, 0.2, 2).tolist() == [-1, -1]
    assert clusters(decimals, [0.1, 0.3], 0.3, 0.19, 2).tolist() == [-1, -1]


def test_what_is_measured_in_parts_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(1)
    xy, days = chance.uniform(0, 300, (400, 2)), chance.uniform(0, 30, 400)
    whole = clusters(xy, days, 20, 3, 4)
    monkeypatch.setattr(spacetime, "PAIRS_AT_ONCE", 7)
    assert clusters(xy, days, 20, 3, 4).tolist() == whole.tolist()
    assert len(set(whole.tolist())) > 3


def test_more_neighbours_than_memory_should_hold_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spacetime, "MOST_PAIRS", 40)
    with pytest.raises(ValueError, match="eps_m is 5 and brings more than 40 neighbours: go less far"):
        clusters([(0, 0)] * 10, [0] * 10, 5, 1, 3)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"days": [1]}, "days has 1 values for 2 points"),
        ({"eps_m": 0}, "eps_m is 0; give a finite number above 0"),
        ({"eps_days": -1}, "eps_days is -1"),
        ({"min_points": 0}, "min_points is 0"),
        ({"days": [1, math.inf]}, "days holds inf"),
        ({"xy": [(0, 0), (1e9, 1e9)], "eps_m": 1e-3}, "eps_m is 0.001, too little for points that lie 1e"),
    ],
)
def test_what_cannot_be_clustered_is_refused(changed: dict[str, Any], words: str) -> None:
    asked: dict[str, Any] = {"xy": [(0, 0), (1, 1)], "days": [0, 1], "eps_m": 5, "eps_days": 2, "min_points": 2}
    with pytest.raises(ValueError, match=words):
        clusters(**(asked | changed))


def test_the_course_of_a_cell_is_told_by_when_it_was_hot() -> None:
    hot = [
        [0, 0, 1, 1, 0, 1],
        [0, 0, 0, 0, 1, 0],
        [0, 0, 1, 0, 1, 0],
        [0, 1, 1, 1, 0, 0],
    ]
    named = [  # a column each
        Course.NEVER,
        Course.NEW,
        Course.PERSISTENT,
        Course.RETURNING,
        Course.COOLING,
        Course.PAST,
    ]
    assert courses(hot) == named
    with pytest.raises(ValueError, match=r"hot has the shape \(1, 2\); give one row of cells for each of at least two"):
        courses([[True, False]])
