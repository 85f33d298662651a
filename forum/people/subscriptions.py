"""What members want by mail (prenumerationer): notices, and the weekly digest; who has said nothing wants both."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation.database import Base
from forum.people.members import Member


class Topic(StrEnum):
    """What can be had by mail, and declined."""

    NOTICES = "notices"
    DIGEST = "digest"


class Subscription(Base):
    """What one member has chosen."""

    __tablename__ = "subscriptions"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    forum_id: Mapped[UUID]
    notices: Mapped[bool] = mapped_column(server_default="true")
    digest: Mapped[bool] = mapped_column(server_default="true")


def of(session: Session, member: Member) -> dict[Topic, bool]:
    """Return what the member wants."""
    chosen = session.scalar(select(Subscription).where(Subscription.member_id == member.id))
    return {topic: chosen is None or bool(getattr(chosen, topic)) for topic in Topic}


def choose(session: Session, member: Member, wanted: dict[Topic, bool]) -> None:
    """Choose what one wants by mail."""
    assert member.id is not None
    _put(session, member.forum_id, member.id, wanted)


def decline(session: Session, forum_id: UUID, member_id: UUID, topic: Topic) -> None:
    """Note that the member wants no more of it, by the forum's own work."""
    _put(session, forum_id, member_id, {topic: False})


def without(topic: Topic) -> Select[UUID]:
    """Return the question for the members who want none of it."""
    return select(Subscription.member_id).where(getattr(Subscription, topic).is_(False))


def _put(session: Session, forum_id: UUID, member_id: UUID, wanted: dict[Topic, bool]) -> None:
    new = {topic.value: chosen for topic, chosen in wanted.items()}
    row = insert(Subscription).values(member_id=member_id, forum_id=forum_id, **new)
    session.execute(row.on_conflict_do_update(index_elements=["member_id"], set_=new))
