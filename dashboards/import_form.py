"""The form for an import (importformulär): what was chosen in it, what the file suggests, and the mapping they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isnan
from typing import Any, Self

from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from dashboards import words
from dashboards.rows import VISIBILITIES
from dashboards.view import plain
from forum.foundation import clock
from forum.foundation.audience import Visibility
from forum.foundation.errors import ForumError, Invalid
from forum.foundation.language import N_, text
from forum.foundation.plain import number
from forum.people import agreements
from forum.people.members import Member
from forum.register import bulk, categories
from forum.register.categories import Category
from forum.register.deviations import STATUS_WORDS
from mapping import crs
from mapping.files.guesses import columns_of, place_of
from mapping.files.imports import Result, Told
from mapping.files.mappings import GEOMETRY
from mapping.files.tables import Cells, Layout, Table

SHOWN = 50
"""Refused lines that the page names; the report names all."""
COLUMNS = ("id", "east", "north", "from", "hour", "to", "text", "category", "accuracy")
TYPED = ("organisation", "source", "accuracy_m", "zone", "category", "visibility")
ZONES = ("Europe/Stockholm", "Europe/Helsinki", "Europe/London", "UTC")
FIELDS = {
    "accuracy_column": "column-accuracy", "time.zone": "zone", "time.from": "column-from", "time.to": "column-to",
    "id": "column-id", "place": "column-east", "place.lon": "column-east", "place.lat": "column-north",
    "place.x": "column-east", "place.y": "column-north", "file": "file", "file.sheet": "file", "encoding": "file",
    "mapping": "mapping",
}  # fmt: skip
"""Where on the page a fault of the mapping is told."""
NO_LABELS: Mapping[str, str] = {}
OUTCOMES = {
    "added": N_("taken, with a remark"),
    "quarantined": N_("waits in quarantine"),
    "refused": N_("refused"),
}


@dataclass(frozen=True)
class Chosen:
    """What was chosen in the form; the columns are those of the file, empty where none is meant."""

    organisation: str = ""
    """Whose deviations they become; empty for the member's own organisation."""
    source: str = ""
    accuracy_m: str = ""
    zone: str = ZONES[0]
    category: str = ""
    visibility: str = Visibility.FORUM.value
    skip_bad: bool = False
    by_file: bool = False
    known: tuple[str, ...] = ()
    """The columns of the file, once it has been read."""
    columns: dict[str, str] = field(default_factory=dict)
    system: int = crs.WGS84
    decimal: str = "."
    geometry: bool = False
    layout: Layout = field(default_factory=Layout)

    @classmethod
    def of(cls, form: FormData) -> Self:
        """Return what the form says."""
        given: dict[str, Any] = {name: plain(form, name) for name in TYPED if plain(form, name)}
        columns = {name: plain(form, f"column-{name}") for name in COLUMNS if f"column-{name}" in form}
        by_file = plain(form, "how") == "mapping"
        return cls(**given, columns=columns, skip_bad=bool(plain(form, "skip_bad")), by_file=by_file)

    def completed(self, table: Table, head: Sequence[Cells], layout: Layout) -> Self:
        """Return it with the file's columns, and for those that nobody has chosen yet, what they probably mean."""
        mine = all(name in table.columns for name in self.columns.values() if name) and self.columns
        columns = {**dict.fromkeys(COLUMNS, ""), **(self.columns if mine else columns_of(table))}
        system, decimal = place_of(head, columns)
        told: dict[str, Any] = {"columns": columns, "system": system, "decimal": decimal, "layout": layout}
        return replace(self, known=tuple(table.columns), geometry=table.has_geometry, **told)

    def missing(self) -> Iterator[Invalid]:
        """Yield what has to be said before the file means anything."""
        column, message = self.columns, N_("This is missing.")
        if not self.source:
            yield Invalid(message, field="source", remedy=N_("Say where the rows come from, in a few words."))
        if not self.accuracy_m and not column["accuracy"]:
            remedy = N_("Give how far off the points may be, in metres, for example 25.")
            yield Invalid(message, field="accuracy_m", remedy=remedy)
        wanted = ["id", "from"] if self.geometry else ["id", "from", "east", "north"]
        for name in wanted:
            if not column[name]:
                remedy = N_("Choose the column that says it.")
                yield Invalid(message, field=f"column-{name}", remedy=remedy)
        if not self.category and not column["category"]:
            remedy = N_("Choose a category, or the column that says it.")
            yield Invalid(message, field="category", remedy=remedy)

    def mapping(self, ours: str, known: Sequence[Category]) -> dict[str, Any]:
        """Return the keys of the mapping that this makes, as a TOML file would have them, without what is missing."""
        column = self.columns
        accuracy = number(self.accuracy_m.replace(",", "."))
        raw: dict[str, Any] = {
            "organisation": self.organisation or ours,
            "source": self.source,
            "id": column["id"],
            "text": f"{{{column['text']}}}" if column["text"] else "",
            "visibility": self.visibility,
            "category": self._category(known),
            "time": _given({"zone": self.zone, "from": self._times(), "to": column["to"]}),
            "place": self._place(),
            "file": {"encoding": self.layout.encoding, "delimiter": self.layout.delimiter},
        }
        if column["accuracy"] and not self.accuracy_m:
            raw["accuracy_column"] = column["accuracy"]
        elif not isnan(accuracy):
            raw["accuracy_m"] = accuracy
        return _given(raw)

    def _times(self) -> Any:
        day, hour = self.columns["from"], self.columns["hour"]
        return [day, hour] if day and hour else day

    def _place(self) -> Any:
        column = self.columns
        if self.geometry and not (column["east"] and column["north"]):
            return GEOMETRY
        if self.system == crs.WGS84:
            return _given({"lon": column["east"], "lat": column["north"], "decimal": self.decimal})
        return _given({"x": column["east"], "y": column["north"], "crs": self.system, "decimal": self.decimal})

    def _category(self, known: Sequence[Category]) -> Any:
        if not self.columns["category"]:
            return self.category
        named = {name: each.code for each in known for name in (each.code, each.sv, each.en)}
        return _given({"column": self.columns["category"], "values": named, "default": self.category})

    @staticmethod
    def field_of(name: str | None) -> str:
        """Return the field of the form at which a fault of the mapping or the file is told."""
        words = name or ""
        ours = words in TYPED or words.startswith("column-")
        return words if ours else FIELDS.get(words, "")


