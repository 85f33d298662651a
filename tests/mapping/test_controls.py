"""The search for a control on invented places where the right one is known."""

from __future__ import annotations

import pytest

from mapping import controls
from mapping.controls import Candidate, Unfit, find

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
