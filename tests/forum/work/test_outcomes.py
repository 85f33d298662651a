"""What came of ours: each deviation with its answer, places and measures, for its own organisation alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from shapely import Point
from sqlalchemy.orm import Session

from forum.foundation import clock
from forum.foundation.audience import Audience, Visibility
from forum.people import audiences
from forum.people.agreements import today
from forum.register import deviations, places
from forum.register.deviations import Deviation
from forum.register.places import Drawn, Place
from forum.work import digests, follow_ups, measures, outcomes
from forum.work.follow_ups import Outcome
from forum.work.measures import Measure, Step
from forum.work.outcomes import Week
from forum.work.terms import Terms
from tests.builders import CENTRE, World, mark

EAST, NORTH = (CENTRE[0] + 0.004, CENTRE[1]), (CENTRE[0], CENTRE[1] + 0.004)


def place_at(session: Session, world: World, at: tuple[float, float], seen: Visibility = Visibility.FORUM) -> Place:
    return places.create(session, world.acting(session, "coordinator"), Drawn("Gångvägen", Point(at), 60, seen))


def measure_at(
    session: Session, world: World, place: Place, title: str = "Byt lampor", answers: tuple[Deviation, ...] = ()
) -> Measure:
    terms = Terms(title, world.organisations["Polisen"], today(), visibility=Visibility(place.visibility))
    coordinator = world.acting(session, "coordinator")
    measure = measures.propose(session, coordinator, place, terms, answers=answers)
    return measures.move(session, coordinator, measure, Step.DECIDE)


def came(session: Session, world: World, person: str) -> dict[int, tuple[list[str], list[str]]]:
    """Return the places and measures of each of the person's organisation's deviations, by number."""
    found = outcomes.of_ours(session, world.acting(session, person), limit=50)
    assert found.matched == len(found.rows)
    return {
        each.found.nr: ([place.name for place in each.places], sorted(measure.title for measure in each.measures))
        for each in found.rows
    }


def test_a_deviation_has_the_measures_at_its_place_and_those_that_answer_it(session: Session, world: World) -> None:
    here, there = mark(session, world.acting(session, "walker")), mark(session, world.acting(session, "walker"),
                                                                       lon=EAST[0], lat=EAST[1])  # fmt: skip
    theirs = mark(session, world.acting(session, "landlord"))
    place = place_at(session, world, CENTRE)
    measure_at(session, world, place)
    measure_at(session, world, place, "Prata med skolan", answers=(there,))
    assert came(session, world, "walker") == {
        here.nr: (["Gångvägen"], ["Byt lampor", "Prata med skolan"]),
        there.nr: ([], ["Prata med skolan"]),
    }
    assert set(came(session, world, "landlord")) == {theirs.nr}


def test_what_lies_at_a_place_is_the_same_for_many_as_for_one(session: Session, world: World) -> None:
    walker = world.acting(session, "walker")
    marked = [mark(session, walker, lon=lon, lat=lat) for lon, lat in (CENTRE, EAST, NORTH)]
    circle, coordinator = place_at(session, world, CENTRE), world.acting(session, "coordinator")
    places.create(session, coordinator, Drawn("Parken", Point(EAST).buffer(0.001, cap_style="square")))
    places.link(session, coordinator, circle, marked[2], here=True)
    places.link(session, coordinator, circle, marked[0], here=False)
    walker = world.acting(session, "walker")
    one = {d.nr: [p.name for p in places.of_deviation(session, walker, d)] for d in marked}
    assert {nr: at for nr, (at, _) in came(session, world, "walker").items()} == one
    assert sorted(one.values()) == [[], ["Gångvägen"], ["Parken"]]


def test_what_has_gone_up_in_another_place_keeps_its_measures(session: Session, world: World) -> None:
    deviation = mark(session, world.acting(session, "walker"))
    old, new = place_at(session, world, CENTRE), place_at(session, world, EAST)
    measure_at(session, world, old)
    places.merge(session, world.acting(session, "coordinator"), old, new, reason="Samma väg")
    assert came(session, world, "walker") == {deviation.nr: (["Gångvägen"], ["Byt lampor"])}


def test_nothing_of_what_only_authorities_see_is_told_to_others(session: Session, world: World) -> None:
    deviation = mark(session, world.acting(session, "walker"))
    police = mark(session, world.acting(session, "officer"))
    hidden = place_at(session, world, CENTRE, Visibility.AUTHORITIES)
    measure_at(session, world, hidden, "Dold insats", answers=(deviation,))
    assert came(session, world, "walker") == {deviation.nr: ([], [])}
    assert came(session, world, "officer") == {police.nr: (["Gångvägen"], ["Dold insats"])}
    week = happened(session, world, "walker")
    assert week.measures == []
    assert [measure.title for measure in happened(session, world, "officer").measures] == ["Dold insats"]
    officer = world.acting(session, "officer")
    with audiences.narrowed(session, Audience.FORUM):
        assert outcomes.happened(session, officer, *lately()).measures == []


def lately() -> tuple[datetime, datetime]:
    return clock.now() - timedelta(days=1), clock.now() + timedelta(days=1)


def happened(session: Session, world: World, person: str) -> Week:
    return outcomes.happened(session, world.acting(session, person), *lately())


def test_pages_follow_each_other_and_miss_nothing(session: Session, world: World) -> None:
    walker = world.acting(session, "walker")
    marked = {mark(session, walker, occurred_from=clock.now() - timedelta(hours=h)).nr for h in range(1, 6)}
    found: list[int] = []
    cursor = None
    for _ in range(3):
        page = outcomes.of_ours(session, walker, limit=2, cursor=cursor)
        found, cursor = [*found, *(each.found.nr for each in page.rows)], page.next
        assert page.matched == 5
    assert cursor is None
    assert set(found) == marked
    assert len(found) == 5


def test_the_newest_follow_up_of_a_measure_is_the_one_that_is_told(session: Session, world: World) -> None:
    mark(session, world.acting(session, "walker"))
    measure = measure_at(session, world, place_at(session, world, CENTRE))
    measures.move(session, world.acting(session, "officer"), measure, Step.ACCEPT)
    coordinator = world.acting(session, "coordinator")
    for outcome, days in ((Outcome.WORKS, 0), (Outcome.TOO_EARLY, 3)):
        on = today() - timedelta(days=days)
        follow_ups.follow_up(session, coordinator, measure, outcome=outcome, note="Sett på plats", on=on)
    (each,) = outcomes.of_ours(session, world.acting(session, "walker"), limit=5).rows
    assert each.seen[measure.id].outcome == "works"
    assert [m.id for m in outcomes.ours_to_do(session, world.acting(session, "officer"))] == [measure.id]
    assert outcomes.ours_to_do(session, world.acting(session, "walker")) == []


def test_a_week_holds_what_was_done_to_ours_and_nothing_else(session: Session, world: World) -> None:
    deviation = mark(session, world.acting(session, "walker"))
    assert happened(session, world, "walker") == Week([], [])
    coordinator = world.acting(session, "coordinator")
    deviations.look_at(session, coordinator, deviation)
    deviations.answer(session, coordinator, deviation, reply="Lamporna är bytta")
    far = measure_at(session, world, place_at(session, world, EAST), "Långt borta")
    near = measure_at(session, world, place_at(session, world, CENTRE))
    week = happened(session, world, "walker")
    assert [(d.nr, action) for d, action in week.deviations] == [(deviation.nr, "answer")]
    assert [m.id for m in week.measures] == [near.id]
    assert far.id not in {m.id for m in week.measures}
    assert happened(session, world, "landlord") == Week([], [])
    earlier = clock.now() - timedelta(days=9), clock.now() - timedelta(days=2)
    assert outcomes.happened(session, world.acting(session, "walker"), *earlier) == Week([], [])


def test_what_one_keeps_to_oneself_is_on_the_page_and_in_no_letter(session: Session, world: World) -> None:
    officer = world.acting(session, "officer")
    own, shared = mark(session, officer, visibility="own"), mark(session, officer)
    place_at(session, world, CENTRE)
    assert set(came(session, world, "officer")) == {own.nr, shared.nr}
    assert came(session, world, "coordinator") == {}
    officer = world.acting(session, "officer")
    with audiences.narrowed(session, Audience.FORUM):
        week = outcomes.happened(session, officer, *lately())
    assert [d.nr for d, _ in week.deviations] == [shared.nr]


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        (datetime(2026, 11, 23, 5, 59, tzinfo=UTC), "2026-11-09"),
        (datetime(2026, 11, 23, 6, 0, tzinfo=UTC), "2026-11-16"),
        (datetime(2026, 11, 29, 22, 59, tzinfo=UTC), "2026-11-16"),
        (datetime(2026, 3, 30, 4, 59, tzinfo=UTC), "2026-03-16"),
        (datetime(2026, 3, 30, 5, 0, tzinfo=UTC), "2026-03-23"),
        (datetime(2027, 1, 4, 8, 0, tzinfo=UTC), "2026-12-28"),
    ],
)
def test_the_last_week_is_known_from_monday_at_seven_on_a_swedish_wall(now: datetime, monday: str) -> None:
    assert digests.last_week(now).isoformat() == monday


def test_a_week_is_as_long_as_its_clock_says() -> None:
    start, end = digests.span(digests.last_week(datetime(2026, 3, 30, 8, tzinfo=UTC)))
    assert (start.isoformat(), end.isoformat()) == ("2026-03-23T00:00:00+01:00", "2026-03-30T00:00:00+02:00")
