"""The jury of an edition (juryn): who holds which office, appointed by whom, and for whom they work.

The operator appoints secretary and chair; the chair appoints everybody else, for one edition. A substitute assesses and
votes once called in, by the chair, or by the deputy where the chair is tied.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NotRequired, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import ARRAY, Select, Text, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, jobs, journal, rights
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from forum.foundation.language import N_
from forum.foundation.plain import storable
from forum.foundation.screening import check
from forum.foundation.settings import settings
from forum.people import accounts
from forum.people.policy import ASSESSORS, Action, Role, require
from forum.prize import editions, quorum
from forum.prize.editions import Edition

NAME_LENGTH = 120
JUROR_LINK = text("SELECT * FROM juror_link(:edition, :account, :key, :until)")
APPOINTED_ACCOUNT = text("SELECT appointed_account(:edition, :email, :name)")
OFFICE_WORDS = {
    Role.SECRETARY: N_("Secretary"),
    Role.CHAIR: N_("Chair"),
    Role.DEPUTY: N_("Deputy"),
    Role.JUROR: N_("Juror"),
    Role.SUBSTITUTE: N_("Substitute"),
}


class Office(Base):
    """An office in an edition's jury; `belongs_to` is what the holder's organisation is part of, the topmost first."""

    __tablename__ = "offices"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    edition_id: Mapped[UUID]
    account_id: Mapped[UUID]
    office: Mapped[str]
    title: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    organisation: Mapped[str] = mapped_column(info={"free_text": True})
    belongs_to: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}", info={"free_text": True})
    appointed_by_id: Mapped[UUID | None]
    appointed_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    called_in_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def role(self) -> Role:
        """Return the role that the office gives."""
        return Role(self.office)

    @property
    def assesses(self) -> bool:
        """Tell whether its holder assesses and votes."""
        return self.role in ASSESSORS and (self.role is not Role.SUBSTITUTE or self.called_in_at is not None)

    @property
    def known_as(self) -> str:
        """Return how the office is shown: by its title, never by a person's name."""
        return self.title or self.organisation


@dataclass(frozen=True)
class Officer:
    """Somebody in the jury of an edition, who acts."""

    office_id: UUID
    edition_id: UUID
    edition_slug: str
    account_id: UUID
    role: Role
    title: str
    organisation: str
    belongs_to: tuple[str, ...]
    assesses: bool
    language: str

    @property
    def organisation_id(self) -> UUID | None:
        """Return None: nobody owns a thing of the prize by their organisation."""
        return None


class Post(TypedDict):
    """What an office is, and for whom its holder works."""

    office: Role
    organisation: str
    belongs_to: NotRequired[Sequence[str]]
    title: NotRequired[str]


def acting(session: Session, account_id: UUID, slug: str) -> tuple[Officer, Edition]:
    """Return the account's office in the edition, and let the session act for it; NotFound without one."""
    if rights.principal_of(session) != rights.Principal(account=account_id):
        rights.become(session, rights.Principal(account=account_id))
    edition = editions.by_slug(session, slug)
    mine = select(Office).where(
        Office.edition_id == edition.id, Office.account_id == account_id, Office.ended_at.is_(None)
    )
    office = session.scalar(mine)
    if office is None:
        raise NotFound
    return _officer(office, edition, accounts.of(session, account_id).language), edition


def _officer(office: Office, edition: Edition, language: str) -> Officer:
    return Officer(
        office.id, edition.id, edition.slug, office.account_id, office.role, office.title, office.organisation,
        tuple(office.belongs_to), office.assesses, language,
    )  # fmt: skip


def in_force(edition_id: UUID) -> Select[Office]:
    """Return the question for the offices of an edition that are held."""
    return select(Office).where(Office.edition_id == edition_id, Office.ended_at.is_(None))


def all_of(session: Session, officer: Officer) -> list[Office]:
    """Return the offices of the edition that are held: who leads first."""
    require(officer, Action.JURY_READ)
    order = list(JURY_ORDER)
    return sorted(
        session.scalars(in_force(officer.edition_id)), key=lambda office: (order.index(office.role), office.known_as)
    )


