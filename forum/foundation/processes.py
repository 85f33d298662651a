"""Child processes that run as another user and die with us (underprocesser).

The kernel sends a child its parent-death signal when the *thread* that started it ends, so `spawn` is called
from the main thread, or from one that lives as long as the child shall. The signal is lost when a process
changes its user, so it is asked for after that, by a launcher between us and the child.
"""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, TypeVar

T = TypeVar("T")

PYTHON = str(Path(sys.executable).resolve())
"""The interpreter itself: the way to it through a checkout may be closed to the user whom a child runs as."""

LAUNCHER = """
import ctypes, os, sys
PR_SET_PDEATHSIG = 1
parent, number, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
if os.getppid() == parent:  # otherwise it died before we could ask to be told
    os.execv(command[0], command)
sys.exit(1)
"""
"""Handed over as text: the user whom the child runs as may not be able to read this file."""
INHERITED = ("PATH", "TZ", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR", "PYTHONDONTWRITEBYTECODE")
"""What a child gets of our environment, beside what it is given by name."""


def spawn(
    command: Sequence[object],
    *,
    user: pwd.struct_passwd,
    ends_by: signal.Signals,
    environment: Mapping[str, str] | None = None,
    output: int | IO[bytes] | None = None,
    files: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a program as `user`, in a session of its own; it gets the signal `ends_by` when we die.

    It inherits the open `files` by their numbers, and nothing else that we have open.
    """
    launcher = [PYTHON, "-I", "-S", "-c", LAUNCHER, str(os.getpid()), str(int(ends_by))]
    return subprocess.Popen(
        [*launcher, *map(str, command)],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        cwd="/",
        env=_environment(user) | dict(environment or {}),
        start_new_session=True,
        pass_fds=files,
        user=_if_root(user.pw_uid),
        group=_if_root(user.pw_gid),
        extra_groups=_if_root([]),
    )


def run(command: Sequence[object], *, user: pwd.struct_passwd) -> subprocess.CompletedProcess[str]:
    """Run a short program as `user` to its end and return what it said."""
    return subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
        cwd="/",
        env=_environment(user),
        user=_if_root(user.pw_uid),
        group=_if_root(user.pw_gid),
        extra_groups=_if_root([]),
    )


def become(user: pwd.struct_passwd) -> None:
    """Give up root for good and go on as `user`; for everyone else it changes nothing."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
        os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
        os.chdir("/")
        os.environ.update(HOME=user.pw_dir, USER=user.pw_name, LOGNAME=user.pw_name)


def end(process: subprocess.Popen[bytes], *steps: tuple[signal.Signals, float]) -> int:
    """End a child: send each signal in turn and wait its seconds, at last kill it; return its status."""
    for number, seconds in steps:
        if process.poll() is not None:
            break
        process.send_signal(number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
    if process.poll() is None:
        process.kill()
    return process.wait()


def _if_root(value: T) -> T | None:
    """Only root can, and has to, say as whom a child runs."""
    return value if os.geteuid() == 0 else None


def _environment(user: pwd.struct_passwd) -> dict[str, str]:
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {"LANG": "C.UTF-8"} | kept | {"HOME": user.pw_dir, "USER": user.pw_name, "LOGNAME": user.pw_name}
