"""The search for a control on invented places where the right one is known, and counts around many places at once."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from mapping import controls
from mapping.controls import Candidate, Unfit, before_after, find

TREATED = (4, 6, 5, 7, 5, 6, 8, 7, 6, 9, 8, 7)
RIGHT = Candidate("right", (5, 5, 6, 6, 5, 7, 7, 8, 6, 8, 9, 7), 900)
NEARLY = Candidate("nearly", tuple(reversed(RIGHT.months)), 900)
WRONG = {
    Unfit.NEAR: Candidate("near", TREATED, 200),
    Unfit.MEASURE: Candidate("measured", TREATED, 900, measured=True),
    Unfit.LEVEL: Candidate("larger", tuple(3 * n for n in TREATED), 900),
    Unfit.TREND: Candidate("falling", (12, 11, 10, 9, 8, 7, 4, 4, 3, 3, 2, 2), 900),
}
"""Each fails one rule alone."""
SPANS = ((0, 1), (1, 2))


def test_the_right_control_is_found_among_places_that_each_fail_one_rule() -> None:
    found = find(TREATED, [*WRONG.values(), NEARLY, RIGHT], ring_m=100)
    assert [each.key for each in found.fit] == ["right", "nearly"]
    assert (found.reason, found.asked) == (None, 6)
    assert found.fit[0].level == pytest.approx(79 / 78)


@pytest.mark.parametrize("rule", list(WRONG))
def test_each_rule_turns_away_what_it_should(rule: Unfit) -> None:
    found = find(TREATED, [WRONG[rule]], ring_m=100)
    assert (found.fit, found.reason) == ((), rule)


def test_the_reason_is_the_last_rule_that_any_candidate_came_to() -> None:
    assert find(TREATED, list(WRONG.values()), ring_m=100).reason is Unfit.TREND
    assert find(TREATED, [WRONG[Unfit.NEAR], WRONG[Unfit.LEVEL]], ring_m=100).reason is Unfit.LEVEL
    assert find(TREATED, [], ring_m=100).reason is Unfit.NO_CANDIDATE


@pytest.mark.parametrize("few", [(0, 1, 0, 2, 1, 1), (5, 5, 5), (0, 0, 0, 9, 9, 9)])
def test_a_place_with_too_little_before_has_no_control(few: tuple[int, ...]) -> None:
    alike = Candidate("alike", few, 900)
    assert find(few, [alike], ring_m=100).reason is Unfit.TOO_FEW


def test_a_candidate_with_a_silent_half_has_no_trend() -> None:
    silent = Candidate("silent", (0,) * 6 + TREATED[6:], 900)
    judged = controls.judge(TREATED, silent, ring_m=100)
    assert (judged.trend, judged.unfit) == (None, Unfit.TREND)


def test_rings_that_would_touch_are_near_and_at_the_very_edge_too() -> None:
    for distance, unfit in ((200.0, Unfit.NEAR), (200.01, None)):
        assert controls.judge(TREATED, Candidate("edge", TREATED, distance), ring_m=100).unfit is unfit


def test_all_earlier_months_are_compared_or_it_is_refused() -> None:
    with pytest.raises(ValueError, match="short has 6 values for 12"):
        find(TREATED, [Candidate("short", TREATED[:6], 900)], ring_m=100)
    with pytest.raises(ValueError, match="ring_m"):
        find(TREATED, [RIGHT], ring_m=0)


@pytest.mark.parametrize("width", [4_000, 40_000])
def test_counts_around_many_places_are_those_of_a_tree_asked_place_by_place(width: float) -> None:
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


def test_a_point_on_the_circle_is_inside_and_one_on_the_rings_edge_in_the_ring() -> None:
    xy = [(30.0, 40.0), (30.0, 40.001), (60.0, 80.0), (60.0, 80.001)]
    found = before_after(xy, [1, 1, 1, 1], [(0.0, 0.0)], radius=50, ring=50, spans=SPANS)
    assert found.treated.tolist() == [[0, 1]]
    assert found.ring.tolist() == [[0, 2]]


def test_nothing_is_counted_of_nothing() -> None:
    empty = before_after([], [], [(0.0, 0.0)], radius=50, ring=50, spans=SPANS)
    assert empty.treated.tolist() == empty.ring.tolist() == [[0, 0]]
    with pytest.raises(ValueError, match="radius"):
        before_after([(0.0, 0.0)], [1], [(0.0, 0.0)], radius=0, ring=50, spans=SPANS)
    with pytest.raises(ValueError, match="days has 2"):
        before_after([(0.0, 0.0)], [1, 2], [(0.0, 0.0)], radius=5, ring=50, spans=SPANS)
