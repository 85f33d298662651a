"""The words that the screening knows, read once from `forum/data` (ordförråd)."""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Word sets of `screening.toml`, `given_names.txt` and `surnames.txt`, in the form that `key` gives.

    Places and endings keep their accents: "Hallén" is a surname, "hallen" a building.
    """

    homoglyphs: dict[str, str]
    plate_words: frozenset[str]
    plate_acronyms: frozenset[str]
    given: frozenset[str]
    surnames: frozenset[str]
    wordlike: frozenset[str]
    doubtful: frozenset[str]
    figures: frozenset[str]
    crowned: frozenset[str]
    places: frozenset[str]
    small_places: frozenset[str]
    place_endings: tuple[str, ...]
    not_surnames: frozenset[str]
    surname_endings: tuple[str, ...]
    plain_surname_endings: tuple[str, ...]
    particles: frozenset[str]
    persons: frozenset[str]
    pronouns: frozenset[str]
    titles: frozenset[str]
    naming: frozenset[str]
    deeds: frozenset[str]


def key(word: str) -> str:
    """Return a word as it is compared: small letters, accents gone, but å, ä and ö kept."""
    small = word.lower()
    return small if small.isascii() else "".join(map(_bare, small))


@lru_cache(maxsize=4096)
def _bare(letter: str) -> str:
    return letter if letter in "åäö" else unicodedata.normalize("NFD", letter)[0]


@cache
def vocabulary() -> Vocabulary:
    """Return the word sets; a broken data file shows at the first call."""
    book = tomllib.loads(_file("screening.toml"))
    written = {name: value.split() for name, value in book["names"].items() if isinstance(value, str)}
    words = {name: list(map(key, value)) for name, value in written.items()}
    letters = book["homoglyphs"]
    return Vocabulary(
        homoglyphs=dict(zip(letters["from"], letters["to"], strict=True)),
        plate_words=frozenset(book["plates"]["words"].split()),
        plate_acronyms=frozenset(book["plates"]["acronyms"].split()),
        given=_names("given_names.txt"),
        surnames=_names("surnames.txt"),
        wordlike=frozenset(words["wordlike"]),
        doubtful=frozenset(words["doubtful"]),
        figures=frozenset(map(key, book["names"]["figures"])),
        crowned=frozenset(words["crowned"]),
        places=frozenset(written["places"]),
        small_places=frozenset(words["places_in_small_letters"]),
        place_endings=tuple(written["place_endings"]),
        not_surnames=frozenset(words["not_surnames"]),
        surname_endings=tuple(written["surname_endings"]),
        plain_surname_endings=tuple(words["plain_surname_endings"]),
        particles=frozenset(words["particles"]),
        persons=frozenset(words["persons"]),
        pronouns=frozenset(words["pronouns"]),
        titles=frozenset(words["titles"]),
        naming=frozenset(words["naming"]),
        deeds=frozenset(words["deeds"]),
    )


def _file(name: str) -> str:
    return (files("forum") / "data" / name).read_text("utf-8")


def _names(name: str) -> frozenset[str]:
    lines = (line.partition("#")[0] for line in _file(name).splitlines())
    return frozenset(key(word) for line in lines for word in line.split())
