"""Controls (kontrollplatser): what a place is compared with, by stated rules; counts around many places at once. Pure.

A control is where nothing was done and where, until then, as much happened and went the same way. It lies so far off
that neither it nor the ring around it touches the ring around the treated place. Where none is fit the reason is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mapping.points import above, as_many, finite, metres

LEVEL = 2.0
"""A control's earlier count is at most so many times the treated place's, and at least one of so many parts of it."""
TREND = 2.0
"""Its growth from the earlier to the later half is at most so many times as large or as small."""
LEAST, LEAST_MONTHS = 10, 4
"""Of fewer earlier deviations, or fewer months, neither level nor trend can be told."""
SQUARES = 255
"""So many squares to each side at most, so that a number of two bytes tells them apart."""
SLACK_M = 1e-3
"""The search goes so much farther than the circles; what it finds is measured exactly afterwards."""


class Unfit(StrEnum):
    """Why a place is no control, or why there is none, in the order in which it is asked."""

    TOO_FEW = "too_few"
    """The treated place's own earlier counts are too small to compare with anything."""
    NO_CANDIDATE = "no_candidate"
    NEAR = "near"
    """Its ring and the treated place's would touch."""
    MEASURE = "measure"
    """Something was done there too."""
    LEVEL = "level"
    TREND = "trend"


@dataclass(frozen=True)
class Candidate:
    """Somewhere that may be a control: its earlier months, oldest first, and how far it is from edge to edge."""

    key: str
    months: Sequence[int]
    distance_m: float
    measured: bool = False
    """Whether a measure was carried out there in the time that is looked at."""


@dataclass(frozen=True)
class Judged:
    """A candidate beside the treated place: how many times its level and its growth; `unfit` is None for a control."""

    key: str
    level: float | None
    trend: float | None
    unfit: Unfit | None

    @property
    def unlike(self) -> float:
        """Return how unlike it is in level and trend: 0 for the very same."""
        return abs(log(self.level or 1)) + abs(log(self.trend or 1))


@dataclass(frozen=True)
class Search:
    """The controls, the likest first; where there are none, the first rule that no candidate has passed."""

    fit: tuple[Judged, ...]
    reason: Unfit | None
    asked: int


def find(treated: Sequence[int], candidates: Sequence[Candidate], *, ring_m: float) -> Search:
    """Return the controls that are fit for a place, the likest first.

    Parameters
    ----------
    treated : sequence of int, length n
        Counts of the months before the measure, oldest first.
    candidates : sequence of Candidate
        Each with n months, the same ones.
    ring_m : float
        Width in metres of the ring around either.

    Returns
    -------
    Search

    Raises
    ------
    ValueError
        For a candidate of other months, or a width that is not above 0.

    Notes
    -----
    Matching on the level before lets a control that was chosen at a peak fall back as the treated place does, which
    lessens regression to the mean (Barnett, van der Pols and Dobson 2005, International Journal of Epidemiology 34).
    """
    if sum(treated) < LEAST or len(treated) < LEAST_MONTHS or min(_halves(treated)) == 0:
        return Search((), Unfit.TOO_FEW, len(candidates))
    judged = [judge(treated, each, ring_m=ring_m) for each in candidates]
    fit = sorted((each for each in judged if each.unfit is None), key=lambda each: (each.unlike, each.key))
    order = list(Unfit)
    failed = [order.index(each.unfit) for each in judged if each.unfit]
    reason = None if fit else order[max(failed)] if failed else Unfit.NO_CANDIDATE
    return Search(tuple(fit), reason, len(candidates))


def judge(treated: Sequence[int], candidate: Candidate, *, ring_m: float) -> Judged:
    """Return a candidate beside the treated place, with the first rule that it does not pass.

    Parameters
    ----------
    treated : sequence of int, length n
        As for `find`.
    candidate : Candidate
        With n months.
    ring_m : float
        Metres.

    Returns
    -------
    Judged
        level is the ratio of the sums, trend that of the growths from the first half of the months to the second; the
        season is in both growths. None where a zero lets nothing be told.

    Raises
    ------
    ValueError
        For another number of months, or a width that is not above 0.
    """
    as_many(len(candidate.months), name=candidate.key, points=len(treated))
    reach = 2 * above(ring_m, name="ring_m")
    (t1, t2), (c1, c2) = _halves(treated), _halves(candidate.months)
    level = sum(candidate.months) / sum(treated) if sum(treated) else None
    trend = (c2 / c1) / (t2 / t1) if min(t1, t2, c1, c2) else None
    rules = (
        (Unfit.NEAR, candidate.distance_m > reach),
        (Unfit.MEASURE, not candidate.measured),
        (Unfit.LEVEL, sum(candidate.months) >= LEAST and _within(level, LEVEL)),
        (Unfit.TREND, _within(trend, TREND)),
    )
    return Judged(candidate.key, level, trend, next((rule for rule, passed in rules if not passed), None))


