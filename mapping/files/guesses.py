"""What the columns of a file probably mean (gissning): by their names and first values, for a person to look over."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice

from mapping import crs
from mapping.files.tables import DELIMITERS, UTF8, Cells, Layout, Table

HEAD = 20
"""Rows that are looked at."""
NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "nr", "nummer", "ärendenummer", "arendenummer", "löpnummer", "diarienummer", "source_ref", "fid"),
    "east": ("lon", "lng", "long", "longitude", "longitud", "x", "e", "east", "easting", "öst", "x_koordinat"),
    "north": ("lat", "latitude", "latitud", "y", "n", "north", "northing", "nord", "y_koordinat"),
    "from": ("occurred_from", "when", "tidpunkt", "inträffad", "intraffad", "datum", "tid", "starttid", "date"),
    "hour": ("klockslag", "klockan", "kl", "tid", "time"),
    "to": ("occurred_to", "sluttid", "slut", "till", "end"),
    "text": ("text", "beskrivning", "description", "fritext", "sammanfattning", "vad", "what", "kommentar"),
    "category": ("category", "kategori", "typ", "type"),
    "accuracy": ("accuracy_m", "noggrannhet", "accuracy"),
}
"""Names that a column has for each thing, the surest first."""
PLANE = 1_000
"""A number beyond it is no degree."""
FARTHEST_EAST = 250_000
"""Metres: eastings of SWEREF 99 18 00 end here, those of SWEREF 99 TM begin beyond it."""
NUMBER = re.compile(r"-?\d+([.,]\d+)?")


def layout_of(content: bytes) -> Layout:
    """Return how a CSV file is probably written: its encoding and what stands between the cells."""
    try:
        first, encoding = content.decode(UTF8), UTF8
    except UnicodeDecodeError:
        first, encoding = content.decode("cp1252", errors="replace"), "cp1252"
    line = first.partition("\n")[0]
    return Layout(encoding, max(DELIMITERS, key=line.count))


def columns_of(table: Table) -> dict[str, str]:
    """Return the column that probably holds each thing; what no column holds is empty."""
    there = {column.casefold(): column for column in table.columns}
    found = {thing: next((there[name] for name in names if name in there), "") for thing, names in NAMES.items()}
    return found | ({"hour": ""} if found["hour"] == found["from"] else {})


def head_of(table: Table) -> list[Cells]:
    """Return the first rows."""
    return [line.cells for line in islice(table.lines, HEAD)]


def place_of(head: Sequence[Cells], columns: Mapping[str, str]) -> tuple[int, str]:
    """Return the reference system and the decimal sign that the coordinates probably have."""
    words = [cells.get(columns["east"], "").strip() for cells in head]
    numbers = [word for word in words if NUMBER.fullmatch(word)]
    decimal = "," if any("," in word for word in numbers) else "."
    values = sorted(abs(float(word.replace(",", "."))) for word in numbers)
    usual = values[(len(values) - 1) // 2] if values else 0  # one that is far off says nothing of the others
    if usual < PLANE:
        return crs.WGS84, decimal
    return (crs.SWEREF991800 if usual < FARTHEST_EAST else crs.SWEREF99TM), decimal
