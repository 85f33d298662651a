"""Places (platser): a named geometry that gathers deviations and carries measures.

What lies inside a place belongs to it, whenever it was noticed; a hand may add what lies outside, and take away what
does not belong. A place never disappears: it is closed, merged into another or split, each with a reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry
from shapely import count_coordinates, unary_union
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, journal
from forum.foundation.audience import Visibility
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Invalid, NotFound
from forum.foundation.geometry import (
    SWEREF99TM,
    WGS84,
    in_degrees,
    in_metres,
    morton_ranges,
    shape_of,
    stored,
)
from forum.foundation.language import N_
from forum.people import agreements
from forum.people.members import Member, require_seen
from forum.people.policy import Action, require
from forum.register import areas, deviations, steps
from forum.register.deviations import LIVE, Deviation, checked_text, visible_to
from forum.register.deviations import Status as Stage
from forum.register.likeness import likest
from forum.register.steps import Worked, hold, reason_given

NAME_LENGTH, MOST_VERTICES = 80, 500
LARGEST_M2, LARGEST_M, LARGEST_RADIUS_M = 4e6, 5_000, 500
"""A place is somewhere, not a district: so large an area, so long a line, so wide a reach at most."""


class Status(StrEnum):
    """Whether the forum works on a place."""

    OPEN = "open"
    CLOSED = "closed"
    MERGED = "merged"
    SPLIT = "split"


NEXT: dict[Status, frozenset[Status]] = {
    Status.OPEN: frozenset({Status.CLOSED, Status.MERGED, Status.SPLIT}),
    Status.CLOSED: frozenset({Status.OPEN}),
    Status.MERGED: frozenset(),
    Status.SPLIT: frozenset(),
}
STATUS_WORDS = {
    Status.OPEN: N_("open"),
    Status.CLOSED: N_("closed"),
    Status.MERGED: N_("merged into another place"),
    Status.SPLIT: N_("split into several places"),
}


class Place(Worked):
    """A point with a radius, a line with a width to each side, or an area (radius 0); degrees in WGS 84."""

    __tablename__ = "places"
    kind = "place"

    nr: Mapped[int]
    name: Mapped[str] = mapped_column(info={"free_text": True})
    geom: Mapped[Any] = mapped_column(Geometry("GEOMETRY", srid=WGS84, spatial_index=False))
    radius_m: Mapped[float]
    status: Mapped[str] = mapped_column(server_default="open")
    origin_id: Mapped[UUID | None]
    into_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID]

    @property
    def shape(self) -> BaseGeometry:
        """Return what was drawn."""
        return shape_of(self.geom)

    @property
    def reach(self) -> BaseGeometry:
        """Return all that belongs to it on the ground: what was drawn with its radius around it, in degrees."""
        return in_degrees(in_metres(self.shape).buffer(self.radius_m)) if self.radius_m else self.shape


class Link(Base):
    """A deviation that a hand has put to a place (`here`) or taken from it."""

    __tablename__ = "place_links"

    forum_id: Mapped[UUID]
    place_id: Mapped[UUID] = mapped_column(primary_key=True)
    deviation_id: Mapped[UUID] = mapped_column(primary_key=True)
    here: Mapped[bool]
    organisation_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


@dataclass(frozen=True)
class Drawn:
    """What somebody draws: a name, a WGS 84 shape, and how far around it still belongs to it, in metres."""

    name: str
    shape: BaseGeometry
    radius_m: float = 0
    visibility: Visibility = Visibility.FORUM


def visible(member: Member) -> ColumnElement[bool]:
    """Return the condition under which the member sees a place; the row policies say the same."""
    return and_(Place.forum_id == member.forum_id, Place.visibility.in_(member.visibilities))


def get(session: Session, member: Member, reference: UUID | int) -> Place:
    """Return the place of that number or id."""
    require(member, Action.PLACE_READ)
    column = Place.nr if isinstance(reference, int) else Place.id
    found = session.scalar(select(Place).where(visible(member), column == reference))
    if found is None:
        raise NotFound
    return found


def all_of(session: Session, member: Member, statuses: Sequence[Status] = (Status.OPEN,)) -> list[Place]:
    """Return the forum's places in these statuses, by name."""
    require(member, Action.PLACE_READ)
    query = select(Place).where(visible(member), Place.status.in_(statuses))
    return list(session.scalars(query.order_by(func.lower(Place.name), Place.nr)))


