"""Counts in circles and in the rings around them (cirklar): many places at once, before and after, exactly. Pure.

Points are sorted into squares by a key of two bytes, without being compared; the squares cover the circles, so that a
point far off makes none of them wider. A place looks, in each row of squares, from where its circle enters the row to
where it leaves it, and measures each distance exactly.
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
    corner: Numbers
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
    ordered = _sorted(at, when.take(seen), middles, float(outer.max()) + SLACK_M)
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
        counts[:, some] = _counted(points, middles[some], inner[some], outer[some], own)
    before, after = counts & (2**AFTER - 1), counts >> AFTER
    inside, within = np.stack([before, after], axis=-1)
    return inside, within


def _sorted(at: NDArray[np.complex128], when: Numbers, middles: Numbers, reach: float) -> _Sorted:
    """Sort points into squares that cover the circles; what lies beyond them all is put to the outermost."""
    corner = middles.min(axis=0) - reach
    wide = middles.max(axis=0) + reach - corner
    side = max(reach / PARTS, float(wide.max()) / SQUARES)
    across, along = (wide / side).astype(np.int64).tolist()
    x, y = at.real - corner[0], at.imag - corner[1]
    x *= 1 / side
    y *= 1 / side
    key = np.clip(y, 0, along, out=y).astype(np.uint16)
    key *= np.uint16(across + 1)
    key += np.clip(x, 0, across, out=x).astype(np.uint16)
    order = np.argsort(key, kind="stable")
    offsets = np.zeros((across + 1) * (along + 1) + 1, dtype=np.int64)
    np.cumsum(np.bincount(key, minlength=len(offsets) - 1), out=offsets[1:])
    return _Sorted(at.take(order), when.take(order), offsets, corner, side, across + 1, along + 1)


def _counted(points: _Sorted, middles: Numbers, inner: Numbers, outer: Numbers, own: Whole | Numbers) -> Whole:
    """Return the sums of `_told` in each place's circle, and in it and the ring together.

    `own` is what is told of each point for all places, or of each place the four days.
    """
    starts, lengths, place = _runs(points, middles, outer + SLACK_M)
    many = np.bincount(place, weights=lengths, minlength=len(middles)).astype(np.int64)
    ends = np.cumsum(lengths)
    if not len(ends) or not ends[-1]:
        return np.zeros((2, len(middles)), dtype=np.int64)
    at = np.repeat(starts - ends + lengths, lengths)
    at += np.arange(len(at))
    apart = points.at.take(at)
    apart -= np.repeat(middles[:, 0] + 1j * middles[:, 1], many)
    parts = apart.view(np.float64)
    parts *= parts
    squared = parts[0::2] + parts[1::2]
    told = own.take(at) if own.ndim == 1 else _told(points.when.take(at), *np.repeat(own, many, axis=1))
    first = np.minimum(np.cumsum(many) - many, len(at) - 1)
    sums = []
    for reach in (outer, inner):
        told *= squared <= (reach[0] if (reach == reach[0]).all() else np.repeat(reach, many)) ** 2
        sums.append(np.add.reduceat(told, first))
    within, inside = sums
    return np.where(many, np.stack([inside, within]), 0)


def _told(when: Numbers, *days: Numbers) -> Whole:
    """Return 1 for what is of before, and 1 above the bits of before for what is of after."""
    first, end, first_after, end_after = days
    told: Whole = np.logical_and(when >= first_after, when < end_after).astype(np.int64)
    told <<= AFTER
    told += np.logical_and(when >= first, when < end)
    return told


def _runs(points: _Sorted, middles: Numbers, reach: Numbers) -> tuple[Whole, Whole, Whole]:
    """Return runs of points in the rows of squares that circles touch: where one starts, how long it is, and whose."""
    middle, up = ((middles - points.corner) / points.side).T
    far = reach / points.side
    row = np.floor(up - far)[:, None] + np.arange(int(2 * float(far.max())) + 2)
    gap = row - up[:, None]
    np.maximum(gap, -1 - gap, out=gap)
    np.maximum(gap, 0, out=gap)
    gap *= gap
    left = (far * far)[:, None] - gap
    half = np.sqrt(np.maximum(left, 0))
    half += SLACK_M / points.side
    begin = np.maximum(middle[:, None] - half, 0).astype(np.int64)
    half += middle[:, None] + 1
    end = np.minimum(half, points.across).astype(np.int64)
    base = row.astype(np.int64) * points.across
    there = np.flatnonzero((left >= 0) & (row >= 0) & (row < points.along))
    starts = points.offsets.take((begin + base).ravel().take(there))
    ends = points.offsets.take((end + base).ravel().take(there))
    return starts, ends - starts, there // row.shape[1]
