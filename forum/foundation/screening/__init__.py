"""Free text looked through for what points at a person, before it is saved (granskning av fritext).

`find` tells what stands where; `check` refuses it with the marked passage and the remedy. What is caught and what is
not stands in docs/decisions/0012-what-the-screening-catches.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from forum.foundation.errors import Invalid, raise_all
from forum.foundation.language import N_
from forum.foundation.screening.case_numbers import case_numbers
from forum.foundation.screening.dwellings import dwellings
from forum.foundation.screening.email_addresses import email_addresses
from forum.foundation.screening.folding import fold
from forum.foundation.screening.identity_numbers import identity_numbers
from forum.foundation.screening.names import names
from forum.foundation.screening.phone_numbers import phones
from forum.foundation.screening.plates import plates
from forum.foundation.screening.spans import Span

__all__ = ["Hit", "Kind", "PersonFound", "check", "find"]


class Kind(StrEnum):
    """What a passage looks like; where two overlap, the one named first here is kept."""

    PERSONNUMMER = "personnummer"
    SAMORDNINGSNUMMER = "samordningsnummer"
    ARENDENUMMER = "arendenummer"
    EPOST = "epost"
    TELEFON = "telefon"
    LAGENHET = "lagenhet"
    REGSKYLT = "regskylt"
    NAMN = "namn"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage of a text, `text[start:end]`, that points at a person."""

    kind: Kind
    start: int
    end: int


_RULES: dict[Kind, Callable[[str], Iterable[Span]]] = {
    Kind.ARENDENUMMER: case_numbers,
    Kind.EPOST: email_addresses,
    Kind.TELEFON: phones,
    Kind.LAGENHET: dwellings,
    Kind.REGSKYLT: plates,
    Kind.NAMN: names,
}
_OF_DIGITS = frozenset({Kind.ARENDENUMMER, Kind.TELEFON, Kind.REGSKYLT})
"""What has digits in it: a text without any is not looked through for these, nor for identity numbers."""
_DIGIT = re.compile(r"\d")
_RANK = {kind: rank for rank, kind in enumerate(Kind)}

WORDS: dict[Kind, str] = {
    Kind.PERSONNUMMER: N_("The text seems to hold a personal identity number."),
    Kind.SAMORDNINGSNUMMER: N_("The text seems to hold a coordination number."),
    Kind.ARENDENUMMER: N_("The text seems to hold a police case number. It leads to persons."),
    Kind.EPOST: N_("The text seems to hold an e-mail address."),
    Kind.TELEFON: N_("The text seems to hold a telephone number."),
    Kind.LAGENHET: N_("The text seems to single out a dwelling or the code of a door."),
    Kind.REGSKYLT: N_("The text seems to hold a vehicle's registration number."),
    Kind.NAMN: N_("The text seems to name a person."),
}
"""What is said of a passage of each kind."""

REMEDIES: dict[Kind, str] = {
    Kind.LAGENHET: N_("Write the street or the entrance instead, without apartment, floor or code."),
    Kind.REGSKYLT: N_("Write the sort of vehicle and its colour instead."),
    Kind.NAMN: N_("Write what happened and where, not who. A place is written out: street, square, park."),
}
"""What can be written instead."""

_REMEDY = N_("Take it out: the register holds places, never persons.")


class PersonFound(Invalid):
    """A text points at a person: nothing of it is saved."""


def find(text: str) -> list[Hit]:
    """Return what points at a person, in order and apart from each other; empty when the text is clean."""
    folded = fold(text)
    hits = [Hit(kind, *folded.span(*span)) for kind, span in _found(folded.text)]
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, _RANK[hit.kind], -hit.end)):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
        elif _RANK[hit.kind] < _RANK[kept[-1].kind]:
            kept[-1] = hit
    return kept


def _found(text: str) -> Iterator[tuple[Kind, Span]]:
    digits = _DIGIT.search(text) is not None
    for number in identity_numbers(text) if digits else ():
        kind = Kind.SAMORDNINGSNUMMER if number.coordination else Kind.PERSONNUMMER
        yield kind, (number.start, number.end)
    for kind, rule in _RULES.items():
        for span in rule(text) if digits or kind not in _OF_DIGITS else ():
            yield kind, span


def check(fields: Mapping[str, object] | None = None, /, **named: object) -> None:
    """Raise PersonFound (an Invalid) for what points at a person in any field, or Problems where there are several.

    A value may be a text, a number, nothing, or a mapping or list of such (the answers to a category's questions);
    the field of an answer is named as "answers.code".
    """
    texts = _texts({**(fields or {}), **named})
    raise_all([_refusal(field, text, hit) for field, text in texts for hit in find(text)])


def _refusal(field: str, text: str, hit: Hit) -> Invalid:
    passage = text[hit.start : hit.end]
    return PersonFound(WORDS[hit.kind], field=field, value=passage, remedy=REMEDIES.get(hit.kind, _REMEDY))


def _texts(values: Mapping[str, object], path: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        field = f"{path}{name}"
        if isinstance(value, str):
            yield field, value
        elif isinstance(value, Mapping):
            yield from _texts(value, f"{field}.")
        elif isinstance(value, list | tuple | set | frozenset):
            yield from _texts({str(number): each for number, each in enumerate(value)}, f"{field}.")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield field, str(value)
