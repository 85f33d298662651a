"""Numbers of police reports and prosecuted cases (ärendenummer): they lead to persons.

A K-nummer is "5000-K123456-23": the police region, the letter K, a running number and the year. Before the letter and
the year people leave the region out, put blanks in, and write the year in full.
"""

from __future__ import annotations

import re
from itertools import chain

from forum.foundation.screening.spans import Span, apart

_K_NUMBER = re.compile(
    r"""(?xi)(?<!\w)
    (?: (?:\d{4} [ ]?-?[ ]?)? k [ ]?[-.]?[ ]? \d(?:[ ]?\d){3,7}   # region, K, running number
        [ ]?(?: [-/][ ]? | (?<=\d{5})[ ] ) (?:20)?\d\d            # year, after a blank only when the number is long
      | \d{4} [ ]?-[ ]? k [ ]?-?[ ]? \d{1,3} [ ]?[-/][ ]? (?:20)?\d\d
    ) (?![\d:] | [-.,]\d)"""
)
_CALLED = re.compile(
    r"""(?xi)(?<!\w)
    (?: k[- ]?(?:nummer|nr) | (?:ärende|anmälnings?|diarie)(?:nummer|nr) | anmälan | ärendet? )
    [ .:]{1,3} (?:är[ ] | nr[ ] | med[ ])?
    (?=( (?:\d{4}[ ]?-[ ]?)? k[ ]?-?[ ]?\d(?:[ ]?\d){3,7}(?:[ ]?-[ ]?\d\d)? | \d{5,7}[ ]?-[ ]?\d\d ) (?![\d-]) )"""
)
_PROSECUTED = re.compile(
    r"(?<!\w)AM ?-? ?\d{3,7} ?- ?\d\d(?!\d)|(?<!\w)[Mm]ål(?:et|nr|nummer)? B ?\d{1,6} ?- ?\d\d(?!\d)"
)


def case_numbers(text: str) -> list[Span]:
    """Return where K-numbers, the prosecutors' AM-numbers and the courts' criminal cases stand."""
    called = (found.span(1) for found in _CALLED.finditer(text))
    return apart(chain((found.span() for rule in (_K_NUMBER, _PROSECUTED) for found in rule.finditer(text)), called))
