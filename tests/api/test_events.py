"""The forum's events as programs and pages hear them: that something changed, at once, and only of what one may see."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from socket import SHUT_RDWR, socket
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from api import streams
from api.deps import COOKIE, UNATTENDED
from api.streams import Listening, Streams
from dashboards.server import Server
from forum.foundation import rights
from forum.people import accounts, members
from forum.register import changes, deviations, intake
from tests.api.conftest import ClientOf, check_refusal, token_of
from tests.builders import World, mark
from tests.proc import wait_for
from tests.story import THERE, Story, build_story

EVENTS = "/api/v1/forums/{forum}/deviations/events"
PEOPLE = ("officer", "coordinator", "landlord", "walker", "teacher")
HEARING = {
    "a partner's own": ("landlord", "own", {"landlord"}),
    "an authority's own": ("officer", "own", {"officer"}),
    "the authorities'": ("officer", "authorities", {"officer", "coordinator"}),
    "the forum's": ("landlord", "forum", set(PEOPLE)),
    "everybody's": ("walker", "public", set(PEOPLE)),
}
"""Who writes a deviation of which visibility, and who hears of it."""


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """Let streams beat and rest for moments only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "BEAT", 0.1)
        patch.setattr(streams, "REST", 0.01)
        yield


@pytest.fixture(scope="module")
def story(sessions: sessionmaker[Session]) -> Story:
    return build_story(sessions)


@pytest.fixture(scope="module")
def lasting(story: Story) -> World:
    return story.farsta


@pytest.fixture(scope="module")
def port(app: FastAPI) -> Iterator[int]:
    """Return where the application is served."""
    server = Server(app, port=0)
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_for(lambda: server.started)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


class Ear(threading.Thread):
    """A client that listens: the numbers that it has heard, how often the stream beat, and whether it ended."""

    def __init__(self, connection: HTTPConnection, answer: HTTPResponse) -> None:
        super().__init__(daemon=True)
        self.connection, self.answer = connection, answer
        assert connection.sock is not None
        self.socket: socket = connection.sock
        self.heard: list[int] = []
        self.beats, self.ended = 0, False
        self.lines: list[str] = []

    def run(self) -> None:
        try:
            while line := self.answer.readline():
                self.take(line.decode().rstrip("\n"))
        except (OSError, ValueError):  # we hang up ourselves
            pass
        self.ended = True

    def take(self, line: str) -> None:
        self.beats += line.startswith(":")
        if line.startswith("id: "):
            self.heard.append(int(line.removeprefix("id: ")))
        elif line and not line.startswith(":"):
            self.lines.append(line)

    def hears(self, count: int) -> bool:
        """Wait until so many events are heard; tell whether there are no more after another look of the stream."""
        wait_for(lambda: len(self.heard) >= count)
        return self.silent(count)

    def silent(self, count: int = 0) -> bool:
        """Wait until the stream has looked once more; tell whether so many events are heard and no more."""
        beats = self.beats
        wait_for(lambda: self.beats > beats + 1)
        return len(self.heard) == count

    def close(self) -> None:
        if not self.ended:
            self.socket.shutdown(SHUT_RDWR)
        self.join(10)
        self.connection.close()


Listen = Callable[..., Ear]


def asked(port: int, path: str, headers: dict[str, str]) -> tuple[HTTPConnection, HTTPResponse]:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers=headers)
    return connection, connection.getresponse()


@pytest.fixture
def listen(port: int, sessions: sessionmaker[Session], story: Story) -> Iterator[Listen]:
    """Return what opens a person's stream, which has begun when it is returned."""
    with ExitStack() as stack:

        def listen(person: str, *, world: World = story.farsta, query: str = "", **headers: str) -> Ear:
            proof = headers or {"Authorization": f"Bearer {token_of(sessions, world, person)}"}
            if "last" in headers:
                proof = {
                    "Authorization": f"Bearer {token_of(sessions, world, person)}",
                    "Last-Event-ID": headers["last"],
                }
            connection, answer = asked(port, EVENTS.format(forum=world.slug) + query, proof)
            assert answer.status == 200, answer.read()
            assert answer.headers["content-type"].startswith("text/event-stream")
            ear = Ear(connection, answer)
            ear.start()
            stack.callback(ear.close)
            wait_for(lambda: bool(ear.beats or ear.heard))
            return ear

        yield listen


