"""Cells that a spreadsheet would compute (formler): shown as text, and given back exactly as they were."""

from __future__ import annotations

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What spreadsheets take for the beginning of a formula; the last four are the full-width forms of the first."""
GUARD = "'"


def harmless(cell: str) -> str:
    """Return the cell so that a spreadsheet shows it and does not compute it."""
    return f"{GUARD}{cell}" if cell.startswith(FORMULA) else cell


def guarded(cell: str) -> str:
    """Return the cell harmless and so that `unguarded` gives it back: one that begins with the guard gets one more."""
    return f"{GUARD}{cell}" if cell.startswith((*FORMULA, GUARD)) else cell


def unguarded(cell: str) -> str:
    """Return what a guarded cell said."""
    return cell.removeprefix(GUARD)
