"""A decision in one line (beslutsrad): "Familjebostäder, belysning på gångvägen, 15 dec" is who, what and until when.

The owner and the day are read from the parts between the commas; the rest, in its order, is what is to be done.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from babel.dates import get_month_names

from forum.people.organisations import Organisation

WEEKDAYS = re.compile(
    r"^(må|ti|on|to|fr|lö|sö|mån|tis|ons|tors|fre|lör|sön|mon|tue|wed|thu|fri|sat|sun)[a-zåäö]*\.?\s+"
)
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
SHORT = re.compile(r"(\d{1,2})\s*/\s*(\d{1,2})(?:[\s-]+(\d{4}))?")
NAMED = re.compile(r"(?:den\s+)?(\d{1,2})(?:\.|:e|:a|st|nd|rd|th)?\s+([a-zåäö]{3,9})\.?(?:\s+(\d{4}))?")
AHEAD = re.compile(r"(?:om|in)\s+(\d{1,2})\s+(veckor|vecka|dagar|dag|weeks|week|days|day)")
UNTIL = re.compile(r"^(?:senast|före|till|klart|by|until|due)\s+")


@dataclass(frozen=True)
class Line:
    """What was read of a line; None is what it does not say."""

    words: str
    owner_id: UUID | None = None
    due_on: date | None = None


def read(line: str, partners: Iterable[Organisation], today: date) -> Line:
    """Return who, what and until when; a day without a year is the next of that date."""
    owner, due, rest = None, None, []
    named = sorted(partners, key=lambda partner: -len(partner.name))
    for part in filter(None, (each.strip() for each in line.split(","))):
        if owner is None and (found := _partner(part, named)) is not None:
            owner = found
        elif due is None and (day := day_of(part, today)) is not None:
            due = day
        else:
            rest.append(part)
    return Line(_sentence(", ".join(rest)), owner, due)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _partner(part: str, partners: Iterable[Organisation]) -> UUID | None:
    """Return the partner of that name, or the only one whose name begins so."""
    said = part.casefold()
    exact = [partner.id for partner in partners if partner.name.casefold() == said]
    begun = [partner.id for partner in partners if len(said) >= 3 and partner.name.casefold().startswith(said)]
    return next(iter(exact), begun[0] if len(begun) == 1 else None)


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
