"""The agenda on a page (dagordningen): each point as a card with its map, its measures and what was decided on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from dashboards import words
from dashboards.cutout import Cutout
from dashboards.cutter import Cutter
from dashboards.decisions import in_words
from dashboards.measure import in_list
from dashboards.points import Teller, Told
from dashboards.readers import Here
from forum.foundation.audience import Visibility
from forum.foundation.language import text
from forum.work import agenda, decisions, measures
from forum.work.agenda import STATUS_WORDS, Item, Point, Status
from forum.work.decisions import Decision
from forum.work.measures import WAITING
from forum.work.meetings import Meeting
from mapping import agenda as bridge
from mapping.agenda import Agenda
from mapping.picture import Look


@dataclass(frozen=True)
class Card:
    """A point with all that a page shows of it; `status` and `decisions` come with the meeting."""

    told: Told
    minutes: int
    below: bool = False
    cutout: Cutout | None = None
    measures: Sequence[Mapping[str, Any]] = ()
    status: str = ""
    open: bool = False
    reason: str = ""
    note: str = ""
    decisions: Sequence[Mapping[str, Any]] = ()
    authorities: bool = False


@dataclass(frozen=True)
class Typed:
    """An order and minutes as somebody has them on the screen, where they could not be saved."""

    order: Sequence[str] = ()
    minutes: Mapping[str, str] = field(default_factory=dict)


class Cards:
    """Makes the cards of one meeting for one reader; what several of them need is asked for once."""

    def __init__(self, here: Here, meeting: Meeting, language: str) -> None:
        self.here, self.meeting, self.language = here, meeting, language
        self.teller = Teller(here.session, here.member, language)
        self.cutter = Cutter(here.session, here.member)

    def before(self, typed: Typed | None = None) -> dict[str, Any]:
        """Return the agenda as it now stands, what was left out of it, and the annex; `typed` keeps its own order."""
        found = bridge.of(self.here.session, self.here.member, self.meeting)
        cards = self._points(found, found.points, found.seen)
        now = [card.told.title for card in cards]
        if typed is not None:
            place = {key: i for i, key in enumerate(typed.order)}
            cards.sort(key=lambda card: place.get(card.told.key, len(place)))
        return {
            "cards": cards,
            "now": now,
            "typed_minutes": typed.minutes if typed else {},
            "left_out": [self.teller.tell(point, self._by(point)) for point in found.left_out],
            "annex": self._points(found, found.annex, found.wider or found.seen),
            "since": words.day(found.since, self.language),
            "until": words.day(found.until, self.language),
            "total": bridge.FORMALITIES + sum(card.minutes for card in cards),
            "formalities": bridge.FORMALITIES,
        }

    def written(self) -> dict[str, Any]:
        """Return the agenda as it was written down when the meeting opened, with what became of each item."""
        items = agenda.of_meeting(self.here.session, self.here.member, self.meeting)
        cards = [self._item(item) for item in items]
        return {
            "cards": [card for card in cards if not card.authorities],
            "annex": [card for card in cards if card.authorities],
            "decided": sum(len(self._made.get(item.id, ())) for item in items),
            "carried": [card.told.title for card, item in zip(cards, items, strict=True) if item.status in agenda.LEFT],
            "up": [card.told.title for card, item in zip(cards, items, strict=True) if item.status == Status.ESCALATED],
        }

    # before the meeting

    def _points(self, found: Agenda, points: Iterable[Point], seen: Look) -> list[Card]:
        return [self._point(found, point, seen) for point in points]

    def _point(self, found: Agenda, point: Point, seen: Look) -> Card:
        told = self.teller.tell(point, self._by(point))
        annex = point.visibility is Visibility.AUTHORITIES
        return Card(
            told,
            point.minutes,
            point.below and point in found.points,
            self.cutter.cut(told, seen),
            self._measures(told, annex=annex),
            authorities=annex,
        )

    def _by(self, point: Point) -> UUID | None:
        return self._added.get(point.item_id) if point.item_id else None

    def _measures(self, told: Told, *, annex: bool) -> list[dict[str, Any]]:
        """Return the measures at the place that are not done yet, and those that the reasons name.

        Whoever reads: outside of the annex stands none that authorities alone may see.
        """
        if told.place is None:
            return []
        at = measures.of_place(self.here.session, self.here.member, told.place)
        shown = [m for m in at if annex or m.visibility != Visibility.AUTHORITIES]
        wanted = [m for m in shown if m.status in WAITING or m.nr in told.measures]
        return [in_list(m, self.teller.partners, self.language) for m in wanted]

    @cached_property
    def _added(self) -> dict[UUID, UUID]:
        items = agenda.of_meeting(self.here.session, self.here.member, self.meeting)
        return {item.id: item.organisation_id for item in items}

    # the meeting, and after it

    def _item(self, item: Item) -> Card:
        status = Status(item.status)
        return Card(
            self.teller.tell(item),
            item.minutes,
            item.below,
            status=text(STATUS_WORDS[status], self.language),
            open=status is Status.OPEN,
            reason=agenda.escalation(self.here.session, item) if status is Status.ESCALATED else "",
            note=item.note,
            decisions=[self._decided[decision.id] for decision in self._made.get(item.id, ())],
            authorities=item.visibility == Visibility.AUTHORITIES,
        )

    @cached_property
    def _all(self) -> list[Decision]:
        return decisions.of_meeting(self.here.session, self.here.member, self.meeting)

    @cached_property
    def _made(self) -> dict[UUID, list[Decision]]:
        made: dict[UUID, list[Decision]] = {}
        for decision in self._all:
            made.setdefault(decision.item_id, []).append(decision)
        return made

    @cached_property
    def _decided(self) -> dict[UUID, dict[str, Any]]:
        ordered = measures.all_of(self.here.session, self.here.member)
        lines = {m.id: in_list(m, self.teller.partners, self.language) for m in ordered}
        return {told["id"]: told for told in in_words(self.here, self._all, self.language, lines)}
