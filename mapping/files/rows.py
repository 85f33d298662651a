"""From the lines of a table to rows for the register (rader): each line becomes one, or is refused with reasons."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from string import Formatter
from typing import Any

import orjson

from forum.foundation import clock
from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from forum.register.bulk import TAKEN_OVER, Row
from forum.register.deviations import Status
from forum.register.intake import Notice
from mapping import crs
from mapping.files.mappings import Choice, Columns, ImportMapping, Place
from mapping.files.tables import Cells, Line, Table

MOST_CHARACTERS = 200
"""Of an id."""
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
LAST_MINUTE = time(23, 59)
HOURS = ("%H", "%I", "%c", "%X")
"""What in a format says that it has an hour."""
NORTHING = 2_000_000
"""Metres; in Sweden every northing is larger and every easting smaller."""


@dataclass(frozen=True)
class Mapped:
    """What became of a line: a row with remarks, or the problems for which it is none."""

    line: int
    source_ref: str
    row: Row | None
    problems: Sequence[Invalid] = ()


def rows_of(mapping: ImportMapping, table: Table) -> Iterator[Mapped]:
    """Yield what the mapping makes of each line; refuses a table that lacks a column."""
    mapping.require_columns(table)
    return (_mapped(mapping, line) for line in table.lines)


def _mapped(mapping: ImportMapping, line: Line) -> Mapped:
    ref, foreign = _ref(mapping, line.cells)
    if line.problem is not None:
        return Mapped(line.number, ref[:MOST_CHARACTERS], None, [line.problem])
    problems: list[Invalid] = []

    def take(step: Callable[[], Any], otherwise: Any = None) -> Any:
        try:
            return step()
        except Invalid as error:
            problems.extend(error.problems)
            return otherwise

    cells = line.cells
    take(lambda: _require_id(ref))
    take(lambda: _require_whose(mapping, cells))
    lon, lat = take(lambda: _place(mapping, line), (None, None))
    start, end = take(lambda: _times(mapping, cells), (None, None))
    category = take(lambda: _chosen(mapping.category, cells, "category"))
    status = take(lambda: _status(mapping, cells))
    answers = take(lambda: _answers(mapping, cells), {})
    registered = take(lambda: _registered(mapping, cells))
    if problems:
        return Mapped(line.number, ref[:MOST_CHARACTERS], None, problems)
    notice = Notice(
        lon=lon,
        lat=lat,
        accuracy_m=mapping.accuracy_m if mapping.accuracy_m is not None else cells[mapping.accuracy_column].strip(),
        occurred_from=start,
        occurred_to=end,
        category=category,
        text=_filled(mapping.text, cells),
        visibility=mapping.visibility.of(cells) or "",
        answers=answers,
    )
    take(lambda: _compare_published(mapping, cells, start))
    reply = _filled(mapping.reply, cells)
    return Mapped(line.number, ref, Row(ref, notice, line.number, status, reply, registered, foreign), problems)


def _ref(mapping: ImportMapping, cells: Cells) -> tuple[str, str]:
    """Return the row's id, and its source where that is another than the file's."""
    given = (cells.get(name, "").strip() for name in mapping.id)
    return next(filter(None, given), ""), cells.get(mapping.source_column, "").strip()


def _require_id(ref: str) -> None:
    if not ref or len(ref) > MOST_CHARACTERS or not ref.isprintable():
        message, remedy = N_("The row has no id."), N_("Give every row an id of at most %(most)s characters.")
        raise Invalid(message, field="source_ref", value=ref or None, remedy=remedy, most=MOST_CHARACTERS)


def _require_whose(mapping: ImportMapping, cells: Cells) -> None:
    """Refuse the row of another partner, where the file says whose it is."""
    whose = cells.get(mapping.organisation_column, "").strip()
    if mapping.organisation_column and whose != mapping.organisation:
        message = N_("The row is another partner's: this import is for %(organisation)s.")
        remedy = N_("Let each partner import its own rows.")
        raise Invalid(message, field=mapping.organisation_column, value=whose or None, remedy=remedy,
                      organisation=mapping.organisation)  # fmt: skip


def _place(mapping: ImportMapping, line: Line) -> tuple[float, float]:
    """Return longitude and latitude: of the columns that the mapping names, else of the row's own geometry."""
    if mapping.place is not None:
        return _position(mapping.place, line.cells)
    if isinstance(line.place, Invalid):
        raise line.place
    if line.place is None:
        raise _no_place()
    return line.place


def _no_place() -> Invalid:
    remedy = N_("Give it coordinates in its source; without them it is not registered.")
    return Invalid(N_("The row has no place."), field="position", remedy=remedy)


