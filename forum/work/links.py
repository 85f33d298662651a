"""Links to one measure (länkar): an organisation without accounts answers for a measure of its own by a mailed address.

The secret is made when its letter is sent, and kept as a digest only. Whoever has it may answer for that measure until
the link ends: replaced by a newer one, taken back, too old, or the measure given to another owner or narrowed. The
database lets it reach that measure and nothing else (the policies named *_by_link).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, jobs, journal, rights
from forum.foundation.audience import Audience
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, NotFound
from forum.foundation.language import N_, Language
from forum.people import agreements, contacts, letters
from forum.people.accounts import digest
from forum.people.agreements import today
from forum.people.members import Member
from forum.people.organisations import Organisation
from forum.people.policy import Action, Role, require
from forum.work import measures
from forum.work.measures import MOVES, STATUS_WORDS, Measure, Status, Step

LIFE = timedelta(days=30)
"""How long after the measure's day, and at least from today, a link can be used."""
TRIES = 30
"""Answers by one link within an hour at most."""
ASKED = frozenset({Status.DECIDED, Status.ACCEPTED, Status.UNDER_WAY})
"""What an owner is asked about."""
STEPS = (Step.ACCEPT, Step.CARRY_OUT, Step.DECLINE)
"""What a link lets its owner say."""
ANSWER_BY = text("SELECT * FROM answer_by(:key)")


class Delivery(StrEnum):
    """Whether the letter with the link has left."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Link(Base):
    """A link to one measure, for its owner of that day."""

    __tablename__ = "measure_links"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    measure_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    asked_by_id: Mapped[UUID]
    key: Mapped[str | None] = mapped_column(unique=True)
    delivery: Mapped[str] = mapped_column(server_default=Delivery.WAITING)
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    expires_on: Mapped[date]
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


@dataclass(frozen=True)
class Made:
    """A new secret, and the address that it goes to."""

    email: str
    secret: str


@dataclass(frozen=True)
class Asked:
    """What whoever opens a link is shown, and as whom an answer is given."""

    member: Member
    measure: Measure
    place: str
    asked_by: str

    @property
    def steps(self) -> list[Step]:
        """Return what can be answered now."""
        return [step for step in STEPS if Status(self.measure.status) in MOVES[step].before]


def ask(session: Session, member: Member, measure: Measure) -> Link:
    """Send the owner a link to answer for the measure; an earlier one ends."""
    require(member, Action.MEASURE_ASK)
    agreements.require_in_force(session, member)
    _require_askable(session, member, measure)
    _end(session, measure)
    last = max(measure.due_on, today()) + LIFE
    link = Link(forum_id=measure.forum_id, measure_id=measure.id, organisation_id=measure.owner_id, expires_on=last)
    link.asked_by_id = session.get_one(Organisation, member.organisation_id).id
    session.add(link)
    session.flush()
    facts = {"link": str(link.id), "organisation": str(link.organisation_id)}
    journal.write(session, member, journal.Entry("measure:ask", measure.kind, measure.id, facts))
    jobs.defer(session, jobs.JobName.LINK, member.forum_id, link=str(link.id))
    return link


def _require_askable(session: Session, member: Member, measure: Measure) -> None:
    if Status(measure.status) not in ASKED:
        message = N_("This cannot be done with a measure that is %(status)s.")
        said = STATUS_WORDS[Status(measure.status)]
        raise Conflict(message, value=measure.nr, remedy=N_("Look at its history."), status=said)
    if measure.visibility not in Audience.FORUM.sees:
        message = N_("What only authorities see does not leave the forum by mail.")
        raise Conflict(message, remedy=N_("Ask the owner in another way."))
    agreements.require_partner(session, session.get_one(Organisation, measure.owner_id))
    if contacts.of(session, member, measure.owner_id) is None:
        message = N_("No address of the owner is known.")
        raise Conflict(message, remedy=N_("Ask the administrator to write one down among the partners."))


def take_back(session: Session, member: Member, measure: Measure) -> None:
    """Let the measure's link end now."""
    require(member, Action.MEASURE_ASK)
    if not _end(session, measure):
        raise NotFound
    journal.write(session, member, journal.Entry("measure:ask_no_more", measure.kind, measure.id, {}))


def _end(session: Session, measure: Measure) -> bool:
    open_ = update(Link).where(Link.measure_id == measure.id, Link.ended_at.is_(None))
    return session.scalar(open_.values(ended_at=clock.now()).returning(Link.id)) is not None


def current(session: Session, member: Member, measure: Measure) -> Link | None:
    """Return the link that the measure's owner can use, or is being sent."""
    require(member, Action.MEASURE_ASK)
    mine = Link.measure_id == measure.id, Link.organisation_id == measure.owner_id
    return session.scalar(select(Link).where(*mine, Link.ended_at.is_(None), Link.expires_on >= today()))


# --- the letter, by the forum's own work ------------------------------------------------------------------------------


def write_letter(session: Session, link_id: UUID) -> None:
    """Put the letter that brings the link on its way."""
    link = session.get_one(Link, link_id)
    kind = letters.Kind.LINK
    letters.write(session, link.forum_id, kind, str(link.id), about=link.id, organisation_id=link.organisation_id)


def secret_for(session: Session, worker: Member, link_id: UUID) -> Made | None:
    """Make the link's secret; None when there is nobody to ask, or nothing to ask any more."""
    link = session.scalar(select(Link).where(Link.id == link_id, Link.ended_at.is_(None)))
    address = contacts.of(session, worker, link.organisation_id) if link else None
    if address is None:
        return None
    made = Made(address, secrets.token_urlsafe(32))
    session.execute(update(Link).where(Link.id == link_id).values(key=digest(made.secret)))
    return made


def delivered(session: Session, link_id: UUID, delivery: Delivery) -> None:
    """Note whether the letter with the link has left."""
    session.execute(update(Link).where(Link.id == link_id).values(delivery=delivery.value))


# --- the answer, by whoever has the link ------------------------------------------------------------------------------


def by_secret(session: Session, secret: str) -> Asked:
    """Return what the link asks, and let the session answer for it; NotFound for any that does not hold."""
    key = digest(secret)
    session.flush()
    row = session.connection().execute(ANSWER_BY, {"key": key}).mappings().first()
    if row is None:
        raise NotFound
    rights.entered(session, rights.Principal(link=key))
    measure = session.get_one(Measure, row["measure_id"])
    return Asked(_answering(row), measure, row["place_name"], row["asked_by"])


def _answering(row: RowMapping) -> Member:
    names = ("forum_id", "forum_slug", "forum_name", "demo", "organisation_id", "organisation_name")
    named: dict[str, Any] = {name: row[name] for name in names}
    return Member(
        id=None, account_id=None, role=Role.LINK, authority=False, name="", language=Language.SV.value, **named
    )


def answer(session: Session, asked: Asked, step: Step, words: str) -> Measure:
    """Accept, decline with a reason, or note with a sentence that it is carried out, as the measure's owner."""
    if step not in STEPS:
        raise NotFound
    if step is Step.CARRY_OUT:
        return measures.carry_out(session, asked.member, asked.measure, on=today(), note=words)
    return measures.move(session, asked.member, asked.measure, step, reason=words)
