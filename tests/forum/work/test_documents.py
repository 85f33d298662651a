"""Documents that a job prints: whose they are, made once, and gone after a day."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import rights
from forum.foundation.audience import Audience
from forum.foundation.errors import Invalid, NotFound
from forum.work import documents
from forum.work.documents import Document, Kind, Status
from tests.builders import World

JULY = {"first": "2023-07-01", "last": "2023-07-31"}
QUEUED = text("SELECT args FROM jobs.procrastinate_jobs WHERE task_name = 'print'")


def ordered(session: Session, world: World, person: str, **changes: Any) -> Document:
    asked = {"audience": Audience.FORUM, "language": "sv", "wanted": JULY} | changes
    return documents.order(session, world.acting(session, person), Kind.PICTURE, **asked)


def work(session: Session, world: World) -> None:
    """Let the session act for the forum's own work."""
    rights.become(session, rights.Principal(system=world.forum_id))


def test_every_kind_needs_something_of_its_reader() -> None:
    assert set(documents.NEEDS) == set(Kind)


def test_a_document_is_asked_for_with_its_job_and_its_line_in_the_journal(session: Session, world: World) -> None:
    there = ordered(session, world, "teacher")
    (args,) = session.scalars(QUEUED)
    assert args == {"forum": str(world.forum_id), "slug": "farsta", "document": str(there.id)}
    facts = session.scalars(text("SELECT facts FROM journal WHERE action = 'document:order'")).one()
    assert facts == {"kind": "picture", "audience": "forum", "wanted": JULY}


def test_who_asks_twice_has_it_made_once_until_it_is_made(session: Session, world: World) -> None:
    first = ordered(session, world, "teacher").id
    assert ordered(session, world, "teacher").id == first
    others = {
        ordered(session, world, "teacher", language="en").id, ordered(session, world, "officer").id,
        ordered(session, world, "teacher", wanted={**JULY, "first": "2023-06-01"}).id,
    }  # fmt: skip
    assert len({first} | others) == 4
    work(session, world)
    documents.finish(session, first, b"%PDF")
    assert ordered(session, world, "teacher").id != first


def test_of_what_tells_of_single_things_nothing_is_printed_for_everybody(session: Session, world: World) -> None:
    assert ordered(session, world, "teacher", audience=Audience.PUBLIC).audience == "public"
    teacher = world.acting(session, "teacher")
    with pytest.raises(Invalid) as refused:
        documents.order(session, teacher, Kind.COMPILED, audience=Audience.PUBLIC, language="sv", wanted=JULY)
    assert refused.value.field == "audience"


def test_nobody_else_has_it(session: Session, world: World) -> None:
    there = ordered(session, world, "teacher").id
    for person in ("coordinator", "officer", "landlord"):
        other = world.acting(session, person)
        assert documents.all_of(session, other, Kind.PICTURE) == []
        for reference in (there, uuid4()):
            with pytest.raises(NotFound):
                documents.get(session, other, reference)
    assert documents.get(session, world.acting(session, "teacher"), there).open


def test_what_is_for_authorities_is_asked_for_by_them_alone(session: Session, world: World) -> None:
    with pytest.raises(Invalid):
        ordered(session, world, "landlord", audience=Audience.AUTHORITIES)
    assert ordered(session, world, "officer", audience=Audience.AUTHORITIES).open


def test_who_is_no_longer_of_the_audience_no_longer_has_it(session: Session, world: World) -> None:
    there = ordered(session, world, "officer", audience=Audience.AUTHORITIES).id
    officer = world.acting(session, "officer")
    assert documents.get(session, officer, there).id == there
    with pytest.raises(NotFound):
        documents.get(session, replace(officer, authority=False), there)


def test_work_is_begun_once_more_after_a_death_and_never_when_it_is_over(session: Session, world: World) -> None:
    there = ordered(session, world, "teacher").id
    work(session, world)
    for _ in range(2):
        begun = documents.begin(session, there)
        assert begun is not None
        assert documents.account_of(session, begun) == world.accounts["teacher"]
    documents.fail(session, there)
    assert documents.begin(session, there) is None
    assert documents.get(session, world.acting(session, "teacher"), there).status == Status.FAILED


@pytest.mark.parametrize(("age", "left"), [("23 hours", 1), ("25 hours", 0)])
def test_it_is_kept_for_a_day(
    sessions: sessionmaker[Session], lasting: World, superuser: Engine, age: str, left: int
) -> None:
    with sessions() as session:
        there = ordered(session, lasting, "teacher", wanted={**JULY, "age": age}).id
        session.commit()
    with superuser.connect() as connection:
        older = text("UPDATE documents SET created_at = now() - cast(:age AS interval) WHERE id = :id")
        connection.execute(older, {"age": age, "id": there})
        with sessions() as session:
            documents.forget(session)
            session.commit()
        rest = connection.scalar(text("SELECT count(*) FROM documents WHERE id = :id"), {"id": there})
    assert rest == left
