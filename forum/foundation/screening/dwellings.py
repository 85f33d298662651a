"""What singles out a dwelling: apartment, floor in an address, the code of a door (lägenhet).

A house number alone does not: the register is about places.
"""

from __future__ import annotations

import re

from forum.foundation.screening.spans import Span, apart

_MONTHS = "jan|feb|mars|apr|maj|jun|jul|aug|sep|okt|nov|dec"
_UNITS = r"%|kvm|m2|kvadrat|rum\b|rok\b|r[ ]o[ ]k|personer|år\b|procent|kr\b|kronor"
_NO_DATE_OR_SIZE = rf"(?! \w | [.:]\d | /\d | -\d\d- | [ ]?(?: {_UNITS} | {_MONTHS} ) )"
_APARTMENT = re.compile(
    rf"""(?xi) (?<!\w)
    (?: (?:lgh|lght|lgt) (?:nr|nummer)? [ .:\#-]{{0,3}} (?:(?:nr|nummer)[ .:]{{0,2}})? \d{{1,4}}[a-z]?
      | (?:lägenhet(?:en)?|apartment|apt) [ .:(\#]{{1,3}} (?:(?:nr|nummer|no)[ .:]{{1,2}})?
        (?!20[12]\d\b) \d{{1,4}}[a-z]?
      | lägenhets(?:nummer|numret|nr) [ .:\#]{{1,3}} (?:är[ ])? \d{{1,4}}[a-z]?
    ) {_NO_DATE_OR_SIZE}"""
)
_DOOR_WORDS = "porten|dörren|entrén|grinden|trapphuset|låset"
_CODE = re.compile(
    rf"""(?xi) (?<!\w)
    (?: (?:port|dörr|entré|grind|lås|hiss|trapp|larm) kod(?:en)? | kod(?:en)? [ ](?:till|för|i)[ ] (?:{_DOOR_WORDS}) )
    [ :=,]{{1,3}} (?:(?:till|är|var|nu|{_DOOR_WORDS})[ :=]{{1,3}}){{0,3}} \#?\d{{3,6}}[\#*]? (?!\d|-\d)"""
)
_IN_AN_ADDRESS = re.compile(
    r"""(?x) (?<!\w)
    (?: [A-ZÅÄÖ][^\W\d_]{2,40} | [^\W\d_]{2,40}(?:vägen|gatan|gränd|stigen|backen|allén) )
    [ ]\d{1,3}[ ]?[A-Za-z]? [, (]{1,3}
    (?: \d{1,2}[ ]?tr(?:\b|appor) | (?:våning|vån\.?)[ ]?\d{1,2}\b | (?:nb|bv|ög|öh|nv|nh)\b )"""
)
_DOOR = re.compile(
    r"""(?xi) (?<!\w) dörr(?:en)?
    (?: [ ](?:på|i)[ ] (?:\w{3,8}|\d{1,2}:[ea]) [ ]våning(?:en)? (?:,?[ ]till)? [ ](?:vänster|höger)
      | (?:[ ]nr|[ ]nummer)? [ ]1\d0[1-9] (?!\w|[.:]\d) )"""
)


def dwellings(text: str) -> list[Span]:
    """Return where a dwelling is singled out."""
    return apart(found.span() for rule in (_APARTMENT, _CODE, _IN_AN_ADDRESS, _DOOR) for found in rule.finditer(text))
