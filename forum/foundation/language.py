"""The words of the catalogue in the reader's language (språk): English in the code, Swedish in `data/locale/sv.po`."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po

BEFORE_PER_CENT = re.compile(r"(?<=[\ds]) (?=%(?!\())")
"""The space between a number, or the place of one, and a per cent sign."""


class Language(StrEnum):
    """A language that the interface speaks; Swedish is the default."""

    SV = "sv"
    EN = "en"


def N_(message: str) -> str:
    """Mark a message for the catalogue without translating it here."""
    return message


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return message -> translation; English needs none."""
    if language != Language.SV:
        return {}
    with (files("forum") / "data" / "locale" / "sv.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale="sv") if m.id and isinstance(m.id, str)}


def text(message: str, language: str = Language.SV, /, **params: object) -> str:
    """Return the message in the language, its `%(name)s` places filled in; no line ends between a number and its %."""
    words = _bound(catalogue(language).get(message) or message)
    return words % params if params else words


@cache
def _bound(words: str) -> str:
    return BEFORE_PER_CENT.sub("\N{NO-BREAK SPACE}", words)
