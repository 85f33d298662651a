"""Reading official area files (områdesfiler): names, codes and sound geometries in WGS 84.

GDAL never sees the file itself, only a private copy whose name is ours, with no other file beside it.
"""

from __future__ import annotations

import tempfile
import warnings
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError
from shapely.geometry.base import BaseGeometry

from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from forum.register.areas import Shape
from mapping.crs import WGS84
from mapping.files.archives import unpack
from mapping.files.formats import DRIVERS, Format, content_of, format_of, too_much

MOST_FEATURES = 100_000
MOST_POINTS = 5_000_000
MOST_CHARACTERS = 200
NAMES, CODES = ("namn", "name"), ("kod", "code")
"""Fields that are taken when none is named, whatever their case."""
OPTIONS = {Format.GML: {"DOWNLOAD_SCHEMA": "NO"}}
"""GML would fetch its schema from wherever it says."""
POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
Geometries = NDArray[np.object_]


@dataclass(frozen=True)
class AreaFile:
    """What stood in the file: the shapes, and how many geometries had to be mended."""

    shapes: list[Shape]
    mended: int


def read_areas(path: Path, *, name_field: str | None = None, code_field: str | None = None) -> AreaFile:
    """Return the features of an area file, each with its name, code and sound WGS 84 geometry."""
    content = content_of(path)
    kind = format_of(path.name, content)
    with tempfile.TemporaryDirectory(prefix="trygg-") as folder:
        meta, columns, raw = _read(_private_copy(kind, content, Path(folder)), kind)
    nothing: list[Any] = [None] * len(raw)
    names = columns.get(_field(columns, "name_field", name_field, NAMES), nothing)
    codes = columns.get(_field(columns, "code_field", code_field, CODES), nothing)
    geometries, mended = _sound(_geometries(raw), meta["crs"])
    shapes = [
        Shape(_text(name) or None, _text(code) or None, geometry)
        for name, code, geometry in zip(names, codes, geometries, strict=True)
    ]
    return AreaFile(shapes, mended)


def _private_copy(kind: Format, content: bytes, folder: Path) -> Path:
    if kind is Format.SHAPEFILE:
        return unpack(content, folder, "areas")
    copy = folder / f"areas{kind}"
    copy.write_bytes(content)
    return copy


def _read(copy: Path, kind: Format) -> tuple[dict[str, Any], dict[str, list[Any]], NDArray[np.object_]]:
    """Return what GDAL knows of the layer, its columns, and its geometries as WKB."""
    options = OPTIONS.get(kind, {})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what GDAL mutters about a file that we then judge ourselves
            _require_driver(pyogrio.read_info(copy, **options)["driver"], kind)
            layer = _only_layer(copy)
            meta, _, raw, values = pyogrio.raw.read(
                copy, layer=layer, force_2d=True, max_features=MOST_FEATURES + 1, **options
            )
    except (RuntimeError, ValueError, IndexError) as error:
        message = N_("The file cannot be read: %(reason)s")
        raise Invalid(message, field="file", remedy=N_("Save it again."), reason=_plain(error, copy)) from error
    if not len(raw):
        raise Invalid(N_("The file holds no features."), field="file", remedy=N_("Save it again."))
    if len(raw) > MOST_FEATURES:
        raise too_much(copy.name, N_("features"), MOST_FEATURES)
    return meta, {str(f): list(v) for f, v in zip(meta["fields"], values, strict=True)}, raw


def _require_driver(driver: str, kind: Format) -> None:
    if driver not in DRIVERS[kind]:
        message, remedy = N_("The content of the file is not what its ending says."), N_("Save it again.")
        raise Invalid(message, field="file", value=driver, remedy=remedy)


def _only_layer(copy: Path) -> str:
    layers = [str(name) for name, geometry in pyogrio.list_layers(copy) if geometry is not None]
    if len(layers) != 1:
        message, remedy = N_("The file must hold one layer of areas."), N_("Save one layer in a file of its own.")
        raise Invalid(message, field="file", value=", ".join(layers) or "0", remedy=remedy)
    return layers[0]


