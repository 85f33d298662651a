"""PostgreSQL's own programs and how the private cluster is set (PostgreSQL-programmen)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from forum.foundation.errors import Conflict
from forum.foundation.language import N_

DATABASE = "trygg"
SUPERUSER = "trygg_super"
OWNER = "trygg_owner"
APPLICATION = "trygg_app"
PORT = 5432
"""Part of the socket's name only; no network port is ever opened."""

INITDB = (
    f"--username={SUPERUSER}",
    "--auth-local=peer",
    "--auth-host=reject",
    "--data-checksums",
    "--encoding=UTF8",
    # byte by byte, so that no index depends on a library's version; lists for people name a collation
    "--locale=C.UTF-8",
    "--lc-collate=C",
    "--lc-messages=C",
    "--no-instructions",
)

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    # for a machine with 2 GB that does other things too
    "max_connections": "60",
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "512MB",
    "jit": "off",
    # a log of seven days that holds no row: PostgreSQL repeats failing rows and statements in it otherwise
    "logging_collector": "on",
    "log_filename": "postgres-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
THROW_AWAY = dict.fromkeys(DURABLE, "off")
"""For tests: a power cut may destroy the cluster."""


def programs(version: str | None = None) -> Path:
    """Return the folder with initdb and postgres: those of `version`, else the newest that have PostGIS."""
    found = [folder for folder in _folders() if version in {None, _version(folder)}]
    for folder in found:
        if _has_postgis(folder):
            return folder
    message = N_("PostgreSQL %(version)s with PostGIS is not installed.")
    raise Conflict(message, remedy=N_("Run make setup."), version=version or "")


def _folders() -> list[Path]:
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    newest_first = sorted(debian, key=lambda folder: float(folder.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    folders = [*newest_first, *([Path(on_path).resolve().parent] if on_path else [])]
    return [folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_config").exists()]


def _version(folder: Path) -> str:
    return _config(folder, "--version").split()[1].split(".")[0]


def _has_postgis(folder: Path) -> bool:
    return (Path(_config(folder, "--sharedir")) / "extension" / "postgis.control").exists()


def _config(folder: Path, option: str) -> str:
    answer = subprocess.run([folder / "pg_config", option], capture_output=True, text=True, check=True)
    return answer.stdout.strip()


def access_rules() -> str:
    """Return pg_hba.conf: one comes through the socket, as whom the kernel says, or not at all."""
    return "local all all peer map=trygg\n"


def identities(os_user: str) -> str:
    """Return pg_ident.conf: the cluster's own user, and root for short commands, may be each of our roles."""
    roles = (APPLICATION, OWNER, SUPERUSER)
    return "".join(f'trygg "{user}" {role}\n' for user in (os_user, "root") for role in roles)
