"""The one door to PostgreSQL (databasen): engine, sessions, the tables' base class, migrations."""

from __future__ import annotations

import select
from collections.abc import Iterable
from enum import StrEnum
from importlib.resources import files
from typing import Any, ClassVar, Self
from uuid import UUID

import orjson
import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import ColumnElement, Engine, MetaData, any_, create_engine, event, literal, literal_column, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session, sessionmaker
from sqlalchemy.types import DateTime, Uuid

from forum.foundation import rights

APPLICATION_ROLE = "trygg_app"
OWNER_ROLE = "trygg_owner"


class Base(DeclarativeBase):
    """Every table of the forum."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        UUID: Uuid(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }


Moment = DateTime(timezone=True)
"""A moment in UTC."""


class BinaryCursor(psycopg.Cursor[Any]):
    """Takes what a question with parameters answers in binary: moments, ids and numbers are read in half the time."""

    def execute(
        self, query: Any, params: Any = None, *, prepare: bool | None = None, binary: bool | None = None
    ) -> Self:
        """Execute the statement."""
        return super().execute(query, params, prepare=prepare, binary=bool(params) if binary is None else binary)


def among(column: ColumnElement[Any] | InstrumentedAttribute[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Return the condition that the column has one of the values: `IN`, but one statement however many they are."""
    return column.__eq__(any_(literal(list(values), ARRAY(column.type))))


def one_of(column: InstrumentedAttribute[str], words: Iterable[StrEnum]) -> ColumnElement[bool]:
    """Return the condition that the column has one of some words of ours, which stand in the statement themselves."""
    return column.__eq__(any_(literal_column(f"'{{{','.join(sorted(words))}}}'::text[]")))


def make_engine(url: str, **options: Any) -> Engine:
    """Return an engine on the URL; JSON is written and read by orjson."""
    settings: dict[str, Any] = {"pool_size": 10, "max_overflow": 20, "pool_use_lifo": True}
    settings["hide_parameters"] = True  # a fault is logged with its statement, never with what people wrote
    engine = create_engine(
        url,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={"cursor_factory": BinaryCursor, "prepare_threshold": 1},
        **settings | options,
    )
    event.listen(engine, "checkout", _require_alive)
    return engine


def _require_alive(connection: psycopg.Connection[Any], *_: object) -> None:
    """Refuse a connection that the server has ended, so that the pool opens another: it has said so, unasked.

    Looking whether there is something to read costs nothing, where a question to the server would cost every request.
    """
    line = select.poll()
    line.register(connection.fileno(), select.POLLIN)
    if connection.closed or line.poll(0):
        raise DisconnectionError


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Return the maker of sessions whose every transaction carries its principal's rights."""
    sessions = sessionmaker(engine, expire_on_commit=False)
    rights.listen(sessions)
    return sessions


def migrate(owner_url: str, revision: str = "head") -> None:
    """Bring the tables to the revision, upwards; the owner role does it."""
    command.upgrade(_config(owner_url), revision)


def migrate_down(owner_url: str, revision: str) -> None:
    """Bring the tables back to an earlier revision."""
    command.downgrade(_config(owner_url), revision)


def migrated(session: Session) -> bool:
    """Tell whether the tables stand at the newest revision."""
    head = ScriptDirectory.from_config(_config("")).get_current_head()
    return bool(session.scalar(text("SELECT version_num FROM alembic_version")) == head)


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("forum") / "migrations"))
    config.attributes["url"] = url
    return config
