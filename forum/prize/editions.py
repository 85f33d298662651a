"""Editions of the prize (prisår): theme, sum, days, criteria; which phase it is; rules that stand once it is opened.

planned ─► open ─► preparing ─► assessing ─► deciding ─► announced: by the edition's days alone, as Sweden counts them.
A draft has not been opened by anybody yet, whatever its days. An edition whose jury has become too small stands still.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NotRequired, Protocol, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, journal, rights
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Invalid, NotFound, outside, raise_all
from forum.foundation.language import N_
from forum.foundation.plain import storable
from forum.people.forums import SLUG
from forum.people.policy import Action, Role, require
from forum.prize.criteria import Criterion, checked_criteria, standard_criteria
from forum.register.deviations import checked_text

ONE_DAY = timedelta(days=1)
RESERVED = frozenset({"metoder", "nominering"})
"""Second parts of the prize's addresses that mean something else."""


class Phase(StrEnum):
    """How far the year has come."""

    PLANNED = "planned"
    OPEN = "open"
    PREPARING = "preparing"
    ASSESSING = "assessing"
    DECIDING = "deciding"
    ANNOUNCED = "announced"


PHASE_WORDS = {
    Phase.PLANNED: N_("not begun"),
    Phase.OPEN: N_("open for nominations"),
    Phase.PREPARING: N_("the basis is being prepared"),
    Phase.ASSESSING: N_("the jury is assessing"),
    Phase.DECIDING: N_("the jury is deciding"),
    Phase.ANNOUNCED: N_("announced"),
}


class Edition(Base):
    """One year of the prize."""

    __tablename__ = "editions"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(info={"free_text": True})
    year: Mapped[int]
    theme: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    about: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    sum_kr: Mapped[int] = mapped_column(server_default="0")
    winners_most: Mapped[int] = mapped_column(server_default="1")
    quorum: Mapped[int] = mapped_column(server_default="3")
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    assess_from: Mapped[date]
    assess_until: Mapped[date]
    ceremony_at: Mapped[datetime] = mapped_column(Moment)
    criteria: Mapped[list[Any]] = mapped_column(server_default="[]")
    demo: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    rules_hash: Mapped[bytes | None]
    stopped_at: Mapped[datetime | None] = mapped_column(Moment)
    stopped_for: Mapped[str] = mapped_column(server_default="", info={"free_text": True})

    @property
    def phase(self) -> Phase:
        """Return the phase of this moment."""
        return phase_at(self, clock.now())

    @property
    def closing(self) -> datetime:
        """Return the first moment at which it is too late to nominate: the last day is one to its end."""
        return clock.midnight(self.closes_on + ONE_DAY)

    @property
    def must(self) -> list[Criterion]:
        """Return the criteria that a nomination must meet."""
        return [criterion for criterion in map(Criterion.of, self.criteria) if criterion.must]

    @property
    def considered(self) -> list[Criterion]:
        """Return the criteria that are considered, on their levels."""
        return [criterion for criterion in map(Criterion.of, self.criteria) if not criterion.must]

    @property
    def rules(self) -> bytes:
        """Return the hash over all that stands once it is opened."""
        days = (self.opens_on, self.closes_on, self.assess_from, self.assess_until)
        said = {
            "slug": self.slug,
            "theme": self.theme,
            "sum_kr": self.sum_kr,
            "winners_most": self.winners_most,
            "quorum": self.quorum,
            "days": [str(day) for day in days],
            "ceremony_at": clock.stamp(self.ceremony_at),
            "criteria": self.criteria,
        }
        return hashlib.sha256(journal.canonical(said)).digest()


def phase_at(edition: Edition, moment: datetime) -> Phase:
    """Return the phase at a moment."""
    starts = (
        (Phase.ANNOUNCED, edition.ceremony_at),
        (Phase.DECIDING, clock.midnight(edition.assess_until + ONE_DAY)),
        (Phase.ASSESSING, clock.midnight(edition.assess_from)),
        (Phase.PREPARING, edition.closing),
        (Phase.OPEN, clock.midnight(edition.opens_on)),
    )
    return next((phase for phase, start in starts if start <= moment), Phase.PLANNED)


