"""Cause analyses: written in parts, changed by one at a time, kept with all that they said before."""

from __future__ import annotations

import pytest
from shapely import Point
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.foundation.audience import Visibility
from forum.foundation.errors import Conflict, Forbidden, Invalid, Stale
from forum.register import places, steps
from forum.register.places import Drawn, Place
from forum.work import causes
from forum.work.causes import Cause
from tests.builders import CENTRE, World


@pytest.fixture
def place(session: Session, world: World) -> Place:
    return places.create(session, world.acting(session, "coordinator"), Drawn("Trappan", Point(CENTRE), 50))


def test_parts_are_written_and_changed_one_by_one(session: Session, world: World, place: Place) -> None:
    coordinator = world.acting(session, "coordinator")
    cause = causes.write(session, coordinator, place, {"place_side": "Skymd trappa", "limits": "Få anmälningar"})
    causes.write(session, coordinator, place, {"place_side": "Skymd och mörk trappa"}, version=1)
    assert (cause.place_side, cause.limits, cause.version) == ("Skymd och mörk trappa", "Få anmälningar", 2)
    assert steps.of(session, cause.id)[-1].changes == {"place_side": ["Skymd trappa", "Skymd och mörk trappa"]}
    assert causes.of_place(session, world.acting(session, "teacher"), place) == cause


def test_two_editors_lose_nothing(session: Session, world: World, place: Place) -> None:
    coordinator = world.acting(session, "coordinator")
    cause = causes.write(session, coordinator, place, {"hypothesis": "Mörkret"})
    causes.write(session, coordinator, place, {"hypothesis": "Mörkret och buskarna"}, version=1)
    with pytest.raises(Stale):
        causes.write(session, coordinator, place, {"hypothesis": "Kiosken"}, version=1)
    assert cause.hypothesis == "Mörkret och buskarna"


@pytest.mark.parametrize(
    ("said", "field"), [({}, "hypothesis"), ({"limits": " "}, "hypothesis"), ({"colour": "blå"}, "colour")]
)
def test_an_analysis_that_says_nothing_is_refused(
    session: Session, world: World, place: Place, said: dict[str, str], field: str
) -> None:
    coordinator = world.acting(session, "coordinator")
    with pytest.raises(Invalid) as refused:
        causes.write(session, coordinator, place, said)
    assert refused.value.field == field
    assert causes.of_place(session, coordinator, place) is None


def test_only_who_leads_writes_it_and_only_at_an_open_place(session: Session, world: World, place: Place) -> None:
    with pytest.raises(Forbidden):
        causes.write(session, world.acting(session, "officer"), place, {"hypothesis": "Mörkret"})
    coordinator = world.acting(session, "coordinator")
    places.close(session, coordinator, place, reason="Lugnt")
    with pytest.raises(Conflict):
        causes.write(session, coordinator, place, {"hypothesis": "Mörkret"})


def test_an_analysis_is_seen_by_those_who_see_its_place(session: Session, world: World) -> None:
    coordinator = world.acting(session, "coordinator")
    drawn = Drawn("Garaget", Point(CENTRE), 50, Visibility.AUTHORITIES)
    hidden = places.create(session, coordinator, drawn)
    causes.write(session, coordinator, hidden, {"hypothesis": "Öppen handel"})
    key, seen = hidden.id, []
    for person in ("landlord", "officer"):
        member = world.acting(session, person)
        seen.append(session.scalars(select(Cause.hypothesis).where(Cause.place_id == key)).all())
        if person == "officer":
            cause = causes.of_place(session, member, places.get(session, member, key))
            assert cause is not None
    assert seen == [[], ["Öppen handel"]]
