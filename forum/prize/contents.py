"""What a nomination says (nomineringens text): the problem, what was done, what it added, what happened, for others.

It opens as the nomination does: to its nominator, to somebody in the jury after the ruling on their tie, and to
everybody once its prize is announced. It is written until it is sent in, and stands from then on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation.database import Base
from forum.foundation.errors import Invalid, NotFound, raise_all
from forum.foundation.language import N_
from forum.people.policy import Action, require
from forum.prize import nominations
from forum.prize.editions import Edition
from forum.prize.jury import Officer
from forum.prize.nominations import Nomination, Nominator, folded, nominator_of
from forum.register.deviations import checked_text

PART_LENGTH = 3000
LEAST_ORGANISATIONS = 2
PARTS = {
    "problem": N_("What was the problem?"),
    "done": N_("What did you do together, and who did what?"),
    "added": N_("What does it add beyond ordinary work?"),
    "results": N_("What happened?"),
    "method": N_("How do you know: method and source"),
    "limits": N_("What does this not show?"),
    "others": N_("How can others take it over?"),
}
"""The parts, in the order in which they are asked."""


class Content(Base):
    """All parts of one nomination; `records` says of each organisation what the register shows that it did."""

    __tablename__ = "contents"

    nomination_id: Mapped[UUID] = mapped_column(primary_key=True)
    edition_id: Mapped[UUID]
    problem: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    done: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    added: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    results: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    method: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    limits: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    others: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    records: Mapped[list[Any]] = mapped_column(server_default="[]")

    @property
    def parts(self) -> dict[str, str]:
        """Return what is said, by part."""
        return {name: getattr(self, name) for name in PARTS}


def read(session: Session, by: Officer | Nominator, nomination: Nomination) -> Content:
    """Return what a nomination says; NotFound where it has not opened to whoever asks, as where there is none."""
    require(by, Action.NOMINATION_READ)
    found = session.scalar(select(Content).where(Content.nomination_id == nomination.id))
    if found is None:
        raise NotFound
    return found


def of_cover(session: Session, by: Officer | Nominator, nomination: Nomination) -> dict[str, str]:
    """Return what is said in each part of what is open already: nothing in those that nobody has written."""
    require(by, Action.NOMINATION_READ)
    found = session.get(Content, nomination.id)
    return found.parts if found else dict.fromkeys(PARTS, "")


def records_of(session: Session, nomination: Nomination) -> list[Any]:
    """Return what the register shows of each organisation, as far as the nomination is open."""
    found = session.get(Content, nomination.id)
    return found.records if found else []


def of_mine(session: Session, nomination: Nomination) -> Content:
    """Return what one's own nomination says so far; an empty one is made where nothing is said yet."""
    found = session.get(Content, nomination.id)
    if found is None:
        found = Content(nomination_id=nomination.id, edition_id=nomination.edition_id)
        session.add(found)
        session.flush()
        session.refresh(found)
    return found


def write(
    session: Session,
    nomination: Nomination,
    edition: Edition,
    parts: Mapping[str, str],
    *,
    version: int | None = None,
) -> Content:
    """Keep some parts of a draft, complete or not; all that cannot be kept is told at once."""
    require_writable(session, nomination, edition, version)
    content, wrong = of_mine(session, nomination), []
    for name in PARTS.keys() & parts.keys():
        try:
            setattr(content, name, checked_text(parts[name], name, PART_LENGTH))
        except Invalid as problem:
            wrong += problem.problems
    raise_all(wrong)
    nominations.change(session, nomination)
    nominations.note(session, nomination, "write")
    return content


def require_writable(session: Session, nomination: Nomination, edition: Edition, version: int | None = None) -> None:
    """Refuse to write on what was sent in, or after the last day; what waits for its letter is a draft again."""
    require(nominator_of(nomination), Action.NOMINATION_WRITE)
    nominations.hold(session, nomination, version)
    nominations.require_status(nomination, *nominations.UNSENT)
    nominations.require_in_time(edition)
    if nomination.status == nominations.Status.UNCONFIRMED:
        nominations.take_up(session, nomination)


def require_complete(content: Content, nomination: Nomination) -> None:
    """Refuse what says too little to be sent in: every part that is missing is named."""
    wrong = []
    if not nomination.title:
        wrong.append(Invalid(N_("A nomination needs a title."), field="title", remedy=N_("Write what it is.")))
    if _apart(nomination.organisations) < LEAST_ORGANISATIONS:
        message, remedy = N_("The prize is for what several did together."), N_("Name all that took part, one a line.")
        given = ", ".join(nomination.organisations) or None
        wrong.append(Invalid(message, field="organisations", value=given, remedy=remedy))
    message, remedy = N_("This question has no answer yet."), N_("Answer it in a few sentences.")
    empty = [name for name, words in content.parts.items() if not words]
    raise_all([*wrong, *(Invalid(message, field=name, remedy=remedy) for name in empty)])


def _apart(lines: Sequence[str]) -> int:
    """Return how many organisations there are of which none belongs to another: "City" and "City > Unit" are one."""
    named = {tuple(folded(name) for name in line.split(">")) for line in lines}
    return sum(not any(other[: len(each)] == each and other != each for other in named) for each in named)
