"""Safety walks: organisations in numbers, points with an owner, photos of nobody, and what came of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from forum.foundation import clock
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from forum.register import walks
from forum.register.intake import Notice
from forum.register.walks import Outcome, Owned, Plan, Walk
from tests.builders import CENTRE, World, mark

LON, LAT = CENTRE
ROUTE = ((LON, LAT), (LON + 0.001, LAT + 0.001), (LON + 0.002, LAT))
BARE = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffda0008010100003f00d2ffd9")
"""The shortest that has the form of a JPEG."""
EXIF = BARE[:2] + bytes.fromhex("ffe10008457869660000") + BARE[2:]


def plan(world: World, **changes: Any) -> Plan:
    there = {world.organisations["Polisen"]: 2, world.organisations["Skolan"]: 1}
    return replace(Plan("Runt torget", clock.now(), there, ROUTE), **changes)


def made(session: Session, world: World, person: str = "walker", **changes: Any) -> Walk:
    return walks.make(session, world.acting(session, person), plan(world, **changes))


def notice(**changes: Any) -> Notice:
    plain = Notice(LON, LAT, 10, clock.now(), "lighting", text="Lampan är släckt")
    return replace(plain, **changes)


def test_a_walk_keeps_its_route_and_organisations_in_numbers(session: Session, world: World) -> None:
    walk = made(session, world)
    session.expire_all()
    (found,) = walks.all_of(session, world.acting(session, "teacher"))
    assert (found.id, found.name) == (walk.id, "Runt torget")
    assert walks.line_of(found, []) == [pytest.approx(point) for point in ROUTE]
    there = walks.people(session, world.acting(session, "teacher"), found)
    assert there == {world.organisations["Polisen"]: 2, world.organisations["Skolan"]: 1}


def test_each_point_is_a_deviation_with_an_owner_in_its_order(session: Session, world: World) -> None:
    walk, walker = made(session, world, route=()), world.acting(session, "walker")
    owner = Owned(world.organisations["Bostadsbolaget"])
    for words in ("Lampan är släckt", "Busken skymmer"):
        walks.note(session, walker, walk, notice(text=words), owner)
    own = mark(session, walker, lon=LON + 0.003)
    walks.add_point(session, walker, walk, own, Owned(world.organisations["Polisen"], BARE, no_persons=True))
    found = walks.points(session, world.acting(session, "teacher"), walk)
    assert [(p.position, d.text) for p, d in found[:2]] == [(1, "Lampan är släckt"), (2, "Busken skymmer")]
    assert [p.owner_id for p, _ in found] == [
        world.organisations[name] for name in ("Bostadsbolaget",) * 2 + ("Polisen",)
    ]
    assert [p.pictured for p, _ in found] == [False, False, True]
    assert walks.line_of(walk, found)[-1] == own.position
    with pytest.raises(Conflict):
        walks.add_point(session, world.acting(session, "walker"), walk, own, owner)


def test_a_follow_up_walk_says_of_each_point_how_it_is_now(session: Session, world: World) -> None:
    walk, walker = made(session, world), world.acting(session, "walker")
    owner = Owned(world.organisations["Bostadsbolaget"])
    first, second = (walks.note(session, walker, walk, notice(), owner) for _ in range(2))
    again = made(session, world, follows=walk)
    walks.check(session, walker, again, first, Outcome.SAME)
    walks.check(session, walker, again, first, Outcome.FIXED)
    said = walks.comparison(session, walker, again)
    assert [(point.id, outcome) for point, _, outcome in said] == [(first.id, Outcome.FIXED), (second.id, None)]
    assert walks.comparison(session, walker, walk) == []
    with pytest.raises(Conflict, match="followed up"):
        walks.check(session, walker, walk, first, Outcome.SAME)


def test_a_point_that_others_may_not_see_is_not_there_for_them(session: Session, world: World) -> None:
    walk = made(session, world, "officer")
    officer = world.acting(session, "officer")
    owner = Owned(world.organisations["Polisen"])
    for visibility in ("authorities", "forum"):
        walks.note(session, officer, walk, notice(visibility=visibility), owner)
    again = made(session, world, "officer", follows=walk)
    for person, seen in (("officer", [1, 2]), ("landlord", [2])):
        member = world.acting(session, person)
        assert [point.position for point, _ in walks.points(session, member, walk)] == seen
        assert [point.position for point, *_ in walks.comparison(session, member, again)] == seen
    with pytest.raises(NotFound):
        walks.point_of(session, world.acting(session, "landlord"), walk, 1)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": " ", "people": {}}, ["name", "people"]),
        ({"starts_at": clock.EARLIEST.replace(year=1900)}, ["starts_at"]),
        ({"route": ROUTE[:1]}, ["route"]),
        ({"route": (ROUTE[0], (17.0, 59.2))}, ["position"]),
        ({"route": (ROUTE[0], (float("nan"), 59.2))}, ["lon"]),
    ],
)
def test_what_is_no_walk_is_refused_by_its_field(
    session: Session, world: World, changes: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        made(session, world, **changes)
    assert [problem.field for problem in refused.value.problems] == fields


@pytest.mark.parametrize("people", [0, 100])
def test_organisations_are_counted_and_are_the_forums_own(session: Session, world: World, people: int) -> None:
    with pytest.raises(Invalid):
        made(session, world, people={world.organisations["Polisen"]: people})
    with pytest.raises(NotFound):
        made(session, world, people={world.forum_id: 1})
    walk = made(session, world)
    with pytest.raises(NotFound) as refused:
        walks.note(session, world.acting(session, "walker"), walk, notice(), Owned(world.forum_id))
    assert refused.value.field == "owner"


@pytest.mark.parametrize(
    ("photo", "no_persons", "field"),
    [
        (BARE, False, "no_persons"),
        (EXIF, True, "photo"),
        (b"\x89PNG", True, "photo"),
        (BARE[:20], True, "photo"),
        (b"", True, "photo"),
        (BARE[:-2] + bytes(2_000_000) + b"\xff\xd9", True, "photo"),
    ],
)
def test_a_photo_with_anything_but_a_picture_or_without_the_word_that_nobody_is_on_it_is_refused(
    session: Session, world: World, photo: bytes, no_persons: bool, field: str
) -> None:
    walk, walker = made(session, world), world.acting(session, "walker")
    given = Owned(world.organisations["Polisen"], photo, no_persons=no_persons)
    with pytest.raises(Invalid) as refused:
        walks.note(session, walker, walk, notice(), given)
    assert refused.value.field == field
    assert walks.points(session, walker, walk) == []


def test_whose_walk_it_is_writes_it_and_readers_make_none(session: Session, world: World) -> None:
    walk, owner = made(session, world), Owned(world.organisations["Polisen"])
    with pytest.raises(Forbidden):
        walks.note(session, world.acting(session, "landlord"), walk, notice(), owner)
    walks.note(session, world.acting(session, "coordinator"), walk, notice(), owner)
    with pytest.raises(Forbidden):
        made(session, world, "teacher")
    assert session.scalar(text("SELECT count(*) FROM walks")) == 1
