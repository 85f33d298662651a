"""Text and numbers that can be kept as they are (text och tal): no NUL, no half characters, no number that is none."""

from __future__ import annotations

import math
import re
from typing import Any

from forum.foundation.errors import Invalid
from forum.foundation.language import N_

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
"""A number as people and files write it; Python's own reading also takes 1_000, digits of other scripts, nan."""

LOST = re.compile("[\\0\\ud800-\\udfff]")
"""What a database cannot keep: NUL, and half of a surrogate pair."""


def storable(words: str, field: str) -> str:
    """Return the text; refuses what no database can keep."""
    if not keepable(words):
        message = N_("The text holds characters that are no text.")
        raise Invalid(message, field=field, value=words, remedy=N_("Write it again with ordinary characters."))
    return words


def keepable(words: str) -> bool:
    """Tell whether a database can keep the text: no NUL and no half of a surrogate pair."""
    return LOST.search(words) is None


def number(value: Any) -> float:
    """Return the number, or NaN for what is none: a truth value, a word, what is too large to count with."""
    if isinstance(value, bool | bytes) or (isinstance(value, str) and not NUMBER.fullmatch(value.strip())):
        return math.nan
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
