"""An Excel sheet as a table (arbetsbok): looked through before it is unpacked; no formula, no merged cell, no link.

A workbook is a zip of XML. What it says of itself is weighed first (how many parts, how large, how much they
shrank), so that nothing blown up is ever unpacked. A formula is no value that somebody wrote down, and what a merged
cell means for the rows below it is anybody's guess: both are refused with sheet and cell.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl.reader.excel import ExcelReader

from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from mapping.files.cells import text_of
from mapping.files.formats import too_much
from mapping.files.tables import MOST_COLUMNS, MOST_LINES, Line, Table, header

MOST_PARTS = 500
MOST_UNPACKED = 400_000_000
"""Bytes of all parts together."""
MOST_HELD = 50_000_000
"""Bytes of a part that is read whole: all but the sheets."""
MOST_RATIO = 100
SMALL = 1_000_000
"""Bytes up to which a part may have shrunk as it likes."""
SHEETS = "xl/worksheets/"
OUTSIDE = (
    "xl/externalLinks/",
    "xl/connections",
    "xl/queryTables/",
    "xl/vbaProject",
    "xl/embeddings/",
    "xl/macrosheets/",
)
"""Parts that fetch from elsewhere or run."""
BLOCK = 1 << 20
OVERLAP = 4_096
"""Bytes of a block that are looked at again with the next."""
CELL = rb'<(?:\w{1,9}:)?c\b[^<>]{0,300}?\br="([A-Z]{1,3}[0-9]{1,7})"[^<>]{0,300}>\s{0,20}<(?:\w{1,9}:)?f[\s/>]'
MERGED = rb'<(?:\w{1,9}:)?mergeCell\b[^<>]{0,300}?\bref="([A-Z]{1,3}[0-9]{1,7}):'
SUSPECT = re.compile(b"(?P<formula>%s)|(?P<merged>%s)" % (CELL, MERGED))
LINK = re.compile(rb"""TargetMode\s*=\s*["']External""", re.IGNORECASE)
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
REMEDIES = {
    "formula": (N_("The cell holds a formula."), N_("Copy the column and paste it again as values.")),
    "merged": (N_("Cells are merged here."), N_("Take the merging away and write the value into each row.")),
}
BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ParseError, KeyError, ValueError,
          TypeError, AttributeError, IndexError, OverflowError, OSError)  # fmt: skip
"""What openpyxl and zipfile raise over a workbook that is none."""


