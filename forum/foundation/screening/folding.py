"""Text made plain so that it can be compared, with the way back to the original (vikning).

Soft hyphens, zero-width characters and marks that do not compose vanish; every dash, blank and digit of Unicode
becomes the plain one; full-width and look-alike letters become Latin; é typed as e + accent becomes one letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from forum.foundation.screening.vocabulary import vocabulary

_PLAIN = r"\x20-\x7e\nåäöÅÄÖéÉ"
_RUNS = re.compile(rf"([{_PLAIN}]+)|[^{_PLAIN}]")
_BREAKS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_DASHES = frozenset("\N{MINUS SIGN}\N{HYPHEN BULLET}\N{HEAVY MINUS SIGN}\N{MODIFIER LETTER MINUS SIGN}")
_BLANKS = frozenset("\N{BRAILLE PATTERN BLANK}\N{HANGUL FILLER}\N{HALFWIDTH HANGUL FILLER}")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text made plain; `starts[i]` and `ends[i]` say where its i-th character stood in the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a non-empty stretch of the plain text stood in the original."""
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> Folded:
    """Return the text made plain, in time that grows with its length alone."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for run in _RUNS.finditer(text):
        first, after = run.span()
        if run[1]:
            pieces.append(run[1])
            starts.extend(range(first, after))
            ends.extend(range(first + 1, after + 1))
        elif unicodedata.category(run[0])[0] == "M":
            if pieces:
                pieces[-1] = _marked(pieces[-1], run[0])
                ends[-1] = after
        elif plain := _plain(run[0]):
            pieces.append(plain)
            starts.extend([first] * len(plain))
            ends.extend([after] * len(plain))
    return Folded("".join(pieces), starts, ends)


def _marked(piece: str, mark: str) -> str:
    """Put an accent on the last letter; one that does not make a letter of its own is dropped."""
    composed = unicodedata.normalize("NFC", piece[-1] + mark)
    return piece[:-1] + composed if len(composed) == 1 else piece


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    return "".join(_plain_letters(character))


def _plain_letters(character: str) -> Iterator[str]:
    for letter in unicodedata.normalize("NFKC", character):
        category = unicodedata.category(letter)
        if category == "Nd":
            yield str(unicodedata.decimal(letter))
        elif category == "Pd" or letter in _DASHES:
            yield "-"
        elif letter in _BREAKS:
            yield "\n"
        elif category in {"Zs", "Cc", "Cs"} or letter in _BLANKS:
            yield " "
        elif category[0] != "M" and category != "Cf":
            yield vocabulary().homoglyphs.get(letter, letter)
