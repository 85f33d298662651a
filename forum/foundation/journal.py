"""The journal of what was done (journalen): append-only, one HMAC chain for each forum, its head anchored outside.

An entry holds ids, counts, categories, dates and a salted digest of the row as it then stood, never free text: a row's
words, history and salt can be deleted and the seal still verifies. Each entry's HMAC covers the one before it, under
a key that the database does not know. After each commit the head is written to a file outside the database, so
that a tail that was cut off is missed.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import orjson
from sqlalchemy import event, text
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

from forum.foundation import clock
from forum.foundation.datadir import private, private_directory

INSTALLATION = "installation"
"""The chain of what the operator does."""
HEADS, MARKS = "journal heads", "journal heads at savepoints"
READS = timedelta(minutes=5)
"""A member's reads of restricted rows for one purpose make one entry in this time."""
READ = "read:"
"""What the action of an entry begins with that changed nothing."""

LOCK = text(
    "INSERT INTO journal_heads AS h (chain, seq, mac) VALUES (:chain, 0, '') "
    "ON CONFLICT (chain) DO UPDATE SET seq = h.seq RETURNING seq, mac"
)
VERSION = text("SELECT writes FROM journal_heads WHERE chain = :chain")
APPEND = text(
    "WITH moved AS (UPDATE journal_heads SET seq = :seq, mac = :mac, writes = writes + :writes WHERE chain = :chain) "
    "INSERT INTO journal (chain, seq, at, member_id, action, thing_kind, thing_id, facts, digest, mac) "
    "SELECT * FROM jsonb_to_recordset(cast(:rows AS jsonb)) AS r(chain text, seq bigint, at timestamptz, "
    "member_id uuid, action text, thing_kind text, thing_id uuid, facts jsonb, digest bytea, mac bytea)"
)
RECENT = text(  # the LIKE lets the database use the index of reads alone
    "SELECT at FROM journal WHERE chain = :chain AND member_id = :member AND action = :action AND action LIKE 'read:%' "
    "AND at > :since ORDER BY at DESC LIMIT 1"
)


class Actor(Protocol):
    """Whoever does something in a forum."""

    @property
    def forum_id(self) -> UUID:
        """Return the forum."""
        ...

    @property
    def member_id(self) -> UUID | None:
        """Return the member, None for the forum's own work."""
        ...


@dataclass(frozen=True)
class Entry:
    """One thing that was done, before it is chained."""

    action: str
    thing_kind: str
    thing_id: UUID | None
    facts: dict[str, Any]
    digest: bytes | None = None


class Keeper:
    """Holds what the journal needs outside the database: the key, the folder of anchors, and which reads are noted."""

    def __init__(self, secret: str, anchors: Path) -> None:
        self.key = hmac.digest(secret.encode(), b"trygghetsforum journal", "sha256")
        self.anchors = anchors
        self.noted: dict[tuple[UUID, UUID | None, str], datetime] = {}

    def seal(self, previous: bytes, fields: dict[str, Any]) -> bytes:
        """Return the entry's HMAC over the entry before it and its own fields."""
        return hmac.digest(self.key, previous + canonical(fields), "sha256")

    def anchor(self, chain: str, seq: int, mac: bytes) -> None:
        """Write the head of the chain to its file outside the database."""
        private_directory(self.anchors)
        with open(self.anchors / f"{chain}.log", "a", encoding="ascii", opener=private) as file:
            file.write(f"{seq} {mac.hex()}\n")

    def anchored(self, chain: str) -> Iterator[tuple[int, bytes]]:
        """Yield the heads that were anchored for the chain, oldest first; a torn last line is passed over."""
        file = self.anchors / f"{chain}.log"
        for line in file.read_text().splitlines() if file.exists() else ():
            seq, _, mac = line.partition(" ")
            if len(mac) == hashlib.sha256().digest_size * 2:
                yield int(seq), bytes.fromhex(mac)


def keep(sessions: sessionmaker[Session], keeper: Keeper) -> None:
    """Let these sessions write the journal with the keeper's key, and anchor its heads after each commit."""
    sessions.configure(info={"keeper": keeper})
    event.listen(sessions, "after_transaction_create", _mark)
    event.listen(sessions, "after_soft_rollback", _go_back)
    event.listen(sessions, "after_commit", _anchor)
    event.listen(sessions, "after_transaction_end", _forget)


def canonical(fields: dict[str, Any]) -> bytes:
    """Return the one way in which the fields are written as bytes."""
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z, default=str)


def digest_of(salt: bytes, row: dict[str, Any]) -> bytes:
    """Return the salted digest of a row: it says nothing once the salt is deleted."""
    return hashlib.sha256(salt + canonical(row)).digest()


def write(session: Session, actor: Actor, entry: Entry) -> None:
    """Append what the actor did to the forum's chain."""
    write_all(session, actor, [entry])


