"""Official area files: six formats in any reference system, and nothing that reads or fetches something else."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyogrio
import pyogrio.raw
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from forum.foundation.errors import Invalid
from mapping.crs import SWEREF99TM, SWEREF991800, WGS84, transform
from mapping.files import formats
from mapping.files.areas import read_areas

ROOT = Path(__file__).parents[3]
SQUARE = shapely.box(18.05, 59.22, 18.15, 59.27)
BOW_TIE = shapely.Polygon([(18.0, 59.0), (18.2, 59.2), (18.2, 59.0), (18.0, 59.2)])
SECRET = 'WKT,namn\n"POLYGON((18 59,18.1 59,18.1 59.1,18 59))",secret\n'


def geojson(*features: dict[str, Any], **more: Any) -> bytes:
    return orjson.dumps({"type": "FeatureCollection", **more, "features": features})


def feature(geometry: BaseGeometry = SQUARE, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": orjson.loads(shapely.to_geojson(geometry))}


def saved(folder: Path, name: str, driver: str, geometry: BaseGeometry = SQUARE, crs: str = "EPSG:4326") -> Path:
    """Write one area with GDAL, as a map program would."""
    path = folder / name
    pyogrio.raw.write(
        path,
        geometry=np.array([shapely.to_wkb(geometry)], dtype=object),
        field_data=[np.array(["Farsta"], dtype=object), np.array([18.0])],
        fields=["namn", "kod"],
        geometry_type="Polygon",
        crs=crs,
        driver=driver,
    )
    return path


def zipped(folder: Path, name: str = "area.zip", geometry: BaseGeometry = SQUARE, crs: str = "EPSG:4326") -> Path:
    parts = folder / "parts"
    parts.mkdir()
    saved(parts, "area.shp", "ESRI Shapefile", geometry, crs)
    with zipfile.ZipFile(folder / name, "w") as archive:
        for part in sorted(parts.iterdir()):
            archive.write(part, f"areas/{part.name}")
    return folder / name


def in_system(code: int) -> BaseGeometry:
    return shapely.transform(SQUARE, lambda xy: transform(xy, WGS84, code))


def refusal(path: Path, **options: str) -> Invalid:
    with pytest.raises(Invalid) as caught:
        read_areas(path, **options)
    assert caught.value.remedy
    return caught.value


FORMATS = [("area.geojson", "GeoJSON"), ("area.gpkg", "GPKG"), ("area.fgb", "FlatGeobuf"), ("area.gml", "GML")]


@pytest.mark.parametrize(("name", "driver"), FORMATS)
@pytest.mark.parametrize("code", [WGS84, SWEREF99TM, SWEREF991800])
def test_each_format_gives_name_code_and_geometry_in_wgs_84(tmp_path: Path, name: str, driver: str, code: int) -> None:
    found = read_areas(saved(tmp_path, name, driver, in_system(code), f"EPSG:{code}"))
    (shape,) = found.shapes
    assert (shape.name, shape.code, found.mended) == ("Farsta", "18", 0)
    assert shapely.hausdorff_distance(shape.geometry, SQUARE) < 1e-6


@pytest.mark.parametrize("code", [WGS84, SWEREF99TM, SWEREF991800])
def test_a_zipped_shapefile_is_read_from_a_folder_inside(tmp_path: Path, code: int) -> None:
    (shape,) = read_areas(zipped(tmp_path, geometry=in_system(code), crs=f"EPSG:{code}")).shapes
    assert (shape.name, shape.code) == ("Farsta", "18")
    assert shapely.hausdorff_distance(shape.geometry, SQUARE) < 1e-6


def test_kml_is_read_and_its_third_dimension_left_out(tmp_path: Path) -> None:
    ring = " ".join(f"{x},{y},12" for x, y in SQUARE.exterior.coords)
    (tmp_path / "area.kml").write_text(
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>Farsta</name><Polygon><outerBoundaryIs>'
        f"<LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        "</Document></kml>"
    )
    (shape,) = read_areas(tmp_path / "area.kml").shapes
    assert shape.name == "Farsta"
    assert shape.geometry.equals(SQUARE)
    assert not shape.geometry.has_z


def test_fields_are_chosen_by_name_and_missing_ones_listed(tmp_path: Path) -> None:
    path = tmp_path / "deso.geojson"
    path.write_bytes(geojson(feature(deso="0180C1060", stadsdel="Farsta")))
    (shape,) = read_areas(path, name_field="stadsdel", code_field="deso").shapes
    assert (shape.name, shape.code) == ("Farsta", "0180C1060")
    error = refusal(path, name_field="namn")
    assert (error.field, error.value) == ("name_field", "namn")
    assert "deso, stadsdel" in str(error)


def test_a_geometry_that_crosses_itself_is_mended_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(geojson(feature(BOW_TIE, namn="Rosetten")))
    found = read_areas(path)
    assert found.mended == 1
    assert found.shapes[0].geometry.is_valid
    assert found.shapes[0].geometry.geom_type == "MultiPolygon"


def test_a_line_that_is_only_a_point_is_mended_too(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(geojson(feature(shapely.LineString([(18, 59), (18, 59)]))))
    found = read_areas(path)
    assert (found.mended, found.shapes[0].geometry.is_valid) == (1, True)


@pytest.mark.parametrize(
    "geometry", [shapely.Polygon(), shapely.Polygon([(18, 59), (18.1, 59.1), (18, 59)]), None], ids=str
)
def test_a_feature_without_a_sound_geometry_is_refused_by_its_number(tmp_path: Path, geometry: Any) -> None:
    path = tmp_path / "a.geojson"
    second = feature(namn="B") | ({"geometry": None} if geometry is None else feature(geometry))
    path.write_bytes(geojson(feature(namn="A"), second))
    assert "Feature 2" in str(refusal(path))


def test_a_file_without_a_reference_system_is_refused_with_the_remedy(tmp_path: Path) -> None:
    bare = tmp_path / "bare.zip"
    with zipfile.ZipFile(zipped(tmp_path)) as whole, zipfile.ZipFile(bare, "w") as archive:
        for name in whole.namelist():
            if not name.endswith(".prj"):
                archive.writestr(name, whole.read(name))
    error = refusal(bare)
    assert error.field == "crs"
    assert ".prj" in str(error)


def test_a_reference_system_of_no_place_on_earth_is_refused(tmp_path: Path) -> None:
    parts = zipped(tmp_path).parent / "parts"
    (parts / "area.prj").write_text('LOCAL_CS["building site",UNIT["metre",1],AXIS["x",EAST],AXIS["y",NORTH]]')
    with zipfile.ZipFile(tmp_path / "site.zip", "w") as archive:
        for part in parts.iterdir():
            archive.write(part, part.name)
    assert refusal(tmp_path / "site.zip").field == "crs"


def test_metres_that_pass_for_degrees_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(geojson(feature(in_system(SWEREF99TM), namn="Farsta")))
    assert refusal(path).field == "crs"


VRT = (
    "<OGRVRTDataSource><OGRVRTLayer name='secret'><SrcDataSource>{0}</SrcDataSource>"
    "<GeometryField encoding='WKT' field='WKT'/></OGRVRTLayer></OGRVRTDataSource>"
)


@pytest.mark.parametrize("name", ["a.geojson", "a.json", "a.gml", "a.kml", "a.gpkg", "a.fgb", "a.zip", "a.vrt"])
def test_a_vrt_under_any_name_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.csv").write_text(SECRET)
    (tmp_path / name).write_text(VRT.format(tmp_path / "secret.csv"))
    error = refusal(tmp_path / name)
    assert error.field == "file"
    assert "secret" not in str(error)


def test_a_geojson_that_carries_a_vrt_in_a_name_reads_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(SECRET)
    path = tmp_path / "a.geojson"
    path.write_bytes(geojson(feature(namn="Farsta"), name=VRT.format(tmp_path / "secret.csv")))
    assert [shape.name for shape in read_areas(path).shapes] == ["Farsta"]


FOOLED = """
import sys
import pyogrio  # before ours, with all of GDAL's drivers
from pathlib import Path
from forum.foundation.errors import Invalid
from mapping.files.areas import read_areas
assert "OGR_VRT" in pyogrio.list_drivers()
try:
    print([shape.name for shape in read_areas(Path(sys.argv[1])).shapes])
