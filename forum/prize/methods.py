"""Methods carried over (metodspridning): what a forum works by, offered to others, taken over with credit in one step.

A method is the forum's categories, its cycle of meetings, the measures that it has carried out and the months by which
it judges them, frozen as they were when it was offered. It holds no deviation and no place: everybody may read it. Who
takes it over gets what the forum has not; what is there already stays as it is, and every difference is told before.
"""

from __future__ import annotations

import secrets
from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, journal
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Invalid, NotFound
from forum.foundation.language import N_
from forum.foundation.screening import check
from forum.people import agreements
from forum.people.agreements import today
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.prize import experience
from forum.prize.editions import Edition
from forum.prize.nominations import Nomination
from forum.register import categories
from forum.register.deviations import checked_text
from forum.work import cycles
from forum.work.cycles import Cycle, Every, Rule
from forum.work.pictures import hash_of

VERSION = 1
NAME_LENGTH, ABOUT_LENGTH = 80, 1000
COMPARED = ("parent", "sv", "en", "letter", "questions")
"""What tells two categories of one code apart for whoever marks."""


class Method(Base):
    """A method as it was offered; `content` is what the hash covers, with salted digests of its words."""

    __tablename__ = "methods"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    edition_id: Mapped[UUID | None]
    nomination_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(info={"free_text": True})
    about: Mapped[str] = mapped_column(info={"free_text": True})
    content: Mapped[dict[str, Any]]
    salt: Mapped[bytes]
    hash: Mapped[bytes]
    offered_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def origin(self) -> str:
        """Return what the forum was called that offered it: who is credited."""
        return str(self.content["origin"]["name"])

    @property
    def origin_slug(self) -> str:
        """Return the short name of the forum that offered it."""
        return str(self.content["origin"]["slug"])

    @property
    def prize(self) -> str:
        """Return the name of the edition that it won, empty where it won none."""
        return str(self.content["origin"]["prize"])

    @property
    def cycle(self) -> dict[str, Any] | None:
        """Return how often its forum meets."""
        found: dict[str, Any] | None = self.content["cycle"]
        return found

    @property
    def months(self) -> list[int]:
        """Return after how many months its forum judges a measure."""
        return [int(months) for months in self.content["analysis"]["months"]]

    @property
    def seal(self) -> bytes:
        """Return the hash over what it says as it stands now."""
        words = journal.digest_of(bytes(self.salt), {"name": self.name, "about": self.about}).hex()
        named = {"nomination": str(self.nomination_id) if self.nomination_id else None}
        return hash_of(self.content | named | {"words": words, "offered_at": clock.stamp(self.offered_at)})


class Use(Base):
    """That a forum took a method over: what it got, on which day; `taker` is what it was called."""

    __tablename__ = "method_uses"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    method_id: Mapped[UUID]
    origin_id: Mapped[UUID]
    taker: Mapped[str]
    taker_slug: Mapped[str]
    added: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    cycle: Mapped[bool]
    taken_at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True)
class Other:
    """A category that both have and that is not the same: it stays as it is here."""

    code: str
    theirs: str
    ours: str
    retired: bool
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """What taking a method over would bring, and what would stay as it is."""

    missing: tuple[categories.Entry, ...]
    alike: int
    other: tuple[Other, ...]
    cycle: Cycle | None
    """The cycle that the forum has."""


# --- reading ----------------------------------------------------------------------------------------------------------


def all_of(session: Session) -> list[Method]:
    """Return every method that is offered, the newest first: for everybody."""
    standing = select(Method).where(Method.ended_at.is_(None))
    return list(session.scalars(standing.order_by(Method.offered_at.desc())))


def get(session: Session, reference: UUID) -> Method:
    """Return a method that is offered."""
    found = session.scalar(select(Method).where(Method.id == reference))
    if found is None:
        raise NotFound
    return found


def of_nomination(session: Session, nomination_id: UUID) -> Method | None:
    """Return the latest method that was offered from a winner."""
    mine = select(Method).where(Method.nomination_id == nomination_id, Method.ended_at.is_(None))
    return session.scalar(mine.order_by(Method.offered_at.desc()).limit(1))


