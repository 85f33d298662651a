"""Verifying the journal (granskning): names the first thing that does not agree, also after a superuser's hand.

Three looks: each entry's HMAC over the one before it; the anchored heads outside the database, which tell of a cut
tail; and each row's salted digest in its newest entry, which tells of a row changed or taken away behind the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from forum.foundation.errors import ForumError
from forum.foundation.journal import Entry, fields_of, keeper_of
from forum.foundation.language import N_

BATCH = 5_000
ENTRIES = text(
    "SELECT seq, at, member_id, action, thing_kind, thing_id, facts, digest, mac FROM journal "
    "WHERE chain = :chain AND seq > :after ORDER BY seq LIMIT :batch"
)
NEWEST = text(
    "SELECT DISTINCT ON (thing_id) thing_id, digest, seq FROM journal "
    "WHERE chain = :chain AND digest IS NOT NULL ORDER BY thing_id, seq DESC"
)
HEAD = text("SELECT seq, mac FROM journal_heads WHERE chain = :chain")

Rows = Callable[[Session], Generator[tuple[UUID, bytes], None, None]]
"""Yields each row of a kind that the journal covers, with its digest as it stands now."""


@dataclass(frozen=True)
class Verdict:
    """What the verifier found: how many entries agree, and the first that does not."""

    chain: str
    entries: int
    fault: ForumError | None = None

    @property
    def sound(self) -> bool:
        """Tell whether all agrees."""
        return self.fault is None


def verify(session: Session, chain: str, rows: Rows | None = None) -> Verdict:
    """Verify a chain, and the rows that it speaks of."""
    try:
        seals = _seals(session, chain)
        _anchors(session, chain, seals)
        if rows is not None:
            _digests(session, chain, len(seals), rows)
    except _Fault as fault:
        return Verdict(chain, fault.agreeing, fault)
    return Verdict(chain, len(seals))


class _Fault(ForumError):
    """What does not agree, after so many entries that do."""

    def __init__(self, message: str, agreeing: int, **params: Any) -> None:
        super().__init__(message, **params)
        self.agreeing = agreeing


def _seals(session: Session, chain: str) -> list[bytes]:
    """Return each entry's HMAC; stops at the first that does not follow from the one before it."""
    keeper, seals, mac = keeper_of(session), list[bytes](), b""
    while batch := session.execute(ENTRIES, {"chain": chain, "after": len(seals), "batch": BATCH}).all():
        for seq, at, member_id, action, kind, thing_id, facts, digest, stored in batch:
            expected = len(seals) + 1
            if seq != expected:
                raise _Fault(N_("Entry %(seq)s of the journal is missing."), len(seals), seq=expected)
            entry = Entry(action, kind, thing_id, facts, bytes(digest) if digest else None)
            mac = keeper.seal(mac, fields_of(chain, seq, at, member_id, entry))
            if mac != bytes(stored):
                raise _Fault(N_("Entry %(seq)s of the journal was changed after it was written."), len(seals), seq=seq)
            seals.append(mac)
    return seals


def _anchors(session: Session, chain: str, seals: list[bytes]) -> None:
    for seq, mac in keeper_of(session).anchored(chain):
        if seq > len(seals):
            message = N_("The journal was cut: entry %(seq)s was anchored and is gone.")
            raise _Fault(message, len(seals), seq=len(seals) + 1)
        if seals[seq - 1] != mac:
            raise _Fault(N_("Entry %(seq)s of the journal is not the one that was anchored."), seq - 1, seq=seq)
    head = session.execute(HEAD, {"chain": chain}).first()
    said = (head.seq, bytes(head.mac)) if head else (0, b"")
    if said != (len(seals), seals[-1] if seals else b""):
        raise _Fault(N_("The journal's head is not its last entry, %(seq)s."), len(seals), seq=len(seals))


def _digests(session: Session, chain: str, entries: int, rows: Rows) -> None:
    newest = {thing_id: (bytes(digest), seq) for thing_id, digest, seq in session.execute(NEWEST, {"chain": chain})}
    with closing(rows(session)) as found:
        for thing_id, digest in found:
            journaled, seq = newest.pop(thing_id, (b"", 0))
            if not seq:
                raise _Fault(N_("The row %(thing)s stands in no entry of the journal."), entries, thing=str(thing_id))
            if journaled != digest:
                message = N_("The row %(thing)s is not as the journal's entry %(seq)s left it.")
                raise _Fault(message, seq - 1, seq=seq, thing=str(thing_id))
    for thing_id, (_, seq) in newest.items():
        message = N_("The row %(thing)s of the journal's entry %(seq)s is gone.")
        raise _Fault(message, seq - 1, seq=seq, thing=str(thing_id))