JURY_ORDER = (Role.CHAIR, Role.DEPUTY, Role.JUROR, Role.SUBSTITUTE, Role.SECRETARY)


def mine(session: Session, account_id: UUID) -> list[tuple[Office, Edition]]:
    """Return the account's offices that are held, each with its edition, the newest first."""
    held = select(Office, Edition).join(Edition, Edition.id == Office.edition_id)
    held = held.where(Office.account_id == account_id, Office.ended_at.is_(None)).order_by(Edition.year.desc())
    return [(office, edition) for office, edition in session.execute(held)]


def found(session: Session, edition: Edition, account_id: UUID, **post: Unpack[Post]) -> Office:
    """Appoint the secretary, the chair or anybody else, by the operator."""
    office = _appoint(session, edition, account_id, None, **post)
    facts = {"edition": edition.slug, "office": office.office}
    journal.write_installation(session, "office:appoint", "office", office.id, **facts)
    return office


def appoint(session: Session, officer: Officer, edition: Edition, email: str, **post: Unpack[Post]) -> Office:
    """Appoint a juror, the deputy or a substitute, by the chair; a substitute also by the deputy."""
    if post["office"] is Role.SUBSTITUTE:
        _require_substitutes(session, officer)
    else:
        require(officer, Action.JURY_APPOINT)
    editions.hold(session, edition.id, edition)
    if post["office"] not in ASSESSORS - {Role.CHAIR}:
        message = N_("The chair appoints jurors, the deputy and substitutes.")
        raise Forbidden(message, field="office", value=post["office"], remedy=N_("Choose one of those offices."))
    asked = {"edition": edition.id, "email": accounts.checked_email(email), "name": ""}
    account_id: UUID = session.scalars(APPOINTED_ACCOUNT, asked).one()
    office = _appoint(session, edition, account_id, officer.office_id, **post)
    editions.note(session, officer, journal.Entry("office:appoint", "office", office.id, {"office": office.office}))
    quorum.settle(session, officer)
    return office


def _appoint(session: Session, edition: Edition, account_id: UUID, by: UUID | None, **post: Unpack[Post]) -> Office:
    _require_vacant(session, edition, account_id, post["office"])
    words = [
        _named(post["organisation"], "organisation"),
        *(_named(name, "belongs_to") for name in post.get("belongs_to", ())),
    ]
    title = " ".join(storable(post.get("title", ""), "title").split())
    check(organisation=words[0], belongs_to=" ".join(words[1:]), title=title)
    office = Office(
        edition_id=edition.id,
        account_id=account_id,
        office=post["office"].value,
        title=title,
        organisation=words[0],
        belongs_to=words[1:],
        appointed_by_id=by,
    )
    session.add(office)
    session.flush()
    return office


def _require_vacant(session: Session, edition: Edition, account_id: UUID, role: Role) -> None:
    held = list(session.scalars(in_force(edition.id)))
    if any(office.account_id == account_id for office in held):
        message = N_("This person holds an office in the edition already.")
        raise Conflict(message, field="email", remedy=N_("End the present office first."))
    if role in (Role.SECRETARY, Role.CHAIR, Role.DEPUTY) and any(office.role is role for office in held):
        message = N_("The edition has one of these already.")
        raise Conflict(message, field="office", value=role, remedy=N_("End the present office first."))


def _named(words: str, field: str) -> str:
    words = " ".join(storable(words, field).split())
    if not 0 < len(words) <= NAME_LENGTH:
        remedy = N_("Write 1 to %(most)s characters.")
        raise Invalid(N_("An organisation needs a name."), field=field, value=words, remedy=remedy, most=NAME_LENGTH)
    return words


