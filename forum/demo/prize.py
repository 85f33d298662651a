"""The prize in the demo (priset i demon): an invented city's last year with its winner, and this year's jury at work.

Told through the ordinary verbs on the days on which each was allowed, so that everything stands in the journal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from forum.demo.partners import partners
from forum.demo.tables import table
from forum.demo.work import Judge, Work
from forum.foundation import clock, rights
from forum.people import accounts
from forum.people.members import Member
from forum.people.policy import Role
from forum.prize import (
    assessments,
    awards,
    contents,
    editions,
    gates,
    jury,
    methods,
    motions,
    nominations,
    sending,
    sources,
    ties,
)
from forum.prize.assessments import Mark
from forum.prize.editions import Edition, Facts
from forum.prize.evidence import Kind, Snapshot
from forum.prize.gates import Found
from forum.prize.jury import Officer
from forum.prize.motions import Choice
from forum.prize.nominations import Nomination
from forum.prize.sources import Drawn
from forum.prize.ties import Grade, Ruling
from forum.register import places
from forum.work import effects, measures
from forum.work.measures import Measure

ASSESSORS = ("ordforande", "ersattare", "jury")
SAME_CITY = "Samma huvudman, annan verksamhet"


@dataclass(frozen=True)
class Holder:
    """Somebody in the invented jury who can sign in to the demo, named by the office."""

    key: str
    name: str
    en: str
    office: str
    organisation: str
    belongs_to: tuple[str, ...]
    email: str

    @property
    def role(self) -> str:
        """Return the role that the office gives."""
        return self.office

    @property
    def organisation_name(self) -> str:
        """Return for whom the holder works."""
        return self.organisation


@cache
def officers() -> tuple[Holder, ...]:
    """Return the jury of the sign-in page's buttons, in their order."""
    return tuple(Holder(**row | {"belongs_to": tuple(row["belongs_to"])}) for row in table("prize")["officer"])


def build(working: Work, judge: Judge | None) -> None:
    """Make the editions: one that has been, one that the jury is at, one that is open; offer the winner's method."""
    session, before = working.session, rights.principal_of(working.session)
    rights.become(session, rights.OPERATOR)
    people = {each.key: accounts.account_of(session, email=each.email, name=each.name) for each in officers()}
    for name in table("prize")["days"]:
        _Telling(working, people, name, judge).tell()
    rights.become(session, before)


