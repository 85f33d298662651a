"""What the public may read: kept under a hash, read without signing in only where the forum has opened its page."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from forum.foundation import rights
from forum.foundation.errors import Forbidden, NotFound
from forum.people import members
from forum.work import publications
from forum.work.pictures import hash_of
from tests.builders import World

JULY, AUGUST = date(2023, 7, 1), date(2023, 8, 1)


def published(session: Session, world: World, *months: date) -> None:
    system = members.system(session, world.forum_id, world.slug, "Forum farsta")
    for month in months:
        publications.publish(session, system, month, {"month": f"{month:%Y-%m}"})


def opened(session: Session, world: World, *, to_all: bool = True) -> None:
    publications.set_open(session, world.acting(session, "coordinator"), to_all=to_all)


def as_visitor(session: Session, slug: str = "farsta", most: int = 13) -> publications.Open:
    session.flush()
    rights.become(session, rights.NOBODY)
    return publications.open_to_all(session, slug, most)


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (date(2026, 11, 7), date(2026, 9, 1)),
        (date(2026, 11, 8), date(2026, 10, 1)),
        (date(2027, 1, 7), date(2026, 11, 1)),
        (date(2027, 1, 8), date(2026, 12, 1)),
    ],
)
def test_a_month_is_closed_when_it_has_been_over_for_a_week(day: date, month: date) -> None:
    assert publications.last_closed(day) == month


def test_an_open_page_is_read_by_anybody_the_newest_month_first(session: Session, world: World) -> None:
    published(session, world, JULY, AUGUST)
    opened(session, world)
    found = as_visitor(session)
    assert (found.forum, found.demo) == ("Forum farsta", False)
    assert [issue.month for issue in found.issues] == [AUGUST, JULY]
    assert found.issues[0].hash == hash_of({"month": "2023-08"}).hex()
    assert [issue.month for issue in as_visitor(session, most=1).issues] == [AUGUST]


def test_a_page_that_is_open_before_anything_is_published_is_empty(session: Session, world: World) -> None:
    opened(session, world)
    assert as_visitor(session).issues == ()


def test_a_page_that_nobody_opened_or_that_was_closed_is_as_if_there_were_none(session: Session, world: World) -> None:
    published(session, world, JULY)
    for slug in ("farsta", "nowhere"):
        with pytest.raises(NotFound):
            as_visitor(session, slug)
    opened(session, world)
    as_visitor(session)
    opened(session, world, to_all=False)
    with pytest.raises(NotFound):
        as_visitor(session)


def test_who_leads_opens_it_which_stands_in_the_journal(session: Session, world: World) -> None:
    for person in ("officer", "teacher"):
        with pytest.raises(Forbidden):
            publications.set_open(session, world.acting(session, person), to_all=True)
    for person in ("coordinator", "administrator"):
        publications.set_open(session, world.acting(session, person), to_all=True)
        assert publications.is_open(session, world.acting(session, person))
    members.system(session, world.forum_id, world.slug, "")
    told = text("SELECT count(*) FROM journal WHERE action = 'publication:open'")
    assert session.scalar(told) == 2


def test_an_issue_that_is_there_stays_whoever_comes_second(session: Session, world: World) -> None:
    published(session, world, JULY)
    system = members.system(session, world.forum_id, world.slug, "Forum farsta")
    second = publications.publish(session, system, JULY, {"month": "another"})
    assert second.content == {"month": "2023-07"}
    told = text("SELECT count(*) FROM journal WHERE action = 'publication:make'")
    assert session.scalar(told) == 1


def test_the_months_that_lie_whole_within_a_period_are_found(session: Session, world: World) -> None:
    published(session, world, JULY, AUGUST)
    teacher = world.acting(session, "teacher")
    for first, end, months in (
        (JULY, date(2023, 9, 1), [JULY, AUGUST]),
        (JULY, date(2023, 8, 31), [JULY]),
        (date(2023, 7, 2), date(2023, 9, 1), [AUGUST]),
    ):
        assert [issue.month for issue in publications.made(session, teacher, first, end)] == months