def end(session: Session, officer: Officer, office: Office) -> None:
    """End an office; what its holder handed in stays."""
    require(officer, Action.JURY_APPOINT)
    editions.hold(session, officer.edition_id, office)
    if office.role in (Role.CHAIR, Role.SECRETARY):
        message = N_("The chair and the secretary are appointed by whoever runs the installation.")
        raise Forbidden(message, remedy=N_("Ask them."))
    if session.scalar(select(func.voting(officer.edition_id))):
        message = N_("A vote is open, and those who may vote on it stay.")
        raise Conflict(message, field="office", remedy=N_("Close the vote first; a substitute can be called in."))
    ending = update(Office).where(Office.id == office.id, Office.ended_at.is_(None)).values(ended_at=clock.now())
    if session.scalar(ending.returning(Office.id)) is None:
        raise NotFound
    editions.note(session, officer, journal.Entry("office:end", "office", office.id, {}))
    quorum.settle(session, officer)


def call_in(session: Session, officer: Officer, office: Office) -> None:
    """Let a substitute take part from now on, who still declares their ties; an edition that waited for it goes on."""
    _require_substitutes(session, officer)
    editions.hold(session, officer.edition_id, office)
    if office.role is not Role.SUBSTITUTE or office.called_in_at is not None:
        message = N_("Only a substitute who has not been called in yet is called in.")
        raise Conflict(message, field="office", remedy=N_("Choose another substitute, or appoint one."))
    office.called_in_at = clock.now()
    session.flush()
    editions.note(session, officer, journal.Entry("office:call_in", "office", office.id, {}))
    quorum.settle(session, officer)


def _require_substitutes(session: Session, officer: Officer) -> None:
    """Refuse the deputy where the chair is not tied: substitutes are the chair's matter."""
    require(officer, Action.JURY_SUBSTITUTE)
    if officer.role is Role.DEPUTY and not session.scalar(select(func.chair_is_tied(officer.edition_id))):
        message = N_("The chair sees to substitutes; the deputy does where the chair is tied.")
        raise Forbidden(message, remedy=N_("Ask the chair."))


def link(session: Session, officer: Officer, office: Office) -> str | None:
    """Let whoever was appointed choose a password by a one-time link, which goes to their own address.

    An installation that sends no mail returns its secret instead, to be handed over, for an account alone that nobody
    has used and that is nowhere else.
    """
    require(officer, Action.JURY_SUBSTITUTE)
    if settings().smtp_url is None:
        return make_link(session, office)[0]
    jobs.defer_edition(session, jobs.JobName.JUROR_LINK, office.edition_id, office=str(office.id))
    return None


def make_link(session: Session, office: Office) -> tuple[str | None, str, str]:
    """Return the secret of a new link, the address and its owner's language; no secret where none may be made."""
    secret = secrets.token_urlsafe(32)
    asked = {"edition": office.edition_id, "account": office.account_id, "key": accounts.digest(secret)}
    made = session.execute(JUROR_LINK, asked | {"until": clock.now() + accounts.LINK_LIFE}).first()
    return (secret, made.email, made.language) if made else (None, "", "")


def get(session: Session, officer: Officer, office_id: UUID) -> Office:
    """Return an office of the edition that is held."""
    require(officer, Action.JURY_READ)
    return held(session, officer.edition_id, office_id)


def known(session: Session, officer: Officer) -> list[Office]:
    """Return every office that was ever held in the edition, those in force first: a tie may be discovered of each."""
    require(officer, Action.JURY_READ)
    ended = select(Office).where(Office.edition_id == officer.edition_id, Office.ended_at.is_not(None))
    return [*all_of(session, officer), *session.scalars(ended.order_by(Office.appointed_at, Office.id))]


def ever(session: Session, officer: Officer, office_id: UUID) -> Office:
    """Return an office that is or was held."""
    found = next((each for each in known(session, officer) if each.id == office_id), None)
    if found is None:
        raise NotFound
    return found


def held(session: Session, edition_id: UUID, office_id: UUID) -> Office:
    """Return an office that is held, for whom the session acts already."""
    office = session.scalar(in_force(edition_id).where(Office.id == office_id))
    if office is None:
        raise NotFound
    return office
