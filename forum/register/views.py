"""Selections kept under a name (sparade urval): a member's own, and those that are there for everybody in the forum."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import unquote_plus
from uuid import UUID

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import journal
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Invalid, NotFound
from forum.foundation.language import N_
from forum.foundation.plain import storable
from forum.foundation.screening import check
from forum.people.members import Member
from forum.people.policy import Action, may, require

MOST, LONGEST_NAME, LONGEST_QUERY = 30, 60, 2000


class View(Base):
    """A selection with its name; `query` is what stands behind the question mark of the map's address."""

    __tablename__ = "views"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    member_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(info={"free_text": True})
    query: Mapped[str] = mapped_column(info={"free_text": True})
    shared: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


def all_of(session: Session, member: Member) -> list[View]:
    """Return the selections that the member can choose, by name."""
    require(member, Action.DEVIATION_READ)
    seen = or_(View.shared, View.member_id == member.id)
    query = select(View).where(View.forum_id == member.forum_id, seen)
    return list(session.scalars(query.order_by(func.lower(View.name), View.id)))


def keep(session: Session, member: Member, *, name: str, query: str, shared: bool = False) -> View:
    """Keep a selection under a name."""
    require(member, Action.VIEW_SHARE if shared else Action.VIEW_KEEP)
    name = _named(name)
    query = storable(query, "query")
    if len(query) > LONGEST_QUERY:
        raise Invalid(N_("The selection is too long."), field="query", value=len(query), remedy=N_("Choose less."))
    check(query=unquote_plus(query))
    _require_room(session, member, name)
    view = View(forum_id=member.forum_id, member_id=member.id, name=name, query=query, shared=shared)
    session.add(view)
    session.flush()
    journal.write(session, member, journal.Entry("view:keep", "view", view.id, {"shared": shared}))
    return view


def _named(name: str) -> str:
    name = storable(name, "name").strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        remedy = N_("Write a name of at most %(most)s characters.")
        raise Invalid(N_("The selection needs a name."), field="name", value=name, remedy=remedy, most=LONGEST_NAME)
    check(name=name)
    return name


def _require_room(session: Session, member: Member, name: str) -> None:
    mine = list(session.scalars(select(View.name).where(View.member_id == member.id)))
    if name in mine:
        message = N_("You have a selection of this name already.")
        raise Conflict(message, field="name", value=name, remedy=N_("Choose another name, or remove the old one."))
    if len(mine) >= MOST:
        message = N_("You have kept as many selections as there is room for.")
        raise Conflict(message, field="name", value=len(mine), remedy=N_("Remove one that you no longer use."))


def remove(session: Session, member: Member, view_id: UUID) -> None:
    """Remove a selection of one's own, or one for everybody where the role allows it."""
    view = session.scalar(select(View).where(View.id == view_id, View.forum_id == member.forum_id))
    if view is None or not (may(member, Action.VIEW_SHARE) if view.shared else view.member_id == member.id):
        raise NotFound
    require(member, Action.VIEW_KEEP)
    session.execute(delete(View).where(View.id == view_id))
    journal.write(session, member, journal.Entry("view:remove", "view", view_id, {}))
