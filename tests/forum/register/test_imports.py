"""Files that wait to be imported: whose they are, what they leave behind, and when they are gone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import rights
from forum.foundation.errors import Conflict, Forbidden, NotFound
from forum.people import accounts, members
from forum.people.organisations import Organisation
from forum.people.policy import Role
from forum.register import imports
from forum.register.imports import Brought, Import, Status
from tests.builders import World


def kept(session: Session, world: World, person: str, partner: str = "Polisen", **changes: bool) -> Import:
    member = world.acting(session, person)
    brought = Brought("felanmälan", ".csv", b"nr;text\n1;x", {"source": "felanmälan", "id": "nr"}, 2)
    organisation = session.get_one(Organisation, world.organisations[partner])
    return imports.keep(session, member, brought, partner=organisation, **{"skip_bad": False, "trial": False} | changes)


def work(session: Session, world: World) -> None:
    """Let the session act for the forum's own work."""
    rights.become(session, rights.Principal(system=world.forum_id))


def seen(session: Session, world: World, person: str) -> set[UUID]:
    return {each.id for each in imports.all_of(session, world.acting(session, person))}


@pytest.mark.parametrize("person", ["officer", "landlord", "teacher"])
def test_only_those_who_may_import_keep_a_file_or_see_one(session: Session, world: World, person: str) -> None:
    there = kept(session, world, "coordinator").id
    for verb in (imports.all_of, lambda s, m: imports.get(s, m, there)):
        with pytest.raises(Forbidden):
            verb(session, world.acting(session, person))
    with pytest.raises(Forbidden):
        kept(session, world, person)


def test_the_coordinator_sees_every_import_and_an_administrator_those_of_the_own_organisation(
    session: Session, world: World
) -> None:
    rights.become(session, rights.OPERATOR)
    account = accounts.account_of(session, email="police-administrator@example.org")
    police = world.organisations["Polisen"]
    membership = members.add(
        session, world.forum_id, account_id=account, organisation_id=police, role=Role.ADMINISTRATOR
    )
    world.accounts["chief"], world.members["chief"] = account, membership.id
    ours, theirs = kept(session, world, "administrator").id, kept(session, world, "chief").id
    assert seen(session, world, "coordinator") == {ours, theirs}
    assert seen(session, world, "administrator") == {ours}
    assert seen(session, world, "chief") == {theirs}
    with pytest.raises(NotFound):
        imports.get(session, world.acting(session, "chief"), ours)


def test_what_is_done_leaves_no_file_and_what_was_tried_keeps_it_for_the_import(session: Session, world: World) -> None:
    tried, done = kept(session, world, "coordinator", trial=True), kept(session, world, "coordinator")
    work(session, world)
    for each, saved in ((tried, False), (done, True)):
        begun = imports.begin(session, each.id)
        assert begun is not None
        imports.note(session, each.id, 2)
        imports.finish(session, begun, saved=saved, counts={"added": 1}, report=b"x")
    coordinator = world.acting(session, "coordinator")
    found = {each.id: each for each in imports.all_of(session, coordinator)}
    assert (found[tried.id].status, found[tried.id].lines, found[tried.id].content) == (Status.TRIED, 2, tried.content)
    assert (found[done.id].status, found[done.id].mapping, found[done.id].content) == (Status.DONE, None, None)
    imports.again(session, coordinator, found[tried.id], skip_bad=True)
    assert (tried.status, tried.trial, tried.skip_bad, tried.counts) == (Status.WAITING, False, True, {})
    for over in (found[tried.id], found[done.id]):
        with pytest.raises(Conflict):
            imports.again(session, coordinator, over, skip_bad=False)


def test_nobody_goes_on_with_the_file_of_another(session: Session, world: World) -> None:
    there = kept(session, world, "administrator", trial=True)
    work(session, world)
    imports.fail(session, there.id)
    with pytest.raises(Conflict):
        imports.again(session, world.acting(session, "coordinator"), there, skip_bad=False)
    imports.again(session, world.acting(session, "administrator"), there, skip_bad=False)


def test_work_is_begun_once_more_after_a_death_and_never_when_it_is_over(session: Session, world: World) -> None:
    there = kept(session, world, "coordinator")
    work(session, world)
    assert imports.begin(session, there.id) is not None
    assert imports.begin(session, there.id) is not None
    imports.fail(session, there.id)
    assert imports.begin(session, there.id) is None


@pytest.mark.parametrize(
    ("life", "left"),
    [
        (("23 hours", "waiting"), ("waiting", True)),
        (("25 hours", "waiting"), ("failed", False)),
        (("25 hours", "tried"), ("tried", False)),
        (("6 days", "failed"), ("failed", False)),
        (("8 days", "done"), None),
    ],
)
def test_a_file_is_kept_for_a_day_and_what_came_of_it_for_a_week(
    sessions: sessionmaker[Session], lasting: World, superuser: Engine, life: tuple[str, str], left: Any
) -> None:
    age, status = life
    with sessions() as session:
        there = kept(session, lasting, "coordinator").id
        session.commit()
    older = text(f"UPDATE imports SET created_at = now() - interval '{age}', status = :status WHERE id = :id")
    with superuser.connect() as connection:
        connection.execute(older, {"id": there, "status": status})
        with sessions() as session:
            imports.forget(session)
            session.commit()
        rest = text("SELECT status, content IS NOT NULL FROM imports WHERE id = :id")
        found = connection.execute(rest, {"id": there}).first()
    assert found == left
