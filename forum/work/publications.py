"""What the public may read (offentlig redovisning): an issue a month, handed in as plain figures, kept with its hash.

An issue never changes: there is no verb for it, and the database grants none. A forum decides whether its page is open;
the issues are made in any case, so that none is missing when it opens.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, journal
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Invalid, NotFound
from forum.foundation.language import N_
from forum.people.agreements import today
from forum.people.forums import Forum
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.work.pictures import hash_of

WAIT = timedelta(days=7)
"""So long after its end a month is closed: what is registered late still comes into it."""
SHOWN = 13
"""Issues that are read at once: a year and the same month before it."""
PUBLISHED = text("SELECT * FROM published(:slug, :most)")


class Publication(Base):
    """One issue; `month` is its first day, `content` what the hash covers."""

    __tablename__ = "publications"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    month: Mapped[date]
    content: Mapped[dict[str, Any]]
    hash: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True)
class Issue:
    """What anybody may read of one month."""

    month: date
    content: dict[str, Any]
    hash: str
    made_on: date


@dataclass(frozen=True)
class Open:
    """A forum whose page is open, and its latest issues, the newest first."""

    forum: str
    demo: bool
    issues: tuple[Issue, ...]


def last_closed(day: date) -> date:
    """Return the first day of the latest month that is closed on a day."""
    return ((day - WAIT).replace(day=1) - timedelta(days=1)).replace(day=1)


def require_closed(month: date) -> None:
    """Refuse what is no closed month: its figures would still change."""
    if month.day != 1 or month > last_closed(today()):
        message, remedy = (
            N_("This month is not closed yet."),
            N_("Choose a month that ended at least %(days)s days ago."),
        )
        raise Invalid(message, field="month", value=f"{month:%Y-%m}", remedy=remedy, days=WAIT.days)


def publish(session: Session, member: Member, month: date, content: Mapping[str, Any]) -> Publication:
    """Keep the issue of a month; one that is there already stays as it is, whoever was quicker."""
    require(member, Action.PUBLICATION_MAKE)
    require_closed(month)
    row = {"month": month, "content": dict(content), "hash": hash_of(content), "made_at": clock.now()}
    added = insert(Publication).values(forum_id=member.forum_id, **row).on_conflict_do_nothing()
    new = session.scalar(added.returning(Publication.id))
    kept = of_month(session, member, month)
    if kept is None:
        raise Conflict(N_("The month could not be published."), remedy=N_("Try again."))
    if new is not None:
        facts = {"month": f"{month:%Y-%m}"}
        journal.write(session, member, journal.Entry("publication:make", "publication", kept.id, facts, kept.hash))
    return kept


def of_month(session: Session, member: Member, month: date) -> Publication | None:
    """Return the issue of a month, where it has been made."""
    require(member, Action.PUBLICATION_READ)
    return session.scalar(
        select(Publication).where(Publication.forum_id == member.forum_id, Publication.month == month)
    )


def made(session: Session, member: Member, first: date, end: date) -> list[Publication]:
    """Return the issues of the months that lie whole within a period, the oldest first."""
    require(member, Action.PUBLICATION_READ)
    inside = (Publication.month >= first, Publication.month + text("interval '1 month'") <= end)
    mine = select(Publication).where(Publication.forum_id == member.forum_id, *inside)
    return list(session.scalars(mine.order_by(Publication.month)))


def open_to_all(session: Session, slug: str, most: int = SHOWN) -> Open:
    """Return what anybody may read of a forum; one whose page is not open is not found, as if it were not there."""
    rows = session.execute(PUBLISHED, {"slug": slug, "most": most}).all()
    if not rows:
        raise NotFound
    issues = [
        Issue(row.month, row.content, bytes(row.hash).hex(), clock.local(row.made_at).date())
        for row in rows
        if row.month is not None
    ]
    return Open(rows[0].forum_name, rows[0].demo, tuple(issues))


def side_by_side(session: Session, slugs: Iterable[str]) -> list[tuple[str, Issue]]:
    """Return the latest month that all those forums have published whose page is open, by the forums' names.

    Nothing where fewer than two are open or no month is in all: a comparison is of the same month, never a ranking.
    """
    found = {}
    for slug in sorted(set(slugs)):
        with suppress(NotFound):
            page = open_to_all(session, slug)
            found[page.forum] = {issue.month: issue for issue in page.issues}
    common = set.intersection(*map(set, found.values())) if len(found) > 1 else set()
    return [(name, found[name][max(common)]) for name in sorted(found)] if common else []


def is_open(session: Session, member: Member) -> bool:
    """Tell whether everybody may read the forum's issues."""
    return bool(session.scalar(select(Forum.public_page).where(Forum.id == member.forum_id)))


def set_open(session: Session, member: Member, *, to_all: bool) -> None:
    """Decide whether everybody may read the forum's issues."""
    require(member, Action.PUBLICATION_OPEN)
    session.execute(update(Forum).where(Forum.id == member.forum_id).values(public_page=to_all))
    action = "publication:open" if to_all else "publication:close"
    journal.write(session, member, journal.Entry(action, "forum", member.forum_id, {}))


def digests(session: Session) -> Generator[tuple[UUID, bytes], None, None]:
    """Yield every issue that the session may see with its hash as it stands, for the journal's verifier."""
    for issue in session.scalars(select(Publication)):
        yield issue.id, hash_of(issue.content)
