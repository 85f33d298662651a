"""The effect card on an invented forum where the right control is known, for whom it is made, and recomputed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from shapely import Point
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import clock
from forum.foundation.audience import Audience, Visibility
from forum.foundation.errors import Conflict, Invalid
from forum.people.agreements import today
from forum.register import bulk, places
from forum.register.places import Drawn, Place
from forum.work import effects, measures
from forum.work.measures import Measure, Step
from forum.work.terms import Terms
from mapping import cards
from mapping.cards import Card, difference, recompute
from mapping.controls import Unfit
from mapping.periods import months_before
from mapping.picture import as_plain
from mapping.verdicts import Limit, Sentence
from tests.builders import CENTRE, World, mark, notice

TREATED, RIGHT, WORKED = CENTRE, (18.11, 59.25), (18.07, 59.235)
NEAR = (CENTRE[0] + 0.0045, CENTRE[1])
"""Some 255 metres from the middle: its ring would touch the treated place's."""
DONE = months_before(today(), 4) + timedelta(days=14)
MONTHS = 18
"""So far back the register goes from the month of the measure."""


def rows(at: tuple[float, float], name: str, counts: list[int]) -> Iterator[bulk.Row]:
    """Yield so many deviations in each month from the register's first."""
    for month, count in enumerate(counts):
        first = months_before(DONE, MONTHS - month)
        for n in range(count):
            moment = datetime.combine(first + timedelta(days=3 * n), time(12), clock.ZONE)
            lon, lat = at[0] + 0.0001 * (n % 3), at[1] + 0.0001 * (n // 3)
            there = notice(lon=lon, lat=lat, accuracy_m=20, occurred_from=moment)
            yield bulk.Row(f"{name}-{month}-{n}", there)


@dataclass(frozen=True)
class Told:
    """The invented forum: who is in it, and the numbers of its places and of the measure."""

    world: World
    measure: int
    right: int
    worked: int
    near: int


def place(session: Session, world: World, at: tuple[float, float], name: str) -> Place:
    return places.create(session, world.acting(session, "coordinator"), Drawn(name, Point(at), 80))


def measure_at(session: Session, world: World, where: Place, done: date | None, **more: Any) -> Measure:
    """Return a measure of the place, carried out where a day is given."""
    coordinator = world.acting(session, "coordinator")
    terms = Terms("Byt lampor", world.organisations["Polisen"], today(), **more)
    measure = measures.propose(session, coordinator, where, terms)
    measures.move(session, coordinator, measure, Step.DECIDE)
    officer = world.acting(session, "officer")
    measures.move(session, officer, measure, Step.ACCEPT)
    return measures.carry_out(session, officer, measure, on=done) if done else measure


@pytest.fixture(scope="module")
def told(sessions: sessionmaker[Session], lasting: World) -> Told:
    """Fill the module's forum."""
    return fill(sessions, lasting)


def fill(sessions: sessionmaker[Session], lasting: World) -> Told:
    """Let the treated place fall after its measure, and nothing else."""
    with sessions() as session:
        even = [8] * (MONTHS + 4)
        fall = [8] * (MONTHS + 1) + [1] * 3
        coordinator = lasting.acting(session, "coordinator")
        for name, at, counts in (
            ("treated", TREATED, fall), ("right", RIGHT, even), ("worked", WORKED, even), ("near", NEAR, even),
        ):  # fmt: skip
            bulk.register_many(session, coordinator, rows(at, name, counts), source="prov")
        treated, right, worked, near = (
            place(session, lasting, at, name)
            for at, name in ((TREATED, "Gången"), (RIGHT, "Torget"), (WORKED, "Parken"), (NEAR, "Trappan"))
        )
        numbers = (right.nr, worked.nr, near.nr)
        measure_at(session, lasting, worked, DONE)
        measure = measure_at(session, lasting, treated, DONE).nr
        for _ in range(2):
            moment = datetime.combine(months_before(DONE, -2), time(12), clock.ZONE)
            mark(session, lasting.acting(session, "officer"), occurred_from=moment, visibility="authorities")
        session.commit()
        return Told(lasting, measure, *numbers)


def made(session: Session, told: Told, person: str = "coordinator", **more: object) -> Card:
    """Return the card that the person makes."""
    member = told.world.acting(session, person)
    plain: dict[str, object] = {"audience": Audience.FORUM, "months": 3, "control": None} | more
    audience, months, control = plain["audience"], plain["months"], plain["control"]
    assert isinstance(audience, Audience)
    assert isinstance(months, int)
    assert control is None or isinstance(control, str)
    return cards.card(session, member, measures.get(session, member, told.measure), audience, months, control=control)


def test_the_right_control_is_found_and_the_fall_is_told(session: Session, told: Told) -> None:
    card = made(session, told)
    assert card.control is not None
    assert (card.control.key, card.control.level, card.control.chosen) == (f"place:{told.right}", 1.0, False)
    assert card.weighed.sentence is Sentence.FEWER
    figures = card.weighed.figures
    assert figures is not None
    assert (figures.treated, figures.control, figures.spans.seasonal) == ((24, 3), (24, 24), True)
    assert (figures.spans.after.first, figures.spans.before.first) == (
        months_before(DONE, -1),
        months_before(DONE, 11),
    )
    assert card.accuracy_m == 20
    assert Limit.PEAK_UNKNOWN in card.weighed.limits


def test_one_old_event_does_not_let_the_register_begin_with_it(session: Session, told: Told) -> None:
    begins = made(session, told).inputs.first
    old = datetime.combine(months_before(DONE, MONTHS + 12), time(12), clock.ZONE)
    mark(session, told.world.acting(session, "coordinator"), occurred_from=old)
    assert made(session, told).inputs.first == begins == months_before(DONE, MONTHS)


@pytest.mark.parametrize("person", ["coordinator", "officer", "landlord"])
def test_whoever_makes_it_the_forums_card_holds_the_same(session: Session, told: Told, person: str) -> None:
    assert made(session, told, person) == made(session, told, "walker")


def test_authorities_see_their_rows_in_their_card_and_it_is_noted(session: Session, told: Told) -> None:
    card = made(session, told, "officer", audience=Audience.AUTHORITIES)
    assert card.weighed.figures is not None
    assert card.weighed.figures.treated == (24, 5)
    assert card.inputs.reporters == (1, 2)
    noted = text("SELECT facts FROM journal WHERE action = 'read:effect' ORDER BY seq DESC LIMIT 1")
    assert session.scalar(noted)["restricted"] == 2


def test_the_public_and_those_who_may_not_are_refused(session: Session, told: Told) -> None:
    for audience, person in ((Audience.PUBLIC, "officer"), (Audience.AUTHORITIES, "landlord")):
        with pytest.raises(Invalid, match="audience"):
            made(session, told, person, audience=audience)


def test_another_control_can_be_chosen_but_none_that_is_near_or_worked_on(session: Session, told: Told) -> None:
    square = next(key for key in squares(session, told) if key.startswith("square:"))
    card = made(session, told, control=square)
    assert card.control is not None
    assert (card.control.key, card.control.chosen) == (square, True)
    for nr in (told.worked, told.near, 1):
        with pytest.raises(Invalid, match="cannot be the control"):
            made(session, told, control=f"place:{nr}")


def test_what_the_rules_pass_beside_the_control_is_named_and_can_be_chosen(session: Session, told: Told) -> None:
    card = made(session, told)
    assert card.control is not None
    (square,) = (each for each in card.others if each.key.startswith("square:"))
    assert (square.unfit, square.chosen) == (None, False)
    other = made(session, told, control=square.key)
    assert other.control is not None
    assert (other.control.key, other.control.chosen, other.control.level) == (square.key, True, square.level)
    assert card.control.key in {each.key for each in other.others}
    assert square.key not in {each.key for each in other.others}


def squares(session: Session, told: Told) -> list[str]:
    """Return the keys of what may be a control, with the right place closed out of it."""
    member = told.world.acting(session, "coordinator")
    where = places.get(session, member, told.right)
    places.close(session, member, where, reason="Prövas")
    session.execute(text("UPDATE places SET radius_m = 5 WHERE id = :id"), {"id": where.id})
    session.expire_all()
    card = made(session, told)
    assert card.control is not None
    return [card.control.key]


def test_where_none_is_fit_the_card_says_so_and_shows_no_figure(session: Session, told: Told) -> None:
    member = told.world.acting(session, "coordinator")
    measure_at(session, told.world, places.get(session, member, told.right), DONE)
    card = made(session, told)
    assert (card.control, card.no_control) == (None, Unfit.MEASURE)
    assert (card.weighed.sentence, card.weighed.figures) == (Sentence.NO_CONTROL, None)


@pytest.mark.parametrize("way", ["opened again", "joined"])
def test_where_something_was_carried_out_nothing_counts_as_untouched_whatever_came_of_it(
    session: Session, told: Told, way: str
) -> None:
    member = told.world.acting(session, "coordinator")
    if way == "joined":
        where = place(session, told.world, (RIGHT[0] + 0.0002, RIGHT[1]), "Hörnet")
    else:
        where = places.get(session, member, told.right)
    measure = measure_at(session, told.world, where, DONE)
    member = told.world.acting(session, "coordinator")
    if way == "joined":
        places.merge(session, member, where, places.get(session, member, told.near), reason="Samma trappa")
    else:
        measures.move(session, member, measure, Step.REOPEN, reason="Hälften är släckta")
    card = made(session, told)
    assert (card.control, card.no_control) == (None, Unfit.MEASURE)


def test_another_measure_at_the_place_in_the_same_months_is_told(session: Session, told: Told) -> None:
    member = told.world.acting(session, "officer")
    where = places.get(session, member, measures.get(session, member, told.measure).place_id)
    assert Limit.OTHERS not in made(session, told).weighed.limits
    measure_at(session, told.world, where, DONE + timedelta(days=20))
    card = made(session, told)
    assert card.inputs.others == (DONE + timedelta(days=20),)
    assert Limit.OTHERS in card.weighed.limits


def test_a_measure_is_judged_when_its_months_are_over_and_not_before(session: Session, told: Told) -> None:
    with pytest.raises(Conflict, match="not over"):
        made(session, told, months=6)
    with pytest.raises(Invalid, match="months"):
        made(session, told, months=4)
    member = told.world.acting(session, "coordinator")
    waiting = measure_at(session, told.world, places.get(session, member, told.right), None)
    with pytest.raises(Conflict, match="accepted"):
        cards.card(session, member, waiting, Audience.FORUM, 3)


def test_a_measure_that_authorities_alone_see_has_no_card_for_the_forum(session: Session, told: Told) -> None:
    member = told.world.acting(session, "coordinator")
    where = places.get(session, member, told.right)
    hidden = measure_at(session, told.world, where, DONE, visibility=Visibility.AUTHORITIES)
    officer = told.world.acting(session, "officer")
    with pytest.raises(Invalid, match="audience"):
        cards.card(session, officer, measures.get(session, officer, hidden.nr), Audience.FORUM, 3)


def test_a_card_is_recomputed_from_itself_and_a_changed_figure_is_named(session: Session, told: Told) -> None:
    plain = json.loads(json.dumps(as_plain(made(session, told))))
    assert recompute(plain) == plain["weighed"]
    assert difference(plain) is None
    plain["inputs"]["treated"][-1] += 5
    assert difference(plain) == "weighed.sentence: fewer, not_enough"
    with pytest.raises(ValueError, match="version"):
        recompute(plain | {"version": 99})


def test_a_card_holds_no_word_that_anybody_has_written(session: Session, told: Told) -> None:
    whole = json.dumps(as_plain(made(session, told)), ensure_ascii=False)
    assert not any(words in whole for words in ("Gången", "Torget", "lampor", "Tre lyktstolpar"))


def test_a_longer_card_does_not_give_away_the_months_that_a_frozen_one_left_out(session: Session, told: Told) -> None:
    """A second organisation reports by the control until the third month after the measure, and not in the fourth."""
    officer = told.world.acting(session, "officer")
    for month in range(MONTHS + 1):
        moment = datetime.combine(months_before(DONE, month), time(12), clock.ZONE)
        mark(session, officer, lon=RIGHT[0], lat=RIGHT[1], occurred_from=moment)
    where = places.get(session, officer, measures.get(session, officer, told.measure).place_id)
    measure = measure_at(session, told.world, where, months_before(DONE, 3) + timedelta(days=14))
    coordinator = told.world.acting(session, "coordinator")

    def pairs(months: int) -> tuple[str, ...]:
        card = cards.card(session, coordinator, measure, Audience.FORUM, months)
        assert card.told is not None
        return card.told.pairs

    assert (pairs(3), pairs(6)) == (("control",), ("control",))
    short = cards.card(session, coordinator, measure, Audience.FORUM, 3)
    effects.keep(session, coordinator, measure, as_plain(short))
    assert (pairs(3), pairs(6)) == (("control",), ())
