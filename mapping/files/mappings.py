"""How a table's columns become deviations (importmappning): a TOML file that a coordinator reads and writes.

The page for imports fills the same keys from a form.

docs/import.md explains every key by an example.
"""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from forum.foundation.errors import Invalid, raise_all
from forum.foundation.language import N_
from forum.register.deviations import Status
from forum.register.intake import MOST_ACCURACY_M
from mapping import crs
from mapping.files.formats import content_of
from mapping.files.tables import DELIMITERS, UTF8, Cells, Layout, Table

MOST_BYTES = 1_000_000
Columns = tuple[str, ...]
"""Columns that say something together."""
GEOMETRY = "geometry"
"""What a mapping writes as its place when the file knows it without columns."""
REQUIRED = object()
"""The default of a key that must be there."""
REMEDIES = {
    "accuracy_m": N_("Write how far off the points may be, in metres, for example accuracy_m = 100."),
    "time.zone": N_('Write where the clock of the file stands: zone = "Europe/Stockholm".'),
    "place": N_(
        'Name the columns under [place]: lon and lat, or x and y with crs = 3006 or 3011; or write place = "geometry".'
    ),
}
NO_VALUE = N_("This is no value for this key of the mapping.")
READ_ON = N_("docs/import.md explains every key.")


@dataclass(frozen=True)
class Choice:
    """A value for each row: the same for all, or what a column's value stands for."""

    fixed: str | None = None
    column: str = ""
    values: Mapping[str, str] | None = None
    default: str | None = None

    def of(self, cells: Cells) -> str | None:
        """Return the row's value, None when the mapping has none for it."""
        if self.fixed is not None:
            return self.fixed
        cell = cells[self.column].strip()
        return (cell if self.values is None else self.values.get(cell)) or self.default


@dataclass(frozen=True)
class Place:
    """The columns of east and north, and their reference system."""

    east: str
    north: str
    system: int
    decimal: str


@dataclass(frozen=True)
class Time:
    """The columns of the times, how they are written, and where their clock stands."""

    zone: ZoneInfo
    start: Columns
    end: Columns
    published: Columns
    registered: Columns
    format: str


@dataclass(frozen=True)
class ImportMapping:
    """What each column of a file means; without a place the file's own geometry is it."""

    organisation: str
    organisation_column: str
    source: str
    source_column: str
    id: Columns
    accuracy_m: float | None
    accuracy_column: str
    text: str
    reply: str
    answers: str
    visibility: Choice
    category: Choice
    status: Choice
    place: Place | None
    time: Time
    file: Layout

    def columns(self) -> list[str]:
        """Return the columns that the file must have."""
        place = (self.place.east, self.place.north) if self.place else ()
        times = (*self.time.start, *self.time.end, *self.time.published, *self.time.registered)
        choices = (self.category.column, self.visibility.column, self.status.column)
        others = (self.accuracy_column, self.answers, self.organisation_column, self.source_column)
        templates = (*places_in(self.text), *places_in(self.reply))
        named = (*self.id, *place, *times, *choices, *others, *templates)
        return list(dict.fromkeys(name for name in named if name))

    def require_columns(self, table: Table) -> None:
        """Refuse a file that lacks a column of the mapping, all that are missing are named; or one without a place."""
        if self.place is None and not table.has_geometry:
            message = N_("The file has no geometry of its own.")
            raise Invalid(message, field="place", value=table.name, remedy=REMEDIES["place"])
        there = ", ".join(table.columns)
        remedy = N_("The file has: %(columns)s. Check names and delimiter.")
        raise_all([
            Invalid(N_("The file has no such column."), field="column", value=name, remedy=remedy, columns=there)
            for name in self.columns()
            if name not in table.columns
        ])  # fmt: skip


def places_in(template: str) -> Iterator[str]:
    """Yield the columns that a text's template names in braces."""
    return (field for _, field, _, _ in Formatter().parse(template) if field is not None)


def read_mapping(path: Path) -> ImportMapping:
    """Return the mapping of a TOML file; everything that is wrong with it is said at once."""
    return mapping_of(toml_keys(path.name, content_of(path, MOST_BYTES)))


