"""Packed rows: what the database writes as bytes is what it has, and no row is lost without a word."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import BigInteger, Boolean, DateTime, Engine, Float, Integer, SmallInteger, Uuid, column, func, values
from sqlalchemy.orm import Session

from mapping import packed

SUMMER, WINTER = datetime(2024, 7, 1, 22, 30, tzinfo=UTC), datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC)
LOW, SAME_LOW, SAME_HIGH = UUID(int=7), UUID(int=(5 << 64) | 7), UUID(int=(5 << 64) | 2**64 - 1)
TABLE = values(
    column("small", SmallInteger),
    column("whole", Integer),
    column("large", BigInteger),
    column("number", Float),
    column("truth", Boolean),
    column("moment", DateTime(timezone=True)),
    column("identity", Uuid),
    name="invented",
).data(
    [
        (-3, -70_000, 2**40, 59.25, True, SUMMER, SAME_LOW),
        (4, 70_000, -1, -0.5, False, WINTER, LOW),
        (5, 0, 0, 18.1, True, SUMMER, SAME_HIGH),
        (6, 1, 1, 18.1, True, SUMMER, LOW),
    ]
)
SMALL = packed.small(TABLE.c.small)


def test_every_kind_of_value_is_read_as_it_stands(engine: Engine) -> None:
    fields = {
        "small": SMALL,
        "whole": packed.whole(TABLE.c.whole),
        "large": packed.large(TABLE.c.large),
        "number": packed.number(TABLE.c.number),
        "truth": packed.truth(TABLE.c.truth),
        "moment": packed.moment(TABLE.c.moment),
        "local": packed.local(func.timezone("Europe/Stockholm", TABLE.c.moment)),
    }
    with Session(engine) as session:
        found = packed.read(session, fields, TABLE.c.small < 5)
    local, moment = (packed.moments(found.pop(name)).tolist() for name in ("local", "moment"))
    assert {name: values.tolist() for name, values in found.items()} == {
        "small": [-3, 4],
        "whole": [-70_000, 70_000],
        "large": [2**40, -1],
        "number": [59.25, -0.5],
        "truth": [True, False],
    }
    assert [f"{each:%Y-%m-%d %H:%M:%S}" for each in moment] == ["2024-07-01 22:30:00", "1999-12-31 23:59:59"]
    assert [f"{each:%Y-%m-%d %H:%M:%S}" for each in local] == ["2024-07-02 00:30:00", "2000-01-01 00:59:59"]
    assert all(each.dtype.isnative and each.flags.c_contiguous for each in found.values())


def test_identities_that_share_a_half_are_told_apart(engine: Engine) -> None:
    with Session(engine) as session:
        found = packed.read(session, {"id": packed.identity(TABLE.c.identity)})
    which, each = packed.identified(found["id"])
    assert (which.tolist(), each) == ([0, 1, 2, 1], [SAME_LOW, LOW, SAME_HIGH])
    assert packed.numbered(found["id"], {LOW: 40, SAME_LOW: 50, SAME_HIGH: 60}).tolist() == [50, 40, 60, 40]


def test_where_there_is_no_row_every_column_is_empty(engine: Engine) -> None:
    with Session(engine) as session:
        found = packed.read(session, {"small": SMALL, "id": packed.identity(TABLE.c.identity)}, TABLE.c.small > 9)
    which, each = packed.identified(found["id"])
    assert (len(found["small"]), found["id"].shape, len(which), each) == (0, (0, 2), 0, [])
    assert packed.numbered(found["id"], {}).tolist() == []


def test_a_value_that_is_null_is_refused(engine: Engine) -> None:
    with Session(engine) as session, pytest.raises(ValueError, match="1 of 4 rows"):
        packed.read(session, {"small": SMALL, "whole": packed.whole(func.nullif(TABLE.c.whole, 0))})
