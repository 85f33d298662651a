"""Members of a forum (deltagare): an account in an organisation, with a role."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, jobs, journal, rights
from forum.foundation.audience import Visibility
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound, NotSignedIn
from forum.foundation.language import N_
from forum.foundation.settings import settings
from forum.people import accounts
from forum.people.accounts import Account, Proof
from forum.people.organisations import Organisation
from forum.people.policy import READERS, Action, Role, require

MEMBER_IN = text("SELECT * FROM member_in(:slug)")
ENTER = text("SELECT * FROM enter(:kind, :key, :slug)")
VISIT = text(
    "INSERT INTO visits (member_id, forum_id) VALUES (:member, :forum) ON CONFLICT (member_id) DO UPDATE SET "
    "previous_at = CASE WHEN visits.last_at < now() - interval '30 minutes' THEN visits.last_at "
    "ELSE visits.previous_at END, last_at = now() RETURNING previous_at"
)


@dataclass(frozen=True)
class Member:
    """Who acts, in which forum, for which organisation and with which role."""

    id: UUID | None
    account_id: UUID | None
    forum_id: UUID
    forum_slug: str
    forum_name: str
    demo: bool
    organisation_id: UUID | None
    organisation_name: str
    role: Role
    authority: bool
    name: str
    language: str

    @property
    def member_id(self) -> UUID | None:
        """Return the member's id, None for the forum's own work."""
        return self.id

    @property
    def letter(self) -> str:
        """Return the forum's letter, which stands before the numbers of its deviations: F-4820173."""
        return self.forum_slug[0].upper()

    @property
    def visibilities(self) -> tuple[Visibility, ...]:
        """Return the visibilities that this member sees whosever the row is (DOMAIN 4.2)."""
        if self.role is Role.SYSTEM:
            return tuple(Visibility)
        open_rows = (Visibility.FORUM, Visibility.PUBLIC)
        return (Visibility.AUTHORITIES, *open_rows) if self.authority else open_rows

    def sees(self, visibility: str, organisation_id: UUID) -> bool:
        """Tell whether this member sees a row of that visibility and organisation."""
        own = visibility == Visibility.OWN and organisation_id == self.organisation_id
        return own or visibility in self.visibilities


def require_seen(member: Member, visibility: Visibility) -> None:
    """Refuse a visibility that the member does not see: nobody makes for others what they may not look at."""
    if visibility not in set(member.visibilities):
        message = N_("Only members of authorities choose that authorities alone see it.")
        raise Forbidden(message, field="visibility", value=visibility, remedy=N_("Choose the forum."))


class Membership(Base):
    """An account's place in a forum."""

    __tablename__ = "members"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    account_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    role: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


@dataclass(frozen=True)
class Listed:
    """One member as the administrator sees it."""

    membership: Membership
    name: str
    email: str
    organisation: str


def acting(session: Session, account_id: UUID, forum_slug: str) -> Member:
    """Return the account's member in the forum, and let the session act for it; NotFound when it is none."""
    if rights.principal_of(session).account != account_id:
        rights.become(session, rights.Principal(account=account_id))
    row = session.execute(MEMBER_IN, {"slug": forum_slug}).mappings().first()
    if row is None:
        raise NotFound
    rights.become(session, rights.Principal(account=account_id, member=row["id"]))
    return member_of(row)


def entering(session: Session, kind: str, secret: str, forum_slug: str, *, in_use: bool = True) -> Member:
    """Return the member in the forum whose session or token this is: `accounts.whose` and `acting` in one look."""
    key = accounts.digest(secret)
    asked = {"kind": kind, "key": key, "slug": forum_slug}
    row = session.connection().execute(ENTER, asked).mappings().first()
    if row is None:
        raise NotSignedIn
    proof = Proof(
        row["proof_id"], row["proof_account"], None, row["proof_created"], row["proof_used"], row["proof_expires"]
    )
    if not proof.holds(kind):
        rights.become(session, rights.NOBODY)
        raise NotSignedIn
    rights.entered(session, rights.Principal(account=proof.account_id, member=row["id"]))
    accounts.touch(session, proof, in_use=in_use)
    if row["id"] is None:
        raise NotFound
    return member_of(row)


def member_of(row: RowMapping) -> Member:
    """Return a member as the database tells of one."""
    place = {each.name: row[each.name] for each in fields(Member)}
    return Member(**place | {"role": Role(row["role"])})


