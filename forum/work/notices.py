"""Notices (notiser): that something happened which somebody is told; who reads them is in `news`.

A notice goes to organisations and to those who lead the forum, not to persons: a promise is an organisation's, and
whoever joins it tomorrow has to know of it too. Each member has read it or not; whoever did it has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, Uuid, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import jobs
from forum.foundation.database import Base, Moment
from forum.people.members import Member


class Kind(StrEnum):
    """What a notice tells."""

    ASSIGNED = "assigned"
    OVERDUE = "overdue"
    REOPENED = "reopened"
    DECLINED = "declined"
    HANDED_OVER = "handed_over"


@dataclass(frozen=True)
class Told:
    """What is told of a step with a measure, and to whom."""

    kind: Kind
    owner: bool = False
    proposer: bool = False
    reporters: bool = False
    """The organisations whose deviations the measure answers."""
    leaders: bool = False


class Notice(Base):
    """Something that happened to a measure or a place, and who is told."""

    __tablename__ = "notices"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    kind: Mapped[str]
    measure_id: Mapped[UUID | None]
    place_id: Mapped[UUID | None]
    organisations: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    leaders: Mapped[bool]
    due_on: Mapped[date | None]
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


class Read(Base):
    """That a member has read a notice."""

    __tablename__ = "notice_reads"

    notice_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    forum_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


def tell(
    session: Session,
    member: Member,
    kind: Kind,
    *,
    measure: UUID | None = None,
    place: UUID | None = None,
    to: Iterable[UUID],
    leaders: bool,
    due_on: date | None = None,
) -> None:
    """Tell what the member did, or that a day has passed; the same day of a measure is told once."""
    notice, about = uuid4(), {"measure_id": measure, "place_id": place, "due_on": due_on}
    whom = {"organisations": sorted(set(to)), "leaders": leaders}
    row = insert(Notice).values(id=notice, forum_id=member.forum_id, kind=kind.value, **about, **whom)
    # nothing is returned: whoever answers by a link tells, and reads no notice
    session.flush()
    if session.connection().execute(row.on_conflict_do_nothing().inline()).rowcount:
        mark_read(session, member, [notice])
        jobs.defer(session, jobs.JobName.NOTICE, member.forum_id, beside=str(notice), notice=str(notice))


def mark_read(session: Session, member: Member, notice_ids: Iterable[UUID]) -> None:
    """Note that the member has read them; the forum's own work and whoever answers by a link read none."""
    rows = [{"notice_id": each, "member_id": member.id, "forum_id": member.forum_id} for each in notice_ids]
    if rows and member.id is not None:
        session.execute(insert(Read).values(rows).on_conflict_do_nothing())
