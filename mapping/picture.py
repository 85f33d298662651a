"""The situational picture of a period (lägesbilden): counts, each beside those before and those who reported.

A bridge: it knows the register. Everything in it is counted for a whole audience, never for whoever presses the button:
the session sees what that audience sees while the rows are read, and the question says the same once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import orjson
from numpy.typing import NDArray
from pydantic import TypeAdapter
from shapely import intersects_xy, prepare
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import Session

from forum.foundation import clock, journal
from forum.foundation.audience import Audience
from forum.foundation.errors import Invalid
from forum.foundation.geometry import in_metres, shape_of
from forum.foundation.language import N_
from forum.people import audiences, organisations
from forum.people.agreements import today
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register import areas, categories, finding, places
from forum.register.areas import Area
from forum.register.deviations import Deviation
from forum.register.finding import HOUR, LAT, LON, RESTRICTED, Filter
from mapping import figures, packed, quadrants, surveys
from mapping.analyses import HOT_M, Analyses, analyses
from mapping.counts import distinct, tally
from mapping.crs import SWEREF99TM, WGS84, transform
from mapping.figures import ALPHA, MONTHS, Cells, Counted, Hours, Month, Rows, Table, squares_of
from mapping.paths import Line, Paths, paths
from mapping.periods import Period, begins, latest_months, months_before
from mapping.quadrants import Quadrants
from mapping.surveys import Inhabitants
from mapping.wheels import Wheel, first_day, wheel

VERSION = 3
"""Of the picture's form; a stored one says which it has. Analyses came with the second, the rest with the third."""
PATH = "path"
"""The kind of the ground that deviations are counted along."""
LONGEST = 3 * 366
"""Days of a period at most."""


@dataclass(frozen=True)
class Picture:
    """The situational picture: counts, codes, dates and squares, and no word that anybody has written."""

    version: int
    forum: str
    audience: Audience
    period: Period
    previous: Period
    last_year: Period
    since: date | None
    """The day of the oldest deviation that the audience may see: nothing is compared with a time before it."""
    partners: int
    total: Counted
    kinds: Table
    categories: Table
    areas: Table
    places: Table
    months: tuple[Month, ...]
    hours: Hours
    squares: Cells
    analyses: Analyses | None = None
    """None in a picture that is only counted: what an agenda is made of."""
    wheel: Wheel | None = None
    """All years up to the period's end; None where there are too few, or where there are no analyses."""
    paths: Paths | None = None
    """None where the ground has no paths."""
    quadrants: Quadrants | None = None
    """What is perceived beside what is reported, as both were known when the picture was made."""
    inhabitants: Inhabitants | None = None
    """The areas' counts per inhabitants, where figures from outside say how many live there."""


@dataclass(frozen=True)
class Spot:
    """One deviation as the map for its audience shows it: where, what and which day."""

    lon: float
    lat: float
    accuracy_m: float
    category: str
    day: date


@dataclass(frozen=True)
class Held:
    """An open place and which of the rows belong to it."""

    place: places.Place
    rows: NDArray[np.bool_]


@dataclass(frozen=True)
class Look:
    """The picture, and the deviations of its period one by one, which are never frozen."""

    picture: Picture
    spots: tuple[Spot, ...]
    rows: Rows
    held: tuple[Held, ...]

    @property
    def of_places(self) -> tuple[list[str], list[NDArray[np.bool_]]]:
        """Return what the places are called in data, and which rows belong to each."""
        return of_places(self.held)


def of_places(held: Sequence[Held]) -> tuple[list[str], list[NDArray[np.bool_]]]:
    """Return what places are called in data, and which rows belong to each."""
    return [str(each.place.nr) for each in held], [each.rows for each in held]


def picture(session: Session, member: Member, audience: Audience, start: date, end: date) -> Picture:
    """Return the picture of the days from `start` up to and without `end`, for the audience."""
    return look(session, member, audience, start, end, analysed=True).picture


