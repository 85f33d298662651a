"""Measures: proposed, decided, answered by their owner, carried out, followed up, or ended with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from shapely import Point
from sqlalchemy.orm import Session

from forum.foundation.audience import Visibility
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from forum.people.agreements import today
from forum.register import places, steps
from forum.register.places import Drawn, Place
from forum.work import causes, follow_ups, measures
from forum.work.follow_ups import Outcome
from forum.work.measures import MOVES, Measure, Status, Step
from forum.work.terms import Nature, Terms
from tests.builders import CENTRE, World, mark

SOON = today() + timedelta(days=30)


def place_of(session: Session, world: World, **more: Any) -> Place:
    return places.create(session, world.acting(session, "coordinator"), Drawn("Gångvägen", Point(CENTRE), 100, **more))


def terms(world: World, **changes: Any) -> Terms:
    plain = Terms("Byt lamporna vid gångvägen", world.organisations["Bostadsbolaget"], SOON, Nature.PHYSICAL)
    return replace(plain, **changes)


def proposed(session: Session, world: World, person: str = "coordinator", **changes: Any) -> Measure:
    place = place_of(session, world)
    return measures.propose(session, world.acting(session, person), place, terms(world, **changes))


def go(session: Session, world: World, measure: Measure, person: str, step: Step, **more: Any) -> Measure:
    return measures.move(session, world.acting(session, person), measure, step, **more)


def accepted(session: Session, world: World) -> Measure:
    measure = proposed(session, world)
    go(session, world, measure, "coordinator", Step.DECIDE)
    return go(session, world, measure, "landlord", Step.ACCEPT)


def done(session: Session, world: World) -> Measure:
    measure = accepted(session, world)
    return measures.carry_out(session, world.acting(session, "landlord"), measure, on=today(), note="Sex nya lampor")


def test_the_whole_way_of_a_measure_with_who_took_each_step(session: Session, world: World) -> None:
    measure = accepted(session, world)
    go(session, world, measure, "landlord", Step.START)
    measures.carry_out(session, world.acting(session, "landlord"), measure, on=today(), note="Sex nya lampor")
    coordinator = world.acting(session, "coordinator")
    follow_ups.follow_up(session, coordinator, measure, outcome=Outcome.TOO_EARLY, note="Bara två dagar än")
    assert Status(measure.status) is Status.CARRIED_OUT
    follow_ups.follow_up(session, coordinator, measure, outcome=Outcome.WORKS, note="Ljust hela vägen")
    assert Status(measure.status) is Status.FOLLOWED_UP
    taken = [
        (s.action, s.organisation_id == world.organisations["Bostadsbolaget"]) for s in steps.of(session, measure.id)
    ]
    assert taken == [
        ("create", False), ("decide", False), ("accept", True), ("start", True), ("carry_out", True),
        ("follow_up", False), ("follow_up", False),
    ]  # fmt: skip
    assert [seen.outcome for seen in follow_ups.of_measure(session, coordinator, measure)] == ["too_early", "works"]
    assert measure.done_on == today()


def test_a_measure_knows_the_cause_and_the_deviations_that_it_answers(session: Session, world: World) -> None:
    deviation = mark(session, world.acting(session, "walker"))
    place = place_of(session, world)
    coordinator = world.acting(session, "coordinator")
    cause = causes.write(session, coordinator, place, {"hypothesis": "Mörkret gör platsen tom"})
    measure = measures.propose(session, coordinator, place, terms(world), answers=[deviation])
    assert measure.cause_id == cause.id
    assert measures.of_deviation(session, world.acting(session, "walker"), deviation) == [measure]
    assert measures.of_place(session, world.acting(session, "teacher"), place) == [measure]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"owner_id": None}, "owner"),
        ({"due_on": None}, "due_on"),
        ({"catalogue_code": "magic"}, "catalogue_code"),
        ({"camera": True, "review_on": SOON}, "balancing"),
        ({"camera": True, "balancing": "Rån varje vecka, inget annat har hjälpt"}, "review_on"),
        ({"visibility": Visibility.PUBLIC}, "visibility"),
    ],
)
def test_what_a_measure_lacks_is_named(session: Session, world: World, changes: dict[str, Any], field: str) -> None:
    place = place_of(session, world)
    coordinator = world.acting(session, "coordinator")
    with pytest.raises(Invalid) as refused:
        measures.propose(session, coordinator, place, terms(world, **changes))
    assert refused.value.field == field
    assert measures.all_of(session, coordinator) == []


def test_owner_and_day_that_are_both_missing_are_named_together(session: Session, world: World) -> None:
    place = place_of(session, world)
    with pytest.raises(Invalid) as refused:
        measures.propose(session, world.acting(session, "coordinator"), place, terms(world, owner_id=None, due_on=None))
    assert [problem.field for problem in refused.value.problems] == ["owner", "due_on"]


def test_an_owner_from_elsewhere_is_not_found(session: Session, world: World) -> None:
    place = place_of(session, world)
    with pytest.raises(NotFound) as refused:
        measures.propose(session, world.acting(session, "coordinator"), place, terms(world, owner_id=uuid4()))
    assert refused.value.field == "owner"


def test_a_camera_with_balancing_and_review_is_taken(session: Session, world: World) -> None:
    balancing = "Rån varje vecka, inget annat har hjälpt"
    measure = proposed(session, world, camera=True, balancing=balancing, review_on=SOON, catalogue_code="camera")
    assert (measure.camera, measure.review_on) == (True, SOON)


@pytest.mark.parametrize("person", ["coordinator", "administrator", "officer", "teacher"])
@pytest.mark.parametrize("step", [Step.ACCEPT, Step.DECLINE])
def test_only_its_owner_accepts_or_declines(session: Session, world: World, person: str, step: Step) -> None:
    measure = proposed(session, world)
    go(session, world, measure, "coordinator", Step.DECIDE)
    with pytest.raises(Forbidden):
        go(session, world, measure, person, step, reason="Vi hinner inte")
    assert Status(measure.status) is Status.DECIDED


def test_a_declined_measure_is_decided_anew_with_another_owner(session: Session, world: World) -> None:
    measure = proposed(session, world)
    go(session, world, measure, "coordinator", Step.DECIDE)
    go(session, world, measure, "landlord", Step.DECLINE, reason="Gångvägen är stadens")
    coordinator = world.acting(session, "coordinator")
    assert measures.not_fixed(session, coordinator) == [measure]
    other = terms(world, owner_id=world.organisations["Stadsdelsförvaltningen"])
    measures.amend(session, coordinator, measure, other, version=measure.version)
    assert Status(measure.status) is Status.DECIDED
    assert measures.not_fixed(session, coordinator) == []
    with pytest.raises(Forbidden):
        go(session, world, measure, "landlord", Step.ACCEPT)
    go(session, world, measure, "coordinator", Step.ACCEPT)
    assert Status(measure.status) is Status.ACCEPTED


def test_a_new_owner_accepts_anew(session: Session, world: World) -> None:
    measure = accepted(session, world)
    other = terms(world, owner_id=world.organisations["Nattvandrarna"])
    measures.amend(session, world.acting(session, "coordinator"), measure, other)
    assert Status(measure.status) is Status.DECIDED


@pytest.mark.parametrize("step", [name for name, move in MOVES.items() if move.with_reason])
def test_what_ends_without_solving_it_needs_a_reason(session: Session, world: World, step: Step) -> None:
    measure = done(session, world) if step in (Step.NO_EFFECT, Step.REOPEN) else accepted(session, world)
    before = measure.status
    person = "landlord" if step is Step.DECLINE else "coordinator"
    with pytest.raises(Invalid) as refused:
        go(session, world, measure, person, step, reason=" ")
    assert refused.value.field == "reason"
    assert measure.status == before
    go(session, world, measure, person, step, reason="Det finns ett skäl")
    assert Status(measure.status) is MOVES[step].to
    assert steps.of(session, measure.id)[-1].reason == "Det finns ett skäl"


def test_no_step_is_taken_out_of_turn(session: Session, world: World) -> None:
    measure = proposed(session, world)
    for step in set(MOVES) - {Step.DECIDE, Step.WAIVE, Step.HAND_OVER}:
        person = "landlord" if step in (Step.ACCEPT, Step.DECLINE) else "coordinator"
        with pytest.raises(Conflict):
            go(session, world, measure, person, step, reason="I fel ordning")
    assert Status(measure.status) is Status.PROPOSED


def test_what_is_handed_over_keeps_its_reference(session: Session, world: World) -> None:
    measure = accepted(session, world)
    coordinator = world.acting(session, "coordinator")
    with pytest.raises(Invalid) as refused:
        measures.hand_over(session, coordinator, measure, to="", reference="1", reason="Deras stolpar")
    assert refused.value.field == "handed_to"
    to, reference = "Stadens felanmälan", "TYCK-2023-0415"
    measures.hand_over(session, coordinator, measure, to=to, reference=reference, reason="Deras stolpar")
    assert (measure.handed_to, measure.reference) == (to, reference)
    assert measures.not_fixed(session, coordinator) == [measure]


def test_closed_is_not_fixed(session: Session, world: World) -> None:
    late = proposed(session, world, due_on=today() - timedelta(days=1))
    in_time = proposed(session, world)
    coordinator = world.acting(session, "coordinator")
    assert (late.overdue, in_time.overdue) == (True, False)
    assert measures.not_fixed(session, coordinator) == [late]
    go(session, world, in_time, "coordinator", Step.WAIVE, reason="Planen ändrades")
    fixed = done(session, world)
    assert measures.not_fixed(session, coordinator) == [late, in_time]
    go(session, world, fixed, "coordinator", Step.NO_EFFECT, reason="Lika mörkt som förut")
    assert fixed in measures.not_fixed(session, coordinator)
    go(session, world, fixed, "coordinator", Step.REOPEN, reason="Nytt försök")
    assert fixed not in measures.not_fixed(session, coordinator)


def test_the_future_has_not_been_carried_out(session: Session, world: World) -> None:
    measure = accepted(session, world)
    landlord = world.acting(session, "landlord")
    with pytest.raises(Invalid) as refused:
        measures.carry_out(session, landlord, measure, on=today() + timedelta(days=1))
    assert refused.value.field == "on"


def test_two_editors_of_one_measure_lose_nothing(session: Session, world: World) -> None:
    measure = proposed(session, world)
    coordinator = world.acting(session, "coordinator")
    measures.amend(session, coordinator, measure, terms(world, title="Byt alla lampor"), version=1)
    with pytest.raises(Stale):
        measures.amend(session, coordinator, measure, terms(world, title="Byt en lampa"), version=1)
    assert measure.title == "Byt alla lampor"
    with pytest.raises(Stale):
        go(session, world, measure, "coordinator", Step.DECIDE, version=1)


def test_a_measure_of_authorities_and_one_at_their_place_are_not_there_for_others(
    session: Session, world: World
) -> None:
    coordinator = world.acting(session, "coordinator")
    hidden_place = place_of(session, world, visibility=Visibility.AUTHORITIES)
    with pytest.raises(Invalid):  # more people would see it than its place
        measures.propose(session, coordinator, hidden_place, terms(world))
    hidden = terms(world, visibility=Visibility.AUTHORITIES)
    both = [measures.propose(session, coordinator, at, hidden) for at in (hidden_place, place_of(session, world))]
    numbers = {measure.nr for measure in both}
    landlord = world.acting(session, "landlord")
    assert measures.all_of(session, landlord) == []
    for nr in numbers:
        with pytest.raises(NotFound):
            measures.get(session, landlord, nr)
    assert {found.nr for found in measures.all_of(session, world.acting(session, "officer"))} == numbers


def test_a_partner_proposes_and_a_reader_does_not(session: Session, world: World) -> None:
    assert proposed(session, world, "landlord").organisation_id == world.organisations["Bostadsbolaget"]
    with pytest.raises(Forbidden):
        proposed(session, world, "teacher")


def test_nothing_is_proposed_at_a_closed_place(session: Session, world: World) -> None:
    place = place_of(session, world)
    coordinator = world.acting(session, "coordinator")
    places.close(session, coordinator, place, reason="Lugnt")
    with pytest.raises(Conflict):
        measures.propose(session, coordinator, place, terms(world))


@pytest.mark.parametrize(("note", "days", "field"), [(" ", 0, "note"), ("Ljust", 1, "on")])
def test_a_follow_up_says_something_of_a_day_that_was(
    session: Session, world: World, note: str, days: int, field: str
) -> None:
    measure = done(session, world)
    coordinator = world.acting(session, "coordinator")
    on = today() + timedelta(days=days)
    with pytest.raises(Invalid) as refused:
        follow_ups.follow_up(session, coordinator, measure, outcome=Outcome.WORKS, note=note, on=on)
    assert refused.value.field == field
    assert follow_ups.of_measure(session, coordinator, measure) == []


def test_nothing_is_seen_of_what_nobody_has_accepted(session: Session, world: World) -> None:
    measure = proposed(session, world)
    with pytest.raises(Conflict):
        follow_ups.follow_up(
            session, world.acting(session, "coordinator"), measure, outcome=Outcome.WORKS, note="Ljust"
        )
