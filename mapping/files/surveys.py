"""A file of figures into the register (trygghetsmätningar): its mapping, its rows, and what became of each.

Nothing is committed here: whoever calls decides, all or nothing, when the result is known. docs/import.md explains it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from sqlalchemy.orm import Session

from forum.foundation.errors import Invalid, outside, raise_all
from forum.foundation.language import N_
from forum.foundation.plain import number
from forum.people.members import Member
from forum.register import surveys
from forum.register.surveys import Figure, Kind
from mapping.files.formats import content_of
from mapping.files.imports import FIRST, STEP, Progress, Result, Told
from mapping.files.mappings import MOST_BYTES, Choice, Keys, choice_of, layout_of, toml_keys
from mapping.files.sources import table_of
from mapping.files.tables import Cells, Layout, Line, Table

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx")
UNITS = {"percent": 100, "share": 1}
"""How a share is written, and what a whole is."""
SPACES = str.maketrans("", "", " \u00a0\u202f")
"""Between thousands."""
SHARES, COUNTS = ("share", "low", "high"), ("respondents", "count", "population")
COLUMNS = {
    Kind.PERCEIVED: (("share", "respondents"), ("low", "high", "population")),
    Kind.REPORTED: (("count",), ("population",)),
}
"""The columns of numbers of each kind of figure: those that it must have, and those that it may."""


@dataclass(frozen=True)
class SurveyMapping:
    """What each column of a file of figures means."""

    kind: Kind
    source: Choice
    publisher: Choice
    topic: Choice
    year: Choice
    area: str
    numbers: dict[str, str]
    """The column of each number."""
    whole: int
    decimal: str
    file: Layout

    def columns(self) -> list[str]:
        """Return the columns that the file must have."""
        choices = (self.source, self.publisher, self.topic, self.year)
        named = (self.area, *(choice.column for choice in choices), *self.numbers.values())
        return list(dict.fromkeys(name for name in named if name))

    def require_columns(self, table: Table) -> None:
        """Refuse a file that lacks a column of the mapping, all that are missing are named."""
        there, remedy = ", ".join(table.columns), N_("The file has: %(columns)s. Check names and delimiter.")
        message = N_("The file has no such column.")
        missing = [name for name in self.columns() if name not in table.columns]
        raise_all([Invalid(message, field="column", value=name, remedy=remedy, columns=there) for name in missing])


@dataclass(frozen=True)
class Taken(Result):
    """What became of a file of figures."""

    figures: Sequence[Figure] = ()
    """Some of those that were added, to be looked at."""

    @property
    def counts(self) -> dict[str, int]:
        """Return how many lines there are of each outcome; none waits in quarantine."""
        return {"added": self.added, "known": self.known, "refused": len(self.of("refused"))}


def read_mapping(path: Path) -> SurveyMapping:
    """Return the mapping of a TOML file; everything that is wrong with it is said at once."""
    return mapping_of(toml_keys(path.name, content_of(path, MOST_BYTES)))


def mapping_of(raw: dict[str, Any]) -> SurveyMapping:
    """Return the mapping that the keys say; everything that is wrong with them is said at once."""
    problems: list[Invalid] = []
    mapping = _mapping(Keys(raw, "", problems))
    raise_all(problems)
    return mapping


def _mapping(keys: Keys) -> SurveyMapping:
    kind = Kind(keys.words("kind", among=tuple(Kind)) or Kind.PERCEIVED)
    required, optional = COLUMNS[kind]
    numbers = {name: keys.words(name) for name in required} | {name: keys.words(name, "") for name in optional}
    mapping = SurveyMapping(
        kind=kind,
        source=choice_of(keys, "source", None),
        publisher=choice_of(keys, "publisher", None),
        topic=choice_of(keys, "topic", None),
        year=choice_of(keys, "year", None),
        area=keys.words("area"),
        numbers={name: column for name, column in numbers.items() if column},
        whole=UNITS.get(keys.words("unit", "percent", tuple(UNITS)), 100),
        decimal=keys.words("decimal", ".", (".", ",")),
        file=layout_of(keys.below("file")),
    )
    keys.finish()
    return mapping


def table_in(path: Path, layout: Layout) -> Table:
    """Return the rows of a file of figures: CSV or Excel."""
    _require_ending(path.name)
    return table_from(path.name, content_of(path), layout)


def table_from(name: str, content: bytes, layout: Layout) -> Table:
    """Return the rows of the content of a file of figures: CSV or Excel."""
    _require_ending(name)
    return table_of(name, content, layout)


def _require_ending(name: str) -> None:
    if PurePath(name).suffix.lower() not in ENDINGS:
        message = N_("Files with this ending are not read.")
        raise Invalid(message, field="file", value=name, remedy=N_("Give CSV or XLSX."))


def take_in(
    session: Session, member: Member, mapping: SurveyMapping, table: Table, progress: Progress | None = None
) -> Taken:
    """Bring the table's figures into the register, without committing."""
    mapping.require_columns(table)
    told: list[Told] = []
    lines, figures = list[int](), list[Figure]()
    for line, figure in _figures(mapping, table, told):
        if progress is not None and len(lines) % STEP == STEP - 1:
            progress(STEP)
        lines.append(line)
        figures.append(figure)
    settled = surveys.take(session, member, figures)
    refused = [each for each in settled if each.outcome == "refused"]
    told += [Told(lines[each.place], "refused", figures[each.place].area, each.problems) for each in refused]
    added, known = (sum(each.outcome == name for each in settled) for name in ("added", "known"))
    new = [figures[each.place] for each in settled if each.outcome == "added"]
    return Taken(added, known, sorted(told, key=lambda each: each.line), figures=new[:FIRST])


