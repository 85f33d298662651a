"""The private PostgreSQL that the program makes and runs itself (det egna databasklustret).

One process holds a data directory at a time. PostgreSQL is reached through a Unix socket in a directory that
only its owner may enter, and dies with the process that started it; what an earlier `kill -9` left behind is
ended first.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Self
from urllib.parse import quote

import psycopg

from forum.foundation import postgres
from forum.foundation.datadir import Lock, held_by, prepare, private, secret
from forum.foundation.errors import Busy, Conflict
from forum.foundation.language import N_
from forum.foundation.processes import end, run, spawn

__all__ = ["PrivateCluster", "held_by", "reach", "secret"]

SOCKET_PATH_BYTES = 107
"""What the kernel takes as the path of a Unix socket."""
START_SECONDS = 120.0
"""Recovery after a crash replays at most max_wal_size; more than this is a fault."""
ORPHAN_SECONDS = 20.0
"""How long a start waits for what is left of an earlier server to let its shared memory go."""
ENDING = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 8.0))
"""Fast shutdown with a checkpoint first; then at once, to be recovered at the next start."""


class PrivateCluster:
    """A PostgreSQL on `data_dir` that belongs to this process; use it as a context manager."""

    def __init__(self, data_dir: Path, *, fsync: bool = True) -> None:
        self.data_dir = data_dir.resolve()
        self._fsync = fsync
        self._lock = Lock(self.data_dir)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pgdata(self) -> Path:
        """Return PostgreSQL's own directory."""
        return self.data_dir / "postgres"

    @property
    def socket_dir(self) -> Path:
        """Return where the socket stands: beside the data, or in /tmp when that path is too long."""
        beside = self.data_dir / "socket"
        name = os.fsencode(beside / f".s.PGSQL.{postgres.PORT}")
        if len(name) <= SOCKET_PATH_BYTES and re.fullmatch(rb"[A-Za-z0-9/._-]+", name):
            return beside
        digest = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        return Path("/tmp") / f"trygg-{self.data_dir.stat().st_uid}-{digest}"

    @property
    def app_url(self) -> str:
        """Return the address for the application role."""
        return self._url(postgres.APPLICATION)

    @property
    def owner_url(self) -> str:
        """Return the address for the role that owns the tables."""
        return self._url(postgres.OWNER)

    @property
    def superuser_url(self) -> str:
        """Return the address for the database's administrator."""
        return self._url(postgres.SUPERUSER)

    def _url(self, role: str) -> str:
        host = quote(str(self.socket_dir), safe="/")
        return f"postgresql+psycopg://{role}@/{postgres.DATABASE}?host={host}&port={postgres.PORT}"

    @property
    def pid(self) -> int | None:
        """Return PostgreSQL's process while it lives."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self) -> None:
        """Take the directory, make the cluster where there is none, start it and see to roles and extensions.

        Call it from the main thread: PostgreSQL ends when the thread that started it does.
        """
        user = prepare(self.data_dir)
        self._lock.take()
        try:
            self._start(user)
        except BaseException:
            self.stop()
            raise

    def revive(self) -> None:
        """Start PostgreSQL again after it died; the directory stays ours meanwhile."""
        self._start(prepare(self.data_dir))

    def stop(self) -> None:
        """End PostgreSQL and let the directory go."""
        if self._process is not None:
            end(self._process, *ENDING)
            self._process = None
            with contextlib.suppress(OSError):  # not empty after a crash: the next start uses it again
                self.socket_dir.rmdir()
        self._lock.release()

    def __enter__(self) -> Self:
        """Start the cluster."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the cluster."""
        self.stop()

    def _start(self, user: pwd.struct_passwd) -> None:
        _end_left_over(self.pgdata)
        if not self.pgdata.exists():
            self._make(user)
        version = (self.pgdata / "PG_VERSION").read_text().strip()
        programs = postgres.programs(version)
        self._write_access(user)
        _own_directory(self.socket_dir, user)
        until = time.monotonic() + ORPHAN_SECONDS
        while not self._came_up(programs, user):
            if "shared memory" not in self._said() or time.monotonic() >= until:
                raise Conflict(N_("PostgreSQL does not start: %(reason)s"), reason=self._said())
            time.sleep(0.2)
        self._set_up()

    def _make(self, user: pwd.struct_passwd) -> None:
        draft = self.data_dir / "postgres.making"
        if draft.exists():  # an earlier attempt was cut short
            shutil.rmtree(draft)
        sync = [] if self._fsync else ["--no-sync"]
        made = run([postgres.programs() / "initdb", *postgres.INITDB, *sync, f"--pgdata={draft}"], user=user)
        if made.returncode != 0:
            raise Conflict(N_("PostgreSQL does not start: %(reason)s"), reason=made.stderr.strip())
        draft.rename(self.pgdata)

    def _write_access(self, user: pwd.struct_passwd) -> None:
        rules = {"pg_hba.conf": postgres.access_rules(), "pg_ident.conf": postgres.identities(user.pw_name)}
        for name, lines in rules.items():
            with open(self.pgdata / name, "w", encoding="utf-8", opener=private) as file:
                file.write(lines)

    def _came_up(self, programs: Path, user: pwd.struct_passwd) -> bool:
        settings = postgres.SETTINGS | (postgres.DURABLE if self._fsync else postgres.THROW_AWAY)
        settings |= {"unix_socket_directories": str(self.socket_dir), "log_directory": str(self._log_dir)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with open(self._start_log, "wb", opener=private) as log:
            command = [programs / "postgres", "-D", self.pgdata, *options]
            self._process = spawn(command, user=user, ends_by=signal.SIGQUIT, output=log)
        until = time.monotonic() + START_SECONDS
        while self._process.poll() is None and time.monotonic() < until:
            if _status(self.pgdata) == (self._process.pid, "ready"):
                return True
            time.sleep(0.02)
        end(self._process, *ENDING)
        return False

    @property
    def _log_dir(self) -> Path:
        return self.data_dir / "log"

    @property
    def _start_log(self) -> Path:
        return self.data_dir / "start.log"

    def _said(self) -> str:
        return self._start_log.read_text(errors="replace").strip()

    def _set_up(self) -> None:
        name = postgres.DATABASE
        with self._as_superuser("postgres") as admin:
            if not admin.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchall():
                admin.execute(f"CREATE DATABASE {name}")
        with self._as_superuser(name) as admin:
            admin.execute((files("forum") / "data" / "roles.sql").read_bytes())

    def _as_superuser(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        host, user = str(self.socket_dir), postgres.SUPERUSER
        return psycopg.connect(host=host, port=postgres.PORT, user=user, dbname=database, autocommit=True)


@contextlib.contextmanager
def reach(data_dir: Path) -> Iterator[PrivateCluster]:
    """Lend the cluster to a short command: the one that runs, or one started for the moment."""
    cluster = PrivateCluster(data_dir)
    try:
        if held_by(cluster.data_dir) is None:
            cluster.start()
    except Busy:  # another was quicker
        pass
    _await_ready(cluster.pgdata)
    try:
        yield cluster
    finally:
        cluster.stop()  # leaves alone what another process holds


def _await_ready(pgdata: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while _status(pgdata)[1] != "ready":
        if time.monotonic() >= until:
            raise Conflict(N_("PostgreSQL does not start: %(reason)s"), reason="…")
        time.sleep(0.05)


def _status(pgdata: Path) -> tuple[int, str]:
    """Return the server's process and state as it notes them itself."""
    try:
        lines = (pgdata / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return 0, ""
    return (int(lines[0]), lines[7].strip()) if len(lines) > 7 else (0, "")


def _end_left_over(pgdata: Path) -> None:
    """End the server, or parts of one, that outlived the program that owned it."""
    for number, seconds in (*ENDING, (signal.SIGKILL, 5.0)):
        for pid in _servers_on(pgdata):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        until = time.monotonic() + seconds
        while _servers_on(pgdata):
            if time.monotonic() >= until:
                break
            time.sleep(0.02)
        else:
            return


def _servers_on(pgdata: Path) -> list[int]:
    """Return the processes of PostgreSQL that work in the directory: each of them stands in it."""
    processes = (entry for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [int(entry.name) for entry in processes if _works_in(entry, pgdata)]


def _works_in(entry: Path, pgdata: Path) -> bool:
    try:
        return (entry / "exe").readlink().name.startswith("postgres") and (entry / "cwd").readlink() == pgdata
    except OSError:  # another user's, or gone meanwhile
        return False


def _own_directory(path: Path, user: pwd.struct_passwd) -> None:
    """Make a directory that only `user` may enter, or raise Conflict where somebody else made it before."""
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    found = path.lstat()
    if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() != user.pw_uid:
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
        found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user.pw_uid or stat.S_IMODE(found.st_mode) != 0o700:
        message = N_("%(directory)s is not a directory of %(user)s alone.")
        raise Conflict(message, remedy=N_("Remove it."), directory=str(path), user=user.pw_name)
