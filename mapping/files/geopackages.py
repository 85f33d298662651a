"""A GeoPackage as a table (geopaket): SQLite reads it from memory, plain tables only.

What else such a file may hold runs when it is read: a view is a query of the sender's, a virtual table may name any
file, a generated column computes. One with any of them is refused by SQLite's own directory. GDAL never sees the file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import shapely
from sqlalchemy import Select, func, literal_column, select
from sqlalchemy import table as sql_table
from sqlalchemy.dialects import sqlite

from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from mapping.files.cells import texts_of
from mapping.files.features import MOST_FEATURES, Feature, Place, place_of, system_of, table_of
from mapping.files.tables import Table

LONGEST = 1_000_000
"""Bytes of one value: more is refused by SQLite itself."""
RUNS = (
    "SELECT name FROM sqlite_master WHERE type = 'view' OR (type = 'table' AND rootpage = 0 AND name NOT LIKE 'rtree%')"
)
LAYERS = (
    "SELECT g.table_name, g.column_name, s.organization || ':' || s.organization_coordsys_id "
    "FROM gpkg_geometry_columns g JOIN gpkg_spatial_ref_sys s USING (srs_id)"
)
DIALECT = sqlite.dialect()
HIDDEN = "SELECT name FROM pragma_table_xinfo(?) WHERE hidden <> 0"
JOURNAL = slice(18, 20)
"""Where SQLite says how the file was written to; as a write-ahead log it could not be read from memory."""
ENVELOPES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
"""Bytes of the box before a geometry, by its code."""


def read_geopackage(name: str, content: bytes) -> Table:
    """Return the rows of a GeoPackage's only layer."""
    database = _opened(content)
    try:
        _require_plain(database)
        table, geometry, system = _only_layer(database)
        everything: Select[Any] = select(literal_column("*")).select_from(sql_table(table)).limit(MOST_FEATURES + 1)
        length = database.execute(_sql(select(func.count()).select_from(everything.subquery()))).fetchone()[0]
        rows = database.execute(_sql(everything))
        columns = [column[0] for column in rows.description]
    except sqlite3.Error as error:
        raise _unreadable(name, error) from error
    fields = [column for column in columns if column != geometry]
    features = _features(rows, columns, geometry, system_of(system))
    return table_of(name, fields, _read(name, database, features), length)


def _opened(content: bytes) -> sqlite3.Connection:
    database = sqlite3.connect(":memory:", check_same_thread=False)
    raw = bytearray(content)
    raw[JOURNAL] = b"\x01\x01"
    database.deserialize(raw)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA query_only = ON")
    return database


def _unreadable(name: str, error: Exception) -> Invalid:
    message = N_("The file cannot be read: %(reason)s")
    return Invalid(message, field="file", value=name, remedy=N_("Save it again."), reason=str(error))


def _require_plain(database: sqlite3.Connection) -> None:
    found = database.execute(RUNS).fetchone() or database.execute(HIDDEN, (_only_layer(database)[0],)).fetchone()
    if found is not None:
        message = N_("The GeoPackage holds something else than plain tables.")
        remedy = N_("Save the layer alone in a new GeoPackage.")
        raise Invalid(message, field="file", value=found[0], remedy=remedy)


def _only_layer(database: sqlite3.Connection) -> tuple[str, str, str]:
    """Return the layer's table, its geometry's column and its reference system."""
    layers = database.execute(LAYERS).fetchmany(10)
    if len(layers) != 1:
        message, remedy = N_("The file must hold one layer."), N_("Save one layer in a file of its own.")
        names = ", ".join(str(layer[0]) for layer in layers)
        raise Invalid(message, field="file", value=names or "0", remedy=remedy)
    table, geometry, system = layers[0]
    return str(table), str(geometry), str(system)


def _sql(query: Select[Any]) -> str:
    return str(query.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True}))


def _read(name: str, database: sqlite3.Connection, features: Iterator[Feature]) -> Iterator[Feature]:
    """Yield the features; the database goes when the last one is read, or nobody wants more."""
    with closing(database):
        try:
            yield from features
        except sqlite3.Error as error:
            raise _unreadable(name, error) from error


def _features(rows: sqlite3.Cursor, columns: Sequence[str], geometry: str, system: int) -> Iterator[Feature]:
    for row in rows:
        values = dict(zip(columns, row, strict=True))
        raw = values.pop(geometry, None)
        yield _feature(values, raw, system)


def _feature(values: dict[str, Any], raw: Any, system: int) -> Feature:
    plain = {name: value for name, value in values.items() if not isinstance(value, bytes)}
    return texts_of(plain), _place(raw, system)


def _place(raw: Any, system: int) -> Place:
    """Return the place of a geometry in GeoPackage's form: a head, perhaps a box, then WKB."""
    if not isinstance(raw, bytes) or raw[:2] != b"GP" or len(raw) < 8:
        return None
    envelope = ENVELOPES.get(raw[3] >> 1 & 7, 0)
    return place_of(shapely.from_wkb(raw[8 + envelope :], on_invalid="ignore"), system)
