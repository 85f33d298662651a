"""What a file is (filformat): its ending and its content must say the same, and only six formats are read."""

from __future__ import annotations

import os
import stat
from enum import StrEnum
from pathlib import Path
from xml.parsers import expat

import orjson

from forum.foundation.errors import Invalid
from forum.foundation.language import N_

MOST_BYTES = 200_000_000
SQLITE = b"SQLite format 3\0"
APPLICATION_ID = slice(68, 72)
"""Where SQLite keeps it."""
WHITESPACE = b" \t\r\n"
BOM = b"\xef\xbb\xbf"
READABLE = N_("Give GeoJSON, GeoPackage, zipped Shapefile, FlatGeobuf, GML or KML.")


class Format(StrEnum):
    """A format of official area files, with the ending that its private copy gets."""

    GEOJSON = ".geojson"
    GEOPACKAGE = ".gpkg"
    SHAPEFILE = ".zip"
    FLATGEOBUF = ".fgb"
    GML = ".gml"
    KML = ".kml"


ALSO = {".json": Format.GEOJSON}
DRIVERS = {
    Format.GEOJSON: {"GeoJSON"},
    Format.GEOPACKAGE: {"GPKG"},
    Format.SHAPEFILE: {"ESRI Shapefile"},
    Format.FLATGEOBUF: {"FlatGeobuf"},
    Format.GML: {"GML"},
    Format.KML: {"KML", "LIBKML"},
}
"""The only driver, by GDAL's name, that may open each format."""


def content_of(path: Path, most: int = MOST_BYTES) -> bytes:
    """Return the content of a plain file; refuses links, devices, what GDAL takes for an address, and too much."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise _no_file(path) from error
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise _no_file(path)
    with os.fdopen(descriptor, "rb") as file:
        if found.st_size > most:
            raise too_much(path.name, N_("megabytes"), most // 1_000_000)
        content = file.read(most)
    if not content:
        raise Invalid(N_("The file is empty."), field="file", value=path.name, remedy=N_("Save it again."))
    return content


def _no_file(path: Path) -> Invalid:
    remedy = N_("Give the path of a file, not a link or an address.")
    return Invalid(N_("This is no file that can be read."), field="file", value=path, remedy=remedy)


def too_much(name: str, unit: str, most: int) -> Invalid:
    """Return the refusal of a file that holds more than we take in one go."""
    message, remedy = N_("The file is too large: at most %(most)s %(unit)s."), N_("Divide it into several files.")
    return Invalid(message, field="file", value=name, remedy=remedy, most=most, unit=unit)


def format_of(name: str, content: bytes) -> Format:
    """Return the format that both the ending and the content say; refuses all else."""
    suffix = Path(name).suffix.lower()
    by_suffix = ALSO.get(suffix) or (Format(suffix) if suffix in set(Format) else None)
    if by_suffix is None:
        message = N_("Files with this ending are not read.")
        raise Invalid(message, field="file", value=name, remedy=READABLE)
    if not LOOKS[by_suffix](content.removeprefix(BOM).lstrip(WHITESPACE)):
        message = N_("The content of the file is not what its ending says.")
        raise Invalid(message, field="file", value=name, remedy=READABLE)
    return by_suffix


def _is_geojson(content: bytes) -> bool:
    """Look for an object of features; one whose reference system stands elsewhere would be fetched from there."""
    try:
        found = orjson.loads(content) if content[:1] == b"{" else None
    except orjson.JSONDecodeError as error:
        message, remedy = N_("Line %(line)s of the file is not valid JSON."), N_("Save it again as GeoJSON.")
        raise Invalid(message, field="file", remedy=remedy, line=error.lineno) from error
    if not isinstance(found, dict) or found.get("type") not in ("FeatureCollection", "Feature"):
        return False
    named = found.get("crs")
    return named is None or (isinstance(named, dict) and named.get("type") == "name")


def _is_geopackage(content: bytes) -> bool:
    return content.startswith(SQLITE) and content[APPLICATION_ID] in (b"GPKG", b"GP10", b"GP11")


def _is_zip(content: bytes) -> bool:
    return content.startswith(b"PK\x03\x04")


def _is_flatgeobuf(content: bytes) -> bool:
    return content.startswith(b"fgb\x03fgb")


class _Elements:
    """Reads XML to its end and remembers the root and whether something points outside the file."""

    def __init__(self) -> None:
        self.root: tuple[str, str] | None = None
        self.points_outside = False

    def started(self, name: str, _attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        self.root = self.root or (namespace, local)
        self.points_outside = self.points_outside or local == "NetworkLink"

    def doctype(self, *_: object) -> None:
        self.points_outside = True


def _xml_root(content: bytes) -> tuple[str, str]:
    """Return namespace and name of the root element; nothing when it is not sound XML or points outside itself."""
    elements = _Elements()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = elements.started
    parser.StartDoctypeDeclHandler = elements.doctype
    try:
        parser.Parse(content, True)  # the file's end
    except expat.ExpatError:
        return "", ""
    return ("", "") if elements.root is None or elements.points_outside else elements.root


def _is_gml(content: bytes) -> bool:
    return _xml_root(content)[1].endswith("FeatureCollection") and b"opengis.net/gml" in content


def _is_kml(content: bytes) -> bool:
    return _xml_root(content) in (("http://www.opengis.net/kml/2.2", "kml"), ("", "kml"))


LOOKS = {
    Format.GEOJSON: _is_geojson,
    Format.GEOPACKAGE: _is_geopackage,
    Format.SHAPEFILE: _is_zip,
    Format.FLATGEOBUF: _is_flatgeobuf,
    Format.GML: _is_gml,
    Format.KML: _is_kml,
}
