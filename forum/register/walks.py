"""Safety walks (trygghetsvandringar): a route, organisations in numbers, points in order that become deviations.

Who walked stands nowhere. A point is a deviation with an organisation that sees to it, and perhaps a photo on which
nobody is and in which the camera has written nothing. A follow-up walk goes to the points of an earlier one and says of
each how it is now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from geoalchemy2 import Geometry
from shapely import LineString
from sqlalchemy import Computed, LargeBinary, Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, journal
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Invalid, NotFound, outside, raise_all
from forum.foundation.geometry import WGS84, coordinate, shape_of, stored
from forum.foundation.language import N_
from forum.people import agreements
from forum.people.members import Member
from forum.people.organisations import Organisation
from forum.people.policy import Action, require
from forum.register import areas, deviations, intake, photos
from forum.register.deviations import Deviation, checked_text
from forum.register.intake import Notice

NAME_LENGTH, MOST_POINTS, MOST_VERTICES, MOST_PEOPLE = 80, 200, 500, 99


class Outcome(StrEnum):
    """How a point of an earlier walk is now."""

    FIXED = "fixed"
    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


OUTCOME_WORDS = {
    Outcome.FIXED: N_("fixed"),
    Outcome.BETTER: N_("better, not fixed"),
    Outcome.SAME: N_("as before"),
    Outcome.WORSE: N_("worse"),
}


class Walk(Base):
    """One walk; `organisation_id` is whose it is, `follows_id` the earlier one whose points it goes to."""

    __tablename__ = "walks"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(info={"free_text": True})
    starts_at: Mapped[datetime] = mapped_column(Moment)
    route: Mapped[Any] = mapped_column(Geometry("LINESTRING", srid=WGS84, spatial_index=False), nullable=True)
    follows_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


class People(Base):
    """How many of an organisation walked; nothing says who."""

    __tablename__ = "walk_people"

    forum_id: Mapped[UUID]
    walk_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    people: Mapped[int]


class Point(Base):
    """One point of a walk: its place in the order, its deviation, who sees to it, its photo."""

    __tablename__ = "walk_points"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    walk_id: Mapped[UUID]
    position: Mapped[int]
    deviation_id: Mapped[UUID]
    owner_id: Mapped[UUID]
    photo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    pictured: Mapped[bool] = mapped_column(Computed("photo IS NOT NULL", persisted=True))


class Check(Base):
    """What a follow-up walk saw of a point."""

    __tablename__ = "walk_checks"

    forum_id: Mapped[UUID]
    walk_id: Mapped[UUID] = mapped_column(primary_key=True)
    point_id: Mapped[UUID] = mapped_column(primary_key=True)
    outcome: Mapped[str]


@dataclass(frozen=True)
class Plan:
    """When and where a walk goes, how many of each organisation, and which one it follows up."""

    name: str
    starts_at: datetime
    people: Mapping[UUID, int] = field(default_factory=dict)
    route: Sequence[tuple[float, float]] = ()
    follows: Walk | None = None


@dataclass(frozen=True)
class Owned:
    """What a point is given beside its deviation; a photo needs the word that nobody is on it."""

    owner_id: UUID
    photo: bytes | None = None
    no_persons: bool = False


def make(session: Session, member: Member, wanted: Plan) -> Walk:
    """Make a walk, with how many of each organisation walk."""
    require(member, Action.WALK_MAKE)
    agreements.require_in_force(session, member)
    name = checked_text(wanted.name, "name", NAME_LENGTH)
    _require_plan(session, member, wanted, name)
    walk = Walk(
        forum_id=member.forum_id,
        organisation_id=member.organisation_id,
        name=name,
        starts_at=wanted.starts_at,
        route=_route(session, member, wanted.route),
        follows_id=wanted.follows.id if wanted.follows else None,
    )
    session.add(walk)
    session.flush()
    of = {"forum_id": walk.forum_id, "walk_id": walk.id}
    session.add_all(People(**of, organisation_id=who, people=n) for who, n in wanted.people.items())
    session.flush()
    counts = {"organisations": len(wanted.people), "people": sum(wanted.people.values())}
    facts = counts | {"follows": str(walk.follows_id)}
    journal.write(session, member, journal.Entry("walk:make", "walk", walk.id, facts))
    return walk


def _require_plan(session: Session, member: Member, wanted: Plan, name: str) -> None:
    problems = [p for n in wanted.people.values() for p in outside(n, 1, MOST_PEOPLE, "people")]
    if not name:
        message, remedy = N_("A walk has a name."), N_("Say where it goes, in a few words.")
        problems.append(Invalid(message, field="name", value="", remedy=remedy))
    if not wanted.people:
        message, remedy = N_("Nobody walks."), N_("Say how many of each organisation walk.")
        problems.append(Invalid(message, field="people", value="", remedy=remedy))
    if wanted.starts_at < clock.EARLIEST:
        message, remedy = N_("The register does not go back so far."), N_("Choose a later day.")
        problems.append(Invalid(message, field="starts_at", value=wanted.starts_at, remedy=remedy))
    raise_all(problems)
    for organisation_id in wanted.people:
        _require_partner(session, member, organisation_id, "people")


def _route(session: Session, member: Member, given: Sequence[tuple[float, float]]) -> Any:
    """Return the route for the database, None where none is given; it begins and ends in the forum's area."""
    if not given:
        return None
    if not 2 <= len(given) <= MOST_VERTICES:
        message, remedy = N_("A route is a line of points."), N_("Give from 2 to %(most)s points.")
        raise Invalid(message, field="route", value=len(given), remedy=remedy, most=MOST_VERTICES)
    line = [(coordinate(lon, "lon"), coordinate(lat, "lat")) for lon, lat in given]
    for lon, lat in (line[0], line[-1]):
        areas.require_inside(session, member.forum_id, lon, lat, agreements.today())
    return stored(LineString(line))


