"""Adoption (antagande) of a picture or an action plan on a day, and the clock that tells when it has to be renewed.

Picture and plan are renewed and followed up at least every second year (2023:196). Nothing is unmade: what is adopted
later takes the place of what was adopted before. An adoption never changes, and the journal holds its digest.
"""

from __future__ import annotations

import secrets
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, journal
from forum.foundation.audience import Audience
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Invalid, raise_all
from forum.foundation.language import N_
from forum.people import agreements
from forum.people.agreements import today
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register.deviations import checked_text
from forum.work.pictures import FrozenPicture

LENGTH = 300
EVERY = 730
"""Days from an adoption to the last one on which it is to be renewed: two years, also where one of them is longer."""


class State(StrEnum):
    """What the clock of an adoption says."""

    IN_FORCE = "in_force"
    LAST_DAY = "last_day"
    OVERDUE = "overdue"


STATE_WORDS = {
    State.IN_FORCE: N_("in force"),
    State.LAST_DAY: N_("last day today"),
    State.OVERDUE: N_("overdue"),
}


@dataclass(frozen=True)
class Clock:
    """How long something that was adopted still holds; below 0 it has not been renewed in time."""

    adopted_on: date
    last_day: date
    days_left: int

    @property
    def state(self) -> State:
        """Return what the clock says."""
        if self.days_left > 0:
            return State.IN_FORCE
        return State.OVERDUE if self.days_left < 0 else State.LAST_DAY

    @property
    def gone(self) -> int:
        """Return how many of its days have gone, at most all of them."""
        return min(EVERY, EVERY - self.days_left)


def clock_of(adopted_on: date, day: date) -> Clock:
    """Return the clock of what was adopted on a day, as it stands on another."""
    last = adopted_on + timedelta(days=EVERY)
    return Clock(adopted_on, last, (last - day).days)


class Adoption(Base):
    """That a picture or a plan was adopted on a day, and where that was decided."""

    __tablename__ = "adoptions"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    audience: Mapped[str]
    picture_id: Mapped[UUID | None]
    plan_id: Mapped[UUID | None]
    on_day: Mapped[date]
    reference: Mapped[str] = mapped_column(info={"free_text": True})
    salt: Mapped[bytes]
    hash: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(Moment)

    @property
    def seal(self) -> bytes:
        """Return the salted digest over what it says as it stands now."""
        said = {"picture": str(self.picture_id), "plan": str(self.plan_id), "audience": self.audience}
        said |= {"on": self.on_day.isoformat(), "reference": self.reference, "at": clock.stamp(self.at)}
        return journal.digest_of(bytes(self.salt), said)


@dataclass(frozen=True)
class Thing:
    """What is adopted: a picture or a plan, for whom it was made and when."""

    audience: str
    made_at: datetime
    picture_id: UUID | None = None
    plan_id: UUID | None = None


def adopt_picture(session: Session, member: Member, picture: FrozenPicture, *, on: date, reference: str) -> Adoption:
    """Note that a frozen picture was adopted on a day, by the decision that the reference names."""
    require(member, Action.PICTURE_ADOPT)
    agreements.require_in_force(session, member)
    require_written(picture)
    return keep(session, member, Thing(picture.audience, picture.frozen_at, picture.id), on, reference)


def require_written(picture: FrozenPicture) -> None:
    """Refuse a picture that a meeting kept: it has one of the three parts."""
    if picture.meeting_id is not None:
        message = N_("This picture has the figures alone: the law asks for three parts.")
        remedy = N_("Freeze the picture with other relevant information and an analysis.")
        raise Conflict(message, field="picture", value=picture.id, remedy=remedy)


def keep(session: Session, member: Member, thing: Thing, on: date, reference: str) -> Adoption:
    """Keep an adoption that was allowed; the journal holds the day and a digest, and no word."""
    words = _checked(thing, on, reference)
    salt, at = secrets.token_bytes(16), clock.now()
    of = {"picture_id": thing.picture_id, "plan_id": thing.plan_id, "audience": thing.audience}
    who = {"forum_id": member.forum_id, "organisation_id": member.organisation_id}
    adoption = Adoption(**of, **who, on_day=on, reference=words, salt=salt, at=at)
    adoption.hash = adoption.seal
    try:
        with session.begin_nested():
            session.add(adoption)
            session.flush()
    except IntegrityError as refused:
        if "adoptions_p" not in str(refused.orig):
            raise
        message, remedy = N_("This was adopted already."), N_("Freeze or make a new one: it takes the place of this.")
        raise Conflict(message, field="on", value=on, remedy=remedy) from refused
    kind, adopted = ("picture", thing.picture_id) if thing.picture_id else ("plan", thing.plan_id)
    facts = {kind: str(adopted), "audience": thing.audience, "on": on.isoformat()}
    journal.write(session, member, journal.Entry(f"{kind}:adopt", "adoption", adoption.id, facts, adoption.hash))
    return adoption


def _checked(thing: Thing, on: date, reference: str) -> str:
    words, problems = checked_text(reference, "reference", LENGTH), list[Invalid]()
    made = clock.local(thing.made_at).date()
    if on > today():
        message, remedy = N_("This day has not come yet."), N_("Give the day of the decision.")
        problems.append(Invalid(message, field="on", value=on, remedy=remedy))
    if on < made:
        message, remedy = N_("This was made later, on %(day)s."), N_("Give the day of the decision.")
        problems.append(Invalid(message, field="on", value=on, remedy=remedy, day=made.isoformat()))
    if not words:
        message, remedy = (
            N_("An adoption says where it was decided."),
            N_("Name the meeting or the board, and its item."),
        )
        problems.append(Invalid(message, field="reference", value="", remedy=remedy))
    raise_all(problems)
    return words


# --- what is read -----------------------------------------------------------------------------------------------------


def all_of(session: Session, member: Member) -> list[Adoption]:
    """Return what was adopted, as far as the member may see, the latest first."""
    require(member, Action.PICTURE_READ)
    latest = (Adoption.on_day.desc(), Adoption.at.desc())
    return list(session.scalars(_seen(member).order_by(*latest)))


def of_picture(session: Session, member: Member, picture: FrozenPicture) -> Adoption | None:
    """Return when a picture was adopted; None where it was not."""
    require(member, Action.PICTURE_READ)
    return session.scalar(_seen(member).where(Adoption.picture_id == picture.id))


@dataclass(frozen=True)
class InForce:
    """Which picture and which plan hold for an audience on a day: those adopted last."""

    day: date
    picture: Adoption | None
    plan: Adoption | None

    @property
    def clocks(self) -> dict[str, Clock | None]:
        """Return the clock of each; None where nothing was adopted."""
        both = {"picture": self.picture, "plan": self.plan}
        return {name: clock_of(each.on_day, self.day) if each else None for name, each in both.items()}


def in_force(adopted: Iterable[Adoption], audience: Audience, day: date) -> InForce:
    """Return what of these holds for an audience on a day; they come with the latest first."""
    mine = [each for each in adopted if each.audience == audience and each.on_day <= day]
    picture = next((each for each in mine if each.picture_id), None)
    return InForce(day, picture, next((each for each in mine if each.plan_id), None))


def digests(session: Session) -> Generator[tuple[UUID, bytes], None, None]:
    """Yield every adoption that the session may see with its digest as it stands now, for the journal's verifier."""
    for adoption in session.scalars(select(Adoption)):
        yield adoption.id, adoption.seal


def _seen(member: Member) -> Select[Adoption]:
    mine = (Adoption.forum_id == member.forum_id, Adoption.audience.in_(member.visibilities))
    return select(Adoption).where(*mine)
