"""Counts in circles and in the rings around them (cirklar): many places at once, before and after, exactly. Pure.

Points are sorted into squares by a key of two bytes, without being compared. A place looks, in each row of squares,
from where its circle enters the row to where it leaves it, and measures each distance exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mapping.points import above, as_many, finite, metres

SQUARES = 160
"""So many squares to each side at most: a number of two bytes tells them apart, and they are soon counted."""
PARTS = 5
"""A square is so small a part of the widest circle's radius, where that leaves no more than SQUARES."""
SLACK_M = 1e-3
"""The search goes so much farther than the circles; what it finds is measured exactly afterwards."""
AT_ONCE = 200
"""Places that are looked around at once, so that what is measured stays in the processor's own memory."""
AFTER = 32
"""Bits: of a sum the lower count is of before, the upper of after."""
Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class BeforeAfter:
    """Counts of each place and of the ring around it, before and after: arrays of shape (k, 2)."""

    treated: Whole
    ring: Whole


class _Sorted(NamedTuple):
    """Points in an order in which those of a square lie together, and where each square begins."""

    at: NDArray[np.complex128]
    when: Numbers
    offsets: Whole
    west: float
    south: float
    side: float
    across: int
    along: int


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
    """
    points, middles, when = metres(xy), metres(places, name="places"), finite(days, name="days")
    as_many(len(when), name="days", points=len(points))
    inner, given = np.broadcast_to(finite(radius, name="radius"), len(middles)), finite(spans, name="spans")
    outer = inner + above(ring, name="ring")
    above(float(inner.min(initial=1.0)), name="radius")
    as_many(len(given) if given.ndim > 2 else len(middles), name="spans", points=len(middles))
    seen = np.flatnonzero((when >= given[..., 0].min()) & (when < given[..., 1].max()))
    if not len(seen) or not len(middles):
        return BeforeAfter(*np.zeros((2, len(middles), 2), dtype=np.int64))
    at = np.ascontiguousarray(points).view(np.complex128)[:, 0].take(seen)
    ordered = _sorted(at, when.take(seen), float(outer.max()) / PARTS)
    inside, within = _in_blocks(ordered, middles, inner, outer, given)
    return BeforeAfter(inside, within - inside)


def _in_blocks(
    points: _Sorted, middles: Numbers, inner: Numbers, outer: Numbers, spans: Numbers
) -> tuple[Whole, Whole]:
    """Return the counts in each place's circle, and in it and the ring together."""
    counts = np.zeros((2, len(middles)), dtype=np.int64)
    shared = _told(points.when, *spans.reshape(-1)) if spans.ndim == 2 else None
    for start in range(0, len(middles), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        own = shared if shared is not None else spans[some].reshape(-1, 4).T.copy()
        counts[:, some] = _counted(points, middles[some], inner[some] ** 2, outer[some], own)
    before, after = counts & (2**AFTER - 1), counts >> AFTER
    inside, within = np.stack([before, after], axis=-1)
    return inside, within


def _sorted(at: NDArray[np.complex128], when: Numbers, side: float) -> _Sorted:
    x, y = at.real, at.imag
    west, south = float(x.min()), float(y.min())
    wide, high = float(x.max()) - west, float(y.max()) - south
    side = max(side, wide / SQUARES, high / SQUARES)
    across, along = int(wide / side) + 1, int(high / side) + 1
    key = ((y - south) / side).astype(np.uint16)
    key *= np.uint16(across)
    key += ((x - west) / side).astype(np.uint16)
    order = np.argsort(key, kind="stable")
    offsets = np.zeros(across * along + 1, dtype=np.int64)
    np.cumsum(np.bincount(key, minlength=across * along), out=offsets[1:])
    return _Sorted(at.take(order), when.take(order), offsets, west, south, side, across, along)


def _counted(points: _Sorted, middles: Numbers, inner: Numbers, outer: Numbers, own: Whole | Numbers) -> Whole:
    """Return the sums of `_told` in each place's circle, and in it and the ring together.

    `own` is what is told of each point for all places, or of each place the four days.
    """
    starts, lengths, place = _runs(points, middles, outer + SLACK_M)
    many = np.bincount(place, weights=lengths, minlength=len(middles)).astype(np.int64)
    held = np.flatnonzero(many)
    counts = np.zeros((2, len(middles)), dtype=np.int64)
    if not len(held):
        return counts
    at = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
    at += np.arange(len(at))
    apart = points.at.take(at)
    apart -= np.repeat(middles[:, 0] + 1j * middles[:, 1], many)
    squared = apart.real**2 + apart.imag**2
    if own.ndim == 1:
        told = own.take(at)
    else:
        near = np.flatnonzero(squared <= np.repeat(outer**2, many))
        whose = np.repeat(np.arange(len(many)), many).take(near)
        told = np.zeros(len(at), dtype=np.int64)
        told[near] = _told(points.when.take(at.take(near)), *(days.take(whose) for days in own))
    first = (np.cumsum(many) - many)[held]
    for row, reach in zip(counts, (inner, outer**2), strict=True):
        row[held] = np.add.reduceat(told * (squared <= np.repeat(reach, many)), first)
    return counts


def _told(when: Numbers, *days: Numbers) -> Whole:
    """Return 1 for what is of before, and 1 above the bits of before for what is of after."""
    first, end, first_after, end_after = days
    told: Whole = np.logical_and(when >= first_after, when < end_after).astype(np.int64)
    told <<= AFTER
    told += np.logical_and(when >= first, when < end)
    return told


def _runs(points: _Sorted, middles: Numbers, reach: Numbers) -> tuple[Whole, Whole, Whole]:
    """Return runs of points in the rows of squares that circles touch: where one starts, how long it is, and whose."""
    side, middle = points.side, middles[:, 0, None] - points.west
    up = middles[:, 1] - points.south
    first = np.floor((up - reach) / side).astype(np.int64)
    rows = first[:, None] + np.arange(int(2 * float(reach.max()) / side) + 2)
    south = rows * side - up[:, None]
    gap = np.maximum(np.maximum(south, -south - side), 0.0)
    squared = (reach**2)[:, None] - gap**2
    half = np.sqrt(np.maximum(squared, 0.0)) + SLACK_M
    begin = np.clip((middle - half) / side, 0, points.across).astype(np.int64)
    end = np.clip(np.floor((middle + half) / side) + 1, 0, points.across).astype(np.int64)
    there = np.flatnonzero((squared >= 0) & (rows >= 0) & (rows < points.along) & (end > begin))
    base = rows.ravel().take(there) * points.across
    starts = points.offsets.take(base + begin.ravel().take(there))
    ends = points.offsets.take(base + end.ravel().take(there))
    return starts, ends - starts, there // rows.shape[1]