def look(
    session: Session, member: Member, audience: Audience, start: date, end: date, *, analysed: bool = False
) -> Look:
    """Return the picture with the deviations behind it, and with the analyses where they are wanted."""
    require(member, Action.PICTURE_READ)
    period = checked(start, end)
    audiences.require_rows(member, audience)
    with audiences.narrowed(session, audience):
        rows = _read(session, member, audience, period)
        held = _held(session, member, audience, rows)
        counted = _counted(session, member, audience, rows, held)
        if analysed and counted.total.count:
            counted = _more(session, member, counted, rows, held)
        look = Look(counted, _spots(rows), rows, held)
        restricted = int(rows.restricted[rows.inside[0]].sum())
    if restricted:
        facts = {"restricted": restricted, "matched": look.picture.total.count, "audience": audience}
        facts |= {"start": period.first.isoformat(), "end": period.end.isoformat()}
        journal.note_read(session, member, "picture", facts)
    return look


def latest_figures(session: Session, member: Member, day: date) -> dict[str, Any]:
    """Return the figures of the latest whole months before a day, for the forum, as they are frozen."""
    period = latest_months(day)
    return as_plain(picture(session, member, Audience.FORUM, period.first, period.end))


def as_plain(found: object) -> dict[str, Any]:
    """Return the picture as JSON has it."""
    plain: dict[str, Any] = orjson.loads(orjson.dumps(found))
    return plain


def named(session: Session, found: Picture, forum_id: UUID, language: str) -> dict[str, Any]:
    """Return the picture as JSON has it, with what its codes and numbers are called."""
    return as_plain(found) | {"names": names(session, found, forum_id, language)}


def of_plain(plain: dict[str, Any]) -> Picture:
    """Return a picture that was stored."""
    return READ.validate_python(plain)


READ = TypeAdapter(Picture)


def names(session: Session, found: Picture, forum_id: UUID, language: str) -> dict[str, dict[str, str]]:
    """Return what categories and places are called now; a place that the audience no longer sees has no name."""
    named = categories.all_of(session, forum_id, retired=True)
    return {
        "categories": {category.code: category.name(language) for category in named if category.parent_id is None},
        "places": {key: place.name for key, place in places_of(session, found, forum_id).items()},
    }


def places_of(session: Session, found: Picture, forum_id: UUID) -> dict[str, places.Place]:
    """Return the picture's places that its audience sees now, by what they are called in data."""
    shown = (places.Place.forum_id == forum_id, places.Place.visibility.in_(found.audience.sees))
    wanted = places.Place.nr.in_([int(group.key) for group in found.places.groups])
    return {str(place.nr): place for place in session.scalars(select(places.Place).where(*shown, wanted))}


def checked(start: date, end: date) -> Period:
    """Return the period; what has not come yet is left out of it."""
    if not clock.EARLIEST.date() <= start < end or start > today():
        message, remedy = N_("This is no period."), N_("Give a first day that has come and a later last one.")
        raise Invalid(message, field="from", value=f"{start}–{end}", remedy=remedy)
    period = Period(start, min(end, today() + timedelta(days=1)))
    if period.days > LONGEST:
        remedy = N_("Give at most %(most)s days.")
        raise Invalid(N_("The period is too long."), field="to", value=end, remedy=remedy, most=LONGEST)
    return period


# --- what is read -----------------------------------------------------------------------------------------------------


