"""Files that mean harm are refused within a second under 200 MB, with what to do instead."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from openpyxl import Workbook

from mapping.files.exports import Form
from tests.mapping.files.test_round_trips import content, row
from tests.source import ROOT

MOST_MEGABYTES = 200
VERTICES = b",".join(b"[18.%06d,59.2]" % number for number in range(1_000_000))
SHEET = "xl/worksheets/sheet1.xml"
RELS = "xl/worksheets/_rels/sheet1.xml.rels"
LINK = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" '
    b'Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
)
LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def workbook(change: Callable[[Any], object] | None = None) -> bytes:
    book, file = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Blad1"
    for cells in (["id", "text"], ["1", "a"], ["2", "b"]):
        sheet.append(cells)
    if change is not None:
        change(sheet)
    book.save(file)
    return file.getvalue()


def with_parts(parts: dict[str, bytes], instead: bytes | None = None) -> bytes:
    """Return a workbook with parts added or replaced."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(instead or workbook())) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return file.getvalue()


def in_sheet(old: bytes, new: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        plain = archive.read(SHEET)
    assert old in plain
    return with_parts({SHEET: plain.replace(old, new)})


def lying_bomb() -> bytes:
    """Return a workbook whose directory says that its sheet is small."""
    bomb = with_parts({SHEET: b" " * 20_000_000})
    size = (20_000_000).to_bytes(4, "little")
    assert bomb.count(size) == 2
    return bomb.replace(size, (900_000).to_bytes(4, "little"))


def geopackage(*statements: str) -> bytes:
    """Return a GeoPackage of ours after some SQL."""
    database = sqlite3.connect(":memory:")
    database.deserialize(content(Form.GPKG, [row()]))
    triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for statement in (*(f"DROP TRIGGER {name}" for (name,) in triggers), *statements):
        database.execute(statement)
    database.commit()
    return database.serialize()


def parquet(**columns: Any) -> bytes:
    table = pa.table({"geometry": pa.array([shapely.to_wkb(shapely.Point(18, 59))]), **columns})
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}
    file = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), file)
    return file.getvalue()


def parquet_bomb() -> bytes:
    """Return a file that says a megabyte once and means it a hundred thousand times."""
    many = 100_000
    point = pa.DictionaryArray.from_arrays(pa.array([0] * many, pa.int32()), [shapely.to_wkb(shapely.Point(18, 59))])
    words = pa.DictionaryArray.from_arrays(pa.array([0] * many, pa.int32()), ["x" * 1_000_000])
    table = pa.table({"geometry": point.cast(pa.binary()), "text": words})
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}
    file = io.BytesIO()
    with pq.ParquetWriter(file, table.schema, store_schema=False) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({"geo": json.dumps(geo)})
    return file.getvalue()


def feature(geometry: bytes) -> bytes:
    collection = b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"1"},"geometry":%s}]}'
    return collection % geometry


VRT = (
    b'<OGRVRTDataSource><OGRVRTLayer name="passwd"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>'
    b"</OGRVRTDataSource>"
)
MILLION = b"GP\0\1\xe6\x10\0\0" + b"\1\2\0\0\0" + (1_000_000).to_bytes(4, "little") + bytes(16_000_000)

