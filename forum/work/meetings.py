"""Meetings (forummöten): planned, held, their minutes adjusted by a second member, and sealed.

The table, its states and the verbs. The agenda's items stand in `agenda`, what was decided in `decisions`, the sealed
minutes in `minutes`. All of a forum's members see that it meets; what authorities talk of among themselves stands in
items and decisions of their own, which make the annex.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Select, extract, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, jobs, journal
from forum.foundation.audience import Visibility
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Invalid, NotFound, outside, raise_all
from forum.foundation.language import N_
from forum.people import agreements
from forum.people.agreements import today
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register import steps
from forum.register.deviations import checked_text
from forum.register.likeness import MOST, likest
from forum.register.steps import Worked, hold, reason_given
from forum.work.cycles import LOCATION_LENGTH, LONGEST, SHORTEST, require_partner
from forum.work.dates import When

FIRST_LOOK = timedelta(weeks=4)
"""How far the first meeting looks back; every other one looks back to the one before."""
MOST_PEOPLE = 99


class Status(StrEnum):
    """How far a meeting has come."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    HELD = "held"
    ADJUSTED = "adjusted"
    SEALED = "sealed"
    CANCELLED = "cancelled"


NEXT: dict[Status, frozenset[Status]] = {
    Status.PLANNED: frozenset({Status.UNDER_WAY, Status.CANCELLED}),
    Status.UNDER_WAY: frozenset({Status.HELD}),
    Status.HELD: frozenset({Status.ADJUSTED}),
    Status.ADJUSTED: frozenset({Status.SEALED}),
    Status.SEALED: frozenset(),
    Status.CANCELLED: frozenset(),
}
STATUS_WORDS = {
    Status.PLANNED: N_("planned"),
    Status.UNDER_WAY: N_("under way"),
    Status.HELD: N_("held, minutes to be adjusted"),
    Status.ADJUSTED: N_("adjusted, being sealed"),
    Status.SEALED: N_("sealed"),
    Status.CANCELLED: N_("cancelled"),
}
BEGUN = frozenset({Status.UNDER_WAY, Status.HELD, Status.ADJUSTED, Status.SEALED})


class Meeting(Worked):
    """One meeting; its day is its address. `arrangement` holds what was changed of the agenda that writes itself."""

    __tablename__ = "meetings"
    kind: ClassVar[str] = "meeting"

    nr: Mapped[int]
    day: Mapped[date]
    starts_at: Mapped[datetime] = mapped_column(Moment)
    minutes: Mapped[int]
    location: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    chair_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    sequence: Mapped[int] = mapped_column(server_default="0")
    invited: Mapped[bool] = mapped_column(server_default="false")
    arrangement: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    status: Mapped[str] = mapped_column(server_default="planned")
    since: Mapped[datetime | None] = mapped_column(Moment)
    until: Mapped[datetime | None] = mapped_column(Moment)
    picture_id: Mapped[UUID | None]
    current_id: Mapped[UUID | None]
    begun_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class Attendance(Base):
    """How many of an organisation were there; nothing says who."""

    __tablename__ = "attendance"

    forum_id: Mapped[UUID]
    meeting_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    people: Mapped[int]


class Signature(Base):
    """Which member wrote or adjusted the minutes: personal data, kept apart from the minutes themselves."""

    __tablename__ = "signatures"

    forum_id: Mapped[UUID]
    meeting_id: Mapped[UUID] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


@dataclass(frozen=True)
class Plan:
    """When and where a meeting is, how long it takes, and which organisation chairs it."""

    starts_at: datetime
    minutes: int = 90
    location: str = ""
    chair_id: UUID | None = None


# --- what is read -----------------------------------------------------------------------------------------------------


def _of_forum(member: Member) -> Select[Meeting]:
    require(member, Action.MEETING_READ)
    return select(Meeting).where(Meeting.forum_id == member.forum_id)


def get(session: Session, member: Member, reference: UUID | date) -> Meeting:
    """Return the meeting of that day or id; of several on a day, the one that was not cancelled."""
    column = Meeting.day if isinstance(reference, date) else Meeting.id
    newest = _of_forum(member).where(column == reference)
    found = session.scalar(newest.order_by(Meeting.status == Status.CANCELLED.value, Meeting.nr.desc()).limit(1))
    if found is None:
        raise NotFound
    return found


def all_of(session: Session, member: Member) -> list[Meeting]:
    """Return the forum's meetings, the latest first."""
    return list(session.scalars(_of_forum(member).order_by(Meeting.starts_at.desc(), Meeting.nr.desc())))


def coming(session: Session, member: Member) -> Meeting | None:
    """Return the meeting that is under way, or the next one that is planned."""
    waiting = Meeting.status.in_([Status.PLANNED.value, Status.UNDER_WAY.value])
    still = Meeting.day >= today()
    return session.scalar(_of_forum(member).where(waiting, still).order_by(Meeting.starts_at).limit(1))