def _halves(months: Sequence[int]) -> tuple[int, int]:
    """Return the sums of two halves; of an odd number of months the first is left out."""
    half = len(months) // 2
    return sum(months[len(months) - 2 * half : len(months) - half]), sum(months[len(months) - half :])


def _within(ratio: float | None, times: float) -> bool:
    return ratio is not None and 1 / times <= ratio <= times


# --- many places at once ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BeforeAfter:
    """Counts of each place and of the ring around it, before and after: arrays of shape (k, 2)."""

    treated: NDArray[np.int64]
    ring: NDArray[np.int64]


def before_after(
    xy: ArrayLike, days: ArrayLike, places: ArrayLike, *, radius: ArrayLike, ring: float, spans: ArrayLike
) -> BeforeAfter:
    """Return how many points lie in each place's circle and in the ring around it, before and after.

    Parameters
    ----------
    xy : array_like of float, shape (n, 2)
        Points in metres.
    days : array_like of float, shape (n,)
        On any scale.
    places : array_like of float, shape (k, 2)
        Middles in metres.
    radius, ring : float or array_like of float, shape (k,); float
        Metres, and the width of the ring; what lies at the distance itself is inside.
    spans : array_like of float, shape (2, 2) or (k, 2, 2)
        Before and after, of each the first day and the day after the last: for all, or for each place its own.

    Returns
    -------
    BeforeAfter

    Raises
    ------
    ValueError
        For degrees, numbers that are none, another number of days or radii, or a width or a radius not above 0.

    Notes
    -----
    A place looks into the squares that it touches, and measures each distance exactly.
    """
    points, middles, when = metres(xy), metres(places, name="places"), finite(days, name="days")
    as_many(len(when), name="days", points=len(points))
    inner = np.broadcast_to(finite(radius, name="radius"), len(middles))
    outer = inner + above(ring, name="ring")
    above(float(inner.min(initial=1.0)), name="radius")
    given = np.broadcast_to(finite(spans, name="spans"), (len(middles), 2, 2))
    both = _counted(points, when, middles, np.stack([inner, outer]), given)
    return BeforeAfter(both[:, 0], both[:, 1])


Numbers = NDArray[np.float64]
Places = NDArray[np.int64]


def _counted(points: Numbers, when: Numbers, middles: Numbers, reach: Numbers, spans: Numbers) -> Places:
    """Return the counts by place, by circle and ring, and by span."""
    if not len(points) or not len(middles):
        return np.zeros((len(middles), 2, 2), dtype=np.int64)
    seen = (when >= spans[..., 0].min()) & (when < spans[..., 1].max())
    x, y, when, starts, ends, place = _near(points[seen], when[seen], middles, reach[1])
    counts = ends - starts
    place, at = np.repeat(place, counts), np.repeat(starts - (np.cumsum(counts) - counts), counts)
    at += np.arange(len(at))
    squared, day = (x[at] - middles[place, 0]) ** 2 + (y[at] - middles[place, 1]) ** 2, when[at]
    reached = np.flatnonzero(squared <= (reach[1] ** 2)[place])
    place, squared, day = place[reached], squared[reached], day[reached]
    area, found = 2 * place + (squared > (reach[0] ** 2)[place]), []
    for first, end in spans.transpose(1, 2, 0):
        held = (day >= first[place]) & (day < end[place])
        found.append(np.bincount(area[held], minlength=2 * len(middles)).reshape(-1, 2))
    return np.stack(found, axis=-1).astype(np.int64)


def _near(
    points: Numbers, when: Numbers, middles: Numbers, reach: Numbers
) -> tuple[Numbers, Numbers, Numbers, Places, Places, Places]:
    """Return points and days in an order in which a place's lie together, and from where to where in each row.

    Numbers of two bytes are sorted without being compared.
    """
    low, high = (points.min(axis=0), points.max(axis=0)) if len(points) else (np.zeros(2), np.zeros(2))
    side = max(float(reach.max()) / 3, float((high - low).max()) / (SQUARES - 2))
    square = ((points - low) / side).astype(np.uint16)
    across, along = (int(n) + 1 for n in (high - low) / side)
    key = square[:, 1] * np.uint16(across) + square[:, 0]
    order = np.argsort(key, kind="stable")
    offsets = np.concatenate([[0], np.cumsum(np.bincount(key, minlength=across * along))])
    wide = (reach + SLACK_M)[:, None]
    first, last = (np.floor((middles + sign * wide - low) / side).astype(np.int64) for sign in (-1, 1))
    rows = first[:, 1:] + np.arange(int((last - first)[:, 1].max()) + 1)
    from_, to = (np.clip(edge[:, :1], 0, across - 1) for edge in (first, last))
    there = (rows >= 0) & (rows <= np.minimum(last[:, 1:], along - 1))
    there &= (last[:, :1] >= 0) & (first[:, :1] < across)
    starts, ends = offsets[(rows * across + from_)[there]], offsets[(rows * across + to)[there] + 1]
    x, y = points[order].T
    return x, y, when[order], starts, ends, np.nonzero(there)[0]