def offered(session: Session, member: Member) -> list[Method]:
    """Return what the member's forum has offered, the newest first."""
    require(member, Action.METHOD_READ)
    mine = select(Method).where(Method.forum_id == member.forum_id)
    return list(session.scalars(mine.order_by(Method.offered_at.desc())))


def uses(session: Session, member: Member) -> list[tuple[Use, Method]]:
    """Return what the member's forum has taken over, and who has taken over what it offered, the newest first."""
    require(member, Action.METHOD_READ)
    found = select(Use, Method).join(Method, Method.id == Use.method_id).order_by(Use.taken_at.desc())
    return [(use, method) for use, method in session.execute(found)]


def taken_over(session: Session, member: Member) -> list[Method]:
    """Return the methods that the member's forum has taken over, the latest first."""
    require(member, Action.METHOD_READ)
    ours = select(Method).join(Use, Use.method_id == Method.id).where(Use.forum_id == member.forum_id)
    return list(session.scalars(ours.order_by(Use.taken_at.desc())))


def judged_after(session: Session, member: Member) -> list[int]:
    """Return after how many months the forum judges a measure: as the method does that it took over last."""
    return next((method.months for method in taken_over(session, member)), experience.MONTHS)


def winning(session: Session, member: Member) -> list[tuple[Nomination, Edition]]:
    """Return the nominations of the forum that have won a prize that is told to everybody."""
    require(member, Action.METHOD_OFFER)
    won = (Nomination.forum_id == member.forum_id, func.announced(Nomination.id))
    found = select(Nomination, Edition).join(Edition, Edition.id == Nomination.edition_id).where(*won)
    return [(nomination, edition) for nomination, edition in session.execute(found.order_by(Edition.year.desc()))]


# --- offering ---------------------------------------------------------------------------------------------------------


def offer(session: Session, member: Member, *, name: str, about: str = "", nomination: UUID | None = None) -> Method:
    """Offer the forum's method as it stands today to every other forum; anybody may read it from now on."""
    require(member, Action.METHOD_OFFER)
    agreements.require_in_force(session, member)
    edition = next((e for n, e in winning(session, member) if n.id == nomination), None)
    if nomination is not None and edition is None:
        raise NotFound(field="nomination", value=nomination, remedy=N_("Choose a nomination of the forum that won."))
    name = " ".join(checked_text(name, "name", NAME_LENGTH).split())
    if not name:
        raise Invalid(N_("A method needs a name."), field="name", value="", remedy=N_("Write what others call it."))
    method = Method(
        forum_id=member.forum_id,
        organisation_id=member.organisation_id,
        edition_id=edition.id if edition else None,
        nomination_id=nomination,
        name=name,
        about=checked_text(about, "about", ABOUT_LENGTH),
        content=describe(session, member, edition),
        salt=secrets.token_bytes(16),
        offered_at=clock.now(),
    )
    method.hash = method.seal
    session.add(method)
    session.flush()
    facts = {"categories": len(method.content["categories"]), "nomination": str(nomination) if nomination else None}
    journal.write(session, member, journal.Entry("method:offer", "method", method.id, facts, method.hash))
    return method


def end(session: Session, member: Member, method: Method) -> None:
    """End the offer: nobody takes it over any more; who has done so keeps it and goes on reading it."""
    require(member, Action.METHOD_OFFER)
    mine = (Method.id == method.id, Method.forum_id == member.forum_id, Method.ended_at.is_(None))
    if session.scalar(update(Method).where(*mine).values(ended_at=clock.now()).returning(Method.id)) is None:
        raise NotFound
    journal.write(session, member, journal.Entry("method:end", "method", method.id, {}))


