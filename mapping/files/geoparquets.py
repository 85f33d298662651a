"""GeoParquet as a table (kolumnfil): weighed by its own footer, read in chunks, so that no file unfolds in memory."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely
from pyproj import CRS
from pyproj.exceptions import ProjError

from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from mapping import crs
from mapping.files.cells import texts_of
from mapping.files.features import MOST_FEATURES, Feature, place_of, system_of, table_of
from mapping.files.formats import too_much
from mapping.files.tables import MOST_CHARACTERS, Table

CHUNK = 1_000
MOST_UNPACKED = 400_000_000
"""Bytes of all columns, as the file says itself."""
MOST_RATIO = 200
PLAIN = (pa.types.is_string, pa.types.is_large_string, pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean,
         pa.types.is_temporal, pa.types.is_decimal, pa.types.is_null)  # fmt: skip
"""What a column may hold."""


def read_geoparquet(name: str, content: bytes) -> Table:
    """Return the rows of a GeoParquet file."""
    try:
        file = pq.ParquetFile(pa.BufferReader(content), memory_map=False)
        _require_bounded(name, file.metadata, len(content))
        schema = file.schema_arrow
        geometry, system = _geometry(schema)
        _require_plain(schema, geometry)
        texts = [field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_binary(field.type)]
        file = pq.ParquetFile(pa.BufferReader(content), read_dictionary=texts)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _unreadable(name, error) from error
    fields = [field.name for field in schema if field.name != geometry]
    return table_of(name, fields, _of_parquet(name, file, geometry, system), file.metadata.num_rows)


def _unreadable(name: str, error: Exception) -> Invalid:
    message = N_("The file cannot be read: %(reason)s")
    return Invalid(message, field="file", value=name, remedy=N_("Save it again."), reason=str(error))


def _require_bounded(name: str, metadata: pq.FileMetaData, size: int) -> None:
    if metadata.num_rows > MOST_FEATURES:
        raise too_much(name, N_("features"), MOST_FEATURES)
    groups = (metadata.row_group(number) for number in range(metadata.num_row_groups))
    unpacked = sum(group.total_byte_size for group in groups)
    if unpacked > min(MOST_UNPACKED, MOST_RATIO * size):
        raise too_much(name, N_("megabytes"), MOST_UNPACKED // 1_000_000)


def _geometry(schema: pa.Schema) -> tuple[str, int]:
    """Return the geometry's column and its reference system, WGS 84 where none is named."""
    geo = orjson.loads((schema.metadata or {}).get(b"geo", b"{}"))
    name = geo.get("primary_column", "") if isinstance(geo, dict) else ""
    column = geo.get("columns", {}).get(name) if name else None
    if not isinstance(column, dict) or column.get("encoding") != "WKB" or name not in schema.names:
        message = N_("The file has no geometry that GeoParquet describes.")
        remedy = N_("Save it as GeoParquet 1 with its geometry as WKB.")
        raise Invalid(message, field="file", value=name or None, remedy=remedy)
    return name, _described(column.get("crs"))


def _described(found: object) -> int:
    if found is None:
        return crs.WGS84
    try:
        authority = CRS.from_json_dict(found).to_authority() if isinstance(found, dict) else None
    except ProjError:
        authority = None
    return system_of(":".join(authority) if authority else None)


def _require_plain(schema: pa.Schema, geometry: str) -> None:
    for field in schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if field.name != geometry and not any(is_kind(kind) for is_kind in PLAIN):
            message, remedy = (
                N_("The column holds no plain values."),
                N_("Save it as text or numbers, or leave it out."),
            )
            raise Invalid(message, field="file", value=field.name, remedy=remedy)


def _of_parquet(name: str, file: pq.ParquetFile, geometry: str, system: int) -> Iterator[Feature]:
    try:
        for batch in file.iter_batches(batch_size=CHUNK, use_threads=False):
            for field, column in zip(batch.schema, batch.columns, strict=True):
                if pa.types.is_dictionary(field.type):
                    _require_short(field.name, column.dictionary)
            yield from _of_batch(batch, geometry, system)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(name, error) from error


def _of_batch(batch: pa.RecordBatch, geometry: str, system: int) -> Iterator[Feature]:
    shapes = shapely.from_wkb(batch.column(geometry).to_pylist(), on_invalid="ignore")
    rows = batch.select([field for field in batch.schema.names if field != geometry]).to_pylist()
    for row, shape in zip(rows, shapes, strict=True):
        yield texts_of(row), place_of(shape, system)


def _require_short(name: str, words: pa.Array) -> None:
    """Refuse a value that stands once in the file and would be written out for each of its rows."""
    longest = pc.max(pc.binary_length(words)).as_py() or 0
    if longest > MOST_CHARACTERS // CHUNK:
        message, remedy = N_("A value of this column is too long."), N_("Shorten it, or leave the column out.")
        raise Invalid(message, field=name, value=longest, remedy=remedy)
