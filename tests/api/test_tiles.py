"""Vector tiles over HTTP: with any filter they hold the rows of the list, each once, as the reader may see them."""

from __future__ import annotations

import csv
import io
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pyogrio
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from api.tiles import MEDIA_TYPE
from forum.foundation import clock
from forum.foundation.geometry import SIDE, grid
from forum.register.deviations import Status
from mapping import layers
from mapping.tiles import Tile
from tests.api.conftest import URL, ClientOf, check_refusal, registered
from tests.builders import SQUARE, World

TILES = "/api/v1/forums/farsta/tiles"
READERS = ("officer", "landlord", "walker")
"""One who sees what is for authorities, two who each see what is their own organisation's alone."""
CODES = ("lighting", "litter", "litter.dumped", "vandalism.graffiti", "unease", "disorder")
WORDS = ("Lampan är släckt", "Sopor ligger kvar", "Klotter på muren", "Det känns otryggt")
WEST, SOUTH, EAST, NORTH = SQUARE


def spot(i: int) -> tuple[float, float]:
    """Return one of sixty spots: some together, some on the very edges of tiles."""
    if i % 5 == 0:
        return 18.09, 59.243
    if i % 5 == 1:  # exactly on the western edge of a tile of zoom 13
        return (4507 + i % 3) / 8192 * 360 - 180, SOUTH + 0.01 + 0.0005 * i
    return WEST + 0.0016 * i + 0.001, SOUTH + 0.00075 * i + 0.001


@pytest.fixture(scope="module")
def numbers(client_of: ClientOf) -> list[int]:
    """Return the numbers of sixty deviations of every visibility, category, organisation and hour."""
    made = []
    for i in range(60):
        person = READERS[i % 3]
        lon, lat = spot(i)
        start = clock.now() - timedelta(days=3 + 7 * i, hours=i % 24)
        visibility = ("forum", "own", "public", "authorities" if person == "officer" else "forum")[i % 4]
        facts = {"lon": lon, "lat": lat, "category": CODES[i % len(CODES)], "text": WORDS[i % len(WORDS)]}
        spread = {"accuracy_m": (5, 25, 90, 800)[i % 4], "visibility": visibility}
        ending = {"occurred_to": (start + timedelta(hours=i % 4)).isoformat()}
        made.append(
            registered(client_of(person), occurred_from=start.isoformat(), **facts, **spread, **ending)["properties"][
                "nr"
            ]
        )
    return made


def days(number: int) -> str:
    return (clock.now() - timedelta(days=number)).date().isoformat()


FILTERS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "from": st.integers(0, 450).map(days),
        "to": st.integers(0, 450).map(days),
        "hour": st.lists(st.integers(0, 23), min_size=1, max_size=12),
        "weekday": st.lists(st.integers(1, 7), min_size=1, max_size=5),
        "category": st.lists(st.sampled_from(CODES), min_size=1, max_size=3),
        "status": st.lists(st.sampled_from(["new", "withdrawn", "looked_at"]), min_size=1, max_size=2),
        "q": st.sampled_from(["lampan", "sopor", "muren or otryggt", "xyzzy"]),
        "area": st.just("Område farsta"),
        "bbox": st.sampled_from(["18.05,59.22,18.09,59.243", "18.09,59.243,18.15,59.27", "18.0,59.2,18.2,59.3"]),
    },
)


def listed(client: TestClient, wanted: dict[str, Any]) -> list[int]:
    """Return the numbers of the list, paged to its end."""
    found: list[int] = []
    cursor: str | None = None
    while True:
        page = client.get(URL, params=wanted | {"limit": 7} | ({"cursor": cursor} if cursor else {})).json()
        found += [feature["properties"]["nr"] for feature in page["features"]]
        cursor = page["next"]
        if cursor is None:
            assert page["numberMatched"] == len(found)
            return found