class _Telling:
    """One edition of the demo, told day by day."""

    def __init__(self, working: Work, people: Mapping[str, UUID], name: str, judge: Judge | None) -> None:
        self.working, self.session, self.people, self.name = working, working.session, people, name
        self.judge, self.days = judge, table("prize")["days"][name]
        self.first = working.today + timedelta(days=self.days["began"])
        self.year = (working.today + timedelta(days=35)).year + list(table("prize")["days"]).index(name) - 1
        self.slug = f"{table('prize')['slug']}-{self.year}"
        self.given: dict[str, Mapping[str, Any]] = {}

    def tell(self) -> None:
        """Tell as much of it as has been."""
        with self.on("began"):
            self.open()
        for entry in table("prize")["nomination"]:
            if entry["edition"] == self.name:
                with self.at(self.first + timedelta(days=entry.get("after", self.days["nominated"]))):
                    self.nominate(entry)
        if self.name != "next":
            with self.on("declared"):
                self.declare()
                self.pass_gate()
        if self.name == "earlier":
            with self.on("assessed"):
                self.assess()
            with self.on("decided"):
                won = self.decide()
            method = {"name": "Farstas månadsmöte runt kartan", "about": "En gemensam karta, ett möte i månaden."}
            methods.offer(self.session, self.working.acting(), **method, nomination=won)

    def after(self, step: str) -> date:
        """Return the day of a step."""
        return self.first if step == "began" else self.first + timedelta(days=self.days[step])

    @contextmanager
    def at(self, day: date) -> Iterator[None]:
        """Let it be noon of a day in Sweden."""
        with clock.as_of(clock.midnight(day) + timedelta(hours=12)):
            yield

    def on(self, step: str) -> AbstractContextManager[None]:
        """Let it be the day of a step."""
        return self.at(self.after(step))

    def acting(self, key: str) -> tuple[Officer, Edition]:
        """Let the session act for somebody in the jury."""
        return jury.acting(self.session, self.people[key], self.slug)

    def facts(self) -> Facts:
        """Return what the edition says."""
        prize = table("prize")
        return {
            "name": f"{prize['city']}s trygghetspris {self.year}",
            "theme": prize["themes"][self.name],
            "sum_kr": prize["sum_kr"],
            "opens_on": self.first,
            "closes_on": self.after("closes"),
            "assess_from": self.after("assess_from"),
            "assess_until": self.after("assess_until"),
            "ceremony_at": clock.midnight(self.after("ceremony")) + timedelta(hours=17),
        }

    def open(self) -> None:
        """Make the edition and its jury, and open it."""
        rights.become(self.session, rights.OPERATOR)
        edition = editions.create(self.session, slug=self.slug, year=self.year, demo=True, **self.facts())
        for each in officers():
            post: jury.Post = {
                "office": Role(each.office), "organisation": each.organisation, "belongs_to": each.belongs_to,
                "title": each.name,
            }  # fmt: skip
            jury.found(self.session, edition, self.people[each.key], **post)
        secretary, edition = self.acting("sekreterare")
        editions.open_(self.session, secretary, edition)

    def nominate(self, entry: Mapping[str, Any]) -> None:
        """Let somebody of the forum nominate."""
        member = self.working.acting(entry["person"])
        drawn = self.drawn(member, entry) if "measure" in entry else None
        edition = editions.by_slug(self.session, self.slug)
        nomination = nominations.begin(self.session, member, edition)
        words = {part: entry[part] for part in contents.PARTS}
        if drawn is not None:
            sending.fill(self.session, nomination, edition, drawn, words)
        nominations.entitle(self.session, nomination, title=entry["title"], organisations=entry["organisations"])
        contents.write(self.session, nomination, edition, words)
        sending.submit(self.session, nomination, edition)
        self.given[entry["title"]] = entry

    def drawn(self, member: Member, entry: Mapping[str, Any]) -> Drawn:
        """Return what the chain of a measure lends, in the invented city; of one that freezes, as it was that day."""
        (measure,) = (each for each in measures.all_of(self.session, member) if each.title == entry["measure"])
        drawn = sources.of_measure(self.session, member, measure)
        if entry.get("freezes"):
            drawn = replace(drawn, snapshots=self.frozen(member, measure))
        city, invented = partners()["city"].name, table("prize")["city"]
        records = [each | {"organisation": each["organisation"].replace(city, invented)} for each in drawn.records]
        return replace(drawn, records=records)

    def frozen(self, member: Member, measure: Measure) -> list[Snapshot]:
        """Return the effect card of a measure, frozen now, and the latest month that was published."""
        card = self.judge(self.session, member, measure) if self.judge else None
        if card is None:
            return []
        kept = effects.keep(self.session, member, measure, card)
        place = places.get(self.session, member, measure.place_id)
        shown = sources.effect(kept, measure.title, place.name, member.organisation_name)
        months = [each for each in sources.of_forum(self.session, member).snapshots if each.kind is Kind.PUBLICATION]
        return [shown, *months[:1]]

    def declare(self) -> None:
        """Let everybody in the jury declare what the organisations suggest, and let it be ruled on."""
        for each in officers():
            officer, _ = self.acting(each.key)
            for nomination in nominations.covers(self.session, officer):
                grade = ties.suggested(officer, nomination)
                reason = "" if grade is Grade.NONE else SAME_CITY
                ties.declare(self.session, officer, nomination, grade, reason=reason)
        for key in ("ersattare", "ordforande"):
            officer, _ = self.acting(key)
            while waiting := ties.waiting(self.session, officer):  # what waits for the deputy changes with each ruling
                tie = waiting[0]
                nomination = self.session.get_one(Nomination, tie.nomination_id)
                ties.rule(self.session, officer, nomination, tie, ruling=Ruling.ALLOWED, reason=SAME_CITY)

    def pass_gate(self) -> None:
        """Let the secretary write the gate of what is open to the office."""
        secretary, edition = self.acting("sekreterare")
        for nomination in nominations.covers(self.session, secretary):
            for criterion in edition.must:
                found = Found(criterion.code, met=True, reason="Framgår av det som sägs och av vilka som var med")
                gates.judge(self.session, secretary, edition, nomination, found)

    def assess(self) -> None:
        """Let those who assess hand in."""
        for key in ASSESSORS:
            officer, edition = self.acting(key)
            for nomination in nominations.covers(self.session, officer):
                marks = {each.code: Mark(3, "Visas med underlag") for each in edition.considered}
                assessments.save(self.session, officer, nomination, marks)
                assessments.hand_in(self.session, officer, nomination)

    def decide(self) -> UUID:
        """Let the jury choose the first one, and say why."""
        chair, edition = self.acting("ordforande")
        chosen = nominations.covers(self.session, chair)[0]
        nomination, citation = chosen.id, self.given[chosen.title]["citation"]
        motion = motions.put(self.session, chair, edition, chosen)
        for key in ASSESSORS:
            officer, edition = self.acting(key)
            motions.vote(self.session, officer, edition, motion, Choice.YES)
        chair, edition = self.acting("ordforande")
        motions.close(self.session, chair, edition, motion)
        awards.decide(self.session, chair, edition, motion, citation)
        return nomination
