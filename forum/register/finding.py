"""Finding deviations (sökning): one filter for list, map, counts and export, so that they always show the same rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from shapely import unary_union
from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    and_,
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
from forum.foundation.database import among, one_of
from forum.foundation.errors import Invalid, NotFound
from forum.foundation.geometry import morton_ranges, shape_of
from forum.foundation.language import N_
from forum.people.agreements import today
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register import areas, categories, cursors, places
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


@dataclass(frozen=True, kw_only=True)
class Totals:
    """How many there are in all, how many of a page's rows not everybody sees, where the next begin, what was asked."""

    matched: int
    restricted: int
    unknown_hour: int = 0
    next: str | None = None
    wanted: Filter = Filter()


@dataclass(frozen=True, kw_only=True)
class Page(Totals):
    """Some rows of all."""

    rows: Sequence[Found]


class Question(NamedTuple):
    """What is asked for one page: rows and totals; `whole` when neither hour nor cursor leaves anything out."""

    page: CTE
    total: CTE
    whole: bool


def find(session: Session, member: Member, wanted: Filter, *, limit: int = 100, cursor: str | None = None) -> Page:
    """Return a page of the deviations that the filter wants and the member may see, the newest first."""
    conditions, after = _asked(session, member, wanted, limit, cursor)
    found = rows_where(session, [*conditions, *_hours(wanted), *after], limit + 1)
    rows, more = found[:limit], len(found) > limit
    matched, unknown = len(rows), 0
    if more or after or wanted.hours:  # otherwise these are all there are
        matched, unknown, _ = session.connection().execute(_totals(wanted).where(*conditions)).one()
    following = cursors.after(rows[-1].occurred_from, rows[-1].id) if more else None
    restricted = sum(row.visibility in RESTRICTED for row in rows)
    return Page(rows=rows, matched=matched, restricted=restricted, unknown_hour=unknown, next=following, wanted=wanted)


def asked(session: Session, member: Member, wanted: Filter, *, limit: int, cursor: str | None) -> Question:
    """Return the question for the page that `find` would return, as SQL to go on from."""
    conditions, after = _asked(session, member, wanted, limit, cursor)
    if not after and not wanted.hours and _narrow(wanted):  # all are looked at, once; the page's rows are then fetched
        found = select(Deviation.id, Deviation.occurred_from).where(*conditions).cte("found")
        newest = select(found.c.id).order_by(found.c.occurred_from.desc(), found.c.id.desc()).limit(limit)
        page, total = own(Deviation.id.in_(newest)), _totals(wanted).select_from(found)
    else:  # the newest are looked at in their order, until there are enough
        page = own(*conditions, *_hours(wanted), *after).limit(limit)
        total = _totals(wanted, after).where(*conditions)
    return Question(page.order_by(*NEWEST).cte("page"), total.cte("total"), not (after or wanted.hours))


def _narrow(wanted: Filter) -> bool:
    """Tell whether the filter is likely to leave far fewer rows than the forum has."""
    return any((wanted.box, wanted.categories, wanted.area, wanted.place, wanted.q))


def _asked(
    session: Session, member: Member, wanted: Filter, limit: int, cursor: str | None
) -> tuple[list[ColumnElement[bool]], list[ColumnElement[bool]]]:
    """Return the conditions of the wanted rows, and that of those after the cursor."""
    require(member, Action.DEVIATION_READ)
    if not 1 <= limit <= MOST:
        remedy = N_("Ask for 1 to %(most)s at a time.")
        raise Invalid(N_("So many cannot be had at once."), field="limit", value=limit, remedy=remedy, most=MOST)
    conditions = _conditions(session, member, wanted)
    return conditions, [tuple_(Deviation.occurred_from, Deviation.id) < cursors.position(cursor)] if cursor else []


def rows_where(session: Session, conditions: Iterable[ColumnElement[bool]], limit: int | None = None) -> list[Found]:
    """Return the deviations that meet the conditions, the newest first; names are looked up for those alone."""
    newest = own(*conditions).order_by(*NEWEST).limit(limit)
    session.flush()  # no entities: the ORM has no part in it
    return list(map(Found._make, session.connection().execute(_named(newest)).all()))


NEWEST = (Deviation.occurred_from.desc(), Deviation.id.desc())


def own(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the question for what the deviations that meet the conditions say themselves."""
    return select(OWN).select_from(Deviation).where(*conditions)


def _named(rows: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Return the question for the rows with the words behind their ids, in the same order."""
    return NAMED.add_cte(rows.cte("page"))


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


def note(session: Session, member: Member, purpose: str, page: Totals) -> None:
    """Note in the journal that restricted rows were read: how many, for what, and by which filter."""
    if page.restricted:
        facts = {"restricted": page.restricted, "matched": page.matched, "filter": without_words(page.wanted)}
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


def _totals(wanted: Filter, after: Sequence[ColumnElement[bool]] = ()) -> Select[int, int, int]:
    """Return the question for how many are found, left out as their hour is unknown, and found after the cursor."""
    hours, count = _hours(wanted), func.count()
    matched = count.filter(*hours) if hours else count
    unknown = count.filter(~_known_hour()) if hours else literal(0)
    remaining = count.filter(*hours, *after) if after else matched
    return select(matched.label("matched"), unknown.label("unknown"), remaining.label("remaining"))


IS_LIVE = one_of(Deviation.status, LIVE)


def _conditions(session: Session, member: Member, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return everything but the hour, whose unknown rows are counted apart."""
    status = one_of(Deviation.status, wanted.statuses) if wanted.statuses else IS_LIVE
    conditions = [visible_to(member), status, *_times(wanted)]
    if wanted.organisations:
        conditions.append(among(Deviation.organisation_id, wanted.organisations))
    if wanted.box is not None:
        conditions += _within(wanted.box)
    if wanted.categories:
        chosen = categories.ids_below(session, member.forum_id, wanted.categories)
        conditions.append(among(Deviation.category_id, chosen))
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
        yield among(_clock("isodow"), wanted.weekdays)


def _clock(part: str) -> ColumnElement[int]:
    return cast(func.extract(part, func.timezone(clock.ZONE.key, Deviation.occurred_from)), Integer)


def _known_hour() -> ColumnElement[bool]:
    return Deviation.occurred_to - Deviation.occurred_from <= literal(HOUR)


def _hours(wanted: Filter) -> list[ColumnElement[bool]]:
    return [among(_clock("hour"), wanted.hours), _known_hour()] if wanted.hours else []


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
