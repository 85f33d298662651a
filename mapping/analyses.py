"""The analyses of a picture (analyserna): what stands out by a test, or why none is offered. Pure.

Each answers one question of the forum: where more happens than chance brings, whether one event brings another near it,
what sets a place apart, and who sees it. Each says what it is based on; where the data cannot carry it, it says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from pickle import dumps
from threading import Lock

import numpy as np
from cachetools import LRUCache, cached
from numpy.typing import NDArray
from scipy.ndimage import label

from mapping.counts import interval
from mapping.crs import SWEREF99TM, WGS84, transform
from mapping.figures import ALPHA, SIDE_M, Cell, Rows
from mapping.grading import pai, pei
from mapping.grids import Grid
from mapping.hotspots import centres, exact_p, jitter
from mapping.nearrepeat import knox
from mapping.perspectives import Addition, Perspective, additions, perspectives
from mapping.profiles import Moments, Profile, profiles
from mapping.significance import adjusted, fdr
from mapping.terms import school_days

HOT_M = 100
"""Side of a square that is tested: a place fills several, so that it takes more than one square's own count."""
REACH = 1.5
"""Sides of a square: its eight neighbours lie within."""
LEAST = 30
"""Deviations of a period below which no hot spot is sought: a single evening would make one."""
REDRAWS = 49
YEAR = 365
"""Days up to the period's end of which the patterns of places and near repeats are told: a whole wheel of the year."""
DISTANCES, TIMES = (0, 100, 200, 400), (0, 7, 14, 28)
"""Bands of near repeats, in metres and days."""
CLOSE_M = 100
"""What is known less exactly than this takes no part in near repeats."""
LEAST_PAIRS = 5
CORNERS = np.ones((3, 3))
KEPT = 32
"""Analyses that a process keeps, some kilobytes each."""


class Reason(StrEnum):
    """Why an analysis is not offered."""

    CENTRES = "centres"
    """Most points stand for a whole area."""
    TOO_FEW = "too_few"


@dataclass(frozen=True)
class Hot:
    """Adjoining squares that stand out; `holds` is in what share of redraws of the points they do."""

    cells: tuple[Cell, ...]
    count: int
    low: float
    high: float
    new: bool
    """No square of it was hot in the period before."""
    holds: float


@dataclass(frozen=True)
class Grade:
    """How the hot squares of the period before did in this one, beside as many squares with the highest counts."""

    squares: int
    pai: float
    pei: float
    counts_pai: float
    counts_pei: float


@dataclass(frozen=True)
class Hotspots:
    """The hot spots, the largest first; `cooled` squares were hot in the period before."""

    reason: Reason | None
    side_m: int
    points: int
    spots: int
    tested: int
    alpha: float
    hot: tuple[Hot, ...]
    cooled: int
    grade: Grade | None


@dataclass(frozen=True)
class Repeat:
    """Pairs of one category in one band, beside those that chance brings; `p` holds for all of them together."""

    category: str
    near_m: int
    far_m: int
    soon: int
    late: int
    count: int
    expected: float
    p: float


@dataclass(frozen=True)
class Repeats:
    """Near repeats of a year, the strongest first."""

    reason: Reason | None
    events: int
    found: tuple[Repeat, ...]


@dataclass(frozen=True)
class Analyses:
    """Everything that is tested in a picture."""

    hotspots: Hotspots
    repeats: Repeats
    profiles: tuple[Profile, ...]
    perspectives: tuple[Perspective, ...]
    additions: tuple[Addition, ...]


def _content(*given: object) -> bytes:
    return blake2b(dumps(given), digest_size=32).digest()


@cached(LRUCache(KEPT), key=_content, lock=Lock())
def analyses(
    rows: Rows, inside: NDArray[np.int64], masks: Sequence[NDArray[np.bool_]], keys: Sequence[str]
) -> Analyses:
    """Return every analysis of the rows; those of the same rows are made once, kept under the rows themselves.

    Parameters
    ----------
    rows : Rows
        Everything that was read.
    inside : ndarray of int, shape (m, 2)
        South-west corners of the squares of the forum's area.
    masks, keys : sequences of ndarray of bool, each of shape (n,), and of str
        Which rows belong to each place, and what it is called in data.

    Returns
    -------
    Analyses
    """
    plane = transform(np.stack([rows.lon, rows.lat], axis=-1), WGS84, SWEREF99TM)
    day = rows.at.astype("datetime64[D]")
    end = np.datetime64(rows.spans[0].end)
    year = (day < end) & (day >= end - np.timedelta64(YEAR, "D"))
    kinds = sorted(set(rows.kinds))
    kind = np.array([kinds.index(each) for each in rows.kinds], dtype=np.int64)[rows.organisation]
    _, group = rows.groups
    moments = Moments(rows.at[year], rows.known[year], school_days(rows.at[year]), group[year])
    held = [mask[year] for mask in masks]
    square = np.where(rows.accuracy <= SIDE_M, _square(plane), -1)[year]
    return Analyses(
        hotspots(rows, plane, inside),
        repeats(rows, plane, year),
        profiles(held, keys, moments),
        perspectives(held, keys, kind[year], kinds, rows.organisation[year]),
        additions(square, kind[year], kinds),
    )


