"""The catalogue of measures that come back (åtgärdskatalogen): lighting, pruning, hosts, youth outreach and so on."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from forum.foundation.errors import Invalid
from forum.foundation.language import N_, Language


@dataclass(frozen=True)
class Kind:
    """A measure of the catalogue: its name in both languages, what it works on, and the categories that it answers."""

    code: str
    nature: str
    sv: str
    en: str
    answers: tuple[str, ...]
    camera: bool = False

    def name(self, language: str) -> str:
        """Return its name."""
        return self.en if language == Language.EN else self.sv


@cache
def kinds() -> tuple[Kind, ...]:
    """Return the catalogue in its order."""
    rows = tomllib.loads((files("forum") / "data" / "measures.toml").read_text(encoding="utf-8"))["measure"]
    return tuple(Kind(**row | {"answers": tuple(row["answers"])}) for row in rows)


def require_known(code: str | None) -> None:
    """Refuse a code that the catalogue does not have; none is fine."""
    if code is not None and code not in {kind.code for kind in kinds()}:
        message, remedy = N_("There is no such measure in the catalogue."), N_("Choose one of the catalogue, or none.")
        raise Invalid(message, field="catalogue_code", value=code, remedy=remedy)


def answering(category: str) -> list[Kind]:
    """Return what the catalogue has against a category or its group, the nearest first."""
    group = category.partition(".")[0]
    return [kind for kind in kinds() if group in kind.answers]
