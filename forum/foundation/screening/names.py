"""Likely names of persons, told apart from streets, squares, churches, shops and kings (namn).

A given name counts with a surname after it, a surname with an initial or a title before it, and a given name alone only
where something beside it says that a person is meant. What stands in front of "väg", "torg" or "kyrka" is a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from forum.foundation.screening.spans import Span
from forum.foundation.screening.vocabulary import key, vocabulary

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_JOINTS = frozenset({" ", "  "})
_ROMAN = frozenset("IVXl")
_AGE = re.compile(r"(?:,? | ?\()\d{1,2}(?: ?år|\))|, \d{1,2},")
_HAND_OVER = re.compile(r"(?: (?:sig|för|är))?[ :]{0,2}[ \"”“'»«(]{0,2}\Z")
_LONGEST = 6
"""Words that one name has at most."""

Range = tuple[int, int]
"""First and last word of a name."""


class Word(NamedTuple):
    """A word, where it stands, and the form in which it is compared."""

    text: str
    key: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        """Say whether it begins with a capital letter."""
        return self.text[0].isupper()


def names(text: str) -> list[Span]:
    """Return where likely names of persons stand."""
    return list(_Reader(text).spans())


class _Reader:
    """Reads a text word by word."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = [Word(found[0], key(found[0]), *found.span()) for found in _WORD.finditer(text)]
        self.known = vocabulary()

    def spans(self) -> Iterator[Span]:
        at = 0
        while at < len(self.words):
            name = self._name_at(at)
            if name:
                yield self.words[name[0]].start, self.words[name[1]].end
                at = name[1]
            at += 1

    def _name_at(self, at: int) -> Range | None:
        word = self.words[at]
        if self._is_given(word) and not self._is_crowned(at):
            return self._from_given(at)
        if not word.capital:
            return None
        return self._from_initial(at) or self._from_surname(at) or self._after_title(at) or self._handed_over(at)

    # ---- names that begin with a given name

    def _from_given(self, at: int) -> Range | None:
        if not self.words[at].capital:
            return self._in_small_letters(at)
        last = self._last_of_run(at)
        if self._is_figure(at, last):
            return None
        return self._with_surname(at, last) or self._alone(at, last) or self._in_small_letters(at)

    def _in_small_letters(self, at: int) -> Range | None:
        """Return "kevin svensson": in small letters only a plain surname counts."""
        after = self._next(at)
        if after is None or after.capital or self._place_follows(at + 1):
            return None
        if after.key.endswith("sson"):
            return at, at + 1
        foreign = after.key in self.known.surnames and after.key in self.known.given
        plain = len(after.key) > 5 and after.key.endswith(self.known.plain_surname_endings)
        return (at, at + 1) if (plain or foreign) and self.words[at].key not in self.known.doubtful else None

    def _last_of_run(self, at: int) -> int:
        """Return the last of the capitalised words in a row; particles may stand between them."""
        last = at
        for index in range(at + 1, min(at + _LONGEST, len(self.words))):
            word = self.words[index]
            if not self._joined(index) or not (word.capital or word.key in self.known.particles):
                break
            if word.capital:
                last = index
        return last

    def _with_surname(self, at: int, last: int) -> Range | None:
        """Return the name that a given name begins, cut where a place or another word begins."""
        end = at
        for index in range(at + 1, last + 1):
            word = self.words[index]
            if self._is_place(word):
                # "Kevin Svensson Farstavägen 12" is a person and an address, "Birger Jarlsgatan" only a street
                person = end > at and self._is_surname(self.words[end]) and not self._names_a_place(end, word)
                return (at, end) if person else None
            if word.key in self.known.not_surnames:
                break
            if word.capital:
                end = index
        return (at, end) if self._is_full(at, end) and not self._place_follows(end) else None

    def _is_full(self, at: int, end: int) -> bool:
        if end == at:
            return False
        first, rest = self.words[at], self.words[at + 1 : end + 1]
        if any(self._is_surname(word) for word in rest):
            return True
        shouted = first.text.isupper()
        return not shouted and first.key not in self.known.wordlike and not self._has_stray_initial(rest)

    def _has_stray_initial(self, rest: list[Word]) -> bool:
        """Say whether nothing but one letter stands where the surname should, with more after it ("Erik V:s")."""
        word = rest[-1]
        return len(rest) == 1 and len(word.text) == 1 and self.text[word.end : word.end + 1] in {":", "-", "/"}

    def _alone(self, at: int, last: int) -> Range | None:
        """Return a given name without a surname where a person is meant all the same."""
        if self._is_place_name(at):
            return None
        if self._after_person(at) or self._is_named(at) or self._is_titled(at):
            return at, at
        if self.words[at].key in self.known.doubtful or last > at:
            return None
        after = self._next(at)
        acts = after is not None and after.key in self.known.deeds
        return (at, at) if acts or _AGE.match(self.text, self.words[at].end) else self._pair(at)

    def _pair(self, at: int) -> Range | None:
        """Return "Kevin och Ahmed": two names that are nothing else."""
        if at + 2 >= len(self.words) or not (self._joined(at + 1) and self._joined(at + 2)):
            return None
        joint, other = self.words[at + 1], self.words[at + 2]
        if joint.key not in {"och", "and"} or not other.capital or not self._is_given(other):
            return None
        figure = f"{self.words[at].key} och {other.key}" in self.known.figures
        certain = other.key not in self.known.doubtful and not figure
        return (at, at + 2) if certain and not self._is_place_name(at + 2) else None

    # ---- names that something else gives away

    def _from_initial(self, at: int) -> Range | None:
        """Return "K. Svensson": a letter with its point before a surname."""
        word = self.words[at]
        if len(word.text) != 1 or at + 1 >= len(self.words):
            return None
        after = self.words[at + 1]
        pointed = self.text[word.end : after.start] in {". ", "."}
        plain = after.key.endswith("sson") and self._joined(at + 1)
        return (at, at + 1) if (pointed or plain) and self._is_bare_surname(at + 1) else None

    def _from_surname(self, at: int) -> Range | None:
        """Return "Svensson, Kevin", "Andersson Kevin", and "Xerxes Andersson" with a given name that no list has."""
        after = self._near(at, {" ", ", "})
        if after is None or not after.capital:
            return None
        word = self.words[at]
        if word.key.endswith("sson") and self._is_given(after) and after.key not in self.known.doubtful:
            return None if self._is_place_name(at + 1) else (at, at + 1)
        if self.text[word.end] == "," or len(word.text) < 3 or word.key in self.known.titles or self._is_no_name(word):
            return None
        return (at, at + 1) if after.key.endswith("sson") and self._is_bare_surname(at + 1) else None

    def _after_title(self, at: int) -> Range | None:
        """Return "fru Lind", "familjen Svensson" and "grannen Svensson" without what stands before."""
        known_person = self._after_person(at) and self.words[at].key.endswith("sson")
        if not (known_person or self._is_titled(at)) or self._is_no_name(self.words[at]) or self._is_place_name(at):
            return None
        return at, at

    def _handed_over(self, at: int) -> Range | None:
        """Return "han kallas Räven": any capitalised word that a person is called by."""
        if not self._person_is_named(at) or self._is_no_name(self.words[at]) or self._is_place_name(at):
            return None
        return at, at

    # ---- what stands around a word

    def _joined(self, index: int) -> bool:
        return self.text[self.words[index - 1].end : self.words[index].start] in _JOINTS

    def _next(self, at: int) -> Word | None:
        return self.words[at + 1] if at + 1 < len(self.words) and self._joined(at + 1) else None

    def _near(self, at: int, gaps: set[str]) -> Word | None:
        if at + 1 >= len(self.words):
            return None
        after = self.words[at + 1]
        return after if self.text[self.words[at].end : after.start] in gaps else None

    def _before(self, at: int) -> Word | None:
        return self.words[at - 1] if at and self._joined(at) else None

    def _after_person(self, at: int) -> bool:
        before = self._before(at)
        return before is not None and before.key in self.known.persons

    def _is_titled(self, at: int) -> bool:
        before = self._before(at)
        return before is not None and before.key in self.known.titles

    def _is_named(self, at: int) -> bool:
        """Say whether the word is handed over as a name, and no doubtful one unless by a person."""
        before = self._naming_word(at)
        return before is not None and (
            self._person_is_named(at)
            or (self._is_given(self.words[at]) and self.words[at].key not in self.known.doubtful)
        )

    def _naming_word(self, at: int) -> int | None:
        for index in range(at - 1, max(at - 3, -1), -1):
            if self.words[index].key in self.known.naming:
                between = self.text[self.words[index].end : self.words[at].start]
                themselves = self.words[index].key not in {"kallar", "kallade"} or between.startswith(" sig ")
                return index if themselves and _HAND_OVER.match(between) else None
        return None

    def _person_is_named(self, at: int) -> bool:
        index = self._naming_word(at)
        if index is None:
            return False
        near = {word.key for word in self.words[max(0, index - 2) : index]}
        return self.words[index].key == "alias" or bool(near & (self.known.persons | self.known.pronouns))

    # ---- what a word can be

    def _is_given(self, word: Word) -> bool:
        if word.key in self.known.given:
            return True
        return "-" in word.key and all(part in self.known.given for part in word.key.split("-"))

    def _is_crowned(self, at: int) -> bool:
        """Say whether a saint's, king's or ship's title stands before it ("S:t" is read as its last letter)."""
        if not at:
            return False
        before = self.words[at - 1]
        crowned = before.key in self.known.crowned and self._joined(at)
        return crowned or self.text[max(0, before.start - 2) : before.end].lower() in {"s:t", "s:ta"}

    def _is_figure(self, at: int, last: int) -> bool:
        """Say whether it is a whole name that everybody knows, with no surname of a neighbour after it."""
        if last == at:
            return False
        first, second = self.words[at].key, self.words[at + 1].key
        king = set(self.words[at + 1].text) <= _ROMAN
        known = king or {f"{first} {second}", f"{first} {second.removesuffix('s')}"} & self.known.figures
        return bool(known) and not any(self._is_surname(word) for word in self.words[at + 2 : last + 1])

    def _is_surname(self, word: Word) -> bool:
        """Say whether it is a surname and hardly anything else."""
        if not word.capital or word.key in self.known.not_surnames:
            return False
        small = word.text.lower()
        ends = len(small) > 4 and (small.endswith(self.known.surname_endings) or self._is_genitive_surname(small))
        return ends or bool({word.key, word.key.removesuffix("s")} & self.known.surnames)

    def _is_genitive_surname(self, small: str) -> bool:
        return len(small) > 5 and small[-1] == "s" and small[:-1].endswith(self.known.surname_endings)

    def _is_bare_surname(self, at: int) -> bool:
        word = self.words[at]
        return self._is_surname(word) and not self._is_place(word) and not self._place_follows(at)

    def _is_place(self, word: Word) -> bool:
        part = word.text.lower().rpartition("-")[2]
        return part in self.known.places or (len(part) > 4 and part.endswith(self.known.place_endings))

    def _place_follows(self, at: int) -> bool:
        """Say whether a word for a place comes next, and what stands before it is not plainly a person."""
        after = self._next(at)
        if after is None or not (self._is_place(after) or (not after.capital and after.key in self.known.small_places)):
            return False
        return not self._is_surname(self.words[at]) or self._names_a_place(at, after)

    def _names_a_place(self, at: int, place: Word) -> bool:
        """Say whether a surname belongs to the place after it: "Permans Gata", "Hanssons väg", "Olsson Fastigheter"."""
        if place.capital:
            return place.key in self.known.places
        return self.words[at].key.endswith(("s", "z", "x"))

    def _is_no_name(self, word: Word) -> bool:
        return word.key in self.known.not_surnames or self._is_place(word)

    def _is_place_name(self, at: int) -> bool:
        """Say whether the capitalised words, or what follows them, make a street, square or church of the name."""
        last = self._last_of_run(at)
        return any(self._is_place(word) for word in self.words[at : last + 1]) or self._place_follows(last)