@contextmanager
def acting(sessions: sessionmaker[Session], world: World, person: str) -> Iterator[tuple[Session, Any]]:
    """Lend a session that acts for a person and commits."""
    with sessions() as session:
        yield session, world.acting(session, person)
        session.commit()


def add(sessions: sessionmaker[Session], world: World, person: str, **changes: Any) -> Any:
    with acting(sessions, world, person) as (session, member):
        return mark(session, member, **changes).id


@pytest.mark.parametrize("case", HEARING)
def test_each_hears_of_what_they_may_see_and_of_nothing_else(
    listen: Listen, sessions: sessionmaker[Session], story: Story, case: str
) -> None:
    writer, visibility, hearing = HEARING[case]
    ears = {person: listen(person) for person in PEOPLE}
    neighbour = listen("administrator", world=story.rinkeby)
    add(sessions, story.farsta, writer, visibility=visibility)
    for person in hearing:
        assert ears[person].hears(1)
        assert ears[person].lines == ["event: changed", "data: "]
    assert all(ears[person].silent() for person in set(PEOPLE) - hearing)
    assert neighbour.silent()


def test_a_forum_hears_nothing_of_another(listen: Listen, sessions: sessionmaker[Session], story: Story) -> None:
    here, there = listen("walker"), listen("walker", world=story.rinkeby)
    lon, lat = THERE
    add(sessions, story.rinkeby, "landlord", lon=lon, lat=lat)
    assert there.hears(1)
    assert here.silent()


def test_those_who_saw_a_row_hear_that_it_was_narrowed_and_nothing_after_it(
    listen: Listen, sessions: sessionmaker[Session], story: Story
) -> None:
    row = add(sessions, story.farsta, "landlord")
    walker, landlord = listen("walker"), listen("landlord")

    def amend(**changes: Any) -> None:
        with acting(sessions, story.farsta, "landlord") as (session, member):
            intake.amend(session, member, deviations.get(session, member, row), None, changes)

    amend(visibility="own")
    assert walker.hears(1)
    assert landlord.hears(1)
    amend(text="Nu är lampan hel igen")
    assert landlord.hears(2)
    assert walker.silent(1)
    amend(visibility="forum")
    assert walker.hears(2)


def test_who_was_away_hears_at_once_that_they_missed_something_they_may_see(
    listen: Listen, sessions: sessionmaker[Session], story: Story
) -> None:
    before = listen("walker")
    add(sessions, story.farsta, "walker")
    assert before.hears(1)
    last = str(before.heard[0])
    before.close()
    add(sessions, story.farsta, "landlord", visibility="own")
    assert listen("walker", last=last).silent()
    assert listen("walker", query=f"?since={last}").silent()
    add(sessions, story.farsta, "officer")
    again = listen("walker", last=last)
    assert again.hears(1)
    assert listen("walker", query=f"?since={last}").hears(1)
    assert listen("walker", last=str(again.heard[0])).silent()
    assert listen("walker", query="?since=0", last=str(again.heard[0])).silent()


def test_who_was_away_for_longer_than_changes_are_kept_is_told_once(listen: Listen) -> None:
    long_ago = changes.oldest_kept() - 1
    ear = listen("walker", query=f"?since={long_ago}")
    assert ear.hears(1)
    assert ear.heard[0] > long_ago


def test_a_page_of_a_quiet_forum_is_not_told_that_it_missed_something(
    listen: Listen, sessions: sessionmaker[Session], story: Story, superuser: Engine
) -> None:
    with superuser.connect() as connection:
        connection.execute(text("DELETE FROM changes"))
    for world in (story.farsta, story.rinkeby):
        with sessions() as session:
            since = changes.known(session, world.acting(session, "walker"))
        assert listen("walker", world=world, query=f"?since={since}").silent()
        add(sessions, story.farsta, "walker")
    with sessions() as session:
        member = story.farsta.acting(session, "walker")
        assert changes.known(session, member) == changes.newest(session, member) > 0


def test_old_changes_are_thrown_away_by_the_next_one(
    superuser: Engine, sessions: sessionmaker[Session], story: Story
) -> None:
    aged = "UPDATE changes SET at = at - interval '25 hours' WHERE forum_id = :forum"
    left = "SELECT count(*) FROM changes WHERE forum_id = :forum"
    forum = {"forum": story.rinkeby.forum_id}
    lon, lat = THERE
    add(sessions, story.rinkeby, "walker", lon=lon, lat=lat)
    with superuser.connect() as connection:
        connection.execute(text(aged), forum)
        assert connection.scalars(text(left), forum).one() > 0
        add(sessions, story.rinkeby, "walker", lon=lon, lat=lat)
        assert connection.scalars(text(left), forum).one() == 1


