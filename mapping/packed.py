"""Packed rows (packade rader): many rows of the register read at once into arrays, without an object for each.

A bridge: the database writes each row as bytes of one width, and numpy reads them where they lie: of many rows, most of
the time would go to making objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, SmallInteger, cast, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

Value = ColumnElement[Any] | InstrumentedAttribute[Any]
SINCE = np.datetime64("2000-01-01", "us")
"""When the database begins to count moments."""


class Field(NamedTuple):
    """How the database writes a value, and how numpy reads it; none may be null."""

    sent: ColumnElement[bytes]
    kind: str
    parts: tuple[int, ...] = ()


def small(value: Value) -> Field:
    """Return a whole number of two bytes."""
    return Field(func.int2send(cast(value, SmallInteger)), ">i2")


def whole(value: Value) -> Field:
    """Return a whole number of four bytes."""
    return Field(func.int4send(value), ">i4")


def large(value: Value) -> Field:
    """Return a whole number of eight bytes."""
    return Field(func.int8send(value), ">i8")


def number(value: Value) -> Field:
    """Return a number of double precision."""
    return Field(func.float8send(value), ">f8")


def truth(value: Value) -> Field:
    """Return what is true or false."""
    return Field(func.boolsend(value), "?")


def moment(value: Value) -> Field:
    """Return a moment in UTC, to be read by `moments`."""
    return Field(func.timestamptz_send(value), ">i8")


def local(value: Value) -> Field:
    """Return what a clock showed, without a zone, to be read by `moments`."""
    return Field(func.timestamp_send(value), ">i8")


def identity(value: Value) -> Field:
    """Return a UUID in two halves, to be read by `identified`."""
    return Field(func.uuid_send(value), ">u8", (2,))


def read(session: Session, fields: Mapping[str, Field], *conditions: ColumnElement[bool]) -> dict[str, NDArray[Any]]:
    """Return the rows that meet all conditions, in no order.

    Parameters
    ----------
    session : Session
        Whose rights decide which rows there are.
    fields : mapping of str to Field
        What is read of each row.
    conditions : ColumnElement of bool

    Returns
    -------
    dict of str to ndarray, shape (n,), or (n, 2) for an identity
        A column for each field.

    Raises
    ------
    ValueError
        For a row with a value that is null: it could not be told from one that is not there.
    """
    kind = np.dtype([(name, field.kind, field.parts) for name, field in fields.items()])
    row = reduce(lambda before, value: before.op("||")(value), (field.sent for field in fields.values()))
    packed, count = session.execute(select(func.string_agg(row, literal(b"")), func.count()).where(*conditions)).one()
    rows = np.frombuffer(packed or b"", kind)
    if len(rows) != count:
        raise ValueError(f"{count - len(rows)} of {count} rows have a value that is null")
    return {name: rows[name].astype(rows[name].dtype.newbyteorder("=")) for name in fields}


def moments(values: NDArray[np.int64]) -> NDArray[np.datetime64]:
    """Return moments as the database counts them, as numpy does, to the second.

    Parameters
    ----------
    values : ndarray of int
        Microseconds since `SINCE`.

    Returns
    -------
    ndarray of datetime64[s]
    """
    return (SINCE + values.astype("timedelta64[us]")).astype("datetime64[s]")


def identified(halves: NDArray[np.uint64]) -> tuple[NDArray[np.int64], list[UUID]]:
    """Return which of some UUIDs each one is, and these.

    Parameters
    ----------
    halves : ndarray of uint64, shape (n, 2)
        The higher and the lower half of each.

    Returns
    -------
    ndarray of int of shape (n,), list of UUID
        Each once, in the order in which they come.
    """
    (high, _), (low, lows) = (pd.factorize(np.ascontiguousarray(halves[:, half])) for half in (0, 1))
    place, _ = pd.factorize(high * len(lows) + low)
    _, first = np.unique(place, return_index=True)
    return place, [UUID(int=int(halves[at, 0]) << 64 | int(halves[at, 1])) for at in first]


def numbered(halves: NDArray[np.uint64], numbers: Mapping[UUID, int]) -> NDArray[np.int64]:
    """Return the number of each UUID.

    Parameters
    ----------
    halves : ndarray of uint64, shape (n, 2)
        As for `identified`.
    numbers : mapping of UUID to int
        Of every UUID that occurs.

    Returns
    -------
    ndarray of int, shape (n,)
    """
    which, each = identified(halves)
    return np.array([numbers[one] for one in each], dtype=np.int64)[which]
