"""The whole program as its operator starts it, to be killed and looked after."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dashboards.commands import main
from tests.proc import alive, descendants, first_of, wait_for

COMMAND = str(Path(sys.prefix).resolve() / "bin" / "trygghetsforum")


@dataclass
class Program:
    """The program as its operator starts it, on a data directory and a port of its own."""

    data_dir: Path
    port: int
    process: subprocess.Popen[str] | None = None
    tree: set[int] = field(default_factory=set)

    def start(self) -> None:
        command = [COMMAND, "run", "--no-demo", "--port", str(self.port), "--data-dir", str(self.data_dir)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TRYGG_")}
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == f"ready http://127.0.0.1:{self.port}\n"
        self.tree |= {self.process.pid} | descendants(self.process.pid)

    def kill(self) -> None:
        """End the program by a signal that nobody can catch; nothing of it may live on."""
        assert self.process is not None
        self.tree |= descendants(self.process.pid)
        self.process.kill()
        self._reap()
        wait_for(lambda: not self.left(), 30)

    def kill_database(self) -> None:
        assert self.process is not None
        children = descendants(self.process.pid)
        server = first_of(pid for pid in children if "bin/postgres " in command_of(pid))
        self.tree |= children
        os.kill(server, signal.SIGKILL)
        wait_for(lambda: not alive(server))
        wait_for(self.is_ready, 30)
        self.tree |= descendants(self.process.pid)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self._reap()

    def _reap(self) -> None:
        assert self.process is not None
        self.process.wait(20)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None

    def left(self) -> list[int]:
        """Return what still runs of all that the program ever started."""
        return [pid for pid in self.tree if alive(pid) and str(self.data_dir) in command_of(pid) + place_of(pid)]

    def is_ready(self) -> bool:
        try:
            return ask(self.port, "GET", "/readyz", {})[0] == 200
        except (OSError, HTTPException):
            return False

    def command(self, *words: str) -> str:
        """Return what a short command answers, called while the program runs."""
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("TRYGG_DATABASE_URL", raising=False)
            done = CliRunner().invoke(main, [*words, "--data-dir", str(self.data_dir)])
        assert done.exit_code == 0, done.output
        return done.stdout.strip()

    def verdicts(self) -> list[dict[str, Any]]:
        """Return what the verifier says of each chain of the journal."""
        done = CliRunner().invoke(main, ["audit", "verify", "--json", "--data-dir", str(self.data_dir)])
        found: list[dict[str, Any]] = json.loads(done.stdout)
        assert (done.exit_code == 0) is all(verdict["sound"] for verdict in found)
        return found


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def place_of(pid: int) -> str:
    """Return what tells a part whose command names no directory: its environment or where it stands."""
    try:
        return Path(f"/proc/{pid}/environ").read_text(errors="replace") + str(Path(f"/proc/{pid}/cwd").readlink())
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""


def ask(port: int, method: str, path: str, headers: dict[str, str], body: Any = None) -> tuple[int, Any]:
    """Return the status and the JSON of an answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        content = json.dumps(body).encode() if body is not None else None
        connection.request(method, path, content, {"Content-Type": "application/json"} | headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()
