"""What was tried and judged (lärdomar): of each kind of measure what was carried out, and the frozen effect cards.

For the whole forum: only measures and cards that all of it may see, whoever asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from forum.foundation.audience import Audience
from forum.people import audiences
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.work import catalogue, effects, measures
from forum.work.effects import Effect
from forum.work.measures import DONE, Measure

SEEN = frozenset(visibility.value for visibility in Audience.FORUM.sees)


@dataclass(frozen=True)
class Tried:
    """A kind of measure of the catalogue, None for those of no kind: what was carried out, and the cards of those."""

    code: str | None
    measures: list[Measure]
    cards: list[Effect]
    """Of each measure at most one: of the most months, and of these the latest."""


def of_forum(session: Session, member: Member) -> list[Tried]:
    """Return what the forum has tried, in the order of the catalogue: nothing is ranked."""
    require(member, Action.MEASURE_READ)
    with audiences.narrowed(session, Audience.FORUM):
        seen = [
            each for each in measures.all_of(session, member, tuple(DONE)) if each.visibility in SEEN and each.done_on
        ]
        kept = effects.of_measures(session, member, [each.id for each in seen])
    newest: dict[UUID, Effect] = {}
    for card in sorted(kept, key=lambda each: (each.months, each.made_at)):
        if card.made_for is Audience.FORUM:
            newest[card.measure_id] = card
    tried = []
    for code in (*(kind.code for kind in catalogue.kinds()), None):
        done = [each for each in seen if each.catalogue_code == code]
        if done:
            tried.append(Tried(code, done, [newest[each.id] for each in done if each.id in newest]))
    return tried
