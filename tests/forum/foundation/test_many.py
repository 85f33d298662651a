"""Many rows in one statement: the values arrive as they are, and the row policies look at each of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from forum.foundation.geometry import point
from forum.foundation.many import insert_many
from forum.register.categories import Category
from forum.register.deviations import Deviation
from tests.builders import World


def row(world: World, category: Category, number: int, **changes: Any) -> dict[str, Any]:
    police = world.organisations["Polisen"]
    return {
        "id": uuid4(),
        "forum_id": world.forum_id,
        "nr": 1_000_000 + number,
        "organisation_id": police,
        "registered_by_id": police,
        "client_id": uuid4(),
        "request_digest": bytes(range(256)),
        "category_id": category.id,
        "geom": point(18.1 + 0.1 * number / 3, 59.24 + 1e-15),
        "accuracy_m": 0.1 + 0.2,
        "occurred_from": datetime(2026, 3, 2, 20, 40, 1, 234567, tzinfo=UTC),
        "occurred_to": datetime(2026, 3, 2, 20, 41, tzinfo=UTC),
        "text": 'Tjänare "där" \\x41 \u2028 å',
        "answers": {"lamps": 3, "helps": "null"},
        "visibility": "forum",
        "source": None,
    } | changes


def test_values_arrive_exactly_as_they_are(session: Session, world: World) -> None:
    world.acting(session, "officer")
    category = session.scalars(select(Category).limit(1)).one()
    given = {number: row(world, category, number) for number in range(3)}
    insert_many(session, Deviation, list(given.values()))
    for found in session.scalars(select(Deviation)):
        wanted = given[found.nr - 1_000_000]
        assert found.position == (18.1 + 0.1 * (found.nr - 1_000_000) / 3, 59.24 + 1e-15)
        for name in set(wanted) - {"geom"}:
            value = getattr(found, name)
            assert (bytes(value) if isinstance(wanted[name], bytes) else value) == wanted[name], name


def test_one_row_that_the_policies_forbid_stops_them_all(session: Session, world: World) -> None:
    world.acting(session, "officer")
    category = session.scalars(select(Category).limit(1)).one()
    theirs = {"registered_by_id": world.organisations["Bostadsbolaget"]}
    with pytest.raises(DBAPIError, match="row-level security"), session.begin_nested():
        insert_many(session, Deviation, [row(world, category, 1), row(world, category, 2, **theirs)])
    assert session.scalar(select(func.count()).select_from(Deviation)) == 0


def test_no_rows_ask_nothing_of_the_database() -> None:
    insert_many(Session(), Deviation, [])


def test_a_value_of_an_unknown_kind_is_refused(session: Session) -> None:
    with pytest.raises(TypeError, match="object"):
        insert_many(session, Deviation, [{"id": object()}])
