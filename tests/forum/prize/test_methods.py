"""Methods carried over: offered as they stand, taken over in one action, nothing overwritten, the origin told."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from sqlalchemy.orm import Session

from forum.foundation import rights
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from forum.people.members import Member
from forum.prize import experience, methods
from forum.prize.editions import Phase
from forum.register import categories
from forum.register.categories import Category
from forum.work import cycles
from forum.work.cycles import Every, Rule
from tests.builders import World, build_world
from tests.prizes import build_prize, decide_at_once, declare_all, pass_gate

OWN: dict[str, Any] = {
    "code": "ice", "parent": None, "letter": "I", "shape": "circle", "fill": "#0072b2", "ink": "#ffffff", "sv": "Halka",
    "en": "Ice", "radius_m": 50, "hours": 24, "questions": [], "position": 99,
}  # fmt: skip
FORTNIGHTLY = Rule(Every.FORTNIGHT, weekday=4, first_day=date(2026, 1, 1), at=time(13, 30), minutes=75)


@pytest.fixture
def rinkeby(session: Session) -> World:
    return build_world(session, "rinkeby", (17.90, 59.35, 17.95, 59.40))


def with_a_method(session: Session, world: World, **facts: Any) -> methods.Method:
    """Return the method of a forum that has a category of its own and meets every second week."""
    administrator = world.acting(session, "administrator")
    categories.add(session, world.forum_id, [OWN, OWN | {"code": "ice.black", "parent": "ice", "sv": "Blankis"}])
    rule = Rule(**vars(FORTNIGHTLY) | {"chair_id": administrator.organisation_id})
    cycles.set_rule(session, administrator, rule)
    return methods.offer(session, world.acting(session, "coordinator"), name="Farstas metod", **facts)


def of_code(session: Session, member: Member, code: str) -> Category:
    return categories.in_use(session, member.forum_id, code)


def test_a_method_is_taken_over_in_one_action_with_credit_and_its_origin_sees_it(
    session: Session, world: World, rinkeby: World
) -> None:
    method = with_a_method(session, world, about="Vi möts ofta och gör lite i taget")
    leader = rinkeby.acting(session, "coordinator")
    found = methods.difference(session, leader, method)
    assert ([entry["code"] for entry in found.missing], found.other) == (["ice", "ice.black"], ())
    use = methods.adopt(session, leader, method)
    assert (use.added, use.cycle, method.origin) == (["ice", "ice.black"], True, "Forum farsta")
    kind = of_code(session, leader, "ice.black")
    assert (kind.sv, kind.group_id) == ("Blankis", of_code(session, leader, "ice").id)
    cycle = cycles.of_forum(session, leader)
    assert cycle is not None
    assert (cycle.every, cycle.weekday, cycle.at, cycle.minutes) == ("fortnight", 4, time(13, 30), 75)
    assert cycle.chair_id == leader.organisation_id
    told = methods.uses(session, world.acting(session, "teacher"))
    assert [(use.taker, of.id) for use, of in told] == [("Forum rinkeby", method.id)]
    with pytest.raises(Conflict, match="already"):
        methods.adopt(session, rinkeby.acting(session, "coordinator"), method)


def test_what_the_forum_has_stays_as_it_is_and_every_difference_is_told_before(
    session: Session, world: World, rinkeby: World
) -> None:
    method = with_a_method(session, world)
    administrator = rinkeby.acting(session, "administrator")
    categories.add(session, rinkeby.forum_id, [OWN | {"sv": "Is och snö", "position": 3}])
    of_code(session, administrator, "litter.full_bins").active = False
    cycles.set_rule(session, administrator, Rule(chair_id=administrator.organisation_id, location="Biblioteket"))
    found = methods.difference(session, administrator, method)
    differing = {each.code: (each.theirs, each.ours, each.retired, each.fields) for each in found.other}
    assert differing["ice"] == ("Halka", "Is och snö", False, ("sv",))
    assert differing["litter.full_bins"][2:] == (True, ())
    assert len(differing) == 2
    use = methods.adopt(session, administrator, method)
    assert (use.added, use.cycle) == (["ice.black"], False)
    ice = of_code(session, administrator, "ice")
    assert (ice.sv, ice.position) == ("Is och snö", 3)
    with pytest.raises(Invalid):
        of_code(session, administrator, "litter.full_bins")
    cycle = cycles.of_forum(session, administrator)
    assert cycle is not None
    assert (cycle.every, cycle.location) == ("month", "Biblioteket")


def test_the_cycle_is_taken_over_too_where_it_is_wished_and_the_room_stays(
    session: Session, world: World, rinkeby: World
) -> None:
    method = with_a_method(session, world)
    administrator = rinkeby.acting(session, "administrator")
    cycles.set_rule(session, administrator, Rule(chair_id=administrator.organisation_id, location="Biblioteket"))
    assert methods.adopt(session, administrator, method, cycle=True).cycle
    cycle = cycles.of_forum(session, administrator)
    assert cycle is not None
    assert (cycle.every, cycle.location) == ("fortnight", "Biblioteket")


def test_a_method_stays_as_it_was_offered_whatever_its_forum_changes(session: Session, world: World) -> None:
    method = with_a_method(session, world)
    of_code(session, world.acting(session, "administrator"), "ice").sv = "Något annat"
    session.flush()
    assert method.seal == bytes(method.hash)
    assert "Halka" in {entry["sv"] for entry in method.content["categories"]}
    rights.become(session, rights.NOBODY)
    assert [each.name for each in methods.all_of(session)] == ["Farstas metod"]


def test_an_offer_that_has_ended_is_taken_over_by_nobody_and_kept_by_who_did(
    session: Session, world: World, rinkeby: World
) -> None:
    method = with_a_method(session, world)
    reference = method.id
    methods.adopt(session, rinkeby.acting(session, "coordinator"), method)
    coordinator = world.acting(session, "coordinator")
    methods.end(session, coordinator, methods.get(session, reference))
    with pytest.raises(NotFound):
        methods.end(session, coordinator, methods.get(session, reference))
    assert methods.all_of(session) == []
    rinkeby.acting(session, "teacher")
    assert methods.get(session, reference).name == "Farstas metod"
    rights.become(session, rights.NOBODY)
    with pytest.raises(NotFound):
        methods.get(session, reference)


def test_only_who_leads_offers_and_takes_over_and_never_their_own(
    session: Session, world: World, rinkeby: World
) -> None:
    method = with_a_method(session, world)
    for verb in (
        lambda: methods.offer(session, world.acting(session, "officer"), name="x"),
        lambda: methods.adopt(session, rinkeby.acting(session, "officer"), method),
        lambda: methods.end(session, world.acting(session, "officer"), method),
    ):
        with pytest.raises(Forbidden):
            verb()
    with pytest.raises(Conflict, match="own method"):
        methods.adopt(session, world.acting(session, "coordinator"), method)
    with pytest.raises(Invalid, match="name"):
        methods.offer(session, world.acting(session, "coordinator"), name="  ")


def test_a_method_is_linked_to_a_nomination_of_the_forum_once_its_prize_is_told(
    session: Session, world: World, rinkeby: World
) -> None:
    won = {}
    for slug, phase in (("forra", Phase.ANNOUNCED), ("staden", Phase.DECIDING)):
        prize = build_prize(session, world.acting(session, "teacher"), phase, slug)
        declare_all(session, prize)
        pass_gate(session, prize)
        decide_at_once(session, prize, "För ljuset")
        won[slug] = prize.nominations["lights"]
    method = with_a_method(session, world, nomination=won["forra"])
    assert method.prize.startswith("Trygghetspriset")
    assert methods.of_nomination(session, won["forra"]) == method
    for who, nomination in ((world, won["staden"]), (rinkeby, won["forra"])):
        with pytest.raises(NotFound):
            methods.offer(session, who.acting(session, "coordinator"), name="x", nomination=nomination)


def test_how_effects_came_out_is_told_of_five_cards_or_not_at_all(session: Session, world: World) -> None:
    cards = [("lamps", 3, "fewer")] * 4
    told = [experience.outcomes([*cards, *more]) for more in ([], [("lamps", 6, "not_enough")])]
    assert told == [{}, {"lamps": {"fewer": 4, "not_enough": 1}}]
