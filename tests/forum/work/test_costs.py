"""What a measure cost: noted when it is carried out, by its owner or those who lead, in its history."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from forum.foundation.errors import Conflict, Forbidden, Invalid
from forum.register import steps
from forum.work import costs
from tests.builders import World
from tests.forum.work.test_effects import measure_of
from tests.forum.work.test_lessons import carried_out


def test_the_owner_and_those_who_lead_note_it_and_it_stands_in_the_history(session: Session, world: World) -> None:
    measure = carried_out(session, world, "hosts")
    costs.note(session, world.acting(session, "officer"), measure, kronor=180_000, words="Tolv helger")
    assert (measure.spent_kr, measure.spent_on) == (180_000, "Tolv helger")
    costs.note(session, world.acting(session, "coordinator"), measure, kronor=0)
    assert (measure.spent_kr, measure.spent_on) == (0, "")
    assert [step.action for step in steps.of(session, measure.id)].count("cost") == 2
    landlord = world.acting(session, "landlord")
    with pytest.raises(Forbidden):
        costs.note(session, landlord, measure, kronor=1)


def test_what_is_not_done_yet_has_cost_nothing_and_no_sum_is_below_nought(session: Session, world: World) -> None:
    waiting, done = measure_of(session, world), carried_out(session, world, None)
    coordinator = world.acting(session, "coordinator")
    with pytest.raises(Conflict, match="proposed"):
        costs.note(session, coordinator, waiting, kronor=1)
    for wrong in (-1, costs.MOST + 1):
        with pytest.raises(Invalid, match="spent_kr"):
            costs.note(session, coordinator, done, kronor=wrong)
