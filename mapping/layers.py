"""From the register to what the map draws (skikten): vector tiles of the deviations that a member may see.

A bridge: it knows the register. Rows are chosen by the same conditions as every list, under the same row rights; a
tile is one contiguous range of the Morton key, so that the tiles of a zoom hold each row once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import CTE, BigInteger, ColumnElement, Integer, Select, case, func, literal, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from forum.foundation.geometry import GRID_BITS, morton
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register import categories, finding
from forum.register.categories import Category
from forum.register.deviations import Deviation, Status
from forum.register.finding import RESTRICTED, Filter
from mapping import packed
from mapping.encoding import numbers, points, whole_numbers, words
from mapping.tiles import EXTENT, Tile, cell_side_m, in_tile


class Layer(StrEnum):
    """What a tile shows."""

    DEVIATIONS = "deviations"
    """Every deviation as a point."""
    CELLS = "cells"
    """How many there are in each square."""
    CLUSTERS = "clusters"
    """A symbol for each that stands alone, a number at the members' mean where several are close together."""


@dataclass(frozen=True)
class Drawn:
    """A vector tile, and how many rows in it not every member of the forum may see."""

    tile: bytes
    restricted: int

    @property
    def weight(self) -> int:
        """Return how many bytes it takes."""
        return len(self.tile)


def draw(session: Session, member: Member, wanted: Filter, tile: Tile, layer: Layer) -> Drawn:
    """Return a tile of the wanted deviations that the member may see; nothing is left out of it."""
    require(member, Action.DEVIATION_READ)
    if layer is Layer.DEVIATIONS:
        return _points(session, member, wanted, tile)
    chosen = _chosen(session, member, wanted, tile)
    parts = [part(chosen, tile) for part in PARTS[layer]]
    restricted = select(func.count()).select_from(chosen).where(chosen.c.visibility.in_(RESTRICTED)).scalar_subquery()
    *tiles, hidden = session.execute(select(*parts, restricted)).one()
    return Drawn(b"".join(bytes(part or b"") for part in tiles), hidden)


def _chosen(session: Session, member: Member, wanted: Filter, tile: Tile) -> CTE:
    """Return the rows of the tile, with all that squares and symbols ask of them."""
    lon, lat = func.ST_X(Deviation.geom), func.ST_Y(Deviation.geom)
    columns = (
        Deviation.nr,
        Deviation.category_id,
        Deviation.visibility,
        Deviation.accuracy_m,
        Deviation.morton,
        lon.label("lon"),
        lat.label("lat"),
    )
    return select(*columns).where(*_within(session, member, wanted, tile)).cte("chosen")


def _within(session: Session, member: Member, wanted: Filter, tile: Tile) -> list[ColumnElement[bool]]:
    """Return the conditions of a wanted row that lies in the tile."""
    low = morton(tile.x, tile.y) << 2 * (GRID_BITS - tile.z)
    high = low + (1 << 2 * (GRID_BITS - tile.z))
    return [*finding.everything(session, member, wanted), Deviation.morton >= low, Deviation.morton < high]


def _east(lon: ColumnElement[float]) -> ColumnElement[Any]:
    """Return how far east a point lies on the web mercator plane, from 0 to 1."""
    return lon / 360 + 0.5


def _south(lat: ColumnElement[float]) -> ColumnElement[Any]:
    """Return how far south a point lies on the web mercator plane, from 0 to 1."""
    sine = func.sind(lat)
    return 0.5 - func.ln((1 + sine) / (1 - sine)) / (4 * func.pi())


def _in_tile(tile: Tile, east: ColumnElement[float], south: ColumnElement[float]) -> ColumnElement[Any]:
    """Return a place of the plane as a point in the tile's own whole units."""
    side = float(1 << tile.z)
    return func.ST_MakePoint(func.floor((east * side - tile.x) * EXTENT), func.floor((south * side - tile.y) * EXTENT))


def _encoded(rows: Any, name: str, number: str | None = None) -> Any:
    """Return the rows as one layer of a vector tile; `number` names the column with the features' numbers."""
    alias = rows.subquery("drawn")
    encoded = func.ST_AsMVT(alias.table_valued(), name, EXTENT, "geom", *([number] if number else []))
    return select(encoded).select_from(alias).scalar_subquery()


