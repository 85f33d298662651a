"""The words of the catalogue in the reader's language (språk): English in the code, Swedish in `data/locale/sv.po`."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po


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
    """Return the message in the language, its `%(name)s` places filled in."""
    words = catalogue(language).get(message) or message
    return words % params if params else words