def system(
    session: Session,
    forum_id: UUID,
    slug: str,
    name: str,
    organisation: Organisation | None = None,
    *,
    demo: bool = False,
) -> Member:
    """Return the forum's own work as a member (imports, jobs), and let the session act for it."""
    rights.become(session, rights.Principal(system=forum_id))
    worker = Member(None, None, forum_id, slug, name, demo, None, "", Role.SYSTEM, True, "", "sv")
    if organisation is None:
        return worker
    return replace(worker, organisation_id=organisation.id, organisation_name=organisation.name)


def add(session: Session, forum_id: UUID, *, account_id: UUID, organisation_id: UUID, role: Role) -> Membership:
    """Make the account a member, by the operator; an account has one place in a forum at a time."""
    membership = _join(session, forum_id, account_id, organisation_id, role)
    facts = {"forum": str(forum_id), "organisation": str(organisation_id), "role": role.value}
    journal.write_installation(session, "member:add", "member", membership.id, **facts)
    return membership


def _join(session: Session, forum_id: UUID, account_id: UUID, organisation_id: UUID, role: Role) -> Membership:
    if role not in READERS:
        raise Invalid(N_("There is no such role."), field="role", value=role, remedy=N_("Choose one of the roles."))
    current = select(Membership.id).where(
        Membership.forum_id == forum_id, Membership.account_id == account_id, Membership.ended_at.is_(None)
    )
    if session.scalar(current):
        message = N_("This person is a member of the forum already.")
        raise Conflict(message, field="email", remedy=N_("End the present membership first."))
    membership = Membership(forum_id=forum_id, account_id=account_id, organisation_id=organisation_id, role=role)
    session.add(membership)
    session.flush()
    return membership


def invite(session: Session, member: Member, *, email: str, name: str, organisation_id: UUID, role: Role) -> str | None:
    """Add a person to the forum, who chooses a password by a one-time link.

    The link goes to the person's own address. An installation that sends no mail returns its secret instead, to be
    handed over, but only when the account is new here and everywhere: no other forum's member is handed out.
    """
    require(member, Action.MEMBER_MANAGE)
    account_id = accounts.account_of(session, email=email, name=name)
    organisation = select(Organisation.id).where(
        Organisation.id == organisation_id, Organisation.forum_id == member.forum_id
    )
    if session.scalar(organisation) is None:
        remedy = N_("Choose one of the forum's organisations.")
        raise NotFound(field="organisation", value=organisation_id, remedy=remedy)
    membership = _join(session, member.forum_id, account_id, organisation_id, role)
    facts = {"organisation": str(organisation_id), "role": role.value}
    journal.write(session, member, journal.Entry("member:add", "member", membership.id, facts))
    if settings().smtp_url is None and accounts.is_fresh(session, account_id):
        return accounts.invite_link(session, account_id)
    jobs.defer(session, jobs.JobName.MAIL_LINK, member.forum_id, account=str(account_id))
    return None


def end(session: Session, member: Member, membership_id: UUID) -> None:
    """End a membership; the register keeps what its organisation reported."""
    require(member, Action.MEMBER_MANAGE)
    if membership_id == member.id:
        message = N_("You cannot end your own membership.")
        raise Conflict(message, remedy=N_("Ask another administrator to do it."))
    ending = (
        update(Membership)
        .where(
            Membership.id == membership_id,
            Membership.forum_id == member.forum_id,
            Membership.ended_at.is_(None),
        )
        .values(ended_at=clock.now())
        .returning(Membership.id)
    )
    if session.scalar(ending) is None:
        raise NotFound
    journal.write(session, member, journal.Entry("member:end", "member", membership_id, {}))


def all_of(session: Session, member: Member) -> list[Listed]:
    """Return the forum's present members, for its administrator."""
    require(member, Action.MEMBER_MANAGE)
    rows = session.execute(
        select(Membership, Account.name, Account.email, Organisation.name)
        .join(Account, Account.id == Membership.account_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.forum_id == member.forum_id, Membership.ended_at.is_(None))
        .order_by(Organisation.name, Account.name, Account.email)
    )
    return [Listed(*row) for row in rows]


def people_of(session: Session, organisation_id: UUID) -> int:
    """Return how many present members the organisation has."""
    present = Membership.organisation_id == organisation_id, Membership.ended_at.is_(None)
    return session.scalar(select(func.count()).select_from(Membership).where(*present)) or 0


def visit(session: Session, member: Member) -> datetime | None:
    """Note that the member is here, and return when the visit before this one was."""
    previous: datetime | None = session.scalar(VISIT, {"member": member.id, "forum": member.forum_id})
    return previous
