"""The hand-written tables of the demo (demons tabeller), read once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """Return one of the tables in `forum/data/demo` as plain values."""
    return tomllib.loads((files("forum") / "data" / "demo" / f"{name}.toml").read_text(encoding="utf-8"))