def hotspots(rows: Rows, plane: NDArray[np.float64], inside: NDArray[np.int64]) -> Hotspots:
    """Return the squares of the period that stand out, tested together.

    Parameters
    ----------
    rows : Rows
        Everything that was read.
    plane : ndarray of float, shape (n, 2)
        Where they are, in SWEREF 99 TM.
    inside : ndarray of int, shape (m, 2)
        South-west corners of the squares that are tested; those that hold anything join them.

    Returns
    -------
    Hotspots
    """
    now, before = rows.inside[0], rows.inside[1]
    exact = rows.accuracy <= HOT_M
    shared = centres(plane[now])
    points = int((now & exact).sum())
    reason = Reason.CENTRES if shared.shared and now.sum() >= LEAST else Reason.TOO_FEW if points < LEAST else None
    if reason is not None:
        told = shared.points if reason is Reason.CENTRES else points
        return Hotspots(reason, HOT_M, told, shared.spots, 0, ALPHA, (), 0, None)
    grid = Grid.over(np.concatenate([inside + HOT_M / 2, plane[now & exact], plane[before & exact]]), HOT_M)
    counts, earlier = grid.count(plane[now & exact]), grid.count(plane[before & exact])
    tested = np.isin(np.arange(len(counts)), grid.cells(inside + HOT_M / 2)) | (counts > 0) | (earlier > 0)
    hot, was = _hot(counts, grid, tested), _hot(earlier, grid, tested)
    here = now & exact
    found = jitter(plane[here], rows.accuracy[here], grid, REACH * HOT_M, draws=REDRAWS, seed=0, inside=tested)
    grade = _grade(counts[tested], earlier[tested], was[tested])
    return Hotspots(
        None, HOT_M, points, shared.spots, int(tested.sum()), ALPHA, _gathered(grid, counts, hot, was, found.share),
        int((was & ~hot).sum()), grade,
    )  # fmt: skip


def repeats(rows: Rows, plane: NDArray[np.float64], year: NDArray[np.bool_]) -> Repeats:
    """Return in which categories one event is followed by others near it, beyond chance.

    Parameters
    ----------
    rows, plane
        As for `hotspots`.
    year : ndarray of bool, shape (n,)
        Which of them are told of.

    Returns
    -------
    Repeats
    """
    names, group = rows.groups
    told = year & (rows.accuracy <= CLOSE_M)
    shared = centres(plane[year])
    if shared.shared and year.any():
        return Repeats(Reason.CENTRES, int(told.sum()), ())
    found = [each for i, name in enumerate(names) for each in _repeated(rows, plane, told & (group == i), name)]
    if not found:
        return Repeats(Reason.TOO_FEW, int(told.sum()), ())
    held = adjusted([each.p for each in found], method="holm").tolist()
    sure = [
        Repeat(**(vars(each) | {"p": round(p, 4)})) for each, p in zip(found, held, strict=True)
        if p <= ALPHA and each.count >= LEAST_PAIRS
    ]  # fmt: skip
    return Repeats(
        None, int(told.sum()), tuple(sorted(sure, key=lambda each: (-each.count / each.expected, each.category)))
    )


def _repeated(rows: Rows, plane: NDArray[np.float64], told: NDArray[np.bool_], name: str) -> list[Repeat]:
    if told.sum() < LEAST:
        return []
    days = (rows.at[told] - rows.at.min()).astype("timedelta64[s]").astype(np.float64) / 86_400
    table = knox(plane[told], days, DISTANCES, TIMES, permutations=999, seed=0)
    return [
        Repeat(name, DISTANCES[i], DISTANCES[i + 1], TIMES[j], TIMES[j + 1], int(table.observed[i, j]),
               round(max(float(table.expected[i, j]), 0.1), 1), float(table.p[i, j]))
        for i in range(len(DISTANCES) - 1) for j in range(len(TIMES) - 1)
    ]  # fmt: skip


def _square(plane: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return one number for each square of the grid."""
    east, north = np.floor(plane / SIDE_M).astype(np.int64).T
    found: NDArray[np.int64] = north * 1_000_000 + east
    return found


def _hot(counts: NDArray[np.int64], grid: Grid, tested: NDArray[np.bool_]) -> NDArray[np.bool_]:
    hot = np.zeros(len(counts), dtype=bool)
    if counts.sum() >= LEAST:
        p = exact_p(counts[tested], grid.centres()[tested], REACH * HOT_M, conditional=False)
        hot[tested] = fdr(p, ALPHA)
    return hot & (counts > 0)


def _grade(now: NDArray[np.int64], before: NDArray[np.int64], was: NDArray[np.bool_]) -> Grade | None:
    k = int(was.sum())
    if not k or not now.any():
        return None
    pointed, counted = was + before / (before.max() + 1), before.astype(np.float64)
    figures = [float(index(now, by, 1)[k - 1]) for by in (pointed, counted) for index in (pai, pei)]
    return Grade(k, *(round(figure, 2) for figure in figures))


def _gathered(
    grid: Grid,
    counts: NDArray[np.int64],
    hot: NDArray[np.bool_],
    was: NDArray[np.bool_],
    holds: NDArray[np.float64],
) -> tuple[Hot, ...]:
    """Return adjoining hot squares as one, the largest first."""
    numbered, many = label(hot.reshape(grid.rows, grid.columns), structure=CORNERS)
    corners = grid.centres() - HOT_M / 2
    made = []
    for i in range(1, many + 1):
        mine = np.flatnonzero(numbered.ravel() == i)
        cells = tuple(Cell(int(corners[c, 0]), int(corners[c, 1]), int(counts[c])) for c in mine)
        count = int(counts[mine].sum())
        made.append(
            Hot(
                cells,
                count,
                *interval(count, alpha=ALPHA),
                not was[mine].any(),
                round(float(np.median(holds[mine])), 2),
            )
        )
    return tuple(sorted(made, key=lambda each: (-each.count, each.cells[0].east)))
