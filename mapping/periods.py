"""Periods of whole days (perioder): the one before, the same a year ago, the months up to it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

LATEST = 3
"""Whole months that a picture shows where no period is named."""
SILENCE = 6
"""Whole months without anything: what lies before so many begins no register where it is little."""
STRAYS = 0.05
"""Less than so large a part of everything is little."""


@dataclass(frozen=True)
class Period:
    """Days from `first` up to and without `end`."""

    first: date
    end: date

    @classmethod
    def of_days(cls, first: date, last: date) -> Period:
        """Return the period of whole days, the last one too."""
        return cls(first, last + timedelta(days=1))

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.end - self.first).days

    @property
    def last(self) -> date:
        """Return its last day."""
        return self.end - timedelta(days=1)

    @property
    def of_months(self) -> bool:
        """Tell whether it is made of whole calendar months."""
        return self.first.day == self.end.day == 1

    def previous(self) -> Period:
        """Return the period just before: as many whole months where it is made of such, else as many days."""
        if self.of_months:
            return Period(months_before(self.first, months_between(self.first, self.end)), self.first)
        return Period(self.first - timedelta(days=self.days), self.first)

    def a_year_before(self) -> Period:
        """Return the same dates of the year before; the last of February stands for a day that it did not have."""
        return Period(_a_year_before(self.first), _a_year_before(self.end))

    def steps(self) -> list[Period]:
        """Return its parts as a slider goes through them: days of two weeks, weeks of a quarter, else months."""
        if self.days > 100:
            months = range(1, months_between(self.first, self.last) + 1)
            begins = [self.first, *(months_before(self.first, -n) for n in months)]
        else:
            begins = [self.first + timedelta(days=n) for n in range(0, self.days, 7 if self.days > 14 else 1)]
        return [Period(begin, end) for begin, end in pairwise([*begins, self.end])]


def latest_months(day: date, months: int = LATEST) -> Period:
    """Return the latest whole months that have ended on the day."""
    return Period(months_before(day, months), months_before(day, 0))


def months_between(first: date, end: date) -> int:
    """Return how many months lie between the months of two days."""
    return (end.year - first.year) * 12 + end.month - first.month


def months_before(day: date, months: int) -> date:
    """Return the first day of the month so many months before the day's own."""
    total = day.year * 12 + day.month - 1 - months
    return date(total // 12, total % 12 + 1, 1)


def begins(counts: Mapping[date, int]) -> date | None:
    """Return the first month that a register reaches back to; None for an empty one.

    One old event that somebody wrote down afterwards does not make a register of the years before it.

    Parameters
    ----------
    counts : mapping of date to int
        How many there are of each month that has any, by its first day.

    Returns
    -------
    date or None
    """
    months = sorted(counts)
    first, before, total = (months[0] if months else None), 0, sum(counts.values())
    for earlier, later in pairwise(months):
        before += counts[earlier]
        if months_between(earlier, later) > SILENCE and before < STRAYS * total:
            first = later
    return first


def _a_year_before(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28) if leap else day.replace(year=day.year - 1)
