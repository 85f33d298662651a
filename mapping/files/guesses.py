"""What the columns of a file probably mean (gissning): by their names and first values, for a person to look over."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice

from mapping import crs
from mapping.files.tables import DELIMITERS, UTF8, UTF16, Cells, Layout, Table

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
FIGURES: dict[str, tuple[str, ...]] = {
    "area": ("område", "omrade", "area", "stadsdel", "stadsdelsområde", "deso", "namn", "name", "kod", "code"),
    "year": ("år", "ar", "year", "mätår", "period"),
    "topic": ("fråga", "fraga", "topic", "question", "indikator", "brottstyp", "brott", "kategori"),
    "share": ("andel", "share", "procent", "percent", "andel otrygga", "värde", "varde"),
    "respondents": ("antal svar", "antal svarande", "svarande", "svar", "respondents", "n"),
    "low": ("nedre", "undre", "low", "lower", "ki_nedre"),
    "high": ("övre", "ovre", "high", "upper", "ki_övre"),
    "count": ("antal", "anmälda brott", "antal brott", "anmälda", "count"),
    "population": ("folkmängd", "folkmangd", "befolkning", "invånare", "population"),
}
"""The same for a file of figures by area and year."""
PLANE = 1_000
"""A number beyond it is no degree."""
FARTHEST_EAST = 250_000
"""Metres: eastings of SWEREF 99 18 00 end here, those of SWEREF 99 TM begin beyond it."""
NUMBER = re.compile(r"-?\d+([.,]\d+)?")


def layout_of(content: bytes) -> Layout:
    """Return how a CSV file is probably written: its encoding and what stands between the cells."""
    try:
        encoding = "utf-16" if content.startswith(UTF16) else UTF8
        first = content.decode(encoding)
    except UnicodeDecodeError:
        first, encoding = content.decode("cp1252", errors="replace"), "cp1252"
    line = first.partition("\n")[0]
    return Layout(encoding, max(DELIMITERS, key=line.count))


def columns_of(table: Table) -> dict[str, str]:
    """Return the column of a file of deviations that probably holds each thing; what no column holds is empty."""
    found = _named(table, NAMES)
    return found | ({"hour": ""} if found["hour"] == found["from"] else {})


def columns_of_figures(table: Table) -> dict[str, str]:
    """Return the column of a file of figures that probably holds each thing; what no column holds is empty."""
    return _named(table, FIGURES)


def _named(table: Table, wanted: Mapping[str, Sequence[str]]) -> dict[str, str]:
    there = {column.strip().casefold(): column for column in table.columns}
    return {thing: next((there[name] for name in names if name in there), "") for thing, names in wanted.items()}


def numbers_of(head: Sequence[Cells], columns: Sequence[str]) -> tuple[str, float]:
    """Return the decimal sign that the numbers of some columns probably have, and the largest of them."""
    words = [cells.get(column, "").strip().removesuffix("%").strip() for cells in head for column in columns if column]
    found = [word for word in words if NUMBER.fullmatch(word)]
    largest = max((float(word.replace(",", ".")) for word in found), default=0.0)
    return ("," if any("," in word for word in found) else "."), largest


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
