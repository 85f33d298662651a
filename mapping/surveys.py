"""The imported figures of a forum that are shown (trygghetsmätningar, anmälda brott): of several editions the newest.

A bridge: it knows the register. The newest is the latest year, of that the topic that covers most areas, of the same
topic and year what was imported last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from forum.people.members import Member
from forum.register import areas, surveys
from forum.register.surveys import Survey
from mapping.figures import Counted
from mapping.inhabitants import Rate, rates


@dataclass(frozen=True)
class Basis:
    """What figures are: who asked what, in which year."""

    source: str
    publisher: str
    topic: str
    year: int


@dataclass(frozen=True)
class Inhabitants:
    """How many live in each area, and which figure says so; None where none does."""

    basis: Basis | None
    rates: tuple[Rate, ...]


def inhabitants(figures: Sequence[Survey], groups: Sequence[Counted]) -> Inhabitants:
    """Return the counts of areas per inhabitants, by the newest figure that names them."""
    basis, found = newest(each for each in figures if each.population)
    return Inhabitants(basis, rates(groups, {each.area: each.population or 0 for each in found}))


def of_forum(session: Session, member: Member) -> list[Survey]:
    """Return the figures of the areas that the forum is counted by."""
    named = {part.name for part in areas.parts(session, member.forum_id)}
    return [each for each in surveys.all_of(session, member) if each.area in named]


def newest(found: Iterable[Survey]) -> tuple[Basis | None, list[Survey]]:
    """Return the newest figures of one topic and one source, and what they are."""
    by: dict[Basis, dict[str, Survey]] = {}
    for each in sorted(found, key=lambda survey: survey.imported_at):
        by.setdefault(Basis(each.source, each.publisher, each.topic, each.year), {})[each.area] = each
    if not by:
        return None, []
    last = {basis: max(each.imported_at for each in held.values()) for basis, held in by.items()}
    newest = max(by, key=lambda basis: (basis.year, len(by[basis]), last[basis], basis.topic))
    return newest, list(by[newest].values())
