"""Selections under a name: one's own, those for everybody, and who may take which away."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from forum.register import views
from tests.builders import World


def names(session: Session, world: World, person: str) -> list[str]:
    return [view.name for view in views.all_of(session, world.acting(session, person))]


def test_a_member_keeps_a_selection_that_nobody_else_sees(session: Session, world: World) -> None:
    views.keep(session, world.acting(session, "teacher"), name=" Skolvägen ", query="area=Farsta&hour=8")
    assert names(session, world, "teacher") == ["Skolvägen"]
    assert names(session, world, "coordinator") == []


def test_a_coordinator_keeps_one_for_everybody(session: Session, world: World) -> None:
    coordinator = world.acting(session, "coordinator")
    views.keep(session, coordinator, name="Inför mötet", query="status=new", shared=True)
    for person in ("coordinator", "officer", "teacher"):
        assert names(session, world, person) == ["Inför mötet"]
    with pytest.raises(Forbidden):
        views.keep(session, world.acting(session, "officer"), name="Till alla", query="", shared=True)


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\0b"])
def test_a_name_that_cannot_be_is_refused(session: Session, world: World, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        views.keep(session, world.acting(session, "officer"), name=name, query="")
    assert refused.value.field == "name"


def test_a_selection_without_end_is_refused(session: Session, world: World) -> None:
    with pytest.raises(Invalid) as refused:
        views.keep(session, world.acting(session, "officer"), name="Allt", query="q=" + "x" * 2000)
    assert refused.value.field == "query"


def test_a_name_stands_once_and_there_is_an_end_to_them(session: Session, world: World) -> None:
    officer = world.acting(session, "officer")
    views.keep(session, officer, name="Kvällar", query="hour=22")
    with pytest.raises(Conflict):
        views.keep(session, officer, name="Kvällar", query="hour=23")
    for i in range(views.MOST - 1):
        views.keep(session, officer, name=f"Urval {i}", query="")
    with pytest.raises(Conflict):
        views.keep(session, officer, name="Ett till", query="")
    assert len(names(session, world, "officer")) == views.MOST


def test_who_kept_it_takes_it_away_and_for_everybody_only_who_leads(session: Session, world: World) -> None:
    mine = views.keep(session, world.acting(session, "officer"), name="Min", query="").id
    everybodys = views.keep(session, world.acting(session, "coordinator"), name="Allas", query="", shared=True).id
    for person, view in (("landlord", mine), ("officer", everybodys), ("administrator", mine)):
        with pytest.raises(NotFound):
            views.remove(session, world.acting(session, person), view)
    views.remove(session, world.acting(session, "officer"), mine)
    views.remove(session, world.acting(session, "administrator"), everybodys)
    assert names(session, world, "officer") == []