def read_workbook(name: str, content: bytes, *, sheet: str = "") -> Table:
    """Return the rows of a workbook's only sheet, or of the one that is named."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _require_sound(archive)
            _require_no_links(archive)
        book = _opened(content)
        title, part = _chosen(book, sheet)
        _require_plain(book, title, part)
    except BROKEN as error:
        raise _unreadable(name) from error
    records = _records(book, title, name)
    columns = header(next(records, (1, []))[1])
    return Table(name, columns, _lines(records, columns), min(book.wb[title].max_row or 0, MOST_LINES))


def _unreadable(name: str) -> Invalid:
    message, remedy = N_("The workbook cannot be read."), N_("Save it again as .xlsx, without a password.")
    return Invalid(message, field="file", value=name, remedy=remedy)


def _require_sound(archive: zipfile.ZipFile) -> None:
    """Weigh the workbook by its directory; nothing is unpacked."""
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        raise too_much("xlsx", N_("files"), MOST_PARTS)
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise too_much("xlsx", N_("megabytes"), MOST_UNPACKED // 1_000_000)
    for part in parts:
        held = part.file_size > MOST_HELD and not part.filename.startswith(SHEETS)
        blown_up = part.file_size > max(SMALL, MOST_RATIO * max(part.compress_size, 1))
        if held or blown_up:
            message = N_("The workbook unpacks to much more than it should.")
            raise Invalid(message, field="file", value=part.filename, remedy=N_("Save the table as CSV."))


def _require_no_links(archive: zipfile.ZipFile) -> None:
    for part in archive.namelist():
        fetches = part.startswith(OUTSIDE)
        if fetches or (part.endswith(".rels") and LINK.search(archive.read(part))):
            message = N_("The workbook points at something outside itself, or holds a program.")
            remedy = N_("Remove links, connections and macros, or save the table as CSV.")
            raise Invalid(message, field="file", value=part, remedy=remedy)


def _opened(content: bytes) -> ExcelReader:
    reader = ExcelReader(io.BytesIO(content), read_only=True, keep_links=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl mutters about styles that nobody reads
        reader.read()
    return reader


def _chosen(book: ExcelReader, wanted: str) -> tuple[str, str]:
    """Return title and part of the sheet that is meant."""
    sheets = {sheet.name: rel.target for sheet, rel in book.parser.find_sheets() if rel.target.startswith(SHEETS)}
    named = wanted or (next(iter(sheets), "") if len(sheets) == 1 else "")
    if named not in sheets:
        message = N_("The workbook must hold one sheet, or the mapping say which one is meant.")
        remedy = N_("Write sheet = under [file], or save one sheet alone. The sheets: %(sheets)s.")
        raise Invalid(message, field="file.sheet", value=wanted or None, remedy=remedy, sheets=", ".join(sheets) or "–")
    return named, sheets[named]


def _require_plain(book: ExcelReader, title: str, part: str) -> None:
    """Look through the whole sheet for a formula or a merged cell, before any row is taken."""
    kept = b""
    with book.archive.open(part) as source:
        while block := source.read(BLOCK):
            if found := SUSPECT.search(kept + block):
                kind, cell = ("formula", found[2]) if found["formula"] else ("merged", found[4])
                raise _suspect(kind, title, cell.decode())
            kept = block[-OVERLAP:]


def _suspect(kind: str, title: str, cell: str) -> Invalid:
    message, remedy = REMEDIES[kind]
    return Invalid(message, field="file", value=f"{title}!{cell}", remedy=remedy)


def _records(book: ExcelReader, title: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that says anything with its number in the sheet."""
    rows = book.wb[title].iter_rows(min_row=1, max_row=MOST_LINES + 1, max_col=MOST_COLUMNS + 1)
    blank: object = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for number, row in enumerate(rows, 1):
                if number > MOST_LINES:
                    raise too_much(name, N_("lines"), MOST_LINES)
                if row is blank:  # openpyxl fills gaps, however wide, with one and the same
                    continue
                if cells := _cells(title, row):
                    yield number, cells
                else:
                    blank = row
    except BROKEN as error:
        raise _unreadable(name) from error


def _cells(title: str, row: Sequence[Any]) -> list[str]:
    """Return the cells of a row as text, without the empty ones at its end."""
    last = next((place for place in reversed(range(len(row))) if row[place].value is not None), -1)
    cells = [_text(title, cell) for cell in row[: last + 1]]
    return cells if any(cells) else []


def _text(title: str, cell: Any) -> str:
    if cell.value is None:
        return ""
    if cell.data_type == "f":  # one that hid from the search
        raise _suspect("formula", title, cell.coordinate)
    if isinstance(cell.value, datetime) and "h" not in cell.number_format.lower():
        return cell.value.date().isoformat()
    return unescaped(cell.value) if isinstance(cell.value, str) else text_of(cell.value)


def unescaped(words: str) -> str:
    """Return a text whose unusual characters were written as _xHHHH_ (ECMA-376, ST_Xstring)."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), words) if "_x" in words else words


def _lines(records: Iterator[tuple[int, list[str]]], columns: list[str]) -> Iterator[Line]:
    for number, cells in records:
        named = dict.fromkeys(columns, "") | dict(zip(columns, cells, strict=False))
        yield Line(number, named, _problem(cells, columns))


def _problem(cells: list[str], columns: list[str]) -> Invalid | None:
    if len(cells) > len(columns):
        message, remedy = N_("The row has cells beyond the header."), N_("Name every column in the first row.")
        return Invalid(message, field="line", value=cells[len(columns)], remedy=remedy)
    return None