def on(session: Session, member: Member, wanted: When) -> list[Meeting]:
    """Return the meetings of a day, a month or a year, the latest first."""
    parts = zip(("year", "month", "day"), wanted, strict=True)
    there = [extract(part, Meeting.day) == value for part, value in parts if value is not None]
    return list(session.scalars(_of_forum(member).where(*there).order_by(Meeting.day.desc()).limit(MOST)))


def at(session: Session, member: Member, words: str) -> list[Meeting]:
    """Return the meetings that are where the words say, the latest first."""
    return likest(session, _of_forum(member), Meeting.location, words, Meeting.day.desc())


def before(session: Session, member: Member, meeting: Meeting) -> Meeting | None:
    """Return the last meeting that was held before this one."""
    held = Meeting.status.in_([status.value for status in BEGUN])
    earlier = _of_forum(member).where(held, Meeting.starts_at < meeting.starts_at, Meeting.id != meeting.id)
    return session.scalar(earlier.order_by(Meeting.starts_at.desc()).limit(1))


def span(session: Session, member: Member, meeting: Meeting) -> tuple[datetime, datetime]:
    """Return from when and to when the meeting looks: since the one before it, to its beginning or to now."""
    if meeting.since is not None and meeting.until is not None:
        return meeting.since, meeting.until
    earlier = before(session, member, meeting)
    until = min(clock.now(), meeting.starts_at)
    since = earlier.until or earlier.starts_at if earlier else until - FIRST_LOOK
    return min(since, until - timedelta(days=1)), until


def days(session: Session, member: Member, meeting: Meeting) -> tuple[date, date]:
    """Return the whole days that the meeting looks at: the first, and the one after the last."""
    since, until = span(session, member, meeting)
    return clock.local(since).date(), clock.local(until).date() + timedelta(days=1)


def attendance(session: Session, member: Member, meeting: Meeting) -> dict[UUID, int]:
    """Return how many of each organisation were there."""
    require(member, Action.MEETING_READ)
    there = select(Attendance).where(Attendance.meeting_id == meeting.id, Attendance.people > 0)
    return {each.organisation_id: each.people for each in session.scalars(there)}


def signatures(session: Session, member: Member, meeting: Meeting) -> dict[str, Signature]:
    """Return which organisation wrote and which adjusted the minutes, by part."""
    require(member, Action.MEETING_READ)
    signed = select(Signature).where(Signature.meeting_id == meeting.id)
    return {each.part: each for each in session.scalars(signed)}


# --- the verbs --------------------------------------------------------------------------------------------------------


def plan(session: Session, member: Member, wanted: Plan) -> Meeting:
    """Plan a meeting; each has the next number of the forum."""
    require(member, Action.MEETING_PLAN)
    agreements.require_in_force(session, member)
    values = _checked(session, member, wanted)
    owner = {"forum_id": member.forum_id, "organisation_id": member.organisation_id}
    new = values | owner | {"visibility": Visibility.FORUM.value, "arrangement": {}}
    with _one_a_day(session, values["day"]):  # two who plan at once ask for the same number: the second asks again
        meeting = steps.numbered(session, lambda _: Meeting(nr=_next_number(session, member), **new))
    steps.begin(session, member, meeting, nr=meeting.nr, day=meeting.day.isoformat())
    return meeting


def _next_number(session: Session, member: Member) -> int:
    last = select(func.coalesce(func.max(Meeting.nr), 0)).where(Meeting.forum_id == member.forum_id)
    return (session.scalar(last) or 0) + 1


def amend(session: Session, member: Member, meeting: Meeting, wanted: Plan, version: int | None = None) -> Meeting:
    """Move a meeting that is planned, or change what is said of it; those invited get the newer invitation."""
    require(member, Action.MEETING_PLAN)
    agreements.require_in_force(session, member)
    hold(session, meeting, version)
    require_status(meeting, Status.PLANNED)
    values = _checked(session, member, wanted) | {"sequence": meeting.sequence + 1}
    with _one_a_day(session, values["day"]):
        steps.take(session, member, meeting, "amend", new=values)
    tell(session, meeting)
    return meeting


def cancel(session: Session, member: Member, meeting: Meeting, *, reason: str, version: int | None = None) -> Meeting:
    """Cancel a meeting that is planned; its invitation is called back."""
    require(member, Action.MEETING_PLAN)
    words = reason_given(reason)
    hold(session, meeting, version)
    require_next(meeting, Status.CANCELLED)
    new = {"status": Status.CANCELLED.value, "sequence": meeting.sequence + 1}
    steps.take(session, member, meeting, "cancel", new=new, reason=words)
    tell(session, meeting)
    return meeting


