"""The steps of the work (steg): what was done to a place, a cause analysis or a measure; appended, never edited."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, journal
from forum.foundation.audience import Visibility
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Busy, Invalid, NotFound, Stale
from forum.foundation.language import N_
from forum.people.members import Member
from forum.people.policy import Role
from forum.register.deviations import checked_text

LOWEST, HIGHEST, TRIES = 100_000, 999_999, 8
THROUGH = "through"
"""Among the changes of a step that was taken through a mailed link."""


class Step(Base):
    """One thing that was done, with its reason and each changed value before and after."""

    __tablename__ = "steps"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    thing_kind: Mapped[str]
    thing_id: Mapped[UUID]
    version: Mapped[int]
    action: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    organisation_id: Mapped[UUID | None]
    visibility: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    changes: Mapped[dict[str, Any]] = mapped_column(server_default="{}", info={"free_text": True})


class Worked(Base):
    """A thing that the forum works on: each step makes a new version of it."""

    __abstract__ = True
    kind: ClassVar[str]

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid(), sort_order=-9)
    forum_id: Mapped[UUID] = mapped_column(sort_order=-8)
    visibility: Mapped[str] = mapped_column(sort_order=1)
    version: Mapped[int] = mapped_column(server_default="1", sort_order=2)
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now(), sort_order=3)
    changed_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now(), sort_order=4)


Thing = TypeVar("Thing", bound=Worked)


def numbered(session: Session, make: Callable[[int], Thing]) -> Thing:
    """Save a new thing under a number that nothing else has.

    Numbers are drawn, not counted: a count would tell how many there are that the reader does not see.
    """
    for _ in range(TRIES):
        thing = make(LOWEST + secrets.randbelow(HIGHEST - LOWEST + 1))
        try:
            with session.begin_nested():
                session.add(thing)
                session.flush()
        except IntegrityError as error:
            if "_nr_" not in str(error.orig):
                raise
        else:
            session.refresh(thing)  # its shape comes back from the database as it is kept there
            return thing
    raise Busy(N_("No free number was found."), remedy=N_("Try again."))


def begin(session: Session, member: Member, thing: Worked, **facts: Any) -> None:
    """Append the first step of a new thing."""
    _append(session, member, thing, Done("create", thing.visibility))
    session.flush()
    _tell(session, member, thing, "create", facts)


def take(
    session: Session, member: Member, thing: Worked, action: str, *, new: Mapping[str, Any], reason: str = ""
) -> None:
    """Carry out a step: the new values, a new version, a line here and one in the journal, which holds no words."""
    changes = {name: [_plain(getattr(thing, name)), _plain(value)] for name, value in new.items()}
    seen = min((thing.visibility, new.get("visibility", thing.visibility)), key=list(Visibility).index)
    for name, value in new.items():
        setattr(thing, name, value)
    thing.version += 1
    thing.changed_at = clock.now()
    _append(session, member, thing, Done(action, seen, reason, changes))
    session.flush()
    _tell(session, member, thing, action, {"changed": sorted(new)})


@dataclass(frozen=True)
class Done:
    """What is to be appended of a step."""

    action: str
    visibility: str
    reason: str = ""
    changes: dict[str, Any] = field(default_factory=dict)


def _append(session: Session, member: Member, thing: Worked, done: Done) -> None:
    session.add(
        Step(
            forum_id=thing.forum_id,
            thing_kind=thing.kind,
            thing_id=thing.id,
            version=thing.version,
            action=done.action,
            reason=done.reason,
            organisation_id=member.organisation_id,
            visibility=done.visibility,
            changes=done.changes | ({THROUGH: [None, "link"]} if member.role is Role.LINK else {}),
        )
    )


def _tell(session: Session, member: Member, thing: Worked, action: str, facts: Mapping[str, Any]) -> None:
    linked = {"organisation": str(member.organisation_id), THROUGH: "link"} if member.role is Role.LINK else {}
    said = {"version": thing.version, **facts, **linked}
    journal.write(session, member, journal.Entry(f"{thing.kind}:{action}", thing.kind, thing.id, said))


def of(session: Session, thing_id: UUID) -> list[Step]:
    """Return what was done to a thing, as far as the reader sees it, the oldest first."""
    return list(session.scalars(select(Step).where(Step.thing_id == thing_id).order_by(Step.version)))


def hold(session: Session, thing: Worked, version: int | None) -> None:
    """Hold the row for a step; refuses when somebody took another one since the version that the editor saw."""
    kind = type(thing)
    held = select(kind).where(kind.id == thing.id).with_for_update()
    if session.scalar(held.execution_options(populate_existing=True)) is None:
        raise NotFound
    if version is not None and thing.version != version:
        message = N_("Somebody else changed this meanwhile.")
        remedy = N_("Look at the newer state and make your change again.")
        raise Stale(message, field="version", value=version, remedy=remedy, current={"version": thing.version})


def reason_given(words: str, name: str = "reason") -> str:
    """Return the reason in words; refuses an empty one."""
    words = checked_text(words, name)
    if not words:
        raise Invalid(N_("This needs a reason."), field=name, value="", remedy=N_("Say why, in a sentence."))
    return words


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return clock.stamp(value)
    if isinstance(value, UUID | date):
        return str(value)
    return None if hasattr(value, "desc") else value  # a shape is drawn, not written
