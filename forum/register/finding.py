"""Finding deviations (sökning): one filter for list, map, counts and export, so that they always show the same rows."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from shapely import unary_union
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Uuid,
    and_,
    bindparam,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from forum.foundation import clock, journal
from forum.foundation.audience import Visibility
from forum.foundation.errors import Invalid, NotFound
from forum.foundation.geometry import morton_ranges, shape_of
from forum.foundation.language import N_
from forum.people.agreements import today
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register import areas, categories, places
from forum.register.deviations import LIVE, Deviation, Status, visible_to

MOST = 10_000
"""Rows of one page at most."""
HOUR = timedelta(hours=1)
ROUGH_M, SEVERAL = 200, 3
"""So many at one spot, none known better than to so many metres, lie at an area's middle rather than at a place."""
RESTRICTED = (Visibility.OWN.value, Visibility.AUTHORITIES.value)
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Filter:
    """Which deviations are wanted; empty means all that are live.

    `start` and `end` are moments with start ≤ occurred_from < end; `box` is west, south, east, north in degrees;
    `hours` 0-23 and `weekdays` 1-7 (Monday first) are Swedish wall-clock time; `categories` are codes and take in
    what lies below them; `q` are words of the text and the answer, or a number (`search_query` in migration 0004).
    """

    box: Box | None = None
    start: datetime | None = None
    end: datetime | None = None
    hours: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    categories: tuple[str, ...] = ()
    organisations: tuple[UUID, ...] = ()
    statuses: tuple[Status, ...] = ()
    area: str | None = None
    place: int | None = None
    q: str = ""
    created_since: datetime | None = None


class Found(NamedTuple):
    """One deviation as lists show it: plain values from its columns, nothing that the session has to keep."""

    id: UUID
    nr: int
    organisation_id: UUID
    category_id: UUID
    accuracy_m: float
    occurred_from: datetime
    occurred_to: datetime
    text: str
    answers: dict[str, Any]
    reply: str
    visibility: str
    status: str
    source: str | None
    source_ref: str | None
    version: int
    created_at: datetime
    changed_at: datetime
    on_behalf: bool
    lon: float
    lat: float
    category: str
    category_name: str
    organisation_name: str | None

    @property
    def position(self) -> tuple[float, float]:
        """Return longitude and latitude."""
        return self.lon, self.lat


LON, LAT = func.ST_X(Deviation.geom), func.ST_Y(Deviation.geom)
OWN = text(
    ", ".join(f"deviations.{name}" for name in Found._fields[:17])
    + ", deviations.organisation_id <> deviations.registered_by_id AS on_behalf"
    + ", ST_X(deviations.geom) AS lon, ST_Y(deviations.geom) AS lat"
)
NAMED = (
    select(text("page.*, categories.code, categories.sv, organisations.name"))
    .select_from(
        text(
            "page JOIN categories ON categories.id = page.category_id "
            "LEFT JOIN organisations ON organisations.id = page.organisation_id"
        )
    )
    .order_by(text("page.occurred_from DESC, page.id DESC"))
)
"""What is read of each row, and the words behind its ids: together `Found`. In words of SQL, which cost no request."""


@dataclass(frozen=True)
class Page:
    """Some rows, how many there are in all, where the next ones begin, and what was asked for."""

    rows: Sequence[Found]
    matched: int
    unknown_hour: int
    next: str | None
    wanted: Filter = Filter()


def find(session: Session, member: Member, wanted: Filter, *, limit: int = 100, cursor: str | None = None) -> Page:
    """Return a page of the deviations that the filter wants and the member may see, the newest first."""
    require(member, Action.DEVIATION_READ)
    if not 1 <= limit <= MOST:
        remedy = N_("Ask for 1 to %(most)s at a time.")
        raise Invalid(N_("So many cannot be had at once."), field="limit", value=limit, remedy=remedy, most=MOST)
    conditions = _conditions(session, member, wanted)
    after = [tuple_(Deviation.occurred_from, Deviation.id) < _position(cursor)] if cursor else []
    rows = rows_where(session, [*conditions, *_hours(wanted), *after], limit + 1)
    if len(rows) <= limit and not after and not wanted.hours:  # all there are
        return Page(rows, len(rows), 0, None, wanted)
    matched, unknown = _count(session, wanted, conditions)
    following = _cursor(rows[limit - 1]) if len(rows) > limit else None
    return Page(rows[:limit], matched, unknown, following, wanted)