def _read(session: Session, member: Member, audience: Audience, period: Period) -> Rows:
    spans = (period, period.previous(), period.a_year_before())
    first = min(months_before(period.last, MONTHS - 1), *(span.first for span in spans))
    wanted = Filter(start=clock.midnight(first), end=clock.midnight(period.end))
    named = categories.all_of(session, member.forum_id, retired=True)
    partners = organisations.all_of(session, member.forum_id)
    seen = Deviation.visibility.in_(audience.sees)
    conditions = [*finding.everything(session, member, wanted), seen]
    since = begun(session, member, audience)
    found = packed.read(session, ROW, *conditions)
    by_number = np.argsort(found["nr"])
    found = {name: column[by_number] for name, column in found.items()}
    return Rows(
        spans=spans,
        since=since or period.end,
        nr=found["nr"].astype(np.int64),
        category=packed.numbered(found["category"], {category.id: i for i, category in enumerate(named)}),
        organisation=packed.numbered(found["organisation"], {partner.id: i for i, partner in enumerate(partners)}),
        at=packed.moments(found["at"]),
        until=packed.moments(found["until"]),
        known=found["known"],
        accuracy=found["accuracy"],
        lon=found["lon"],
        lat=found["lat"],
        restricted=found["restricted"],
        codes=tuple(category.code for category in named),
        kinds=tuple(partner.kind for partner in partners),
    )


def begun(session: Session, member: Member, audience: Audience) -> date | None:
    """Return the day from which the register reaches, as far as the audience sees it; None where it sees nothing."""
    month = func.date_trunc("month", OCCURRED)
    seen = (*finding.everything(session, member, Filter()), Deviation.visibility.in_(audience.sees))
    found = session.execute(select(month, func.min(OCCURRED), func.count()).where(*seen).group_by(month)).all()
    first = begins({month.date(): count for month, _, count in found})
    return next((oldest.date() for month, oldest, _ in found if month.date() == first), None)


OCCURRED = func.timezone(clock.ZONE.key, Deviation.occurred_from)
ROW = {
    "nr": packed.whole(Deviation.nr),
    "category": packed.identity(Deviation.category_id),
    "organisation": packed.identity(Deviation.organisation_id),
    "at": packed.local(OCCURRED),
    "until": packed.local(func.timezone(clock.ZONE.key, Deviation.occurred_to)),
    "known": packed.truth(Deviation.occurred_to - Deviation.occurred_from <= HOUR),
    "accuracy": packed.number(Deviation.accuracy_m),
    "lon": packed.number(LON),
    "lat": packed.number(LAT),
    "restricted": packed.truth(Deviation.visibility.in_(RESTRICTED)),
}
"""What is read of each row."""


# --- what is counted --------------------------------------------------------------------------------------------------


def _held(session: Session, member: Member, audience: Audience, rows: Rows) -> tuple[Held, ...]:
    """Return each open place that the whole audience may see with its rows; one row may belong to several."""
    seen = [place for place in places.all_of(session, member) if place.visibility in audience.sees]
    here = select(Deviation.nr).where(Deviation.forum_id == member.forum_id)
    return tuple(
        Held(place, np.isin(rows.nr, session.scalars(here.where(places.belongs(place))).all())) for place in seen
    )


def _counted(session: Session, member: Member, audience: Audience, rows: Rows, held: tuple[Held, ...]) -> Picture:
    groups, group = rows.groups
    kinds = list(dict.fromkeys(rows.kinds))
    kind = np.array([kinds.index(each) for each in rows.kinds], dtype=np.int64)
    nowhere = np.zeros(len(rows.nr), dtype=np.int64)
    return Picture(
        VERSION,
        member.forum_slug,
        audience,
        *rows.spans,
        since=rows.since if len(rows.nr) else None,
        partners=len(rows.kinds),
        total=figures.table(rows, nowhere, [""], ordered=True).groups[0],
        kinds=figures.table(rows, kind[rows.organisation], kinds),
        categories=figures.table(rows, group, groups),
        areas=_by_area(session, member, rows),
        places=_by_place(rows, held),
        months=figures.months(rows),
        hours=figures.hours(rows),
        squares=figures.squares(rows, rough_m=finding.ROUGH_M, several=finding.SEVERAL),
    )


