"""Points on the ground (geometri): checked coordinates, metres, and the Morton key's ranges."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import shapely
from geoalchemy2 import WKBElement
from geoalchemy2.shape import from_shape, to_shape
from pyproj import Transformer
from shapely import Point, transform
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from forum.foundation.plain import number

WGS84 = 4326
SWEREF99TM = 3006
GRID_BITS = 31
SIDE = 1 << GRID_BITS
LIMITS = {"lon": 180.0, "lat": 85.0}
"""Degrees; the web mercator grid of the Morton key ends at 85 degrees."""
BBOX_RANGES = 24
"""How many contiguous ranges of the key a map window is cut into at most."""


def coordinate(value: Any, field: str) -> float:
    """Return the coordinate in degrees; refuses what is no finite number on the globe."""
    remedy = N_("Give longitude and latitude in degrees (WGS 84), for Stockholm about lon 18.1 and lat 59.2.")
    degrees = number(value)
    if math.isnan(degrees):
        raise Invalid(N_("This is not a coordinate."), field=field, value=value, remedy=remedy)
    if abs(degrees) > LIMITS[field]:
        raise Invalid(N_("This coordinate is not on the map."), field=field, value=value, remedy=remedy)
    return degrees


def point(lon: float, lat: float) -> WKBElement:
    """Return the point for the database."""
    return stored(Point(lon, lat))


def points(positions: Sequence[tuple[float, float]]) -> list[str]:
    """Return many points as the database reads them: hexadecimal EWKB, every bit of each."""
    made = shapely.set_srid(shapely.points(np.asarray(positions, dtype=float).reshape(-1, 2)), WGS84)
    return list(map(str, np.atleast_1d(shapely.to_wkb(made, hex=True, include_srid=True))))


def stored(shape: BaseGeometry) -> WKBElement:
    """Return a WGS 84 shape for the database, every bit of it: as text it would lose the last ones."""
    return from_shape(shape, srid=WGS84, extended=True)


def lon_lat(element: Any) -> tuple[float, float]:
    """Return longitude and latitude of a stored point, exactly as they were given."""
    shape = shape_of(element)
    assert isinstance(shape, Point)
    return shape.x, shape.y


def shape_of(element: Any) -> BaseGeometry:
    """Return a stored geometry as a shape."""
    return to_shape(element)


def multipolygon(shape: BaseGeometry) -> MultiPolygon:
    """Return an area's shape as a multipolygon; refuses lines and points."""
    if isinstance(shape, Polygon):
        return MultiPolygon([shape])
    if isinstance(shape, MultiPolygon):
        return shape
    message = N_("An area must be a polygon.")
    raise Invalid(message, field="geometry", value=shape.geom_type, remedy=N_("Give polygons or multipolygons."))


@cache
def transformer(source: int, target: int) -> Transformer:
    """Return the transformation between two EPSG codes, x before y."""
    return Transformer.from_crs(source, target, always_xy=True)


def in_metres(shape: BaseGeometry) -> BaseGeometry:
    """Return a WGS 84 shape in SWEREF 99 TM, whose unit is the metre."""
    change = transformer(WGS84, SWEREF99TM)
    return transform(shape, lambda xy: np.column_stack(change.transform(xy[:, 0], xy[:, 1])))


def in_degrees(shape: BaseGeometry) -> BaseGeometry:
    """Return a SWEREF 99 TM shape in WGS 84."""
    change = transformer(SWEREF99TM, WGS84)
    return transform(shape, lambda xy: np.column_stack(change.transform(xy[:, 0], xy[:, 1])))


def metres_between(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the distance in metres of two (lon, lat) on the SWEREF 99 TM plane."""
    change = transformer(WGS84, SWEREF99TM).transform
    return math.dist(change(*a), change(*b))


def degrees_around(lon: float, lat: float, metres: float) -> tuple[float, float, float, float]:
    """Return the bounding box (west, south, east, north) of a circle, a little too large rather than too small."""
    dlat = metres / 110_000
    dlon = dlat / max(0.05, math.cos(math.radians(min(abs(lat) + dlat, 89))))
    return lon - dlon, lat - dlat, lon + dlon, lat + dlat


def grid(lon: float, lat: float) -> tuple[int, int]:
    """Return the cell of the 2^31 x 2^31 web mercator grid, x east and y south from the top left."""
    s = math.sin(math.radians(max(-85.05, min(85.05, lat))))
    x, y = (lon / 360 + 0.5) * SIDE, (0.5 - math.log((1 + s) / (1 - s)) / (4 * math.pi)) * SIDE
    return max(0, min(SIDE - 1, math.floor(x))), max(0, min(SIDE - 1, math.floor(y)))


def morton(x: int, y: int) -> int:
    """Return the Morton key of a cell: its bits interleaved, x in the even places (Morton 1966)."""
    return _spread(x) | (_spread(y) << 1)


def _spread(v: int) -> int:
    for shift, mask in ((16, 0x0000FFFF0000FFFF), (8, 0x00FF00FF00FF00FF), (4, 0x0F0F0F0F0F0F0F0F)):
        v = (v | (v << shift)) & mask
    v = (v | (v << 2)) & 0x3333333333333333
    return (v | (v << 1)) & 0x5555555555555555


def morton_ranges(west: float, south: float, east: float, north: float) -> list[tuple[int, int]]:
    """Return half-open ranges of the key that together cover the box, and a little more around it.

    The box is covered by the squares of the one zoom level at which it takes at most `BBOX_RANGES` of them;
    squares whose ranges touch are joined. Whoever reads by them refines by the box itself.
    """
    (x0, y0), (x1, y1) = grid(west, north), grid(east, south)
    shift = 0
    while ((x1 >> shift) - (x0 >> shift) + 1) * ((y1 >> shift) - (y0 >> shift) + 1) > BBOX_RANGES:
        shift += 1
    return list(_joined(sorted(_squares(x0 >> shift, x1 >> shift, y0 >> shift, y1 >> shift, shift))))


def _squares(x0: int, x1: int, y0: int, y1: int, shift: int) -> Iterator[tuple[int, int]]:
    for x in range(x0, x1 + 1):
        for y in range(y0, y1 + 1):
            low = morton(x, y) << (2 * shift)
            yield low, low + (1 << (2 * shift))


def _joined(ranges: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    start, end = ranges[0]
    for low, high in ranges[1:]:
        if low > end:
            yield start, end
            start = low
        end = high
    yield start, end
