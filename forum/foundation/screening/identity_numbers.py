"""Personal identity and coordination numbers however they are spread out (personnummer, samordningsnummer).

Sources: Skatteverket, "Personnummer" and "Samordningsnummer" (day + 60); the last digit is a Luhn check over the nine
before it. An interim number carries one of the letters TRSUWXJKLMN at the seventh place, which counts as 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import NamedTuple

_GAP = r"[ \n./_+-]{0,3}"
_YY = rf"\d{_GAP}\d{_GAP}"
_MONTH = rf"(?:0{_GAP}[1-9]|1{_GAP}[012]){_GAP}"
_REST = rf"\d{_GAP}\d{_GAP}[\dTRSUWXJKLMN]{_GAP}\d{_GAP}\d{_GAP}\d(?!\d)"
_TEN = re.compile(rf"(?<!\d)(?=({_YY}{_MONTH}{_REST}))")
_TWELVE = re.compile(rf"(?<!\d)(?=((?:1{_GAP}[89]|2{_GAP}0){_GAP}{_YY}{_MONTH}{_REST}))")
_PARTS = re.compile(r"(\d+)([^\d]*)")
_CALLED = re.compile(r"(?i)(?:personn(?:umme)?r|pnr|p-nr)\W{0,3}\Z")
_MORE_DATE = re.compile(r"[-./]\d{1,2}[-./]\d")
_MONEY = re.compile(r"(?i) ?(?:(?:kr|kronor|sek)\b|:-)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_CLOCK_OR_YEAR = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d|(?:19|20)\d\d")
_RECENT_YEARS = range(15, 50)
"""Of these years a date with its own dashes and what may be a time after it is read so, not as a child's number."""

_LAST_FOUR, _DATE = 4, range(5, 10)
_SPREAD = re.compile(r"[ _-]+")
_MAY_STAND = dict.fromkeys(range(1, 12), _SPREAD) | {
    6: re.compile(r"[ ./_-]+"),
    8: re.compile(r"[ ./_-]+"),
    _LAST_FOUR: re.compile(r"[ /_+-]+|[ ]?-[ ]?\n"),
}
"""What may stand in a gap, by the number of digits that follow it."""
_ONLY_DIGITS = dict.fromkeys(map(ord, " \n./_+-")) | dict.fromkeys(map(ord, "TRSUWXJKLMN"), "1")
_PAIRS = {f"{a}{b}": 2 * a - 9 * (a > 4) + b for a in range(10) for b in range(10)}
"""What two digits add to the checksum: the first doubled, the sum of its digits taken."""


class _Number(NamedTuple):
    """Digits, and what was written between them, by the number of digits that follow."""

    digits: str
    gaps: dict[int, str]
    interim: bool


class Found(NamedTuple):
    """Where a number stands, and whether it is a coordination number."""

    start: int
    end: int
    coordination: bool


def identity_numbers(text: str) -> Iterator[Found]:
    """Yield the personal identity and coordination numbers of a text: those of twelve digits, then those of ten."""
    for pattern in (_TWELVE, _TEN):
        after = 0
        for written in pattern.finditer(text):
            if written.start() < after:
                continue
            digits = written[1].translate(_ONLY_DIGITS)
            if _passes_luhn(digits[-10:]) and _is_a_day(digits):
                found = Found(*written.span(1), coordination=digits[-6] in "6789")
                number = _read(written[1])
                if _is_one_number(number) and not _is_something_else(number, text, found):
                    after = found.end
                    yield found


def _read(written: str) -> _Number:
    plain = re.sub("[A-Z]", "1", written)
    parts = _PARTS.findall(plain)
    left, gaps = sum(len(digits) for digits, _ in parts), {}
    for digits, gap in parts:
        left -= len(digits)
        if gap:
            gaps[left] = gap
    return _Number("".join(digits for digits, _ in parts), gaps, interim=plain != written)


def _passes_luhn(digits: str) -> bool:
    return sum(_PAIRS[digits[at : at + 2]] for at in range(0, 10, 2)) % 10 == 0


def _is_a_day(digits: str) -> bool:
    year = int(digits[:4]) if len(digits) == 12 else 2000 + int(digits[:2])
    day = int(digits[-6:-4])
    with suppress(ValueError):
        return bool(date(year, int(digits[-8:-6]), day - 60 if day > 60 else day))
    return False


def _is_one_number(number: _Number) -> bool:
    """Say whether the gaps are such as someone would leave inside one number."""
    if number.interim:
        return set(number.gaps) <= {_LAST_FOUR}
    return all(_MAY_STAND[left].fullmatch(gap) for left, gap in number.gaps.items()) and _is_cut_well(number)


def _is_cut_well(number: _Number) -> bool:
    cuts = set(number.gaps) - {10, 11}
    if not cuts:
        return True
    if _LAST_FOUR not in cuts:
        return False
    before, after = cuts & set(_DATE), cuts & {1, 2, 3}
    dashed = bool(set(number.gaps[_LAST_FOUR]) & set("-+"))
    if len(number.digits) == 10 and number.digits[0] == "0" and not dashed and before not in (set(), {6, 8}):
        return False
    return not (before and after) or len(number.digits) == 12 or len(cuts) == 9 or cuts == {2, 4, 6, 8}


def _is_something_else(number: _Number, text: str, found: Found) -> bool:
    """Say whether it is rather a sum, a mobile number, two dates, or a date with a time or a year after it."""
    if _CALLED.search(text, max(0, found.start - 20), found.start):
        return False
    if not number.gaps and (_MONEY.match(text, found.end) or (found.coordination and number.digits.startswith("07"))):
        return True
    return bool(_MORE_DATE.match(text, found.end)) or _is_a_date_and_more(number)


def _is_a_date_and_more(number: _Number) -> bool:
    """Say whether it is "2023-10-26 1430" or "2023-10-26 - 2024": a date with its own dashes, then a time or year."""
    if not (number.gaps.keys() >= {6, 8} and " " in number.gaps[_LAST_FOUR]):
        return False
    recent = number.digits[:-10] in ("", "20") and int(number.digits[-10:-8]) in _RECENT_YEARS
    pattern = _CLOCK_OR_YEAR if recent else _YEAR
    return bool(pattern.fullmatch(number.digits[-4:]))
