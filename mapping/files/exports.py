"""Deviations as a file (uttag): five formats with the same columns, each row exactly once, nothing held but a chunk."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from forum.register.exports import Handout
from mapping.files.arrow_export import write_gpkg, write_parquet
from mapping.files.text_export import write_csv, write_geojson
from mapping.files.workbook_export import write_xlsx


class Form(StrEnum):
    """A format that deviations are exported in, by its ending."""

    CSV = "csv"
    XLSX = "xlsx"
    GEOJSON = "geojson"
    GPKG = "gpkg"
    PARQUET = "parquet"


MEDIA_TYPES = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.GEOJSON: "application/geo+json",
    Form.GPKG: "application/geopackage+sqlite3",
    Form.PARQUET: "application/vnd.apache.parquet",
}
WRITERS: dict[Form, Callable[[Path, Handout], None]] = {
    Form.CSV: write_csv,
    Form.XLSX: write_xlsx,
    Form.GEOJSON: write_geojson,
    Form.GPKG: write_gpkg,
    Form.PARQUET: write_parquet,
}


def written(form: Form, handout: Handout) -> BinaryIO:
    """Return the rows as an open file without a name: it is gone when it is closed, whatever happens to the program."""
    with tempfile.TemporaryDirectory(prefix="trygg-") as folder:
        path = Path(folder) / f"deviations.{form}"
        WRITERS[form](path, handout)
        return path.open("rb")
