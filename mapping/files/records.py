"""What a deviation is as a row of a file (rad i uttag): the same columns in every format.

docs/export.md says what they mean; docs/examples/trygghetsforum.toml is the mapping that takes them back.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson

from forum.foundation import clock
from forum.foundation.audience import Audience
from forum.register.exports import Exported

MOMENTS = ("occurred_from", "occurred_to", "created_at", "changed_at")
COLUMNS = ("id", "nr", "lon", "lat", "accuracy_m", "occurred_from", "occurred_to", "category", "category_name", "text",
           "answers", "visibility", "status", "reply", "organisation", "registered_by", "source", "source_ref",
           "version", "created_at", "changed_at", "audience")  # fmt: skip
"""The columns of every format, in their order."""
ALONE = "member"
"""What stands for the audience where the file is for one member alone."""


def audience_word(audience: Audience | None) -> str:
    """Return what the column `audience` says."""
    return audience.value if audience else ALONE


def cells_of(row: Exported, audience: Audience | None) -> dict[str, Any]:
    """Return a row by column as people read it in a sheet: Swedish time with its offset, answers as JSON."""
    told = {name: clock.local(getattr(row, name)).isoformat() for name in MOMENTS}
    return _record(row, audience) | told


def fields_of(row: Exported, audience: Audience | None) -> dict[str, Any]:
    """Return a row by column as programs read it: time in UTC, answers as JSON."""
    return _record(row, audience) | {name: utc(getattr(row, name)) for name in MOMENTS}


def _record(row: Exported, audience: Audience | None) -> dict[str, Any]:
    answers = orjson.dumps(row.answers).decode() if row.answers else None
    known = {name: getattr(row, name) for name in COLUMNS[:-1]}
    return known | {"id": str(row.id), "answers": answers, "audience": audience_word(audience)}


def utc(moment: datetime) -> str:
    """Return a moment as JSON writes it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
