"""Documents that a job prints (dokument): asked for by a member, read by that member alone, gone after a day.

What is printed is made from what its audience may see at the moment when it is printed, with the member's own rights.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, LargeBinary, Select, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, jobs, journal
from forum.foundation.audience import Audience
from forum.foundation.database import Base, Moment
from forum.foundation.errors import NotFound
from forum.people import audiences
from forum.people.members import Member, Membership
from forum.people.policy import Action, may, require

FORGET = text("SELECT forget_documents()")


class Kind(StrEnum):
    """What can be printed; a test shows that each has its printer."""

    PICTURE = "picture"
    COMPILED = "compiled"
    COUNCIL = "council"


NEEDS = {
    Kind.PICTURE: Action.PICTURE_READ,
    Kind.COMPILED: Action.MEETING_READ,
    Kind.COUNCIL: Action.COUNCIL_REPORT,
}
"""What a member must be allowed to read in order to have it printed."""


FOR_EVERYBODY = frozenset({Kind.PICTURE, Kind.COUNCIL})
"""What can be made of published sums alone."""


class Status(StrEnum):
    """How far a document has come."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


OPEN = (Status.WAITING, Status.WORKING)


class Document(Base):
    """One document; `wanted` says what is printed, in ids, codes and dates."""

    __tablename__ = "documents"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    member_id: Mapped[UUID]
    kind: Mapped[str]
    audience: Mapped[str]
    language: Mapped[str]
    wanted: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(server_default=Status.WAITING)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    word: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    hash: Mapped[bytes | None] = mapped_column(LargeBinary, Computed("sha256(content)", persisted=True))
    word_hash: Mapped[bytes | None] = mapped_column(LargeBinary, Computed("sha256(word)", persisted=True))

    @property
    def open(self) -> bool:
        """Tell whether it is still to be printed."""
        return self.status in OPEN


def order(
    session: Session, member: Member, kind: Kind, *, audience: Audience, language: str, wanted: Mapping[str, str]
) -> Document:
    """Let a job print a document; whoever asks twice for the same while it is made has it made once."""
    require(member, NEEDS[kind])
    (audiences.require if kind in FOR_EVERYBODY else audiences.require_rows)(member, audience)
    asked = {"kind": kind.value, "audience": audience.value, "language": language, "wanted": dict(wanted)}
    under_way = _of(member).where(Document.status.in_(OPEN)).filter_by(**asked)
    if (found := session.scalar(under_way.limit(1))) is not None:
        return found
    document = Document(forum_id=member.forum_id, member_id=member.id, **asked)
    session.add(document)
    session.flush()
    facts = {"kind": kind, "audience": audience, "wanted": dict(wanted)}
    journal.write(session, member, journal.Entry("document:order", "document", document.id, facts))
    jobs.defer(session, jobs.JobName.PRINT, member.forum_id, slug=member.forum_slug, document=str(document.id))
    return document


def all_of(session: Session, member: Member, kind: Kind | None = None) -> list[Document]:
    """Return the member's own documents of a day, of one kind or of all that they may read, the newest first."""
    kinds = [kind] if kind else [each for each in Kind if may(member, NEEDS[each])]
    for each in kinds:
        require(member, NEEDS[each])
    return list(session.scalars(_of(member).where(Document.kind.in_(kinds)).order_by(Document.created_at.desc())))


def get(session: Session, member: Member, document_id: UUID) -> Document:
    """Return one of the member's own documents."""
    found = session.scalar(_of(member).where(Document.id == document_id))
    if found is None:
        raise NotFound
    require(member, NEEDS[Kind(found.kind)])
    return found


def _of(member: Member) -> Select[Document]:
    mine = (Document.forum_id == member.forum_id, Document.member_id == member.id)
    return select(Document).where(*mine, Document.audience.in_(member.visibilities))


# --- the job's part --------------------------------------------------------------------------------------------------


def begin(session: Session, document_id: UUID) -> Document | None:
    """Return a document that waits, or whose worker was killed, for the forum's own work; None when it is over."""
    found = session.scalar(select(Document).where(Document.id == document_id, Document.status.in_(OPEN)))
    if found is not None:
        _change(session, document_id, status=Status.WORKING)
    return found


def account_of(session: Session, document: Document) -> UUID:
    """Return the account of the member who asked for it."""
    return session.scalars(select(Membership.account_id).where(Membership.id == document.member_id)).one()


def finish(session: Session, document_id: UUID, content: bytes, word: bytes | None = None) -> None:
    """Keep what was printed, and what was written for Word where it is wanted in that form too."""
    _change(session, document_id, status=Status.DONE, content=content, word=word)


def fail(session: Session, document_id: UUID) -> None:
    """Note that it could not be printed."""
    _change(session, document_id, status=Status.FAILED)


def forget(session: Session) -> None:
    """Take away the documents of yesterday, in every forum."""
    session.execute(FORGET)


def _change(session: Session, document_id: UUID, **values: Any) -> None:
    session.execute(update(Document).where(Document.id == document_id).values(changed_at=clock.now(), **values))
