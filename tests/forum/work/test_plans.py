"""Action plans: decided measures on one frozen and adopted picture, for its audience; a newer one takes their place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from shapely import Point
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from forum.foundation.audience import Audience, Visibility
from forum.foundation.errors import Conflict, Forbidden, ForumError, Invalid, NotFound
from forum.people.agreements import today
from forum.register import places
from forum.register.places import Drawn
from forum.work import adoptions, measures, plans
from forum.work.measures import Measure, Status, Step
from forum.work.pictures import FrozenPicture
from forum.work.plans import ActionPlan
from forum.work.terms import Terms
from tests.builders import CENTRE, World
from tests.forum.work.test_adoptions import WHERE, frozen


def adopted(session: Session, world: World, audience: str = "forum") -> FrozenPicture:
    """Return a picture that was adopted today."""
    picture = frozen(session, world, audience)
    coordinator = world.acting(session, "coordinator")
    adoptions.adopt_picture(session, coordinator, picture, on=today(), reference=WHERE)
    return picture


def measure_of(session: Session, world: World, *steps: Step, seen: Visibility = Visibility.FORUM) -> Measure:
    """Return a measure at a place of its own, with which these steps were taken."""
    coordinator = world.acting(session, "coordinator")
    place = places.create(session, coordinator, Drawn("Trappan", Point(CENTRE), 50, seen))
    terms = Terms("Byt lampor", world.organisations["Polisen"], today() + timedelta(days=9), visibility=seen)
    measure = measures.propose(session, coordinator, place, terms)
    for step in steps:
        who = "officer" if step in (Step.ACCEPT, Step.DECLINE) else "coordinator"
        measures.move(session, world.acting(session, who), measure, step, reason="Det går inte")
    return measure


def made(session: Session, world: World, *chosen: Measure) -> ActionPlan:
    picture = adopted(session, world)
    held = chosen or (measure_of(session, world, Step.DECIDE),)
    return plans.make(session, world.acting(session, "coordinator"), picture, held)


def test_a_plan_is_the_set_of_measures_decided_on_an_adopted_picture(session: Session, world: World) -> None:
    one, other = (measure_of(session, world, Step.DECIDE) for _ in range(2))
    plan = made(session, world, one, other, one)
    session.expire_all()
    teacher = world.acting(session, "teacher")
    found = plans.get(session, teacher, plan.id)
    assert {measure.id for measure in plans.measures_of(session, teacher, found)} == {one.id, other.id}
    assert (len(found.measure_ids), found.audience, found.intact) == (2, "forum", True)
    coordinator = world.acting(session, "coordinator")
    plans.adopt(session, coordinator, found, on=today(), reference=WHERE)
    holding = adoptions.in_force(adoptions.all_of(session, coordinator), Audience.FORUM, today())
    assert holding.plan
    assert holding.plan.plan_id == plan.id
    assert holding.clocks["plan"] == adoptions.clock_of(today(), today())


@pytest.mark.parametrize(
    ("stage", "error", "remedy"),
    [
        ("no picture", Invalid, "Frys lägesbilden"),
        ("kept by a meeting", Conflict, "Frys lägesbilden"),
        ("not adopted", Conflict, "Anta lägesbilden"),
    ],
)
def test_a_picture_that_is_not_frozen_or_not_adopted_is_refused_with_what_to_do(
    session: Session, world: World, stage: str, error: type[ForumError], remedy: str
) -> None:
    measure, picture = measure_of(session, world, Step.DECIDE), frozen(session, world)
    kept = FrozenPicture(id=picture.id, meeting_id=picture.id, audience="forum", frozen_at=picture.frozen_at)
    given = {"no picture": None, "kept by a meeting": kept, "not adopted": picture}[stage]
    with pytest.raises(error) as refused:
        plans.make(session, world.acting(session, "coordinator"), given, [measure])
    assert (refused.value.field, remedy in refused.value.say("sv")) == ("picture", True)
    assert plans.all_of(session, world.acting(session, "coordinator")) == []


@pytest.mark.parametrize("steps", [(), (Step.DECIDE, Step.DECLINE), (Step.DECIDE, Step.WAIVE)])
def test_a_plan_holds_no_measure_that_is_not_decided_or_has_ended_unsolved(
    session: Session, world: World, steps: tuple[Step, ...]
) -> None:
    measure = measure_of(session, world, *steps)
    with pytest.raises(Invalid, match="decided and stands") as refused:
        made(session, world, measure_of(session, world, Step.DECIDE), measure)
    assert [problem.value for problem in refused.value.problems] == [measure.nr]
    assert [each.id for each in plans.eligible(session, world.acting(session, "coordinator"), Audience.FORUM)] != []


def test_a_plan_for_the_forum_holds_nothing_that_authorities_alone_see(session: Session, world: World) -> None:
    restricted = measure_of(session, world, Step.DECIDE, seen=Visibility.AUTHORITIES)
    with pytest.raises(Invalid, match="Not all that the plan is for"):
        made(session, world, restricted)
    coordinator = world.acting(session, "coordinator")
    assert plans.eligible(session, coordinator, Audience.FORUM) == []
    assert [each.id for each in plans.eligible(session, coordinator, Audience.AUTHORITIES)] == [restricted.id]
    plan = plans.make(session, coordinator, adopted(session, world, "authorities"), [restricted])
    assert plans.measures_of(session, world.acting(session, "officer"), plan) == [restricted]
    reference, landlord = plan.id, world.acting(session, "landlord")
    assert plans.all_of(session, landlord) == []
    with pytest.raises(NotFound):
        plans.get(session, landlord, reference)


def test_a_measure_that_fewer_see_later_is_no_longer_shown_in_it(session: Session, world: World) -> None:
    one, other = (measure_of(session, world, Step.DECIDE) for _ in range(2))
    plan, coordinator = made(session, world, one, other), world.acting(session, "coordinator")
    said = Terms(other.title, other.owner_id, other.due_on, visibility=Visibility.AUTHORITIES)
    measures.amend(session, coordinator, other, said)
    for person in ("coordinator", "officer", "landlord"):
        assert plans.measures_of(session, world.acting(session, person), plan) == [one]
    assert plan.intact


def test_none_and_too_many_measures_are_refused(session: Session, world: World) -> None:
    picture, measure = adopted(session, world), measure_of(session, world, Step.DECIDE)
    for chosen in ([], [measure] * 81):
        with pytest.raises(Invalid, match=f"{len(chosen)} measures"):
            plans.make(session, world.acting(session, "coordinator"), picture, chosen)


def test_who_leads_makes_and_adopts_and_nobody_changes(session: Session, world: World) -> None:
    plan, picture = made(session, world), adopted(session, world)
    for person in ("officer", "landlord", "teacher"):
        member = world.acting(session, person)
        with pytest.raises(Forbidden):
            plans.make(session, member, picture, [])
        with pytest.raises(Forbidden):
            plans.adopt(session, member, plan, on=today(), reference=WHERE)
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("UPDATE plans SET measure_ids = '{}'"))


def test_following_up_counts_each_status_and_what_is_not_fixed() -> None:
    yesterday = today() - timedelta(days=1)

    def of(status: Status, due: date = date.max) -> Measure:
        return Measure(status=status.value, due_on=due)

    held = [of(Status.DECIDED, yesterday), of(Status.CARRIED_OUT), of(Status.FOLLOWED_UP), of(Status.WAIVED, yesterday)]
    followed = plans.follow_up([*held, of(Status.WAIVED)])
    assert list(followed.by_status.items()) == [
        (Status.DECIDED, 1), (Status.CARRIED_OUT, 1), (Status.FOLLOWED_UP, 1), (Status.WAIVED, 2),
    ]  # fmt: skip
    assert (followed.done, followed.late, followed.not_fixed) == (2, 1, 2)
    nothing: Any = plans.follow_up([])
    assert nothing == replace(nothing, by_status={}, done=0, late=0, not_fixed=0)
