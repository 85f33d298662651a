"""Deviations as an Excel sheet (XLSX): text is text, whatever it begins with, and never a formula."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from forum.register.exports import Handout
from mapping.files.formulas import FORMULA, GUARD
from mapping.files.records import COLUMNS, cells_of

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

SHEET = "deviations"
MOST_ROWS = 1_048_575
"""Of a sheet, below its header."""
WIDTHS = {"id": 12, "occurred_from": 26, "occurred_to": 26, "category": 22, "category_name": 28, "text": 60,
          "reply": 40, "organisation": 28, "registered_by": 28, "created_at": 26, "changed_at": 26}  # fmt: skip
SPECIAL = (*FORMULA, GUARD, "#")
"""Beginnings of a text that openpyxl or Excel would take for something else: a formula, a guard, an error."""
ESCAPE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
"""What XML cannot hold, or gives back as something else (a carriage return)."""
LITERAL = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""A text's own underscore that a reader would take for an escape."""


def write_xlsx(path: Path, handout: Handout) -> None:
    """Write the rows as the only sheet of a workbook."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.freeze_panes = "A2"
    for position, name in enumerate(COLUMNS):
        sheet.column_dimensions[chr(ord("A") + position)].width = WIDTHS.get(name, 14)
    sheet.append([_heading(sheet, name) for name in COLUMNS])
    for number, row in enumerate(handout.rows, 1):
        if number > MOST_ROWS:
            raise _too_many()
        cells = cells_of(row, handout.audience)
        sheet.append([_cell(sheet, cells[name]) for name in COLUMNS])
    book.save(path)


def _too_many() -> Invalid:
    message, remedy = N_("So many rows do not fit into a sheet."), N_("Choose CSV, or a shorter period.")
    return Invalid(message, field="format", value="xlsx", remedy=remedy)


def _heading(sheet: WriteOnlyWorksheet, name: str) -> Any:
    cell = WriteOnlyCell(sheet, value=name)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: WriteOnlyWorksheet, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    words = escaped(value)
    if not words.startswith(SPECIAL):
        return words
    cell = WriteOnlyCell(sheet, value=words)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def escaped(words: str) -> str:
    """Return the text with what XML cannot hold written as _xHHHH_, as the format has it (ECMA-376, ST_Xstring)."""
    if "_x" in words:
        words = LITERAL.sub("_x005F_", words)
    return ESCAPE.sub(lambda found: f"_x{ord(found[0]):04X}_", words)
