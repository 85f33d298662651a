"""The process tree (processträdet): PostgreSQL, web and worker under one supervisor that holds no state.

A child that dies is started again; one that keeps dying ends the tree with the reason. When the supervisor is
killed the kernel kills the children with it.
"""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import click

from forum.foundation.cluster import PrivateCluster
from forum.foundation.errors import Conflict
from forum.foundation.language import N_
from forum.foundation.processes import end, spawn

DEATHS = 5
WITHIN = 60.0
"""So many deaths of one child within so many seconds end the tree."""
READY_SECONDS = 60.0
LOOK = 0.2
"""Seconds between two looks at the children."""
ENDING = ((signal.SIGTERM, 5.0),)
STDERR = 2
"""Where the parts say what they have to say: our own standard output holds one line."""
SEE_ABOVE = N_("The lines above say why.")


class Broken(Conflict):
    """A part of the program does not do its work."""


@dataclass
class Deaths:
    """Counts the deaths of one child."""

    name: str
    moments: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS))

    def count(self, status: int | None) -> None:
        """Note one, or raise Broken when it was one too many."""
        self.moments.append(time.monotonic())
        if len(self.moments) == DEATHS and self.moments[-1] - self.moments[0] < WITHIN:
            message = N_("%(name)s died %(count)s times within a minute, at last with status %(status)s.")
            raise Broken(message, remedy=SEE_ABOVE, name=self.name, count=DEATHS, status=status)


class Child:
    """One process of ours: a subcommand of this program, started again when it dies."""

    def __init__(self, *arguments: str, environment: Mapping[str, str], files: Sequence[int] = ()) -> None:
        self.name = arguments[0]
        self._command = (own_python(), "-P", "-m", "dashboards.commands", *arguments)
        self._environment, self._files = environment, files
        self._deaths = Deaths(self.name)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Return the process, while there is one."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the process; it is killed when we die."""
        self._process = spawn(
            self._command,
            user=pwd.getpwuid(os.geteuid()),
            ends_by=signal.SIGKILL,
            environment=self._environment,
            output=STDERR,
            files=self._files,
        )

    def finish(self) -> None:
        """Run it to its end, or raise Broken when it does not succeed."""
        self.start()
        try:
            status = self._process.wait() if self._process is not None else 0
        finally:
            self.end()
        if status != 0:
            message = N_("%(name)s did not succeed (status %(status)s).")
            raise Broken(message, remedy=SEE_ABOVE, name=self.name, status=status)

    def look(self) -> None:
        """Start it again if it died."""
        if self._process is not None and (status := self._process.poll()) is not None:
            say(f"{self.name} ended with status {status}; it is started again")
            self._deaths.count(status)
            self.start()

    def ask_to_end(self) -> None:
        """Let it begin to end while others are asked."""
        if self._process is not None:
            self._process.terminate()

    def end(self) -> None:
        """End it, within seconds."""
        if self._process is not None:
            end(self._process, *ENDING)


def own_python() -> str:
    """Return our interpreter by its real place: the way through a checkout may be closed to the system user."""
    return str(Path(sys.prefix).resolve() / "bin" / "python")


def say(sentence: str) -> None:
    """Tell the administrator, on standard error."""
    click.echo(f"trygghetsforum: {sentence}", err=True)


def end_on_signals() -> None:
    """Let SIGTERM and SIGINT unwind the program from wherever it is; the second one is too many."""

    def leave(*_: object) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        raise SystemExit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)


def reviver(cluster: PrivateCluster | None) -> Callable[[], None]:
    """Return what starts the private PostgreSQL again when it died."""
    deaths = Deaths("PostgreSQL")

    def look() -> None:
        if cluster is not None and cluster.pid is None:
            say("PostgreSQL ended; it is started again")
            deaths.count(None)
            cluster.revive()

    return look


def supervise(children: list[Child], *, look: Callable[[], None], on_ready: Callable[[], None], address: str) -> None:
    """Start the children and keep them, until a signal unwinds us; then end them all within seconds.

    `look` looks after what is no child of this list; `on_ready` is called once, when `address` answers.
    """
    try:
        for child in children:
            child.start()
        until = time.monotonic() + READY_SECONDS
        while not answers(address):
            if time.monotonic() > until:
                raise Broken(N_("%(address)s does not answer."), address=address, remedy=SEE_ABOVE)
            _look_after(children, look)
        on_ready()
        while True:
            _look_after(children, look)
    finally:
        for child in children:
            child.ask_to_end()
        for child in children:
            child.end()


def _look_after(children: list[Child], look: Callable[[], None]) -> None:
    time.sleep(LOOK)
    look()
    for child in children:
        child.look()


def answers(address: str) -> bool:
    """Tell whether the program at the address says that it is ready."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
