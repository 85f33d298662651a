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
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

from benchmarks.clients import Client
from benchmarks.ground import Ground
from dashboards.commands.tree import own_python
from forum.foundation import postgres
from forum.foundation.cluster import PrivateCluster
from forum.foundation.datadir import prepare
from forum.foundation.processes import end, spawn
from forum.people.policy import Role

ROOT = Path(__file__).parents[1]
PEERS_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
START_SECONDS = 60.0


@dataclass(frozen=True)
class Sides:
    """Who answers: the program, tipg, and the plain path of FastAPI and the ORM."""

    ours: Client
    tipg: Client
    plain: Client


@dataclass(frozen=True)
class Server:
    """A process that answers on a port of its own."""

    port: int
    command: Sequence[object]
    ready: str
    """The address that it answers once it is ready."""
    environment: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def serving(cluster: PrivateCluster, ground: Ground) -> Iterator[Sides]:
    """Start the program and its peers on the running cluster, and end them afterwards."""
    ours, tipg, plain = _program(cluster), _tipg(cluster, ground), _plain(cluster)
    with ExitStack() as stack:
        started = [(server, stack.enter_context(_running(cluster, server))) for server in (ours, tipg, plain)]
        for server, process in started:
            if not _answers(server, process):
                raise RuntimeError(f"nobody answers {server.ready}: {_log(cluster, server).read_text()[-2000:]}")
        token = {"Authorization": f"Bearer {ground.token}"}
        yield Sides(Client(ours.port, token), Client(tipg.port), Client(plain.port))


def _program(cluster: PrivateCluster) -> Server:
    port = _free_port()
    words = ("serve", "--port", port, "--data-dir", cluster.data_dir)
    return Server(port, [own_python(), "-P", "-m", "dashboards.commands", *words], "/readyz")


def _tipg(cluster: PrivateCluster, ground: Ground) -> Server:
    port = _free_port()
    command = _uvicorn(PEERS_PYTHON.parent.resolve() / PEERS_PYTHON.name, "tipg.main:app", port)
    return Server(port, command, "/healthz", tipg_settings(cluster, ground))


def _plain(cluster: PrivateCluster) -> Server:
    port, place = _free_port(), cluster.data_dir.parent  # the system user can read there, if not in the checkout
    shutil.copy(ROOT / "benchmarks" / "plain.py", place)
    command = [*_uvicorn(own_python(), "plain:app", port), "--app-dir", place]
    return Server(port, command, "/openapi.json", {"PLAIN_DATABASE_URL": cluster.app_url})


def _uvicorn(python: object, app: str, port: int) -> list[object]:
    return [python, "-P", "-m", "uvicorn", app, "--port", port, "--log-level", "warning"]


def tipg_settings(cluster: PrivateCluster, ground: Ground) -> Mapping[str, str]:
    """Return tipg's settings: the same role and rights, nothing left out, nothing looked up again during the run."""
    who = {
        "trygg.account": str(ground.account),
        "trygg.member": str(ground.member),
        "trygg.forum": str(ground.forum),
        "trygg.organisation": str(ground.organisation),
        "trygg.authority": "true",
        "trygg.role": Role.REPORTER.value,
    }
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
def _running(cluster: PrivateCluster, server: Server) -> Iterator[subprocess.Popen[bytes]]:
    user = prepare(cluster.data_dir)
    with _log(cluster, server).open("wb") as log:
        process = spawn(server.command, user=user, ends_by=signal.SIGKILL, environment=server.environment, output=log)
    try:
        yield process
    finally:
        end(process, (signal.SIGTERM, 5.0))


def _log(cluster: PrivateCluster, server: Server) -> Path:
    return cluster.data_dir.parent / f"{server.port}.log"


def _answers(server: Server, process: subprocess.Popen[bytes]) -> bool:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            Client(server.port).get(server.ready)
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
