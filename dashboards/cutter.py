"""Cuts the map out (kartklipp): a place or concentration with what was noticed there, a walk with its points.

The same pictures of an agenda's points stand on the meeting's page and in its minutes; what they show is what the
audience of `seen` may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely import LineString, MultiPoint, Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from dashboards import cutout
from dashboards.cutout import Cutout, Mark
from dashboards.points import Told
from dashboards.symbols import INK
from forum.foundation.geometry import in_metres, shape_of
from forum.people.agreements import today
from forum.people.members import Member
from forum.register import areas, categories
from forum.register.categories import Category
from mapping.agenda import RADIUS_M
from mapping.crs import SWEREF99TM, WGS84, transform
from mapping.picture import Look

MOST_MARKS = 60
"""Symbols on a small map at most; the count stands beside it."""
NOTED, EARLIER = ("#0B3A75", "#FFFFFF"), ("#FFFFFF", INK)
"""What the points of a walk are filled and lettered with, and those of the walk that it follows up."""
LonLat = tuple[float, float]
Numbered = Iterable[tuple[int, LonLat]]


class Cutter:
    """Cuts for one forum; the ground and the symbols are asked for once."""

    def __init__(self, session: Session, member: Member) -> None:
        self.session, self.member = session, member

    def cut(self, told: Told, seen: Look) -> Cutout | None:
        """Return the place or concentration of a point with what was noticed there; None where it lies nowhere."""
        rows, lately, metric = seen.rows, seen.rows.inside[0], _metric(seen)
        if told.place is not None:
            reach: BaseGeometry = in_metres(told.place.reach)
            held = next((each.rows for each in seen.held if each.place.id == told.place.id), np.zeros_like(lately))
        elif told.spot is not None:
            middle = in_metres(Point(told.spot["lon"], told.spot["lat"])).centroid
            reach = middle.buffer(told.spot["radius_m"])
            far = np.hypot(*(metric - [middle.x, middle.y]).T)
            held = (rows.accuracy <= RADIUS_M) & (far <= told.spot["radius_m"])
        else:
            return None
        which = np.flatnonzero(held & lately)[:MOST_MARKS]
        kinds = [self.symbols[rows.codes[i].partition(".")[0]] for i in rows.category[which]]
        at = zip(metric[which].tolist(), kinds, strict=True)
        return cutout.draw(reach, [Mark(x, y, c.shape, c.letter, c.fill, c.ink) for (x, y), c in at], self.ground)

    def walk(self, line: Sequence[LonLat], noted: Numbered, earlier: Numbered = ()) -> Cutout | None:
        """Return a route with its points by their numbers; None where nothing is known of where it goes."""
        marks = [_numbered(*each, *NOTED) for each in noted] + [_numbered(*each, *EARLIER) for each in earlier]
        if len(line) < 2 and not marks:
            return None
        there = [(mark.east, mark.north) for mark in marks]
        return cutout.draw(in_metres(LineString(line)) if len(line) > 1 else MultiPoint(there), marks, self.ground)

    def symbol(self, code: str) -> str:
        """Return the symbol of a category for a table that is the map's legend."""
        category = self.symbols[code]
        return cutout.symbol(category.shape, category.letter, category.fill, category.ink)

    @cached_property
    def symbols(self) -> dict[str, Category]:
        """Return the groups of categories by their codes."""
        known = categories.all_of(self.session, self.member.forum_id, retired=True)
        return {category.code: category for category in known if category.parent_id is None}

    @cached_property
    def ground(self) -> list[tuple[str, Any]]:
        """Return what is drawn of the ground, in metres, what lies under the rest first."""
        _, found = areas.nearby(self.session, self.member.forum_id, today())
        return [(g.kind, in_metres(shape_of(g.geom))) for kind in cutout.GROUND for g in found if g.kind == kind]


def _numbered(number: int, at: LonLat, fill: str, ink: str) -> Mark:
    middle = in_metres(Point(*at)).centroid
    return Mark(middle.x, middle.y, "circle", str(number), fill, ink)


def _metric(seen: Look) -> NDArray[np.float64]:
    """Return where the deviations lie, in metres."""
    lon_lat = np.stack([seen.rows.lon, seen.rows.lat], axis=-1)
    return transform(lon_lat, WGS84, SWEREF99TM) if len(lon_lat) else lon_lat
