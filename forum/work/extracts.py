"""What is held on one e-mail address (registerutdrag): each part with its purpose and how long it is kept.

The register holds no persons; who signs in and where an organisation is written to are personal data apart from it
(GDPR article 15). Secrets are left out: they are kept as digests and prove nothing to their owner. Each part is read
with the rights that it is held under: the person's own, the member's, or the forum's own work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from forum.foundation import journal, rights
from forum.foundation.database import Base
from forum.foundation.errors import NotFound
from forum.foundation.language import N_
from forum.people import accounts, contacts
from forum.people.accounts import Account, Credential, checked_email
from forum.people.calendars import Calendar
from forum.people.contacts import Contact
from forum.people.forums import Forum
from forum.people.letters import Letter
from forum.people.members import Member, Membership
from forum.people.policy import Action, require
from forum.people.subscriptions import Subscription
from forum.register.imports import Import
from forum.register.views import View
from forum.work.documents import Document
from forum.work.links import Link
from forum.work.meetings import Signature
from forum.work.notices import Read

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Part:
    """What is held of one kind, in one forum or in none."""

    what: str
    forum: str | None
    purpose: str
    kept: str
    rows: Rows


@dataclass(frozen=True)
class Kind:
    """What is held of one kind: the columns that are told, why, and how long."""

    table: type[Base]
    columns: tuple[str, ...]
    purpose: str
    kept: str

    @property
    def name(self) -> str:
        """Return what it is called: its table."""
        return str(self.table.__tablename__)

    def part(self, session: Session, owner: str, value: object, forum: str | None = None) -> Part:
        """Return what is held where a column has a value, as far as the session sees it."""
        columns: list[InstrumentedAttribute[Any]] = [getattr(self.table, name) for name in self.columns]
        found = session.execute(select(*columns).where(getattr(self.table, owner) == value))
        return Part(self.name, forum, self.purpose, self.kept, [dict(row) for row in found.mappings()])


AS_LONG = N_("As long as you are a member of the forum.")
ACCOUNT = Kind(
    Account, ("email", "name", "language", "created_at"), N_("To let you sign in, and to write to you."),
    N_("As long as you are a member of any forum."),
)  # fmt: skip
CREDENTIALS = Kind(
    Credential, ("kind", "created_at", "used_at", "expires_at"), N_("To know that it is you."),
    N_("A session 12 hours, a link 24 hours; a password and a token until you replace them or they are taken back."),
)  # fmt: skip
MEMBERSHIPS = Kind(
    Membership, ("organisation_id", "role", "created_at", "ended_at"),
    N_("To know what you may do, and for which organisation."),
    N_("As long as the forum's journal, which names the membership and no person."),
)  # fmt: skip
OWN = (
    Kind(Calendar, ("made_at",), N_("To show the forum's days in your calendar."), AS_LONG),
    Kind(View, ("name", "query", "shared", "created_at"), N_("To find a selection again."), N_("Until you remove it.")),
)
"""What a member alone reads."""
KEPT = (
    Kind(Subscription, ("notices", "digest"), N_("To write to you only of what you want."), AS_LONG),
    Kind(Read, ("notice_id", "at"), N_("To tell you only what you have not read."), N_("180 days.")),
    Kind(Letter, ("kind", "status", "created_at"), N_("To send each letter once."), N_("30 days.")),
    Kind(Document, ("kind", "audience", "status", "created_at"), N_("To print what you ordered."), N_("One day.")),
    Kind(Import, ("source", "status", "created_at"), N_("To tell you what came of your file."), N_("7 days.")),
    Kind(
        Signature, ("meeting_id", "part", "at"), N_("To know that the minutes were adjusted by somebody else."),
        N_("As long as the minutes."),
    ),
)  # fmt: skip
"""What the forum's own work keeps of a member."""
CONTACTS = Kind(
    Contact, ("organisation_id", "email", "set_at"), N_("To ask the organisation for an answer about its measures."),
    N_("Until an administrator of the forum takes the address away."),
)  # fmt: skip
LETTERS = Kind(Letter, ("kind", "status", "created_at"), N_("To send each letter once."), N_("30 days."))
LINKS = Kind(
    Link, ("created_at", "expires_on", "ended_at", "delivery"),
    N_("To let the organisation answer without an account."), N_("30 days after the link has ended."),
)  # fmt: skip
VISITS = text("SELECT last_at, previous_at FROM visits WHERE member_id = :member")
ENTRIES = text("SELECT at, action FROM journal WHERE chain = :chain AND member_id = :member ORDER BY seq")