POINT = {
    "nr": packed.whole(Deviation.nr),
    "morton": packed.large(Deviation.morton),
    "category": packed.identity(Deviation.category_id),
    "organisation": packed.identity(Deviation.organisation_id),
    "status": packed.small(func.array_position(array(list(Status)), Deviation.status)),
    "occurred_from": packed.moment(Deviation.occurred_from),
    "occurred_to": packed.moment(Deviation.occurred_to),
    "created_at": packed.moment(Deviation.created_at),
    "accuracy_m": packed.number(Deviation.accuracy_m),
    "restricted": packed.truth(Deviation.visibility.in_(RESTRICTED)),
}
"""What a point is drawn from."""


def _points(session: Session, member: Member, wanted: Filter, tile: Tile) -> Drawn:
    """Return every deviation as a point: the rows come packed, and are written without a look at each (encoding)."""
    found = packed.read(session, POINT, *_within(session, member, wanted, tile))
    if not len(found["nr"]):
        return Drawn(b"", 0)
    codes = categories.codes_of(session, member.forum_id)
    category, of = packed.identified(found["category"])
    organisation, whose = packed.identified(found["organisation"])
    properties = {
        "nr": whole_numbers(found["nr"]),
        "category": words(category, [codes[each] for each in of]),
        "organisation": words(organisation, [str(each) for each in whose]),
        "status": words(found["status"] - 1, list(Status)),
        **{name: whole_numbers(_seconds(found[name])) for name in ("occurred_from", "occurred_to", "created_at")},
        "accuracy_m": numbers(found["accuracy_m"]),
    }
    east, south = in_tile(found["morton"], tile)
    return Drawn(points("deviations", found["nr"], east, south, properties), int(found["restricted"].sum()))


def _seconds(moments: NDArray[np.int64]) -> NDArray[np.int64]:
    return packed.moments(moments).astype(np.int64)


def _squares(chosen: CTE, tile: Tile) -> Any:
    """Return the squares with their counts: of rows that are known more exactly than a square is large."""
    cell = _cell(chosen, tile.counted)
    counted = select(cell, func.count().label("count")).where(_exact(chosen, tile)).group_by(cell).subquery()
    units = EXTENT >> (tile.counted - tile.z)
    west, north = (_unspread(counted.c.cell, tile, first) * units for first in (0, 1))
    # the format wants a ring's area positive where y counts downwards
    square = func.ST_ForcePolygonCCW(func.ST_MakeEnvelope(west, north, west + units, north + units))
    return _encoded(select(counted.c.count, square.label("geom")), "cells")


def _vague(chosen: CTE, tile: Tile) -> Any:
    """Return what is known less exactly than a square is large, gathered where it lies at one spot."""
    return _encoded(_gathered(chosen, tile).where(~_exact(chosen, tile)).group_by(chosen.c.morton), "vague")


def _clusters(chosen: CTE, tile: Tile) -> Any:
    """Return the small cells' members at their mean; one that stands alone keeps its number and category."""
    row, alone = chosen.c, func.count() == 1
    rows = _gathered(chosen, tile).add_columns(
        case((alone, func.min(row.nr))).label("nr"),
        case((alone, func.min(Category.code))).label("category"),
        (func.min(row.morton) == func.max(row.morton)).label("one_spot"),
    )
    rows = rows.join_from(chosen, Category, Category.id == row.category_id)
    return _encoded(rows.group_by(_cell(chosen, tile.gathered)), "clusters")


def _gathered(chosen: CTE, tile: Tile) -> Select[Any]:
    row = chosen.c
    mean = _in_tile(tile, func.avg(_east(row.lon)), func.avg(_south(row.lat)))
    return select(func.count().label("count"), func.max(row.accuracy_m).label("accuracy_m"), mean.label("geom"))


def _cell(chosen: CTE, level: int) -> ColumnElement[int]:
    return _shifted(chosen.c.morton, 2 * (GRID_BITS - level)).label("cell")


def _shifted(key: ColumnElement[int], bits: int) -> ColumnElement[int]:
    return key.op(">>")(literal(bits, Integer))


def _exact(chosen: CTE, tile: Tile) -> ColumnElement[bool]:
    return chosen.c.accuracy_m <= cell_side_m(tile.counted, 0) * func.cosd(chosen.c.lat)


def _unspread(cell: ColumnElement[int], tile: Tile, first: int) -> ColumnElement[int]:
    """Return a cell's column (first bit 0) or line (1) within the tile, out of the interleaved bits of its key."""
    bits = (_shifted(cell, 2 * i + first).op("&")(1) * (1 << i) for i in range(tile.counted - tile.z))
    return sum(bits, literal(0, BigInteger))


PARTS = {Layer.CELLS: (_squares, _vague), Layer.CLUSTERS: (_clusters,)}
"""The layers of the format that each of ours is made of."""
