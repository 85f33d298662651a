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
from forum.work.measures import Measure, Status

SEEN = frozenset(visibility.value for visibility in Audience.FORUM.sees)


@dataclass(frozen=True)
class Tried:
    """A kind of measure of the catalogue, None for those of no kind: what was carried out, and the cards of those.

    What was opened again has been tried as well: what did not help is not left out.
    """

    code: str | None
    measures: list[Measure]
    cards: list[Effect]
    """Of each measure at most one: of the most months, of these with the control that the rules found, the latest."""


def of_forum(session: Session, member: Member) -> list[Tried]:
    """Return what the forum has tried, in the order of the catalogue: nothing is ranked."""
    require(member, Action.MEASURE_READ)
    with audiences.narrowed(session, Audience.FORUM):
        there = measures.all_of(session, member, tuple(Status))
        seen = [each for each in there if each.visibility in SEEN and each.done_on]
        kept = effects.of_measures(session, member, [each.id for each in seen])
    newest: dict[UUID, Effect] = {}
    for card in sorted(kept, key=lambda each: (each.months, not each.chosen, each.made_at)):
        if card.made_for is Audience.FORUM:
            newest[card.measure_id] = card
    tried = []
    for code in (*(kind.code for kind in catalogue.kinds()), None):
        done = [each for each in seen if each.catalogue_code == code]
        if done:
            tried.append(Tried(code, done, [newest[each.id] for each in done if each.id in newest]))
    return tried
