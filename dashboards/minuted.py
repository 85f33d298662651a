"""What minutes say (protokollets innehåll): who was there, what was seen, decided, and promised until when.

Computed for an audience, never for whoever presses the button: the forum's minutes hold nothing that any of its members
may not see; what authorities talked of among themselves makes the annex.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from dashboards import words
from dashboards.cutout import Cutout
from dashboards.cutter import Cutter
from dashboards.points import Bar, Teller, Told
from dashboards.shown import FOR
from forum.foundation import clock
from forum.foundation.audience import Audience
from forum.foundation.language import N_, text
from forum.people import agreements, audiences
from forum.people.members import Member
from forum.work import agenda, decisions, measures, meetings, pictures
from forum.work.agenda import STATUS_WORDS, Item, Status
from forum.work.decisions import Decision
from forum.work.measures import STATUS_WORDS as MEASURE_WORDS
from forum.work.measures import Measure
from forum.work.meetings import Meeting
from mapping import picture
from mapping.picture import Look

MOST_MEASURES = 60


@dataclass(frozen=True)
class Decided:
    """A decision as a row: its number, what it says, and of a measure who, until when, and how far it is now."""

    nr: str
    words: str
    owner: str
    due: str
    now: str
    instead: str
    """The decision that has replaced it, with the reason; empty while it holds."""


@dataclass(frozen=True)
class Section:
    """A paragraph of the minutes: one item of the agenda."""

    nr: int
    told: Told
    note: list[str]
    state: str
    escalated: bool
    decided: list[Decided]
    map: Cutout | None
    legend: list[tuple[str, str, str, str]]
    """Of the map: symbol, its letter, name, count."""


@dataclass(frozen=True)
class Followed:
    """A measure as the meeting left it."""

    title: str
    place: str
    owner: str
    state: str
    due: str
    late: bool


@dataclass(frozen=True)
class Minutes:
    """The minutes of a meeting for an audience, in a language."""

    language: str
    audience: Audience
    title: str
    when: str
    chair: str
    present: str
    basis: str
    period: str
    for_whom: str
    seal: str
    opening: list[str]
    sections: list[Section]
    followed: list[Followed]
    wrote: str
    adjusted: str
    state: str
    coming: str


def of(
    session: Session, member: Member, meeting: Meeting, audience: Audience, language: str, *, drawn: bool = True
) -> Minutes:
    """Return the minutes of a meeting that has begun; `drawn` with a cut-out of the map for each place."""
    audiences.require_rows(member, audience)
    with audiences.narrowed(session, audience):
        return _Clerk(session, member, meeting, audience, language).minutes(drawn=drawn)


def title_of(meeting: Meeting, audience: Audience, language: str) -> str:
    """Return what the minutes are called."""
    annex = audience is Audience.AUTHORITIES
    message = N_("Authorities' annex to the minutes of %(day)s") if annex else N_("Minutes of the meeting on %(day)s")
    return text(message, language, day=words.day(meeting.day, language))


def has_annex(session: Session, member: Member, meeting: Meeting) -> bool:
    """Tell whether authorities talked of anything among themselves, as far as the member may see."""
    return any(item.visibility == Audience.AUTHORITIES.value for item in agenda.of_meeting(session, member, meeting))


class _Clerk:
    def __init__(self, session: Session, member: Member, meeting: Meeting, audience: Audience, language: str) -> None:
        self.session, self.member, self.meeting = session, member, meeting
        self.audience, self.language = audience, language
        self.teller = Teller(session, member, language)
        self.names = self.teller.partners
        self.cutter = Cutter(session, member)
        self.measures = {m.id: m for m in measures.all_of(session, member)}

    def minutes(self, *, drawn: bool) -> Minutes:
        """Return the minutes."""
        meeting = self.meeting
        items = [i for i in agenda.of_meeting(self.session, self.member, meeting) if i.visibility == self.audience]
        made = decisions.of_meeting(self.session, self.member, meeting)
        signed = {p: s.organisation_id for p, s in meetings.signatures(self.session, self.member, meeting).items()}
        frozen = pictures.get(self.session, self.member, meeting.picture_id) if meeting.picture_id else None
        first, after = meetings.days(self.session, self.member, meeting)
        period = words.period(first, after - timedelta(days=1), self.language)
        return Minutes(
            language=self.language,
            audience=self.audience,
            title=title_of(meeting, self.audience, self.language),
            when=self._when(),
            chair=self._name(meeting.chair_id),
            present=self._present(),
            basis=self._say(
                N_("Situational picture %(period)s, frozen %(when)s"),
                period=period,
                when=words.moment(frozen.frozen_at, self.language) if frozen else "–",
            ),
            period=period,
            for_whom=text(FOR[self.audience], self.language),
            seal=bytes(frozen.hash).hex() if frozen else "",
            opening=self._opening(items),
            sections=list(self._sections(items, made, drawn=drawn)),
            followed=self._followed(),
            wrote=self._name(signed.get("wrote")),
            adjusted=self._name(signed.get("adjusted")),
            state=self._stage(),
            coming=self._coming(),
        )

    def _say(self, message: str, **params: object) -> str:
        return text(message, self.language, **params)

    def _stage(self) -> str:
        status = meetings.Status(self.meeting.status)
        if status is meetings.Status.ADJUSTED:
            return self._say(N_("adjusted %(when)s"), when=words.moment(self.meeting.changed_at, self.language))
        return text(meetings.STATUS_WORDS[status], self.language)

    def _name(self, organisation: UUID | None) -> str:
        return self.names.get(organisation, "–") if organisation else ""

    def _when(self) -> str:
        """Return when the meeting was: as the clock went, or as planned where it was written down another day."""
        meeting, nr = self.meeting, self._say(N_("meeting %(nr)s"), nr=self.meeting.nr)
        begun, ended = meeting.starts_at, meeting.starts_at + timedelta(minutes=meeting.minutes)
        if meeting.begun_at and meeting.ended_at and clock.local(meeting.begun_at).date() == meeting.day:
            begun, ended = meeting.begun_at, meeting.ended_at
        return f"{words.span(begun, ended, self.language)}, {nr}"

    def _present(self) -> str:
        there = meetings.attendance(self.session, self.member, self.meeting)
        partners = agreements.partners(self.session, self.member.forum_id)
        named = ", ".join(
            f"{self._name(who)} ({n})" for who, n in sorted(there.items(), key=lambda e: self._name(e[0]))
        )
        counted = self._say(
            N_("%(there)s of %(all)s organisations"), there=len(there), all=max(len(partners), len(there))
        )
        return f"{counted}: {named}" if named else counted

    def _opening(self, items: Sequence[Item]) -> list[str]:
        went = sum(Status(item.status) is not Status.CARRIED_OVER for item in items)
        said = [self._say(N_("The agenda had %(all)s items; %(n)s were gone through."), all=len(items), n=went)]
        earlier = meetings.before(self.session, self.member, self.meeting)
        if earlier is not None:
            day, state = words.day(earlier.day, self.language), meetings.STATUS_WORDS[meetings.Status(earlier.status)]
            said.append(self._say(N_("The minutes of %(day)s: %(state)s."), day=day, state=text(state, self.language)))
        return said

    def _coming(self) -> str:
        later = [m for m in meetings.all_of(self.session, self.member) if m.starts_at > self.meeting.starts_at]
        later = [m for m in later if meetings.Status(m.status) is not meetings.Status.CANCELLED]
        return words.moment(later[-1].starts_at, self.language) if later else ""

    # the items

    def _sections(self, items: Sequence[Item], made: Sequence[Decision], *, drawn: bool) -> Iterator[Section]:
        later = decisions.replaced(self.session, self.member, made)
        seen = self._seen() if drawn else None
        for nr, item in enumerate(items, 2):
            told = self.teller.tell(item)
            own = [decision for decision in made if decision.item_id == item.id]
            yield Section(
                nr=nr,
                told=told,
                note=[line for line in item.note.splitlines() if line.strip()],
                state=self._state(item),
                escalated=Status(item.status) is Status.ESCALATED,
                decided=[self._decided(nr, decision, later) for decision in own],
                map=self.cutter.cut(told, seen) if seen and told.categories else None,
                legend=[self._legend(bar) for bar in told.categories],
            )

    def _state(self, item: Item) -> str:
        status = Status(item.status)
        if status is Status.ESCALATED:
            return self._say(N_("To the steering group: %(reason)s"), reason=agenda.escalation(self.session, item))
        return text(STATUS_WORDS[status], self.language) if status is Status.CARRIED_OVER else ""

    def _decided(self, nr: int, decision: Decision, later: Mapping[UUID, Decision]) -> Decided:
        measure = self.measures.get(decision.measure_id) if decision.measure_id else None
        new = later.get(decision.id)
        return Decided(
            nr=f"{nr}.{decision.nr}",
            words=decision.words,
            owner=self._name(measure.owner_id) if measure else "",
            due=words.day(measure.due_on, self.language) if measure else "",
            now=text(MEASURE_WORDS[measures.Status(measure.status)], self.language) if measure else "",
            instead=f"{new.words} ({new.reason})" if new else "",
        )

    def _seen(self) -> Look:
        """Return the deviations of the meeting's days, as its audience may see them."""
        days = meetings.days(self.session, self.member, self.meeting)
        return picture.look(self.session, self.member, self.audience, *days)

    def _legend(self, bar: Bar) -> tuple[str, str, str, str]:
        letter = self.cutter.symbols[bar.code].letter
        return self.cutter.symbol(bar.code), letter, bar.name, words.number(bar.count, self.language)

    # the measures

    def _followed(self) -> list[Followed]:
        """Return what is still to be done or was lately, the late ones first."""
        since, _ = meetings.span(self.session, self.member, self.meeting)
        open_ = [m for m in self.measures.values() if self._concerns(m) and self._current(m, since)]
        return [
            Followed(
                title=measure.title,
                place=self.teller.places[measure.place_id].name,
                owner=self._name(measure.owner_id),
                state=text(MEASURE_WORDS[measures.Status(measure.status)], self.language),
                due=words.day(measure.due_on, self.language),
                late=measure.overdue,
            )
            for measure in sorted(open_, key=lambda m: (not m.overdue, m.due_on, m.nr))[:MOST_MEASURES]
        ]

    def _concerns(self, measure: Measure) -> bool:
        return (measure.visibility == Audience.AUTHORITIES) is (self.audience is Audience.AUTHORITIES)

    def _current(self, measure: Measure, since: Any) -> bool:
        return measures.Status(measure.status) in measures.WAITING or measure.changed_at >= since
