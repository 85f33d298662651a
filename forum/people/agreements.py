"""The written agreement of a partner (samverkansöverenskommelse): purposes and areas, both filled in.

A partner without one in force reads but does not write.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NotRequired, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import ColumnElement, Date, and_, bindparam, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, journal
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound, raise_all
from forum.foundation.language import N_
from forum.foundation.plain import storable
from forum.foundation.screening import check
from forum.people.members import Member
from forum.people.organisations import Organisation
from forum.people.policy import Action, require

LENGTH = 2000
WRITE_DOWN = N_("Ask the administrator of the forum to write down the agreement.")


class Agreement(Base):
    """What a partner and the forum have agreed on, from a day and perhaps to one."""

    __tablename__ = "agreements"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    purposes: Mapped[str] = mapped_column(info={"free_text": True})
    areas: Mapped[str] = mapped_column(info={"free_text": True})
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())

    def holds_on(self, day: date) -> bool:
        """Tell whether the agreement is in force that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def today() -> date:
    """Return the day in Sweden."""
    return clock.local(clock.now()).date()


class Terms(TypedDict):
    """What an agreement says."""

    organisation_id: UUID
    purposes: str
    areas: str
    valid_from: date
    valid_to: NotRequired[date | None]


def add(session: Session, forum_id: UUID, **terms: Unpack[Terms]) -> Agreement:
    """Write down an agreement of a partner, by the operator."""
    agreement = _write_down(session, forum_id, **terms)
    facts = {"forum": str(forum_id), "organisation": str(agreement.organisation_id)}
    journal.write_installation(session, "agreement:add", "agreement", agreement.id, **facts)
    return agreement


def sign(session: Session, member: Member, **terms: Unpack[Terms]) -> Agreement:
    """Write down an agreement of a partner, by the forum's administrator."""
    require(member, Action.AGREEMENT_MANAGE)
    organisation_id = terms["organisation_id"]
    partner = select(Organisation.id).where(
        Organisation.id == organisation_id, Organisation.forum_id == member.forum_id
    )
    if session.scalar(partner) is None:
        remedy = N_("Choose one of the forum's organisations.")
        raise NotFound(field="organisation", value=organisation_id, remedy=remedy)
    agreement = _write_down(session, member.forum_id, **terms)
    facts = {"organisation": str(organisation_id), "from": agreement.valid_from.isoformat()}
    journal.write(session, member, journal.Entry("agreement:add", "agreement", agreement.id, facts))
    return agreement


def _write_down(session: Session, forum_id: UUID, **terms: Unpack[Terms]) -> Agreement:
    valid_from, valid_to = terms["valid_from"], terms.get("valid_to")
    said = {"purposes": terms["purposes"], "areas": terms["areas"]}
    problems = [_missing(name, words) for name, words in said.items() if not words.strip()]
    if valid_to is not None and valid_to < valid_from:
        message = N_("An agreement cannot end before it begins.")
        problems.append(Invalid(message, field="valid_to", value=valid_to, remedy=N_("Choose a later day.")))
    raise_all(problems)
    plain = {name: _words(name, words) for name, words in said.items()}
    agreement = Agreement(
        forum_id=forum_id,
        organisation_id=terms["organisation_id"],
        valid_from=valid_from,
        valid_to=valid_to,
        **plain,
    )
    session.add(agreement)
    session.flush()
    return agreement


def _words(field: str, words: str) -> str:
    words = storable(words, field).strip()
    if len(words) > LENGTH:
        remedy = N_("Write at most %(most)s characters.")
        raise Invalid(N_("The text is too long."), field=field, value=f"{len(words)}", remedy=remedy, most=LENGTH)
    check(**{field: words})
    return words


def _missing(field: str, words: str) -> Invalid:
    message = N_("An agreement states its purposes and its areas.")
    return Invalid(message, field=field, value=words, remedy=N_("Fill this in."))


def end(session: Session, member: Member, agreement_id: UUID, on: date) -> None:
    """Let an agreement end on a day."""
    require(member, Action.AGREEMENT_MANAGE)
    wanted = select(Agreement).where(Agreement.id == agreement_id, Agreement.forum_id == member.forum_id)
    agreement = session.scalar(wanted)
    if agreement is None:
        raise NotFound
    if on < agreement.valid_from:
        message = N_("An agreement cannot end before it begins.")
        raise Invalid(message, field="valid_to", value=on, remedy=N_("Choose a later day."))
    if agreement.valid_to is not None and agreement.valid_to <= on:
        raise Conflict(N_("The agreement ends earlier already."), remedy=N_("Write down a new agreement."))
    agreement.valid_to = on
    session.flush()
    facts = {"organisation": str(agreement.organisation_id), "on": on.isoformat()}
    journal.write(session, member, journal.Entry("agreement:end", "agreement", agreement_id, facts))


def all_of(session: Session, member: Member) -> list[Agreement]:
    """Return the forum's agreements, the newest first."""
    require(member, Action.AGREEMENT_READ)
    of_forum = select(Agreement).where(Agreement.forum_id == member.forum_id)
    return list(session.scalars(of_forum.order_by(Agreement.valid_from.desc(), Agreement.created_at.desc())))


def in_force(session: Session, organisation_id: UUID, on: date) -> bool:
    """Tell whether the organisation has an agreement in force that day."""
    return session.connection().execute(IN_FORCE, {"organisation": organisation_id, "day": on}).first() is not None


def _holding(on: Any) -> ColumnElement[bool]:
    return and_(Agreement.valid_from <= on, or_(Agreement.valid_to.is_(None), Agreement.valid_to >= on))


IN_FORCE = (
    select(Agreement.id)
    .where(Agreement.organisation_id == bindparam("organisation"), _holding(bindparam("day", type_=Date)))
    .limit(1)
)


def require_in_force(session: Session, member: Member) -> None:
    """Refuse a writer whose organisation has no agreement in force."""
    if member.organisation_id is None or not in_force(session, member.organisation_id, today()):
        message = N_("%(organisation)s has no agreement in force, so it reads but does not write.")
        raise Forbidden(message, remedy=WRITE_DOWN, organisation=member.organisation_name)


def require_partner(session: Session, partner: Organisation) -> None:
    """Refuse to write on behalf of a partner that has no agreement in force."""
    if not in_force(session, partner.id, today()):
        message = N_("%(organisation)s has no agreement in force, so nobody writes for it.")
        raise Forbidden(message, field="organisation", remedy=WRITE_DOWN, organisation=partner.name)


def partners(session: Session, forum_id: UUID, *, since: date | None = None) -> list[Organisation]:
    """Return the forum's partners that have an agreement in force, and had one on that day too, by name."""
    agreed = [select(Agreement.organisation_id).where(_holding(day)) for day in (today(), since) if day]
    in_forum = select(Organisation).where(Organisation.forum_id == forum_id, *map(Organisation.id.in_, agreed))
    return list(session.scalars(in_forum.order_by(Organisation.name)))
