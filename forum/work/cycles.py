"""How often the forum meets (möteskretsen): a rule on the Swedish calendar, from which the next days follow.

A monthly meeting that falls on a holiday is held a week later; a weekly or fortnightly one is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from uuid import UUID

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekdays
from holidays import country_holidays
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, journal
from forum.foundation.database import Base
from forum.foundation.errors import Invalid, NotFound, outside, raise_all
from forum.foundation.language import N_
from forum.people import agreements
from forum.people.members import Member
from forum.people.organisations import Organisation
from forum.people.policy import Action, require
from forum.register.deviations import checked_text

LOCATION_LENGTH = 120
LAST_WEEK = 5
"""In place of a week of the month: the last."""
SHORTEST, LONGEST = 15, 480
"""Minutes of a meeting."""


class Every(StrEnum):
    """How often the forum meets."""

    MONTH = "month"
    FORTNIGHT = "fortnight"
    WEEK = "week"


EVERY_WORDS = {Every.MONTH: N_("every month"), Every.FORTNIGHT: N_("every second week"), Every.WEEK: N_("every week")}


class Cycle(Base):
    """The forum's cycle; `week` counts the weekday within the month, 5 is the last one."""

    __tablename__ = "cycles"

    forum_id: Mapped[UUID] = mapped_column(primary_key=True)
    every: Mapped[str]
    weekday: Mapped[int]
    week: Mapped[int]
    first_day: Mapped[date]
    at: Mapped[time]
    minutes: Mapped[int]
    location: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    chair_id: Mapped[UUID]


@dataclass(frozen=True)
class Rule:
    """What a cycle says: the weekday is 1 for Monday; the first day is where fortnights are counted from."""

    every: Every = Every.MONTH
    weekday: int = 3
    week: int = 3
    first_day: date = date(2023, 1, 2)
    at: time = time(9)
    minutes: int = 90
    location: str = ""
    chair_id: UUID | None = None


def of_forum(session: Session, member: Member) -> Cycle | None:
    """Return the forum's cycle, None before it is set."""
    require(member, Action.MEETING_READ)
    return session.scalar(select(Cycle).where(Cycle.forum_id == member.forum_id))


def set_rule(session: Session, member: Member, rule: Rule) -> Cycle:
    """Set how often the forum meets; meetings that are planned stay as they are."""
    require(member, Action.MEETING_PLAN)
    agreements.require_in_force(session, member)
    raise_all(_problems(rule))
    require_partner(session, member, rule.chair_id, "chair")
    said = {name: getattr(rule, name) for name in ("weekday", "week", "first_day", "at", "minutes", "chair_id")}
    said |= {"every": rule.every.value, "location": checked_text(rule.location, "location", LOCATION_LENGTH)}
    row = insert(Cycle).values(forum_id=member.forum_id, **said)
    session.execute(row.on_conflict_do_update(index_elements=["forum_id"], set_=said))
    facts = {"every": rule.every, "weekday": rule.weekday, "week": rule.week}
    journal.write(session, member, journal.Entry("cycle:set", "cycle", member.forum_id, facts))
    found = select(Cycle).where(Cycle.forum_id == member.forum_id).execution_options(populate_existing=True)
    return session.scalars(found).one()


def _problems(rule: Rule) -> list[Invalid]:
    bounds = (("weekday", 1, 7), ("week", 1, LAST_WEEK), ("minutes", SHORTEST, LONGEST))
    problems = [problem for name, low, high in bounds for problem in outside(getattr(rule, name), low, high, name)]
    if rule.chair_id is None:
        message, remedy = N_("A meeting needs somebody who chairs it."), N_("Choose an organisation.")
        problems.append(Invalid(message, field="chair", value="", remedy=remedy))
    return problems


def require_partner(session: Session, member: Member, organisation_id: UUID | None, name: str) -> None:
    """Refuse an organisation that is none of the forum's."""
    partner = (Organisation.id == organisation_id, Organisation.forum_id == member.forum_id)
    if session.scalar(select(Organisation.id).where(*partner)) is None:
        raise NotFound(field=name, value=organisation_id, remedy=N_("Choose one of the forum's organisations."))


def days(rule: Rule | Cycle, after: date, most: int) -> list[date]:
    """Return the next days of meetings after a day, at most so many; holidays are skipped."""
    return list(islice(_days(rule, after), most))


def moments(rule: Rule | Cycle, after: date, most: int) -> list[datetime]:
    """Return when those meetings begin, in UTC: at the same hour of the Swedish clock all year."""
    return [clock.to_utc(datetime.combine(day, rule.at), "at") for day in days(rule, after, most)]


def _days(rule: Rule | Cycle, after: date) -> Iterator[date]:
    found = set()
    for moment in _pattern(rule, after - timedelta(weeks=6)):
        day = moment.date()
        while rule.every == Every.MONTH and is_holiday(day):
            day += timedelta(weeks=1)
        if day > after and day not in found and not is_holiday(day):
            found.add(day)
            yield day


def _pattern(rule: Rule | Cycle, start: date) -> rrule:
    day = weekdays[rule.weekday - 1]
    if rule.every == Every.MONTH:
        nth = day(-1 if rule.week == LAST_WEEK else rule.week)
        return rrule(MONTHLY, dtstart=datetime.combine(start, time()), byweekday=nth)
    first = rule.first_day + timedelta(days=(rule.weekday - 1 - rule.first_day.weekday()) % 7)
    every = 2 if rule.every == Every.FORTNIGHT else 1
    first += timedelta(weeks=every * ((start - first).days // (7 * every)))
    return rrule(WEEKLY, interval=every, dtstart=datetime.combine(first, time()), byweekday=day)


HOLIDAYS = country_holidays("SE", categories=("public", "de_facto"))
"""Public holidays, and the eves that are as free."""


def is_holiday(day: date) -> bool:
    """Tell whether Sweden rests that day, Sundays aside."""
    return day in HOLIDAYS
