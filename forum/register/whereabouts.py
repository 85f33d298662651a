"""Where points are, in words (läge): the nearest named thing on the ground and the smallest area around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from forum.people.agreements import today

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


NAMES = text(
    "SELECT DISTINCT g.name FROM ground g "
    "WHERE g.name IS NOT NULL AND g.kind IN ('stop', 'school', 'square', 'street') "
    "AND g.geom && (SELECT ST_SetSRID(ST_Extent(a.geom)::geometry, 4326) FROM forum_areas fa JOIN areas a "
    "ON a.id = fa.area_id WHERE fa.forum_id = :forum) ORDER BY g.name"
)
SPOT = text(
    "SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_PointOnSurface(g.geom) AS p FROM ground g "
    "WHERE lower(g.name) = lower(:name) AND g.kind IN ('stop', 'school', 'square', 'street') "
    "AND g.geom && (SELECT ST_SetSRID(ST_Extent(a.geom)::geometry, 4326) FROM forum_areas fa JOIN areas a "
    "ON a.id = fa.area_id WHERE fa.forum_id = :forum) ORDER BY g.kind, g.id LIMIT 1) spot"
)
LIKE = text(
    "SELECT * FROM ("
    " SELECT DISTINCT ON (g.name, g.kind) g.name, g.kind, ST_X(middle) AS lon, ST_Y(middle) AS lat FROM ground g"
    " CROSS JOIN LATERAL (SELECT ST_ClosestPoint(g.geom, ST_Centroid(g.geom)) AS middle) m"
    " WHERE g.name IS NOT NULL AND g.kind IN ('stop', 'school', 'square', 'street')"
    " AND g.geom && (SELECT ST_SetSRID(ST_Extent(a.geom)::geometry, 4326) FROM forum_areas fa JOIN areas a"
    " ON a.id = fa.area_id WHERE fa.forum_id = :forum) ORDER BY g.name, g.kind, g.id"
    ") named CROSS JOIN LATERAL (SELECT folded(name) AS plain, folded(:words) AS asked) pair "
    "CROSS JOIN LATERAL (SELECT greatest(word_similarity(asked, plain), word_similarity(plain, asked)) AS likeness) l "
    "WHERE likeness >= :alike ORDER BY likeness DESC, similarity(asked, plain) DESC, name, kind LIMIT :most"
)
AREAS_LIKE = text(
    "SELECT name FROM unnest(CAST(:names AS text[])) AS name "
    "CROSS JOIN LATERAL (SELECT folded(name) AS plain, folded(:words) AS asked) pair "
    "CROSS JOIN LATERAL (SELECT greatest(word_similarity(asked, plain), word_similarity(plain, asked)) AS likeness) l "
    "WHERE likeness >= :alike ORDER BY likeness DESC, name"
)
ALIKE, SHORTEST = 0.7, 3
"""The names are few: each is compared by its groups of three letters, so that a slip of the pen finds it too."""


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
    asked = {"forum": forum_id, "words": words.strip(), "alike": ALIKE, "most": most}
    return [Named(row.name, row.kind, row.lon, row.lat) for row in session.execute(LIKE, asked)]


def areas_like(session: Session, among: Sequence[str], words: str) -> list[str]:
    """Return those names of areas that are like the words, or stand among them, the likest first."""
    if len(words.strip()) < SHORTEST:
        return []
    return list(session.scalars(AREAS_LIKE, {"names": list(among), "words": words.strip(), "alike": ALIKE}))


def spot_named(session: Session, forum_id: UUID, name: str) -> tuple[float, float] | None:
    """Return longitude and latitude of the place of that name, None when there is none."""
    found = session.execute(SPOT, {"forum": forum_id, "name": name.strip()}).first()
    return (found[0], found[1]) if found else None
