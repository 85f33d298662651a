"""The run's table (rapport): printed, and written into docs/performance.md, which has no other source."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.figures import Figure
from benchmarks.servers import ROOT

DOCUMENT = ROOT / "docs" / "performance.md"
HEADER = ("what", "rows", "", "ours: median (best)", "peer: median (best)", "ratio", "goal")
INTRODUCTION = """\
# How quick it is

This page is written by `make bench` and by nothing else. Both sides answer over loopback HTTP from processes of their
own, on the same PostgreSQL with fsync on, as the same role and member, so that the same row policies hold for both.
Before any time is taken, what both answer is compared with what a plain question to the tables says. The sides are
asked in turn. *Cold* is the first request after the program, the peer and PostgreSQL were started (the operating system
keeps its file cache; for the map: an empty browser cache); *warm* follows a few requests. Our program remembers what it
read until something is written in the forum, so warm readings are taken twice: asked anew, each time with another
address that nothing remembers, and the same again. The peer is asked the same each time. Ratios are those of the
medians: more than 1x means that we are quicker. The machine is shared and times vary from run to run, ratios less.

tipg gets each page's rows in our order and counts them as we do. It shows a view without the names of categories and
organisations, which our answer has. Rows: so many are what the reader is shown; a fifth more are hidden or withdrawn.
"""


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a Markdown table."""
    lines = [HEADER, tuple("---" for _ in HEADER), *(figure.cells() for figure in figures)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def document(figures: Sequence[Figure], facts: Sequence[str]) -> str:
    """Return the page."""
    listed = "\n".join(f"- {fact}" for fact in facts)
    return f"{INTRODUCTION}\n{table(figures)}\n\n{listed}\n"


def write(figures: Sequence[Figure], facts: Sequence[str]) -> None:
    """Write the page."""
    DOCUMENT.write_text(document(figures, facts), "utf-8")