FILES: dict[str, tuple[Callable[..., bytes], str]] = {
    "bomb.xlsx": (lambda: with_parts({SHEET: b" " * 50_000_000}), "unpacks to much more"),
    "strings.xlsx": (lambda: with_parts({"xl/sharedStrings.xml": b" " * 60_000_000}), "unpacks to much more"),
    "lying.xlsx": (lying_bomb, "cannot be read"),
    "parts.xlsx": (lambda: with_parts({f"xl/x{n}.xml": b"" for n in range(501)}), "at most 500 files"),
    "merged.xlsx": (lambda: workbook(lambda sheet: sheet.merge_cells("B2:B3")), "Blad1!B2"),
    "formula.xlsx": (lambda: workbook(lambda sheet: sheet.append(["3", '=WEBSERVICE("http://a")'])), "Blad1!B4"),
    "hidden.xlsx": (
        lambda: in_sheet(b'<c r="A2" t="inlineStr">', b'<c r="A2" x="' + b"x" * 400 + b'"><f>1+1</f>'),
        "holds a formula",
    ),
    "hyperlink.xlsx": (lambda: with_parts({RELS: LINK}), "outside itself"),
    "linked.xlsx": (lambda: with_parts({"xl/externalLinks/externalLink1.xml": b"<a/>"}), "outside itself"),
    "macro.xlsx": (lambda: with_parts({"xl/vbaProject.bin": b"a"}), "outside itself"),
    "laughs.xlsx": (lambda: in_sheet(b"<worksheet", LAUGHS + b"<worksheet"), "cannot be read"),
    "far.xlsx": (lambda: in_sheet(b'<row r="3"', b'<row r="999999999999"'), "at most 500000 lines"),
    "password.xlsx": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "not what its ending says"),
    "csv.xlsx": (lambda: b"id,text\n1,a\n", "not what its ending says"),
    "sheet.csv": (workbook, "not what its ending says"),
    "line.geojson": (lambda: feature(b'{"type":"LineString","coordinates":[%s]}' % VERTICES), "at most 500000"),
    "many.geojson": (lambda: feature(b'{"type":"Polygon","coordinates":[[%s]]}' % VERTICES), "at most 500000"),
    "deep.geojson": (lambda: feature(b'{"a":' * 100_000), "not valid JSON"),
    "vrt.geojson": (lambda: VRT, "not what its ending says"),
    "vrt.gpkg": (lambda: VRT, "not what its ending says"),
    "system.geojson": (lambda: b'{"features":[],"crs":{"type":"name","properties":{"name":"EPSG:2400"}}}', "EPSG:2400"),
    "view.gpkg": (
        lambda: geopackage(
            "CREATE VIEW endless AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
        ),
        "plain tables",
    ),
    "virtual.gpkg": (lambda: geopackage("CREATE VIRTUAL TABLE words USING fts5(x)"), "plain tables"),
    "generated.gpkg": (lambda: geopackage("ALTER TABLE deviations ADD c AS (hex(zeroblob(400000)))"), "plain tables"),
    "vertices.gpkg": (lambda: geopackage(f"UPDATE deviations SET geom = x'{MILLION.hex()}'"), "too big"),
    "bomb.parquet": (parquet_bomb, "too long"),
    "nested.parquet": (lambda: parquet(a=pa.array([[1]])), "no plain values"),
    "torn.parquet": (lambda: content(Form.PARQUET, [row()])[:900] + b"PAR1", "cannot be read"),
    "program.exe": (lambda: b"MZ", "ending"),
}  # fmt: skip
"""Each file by its name, and what its refusal says; an empty one is read without harm."""
Judged = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """Return what one process says of all files."""
    folder = tmp_path_factory.mktemp("hostile")
    paths = [folder / name for name in FILES]
    for path in paths:
        path.write_bytes(FILES[path.name][0]())
    (folder / "linked.csv").symlink_to(folder / "csv.xlsx")
    paths += [folder / "linked.csv", Path("/vsicurl/http://127.0.0.1:9/a.geojson"), Path("/dev/zero")]
    command = [sys.executable, "-m", "tests.mapping.files.judge", *map(str, paths)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    found = [json.loads(line) for line in answer.stdout.splitlines()]
    assert answer.returncode == 0, (answer.returncode, answer.stderr[-2000:], [each["name"] for each in found])
    return {each["name"]: each for each in found}


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_in_time_and_little_memory(judged: Judged, name: str) -> None:
    found, said = judged[name], FILES[name][1]
    assert found["peak"] < MOST_MEGABYTES
    if said:
        assert said in found["said"]
        assert found["remedy"]
    else:
        assert found["count"] == 1


@pytest.mark.parametrize("name", ["linked.csv", "a.geojson", "zero"])
def test_a_link_an_address_and_a_device_are_no_files(judged: Judged, name: str) -> None:
    assert re.search("no file that can be read", judged[name]["said"])