def _more(session: Session, member: Member, found: Picture, rows: Rows, held: tuple[Held, ...]) -> Picture:
    """Return the picture with all that an agenda does without."""
    whole = areas.boundary(session, member.forum_id, found.period.last)
    plane, (keys, masks) = in_metres(whole), of_places(held)
    figures_ = surveys.of_forum(session, member)
    return replace(
        found,
        analyses=analyses(rows, squares_of(plane, HOT_M), masks, keys),
        wheel=_wheel(session, member, found.audience, rows),
        paths=paths(rows, _plane(rows), lines_in(session, whole), plane),
        quadrants=Quadrants(quadrants.of_areas(figures_), quadrants.of_places(rows, keys, masks)),
        inhabitants=surveys.inhabitants(figures_, found.areas.groups),
    )


def lines_in(session: Session, whole: BaseGeometry) -> list[Line]:
    """Return the imported paths that touch a WGS 84 shape, in metres."""
    ground = [(path.name or "", in_metres(shape_of(path.geom))) for path in areas.lying(session, PATH, whole)]
    return [Line(name, shape) for name, shape in ground if shape.length]


def _plane(rows: Rows) -> NDArray[np.float64]:
    return transform(np.stack([rows.lon, rows.lat], axis=-1), WGS84, SWEREF99TM)


def _wheel(session: Session, member: Member, audience: Audience, rows: Rows) -> Wheel | None:
    end = rows.spans[0].end
    first = first_day(rows.since, end)
    wanted = Filter(start=clock.midnight(first), end=clock.midnight(end))
    day = cast(OCCURRED, Date)
    seen = (*finding.everything(session, member, wanted), Deviation.visibility.in_(audience.sees))
    found = session.execute(select(day, func.count()).where(*seen).group_by(day)).all()
    return wheel([day for day, _ in found], [n for _, n in found], first, end)


def _by_area(session: Session, member: Member, rows: Rows) -> Table:
    parts = areas.parts(session, member.forum_id)
    names = sorted({part.name for part in parts})
    return figures.table(rows, located(parts, names, rows.lon, rows.lat, rows.at.astype("datetime64[D]")), names)


def located(
    parts: Sequence[Area],
    names: Sequence[str],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    day: NDArray[np.datetime64],
) -> NDArray[np.int64]:
    """Return for each point the area that held on its day, as its place among the names, or -1.

    What several versions of an area have in common is their name.
    """
    groups = np.full(len(lon), -1, dtype=np.int64)
    for part in parts:
        shape = shape_of(part.geom)
        prepare(shape)
        held = (groups < 0) & intersects_xy(shape, lon, lat)
        if part.valid_from is not None:
            held &= day >= np.datetime64(part.valid_from)
        if part.valid_to is not None:
            held &= day < np.datetime64(part.valid_to)
        groups[held] = names.index(part.name)
    return groups


def _by_place(rows: Rows, held: tuple[Held, ...]) -> Table:
    """Count at each open place; a row may belong to several, or to none."""
    alpha, made, anywhere = ALPHA / max(1, len(held)), [], np.zeros(len(rows.nr), dtype=bool)
    for each in held:
        anywhere |= each.rows
        groups = np.where(each.rows, 0, -1)
        counts = [int(tally(groups[inside], 1)[0]) for inside in rows.inside]
        who = [int(distinct(groups[inside], rows.organisation[inside], 1)[0]) for inside in rows.inside]
        made.append(figures.group(str(each.place.nr), counts, who, rows, alpha))
    outside = int((rows.inside[0] & ~anywhere).sum())
    return Table(round(alpha, 6), tuple(sorted(made, key=lambda group: (-group.count, group.key))), outside)


def _spots(rows: Rows) -> tuple[Spot, ...]:
    now = np.flatnonzero(rows.inside[0])
    days = rows.at.astype("datetime64[D]")[now].tolist()
    places_ = zip(rows.lon[now], rows.lat[now], rows.accuracy[now], rows.category[now], days, strict=True)
    return tuple(
        Spot(float(lon), float(lat), float(wide), rows.codes[code].partition(".")[0], day)
        for lon, lat, wide, code, day in places_
    )
