"""What a run was made with (maskin): figures mean nothing without it."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import text

from benchmarks.ground import administrator
from benchmarks.servers import PEERS_PYTHON, ROOT
from forum.foundation.cluster import PrivateCluster

OURS = ("fastapi", "sqlalchemy", "psycopg", "orjson", "uvicorn", "numpy", "scipy")
PEERS = ("tipg", "asyncpg", "fastapi", "uvicorn", "esda", "pointpats", "KDEpy", "scikit-learn", "numba")
ASK = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"


def when() -> str:
    """Return the day and the commit, with a word where the tree has changes that no commit has."""
    commit = _said("git", "-C", ROOT, "rev-parse", "--short", "HEAD")
    changed = " with uncommitted changes" if _said("git", "-C", ROOT, "status", "--porcelain", "-uno") else ""
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit}{changed}"


def load() -> str:
    """Return the load averages of the last minute, five and fifteen."""
    return ", ".join(f"{average:.2f}" for average in os.getloadavg())


def described(cluster: PrivateCluster | None = None) -> list[str]:
    """Return the machine and the versions, a line each; without a cluster nothing of its server."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    peers = _said(PEERS_PYTHON, "-c", ASK, *PEERS).split()
    return [
        f"Machine: {os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB, {platform.system()} {platform.release()}",
        f"Python {platform.python_version()}" + (_server(cluster) if cluster else ""),
        "Ours: " + ", ".join(f"{name} {version(name)}" for name in OURS),
        "Peers: " + ", ".join(f"{name} {found}" for name, found in zip(PEERS, peers, strict=True)),
    ]


def _server(cluster: PrivateCluster) -> str:
    with administrator(cluster).connect() as connection:
        postgres = connection.scalar(text("SHOW server_version"))
        postgis = connection.scalar(text("SELECT postgis_lib_version()"))
        fsync = connection.scalar(text("SHOW fsync"))
    return f", PostgreSQL {postgres}, PostGIS {postgis}, fsync {fsync}"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _said(*command: object) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True)
    return done.stdout.strip()
