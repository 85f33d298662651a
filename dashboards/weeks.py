"""The weeks under the map (veckor): how many deviations there were in each, and which of them are chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Session

from dashboards import words
from dashboards.selection import Picked
from forum.foundation import clock
from forum.people.agreements import today
from forum.people.members import Member
from forum.register import finding
from forum.register.deviations import Deviation
from forum.register.finding import Filter

MOST = 261
"""Weeks that are shown at most, the latest ones."""
HEIGHT = 52.0
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Bar:
    """One week: its place and width in percent, its height in pixels, and whether it is chosen."""

    x: str
    width: str
    y: float
    height: float
    inside: bool
    n: int


@dataclass(frozen=True)
class Label:
    """A word under the bars, at its place in percent."""

    x: str
    words: str


def in_weeks(session: Session, member: Member, picked: Picked, wanted: Filter, language: str) -> dict[str, Any]:
    """Return the bars of all weeks that the rest of the selection leaves, and the months under them."""
    whole = replace(wanted, start=None, end=None)
    monday = func.date_trunc("week", func.timezone(clock.ZONE.key, Deviation.occurred_from))
    counted = {moment.date(): count for moment, count in finding.counts_by(session, member, whole, monday).items()}
    if not counted:
        return {"bars": [], "labels": [], "window": None, "since": "", "first": "", "chosen": (0, 0)}
    last = monday_of(today())
    first = max(min(counted), last - (MOST - 1) * WEEK)
    mondays = [first + i * WEEK for i in range((last - first).days // 7 + 1)]
    bars = _bars(mondays, counted, picked)
    inside = [i for i, bar in enumerate(bars) if bar.inside] or [0, len(bars) - 1]
    return {
        "bars": bars,
        "first": first.isoformat(),
        "chosen": (inside[0], inside[-1]),
        "labels": _labels(mondays, language),
        "window": _window(mondays, picked),
        "since": words.day(first, language, weekday=False),
    }


def monday_of(day: date) -> date:
    """Return the Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def _bars(mondays: list[date], counted: dict[date, int], picked: Picked) -> list[Bar]:
    most = max(counted.values())
    step = 100 / len(mondays)
    start, end = picked.first_day or date.min, picked.last_day or date.max
    bars = []
    for i, monday in enumerate(mondays):
        n = counted.get(monday, 0)
        height = round(HEIGHT * n / most, 1)
        inside = monday + timedelta(days=6) >= start and monday <= end
        bars.append(Bar(f"{i * step + step * 0.1:.3f}%", f"{step * 0.8:.3f}%", HEIGHT - height, height, inside, n))
    return bars


def _window(mondays: list[date], picked: Picked) -> dict[str, str] | None:
    if not (picked.first_day or picked.last_day):
        return None
    length = len(mondays) * 7
    start = max(0, ((picked.first_day or mondays[0]) - mondays[0]).days)
    end = min(length, ((picked.last_day or today()) - mondays[0]).days + 1)
    if end <= start:
        return None
    return {"x": f"{100 * start / length:.3f}%", "width": f"{100 * (end - start) / length:.3f}%"}


def _labels(mondays: list[date], language: str) -> list[Label]:
    firsts = [
        (i, m) for i, m in enumerate(mondays) if m.day <= 7 and m.month in (1, 4, 7, 10) and i <= len(mondays) - 3
    ]
    return [
        Label(f"{100 * i / len(mondays):.2f}%", _month(m, language, year=m.month == 1 or i == firsts[0][0]))
        for i, m in firsts
    ]


def _month(day: date, language: str, *, year: bool) -> str:
    whole = words.day(datetime(day.year, day.month, day.day, tzinfo=clock.ZONE), language, weekday=False, year=year)
    return whole.partition(" ")[2]
