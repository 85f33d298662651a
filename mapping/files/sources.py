"""A file of deviations as a table (underlag): its ending and its content must say the same; five formats are read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from mapping.files.features import read_geojson
from mapping.files.formats import APPLICATION_ID, BOM, SQLITE, WHITESPACE, too_much
from mapping.files.geopackages import read_geopackage
from mapping.files.geoparquets import read_geoparquet
from mapping.files.tables import CSV_ENDINGS, MOST_BYTES, UTF16, Layout, Table, csv_table
from mapping.files.workbooks import read_workbook

LARGEST = {".xlsx": 100_000_000, ".geojson": 150_000_000}
"""Bytes of what is held whole while it is read."""
ALSO = {".json": ".geojson", ".geoparquet": ".parquet"} | dict.fromkeys(CSV_ENDINGS, ".csv")
"""Other endings of the formats."""
PARQUET = b"PAR1"
OTHERS = (b"PK\x03\x04", SQLITE, PARQUET, b"MZ", b"%PDF", b"<")
"""What begins a file that somebody has given the ending of CSV: archives, databases, programs, documents, markup."""
FIRST_LINE = 4096
"""Bytes in which the first line ends, or is looked at no further."""
ENDINGS = (".csv", ".xlsx", ".geojson", ".gpkg", ".parquet", *ALSO)


def table_of(name: str, content: bytes, layout: Layout) -> Table:
    """Return the rows of a file; refuses what is no file of the format that its ending names."""
    ending = PurePath(name).suffix.lower()
    ending = ALSO.get(ending, ending)
    if ending not in ENDINGS:
        message = N_("Files with this ending are not read.")
        remedy = N_("Give CSV, XLSX, GeoJSON, GeoPackage or GeoParquet.")
        raise Invalid(message, field="file", value=name, remedy=remedy)
    if not content.strip(WHITESPACE):
        raise Invalid(N_("The file is empty."), field="file", value=name, remedy=N_("Save it again."))
    most = LARGEST.get(ending, MOST_BYTES)
    if len(content) > most:
        raise too_much(name, N_("megabytes"), most // 1_000_000)
    if not LOOKS[ending](content):
        message, remedy = N_("The content of the file is not what its ending says."), N_("Save it again.")
        raise Invalid(message, field="file", value=name, remedy=remedy)
    return READERS[ending](name, content, layout)


def _is_text(content: bytes) -> bool:
    """Tell whether it may be CSV: no archive, program or markup, and no NUL in its first line unless in UTF-16."""
    if content.startswith(UTF16):
        return True
    first = content[:FIRST_LINE].partition(b"\n")[0]
    return not content.lstrip(WHITESPACE).startswith(OTHERS) and b"\0" not in first


def _is_geopackage(content: bytes) -> bool:
    return content.startswith(SQLITE) and content[APPLICATION_ID] in (b"GPKG", b"GP10", b"GP11")


LOOKS: dict[str, Callable[[bytes], bool]] = {
    ".csv": _is_text,
    ".geojson": lambda content: content.removeprefix(BOM).lstrip(WHITESPACE)[:1] == b"{",
    ".xlsx": lambda content: content.startswith(b"PK\x03\x04"),
    ".gpkg": _is_geopackage,
    ".parquet": lambda content: len(content) > 12 and content[:4] == content[-4:] == PARQUET,
}
"""How the content of each format begins."""
READERS: dict[str, Callable[[str, bytes, Layout], Table]] = {
    ".csv": csv_table,
    ".geojson": lambda name, content, _: read_geojson(name, content),
    ".xlsx": lambda name, content, layout: read_workbook(name, content, sheet=layout.sheet),
    ".gpkg": lambda name, content, _: read_geopackage(name, content),
    ".parquet": lambda name, content, _: read_geoparquet(name, content),
}
"""The one reader of each format."""
