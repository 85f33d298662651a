"""Rhythms (rytmer): at which hours, on which days and in which months things happen. Pure.

What is known only as an interval is spread evenly over it: aoristic analysis (Ratcliffe & McCullagh 1998, International
Journal of Geographical Information Science 12:751-764; Ratcliffe 2000, the same 14:669-679, and 2002, Journal of
Quantitative Criminology 18:23-43). Moments with an offset are shown on Sweden's clocks, where a night in March has no
third hour and one in October has it twice; bare times are taken as the clocks showed them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

import numpy as np
import pandas as pd
from holidays import country_holidays
from numpy.typing import NDArray

ZONE = "Europe/Stockholm"
HOUR = 3_600_000_000
"""In microseconds, in which all is counted."""
MOST_HOURS = 200 * 366 * 24
"""Two hundred years between the first and the last moment: more is a slip of the pen."""
HOLIDAYS = country_holidays("SE", categories=("public", "de_facto"))
"""Public holidays, and the eves that are as free."""

Moments = Sequence[Any] | NDArray[Any] | pd.Series | pd.DatetimeIndex
"""datetime, date, datetime64, pandas or ISO 8601 text: all with an offset, or none."""


class Kind(StrEnum):
    """What a day is to those who go to school."""

    SCHOOL = "school"
    BREAK = "break"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


@dataclass(frozen=True)
class Share:
    """How much happened on days of a kind, and on how many days."""

    weight: float
    days: int


def aoristic(start: Moments, end: Moments, bins: Literal["hour", "weekday"] = "hour") -> NDArray[np.float64]:
    """Return how much happened at each hour of the day or on each day of the week.

    Parameters
    ----------
    start, end : sequence of moments, shape (n,)
        Between which each event happened; equal where the moment is known.
    bins : {"hour", "weekday"}
        24 hours from midnight, or 7 days from Monday.

    Returns
    -------
    ndarray of float, shape (24,) or (7,)
        Weights that sum to n. A whole hour or day belongs to what follows it.

    Raises
    ------
    ValueError
        For an end before its start, a missing moment, offsets here and none there, or other bins.
    """
    week = by_week(start, end)
    if bins not in ("hour", "weekday"):
        raise ValueError(f"bins is {bins!r}; give hour or weekday")
    weights: NDArray[np.float64] = week.sum(axis=0 if bins == "hour" else 1)
    return weights


def by_week(start: Moments, end: Moments) -> NDArray[np.float64]:
    """Return how much happened at each hour of each day of the week.

    Parameters
    ----------
    start, end
        As for `aoristic`.

    Returns
    -------
    ndarray of float, shape (7, 24)
        Monday first; sums to n.

    Raises
    ------
    ValueError
        As `aoristic`.
    """
    weights, hours = _spread(start, end)
    return _gathered(weights, hours.day_of_week * 24 + hours.hour, 7 * 24).reshape(7, 24)


def wheel(start: Moments, end: Moments, by: Literal["month", "week"] = "month") -> NDArray[np.float64]:
    """Return how much happened in each month or each ISO week of the year, all years together.

    Parameters
    ----------
    start, end
        As for `aoristic`.
    by : {"month", "week"}
        12 months, or 53 weeks: the last stands in few years.

    Returns
    -------
    ndarray of float, shape (12,) or (53,)
        Sums to n.

    Raises
    ------
    ValueError
        As `aoristic`.
    """
    weights, hours = _spread(start, end)
    if by == "month":
        return _gathered(weights, hours.month - 1, 12)
    if by == "week":
        return _gathered(weights, hours.isocalendar().week.to_numpy() - 1, 53)
    raise ValueError(f"by is {by!r}; give month or week")


def kind_of(day: date, terms: Iterable[tuple[date, date]]) -> Kind:
    """Return what a day is to those who go to school.

    Parameters
    ----------
    day : date
        Any.
    terms : iterable of (date, date)
        First and last day of each stretch in which schools are open: each municipality decides them.

    Returns
    -------
    Kind
        A holiday comes before a weekend, that before a break.
    """
    if day in HOLIDAYS:
        return Kind.HOLIDAY
    if day.weekday() > 4:
        return Kind.WEEKEND
    return Kind.SCHOOL if any(first <= day <= last for first, last in terms) else Kind.BREAK


def by_kind(
    start: Moments, end: Moments, *, first: date, last: date, terms: Sequence[tuple[date, date]]
) -> Mapping[Kind, Share]:
    """Return how much happened on days of each kind, with how many of them there were.

    Parameters
    ----------
    start, end
        As for `aoristic`.
    first, last : date
        The days of the period; what lies outside is not counted.
    terms
        As for `kind_of`.

    Returns
    -------
    mapping of Kind to Share

    Raises
    ------
    ValueError
        As `aoristic`, and for a period that ends before it begins.
    """
    if last < first:
        raise ValueError(f"last is {last}, before first ({first})")
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    weights, hours = _spread(start, end)
    place = (hours.tz_localize(None).normalize() - pd.Timestamp(first)).days.to_numpy()
    inside = (place >= 0) & (place < len(days))
    daily = _gathered(weights[inside], place[inside], len(days))
    kinds = np.array([kind_of(day, terms) for day in days])
    return {kind: Share(float(daily[kinds == kind].sum()), int((kinds == kind).sum())) for kind in Kind}


def _gathered(weights: NDArray[np.float64], places: Any, size: int) -> NDArray[np.float64]:
    return np.bincount(np.asarray(places, dtype=np.int64), weights=weights, minlength=size).astype(np.float64)


def _spread(start: Moments, end: Moments) -> tuple[NDArray[np.float64], pd.DatetimeIndex]:
    """Return how much happened in each hour from the first to the last, and those hours on the wall."""
    (begun, aware), (ended, also) = _counted(start, "start"), _counted(end, "end")
    if len(begun) != len(ended):
        raise ValueError(f"end has {len(ended)} moments for {len(begun)} starts; give one for each")
    if not len(begun):
        return np.empty(0), pd.DatetimeIndex([])
    if aware != also:
        raise ValueError("start and end differ: one has offsets from UTC and one has none; give both or neither")
    if (ended < begun).any():
        wrong = int((ended < begun).argmax())
        raise ValueError(f"end lies before start at {wrong}; turn them round or leave the row out")
    first, last = int(begun.min()) // HOUR, int(ended.max()) // HOUR
    if last - first > MOST_HOURS:
        raise ValueError(
            f"end lies {(last - first) // 8766:,} years after the first start; at most 200: look for typos"
        )
    hours = pd.DatetimeIndex(((np.arange(first, last + 1)) * HOUR).view("M8[us]"))
    shown = hours.tz_localize("UTC").tz_convert(ZONE) if aware else hours
    return _hourly(begun - first * HOUR, ended - first * HOUR, last - first + 1), shown


def _hourly(begun: NDArray[np.int64], ended: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    """Return the weight of each hour: the parts in the first and the last, and a step up and down for those between."""
    low, high, long = begun // HOUR, ended // HOUR, ended - begun
    total = np.bincount(low[low == high], minlength=size).astype(np.float64)
    wide = low < high
    low, high, long, begun, ended = low[wide], high[wide], long[wide], begun[wide], ended[wide]
    total += np.bincount(low, weights=((low + 1) * HOUR - begun) / long, minlength=size)
    total += np.bincount(high, weights=(ended - high * HOUR) / long, minlength=size)
    up = np.bincount(low + 1, weights=HOUR / long, minlength=size)
    down = np.bincount(high, weights=HOUR / long, minlength=size)
    hourly: NDArray[np.float64] = np.maximum(total + (up - down).cumsum(), 0)
    return hourly


def _counted(moments: Moments, name: str) -> tuple[NDArray[np.int64], bool]:
    """Return moments as microseconds, since 1970 in UTC or on the wall, and whether they have offsets."""
    series = moments if isinstance(moments, pd.Series) else pd.Series(moments)
    if series.isna().any():
        raise ValueError(f"{name} has no moment at {int(series.isna().argmax())}; leave such rows out first")
    if not pd.api.types.is_datetime64_any_dtype(series.dtype):
        series = _read([datetime.fromisoformat(each) if isinstance(each, str) else each for each in series], name)
    aware = series.dt.tz is not None
    plain = series.dt.tz_convert("UTC").dt.tz_localize(None) if aware else series
    return plain.to_numpy().astype("M8[us]").astype(np.int64), aware


def _read(moments: list[Any], name: str) -> pd.Series:
    aware = {getattr(each, "tzinfo", None) is not None for each in moments}
    if len(aware) > 1:
        raise ValueError(f"{name} has offsets from UTC at some moments and none at others; give both or neither")
    return pd.Series(pd.to_datetime(moments, utc=aware == {True}))
