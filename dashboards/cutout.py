"""A cut-out of the map on paper (kartutsnitt): a place or a route, what lies there, tracks and water, a scale, north.

Symbols that would lie on each other are moved apart; the caption says so. Metres in (SWEREF 99 TM), SVG out.
"""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from shapely import box
from shapely.geometry.base import BaseGeometry

from dashboards import view
from dashboards.symbols import INK, SHAPES

WIDTH, HEIGHT, MARGIN = 370, 270, 34
"""Of the drawing; so much lies around the place."""
APART, TURNS = 19, 60
"""Between the middles of two symbols; how many spots are tried around one."""
GROUND = {"water": "#d3e2ed", "street": "#e9e7df", "path": "#dcd9cd", "rail": "#8db39a"}
"""What is drawn of the ground, quietly."""
DARK = {
    "land": "fill:#1b2530",
    "water": "fill:#12303f",
    "rail": "stroke:#5f9d78",
    "street": "stroke:#2a3745",
    "path": "stroke:#33414f",
    "place": "fill:#f4f7fa;stroke:#f4f7fa",
    "route": "stroke:#f4f7fa",
    "halo": "fill:#1b2530;stroke:#1b2530",
    "edge": "stroke:#ffffff",
    "line": "stroke:#c6cfda",
    "word": "fill:#c6cfda",
}
"""What each part wears where the reader's page is dark, as the map does (tokens.css); paper knows no such question."""
STEPS = (20, 50, 100, 200, 500, 1000, 2000)
GOLDEN = math.pi * (3 - math.sqrt(5))


@dataclass(frozen=True)
class Mark:
    """A deviation: where, and the shape, letter and colours of its category, or its number on a route."""

    east: float
    north: float
    shape: str
    letter: str
    fill: str
    ink: str


@dataclass(frozen=True)
class Cutout:
    """A drawing, and how many of its symbols were moved."""

    svg: str
    moved: int = 0

    @property
    def uri(self) -> str:
        """Return the drawing as an address that carries it."""
        return f"data:image/svg+xml;base64,{b64encode(self.svg.encode()).decode()}"


def symbol(shape: str, letter: str, fill: str, ink: str) -> str:
    """Return one symbol as an address that carries it, for a table that is the map's legend."""
    drawn = [_drawn(Mark(0, 0, shape, letter, fill, ink), 0, 0, 1)]
    return Cutout(_svg(x=-12, y=-12, width=24, height=24, lines=[], marks=drawn, scale=None)).uri


def draw(reach: BaseGeometry, marks: Sequence[Mark], ground: Iterable[tuple[str, BaseGeometry]]) -> Cutout:
    """Return a place or a route with what lies at it, large enough to show all of both."""
    sight = _Sight([*reach.bounds, *(bound for m in marks for bound in (m.east, m.north, m.east, m.north))])
    lines = [(kind, _path(sight, shape.intersection(sight.window))) for kind, shape in ground]
    lines.append(("route" if reach.geom_type == "LineString" else "place", _path(sight, reach)))
    own = [sight.at(mark.east, mark.north) for mark in marks]
    taken: list[tuple[float, float]] = []
    for x, y in own:
        taken.append(_free(x, y, taken))
    drawn = [_drawn(mark, *spot, 0.78) for mark, spot in zip(marks, taken, strict=True)]
    svg = _svg(x=0, y=0, width=WIDTH, height=HEIGHT, lines=lines, marks=drawn, scale=_scale(sight.metres))
    return Cutout(svg, sum(math.dist(spot, at) > 1 for spot, at in zip(taken, own, strict=True)))


class _Sight:
    """From metres to the drawing's own units."""

    def __init__(self, bounds: Sequence[float]) -> None:
        west, south = min(bounds[0::4]), min(bounds[1::4])
        east, north = max(bounds[2::4]), max(bounds[3::4])
        wide, high = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN
        self.metres = max((east - west) / wide, (north - south) / high, 0.25)
        self.east, self.north = (west + east) / 2, (south + north) / 2

    def at(self, east: float, north: float) -> tuple[float, float]:
        """Return where a point stands."""
        return WIDTH / 2 + (east - self.east) / self.metres, HEIGHT / 2 - (north - self.north) / self.metres

    @property
    def window(self) -> BaseGeometry:
        """Return what is seen, in metres."""
        wide, high = WIDTH / 2 * self.metres, HEIGHT / 2 * self.metres
        return box(self.east - wide, self.north - high, self.east + wide, self.north + high)


def _svg(**context: Any) -> str:
    drawn: str = view.environment().get_template("cutout.svg").render(context, ground=GROUND, dark=DARK, ink=INK)
    return drawn


def _path(sight: _Sight, shape: BaseGeometry) -> str:
    return "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (sight.at(*point[:2]) for point in line))
        for line in _lines(shape)
    )


def _lines(shape: Any) -> Iterator[list[tuple[float, ...]]]:
    if shape.geom_type == "Polygon":
        yield from (list(ring.coords) for ring in (shape.exterior, *shape.interiors))
    elif shape.geom_type in {"LineString", "LinearRing"}:
        yield list(shape.coords)
    else:
        for part in getattr(shape, "geoms", ()):
            yield from _lines(part)


def _free(x: float, y: float, taken: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the nearest spot, along a spiral, where a symbol lies on no other."""
    for turn in range(TURNS):
        away, angle = APART * 0.5 * math.sqrt(turn), turn * GOLDEN
        there = (x + away * math.cos(angle), y + away * math.sin(angle))
        spot = (min(max(there[0], 12), WIDTH - 12), min(max(there[1], 12), HEIGHT - 12))
        if all(math.dist(spot, other) >= APART for other in taken):
            return spot
    return x, y


def _drawn(mark: Mark, x: float, y: float, size: float) -> dict[str, Any]:
    shape = SHAPES[mark.shape]
    room = shape.size * min(1, 2 / (len(mark.letter) + 1))
    return {"mark": mark, "shape": shape, "letters": room, "at": f"translate({x:.1f} {y:.1f}) scale({size})"}


def _scale(metres: float) -> tuple[int, float]:
    """Return a round length in metres and how long it is drawn."""
    length = next((step for step in reversed(STEPS) if step / metres <= WIDTH / 4), STEPS[0])
    return length, length / metres
