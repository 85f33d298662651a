"""Runs the benchmarks: `python -m benchmarks [what …]`; all of them, and the page in docs, when nothing is named."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from benchmarks import analyses, first_view, importing, machine, printing, registering, report
from benchmarks.figures import Figure
from benchmarks.stage import Stage, cold, filled, warm
from dashboards.commands.tree import end_on_signals

ANEW = ("page", "page-window", "geojson", "tile", "cells", "cells-middle")
AGAIN = tuple(f"{name}-again" for name in ANEW[:4])
READINGS = (*ANEW, *AGAIN)
OTHERS = ("register", "import", "view", "print")
SIZES = (10_000, 100_000)
ROUNDS, COLD_ROUNDS = 15, 3
WRITING_ROUNDS, IMPORTS, VIEWS, PRINTS = 5, 2, 5, 2


def main() -> None:
    """Run what was asked for and print each figure as it comes."""
    asked = _asked()
    end_on_signals()
    names = asked.what or [*READINGS, *OTHERS, *analyses.NAMES]
    began, figures, facts = machine.load(), list[Figure](), machine.described()
    for rows in asked.rows if set(names) - set(analyses.NAMES) else ():
        with filled(rows) as stage:
            facts = machine.described(stage.cluster)
            figures += _printed(measured(stage, names, asked.rounds))
    figures += _printed(analyses.figures(names))
    facts = [machine.when(), f"Load average before: {began}; after: {machine.load()}", *facts, *analyses.facts(names)]
    print("\n".join(facts))
    if not asked.what or asked.write:
        report.write(figures, facts)


def _printed(figures: Iterator[Figure]) -> Iterator[Figure]:
    for figure in figures:
        print(" | ".join(figure.cells()), flush=True)
        yield figure


def measured(stage: Stage, names: Sequence[str], rounds: int) -> Iterator[Figure]:
    """Yield a figure for each thing: warm ones, then what writes, then cold ones."""
    readings = stage.readings([name for name in names if name in READINGS])
    with stage.begun() as sides:
        for reading in readings:
            yield warm(stage, sides, reading, rounds)
        if "view" in names:
            yield from first_view.measure(stage, sides, VIEWS)
    for reading in readings:
        if reading.name in ANEW:
            yield cold(stage, reading, COLD_ROUNDS)
    with stage.begun() as sides:
        if "print" in names:
            yield printing.measure(stage, PRINTS)
        if "register" in names:
            yield registering.measure(stage, sides, WRITING_ROUNDS)
        if "import" in names:
            yield importing.measure(stage, stage.shown, IMPORTS)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "what", nargs="*", choices=[*READINGS, *OTHERS, *analyses.NAMES, []], help="Without it: everything"
    )
    parser.add_argument(
        "--rows", type=int, nargs="+", default=SIZES, help="What the reader is shown; default %(default)s"
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="Requests to each side; default %(default)s")
    parser.add_argument("--write", action="store_true", help="Write docs/performance.md also from a part of it")
    return parser.parse_args()


if __name__ == "__main__":
    main()
