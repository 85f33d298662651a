"""The demo's ground (demons mark), put together from lines typed by hand: stadsdelar, water, streets, named spots.

Distances are metres on the SWEREF 99 TM plane; what leaves this module is longitude and latitude to six decimals.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random

from shapely import contains_xy, prepare
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from forum.demo.tables import table
from forum.foundation.geometry import SWEREF99TM, WGS84, in_metres, transformer

Spot = tuple[float, float]
"""A position in metres."""

MARGIN_M = 12
"""How far inside the district and off the water every invented point lies."""
NEAR_M = 260
"""Within this distance of a named spot a sentence names it."""
NEAR_STREET_M = 120


@dataclass(frozen=True)
class Named:
    """A spot that has a name, and how a sentence says where it is."""

    kind: str
    name: str
    where: str
    pull: float
    at: Spot


@dataclass(frozen=True)
class Quarter:
    """A stadsdel with what gathers deviations in it."""

    name: str
    where: str
    people: int
    shape: BaseGeometry
    spots: tuple[Named, ...]
    streets: tuple[LineString, ...]


def district() -> Polygon:
    """Return the district's outline, WGS 84."""
    return _ring(table("borders")["district"]["ring"])


def stadsdelar() -> dict[str, Polygon]:
    """Return the ten stadsdelar by name, WGS 84; they share their borders' vertices and tile the district."""
    return {part["name"]: _ring(part["ring"]) for part in table("borders")["stadsdel"]}


def _ring(names: list[str]) -> Polygon:
    vertices: list[tuple[float, float]] = []
    for name in names:
        line = _lines()[name.removeprefix("-")]
        vertices += line[-1:0:-1] if name.startswith("-") else line[:-1]
    return Polygon(vertices)


@cache
def _lines() -> dict[str, list[tuple[float, float]]]:
    borders = table("borders")
    nodes = borders["nodes"]
    return {
        line["name"]: [(lon, lat) for lon, lat in (nodes[line["from"]], *line["via"], nodes[line["to"]])]
        for line in borders["line"]
    }


def ground() -> list[tuple[str, str, BaseGeometry]]:
    """Return what the outline map draws: kind, name and WGS 84 geometry of water, rail, streets, paths and spots."""
    drawn = table("ground")
    water = [("water", lake["name"], Polygon(lake["ring"])) for lake in drawn["water"]]
    lines = [(line["kind"], line["name"], LineString(line["points"])) for line in drawn["line"]]
    spots = [(spot["kind"], spot["name"], Point(spot["at"])) for spot in drawn["spot"]]
    return [*water, *lines, *spots]


def metres(lon: float, lat: float) -> Spot:
    """Return the position in metres."""
    x, y = transformer(WGS84, SWEREF99TM).transform(lon, lat)
    return float(x), float(y)


def degrees(at: Spot) -> tuple[float, float]:
    """Return longitude and latitude to six decimals, about a decimetre."""
    lon, lat = transformer(SWEREF99TM, WGS84).transform(*at)
    return round(float(lon), 6), round(float(lat), 6)


class Land:
    """The district's dry ground, on which invented points are put and places are named."""

    def __init__(self) -> None:
        shapes = {name: in_metres(shape) for name, shape in stadsdelar().items()}
        water = unary_union([in_metres(shape) for kind, _, shape in ground() if kind == "water"])
        self.dry = in_metres(district()).buffer(-MARGIN_M).difference(water.buffer(MARGIN_M))
        prepare(self.dry)
        self.lines = {line["name"]: in_metres(LineString(line["points"])) for line in table("ground")["line"]}
        self.spots = [
            Named(s["kind"], s["name"], s["where"], s["pull"], metres(*s["at"])) for s in table("ground")["spot"]
        ]
        self.quarters = [self._quarter(part, shapes[part["name"]]) for part in table("borders")["stadsdel"]]

    def _quarter(self, part: dict[str, str], shape: BaseGeometry) -> Quarter:
        prepare(shape)
        walked = [line["name"] for line in table("ground")["line"] if line["kind"] in ("street", "path")]
        pieces = [self.lines[name].intersection(shape.intersection(self.dry)) for name in walked]
        streets = [p for whole in pieces for p in getattr(whole, "geoms", [whole]) if p.length > MARGIN_M]
        spots = tuple(spot for spot in self.spots if contains_xy(shape, *spot.at))
        where = part.get("where", f"i {part['name']}")
        return Quarter(part["name"], where, int(part["people"]), shape, spots, tuple(streets))

    def is_dry(self, at: Spot) -> bool:
        """Tell whether the position is well inside the district and off the water."""
        return bool(contains_xy(self.dry, *at))

    def settle(self, draw: Callable[[], Spot], within: Callable[[Spot], bool] | None = None) -> Spot:
        """Return the first drawn position that is dry and within."""
        while True:
            at = draw()
            if (within is None or within(at)) and self.is_dry(at):
                return at

    def quarter_at(self, at: Spot) -> Quarter:
        """Return the stadsdel in which the position lies, the nearest when it lies on a border."""
        return min(self.quarters, key=lambda quarter: quarter.shape.distance(Point(at)))

    def where(self, at: Spot) -> str:
        """Return the place in words: a named spot, a street or the stadsdel."""
        spot = min(self.spots, key=lambda named: math.dist(named.at, at))
        if math.dist(spot.at, at) <= NEAR_M:
            return spot.where
        streets = {n: line for n, line in self.lines.items() if n.endswith(("vägen", "gatan", "backen", "gränd"))}
        name, line = min(streets.items(), key=lambda item: item[1].distance(Point(at)))
        if line.distance(Point(at)) <= NEAR_STREET_M:
            return f"utmed {name}"
        return self.quarter_at(at).where


def scattered(rng: Random, centre: Spot, spread_m: float) -> Spot:
    """Return a position around the centre, normally scattered."""
    return rng.gauss(centre[0], spread_m), rng.gauss(centre[1], spread_m)


def along(rng: Random, line: BaseGeometry, spread_m: float) -> Spot:
    """Return a position along the line, a little beside it."""
    point = line.interpolate(rng.random() * line.length)
    return scattered(rng, (point.x, point.y), spread_m)
