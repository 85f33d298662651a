"""Where points are, in words (läge): the nearest named thing on the ground and the smallest area around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry
from sqlalchemy import Select, Text, Uuid, bindparam, cast, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.orm import Session

from forum.foundation.geometry import WGS84
from forum.people.agreements import today
from forum.register.areas import Area, ForumArea, Ground
from forum.register.likeness import ALIKE, ASKED, SHORTEST, WORDS, likeness

NEAR_M = 400
"""Farther away than this nothing names a point."""

SAY = text(
    "SELECT p.i, near.name, near.kind, near.metres, around.name "
    "FROM unnest(CAST(:lons AS float8[]), CAST(:lats AS float8[])) WITH ORDINALITY AS p(lon, lat, i) "
    "LEFT JOIN LATERAL ("
    " SELECT g.name, g.kind, 111195 * ST_Distance(ST_Scale(g.geom, cosd(p.lat), 1),"
    " ST_SetSRID(ST_MakePoint(p.lon * cosd(p.lat), p.lat), 4326)) AS metres"
    " FROM ground g WHERE g.name IS NOT NULL AND g.kind IN ('stop', 'school', 'square', 'street')"
    " AND g.geom && ST_Expand(ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326), 0.008, 0.004) ORDER BY metres LIMIT 1"
    ") near ON near.metres <= :within "
    "LEFT JOIN LATERAL ("
    " SELECT a.name FROM areas a WHERE coalesce(a.valid_from <= :day, true) AND coalesce(a.valid_to > :day, true)"
    " AND ST_Covers(a.geom, ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326)) ORDER BY ST_Area(a.geom) LIMIT 1"
    ") around ON true ORDER BY p.i"
)
"""Distances on the plane at the point's latitude: near enough for what lies within a few hundred metres."""


@dataclass(frozen=True)
class Whereabouts:
    """What names a point: something close by with its distance, and the area around."""

    near: str | None
    kind: str | None
    metres: float | None
    area: str | None


def of_points(session: Session, points: Sequence[tuple[float, float]]) -> list[Whereabouts]:
    """Return what names each (lon, lat), in the same order."""
    if not points:
        return []
    lons, lats = zip(*points, strict=True)
    rows = session.execute(SAY, {"lons": list(lons), "lats": list(lats), "within": NEAR_M, "day": today()})
    return [Whereabouts(near, kind, metres, area) for _, near, kind, metres, area in rows]


CHOSEN_AMONG = 20
"""Places at most that one is asked to choose among."""
PLACES = ("stop", "school", "square", "street")
"""What on the ground is a place that one goes to."""
FORUM = bindparam("forum", type_=Uuid())
WINDOW = (
    select(func.ST_SetSRID(cast(func.ST_Extent(Area.geom), Geometry), WGS84))
    .join(ForumArea, ForumArea.area_id == Area.id)
    .where(ForumArea.forum_id == FORUM)
    .scalar_subquery()
)
HERE = (Ground.name.is_not(None), Ground.kind.in_(PLACES), Ground.geom.bool_op("&&")(WINDOW))
"""The named places of the forum's window."""
MIDDLE = func.ST_ClosestPoint(Ground.geom, func.ST_Centroid(Ground.geom))
NAMED = (
    select(Ground.name, Ground.kind, func.ST_X(MIDDLE).label("lon"), func.ST_Y(MIDDLE).label("lat"))
    .ext(distinct_on(Ground.name, Ground.kind))
    .where(*HERE)
    .order_by(Ground.name, Ground.kind, Ground.id)
    .subquery("named")
)
NAMES = select(Ground.name).where(*HERE).distinct().order_by(Ground.name)
EXACT = select(NAMED).where(func.lower(NAMED.c.name) == func.lower(WORDS)).order_by(NAMED.c.kind)
WHOLE = func.similarity(ASKED, func.folded(NAMED.c.name))
LIKE = (
    select(NAMED)
    .where(likeness(NAMED.c.name) >= ALIKE)
    .order_by(likeness(NAMED.c.name).desc(), WHOLE.desc(), NAMED.c.name, NAMED.c.kind)
    .limit(bindparam("most"))
)
AREA = func.unnest(bindparam("names", type_=ARRAY(Text()))).column_valued("name")
AREAS_LIKE = select(AREA).where(likeness(AREA) >= ALIKE).order_by(likeness(AREA).desc(), AREA)


def names(session: Session, forum_id: UUID) -> list[str]:
    """Return the names of what can be chosen as a place in the forum's window."""
    return list(session.scalars(NAMES, {"forum": forum_id}))


@dataclass(frozen=True)
class Named:
    """A named thing on the ground: a stop, a school, a square or a street, and a point of it."""

    name: str
    kind: str
    lon: float
    lat: float


def named_like(session: Session, forum_id: UUID, words: str, most: int = 5) -> list[Named]:
    """Return the places in the forum's window whose name is like the words, or stands among them, the likest first."""
    if len(words.strip()) < SHORTEST:
        return []
    return _places(session, LIKE, {"forum": forum_id, "words": words.strip(), "most": most})


def called(session: Session, forum_id: UUID, name: str) -> list[Named]:
    """Return the places of that name; where there is none, those whose name is like it or holds it."""
    exact = _places(session, EXACT, {"forum": forum_id, "words": name.strip()})
    return exact or named_like(session, forum_id, name, CHOSEN_AMONG)


def _places(session: Session, query: Select[*tuple[Any, ...]], asked: dict[str, Any]) -> list[Named]:
    return [Named(row.name, row.kind, row.lon, row.lat) for row in session.execute(query, asked)]


def areas_like(session: Session, among: Sequence[str], words: str) -> list[str]:
    """Return those names of areas that are like the words, or stand among them, the likest first."""
    if len(words.strip()) < SHORTEST:
        return []
    return list(session.scalars(AREAS_LIKE, {"names": list(among), "words": words.strip()}))
