"""A forum: one district's partnership (trygghetsforum). Many live in one installation."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import journal
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Invalid, NotFound
from forum.foundation.language import N_

SLUG = re.compile(r"[a-z][a-z0-9-]{1,39}")
RESERVED = frozenset(
    {
        "api",
        "avanmal",
        "basemap",
        "calendar",
        "en",
        "feeds",
        "healthz",
        "lank",
        "logga-in",
        "logga-ut",
        "ogc",
        "open311",
        "priset",
        "public",
        "readyz",
        "sprak",
        "static",
        "svar",
        "tillganglighet",
        "words",
    }
)
"""First parts of addresses that mean something else."""


class Forum(Base):
    """One district's partnership."""

    __tablename__ = "forums"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(info={"free_text": True})
    demo: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    public_page: Mapped[bool] = mapped_column(server_default="false")


def create(session: Session, *, slug: str, name: str, demo: bool = False) -> Forum:
    """Make a forum; real and demo forums never share a database."""
    if not SLUG.fullmatch(slug) or slug in RESERVED:
        remedy = N_("Use 2 to 40 small letters a-z, digits and hyphens, beginning with a letter, for example farsta.")
        raise Invalid(N_("This cannot be a forum's short name."), field="slug", value=slug, remedy=remedy)
    if session.scalar(select(exists().where(Forum.demo.is_(not demo)))):
        raise Conflict(
            N_("Demo forums and real forums never share a database."),
            remedy=N_("Use a data directory of its own."),
        )
    if session.scalar(select(exists().where(Forum.slug == slug))):
        remedy = N_("Choose another short name.")
        raise Conflict(N_("There is a forum of this name already."), field="slug", value=slug, remedy=remedy)
    forum = Forum(slug=slug, name=name, demo=demo)
    session.add(forum)
    session.flush()
    journal.write_installation(session, "forum:create", "forum", forum.id, slug=slug, demo=demo)
    return forum


def of_slug(session: Session, slug: str) -> Forum:
    """Return the forum of the short name, if the reader may know of it."""
    forum = session.scalar(select(Forum).where(Forum.slug == slug))
    if forum is None:
        raise NotFound
    return forum


def of_id(session: Session, forum_id: UUID) -> Forum:
    """Return the forum of the id, if the reader may know of it."""
    forum = session.scalar(select(Forum).where(Forum.id == forum_id))
    if forum is None:
        raise NotFound
    return forum


def ids(session: Session) -> list[UUID]:
    """Return the ids of every forum, for the operator."""
    return list(session.scalars(select(Forum.id)))


def mine(session: Session) -> list[Forum]:
    """Return the forums that the signed-in person is a member of."""
    return list(session.scalars(select(Forum).order_by(Forum.name)))


def is_demo(session: Session) -> bool:
    """Tell whether the database is a demo's: then everything in it is invented."""
    return bool(session.scalar(func.is_demo()))