def toml_keys(name: str, content: bytes) -> dict[str, Any]:
    """Return the keys that the TOML says."""
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = N_("The mapping is no TOML file: %(reason)s")
        raise Invalid(message, field="mapping", value=name, remedy=READ_ON, reason=str(error)) from error


def mapping_of(raw: dict[str, Any]) -> ImportMapping:
    """Return the mapping that the keys say; everything that is wrong with them is said at once."""
    problems: list[Invalid] = []
    mapping = _mapping(Keys(raw, "", problems))
    raise_all(problems)
    return mapping


class Keys:
    """One table of the TOML file: gives out its values and collects what is wrong with them."""

    def __init__(self, table: dict[str, Any], where: str, problems: list[Invalid]) -> None:
        self.table, self.where, self.problems = table, where, problems
        self.left = set(table)

    def name_of(self, key: str) -> str:
        """Return the key with the tables that it stands in."""
        return f"{self.where}.{key}" if self.where else key

    def complain(self, message: str, key: str, remedy: str, **params: object) -> None:
        """Note what is wrong with a key."""
        value = self.table.get(key)
        self.problems.append(Invalid(message, field=self.name_of(key), value=value, remedy=remedy, **params))

    def has(self, key: str) -> bool:
        """Tell whether the key is there."""
        return key in self.table

    def words(self, key: str, default: Any = REQUIRED, among: Sequence[str] | None = None) -> str:
        """Return a piece of text; one of `among` where that is given."""
        return str(self._value(key, str, default, "", among))

    def columns(self, key: str, default: Any = REQUIRED) -> Columns:
        """Return the name of a column, or the names of several."""
        found = self._value(key, (str, list), default, (), None)
        names = (found,) if isinstance(found, str) else tuple(found)
        if not all(isinstance(name, str) and name for name in names):
            self.complain(NO_VALUE, key, READ_ON)
            return ()
        return names

    def truth(self, key: str) -> bool:
        """Return true or false; false when it is not there."""
        self.left.discard(key)
        value = self.table.get(key, False)
        if not isinstance(value, bool):
            self.complain(NO_VALUE, key, N_("Write true or false."))
        return value is True

    def number(self, key: str, default: Any = REQUIRED) -> Any:
        """Return a number."""
        return self._value(key, (int, float), default, 0, None)

    def below(self, key: str) -> Keys:
        """Return the table below, an empty one when it is not there."""
        return Keys(self._value(key, dict, {}, {}, None), self.name_of(key), self.problems)

    def finish(self) -> None:
        """Complain of every key that nobody asked for."""
        for key in sorted(self.left):
            self.complain(N_("The mapping has a key that means nothing here."), key, READ_ON)

    def _value(self, key: str, kind: Any, default: Any, empty: Any, among: Sequence[Any] | None) -> Any:
        self.left.discard(key)
        if key not in self.table:
            if default is REQUIRED:
                name = self.name_of(key)
                self.complain(N_("The mapping lacks this."), key, REMEDIES.get(name, READ_ON))
                return empty
            return default
        value = self.table[key]
        if not isinstance(value, kind) or isinstance(value, bool) or value in ("", []):
            self.complain(NO_VALUE, key, READ_ON)
            return empty
        if among is not None and value not in among:
            self.complain(NO_VALUE, key, N_("Choose one of: %(fields)s."),
                          fields=", ".join(map(repr, among)))  # fmt: skip
            return empty
        return value


def _mapping(keys: Keys) -> ImportMapping:
    mapping = ImportMapping(
        organisation=keys.words("organisation"),
        organisation_column=keys.words("organisation_column", ""),
        source=keys.words("source"),
        source_column=keys.words("source_column", ""),
        id=keys.columns("id"),
        accuracy_m=None if keys.has("accuracy_column") else _accuracy(keys),
        accuracy_column=keys.words("accuracy_column", ""),
        text=_template(keys, "text"),
        reply=_template(keys, "reply"),
        answers=keys.words("answers", ""),
        visibility=choice_of(keys, "visibility", "forum"),
        category=choice_of(keys, "category", None),
        status=choice_of(keys, "status", Status.NEW),
        place=_place(keys),
        time=_time(keys.below("time")),
        file=layout_of(keys.below("file")),
    )
    keys.finish()
    return mapping


