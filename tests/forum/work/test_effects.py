"""Frozen effect cards: for their audience, of their measure, with a reason for a chosen control, and sealed."""

from __future__ import annotations

from typing import Any

import pytest
from shapely import Point
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from forum.foundation.errors import Forbidden, Invalid, NotFound
from forum.people.agreements import today
from forum.register import places
from forum.register.places import Drawn
from forum.work import effects, measures
from forum.work.effects import Effect
from forum.work.measures import Measure
from forum.work.terms import Terms
from tests.builders import CENTRE, World


def measure_of(session: Session, world: World) -> Measure:
    coordinator = world.acting(session, "coordinator")
    place = places.create(session, coordinator, Drawn("Gångvägen", Point(CENTRE), 100))
    terms = Terms("Byt lamporna", world.organisations["Bostadsbolaget"], today())
    return measures.propose(session, coordinator, place, terms)


def card_of(measure: Measure, audience: str = "forum", /, **changes: Any) -> dict[str, Any]:
    """Return as much of a card as freezing it looks at."""
    card = {"forum": "farsta", "measure": measure.nr, "audience": audience, "control": {"chosen": False}}
    return card | {"inputs": {"months": 3}, "weighed": {"sentence": "fewer"}} | changes


def kept(session: Session, world: World, person: str = "coordinator", reason: str = "", **changes: Any) -> Effect:
    measure = measure_of(session, world)
    member = world.acting(session, person)
    return effects.keep(session, member, measure, card_of(measure, **changes), reason=reason)


def test_a_card_is_frozen_with_its_seal_and_a_line_in_the_journal(session: Session, world: World) -> None:
    frozen = kept(session, world)
    assert frozen.intact
    assert (frozen.months, frozen.card["weighed"]) == (3, {"sentence": "fewer"})
    line = text("SELECT facts, digest FROM journal WHERE action = 'effect:freeze'")
    facts, digest = session.execute(line).one()
    assert facts == {"measure": str(frozen.measure_id), "audience": "forum", "months": 3, "sentence": "fewer"}
    assert bytes(digest) == bytes(frozen.hash)


def test_another_control_is_another_card_with_a_reason(session: Session, world: World) -> None:
    measure, coordinator = measure_of(session, world), world.acting(session, "coordinator")
    first = effects.keep(session, coordinator, measure, card_of(measure))
    other = card_of(measure, control={"chosen": True})
    with pytest.raises(Invalid, match="reason"):
        effects.keep(session, coordinator, measure, other)
    second = effects.keep(session, coordinator, measure, other, reason="Den första byggdes om")
    assert [each.id for each in effects.of_measures(session, coordinator, [measure.id])] == [second.id, first.id]


def test_a_card_is_read_by_its_audience_alone(session: Session, world: World) -> None:
    reference = kept(session, world, audience="authorities").id
    assert effects.get(session, world.acting(session, "officer"), reference).months == 3
    landlord = world.acting(session, "landlord")
    with pytest.raises(NotFound):
        effects.get(session, landlord, reference)


def test_those_who_lead_freeze_it_and_not_for_the_public_nor_under_another_measure(
    session: Session, world: World
) -> None:
    for person in ("officer", "teacher"):
        with pytest.raises(Forbidden):
            kept(session, world, person)
    with pytest.raises(Invalid, match="audience"):
        kept(session, world, audience="public")
    with pytest.raises(Invalid, match="another measure"):
        kept(session, world, measure=1)


@pytest.mark.parametrize("change", ["months = 6", "reason = 'x'", "audience = 'authorities'"])
def test_nobody_changes_a_frozen_card(session: Session, world: World, change: str) -> None:
    frozen = kept(session, world)
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(f"UPDATE effects SET {change} WHERE id = '{frozen.id}'"))
