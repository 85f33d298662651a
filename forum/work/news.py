"""What a member is told (nyheter): the notices of the last half year that are for them and that they may see today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, and_, any_, func, or_, select
from sqlalchemy.orm import Session

from forum.foundation import clock
from forum.foundation.errors import NotFound
from forum.people import letters, subscriptions
from forum.people.members import Member, Membership
from forum.people.policy import LEADERS, WRITERS, Action, Role, require
from forum.people.subscriptions import Topic
from forum.register import places
from forum.register.places import Place
from forum.work import measures, notices
from forum.work.links import ASKED
from forum.work.measures import Measure
from forum.work.notices import Kind, Notice, Read

SHOWN = 100
"""Notices on the page at most, the newest."""
RECENT = timedelta(days=30)
"""Every page counts what is unread of so long: older ones stand on the page of notices, and no longer call."""


@dataclass(frozen=True)
class News:
    """One notice with what it is about, and whether the member has read it."""

    notice: Notice
    measure: Measure | None
    place: Place
    read: bool


def all_of(session: Session, member: Member) -> list[News]:
    """Return what the member is told, the newest first."""
    rows = session.execute(_query(member).order_by(Notice.at.desc(), Notice.id).limit(SHOWN))
    return [News(notice, measure, place, read) for notice, measure, place, read in rows]


def get(session: Session, member: Member, notice_id: UUID) -> News:
    """Return one notice, if the member is told of it and may see what it is about."""
    found = session.execute(_query(member).where(Notice.id == notice_id)).one_or_none()
    if found is None:
        raise NotFound
    notice, measure, place, read = found
    return News(notice, measure, place, read)


def unread(session: Session, member: Member) -> int:
    """Return how many the member has not read, of the last weeks."""
    lately = Notice.at > clock.now() - RECENT
    waiting = _query(member).where(Read.notice_id.is_(None), lately).limit(SHOWN)
    return session.scalar(select(func.count()).select_from(waiting.with_only_columns(Notice.id).subquery())) or 0


def mark_read(session: Session, member: Member, shown: list[News]) -> None:
    """Note that the member has read these."""
    notices.mark_read(session, member, [news.notice.id for news in shown if not news.read])


def _query(member: Member) -> Select[Notice, Measure, Place, bool]:
    """Return the question for the member's notices; the row policies of notices, measures and places ask that too."""
    require(member, Action.MEASURE_READ)
    mine = any_(Notice.organisations) == member.organisation_id
    told = or_(mine, Notice.leaders) if member.role in LEADERS else mine
    return (
        select(Notice, Measure, Place, Read.notice_id.is_not(None))
        .outerjoin(Measure, Measure.id == Notice.measure_id)
        .join(Place, Place.id == func.coalesce(Notice.place_id, Measure.place_id))
        .outerjoin(Read, and_(Read.notice_id == Notice.id, Read.member_id == member.id))
        .where(Notice.forum_id == member.forum_id, told, places.visible(member))
        .where(or_(Notice.measure_id.is_(None), measures.visible(member)))
    )


# --- by the forum's own work ------------------------------------------------------------------------------------------


def write_letters(session: Session, notice_id: UUID) -> None:
    """Put a letter on its way to each member who is told, writes in the forum, wants mail and has not read it."""
    notice = session.get_one(Notice, notice_id)
    of_them = Membership.organisation_id.in_(notice.organisations)
    told = or_(of_them, Membership.role.in_(LEADERS)) if notice.leaders else of_them
    has_read = select(Read.member_id).where(Read.notice_id == notice_id)
    members = select(Membership.id).where(
        Membership.forum_id == notice.forum_id, Membership.ended_at.is_(None), Membership.role.in_(WRITERS), told,
        Membership.id.not_in(has_read), Membership.id.not_in(subscriptions.without(Topic.NOTICES)),
    )  # fmt: skip
    for member_id in session.scalars(members):
        key = f"{notice_id}:{member_id}"
        letters.write(session, notice.forum_id, letters.Kind.NOTICE, key, about=notice_id, member_id=member_id)


def note_overdue(session: Session, worker: Member) -> None:
    """Tell of every measure whose day has passed since it was promised or asked for; of the same day once."""
    assert worker.role is Role.SYSTEM
    for measure in measures.all_of(session, worker, tuple(ASKED)):
        if measure.overdue:
            to, day = {measure.owner_id}, measure.due_on
            notices.tell(session, worker, Kind.OVERDUE, measure=measure.id, to=to, leaders=True, due_on=day)
