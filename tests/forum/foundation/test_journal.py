"""The journal: one chain for each forum, without words, its heads anchored when, and only when, all is committed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import audit, clock, journal, rights
from forum.foundation.journal import INSTALLATION, Entry, Keeper, digest_of
from forum.people import agreements, members
from forum.people.policy import Role
from forum.register import deviations, finding
from forum.register.deviations import digests
from forum.register.finding import Filter
from tests.builders import World, mark
from tests.story import TYPED, Story, build_story

CHAINS = text("SELECT chain, array_agg(seq ORDER BY seq) FROM journal GROUP BY chain")


@pytest.fixture(scope="module")
def story(sessions: sessionmaker[Session]) -> Story:
    return build_story(sessions)


def sound(session: Session, world: World) -> bool:
    rights.become(session, rights.Principal(system=world.forum_id))
    verdict = audit.verify(session, str(world.forum_id), digests)
    assert verdict.fault is None, verdict.fault
    return verdict.sound


def entries(superuser: Engine, world: World, action: str = "%") -> list[Any]:
    asked = text("SELECT * FROM journal WHERE chain = :chain AND action LIKE :action ORDER BY seq")
    with superuser.connect() as connection:
        return list(connection.execute(asked, {"chain": str(world.forum_id), "action": action}))


def test_each_forum_has_one_chain_without_a_gap_and_the_installation_its_own(superuser: Engine, story: Story) -> None:
    with superuser.connect() as connection:
        chains = {row[0]: row[1] for row in connection.execute(CHAINS)}
        editions = set(connection.scalars(text("SELECT id::text FROM editions WHERE opened_at IS NOT NULL")))
    assert set(chains) == {INSTALLATION, str(story.farsta.forum_id), str(story.rinkeby.forum_id)} | editions
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in chains.values())


def test_every_write_of_the_story_stands_in_its_forums_chain(superuser: Engine, story: Story) -> None:
    actions = [entry.action for entry in entries(superuser, story.farsta)]
    assert actions.count("deviation:register") == 9
    assert actions.count("deviation:amend") == 3
    assert {"deviation:withdraw", "deviation:answer"} <= set(actions)
    neighbours = [entry.action for entry in entries(superuser, story.rinkeby)]
    assert neighbours == ["deviation:register", "cycle:set", "method:adopt"]


def test_an_entry_says_who_did_what_to_which_row(superuser: Engine, story: Story) -> None:
    entry = next(e for e in entries(superuser, story.farsta) if e.thing_id == story.rows["own"])
    assert (entry.member_id, entry.action) == (story.farsta.members["landlord"], "deviation:register")
    assert (entry.thing_kind, entry.facts["nr"], len(entry.digest)) == ("deviation", story.numbers["own"], 32)


def test_no_word_that_anybody_typed_stands_in_the_journal(
    superuser: Engine, sessions: sessionmaker[Session], story: Story
) -> None:
    typed = {
        "person": "Nyanställd Utredare",
        "email": "utredare@polisen.example.org",
        "purposes": "Gemensamma insatser kring centrum",
        "areas": "Centrum och strandpromenaden",
        "q": "handel torget",
    }
    with sessions() as session:
        administrator = story.farsta.acting(session, "administrator")
        police = story.farsta.organisations["Polisen"]
        members.invite(
            session, administrator, email=typed["email"], name=typed["person"], organisation_id=police, role=Role.READER
        )
        agreements.sign(
            session, administrator, organisation_id=police, purposes=typed["purposes"], areas=typed["areas"],
            valid_from=agreements.today(),
        )  # fmt: skip
        officer = story.farsta.acting(session, "officer")
        page = finding.find(session, officer, Filter(q=typed["q"], area="Område farsta", box=(18, 59, 18.2, 59.3)))
        assert page.rows
        finding.note(session, officer, "search", page)
        session.commit()
    with superuser.connect() as connection:
        written = connection.scalars(text("SELECT string_agg(journal::text, ' ') FROM journal")).one().lower()
    assert str(story.numbers["own"]) in written
    found = [words for words in (*TYPED, *typed.values(), "Område farsta") if words.lower() in written]
    found += [word for words in TYPED for word in words.lower().split() if len(word) > 5 and word in written]
    assert found == []


def test_a_noted_read_says_by_which_filter_and_how_many(
    superuser: Engine, sessions: sessionmaker[Session], story: Story
) -> None:
    wanted = Filter(q="torget", box=(18.00001, 59.0, 18.2, 59.3), categories=("lighting",), start=clock.EARLIEST)
    with sessions() as session:
        coordinator = story.farsta.acting(session, "coordinator")
        finding.note(session, coordinator, "filtered", finding.find(session, coordinator, wanted))
        session.commit()
    (entry,) = entries(superuser, story.farsta, "read:filtered")
    assert entry.facts == {
        "restricted": 1,
        "matched": 1,
        "filter": {
            "q": True,
            "box": [18.0, 59.0, 18.2, 59.3],
            "categories": ["lighting"],
            "start": clock.stamp(clock.EARLIEST),
        },
    }


def test_reads_of_restricted_rows_are_noted_once_for_a_member_a_purpose_and_five_minutes(
    superuser: Engine, sessions: sessionmaker[Session], story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(person: str, purpose: str) -> None:
        with sessions() as session:
            member = story.farsta.acting(session, person)
            finding.note(session, member, purpose, finding.find(session, member, Filter()))
            session.commit()

    def noted() -> int:
        return len(entries(superuser, story.farsta, "read:once%"))

    for person, purpose, expected in (
        ("officer", "once", 1),
        ("officer", "once", 1),
        ("officer", "once more", 2),
        ("landlord", "once", 3),
        ("walker", "once", 3),  # sees nothing that is restricted
        ("officer", "once", 3),
    ):
        read(person, purpose)
        assert noted() == expected, (person, purpose)
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(minutes=4, seconds=50))
    read("officer", "once")
    assert noted() == 3
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(minutes=5, seconds=1))
    read("officer", "once")
    assert noted() == 4


def test_a_restricted_rows_page_is_noted_each_time_and_an_open_one_never(
    superuser: Engine, sessions: sessionmaker[Session], story: Story
) -> None:
    for name, expected in (("authorities", 1), ("authorities", 2), ("police_own", 3), ("forum", 3), ("public", 3)):
        with sessions() as session:
            deviations.read(session, story.farsta.acting(session, "officer"), story.rows[name])
            session.commit()
        assert len(entries(superuser, story.farsta, "read:deviation")) == expected


def test_nothing_is_written_for_nothing(session: Session, superuser: Engine, story: Story) -> None:
    before = len(entries(superuser, story.farsta))
    journal.write_all(session, story.farsta.acting(session, "officer"), [])
    session.commit()
    assert len(entries(superuser, story.farsta)) == before


def anchored(keeper: Keeper, world: World) -> list[int]:
    return [seq for seq, _ in keeper.anchored(str(world.forum_id))]


def test_a_commit_anchors_the_head_and_a_rollback_does_not(
    sessions: sessionmaker[Session], keeper: Keeper, superuser: Engine, story: Story
) -> None:
    with sessions() as session:
        mark(session, story.rinkeby.acting(session, "officer"), **THERE)
        session.rollback()
        assert anchored(keeper, story.rinkeby)[-1] == len(entries(superuser, story.rinkeby))
        mark(session, story.rinkeby.acting(session, "officer"), **THERE)
        session.commit()
    written = entries(superuser, story.rinkeby)[-1]
    assert list(keeper.anchored(str(story.rinkeby.forum_id)))[-1] == (written.seq, bytes(written.mac))
    with sessions() as session:
        assert sound(session, story.rinkeby)


THERE = {"lon": 17.92, "lat": 59.37}


def _release_and_take_back(session: Session, write: Callable[[], None]) -> None:
    with session.begin_nested():
        write()
    session.rollback()


def _write_and_go_back(session: Session, write: Callable[[], None]) -> None:
    write()
    with session.begin_nested() as savepoint:
        write()
        savepoint.rollback()
    session.commit()


def _write_in_a_savepoint(session: Session, write: Callable[[], None]) -> None:
    with session.begin_nested():
        write()
    session.commit()


def _close_and_go_on(session: Session, write: Callable[[], None]) -> None:
    write()
    session.close()
    session.execute(text("SELECT 1"))
    session.commit()


SAVEPOINTS: dict[str, tuple[Callable[[Session, Callable[[], None]], None], int]] = {
    "released, then rolled back": (_release_and_take_back, 0),
    "rolled back to a savepoint": (_write_and_go_back, 1),
    "in a savepoint": (_write_in_a_savepoint, 1),
    "closed without a commit": (_close_and_go_on, 0),
}


@pytest.mark.parametrize("way", SAVEPOINTS)
def test_the_anchor_holds_exactly_what_was_committed(
    sessions: sessionmaker[Session], keeper: Keeper, superuser: Engine, story: Story, way: str
) -> None:
    (go, added), before = SAVEPOINTS[way], len(entries(superuser, story.rinkeby))
    with sessions() as session:
        member = story.rinkeby.acting(session, "officer")
        session.commit()
        go(session, lambda: journal.write(session, member, Entry("test:step", "test", None, {})))
    after = len(entries(superuser, story.rinkeby))
    assert after == before + added
    assert anchored(keeper, story.rinkeby)[-1] == after
    with sessions() as session:
        assert sound(session, story.rinkeby)


def test_two_who_write_at_once_make_one_chain(sessions: sessionmaker[Session], superuser: Engine, story: Story) -> None:
    before = len(entries(superuser, story.rinkeby))

    def write_some() -> None:
        for _ in range(10):
            with sessions() as session:
                journal.write(
                    session, story.rinkeby.acting(session, "officer"), Entry("test:at_once", "test", None, {})
                )
                session.commit()

    writers = [threading.Thread(target=write_some) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [entry.seq for entry in entries(superuser, story.rinkeby)][before:] == list(range(before + 1, before + 41))
    with sessions() as session:
        assert sound(session, story.rinkeby)


def test_a_note_of_a_read_that_was_taken_back_is_written_by_the_next(
    superuser: Engine, sessions: sessionmaker[Session], story: Story
) -> None:
    purpose = f"back-{uuid4()}"
    with sessions() as session:
        officer = story.farsta.acting(session, "officer")
        for _ in range(2):
            journal.note_read(session, officer, purpose, {})
        session.rollback()
        assert entries(superuser, story.farsta, f"read:{purpose}") == []
        for _ in range(3):
            journal.note_read(session, officer, purpose, {})
            session.commit()
    assert len(entries(superuser, story.farsta, f"read:{purpose}")) == 1


def test_the_version_of_the_data_rises_with_each_write_and_not_with_a_read(
    sessions: sessionmaker[Session], story: Story
) -> None:
    with sessions() as session:
        officer = story.farsta.acting(session, "officer")
        before = journal.version(session, officer.forum_id)
        neighbours = journal.version(session, story.rinkeby.forum_id)
        deviations.read(session, officer, story.rows["authorities"])
        journal.note_read(session, officer, str(uuid4()), {})
        session.commit()
        assert journal.version(session, officer.forum_id) == before > 0
        mark(session, officer)
        journal.write_all(session, officer, [Entry("read:x", "x", None, {}), *[Entry("x", "x", None, {})] * 3])
        session.commit()
        assert journal.version(session, officer.forum_id) == before + 4
        mark(session, officer)
        session.rollback()
        assert journal.version(session, officer.forum_id) == before + 4
        assert neighbours == 0, "another forum's version is hidden"


def test_a_torn_last_line_of_the_anchor_is_passed_over(tmp_path: Path) -> None:
    keeper = Keeper("secret", tmp_path / "anchors")
    assert list(keeper.anchored("chain")) == []
    mac = keeper.seal(b"", {"seq": 1})
    keeper.anchor("chain", 1, mac)
    with (keeper.anchors / "chain.log").open("a") as file:
        file.write("2 0011")
    assert list(keeper.anchored("chain")) == [(1, mac)]
    assert keeper.anchors.stat().st_mode & 0o777 == 0o700


def test_a_seal_needs_the_key_and_follows_from_the_one_before(tmp_path: Path) -> None:
    one, other = Keeper("a", tmp_path), Keeper("b", tmp_path)
    assert one.seal(b"", {"seq": 1}) != other.seal(b"", {"seq": 1})
    assert one.seal(b"", {"seq": 2}) != one.seal(one.seal(b"", {"seq": 1}), {"seq": 2})
    assert one.seal(b"", {"a": 1, "b": 2}) == one.seal(b"", {"b": 2, "a": 1})


def test_a_digest_says_nothing_without_its_salt() -> None:
    row = {"text": "Klotter", "at": clock.EARLIEST}
    assert digest_of(b"salt", row) == digest_of(b"salt", row)
    assert digest_of(b"salt", row) != digest_of(b"other", row)


def test_nobody_writes_in_anothers_name(session: Session, story: Story) -> None:
    officer = story.farsta.acting(session, "officer")
    story.farsta.acting(session, "landlord")
    with pytest.raises(DBAPIError, match="row-level security"):
        journal.write(session, officer, Entry("test:forged", "test", uuid4(), {}))
