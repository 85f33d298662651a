"""What was tried: by kind of the catalogue, of each measure one card, and nothing that not all of the forum may see."""

from __future__ import annotations

from typing import Any

from shapely import Point
from sqlalchemy.orm import Session

from forum.foundation.audience import Visibility
from forum.people.agreements import today
from forum.register import places
from forum.register.places import Drawn
from forum.work import effects, lessons, measures
from forum.work.measures import Measure, Step
from forum.work.terms import Terms
from tests.builders import CENTRE, World
from tests.forum.work.test_effects import card_of


def carried_out(session: Session, world: World, code: str | None, **more: Any) -> Measure:
    """Return a measure of the police that was carried out today."""
    coordinator = world.acting(session, "coordinator")
    place = places.create(session, coordinator, Drawn(f"Plats {code}", Point(CENTRE), 100))
    terms = Terms("Byt lampor", world.organisations["Polisen"], today(), catalogue_code=code, **more)
    measure = measures.propose(session, coordinator, place, terms)
    measures.move(session, coordinator, measure, Step.DECIDE)
    officer = world.acting(session, "officer")
    measures.move(session, officer, measure, Step.ACCEPT)
    return measures.carry_out(session, officer, measure, on=today())


def test_each_measure_counts_once_by_its_longest_and_latest_card_in_the_catalogues_order(
    session: Session, world: World
) -> None:
    other, lamp = carried_out(session, world, None), carried_out(session, world, "lighting_repair")
    carried_out(session, world, "lighting_repair")
    coordinator = world.acting(session, "coordinator")
    long = effects.keep(session, coordinator, lamp, card_of(lamp, inputs={"months": 6}))
    effects.keep(session, coordinator, lamp, card_of(lamp))
    effects.keep(session, coordinator, lamp, card_of(lamp, "authorities", inputs={"months": 12}))
    found = lessons.of_forum(session, world.acting(session, "officer"))
    assert [(each.code, len(each.measures), each.cards) for each in found] == [
        ("lighting_repair", 2, [long]), (None, 1, []),
    ]  # fmt: skip
    assert found[1].measures == [other]
    assert [each.code for each in lessons.of_forum(session, world.acting(session, "landlord"))] == [
        "lighting_repair",
        None,
    ]


def test_what_was_opened_again_was_tried_and_a_control_that_the_rules_found_goes_before_one_chosen_by_hand(
    session: Session, world: World
) -> None:
    lamp = carried_out(session, world, "lighting_repair")
    coordinator = world.acting(session, "coordinator")
    found = effects.keep(session, coordinator, lamp, card_of(lamp))
    by_hand = {"key": "place:2", "chosen": True}
    effects.keep(session, coordinator, lamp, card_of(lamp, control=by_hand), reason="Ligger i samma stråk")
    measures.move(session, coordinator, lamp, Step.REOPEN, reason="Hälften är släckta")
    (tried,) = lessons.of_forum(session, world.acting(session, "officer"))
    assert (tried.measures, tried.cards) == ([lamp], [found])


def test_what_authorities_alone_see_is_in_nobodys_lessons(session: Session, world: World) -> None:
    carried_out(session, world, "camera", visibility=Visibility.AUTHORITIES)
    for person in ("officer", "landlord"):
        assert lessons.of_forum(session, world.acting(session, person)) == []