def write_all(session: Session, actor: Actor, entries: Sequence[Entry]) -> None:
    """Append many entries in one go."""
    _append(session, str(actor.forum_id), actor.member_id, entries)


def write_installation(session: Session, action: str, thing_kind: str, thing_id: UUID | None, **facts: Any) -> None:
    """Append what the operator did to the installation's chain."""
    _append(session, INSTALLATION, None, [Entry(action, thing_kind, thing_id, facts)])


def write_edition(session: Session, edition_id: UUID, office_id: UUID | None, entry: Entry) -> None:
    """Append what somebody in the jury, a nominator or the prize's own work did to the edition's chain."""
    _append(session, str(edition_id), office_id, [entry])


def note_read(session: Session, actor: Actor, purpose: str, facts: dict[str, Any]) -> None:
    """Note that restricted rows were read: one entry for each member, purpose and five minutes."""
    action, since, noted = f"{READ}{purpose}", clock.now() - READS, keeper_of(session).noted
    reading = (actor.forum_id, actor.member_id, action)
    if reading in noted and noted[reading] > since:
        return
    where = {"chain": str(actor.forum_id), "member": actor.member_id, "action": action, "since": since}
    at = session.scalar(RECENT, where)
    if at is None:
        write(session, actor, Entry(action, "deviations", None, facts))
    elif not session.info.get(HEADS):  # an earlier transaction's, which nothing takes back
        noted[reading] = at


def version(session: Session, forum_id: UUID) -> int:
    """Return the version of the forum's data: it is another one after each write, and grows in the order of commits.

    Ask for it before reading what is kept under it: what is read may then be newer than its version, never older. It
    counts what a reader may not see too, so it is never told to anybody.
    """
    return session.scalar(VERSION, {"chain": str(forum_id)}) or 0


def keeper_of(session: Session) -> Keeper:
    """Return the keeper of the session's journal."""
    keeper = session.info["keeper"]
    assert isinstance(keeper, Keeper)
    return keeper


def fields_of(chain: str, seq: int, at: datetime, member_id: UUID | None, entry: Entry) -> dict[str, Any]:
    """Return all that an entry's HMAC covers."""
    return {
        "chain": chain,
        "seq": seq,
        "at": clock.stamp(at),
        "member": str(member_id) if member_id else None,
        "action": entry.action,
        "thing_kind": entry.thing_kind,
        "thing": str(entry.thing_id) if entry.thing_id else None,
        "facts": orjson.loads(canonical(entry.facts)),
        "digest": entry.digest.hex() if entry.digest else None,
    }


def _append(session: Session, chain: str, member_id: UUID | None, entries: Sequence[Entry]) -> None:
    if not entries:
        return
    keeper = keeper_of(session)
    session.flush()
    connection = session.connection()
    seq, mac = connection.execute(LOCK, {"chain": chain}).one()
    rows, at = [], clock.now()
    for entry in entries:
        seq += 1
        fields = fields_of(chain, seq, at, member_id, entry)
        mac = keeper.seal(bytes(mac), fields)
        rows.append(_row(fields, entry, at, member_id, mac))
    writes = sum(not entry.action.startswith(READ) for entry in entries)
    head = {"chain": chain, "seq": seq, "mac": mac, "writes": writes}
    connection.execute(APPEND, {"rows": orjson.dumps(rows).decode(), **head})
    session.info.setdefault(HEADS, {})[chain] = (seq, mac)


def _row(fields: dict[str, Any], entry: Entry, at: datetime, member_id: UUID | None, mac: bytes) -> dict[str, Any]:
    return {
        "chain": fields["chain"],
        "seq": fields["seq"],
        "at": at,
        "member_id": member_id,
        "action": entry.action,
        "thing_kind": entry.thing_kind,
        "thing_id": entry.thing_id,
        "facts": fields["facts"],
        "digest": f"\\x{entry.digest.hex()}" if entry.digest else None,
        "mac": f"\\x{mac.hex()}",
    }


def _mark(session: Session, begun: SessionTransaction) -> None:
    """Remember at a savepoint which heads wait to be anchored."""
    if begun.nested:
        session.info.setdefault(MARKS, {})[begun] = dict(session.info.get(HEADS, {}))


def _go_back(session: Session, ended: SessionTransaction) -> None:
    session.info[HEADS] = session.info.get(MARKS, {}).pop(ended, {})


def _anchor(session: Session) -> None:
    """Anchor the heads of a commit; a savepoint's release is none, the database may yet take it back."""
    if not session.in_nested_transaction():
        for chain, (seq, mac) in session.info.get(HEADS, {}).items():
            keeper_of(session).anchor(chain, seq, mac)


def _forget(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop(HEADS, None)
        session.info.pop(MARKS, None)
