"""Controls (kontrollplatser): what a place is compared with, by stated rules. Pure.

A control is where nothing was done and where, until then, as much happened and went the same way. It lies so far off
that neither it nor the ring around it touches the ring around the treated place. Where none is fit the reason is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log

from mapping.points import above, as_many

LEVEL = 2.0
"""A control's earlier count is at most so many times the treated place's, and at least one of so many parts of it."""
TREND = 2.0
"""Its growth from the earlier to the later half is at most so many times as large or as small."""
LEAST, LEAST_MONTHS = 10, 4
"""Of fewer earlier deviations, or fewer months, neither level nor trend can be told."""


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