except Invalid as refused:
    print(refused.value)
"""


def test_another_driver_than_the_formats_own_is_refused_even_where_all_are_loaded(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(SECRET)
    path = tmp_path / "a.geojson"
    path.write_bytes(geojson(feature(namn="Farsta"), name=VRT.format(tmp_path / "secret.csv")))
    plain = {name: value for name, value in os.environ.items() if name != "OGR_SKIP"}
    command = [sys.executable, "-c", FOOLED, str(path)]
    answer = subprocess.run(command, env=plain, capture_output=True, text=True, check=True, cwd=ROOT)
    assert answer.stdout == "OGR_VRT\n"


def test_gdal_has_no_driver_left_that_reads_what_a_file_names() -> None:
    own = {name for drivers in formats.DRIVERS.values() for name in drivers}
    assert set(pyogrio.list_drivers()) == own | {"MEM"}


def test_a_gdalg_pipeline_is_no_geojson(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(
        orjson.dumps({"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read /etc/passwd"})
    )
    assert refusal(path).field == "file"


@pytest.mark.parametrize(
    "path", ["/vsizip/a.zip", "/vsicurl/http://127.0.0.1/a.geojson", "GeoJSON:a.geojson", "missing.gpkg"]
)
def test_what_gdal_takes_for_an_address_is_no_file(path: str) -> None:
    assert refusal(Path(path)).field == "file"


def test_links_folders_and_pipes_are_no_files(tmp_path: Path) -> None:
    real = tmp_path / "real.geojson"
    real.write_bytes(geojson(feature(namn="Farsta")))
    (tmp_path / "link.geojson").symlink_to(real)
    (tmp_path / "folder.geojson").mkdir()
    os.mkfifo(tmp_path / "pipe.geojson")
    for name in ("link.geojson", "folder.geojson", "pipe.geojson"):
        assert refusal(tmp_path / name).field == "file"


@pytest.mark.parametrize(
    "content", [b"", b"   ", b"{", b"[]", b'{"type":"FeatureCollection","features":[]}', b"\xff\xfe{\x00", b"\0" * 100]
)
def test_broken_and_empty_files_are_refused(tmp_path: Path, content: bytes) -> None:
    for suffix in formats.Format:
        path = tmp_path / f"a{suffix}"
        path.write_bytes(content)
        assert refusal(path).field == "file"


def test_a_truncated_file_is_refused_in_every_format(tmp_path: Path) -> None:
    whole = [saved(tmp_path, name, driver) for name, driver in FORMATS] + [zipped(tmp_path)]
    for path in whole:
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
        refusal(path)


def test_more_than_one_layer_is_refused_with_their_names(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.gpkg", "GPKG")
    point = np.array([shapely.to_wkb(shapely.Point(18, 59))], dtype=object)
    more = {"layer": "other", "append": True, "driver": "GPKG", "geometry_type": "Point", "crs": "EPSG:4326"}
    pyogrio.raw.write(path, geometry=point, fields=["namn"], field_data=[np.array(["x"], dtype=object)], **more)
    assert "other" in str(refusal(path))


@pytest.mark.parametrize("limit", ["MOST_FEATURES", "MOST_POINTS"])
def test_a_file_with_too_much_in_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(geojson(feature(namn="A"), feature(namn="B")))
    monkeypatch.setattr(f"mapping.files.areas.{limit}", 1)
    assert refusal(path).params["most"] == 1


def test_a_file_with_too_many_bytes_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(b"{" * 1001)
    with pytest.raises(Invalid, match="too large"):
        formats.content_of(path, most=1000)


@pytest.mark.parametrize("name", ["x" * 300, "rad\nbrytning", "ring\x07"])
def test_a_name_that_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(geojson(feature(namn=name)))
    assert refusal(path).field == "name"


# archives -----------------------------------------------------------------------------------------------------------


def repacked(folder: Path, **changes: Any) -> Path:
    """Return a sound zipped Shapefile with more in it."""
    path = zipped(folder)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in changes.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "name", ["../outside.txt", "/etc/outside.txt", "a/../../outside.txt", "C:\\outside.txt", "..\\x"]
)
def test_an_archive_with_a_path_outside_is_refused_and_writes_nothing(tmp_path: Path, name: str) -> None:
    error = refusal(repacked(tmp_path, **{name: b"x"}))
    assert "outside" in str(error) or "x" in str(error)
    assert not list(tmp_path.parent.glob("outside.txt"))


def test_an_archive_with_a_link_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path)
    link = zipfile.ZipInfo("areas/more.prj")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert refusal(path).value == "areas/more.prj"


def test_an_archive_that_blows_up_is_refused(tmp_path: Path) -> None:
    assert refusal(repacked(tmp_path, **{"areas/zeros.txt": b"\0" * 5_000_000})).value == "areas/zeros.txt"


def test_an_archive_of_two_layers_or_of_none_or_without_a_part_is_refused(tmp_path: Path) -> None:
    path = repacked(tmp_path, **{"areas/second.shp": b"x"})
    assert "exactly one" in str(refusal(path))
    for name, content in {
        "none": {"a.txt": b"x"},
        "part": {"a.shp": b"x"},
        "other": {"a.shp": b"x", "a.shx": b"", "a.dbf": b""},
    }.items():
        other = tmp_path / f"{name}.zip"
        with zipfile.ZipFile(other, "w") as archive:
            for inner, bytes_ in content.items():
                archive.writestr(inner, bytes_)
        refusal(other)


@pytest.mark.parametrize("limit", ["MOST_FILES", "MOST_BYTES"])
def test_an_archive_with_too_much_in_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(f"mapping.files.archives.{limit}", 2)
    assert "too large" in str(refusal(zipped(tmp_path)))


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path)
    content = bytearray(path.read_bytes())
    content[60:90] = b"\xff" * 30
    path.write_bytes(content)
    refusal(path)


def test_a_zip_of_a_geojson_is_no_shapefile(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.geojson", geojson(feature(namn="Farsta")))
    (tmp_path / "a.zip").write_bytes(packed.getvalue())
    assert "exactly one" in str(refusal(tmp_path / "a.zip"))


# what would be fetched ------------------------------------------------------------------------------------------------


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """Run a server that notes every request: none may come."""
    asked: list[str] = []

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Noting)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_nothing_is_fetched_from_where_a_file_points(tmp_path: Path, listener: tuple[str, list[str]]) -> None:
    address, asked = listener
    linked = {"type": "link", "properties": {"href": f"{address}/crs", "type": "ogcwkt"}}
    (tmp_path / "a.geojson").write_bytes(geojson(feature(namn="Farsta"), crs=linked))
    refusal(tmp_path / "a.geojson")
    gml = saved(tmp_path, "a.gml", "GML").read_text()
    (tmp_path / "a.xsd").unlink()
    schema = f'xsi:schemaLocation="http://ogr.maptools.org/ {address}/a.xsd"'
    (tmp_path / "b.gml").write_text(gml.replace('xsi:schemaLocation="http://ogr.maptools.org/ a.xsd"', schema))
    assert address in (tmp_path / "b.gml").read_text()
    assert read_areas(tmp_path / "b.gml").shapes[0].name == "Farsta"
    (tmp_path / "c.gml").write_text(gml.replace("?>", f'?><!DOCTYPE x SYSTEM "{address}/dtd">', 1))
    refusal(tmp_path / "c.gml")
    (tmp_path / "d.kml").write_text(
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><NetworkLink><Link><href>{address}/kml</href></Link></NetworkLink></kml>'
    )
    refusal(tmp_path / "d.kml")
    assert asked == []
