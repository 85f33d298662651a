"""Points with properties as a table (punkter): GeoJSON, GeoPackage and GeoParquet, each feature one row.

Deviations are points: a row with any other geometry is refused by name, and a file that can only hold other things is
refused before it is understood. The driver follows from ending and content and is fixed before anything is opened;
GeoJSON is read as JSON, GeoPackage by SQLite, GeoParquet by pyarrow; GDAL sees none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson
from shapely import Point
from shapely.geometry.base import BaseGeometry

from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from mapping import crs
from mapping.files.cells import texts_of
from mapping.files.formats import BOM, WHITESPACE, too_much
from mapping.files.tables import MOST_COLUMNS, Cells, Line, Table

MOST_FEATURES = 200_000
MOST_BRACKETS = 500_000
"""Of a GeoJSON: a point has one, so more are the vertices of something else."""
NAMED = re.compile(r"(?:EPSG:{1,2}|EPSG/0/)(\d{4,6})$")
WGS84_NAMES = ("CRS84", "CRS:84")
Place = tuple[float, float] | Invalid | None
Feature = tuple[Cells, Place]


def read_geojson(name: str, content: bytes) -> Table:
    """Return the features of a GeoJSON file."""
    if content.count(b"[") > MOST_BRACKETS:
        raise too_much(name, N_("points"), MOST_BRACKETS)
    found = _features(name, content)
    system = _system(found)
    members = [feature for feature in found["features"] if isinstance(feature, dict)]
    if len(members) != len(found["features"]):
        raise _no_collection(name)
    keys = dict.fromkeys(key for feature in members for key in _properties(feature))
    return table_of(name, list(keys), ((_cells(each), _place(each, system)) for each in members), len(members))


def _features(name: str, content: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(content.removeprefix(BOM).lstrip(WHITESPACE))
    except orjson.JSONDecodeError as error:
        message, remedy = N_("Line %(line)s of the file is not valid JSON."), N_("Save it again as GeoJSON.")
        raise Invalid(message, field="file", value=name, remedy=remedy, line=error.lineno) from error
    if not isinstance(found, dict) or not isinstance(found.get("features"), list):
        raise _no_collection(name)
    return found


def _no_collection(name: str) -> Invalid:
    message, remedy = N_("The file is no GeoJSON collection of features."), N_("Save it again as GeoJSON.")
    return Invalid(message, field="file", value=name, remedy=remedy)


def _system(found: Mapping[str, Any]) -> int:
    """Return the reference system: WGS 84, unless the file names another in the older way."""
    named = found.get("crs")
    if named is None:
        return crs.WGS84
    properties = named.get("properties") if isinstance(named, dict) else None
    return system_of(properties.get("name") if isinstance(properties, dict) else None)


def system_of(words: object) -> int:
    """Return the EPSG code that the words name; refuses a system that is not spoken here."""
    said = words if isinstance(words, str) else ""
    match = NAMED.search(said)
    code = crs.WGS84 if said.endswith(WGS84_NAMES) else int(match[1]) if match else 0
    if code not in crs.NAMES:
        message = N_("The reference system of the file is not known.")
        remedy = N_("Save it in SWEREF 99 TM (EPSG:3006) or WGS 84 (EPSG:4326).")
        raise Invalid(message, field="crs", value=words, remedy=remedy)
    return code


def _properties(feature: Mapping[str, Any]) -> dict[str, Any]:
    """Return the feature's properties, its own id among them where they have none."""
    found = feature.get("properties")
    own = {"id": feature["id"]} if "id" in feature else {}
    return own | (found if isinstance(found, dict) else {})


def _cells(feature: Mapping[str, Any]) -> Cells:
    return texts_of(_properties(feature))


def _place(feature: Mapping[str, Any], system: int) -> Place:
    geometry = feature.get("geometry")
    if geometry is None:
        return None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    position = geometry.get("coordinates") if kind == "Point" else None
    if not isinstance(position, list) or not 2 <= len(position) <= 4 or not all(map(_is_number, position)):
        return _no_point(kind)
    return _placed(position[0], position[1], system)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def place_of(shape: BaseGeometry | None, system: int) -> Place:
    """Return the place of a shape, None where there is none, the refusal of what is no point."""
    if shape is None or shape.is_empty:
        return None
    return _placed(shape.x, shape.y, system) if isinstance(shape, Point) else _no_point(shape.geom_type)


def _no_point(kind: object) -> Invalid:
    remedy = N_("Give each deviation one point.")
    return Invalid(N_("The row's geometry is no point."), field="geometry", value=kind, remedy=remedy)


def _placed(east: float, north: float, system: int) -> tuple[float, float]:
    if system == crs.WGS84:
        return float(east), float(north)
    lon, lat = crs.transform((east, north), system, crs.WGS84)
    return float(lon), float(lat)


def table_of(name: str, columns: Sequence[str], features: Iterable[Feature], length: int) -> Table:
    """Return features as a table; refuses too many, and columns that cannot be named."""
    if length > MOST_FEATURES:
        raise too_much(name, N_("features"), MOST_FEATURES)
    if len(columns) > MOST_COLUMNS or not all(column.isprintable() for column in columns):
        message, remedy = N_("The columns of the file cannot be used."), N_("Use at most %(most)s plain names.")
        raise Invalid(message, field="file", value=name, remedy=remedy, most=MOST_COLUMNS)
    return Table(name, columns, _lines(columns, features), length, has_geometry=True)


def _lines(columns: Sequence[str], features: Iterable[Feature]) -> Iterator[Line]:
    nothing = dict.fromkeys(columns, "")
    for number, (cells, place) in enumerate(features, 1):
        named = nothing | cells
        yield Line(number, named, _problem(named), place)


def _problem(cells: Cells) -> Invalid | None:
    if found := next((name for name, cell in cells.items() if "\0" in cell), None):
        message = N_("The cell holds a character that is no text.")
        return Invalid(message, field=found, value=cells[found], remedy=N_("Remove the NUL character."))
    return None
