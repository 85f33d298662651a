"""The map under ours (bakgrundskartan): tiles of another server, fetched and kept by this one.

The browser asks this server alone, so that nobody else learns which streets a police officer looks at.
"""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Lock
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit

from cachetools import TTLCache
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.tiles import tile_of
from dashboards.readers import SignedIn
from forum.foundation.errors import NotFound
from mapping.tiles import Tile

router = APIRouter()
PICTURES = ("image/png", "image/jpeg", "image/webp")
LARGEST = 2_000_000
"""Bytes of a tile; a longer answer is none."""
KEPT_BYTES, KEPT_SECONDS, PATIENCE = 64_000_000, 86_400, 10
AGENT = "Trygghetsforum"


class Basemap:
    """The tiles of the other server, and those that were fetched lately."""

    def __init__(self, address: str | None) -> None:
        self.address = address
        self._kept: TTLCache[Tile, tuple[str, bytes]] = TTLCache(KEPT_BYTES, KEPT_SECONDS, getsizeof=_size)
        self._lock = Lock()

    def picture(self, tile: Tile) -> tuple[str, bytes] | None:
        """Return a tile's kind and bytes, None when the other server has none to give."""
        with self._lock:
            kept = self._kept.get(tile)
        if kept is not None:
            return kept
        found = self._fetch(tile)
        if found is not None:
            with self._lock:
                self._kept[tile] = found
        return found

    def _fetch(self, tile: Tile) -> tuple[str, bytes] | None:
        if self.address is None:
            raise NotFound
        where = urlsplit(self.address.format(z=tile.z, x=tile.x, y=tile.y))
        kind = HTTPSConnection if where.scheme == "https" else HTTPConnection
        connection = kind(where.netloc, timeout=PATIENCE)  # it follows no answer elsewhere
        try:
            connection.request("GET", urlunsplit(("", "", *where[2:4], "")), headers={"User-Agent": AGENT})
            return _picture(connection.getresponse())
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()


def _size(picture: tuple[str, bytes]) -> int:
    return len(picture[1])


def _picture(answer: HTTPResponse) -> tuple[str, bytes] | None:
    kind = (answer.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    content = answer.read(LARGEST + 1)
    good = answer.status == 200 and kind in PICTURES and 0 < len(content) <= LARGEST
    return (kind, content) if good else None


def basemap_of(request: Request) -> Basemap:
    """Return the tiles that this process keeps."""
    basemap = request.app.state.basemap
    assert isinstance(basemap, Basemap)
    return basemap


@router.get("/basemap/{z}/{x}/{y}")
def tile(
    _: SignedIn, tile: Annotated[Tile, Depends(tile_of)], basemap: Annotated[Basemap, Depends(basemap_of)]
) -> Response:
    """Return a tile of the map under ours."""
    found = basemap.picture(tile)
    if found is None:
        return Response(status_code=204)  # nothing lies under ours here, or not now; the map goes on without it
    kind, content = found
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=kind, headers=headers)
