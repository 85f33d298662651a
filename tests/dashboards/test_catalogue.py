"""Every word that people read stands in the catalogue, in Swedish too, with the same places to fill."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from dashboards import words
from forum.foundation.language import Language, catalogue, text

ROOT = Path(__file__).parents[2]
PACKAGES = ("forum", "mapping", "api", "dashboards")
PLACE = re.compile(r"%\((\w+)\)s")


def messages() -> Iterator[tuple[str, str]]:
    """Yield every message that the code can say, with the file that says it."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            with path.open("rb") as file:
                found = [
                    m for _, m, *_ in extract("python", file, keywords={"N_": None}, options={"encoding": "utf-8"})
                ]
            yield from ((str(m), path.name) for m in found)
    for path in sorted((ROOT / "dashboards" / "templates").rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                found = [
                    m for _, m, *_ in extract("jinja2.ext:babel_extract", file, keywords={"_": None}, options=JINJA)
                ]
            yield from ((m if isinstance(m, str) else str(m[0]), path.name) for m in found)
    yield from ((m, "a script") for m in words.said_in_scripts())


JINJA = {"trim_blocks": "true", "lstrip_blocks": "true", "encoding": "utf-8"}


def test_every_message_has_swedish_words() -> None:
    swedish = catalogue(Language.SV)
    missing = sorted({f"{message!r} ({where})" for message, where in messages() if not swedish.get(message)})
    assert missing == []


def test_a_translation_fills_the_same_places_as_its_message() -> None:
    swedish = catalogue(Language.SV)
    wrong = [m for m, s in swedish.items() if set(PLACE.findall(m)) != set(PLACE.findall(s))]
    assert wrong == []


def test_no_message_stands_twice_in_the_catalogue() -> None:
    source = (files("forum") / "data" / "locale" / "sv.po").read_text("utf-8")
    ids = re.findall(r'^msgid (".+(?:\n".*)*)', source, re.MULTILINE)
    assert sorted({i for i in ids if ids.count(i) > 1}) == []


def test_the_catalogue_is_well_formed() -> None:
    with (files("forum") / "data" / "locale" / "sv.po").open("rb") as file:
        read = read_po(file, locale="sv", abort_invalid=True)
    assert len(read) == len(catalogue(Language.SV))
    assert not [m.id for m in read if m.fuzzy and m.id]


@pytest.mark.parametrize("language", list(Language))
def test_the_words_of_the_scripts_come_from_the_same_catalogue(language: Language) -> None:
    assert words.said_in_scripts()
    for message in words.said_in_scripts():
        assert f'"{text(message, language)}"'.replace("<", "\\u003c") in words.for_scripts(language).replace('\\"', '"')
