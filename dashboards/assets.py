"""Our static files (tillgångar): an address names the files' common version, so it never changes what it holds."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
LOADED = (".css", ".js", ".mjs", ".svg", ".woff2")
"""The endings of what a page loads; licences and icons are not among them."""


class Lasting(StaticFiles):
    """Static files that a browser may keep for good."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Answer with the file, and say that it never changes."""
        answer = super().file_response(full_path, stat_result, scope, status_code)
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return answer


@cache
def version() -> str:
    """Return what stands for the content of all static files."""
    digest = hashlib.sha256()
    for path in sorted(path for path in STATIC.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(STATIC)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def base() -> str:
    """Return what the address of every static file begins with."""
    return f"/static/{version()}/"


def address(name: str) -> str:
    """Return a static file's address."""
    return base() + name


def loaded() -> list[str]:
    """Return the addresses of everything that a page may load."""
    files = (path for path in STATIC.rglob("*") if path.is_file() and path.suffix in LOADED)
    return sorted(address(path.relative_to(STATIC).as_posix()) for path in files)
