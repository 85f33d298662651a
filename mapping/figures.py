"""The figures of a picture (siffrorna): groups, months, hours and squares of deviations that were read. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from shapely import intersects_xy, prepare
from shapely.geometry.base import BaseGeometry

from mapping.counts import DECIMALS, Comparison, compare, distinct, holding, interval, not_covered, tally
from mapping.crs import SWEREF99TM, WGS84, transform
from mapping.periods import Period, months_before
from mapping.rhythms import by_week

SIDE_M = 250
"""Side of a square in metres."""
MONTHS = 24
"""Months of the series, up to the period's last."""
ALPHA = 0.05
"""How often a count's interval misses, and how often anything in a table does that compares."""


@dataclass(frozen=True)
class Reporters:
    """How many organisations reported in each period."""

    now: int
    previous: int
    last_year: int


@dataclass(frozen=True)
class Counted:
    """What was counted of a group, with the exact interval of its count, the two comparisons and who reported."""

    key: str
    count: int
    low: float
    high: float
    previous: Comparison
    last_year: Comparison
    reporters: Reporters


@dataclass(frozen=True)
class Table:
    """Groups of one kind, the largest first; how many rows are in none of them.

    All comparisons of a table are wrong with a chance of `ALPHA` together: each has `alpha` (Bonferroni).
    """

    alpha: float
    groups: tuple[Counted, ...]
    outside: int


@dataclass(frozen=True)
class Month:
    """One month of the series; `last_year` compares it with the same month a year before where the series has that."""

    key: str
    count: int
    low: float
    high: float
    reporters: int
    last_year: Comparison | None


@dataclass(frozen=True)
class Hours:
    """Counts by hour of the Swedish clock, and by weekday (Monday first) and hour; unknown is what spans longer."""

    table: Table
    week: tuple[tuple[int, ...], ...]
    unknown: int
    spread: tuple[tuple[float, ...], ...] = ()
    """The week with what spans longer spread evenly over its span (aoristic); sums to all of the period."""


@dataclass(frozen=True)
class Cell:
    """A square that holds something: its south-west corner in SWEREF 99 TM."""

    east: int
    north: int
    count: int


@dataclass(frozen=True)
class Cells:
    """The squares with their sum; vague is what is known less exactly than a square is large, and stands in none."""

    side_m: int
    cells: tuple[Cell, ...]
    count: int
    half: int
    """So few squares hold half of it."""
    vague: int
    accuracy_m: float | None
    """Median of all."""
    shared: int = 0
    """So many lie where several others do, and are known only roughly: the middle of an area, not a place."""
    spots: int = 0
    """At so many spots."""


@dataclass(frozen=True)
class Rows:
    """The deviations of all periods, a column each, and which of them lie in each of `spans`."""

    spans: tuple[Period, Period, Period]
    since: date
    """The day of the oldest there is."""
    nr: NDArray[np.int64]
    category: NDArray[np.int64]
    organisation: NDArray[np.int64]
    at: NDArray[np.datetime64]
    until: NDArray[np.datetime64]
    known: NDArray[np.bool_]
    accuracy: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    restricted: NDArray[np.bool_]
    codes: tuple[str, ...]
    """What the numbers of `category` stand for."""
    kinds: tuple[str, ...]
    """Of each organisation, in the order of the numbers of `organisation`."""

    @cached_property
    def groups(self) -> tuple[list[str], NDArray[np.int64]]:
        """Return the groups of categories, and which of them each row belongs to."""
        roots = [code.partition(".")[0] for code in self.codes]
        names = list(dict.fromkeys(roots))
        return names, np.array([names.index(root) for root in roots], dtype=np.int64)[self.category]

    @cached_property
    def inside(self) -> list[NDArray[np.bool_]]:
        """Return which rows lie in each span."""
        day = self.at.astype("datetime64[D]")
        return [(day >= np.datetime64(span.first)) & (day < np.datetime64(span.end)) for span in self.spans]


def table(rows: Rows, groups: NDArray[np.int64], keys: Sequence[str], *, ordered: bool = False) -> Table:
    """Return what is counted of each group in each span.

    Parameters
    ----------
    rows : Rows
        Everything that was read.
    groups : ndarray of int, shape (n,)
        The group of each row, from 0; below 0 for none.
    keys : sequence of str
        What the groups are called in data.
    ordered : bool
        Keep all groups in the order of the keys; else the largest come first and what never occurs is left out.

    Returns
    -------
    Table
    """
    size, alpha = len(keys), ALPHA / max(1, len(keys))
    counts = [tally(groups[inside], size) for inside in rows.inside]
    who = [distinct(groups[inside], rows.organisation[inside], size) for inside in rows.inside]
    made = [
        group(key, [int(n[i]) for n in counts], [int(n[i]) for n in who], rows, alpha)
        for i, key in enumerate(keys)
        if ordered or any(n[i] for n in counts)
    ]
    largest = made if ordered else sorted(made, key=lambda group: (-group.count, group.key))
    outside = int((groups[rows.inside[0]] < 0).sum())
    return Table(round(alpha, 6), tuple(largest), outside)


def group(key: str, counts: list[int], who: list[int], rows: Rows, alpha: float) -> Counted:
    """Return one group of a table.

    Parameters
    ----------
    key : str
        What the group is called in data.
    counts, who : list of int, length 3
        Deviations and reporting organisations in each span.
    rows : Rows
        Whose spans they are; rates are per day.
    alpha : float
        Of each comparison.

    Returns
    -------
    Counted
    """
    now, *before = counts
    low, high = interval(now, alpha=ALPHA)
    previous, last_year = (
        compared(rows.spans[0], span, now, n, since=rows.since, alpha=alpha)
        for n, span in zip(before, rows.spans[1:], strict=True)
    )
    return Counted(str(key), now, low, high, previous, last_year, Reporters(*who))


