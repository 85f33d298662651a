"""The printed report of a long period (utskriften): what its job does, in a process of its own, and its memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from benchmarks.figures import Figure
from benchmarks.ground import SLUG
from benchmarks.stage import Stage
from benchmarks.timing import Times
from dashboards import printing
from dashboards.commands.tree import own_python
from dashboards.shown import shown
from forum.foundation import rights
from forum.foundation.audience import Audience
from forum.foundation.database import make_engine, make_sessions
from forum.people import members
from forum.people.agreements import today
from mapping import picture

KILOBYTES = 1024
"""In a megabyte; the system counts memory in kilobytes."""


def measure(stage: Stage, rounds: int) -> Figure:
    """Return the seconds of one report, its process's start included; what it is called tells how much was in it."""
    seconds, most, counted = [], 0, 0
    command = [own_python(), "-m", "benchmarks.printing", stage.cluster.app_url, str(stage.ground.account)]
    for _ in range(rounds):
        began = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
        seconds.append(time.perf_counter() - began)
        said = json.loads(done.stdout)
        most, counted = max(most, said["kilobytes"] // KILOBYTES), said["counted"]
    what = f"The printed report of {counted:,} deviations, which a job makes; it never held more than {most:,} MB"
    return Figure(what, stage.shown, "cold", Times(seconds))


def main(url: str, account: str) -> None:
    """Print the picture of the longest period, and say how many deviations and how much memory it took."""
    with make_sessions(make_engine(url))() as session:
        rights.become(session, rights.Principal(account=UUID(account)))
        member = members.acting(session, UUID(account), SLUG)
        end = today() + timedelta(days=1)
        found = picture.picture(session, member, Audience.FORUM, end - timedelta(days=picture.LONGEST), end)
        paper = printing.on_paper(member, shown(session, member, found, "sv"))
    assert paper.startswith(b"%PDF")
    said = {"counted": found.total.count, "kilobytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
