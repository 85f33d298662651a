"""Deviations as CSV and as GeoJSON (textfiler), written row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from forum.register.exports import Handout
from mapping.files.formulas import guarded
from mapping.files.records import COLUMNS, audience_word, cells_of, fields_of


def write_csv(path: Path, handout: Handout) -> None:
    """Write CSV (RFC 4180) in UTF-8 with its mark, so that Excel knows it; no cell runs as a formula."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in handout.rows:
            cells = cells_of(row, handout.audience)
            writer.writerow([_safe(cells[name]) for name in COLUMNS])


def _safe(value: Any) -> Any:
    return guarded(value) if isinstance(value, str) else value


def write_geojson(path: Path, handout: Handout) -> None:
    """Write GeoJSON (RFC 7946); `numberMatched` stands at the end, when it is known."""
    with path.open("wb") as file:
        file.write(
            b'{"type":"FeatureCollection","audience":"%s","features":[' % audience_word(handout.audience).encode()
        )
        count = 0
        for feature in _features(handout):
            file.write((b",\n" if count else b"\n") + orjson.dumps(feature))
            count += 1
        file.write(b'\n],"numberMatched":%d,"numberReturned":%d}\n' % (count, count))


def _features(handout: Handout) -> Iterator[dict[str, Any]]:
    for row in handout.rows:
        fields = fields_of(row, handout.audience) | {"answers": row.answers}
        place = {"type": "Point", "coordinates": [row.lon, row.lat]}
        yield {"type": "Feature", "id": str(row.id), "geometry": place, "properties": fields}
