"""The issues that the public may read: right counts, none that tells of a few, none of what is not for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from shapely import Point, box
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import rights
from forum.foundation.audience import Visibility
from forum.foundation.errors import Forbidden, Invalid
from forum.foundation.journal import canonical
from forum.people import members
from forum.people.agreements import today
from forum.people.members import Member
from forum.register import areas, deviations, places
from forum.register.deviations import Reason
from forum.register.places import Drawn
from forum.work import measures, publications
from forum.work.measures import Step
from forum.work.terms import Nature, Terms
from mapping.publications import issue, issues
from tests.builders import SQUARE, World, build_world, mark

WEST, SOUTH, EAST, NORTH = SQUARE
MIDDLE = 18.1
JULY, AUGUST = date(2023, 7, 1), date(2023, 8, 1)
IN_WEST, IN_EAST = {"lon": 18.07, "lat": 59.24}, {"lon": 18.13, "lat": 59.24}
PLAN = (
    ("landlord", IN_WEST, "lighting", 4),
    ("walker", IN_WEST, "lighting", 3),
    ("landlord", IN_EAST, "lighting", 3),
    ("walker", IN_EAST, "lighting", 3),
    ("walker", IN_EAST, "litter", 6),
    ("landlord", IN_WEST, "litter", 5),
    ("walker", IN_WEST, "litter", 1),
    ("landlord", IN_EAST, "litter", 1),
)
"""Who noticed how much of what where in July: each part and group has several from two organisations."""


@pytest.fixture(scope="module")
def lasting(sessions: sessionmaker[Session]) -> World:
    """Return a forum of two parts with a busy July, which stays for the module."""
    with sessions() as session:
        world = build_world(session)
        rights.become(session, rights.OPERATOR)
        halves = {"Öster": box(MIDDLE, SOUTH, EAST, NORTH), "Väster": box(WEST, SOUTH, MIDDLE, NORTH)}
        areas.import_areas(session, "stadsdel", [areas.Shape(name, None, shape) for name, shape in halves.items()])
        for person, where, category, how_many in PLAN:
            acting = world.acting(session, person)
            for _ in range(how_many):
                mark(session, acting, category=category, occurred_from="2023-07-09T12:00", **where)
        session.commit()
    return world


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    with sessions() as session:
        yield session
        session.rollback()


def system(session: Session, world: World) -> Member:
    return members.system(session, world.forum_id, world.slug, "Forum farsta")


def made(session: Session, world: World, month: date = JULY) -> dict[str, Any]:
    return issue(session, system(session, world), month).content


def column(content: dict[str, Any], code: str) -> list[int | None]:
    at = [group["code"] for group in content["groups"]].index(code)
    return [line[at] for line in content["counts"]]


def test_a_month_is_counted_by_area_and_group_with_all_totals(session: Session, lasting: World) -> None:
    content = made(session, lasting)
    assert (content["forum"], content["month"], content["areas"]) == ("farsta", "2023-07", ["Väster", "Öster"])
    assert [line[-1] for line in content["counts"]] == [13, 13, 26]
    assert column(content, "lighting")[-1] == 13
    assert content["reporters"] == 2
    assert "lon" not in str(content)


def test_groups_without_anything_are_withheld_like_small_ones(session: Session, lasting: World) -> None:
    content = made(session, lasting)
    assert column(content, "fire") == column(content, "theft") == [None, None, None]
    assert 0 not in [n for line in content["counts"] for n in line]


def hide(session: Session, world: World) -> None:
    """Add what nobody outside may know of: restricted rows, one taken back, one that says another's again."""
    july = {"occurred_from": "2023-07-09T12:00", "category": "lighting"} | IN_WEST
    for _ in range(3):
        mark(session, world.acting(session, "landlord"), visibility="own", **july)
        mark(session, world.acting(session, "officer"), visibility="authorities", **july)
    landlord = world.acting(session, "landlord")
    again, other, gone = (mark(session, landlord, **july) for _ in range(3))
    deviations.same_as(session, landlord, again, other)
    for withdrawn in (other, gone):
        deviations.withdraw(session, landlord, withdrawn, reason=Reason.MISTAKE)
    for moment in ("2023-06-30T23:59", "2023-08-01T00:00"):
        mark(session, landlord, **(july | {"occurred_from": moment}))


