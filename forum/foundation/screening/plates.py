"""Vehicle plates: in capitals anywhere, in small letters after a word such as "reg" or "bil" (regskylt).

Source: Transportstyrelsen: three letters and three digits, the last of which may be a letter; I, Q, V, Å, Ä and Ö are
not used, nor O at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from forum.foundation.screening.spans import Span, apart
from forum.foundation.screening.vocabulary import vocabulary

_LETTER = "[A-HJ-PR-UW-Z]"
_DIGITS = r"\d\d[\dA-HJ-NPR-UW-Z]"
_END = (
    r"(?! \w | [-/.:,]\d | [ ]?(?:%|:-) | [ ]?(?:kr|kronor|sek|kg|km|m|mm|cm|st|procent|personer|watt|lux|lumen|hk)\b )"
)
_VEHICLES = r"""
    reg(?:\.?[ ]?nr|nummer|numret|plåt|skylt|istreringsn(?:umme)?r|istreringsnumret|istreringsskylten?)?
  | (?:nummer)?skylt(?:en|ar|arna)? | (?:nummer)?plåt(?:en|ar|arna)? | (?:person|last|skåp)?bil(?:en)? | taxin?
  | moped(?:bil)?(?:en)? | epan? | a-traktorn? | mcn? | motorcykeln? | fordon(?:et)? | släp(?:et)?
  | volvon? | saaben | audin? | mersan | golfen | passaten | skodan? | toyotan?"""
_PLATE = re.compile(rf"(?x) (?<![\w-]) ({_LETTER}{{3}}) [ ·-]{{0,2}} {_DIGITS} {_END} (?![ ]\d{{3}}\b)")
_CALLED = re.compile(
    rf"""(?xi) (?<!\w) (?:{_VEHICLES}) [ .:,]{{1,3}} (?:är[ ]|med[ ]|nr[. ]{{1,2}})?
    (?=( ({_LETTER}) [ ]?({_LETTER}) [ ]?({_LETTER}) [ -]{{0,2}} {_DIGITS} ) {_END} )"""
)


def plates(text: str) -> list[Span]:
    """Return where they stand; words and acronyms that only look like one are left out."""
    return apart(_plates(text))


def _plates(text: str) -> Iterator[Span]:
    known = vocabulary()
    for found in _PLATE.finditer(text):
        letters = found[1].lower()
        if letters not in known.plate_acronyms and letters not in known.plate_words:
            yield found.span()
    for found in _CALLED.finditer(text):
        if (found[2] + found[3] + found[4]).lower() not in known.plate_words:
            yield found.span(1)
