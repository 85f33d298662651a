"""The agenda that writes itself: which rule puts what on it, in which order, and for whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from shapely import Point as Spot
from sqlalchemy.orm import Session

from forum.foundation import clock
from forum.foundation.audience import Visibility
from forum.register import deviations, places
from forum.register.places import Drawn, Place
from forum.work import agenda as items
from forum.work import follow_ups, measures, meetings
from forum.work.agenda import Point, Rule, Status, Wish
from forum.work.follow_ups import Outcome
from forum.work.measures import Measure, Step
from forum.work.meetings import Meeting, Plan
from forum.work.terms import Terms
from mapping import agenda
from mapping.agenda import Agenda
from tests.builders import CENTRE, World, mark

ELSEWHERE = (18.12, 59.25)


def ago(days: float) -> datetime:
    return clock.now() - timedelta(days=days)


def plan(session: Session, world: World, days: float, **more: Any) -> Meeting:
    chair = world.organisations["Stadsdelsförvaltningen"]
    wanted = Plan(ago(days), **({"chair_id": chair} | more))
    return meetings.plan(session, world.acting(session, "coordinator"), wanted)


def place_of(session: Session, world: World, at: tuple[float, float] = CENTRE, **more: Any) -> Place:
    drawn = Drawn(more.pop("name", "Gångvägen"), Spot(at), 60, **more)
    return places.create(session, world.acting(session, "coordinator"), drawn)


def marked(session: Session, world: World, n: int, days: float, person: str = "officer", **more: Any) -> None:
    member = world.acting(session, person)
    for _ in range(n):
        deviation = mark(session, member, occurred_from=ago(days), **({"accuracy_m": 20} | more))
        leader = world.acting(session, "coordinator")
        if more.get("visibility") in (None, "authorities"):
            deviations.look_at(session, leader, deviations.get(session, leader, deviation.id))
        member = world.acting(session, person)


def measure_at(session: Session, world: World, place: Place, due: float, **more: Any) -> Measure:
    coordinator = world.acting(session, "coordinator")
    day = clock.local(ago(0)).date() + timedelta(days=due)
    terms = Terms("Byt lampor", world.organisations["Bostadsbolaget"], day, **more)
    measure = measures.propose(session, coordinator, place, terms)
    return measures.move(session, coordinator, measure, Step.DECIDE)


def read(session: Session, world: World, meeting: Meeting, person: str = "coordinator") -> Agenda:
    return agenda.of(session, world.acting(session, person), meeting)


def reasons(point: Point) -> list[Any]:
    """Return the reasons but for one: the places of these tests are all new."""
    return [reason for reason in point.reasons if reason["rule"] != Rule.NEW_PLACE]


def rules(points: tuple[Point, ...]) -> dict[str, list[str]]:
    return {point.key: [reason["rule"] for reason in reasons(point)] for point in points}


def test_a_place_stands_on_it_with_its_count_since_the_last_meeting(session: Session, world: World) -> None:
    place = place_of(session, world)
    marked(session, world, 3, days=10)
    marked(session, world, 2, days=40, person="landlord")
    (point,) = read(session, world, plan(session, world, -1)).points
    assert (point.key, point.place_id, point.minutes) == (f"place:{place.nr}", place.id, agenda.LONG)
    (reason,) = reasons(point)
    assert (reason["rule"], reason["now"], reason["before"], reason["reporters"]) == ("active", 3, 2, 1)
    assert (reason["categories"], reason["kinds"]) == ({"lighting": 3}, {"police": 3})


def test_a_place_that_grows_is_told_from_one_that_chance_explains(session: Session, world: World) -> None:
    place_of(session, world)
    marked(session, world, 1, days=100)  # so that the time before is covered
    marked(session, world, 2, days=40)
    marked(session, world, 18, days=10)
    meeting = plan(session, world, -1)
    ((rule,),) = rules(read(session, world, meeting).points).values()
    assert rule == "growing"
    marked(session, world, 14, days=40)
    ((rule,),) = rules(read(session, world, meeting).points).values()
    assert rule == "active"


def test_measures_that_are_overdue_or_due_for_follow_up(session: Session, world: World) -> None:
    place = place_of(session, world)
    late, waiting = measure_at(session, world, place, due=-9), measure_at(session, world, place, due=20)
    done = measure_at(session, world, place, due=-60)
    landlord = world.acting(session, "landlord")
    measures.move(session, landlord, done, Step.ACCEPT)
    measures.carry_out(session, landlord, done, on=clock.local(ago(0)).date() - timedelta(days=40))
    meeting = plan(session, world, -1)
    (point,) = read(session, world, meeting).points
    overdue, due = reasons(point)
    assert (overdue["rule"], overdue["measures"], overdue["days"]) == ("overdue", [late.nr], 9)
    assert (due["rule"], due["measures"], due["days"]) == ("follow_up", [done.nr], 12)
    assert waiting.nr not in overdue["measures"]
    coordinator = world.acting(session, "coordinator")
    follow_ups.follow_up(session, coordinator, done, outcome=Outcome.TOO_EARLY, note="För tidigt")
    ((rule,),) = rules(read(session, world, meeting).points).values()
    assert rule == "overdue"


def test_what_is_new_and_what_was_reopened_since_the_last_meeting(session: Session, world: World) -> None:
    old, closed = place_of(session, world), place_of(session, world, ELSEWHERE, name="Torget")
    coordinator = world.acting(session, "coordinator")
    places.close(session, coordinator, closed, reason="Lugnt nu")
    places.reopen(session, coordinator, closed, reason="Oroligt igen")
    new = places.create(session, coordinator, Drawn("Trappan", Spot(18.11, 59.26), 40))
    measure = measure_at(session, world, old, due=5)
    coordinator = world.acting(session, "coordinator")
    measures.move(session, coordinator, measure, Step.WAIVE, reason="Dyrt")
    measures.move(session, coordinator, measure, Step.REOPEN, reason="Pengar finns")
    points = read(session, world, plan(session, world, -1)).points
    found = {point.place_id: [reason["rule"] for reason in point.reasons] for point in points}
    assert found == {closed.id: ["new_place", "reopened"], new.id: ["new_place"], old.id: ["new_place", "reopened"]}
    ((again,),) = (reasons(point) for point in points if point.place_id == old.id)
    assert again["measures"] == [measure.nr]


def test_a_concentration_that_no_place_gathers_is_suggested(session: Session, world: World) -> None:
    marked(session, world, 4, days=10)
    meeting = plan(session, world, -1)
    assert read(session, world, meeting).points == ()
    marked(session, world, 2, days=10, person="landlord")
    marked(session, world, 3, days=40)
    (point,) = read(session, world, meeting).points
    (reason,) = reasons(point)
    assert (reason["rule"], reason["now"], reason["before"], reason["reporters"]) == ("concentration", 6, 3, 2)
    assert (round(reason["lon"], 3), round(reason["lat"], 3)) == (18.09, 59.243)
    coordinator = world.acting(session, "coordinator")
    items.begin(session, coordinator, meeting, agenda.prepared(session, coordinator, meeting))
    assert [item.key for item in items.of_meeting(session, coordinator, meeting)] == [point.key]
    meeting = plan(session, world, -2)
    place_of(session, world)
    assert [key for key in rules(read(session, world, meeting).points) if key.startswith("spot:")] == []


def test_rows_that_are_known_only_roughly_make_no_concentration(session: Session, world: World) -> None:
    marked(session, world, 9, days=10, accuracy_m=800)
    assert read(session, world, plan(session, world, -1)).points == ()


def test_what_nobody_has_looked_at_is_one_point(session: Session, world: World) -> None:
    for person, days in (("officer", 3), ("landlord", 12)):
        mark(session, world.acting(session, person), occurred_from=ago(days), accuracy_m=300)
    (point,) = read(session, world, plan(session, world, 0)).points
    (reason,) = reasons(point)
    assert (point.key, reason["rule"], reason["now"], reason["days"]) == ("unseen", "not_looked_at", 2, 12)
    coordinator = world.acting(session, "coordinator")
    meeting = plan(session, world, -1)
    items.begin(session, coordinator, meeting, agenda.prepared(session, coordinator, meeting))
    assert [item.key for item in items.of_meeting(session, coordinator, meeting)] == ["unseen"]


def test_what_was_left_comes_again_and_weighs_more_each_time(session: Session, world: World) -> None:
    coordinator = world.acting(session, "coordinator")
    place = place_of(session, world)
    marked(session, world, 1, days=70)
    seen = []
    for days in (60, 40, 20):
        meeting = plan(session, world, days)
        if days == 60:
            items.add(session, world.acting(session, "landlord"), meeting, Wish("Grindarna"))
        coordinator = world.acting(session, "coordinator")
        prepared = agenda.prepared(session, coordinator, meeting)
        seen.append(
            {p.key.partition(":")[0]: (agenda.score(p), [r["rule"] for r in p.reasons]) for p in prepared.points}
        )
        items.begin(session, coordinator, meeting, prepared)
        for item in items.of_meeting(session, coordinator, meeting):
            if item.place_id == place.id:
                items.settle(session, coordinator, item, Status.HANDLED)
        items.end(session, coordinator, meeting)
    assert seen[0] == {"added": (55, ["added"]), "place": (11, ["active"])}
    assert seen[1] == {"added": (80, ["carried_over"])}
    assert seen[2] == {"added": (100, ["carried_over"])}


def test_the_order_follows_the_figures_and_changes_when_one_does(session: Session, world: World) -> None:
    north, south = place_of(session, world, name="Norra"), place_of(session, world, ELSEWHERE, name="Södra")
    marked(session, world, 3, days=10)
    marked(session, world, 2, days=10, lon=ELSEWHERE[0], lat=ELSEWHERE[1])
    meeting = plan(session, world, -1)
    assert [point.place_id for point in read(session, world, meeting).points] == [north.id, south.id]
    marked(session, world, 2, days=10, lon=ELSEWHERE[0], lat=ELSEWHERE[1])
    assert [point.place_id for point in read(session, world, meeting).points] == [south.id, north.id]


def test_what_was_arranged_holds_and_what_comes_since_finds_its_place(session: Session, world: World) -> None:
    meeting = plan(session, world, -1)
    landlord = world.acting(session, "landlord")
    first, second, third = (items.add(session, landlord, meeting, Wish(f"Punkt {n}")).key for n in (1, 2, 3))
    arranged = {"order": [third, first, second], "minutes": {first: 30}, "left_out": [second]}
    meetings.arrange(session, world.acting(session, "coordinator"), meeting, arranged)
    found = read(session, world, meeting)
    assert [(point.key, point.minutes) for point in found.points] == [(third, 5), (first, 30)]
    assert [point.key for point in found.left_out] == [second]
    place = place_of(session, world)
    marked(session, world, 2, days=10)
    late = measure_at(session, world, place, due=-30)  # 40 + 30 and two rows: heavier than what was added
    assert late.overdue
    keys = [point.key for point in read(session, world, meeting).points]
    assert keys == [f"place:{place.nr}", third, first]


def test_the_agenda_is_cut_to_the_meetings_minutes(session: Session, world: World) -> None:
    meeting = plan(session, world, -1, minutes=30)
    landlord = world.acting(session, "landlord")
    for minutes in (8, 12, 5):
        items.add(session, landlord, meeting, Wish("Något", minutes))
    points = read(session, world, meeting).points
    fits = [point.minutes for point in points if not point.below]
    assert sum(fits) <= 30 - agenda.FORMALITIES < sum(point.minutes for point in points)
    assert [point.below for point in points] == sorted(point.below for point in points)


@pytest.mark.parametrize("person", ["coordinator", "officer", "landlord"])
def test_no_figure_counts_a_row_that_the_forum_may_not_see(session: Session, world: World, person: str) -> None:
    place = place_of(session, world)
    marked(session, world, 2, days=10)
    meeting = plan(session, world, -1)
    before = read(session, world, meeting, person).points
    marked(session, world, 7, days=10, visibility="authorities")
    lon, lat = ELSEWHERE
    mark(session, world.acting(session, "officer"), occurred_from=ago(9), visibility="authorities", lon=lon, lat=lat)
    for own in ("officer", "landlord"):
        mark(session, world.acting(session, own), occurred_from=ago(9), visibility="own")
    measure_at(session, world, place, due=-20, visibility=Visibility.AUTHORITIES)
    hidden = place_of(session, world, visibility=Visibility.AUTHORITIES, name="Dolda")
    after = read(session, world, meeting, person)
    assert after.points == before
    annex = rules(after.annex)
    if person == "landlord":
        assert annex == {}
    else:
        assert annex == {
            f"place:{place.nr}": ["overdue"],
            f"place:{hidden.nr}": ["active"],
            "unseen": ["not_looked_at"],
        }


def test_every_rule_has_a_weight() -> None:
    assert set(agenda.WEIGHTS) == set(Rule)
