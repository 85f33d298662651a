"""What the demo forum does about it (demons arbete): places over planted patterns, why, and measures on their way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from shapely import Point
from sqlalchemy.orm import Session

from forum.demo.partners import persons
from forum.demo.patterns import Pattern, patterns
from forum.demo.tables import table
from forum.people import members
from forum.people.members import Member
from forum.people.organisations import Organisation
from forum.register import places
from forum.register.places import Drawn, Place
from forum.work import causes, costs, effects, follow_ups, measures
from forum.work.follow_ups import Outcome
from forum.work.measures import Measure, Step
from forum.work.terms import Cost, Nature, Terms

Judge = Callable[[Session, Member, Measure], Mapping[str, Any] | None]
"""Compares before and after: the effect card of a measure, or none where its months are not over."""
WORDS = ("expected_short", "expected_long", "seen_by")


class Work:
    """The forum's work in the demo, done by the coordinator and by each owner's own person."""

    def __init__(self, session: Session, slug: str, people: Mapping[str, UUID], today: date) -> None:
        self.session, self.slug, self.people, self.today = session, slug, people, today
        self.of = {person.organisation: person.key for person in reversed(persons())} | {"district": "coordinator"}

    def acting(self, person: str = "coordinator") -> Member:
        """Let the session act for the person."""
        return members.acting(self.session, self.people[person], self.slug)

    def place(self, pattern: Pattern, cause: Mapping[str, str]) -> Place:
        """Make a place on a pattern, with its analysis."""
        drawn = Drawn(pattern.place, Point(*pattern.at), pattern.radius_m)
        place = places.create(self.session, self.acting(), drawn)
        if cause:
            causes.write(self.session, self.acting(), place, cause)
        return place

    def measure(self, place: Place, owner: UUID, entry: Mapping[str, Any]) -> None:
        """Propose a measure and take its steps."""
        terms = Terms(
            title=entry["title"],
            owner_id=owner,
            due_on=self.today + timedelta(days=entry["due"]),
            nature=Nature(entry["nature"]),
            cost=Cost(entry.get("cost", "unknown")),
            catalogue_code=entry["catalogue_code"],
            **{name: entry[name] for name in WORDS if name in entry},
        )
        measure = measures.propose(self.session, self.acting(), place, terms)
        for name in entry["steps"]:
            self._step(measure, Step(name), entry)
        if spent := entry.get("spent"):
            costs.note(self.session, self.acting(), measure, kronor=spent[0], words=spent[1])
        if seen := entry.get("follow_up"):
            outcome, note = Outcome(seen[0]), seen[1]
            follow_ups.follow_up(self.session, self.acting(), measure, outcome=outcome, note=note, on=self.today)

    def _step(self, measure: Measure, step: Step, entry: Mapping[str, Any]) -> None:
        by_owner = step in (Step.ACCEPT, Step.DECLINE, Step.CARRY_OUT, Step.START)
        member, reason = self.acting(self.of[entry["owner"]] if by_owner else "coordinator"), entry.get("reason", "")
        if step is Step.CARRY_OUT:
            measures.carry_out(self.session, member, measure, on=self.today - timedelta(days=entry["done"]))
        elif step is Step.HAND_OVER:
            to, reference = entry["handed_to"], entry["reference"]
            measures.hand_over(self.session, member, measure, to=to, reference=reference, reason=reason)
        else:
            measures.move(self.session, member, measure, step, reason=reason)


def build(work: Work, there: Mapping[str, Organisation]) -> None:
    """Make the places of `work.toml`, with their causes and measures."""
    known = {pattern.code: pattern for pattern in patterns()}
    for entry in table("work")["place"]:
        place = work.place(known[entry["pattern"]], entry.get("cause", {}))
        for each in entry.get("measure", ()):
            work.measure(place, there[each["owner"]].id, each)


def judged(work: Work, judge: Judge) -> None:
    """Freeze the effect card of each measure whose months are over."""
    leader = work.acting()
    for measure in measures.all_of(work.session, leader):
        if card := judge(work.session, leader, measure):
            effects.keep(work.session, leader, measure, card)
