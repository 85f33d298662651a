"""Nominations (nomineringar): the cover that everybody in the jury sees first, and how far each has come.

draft ─► unconfirmed ─► submitted ─► complete
  (a member's draft is submitted at once)   both ─► withdrawn · merged into another of the same effort

What a nomination says beyond its cover opens to somebody in the jury after the ruling on their tie
(`forum/prize/ties.py`), and to whoever wrote it.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, Select, Text, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, journal, rights
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from forum.foundation.language import N_
from forum.people.accounts import digest
from forum.people.members import Member
from forum.people.policy import Action, Role, require
from forum.prize import editions
from forum.prize.editions import Edition, Phase
from forum.prize.jury import Officer
from forum.register.deviations import checked_text

TITLE_LENGTH = 160
MOST_ORGANISATIONS = 30
NOMINATE_BY = text("SELECT * FROM nominate_by(:key)")
START = text("SELECT start_nomination(:slug, :key, :language)")


class Status(StrEnum):
    """How far a nomination has come."""

    DRAFT = "draft"
    UNCONFIRMED = "unconfirmed"
    SUBMITTED = "submitted"
    COMPLETE = "complete"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


STATUS_WORDS = {
    Status.DRAFT: N_("draft"),
    Status.UNCONFIRMED: N_("waits for its letter to be answered"),
    Status.SUBMITTED: N_("sent in"),
    Status.COMPLETE: N_("complete"),
    Status.WITHDRAWN: N_("withdrawn"),
    Status.MERGED: N_("joined with another"),
}
HELD = frozenset({Status.SUBMITTED, Status.COMPLETE})
"""What the jury assesses."""
UNSENT = (Status.DRAFT, Status.UNCONFIRMED)
"""What its nominator still writes on."""


class Nomination(Base):
    """A nomination; `account_id` is the member who wrote it, None for anybody else."""

    __tablename__ = "nominations"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    edition_id: Mapped[UUID]
    nr: Mapped[int]
    title: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    organisations: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}", info={"free_text": True})
    status: Mapped[str] = mapped_column(server_default=Status.DRAFT)
    account_id: Mapped[UUID | None]
    forum_id: Mapped[UUID | None]
    into_id: Mapped[UUID | None]
    language: Mapped[str] = mapped_column(server_default="sv")
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(server_default="1")
    joined: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")

    @property
    def named(self) -> list[str]:
        """Return its organisations, with those of what was joined with it."""
        lines: dict[str, str] = {}
        for line in (*self.organisations, *self.joined):
            lines.setdefault(line.casefold(), line)
        return list(lines.values())


class Key(Base):
    """A secret address that opens one nomination, as its digest."""

    __tablename__ = "nomination_keys"

    key: Mapped[str] = mapped_column(primary_key=True)
    edition_id: Mapped[UUID]
    nomination_id: Mapped[UUID]
    kind: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(Moment)


def folded(name: str) -> str:
    """Return the name of an organisation as names are compared: size of letters and spaces aside."""
    return " ".join(name.casefold().split())


def covers(session: Session, officer: Officer) -> list[Nomination]:
    """Return the covers of what was sent in, by number: what everybody in the jury sees first."""
    require(officer, Action.NOMINATION_LIST)
    return list(session.scalars(_sent_in(officer).order_by(Nomination.nr)))


def cover(session: Session, officer: Officer, nr: int) -> Nomination:
    """Return the cover of one."""
    require(officer, Action.NOMINATION_LIST)
    found = session.scalar(_sent_in(officer).where(Nomination.nr == nr))
    if found is None:
        raise NotFound
    return found


def _sent_in(officer: Officer) -> Select[Nomination]:
    return select(Nomination).where(Nomination.edition_id == officer.edition_id, Nomination.status.not_in(UNSENT))


# --- by its nominator ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Nominator:
    """Whoever writes a nomination: a member by their account, anybody else by a secret address."""

    nomination_id: UUID
    edition_id: UUID
    role: Role = Role.NOMINATOR
    organisation_id: UUID | None = None
    office_id: UUID | None = None


def nominator_of(nomination: Nomination) -> Nominator:
    """Return whoever wrote a nomination, as the one who acts; the session's rights say whether it is them."""
    return Nominator(nomination.id, nomination.edition_id)


def begin(session: Session, member: Member, edition: Edition) -> Nomination:
    """Begin a nomination as a member of a forum; who holds an office in the edition nominates nothing in it."""
    require_in_time(edition)
    require_no_office(session, edition)
    nr = session.scalar(select(func.next_nomination(edition.id)))
    owner = {"account_id": member.account_id, "forum_id": member.forum_id, "language": member.language}
    nomination = Nomination(edition_id=edition.id, nr=nr, **owner)
    session.add(nomination)
    session.flush()
    note(session, nomination, "begin")
    return nomination


@dataclass(frozen=True)
class Opened:
    """A nomination that a secret address opens: the edition's short name, and whether a letter brought the address."""

    nomination: Nomination
    edition: Edition
    secret: str
    by_letter: bool


def start(session: Session, edition: Edition, language: str) -> Opened:
    """Begin a nomination as anybody: whoever has its address goes on with it, and sends it in by a mail."""
    require_in_time(edition)
    secret, slug = secrets.token_urlsafe(32), edition.slug
    session.flush()
    if session.scalar(START, {"slug": slug, "key": digest(secret), "language": language}) is None:
        raise NotFound
    opened = by_secret(session, secret)
    note(session, opened.nomination, "begin")
    return opened


