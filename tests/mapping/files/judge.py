"""Reads files in a process of its own, each within a second of the processor, and tells what became of them.

Called by test_hostile.py with the paths as arguments; one line of JSON for each. A file that takes longer ends the
process (SIGPROF), so that its line is missing.
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

from forum.foundation.errors import Invalid
from mapping.files.formats import content_of
from mapping.files.sources import table_of
from mapping.files.tables import Layout

SECONDS = 1.0


def peak() -> int:
    """Return the most memory that the process has held, in megabytes."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def judged(path: Path) -> dict[str, object]:
    """Return what is said of the file: refused as a whole, or row by row."""
    try:
        table = table_of(path.name, content_of(path), Layout())
        rows = [line.problem or (line.place if isinstance(line.place, Invalid) else None) for line in table.lines]
    except Invalid as error:
        return {"field": error.field, "value": str(error.value), "said": str(error), "remedy": error.remedy}
    return {"rows": [str(problem) if problem else None for problem in rows[:3]], "count": len(rows)}


if __name__ == "__main__":
    for name in sys.argv[1:]:
        Path("/proc/self/clear_refs").write_text("5")  # forgets the peak of the file before
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        found = judged(Path(name))
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.write(json.dumps({"name": Path(name).name, "peak": peak(), **found}) + "\n")
        sys.stdout.flush()