def in_csv(client: TestClient, wanted: dict[str, Any]) -> list[int]:
    """Return the numbers of the file in CSV."""
    words = client.get(f"{URL}.csv", params=wanted).content.decode("utf-8-sig")
    return [int(row["nr"]) for row in csv.DictReader(io.StringIO(words, newline=""))]


def in_geopackage(client: TestClient, wanted: dict[str, Any]) -> list[int]:
    """Return the numbers of the file as GeoPackage, as GDAL reads it."""
    with tempfile.NamedTemporaryFile(suffix=".gpkg") as file:
        file.write(client.get(f"{URL}.gpkg", params=wanted).content)
        file.flush()
        return list(pyogrio.read_dataframe(file.name, columns=["nr"], read_geometry=False).nr)


def covering(z: int) -> Iterator[Tile]:
    """Yield the tiles of a zoom that cover the district."""
    (x0, y0), (x1, y1) = grid(WEST, NORTH), grid(EAST, SOUTH)
    shift = SIDE.bit_length() - 1 - z
    for x in range(x0 >> shift, (x1 >> shift) + 1):
        for y in range(y0 >> shift, (y1 >> shift) + 1):
            yield Tile(z, x, y)


def fetched(client: TestClient, tile: Tile, **wanted: Any) -> dict[str, Any]:
    """Return a tile's layers, decoded."""
    answer = client.get(f"{TILES}/{tile.z}/{tile.x}/{tile.y}.mvt", params=wanted)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    layers: dict[str, Any] = mapbox_vector_tile.decode(answer.content, default_options={"y_coord_down": True})
    return layers


def features(client: TestClient, z: int, *names: str, **wanted: Any) -> list[dict[str, Any]]:
    """Return the features of some layers in all tiles of the zoom."""
    drawn = (fetched(client, tile, **wanted) for tile in covering(z))
    return [feature for layers in drawn for name in names if name in layers for feature in layers[name]["features"]]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(wanted=FILTERS, z=st.integers(0, 14))
def test_with_any_filter_list_tiles_and_files_hold_the_same_rows(
    client_of: ClientOf, numbers: list[int], wanted: dict[str, Any], z: int
) -> None:
    seen = []
    for reader in READERS:
        client = client_of(reader)
        rows = listed(client, wanted)
        drawn = [feature["properties"]["nr"] for feature in features(client, z, "deviations", **wanted)]
        assert sorted(drawn) == sorted(rows)
        counted = features(client, z, "cells", "vague", layer="cells", **wanted)
        assert sum(feature["properties"]["count"] for feature in counted) == len(rows)
        gathered = features(client, z, "clusters", layer="clusters", **wanted)
        assert sum(feature["properties"]["count"] for feature in gathered) == len(rows)
        assert in_csv(client, wanted) == in_geopackage(client, wanted) == rows
        seen.append(set(rows))
    assert set().union(*seen) <= set(numbers)


def test_a_point_says_what_the_list_says(client_of: ClientOf, numbers: list[int]) -> None:
    client = client_of("officer")
    assert client_of("coordinator").post(f"{URL}/{numbers[0]}/look-at").status_code == 200
    asked = {"status": ",".join(Status)}
    rows = {row["properties"]["nr"]: row["properties"] for row in client.get(URL, params=asked).json()["features"]}
    drawn = features(client, 11, "deviations", **asked)
    assert {feature["id"] for feature in drawn} == set(rows)
    for feature in drawn:
        point, row = feature["properties"], rows[feature["id"]]
        same = ("nr", "category", "organisation", "status", "accuracy_m")
        times = ("occurred_from", "occurred_to", "created_at")
        seconds = {name: math.floor(datetime.fromisoformat(row[name]).timestamp()) for name in times}
        assert point == {name: row[name] for name in same} | seconds
    assert len({feature["properties"]["status"] for feature in drawn}) == 2


def test_readers_of_three_classes_see_different_rows(client_of: ClientOf, numbers: list[int]) -> None:
    seen = [{f["properties"]["nr"] for f in features(client_of(r), 10, "deviations")} for r in READERS]
    assert len({frozenset(each) for each in seen}) == 3
    assert set().union(*seen) == set(numbers)


