"""Where the background of the demo happens (bakgrundens platser): where people are, along streets, on squares."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from shapely import contains_xy

from forum.demo.geography import Land, Named, Quarter, Spot, along, scattered
from forum.demo.tables import table
from forum.demo.words import group_of

SPOT_SPREAD_M, HOMES_SPREAD_M, STREET_SPREAD_M = 75, 230, 22
AT_HOMES = 0.45
"""How much of what is not along a street lies among the homes around a spot rather than at it."""
DRAW = 300
"""How many people one unit of a spot's `pull` counts as."""


def quarter(rng: Random, land: Land, names: Sequence[str] = ()) -> Quarter:
    """Return a stadsdel by its people and by what draws them there, one of the names when given."""
    there = [q for q in land.quarters if not names or q.name in names]
    weights = [q.people + DRAW * sum(spot.pull for spot in q.spots) for q in there]
    return rng.choices(there, weights=weights)[0]


def place(rng: Random, land: Land, kind: str, around: Quarter) -> Spot:
    """Return where something of the kind is noticed in the stadsdel."""
    squares = [spot for spot in around.spots if spot.kind == "square"]
    if squares and kind in table("background")["on_squares"]:
        return _about(rng, land, around, squares, SPOT_SPREAD_M)
    if around.streets and rng.random() < _on_street(kind):
        street = rng.choices(around.streets, weights=[s.length for s in around.streets])[0]
        return land.settle(lambda: along(rng, street, STREET_SPREAD_M))
    spread = HOMES_SPREAD_M if rng.random() < AT_HOMES else SPOT_SPREAD_M
    return _about(rng, land, around, around.spots, spread)


def _about(rng: Random, land: Land, around: Quarter, spots: Sequence[Named], spread: float) -> Spot:
    spot = rng.choices(spots, weights=[s.pull for s in spots])[0]
    return land.settle(lambda: scattered(rng, spot.at, spread), lambda at: bool(contains_xy(around.shape, *at)))


def _on_street(kind: str) -> float:
    background = table("background")
    entry = next(group for group in background["group"] if group["code"] == group_of(kind))
    return float(entry.get("on_street", background["on_street"]))
