"""The form for figures (mätningsformulär): what was chosen in it, what the file suggests, and the mapping they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from starlette.datastructures import FormData

from dashboards import words
from dashboards.import_form import told_lines
from dashboards.view import plain
from forum.foundation.errors import Invalid
from forum.foundation.language import N_, text
from forum.register.surveys import KIND_WORDS, Figure, Kind
from mapping.files.guesses import columns_of_figures, numbers_of
from mapping.files.surveys import COLUMNS, SHARES, Taken
from mapping.files.tables import Cells, Layout, Table

TYPED = ("kind", "source", "publisher", "topic", "year", "unit")
BY_ROW = ("topic", "year")
"""What is the same for all rows, or what a column says."""
UNITS = (("percent", N_("as 34, of a hundred")), ("share", N_("as 0.34, of one")))
LABELS = {
    "area": N_("The area: its name or code"),
    "topic": N_("What was asked, or the group of offences"),
    "year": N_("The year"),
    "share": N_("The share"),
    "respondents": N_("How many have answered"),
    "low": N_("The interval's lower end, where the source gives it"),
    "high": N_("The interval's upper end"),
    "count": N_("How many were reported"),
    "population": N_("How many live there"),
}
"""What each column is called in the form."""
PLACES = {"file.sheet": "file", "encoding": "file", "file": "file", "mapping": "mapping"}
"""Where on the page a fault of the file is told."""


@dataclass(frozen=True)
class Chosen:
    """What was chosen in the form; the columns are those of the file, empty where none is meant."""

    kind: str = Kind.PERCEIVED.value
    source: str = ""
    publisher: str = ""
    topic: str = ""
    year: str = ""
    unit: str = ""
    skip_bad: bool = False
    by_file: bool = False
    known: tuple[str, ...] = ()
    """The columns of the file, once it has been read."""
    columns: Mapping[str, str] = field(default_factory=dict)
    decimal: str = "."
    layout: Layout = field(default_factory=Layout)

    @classmethod
    def of(cls, form: FormData) -> Self:
        """Return what the form says."""
        given: dict[str, Any] = {name: plain(form, name) for name in TYPED if plain(form, name)}
        columns = {name: plain(form, f"column-{name}") for name in LABELS if f"column-{name}" in form}
        by_file = plain(form, "how") == "mapping"
        return cls(**given, columns=columns, skip_bad=bool(plain(form, "skip_bad")), by_file=by_file)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Return what the numbers of this kind of figure are, those that it must have first."""
        required, optional = COLUMNS[Kind(self.kind)] if self.kind in set(Kind) else ((), ())
        return (*required, *optional)

    @property
    def asked(self) -> tuple[str, ...]:
        """Return what a column is chosen for."""
        return ("area", *BY_ROW, *self.numbers)

    def completed(self, table: Table, head: Sequence[Cells], layout: Layout) -> Self:
        """Return it with the file's columns, and for those that nobody has chosen yet, what they probably mean."""
        guessed = columns_of_figures(table)
        ours = {name: chosen for name, chosen in self.columns.items() if not chosen or chosen in table.columns}
        columns = guessed | {name: "" for name in BY_ROW if getattr(self, name)} | ours
        decimal, largest = numbers_of(head, [columns[name] for name in SHARES])
        unit = self.unit or ("percent" if largest > 1 else "share" if largest else "")
        return replace(self, known=tuple(table.columns), columns=columns, decimal=decimal, unit=unit, layout=layout)

    def missing(self) -> Iterator[Invalid]:
        """Yield what has to be said before the file means anything."""
        message = N_("This is missing.")
        for name, remedy in (
            ("source", N_("Say where the figures come from, and which edition.")),
            ("publisher", N_("Say who publishes them.")),
        ):
            if not getattr(self, name):
                yield Invalid(message, field=name, remedy=remedy)
        for name in BY_ROW:
            if not getattr(self, name) and not self.columns[name]:
                yield Invalid(message, field=name, remedy=N_("Write it, or choose the column that says it."))
        required, _ = COLUMNS[Kind(self.kind)] if self.kind in set(Kind) else ((), ())
        for name in ("area", *required):
            if not self.columns[name]:
                yield Invalid(message, field=f"column-{name}", remedy=N_("Choose the column that says it."))

    def mapping(self) -> dict[str, Any]:
        """Return the keys of the mapping that this makes, as a TOML file would have them."""
        keys: dict[str, Any] = {name: getattr(self, name) for name in ("kind", "source", "publisher")}
        for name in BY_ROW:
            keys[name] = getattr(self, name) or {"column": self.columns[name]}
        keys |= {name: self.columns[name] for name in ("area", *self.numbers) if self.columns[name]}
        file = {"encoding": self.layout.encoding, "delimiter": self.layout.delimiter}
        return keys | {"unit": self.unit or "percent", "decimal": self.decimal, "file": file}


def field_of(name: str | None) -> str:
    """Return the field of the form at which a fault of the mapping or the file is told."""
    first = (name or "").partition(".")[0]
    if first in TYPED or first.startswith("column-"):
        return first
    return f"column-{first}" if first in LABELS else PLACES.get(name or "", "file")


def context_of(chosen: Chosen, result: Taken | None, language: str) -> dict[str, Any]:
    """Return what the form shows."""
    return {
        "chosen": chosen,
        "kinds": [(kind.value, text(said, language)) for kind, said in KIND_WORDS.items()],
        "units": [("", text(N_("Choose"), language)), *((unit, text(said, language)) for unit, said in UNITS)],
        "columns": [("", text(N_("No column"), language)), *((name, name) for name in chosen.known)],
        "asked": [(name, text(LABELS[name], language)) for name in chosen.asked],
        "ref_head": text(N_("Area"), language),
        "counts": result.counts if result else {},
        "figures": [_row(figure, language) for figure in result.figures] if result else [],
        **told_lines(result.told if result else [], language, LABELS),
    }


def _row(figure: Figure, language: str) -> dict[str, str]:
    if figure.share is not None:
        value = words.number(100 * figure.share, language, 1) + words.PER_CENT
        over = text(N_("of %(n)s answers"), language, n=words.number(figure.respondents or 0, language))
    else:
        value, over = words.number(figure.count or 0, language), ""
        if figure.population:
            over = text(N_("of %(n)s inhabitants"), language, n=words.number(figure.population, language))
    return {"area": figure.area, "topic": figure.topic, "year": str(figure.year), "value": value, "over": over}
