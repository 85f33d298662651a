"""The protocol of the jury's deliberation (protokollet): lines of one nomination, or of the meeting as a whole."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Identity, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import journal
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from forum.people.policy import Action, require
from forum.prize import editions, ties
from forum.prize.editions import Edition, Phase
from forum.prize.jury import Officer
from forum.prize.nominations import Nomination
from forum.register.deviations import checked_text


class Line(Base):
    """One thing that was said; without a nomination, of the meeting as a whole."""

    __tablename__ = "protocol_lines"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    nr: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    edition_id: Mapped[UUID]
    nomination_id: Mapped[UUID | None]
    by_id: Mapped[UUID]
    words: Mapped[str] = mapped_column(info={"free_text": True})
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


def of(session: Session, officer: Officer) -> list[Line]:
    """Return the lines that the reader may see, as they were written."""
    require(officer, Action.ASSESSMENT_READ)
    return list(session.scalars(select(Line).where(Line.edition_id == officer.edition_id).order_by(Line.nr)))


def write(
    session: Session, officer: Officer, edition: Edition, words: str, nomination: Nomination | None = None
) -> Line:
    """Write down what was said, of a nomination that is open to the writer or of the meeting as a whole."""
    require(officer, Action.PROTOCOL_WRITE)
    if nomination is not None:
        ties.require_open(session, officer, nomination)
    editions.require_quorate(edition, Phase.DECIDING)
    words = checked_text(words, "words")
    if not words:
        raise Invalid(N_("Nothing is written."), field="words", remedy=N_("Write what was said."))
    about = nomination.id if nomination else None
    line = Line(edition_id=edition.id, nomination_id=about, by_id=officer.office_id, words=words)
    session.add(line)
    session.flush()
    told = {"nomination": str(about) if about else None}
    editions.note(session, officer, journal.Entry("protocol:write", "protocol_line", line.id, told))
    return line