def _figures(mapping: SurveyMapping, table: Table, told: list[Told]) -> Iterator[tuple[int, Figure]]:
    for line in table.lines:
        problems = [line.problem] if line.problem else list[Invalid]()
        figure = None if problems else _figure(mapping, line, problems)
        if figure is None:
            told.append(Told(line.number, "refused", line.cells.get(mapping.area, ""), problems))
        else:
            yield line.number, figure


def _figure(mapping: SurveyMapping, line: Line, problems: list[Invalid]) -> Figure | None:
    values = {name: _number(mapping, line.cells, name, problems) for name in mapping.numbers}
    year = _whole(mapping.year.of(line.cells) or "", "year", problems)
    if problems or year is None:
        return None
    said: dict[str, Any] = {
        name: getattr(mapping, name).of(line.cells) or "" for name in ("source", "publisher", "topic")
    }
    return Figure(kind=mapping.kind, area=line.cells[mapping.area].strip(), year=year, **said, **values)


def _number(mapping: SurveyMapping, cells: Cells, name: str, problems: list[Invalid]) -> Any:
    """Return a number of the row; None where its cell is empty."""
    words = cells[mapping.numbers[name]].strip()
    if not words:
        return None
    if name in COUNTS:
        return _whole(words, name, problems)
    value = number(words.translate(SPACES).removesuffix("%").replace(mapping.decimal, "."))
    if math.isfinite(value):
        problems += outside(value, 0, mapping.whole, name, words)
        return round(value / mapping.whole, 6)
    problems.append(_none(words, name))
    return None


def _whole(words: str, name: str, problems: list[Invalid]) -> int | None:
    plain = words.strip().translate(SPACES)
    if plain.isascii() and plain.isdecimal() and len(plain) < 12:
        return int(plain)
    problems.append(_none(words, name))
    return None


def _none(words: str, name: str) -> Invalid:
    remedy = N_("Write a number; a figure that was held back has to be left out of the file.")
    return Invalid(N_("This is not a number."), field=name, value=words, remedy=remedy)
