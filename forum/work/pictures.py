"""Frozen pictures (frysta lägesbilder): the figures of a period as a meeting saw them, with what was written to them.

The law asks for three parts: mapping, other relevant information, and analysis (2023:196). The first is handed in as
plain figures, counted for an audience; the other two are written here. A frozen picture never changes: there is no verb
for it, and the database grants none. What the hash covers holds no free text: of the written parts a salted digest.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Generator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, journal
from forum.foundation.audience import Audience
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Invalid, NotFound, raise_all
from forum.foundation.language import N_
from forum.people import agreements, audiences
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register.deviations import checked_text

PART_LENGTH = 4000
PARTS = {"other": N_("Other relevant information"), "analysis": N_("Analysis")}
"""The written parts in the words that people read."""


class FrozenPicture(Base):
    """One frozen picture; `content` is what the hash covers."""

    __tablename__ = "pictures"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    audience: Mapped[str]
    first_day: Mapped[date]
    end_day: Mapped[date]
    content: Mapped[dict[str, Any]]
    other: Mapped[str] = mapped_column(info={"free_text": True})
    analysis: Mapped[str] = mapped_column(info={"free_text": True})
    salt: Mapped[bytes]
    hash: Mapped[bytes]
    frozen_at: Mapped[datetime] = mapped_column(Moment)
    meeting_id: Mapped[UUID | None]

    @property
    def figures(self) -> dict[str, Any]:
        """Return the figures as they were handed in."""
        found: dict[str, Any] = self.content["figures"]
        return found

    @property
    def seal(self) -> bytes:
        """Return the hash over figures and written parts as they stand now."""
        return hash_of(self.content | {"parts": {name: _digest(self.salt, getattr(self, name)) for name in PARTS}})

    @property
    def intact(self) -> bool:
        """Tell whether they are still those that were frozen."""
        return self.seal == bytes(self.hash)


def hash_of(content: Mapping[str, Any]) -> bytes:
    """Return the hash over what is frozen, written the one way that it can be."""
    return hashlib.sha256(journal.canonical(dict(content))).digest()


def _digest(salt: bytes, words: str) -> str:
    return journal.digest_of(bytes(salt), {"words": words}).hex()


def freeze(session: Session, member: Member, figures: Mapping[str, Any], *, other: str, analysis: str) -> FrozenPicture:
    """Freeze a picture with its written parts, for the audience that its figures were counted for."""
    require(member, Action.PICTURE_FREEZE)
    agreements.require_in_force(session, member)
    audiences.require(member, Audience(figures["audience"]))
    return _freeze(session, member, figures, _written({"other": other, "analysis": analysis}))


def keep(session: Session, member: Member, figures: Mapping[str, Any], *, meeting_id: UUID) -> FrozenPicture:
    """Freeze the figures as a meeting saw them; what is written to a picture comes with the one that is adopted."""
    require(member, Action.MEETING_LEAD)
    audiences.require(member, Audience(figures["audience"]))
    return _freeze(session, member, figures, dict.fromkeys(PARTS, ""), meeting_id)


def _freeze(
    session: Session,
    member: Member,
    figures: Mapping[str, Any],
    written: dict[str, str],
    meeting_id: UUID | None = None,
) -> FrozenPicture:
    salt, at, audience = secrets.token_bytes(16), clock.now(), Audience(figures["audience"])
    parts = {name: _digest(salt, words) for name, words in written.items()}
    content = {"figures": dict(figures), "parts": parts, "audience": audience.value, "frozen_at": clock.stamp(at)}
    first, end = (date.fromisoformat(figures["period"][name]) for name in ("first", "end"))
    ids = {"forum_id": member.forum_id, "organisation_id": member.organisation_id, "meeting_id": meeting_id}
    sealed = {"content": content, "salt": salt, "hash": hash_of(content), "frozen_at": at, "audience": audience.value}
    frozen = FrozenPicture(**ids, **written, **sealed, first_day=first, end_day=end)
    session.add(frozen)
    session.flush()
    facts = {"audience": audience, "first": first.isoformat(), "end": end.isoformat()}
    journal.write(session, member, journal.Entry("picture:freeze", "picture", frozen.id, facts, frozen.hash))
    return frozen


def note_handed_out(session: Session, member: Member, figures: Mapping[str, Any], *, rows: int) -> None:
    """Note in the journal that the deviations behind a picture leave in a file, one by one."""
    facts = {"form": "map", "audience": figures["audience"], "period": figures["period"], "rows": rows}
    journal.write(session, member, journal.Entry("read:export", "picture", None, facts))


def _written(parts: Mapping[str, str]) -> dict[str, str]:
    """Return the written parts; refuses an empty one by its name, all of them at once."""
    written = {name: checked_text(words, name, PART_LENGTH) for name, words in parts.items()}
    message, remedy = N_("The part %(part)s is empty."), N_("Write it, or say why there is nothing to write.")
    raise_all(
        [Invalid(message, field=name, remedy=remedy, part=PARTS[name]) for name, words in written.items() if not words]
    )
    return written


def all_of(session: Session, member: Member) -> list[FrozenPicture]:
    """Return the forum's written pictures that the member is among the audience of, the latest first."""
    require(member, Action.PICTURE_READ)
    written = _seen(member).where(FrozenPicture.meeting_id.is_(None))
    return list(session.scalars(written.order_by(FrozenPicture.frozen_at.desc())))


def get(session: Session, member: Member, reference: UUID) -> FrozenPicture:
    """Return a frozen picture."""
    require(member, Action.PICTURE_READ)
    found = session.scalar(_seen(member).where(FrozenPicture.id == reference))
    if found is None:
        raise NotFound
    return found


def digests(session: Session) -> Generator[tuple[UUID, bytes], None, None]:
    """Yield every frozen picture that the session may see with its seal as it stands, for the journal's verifier."""
    for frozen in session.scalars(select(FrozenPicture)):
        yield frozen.id, frozen.seal


def _seen(member: Member) -> Select[FrozenPicture]:
    mine = (FrozenPicture.forum_id == member.forum_id, FrozenPicture.audience.in_(member.visibilities))
    return select(FrozenPicture).where(*mine)
