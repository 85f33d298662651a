"""What a typed value is as the text of a cell (cellvärde): so that every format becomes the same table of text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from math import isfinite
from typing import Any

import orjson


def text_of(value: Any) -> str:
    """Return a value as text: nothing is empty, a whole number has no decimals, lists and objects are JSON."""
    if value is None or (isinstance(value, float | Decimal) and not isfinite(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | Decimal) and value == int(value):
        return str(int(value))
    if isinstance(value, list | dict):
        return orjson.dumps(value).decode()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def texts_of(values: Mapping[str, Any]) -> dict[str, str]:
    """Return each value as text."""
    return {name: text_of(value) for name, value in values.items()}
