"""Days as people write them (datum): one that is to come, and any day, month or year that is looked for."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from babel.dates import get_month_names

WEEKDAYS = re.compile(
    r"^(må(n|ndag(en)?)?|ti(s|sdag(en)?)?|on(s|sdag(en)?)?|to(rs|rsdag(en)?)?|fr(e|edag(en)?)?|lö(r|rdag(en)?)?|sö(n|ndag(en)?)?"
    r"|mon(day)?|tue(s|sday)?|wed(nesday)?|thu(rs|rsday)?|fri(day)?|sat(urday)?|sun(day)?)\.?\s+"
)
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
SHORT = re.compile(r"(\d{1,2})\s*/\s*(\d{1,2})(?:[\s-]+(\d{4}))?")
NAMED = re.compile(r"(?:den\s+)?(\d{1,2})(?:\.|:e|:a|st|nd|rd|th)?\s+([a-zåäö]{3,9})\.?(?:\s+(\d{4}))?")
AHEAD = re.compile(r"(?:om|in)\s+(\d{1,2})\s+(veckor|vecka|dagar|dag|weeks|week|days|day)")
UNTIL = re.compile(r"^(?:senast|före|till|klart|by|until|due)\s+")
MONTH = re.compile(r"([a-zåäö]{3,9})\.?(?:\s+(\d{4}))?")
YEAR = re.compile(r"(\d{4})(?:-(\d{1,2}))?")


class When(NamedTuple):
    """A day, a month or a year that is looked for; None is what was not said, and any of it is meant."""

    year: int | None = None
    month: int | None = None
    day: int | None = None


def when(words: str) -> When | None:
    """Return which days the words name: 2026-03-12, 12 mars, mars 2026, 2026; None where they name none."""
    said = WEEKDAYS.sub("", words.strip().casefold())
    if found := ISO.fullmatch(said):
        return When(*map(int, found.groups()))
    if found := YEAR.fullmatch(said):
        return When(int(found[1]), int(found[2]) if found[2] else None)
    if found := SHORT.fullmatch(said):
        return When(int(found[3]) if found[3] else None, int(found[2]), int(found[1]))
    if (found := NAMED.fullmatch(said)) and (month := _month(found[2])):
        return When(int(found[3]) if found[3] else None, month, int(found[1]))
    if (found := MONTH.fullmatch(said)) and (month := _month(found[1])):
        return When(int(found[2]) if found[2] else None, month)
    return None


def day_of(words: str, today: date) -> date | None:
    """Return the day that the words name, None where they name none."""
    said = WEEKDAYS.sub("", UNTIL.sub("", words.strip().casefold()))
    if found := ISO.fullmatch(said):
        return _day(*(int(part) for part in found.groups()))
    if found := AHEAD.fullmatch(said):
        days = int(found[1]) * (7 if found[2].startswith(("v", "w")) else 1)
        return today + timedelta(days=days)
    if found := SHORT.fullmatch(said):
        return _next(int(found[1]), int(found[2]), found[3], today)
    if (found := NAMED.fullmatch(said)) and (month := _month(found[2])):
        return _next(int(found[1]), month, found[3], today)
    return None


def _month(name: str) -> int | None:
    return next(
        (n for n, full in MONTHS if full.startswith(name[:3]) and (full.startswith(name) or len(name) == 3)), None
    )


MONTHS = [
    (n, full.casefold()) for language in ("sv", "en") for n, full in get_month_names("wide", locale=language).items()
]
"""The months' names with their numbers, in both languages."""


def _next(day: int, month: int, year: str | None, today: date) -> date | None:
    if year is not None:
        return _day(int(year), month, day)
    found = _day(today.year, month, day)
    return found if found is None or found >= today else _day(today.year + 1, month, day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