def like(session: Session, member: Member, words: str) -> list[Place]:
    """Return the places whose name is like the words, the likest first."""
    require(member, Action.PLACE_READ)
    return likest(session, select(Place).where(visible(member)), Place.name, words)


def gone_up_in(place: Place) -> Select[UUID]:
    """Return the question for the ids of the places that have gone up in this one, straight or through others."""
    merged = select(Place.id).where(Place.into_id == place.id).cte("merged", recursive=True)
    return select(merged.union(select(Place.id).where(Place.into_id == merged.c.id)).c.id)


def create(session: Session, member: Member, drawn: Drawn) -> Place:
    """Make a place; what lies in it and nobody has dealt with yet is from now on at a place."""
    require(member, Action.PLACE_CREATE)
    agreements.require_in_force(session, member)
    return _create(session, member, drawn, None)


def _create(session: Session, member: Member, drawn: Drawn, origin: Place | None) -> Place:
    values = _values(session, member, drawn)
    ids = {"forum_id": member.forum_id, "organisation_id": member.organisation_id}
    ids["origin_id"] = origin.id if origin else None
    place = steps.numbered(session, lambda nr: Place(nr=nr, **ids, **values))
    steps.begin(session, member, place, nr=place.nr, visibility=place.visibility)
    gather(session, member, place)
    return place


def _values(session: Session, member: Member, drawn: Drawn) -> dict[str, Any]:
    require_seen(member, drawn.visibility)
    shape, radius = checked(session, member, drawn)
    return {
        "name": _named(drawn.name),
        "geom": stored(shape),
        "radius_m": radius,
        "visibility": drawn.visibility.value,
    }


def _named(name: str) -> str:
    name = checked_text(name, "name")
    if not 1 <= len(name) <= NAME_LENGTH:
        remedy = N_("Write a name of at most %(most)s characters.")
        raise Invalid(N_("A place needs a name."), field="name", value=name, remedy=remedy, most=NAME_LENGTH)
    return name


def checked(session: Session, member: Member, drawn: Drawn) -> tuple[BaseGeometry, float]:
    """Return shape and radius; refuses what is no place, too large for one, or outside the forum's area."""
    shape, field = drawn.shape, "geometry"
    if shape.geom_type not in ("Point", "LineString", "Polygon", "MultiPolygon") or shape.is_empty:
        remedy = N_("Draw a point, a line or an area.")
        raise Invalid(N_("This is no shape of a place."), field=field, value=shape.geom_type, remedy=remedy)
    if not shape.is_valid:
        message = N_("The outline crosses itself.")
        raise Invalid(message, field=field, value=shape.geom_type, remedy=N_("Draw it once more without crossings."))
    if count_coordinates(shape) > MOST_VERTICES:
        remedy = N_("Draw it with at most %(most)s corners.")
        raise Invalid(N_("The shape has too many corners."), field=field, value="", remedy=remedy, most=MOST_VERTICES)
    radius = _radius(shape, drawn.radius_m)
    metres = in_metres(shape)
    if metres.area > LARGEST_M2 or metres.length > (4 * LARGEST_M if metres.area else LARGEST_M):
        message, remedy = N_("This is too large for a place."), N_("Draw the part where it happens.")
        raise Invalid(message, field=field, value=f"{metres.length:.0f} m", remedy=remedy)
    if not areas.boundary(session, member.forum_id, agreements.today()).covers(shape):
        remedy = N_("Draw it within the forum's area.")
        raise Invalid(N_("The place reaches outside the forum's area."), field=field, value="", remedy=remedy)
    return shape, radius


def _radius(shape: BaseGeometry, radius: float) -> float:
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return 0.0
    if not 5 <= radius <= LARGEST_RADIUS_M:
        remedy = N_("Give 5 to %(most)s metres.")
        message = N_("So far around it no place reaches.")
        raise Invalid(message, field="radius_m", value=radius, remedy=remedy, most=LARGEST_RADIUS_M)
    return float(radius)


