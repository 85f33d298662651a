"""Where organisations without accounts are written to (kontakter): one address each, personal data kept apart.

Purpose: to ask the organisation for an answer about a measure of its own. Kept until an administrator takes it away;
those who lead the forum see it, the register and the journal do not hold it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, journal
from forum.foundation.database import Base, Moment
from forum.foundation.errors import NotFound
from forum.foundation.language import N_
from forum.people.accounts import checked_email
from forum.people.members import Member
from forum.people.organisations import Organisation
from forum.people.policy import Action, require


class Contact(Base):
    """The address of an organisation."""

    __tablename__ = "contacts"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    forum_id: Mapped[UUID]
    email: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


def put(session: Session, member: Member, organisation_id: UUID, email: str) -> None:
    """Write down where the organisation is written to; nothing takes the address away."""
    require(member, Action.CONTACT_MANAGE)
    partner = select(Organisation.id).where(
        Organisation.id == organisation_id, Organisation.forum_id == member.forum_id
    )
    if session.scalar(partner) is None:
        remedy = N_("Choose one of the forum's organisations.")
        raise NotFound(field="organisation", value=organisation_id, remedy=remedy)
    if email.strip():
        _keep(session, member, organisation_id, checked_email(email))
    else:
        session.execute(delete(Contact).where(Contact.organisation_id == organisation_id))
    action = "contact:set" if email.strip() else "contact:remove"
    journal.write(session, member, journal.Entry(action, "organisation", organisation_id, {}))


def _keep(session: Session, member: Member, organisation_id: UUID, email: str) -> None:
    new = {"email": email, "set_at": clock.now()}
    row = insert(Contact).values(organisation_id=organisation_id, forum_id=member.forum_id, **new)
    session.execute(row.on_conflict_do_update(index_elements=["organisation_id"], set_=new))


def all_of(session: Session, member: Member) -> dict[UUID, str]:
    """Return the addresses of the forum's organisations that have one."""
    require(member, Action.CONTACT_READ)
    rows = session.execute(select(Contact.organisation_id, Contact.email).where(Contact.forum_id == member.forum_id))
    return {row.organisation_id: row.email for row in rows}


def of(session: Session, member: Member, organisation_id: UUID) -> str | None:
    """Return the organisation's address, None where none is known."""
    return all_of(session, member).get(organisation_id)
