"""What is perceived beside what is reported in one forum (fyrfältet): imported figures by area, deviations by place.

A bridge: it knows the register. Of several editions the newest is taken: the latest year, of that the topic that covers
most areas, of the same topic and year what was imported last. Places are counted for a whole audience.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from forum.people.members import Member
from forum.register import areas, surveys
from forum.register.surveys import Kind, Survey
from mapping.perceived import Counted, Placed, Share, compare_areas, compare_places
from mapping.picture import Look

UNEASE = frozenset({"unease"})
OFFENCES = frozenset({"vandalism", "drugs", "theft", "violence"})
"""Groups of categories: what is felt, and what would be an offence; disorder, litter and light are neither."""


@dataclass(frozen=True)
class Basis:
    """What the figures of one axis are: who asked what, in which year."""

    source: str
    publisher: str
    topic: str
    year: int


@dataclass(frozen=True)
class Areas:
    """The areas in their quadrants, and what both figures are; None where none was imported."""

    perceived: Basis | None
    reported: Basis | None
    placed: tuple[Placed, ...]


def of_areas(session: Session, member: Member) -> Areas:
    """Return the forum's areas by their newest imported figures."""
    named = {part.name for part in areas.parts(session, member.forum_id)}
    kept = [each for each in surveys.all_of(session, member) if each.area in named]
    perceived, asked = _newest(each for each in kept if each.kind == Kind.PERCEIVED)
    reported, counted = _newest(each for each in kept if each.kind == Kind.REPORTED and each.population)
    shares = {each.area: Share(each.share or 0.0, each.respondents or 0, each.low, each.high) for each in asked}
    counts = {each.area: Counted(each.count or 0, float(each.population or 0)) for each in counted}
    return Areas(perceived, reported, compare_areas(shares, counts))


def of_places(look: Look) -> tuple[Placed, ...]:
    """Return the open places by the deviations of the period, under their numbers."""
    roots = np.array([code.partition(".")[0] for code in look.rows.codes])[look.rows.category]
    now = look.rows.inside[0]
    felt, happened = (now & np.isin(roots, sorted(groups)) for groups in (UNEASE, OFFENCES))
    unease = {str(each.place.nr): int((each.rows & felt).sum()) for each in look.held}
    return compare_places(unease, {str(each.place.nr): int((each.rows & happened).sum()) for each in look.held})


def _newest(found: Iterable[Survey]) -> tuple[Basis | None, list[Survey]]:
    """Return the newest figures of one topic and one source, and what they are."""
    by: dict[Basis, dict[str, Survey]] = {}
    for each in sorted(found, key=lambda survey: survey.imported_at):
        by.setdefault(Basis(each.source, each.publisher, each.topic, each.year), {})[each.area] = each
    if not by:
        return None, []
    last = {basis: max(each.imported_at for each in held.values()) for basis, held in by.items()}
    newest = max(by, key=lambda basis: (basis.year, len(by[basis]), last[basis], basis.topic))
    return newest, list(by[newest].values())
