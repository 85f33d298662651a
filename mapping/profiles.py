"""What sets a place apart (platsens mönster): the season, the hours, the school's days, and what comes in bursts. Pure.

Each is a scan (Kulldorff 1997, A spatial scan statistic, Communications in Statistics 26): of many windows the one that
holds most beyond what the place would have, were it like everywhere else. Its p comes from drawing as many deviations
of each kind from all of that kind: so the choice of the window is paid for, and disorder is compared with disorder.
All places and questions are corrected together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from mapping.counts import TOO_FEW
from mapping.significance import adjusted

ALPHA = 0.05
DRAWS = 999
DAY_BEGINS = 6
"""The hours before this belong to the evening before."""
LONGEST_SEASON = 6
"""Months of a window at most: more is no season."""
SHORTEST_HOURS, LONGEST_HOURS = 2, 8
LEAST_TIMES = 1.5
"""A window that holds fewer times what chance would is no trait of a place, however sure it is."""
BURST_DAYS = 14
DAY_SETS: dict[str, Sequence[int]] = {
    **{str(day): (day,) for day in range(7)},
    "0-4": range(5),
    "4-5": (4, 5),
    "5-6": (5, 6),
    "0-6": range(7),
}
"""Sets of days that a window may have, Monday first."""
DAYS_OF_SCHOOL = ("school", "holiday", "weekend")


class Kind(StrEnum):
    """What is asked of a place."""

    SEASON = "season"
    """`part` is the first and the last month: "11-02"."""
    HOURS = "hours"
    """`part` is the days, Monday first, and the hours: "4-5 21-03"."""
    SCHOOL = "school"
    """`part` is school, holiday or weekend."""
    BURSTS = "bursts"
    """`part` is how many days a pair may lie apart; counted are pairs."""


@dataclass(frozen=True)
class Trait:
    """So many of a place's deviations lie in a part of time where so many of the same kinds would elsewhere."""

    kind: Kind
    part: str
    count: int
    expected: float
    p: float


@dataclass(frozen=True)
class Profile:
    """A place with what sets it apart, if anything does."""

    key: str
    count: int
    traits: tuple[Trait, ...]


@dataclass(frozen=True)
class Windows:
    """Sets of parts of time, and what each is called in data."""

    keys: tuple[str, ...]
    holds: NDArray[np.float64]
    """Of shape (windows, parts): 1 where the window holds the part."""


