"""What both sides are asked to show (läsningar), and what each must answer before any time is taken."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import mapbox_vector_tile
import orjson
from sqlalchemy import Connection, text

from benchmarks.ground import SLUG
from forum.foundation.geometry import GRID_BITS, morton
from mapping.tiles import Tile

FORUM = f"/api/v1/forums/{SLUG}"
COLLECTION = "/collections/bench.deviations"
CELLS = "/collections/bench.cells"
LIVE = "status IN ('new','looked_at','at_place','answered')"
CATEGORY = "lighting"
WHOLE = (10, 563, 301)
"""The tile that holds the whole district."""
MIDDLE = (12, 2253, 1206)
"""A tile in the district's middle."""
SQUARE = (18.085, 59.24, 18.1025, 59.249)
"""A map window of about 1 by 1 km in the district."""
TRUTH = "SELECT {what} FROM deviations WHERE forum_id = :forum AND nr <= 1000000 + :shown"
"""The filler gives the rows that the reader is shown the lowest numbers."""
ASKED = count(1)
NEVER_SAME = "{moment}"


@dataclass(frozen=True)
class Reading:
    """One thing to ask both sides for: where, what it must hold, and how much quicker we want to be."""

    name: str
    what: str
    ours: str
    peer: str
    content: Callable[[bytes], list[Any]]
    truth: str
    goal: float
    facts: Mapping[str, Any] = field(default_factory=dict)
    since: datetime = datetime(1990, 1, 1, tzinfo=UTC)

    def our_path(self) -> str:
        """Return the address; where `{moment}` stands in it, a new one each time, so that no memory has the answer."""
        moment = self.since - timedelta(microseconds=next(ASKED))
        return self.ours.replace(NEVER_SAME, moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))

    def again(self) -> Reading:
        """Return the reading of the same address each time, which the program has in its memory."""
        ours = self.ours.replace(NEVER_SAME, self.since.strftime("%Y-%m-%dT%H:%M:%SZ"))
        return replace(
            self, name=f"{self.name}-again", what=f"The same again, out of the program's memory: {self.what}", ours=ours
        )

    def expected(self, connection: Connection) -> list[Any]:
        """Return what a plain question to the tables says that the answer holds."""
        return sorted(str(row[0]) for row in connection.execute(text(self.truth), self.facts))


def compare(reading: Reading, connection: Connection, answers: Mapping[str, bytes]) -> int:
    """Return how many features each answer holds; raises AssertionError where one is not what the tables say."""
    expected = reading.expected(connection)
    for side, answer in answers.items():
        found = reading.content(answer)
        if found != expected:
            missing, more = set(expected) - set(found), set(found) - set(expected)
            counted = f"{len(found)} instead of {len(expected)}"
            raise AssertionError(f"{reading.name}, {side}: {counted}; missing {len(missing)}, too many {len(more)}")
    return len(expected)


def all_of(connection: Connection, forum: UUID, shown: int) -> dict[str, Reading]:
    """Return every reading of the forum, by name."""
    facts = {"forum": forum, "shown": shown}
    asked = (page(connection, facts), window(facts), whole(facts), points(facts))
    found = (
        *asked,
        *(reading.again() for reading in asked),
        cells("cells", "Counts per cell of the whole district", WHOLE, facts),
        cells("cells-middle", "Counts per cell of the middle", MIDDLE, facts),
    )
    return {reading.name: reading for reading in found}


def page(connection: Connection, facts: Mapping[str, Any]) -> Reading:
    """Return the filtered page: the newest 100 of a category in the last year, with the exact number of all."""
    among = "SELECT id FROM categories WHERE forum_id = :forum AND (code = :code OR code LIKE :code || '.%') ORDER BY 1"
    ids = connection.scalars(text(among), {"forum": facts["forum"], "code": CATEGORY}).all()
    end = datetime.combine(datetime.now(UTC).date(), time(), UTC)
    start = end - timedelta(days=365)
    ours = {"category": CATEGORY, "to": end.isoformat(), "limit": "100"}
    chosen = f"{LIVE} AND category_id IN ({','.join(repr(str(each)) for each in ids)})"
    period = "/".join(moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in (start, end))
    peer = {"filter": chosen, "datetime": period, "limit": "100", "sortby": "-occurred_from"}
    truth = (
        f"{TRUTH.format(what='id')} AND category_id = ANY (:ids) AND occurred_from >= :start AND occurred_from < :end "
        "ORDER BY occurred_from DESC, id DESC LIMIT 100"
    )
    more = {"ids": list(ids), "start": start, "end": end}
    what = "Filtered page of 100: a category's last year, newest first, with the exact total"
    return Reading("page", what, *_lists(ours, peer), ids_of, truth, 3, {**facts, **more}, since=start)