def rows_where(session: Session, conditions: Iterable[ColumnElement[bool]], limit: int | None = None) -> list[Found]:
    """Return the deviations that meet the conditions, the newest first; names are looked up for those alone."""
    newest = _own(*conditions).order_by(*NEWEST).limit(limit)
    session.flush()  # no entities: the ORM has no part in it
    return list(map(Found._make, session.connection().execute(_named(newest)).all()))


NEWEST = (Deviation.occurred_from.desc(), Deviation.id.desc())


def _own(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(OWN).select_from(Deviation).where(*conditions)


def _named(rows: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Return the question for the rows with the words behind their ids, in the same order."""
    return NAMED.add_cte(rows.cte("page"))


ONE = _named(_own(Deviation.id == bindparam("wanted", type_=Uuid())))


def of(session: Session, deviation: Deviation) -> Found:
    """Return the deviation as it now stands, as lists show it."""
    return Found._make(session.execute(ONE, {"wanted": deviation.id}).one())


def counts_by(session: Session, member: Member, wanted: Filter, column: Any) -> dict[Any, int]:
    """Return how many of the wanted deviations there are by the values of a column."""
    require(member, Action.DEVIATION_READ)
    query = select(column, func.count()).where(*everything(session, member, wanted)).group_by(column)
    return {row[0]: row[1] for row in session.execute(query)}


def count(session: Session, member: Member, wanted: Filter) -> int:
    """Return how many of the wanted deviations there are."""
    require(member, Action.DEVIATION_READ)
    return session.scalars(
        select(func.count()).select_from(Deviation).where(*everything(session, member, wanted))
    ).one()


def counts_in_areas(session: Session, member: Member, wanted: Filter, names: Sequence[str]) -> dict[str, int]:
    """Return how many of the wanted deviations lie in each area, as many as a list of that area finds."""
    require(member, Action.DEVIATION_READ)
    rows = everything(session, member, wanted)
    each = [select(literal(name), func.count(Deviation.id)).where(*rows, *_in_area(session, name)) for name in names]
    return {row[0]: row[1] for row in session.execute(union_all(*each))} if each else {}


class Shared(NamedTuple):
    """Deviations at the same spot as several others, because nobody knew better where: how many, at how many spots."""

    rows: int
    spots: int


def shared(session: Session, member: Member, wanted: Filter) -> Shared:
    """Return how many of the wanted deviations share their spot though it is known only roughly: an area's middle."""
    require(member, Action.DEVIATION_READ)
    rough = (*everything(session, member, wanted), Deviation.accuracy_m >= ROUGH_M)
    spots = select(func.count().label("n")).where(*rough).group_by(Deviation.morton).having(func.count() >= SEVERAL)
    counted = spots.subquery()
    return Shared(*session.execute(select(func.coalesce(func.sum(counted.c.n), 0), func.count(counted.c.n))).one())


def everything(session: Session, member: Member, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return all that the filter asks of a row, and that the member may see it."""
    return [*_conditions(session, member, wanted), *_hours(wanted)]


def note(session: Session, member: Member, purpose: str, page: Page) -> None:
    """Note in the journal that restricted rows were read: how many, for what, and by which filter."""
    restricted = sum(row.visibility in RESTRICTED for row in page.rows)
    if restricted:
        facts = {"restricted": restricted, "matched": page.matched, "filter": without_words(page.wanted)}
        journal.note_read(session, member, purpose, facts)


def without_words(wanted: Filter) -> dict[str, Any]:
    """Return what a filter asks for, as far as the journal may hold it: of typed words only that there were some."""
    typed: dict[str, Any] = {name: True for name in ("area", "q") if getattr(wanted, name)}
    chosen = ("hours", "weekdays", "categories", "organisations", "statuses")
    typed |= {"place": wanted.place} if wanted.place is not None else {}
    sets = {name: sorted(map(str, getattr(wanted, name))) for name in chosen if getattr(wanted, name)}
    times = {name: getattr(wanted, name) for name in ("start", "end", "created_since")}
    moments = {name: clock.stamp(value) for name, value in times.items() if value is not None}
    window = {"box": [round(degrees, 4) for degrees in wanted.box]} if wanted.box else {}
    return typed | sets | moments | window


def _count(session: Session, wanted: Filter, conditions: list[ColumnElement[bool]]) -> tuple[int, int]:
    if not wanted.hours:
        whole = select(func.count()).select_from(Deviation).where(*conditions)
        return session.connection().execute(whole).scalar_one(), 0
    known = _known_hour()
    inside = func.count().filter(and_(*_hours(wanted)))
    both = select(inside, func.count().filter(~known)).select_from(Deviation).where(*conditions)
    matched, unknown = session.execute(both).one()
    return matched, unknown


def _conditions(session: Session, member: Member, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return everything but the hour, whose unknown rows are counted apart."""
    live = [s.value for s in wanted.statuses or LIVE]
    conditions = [visible_to(member), Deviation.status.in_(live), *_times(wanted)]
    if wanted.organisations:
        conditions.append(Deviation.organisation_id.in_(wanted.organisations))
    if wanted.box is not None:
        conditions += _within(wanted.box)
    if wanted.categories:
        conditions.append(Deviation.category_id.in_(categories.ids_below(session, member.forum_id, wanted.categories)))
    if wanted.area:
        conditions += _in_area(session, wanted.area)
    if wanted.place is not None:
        conditions.append(_at_place(session, member, wanted.place))
    if wanted.q.strip():
        conditions.append(_says(wanted.q))
    return conditions


def _times(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    if wanted.start is not None:
        yield Deviation.occurred_from >= wanted.start
    if wanted.end is not None:
        yield Deviation.occurred_from < wanted.end
    if wanted.created_since is not None:
        yield Deviation.created_at > wanted.created_since
    if wanted.weekdays:
        yield _clock("isodow").in_(wanted.weekdays)


def _clock(part: str) -> ColumnElement[int]:
    return cast(func.extract(part, func.timezone(clock.ZONE.key, Deviation.occurred_from)), Integer)


def _known_hour() -> ColumnElement[bool]:
    return Deviation.occurred_to - Deviation.occurred_from <= literal(HOUR)


def _hours(wanted: Filter) -> list[ColumnElement[bool]]:
    return [_clock("hour").in_(wanted.hours), _known_hour()] if wanted.hours else []


def _within(box: Box) -> list[ColumnElement[bool]]:
    """Return the window: read by ranges of the Morton key, refined by the coordinates themselves."""
    west, south, east, north = box
    lon, lat = LON, LAT
    return [by_key(box), lon >= west, lon < east, lat >= south, lat < north]


def by_key(box: Box) -> ColumnElement[bool]:
    """Return the condition that a deviation lies in the box or a little outside it, by the Morton key."""
    return or_(*(and_(Deviation.morton >= low, Deviation.morton < high) for low, high in morton_ranges(*box)))


def _in_area(session: Session, name: str) -> list[ColumnElement[bool]]:
    found = areas.named(session, name, today())
    west, south, east, north = unary_union([shape_of(area.geom) for area in found]).bounds
    outlines = [select(areas.Area.geom).where(areas.Area.id == area.id).scalar_subquery() for area in found]
    covered = or_(*(func.ST_Covers(outline, Deviation.geom) for outline in outlines))
    return [by_key((west, south, east, north)), covered]


def _at_place(session: Session, member: Member, nr: int) -> ColumnElement[bool]:
    try:
        return places.belongs(places.get(session, member, nr))
    except NotFound as error:
        remedy = N_("Give the number of a place that you see.")
        raise NotFound(field="place", value=nr, remedy=remedy) from error


def _says(q: str) -> ColumnElement[bool]:
    """Return the search: a number finds the deviation itself, words are looked for in Swedish, whole and as parts.

    What a word finds is written beside what a row is found by: `search_query` and `searchable` in migration 0004.
    """
    words = q.strip()
    bare = words.rpartition("-")[2]
    by_number = Deviation.nr == int(bare) if bare.isdecimal() and len(bare) == NUMBER_DIGITS else false()
    return or_(by_number, Deviation.search.bool_op("@@")(func.search_query(words)))


NUMBER_DIGITS = 7


def _cursor(row: Deviation | Found) -> str:
    return base64.urlsafe_b64encode(f"{clock.stamp(row.occurred_from)}|{row.id}".encode()).decode().rstrip("=")


def _position(cursor: str) -> Any:
    try:
        words, _, row_id = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("|")
        moment, row = datetime.fromisoformat(words), UUID(row_id)
        made_by_us = clock.stamp(moment) == words
    except (ValueError, OverflowError, binascii.Error) as error:
        raise _no_place(cursor) from error
    if not made_by_us:
        raise _no_place(cursor)
    return tuple_(literal(moment), literal(row))


def _no_place(cursor: str) -> Invalid:
    remedy = N_("Begin again with the first page.")
    return Invalid(N_("This is no place in the list."), field="cursor", value=cursor, remedy=remedy)
