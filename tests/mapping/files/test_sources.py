"""Files of other programs as one table: sheets with dates, layers in other systems, points and what is none."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import geopandas
import orjson
import pyogrio
import pytest
from openpyxl import Workbook
from shapely import LineString, Point

from forum.foundation.errors import Invalid
from mapping.crs import SWEREF99TM, SWEREF991800, WGS84, transform
from mapping.files.mappings import read_mapping
from mapping.files.rows import Mapped, rows_of
from mapping.files.sources import table_of
from mapping.files.tables import Layout
from tests.mapping.files.test_mappings import PLAIN, written

HERE = (18.09, 59.243)
GEOMETRY = PLAIN.replace('[place]\nlon = "lon"\nlat = "lat"\n', "").replace("id =", 'place = "geometry"\nid =')
SYSTEMS = pytest.mark.parametrize("system", [WGS84, SWEREF99TM, SWEREF991800])


def workbook(rows: list[list[Any]], *, also: str = "") -> bytes:
    book, file = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Blad1"
    for row in rows:
        sheet.append(row)
    if also:
        book.create_sheet(also).append(["x"])
    book.save(file)
    return file.getvalue()


def frame(system: int, *shapes: Any) -> geopandas.GeoDataFrame:
    moved = [Point(*transform((s.x, s.y), WGS84, system)) if isinstance(s, Point) else s for s in shapes]
    values = {"id": range(1, len(shapes) + 1), "when": datetime(2026, 3, 2, 20, 40, tzinfo=UTC), "what": "Släckt"}
    return geopandas.GeoDataFrame(values, geometry=moved, crs=system)


def geopackage(folder: Path, rows: geopandas.GeoDataFrame) -> bytes:
    pyogrio.write_dataframe(rows, folder / "a.gpkg", layer="rows")
    return (folder / "a.gpkg").read_bytes()


def geoparquet(folder: Path, rows: geopandas.GeoDataFrame) -> bytes:
    rows.to_parquet(folder / "a.parquet")
    return (folder / "a.parquet").read_bytes()


def geojson(_: Path, rows: geopandas.GeoDataFrame) -> bytes:
    assert rows.crs is not None
    named = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{rows.crs.to_epsg()}"}}
    plain = rows.assign(when=rows.when.astype(str))
    found: bytes = orjson.dumps({**orjson.loads(plain.to_json(drop_id=True)), "crs": named})
    return found


WRITERS = pytest.mark.parametrize(("ending", "write"), [("gpkg", geopackage), ("parquet", geoparquet),
                                                        ("geojson", geojson)])  # fmt: skip
Write = Callable[[Path, geopandas.GeoDataFrame], bytes]


def mapped(folder: Path, name: str, content: bytes, mapping: str = PLAIN) -> list[Mapped]:
    meant = read_mapping(written(folder, mapping))
    return list(rows_of(meant, table_of(name, content, meant.file)))


@SYSTEMS
@WRITERS
def test_a_layer_of_another_program_gives_each_row_its_own_point(
    tmp_path: Path, ending: str, write: Write, system: int
) -> None:
    content = write(tmp_path, frame(system, Point(*HERE)))
    (one,) = mapped(tmp_path, f"a.{ending}", content, GEOMETRY)
    assert not one.problems
    assert one.row is not None
    assert (one.row.notice.lon, one.row.notice.lat) == pytest.approx(HERE, abs=1e-7)
    assert one.row.notice.occurred_from == datetime(2026, 3, 2, 20, 40, tzinfo=UTC)
    assert (one.source_ref, one.row.notice.text) == ("1", "Släckt")


@WRITERS
def test_a_row_without_a_point_is_refused_by_name_and_the_others_are_not(
    tmp_path: Path, ending: str, write: Write
) -> None:
    content = write(tmp_path, frame(WGS84, Point(*HERE), LineString([HERE, (18.1, 59.3)]), None))
    rows = mapped(tmp_path, f"a.{ending}", content, GEOMETRY)
    assert [[problem.field for problem in row.problems] for row in rows] == [[], ["geometry"], ["position"]]
    assert rows[1].problems[0].value == "LineString"


def test_a_system_that_is_not_spoken_here_is_refused(tmp_path: Path) -> None:
    moved = frame(WGS84, Point(*HERE)).to_crs(3857)
    for ending, write in (("gpkg", geopackage), ("parquet", geoparquet)):
        with pytest.raises(Invalid) as refused:
            mapped(tmp_path, f"a.{ending}", write(tmp_path, moved), GEOMETRY)
        assert (refused.value.field, refused.value.value) == ("crs", "EPSG:3857")


def test_several_layers_are_refused_with_their_names(tmp_path: Path) -> None:
    pyogrio.write_dataframe(frame(WGS84, Point(*HERE)), tmp_path / "a.gpkg", layer="other")
    content = geopackage(tmp_path, frame(WGS84, Point(*HERE)))
    with pytest.raises(Invalid) as refused:
        table_of("a.gpkg", content, Layout())
    assert set(str(refused.value.value).split(", ")) == {"other", "rows"}


def test_a_table_without_geometry_cannot_be_placed_by_it(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        mapped(tmp_path, "a.csv", b"id,when,what\n1,2026-03-02T21:40,a\n", GEOMETRY)
    assert refused.value.field == "place"


def test_a_sheet_with_dates_numbers_and_gaps_is_read_as_people_see_it(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["id", "lon", "lat", "when", "hour", "what"],
        [17, 18.09, 59.243, date(2026, 3, 2), time(21, 40), "Släckt"],
        [],
        ["18", "18.09", 59.243, datetime.combine(date(2026, 3, 2), time(21, 40)), None, "Två_x000D_\nrader"],
    ]
    found = mapped(tmp_path, "a.xlsx", workbook(rows), PLAIN.replace('"when"', '["when", "hour"]'))
    assert [(each.line, each.source_ref, list(each.problems)) for each in found] == [(2, "17", []), (4, "18", [])]
    assert {each.row.notice.occurred_from for each in found if each.row} == {datetime(2026, 3, 2, 20, 40, tzinfo=UTC)}
    assert [each.row.notice.text for each in found if each.row] == ["Släckt", "Två\r\nrader"]


def test_the_mapping_says_which_of_several_sheets_is_meant(tmp_path: Path) -> None:
    content = workbook([["id", "lon", "lat", "when", "what"], [1, *HERE, "2026-03-02T21:40", "a"]], also="Blad2")
    with pytest.raises(Invalid) as refused:
        mapped(tmp_path, "a.xlsx", content)
    assert "Blad1, Blad2" in str(refused.value)
    assert len(mapped(tmp_path, "a.xlsx", content, PLAIN + '[file]\nsheet = "Blad1"\n')) == 1


def test_a_cell_beyond_the_header_is_refused_with_its_row(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["id", "lon", "lat", "when", "what"], [1, *HERE, "2026-03-02T21:40", "a", "and more"]]
    (one,) = mapped(tmp_path, "a.xlsx", workbook(rows))
    assert (one.line, [problem.field for problem in one.problems]) == (2, ["line"])


@pytest.mark.parametrize(
    ("mapping", "cells", "field"),
    [
        ('status = "withdrawn"', "1,18.09,59.243,2026-03-02T21:40,a,", "status"),
        ('answers = "more"', "1,18.09,59.243,2026-03-02T21:40,a,[1]", "answers"),
        ('answers = "more"', "1,18.09,59.243,2026-03-02T21:40,a,{", "answers"),
        (
            '[status]\ncolumn = "more"\n[status.values]\nklar = "answered"',
            "1,18.09,59.243,2026-03-02T21:40,a,ny",
            "more",
        ),
    ],
)
def test_a_value_that_the_register_cannot_take_over_is_refused_at_its_field(
    tmp_path: Path, mapping: str, cells: str, field: str
) -> None:
    content = f"id,lon,lat,when,what,more\n{cells}\n".encode()
    meant = PLAIN.replace("[place]", f"{mapping}\n[place]")
    (one,) = mapped(tmp_path, "a.csv", content, meant)
    assert [problem.field for problem in one.problems] == [field]
    assert one.problems[0].remedy


def test_a_row_cannot_have_been_registered_in_days_to_come(tmp_path: Path) -> None:
    meant = PLAIN.replace('from = "when"', 'from = "when"\nregistered = "at"')
    content = "id,lon,lat,when,what,at\n" + "".join(
        f"{number},18.09,59.243,2026-03-02T21:40,a,{at}\n"
        for number, at in enumerate(("2026-03-03T08:00", "2999-01-01T00:00", ""))
    )
    rows = mapped(tmp_path, "a.csv", content.encode(), meant)
    assert [[problem.field for problem in row.problems] for row in rows] == [[], ["created_at"], []]
    assert [row.row.registered_at if row.row else 0 for row in rows] == [datetime(2026, 3, 3, 7, tzinfo=UTC), 0, None]
