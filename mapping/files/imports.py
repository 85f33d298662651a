"""A file of deviations into the register (import): every line is added, known, quarantined or refused by name.

Nothing is committed here: whoever calls decides, all or nothing, when the result is known.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from sqlalchemy.orm import Session

from forum.foundation.errors import Invalid, shown
from forum.people.members import Member
from forum.register import bulk
from mapping.files.formulas import harmless
from mapping.files.mappings import ImportMapping
from mapping.files.rows import rows_of
from mapping.files.tables import Table

FIRST = 10
STEP = 500
"""Lines between two signs of progress."""
HEADER = ("line", "outcome", "source_ref", "field", "value", "reason", "remedy")
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Told:
    """A line that somebody has to look at: refused, quarantined, or added with a remark."""

    line: int
    outcome: str
    source_ref: str
    problems: Sequence[Invalid]


@dataclass(frozen=True)
class Result:
    """What became of a file."""

    added: int
    known: int
    told: list[Told]
    first: Sequence[bulk.Row] = ()
    """Some of the added rows, to be looked at."""

    def of(self, outcome: str) -> list[Told]:
        """Return the lines with that outcome."""
        return [line for line in self.told if line.outcome == outcome]


def take_in(
    session: Session, member: Member, mapping: ImportMapping, table: Table, progress: Progress | None = None
) -> Result:
    """Bring the table's rows into the register for the member's organisation, without committing."""
    told: list[Told] = []
    rows = _rows(mapping, table, told, progress)
    outcome = bulk.register_many(session, member, rows, source=mapping.source)
    for name in ("refused", "quarantined"):
        told += [Told(s.row.line, name, s.row.source_ref, s.problems) for s in outcome.of(name)]
    new = [settled.row for settled in outcome.of("added")]
    added = {row.line for row in new}
    told = [line for line in told if line.outcome != "added" or line.line in added]
    return Result(len(added), len(outcome.of("known")), sorted(told, key=lambda line: line.line), new[:FIRST])


def _rows(mapping: ImportMapping, table: Table, told: list[Told], progress: Progress | None) -> Iterator[bulk.Row]:
    """Yield the rows; lines that are none, and remarks on those that are, are told."""
    for count, mapped in enumerate(rows_of(mapping, table), 1):
        if mapped.problems:
            outcome = "added" if mapped.row else "refused"
            told.append(Told(mapped.line, outcome, mapped.source_ref, mapped.problems))
        if progress is not None and count % STEP == 0:
            progress(STEP)
        if mapped.row is not None:
            yield mapped.row


def write_report(file: TextIO, result: Result, language: str) -> None:
    """Write every line that somebody has to look at as CSV; nothing in it can run as a formula."""
    writer = csv.writer(file)
    writer.writerow(HEADER)
    for told in result.told:
        for problem in told.problems:
            value = "" if problem.value is None else shown(problem.value)
            cells = (told.source_ref, problem.field or "", value, problem.reason(language), problem.advice(language))
            writer.writerow([told.line, told.outcome, *map(harmless, cells)])
