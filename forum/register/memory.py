"""What was read lately (minnet): kept by one process until something is written in the forum, and lost at any time.

The key holds all that decides which rows a reader sees, so that nothing is ever shared across classes of visibility.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Protocol, TypeVar

from cachetools import LRUCache
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from forum.foundation import journal, rights
from forum.foundation.audience import Visibility
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register.deviations import Deviation
from forum.register.finding import Filter

SIZE = 64_000_000
"""Bytes that one process keeps."""
OVERHEAD = 500
"""Bytes of a key, roughly."""
LARGEST = SIZE // 4
"""Bytes of what is worth keeping: one answer does not push out all others."""


class Kept(Protocol):
    """What can be remembered: it is not changed, and says how large it is."""

    @property
    def weight(self) -> int:
        """Return how many bytes it takes."""


Made = TypeVar("Made", bound=Kept)


class Memory:
    """Remembers what was made of the deviations that a filter wants, for each class of readers."""

    def __init__(self, size: int = SIZE) -> None:
        self._kept = LRUCache[Hashable, Any](size, getsizeof=lambda kept: kept.weight + OVERHEAD)
        self._own = LRUCache[Hashable, bool](1000)
        self._lock = Lock()

    def recall(
        self, session: Session, member: Member, wanted: Filter, what: Hashable, make: Callable[[], Made]
    ) -> Made:
        """Return what `make` makes of the rows that the member may see now; `what` names it among all that is made."""
        require(member, Action.DEVIATION_READ)
        if wanted.area:  # an area's outline is changed by an import, which is no writing of the forum's
            return make()
        key = (self._reader(session, member), wanted, what)
        with self._lock:
            kept: Made | None = self._kept.get(key)
        if kept is not None:
            return kept
        made = make()
        if made.weight < LARGEST:
            with self._lock:
                self._kept[key] = made
        return made

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
