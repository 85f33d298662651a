"""Deviations as GeoPackage and GeoParquet: chunks of rows in Arrow's form, written one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from pyproj import CRS

from forum.register.exports import Exported, Handout
from mapping.crs import WGS84
from mapping.files.records import COLUMNS, MOMENTS, audience_word, fields_of

CHUNK = 10_000
LAYER, GEOMETRY = "deviations", "geometry"
NUMBERS = {"nr": pa.int64(), "version": pa.int64(), "lon": pa.float64(), "lat": pa.float64(),
           "accuracy_m": pa.float64()}  # fmt: skip
EXACT = pa.timestamp("us", "UTC")


def write_gpkg(path: Path, handout: Handout) -> None:
    """Write a GeoPackage of one layer; its times are text, since its own keep no more than milliseconds."""
    schema = _schema({})
    table = pa.RecordBatchReader.from_batches(schema, _batches(handout, schema))
    pyogrio.write_arrow(
        table, path, layer=LAYER, driver="GPKG", geometry_name=GEOMETRY, geometry_type="Point", crs=f"EPSG:{WGS84}",
        layer_metadata={"audience": audience_word(handout.audience)},
    )  # fmt: skip


def write_parquet(path: Path, handout: Handout) -> None:
    """Write GeoParquet 1.1; its metadata name the reference system and the audience."""
    column = {"encoding": "WKB", "geometry_types": ["Point"], "crs": CRS.from_epsg(WGS84).to_json_dict()}
    geo = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
    schema = _schema(dict.fromkeys(MOMENTS, EXACT))
    schema = schema.with_metadata({"geo": orjson.dumps(geo), "audience": audience_word(handout.audience)})
    with pq.ParquetWriter(path, schema) as writer:
        for batch in _batches(handout, schema):
            writer.write_batch(batch)


def _schema(special: dict[str, pa.DataType]) -> pa.Schema:
    types = {name: pa.string() for name in COLUMNS} | NUMBERS | special
    return pa.schema([*types.items(), (GEOMETRY, pa.binary())])


def _batches(handout: Handout, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    rows = iter(handout.rows)
    while chunk := list(islice(rows, CHUNK)):
        yield _batch(handout, chunk, schema)


def _batch(handout: Handout, chunk: list[Exported], schema: pa.Schema) -> pa.RecordBatch:
    records = [fields_of(row, handout.audience) for row in chunk]
    columns = {name: [record[name] for record in records] for name in COLUMNS}
    exact = [name for name in MOMENTS if schema.field(name).type == EXACT]
    columns |= {name: [getattr(row, name) for row in chunk] for name in exact}
    points = shapely.points(np.array([(row.lon, row.lat) for row in chunk]))
    columns[GEOMETRY] = list(shapely.to_wkb(points))
    return pa.record_batch([pa.array(columns[f.name], f.type) for f in schema], schema=schema)
