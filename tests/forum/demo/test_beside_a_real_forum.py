"""Demo and real forums never share a database: here the real one was there first."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.demo import build
from forum.foundation import rights
from forum.foundation.errors import Conflict
from forum.people.forums import Forum
from tests.builders import World


def test_the_demo_refuses_to_stand_beside_a_real_forum_and_leaves_it_alone(session: Session, world: World) -> None:
    with pytest.raises(Conflict):
        build(session)
    rights.become(session, rights.OPERATOR)
    assert [forum.slug for forum in session.scalars(select(Forum))] == [world.slug]