def describe(session: Session, member: Member, edition: Edition | None = None) -> dict[str, Any]:
    """Return what the forum's method is today, as it would be offered."""
    entries = categories.entries_of(session, member.forum_id)
    check(categories=" · ".join(f"{entry['sv']} · {entry['en']}" for entry in entries))
    cycle = cycles.of_forum(session, member)
    return {
        "version": VERSION,
        "origin": {"name": member.forum_name, "slug": member.forum_slug, "prize": edition.name if edition else ""},
        "categories": entries,
        "cycle": {
            "every": cycle.every, "weekday": cycle.weekday, "week": cycle.week, "at": f"{cycle.at:%H:%M}",
            "minutes": cycle.minutes,
        } if cycle else None,
        **experience.of_forum(session, member),
    }  # fmt: skip


# --- taking over ------------------------------------------------------------------------------------------------------


def difference(session: Session, member: Member, method: Method) -> Difference:
    """Return what taking the method over would bring the forum, and what would stay as it is."""
    require(member, Action.METHOD_READ)
    here = {c.code: c for c in categories.all_of(session, member.forum_id, retired=True)}
    mine = {entry["code"]: entry for entry in categories.entries_of(session, member.forum_id)}
    theirs: list[categories.Entry] = method.content["categories"]
    both = [entry for entry in theirs if entry["code"] in here]
    other = [
        Other(entry["code"], entry["sv"], here[entry["code"]].sv, entry["code"] not in mine, fields)
        for entry in both
        if (fields := _differing(entry, mine.get(entry["code"]))) or entry["code"] not in mine
    ]
    missing = tuple(entry for entry in theirs if entry["code"] not in here)
    return Difference(missing, len(both) - len(other), tuple(other), cycles.of_forum(session, member))


def _differing(theirs: categories.Entry, ours: categories.Entry | None) -> tuple[str, ...]:
    return tuple(name for name in COMPARED if ours is not None and theirs[name] != ours[name])


def adopt(session: Session, member: Member, method: Method, *, cycle: bool = False) -> Use:
    """Take a method over: the categories that the forum has not, and the cycle where it has none or it is wished."""
    require(member, Action.METHOD_ADOPT)
    agreements.require_in_force(session, member)
    _require_new(session, member, method)
    found = difference(session, member, method)
    sets = method.cycle is not None and (cycle or found.cycle is None)
    added = categories.add(session, member.forum_id, found.missing)
    if sets and method.cycle is not None:
        cycles.set_rule(session, member, _rule(method.cycle, member, found.cycle))
    use = Use(
        forum_id=member.forum_id, organisation_id=member.organisation_id, method_id=method.id,
        origin_id=method.forum_id, taker=member.forum_name, taker_slug=member.forum_slug, added=added, cycle=sets,
        taken_at=clock.now(),
    )  # fmt: skip
    session.add(use)
    session.flush()
    facts = {"method": str(method.id), "added": added, "cycle": sets}
    journal.write(session, member, journal.Entry("method:adopt", "method_use", use.id, facts))
    return use


def _require_new(session: Session, member: Member, method: Method) -> None:
    if method.forum_id == member.forum_id:
        message = N_("This is the forum's own method.")
        raise Conflict(message, remedy=N_("Choose one that another forum offers."))
    if session.scalar(select(Use.id).where(Use.forum_id == member.forum_id, Use.method_id == method.id)):
        message = N_("The forum has taken this method over already.")
        raise Conflict(message, remedy=N_("Look under what was taken over."))
    if method.ended_at is not None or method.seal != bytes(method.hash):
        message = N_("This method is no longer offered as it was.")
        raise Conflict(message, remedy=N_("Ask the forum that it comes from."))


def _rule(theirs: dict[str, Any], member: Member, ours: Cycle | None) -> Rule:
    """Return the cycle as this forum would keep it: where it meets and who chairs stay its own."""
    return Rule(
        Every(theirs["every"]), theirs["weekday"], theirs["week"], today(), time.fromisoformat(theirs["at"]),
        theirs["minutes"], ours.location if ours else "", ours.chair_id if ours else member.organisation_id,
    )  # fmt: skip


def digests(session: Session) -> Generator[tuple[UUID, bytes], None, None]:
    """Yield every method of the forum whose work this is with its seal as it stands, for the journal's verifier."""
    for method in session.scalars(select(Method).where(Method.forum_id == func.my_forum())):
        yield method.id, method.seal
