"""A file of deviations into the register (import): every line is added, known, quarantined or refused by name.

Nothing is committed here: whoever calls decides, all or nothing, when the result is known.
"""

from __future__ import annotations

import csv
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

import orjson
from sqlalchemy.orm import Session

from forum.foundation.errors import ForumError, Invalid, shown
from forum.foundation.screening import find
from forum.people import organisations
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
    problems: Sequence[ForumError]


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

    @property
    def counts(self) -> dict[str, int]:
        """Return how many lines there are of each outcome."""
        others = {name: len(self.of(name)) for name in ("quarantined", "refused")}
        return {"added": self.added, "known": self.known, **others}


def take_in(
    session: Session, member: Member, mapping: ImportMapping, table: Table, progress: Progress | None = None
) -> Result:
    """Bring the table's rows into the register for the partner that the mapping names, without committing."""
    told: list[Told] = []
    partner = organisations.named(session, member.forum_id, mapping.organisation)
    rows = _rows(mapping, table, told, progress)
    outcome = bulk.register_many(session, member, rows, source=mapping.source, partner=partner)
    for name in ("refused", "quarantined"):
        told += [Told(s.row.line, name, s.row.source_ref, s.problems) for s in outcome.of(name)]
    new = [settled.row for settled in outcome.of("added")]
    added = {row.line for row in new}
    told = [line for line in told if line.outcome != "added" or line.line in added]
    return Result(len(added), len(outcome.of("known")), sorted(told, key=lambda line: line.line), new[:FIRST])


def refused(error: ForumError) -> Result:
    """Return the result of a file that was refused as a whole: its line 0 says why."""
    return Result(0, 0, [Told(0, "refused", "", error.problems if isinstance(error, Invalid) else [error])])


def packed(told: Sequence[Told]) -> bytes:
    """Return the lines as bytes that can be kept; what points at a person is left out of them."""
    lines = [(each.line, each.outcome, _harmless(each.source_ref), list(map(_plain, each.problems))) for each in told]
    return zlib.compress(orjson.dumps(lines))


def _plain(problem: ForumError) -> dict[str, Any]:
    value = None if problem.value is None else _harmless(shown(problem.value))
    params = {name: _harmless(given) if isinstance(given, str) else given for name, given in problem.params.items()}
    return {"message": problem.message, "field": problem.field, "value": value, "remedy": problem.remedy, **params}


def _harmless(words: str) -> str:
    return "…" if find(words) else words


def unpacked(content: bytes) -> list[Told]:
    """Return the lines that were packed."""
    lines = orjson.loads(zlib.decompress(content))
    return [Told(line, outcome, ref, [Invalid(**each) for each in problems]) for line, outcome, ref, problems in lines]


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


def write_report(file: TextIO, told: Sequence[Told], language: str) -> None:
    """Write every line that somebody has to look at as CSV; nothing in it can run as a formula."""
    writer = csv.writer(file)
    writer.writerow(HEADER)
    for each in told:
        for problem in each.problems:
            value = "" if problem.value is None else shown(problem.value)
            cells = (each.source_ref, problem.field or "", value, problem.reason(language), problem.advice(language))
            writer.writerow([each.line, each.outcome, *map(harmless, cells)])
