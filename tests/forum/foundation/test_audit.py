"""The verifier passes over a busy forum, and names the first thing that a hand behind the program has touched."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import audit, rights
from forum.foundation.audit import Verdict
from forum.foundation.journal import INSTALLATION, Entry, Keeper, fields_of
from forum.prize import methods
from forum.register import deviations
from forum.register.deviations import Deviation
from forum.work import adoptions, effects, minutes, pictures, plans, publications
from tests.builders import World
from tests.story import Story, build_story

GENERATED = {"morton", "search"}
"""What the database computes from the other columns."""
KEYS = {"id", "forum_id"}
"""Changing these makes another row of it."""


def digests(session: Session) -> Generator[tuple[UUID, bytes], None, None]:
    """Yield every row that the journal speaks of."""
    yield from deviations.digests(session)
    yield from pictures.digests(session)
    yield from plans.digests(session)
    yield from effects.digests(session)
    yield from adoptions.digests(session)
    yield from publications.digests(session)
    yield from minutes.digests(session)
    yield from methods.digests(session)


@dataclass(frozen=True)
class Scene:
    """A story, the superuser who reaches around the program, and the means to ask the verifier."""

    story: Story
    superuser: Engine
    sessions: sessionmaker[Session]
    keeper: Keeper

    @property
    def chain(self) -> str:
        return str(self.story.farsta.forum_id)

    def verdict(self, world: World | None = None) -> Verdict:
        forum_id = (world or self.story.farsta).forum_id
        with self.sessions() as session:
            rights.become(session, rights.Principal(system=forum_id))
            return audit.verify(session, str(forum_id), digests)

    def values(self) -> dict[str, Any]:
        world = self.story.farsta
        rows = {f"row_{name}": row for name, row in self.story.rows.items()}
        return {"chain": self.chain, "farsta": world.forum_id, "officer": world.members["officer"], **rows}


@pytest.fixture(scope="module")
def scene(superuser: Engine, sessions: sessionmaker[Session], keeper: Keeper) -> Scene:
    return Scene(build_story(sessions), superuser, sessions, keeper)


COPIED = (
    *("journal", "journal_heads", "deviations", "deviation_history"),
    *("pictures", "minutes", "plans", "adoptions", "effects", "publications", "methods"),
)


@contextmanager
def behind(scene: Scene) -> Iterator[Connection]:
    """Lend the superuser's hand, and make undone afterwards what it did."""
    with scene.superuser.connect() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        for table in COPIED:
            connection.execute(text(f"CREATE TEMPORARY TABLE kept_{table} AS SELECT * FROM {table}"))
        try:
            yield connection
        finally:
            for table in COPIED:
                _restore(connection, table)
            connection.execute(text("SET session_replication_role = origin"))


