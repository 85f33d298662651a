"""Administrative areas and the ground (områden och mark), imported from official files.

An area has versions in time. Whether a point may be registered is tested against the forum's boundary of today.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry
from shapely import unary_union
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Select, and_, func, insert, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import journal
from forum.foundation.database import Base
from forum.foundation.errors import Conflict, Invalid, NotFound
from forum.foundation.geometry import WGS84, multipolygon, shape_of, stored
from forum.foundation.language import N_
from forum.foundation.screening import check

GROUND_KINDS = ("water", "rail", "metro", "path", "stop", "school", "square", "street")


class Area(Base):
    """An administrative polygon in one version: a district (stadsdelsområde), a stadsdel, a DeSO."""

    __tablename__ = "areas"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    kind: Mapped[str]
    code: Mapped[str | None]
    name: Mapped[str] = mapped_column(info={"free_text": True})
    geom: Mapped[Any] = mapped_column(Geometry("MULTIPOLYGON", srid=WGS84, spatial_index=False))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class ForumArea(Base):
    """An area that a forum works in."""

    __tablename__ = "forum_areas"

    forum_id: Mapped[UUID] = mapped_column(primary_key=True)
    area_id: Mapped[UUID] = mapped_column(primary_key=True)


class Ground(Base):
    """Something that the map draws and names: water, rail, a path, a stop, a school."""

    __tablename__ = "ground"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    kind: Mapped[str]
    name: Mapped[str | None] = mapped_column(info={"free_text": True})
    geom: Mapped[Any] = mapped_column(Geometry("GEOMETRY", srid=WGS84, spatial_index=False))
    digest: Mapped[bytes]


@dataclass(frozen=True)
class Shape:
    """One feature of an official file: a name, perhaps a code, and its geometry in WGS 84."""

    name: str | None
    code: str | None
    geometry: BaseGeometry


@dataclass(frozen=True)
class Taken:
    """How many features an import added, and how many were there already."""

    added: int
    known: int


def valid_on(day: date) -> ColumnElement[bool]:
    """Return the condition that an area's version holds that day."""
    return and_(
        or_(Area.valid_from.is_(None), Area.valid_from <= day),
        or_(Area.valid_to.is_(None), Area.valid_to > day),
    )


def import_areas(session: Session, kind: str, shapes: Sequence[Shape], valid_from: date | None = None) -> Taken:
    """Take in areas; an earlier version of the same kind and name ends when a new one begins."""
    known = added = 0
    for shape in shapes:
        if not shape.name:
            remedy = N_("Name the field that holds the names, for example --name-field namn.")
            raise Invalid(N_("An area in the file has no name."), field="name", remedy=remedy)
        if _take_area(session, kind, shape, valid_from):
            added += 1
        else:
            known += 1
    journal.write_installation(session, "areas:import", "area", None, kind=kind, added=added, known=known)
    return Taken(added, known)


def _take_area(session: Session, kind: str, shape: Shape, valid_from: date | None) -> bool:
    check(name=shape.name)
    geometry = stored(multipolygon(shape.geometry))
    earlier = session.scalars(
        select(Area).where(Area.kind == kind, Area.name == shape.name, Area.valid_to.is_(None)).limit(1)
    ).first()
    if earlier is not None:
        if shape_of(earlier.geom).equals(multipolygon(shape.geometry)):
            return False
        if valid_from is None or (earlier.valid_from is not None and earlier.valid_from >= valid_from):
            message = N_("The area %(name)s is there already with another outline.")
            remedy = N_("Say from which day the new outline holds: --valid-from 2023-07-01.")
            raise Conflict(message, field="valid_from", value=valid_from, remedy=remedy, name=shape.name)
        session.execute(update(Area).where(Area.id == earlier.id).values(valid_to=valid_from))
    session.add(Area(kind=kind, code=shape.code, name=shape.name, geom=geometry, valid_from=valid_from))
    session.flush()
    return True


def import_ground(session: Session, kind: str, shapes: Iterable[Shape]) -> Taken:
    """Take in what the map draws; the same feature twice is one."""
    known = added = 0
    for shape in shapes:
        check(name=shape.name)
        digest = hashlib.sha256(f"{shape.name}|".encode() + shape.geometry.wkb).digest()
        if session.scalar(select(Ground.id).where(Ground.kind == kind, Ground.digest == digest)):
            known += 1
            continue
        row = {
            "kind": kind,
            "name": shape.name,
            "geom": stored(shape.geometry),
            "digest": digest,
        }
        session.execute(insert(Ground).values(row))
        added += 1
    journal.write_installation(session, "ground:import", "ground", None, kind=kind, added=added, known=known)
    return Taken(added, known)


