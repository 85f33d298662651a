"""Both sides as processes of their own (servrar): the program as `trygghetsforum serve` runs it, and its peers."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from benchmarks.clients import Client
from benchmarks.ground import Ground
from dashboards.commands.tree import own_python
from forum.foundation import postgres
from forum.foundation.cluster import PrivateCluster
from forum.foundation.datadir import prepare
from forum.foundation.processes import end, spawn

ROOT = Path(__file__).parents[1]
PEERS_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
START_SECONDS = 60.0


@dataclass(frozen=True)
class Sides:
    """Who answers: the program, tipg, and the plain path of FastAPI and the ORM."""

    ours: Client
    tipg: Client
    plain: Client


@contextmanager
def serving(cluster: PrivateCluster, ground: Ground) -> Iterator[Sides]:
    """Start the program and its peers on the running cluster, and end them afterwards."""
    with ExitStack() as stack:
        ours, tipg, plain = (_free_port() for _ in range(3))
        serve = [
            own_python(),
            "-P",
            "-m",
            "dashboards.commands",
            "serve",
            "--port",
            ours,
            "--data-dir",
            cluster.data_dir,
        ]
        stack.enter_context(_process(cluster, serve, {}, ours, "/readyz"))
        peer = [_real(PEERS_PYTHON), "-P", "-m", "uvicorn", "tipg.main:app", "--port", tipg, "--log-level", "warning"]
        stack.enter_context(_process(cluster, peer, tipg_settings(cluster, ground), tipg, "/healthz"))
        place = shutil.copy(ROOT / "benchmarks" / "plain.py", cluster.data_dir.parent)  # where the system user can read
        orm = [own_python(), "-P", "-m", "uvicorn", "--app-dir", Path(place).parent, "plain:app", "--port", plain]
        url = {"PLAIN_DATABASE_URL": cluster.app_url}
        stack.enter_context(_process(cluster, [*orm, "--log-level", "warning"], url, plain, "/openapi.json"))
        yield Sides(Client(ours, {"Authorization": f"Bearer {ground.token}"}), Client(tipg), Client(plain))


def tipg_settings(cluster: PrivateCluster, ground: Ground) -> Mapping[str, str]:
    """Return tipg's settings: the same role and rights, nothing left out, nothing looked up again during the run."""
    who = {"trygg.account": str(ground.account), "trygg.member": str(ground.member)}
    server = f"{quote(str(cluster.socket_dir), safe='')}:{postgres.PORT}"
    return {
        # what asyncpg does not know in an address it sends as settings of the session, where the row policies read them
        "DATABASE_URL": f"postgresql://{postgres.APPLICATION}@{server}/{postgres.DATABASE}?{urlencode(who)}",
        "TIPG_DB_SCHEMAS": json.dumps(["bench"]),
        "TIPG_DB_TABLES": json.dumps(["bench.deviations"]),
        "TIPG_DB_FUNCTIONS": json.dumps(["bench.cells"]),
        "TIPG_DB_SPATIAL_EXTENT": "false",
        "TIPG_DB_DATETIME_EXTENT": "false",
        "TIPG_TABLE_CONFIG__bench_deviations__datetimecol": "occurred_from",
        "TIPG_MAX_FEATURES_PER_QUERY": "1000000",
        "TIPG_MAX_FEATURES_PER_TILE": "1000000",
        "TIPG_TILE_BUFFER": "0",
        "TIPG_CATALOG_TTL": "0",
    }


@contextmanager
def _process(
    cluster: PrivateCluster, command: Sequence[object], environment: Mapping[str, str], port: int, ready: str
) -> Iterator[subprocess.Popen[bytes]]:
    log = cluster.data_dir.parent / f"{port}.log"
    with log.open("wb") as output:
        user = prepare(cluster.data_dir)
        process = spawn(command, user=user, ends_by=signal.SIGKILL, environment=environment, output=output)
    try:
        if not _answers(process, port, ready):
            raise RuntimeError(f"nobody answers {ready} on port {port}: {log.read_text()[-2000:]}")
        yield process
    finally:
        end(process, (signal.SIGTERM, 5.0))


def _answers(process: subprocess.Popen[bytes], port: int, ready: str) -> bool:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            Client(port).get(ready)
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


def _real(python: Path) -> Path:
    """Return the interpreter by its real folder: the way through a checkout may be closed to the system user."""
    return python.parent.resolve() / python.name