class Holder(Protocol):
    """Somebody who holds an office in an edition."""

    @property
    def office_id(self) -> UUID | None:
        """Return the office, None for whoever nominated."""
        ...

    @property
    def edition_id(self) -> UUID:
        """Return the edition."""
        ...

    @property
    def role(self) -> Role:
        """Return the role that the office gives."""
        ...

    @property
    def organisation_id(self) -> UUID | None:
        """Return None: nobody owns a thing of the prize by their organisation."""
        ...


def note(session: Session, by: Holder, entry: journal.Entry) -> None:
    """Write in the edition's journal what the holder of an office did."""
    journal.write_edition(session, by.edition_id, by.office_id, entry)


def all_of(session: Session) -> list[Edition]:
    """Return the editions that the reader may know of, the newest year first."""
    return list(session.scalars(select(Edition).order_by(Edition.year.desc(), Edition.slug)))


def by_slug(session: Session, slug: str) -> Edition:
    """Return the edition of an address; a draft is found by its jury and the operator alone."""
    found = session.scalar(select(Edition).where(Edition.slug == slug)) if SLUG.fullmatch(slug) else None
    if found is None:
        raise NotFound
    return found


def serve(session: Session, edition_id: UUID) -> Edition:
    """Let the session do the edition's own work (letters, seals), and return it."""
    rights.become(session, rights.Principal(edition=edition_id))
    return session.get_one(Edition, edition_id)


def hold(session: Session, edition_id: UUID, *things: Base) -> None:
    """Let nobody else decide in the edition until this is done, and read again what was read before.

    Every verb on which a decision rests begins so, before it holds anything else.
    """
    session.flush()
    session.execute(select(func.hold_edition(edition_id)))
    for thing in things:
        try:
            session.refresh(thing)
        except InvalidRequestError as gone:
            raise NotFound from gone


def require_phase(edition: Edition, *phases: Phase) -> None:
    """Refuse what belongs to another phase."""
    if edition.opened_at is None:
        message = N_("This edition of the prize has not been opened.")
        raise Conflict(message, remedy=N_("Its secretary opens it."))
    if edition.phase not in phases:
        message = N_("This cannot be done now: the year is at “%(phase)s”.")
        remedy = N_("The days of the edition say when it can.")
        raise Conflict(message, remedy=remedy, phase=PHASE_WORDS[edition.phase])


def require_quorate(edition: Edition, phase: Phase) -> None:
    """Refuse the jury's own work, to assess and to decide, in another phase or while the edition stands still."""
    if edition.stopped_at is not None:
        message = N_("This edition stands still: %(why)s")
        raise Conflict(message, remedy=N_("It goes on when that is done."), why=edition.stopped_for)
    require_phase(edition, phase)


def require_unopened(edition: Edition) -> None:
    """Refuse to change the rules of an edition that was opened."""
    if edition.opened_at is not None:
        message = N_("The rules stand since the edition was opened.")
        raise Conflict(message, remedy=N_("Wait for the next edition, or let it end without an award."))


def open_(session: Session, by: Holder, edition: Edition) -> None:
    """Open the edition: from now on everybody sees it and its rules stand."""
    require(by, Action.EDITION_OPEN)
    require_unopened(edition)
    _require_complete(edition)
    edition.opened_at, edition.rules_hash = clock.now(), edition.rules
    session.flush()
    note(session, by, journal.Entry("edition:open", "edition", edition.id, {}, edition.rules_hash))


def _require_complete(edition: Edition) -> None:
    considered = edition.considered
    if not (edition.theme.strip() and edition.must and considered):
        message = N_("An edition needs a theme, must-criteria and considered criteria before it opens.")
        raise Invalid(message, field="criteria", remedy=N_("Fill in what is missing."))
    if bad := next((each for each in considered if len(each.levels) < 2 or each.weight < 1), None):
        message = N_("A considered criterion needs at least two described levels and a weight from 1.")
        raise Invalid(message, field="criteria", value=bad.code, remedy=N_("Describe its levels."))


