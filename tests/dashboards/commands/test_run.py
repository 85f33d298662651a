"""The whole program as its user starts it: ready, killed in part and in whole, ended, refused."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest

from dashboards.commands.data import configured, sessions_of
from dashboards.commands.run import bound
from dashboards.commands.tree import DEATHS, Broken, Child, Deaths, answers
from forum.foundation import rights
from forum.people import accounts
from tests.builders import build_world
from tests.proc import alive, descendants, first_of, wait_for

ROOT = Path(__file__).parents[3]
PROGRAM = [str(Path(sys.prefix).resolve() / "bin" / "trygghetsforum")]


@dataclass
class Running:
    """A program that said that it is ready."""

    process: subprocess.Popen[str]
    address: str
    said: Path

    def child(self, name: str) -> int:
        """Return the process of a part."""
        return first_of(pid for pid in descendants(self.process.pid) if name in command_of(pid))

    def is_ready(self) -> bool:
        return answers(self.address)

    def end(self) -> None:
        """Let go of the data; a program that has ended already is left as it is."""
        self.process.terminate()
        assert self.process.wait(20) == 0


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def environment(**settings: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("TRYGG_")} | settings


def refused(*arguments: str, **settings: str) -> str:
    """Run a command that must be refused; return the reason that it gives."""
    done = subprocess.run(
        [*PROGRAM, *arguments],
        cwd=ROOT,
        env=environment(LANG="C.UTF-8", **settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    return done.stderr


@contextmanager
def running(data_dir: Path) -> Iterator[Running]:
    said = Path(tempfile.mkstemp(prefix="trygg-said-")[1])
    command = [*PROGRAM, "run", "--no-demo", "--port", "0", "--data-dir", str(data_dir)]
    with (
        said.open("w") as stderr,
        subprocess.Popen(
            command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=stderr, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            match = re.fullmatch(r"ready (http://127\.0\.0\.1:\d+)\n", line)
            assert match, line + said.read_text()
            yield Running(process, match[1], said)
        finally:
            process.terminate()
            process.wait(20)
            said.unlink()


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="trygg-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def program(data_dir: Path) -> Iterator[Running]:
    with running(data_dir) as found:
        yield found


def test_it_answers_when_it_says_that_it_is_ready(program: Running) -> None:
    assert program.is_ready()


def test_nothing_of_it_keeps_root(program: Running) -> None:
    tree = {program.process.pid} | descendants(program.process.pid)
    owners = {Path(f"/proc/{pid}").stat().st_uid for pid in tree if alive(pid)}
    assert len(tree) > 5
    assert 0 not in owners
    assert len(owners) == 1


def test_a_second_program_on_the_same_data_is_told_who_holds_them(program: Running, data_dir: Path) -> None:
    port = program.address.rpartition(":")[2]
    reason = refused("run", "--port", port, "--data-dir", str(data_dir))
    assert f"held by process {program.process.pid} since" in reason
    assert program.is_ready()


def test_a_killed_web_process_is_started_again(program: Running) -> None:
    web = program.child(" serve ")
    os.kill(web, signal.SIGKILL)
    wait_for(lambda: not alive(web))
    wait_for(program.is_ready, 30)
    assert program.child(" serve ") != web
    assert "serve ended with status -9; it is started again" in program.said.read_text()


def test_a_killed_database_is_started_again(program: Running) -> None:
    server = program.child("bin/postgres ")
    os.kill(server, signal.SIGKILL)
    wait_for(lambda: not alive(server))
    wait_for(program.is_ready, 30)
    assert program.child("bin/postgres ") != server
    assert "PostgreSQL ended; it is started again" in program.said.read_text()


EVENTS = "/api/v1/forums/farsta/events"


def tokens(data_dir: Path) -> list[str]:
    """Return the tokens of four people in a forum of the running program."""
    with configured(data_dir) as settings, sessions_of(settings)() as session:
        world = build_world(session)
        rights.become(session, rights.OPERATOR)
        made = [accounts.create_token(session, account) for account in list(world.accounts.values())[:4]]
        session.commit()
        session.get_bind().engine.dispose()
    return made


def test_sigterm_ends_all_of_it_within_seconds_though_callers_and_twenty_streams_hold_on(
    data_dir: Path, program: Running
) -> None:
    program.end()
    with running(data_dir) as again, ExitStack() as stack:
        tree = descendants(again.process.pid)
        streams = [
            ("GET", EVENTS, {"Authorization": f"Bearer {token}"}) for token in tokens(data_dir) for _ in range(5)
        ]
        for asked in [*streams, *[("GET", "/healthz", {})] * 20]:
            connection = HTTPConnection(again.address.removeprefix("http://"))
            stack.callback(connection.close)
            method, path, headers = asked
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            assert answer.status == 200
            assert path != EVENTS or answer.readline() == b": \n"  # it has begun
        assert len(streams) == 20
        began = time.monotonic()
        again.process.terminate()
        assert again.process.wait(20) == 0
        assert time.monotonic() - began < 5
        assert [pid for pid in tree if alive(pid)] == []


def test_a_killed_program_leaves_nothing_behind(data_dir: Path, program: Running) -> None:
    program.end()
    with running(data_dir) as again:
        tree = descendants(again.process.pid)
        again.process.kill()
        again.process.wait()
        wait_for(lambda: not any(alive(pid) for pid in tree))
    with running(data_dir) as third:
        assert third.is_ready()


def test_a_taken_port_is_said_at_once(tmp_path: Path) -> None:
    with bound("127.0.0.1", 0) as taken:
        taken.listen()
        port = str(taken.getsockname()[1])
        assert "Address already in use" in refused("run", "--port", port, "--data-dir", str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_port_refuses_callers_until_it_is_served() -> None:
    with bound("127.0.0.1", 0) as held, pytest.raises(ConnectionRefusedError):
        socket.create_connection(held.getsockname(), timeout=2)


@pytest.mark.parametrize("command", ["run", "serve", "worker", "migrate"])
def test_a_named_database_without_a_secret_is_refused(command: str, data_dir: Path) -> None:
    server = "postgresql+psycopg://trygg_app@127.0.0.1:1/trygg"
    reason = refused(command, "--data-dir", str(data_dir), TRYGG_DATABASE_URL=server)
    assert "there is no TRYGG_SECRET_KEY" in reason


def test_migrating_a_named_database_needs_its_owner(data_dir: Path) -> None:
    server = {"TRYGG_DATABASE_URL": "postgresql+psycopg://trygg_app@127.0.0.1:1/trygg", "TRYGG_SECRET_KEY": "x" * 32}
    assert "TRYGG_OWNER_DATABASE_URL is not set" in refused("migrate", "--data-dir", str(data_dir), **server)


def test_a_part_that_keeps_dying_ends_the_tree_with_the_reason() -> None:
    deaths = Deaths("serve")
    for _ in range(DEATHS - 1):
        deaths.count(1)
    with pytest.raises(Broken, match="serve died 5 times within a minute, at last with status 3"):
        deaths.count(3)


def test_a_step_that_does_not_succeed_ends_the_start() -> None:
    with pytest.raises(Broken, match=r"no-such-step did not succeed \(status 2\)"):
        Child("no-such-step", environment={}).finish()
