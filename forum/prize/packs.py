"""Sealed packs (förseglade underlag): what was sent in, by its digests; made at each sending in, never changed.

A pack holds no words: of each part a salted digest, of each piece of evidence its hash and its source's. So what was
sent in can be erased one day, and the seal still verifies.
"""

from __future__ import annotations

import secrets
from collections.abc import Generator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, journal
from forum.foundation.database import Base, Moment
from forum.prize.contents import Content
from forum.prize.evidence import Evidence
from forum.prize.nominations import Nomination
from forum.work.pictures import hash_of


class Pack(Base):
    """What a nomination said and rested on when it was sent in; `content` is what the hash covers."""

    __tablename__ = "packs"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    edition_id: Mapped[UUID]
    nomination_id: Mapped[UUID]
    nr: Mapped[int]
    content: Mapped[dict[str, Any]]
    salt: Mapped[bytes]
    hash: Mapped[bytes]
    sealed_at: Mapped[datetime] = mapped_column(Moment)


def seal(session: Session, nomination: Nomination, answer: str = "") -> Pack:
    """Seal what is sent in now, with the answer to what was asked for where there is one."""
    salt, at = secrets.token_bytes(16), clock.now()
    last = session.scalar(select(func.max(Pack.nr)).where(Pack.nomination_id == nomination.id)) or 0
    content = said(session, nomination, salt, answer) | {"nr": last + 1, "sealed_at": clock.stamp(at)}
    pack = Pack(
        edition_id=nomination.edition_id,
        nomination_id=nomination.id,
        nr=last + 1,
        content=content,
        salt=salt,
        hash=hash_of(content),
        sealed_at=at,
    )
    session.add(pack)
    session.flush()
    entry = journal.Entry("pack:seal", "pack", pack.id, {"nr": pack.nr, "nomination": str(nomination.id)}, pack.hash)
    journal.write_edition(session, nomination.edition_id, None, entry)
    return pack


def said(session: Session, nomination: Nomination, salt: bytes, answer: str = "") -> dict[str, Any]:
    """Return what a pack of the nomination as it stands now says."""
    found = session.scalar(select(Content).where(Content.nomination_id == nomination.id))
    parts = found.parts if found else {}
    records = found.records if found else []
    held = session.scalars(select(Evidence).where(Evidence.nomination_id == nomination.id).order_by(Evidence.nr))
    words = {"title": nomination.title, "organisations": nomination.organisations, "answer": answer, **parts}
    return {
        "nomination": str(nomination.id),
        "words": {name: journal.digest_of(bytes(salt), {"words": each}).hex() for name, each in words.items()},
        "records": journal.digest_of(bytes(salt), {"records": records}).hex(),
        "evidence": [each.named for each in held],
    }


def of_nomination(session: Session, nomination: Nomination) -> list[Pack]:
    """Return the packs of a nomination, the latest first."""
    return list(session.scalars(select(Pack).where(Pack.nomination_id == nomination.id).order_by(Pack.nr.desc())))


def intact(session: Session, nomination: Nomination, pack: Pack, answer: str = "") -> bool:
    """Tell whether what stands now is what was sealed."""
    now = said(session, nomination, pack.salt, answer)
    return hash_of(pack.content) == bytes(pack.hash) and now == {name: pack.content.get(name) for name in now}


def digests(session: Session) -> Generator[tuple[UUID, bytes], None, None]:
    """Yield every pack that the session may see with its seal as it stands, for the journal's verifier."""
    for pack in session.scalars(select(Pack)):
        yield pack.id, hash_of(pack.content)
