"""The partners of a forum: their names, their tree, and who adds them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from forum.foundation import rights
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from forum.people import organisations
from forum.people.organisations import Kind, Organisation
from tests.builders import PARTNERS, World, build_world
from tests.story import NEIGHBOURS


def add(session: Session, world: World, name: str, **more: Any) -> Organisation:
    rights.become(session, rights.OPERATOR)
    return organisations.add(session, world.forum_id, name=name, kind=Kind.CITY, **more)


def test_partners_are_listed_by_name_each_forum_its_own(session: Session, world: World) -> None:
    build_world(session, "rinkeby", NEIGHBOURS)
    world.acting(session, "teacher")
    assert [o.name for o in organisations.all_of(session, world.forum_id)] == sorted(PARTNERS)
    assert {o.name: (o.kind, o.authority) for o in organisations.all_of(session, world.forum_id)} == PARTNERS


def test_the_other_forums_partners_are_not_seen(session: Session, world: World) -> None:
    other = build_world(session, "rinkeby", NEIGHBOURS)
    world.acting(session, "administrator")
    assert organisations.all_of(session, other.forum_id) == []


def test_space_around_and_within_a_name_is_set_right(session: Session, world: World) -> None:
    assert add(session, world, "  Farsta \t  Företagare ").name == "Farsta Företagare"


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 121, "Namn\0", "Halv\ud800", "Ring 070-123 45 67", "kalle@example.org", "19811228-9874"]
)
def test_what_is_no_name_is_refused(session: Session, world: World, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        add(session, world, name)
    assert refused.value.field == "name"
    assert refused.value.remedy


def test_a_name_stands_once_in_a_forum_and_again_in_another(session: Session, world: World) -> None:
    add(session, world, "Kyrkan")
    with pytest.raises(Conflict):
        add(session, world, " Kyrkan ")
    assert add(session, build_world(session, "rinkeby", NEIGHBOURS), "Kyrkan").name == "Kyrkan"


def test_units_stand_under_the_organisation_that_they_belong_to(session: Session, world: World) -> None:
    city = add(session, world, "Staden")
    schools = add(session, world, "Utbildningsförvaltningen", parent_id=city.id)
    add(session, world, "Avdelning söder", parent_id=schools.id)
    add(session, world, "Exploateringskontoret", parent_id=city.id)
    listed = organisations.all_of(session, world.forum_id)
    branches = [
        (b.organisation.name, b.depth) for b in organisations.tree(listed) if b.organisation.name not in PARTNERS
    ]
    assert branches == [
        ("Staden", 0),
        ("Exploateringskontoret", 1),
        ("Utbildningsförvaltningen", 1),
        ("Avdelning söder", 2),
    ]


def test_a_parent_of_another_forum_is_refused_like_one_that_is_not_there(session: Session, world: World) -> None:
    other = build_world(session, "rinkeby", NEIGHBOURS)
    for parent in (other.organisations["Polisen"], uuid4()):
        with pytest.raises(NotFound) as refused:
            add(session, world, "Enhet", parent_id=parent)
        assert refused.value.field == "parent"


def test_a_partner_is_found_by_name(session: Session, world: World) -> None:
    world.acting(session, "teacher")
    assert organisations.named(session, world.forum_id, "Polisen").id == world.organisations["Polisen"]
    with pytest.raises(NotFound, match="no partner of this name"):
        organisations.named(session, world.forum_id, "Brandkåren")


def test_the_forums_administrator_adds_a_partner_and_the_journal_says_so_without_its_name(
    session: Session, world: World
) -> None:
    administrator = world.acting(session, "administrator")
    added = organisations.admit(session, administrator, name="Idrottsföreningen", kind=Kind.CIVIL)
    assert (added.forum_id, added.authority) == (world.forum_id, False)
    entry = session.execute(text("SELECT action, thing_id, facts FROM journal ORDER BY seq DESC LIMIT 1")).one()
    assert tuple(entry) == ("organisation:add", added.id, {"kind": "civil", "authority": False})


@pytest.mark.parametrize("person", ["coordinator", "officer", "teacher"])
def test_nobody_else_adds_one_and_the_database_says_the_same(session: Session, world: World, person: str) -> None:
    member = world.acting(session, person)
    with pytest.raises(Forbidden):
        organisations.admit(session, member, name="Ny", kind=Kind.OTHER)
    with pytest.raises(DBAPIError, match="row-level security"):
        organisations._write_down(session, world.forum_id, name="Ny", kind=Kind.OTHER)
