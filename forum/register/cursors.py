"""Cursors (platser i listan): where in the list the next page begins, as an address can say it."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import literal, tuple_

from forum.foundation import clock
from forum.foundation.errors import Invalid
from forum.foundation.language import N_


def after(moment: datetime, row_id: UUID) -> str:
    """Return the cursor of what comes after the row of that moment and id."""
    return base64.urlsafe_b64encode(f"{clock.stamp(moment)}|{row_id}".encode()).decode().rstrip("=")


def position(cursor: str) -> Any:
    """Return moment and id of the row that the cursor stands after; refuses what we have not made."""
    try:
        words, _, row_id = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("|")
        moment, row = datetime.fromisoformat(words), UUID(row_id)
        made_by_us = clock.stamp(moment) == words
    except (ValueError, OverflowError, binascii.Error) as error:
        raise _no_place(cursor) from error
    if not made_by_us:
        raise _no_place(cursor)
    return tuple_(literal(moment), literal(row))


def _no_place(cursor: str) -> Invalid:
    remedy = N_("Begin again with the first page.")
    return Invalid(N_("This is no place in the list."), field="cursor", value=cursor, remedy=remedy)