def add_point(session: Session, member: Member, walk: Walk, deviation: Deviation, given: Owned) -> Point:
    """Let a deviation be the next point of a walk, with an organisation that sees to it."""
    require(member, Action.WALK_WRITE, of=walk)
    agreements.require_in_force(session, member)
    _require_partner(session, member, given.owner_id, "owner")
    _require_photo(given)
    last = session.scalar(select(func.max(Point.position)).where(Point.walk_id == walk.id)) or 0
    point = Point(forum_id=walk.forum_id, walk_id=walk.id, position=last + 1, deviation_id=deviation.id)
    point.owner_id, point.photo = given.owner_id, given.photo
    try:
        with session.begin_nested():
            raise_all(outside(point.position, 1, MOST_POINTS, "position"))
            session.add(point)
            session.flush()
    except IntegrityError as refused:
        if "walk_points_" not in str(refused.orig):
            raise
        message, remedy = (
            N_("This stands on a walk already, or somebody added a point just now."),
            N_("Look and try again."),
        )
        raise Conflict(message, field="deviation", value=deviation.nr, remedy=remedy) from refused
    facts = {"walk": str(walk.id), "deviation": str(deviation.id), "owner": str(given.owner_id)}
    facts |= {"position": str(point.position), "photo": "yes" if given.photo else "no"}
    journal.write(session, member, journal.Entry("walk:point", "walk_point", point.id, facts))
    return point


def note(session: Session, member: Member, walk: Walk, notice: Notice, given: Owned) -> Point:
    """Register what was noted on a walk as a deviation, and let it be the walk's next point."""
    require(member, Action.WALK_WRITE, of=walk)
    _require_photo(given)
    registered = intake.register(session, member, client_id=uuid4(), notice=notice)
    return add_point(session, member, walk, registered.deviation, given)


def _require_photo(given: Owned) -> None:
    if given.photo is None:
        return
    if not given.no_persons:
        message = N_("A photo is kept only when nobody is on it.")
        remedy = N_("Look at it, confirm that nobody can be seen, or leave it out.")
        raise Invalid(message, field="no_persons", value="", remedy=remedy)
    photos.require_bare(given.photo)