@dataclass(frozen=True)
class Moments:
    """When deviations were, a column each."""

    at: NDArray[np.datetime64]
    """By the Swedish clock, to the second."""
    known: NDArray[np.bool_]
    """Whether the hour is known."""
    school: NDArray[np.bool_]
    """Whether schools were open on the day."""
    group: NDArray[np.int64]
    """The kind of each, from 0."""

    def tables(
        self, part: NDArray[np.int64], parts: int, here: NDArray[np.bool_], everywhere: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the counts by kind and part of the place, and of everything with it."""
        size = int(self.group.max()) + 1
        slots = self.group * parts + part
        own, every = (np.bincount(slots[wanted], minlength=size * parts) for wanted in (here, everywhere))
        return own.reshape(size, parts), every.reshape(size, parts)

    @property
    def day(self) -> NDArray[np.int64]:
        """Return the days since 1970."""
        return self.at.astype("datetime64[D]").astype(np.int64)

    @property
    def month(self) -> NDArray[np.int64]:
        """Return the month, January 0."""
        return self.at.astype("datetime64[M]").astype(np.int64) % 12

    @property
    def slot(self) -> NDArray[np.int64]:
        """Return the hour of the week, which begins on Monday at `DAY_BEGINS`."""
        hours = self.at.astype("datetime64[h]").astype(np.int64) - DAY_BEGINS
        return (hours // 24 + 3) % 7 * 24 + hours % 24

    @property
    def kind_of_day(self) -> NDArray[np.int64]:
        """Return which of `DAYS_OF_SCHOOL` each is."""
        return np.where(self.school, 0, np.where((self.day + 3) % 7 < 5, 1, 2))


def profiles(
    masks: Sequence[NDArray[np.bool_]], keys: Sequence[str], moments: Moments, *, seed: int = 0
) -> tuple[Profile, ...]:
    """Return what sets each place apart from all deviations of the same kinds.

    Parameters
    ----------
    masks : sequence of ndarray of bool, each of shape (n,)
        Which deviations belong to each place.
    keys : sequence of str
        What the places are called in data.
    moments : Moments
        Of all deviations.
    seed : int
        Of the draws: the same rows give the same answer.

    Returns
    -------
    tuple of Profile
        In the order of the places. A place with fewer than `TOO_FEW` has no traits.
    """
    asked = [(i, trait) for i, mask in enumerate(masks) for trait in _traits(moments, mask, default_rng((seed, i)))]
    held: Sequence[float] = adjusted([trait.p for _, trait in asked], method="fdr").tolist() if asked else []
    sure = [(i, replace(trait, p=round(p, 4))) for (i, trait), p in zip(asked, held, strict=True) if p <= ALPHA]
    return tuple(
        Profile(key, int(mask.sum()), tuple(trait for j, trait in sure if j == i and _enough(trait)))
        for i, (key, mask) in enumerate(zip(keys, masks, strict=True))
    )


def scan(here: NDArray[np.int64], everywhere: NDArray[np.int64], windows: Windows, rng: Generator) -> tuple[int, float]:
    """Return the window that holds most beyond what is expected, and its p.

    Parameters
    ----------
    here, everywhere : ndarray of int, shape (groups, parts)
        Counts of the place, and of everything with it, by kind.
    windows : Windows
        Those that are tried.
    rng : Generator
        Draws as many of each kind as are here out of all of that kind, without putting back.

    Returns
    -------
    tuple of int, float
    """
    parts = [(own, every) for own, every in zip(here, everywhere, strict=True) if own.any()]
    drawn = sum(rng.multivariate_hypergeometric(every, own.sum(), DRAWS, "marginals") for own, every in parts)
    expected = windows.holds @ sum(every * (own.sum() / every.sum()) for own, every in parts)
    number = int(here.sum())
    scores = _beyond(np.vstack([here.sum(axis=0), drawn]) @ windows.holds.T, expected, number)
    best, most = int(scores[0].argmax()), scores.max(axis=1)
    return best, float((np.sum(most[1:] >= most[0]) + 1) / (DRAWS + 1))


def _traits(moments: Moments, mask: NDArray[np.bool_], rng: Generator) -> Iterator[Trait]:
    if mask.sum() < TOO_FEW or mask.all():
        return
    everything = np.ones(len(mask), dtype=bool)
    season = _found(Kind.SEASON, SEASONS, moments.tables(moments.month, 12, mask, everything), rng)
    yield season
    if (mask & moments.known).sum() >= TOO_FEW:
        yield _found(Kind.HOURS, HOURS, moments.tables(moments.slot, 7 * 24, mask & moments.known, moments.known), rng)
    yield _found(Kind.SCHOOL, SCHOOL, moments.tables(moments.kind_of_day, 3, mask, everything), rng)
    yield _bursts(moments, mask, season, rng)


def _found(kind: Kind, windows: Windows, tables: tuple[NDArray[np.int64], NDArray[np.int64]], rng: Generator) -> Trait:
    here, everywhere = tables
    best, p = scan(here, everywhere, windows, rng)
    count, expected = windows.holds[best] @ here.sum(axis=0), windows.holds[best] @ _elsewhere(here, everywhere)
    return Trait(kind, windows.keys[best], int(count), round(float(expected), 1), p)


def _elsewhere(here: NDArray[np.int64], everywhere: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how the place's deviations would lie were each kind as elsewhere; a kind that is nowhere else stays."""
    others = everywhere - here
    like = np.where(others.any(axis=1, keepdims=True), others, here)
    sums = np.maximum(1, like.sum(axis=1, keepdims=True))
    found: NDArray[np.float64] = (like / sums * here.sum(axis=1, keepdims=True)).sum(axis=0)
    return found


def _bursts(moments: Moments, mask: NDArray[np.bool_], season: Trait, rng: Generator) -> Trait:
    """Count pairs of days close together beside those of draws that keep the place's season, if it has one."""
    day = moments.day
    inside = SEASONS.holds[SEASONS.keys.index(season.part)][moments.month] > 0
    strata = [inside, ~inside] if season.p <= ALPHA else [np.ones(len(day), dtype=bool)]
    pools = [(day[stratum], int((mask & stratum).sum())) for stratum in strata]
    drawn = [np.concatenate([rng.choice(pool, n, replace=False) for pool, n in pools]) for _ in range(DRAWS)]
    pairs = np.array([_close(each) for each in (day[mask], *drawn)])
    p = float((np.sum(pairs[1:] >= pairs[0]) + 1) / (DRAWS + 1))
    return Trait(Kind.BURSTS, str(BURST_DAYS), int(pairs[0]), round(float(pairs[1:].mean()), 1), p)


def _close(days: NDArray[np.int64]) -> int:
    """Return how many pairs lie at most `BURST_DAYS` apart."""
    line = np.sort(days)
    return int((np.searchsorted(line, line + BURST_DAYS, side="right") - np.arange(len(line)) - 1).sum())


def _beyond(counts: NDArray[np.float64], expected: NDArray[np.float64], number: int) -> NDArray[np.float64]:
    """Return the log likelihood ratio of each window, 0 where it holds no more than expected."""
    rest, rest_expected = number - counts, number - expected
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(counts > 0, counts * np.log(counts / expected), 0)
        outside = np.where(rest > 0, rest * np.log(rest / rest_expected), 0)
    return np.where(counts > expected, inside + outside, 0)


def _enough(trait: Trait) -> bool:
    return trait.count >= LEAST_TIMES * trait.expected


def _seasons() -> Windows:
    spans = [(first, length) for length in range(1, LONGEST_SEASON + 1) for first in range(12)]
    holds = np.zeros((len(spans), 12))
    for row, (first, length) in zip(holds, spans, strict=True):
        row[(first + np.arange(length)) % 12] = 1
    return Windows(tuple(f"{first + 1:02}-{(first + length - 1) % 12 + 1:02}" for first, length in spans), holds)


def _hours() -> Windows:
    lengths = range(SHORTEST_HOURS, LONGEST_HOURS + 1)
    spans = [(first, first + length) for length in lengths for first in range(25 - length)]
    keys, holds = [], np.zeros((len(DAY_SETS) * len(spans), 7, 24))
    for i, (name, days) in enumerate(DAY_SETS.items()):
        for j, (first, end) in enumerate(spans):
            holds[i * len(spans) + j, list(days), first:end] = 1
            keys.append(f"{name} {(first + DAY_BEGINS) % 24:02}-{(end + DAY_BEGINS) % 24:02}")
    return Windows(tuple(keys), holds.reshape(len(keys), 7 * 24))


SEASONS, HOURS, SCHOOL = _seasons(), _hours(), Windows(DAYS_OF_SCHOOL, np.eye(3))
