"""A decision in one line (beslutsrad): "Familjebostäder, belysning på gångvägen, 15 dec" is who, what and until when.

The owner and the day are read from the parts between the commas; the rest, in its order, is what is to be done.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from forum.people.organisations import Organisation
from forum.work.dates import day_of


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
