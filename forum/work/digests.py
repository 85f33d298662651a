"""The weekly digest (veckobrev): what came of an organisation's deviations, to each of its members who wants it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.foundation import clock
from forum.people import letters, subscriptions
from forum.people.letters import Kind, Letter
from forum.people.members import Membership
from forum.people.subscriptions import Topic

MONDAY = time(7)
"""When the letters about the week before leave, on the clock on a Swedish wall."""
WEEK = timedelta(days=7)


def last_week(now: datetime) -> date:
    """Return the Monday of the last week whose letters may leave."""
    wall = clock.local(now)
    monday = wall.date() - timedelta(days=wall.weekday())
    began = datetime.combine(monday, MONDAY, tzinfo=clock.ZONE)
    return monday - (WEEK if wall >= began else 2 * WEEK)


def span(monday: date) -> tuple[datetime, datetime]:
    """Return when the week begins and when it has ended."""
    first, end = (datetime.combine(day, time(), tzinfo=clock.ZONE) for day in (monday, monday + WEEK))
    return first, end


def write_letters(session: Session, forum_id: UUID, now: datetime) -> None:
    """Put a letter about the last week on its way to each member who wants one; one for a week, whoever asks again.

    Whether anything happened is found out when it is sent, with the reader's rights: if not, it is dropped.
    """
    monday = last_week(now)
    members = select(Membership.id).where(
        Membership.forum_id == forum_id, Membership.ended_at.is_(None), Membership.created_at < span(monday)[1],
        Membership.id.not_in(subscriptions.without(Topic.DIGEST)),
    )  # fmt: skip
    for member_id in session.scalars(members):
        letters.write(session, forum_id, Kind.DIGEST, f"{monday:%G-W%V}:{member_id}", member_id=member_id)


def week_of(letter: Letter) -> date:
    """Return the Monday of the week that a letter is about."""
    return date.fromisoformat(f"{letter.key.split(':')[1]}-1")