def _accuracy(keys: Keys) -> float:
    metres = float(keys.number("accuracy_m"))
    if keys.has("accuracy_m") and not 1 <= metres <= MOST_ACCURACY_M:
        keys.complain(N_("The point needs an accuracy in metres."), "accuracy_m", REMEDIES["accuracy_m"])
    return metres


def layout_of(keys: Keys) -> Layout:
    """Return how the file itself is written."""
    layout = Layout(_encoding(keys), keys.words("delimiter", ",", DELIMITERS), keys.truth("guarded"),
                    keys.words("sheet", ""))  # fmt: skip
    keys.finish()
    return layout


def _template(keys: Keys, key: str) -> str:
    template = keys.words(key, "")
    try:
        plain = all(not spec and not conversion for _, _, spec, conversion in Formatter().parse(template))
    except ValueError:
        plain = False
    if not plain:
        remedy = N_('Name columns in braces: text = "{type}: {summary}".')
        keys.complain(NO_VALUE, key, remedy)
        return ""
    return template


def choice_of(keys: Keys, key: str, default: str | None) -> Choice:
    """Return a value that is the same for all rows, or the column that says it."""
    if default is not None and not keys.has(key):
        return Choice(fixed=default)
    if not isinstance(keys.table.get(key), dict):
        return Choice(fixed=keys.words(key))
    table = keys.below(key)
    values = table.below("values")
    given = {name: values.words(name) for name in values.table} if table.has("values") else None
    choice = Choice(None, table.words("column"), given, table.words("default", "") or None)
    table.finish()
    return choice


def _place(keys: Keys) -> Place | None:
    """Return the columns of the place, None where it is the file's own geometry."""
    if keys.table.get("place") == GEOMETRY:
        keys.left.discard("place")
        return None
    return _columns_of_place(keys.below("place"))


def _columns_of_place(keys: Keys) -> Place:
    if not keys.has("lon") and not keys.has("x"):
        keys.problems.append(Invalid(N_("The mapping lacks this."), field="place", remedy=REMEDIES["place"]))
    east, north = ("x", "y") if keys.has("x") else ("lon", "lat")
    system = keys.number("crs") if east == "x" else crs.WGS84
    if east == "x" and system not in (crs.SWEREF99TM, crs.SWEREF991800):
        keys.complain(N_("This reference system is not read."), "crs", REMEDIES["place"])
    required = REQUIRED if keys.has("lon") or keys.has("x") else ""
    place = Place(keys.words(east, required), keys.words(north, required), system,
                  keys.words("decimal", ".", (".", ",")))  # fmt: skip
    keys.finish()
    return place


def _time(keys: Keys) -> Time:
    zone = keys.words("zone")
    if zone and zone not in available_timezones():
        keys.complain(N_("There is no time zone of this name."), "zone", REMEDIES["time.zone"])
        zone = ""
    if "%z" in keys.words("format", ""):
        keys.complain(NO_VALUE, "format", N_("Leave it out for ISO times."))
    time = Time(
        ZoneInfo(zone or "UTC"),
        keys.columns("from"),
        keys.columns("to", ()),
        keys.columns("published", ()),
        keys.columns("registered", ()),
        keys.words("format", ""),
    )
    keys.finish()
    return time


def _encoding(keys: Keys) -> str:
    encoding = keys.words("encoding", UTF8)
    try:
        is_text = codecs.lookup(encoding).name and b"a".decode(encoding, "ignore") is not None
    except (LookupError, UnicodeError):
        is_text = False
    if not is_text:
        remedy = N_("Write utf-8-sig, cp1252 or another name of a text encoding.")
        keys.complain(N_("There is no encoding of this name."), "encoding", remedy)
        return UTF8
    return encoding
