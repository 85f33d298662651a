"""The data directory: whose it is, who holds it now, and its secret (datakatalogen)."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import secrets
import time
from datetime import datetime
from pathlib import Path

from forum.foundation.clock import local, now
from forum.foundation.errors import Busy, Conflict
from forum.foundation.language import N_
from forum.foundation.processes import run

SYSTEM_USER = "trygghetsforum"
"""Whom everything of ours runs as when the program was started as root."""
PATIENCE = 0.5
"""Seconds in which a lock may still be let go: somebody only looked at it, or is just ending."""


def prepare(data_dir: Path) -> pwd.struct_passwd:
    """Make the directory where there is none, and return the user whose it is and who shall run everything.

    Root never keeps it: an empty directory is given to the system user, a used one stays its owner's.
    """
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.geteuid() == 0 and data_dir.stat().st_uid == 0:
        _give_away(data_dir)
    user = pwd.getpwuid(data_dir.stat().st_uid)
    if os.geteuid() not in {0, user.pw_uid}:
        message = N_("The data in %(directory)s belong to %(user)s.")
        raise Conflict(message, directory=str(data_dir), user=user.pw_name)
    data_dir.chmod(0o700)
    if run(["/usr/bin/test", "-w", data_dir], user=user).returncode != 0:
        message = N_("The user %(user)s cannot reach %(directory)s.")
        remedy = N_("Choose a place outside root's home with --data-dir.")
        raise Conflict(message, remedy=remedy, user=user.pw_name, directory=str(data_dir))
    return user


def _give_away(data_dir: Path) -> None:
    try:
        user = pwd.getpwnam(SYSTEM_USER)
    except KeyError as error:
        message, remedy = N_("There is no system user %(user)s."), N_("Run make setup as root first.")
        raise Conflict(message, remedy=remedy, user=SYSTEM_USER) from error
    if any(data_dir.iterdir()):
        message = N_("%(directory)s belongs to root and is not empty.")
        raise Conflict(message, remedy=N_("Give an empty or a new directory."), directory=str(data_dir))
    os.chown(data_dir, user.pw_uid, user.pw_gid)


def private(path: str | Path, flags: int) -> int:
    """Open a file of the data directory, also for `open`: for its owner only, and never through a link."""
    descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0 and flags & os.O_CREAT:
        owner = Path(path).parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def private_directory(path: Path) -> None:
    """Make a directory for its parent's owner only, where there is none; root's short commands keep none either."""
    if not path.exists():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() == 0:
            owner = path.parent.stat()
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def secret(data_dir: Path) -> str:
    """Return the installation's secret, made at the first asking and readable by its owner only."""
    path = data_dir / "secret"
    if not path.exists():
        draft = data_dir / f"secret.{secrets.token_hex(4)}"
        with open(draft, "x", encoding="ascii", opener=private) as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another was quicker: theirs counts
            path.hardlink_to(draft)
        draft.unlink()
    with open(path, encoding="ascii", opener=private) as file:
        return file.read()


class Lock:
    """The claim on a data directory: held by one living process, gone with it, whatever way it ends."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._descriptor: int | None = None

    def take(self) -> None:
        """Hold the directory, or raise Busy naming who holds it and since when."""
        descriptor = private(self._data_dir / "lock", os.O_RDWR | os.O_CREAT)
        if not _locked(descriptor, fcntl.LOCK_EX, PATIENCE):
            pid, since = _holder(descriptor)
            os.close(descriptor)
            raise _busy(self._data_dir, pid, since)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {now().isoformat(timespec='seconds')}".encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Let the directory go."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


def held_by(data_dir: Path) -> int | None:
    """Return the process that holds the directory, or None."""
    holder = _look(data_dir)
    return holder[0] if holder else None


def require_free(data_dir: Path) -> None:
    """Raise Busy, naming the holder, when a process holds the directory now."""
    if holder := _look(data_dir):
        raise _busy(data_dir, *holder)


def _look(data_dir: Path) -> tuple[int, str] | None:
    try:
        descriptor = private(data_dir / "lock", os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        return None if _locked(descriptor, fcntl.LOCK_SH, 0) else _holder(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int, how: int, patience: float) -> bool:
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.05)
        else:
            return True


def _holder(descriptor: int) -> tuple[int, str]:
    pid, _, since = os.pread(descriptor, 100, 0).decode("ascii").partition(" ")
    return int(pid or 0), since


def _busy(data_dir: Path, pid: int, since: str) -> Busy:
    message = N_("The data in %(directory)s are held by process %(pid)s since %(since)s.")
    remedy = N_("End that process first, or choose another place with --data-dir.")
    moment = local(datetime.fromisoformat(since)).strftime("%Y-%m-%d %H:%M:%S") if since else "?"
    return Busy(message, remedy=remedy, directory=str(data_dir), pid=pid, since=moment)
