"""Tiles that were drawn lately (kartrutor i minnet): derived, and may be lost at any time.

A bridge: it knows the register. The key holds all that decides which rows a reader sees, so that bytes are never
shared across classes of visibility.
"""

from __future__ import annotations

from collections.abc import Hashable
from threading import Lock
from typing import Any

from cachetools import LRUCache
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from forum.foundation import journal, rights
from forum.foundation.audience import Visibility
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register.deviations import Deviation
from forum.register.finding import Filter
from mapping.layers import Drawn, Layer, draw
from mapping.tiles import Tile

SIZE = 64_000_000
"""Bytes of tiles that one process keeps."""
OVERHEAD = 500
"""Bytes of a key, roughly."""


class TileCache:
    """Draws tiles, and remembers them until something is written in their forum."""

    def __init__(self, size: int = SIZE) -> None:
        self._tiles = LRUCache[Hashable, Drawn](size, getsizeof=lambda drawn: len(drawn.tile) + OVERHEAD)
        self._own = LRUCache[Hashable, bool](1000)
        self._lock = Lock()

    def drawn(self, session: Session, member: Member, wanted: Filter, tile: Tile, layer: Layer) -> Drawn:
        """Return the tile as the member may see it now."""
        require(member, Action.DEVIATION_READ)
        if wanted.area:  # an area's outline is changed by an import, which is no writing of the forum's
            return draw(session, member, wanted, tile, layer)
        key = (self._reader(session, member), wanted, tile, layer)
        with self._lock:
            found = self._tiles.get(key)
        if found is None:
            found = draw(session, member, wanted, tile, layer)
            with self._lock:
                self._tiles[key] = found
        return found

    def _reader(self, session: Session, member: Member) -> Hashable:
        """Return what decides which rows the member sees: an organisation of its own only where it has such rows."""
        version = journal.version(session, member.forum_id)
        there = (member.forum_id, version, member.organisation_id)
        with self._lock:
            own = self._own.get(there)
        if own is None:
            own = bool(session.scalar(_has_own(member)))
            with self._lock:
                self._own[there] = own
        audience = rights.principal_of(session).audience
        return member.forum_id, version, member.visibilities, member.organisation_id if own else None, audience


def _has_own(member: Member) -> Any:
    mine = (Deviation.visibility == Visibility.OWN, Deviation.organisation_id == member.organisation_id)
    return select(exists().where(Deviation.forum_id == member.forum_id, *mine))
