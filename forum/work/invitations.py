"""Calling the forum together (kallelse): every member is written to, also when the meeting is moved or cancelled.

The letters hold neither words nor addresses: the invitation is made when each is sent, from the meeting as it then is.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from forum.people import letters, subscriptions
from forum.people.letters import Kind
from forum.people.members import Member, Membership
from forum.people.policy import Action, require
from forum.people.subscriptions import Topic
from forum.register import steps
from forum.work import meetings
from forum.work.meetings import Meeting, Status


def send(session: Session, member: Member, meeting: Meeting, version: int | None = None) -> Meeting:
    """Call the members to a meeting that is planned; from now on those who were called hear of each change of it."""
    require(member, Action.MEETING_PLAN)
    steps.hold(session, meeting, version)
    meetings.require_status(meeting, Status.PLANNED)
    steps.take(session, member, meeting, "invite", new={"invited": True})
    meetings.tell(session, meeting)
    return meeting


def write_letters(session: Session, meeting_id: UUID) -> None:
    """Write to every member that the forum meets, meets at another time, or does not; by the forum's own work."""
    meeting = session.get_one(Meeting, meeting_id)
    for member_id in session.scalars(_members(meeting.forum_id)):
        key = f"{meeting.id}:{meeting.sequence}:{member_id}"
        letters.write(session, meeting.forum_id, Kind.INVITATION, key, about=meeting.id, member_id=member_id)


def announce_minutes(session: Session, meeting: Meeting) -> None:
    """Write to the members, but for those who want no notices by mail, that the minutes of a meeting are sealed."""
    wanted = _members(meeting.forum_id).where(Membership.id.not_in(subscriptions.without(Topic.NOTICES)))
    for member_id in session.scalars(wanted):
        key = f"{meeting.id}:{member_id}"
        letters.write(session, meeting.forum_id, Kind.MINUTES, key, about=meeting.id, member_id=member_id)


def _members(forum_id: UUID) -> Select[UUID]:
    return select(Membership.id).where(Membership.forum_id == forum_id, Membership.ended_at.is_(None))
