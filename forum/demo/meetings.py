"""What the demo forum has met about (demons möten): its cycle, the meetings that were held, the coming one planned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from forum.demo.patterns import patterns
from forum.demo.tables import table
from forum.demo.work import Work
from forum.people.members import Member
from forum.people.organisations import Organisation
from forum.register import places
from forum.register.places import Place
from forum.work import agenda, cycles, decisions, measures, meetings
from forum.work.agenda import Item, Prepared, Status, Wish
from forum.work.cycles import Every, Rule
from forum.work.decisions import Decision, Replaced
from forum.work.measures import Measure
from forum.work.meetings import Meeting, Plan

Prepare = Callable[[Session, Member, Meeting], Prepared]
"""Writes the agenda of a meeting: what only those who know the map can do."""
BACK = timedelta(days=150)
"""So far back the meetings that were held are looked for."""


def build(work: Work, there: Mapping[str, Organisation], prepare: Prepare) -> None:
    """Set the cycle, hold the meetings of `meetings.toml`, and plan the next one."""
    said = table("meetings")["cycle"]
    rule = Rule(
        Every(said["every"]),
        said["weekday"],
        said["week"],
        at=time.fromisoformat(said["at"]),
        minutes=said["minutes"],
        location=said["location"],
        chair_id=there[said["chair"]].id,
    )
    cycles.set_rule(work.session, work.acting(), rule)
    held = [moment for moment in cycles.moments(rule, work.today - BACK, 12) if moment.date() < work.today]
    hall = _Hall(work, there, prepare)
    for entry in table("meetings")["meeting"]:
        hall.hold(Plan(held[-entry["back"]], rule.minutes, rule.location, rule.chair_id), entry)
    coming = cycles.moments(rule, work.today, 1)[0]
    meetings.plan(work.session, work.acting(), Plan(coming, rule.minutes, rule.location, rule.chair_id))


class _Hall:
    """Where the demo's meetings are held; it remembers what was decided, so that later ones can replace it."""

    def __init__(self, work: Work, there: Mapping[str, Organisation], prepare: Prepare) -> None:
        self.work, self.there, self.prepare = work, there, prepare
        self.made: dict[str, Decision] = {}
        session, member = work.session, work.acting()
        by_name = {place.name: place for place in places.all_of(session, member)}
        self.places: dict[str, Place] = {p.code: by_name[p.place] for p in patterns() if p.place in by_name}
        self.measures: dict[str, Measure] = {m.title: m for m in measures.all_of(session, member)}

    def hold(self, plan: Plan, entry: Mapping[str, Any]) -> None:
        """Plan a meeting, open it, decide what was decided, and close it."""
        session = self.work.session
        meeting = meetings.plan(session, self.work.acting(), plan)
        added = {each["title"]: self._add(meeting, each) for each in entry.get("added", ())}
        leader = self.work.acting()
        agenda.begin(session, leader, meeting, self.prepare(session, leader, meeting))
        people: dict[UUID, int] = {self.there[key].id: n for key, n in entry["people"].items()}
        meetings.attend(session, leader, meeting, people)
        for each in entry.get("decision", ()):
            self._decide(leader, meeting, each)
        for item in agenda.of_meeting(session, leader, meeting):
            if item.status == Status.OPEN and not item.below and not item.title:
                agenda.settle(session, leader, item, Status.HANDLED)
        for each in entry.get("added", ()):
            agenda.settle(session, leader, added[each["title"]], Status(each["became"]), reason=each.get("reason", ""))
        agenda.end(session, leader, meeting)

    def _add(self, meeting: Meeting, each: Mapping[str, Any]) -> Item:
        return agenda.add(self.work.session, self.work.acting(each["by"]), meeting, Wish(each["title"]))

    def _decide(self, leader: Member, meeting: Meeting, each: Mapping[str, Any]) -> None:
        session, place = self.work.session, self.places[each["pattern"]]
        item = self._item(leader, meeting, place)
        measure = self.measures.get(each.get("measure", ""))
        replaces = Replaced(self.made[each["replaces"]], each["reason"]) if "replaces" in each else None
        self.made[each["words"]] = decisions.decide(
            session, leader, item, each["words"], measure=measure, replaces=replaces
        )
        agenda.settle(session, leader, item, Status.HANDLED)

    def _item(self, leader: Member, meeting: Meeting, place: Place) -> Item:
        """Return the item about a place; one is added where nothing put the place on the agenda."""
        written = agenda.of_meeting(self.work.session, leader, meeting)
        at = (item for item in written if item.place_id == place.id and item.visibility == "forum")
        return next(at, None) or agenda.add(self.work.session, leader, meeting, Wish(place.name), place=place)