def of_account(session: Session, account_id: UUID) -> list[Part]:
    """Return what is held of the account that the session acts for, in every forum."""
    email = accounts.of(session, account_id).email
    told = [kind.part(session, owner, account_id) for kind, owner in ((ACCOUNT, "id"), (CREDENTIALS, "account_id"))]
    query = select(Membership.id, Membership.forum_id, Membership.ended_at).where(Membership.account_id == account_id)
    for member_id, forum_id, ended_at in session.execute(query.order_by(Membership.created_at)).all():
        told += _by_the_forum(session, forum_id, member_id, email)
        if ended_at is None:
            told += _by_the_member(session, forum_id, rights.Principal(account_id, member_id))
    return told


def _by_the_forum(session: Session, forum_id: UUID, member_id: UUID, email: str) -> Iterator[Part]:
    with rights.kept(session):
        rights.become(session, rights.Principal(system=forum_id))
        slug = session.get_one(Forum, forum_id).slug
        yield MEMBERSHIPS.part(session, "id", member_id, slug)
        yield from (kind.part(session, "member_id", member_id, slug) for kind in KEPT)
        yield CONTACTS.part(session, "email", email, slug)
        done = session.execute(ENTRIES, {"chain": str(forum_id), "member": member_id}).mappings()
        purpose, kept = N_("To show afterwards who did what, and that nobody changed it."), N_("As long as the forum.")
        yield Part("journal", slug, purpose, kept, [dict(row) for row in done])


def _by_the_member(session: Session, forum_id: UUID, member: rights.Principal) -> Iterator[Part]:
    with rights.kept(session):
        rights.become(session, member)
        slug = session.get_one(Forum, forum_id).slug
        yield from (kind.part(session, "member_id", member.member, slug) for kind in OWN)
        been = session.execute(VISITS, {"member": member.member}).mappings()
        yield Part("visits", slug, N_("To show what is new since you were here."), AS_LONG, [dict(row) for row in been])


def of_contact(session: Session, member: Member, email: str) -> list[Part]:
    """Return what is held of an address that organisations of the forum are written to at."""
    require(member, Action.CONTACT_READ)
    here = Contact.email == checked_email(email), Contact.forum_id == member.forum_id
    asked = session.scalars(select(Contact.organisation_id).where(*here)).all()
    if not asked:
        message = N_("No organisation of the forum is written to at this address.")
        raise NotFound(message, field="email", value=email, remedy=N_("Check how it is spelt."))
    return [part for organisation_id in asked for part in of_organisation(session, member, organisation_id)]


def of_organisation(session: Session, member: Member, organisation_id: UUID) -> list[Part]:
    """Return what is held of where an organisation is written to; the journal notes that it was asked for."""
    require(member, Action.CONTACT_READ)
    if contacts.of(session, member, organisation_id) is None:
        raise NotFound
    journal.write(session, member, journal.Entry("contact:extract", "organisation", organisation_id, {}))
    with rights.kept(session):
        rights.become(session, rights.Principal(system=member.forum_id))
        kinds = (CONTACTS, LETTERS, LINKS)
        return [kind.part(session, "organisation_id", organisation_id, member.forum_slug) for kind in kinds]
