"""Figures from outside (trygghetsmätningar, anmälda brott): by area and year, as others have published them.

Sums of many people, never a person: a share with its number of respondents, a count with the population behind it. A
figure never changes; a corrected edition is imported under its own name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import journal
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Invalid, outside, raise_all
from forum.foundation.language import N_
from forum.foundation.many import insert_many
from forum.people import agreements
from forum.people.agreements import today
from forum.people.members import Member
from forum.people.policy import Action, Role, require
from forum.register import areas
from forum.register.bulk import ONE_AT_A_TIME
from forum.register.deviations import checked_text

LENGTH = 300
FIRST_YEAR = 1990
LEAST = 30
"""Respondents below which a share is uncertain: with thirty, its 95 % interval is up to 38 points of 100 wide."""
LARGEST = 100_000_000


class Kind(StrEnum):
    """What a figure tells."""

    PERCEIVED = "perceived"
    REPORTED = "reported"


KIND_WORDS = {Kind.PERCEIVED: N_("Perceived insecurity"), Kind.REPORTED: N_("Reported offences")}


class Survey(Base):
    """One figure of one source; `topic` is the question in its own words, or the group of offences."""

    __tablename__ = "surveys"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    kind: Mapped[str]
    source: Mapped[str] = mapped_column(info={"free_text": True})
    publisher: Mapped[str] = mapped_column(info={"free_text": True})
    topic: Mapped[str] = mapped_column(info={"free_text": True})
    area: Mapped[str]
    year: Mapped[int]
    share: Mapped[float | None]
    respondents: Mapped[int | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    count: Mapped[int | None]
    population: Mapped[int | None]
    imported_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())

    @property
    def uncertain(self) -> bool:
        """Tell whether too few have answered for it to be placed."""
        return self.respondents is not None and self.respondents < LEAST


@dataclass(frozen=True)
class Figure:
    """One figure as a file or a program brings it; `area` is the name or the code of one of the forum's areas."""

    kind: Kind
    source: str
    publisher: str
    topic: str
    area: str
    year: int
    share: float | None = None
    respondents: int | None = None
    low: float | None = None
    high: float | None = None
    count: int | None = None
    population: int | None = None


@dataclass(frozen=True)
class Settled:
    """What became of one figure, by its place among those that were brought."""

    place: int
    outcome: str
    problems: tuple[Invalid, ...] = ()


IDENTITY = ("kind", "source", "topic", "area", "year")
"""What makes two figures the same one."""
VALUES = tuple(field.name for field in fields(Figure) if field.name not in IDENTITY)


def take(session: Session, member: Member, brought: Iterable[Figure]) -> list[Settled]:
    """Take in figures; what is there already is known, what is refused is told and not taken. Nothing is committed."""
    require(member, Action.SURVEY_IMPORT)
    if member.role is not Role.SYSTEM:
        agreements.require_in_force(session, member)
    intake = _Intake(session, member)
    settled = [intake.settle(place, figure) for place, figure in enumerate(brought)]
    insert_many(session, Survey, intake.new)
    counts = {name: sum(each.outcome == name for each in settled) for name in ("added", "known", "refused")}
    facts = {"years": sorted({row["year"] for row in intake.new}), **counts}
    journal.write(session, member, journal.Entry("survey:import", "surveys", None, facts))
    return settled


