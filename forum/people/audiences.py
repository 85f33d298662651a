"""For whom a thing is made (målgrupp): who may make it, and a session that sees no more than the whole audience."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy.orm import Session

from forum.foundation import rights
from forum.foundation.audience import Audience
from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from forum.people.members import Member
from forum.people.policy import Role


def require(member: Member, audience: Audience | None) -> None:
    """Refuse what is made for more than the member sees; the forum's own work sees all, and reads nothing in person."""
    if audience is None and member.role is Role.SYSTEM:
        message = N_("Nobody reads this in person: it needs an audience.")
        raise Invalid(message, field="audience", remedy=N_("Choose forum or authorities."))
    if audience is Audience.AUTHORITIES and not member.authority:
        message = N_("Only members of authorities can make something for authorities.")
        raise Invalid(message, field="audience", value=audience, remedy=N_("Choose forum."))


def require_rows(member: Member, audience: Audience) -> None:
    """Refuse to make for the audience what tells of single things: the public is told sums that were published."""
    if audience is Audience.PUBLIC:
        message = N_("The public is shown what nobody can be recognised by, once a month.")
        remedy = N_("Choose forum or authorities.")
        raise Invalid(message, field="audience", value=audience, remedy=remedy)
    require(member, audience)


@contextmanager
def narrowed(session: Session, audience: Audience | None) -> Iterator[None]:
    """Let the session see only what the whole audience may see."""
    with rights.kept(session):
        rights.become(session, replace(rights.principal_of(session), audience=audience))
        yield