def window(facts: Mapping[str, Any]) -> Reading:
    """Return the newest 100 of a map window, with the exact number of all in it."""
    west, south, east, north = SQUARE
    box = ",".join(str(side) for side in SQUARE)
    ours, peer = (
        {"bbox": box, "limit": "100"},
        {"bbox": box, "filter": LIVE, "limit": "100", "sortby": "-occurred_from"},
    )
    truth = (
        f"{TRUTH.format(what='id')} AND ST_X(geom) >= :west AND ST_X(geom) < :east AND ST_Y(geom) >= :south "
        "AND ST_Y(geom) < :north ORDER BY occurred_from DESC, id DESC LIMIT 100"
    )
    sides = {"west": west, "south": south, "east": east, "north": north}
    what = "Filtered page of 100: a map window of 1 by 1 km, newest first, with the exact total"
    return Reading("page-window", what, *_lists(ours, peer), ids_of, truth, 3, {**facts, **sides})


def whole(facts: Mapping[str, Any]) -> Reading:
    """Return ten thousand features at once."""
    peer = {"filter": LIVE, "limit": "10000", "sortby": "-occurred_from"}
    truth = f"{TRUTH.format(what='id')} ORDER BY occurred_from DESC, id DESC LIMIT 10000"
    return Reading("geojson", "10,000 features as GeoJSON", *_lists({"limit": "10000"}, peer), ids_of, truth, 5, facts)


def _lists(ours: Mapping[str, str], peer: Mapping[str, str]) -> tuple[str, str]:
    return f"{FORUM}/deviations?{urlencode(ours)}&from={NEVER_SAME}", f"{COLLECTION}/items?{urlencode(peer)}"


def points(facts: Mapping[str, Any]) -> Reading:
    """Return the tile of every point, each with its number, category, organisation and more."""
    z, x, y = WHOLE
    shown = "nr,category_id,organisation_id,status,occurred_from,occurred_to,created_at,accuracy_m"
    peer = {"filter": LIVE, "properties": shown, "limit": "1000000"}
    return Reading(
        "tile",
        "All points of the district in one tile",
        f"{FORUM}/tiles/{z}/{x}/{y}.mvt?layer=deviations&from={NEVER_SAME}",
        f"{COLLECTION}/tiles/WebMercatorQuad/{z}/{x}/{y}?{urlencode(peer)}",
        lambda answer: sorted(str(properties["nr"]) for properties in _properties(answer)),
        TRUTH.format(what="nr"),
        1,
        facts,
    )


def cells(name: str, what: str, tile: Sequence[int], facts: Mapping[str, Any]) -> Reading:
    """Return the tile of counts per cell."""
    z, x, y = tile
    level, low = Tile(z, x, y).counted, morton(x, y) << 2 * (GRID_BITS - z)
    west, south, east, north = _bounds(z, x, y)
    peer = {"level": level, "west": west, "south": south, "east": east, "north": north, "limit": "1000000"}
    key = {"low": low, "high": low + (1 << 2 * (GRID_BITS - z)), "bits": 2 * (GRID_BITS - level)}
    return Reading(
        name,
        what,
        f"{FORUM}/tiles/{z}/{x}/{y}.mvt?layer=cells&from={NEVER_SAME}",
        f"{CELLS}/tiles/WebMercatorQuad/{z}/{x}/{y}?{urlencode(peer)}",
        lambda answer: sorted(str(properties["count"]) for properties in _properties(answer)),
        f"{TRUTH.format(what='count(*)')} AND morton >= :low AND morton < :high GROUP BY morton >> :bits",
        1,
        {**facts, **key},
    )


def ids_of(answer: bytes) -> list[Any]:
    """Return the ids of a feature collection."""
    return sorted(str(feature["id"]) for feature in orjson.loads(answer)["features"])


def _properties(answer: bytes) -> list[dict[str, Any]]:
    """Return the properties of the tile's first layer, which is ours or the one that tipg calls default."""
    layers = mapbox_vector_tile.decode(answer)
    wanted = next(layers[name] for name in ("deviations", "cells", "default") if name in layers)
    return [feature["properties"] for feature in wanted["features"]]


def _bounds(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """Return a tile's west, south, east and north in degrees (web mercator, EPSG:3857)."""
    north, south = (_latitude(row / (1 << z)) for row in (y, y + 1))
    west, east = (column / (1 << z) * 360 - 180 for column in (x, x + 1))
    return west, south, east, north


def _latitude(down: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * down))))