def check(session: Session, member: Member, walk: Walk, point: Point, outcome: Outcome) -> None:
    """Note on a follow-up walk how a point of the earlier one is now; said again, the later word holds."""
    require(member, Action.WALK_WRITE, of=walk)
    agreements.require_in_force(session, member)
    if walk.follows_id is None or point.walk_id != walk.follows_id:
        message = N_("This point is not of the walk that is followed up.")
        raise Conflict(message, field="point", value=point.position, remedy=N_("Make a walk that follows that one up."))
    key = {"forum_id": walk.forum_id, "walk_id": walk.id, "point_id": point.id}
    row = insert(Check).values(key | {"outcome": outcome.value})
    changed = row.on_conflict_do_update(index_elements=["walk_id", "point_id"], set_={"outcome": outcome.value})
    session.execute(changed)
    facts = {"walk": str(walk.id), "outcome": outcome}
    journal.write(session, member, journal.Entry("walk:check", "walk_point", point.id, facts))


# --- what is read -----------------------------------------------------------------------------------------------------


def all_of(session: Session, member: Member) -> list[Walk]:
    """Return the forum's walks, the latest first."""
    return list(session.scalars(_walks(member).order_by(Walk.starts_at.desc(), Walk.created_at.desc())))


def get(session: Session, member: Member, reference: UUID) -> Walk:
    """Return a walk."""
    found = session.scalar(_walks(member).where(Walk.id == reference))
    if found is None:
        raise NotFound
    return found


def people(session: Session, member: Member, walk: Walk) -> dict[UUID, int]:
    """Return how many of each organisation walked."""
    require(member, Action.WALK_READ)
    return {each.organisation_id: each.people for each in session.scalars(select(People).filter_by(walk_id=walk.id))}


def points(session: Session, member: Member, walk: Walk) -> list[tuple[Point, Deviation]]:
    """Return the points of a walk that the member may see, in their order, each with its deviation."""
    query = select(Point, Deviation).join(Deviation, Deviation.id == Point.deviation_id)
    mine = query.where(Point.walk_id == walk.id, deviations.visible_to(member)).order_by(Point.position)
    require(member, Action.WALK_READ)
    return [(point, deviation) for point, deviation in session.execute(mine)]


def point_of(session: Session, member: Member, walk: Walk, position: int) -> Point:
    """Return the point of a walk at a place in its order."""
    for point, _ in points(session, member, walk):
        if point.position == position:
            return point
    raise NotFound


def comparison(session: Session, member: Member, walk: Walk) -> list[tuple[Point, Deviation, Outcome | None]]:
    """Return each point of the walk that is followed up with how it is now; None where nothing was said of it."""
    if walk.follows_id is None:
        return []
    earlier = get(session, member, walk.follows_id)
    checks = session.scalars(select(Check).where(Check.walk_id == walk.id))
    said = {each.point_id: Outcome(each.outcome) for each in checks}
    return [(point, deviation, said.get(point.id)) for point, deviation in points(session, member, earlier)]


def line_of(walk: Walk, found: Sequence[tuple[Point, Deviation]]) -> list[tuple[float, float]]:
    """Return the route as longitude and latitude: as it was given, else from point to point."""
    if walk.route is not None:
        return [(lon, lat) for lon, lat, *_ in shape_of(walk.route).coords]
    return [deviation.position for _, deviation in found]


def _walks(member: Member) -> Select[Walk]:
    require(member, Action.WALK_READ)
    return select(Walk).where(Walk.forum_id == member.forum_id)


def _require_partner(session: Session, member: Member, organisation_id: UUID, name: str) -> None:
    found = select(Organisation.id).filter_by(id=organisation_id, forum_id=member.forum_id)
    if session.scalar(found) is None:
        remedy = N_("Choose one of the forum's organisations.")
        raise NotFound(field=name, value=organisation_id, remedy=remedy)