class Facts(TypedDict):
    """What an edition says; days are days in Sweden."""

    name: str
    theme: NotRequired[str]
    about: NotRequired[str]
    sum_kr: NotRequired[int]
    winners_most: NotRequired[int]
    quorum: NotRequired[int]
    opens_on: date
    closes_on: date
    assess_from: date
    assess_until: date
    ceremony_at: datetime
    criteria: NotRequired[Sequence[Mapping[str, Any]]]


def create(session: Session, *, slug: str, year: int, demo: bool = False, **facts: Unpack[Facts]) -> Edition:
    """Make a draft of an edition with the standard criteria, by the operator."""
    if not SLUG.fullmatch(slug) or slug in RESERVED:
        remedy = N_("Use 2 to 40 small letters a-z, digits and hyphens, beginning with a letter, for example farsta.")
        raise Invalid(N_("This cannot be an edition's short name."), field="slug", value=slug, remedy=remedy)
    if session.scalar(select(Edition.id).where(Edition.slug == slug)):
        message = N_("There is an edition of this name already.")
        raise Conflict(message, field="slug", value=slug, remedy=N_("Choose another short name."))
    raise_all(list(outside(year, 2000, 2100, "year")))
    edition = Edition(slug=slug, year=year, demo=demo, **_checked({"criteria": standard_criteria(), **facts}))
    session.add(edition)
    session.flush()
    journal.write_installation(session, "edition:create", "edition", edition.id, slug=slug)
    return edition


def change(session: Session, by: Holder, edition: Edition, **facts: Unpack[Facts]) -> None:
    """Change a draft, by its secretary; what is not given stays as it is."""
    require(by, Action.EDITION_PREPARE)
    require_unopened(edition)
    said = {name: getattr(edition, name) for name in Facts.__annotations__}
    for name, value in _checked(said | dict(facts)).items():
        setattr(edition, name, value)
    session.flush()
    note(session, by, journal.Entry("edition:change", "edition", edition.id, {}))


def _checked(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an edition says, ready to be kept; refuses what does not hold together and names every field."""
    given = dict(facts)
    given["name"] = " ".join(storable(given["name"], "name").split())
    if not given["name"]:
        raise Invalid(N_("An edition needs a name."), field="name", value="", remedy=N_("Write its name and year."))
    for words in ("name", "theme", "about"):
        given[words] = checked_text(given.get(words, ""), words)
    raise_all([*_numbers(given), *_days(given)])
    given["criteria"] = checked_criteria(given.get("criteria", standard_criteria()))
    return given


def _numbers(given: Mapping[str, Any]) -> list[Invalid]:
    return [
        *outside(given.get("sum_kr", 0), 0, 10_000_000, "sum_kr"),
        *outside(given.get("winners_most", 1), 1, 2, "winners_most"),
        *outside(given.get("quorum", 3), 1, 99, "quorum"),
    ]


def _days(given: Mapping[str, Any]) -> list[Invalid]:
    """Return what is wrong with the order of the days."""
    ceremony = clock.local(given["ceremony_at"]).date()
    after = (
        ("closes_on", given["closes_on"] >= given["opens_on"]),
        ("assess_from", given["assess_from"] > given["closes_on"]),
        ("assess_until", given["assess_until"] >= given["assess_from"]),
        ("ceremony_at", ceremony > given["assess_until"]),
    )
    message, remedy = N_("This day comes before the one that it follows."), N_("Put the days in their order.")
    return [Invalid(message, field=day, value=given[day], remedy=remedy) for day, holds in after if not holds]


def stop(session: Session, by: Holder, edition: Edition, why: str) -> None:
    """Let the edition stand still, with what has to happen before it goes on."""
    edition.stopped_at, edition.stopped_for = clock.now(), checked_text(why, "why")
    session.flush()
    note(session, by, journal.Entry("edition:stop", "edition", edition.id, {}))


def go_on(session: Session, by: Holder, edition: Edition) -> None:
    """Let the edition go on."""
    edition.stopped_at, edition.stopped_for = None, ""
    session.flush()
    note(session, by, journal.Entry("edition:go_on", "edition", edition.id, {}))
