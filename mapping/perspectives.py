"""Perspectives (perspektiv): the same places as each actor sees them, side by side. Pure.

An actor that reports much reports much everywhere; so what it says of one place is read against its share of all that
is said. A blind spot is a place where an actor says clearly less than that share lets expect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binom

from mapping.counts import TOO_FEW
from mapping.significance import fdr

ALPHA = 0.05
"""So large a share of all that is said to differ is wrong, at most on average (Benjamini and Hochberg 1995)."""
LEAST_EXPECTED = 3.0
"""An actor that would be expected to say less of a place than this cannot be told to be silent on it.

Below 3 silence is chance at 5 %: exp(-3) = 0.0498.
"""

MANY, ONE = 0.6, 1.5


class View(StrEnum):
    """How an actor sees a place, beside its part in all places."""

    MORE = "more"
    AS_EXPECTED = "as_expected"
    BLIND = "blind"
    """It says clearly less of it than its part lets expect, or nothing."""
    CANNOT_TELL = "cannot_tell"
    """It reports too little for silence to mean anything."""


class Agreement(StrEnum):
    """How many voices a place has, beside how many it would have if everybody saw it by their part in everything."""

    AGREED = "agreed"
    """At least `MANY` of them: many see the same."""
    SOME = "some"
    ONLY_ONE = "only_one"
    """Fewer than `ONE` voices."""
    TOO_FEW = "too_few"


@dataclass(frozen=True)
class Seen:
    """What one actor says of a place: its count beside what its part in everything lets expect."""

    actor: str
    count: int
    expected: float
    view: View


@dataclass(frozen=True)
class Perspective:
    """One place as all actors see it.

    `voices` is the effective number of organisations: so many that all say equally much would be as mixed (the inverse
    of Simpson's index, 1949, Nature 163:688). `voices_expected` is that of a draw of as many from everything.
    """

    key: str
    count: int
    voices: float
    voices_expected: float
    agreement: Agreement
    seen: tuple[Seen, ...]


@dataclass(frozen=True)
class Addition:
    """What one actor adds to the common picture."""

    actor: str
    count: int
    alone: int
    """So many of its deviations lie in squares where nobody else has any."""
    squares: int
    """So many squares would be empty without it."""


def perspectives(
    masks: Sequence[NDArray[np.bool_]],
    keys: Sequence[str],
    actor: ArrayLike,
    actors: Sequence[str],
    organisation: ArrayLike,
) -> tuple[Perspective, ...]:
    """Return each place as every actor sees it.

    Parameters
    ----------
    masks, keys : sequences of ndarray of bool, each of shape (n,), and of str
        Which deviations belong to each place, and what it is called in data.
    actor, actors : array_like of int, shape (n,), and sequence of str
        The kind of organisation that each deviation comes from, and what the kinds are called in data.
    organisation : array_like of int, shape (n,)
        The organisation that each comes from.

    Returns
    -------
    tuple of Perspective
        In the order of the places; actors in theirs, without those that say nothing anywhere.

    Notes
    -----
    Given a place's count, an actor's part of it is binomial with its share of everything. Both tails of all places and
    actors where it can be told are corrected together (Benjamini and Hochberg 1995, JRSS B 57).
    """
    whose, by = np.asarray(actor, dtype=np.int64), np.asarray(organisation, dtype=np.int64)
    seen = _seen([whose[mask] for mask in masks], whose, actors)
    return tuple(_one(key, by[mask], by, each) for key, mask, each in zip(keys, masks, seen, strict=True))


def additions(squares: ArrayLike, actor: ArrayLike, actors: Sequence[str]) -> tuple[Addition, ...]:
    """Return what each actor adds that nobody else has seen.

    Parameters
    ----------
    squares : array_like of int, shape (n,)
        The square of each deviation; below 0 for what is known too roughly to lie in any.
    actor : array_like of int, shape (n,)
        Whose each is.
    actors : sequence of str
        What the actors are called in data.

    Returns
    -------
    tuple of Addition
        In the order of the actors, without those that say nothing.
    """
    square, whose = np.asarray(squares, dtype=np.int64), np.asarray(actor, dtype=np.int64)
    placed = square >= 0
    pairs, number = np.unique(np.stack([square, whose])[:, placed], axis=1, return_counts=True)
    _, back, seen_by = np.unique(pairs[0], return_inverse=True, return_counts=True)
    single = seen_by[back] == 1
    everything = np.bincount(whose, minlength=len(actors))
    alone = np.bincount(pairs[1][single], weights=number[single], minlength=len(actors))
    empty = np.bincount(pairs[1][single], minlength=len(actors))
    return tuple(
        Addition(actors[a], int(everything[a]), int(alone[a]), int(empty[a]))
        for a in np.flatnonzero(everything).tolist()
    )


def _seen(
    places: Sequence[NDArray[np.int64]], everywhere: NDArray[np.int64], actors: Sequence[str]
) -> list[tuple[Seen, ...]]:
    everything = np.bincount(everywhere, minlength=len(actors))
    share = everything / max(1, everything.sum())
    counts = np.array([np.bincount(place, minlength=len(actors)) for place in places]).reshape(-1, len(actors))
    expected = counts.sum(axis=1, keepdims=True) * share
    views, there = _views(counts, expected, share), np.flatnonzero(everything).tolist()
    return [
        tuple(Seen(actors[a], int(counts[i, a]), _tenths(expected[i, a]), View(views[i, a])) for a in there)
        for i in range(len(places))
    ]


def _views(counts: NDArray[np.int64], expected: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.object_]:
    total = counts.sum(axis=1, keepdims=True)
    told = (total >= TOO_FEW) & (expected >= LEAST_EXPECTED)
    less, more = np.asarray(binom.cdf(counts, total, share)), np.asarray(binom.sf(counts - 1, total, share))
    views = np.where(told, View.AS_EXPECTED, View.CANNOT_TELL).astype(object)
    if told.any():
        sure = fdr(np.minimum(1, 2 * np.minimum(less, more)[told]), ALPHA)
        lower = np.less(less[told], more[told])
        views[told] = np.where(sure, np.where(lower, View.BLIND, View.MORE), views[told])
    return views


def _one(key: str, here: NDArray[np.int64], everywhere: NDArray[np.int64], seen: tuple[Seen, ...]) -> Perspective:
    number, heard, could = len(here), _voices(here), _voices(everywhere, drawn=len(here))
    return Perspective(key, number, _tenths(heard), _tenths(could), _agreement(number, heard, could), seen)


def _tenths(figure: float) -> float:
    return round(float(figure), 1)


def _voices(organisation: NDArray[np.int64], *, drawn: int | None = None) -> float:
    """Return the effective number of organisations; of a draw of so many from them, if told."""
    if not len(organisation) or drawn == 0:
        return 0.0
    share = np.bincount(organisation) / len(organisation)
    alike = float((share**2).sum())
    return 1 / (alike if drawn is None else alike + (1 - alike) / drawn)


def _agreement(number: int, voices: float, expected: float) -> Agreement:
    if number < TOO_FEW:
        return Agreement.TOO_FEW
    if voices < ONE:
        return Agreement.ONLY_ONE
    return Agreement.AGREED if voices >= MANY * expected else Agreement.SOME