def named(session: Session, name: str, day: date) -> list[Area]:
    """Return the areas of that name or code which hold that day; NotFound when there is none.

    `kind:name` means the one of several areas of that name that is of the kind.
    """
    called = or_(Area.name == name, Area.code == name, Area.kind + ":" + Area.name == name)
    wanted = select(Area).where(called, valid_on(day))
    found = list(session.scalars(wanted.order_by(Area.kind)))
    if not found:
        remedy = N_("Import the areas first: trygghetsforum areas import FILE --kind stadsdelsomrade.")
        raise NotFound(N_("There is no area of this name."), field="area", value=name, remedy=remedy)
    return found


def assign(session: Session, forum_id: UUID, areas: Iterable[Area]) -> None:
    """Let the forum work in these areas."""
    rows = [{"forum_id": forum_id, "area_id": area.id} for area in areas]
    session.execute(insert(ForumArea).inline(), rows)


def of_forum(forum_id: UUID, day: date) -> Select[Area]:
    """Return the query of a forum's areas that hold that day."""
    return (
        select(Area)
        .join(ForumArea, ForumArea.area_id == Area.id)
        .where(ForumArea.forum_id == forum_id, valid_on(day))
        .order_by(Area.name)
    )


INSIDE = text(
    "SELECT EXISTS (SELECT FROM forum_areas fa JOIN areas a ON a.id = fa.area_id WHERE fa.forum_id = :forum "
    "AND coalesce(a.valid_from <= :day, true) AND coalesce(a.valid_to > :day, true) "
    "AND ST_Covers(a.geom, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)))"
)


def inside(session: Session, forum_id: UUID, lon: float, lat: float, day: date) -> bool:
    """Tell whether the point lies within the forum's boundary of that day."""
    asked = {"forum": forum_id, "day": day, "lon": lon, "lat": lat}
    return bool(session.connection().execute(INSIDE, asked).scalar())


def require_inside(session: Session, forum_id: UUID, lon: float, lat: float, day: date) -> None:
    """Refuse a point outside the forum's boundary of today; says so when it looks swapped."""
    if inside(session, forum_id, lon, lat, day):
        return
    raise outside(lon, lat, swapped=abs(lon) <= 90 and inside(session, forum_id, lat, lon, day))


def outside(lon: float, lat: float, *, swapped: bool) -> Invalid:
    """Return the refusal of a point that lies outside the forum's area."""
    remedy = (
        N_("Longitude and latitude look swapped: the other way round the point lies in the area.")
        if swapped
        else N_("Mark a place within the forum's area.")
    )
    message = N_("The point lies outside the forum's area.")
    return Invalid(message, field="lon" if swapped else "position", value=f"lon {lon}, lat {lat}", remedy=remedy)


def boundary(session: Session, forum_id: UUID, day: date) -> BaseGeometry:
    """Return the forum's boundary of that day as one WGS 84 shape."""
    return unary_union([shape_of(area.geom) for area in session.scalars(of_forum(forum_id, day))])


def parts(session: Session, forum_id: UUID) -> list[Area]:
    """Return the areas that a forum is counted by, in every version: of the most numerous kind inside it, else its own.

    DeSO are left out: they are for statistics of people, and nobody knows them by name.
    """
    mine = select(ForumArea.area_id).where(ForumArea.forum_id == forum_id)
    own = list(session.scalars(select(Area).where(Area.id.in_(mine))))
    whole = unary_union([shape_of(area.geom) for area in own])
    near = session.scalars(select(Area).where(Area.kind != "deso", func.ST_Intersects(Area.geom, stored(whole))))
    inside = [a for a in near if a not in own and whole.contains(shape_of(a.geom).representative_point())]
    kinds = Counter(area.kind for area in inside if area.valid_to is None)
    chosen = [area for area in inside if area.kind == kinds.most_common(1)[0][0]] if kinds else own
    return sorted(chosen, key=lambda area: (area.name, area.valid_from or date.min))


def lying(session: Session, kind: str, within: BaseGeometry) -> list[Ground]:
    """Return the ground of a kind that touches a WGS 84 shape, by name."""
    wanted = select(Ground).where(Ground.kind == kind, func.ST_Intersects(Ground.geom, stored(within)))
    return list(session.scalars(wanted.order_by(Ground.name, Ground.digest)))


def nearby(session: Session, forum_id: UUID, day: date, margin: float = 0.01) -> tuple[list[Area], list[Ground]]:
    """Return the areas and the ground within the forum's window and a margin in degrees, for the map."""
    window = boundary(session, forum_id, day).buffer(margin).envelope
    here = stored(window)
    areas = session.scalars(select(Area).where(valid_on(day), func.ST_Intersects(Area.geom, here)).order_by(Area.name))
    ground = session.scalars(select(Ground).where(func.ST_Intersects(Ground.geom, here)).order_by(Ground.kind))
    return list(areas), list(ground)