def test_a_change_that_is_seen_later_has_a_later_number(
    superuser: Engine, sessions: sessionmaker[Session], story: Story
) -> None:
    def newest() -> int:
        with sessions() as session:
            return changes.newest(session, story.farsta.acting(session, "walker"))

    touch = text("UPDATE deviations SET reply = reply WHERE id = :id")
    with superuser.connect() as connection, connection.execution_options(isolation_level="READ COMMITTED").begin():
        connection.execute(touch, {"id": story.rows["forum"]})  # begins first, ends last
        add(sessions, story.farsta, "walker")
        between = newest()
    assert newest() > between
    with superuser.connect() as connection:
        connection.execute(text("UPDATE changes SET at = at + interval '1 hour' WHERE forum_id = :forum"),
                           {"forum": story.farsta.forum_id})  # fmt: skip
    ahead = newest()
    add(sessions, story.farsta, "walker")
    assert newest() == ahead + 1, "the clock was set back"


def test_a_statement_leaves_one_change_for_each_visibility_however_many_rows_it_writes(
    session: Session, story: Story
) -> None:
    rights.become(session, rights.Principal(system=story.farsta.forum_id))
    count = text("SELECT count(*), count(organisation_id) FROM changes")
    before = session.execute(count).one()
    written: Any = session.execute(text("UPDATE deviations SET reply = reply"))
    after = session.execute(count).one()
    assert written.rowcount > 10
    assert after[0] - before[0] == 2 * (3 + after[1] // 2 - before[1] // 2)


def test_one_connection_listens_for_all_and_is_made_again_when_it_is_lost(
    listen: Listen,
    sessions: sessionmaker[Session],
    story: Story,
    superuser: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streams, "BEAT", 600)  # no stream looks unless it is woken
    ears = [listen(person) for person in PEOPLE]
    here = "WHERE datname = current_database() AND usename = 'trygg_app'"
    listeners = text(f"SELECT pid FROM pg_stat_activity {here} AND query LIKE 'LISTEN%'")
    with superuser.connect() as connection:
        (first,) = connection.scalars(listeners)
        connection.execute(text(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity {here}"))
        add(sessions, story.farsta, "walker")  # perhaps before anybody listens again
        wait_for(lambda: all(len(ear.heard) == 1 for ear in ears))
        wait_for(lambda: list(connection.scalars(listeners)) not in ([], [first]))
        assert len(list(connection.scalars(listeners))) == 1
    add(sessions, story.farsta, "walker")
    wait_for(lambda: all(len(ear.heard) == 2 for ear in ears))


def test_a_member_who_has_ended_hears_nothing_more_and_the_stream_ends(
    listen: Listen, sessions: sessionmaker[Session], story: Story, superuser: Engine
) -> None:
    ear = listen("teacher")
    world = story.farsta
    with acting(sessions, world, "administrator") as (session, administrator):
        members.end(session, administrator, world.members["teacher"])
    try:
        add(sessions, world, "walker")
        wait_for(lambda: ear.ended)
        assert ear.heard == []
    finally:
        with superuser.connect() as connection:
            connection.execute(text("UPDATE members SET ended_at = NULL"))


def test_a_session_that_has_ended_ends_its_streams(
    listen: Listen, sessions: sessionmaker[Session], story: Story
) -> None:
    with sessions() as session:
        secret = accounts.start_session(session, story.farsta.accounts["walker"])
        session.commit()
    ear = listen("walker", Cookie=f"{COOKIE}={secret}")
    with sessions() as session:
        accounts.whose(session, "session", secret)
        accounts.end_session(session, secret)
        session.commit()
    wait_for(lambda: ear.ended)


def test_what_a_page_asks_by_itself_keeps_no_session_from_growing_idle(
    listen: Listen, sessions: sessionmaker[Session], story: Story, superuser: Engine, port: int
) -> None:
    with sessions() as session:
        secret = accounts.start_session(session, story.farsta.accounts["walker"])
        session.commit()
    proof, key = {"Cookie": f"{COOKIE}={secret}"}, {"key": accounts.digest(secret)}
    idle = text("SELECT now() - used_at FROM credentials WHERE key = :key")
    with superuser.connect() as connection:
        connection.execute(text("UPDATE credentials SET used_at = now() - interval '9 min' WHERE key = :key"), key)
        assert listen("walker", **proof).silent()
        asked(port, "/farsta/avvikelser", proof | {UNATTENDED: "1"})[0].close()
        assert connection.scalars(idle, key).one() > timedelta(minutes=9)
        asked(port, "/farsta/avvikelser", proof)[0].close()
        assert connection.scalars(idle, key).one() < timedelta(minutes=9)


def test_an_account_has_so_many_streams_and_the_next_one_is_refused(
    listen: Listen, client_of: ClientOf, port: int, sessions: sessionmaker[Session], story: Story
) -> None:
    proof = {"Authorization": f"Bearer {token_of(sessions, story.farsta, 'landlord')}"}
    ears = [listen("landlord") for _ in range(streams.MOST)]
    path = EVENTS.format(forum="farsta")
    connection, refused = asked(port, path, proof | {"Accept-Language": "en"})
    assert (refused.status, refused.headers["content-type"]) == (429, "application/problem+json")
    said = refused.read().decode()
    connection.close()
    assert "You have 8 event streams open already. Close one of them first." in said
    assert listen("walker").silent()
    ears[0].close()
    wait_for(lambda: open_again(port, path, proof))


def open_again(port: int, path: str, proof: dict[str, str]) -> bool:
    connection, answer = asked(port, path, proof)
    connection.close()
    return answer.status == 200


@pytest.mark.parametrize(("person", "forum", "status"), [(None, "farsta", 401), ("walker", "rinkeby", 404)])
def test_a_stranger_hears_nothing(client_of: ClientOf, person: str | None, forum: str, status: int) -> None:
    answer = client_of(person).get(EVENTS.format(forum=forum))
    assert answer.status_code == status


@pytest.mark.parametrize("value", ["x", "-1", "1.5", "1" + "0" * 17 + "1"])
def test_a_number_that_is_none_is_refused(client_of: ClientOf, value: str) -> None:
    check_refusal(client_of("walker").get(EVENTS.format(forum="farsta"), params={"since": value}), "since")
    check_refusal(client_of("walker").get(EVENTS.format(forum="farsta"), headers={"Last-Event-ID": value}), "Last-")


def test_what_a_member_may_not_see_moves_nothing_in_their_stream(
    sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "BEAT", 60)
    looks: list[int] = []

    def look() -> int:
        looks.append(7)
        return 7

    async def woken_five_times() -> list[bytes]:
        stream = Listening(uuid4(), uuid4(), 7, look)
        hub, said = Streams(sessions), list[bytes]()

        async def take() -> None:
            said.extend([word async for word in hub.told(stream)])

        taking = asyncio.create_task(take())
        for count in range(5):
            await asyncio.to_thread(wait_for, partial(lambda seen: len(looks) > seen, count))
            stream.woken.set()
        await hub.end()
        stream.woken.set()
        await taking
        return said

    monkeypatch.setattr(changes, "KEPT", timedelta(days=40_000))
    assert asyncio.run(woken_five_times()) == [b": \n\n"]
    assert len(looks) >= 5


def test_a_program_that_ends_waits_neither_for_a_rest_nor_for_looks_that_have_not_begun(
    sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("BEAT", 600), ("REST", 600), ("LOOKING", 1)):
        monkeypatch.setattr(streams, name, value)
    looks: list[str] = []
    begun, released = threading.Event(), threading.Event()

    def look(name: str) -> int:
        looks.append(name)
        return 7

    def slow() -> int:
        looks.append("slow")
        begun.set()
        return released.wait(60)

    async def ended() -> None:
        hub = Streams(sessions)
        resting = Listening(uuid4(), uuid4(), 7, partial(look, "resting"))
        looking = Listening(uuid4(), uuid4(), 7, slow)
        queued = Listening(uuid4(), uuid4(), 7, partial(look, "queued"))

        async def take(stream: Listening) -> None:
            with hub.joined(stream):
                async for _ in hub.told(stream):
                    pass

        first = asyncio.create_task(take(resting))
        await asyncio.to_thread(wait_for, lambda: looks == ["resting"])
        others = [asyncio.create_task(take(looking))]
        await asyncio.to_thread(begun.wait, 60)
        others.append(asyncio.create_task(take(queued)))
        await asyncio.sleep(0)
        ending = asyncio.create_task(hub.end())
        await asyncio.wait_for(first, 60)
        released.set()
        await asyncio.wait_for(asyncio.gather(ending, *others), 60)

    asyncio.run(ended())
    assert looks == ["resting", "slow"]