def _plain(error: Exception, copy: Path) -> str:
    return str(error).replace(str(copy), copy.name).partition("; It might help")[0]


def _field(columns: dict[str, list[Any]], option: str, wanted: str | None, usual: tuple[str, ...]) -> str:
    if wanted is None:
        return next((name for name in columns if name.casefold() in usual), "")
    if wanted not in columns:
        message, remedy = N_("The file has no field of this name."), N_("Choose one of: %(fields)s.")
        raise Invalid(message, field=option, value=wanted, remedy=remedy, fields=", ".join(columns) or "–")
    return wanted


def _text(value: Any) -> str:
    """Return a field's value as text; a code that a program turned into 18.0 is 18."""
    if value is None or (isinstance(value, float | np.floating) and not np.isfinite(value)):
        return ""
    words = str(int(value)) if isinstance(value, float | np.floating) and value == int(value) else str(value).strip()
    if not words.isprintable() or len(words) > MOST_CHARACTERS:
        message, remedy = N_("A name or code of the file cannot be used."), N_("Use at most %(most)s plain characters.")
        raise Invalid(message, field="name", value=words, remedy=remedy, most=MOST_CHARACTERS)
    return words


def _geometries(raw: NDArray[np.object_]) -> Geometries:
    found = shapely.from_wkb(raw, on_invalid="ignore")
    for missing in np.flatnonzero(shapely.is_missing(found) | shapely.is_empty(found)):
        raise _unsound(missing + 1)
    if int(shapely.get_num_coordinates(found).sum()) > MOST_POINTS:
        raise too_much("", N_("points"), MOST_POINTS)
    return np.asarray(found, dtype=np.object_)


def _unsound(number: object) -> Invalid:
    message = N_("Feature %(number)s of the file has no sound geometry.")
    return Invalid(message, field="geometry", remedy=N_("Mend it in a map program."), number=number)


def _sound(geometries: Geometries, crs: str | None) -> tuple[list[BaseGeometry], int]:
    """Return the geometries in WGS 84, those that cross themselves mended, and how many those were."""
    moved = _in_wgs84(geometries, crs)
    broken = ~shapely.is_valid(moved)
    for index in np.flatnonzero(broken):
        moved[index] = _mended(moved[index], int(index) + 1)
    return list(moved), int(broken.sum())


def _in_wgs84(geometries: Geometries, crs: str | None) -> Geometries:
    if crs is None:
        message = N_("The file does not say in which reference system its coordinates are.")
        remedy = N_("Save it with its reference system: a .prj beside the Shapefile, or as GeoPackage.")
        raise Invalid(message, field="crs", remedy=remedy)
    try:
        change = Transformer.from_crs(CRS.from_user_input(crs), WGS84, always_xy=True)
    except ProjError as error:
        message = N_("The reference system of the file is not known.")
        remedy = N_("Save it in SWEREF 99 TM (EPSG:3006) or WGS 84 (EPSG:4326).")
        raise Invalid(message, field="crs", value=crs, remedy=remedy) from error
    moved = np.asarray(shapely.transform(geometries, partial(_moved, change)), dtype=np.object_)
    west, south, east, north = shapely.total_bounds(moved)
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        message = N_("The coordinates of the file do not lie on the globe.")
        remedy = N_("Save it again with the reference system that its coordinates are in.")
        raise Invalid(message, field="crs", value=crs, remedy=remedy)
    return moved


def _moved(change: Transformer, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = change.transform(xy[:, 0], xy[:, 1])
    moved = np.column_stack([x, y])
    return np.where(np.isfinite(moved), moved, np.inf)


def _mended(geometry: BaseGeometry, number: int) -> BaseGeometry:
    """Return a geometry that no longer crosses itself; an area stays an area."""
    sound = shapely.make_valid(geometry)
    if shapely.get_type_id(geometry) in POLYGONAL:
        pieces = shapely.get_parts(shapely.get_parts(sound))
        sound = shapely.union_all([p for p in pieces if shapely.get_type_id(p) in POLYGONAL])
    if sound.is_empty:
        raise _unsound(number)
    return sound