def _restore(connection: Connection, table: str) -> None:
    plain = text(
        "SELECT string_agg(column_name, ', ') FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = :table AND is_generated = 'NEVER'"
    )
    columns = connection.scalars(plain, {"table": table}).one()
    connection.execute(text(f"DELETE FROM {table}"))
    connection.execute(text(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM kept_{table}"))
    connection.execute(text(f"DROP TABLE kept_{table}"))


def test_a_busy_forum_is_sound_and_so_is_the_installation(scene: Scene) -> None:
    for world in (scene.story.farsta, scene.story.rinkeby):
        verdict = scene.verdict(world)
        assert (verdict.fault, verdict.sound) == (None, True)
    assert scene.verdict().entries == LAST
    with scene.sessions() as session:
        rights.become(session, rights.OPERATOR)
        assert audit.verify(session, INSTALLATION).sound


def test_a_long_chain_is_read_piece_by_piece(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "BATCH", 4)
    assert scene.verdict() == Verdict(scene.chain, LAST)


def test_a_forum_without_entries_is_sound(scene: Scene) -> None:
    with scene.sessions() as session:
        assert audit.verify(session, str(UUID(int=0))) == Verdict(str(UUID(int=0)), 0)


ENTRY = "UPDATE journal SET {change} WHERE chain = :chain AND seq = 5"
CHANGED = "Entry 5 of the journal was changed"
SWAP = (
    "UPDATE journal SET seq = CASE seq WHEN 5 THEN -6 ELSE -5 END WHERE chain = :chain AND seq IN (5, 6); "
    "UPDATE journal SET seq = -seq WHERE chain = :chain AND seq < 0"
)
BORROW = (
    "DELETE FROM journal WHERE chain = :chain AND seq = 1; "
    "UPDATE journal SET chain = :chain WHERE seq = 1 AND chain <> :chain AND chain IN (SELECT id::text FROM forums)"
)
LAST = 87
"""Entries of the first chain: deviations, what was done to them, and all the forum's work."""
APPEND = (
    f"INSERT INTO journal SELECT chain, {LAST + 1}, at, member_id, action, thing_kind, thing_id, facts, digest, mac "
    f"FROM journal WHERE chain = :chain AND seq = {LAST}"
)
SLIP_IN = (
    "INSERT INTO deviations (forum_id, nr, organisation_id, registered_by_id, client_id, request_digest, "
    "category_id, geom, accuracy_m, occurred_from, occurred_to, visibility) SELECT forum_id, 999, organisation_id, "
    "registered_by_id, gen_random_uuid(), '', category_id, geom, 1, now(), now(), 'public' FROM deviations "
    "WHERE id = :row_public"
)
TAMPERED: dict[str, tuple[str, str, int]] = {
    "the moment": (ENTRY.format(change="at = at + interval '1 microsecond'"), CHANGED, 4),
    "who": (ENTRY.format(change="member_id = :officer"), CHANGED, 4),
    "nobody": (ENTRY.format(change="member_id = NULL"), CHANGED, 4),
    "the action": (ENTRY.format(change="action = 'deviation:withdraw'"), CHANGED, 4),
    "the kind": (ENTRY.format(change="thing_kind = 'x'"), CHANGED, 4),
    "the row": (ENTRY.format(change="thing_id = :row_own"), CHANGED, 4),
    "no row": (ENTRY.format(change="thing_id = NULL"), CHANGED, 4),
    "a fact": (ENTRY.format(change="facts = facts || '{\"nr\": 1}'"), CHANGED, 4),
    "the digest": (ENTRY.format(change="digest = sha256('x')"), CHANGED, 4),
    "no digest": (ENTRY.format(change="digest = NULL"), CHANGED, 4),
    "the seal": (ENTRY.format(change="mac = sha256('x')"), CHANGED, 4),
    "the first entry": (
        "UPDATE journal SET action = 'x' WHERE chain = :chain AND seq = 1",
        "Entry 1 of the journal was",
        0,
    ),
    "a deleted entry": ("DELETE FROM journal WHERE chain = :chain AND seq = 5", "Entry 5 of the journal is missing", 4),
    "the first entry deleted": (
        "DELETE FROM journal WHERE chain = :chain AND seq = 1",
        "Entry 1 of the journal is miss",
        0,
    ),
    "a cut tail": (
        "DELETE FROM journal WHERE chain = :chain AND seq > 12",
        "The journal was cut: entry 13 was anchored",
        12,
    ),
    "all cut": ("DELETE FROM journal WHERE chain = :chain", "The journal was cut: entry 1 was anchored", 0),
    "swapped entries": (
        SWAP,
        CHANGED,
        4,
    ),
    "an entry of another chain": (
        BORROW,
        "Entry 1 of the journal was changed",
        0,
    ),
    "an entry appended by hand": (
        APPEND,
        f"Entry {LAST + 1} of the journal was changed",
        LAST,
    ),
    "the head set back": (
        "UPDATE journal_heads SET seq = 10 WHERE chain = :chain",
        f"head is not its last entry, {LAST}",
        LAST,
    ),
    "the head's seal": (
        "UPDATE journal_heads SET mac = sha256('x') WHERE chain = :chain",
        f"head is not its last entry, {LAST}",
        LAST,
    ),
    "no head": ("DELETE FROM journal_heads WHERE chain = :chain", f"head is not its last entry, {LAST}", LAST),
    "a deleted row": ("DELETE FROM deviations WHERE id = :row_public", "is gone", 4),
    "a row behind the journal": (
        SLIP_IN,
        "stands in no entry of the journal",
        LAST,
    ),
    "a row moved to another forum": (
        "UPDATE deviations SET forum_id = gen_random_uuid() WHERE id = :row_public",
        "is gone",
        4,
    ),
    "a withdrawn row brought back": (
        "UPDATE deviations SET status = 'new' WHERE id = :row_withdrawn",
        "is not as the journal's entry 13 left it",
        12,
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_the_first_thing_that_was_touched_is_named(scene: Scene, what: str) -> None:
    statements, said, entries = TAMPERED[what]
    with behind(scene) as connection:
        for statement in statements.split("; "):
            assert connection.execute(text(statement), scene.values()).rowcount
        verdict = scene.verdict()
    assert verdict.fault is not None
    assert said in verdict.fault.say("en")
    assert verdict.entries == entries
    assert not verdict.sound
    assert scene.verdict().sound


OTHERWISE = {
    "uuid": "gen_random_uuid()",
    "integer": "{column} + 1",
    "double precision": "{column} + 1",
    "bytea": "sha256('x')",
    "text": "{column} || 'x'",
    "jsonb": "'{{\"x\": 1}}'",
    "timestamp with time zone": "{column} - interval '1 second'",
    "USER-DEFINED": "ST_Translate({column}, 0.00001, 0)",
}
COLUMNS = [c.name for c in Deviation.__table__.columns if c.name not in GENERATED | KEYS]


@pytest.mark.parametrize("column", COLUMNS)
def test_a_change_of_any_column_of_a_row_is_found(scene: Scene, column: str) -> None:
    kind = text("SELECT data_type FROM information_schema.columns WHERE table_name = 'deviations' AND column_name = :c")
    with behind(scene) as connection:
        value = OTHERWISE[connection.scalars(kind, {"c": column}).one()].format(column=column)
        if column in ("source", "source_ref"):  # neither stands alone
            change = "source = 'x', source_ref = 'x'"
        elif column == "same_as_id":
            change = "status = 'same_as', same_as_id = :row_public"
        elif column == "occurred_to":
            change = "occurred_to = occurred_to + interval '1 second'"
        elif column in ("status", "visibility"):
            change = f"{column} = '{'looked_at' if column == 'status' else 'public'}'"
        else:
            change = f"{column} = {value}"
        changed = connection.execute(text(f"UPDATE deviations SET {change} WHERE id = :row_own"), scene.values())
        assert changed.rowcount == 1
        verdict = scene.verdict()
    assert verdict.fault is not None
    assert str(scene.story.rows["own"]) in verdict.fault.say("en")


def test_a_tail_cut_together_with_the_head_is_missed_thanks_to_the_anchor(scene: Scene) -> None:
    with behind(scene) as connection:
        _set_back(connection, scene.chain, 12)
        verdict = scene.verdict()
    assert verdict.fault is not None
    assert "entry 13 was anchored and is gone" in verdict.fault.say("en")
    assert verdict.entries == 12


def _set_back(connection: Connection, chain: str, seq: int) -> None:
    """Cut the tail as if it had never been: the head says the same."""
    given = {"chain": chain, "seq": seq}
    connection.execute(text("DELETE FROM journal WHERE chain = :chain AND seq > :seq"), given)
    head = "UPDATE journal_heads h SET seq = j.seq, mac = j.mac FROM journal j WHERE j.chain = h.chain"
    connection.execute(text(f"{head} AND h.chain = :chain AND j.seq = :seq"), given)


def test_a_cut_tail_shows_in_the_rows_even_when_the_anchors_are_lost(scene: Scene) -> None:
    anchors = scene.keeper.anchors / f"{scene.chain}.log"
    lines = anchors.read_text()
    with behind(scene) as connection:
        _set_back(connection, scene.chain, 12)
        anchors.write_text("".join(line for line in lines.splitlines(keepends=True) if int(line.split()[0]) <= 12))
        try:
            verdict = scene.verdict()
        finally:
            anchors.write_text(lines)
    assert verdict.fault is not None
    assert "is not as the journal's entry" in verdict.fault.say("en")


def test_a_chain_sealed_anew_with_a_stolen_key_is_not_the_one_that_was_anchored(scene: Scene) -> None:
    columns = "seq, at, member_id, action, thing_kind, thing_id, facts, digest"
    rows = text(f"SELECT {columns} FROM journal WHERE chain = :chain ORDER BY seq")
    with behind(scene) as connection:
        connection.execute(text(ENTRY.format(change="member_id = :officer")), scene.values())
        mac = b""
        for seq, at, member_id, action, kind, thing_id, facts, digest in connection.execute(rows, scene.values()).all():
            entry = Entry(action, kind, thing_id, facts, bytes(digest) if digest else None)
            mac = scene.keeper.seal(mac, fields_of(scene.chain, seq, at, member_id, entry))
            sealed = text("UPDATE journal SET mac = :mac WHERE chain = :chain AND seq = :seq")
            connection.execute(sealed, {"mac": mac, "chain": scene.chain, "seq": seq})
        verdict = scene.verdict()
    assert verdict.fault is not None
    assert "is not the one that was anchored" in verdict.fault.say("en")


@pytest.mark.parametrize("change", ["analysis = 'x'", 'content = content || \'{"audience": "public"}\'', "salt = 'x'"])
def test_a_frozen_picture_that_a_hand_has_changed_is_named(scene: Scene, change: str) -> None:
    with behind(scene) as hand:
        hand.execute(text(f"UPDATE pictures SET {change} WHERE id = '{scene.story.work['picture_forum']}'"))
        verdict = scene.verdict()
        assert "is not as the journal" in str(verdict.fault)
        assert str(scene.story.work["picture_forum"]) in str(verdict.fault)
    assert scene.verdict().sound


@pytest.mark.parametrize(
    ("table", "thing", "change"),
    [
        ("plans", "plan_forum", "measure_ids = measure_ids || gen_random_uuid()"),
        ("effects", "effect_forum", "content = content || '{\"x\": 1}'"),
        ("effects", "effect_forum", "reason = 'Annan'"),
        ("methods", "method_won", "name = 'Annan'"),
        ("methods", "method_offered", "content = content || '{\"x\": 1}'"),
        ("effects", "effect_forum", "months = 6"),
        ("adoptions", "adoption_forum", "on_day = on_day - 1"),
        ("adoptions", "adoption_forum", "reference = 'En annan nämnd'"),
    ],
)
def test_a_plan_an_effect_or_an_adoption_that_a_hand_has_changed_is_named(
    scene: Scene, table: str, thing: str, change: str
) -> None:
    with behind(scene) as hand:
        hand.execute(text(f"UPDATE {table} SET {change} WHERE id = '{scene.story.work[thing]}'"))
        assert str(scene.story.work[thing]) in str(scene.verdict().fault)
    assert scene.verdict().sound


def test_sealed_minutes_that_a_hand_has_changed_are_named(scene: Scene) -> None:
    with behind(scene) as hand:
        hand.execute(text("UPDATE minutes SET content = 'x', hash = sha256('x') WHERE audience = 'forum'"))
        assert "is not as the journal" in str(scene.verdict().fault)
    assert scene.verdict().sound


def test_another_key_does_not_verify(scene: Scene, tmp_path: Any) -> None:
    with scene.sessions() as session:
        session.info["keeper"] = Keeper("another secret", tmp_path)
        rights.become(session, rights.Principal(system=scene.story.farsta.forum_id))
        verdict = audit.verify(session, scene.chain, digests)
    assert (verdict.entries, verdict.sound) == (0, False)


def test_what_the_verifier_finds_is_said_in_both_languages(scene: Scene) -> None:
    with behind(scene) as connection:
        connection.execute(text("DELETE FROM deviations WHERE id = :row_own"), scene.values())
        fault = scene.verdict().fault
    assert fault is not None
    assert fault.say("sv") != fault.say("en")


def test_words_can_go_with_a_withdrawal_and_the_chain_still_verifies(scene: Scene) -> None:
    with scene.superuser.connect() as connection:
        gone = connection.execute(
            text("SELECT text, reply, answers FROM deviations WHERE id = :row_withdrawn"), scene.values()
        ).one()
        history = connection.scalars(
            text("SELECT DISTINCT changes::text FROM deviation_history WHERE deviation_id = :row_withdrawn"),
            scene.values(),
        ).all()
    assert tuple(gone) == ("", "", {})
    assert history == ["{}"]
    assert scene.verdict().sound
