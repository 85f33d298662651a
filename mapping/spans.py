"""Before and after (före och efter): which months of a series a measure is judged by. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mapping.periods import Period, months_before, months_between

YEAR = 12


@dataclass(frozen=True)
class Untouched:
    """Somewhere nothing was done: its counts by month, and those of the control that the same rules find for it."""

    key: str
    treated: tuple[int, ...]
    control: tuple[int, ...]


@dataclass(frozen=True)
class Inputs:
    """All that the figures of a card follow from: counts of whole months, oldest first, up to the last one after.

    `first` is the first day of the first month. Without a control there is none of its two series.
    """

    carried_out: date
    months: int
    first: date
    treated: tuple[int, ...]
    ring: tuple[int, ...]
    control: tuple[int, ...] | None
    ring_control: tuple[int, ...] | None
    reporters: tuple[int, int]
    """Organisations that reported from the treated place, before and after."""
    elsewhere: tuple[Untouched, ...] = ()
    """The same comparison is tried there."""
    others: tuple[date, ...] = ()
    """Days on which something else was carried out at the treated place, or at one that touches it."""


@dataclass(frozen=True)
class Spans:
    """Before and after: as many whole months, the same of the calendar where `seasonal`."""

    before: Period
    after: Period
    seasonal: bool


def spans(carried_out: date, months: int, first: date) -> Spans | None:
    """Return the months before and after a measure; the month in which it was carried out is in neither.

    Parameters
    ----------
    carried_out : date
        On the first of a month that month is the first one after.
    months : int
        How many whole months are compared; 1 to 12.
    first : date
        First day of the first month that the register has.

    Returns
    -------
    Spans or None
        The same calendar months of the year before; where the register does not reach so far, the months just before;
        None where it does not reach that far either.

    Raises
    ------
    ValueError
        For other numbers of months.
    """
    if not 1 <= months <= YEAR:
        raise ValueError(f"months: {months}; give 1 to {YEAR}")
    last = months_before(carried_out, 0)
    begin = last if carried_out.day == 1 else months_before(last, -1)
    just_before = months_before(last, months)
    for start in (min(months_before(begin, YEAR), just_before), just_before):
        if start >= first:
            before, after = (Period(edge, months_before(edge, -months)) for edge in (start, begin))
            return Spans(before, after, months == YEAR or begin.month == start.month)
    return None


def pair(inputs: Inputs, series: Sequence[int], span: Spans) -> tuple[int, int]:
    """Return the counts of a series before and after.

    Parameters
    ----------
    inputs : Inputs
        Whose months they are.
    series : sequence of int, length n
        Counts by month.
    span : Spans
        Before and after.

    Returns
    -------
    tuple of int
    """
    return sum_of(inputs, series, span.before), sum_of(inputs, series, span.after)


def sum_of(inputs: Inputs, series: Sequence[int], period: Period) -> int:
    """Return the count of a period.

    Parameters
    ----------
    inputs, series
        As for `pair`.
    period : Period
        Whole months.

    Returns
    -------
    int
    """
    return sum(months_of(inputs, series, period))


def months_of(inputs: Inputs, series: Sequence[int], period: Period) -> Sequence[int]:
    """Return the counts of a period's months.

    Parameters
    ----------
    inputs, series, period
        As for `sum_of`.

    Returns
    -------
    sequence of int

    Raises
    ------
    ValueError
        For a series of another length than the treated place's, or a period that it does not hold.
    """
    if len(series) != len(inputs.treated):
        raise ValueError(f"a series of {len(series)} months beside {len(inputs.treated)}; give the same months")
    start, end = (months_between(inputs.first, edge) for edge in (period.first, period.end))
    if not 0 <= start < end <= len(series):
        raise ValueError(f"{len(series)} months from {inputs.first} hold not {period.first} to {period.end}")
    return series[start:end]