def test_what_is_not_for_all_or_alone_in_its_month_changes_no_byte(
    sessions: sessionmaker[Session], session: Session, lasting: World
) -> None:
    months = [JULY, AUGUST]
    with sessions() as other:
        before = [canonical(kept.content) for kept in issues(other, system(other, lasting), months)]
        other.rollback()
    hide(session, lasting)
    after = [canonical(kept.content) for kept in issues(session, system(session, lasting), months)]
    assert after == before
    assert all(n is None for line in issue(session, system(session, lasting), AUGUST).content["counts"] for n in line)


def test_an_issue_is_made_once_and_never_anew(session: Session, lasting: World) -> None:
    first = made(session, lasting)
    for _ in range(6):
        for person in ("landlord", "walker"):
            mark(session, lasting.acting(session, person), occurred_from="2023-07-09T12:00", **IN_WEST)
    assert made(session, lasting) == first
    made_by_now = text("SELECT count(*) FROM journal WHERE action = 'publication:make'")
    assert session.scalar(made_by_now) == 1


def test_only_the_forums_own_work_makes_one_and_only_of_a_closed_month(session: Session, lasting: World) -> None:
    with pytest.raises(Forbidden):
        issue(session, lasting.acting(session, "administrator"), JULY)
    for month in (publications.last_closed(today()) + timedelta(days=31), JULY + timedelta(days=1)):
        with pytest.raises(Invalid) as refused:
            issue(session, system(session, lasting), month)
        assert refused.value.field == "month"


def work(session: Session, world: World, seen: Visibility, steps: tuple[Step, ...] = ()) -> None:
    """Let a measure be on its way at a place in the west, both for the same readers."""
    coordinator, owner = world.acting(session, "coordinator"), world.organisations["Stadsdelsförvaltningen"]
    place = places.create(session, coordinator, Drawn("Gångvägen", Point(18.07, 59.24), 50, seen))
    terms = Terms("Nya armaturer", owner, today(), Nature.PHYSICAL, "lighting_repair", visibility=seen)
    measure = measures.propose(session, coordinator, place, terms)
    for step in steps:
        if step is Step.CARRY_OUT:
            measures.carry_out(session, coordinator, measure, on=today() - timedelta(days=1))
        else:
            measures.move(session, coordinator, measure, step)


def test_measures_are_told_by_kind_area_and_month_and_those_of_authorities_not_at_all(
    session: Session, lasting: World
) -> None:
    begun = (Step.DECIDE, Step.ACCEPT)
    work(session, lasting, Visibility.FORUM, begun)
    work(session, lasting, Visibility.FORUM, (*begun, Step.CARRY_OUT))
    work(session, lasting, Visibility.FORUM)
    work(session, lasting, Visibility.AUTHORITIES, begun)
    told = made(session, lasting)["measures"]
    month = f"{today():%Y-%m}"
    common = {"month": month, "area": "Väster", "nature": "physical", "kind": "lighting_repair", "number": 1}
    assert told == [{"state": "under_way", **common}, {"state": "promised", **common}]
    assert "armaturer" not in str(told)


def test_what_was_done_within_the_year_comes_first_and_is_counted(session: Session, lasting: World) -> None:
    for _ in range(2):
        work(session, lasting, Visibility.FORUM, (Step.DECIDE, Step.ACCEPT, Step.CARRY_OUT))
    work(session, lasting, Visibility.FORUM, (Step.DECIDE, Step.ACCEPT))
    session.execute(text("UPDATE measures SET done_on = '2023-06-15' WHERE status = 'carried_out'"))
    session.expire_all()
    told = made(session, lasting)["measures"]
    assert [(each["state"], each["month"], each["number"]) for each in told] == [
        ("done", "2023-06", 2),
        ("promised", f"{today():%Y-%m}", 1),
    ]
    session.execute(text("UPDATE measures SET done_on = '2022-06-15' WHERE status = 'carried_out'"))
    session.expire_all()
    assert [each["state"] for each in made(session, lasting, AUGUST)["measures"]] == ["promised"]
