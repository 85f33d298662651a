"""Criteria of the prize (kriterier): what a nomination must meet, and what is considered on levels described in words.

They are data of an edition: worded, described and weighed by its secretary, and kept as they stand when it is opened.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from forum.foundation.errors import Invalid, outside, raise_all
from forum.foundation.language import N_, Language
from forum.register.deviations import checked_text

CODE = re.compile(r"[a-z][a-z_]{0,39}")
WORDS_LENGTH = 240
MOST, MOST_LEVELS, HEAVIEST = 12, 8, 10
LANGUAGES = (Language.SV.value, Language.EN.value)


@dataclass(frozen=True)
class Level:
    """One level of a criterion, described in words."""

    sv: str
    en: str

    def name(self, language: str) -> str:
        """Return its description."""
        return self.en if language == Language.EN else self.sv


@dataclass(frozen=True)
class Criterion:
    """What a nomination must meet, or what is considered on described levels, the lowest first."""

    code: str
    must: bool
    sv: str
    en: str
    weight: int = 1
    levels: tuple[Level, ...] = ()

    def name(self, language: str) -> str:
        """Return its wording."""
        return self.en if language == Language.EN else self.sv

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Criterion:
        """Return the criterion that a row of data says."""
        levels = tuple(Level(**level) for level in row.get("levels", ()))
        return cls(**{**row, "levels": levels})


@cache
def _standard() -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads((files("forum") / "data" / "prize.toml").read_text("utf-8"))["criterion"])


def standard_criteria() -> list[dict[str, Any]]:
    """Return the criteria that the prize has had, which an edition may word otherwise."""
    return [dict(row) for row in _standard()]


def checked_criteria(rows: object) -> list[dict[str, Any]]:
    """Return the criteria as they are kept; what does not hold together is refused, and every word is screened."""
    if not isinstance(rows, Sequence) or not all(isinstance(row, Mapping) for row in rows) or len(rows) > MOST:
        remedy = N_("Give at most %(most)s criteria, each with a code, its wording in both languages, and levels.")
        raise Invalid(N_("These are no criteria."), field="criteria", remedy=remedy, most=MOST)
    kept = [_checked(row) for row in rows]
    codes = [row["code"] for row in kept]
    if twice := next((code for code in codes if codes.count(code) > 1), None):
        message = N_("Two criteria have the same code.")
        raise Invalid(message, field="criteria", value=twice, remedy=N_("Give each a code of its own."))
    return kept


def _checked(row: Mapping[str, Any]) -> dict[str, Any]:
    code, levels, weight = row.get("code"), row.get("levels", ()), row.get("weight", 1)
    if not isinstance(code, str) or not CODE.fullmatch(code):
        remedy = N_("Use small letters and _, for example results.")
        raise Invalid(N_("A criterion needs a code."), field="criteria", value=code, remedy=remedy)
    if not isinstance(levels, Sequence) or len(levels) > MOST_LEVELS or not all(isinstance(x, Mapping) for x in levels):
        remedy = N_("Describe at most %(most)s levels, each in both languages.")
        raise Invalid(N_("These are no levels."), field="criteria", value=code, remedy=remedy, most=MOST_LEVELS)
    heavy = weight if isinstance(weight, int) else 0
    raise_all(list(outside(heavy, 1, HEAVIEST, "criteria")))
    return {
        "code": code,
        "must": row.get("must") is True,
        "weight": heavy,
        **_worded(row, code),
        "levels": [_worded(level, code) for level in levels],
    }


def _worded(row: Mapping[str, Any], code: str) -> dict[str, str]:
    words = {name: row.get(name) for name in LANGUAGES}
    kept = {
        name: " ".join(checked_text(said, "criteria", WORDS_LENGTH).split()) if isinstance(said, str) else ""
        for name, said in words.items()
    }
    if not all(kept.values()):
        remedy = N_("Write it in Swedish and in English.")
        raise Invalid(N_("A criterion and its levels need words."), field="criteria", value=code, remedy=remedy)
    return kept
