"""What the yearly report to the council says (årsrapportens innehåll): legal form, figures, work and limits.

Computed for an audience, never for whoever presses the button; for everybody, of published issues alone. The same parts
make the pages for paper and the document for Word. Areas stand by name: the report ranks none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from dashboards import clocks, words
from dashboards.plates import Plate
from dashboards.published import in_order, work_of
from dashboards.shown import FOR, Shown, in_words, shown
from forum.foundation.audience import Audience
from forum.foundation.language import N_, text
from forum.people import audiences, organisations
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register import places
from forum.work import adoptions, pictures, plans, publications, yearly
from forum.work.adoptions import Adoption, InForce
from forum.work.measures import STATUS_WORDS, Measure, Status
from mapping import public_picture
from mapping.periods import Period

MOST = 60
"""Rows of a list of measures at most."""


@dataclass(frozen=True)
class Part:
    """One section: sentences, a drawing perhaps, and a table perhaps."""

    heading: str
    sentences: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    note: str = ""
    drawing: str = ""
    """The address of an image, with what stands in its place for those who do not see it."""
    alt: str = ""
    caution: bool = False
    """It says what is not known."""


@dataclass(frozen=True)
class Report:
    """The yearly report, in one language, for one audience."""

    language: str
    title: str
    period: str
    for_whom: str
    parts: tuple[Part, ...]


def of(session: Session, member: Member, audience: Audience, year: int, language: str) -> Report:
    """Return the report of a year."""
    require(member, Action.COUNCIL_REPORT)
    first, last = yearly.days_of(year)
    found = public_picture.made(session, member, audience, first, last + timedelta(days=1))
    with audiences.narrowed(session, audience):
        writer = _Writer(session, member, audience, Period.of_days(first, last), language)
        said = shown(session, member, found, language)
        done = (writer.published(),) if audience is Audience.PUBLIC else writer.done()
        parts = (writer.brief(said), writer.legal(), *writer.figures(said), *done, writer.unknown(said))
    title = text(N_("Yearly report to the council %(year)s, %(forum)s"), language, year=year, forum=member.forum_name)
    period = words.period(first, last, language)
    return Report(language, title, period, text(FOR[audience], language), tuple(parts))


class _Writer:
    """Writes the parts of one report; the session sees what its audience sees."""

    def __init__(self, session: Session, member: Member, audience: Audience, period: Period, language: str) -> None:
        self.session, self.member, self.audience = session, member, audience
        self.period, self.language = period, language
        self.names = {each.id: each.name for each in organisations.all_of(session, member.forum_id)}
        self.places = {each.id: each.name for each in places.all_of(session, member, tuple(places.Status))}

    def say(self, message: str, **params: object) -> str:
        return text(message, self.language, **params)

    def n(self, count: int) -> str:
        return words.number(count, self.language)

    def day(self, value: date | None) -> str:
        return words.day(value, self.language, weekday=False) if value else "–"

    def head(self, *messages: str) -> tuple[str, ...]:
        return tuple(self.say(message) for message in messages)

    def brief(self, said: Shown) -> Part:
        return Part(self.say(N_("The year in brief")), tuple(each.text for each in said.first))

    def unknown(self, said: Shown) -> Part:
        limits = tuple(each.text for each in said.unknown)
        return Part(self.say(N_("What we do not know")), limits, caution=True)

    # the legal form

    def legal(self) -> Part:
        """Say which picture and plan hold on the report's last day, and for how long."""
        adopted = adoptions.all_of(self.session, self.member)
        holding = adoptions.in_force(adopted, self.audience, self.period.last)
        on = self.say(N_("As it stood on %(day)s."), day=self.day(self.period.last))
        sentences = [on, *self._holding(holding)]
        return Part(self.say(N_("Situational picture and action plan")), tuple(sentences))

    def _holding(self, holding: InForce) -> Iterator[str]:
        told = {each.key: each for each in clocks.tell(holding, self.language)}
        for key, adoption, name in (("picture", holding.picture, self._picture), ("plan", holding.plan, self._plan)):
            if adoption is None:
                yield told[key].sentence
            else:
                yield self.say(N_("%(what)s: %(reference)s."), what=name(adoption), reference=adoption.reference)
                yield told[key].sentence

    def _picture(self, adoption: Adoption) -> str:
        kept = pictures.get(self.session, self.member, adoption.picture_id or UUID(int=0))
        period = in_words(Period(kept.first_day, kept.end_day), self.language)
        return self.say(N_("Situational picture, %(period)s"), period=period)

    def _plan(self, adoption: Adoption) -> str:
        if self.audience is Audience.PUBLIC:
            return self.say(N_("Action plan"))
        plan = plans.get(self.session, self.member, adoption.plan_id or UUID(int=0))
        followed = plans.follow_up(plans.measures_of(self.session, self.member, plan))
        message = N_(
            "Action plan of %(all)s measures, of which carried out %(done)s, late %(late)s, not fixed %(not_fixed)s"
        )
        counts = {"done": followed.done, "late": followed.late, "not_fixed": followed.not_fixed}
        said = {name: self.n(count) for name, count in counts.items()}
        return self.say(message, all=self.n(len(plan.measure_ids)), **said)

    # the figures

    def figures(self, said: Shown) -> Iterator[Part]:
        """Yield the counts by month, kind and area, each beside those of the year before and who reported."""
        plates = {plate.name: plate for plate in said.plates}
        for name in ("months", "categories", "areas"):
            if (plate := plates.get(name)) is not None:
                yield self._drawn(plate) if name != "areas" else self._by_name(plate)

    def _drawn(self, plate: Plate) -> Part:
        given = (plate.heading, (plate.said.text, plate.method), plate.head, plate.rows, plate.note)
        return Part(*given, drawing=plate.printed, alt=plate.alt)

    def _by_name(self, plate: Plate) -> Part:
        """Return a table by name, without the sentence that says where there is most."""
        return Part(
            plate.heading,
            (),
            plate.head,
            tuple(row for _, row in in_order([(row[0], row) for row in plate.rows])),
            plate.note,
        )

    # the work

    def published(self) -> Part:
        """Return what the latest issue of the year says of measures: their kind and state, never their place."""
        heading = self.say(N_("What is being done"))
        issues = publications.made(self.session, self.member, self.period.first, self.period.end)
        if not issues:
            return Part(heading, (self.say(N_("Of this period nothing is published.")),))
        latest = max(issues, key=lambda issue: issue.month)
        said = [f"{told.heading}: {'; '.join(told.measures)}." for told in work_of(latest.content, self.language)]
        month = self.say(N_("As published for %(month)s."), month=words.month(latest.month, self.language))
        return Part(heading, (month, *said))

    def done(self) -> Iterator[Part]:
        """Yield the work, the meetings and the agreements, for those who may read of single things."""
        yield from self.work()
        yield self.met()
        yield self.agreed()

    def work(self) -> Iterator[Part]:
        """Yield what was decided and carried out beside the year before, and what is not fixed."""
        now, before = (self._worked(span) for span in (self.period, self.period.a_year_before()))
        standing = yearly.not_fixed(self.session, self.member, self.audience)
        rows = tuple(
            (self.say(name), self.n(len(a)), self.n(len(b)))
            for name, a, b in (
                (N_("Decided"), now.decided, before.decided),
                (N_("Carried out"), now.carried_out, before.carried_out),
                (N_("Meetings held"), now.met, before.met),
            )
        )
        head = (self.say(N_("Work")), *self.head(N_("The year"), N_("The year before")))
        yield Part(self.say(N_("Measures and meetings in numbers")), (), head, rows)
        yield self._listed(
            N_("Measures carried out"), now.carried_out, N_("Done on"), lambda each: self.day(each.done_on)
        )
        yield self._listed(N_("What is not fixed"), standing, N_("State"), self._state)

    def _worked(self, span: Period) -> yearly.Work:
        return yearly.of(self.session, self.member, self.audience, span.first, span.end)

    def _state(self, measure: Measure) -> str:
        word = self.say(STATUS_WORDS[Status(measure.status)])
        return f"{self.say(N_('late'))}, {word}" if measure.overdue else word

    def _listed(self, heading: str, found: Sequence[Measure], last: str, end: Callable[[Measure], str]) -> Part:
        if not found:
            return Part(self.say(heading), (self.say(N_("None.")),))
        head = self.head(N_("Measure"), N_("Place"), N_("Owner"), last)
        rows = tuple(
            (each.title, self.places.get(each.place_id, "–"), self.names.get(each.owner_id, "–"), end(each))
            for each in found[:MOST]
        )
        more = len(found) - len(rows)
        note = self.say(N_("%(n)s more stand in the room of measures."), n=self.n(more)) if more else ""
        return Part(self.say(heading), (), head, rows, note)

    def met(self) -> Part:
        """Return the meetings that were held."""
        held = self._worked(self.period).met
        if not held:
            return Part(self.say(N_("Meetings")), (self.say(N_("The forum held no meeting in the period.")),))
        head = self.head(N_("Meeting"), N_("Organisations"), N_("Persons"), N_("Decisions"))
        rows = tuple(
            (self.day(each.meeting.day), *map(self.n, (each.organisations, each.people, each.decisions)))
            for each in held
        )
        return Part(self.say(N_("Meetings")), (), head, rows)

    def agreed(self) -> Part:
        """Return the agreements that were in force in the year, with their purposes and areas."""
        written = yearly.agreed(self.session, self.member, self.period.first, self.period.end)
        heading = self.say(N_("Agreements in force in the year"))
        if not written:
            return Part(heading, (self.say(N_("None.")),))
        head = self.head(N_("Partner"), N_("Purposes"), N_("Areas"), N_("From"), N_("To"))
        rows = sorted(
            (self.names.get(a.organisation_id, "–"), a.purposes, a.areas, self.day(a.valid_from), self.day(a.valid_to))
            for a in written
        )
        return Part(heading, (), head, tuple(rows))
