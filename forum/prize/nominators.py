"""Whom to write to about a nomination (nomineraren): a name and an address, personal data kept apart.

Purpose: to confirm the nomination, to ask for supplements and to tell how it went. The jury never sees it. It is erased
90 days after the ceremony, and with a draft that was never sent in.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation.database import Base, Moment
from forum.foundation.errors import Invalid, raise_all
from forum.foundation.language import N_
from forum.foundation.plain import storable
from forum.people.accounts import NAME_LENGTH, checked_email
from forum.prize.contents import require_writable
from forum.prize.editions import Edition
from forum.prize.nominations import Nomination

FORGET = text("SELECT forget_nominators()")
PURPOSE = N_("To confirm the nomination, to ask for supplements, and to tell you how it went.")
KEPT = N_("Until 90 days after the ceremony; for a draft that is not sent in, 30 days after the last day.")


class Contact(Base):
    """Whom to write to; `confirmed_at` is when the address was shown to be theirs."""

    __tablename__ = "nominators"

    nomination_id: Mapped[UUID] = mapped_column(primary_key=True)
    edition_id: Mapped[UUID]
    name: Mapped[str]
    email: Mapped[str]
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)


def put(session: Session, nomination: Nomination, edition: Edition, *, name: str, email: str) -> Contact:
    """Keep whom to write to about a draft."""
    require_writable(session, nomination, edition)
    name, wrong, address = " ".join(storable(name, "name").split()), [], ""
    if not 0 < len(name) <= NAME_LENGTH:
        remedy = N_("Write 1 to %(most)s characters.")
        wrong.append(
            Invalid(N_("We need a name to write to."), field="name", value=name, remedy=remedy, most=NAME_LENGTH)
        )
    try:
        address = checked_email(email)
    except Invalid as problem:
        wrong += problem.problems
    raise_all(wrong)
    return keep(session, nomination, name, address)


def keep(session: Session, nomination: Nomination, name: str, email: str) -> Contact:
    """Keep a name and an address that were checked."""
    contact = of(session, nomination)
    if contact is None:
        contact = Contact(nomination_id=nomination.id, edition_id=nomination.edition_id, name=name, email=email)
        session.add(contact)
    else:
        contact.name, contact.email = name, email
    session.flush()
    return contact


def of(session: Session, nomination: Nomination) -> Contact | None:
    """Return whom to write to, for the nominator and for the edition's own work; nobody else sees it."""
    return session.get(Contact, nomination.id)


def forget(session: Session) -> None:
    """Erase what is kept no longer, in every edition."""
    session.execute(FORGET)
