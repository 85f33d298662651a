"""Counts per inhabitants (per invånare): a rate with its exact interval, and none of a small number. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mapping.counts import TOO_FEW
from mapping.figures import Counted

PER = 1000
"""Inhabitants that a rate is told for."""
DECIMALS = 2


@dataclass(frozen=True)
class Rate:
    """A count per `PER` inhabitants with its interval; the rate itself is None where the count is small."""

    key: str
    population: int
    count: int
    rate: float | None
    low: float
    high: float


def rates(groups: Sequence[Counted], people: Mapping[str, int], *, least: int = TOO_FEW) -> tuple[Rate, ...]:
    """Return the rate of each group whose inhabitants are known, in the order of the groups.

    Parameters
    ----------
    groups : sequence of Counted
        Counts with their exact intervals.
    people : mapping of str to int
        Inhabitants by the group's key; above 0.
    least : int
        With fewer than so many the interval stands alone: one more would change the rate by a tenth.

    Returns
    -------
    tuple of Rate

    Raises
    ------
    ValueError
        For a group without inhabitants.
    """
    found = [(each, people[each.key]) for each in groups if each.key in people]
    if any(not population > 0 for _, population in found):
        raise ValueError("a group without inhabitants")
    return tuple(_rate(each, population, least) for each, population in found)


def _rate(group: Counted, population: int, least: int) -> Rate:
    value, low, high = (round(each * PER / population, DECIMALS) for each in (group.count, group.low, group.high))
    return Rate(group.key, population, group.count, value if group.count >= least else None, low, high)
