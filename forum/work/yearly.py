"""What the work of a period came to (årets arbete): measures decided and carried out, meetings held, what still stands.

Read for an audience: the caller lets the session see what that audience sees, and these reads say the same once more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.foundation import clock
from forum.foundation.audience import Audience
from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from forum.people import agreements
from forum.people.agreements import Agreement, today
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register.steps import Step
from forum.work import decisions, measures, meetings
from forum.work.measures import Measure
from forum.work.meetings import BEGUN, Meeting

FIRST_YEAR = 2000


@dataclass(frozen=True)
class Met:
    """A meeting that was held: how many organisations and people were there, and what was decided."""

    meeting: Meeting
    organisations: int
    people: int
    decisions: int


@dataclass(frozen=True)
class Work:
    """The work of a period."""

    decided: list[Measure]
    carried_out: list[Measure]
    met: list[Met]


def days_of(year: int) -> tuple[date, date]:
    """Return the first and the last day of a year, of the present one up to today; refuses a year that is to come."""
    if not FIRST_YEAR <= year <= today().year:
        remedy = N_("Choose this year or one before it.")
        raise Invalid(N_("There is no report of this year."), field="year", value=year, remedy=remedy)
    return date(year, 1, 1), min(date(year, 12, 31), today())


def of(session: Session, member: Member, audience: Audience, first: date, end: date) -> Work:
    """Return the work of the days from `first` up to and without `end`, as far as the audience sees it."""
    require(member, Action.COUNCIL_REPORT)
    seen = _seen(session, member, audience)
    taken = (Step.thing_kind == "measure", Step.action == measures.Step.DECIDE.value)
    within = (Step.at >= clock.midnight(first), Step.at < clock.midnight(end))
    decided = set(session.scalars(select(Step.thing_id).where(Step.forum_id == member.forum_id, *taken, *within)))
    done = [each for each in seen if each.done_on and first <= each.done_on < end]
    return Work(
        [each for each in seen if each.id in decided],
        sorted(done, key=lambda each: (each.done_on or first, each.nr)),
        [_met(session, member, audience, each) for each in _held(session, member, first, end)],
    )


def not_fixed(session: Session, member: Member, audience: Audience) -> list[Measure]:
    """Return what is not fixed now, as far as the audience sees it."""
    require(member, Action.COUNCIL_REPORT)
    return [each for each in measures.not_fixed(session, member) if each.visibility in audience.sees]


def agreed(session: Session, member: Member, first: date, end: date) -> list[Agreement]:
    """Return the agreements that were in force on any day of the period."""
    require(member, Action.COUNCIL_REPORT)
    written = agreements.all_of(session, member)
    return [a for a in written if a.valid_from < end and (a.valid_to is None or a.valid_to >= first)]


def _seen(session: Session, member: Member, audience: Audience) -> list[Measure]:
    return [each for each in measures.all_of(session, member) if each.visibility in audience.sees]


def _held(session: Session, member: Member, first: date, end: date) -> list[Meeting]:
    everything = reversed(meetings.all_of(session, member))
    return [each for each in everything if first <= each.day < end and meetings.Status(each.status) in BEGUN]


def _met(session: Session, member: Member, audience: Audience, meeting: Meeting) -> Met:
    there = meetings.attendance(session, member, meeting)
    made = [each for each in decisions.of_meeting(session, member, meeting) if each.visibility in audience.sees]
    return Met(meeting, len(there), sum(there.values()), len(made))
