"""The map as vector tiles over HTTP (kartrutor)."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from api.deps import MemberDep, MemoryDep, Route, SessionDep
from api.filters import PARAMETERS, filter_of
from forum.foundation import journal
from forum.foundation.errors import NotFound
from forum.foundation.language import N_
from forum.register.finding import Filter, without_words
from mapping.layers import Drawn, Layer, draw
from mapping.tiles import Tile

router = APIRouter(prefix="/api/v1/forums/{forum}/tiles", tags=["tiles"], route_class=Route)
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"


class VectorTile(Response):
    """An answer that is a vector tile."""

    media_type = MEDIA_TYPE


async def tile_of(z: int, x: int, y: int) -> Tile:
    """Return the tile of the address."""
    tile = Tile(z, x, y)
    if not tile.exists:
        remedy = N_("A zoom z has the tiles 0 to 2^z - 1 in each direction; the largest zoom is 22.")
        raise NotFound(field="tile", value=f"{z}/{x}/{y}", remedy=remedy)
    return tile


async def filter_dep(request: Request) -> Filter:
    """Return the filter of the request's address, which also names the layer; waits for nothing, needs no thread."""
    return filter_of(request.query_params, also={"layer"})


@router.get(
    "/{z}/{x}/{y}.mvt",
    response_class=VectorTile,
    openapi_extra={"parameters": PARAMETERS},
    responses={304: {"description": "It is what If-None-Match names"}},
)
def tile(
    session: SessionDep,
    member: MemberDep,
    wanted: Annotated[Filter, Depends(filter_dep)],
    tile: Annotated[Tile, Depends(tile_of)],
    memory: MemoryDep,
    layer: Annotated[
        Layer, Query(description="Every deviation, counts in squares, or symbols gathered")
    ] = Layer.DEVIATIONS,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Return a tile of the deviations that the filter wants; none is left out."""
    drawn = memory.recall(session, member, wanted, (tile, layer), lambda: draw(session, member, wanted, tile, layer))
    if drawn.restricted:
        journal.note_read(session, member, "tiles", {"restricted": drawn.restricted, "filter": without_words(wanted)})
    return answer(drawn, if_none_match)


def answer(drawn: Drawn, known: str | None) -> Response:
    """Answer with the tile, or by saying that the reader has it; nobody else may keep it."""
    tag = f'"{sha256(drawn.tile).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if known and tag in known:
        return Response(status_code=304, headers=headers)
    return VectorTile(drawn.tile, headers=headers)
