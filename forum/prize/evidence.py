"""Evidence (underlag): what a nomination rests on, each a snapshot that everybody may see, numbered as it was added.

Of what the forum has, only figures that single out nobody are taken along: counts of at least five deviations, from at
least two organisations. Of a card the counts of an area stand together, before and after, or not at all; without those
of the place and of the control its sentence stands alone. A snapshot says which row it was made of and that row's hash,
so that it can be compared. Where a card's areas lie is for the jury alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import journal
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Invalid, NotFound
from forum.foundation.language import N_
from forum.people.policy import Action, require
from forum.prize import nominations, papers
from forum.prize.contents import require_writable
from forum.prize.editions import Edition
from forum.prize.jury import Officer
from forum.prize.nominations import Nomination, Nominator
from forum.register.deviations import checked_text

MOST = 20
TITLE_LENGTH = 160
WHERE = "where"
"""What of a snapshot the public is not told: the areas of a card with the ground under their map."""
FEWEST, FROM = 5, 2
"""A count is shown from so many deviations, of so many organisations."""


class Kind(StrEnum):
    """What a piece of evidence is."""

    EFFECT = "effect"
    PICTURE = "picture"
    DECISION = "decision"
    MINUTES = "minutes"
    PUBLICATION = "publication"
    DOCUMENT = "document"


KIND_WORDS = {
    Kind.EFFECT: N_("Effect card"),
    Kind.PICTURE: N_("Frozen situational picture"),
    Kind.DECISION: N_("Decision of a meeting"),
    Kind.MINUTES: N_("Sealed minutes"),
    Kind.PUBLICATION: N_("Published month"),
    Kind.DOCUMENT: N_("Document"),
}


class Evidence(Base):
    """One piece; `content` is what its readers are shown, `source_id` the row that it was made of."""

    __tablename__ = "evidence"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    edition_id: Mapped[UUID]
    nomination_id: Mapped[UUID]
    nr: Mapped[int]
    kind: Mapped[str]
    title: Mapped[str] = mapped_column(info={"free_text": True})
    forum_id: Mapped[UUID | None]
    source_id: Mapped[UUID | None]
    source_hash: Mapped[bytes | None]
    content: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    document: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    hash: Mapped[bytes]
    added_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())

    @property
    def public(self) -> dict[str, Any]:
        """Return what everybody is shown of it once it is known."""
        return {name: value for name, value in self.content.items() if name != WHERE}

    @property
    def named(self) -> dict[str, Any]:
        """Return what a pack says of it."""
        source = None if self.source_id is None else str(self.source_id)
        held = None if self.source_hash is None else bytes(self.source_hash).hex()
        return {"nr": self.nr, "kind": self.kind, "source": source, "source_hash": held, "hash": bytes(self.hash).hex()}


@dataclass(frozen=True)
class Snapshot:
    """What a piece of evidence is made of, before it is kept."""

    kind: Kind
    title: str
    source_id: UUID
    source_hash: bytes | None
    content: dict[str, Any] = field(default_factory=dict)


def shown(count: int, reporters: int) -> bool:
    """Tell whether a count may be shown to everybody."""
    return count >= FEWEST and reporters >= FROM


def add(session: Session, nomination: Nomination, edition: Edition, made: Snapshot) -> Evidence:
    """Add a snapshot; the same source twice is refused."""
    require_writable(session, nomination, edition)
    named = select(Evidence.nr).where(Evidence.nomination_id == nomination.id, Evidence.source_id == made.source_id)
    if session.scalar(named) is not None:
        message, remedy = N_("This is among the evidence already."), N_("Look at the list.")
        raise Conflict(message, field="evidence", value=made.title, remedy=remedy)
    hashed = hashlib.sha256(journal.canonical(made.content)).digest()
    title = checked_text(made.title, "evidence")[:TITLE_LENGTH]
    source = {"forum_id": nomination.forum_id, "source_id": made.source_id, "source_hash": made.source_hash}
    return _keep(
        session, nomination, Evidence(kind=made.kind, title=title, content=made.content, hash=hashed, **source)
    )


def bring(session: Session, nomination: Nomination, edition: Edition, *, title: str, document: bytes) -> Evidence:
    """Add a document: a PDF that does nothing but be read."""
    require_writable(session, nomination, edition)
    title = " ".join(checked_text(title, "evidence_title", TITLE_LENGTH).split())
    if not title:
        message, remedy = N_("The document needs a name."), N_("Write what it is, in a few words.")
        raise Invalid(message, field="evidence_title", value="", remedy=remedy)
    pages = papers.require_plain(document)
    content = {"pages": pages, "bytes": len(document)}
    hashed = hashlib.sha256(document).digest()
    kept = Evidence(kind=Kind.DOCUMENT, title=title, content=content, document=document, hash=hashed)
    return _keep(session, nomination, kept)


def _keep(session: Session, nomination: Nomination, kept: Evidence) -> Evidence:
    numbers = list(session.scalars(select(Evidence.nr).where(Evidence.nomination_id == nomination.id)))
    if len(numbers) >= MOST:
        message, remedy = N_("These are too many pieces of evidence."), N_("Keep at most %(most)s.")
        raise Invalid(message, field="evidence", value=len(numbers) + 1, remedy=remedy, most=MOST)
    kept.edition_id, kept.nomination_id, kept.nr = nomination.edition_id, nomination.id, max(numbers, default=0) + 1
    session.add(kept)
    session.flush()
    nominations.change(session, nomination)
    nominations.note(session, nomination, "evidence", bytes(kept.hash))
    return kept


def remove(session: Session, nomination: Nomination, edition: Edition, nr: int) -> None:
    """Take a piece away from a draft; the numbers of the others stay."""
    require_writable(session, nomination, edition)
    gone = delete(Evidence).where(Evidence.nomination_id == nomination.id, Evidence.nr == nr)
    if session.scalar(gone.returning(Evidence.id)) is None:
        raise NotFound
    nominations.change(session, nomination)


def of_nomination(session: Session, by: Officer | Nominator, nomination: Nomination) -> list[Evidence]:
    """Return the evidence of a nomination by number, as far as it opens to whoever asks."""
    require(by, Action.NOMINATION_READ)
    return list(session.scalars(select(Evidence).where(Evidence.nomination_id == nomination.id).order_by(Evidence.nr)))


def sources_of(session: Session, by: Officer | Nominator, nomination: Nomination) -> set[UUID]:
    """Return which rows of the register the evidence of a nomination was made of."""
    return {each.source_id for each in of_nomination(session, by, nomination) if each.source_id is not None}


def get(session: Session, by: Officer | Nominator, nomination: Nomination, nr: int) -> Evidence:
    """Return one piece of evidence."""
    found = next((each for each in of_nomination(session, by, nomination) if each.nr == nr), None)
    if found is None:
        raise NotFound
    return found
