"""The chain: from any link to all others, both ways, and nothing of what the reader may not see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from shapely import Point
from sqlalchemy.orm import Session

from forum.foundation.audience import Visibility
from forum.people.agreements import today
from forum.register import places
from forum.register.deviations import Deviation
from forum.register.places import Drawn, Place
from forum.work import causes, chain, effects, follow_ups, measures
from forum.work.follow_ups import Outcome
from forum.work.measures import Measure
from forum.work.terms import Terms
from tests.builders import CENTRE, World, mark
from tests.forum.work.test_effects import card_of


def story(session: Session, world: World) -> tuple[Deviation, Deviation, Place, Measure]:
    """Return an open and a restricted deviation, their place, and a measure that was carried out there."""
    shown = mark(session, world.acting(session, "walker"))
    hidden = mark(session, world.acting(session, "officer"), visibility="authorities")
    coordinator = world.acting(session, "coordinator")
    place = places.create(session, coordinator, Drawn("Gångvägen", Point(CENTRE), 100))
    causes.write(session, coordinator, place, {"hypothesis": "Mörkret"})
    due, owner = today() + timedelta(days=9), world.organisations["Bostadsbolaget"]
    measure = measures.propose(session, coordinator, place, Terms("Byt lampor", owner, due), answers=[shown, hidden])
    measures.move(session, coordinator, measure, measures.Step.DECIDE)
    landlord = world.acting(session, "landlord")
    measures.move(session, landlord, measure, measures.Step.ACCEPT)
    measures.carry_out(session, landlord, measure, on=today())
    coordinator = world.acting(session, "coordinator")
    follow_ups.follow_up(session, coordinator, measure, outcome=Outcome.WORKS, note="Ljust hela vägen")
    return shown, hidden, place, measure


def test_every_link_leads_to_all_others(session: Session, world: World) -> None:
    shown, hidden, place, measure = story(session, world)
    officer = world.acting(session, "officer")
    found = chain.of_deviation(session, officer, shown)
    assert (found.deviations, found.places, found.measures) == ([shown], [place], [measure])
    assert [cause.hypothesis for cause in found.causes] == ["Mörkret"]
    assert [seen.note for seen in found.follow_ups] == ["Ljust hela vägen"]
    for back in (chain.of_place(session, officer, place), chain.of_measure(session, officer, measure)):
        assert {d.id for d in back.deviations} == {shown.id, hidden.id}
        assert (back.places, back.measures, back.more) == ([place], [measure], False)
        assert len(back.causes) == len(back.follow_ups) == 1


def test_the_chain_ends_in_the_frozen_cards_of_its_measures_for_their_audience(session: Session, world: World) -> None:
    shown, _, place, measure = story(session, world)
    officer = world.acting(session, "coordinator")
    kept = [
        effects.keep(session, officer, measure, card_of(measure, audience)) for audience in ("forum", "authorities")
    ]
    landlord = world.acting(session, "landlord")
    for found in (
        chain.of_deviation(session, landlord, shown),
        chain.of_place(session, landlord, place),
        chain.of_measure(session, landlord, measure),
    ):
        assert found.effects == kept[:1]
    officer = world.acting(session, "officer")
    assert chain.of_measure(session, officer, measure).effects == kept[::-1]


def test_a_hidden_link_is_left_out_without_a_trace(session: Session, world: World) -> None:
    shown, _, place, measure = story(session, world)
    coordinator = world.acting(session, "coordinator")
    secret = Terms("Spaning", world.organisations["Polisen"], today(), visibility=Visibility.AUTHORITIES)
    measures.propose(session, coordinator, place, secret, answers=[shown])
    places.create(session, coordinator, Drawn("Spaningsplats", Point(CENTRE), 50, Visibility.AUTHORITIES))
    landlord = world.acting(session, "landlord")
    for found in (
        chain.of_deviation(session, landlord, shown),
        chain.of_place(session, landlord, place),
        chain.of_measure(session, landlord, measure),
    ):
        assert found.deviations == [shown]
        assert (found.places, found.measures, found.more) == ([place], [measure], False)


def test_a_measure_that_names_no_deviation_answers_those_of_its_place(session: Session, world: World) -> None:
    shown = mark(session, world.acting(session, "walker"))
    coordinator = world.acting(session, "coordinator")
    place = places.create(session, coordinator, Drawn("Gångvägen", Point(CENTRE), 100))
    measure = measures.propose(session, coordinator, place, Terms("Byt", world.organisations["Polisen"], today()))
    assert chain.of_measure(session, coordinator, measure).deviations == [shown]


def test_what_has_gone_up_in_another_place_keeps_its_measures(session: Session, world: World) -> None:
    _, _, place, measure = story(session, world)
    coordinator = world.acting(session, "coordinator")
    other = places.create(session, coordinator, Drawn("Torget", Point(CENTRE), 150))
    places.merge(session, coordinator, place, other, reason="Samma torg")
    assert chain.of_place(session, coordinator, other).measures == [measure]
    third = places.create(session, coordinator, Drawn("Hela torget", Point(CENTRE), 200))
    places.merge(session, coordinator, other, third, reason="Ännu större")
    assert chain.of_place(session, coordinator, third).measures == [measure]


def test_a_long_chain_says_that_there_is_more(session: Session, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "MOST", 1)
    _, _, place, _ = story(session, world)
    found = chain.of_place(session, world.acting(session, "officer"), place)
    assert (len(found.deviations), found.more) == (1, True)