def test_what_one_reader_filled_the_cache_with_is_not_what_another_reads(
    client_of: ClientOf, numbers: list[int]
) -> None:
    first = features(client_of("coordinator"), 9, "deviations", category="litter")
    again = features(client_of("coordinator"), 9, "deviations", category="litter")
    partners = features(client_of("landlord"), 9, "deviations", category="litter")
    assert first == again
    assert sorted(f["properties"]["nr"] for f in partners) == sorted(
        listed(client_of("landlord"), {"category": "litter"})
    )
    assert {f["properties"]["nr"] for f in first} != {f["properties"]["nr"] for f in partners}


def test_a_tile_is_drawn_once_for_a_class_and_again_after_a_change(
    client_of: ClientOf, numbers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []
    real = layers.draw

    def noted(*given: Any) -> Any:
        drawn.append(given)
        return real(*given)

    monkeypatch.setattr("api.tiles.draw", noted)
    (tile,) = covering(8)
    before = [fetched(client_of("teacher"), tile, hour=13) for _ in range(3)]
    assert len(drawn) == 1
    registered(client_of("walker"), occurred_from="2024-05-02T13:10")
    after = fetched(client_of("teacher"), tile, hour=13)
    assert len(drawn) == 2
    assert {number(each) + 1 for each in before} == {number(after)}


def number(layers: dict[str, Any]) -> int:
    """Return how many deviations a tile has."""
    return len(layers["deviations"]["features"]) if layers else 0


def test_a_browser_that_has_the_tile_is_told_so(client_of: ClientOf, numbers: list[int]) -> None:
    (tile,) = covering(7)
    address = f"{TILES}/{tile.z}/{tile.x}/{tile.y}.mvt"
    first = client_of("walker").get(address)
    assert first.headers["cache-control"] == "private, no-cache"
    again = client_of("walker").get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client_of("officer").get(address, headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


def test_squares_lie_where_their_deviations_are(client_of: ClientOf) -> None:
    client = client_of("walker")
    lon, lat = 18.1234, 59.2345
    registered(client, lon=lon, lat=lat, occurred_from="2023-02-03T12:00", accuracy_m=10)
    z, (x, y) = 12, grid(lon, lat)
    tile = Tile(z, x >> 31 - z, y >> 31 - z)
    (cell,) = fetched(client, tile, **{"layer": "cells", "from": "2023-02-03", "to": "2023-02-04"})["cells"]["features"]
    ring = cell["geometry"]["coordinates"][0]
    unit = 31 - z - 12
    here = ((x >> unit) - (tile.x << 12), (y >> unit) - (tile.y << 12))
    for axis in (0, 1):
        low, high = min(p[axis] for p in ring), max(p[axis] for p in ring)
        assert low <= here[axis] < high
        assert high - low == 4096 >> 4


def test_what_is_known_roughly_is_not_put_into_a_square(client_of: ClientOf) -> None:
    client = client_of("walker")
    day = {"from": "2023-03-01", "to": "2023-03-02"}
    for accuracy in (10, 1500, 1500):
        registered(client, lon=18.11, lat=59.24, occurred_from="2023-03-01T12:00", accuracy_m=accuracy)
    squares = features(client, 13, "cells", layer="cells", **day)
    vague = features(client, 13, "vague", layer="cells", **day)
    assert [f["properties"]["count"] for f in squares] == [1]
    assert [f["properties"] for f in vague] == [{"count": 2, "accuracy_m": 1500}]
    (whole,) = features(client, 4, "cells", layer="cells", **day)
    assert whole["properties"]["count"] == 3


def test_a_symbol_alone_has_its_number_and_many_at_one_spot_say_so(client_of: ClientOf) -> None:
    client = client_of("walker")
    day = {"from": "2023-04-01", "to": "2023-04-02", "layer": "clusters"}
    alone = registered(client, lon=18.06, lat=59.23, occurred_from="2023-04-01T12:00", category="litter.dumped")
    for _ in range(3):
        registered(client, lon=18.12, lat=59.26, occurred_from="2023-04-01T13:00", accuracy_m=1500)
    found = sorted((f["properties"] for f in features(client, 14, "clusters", **day)), key=lambda p: p["count"])
    assert found[0]["nr"] == alone["properties"]["nr"]
    assert found[0]["category"] == "litter.dumped"
    assert (found[1]["count"], found[1]["one_spot"], found[1]["accuracy_m"]) == (3, True, 1500)
    assert "nr" not in found[1]


def test_that_restricted_rows_were_read_is_noted_once(
    client_of: ClientOf, numbers: list[int], superuser: Engine, lasting: World
) -> None:
    (tile,) = covering(5)
    for layer in ("cells", "deviations"):
        fetched(client_of("administrator"), tile, layer=layer, q="otryggt")
    noted = text("SELECT facts FROM journal WHERE action = 'read:tiles' AND member_id = :member")
    with superuser.connect() as connection:
        (facts,) = connection.scalars(noted, {"member": lasting.members["administrator"]})
    assert facts["restricted"] >= 1
    assert facts["filter"] == {"q": True}


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("3/8/0.mvt", 404, "tile"),
        ("23/0/0.mvt", 404, "tile"),
        ("-1/0/0.mvt", 404, "tile"),
        ("a/0/0.mvt", 422, "z"),
        ("3/0/0.mvt?layer=heat", 422, "layer"),
        ("3/0/0.mvt?limit=3", 422, "limit"),
        ("3/0/0.mvt?from=yesterday", 422, "from"),
    ],
)
def test_a_tile_that_cannot_be_is_refused(client_of: ClientOf, path: str, status: int, field: str) -> None:
    answer = client_of("walker").get(f"{TILES}/{path}")
    assert answer.status_code == status
    check_refusal(answer, field)


