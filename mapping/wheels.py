"""The wheel of the year (årshjulet): how many deviations each part of the year has had, all years together. Pure.

Each part is held beside the rest of the year by its covered days, so that a year that is half over weighs as much as it
has. The usual school year and the public holidays are marked for the year that is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from mapping.counts import Comparison, compare, interval, tally
from mapping.rhythms import HOLIDAYS, Kind, kind_of
from mapping.terms import Off, breaks, terms

ALPHA = 0.05
"""How often a part's interval misses, and how often any part is told apart from the rest by chance."""
LEAST = 30
"""Deviations in all below which there is no wheel: a single week would make the year."""
WEEKLY = 10
"""So many on average in a week and it is divided into weeks, else into months."""
WEEKS, MONTHS = 52, 12
"""The 53rd week, which few years have, counts with the 52nd."""
YEARS = 5
"""Up to the period's end at most: what lies further back is another district."""
YEAR = 365
KINDS = (Kind.SCHOOL, Kind.BREAK, Kind.WEEKEND, Kind.HOLIDAY)


class By(StrEnum):
    """What the year is divided into."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Part:
    """A part of the year: its count with the exact interval, on how many covered days, and beside the others.

    `others` compares by the day; None where one of the two has no day.
    """

    key: str
    count: int
    low: float
    high: float
    days: int
    others: Comparison | None


@dataclass(frozen=True)
class Wheel:
    """The year from `first` up to and without `end`, in parts that begin with the year `year` as it is drawn."""

    by: By
    first: date
    end: date
    count: int
    days: int
    alpha: float
    """Of each comparison of a part with the rest of the year (Bonferroni)."""
    parts: tuple[Part, ...]
    kinds: tuple[Part, ...]
    """Days of school first; each other kind of day is compared with them."""
    year: int
    breaks: tuple[Off, ...]
    holidays: tuple[date, ...]

    @property
    def repeats(self) -> bool:
        """Tell whether there are two whole years: what comes back cannot be told from fewer."""
        return self.days >= 2 * YEAR

    @property
    def span(self) -> tuple[date, date]:
        """Return the first day of the drawn year and the day after its last: weeks begin on a Monday."""
        return (_begin(self.by, self.year), _begin(self.by, self.year + 1))

    @property
    def starts(self) -> tuple[date, ...]:
        """Return the first day of each part in the drawn year."""
        if self.by is By.MONTH:
            return tuple(date(self.year, month, 1) for month in range(1, MONTHS + 1))
        return tuple(self.span[0] + timedelta(weeks=n) for n in range(WEEKS))


def first_day(since: date, end: date) -> date:
    """Return the first day that a wheel up to an end counts, in a register that begins on a day.

    Parameters
    ----------
    since, end : date
        The day of the oldest deviation, and the day after the last one.

    Returns
    -------
    date
    """
    return max(since, end - timedelta(days=YEARS * YEAR))


def wheel(days: Sequence[date], counts: Sequence[int], first: date, end: date) -> Wheel | None:
    """Return the wheel of a year; None with fewer than `LEAST`.

    Parameters
    ----------
    days, counts : sequence of date, of int, shape (n,)
        How many happened on each day that has any, in any order; what lies outside is left out.
    first, end : date
        The first covered day, and the day after the last.

    Returns
    -------
    Wheel or None

    Raises
    ------
    ValueError
        For an end that is not after the first day.
    """
    length = (end - first).days
    if length < 1:
        raise ValueError(f"the days from {first} up to {end}")
    place = np.array([(day - first).days for day in days], dtype=np.int64)
    inside = (place >= 0) & (place < length)
    daily = np.bincount(place[inside], weights=np.asarray(counts)[inside], minlength=length).astype(np.int64)
    total = int(daily.sum())
    if total < LEAST:
        return None
    every = [first + timedelta(days=n) for n in range(length)]
    by = By.WEEK if total >= WEEKLY * length / 7 else By.MONTH
    size = WEEKS if by is By.WEEK else MONTHS
    year = every[-1].year
    whole = _begin(by, year), _begin(by, year + 1)
    return Wheel(
        by, first, end, total, length, round(ALPHA / size, 6),
        tuple(_parts(daily, np.array([_part(by, day) for day in every]), size)),
        tuple(_kinds(daily, np.array([KINDS.index(kind_of(day, terms(day.year))) for day in every]))),
        year, tuple({off.name: off for off in breaks(*whole)}.values()),
        tuple(day for day in _days(*whole) if day in HOLIDAYS),
    )  # fmt: skip


def _begin(by: By, year: int) -> date:
    return date.fromisocalendar(year, 1, 1) if by is By.WEEK else date(year, 1, 1)


def _part(by: By, day: date) -> int:
    return min(day.isocalendar().week, WEEKS) - 1 if by is By.WEEK else day.month - 1


def _days(first: date, end: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((end - first).days))


def _parts(daily: NDArray[np.int64], part: NDArray[np.int64], size: int) -> Iterator[Part]:
    """Yield each part beside all the others."""
    total, length = int(daily.sum()), len(daily)
    for i, (count, days) in enumerate(_summed(daily, part, size)):
        yield _told(f"{i + 1:02}", count, days, (total - count, length - days), ALPHA / size)


def _kinds(daily: NDArray[np.int64], kind: NDArray[np.int64]) -> Iterator[Part]:
    """Yield each kind of day beside the days of school."""
    school, *others = _summed(daily, kind, len(KINDS))
    yield _told(KINDS[0], *school, (0, 0), ALPHA)
    for name, (count, days) in zip(KINDS[1:], others, strict=True):
        yield _told(name, count, days, school, ALPHA / len(others))


def _summed(daily: NDArray[np.int64], group: NDArray[np.int64], size: int) -> list[tuple[int, int]]:
    counts = np.bincount(group, weights=daily, minlength=size).astype(np.int64)
    return list(zip(counts.tolist(), tally(group, size).tolist(), strict=True))


def _told(key: str, count: int, days: int, others: tuple[int, int], alpha: float) -> Part:
    beside, rest = others
    compared = compare(count, beside, days_now=days, days_before=rest, alpha=alpha) if days and rest else None
    return Part(key, count, *interval(count, alpha=ALPHA), days, compared)
