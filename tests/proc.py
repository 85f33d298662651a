"""What the kernel says of processes: who lives, and whose children they are."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path


def _stat(pid: int) -> tuple[str, int] | None:
    try:
        state, parent, *_ = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return state, int(parent)


def alive(pid: int) -> bool:
    """Tell whether a process lives; one that has ended and is only not yet asked for does not."""
    found = _stat(pid)
    return found is not None and found[0] != "Z"


def descendants(pid: int) -> set[int]:
    """Return the children of a process, theirs, and so on."""
    everyone = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    children = {other for other in everyone if (_stat(other) or ("", 0))[1] == pid}
    return children.union(*(descendants(child) for child in children))


def first_of(pids: Iterable[int]) -> int:
    """Return the one process that none of the others has begun.

    A server's child carries the name of its parent until it has given itself another.
    """
    parents = {pid: found[1] for pid in pids if (found := _stat(pid)) is not None}
    (first,) = [pid for pid, parent in parents.items() if parent not in parents]
    return first


def wait_for(claim: Callable[[], bool], seconds: float = 15) -> None:
    """Return as soon as the claim is true; fail when it is not in time."""
    until = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)