class _Intake:
    """What every figure of one import is held against."""

    def __init__(self, session: Session, member: Member) -> None:
        self.forum_id = member.forum_id
        session.execute(ONE_AT_A_TIME, {"key": f"{member.forum_id} surveys"})
        self.areas = _named(session, member.forum_id)
        there = session.scalars(select(Survey).where(Survey.forum_id == member.forum_id))
        self.there = {_key(each): _value(each) for each in there}
        self.new: list[dict[str, Any]] = []
        self.checked = set[tuple[str, str]]()

    def settle(self, place: int, figure: Figure) -> Settled:
        """Return what becomes of a figure, and keep a new one."""
        try:
            row = self.row(figure)
        except Invalid as error:
            return Settled(place, "refused", tuple(error.problems))
        key, value = tuple(row[name] for name in IDENTITY), tuple(row[name] for name in VALUES)
        if key in self.there:
            if self.there[key] == value:
                return Settled(place, "known")
            message = N_("Another figure stands there for the same source, topic, area and year.")
            remedy = N_("Import a corrected edition under a source name of its own.")
            return Settled(place, "refused", (Invalid(message, field="value", value=figure.year, remedy=remedy),))
        self.there[key] = value
        self.new.append(row | {"forum_id": self.forum_id})
        return Settled(place, "added")

    def row(self, figure: Figure) -> dict[str, Any]:
        """Return the checked figure as a row; everything that is wrong with it is told at once."""
        row = {name: getattr(figure, name) for name in (*IDENTITY, *VALUES)}
        row["kind"] = Kind(figure.kind).value
        raise_all(_wrong(figure))
        for name in ("source", "publisher", "topic"):
            row[name] = self.words(name, row[name])
        row["area"] = self.areas.get(figure.area.strip().casefold())
        if row["area"] is None:
            message = N_("The forum has no area of this name or code.")
            remedy = N_("Use: %(names)s.")
            names = ", ".join(sorted(set(self.areas.values())))
            raise Invalid(message, field="area", value=figure.area, remedy=remedy, names=names)
        return row

    def words(self, name: str, given: str) -> str:
        """Return a text that was screened, each of them once."""
        words = given.strip()
        if (name, words) in self.checked:
            return words
        if not words:
            message, remedy = N_("A figure says where it comes from and what was asked."), N_("Fill this in.")
            raise Invalid(message, field=name, value=given, remedy=remedy)
        self.checked.add((name, checked_text(words, name, LENGTH)))
        return words


def _wrong(figure: Figure) -> list[Invalid]:
    problems = outside(figure.year, FIRST_YEAR, today().year, "year")
    problems += outside(figure.population, 1, LARGEST, "population") if figure.population is not None else []
    if figure.kind is Kind.REPORTED:
        problems += _missing(figure, "count")
        problems += outside(figure.count, 0, LARGEST, "count") if figure.count is not None else []
        return problems + _foreign(figure, ("share", "respondents", "low", "high"))
    problems += _missing(figure, "share") + _missing(figure, "respondents")
    problems += outside(figure.respondents, 1, LARGEST, "respondents") if figure.respondents is not None else []
    for name in ("share", "low", "high"):
        value = getattr(figure, name)
        problems += outside(value, 0, 1, name) if value is not None else []
    if not problems and not _ordered(figure):
        message, remedy = N_("The interval does not hold the share."), N_("Give both its ends, or none.")
        problems.append(Invalid(message, field="low", value=f"{figure.low}–{figure.high}", remedy=remedy))
    return problems + _foreign(figure, ("count",))


def _ordered(figure: Figure) -> bool:
    if figure.low is None or figure.high is None or figure.share is None:
        return figure.low is None and figure.high is None
    return figure.low <= figure.share <= figure.high


def _missing(figure: Figure, name: str) -> list[Invalid]:
    if getattr(figure, name) is not None:
        return []
    return [Invalid(N_("The figure lacks this."), field=name, value=None, remedy=N_("Fill this in."))]


def _foreign(figure: Figure, names: Iterable[str]) -> list[Invalid]:
    message, remedy = N_("This does not belong to this kind of figure."), N_("Leave it out.")
    found = [name for name in names if getattr(figure, name) is not None]
    return [Invalid(message, field=name, value=getattr(figure, name), remedy=remedy) for name in found]


def _named(session: Session, forum_id: UUID) -> dict[str, str]:
    """Return the name of each of the forum's areas by its name and by its code, in small letters."""
    mine = [*areas.parts(session, forum_id), *session.scalars(areas.of_forum(forum_id, today()))]
    return {known.casefold(): area.name for area in mine for known in (area.code, area.name) if known}


def _key(survey: Survey) -> tuple[Any, ...]:
    return tuple(getattr(survey, name) for name in IDENTITY)


def _value(survey: Survey) -> tuple[Any, ...]:
    return tuple(getattr(survey, name) for name in VALUES)


# --- what is read -----------------------------------------------------------------------------------------------------


def all_of(session: Session, member: Member, kind: Kind | None = None) -> list[Survey]:
    """Return the forum's imported figures: by area, the newest year first."""
    require(member, Action.SURVEY_READ)
    query = select(Survey).where(Survey.forum_id == member.forum_id)
    if kind is not None:
        query = query.where(Survey.kind == kind.value)
    return list(session.scalars(query.order_by(Survey.area, Survey.year.desc(), Survey.topic, Survey.source)))
