"""Perceived beside reported: a side only where the exact interval leaves the whole out; published intervals checked."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.perceived import (
    Counted,
    Quadrant,
    Share,
    Side,
    compare_areas,
    compare_places,
    share_interval,
)

PLAIN = settings(max_examples=60, deadline=None, derandomize=True, database=None)


@pytest.mark.parametrize(
    ("share", "n", "low", "high"),
    [
        (0 / 10, 10, 0.0, 0.3085),
        (1 / 10, 10, 0.0025, 0.4450),
        (5 / 10, 10, 0.1871, 0.8129),
        (10 / 10, 10, 0.6915, 1.0),
    ],
)
def test_the_interval_of_a_share_is_that_of_the_printed_tables(share: float, n: int, low: float, high: float) -> None:
    """Clopper and Pearson's limits for n = 10 at 95 %, as tables of exact binomial limits print them."""
    assert share_interval(share, n) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("share", "n"), [(-0.1, 10), (1.1, 10), (float("nan"), 10), (0.5, 0), (0.5, float("nan"))])
def test_what_is_no_share_is_refused(share: float, n: float) -> None:
    with pytest.raises(ValueError, match="a share of"):
        share_interval(share, n)


def test_each_quadrant_is_found_and_a_small_area_is_placed_nowhere() -> None:
    perceived = {
        "a": Share(0.5, 400),
        "b": Share(0.5, 400),
        "c": Share(0.1, 400),
        "d": Share(0.1, 400),
        "e": Share(1, 29),
    }
    reported = {"a": Counted(400, 4000), "b": Counted(40, 4000), "c": Counted(400, 4000), "d": Counted(40, 4000),
                "e": Counted(400, 4000)}  # fmt: skip
    found = {each.key: each.quadrant for each in compare_areas(perceived, reported)}
    assert found == {
        "a": Quadrant.BOTH, "b": Quadrant.PERCEIVED, "c": Quadrant.REPORTED, "d": Quadrant.NEITHER,
        "e": Quadrant.UNTOLD,
    }  # fmt: skip
    (small,) = (each for each in compare_areas(perceived, reported) if each.key == "e")
    assert small.sides == (Side.FEW, Side.HIGH)


def test_what_one_axis_lacks_is_said_to_be_missing() -> None:
    found = {each.key: each.sides for each in compare_areas({"a": Share(0.5, 90)}, {"b": Counted(3, 100)})}
    assert found == {"a": (Side.UNTOLD, Side.MISSING), "b": (Side.MISSING, Side.UNTOLD)}
    assert compare_areas({}, {}) == ()


def test_the_sources_own_interval_widens_and_never_narrows() -> None:
    given = {"a": Share(0.5, 400), "b": Share(0.3, 400)}
    assert compare_areas(given, {})[0].sides[0] is Side.HIGH
    assert compare_areas(given | {"a": Share(0.5, 400, 0.35, 0.65)}, {})[0].sides[0] is Side.UNTOLD
    narrow = compare_areas({"a": Share(0.42, 40, 0.419, 0.421), "b": Share(0.3, 400, 0.299, 0.301)}, {})
    assert narrow[0].sides[0] is Side.UNTOLD


def test_places_are_held_against_the_mean_of_all() -> None:
    unease = {"tunnel": 40, "square": 2, "school": 3, "yard": 10}
    offences = {"tunnel": 2, "square": 40, "school": 3, "yard": 10}
    found = {each.key: each.quadrant for each in compare_places(unease, offences)}
    assert found["tunnel"] is Quadrant.PERCEIVED
    assert found["square"] is Quadrant.REPORTED
    assert found["school"] is Quadrant.NEITHER
    assert found["yard"] is Quadrant.UNTOLD
    assert list(found) == sorted(found)


def test_nothing_to_count_over_is_refused() -> None:
    for over in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="counted over"):
            compare_areas({}, {"a": Counted(1, over)})


@PLAIN
@given(counts=st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 200), min_size=1))
def test_a_place_on_a_side_has_the_mean_outside_its_interval_and_order_changes_nothing(counts: dict[str, int]) -> None:
    found = compare_places(counts, counts)
    assert found == compare_places(dict(reversed(counts.items())), counts)
    for each in found:
        level = each.perceived
        assert level is not None
        assert level.low <= level.value <= level.high
        assert (each.quadrant is Quadrant.UNTOLD) is (level.low <= level.whole <= level.high)
        assert each.quadrant in (Quadrant.BOTH, Quadrant.NEITHER, Quadrant.UNTOLD)
