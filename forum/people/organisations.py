"""The partners of a forum (aktörer): a tree of organisations, each an authority or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import journal
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Invalid, NotFound
from forum.foundation.language import N_
from forum.foundation.plain import storable
from forum.foundation.screening import check
from forum.people.policy import Action, require

if TYPE_CHECKING:
    from forum.people.members import Member

NAME_LENGTH = 120


class Kind(StrEnum):
    """What kind of partner an organisation is."""

    CITY = "city"
    POLICE = "police"
    HOUSING = "housing"
    CIVIL = "civil"
    BUSINESS = "business"
    SCHOOL = "school"
    TRANSPORT = "transport"
    OTHER = "other"


class Organisation(Base):
    """A partner of a forum; `authority` decides who may use the visibility of that name."""

    __tablename__ = "organisations"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(info={"free_text": True})
    kind: Mapped[str]
    authority: Mapped[bool] = mapped_column(server_default="false")
    parent_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


@dataclass(frozen=True)
class Branch:
    """An organisation at its depth in the tree, 0 for the topmost."""

    organisation: Organisation
    depth: int


class Facts(TypedDict):
    """What is known of a partner when it is added."""

    name: str
    kind: Kind
    authority: NotRequired[bool]
    parent_id: NotRequired[UUID | None]


def add(session: Session, forum_id: UUID, **facts: Unpack[Facts]) -> Organisation:
    """Add a partner to the forum, by the operator."""
    organisation = _write_down(session, forum_id, **facts)
    told = {"forum": str(forum_id), **_facts(organisation)}
    journal.write_installation(session, "organisation:add", "organisation", organisation.id, **told)
    return organisation


def admit(session: Session, member: Member, **facts: Unpack[Facts]) -> Organisation:
    """Add a partner to the forum, by its administrator."""
    require(member, Action.ORGANISATION_ADD)
    organisation = _write_down(session, member.forum_id, **facts)
    entry = journal.Entry("organisation:add", "organisation", organisation.id, _facts(organisation))
    journal.write(session, member, entry)
    return organisation


def _facts(organisation: Organisation) -> dict[str, Any]:
    return {"kind": organisation.kind, "authority": organisation.authority}


def _write_down(session: Session, forum_id: UUID, **facts: Unpack[Facts]) -> Organisation:
    name, parent_id = " ".join(storable(facts["name"], "name").split()), facts.get("parent_id")
    if not 0 < len(name) <= NAME_LENGTH:
        remedy = N_("Write 1 to %(most)s characters.")
        raise Invalid(N_("An organisation needs a name."), field="name", value=name, remedy=remedy, most=NAME_LENGTH)
    check(name=name)
    partners = select(Organisation.id).where(Organisation.forum_id == forum_id)
    if session.scalar(partners.where(Organisation.name == name)):
        message = N_("This organisation is a partner of the forum already.")
        raise Conflict(message, field="name", value=name, remedy=N_("Choose another name."))
    if parent_id is not None and session.scalar(partners.where(Organisation.id == parent_id)) is None:
        remedy = N_("Choose one of the forum's organisations.")
        raise NotFound(field="parent", value=parent_id, remedy=remedy)
    organisation = Organisation(
        forum_id=forum_id,
        name=name,
        kind=facts["kind"],
        authority=facts.get("authority", False),
        parent_id=parent_id,
    )
    session.add(organisation)
    session.flush()
    return organisation


def all_of(session: Session, forum_id: UUID) -> list[Organisation]:
    """Return the forum's partners by name."""
    of_forum = select(Organisation).where(Organisation.forum_id == forum_id)
    return list(session.scalars(of_forum.order_by(Organisation.name)))


def named(session: Session, forum_id: UUID, name: str) -> Organisation:
    """Return the forum's partner of that name."""
    found = session.scalar(select(Organisation).where(Organisation.forum_id == forum_id, Organisation.name == name))
    if found is None:
        message = N_("The forum has no partner of this name.")
        raise NotFound(message, field="organisation", value=name, remedy=N_("Add the organisation first."))
    return found


def named_by(session: Session, organisation_id: UUID) -> str:
    """Return what the organisation of an id is called."""
    return session.get_one(Organisation, organisation_id).name


def tree(organisations: list[Organisation]) -> Iterator[Branch]:
    """Yield the organisations, each unit under the one that it belongs to."""
    children: dict[UUID | None, list[Organisation]] = {}
    for organisation in organisations:
        children.setdefault(organisation.parent_id, []).append(organisation)

    def below(parent: UUID | None, depth: int) -> Iterator[Branch]:
        for organisation in children.get(parent, ()):
            yield Branch(organisation, depth)
            yield from below(organisation.id, depth + 1)

    return below(None, 0)