def tell(session: Session, meeting: Meeting) -> None:
    """Let those who were called to the meeting be written to."""
    if meeting.invited:
        jobs.defer(session, jobs.JobName.INVITE, meeting.forum_id, meeting=str(meeting.id))


def arrange(
    session: Session, member: Member, meeting: Meeting, arrangement: Mapping[str, Any], version: int | None = None
) -> Meeting:
    """Keep in which order the agenda stands, how long its items take, and what is left out of it."""
    require(member, Action.MEETING_LEAD)
    hold(session, meeting, version)
    require_status(meeting, Status.PLANNED)
    steps.take(session, member, meeting, "arrange", new={"arrangement": dict(arrangement)})
    return meeting


def attend(session: Session, member: Member, meeting: Meeting, people: Mapping[UUID, int]) -> None:
    """Note how many of each organisation are there; 0 takes it away."""
    require(member, Action.MEETING_LEAD)
    hold(session, meeting, None)
    require_status(meeting, Status.UNDER_WAY, Status.PLANNED)
    for organisation_id, number in people.items():
        require_partner(session, member, organisation_id, "organisation")
        raise_all(outside(number, 0, MOST_PEOPLE, "people"))
        key = {"forum_id": meeting.forum_id, "meeting_id": meeting.id, "organisation_id": organisation_id}
        row = insert(Attendance).values(key | {"people": number})
        session.execute(
            row.on_conflict_do_update(index_elements=["meeting_id", "organisation_id"], set_={"people": number})
        )
    facts = {str(organisation_id): number for organisation_id, number in people.items()}
    journal.write(session, member, journal.Entry("meeting:attend", "meeting", meeting.id, facts))


def adjust(session: Session, member: Member, meeting: Meeting, version: int | None = None) -> Meeting:
    """Adjust the minutes (justera): a second member says that they tell what was decided."""
    require(member, Action.MEETING_ADJUST)
    agreements.require_in_force(session, member)
    require_next(meeting, Status.ADJUSTED)  # first: who leads nothing can hold no other row
    hold(session, meeting, version)
    require_next(meeting, Status.ADJUSTED)
    wrote = signatures(session, member, meeting).get("wrote")
    if wrote is not None and wrote.member_id == member.id:
        message, remedy = N_("Nobody adjusts the minutes that they wrote."), N_("Ask another member to read them.")
        raise Conflict(message, field="member", value=meeting.nr, remedy=remedy)
    steps.take(session, member, meeting, "adjust", new={"status": Status.ADJUSTED.value})
    sign(session, member, meeting, "adjusted")
    jobs.defer(session, jobs.JobName.SEAL_MINUTES, meeting.forum_id, meeting=str(meeting.id), slug=member.forum_slug)
    return meeting


def sign(session: Session, member: Member, meeting: Meeting, part: str) -> None:
    """Keep which member wrote or adjusted the minutes."""
    who = {"member_id": member.id, "organisation_id": member.organisation_id}
    session.add(Signature(forum_id=meeting.forum_id, meeting_id=meeting.id, part=part, **who))
    session.flush()


# --- what does not follow ---------------------------------------------------------------------------------------------


def _checked(session: Session, member: Member, wanted: Plan) -> dict[str, Any]:
    raise_all(outside(wanted.minutes, SHORTEST, LONGEST, "minutes"))
    if wanted.chair_id is None:
        message, remedy = N_("A meeting needs somebody who chairs it."), N_("Choose an organisation.")
        raise Invalid(message, field="chair", value="", remedy=remedy)
    require_partner(session, member, wanted.chair_id, "chair")
    location = checked_text(wanted.location, "location", LOCATION_LENGTH)
    said = {"starts_at": wanted.starts_at, "day": clock.local(wanted.starts_at).date(), "minutes": wanted.minutes}
    return said | {"location": location, "chair_id": wanted.chair_id}


@contextmanager
def _one_a_day(session: Session, day: date) -> Iterator[None]:
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError as refused:
        if "meetings_day" not in str(refused.orig):
            raise
        message, remedy = N_("The forum meets that day already."), N_("Choose another day.")
        raise Conflict(message, field="starts_at", value=day, remedy=remedy) from refused


def require_next(meeting: Meeting, to: Status) -> None:
    """Refuse a status that does not follow on the meeting's."""
    if to not in NEXT[Status(meeting.status)]:
        raise not_now(meeting)


def require_status(meeting: Meeting, *statuses: Status) -> None:
    """Refuse what is done only with a meeting in one of these statuses."""
    if Status(meeting.status) not in statuses:
        raise not_now(meeting)


def not_now(meeting: Meeting) -> Conflict:
    """Return the refusal of what cannot be done with the meeting as it stands."""
    message = N_("This cannot be done with a meeting that is %(status)s.")
    words = STATUS_WORDS[Status(meeting.status)]
    return Conflict(message, field="status", value=meeting.nr, remedy=N_("Look at the meeting's page."), status=words)
