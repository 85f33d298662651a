"""E-mail addresses, also those hidden from machines but not from people (e-post)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forum.foundation.screening.spans import Span, apart

_LETTER = r"[\w.%+'-]"
_DOT = r"(?:\.|[ ]?[(\[{][ ]?(?:dot|punkt|\.)[ ]?[)\]}][ ]?|[ ](?:dot|punkt)[ ])"
_AT = re.compile(
    r"(?xi)(?<=[\w%+'-]) (?: [ ]?@[ ]? | [ ]?[(\[{<][ ]?(?:at|snabel-?a|a)[ ]?[)\]}>][ ]? | [ ](?:snabel-?a|at)[ ] )"
)
_DOMAIN = re.compile(rf"(?xi) [\w-]{{1,63}} (?:{_DOT}[\w-]{{1,63}}){{0,4}} ({_DOT}) [^\W\d_]{{2,24}} (?![\w-])")
_LOCAL_BACKWARDS = re.compile(rf"{_LETTER}{{1,64}}")


def email_addresses(text: str) -> list[Span]:
    """Return where they stand: "a@b.se", "a (at) b.se", "a snabel-a b punkt se"."""
    return apart(_email_addresses(text))


def _email_addresses(text: str) -> Iterator[Span]:
    for at in _AT.finditer(text):
        domain = _DOMAIN.match(text, at.end())
        # "look at svt.se" is English, not an address: the bare word needs its spoken dot
        if domain and (at[0].lower() != " at " or domain[1] != "."):
            local = _LOCAL_BACKWARDS.match(text[max(0, at.start() - 64) : at.start()][::-1])
            yield at.start() - (local.end() if local else 0), domain.end()
