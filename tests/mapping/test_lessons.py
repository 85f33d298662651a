"""What cards say together: each counted once, and summed only where none shares an area and all are as long."""

from __future__ import annotations

from typing import Any

import pytest

from mapping import effect
from mapping.lessons import Apart, lesson


def card(place: int, control: int, sentence: str = "not_enough", /, **changes: Any) -> dict[str, Any]:
    """Return as much of a card as is looked at: five fewer, from fifteen fewer to five more; each at its kilometre."""
    figures = None if sentence == "no_control" else {"difference": {"estimate": -5.0, "low": -15.0, "high": 5.0}}
    here, there = ({"shape": f"POINT ({n}000 0)", "reach_m": 80.0} for n in (place, control))
    plain = {"area": here, "control": {"area": there}, "inputs": {"months": 3}}
    return plain | {"weighed": {"sentence": sentence, "figures": figures}} | changes


def test_every_card_is_counted_by_what_it_says() -> None:
    said = ["fewer", "fewer_around", "moved", "more", "not_enough", "unsure", "few", "no_control", "not_reached"]
    found = lesson([card(n, 20 + n, each) for n, each in enumerate(said)])
    assert (found.cards, found.fewer, found.moved, found.more) == (9, 2, 1, 1)
    assert (found.unclear, found.not_enough) == (2, 3)


def test_independent_cards_are_summed_and_those_without_figures_left_out() -> None:
    found = lesson([card(1, 5), card(2, 6), card(3, 9, "no_control")])
    assert found.together is not None
    assert (found.months, found.together.estimate, found.apart) == (3, -10, None)
    half = 10 * 2**0.5
    assert [found.together.low, found.together.high] == pytest.approx([-10 - half, -10 + half], abs=1e-4)
    one = effect.wdd((50, 40), (50, 50))
    assert (one.high - one.low) / (2 * effect.quantile(0.05)) == pytest.approx(one.se)


@pytest.mark.parametrize(
    ("cards", "why"),
    [
        ([card(1, 5)], Apart.FEW),
        ([card(1, 5), card(2, 6, inputs={"months": 12})], Apart.MONTHS),
        ([card(1, 5), card(2, 5)], Apart.SHARED),
        ([card(1, 5), card(1, 6)], Apart.SHARED),
        ([card(1, 5), card(2, 6, area={"shape": "POLYGON ((5050 0, 5300 0, 5300 300, 5050 0))"})], Apart.SHARED),
        ([], Apart.FEW),
    ],
)
def test_where_a_sum_cannot_be_defended_it_says_why(cards: list[dict[str, Any]], why: Apart) -> None:
    found = lesson(cards)
    assert (found.together, found.months, found.apart) == (None, None, why)