def by_secret(session: Session, secret: str, slug: str | None = None) -> Opened:
    """Return what a secret address opens, and let the session act for it; NotFound for any that does not hold."""
    session.flush()
    row = session.connection().execute(NOMINATE_BY, {"key": digest(secret)}).mappings().first()
    if row is None or slug not in (None, row["edition_slug"]):
        raise NotFound
    rights.entered(session, rights.Principal(nomination=digest(secret)))
    nomination = session.get_one(Nomination, row["id"])
    return Opened(nomination, session.get_one(Edition, row["edition_id"]), secret, row["kind"] == "letter")


def mine(session: Session, account_id: UUID, edition: Edition) -> list[Nomination]:
    """Return what the account nominated in the edition, the newest first."""
    written = select(Nomination).where(Nomination.account_id == account_id, Nomination.edition_id == edition.id)
    return list(session.scalars(written.order_by(Nomination.nr.desc())))


def all_mine(session: Session, account_id: UUID) -> list[tuple[Nomination, Edition]]:
    """Return what the account nominated in any edition, each with it, the newest first."""
    written = select(Nomination, Edition).join(Edition, Edition.id == Nomination.edition_id)
    written = written.where(Nomination.account_id == account_id).order_by(Edition.year.desc(), Nomination.nr.desc())
    return [(nomination, edition) for nomination, edition in session.execute(written)]


def get_mine(session: Session, account_id: UUID, edition: Edition, nr: int) -> Nomination:
    """Return one that the account nominated."""
    found = next((each for each in mine(session, account_id, edition) if each.nr == nr), None)
    if found is None:
        raise NotFound
    return found


def require_in_time(edition: Edition) -> None:
    """Refuse what comes after the last day, which is one to its end as Sweden counts it."""
    if edition.opened_at is not None and clock.now() >= edition.closing:
        message = N_("It is too late to nominate: the last day was %(day)s.")
        raise Conflict(message, field="edition", value=edition.slug, remedy=N_("Nominate for the next year."),
                       day=str(edition.closes_on))  # fmt: skip
    editions.require_phase(edition, Phase.OPEN)


def hold(session: Session, nomination: Nomination, version: int | None = None) -> None:
    """Hold the row for a change; refuses when it was changed since the version that the writer saw."""
    held = select(Nomination).where(Nomination.id == nomination.id).with_for_update()
    if session.scalar(held.execution_options(populate_existing=True)) is None:
        raise NotFound
    if version is not None and version != nomination.version:
        message = N_("Somebody else changed this meanwhile.")
        remedy = N_("Look at the newer state and make your change again.")
        raise Stale(message, field="version", value=version, remedy=remedy, current={"version": nomination.version})


def require_no_office(session: Session, edition: Edition) -> None:
    """Refuse whoever holds an office in the edition's jury, also where they were appointed after they began."""
    if session.scalar(select(func.office_in(edition.id))) is not None:
        message = N_("Who holds an office in the jury does not nominate.")
        raise Forbidden(message, remedy=N_("Ask somebody else who knows the work."))


def require_status(nomination: Nomination, *statuses: Status) -> None:
    """Refuse what cannot be done with a nomination that has come so far."""
    if nomination.status not in statuses:
        message = N_("This cannot be done with a nomination that is: %(status)s.")
        remedy = N_("Look at how far it has come.")
        raise Conflict(message, field="status", value=nomination.nr, remedy=remedy,
                       status=STATUS_WORDS[Status(nomination.status)])  # fmt: skip


def change(session: Session, nomination: Nomination, status: Status | None = None) -> None:
    """Make a new version of it, and let it come so far."""
    if status is not None:
        nomination.status = status.value
    nomination.version += 1
    nomination.changed_at = clock.now()
    session.flush()


def take_up(session: Session, nomination: Nomination) -> None:
    """Let what was sent be a draft again: a letter confirms what was sent and nothing that was written afterwards."""
    session.execute(select(func.end_letters(nomination.id)))
    nomination.submitted_at = None
    change(session, nomination, Status.DRAFT)


def note(session: Session, nomination: Nomination, action: str, seal: bytes | None = None) -> None:
    """Write in the edition's journal what whoever wrote it did, without words and without saying who that is."""
    sealed = {"seal": seal.hex()} if seal else {}
    facts = {"nr": nomination.nr, "version": nomination.version, **sealed}
    entry = journal.Entry(f"nomination:{action}", "nomination", nomination.id, facts)
    journal.write_edition(session, nomination.edition_id, None, entry)


def entitle(session: Session, nomination: Nomination, *, title: str, organisations: Sequence[str]) -> None:
    """Write the cover: a title and the organisations, each as a line from the topmost that it belongs to, with ">"."""
    require(nominator_of(nomination), Action.NOMINATION_WRITE)
    title = " ".join(checked_text(title, "title", TITLE_LENGTH).split())
    lines = [_line(line) for line in organisations if line.strip()]
    if len(lines) > MOST_ORGANISATIONS:
        remedy = N_("Name at most %(most)s.")
        message = N_("These are too many organisations.")
        raise Invalid(message, field="organisations", value=len(lines), remedy=remedy, most=MOST_ORGANISATIONS)
    nomination.title, nomination.organisations, nomination.changed_at = title, lines, clock.now()
    session.flush()


def _line(words: str) -> str:
    words = checked_text(words, "organisations", TITLE_LENGTH)
    return " > ".join(" ".join(name.split()) for name in words.split(">") if name.strip())
