"""Circles: counts around many places are those of a tree asked place by place, also on the edge."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.spatial import cKDTree

from mapping import circles
from mapping.circles import before_after

SPANS = ((0, 1), (1, 2))


@pytest.mark.parametrize("width", [4_000, 40_000])
def test_counts_around_many_places_are_those_of_a_tree_asked_place_by_place(
    width: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(circles, "AT_ONCE", 30)
    rng = np.random.default_rng(6)
    xy, days = rng.uniform(0, width, (5000, 2)), rng.integers(0, 400, 5000)
    places, radius = rng.uniform(-300, width + 300, (80, 2)), rng.uniform(20, 400, 80)
    split = rng.integers(100, 300, 80)
    before, after = np.stack([split - 90, split], axis=-1), np.stack([split, split + 90], axis=-1)
    found = before_after(xy, days, places, radius=radius, ring=150, spans=np.stack([before, after], axis=1))
    tree = cKDTree(xy)
    for i, middle in enumerate(places):
        inner, outer = (set(tree.query_ball_point(middle, r)) for r in (radius[i], radius[i] + 150))
        for side, (first, end) in enumerate((before[i], after[i])):
            for area, counted in ((inner, found.treated), (outer - inner, found.ring)):
                when = days[sorted(area)] if area else np.zeros(0)
                assert counted[i, side] == ((when >= first) & (when < end)).sum()
    assert min(found.treated.sum(), found.ring.sum()) > 10
    alike = before_after(xy, days, places, radius=radius, ring=150, spans=[before[0], after[0]])
    told = np.broadcast_to(np.stack([before[0], after[0]]), (80, 2, 2))
    each = before_after(xy, days, places, radius=radius, ring=150, spans=told)
    assert (alike.treated == each.treated).all()
    assert (alike.ring == each.ring).all()


def test_points_far_off_change_no_count_and_no_square(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[int] = []
    runs = circles._runs

    def counted(*asked: Any) -> Any:
        starts, lengths, place = runs(*asked)
        looked_at.append(int(lengths.sum()))
        return starts, lengths, place

    monkeypatch.setattr(circles, "_runs", counted)
    rng = np.random.default_rng(7)
    xy, places = rng.uniform(0, 5000, (3000, 2)), rng.uniform(0, 5000, (50, 2))
    strays = [(0.0, -6_500_000.0), (9e6, 9e6), (-9e6, 2500.0)]
    near, both = (
        before_after(points, np.ones(len(points)), places, radius=100, ring=100, spans=SPANS)
        for points in (xy, np.concatenate([xy, strays]))
    )
    assert near.ring.sum() > 100
    assert (near.treated == both.treated).all()
    assert (near.ring == both.ring).all()
    assert looked_at[1] <= looked_at[0] + len(strays) * len(places)


def test_spans_that_overlap_count_a_point_in_both() -> None:
    found = before_after([(0.0, 0.0)], [1], [(0.0, 0.0)], radius=50, ring=50, spans=((0, 2), (1, 3)))
    assert found.treated.tolist() == [[1, 1]]


def test_a_point_on_the_circle_is_inside_and_one_on_the_rings_edge_in_the_ring() -> None:
    xy = [(30.0, 40.0), (30.0, 40.001), (60.0, 80.0), (60.0, 80.001)]
    found = before_after(xy, [1, 1, 1, 1], [(0.0, 0.0)], radius=50, ring=50, spans=SPANS)
    assert found.treated.tolist() == [[0, 1]]
    assert found.ring.tolist() == [[0, 2]]


def test_nothing_is_counted_of_nothing() -> None:
    empty = before_after([], [], [(0.0, 0.0)], radius=50, ring=50, spans=SPANS)
    assert empty.treated.tolist() == empty.ring.tolist() == [[0, 0]]
    far = before_after([(0.0, 0.0)], [1], [(9000.0, 0.0), (0.0, 0.0)], radius=50, ring=50, spans=SPANS)
    assert far.treated.tolist() == [[0, 0], [0, 1]]
    lonely = before_after([(0.0, 0.0)], [1], [(9000.0, 0.0)], radius=50, ring=50, spans=SPANS)
    assert lonely.treated.tolist() == lonely.ring.tolist() == [[0, 0]]
    with pytest.raises(ValueError, match="radius"):
        before_after([(0.0, 0.0)], [1], [(0.0, 0.0)], radius=0, ring=50, spans=SPANS)
    with pytest.raises(ValueError, match="days has 2"):
        before_after([(0.0, 0.0)], [1, 2], [(0.0, 0.0)], radius=5, ring=50, spans=SPANS)
    with pytest.raises(ValueError, match="spans has 1"):
        before_after([(0.0, 0.0)], [1], [(0.0, 0.0)] * 2, radius=5, ring=50, spans=[SPANS])