def test_a_stranger_gets_no_tile(client_of: ClientOf) -> None:
    assert client_of(None).get(f"{TILES}/0/0/0.mvt").status_code == 401


READ = """
import sys, pyogrio
frame = pyogrio.read_dataframe(sys.argv[1], layer=sys.argv[2])
print(len(frame), int(frame[sys.argv[3]].sum()), *sorted(set(frame.geometry.geom_type)))
print(*(frame.to_crs(3006).area.round() if "Polygon" in frame.geometry.iloc[0].geom_type else []))
print(*frame.to_crs(4326).total_bounds)
"""


@pytest.mark.parametrize("layer", ["deviations", "cells"])
def test_gdal_reads_what_we_draw(client_of: ClientOf, numbers: list[int], tmp_path: Path, layer: str) -> None:
    number, shape = {"deviations": ("nr", "Point"), "cells": ("count", "Polygon")}[layer]
    x, y = grid(18.09, 59.243)
    tile = Tile(11, x >> 20, y >> 20)
    path = tmp_path / str(tile.z) / str(tile.x) / f"{tile.y}.mvt"
    path.parent.mkdir(parents=True)
    answer = client_of("officer").get(f"{TILES}/{tile.z}/{tile.x}/{tile.y}.mvt", params={"layer": layer})
    path.write_bytes(answer.content)
    command = [sys.executable, "-W", "ignore", "-c", READ, f"MVT:{path}", layer, number]
    with_every_driver = {name: value for name, value in os.environ.items() if name != "OGR_SKIP"}
    done = subprocess.run(command, env=with_every_driver, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    said, areas, bounds = done.stdout.splitlines()
    drawn = fetched(client_of("officer"), tile, layer=layer)[layer]["features"]
    assert said.split() == [str(len(drawn)), str(sum(f["properties"][number] for f in drawn)), shape]
    assert all(abs(float(area) ** 0.5 - 313) < 3 for area in areas.split())
    west, south, east, north = map(float, bounds.split())
    assert WEST - 0.01 < west < east < EAST + 0.01
    assert SOUTH - 0.01 < south < north < NORTH + 0.01
