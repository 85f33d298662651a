"""Rows handed out: for a stated audience, by two walls, and noted in the journal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from forum.foundation import rights
from forum.foundation.audience import Audience
from forum.foundation.errors import Invalid
from forum.people import audiences, members
from forum.people.members import Member
from forum.register import exports, finding
from forum.register.exports import Exported
from forum.register.finding import Filter
from tests.builders import World, mark

NOTED = text("SELECT facts FROM journal WHERE action = 'read:export' ORDER BY seq")


@pytest.fixture
def officer(session: Session, world: World) -> Member:
    """Return an officer whose organisation has a row of every visibility."""
    member = world.acting(session, "officer")
    for visibility in ("own", "authorities", "forum", "public"):
        mark(session, member, visibility=visibility, text=f"Syns för {visibility}")
    return member


def handed(session: Session, member: Member, audience: Audience | None) -> list[Exported]:
    return exports.hand_out(session, member, Filter(), lambda out: list(out.rows), audience=audience, form="test")


def seen(rows: list[Exported]) -> set[str]:
    return {row.visibility for row in rows}


def test_without_an_audience_it_is_what_the_member_sees_in_the_order_of_the_list(
    session: Session, officer: Member
) -> None:
    rows = handed(session, officer, None)
    page = finding.find(session, officer, Filter())
    assert [row.id for row in rows] == [row.id for row in page.rows]
    assert seen(rows) == {"own", "authorities", "forum", "public"}
    assert {row.organisation for row in rows} == {"Polisen"}


@contextmanager
def as_before(session: Session, audience: Audience | None) -> Iterator[None]:
    yield


@pytest.mark.parametrize("wall", ["both", "the query", "the database"])
@pytest.mark.parametrize("audience", [Audience.FORUM, Audience.AUTHORITIES])
def test_each_of_two_walls_keeps_what_the_audience_may_not_see(
    session: Session, officer: Member, monkeypatch: pytest.MonkeyPatch, wall: str, audience: Audience
) -> None:
    if wall == "the query":
        monkeypatch.setattr(audiences, "narrowed", as_before)
    if wall == "the database":
        monkeypatch.setattr(exports, "_for_all_of", lambda _: ())
    restricted = {"authorities"} if audience is Audience.AUTHORITIES else set()
    assert seen(handed(session, officer, audience)) == {"forum", "public"} | restricted


def test_the_session_has_its_own_rights_again_afterwards_also_after_a_fault(session: Session, officer: Member) -> None:
    before = rights.principal_of(session)
    handed(session, officer, Audience.FORUM)
    with pytest.raises(ZeroDivisionError):
        exports.hand_out(session, officer, Filter(), lambda _: 1 / 0, audience=Audience.FORUM, form="test")
    assert rights.principal_of(session) == before
    assert finding.find(session, officer, Filter()).matched == 4


def test_the_journal_says_how_many_for_whom_and_by_which_filter(session: Session, officer: Member) -> None:
    handed(session, officer, None)
    handed(session, officer, Audience.FORUM)
    facts = list(session.scalars(NOTED))
    assert facts == [
        {"form": "test", "audience": None, "filter": {}, "rows": 4, "restricted": 2},
        {"form": "test", "audience": "forum", "filter": {}, "rows": 2, "restricted": 0},
    ]


@pytest.mark.parametrize(
    ("person", "audience"),
    [("officer", Audience.PUBLIC), ("landlord", Audience.AUTHORITIES), ("system", None), ("system", Audience.PUBLIC)],
)
def test_an_audience_that_cannot_be_served_is_refused_and_noted_nowhere(
    session: Session, world: World, person: str, audience: Audience | None
) -> None:
    if person == "system":
        member = members.system(session, world.forum_id, world.slug, "Forum")
    else:
        member = world.acting(session, person)
    with pytest.raises(Invalid) as refused:
        handed(session, member, audience)
    assert refused.value.field == "audience"
    assert refused.value.remedy
    assert list(session.scalars(NOTED)) == []
