"""A table of rows, read strictly (tabell): CSV whose every line is either a row or refused with its number.

What other formats hold becomes the same table: see sources.py.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from mapping.files.formats import content_of, too_much
from mapping.files.formulas import unguarded

MOST_BYTES = 200_000_000
MOST_LINES = 500_000
MOST_COLUMNS = 200
MOST_CHARACTERS = 5_000_000
"""Of one cell: more is a quotation mark that nobody closed."""
CSV_ENDINGS = (".csv", ".tsv", ".txt")
DELIMITERS = (",", ";", "\t", "|")
UTF8 = "utf-8-sig"
Cells = dict[str, str]
Record = tuple[int, list[str]]
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""How a file in UTF-16 begins, as Excel saves text."""


@dataclass(frozen=True)
class Layout:
    """How the file itself is written; what does not concern its format is passed over."""

    encoding: str = UTF8
    delimiter: str = ","
    guarded: bool = False
    sheet: str = ""


@dataclass(frozen=True)
class Line:
    """One row of the file: the line where it begins, and its cells by column; or why it is none."""

    number: int
    cells: Cells
    problem: Invalid | None = None
    place: tuple[float, float] | Invalid | None = None
    """Longitude and latitude of the row's own geometry, or why it is no place."""


@dataclass(frozen=True)
class Table:
    """A file's columns, its rows, and about how many there are."""

    name: str
    columns: Sequence[str]
    lines: Iterator[Line]
    length: int
    has_geometry: bool = False


def read_csv(path: Path, *, encoding: str = UTF8, delimiter: str = ",") -> Table:
    """Return the rows of a CSV file with a header line; refuses what cannot be one."""
    if path.suffix.lower() not in CSV_ENDINGS:
        message = N_("Files with this ending are not read.")
        raise Invalid(message, field="file", value=path.name, remedy=N_("Save the table as CSV."))
    return csv_table(path.name, content_of(path, MOST_BYTES), Layout(encoding, delimiter))


def csv_table(name: str, content: bytes, layout: Layout) -> Table:
    """Return the rows of CSV; in a guarded one, the apostrophe before a cell is the exporting program's."""
    words = _decoded(content, layout.encoding)
    length = words.count("\n") + 1
    if length > MOST_LINES:
        raise too_much(name, N_("lines"), MOST_LINES)
    records = _numbered(words, layout.delimiter)
    columns = header(next(records, (1, []))[1])
    if layout.guarded:
        records = ((number, [unguarded(cell) for cell in cells]) for number, cells in records)
    return Table(name, columns, _lines(records, columns), length)


def _decoded(content: bytes, encoding: str) -> str:
    remedy = N_('Name the file\'s encoding in the mapping, for example encoding = "cp1252".')
    codec = codecs.lookup(encoding)
    try:
        words = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = N_("Line %(line)s of the file is not written in this encoding.")
        raise Invalid(message, field="encoding", value=encoding, remedy=remedy, line=line) from error
    if not codec.name.startswith("utf") and not content.isascii() and _is_utf8(content):
        message, remedy = N_("The file is written in UTF-8."), N_('Write encoding = "utf-8-sig" in the mapping.')
        raise Invalid(message, field="encoding", value=encoding, remedy=remedy)
    return words


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def header(cells: list[str]) -> list[str]:
    """Return the names of the columns; refuses a first line that does not name them."""
    columns = [cell.strip() for cell in cells]
    twice = [name for name in columns if columns.count(name) > 1 or not name]
    if not columns or twice or len(columns) > MOST_COLUMNS or not all(map(str.isprintable, columns)):
        message = N_("The first line of the file does not name the columns.")
        remedy = N_("Give each column one name of its own, at most %(most)s columns; check encoding and delimiter.")
        raise Invalid(message, field="file", value=", ".join(twice or columns), remedy=remedy, most=MOST_COLUMNS)
    return columns


def _numbered(words: str, delimiter: str) -> Iterator[Record]:
    """Yield each record that says anything with the line where it begins; a broken one ends the file."""
    csv.field_size_limit(MOST_CHARACTERS)
    rows = csv.reader(io.StringIO(words, newline=""), strict=True, delimiter=delimiter)
    number = 1
    try:
        for cells in rows:
            if any(cells):
                yield number, cells
            number = rows.line_num + 1
    except csv.Error as error:
        message = N_("From line %(line)s on, the file is no table: %(reason)s.")
        remedy = N_("Check the quotation marks of that line.")
        raise Invalid(message, field="file", remedy=remedy, line=number, reason=str(error)) from error


def _lines(records: Iterator[Record], columns: list[str]) -> Iterator[Line]:
    for number, cells in records:
        named = dict(zip(columns, cells, strict=False))
        yield Line(number, named, _problem(cells, named, columns))


def _problem(cells: list[str], named: Cells, columns: list[str]) -> Invalid | None:
    if len(cells) != len(columns):
        message = N_("The line has %(given)s cells; the header has %(wanted)s.")
        remedy = N_("Check delimiter and quotation marks of the line.")
        return Invalid(message, field="line", remedy=remedy, given=len(cells), wanted=len(columns))
    if found := next((name for name, cell in named.items() if "\0" in cell), None):
        message = N_("The cell holds a character that is no text.")
        return Invalid(message, field=found, value=named[found], remedy=N_("Remove the NUL character."))
    return None