def _given(table: dict[str, Any]) -> dict[str, Any]:
    """Return the table without what is empty: what is missing is then missed by its name."""
    return {name: value for name, value in table.items() if value not in ("", None)}


def context_of(
    session: Session, member: Member, chosen: Chosen, result: Result | None, language: str
) -> dict[str, Any]:
    """Return what the page shows."""
    known = categories.all_of(session, member.forum_id)
    names = {each.code: each.name(language) for each in known}
    visibilities = [v for v in Visibility if v is not Visibility.AUTHORITIES or member.authority]
    return {
        "room": "import",
        "chosen": chosen,
        "partners": [(name, name) for name in _partners(session, member)],
        "zones": [(zone, zone) for zone in ZONES],
        "categories": [("", text(N_("Choose"), language)), *names.items()],
        "visibilities": [(v.value, text(VISIBILITIES[v], language)) for v in visibilities],
        "columns": [("", text(N_("No column"), language)), *((name, name) for name in chosen.known)],
        "system": crs.NAMES[chosen.system],
        "ref_head": text(N_("Id"), language),
        "counts": result.counts if result else {},
        "first": [_row(row, names, language) for row in result.first] if result else [],
        **told_lines(result.told if result else [], language),
    }


def _partners(session: Session, member: Member) -> list[str]:
    """Return whose deviations may be imported: our own first, then the others with an agreement in force."""
    others = [p.name for p in agreements.partners(session, member.forum_id) if p.id != member.organisation_id]
    return [member.organisation_name, *others]


def told_lines(told: Sequence[Told], language: str, labels: Mapping[str, str] = NO_LABELS) -> dict[str, Any]:
    """Return the lines that a page names, each fault led by what its field is called where it is called anything."""
    lines = [_line(each, language, labels) for each in told[:SHOWN]]
    return {"lines": lines, "more": max(0, len(told) - SHOWN)}


def _row(row: bulk.Row, names: dict[str, str], language: str) -> dict[str, Any]:
    notice = row.notice
    start = clock.to_utc(notice.occurred_from, "from")
    end = clock.to_utc(notice.occurred_to, "to") if notice.occurred_to else start
    return {
        "ref": row.source_ref,
        "when": words.span(start, end, language),
        "what": names.get(notice.category, notice.category),
        "text": notice.text,
        "where": f"{float(notice.lat):.5f}, {float(notice.lon):.5f}",
        "accuracy_m": float(notice.accuracy_m),
        "whom": text(VISIBILITIES[Visibility(notice.visibility)], language),
        "status": text(STATUS_WORDS[row.status], language),
    }


def _line(told: Told, language: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return a line to be looked at; what points at a person is not repeated."""
    reasons = [
        _named(p, labels, language) + (p.reason(language) if told.outcome == "quarantined" else p.say(language))
        for p in told.problems
    ]
    return {
        "line": told.line or "–",
        "ref": told.source_ref or "–",
        "outcome": text(OUTCOMES[told.outcome], language),
        "reasons": reasons,
    }


def _named(problem: ForumError, labels: Mapping[str, str], language: str) -> str:
    label = labels.get(problem.field or "")
    return f"{text(label, language)}: " if label else ""
