"""Files that are imported after the request (importer): kept until they are in, worked by a job, told of for a week.

A file may say something about persons: its bytes and its mapping go when its rows are in, after a day in any case;
what screening finds is no part of the report. The job acts as the member who brought the file, with the same rights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, LargeBinary, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, jobs, journal
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, NotFound
from forum.foundation.language import N_
from forum.foundation.screening import check
from forum.people.members import Member, Membership
from forum.people.organisations import Organisation
from forum.people.policy import Action, may, require

QUIET = timedelta(seconds=40)
"""A job that says nothing for so long is taken up by another worker (dashboards/jobs.py)."""
FORGET = text("SELECT forget_imports()")


class Status(StrEnum):
    """How far an import has come."""

    WAITING = "waiting"
    WORKING = "working"
    TRIED = "tried"
    """Nothing was saved: it was a trial, or rows were refused."""
    DONE = "done"
    FAILED = "failed"


OPEN = (Status.WAITING, Status.WORKING)


class Import(Base):
    """A file on its way into the register; `organisation_id` is who imports, `partner_id` whose the rows become."""

    __tablename__ = "imports"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    member_id: Mapped[UUID]
    partner_id: Mapped[UUID]
    source: Mapped[str] = mapped_column(info={"free_text": True})
    ending: Mapped[str]
    mapping: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    length: Mapped[int]
    skip_bad: Mapped[bool]
    trial: Mapped[bool]
    status: Mapped[str] = mapped_column(server_default=Status.WAITING)
    lines: Mapped[int] = mapped_column(server_default="0")
    counts: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    report: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())

    @property
    def open(self) -> bool:
        """Tell whether a job is still to come to its end."""
        return self.status in OPEN

    @property
    def figures(self) -> bool:
        """Tell whether it brings figures: a mapping of theirs says of which kind, and none of them is quarantined."""
        if self.mapping is not None:
            return "kind" in self.mapping
        return bool(self.counts) and "quarantined" not in self.counts

    @property
    def quiet(self) -> bool:
        """Tell whether the job has said nothing for so long that its worker must be gone."""
        return self.status == Status.WORKING and clock.now() - self.changed_at > QUIET


@dataclass(frozen=True)
class Brought:
    """A file that was read so far that it can be imported, and what its columns mean."""

    source: str
    ending: str
    content: bytes
    mapping: Mapping[str, Any]
    length: int


def keep(
    session: Session, member: Member, brought: Brought, *, partner: Organisation, skip_bad: bool, trial: bool
) -> Import:
    """Keep a file and let a job import it, or only try it."""
    require(member, Action.DEVIATION_IMPORT)
    check(source=brought.source)
    owner = {"forum_id": member.forum_id, "organisation_id": member.organisation_id, "member_id": member.id}
    kept = Import(**owner, **vars(brought), partner_id=partner.id, skip_bad=skip_bad, trial=trial)
    session.add(kept)
    session.flush()
    _defer(session, member, kept, "keep")
    return kept


def again(session: Session, member: Member, kept: Import, *, skip_bad: bool) -> None:
    """Let a job import a file that was only tried, or that failed."""
    require(member, Action.DEVIATION_IMPORT)
    if kept.member_id != member.id or kept.mapping is None or kept.open:
        raise Conflict(N_("The file is not kept any more."), remedy=N_("Choose it again."))
    _change(session, kept.id, status=Status.WAITING, skip_bad=skip_bad, trial=False, lines=0, counts={}, report=None)
    _defer(session, member, kept, "again")


def all_of(session: Session, member: Member) -> list[Import]:
    """Return the imports of a week that the member may see, the newest first."""
    require(member, Action.DEVIATION_IMPORT)
    return list(session.scalars(select(Import).where(_visible_to(member)).order_by(Import.created_at.desc())))


def get(session: Session, member: Member, import_id: UUID) -> Import:
    """Return an import that the member may see."""
    require(member, Action.DEVIATION_IMPORT)
    found = session.scalar(select(Import).where(Import.id == import_id, _visible_to(member)))
    if found is None:
        raise NotFound
    return found


def _visible_to(member: Member) -> ColumnElement[bool]:
    in_forum = Import.forum_id == member.forum_id
    if may(member, Action.IMPORT_SEE):
        return in_forum
    return in_forum & (Import.organisation_id == member.organisation_id)


def begin(session: Session, import_id: UUID) -> Import | None:
    """Return an import that waits, or whose worker was killed, for the forum's own work; None when it is over."""
    kept = session.scalar(select(Import).where(Import.id == import_id, Import.status.in_(OPEN)))
    if kept is not None:
        _change(session, import_id, status=Status.WORKING, lines=0)
    return kept


def account_of(session: Session, kept: Import) -> UUID:
    """Return the account of the member who brought the file."""
    return session.scalars(select(Membership.account_id).where(Membership.id == kept.member_id)).one()


def note(session: Session, import_id: UUID, lines: int) -> None:
    """Note how many lines of the file are read."""
    _change(session, import_id, lines=lines)


def finish(session: Session, kept: Import, *, saved: bool, counts: Mapping[str, int], report: bytes) -> None:
    """Note what came of an import, in the transaction that saves its rows; then its file is needed no more."""
    gone = {"content": None, "mapping": None} if saved else {}
    _change(session, kept.id, status=Status.DONE if saved else Status.TRIED, counts=dict(counts), report=report, **gone)


def fail(session: Session, import_id: UUID) -> None:
    """Note that an import broke off through a fault of ours."""
    _change(session, import_id, status=Status.FAILED)


def forget(session: Session) -> None:
    """Take away the files of yesterday and the reports of last week, in every forum."""
    session.execute(FORGET)


def _change(session: Session, import_id: UUID, **values: Any) -> None:
    session.execute(update(Import).where(Import.id == import_id).values(changed_at=clock.now(), **values))


def _defer(session: Session, member: Member, kept: Import, action: str) -> None:
    behalf = {"on_behalf": True} if kept.partner_id != member.organisation_id else {}
    facts = {"lines": kept.length, "trial": kept.trial, **behalf}
    journal.write(session, member, journal.Entry(f"import:{action}", "import", kept.id, facts))
    jobs.defer(session, jobs.JobName.IMPORT, member.forum_id, slug=member.forum_slug, **{"import": str(kept.id)})
