"""What several effect cards say together (lärdomar): how many showed what, and a sum where it is defensible. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Any

from mapping import effect
from mapping.counts import DECIMALS
from mapping.grounds import Area
from mapping.verdicts import Figure, Sentence

FEWEST = 2
"""Cards that a sum is made of at least."""
SHOWN = {
    Sentence.FEWER: "fewer",
    Sentence.FEWER_AROUND: "fewer",
    Sentence.MOVED: "moved",
    Sentence.MORE: "more",
    Sentence.NOT_ENOUGH: "unclear",
    Sentence.UNSURE: "unclear",
    Sentence.FEW: "not_enough",
    Sentence.NO_CONTROL: "not_enough",
    Sentence.NOT_REACHED: "not_enough",
}
"""What each sentence counts as."""


class Apart(StrEnum):
    """Why the differences of several cards are not summed."""

    FEW = "few"
    """Fewer than two have figures."""
    MONTHS = "months"
    """They are of unlike many months."""
    SHARED = "shared"
    """The places or controls of two overlap: they are not independent."""


@dataclass(frozen=True)
class Lesson:
    """How many cards showed what, and their sum, or why there is none."""

    cards: int
    fewer: int
    moved: int
    """Fewer there, but more in the ring around."""
    more: int
    unclear: int
    not_enough: int
    months: int | None
    """Of the cards that are summed."""
    together: Figure | None
    """How many fewer, below zero, at all their places together than the controls let expect."""
    apart: Apart | None


def lesson(cards: Sequence[Mapping[str, Any]]) -> Lesson:
    """Return what effect cards of one kind of measure say together.

    Parameters
    ----------
    cards : sequence of mapping, length n
        As they were frozen, one of each measure.

    Returns
    -------
    Lesson
        The sum is of all cards that have figures, or there is none: no card is picked for what it says.

    Notes
    -----
    Differences are summed with their variances (`effect.wdd_sum`; Wheeler and Ratcliffe 2018), each variance times the
    card's own dispersion. Sums of unlike long times mean nothing, and cards that share an area are not independent.
    """
    shown = Counter(SHOWN[Sentence(card["weighed"]["sentence"])] for card in cards)
    having = [card for card in cards if card["weighed"]["figures"]]
    apart = _apart(having)
    return Lesson(
        cards=len(cards),
        fewer=shown["fewer"],
        moved=shown["moved"],
        more=shown["more"],
        unclear=shown["unclear"],
        not_enough=shown["not_enough"],
        months=having[0]["inputs"]["months"] if apart is None else None,
        together=_sum(having) if apart is None else None,
        apart=apart,
    )


def _apart(cards: Sequence[Mapping[str, Any]]) -> Apart | None:
    if len(cards) < FEWEST:
        return Apart.FEW
    if len({card["inputs"]["months"] for card in cards}) > 1:
        return Apart.MONTHS
    areas = [Area(**each).whole for card in cards for each in (card["area"], card["control"]["area"])]
    touch = any(one.intersects(other) for one, other in combinations(areas, 2))
    return Apart.SHARED if touch else None


def _sum(cards: Sequence[Mapping[str, Any]]) -> Figure:
    found = effect.wdd_sum([_difference(card["weighed"]["figures"]) for card in cards], [1.0] * len(cards))
    return Figure(*(round(value, DECIMALS) for value in (found.estimate, found.low, found.high)))


def _difference(figures: Mapping[str, Any]) -> effect.Difference:
    """Return the card's difference, as far from sure as its own interval says."""
    estimate, low, high = (figures["difference"][name] for name in ("estimate", "low", "high"))
    se = (high - low) / (2 * effect.quantile(0.05))
    return effect.Difference(estimate, se, estimate / se, low, high)
