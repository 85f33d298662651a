"""School terms (läsårstider): when schools are usually open in Sweden. Pure.

Each municipality decides its own; these are the usual weeks, and every picture that uses them says so. Autumn from week
34 to 20 December, spring from 9 January to 12 June; off are the sports week (9), the week after Easter Monday and the
autumn week (44).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from itertools import chain, cycle, pairwise

import numpy as np
from dateutil.easter import easter
from numpy.typing import NDArray

from mapping.rhythms import Kind, kind_of

SPORTS, AUTUMN = 9, 44
"""ISO weeks off."""


class Break(StrEnum):
    """What schools call their days off, in the order of a calendar year."""

    SPORTS = "sports"
    EASTER = "easter"
    SUMMER = "summer"
    AUTUMN = "autumn"
    WINTER = "winter"


@dataclass(frozen=True)
class Off:
    """Days between two stretches of school, weekends with them."""

    name: Break
    first: date
    last: date

    @property
    def middle(self) -> date:
        """Return its middle day."""
        return self.first + (self.last - self.first) // 2


@cache
def terms(year: int) -> tuple[tuple[date, date], ...]:
    """Return the stretches of a calendar year in which schools are usually open, first and last day.

    Parameters
    ----------
    year : int

    Returns
    -------
    tuple of (date, date)
    """
    monday = easter(year) + timedelta(days=1)
    spring, autumn = (date(year, 1, 9), date(year, 6, 12)), (date.fromisocalendar(year, 34, 1), date(year, 12, 20))
    off = (date.fromisocalendar(year, SPORTS, 1), monday, date.fromisocalendar(year, AUTUMN, 1))
    return tuple(stretch for term in (spring, autumn) for stretch in _without(term, off))


def breaks(first: date, end: date) -> tuple[Off, ...]:
    """Return the usual breaks whose middle lies in the days from `first` up to and without `end`.

    Parameters
    ----------
    first, end : date
        A year usually; a break that reaches beyond it is whole.

    Returns
    -------
    tuple of Off
    """
    stretches = chain.from_iterable(terms(year) for year in range(first.year - 1, end.year + 2))
    day, found = timedelta(days=1), []
    for name, ((_, last), (begin, _)) in zip(cycle(Break), pairwise(stretches), strict=False):
        found.append(Off(name, last + day, begin - day))
    return tuple(off for off in found if first <= off.middle < end)


def _without(term: tuple[date, date], off: tuple[date, ...]) -> list[tuple[date, date]]:
    first, last = term
    stretches = []
    for monday in sorted(day for day in off if first <= day <= last):
        stretches.append((first, monday - timedelta(days=1)))
        first = monday + timedelta(days=7)
    return [*stretches, (first, last)]


def school_days(at: NDArray[np.datetime64]) -> NDArray[np.bool_]:
    """Return whether schools were usually open on each day.

    Parameters
    ----------
    at : ndarray of datetime64, shape (n,)
        By the Swedish clock.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    days, back = np.unique(at.astype("datetime64[D]"), return_inverse=True)
    opened = [kind_of(day, terms(day.year)) is Kind.SCHOOL for day in days.tolist()]
    return np.array(opened, dtype=bool)[back]