# --- what belongs to a place ------------------------------------------------------------------------------------------


def belongs(place: Place) -> ColumnElement[bool]:
    """Return the condition that a deviation belongs to the place: it lies inside, or a hand has put it there."""
    link = select(Link.deviation_id).where(Link.place_id == place.id)
    added, taken = link.where(Link.here), link.where(~Link.here)
    return or_(and_(*_inside(place), Deviation.id.not_in(taken)), Deviation.id.in_(added))


def _inside(place: Place) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions that a deviation lies inside: by ranges of the Morton key, then in metres on the plane."""
    ranges = morton_ranges(*place.reach.buffer(1e-5).bounds)
    yield or_(*(and_(Deviation.morton >= low, Deviation.morton < high) for low, high in ranges))
    drawn = select(Place.geom).where(Place.id == place.id).scalar_subquery()
    if not place.radius_m:
        yield func.ST_Covers(drawn, Deviation.geom)
        return
    plane = (func.ST_Transform(shape, SWEREF99TM) for shape in (drawn, Deviation.geom))
    yield func.ST_DWithin(*plane, place.radius_m)


def gather(session: Session, member: Member, place: Place) -> int:
    """Note of every deviation at the place that nobody has dealt with yet that it is at one; return how many."""
    require(member, Action.PLACE_CREATE)
    waiting = (Stage.NEW.value, Stage.LOOKED_AT.value)
    query = select(Deviation).where(visible_to(member), Deviation.status.in_(waiting), belongs(place))
    found = list(session.scalars(query.with_for_update(of=Deviation)))
    for deviation in found:
        new = {"status": Stage.AT_PLACE.value}
        deviations.change(session, member, deviation, "at_place", new, place=str(place.id))
    return len(found)


def link(session: Session, member: Member, place: Place, deviation: Deviation, *, here: bool) -> None:
    """Put a deviation to the place by hand, or take it away from there."""
    require(member, Action.PLACE_LINK)
    agreements.require_in_force(session, member)
    _require_open(place)
    if here and Stage(deviation.status) not in LIVE:
        message = N_("The deviation is withdrawn, or the same as another.")
        raise Conflict(message, field="deviation", value=deviation.nr, remedy=N_("Choose the one that goes on."))
    row = {"place_id": place.id, "deviation_id": deviation.id, "here": here}
    row |= {"forum_id": place.forum_id, "organisation_id": member.organisation_id, "at": clock.now()}
    again = {name: row[name] for name in ("here", "organisation_id", "at")}
    session.execute(
        insert(Link).values(row).on_conflict_do_update(index_elements=["place_id", "deviation_id"], set_=again)
    )
    stage = Stage(deviation.status)
    if here and stage in (Stage.NEW, Stage.LOOKED_AT):
        deviations.change(session, member, deviation, "at_place", {"status": Stage.AT_PLACE.value}, place=str(place.id))
    elif not here and stage is Stage.AT_PLACE and not of_deviation(session, member, deviation):
        deviations.change(session, member, deviation, "look_at", {"status": Stage.LOOKED_AT.value}, place=str(place.id))
    facts = {"deviation": str(deviation.id), "here": here}
    journal.write(session, member, journal.Entry("place:link", place.kind, place.id, facts))


def of_deviation(session: Session, member: Member, deviation: Deviation) -> list[Place]:
    """Return the places that the deviation belongs to, the open ones first."""
    require(member, Action.PLACE_READ)
    kept = Place.status.in_((Status.OPEN, Status.CLOSED))
    places = session.scalars(select(Place).where(visible(member), kept).order_by(Place.status.desc(), Place.name))
    mine = Deviation.id == deviation.id
    return [p for p in places if session.scalar(select(Deviation.id).where(mine, belongs(p))) is not None]


# --- what happens to a place ------------------------------------------------------------------------------------------


def amend(session: Session, member: Member, place: Place, drawn: Drawn, version: int | None = None) -> Place:
    """Give the place another name, outline or visibility."""
    require(member, Action.PLACE_CREATE)
    agreements.require_in_force(session, member)
    hold(session, place, version)
    _require_open(place)
    steps.take(session, member, place, "amend", new=_values(session, member, drawn))
    gather(session, member, place)
    return place


def close(session: Session, member: Member, place: Place, *, reason: str, version: int | None = None) -> Place:
    """End the work on the place. Closed is not fixed: what its measures have come to stands with them."""
    words = _ready(session, member, place, Status.CLOSED, reason=reason, version=version)
    steps.take(session, member, place, "close", new={"status": Status.CLOSED.value}, reason=words)
    return place


def reopen(session: Session, member: Member, place: Place, *, reason: str, version: int | None = None) -> Place:
    """Take up the work on the place again."""
    words = _ready(session, member, place, Status.OPEN, reason=reason, version=version)
    steps.take(session, member, place, "reopen", new={"status": Status.OPEN.value}, reason=words)
    gather(session, member, place)
    return place


def merge(
    session: Session, member: Member, place: Place, into: Place, *, reason: str, version: int | None = None
) -> Place:
    """Let the place go up in another one, which from now on reaches as far as both and keeps all that hands did."""
    if place.id == into.id:
        message = N_("A place cannot be merged into itself.")
        raise Invalid(message, field="into", value=into.nr, remedy=N_("Choose another one."))
    if Visibility(into.visibility).wider_than(Visibility(place.visibility)):
        message = N_("More people may see the other place than this one.")
        raise Conflict(message, field="into", value=into.nr, remedy=N_("Merge it the other way round."))
    for each in sorted((place, into), key=lambda p: p.id):  # in one order, so that two who mean each other wait
        hold(session, each, version if each is place else None)
    words = _ready(session, member, place, Status.MERGED, reason=reason, version=version)
    _require_open(into)
    steps.take(session, member, place, "merge", new={"status": Status.MERGED.value, "into_id": into.id}, reason=words)
    both = unary_union([place.reach, into.reach])
    widened = {"geom": stored(both), "radius_m": 0.0}
    steps.take(session, member, into, "take_in", new=widened, reason=words)
    for put in session.scalars(select(Link).where(Link.place_id == place.id)):
        _write_link(session, member, into, put.deviation_id, here=put.here)
    return into


def split(
    session: Session,
    member: Member,
    place: Place,
    parts: Sequence[Drawn],
    *,
    reason: str,
    moved: Collection[UUID] = (),
    version: int | None = None,
) -> list[Place]:
    """Let several places take this one's place; what hands put to it goes to the first part, `moved` to the second."""
    if len(parts) < 2:
        message = N_("A place is split into at least two.")
        raise Invalid(message, field="parts", value=len(parts), remedy=N_("Draw at least two parts."))
    words = _ready(session, member, place, Status.SPLIT, reason=reason, version=version)
    steps.take(session, member, place, "split", new={"status": Status.SPLIT.value}, reason=words)
    made = [_create(session, member, part, place) for part in parts]
    for each in session.scalars(select(Link).where(Link.place_id == place.id, Link.here)):
        _write_link(session, member, made[each.deviation_id in moved], each.deviation_id, here=True)
    return made


def _write_link(session: Session, member: Member, place: Place, deviation_id: UUID, *, here: bool) -> None:
    key = {"forum_id": place.forum_id, "place_id": place.id, "deviation_id": deviation_id}
    said = {"here": here, "organisation_id": member.organisation_id, "at": clock.now()}
    row = insert(Link).values(key | said)
    session.execute(row.on_conflict_do_update(index_elements=["place_id", "deviation_id"], set_=said))


def _ready(session: Session, member: Member, place: Place, to: Status, *, reason: str, version: int | None) -> str:
    """Hold the place for a step to another status, and return the reason; refuses what does not follow."""
    require(member, Action.PLACE_CLOSE)
    agreements.require_in_force(session, member)
    words = reason_given(reason)
    hold(session, place, version)
    if to not in NEXT[Status(place.status)]:
        raise _not_now(place)
    return words


def _require_open(place: Place) -> None:
    if Status(place.status) is not Status.OPEN:
        raise _not_now(place)


def _not_now(place: Place) -> Conflict:
    message = N_("This cannot be done with a place that is %(status)s.")
    words = STATUS_WORDS[Status(place.status)]
    return Conflict(message, field="status", value=place.nr, remedy=N_("Look at its history."), status=words)