def _position(place: Place, cells: Cells) -> tuple[float, float]:
    given = [cells[name].strip().replace(place.decimal, ".") for name in (place.east, place.north)]
    if not any(given):
        raise _no_place()
    east, north = (_number(words, name) for words, name in zip(given, (place.east, place.north), strict=True))
    if place.system == crs.WGS84:
        return east, north
    if north < NORTHING < east:
        message, remedy = (
            N_("East and north look swapped."),
            N_("Let x be the column of the smaller number, the easting."),
        )
        raise Invalid(message, field=place.east, value=f"x {east}, y {north}", remedy=remedy)
    lon, lat = crs.transform((east, north), place.system, crs.WGS84)
    return float(lon), float(lat)


def _number(words: str, column: str) -> float:
    if not NUMBER.fullmatch(words) or not math.isfinite(float(words)):
        message, remedy = (
            N_("This is not a coordinate."),
            N_("Write a number; the mapping says which decimal sign it has."),
        )
        raise Invalid(message, field=column, value=words or None, remedy=remedy)
    return float(words)


def _times(mapping: ImportMapping, cells: Cells) -> tuple[datetime, datetime | None]:
    """Return beginning and end in UTC; a date alone is the whole day."""
    began, ended = (_said(cells, names) for names in (mapping.time.start, mapping.time.end))
    start, whole_day = _moment(mapping, began, "occurred_from", time.min)
    if ended:
        return start, _moment(mapping, ended, "occurred_to", LAST_MINUTE)[0]
    if not whole_day:
        return start, None
    return start, max(start, min(_moment(mapping, began, "occurred_from", LAST_MINUTE)[0], clock.now()))


def _said(cells: Cells, columns: Columns) -> str:
    """Return what the columns say together."""
    return " ".join(cell for name in columns if (cell := cells[name].strip()))


def _moment(mapping: ImportMapping, words: str, field: str, hour: time) -> tuple[datetime, bool]:
    """Return a moment in UTC, and whether it was a date alone, which then has the given hour."""
    moment, whole_day = _parsed(words, mapping.time.format, field)
    if whole_day:
        moment = datetime.combine(moment, hour)
    return clock.to_utc(moment, field, mapping.time.zone), whole_day


def _parsed(words: str, format_: str, field: str) -> tuple[Any, bool]:
    """Return what the words say as wall-clock time or ISO text, and whether it is a date alone."""
    if not format_:
        try:
            return date.fromisoformat(words), True
        except ValueError:
            return words, False
    try:
        moment = datetime.strptime(words, format_).replace(tzinfo=UTC)
    except ValueError as error:
        message, remedy = N_("This is not a date and time."), N_("The mapping says that it is written as %(format)s.")
        raise Invalid(message, field=field, value=words, remedy=remedy, format=format_) from error
    if any(sign in format_ for sign in HOURS):
        return moment.replace(tzinfo=None), False  # the mapping's zone says what the clock meant
    return moment.date(), True


def _chosen(choice: Choice, cells: Cells, what: str) -> str:
    found = choice.of(cells)
    if found is None:
        message = N_("The mapping has no %(what)s for this value.")
        remedy = N_("Add it under [%(what)s.values], or give a default.")
        raise Invalid(message, field=choice.column, value=cells[choice.column], remedy=remedy, what=what)
    return found


def _status(mapping: ImportMapping, cells: Cells) -> Status:
    words = _chosen(mapping.status, cells, "status")
    if words not in TAKEN_OVER:
        message, remedy = N_("An import cannot bring in this status."), N_("Choose among %(names)s.")
        raise Invalid(message, field="status", value=words, remedy=remedy, names=", ".join(sorted(TAKEN_OVER)))
    return Status(words)


def _answers(mapping: ImportMapping, cells: Cells) -> dict[str, Any]:
    """Return the answers to the category's questions, which a column holds as a JSON object."""
    words = cells.get(mapping.answers, "").strip()
    try:
        found = orjson.loads(words) if words else {}
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        message, remedy = N_("These are no answers."), N_('Write them as a JSON object: {"works": false}.')
        raise Invalid(message, field="answers", value=words, remedy=remedy)
    return found


def _registered(mapping: ImportMapping, cells: Cells) -> datetime | None:
    """Return when the source had the row, if the file says so; it has not yet to come."""
    words = _said(cells, mapping.time.registered)
    if not words:
        return None
    moment = _moment(mapping, words, "created_at", time.min)[0]
    if not clock.EARLIEST <= moment <= clock.now():
        message, remedy = N_("No row was registered at this time."), N_("Check the time in the source.")
        raise Invalid(message, field="created_at", value=words, remedy=remedy)
    return moment


def _filled(template: str, cells: Cells) -> str:
    parts = (before + (cells[name].strip() if name else "") for before, name, _, _ in Formatter().parse(template))
    return "".join(parts).strip()


def _compare_published(mapping: ImportMapping, cells: Cells, start: datetime) -> None:
    """Remark on a row that happened after it was published: its headline or year may be wrong."""
    published = _said(cells, mapping.time.published)
    if published and _moment(mapping, published, "published", LAST_MINUTE)[0] < start:
        message, remedy = N_("It is said to have happened after it was published."), N_("Check the time in the source.")
        raise Invalid(message, field="occurred_from", value=clock.local(start).isoformat(), remedy=remedy)
