"""Many rows in one statement (många rader): what a file brings in.

A statement for each row would ask the row policies anew who is writing, which costs more than the row itself, and COPY
is not for tables with row policies. One statement takes all rows as one JSON value; the policies look at each of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from geoalchemy2 import WKBElement
from sqlalchemy import Text, bindparam, cast, column, func, insert, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import UserDefinedType

from forum.foundation.database import Base


class _Named(UserDefinedType[Any]):
    """A type by its name in PostgreSQL: the database itself reads the value from its text."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        return self.name


def insert_many(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows, which all name the same columns, in one statement."""
    if not rows:
        return
    connection, table = session.connection(), model.metadata.tables[model.__tablename__]
    typed = [column(name, _Named(table.c[name].type.compile(connection.dialect))) for name in rows[0]]
    given = cast(bindparam("rows", type_=Text), JSONB)
    record = func.jsonb_to_recordset(given).table_valued(*typed).render_derived(with_types=True)
    statement = insert(table).from_select(list(rows[0]), select(*record.c))
    connection.execute(statement, {"rows": orjson.dumps(rows, default=_text).decode()})


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, WKBElement):
        return value.desc
    raise TypeError(f"{type(value).__name__} is not written to the database this way")
