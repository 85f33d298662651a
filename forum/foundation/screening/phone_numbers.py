"""Telephone numbers, Swedish and foreign, but not times, dates, sums and short public numbers (telefon).

Source: Post- och telestyrelsen, the Swedish numbering plan: area codes have two to four digits, mobile numbers begin
with 070, 072, 073, 076 or 079. 020 and 077 are lines of organisations, never of a person: they may stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from forum.foundation.screening.spans import Span, apart

_GAP = r"[ ()./-]{0,3}"
_MOBILE = re.compile(rf"(?<!\d)(?=(0{_GAP}7{_GAP}[02369](?:{_GAP}\d){{7}})(?!\d))")
_LANDLINE = re.compile(rf"(?<!\w)(?=(0[1-9](?:{_GAP}\d){{6,8}})(?!\d))")
_SWEDEN = re.compile(rf"(?<!\w)(?=((?:\+|00){_GAP}4{_GAP}6{_GAP}(?:0{_GAP})?)([1-9](?:{_GAP}\d){{6,8}})(?!\d))")
_ABROAD = re.compile(rf"(?<!\w)(?=((?:\+(?!4 ?6)[1-9]|00 ?(?:4[^6\D]|3\d))(?:{_GAP}\d){{7,13}})(?!\d))")
_CALLED = re.compile(
    r"(?i)(?<!\w)(?:tel|tfn|telnr|telefonnr|telefonnummer|mobilnr|mobilnummer|mobilnumret|ring(?: på)?)[ .:]{1,3}"
    rf"(?:nr|nummer|är)?[ .:]{{0,3}}(?=(\d(?:{_GAP}\d){{5,9}})(?!\d))"
)
_PARTS = re.compile(r"(\d+)(\D*)")
_INSIDE_A_NUMBER = re.compile(r"\d[-.,:]\Z")
_AFTER_A_SLASH = re.compile(r"\d/\Z")
_MONEY = re.compile(r"(?i) ?(?:(?:kr|kronor|sek|tkr|mkr|euro|dollar|personer)\b|:-|%)")
_MORE = re.compile(r"[-.:]\d\d")
_THOUSANDS = re.compile(r"\d [0-9]{3}(?: [0-9]{3})+(?!\d)")
_DATE = re.compile(r"(?:19|20)\d\d(?:\d{4})?")
_TIMES = re.compile(r"(?i)\b(?:kl|klockan|mellan)[ .:]{0,3}\Z")
_NOT_A_PHONE = re.compile(
    r"(?i)(?:\b(?:kl|klockan|mellan|dnr|ocr|diarienummer|mätaren?|mätarställning(?:en)?)"
    r"|(?:serie|artikel|faktura|kund|referens|order|inventarie|stolp|mätar)(?:nr|nummer))[ .:]{0,3}\Z"
)
_MOBILE_CODES = frozenset({"070", "072", "073", "076", "079"})
_CODES_OF_THREE = frozenset(
    f"0{code}" for code in (10, 11, 13, 16, 18, 19, 21, 23, 26, 31, 33, 35, 36, 40, 42, 44, 46, 54, 60, 63, 90)
)

Parts = list[tuple[str, str]]
"""Digits that stand together, and what stands between them and the next."""


def phones(text: str) -> list[Span]:
    """Return where telephone numbers stand."""
    spans = [*_mobiles(text), *_landlines(text), *_swedish_from_abroad(text), *_abroad(text), *_called(text)]
    return apart(_with_bracket(text, *span) for span in spans)


def _with_bracket(text: str, start: int, end: int) -> Span:
    """Take in the bracket of "(08) 465 004 00"."""
    opened = start and text[start - 1] == "(" and ")" in text[start:end]
    return start - 1 if opened else start, end


def _mobiles(text: str) -> Iterator[Span]:
    for found in _MOBILE.finditer(text):
        parts = _PARTS.findall(found[1])
        start, end = found.span(1)
        if _is_mobile(parts) and not (_continues(text, start, parts) or _TIMES.search(text, max(0, start - 12), start)):
            yield start, end


def _is_mobile(parts: Parts) -> bool:
    whole_code = len(parts[0][0]) >= 3 or {len(digits) for digits, _ in parts} in ({1}, {2})
    return whole_code and _gaps_agree(parts)


def _gaps_agree(parts: Parts) -> bool:
    """Say whether there is a dash, slash or bracket after the code alone, or the same sign everywhere."""
    gaps = [gap.strip() for _, gap in parts[:-1]]
    return not any(gaps[1:]) or (len(set(gaps)) == 1 and gaps[0] in "-.")


def _continues(text: str, start: int, parts: Parts) -> bool:
    """Say whether the digits go on from a longer number, a date or a time."""
    before = max(0, start - 2)
    short = len(parts[0][0]) < 3
    return bool(_INSIDE_A_NUMBER.search(text, before, start) or (short and _AFTER_A_SLASH.search(text, before, start)))


def _landlines(text: str) -> Iterator[Span]:
    for found in _LANDLINE.finditer(text):
        start, parts = found.start(1), _PARTS.findall(found[1])
        end = start + (0 if _continues(text, start, parts) else _length(parts, sure=False))
        if end > start and not (_NOT_A_PHONE.search(text, max(0, start - 24), start) or _is_a_sum(text, start, end)):
            yield start, end


def _is_a_sum(text: str, start: int, end: int) -> bool:
    """Say whether it is money, or the end of a number in groups of three: "1 018 000 000"."""
    return bool(_MONEY.match(text, end) or _THOUSANDS.fullmatch(text, max(0, start - 2), end))


def _length(parts: Parts, *, sure: bool) -> int:
    """Return how many characters of the parts make a number; 0 when none do."""
    size = sum(len(digits) for digits, _ in parts)
    while size >= 8:
        if _is_number(parts, sure=sure):
            return size + sum(len(gap) for _, gap in parts[:-1])
        size -= len(parts[-1][0])
        parts = parts[:-1]
    return 0


def _is_number(parts: Parts, *, sure: bool) -> bool:
    digits = "".join(part for part, _ in parts)
    if digits.startswith(("020", "077")):
        return False
    if digits[:3] in _MOBILE_CODES:
        return sure and len(digits) == 10
    if len(parts) == 1 or sure:
        return sure or len(digits) >= 9
    code = _code(digits)
    groups = [part for part, _ in parts[1:]]
    return parts[0][0] == code and _gaps_agree(parts) and _is_subscriber(groups, code, parts[0][1].strip())


def _code(digits: str) -> str:
    if digits.startswith("08"):
        return digits[:2]
    return digits[:3] if digits[:3] in _CODES_OF_THREE else digits[:4]


def _is_subscriber(groups: list[str], code: str, sign: str) -> bool:
    """Say whether the digits after the area code are grouped as in a telephone number."""
    dashed = "-" in sign or ")" in sign
    if len(groups) == 1:
        return len(groups[0]) >= (5 if dashed else 6)
    if any(_DATE.fullmatch(group) for group in groups) or not all(2 <= len(group) <= 4 for group in groups):
        return False
    return dashed or len(groups[0]) >= 3 or (len(code) >= 3 and not sign)


def _swedish_from_abroad(text: str) -> Iterator[Span]:
    for found in _SWEDEN.finditer(text):
        (first, gap), *others = _PARTS.findall(found[2])
        length = _length([("0" + first, gap), *others], sure=True)
        end = found.start(2) + length - 1
        if length and not _MONEY.match(text, end):
            yield found.start(1), end


def _abroad(text: str) -> Iterator[Span]:
    for found in _ABROAD.finditer(text):
        start, end = found.span(1)
        if not (
            _MONEY.match(text, end) or _MORE.match(text, end) or _NOT_A_PHONE.search(text, max(0, start - 24), start)
        ):
            yield start, end


def _called(text: str) -> Iterator[Span]:
    for found in _CALLED.finditer(text):
        groups = [digits for digits, _ in _PARTS.findall(found[1])]
        start, end = found.span(1)
        if not (any(map(_DATE.fullmatch, groups)) or _MONEY.match(text, end) or _MORE.match(text, end)):
            yield start, end