def months(rows: Rows) -> tuple[Month, ...]:
    """Return the series of at most `MONTHS` months up to the period's last day, of which the last may be cut short.

    Returns
    -------
    tuple of Month
        Oldest first, from the month of the oldest row. The twelve comparisons with the year before share `ALPHA`.
    """
    last = rows.spans[0].last
    firsts = [months_before(last, back) for back in reversed(range(MONTHS))]
    groups = (rows.at.astype("datetime64[M]") - np.datetime64(firsts[0], "M")).astype(np.int64)
    counts, who = tally(groups, MONTHS), distinct(groups, rows.organisation, MONTHS)
    whole = [Period(first, end) for first, end in pairwise([*firsts, rows.spans[0].end])]
    made = []
    for i, month in enumerate(whole):
        n, before, a_year_ago = int(counts[i]), whole[i - 12], int(counts[i - 12])
        last_year = compared(month, before, n, a_year_ago, since=rows.since, alpha=ALPHA / 12) if i >= 12 else None
        made.append(Month(f"{month.first:%Y-%m}", n, *interval(n, alpha=ALPHA), int(who[i]), last_year))
    return tuple(month for month, days in zip(made, whole, strict=True) if days.end > rows.since)


def compared(now: Period, before: Period, count: int, count_before: int, *, since: date, alpha: float) -> Comparison:
    """Return how two periods compare, by their days.

    Parameters
    ----------
    now, before : Period
        The periods.
    count, count_before : int
        What was counted in each.
    since : date
        Before this day nothing was written down: an earlier period that begins before it is not compared.
    alpha : float
        One less the coverage of the interval.

    Returns
    -------
    Comparison
    """
    if before.first < since:
        return not_covered(count, count_before)
    return compare(count, count_before, days_now=now.days, days_before=before.days, alpha=alpha)


def hours(rows: Rows) -> Hours:
    """Return the counts by hour and weekday of what is known to the hour, and the week with the rest spread out."""
    hour = ((rows.at - rows.at.astype("datetime64[D]")).astype("timedelta64[h]")).astype(np.int64)
    weekday = (rows.at.astype("datetime64[D]").astype(np.int64) + 3) % 7
    groups, now = np.where(rows.known, hour, -1), rows.inside[0]
    by_hour = table(rows, groups, [f"{each:02}" for each in range(24)], ordered=True)
    slots = np.where(rows.known, weekday * 24 + hour, -1)[now]
    week = tally(slots, 7 * 24).reshape(7, 24)
    spread = by_week(rows.at[now], rows.until[now]) if now.any() else np.zeros((7, 24))
    return Hours(
        by_hour,
        tuple(tuple(int(n) for n in day) for day in week),
        by_hour.outside,
        tuple(tuple(round(float(n), DECIMALS) for n in day) for day in spread),
    )


def squares(rows: Rows, *, rough_m: float, several: int) -> Cells:
    """Return the squares of `SIDE_M` metres that hold anything, by the SWEREF 99 TM grid from its origin.

    Parameters
    ----------
    rows : Rows
        Everything that was read.
    rough_m, several : float, int
        What is known to so many metres only, and lies at one spot with so many, is counted as shared.

    Returns
    -------
    Cells
    """
    now = rows.inside[0]
    exact = now & (rows.accuracy <= SIDE_M)
    found, counts = np.unique(corners(rows.lon[exact], rows.lat[exact]), axis=0, return_counts=True)
    cells = tuple(Cell(int(east), int(north), int(n)) for (east, north), n in zip(found, counts, strict=True))
    median = round(float(np.median(rows.accuracy[now])), 1) if now.any() else None
    inside, rough = int(exact.sum()), now & (rows.accuracy >= rough_m)
    at = np.unique(np.stack([rows.lon, rows.lat], axis=-1)[rough], axis=0, return_counts=True)[1]
    shared = at[at >= several]
    return Cells(
        SIDE_M, cells, inside, holding(counts, 0.5), int(now.sum()) - inside, median, int(shared.sum()), len(shared)
    )


def corners(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the south-west corner of the square that each point lies in.

    Parameters
    ----------
    lon, lat : ndarray of float, shape (n,)
        Degrees of WGS 84.

    Returns
    -------
    ndarray of int, shape (n, 2)
        East and north in metres of SWEREF 99 TM.
    """
    plane = transform(np.stack([lon, lat], axis=-1), WGS84, SWEREF99TM)
    return (np.floor(plane / SIDE_M) * SIDE_M).astype(np.int64)


def squares_of(whole: BaseGeometry, side: int) -> NDArray[np.int64]:
    """Return the squares whose middle lies in an area.

    Parameters
    ----------
    whole : shapely geometry
        In metres of SWEREF 99 TM.
    side : int
        Of a square, in metres.

    Returns
    -------
    ndarray of int, shape (n, 2)
        South-west corners.
    """
    if whole.is_empty:
        return np.zeros((0, 2), dtype=np.int64)
    west, south, east, north = (math.floor(edge / side) * side for edge in whole.bounds)
    grid = np.stack(np.meshgrid(np.arange(west, east + 1, side), np.arange(south, north + 1, side)), axis=-1)
    corner = grid.reshape(-1, 2).astype(np.int64)
    prepare(whole)
    found: NDArray[np.int64] = corner[intersects_xy(whole, *(corner + side / 2).T)]
    return found
