"""Importing a file of deviations (import) by the command that people use, into a forum of its own database."""

from __future__ import annotations

import csv
import json
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.figures import Figure
from benchmarks.filling import WINDOW
from benchmarks.ground import READER, SLUG
from benchmarks.registering import TEXTS
from benchmarks.stage import Stage
from benchmarks.timing import Times
from dashboards.commands.tree import own_python

MAPPING = """
source = "{source}"
organisation = "{organisation}"
id = "id"
text = "{{text}}"
accuracy_m = 25
visibility = "forum"

[place]
lon = "lon"
lat = "lat"

[time]
from = "time"
zone = "Europe/Stockholm"

[category]
column = "category"
values = {{ lamp = "lighting" }}
"""


def measure(stage: Stage, rows: int, rounds: int) -> Figure:
    """Return the seconds for each row of the file, the command's start and its commit included."""
    folder = stage.cluster.data_dir.parent
    table, seconds = folder / "rows.csv", []
    write(table, rows)
    for number in range(rounds):
        mapping = folder / f"mapping{number}.toml"
        mapping.write_text(MAPPING.format(source=f"import {number}", organisation=READER), "utf-8")
        seconds.append(run(stage, table, mapping, rows) / rows)
    what = f"Importing a CSV file of {rows:,} rows by the command, screened and journaled"
    return Figure(what, stage.shown, "cold", Times(seconds), per_second=True)


def write(table: Path, rows: int) -> None:
    """Write a CSV file of deviations, the same ones every time but for the days, which are counted back from today."""
    chance, (west, south, east, north) = Random(2023), WINDOW
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    with table.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["id", "lon", "lat", "time", "category", "text"])
        for number in range(rows):
            moment = today - timedelta(days=1 + chance.randrange(1000), hours=chance.randrange(5, 20))
            point = (f"{chance.uniform(west, east):.6f}", f"{chance.uniform(south, north):.6f}")
            lines.writerow([number, *point, moment.isoformat(), "lamp", chance.choice(TEXTS)])


def run(stage: Stage, table: Path, mapping: Path, rows: int) -> float:
    """Import the file by the command, and return the seconds; every row must have been added."""
    words = ["deviations", "import", table, "--forum", SLUG, "--mapping", mapping, "--json"]
    command = [own_python(), "-P", "-m", "dashboards.commands", *words, "--data-dir", stage.cluster.data_dir]
    began = time.perf_counter()
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, cwd="/")
    took = time.perf_counter() - began
    if done.returncode != 0 or json.loads(done.stdout)["added"] != rows:
        raise RuntimeError(f"the import did not add every row: {done.stdout[-500:]} {done.stderr[-500:]}")
    return took
