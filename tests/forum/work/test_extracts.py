"""What is held on an e-mail address: every table that names a person is told of, and nobody hears of anybody else."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import journal, rights
from forum.foundation.errors import Forbidden, NotFound
from forum.people import members
from forum.prize.extracts import KINDS
from forum.tables import ALL
from forum.work import extracts
from forum.work.extracts import ACCOUNT, CONTACTS, CREDENTIALS, KEPT, LINKS, MEMBERSHIPS, OWN, Part
from tests.story import Story, build_story

PERSONAL = {"member_id", "account_id", "email"}
"""Columns that lead to a person."""


@pytest.fixture(scope="module")
def story(sessions: sessionmaker[Session]) -> Story:
    return build_story(sessions)


def mine(session: Session, story: Story, person: str) -> dict[str, Part]:
    account = story.farsta.accounts[person]
    rights.become(session, rights.Principal(account=account))
    told = extracts.of_account(session, account)
    assert len({part.what for part in told}) == len(told)
    return {part.what: part for part in told}


def test_every_table_that_leads_to_a_person_is_told_of() -> None:
    told = {kind.name for kind in (ACCOUNT, CREDENTIALS, MEMBERSHIPS, CONTACTS, *KEPT, *OWN, *KINDS)}
    assert told == {name for name, table in ALL.items() if PERSONAL & set(table.columns.keys())}


def test_a_person_gets_what_is_held_of_them_without_its_secrets(session: Session, story: Story) -> None:
    told = mine(session, story, "officer")
    rows = {what: len(part.rows) for what, part in told.items()}
    once = dict.fromkeys(("accounts", "members", "subscriptions", "calendars", "visits", "views", "documents"), 1)
    assert once.items() <= rows.items()
    assert {row["kind"] for row in told["credentials"].rows} == {"token", "session"}
    assert {"deviation:register", "deviation:register_on_behalf"} & {row["action"] for row in told["journal"].rows}
    assert told["accounts"].rows[0]["email"] == story.farsta.email("officer")
    assert {name for part in told.values() for row in part.rows for name in row} & {"key", "secret", "content"} == set()
    assert all(part.purpose and part.kept for part in told.values())
    assert {part.forum for part in told.values()} == {None, "farsta"}
    assert rights.principal_of(session) == rights.Principal(account=story.farsta.accounts["officer"])


def test_nothing_of_another_is_in_it(session: Session, story: Story) -> None:
    told = mine(session, story, "teacher")
    assert [row["email"] for row in told["accounts"].rows] == [story.farsta.email("teacher")]
    assert not any(told[what].rows for what in ("subscriptions", "calendars", "views", "journal", "contacts"))
    assert len(told["documents"].rows) == 1


def test_who_has_left_still_hears_what_is_kept(session: Session, story: Story) -> None:
    members.end(session, story.farsta.acting(session, "administrator"), story.farsta.members["officer"])
    told = mine(session, story, "officer")
    assert told["members"].rows[0]["ended_at"] is not None
    assert told["journal"].rows
    assert "calendars" not in told
    session.rollback()


def test_an_address_without_account_is_told_by_those_who_may_read_it(session: Session, story: Story) -> None:
    world, address = story.farsta, "Kontakt@bolaget.example.org"
    with pytest.raises(Forbidden):
        extracts.of_contact(session, world.acting(session, "officer"), address)
    worker = members.system(session, world.forum_id, world.slug, "")
    told = {part.what: part for part in extracts.of_contact(session, worker, address)}
    assert set(told) == {"contacts", "letters", LINKS.name}
    assert told["contacts"].rows[0]["email"] == address.lower()
    assert [len(told[what].rows) for what in ("letters", LINKS.name)] == [1, 1]
    assert "key" not in told[LINKS.name].rows[0]
    assert journal.version(session, world.forum_id)
    with pytest.raises(NotFound):
        extracts.of_contact(session, worker, "nobody@example.org")
    session.rollback()


def test_those_who_lead_are_told_of_an_organisation_of_their_own_forum(session: Session, story: Story) -> None:
    world, owner = story.farsta, story.farsta.organisations["Bostadsbolaget"]
    coordinator = world.acting(session, "coordinator")
    told = {part.what: part for part in extracts.of_organisation(session, coordinator, owner)}
    assert [len(told[what].rows) for what in ("contacts", "letters", LINKS.name)] == [1, 1, 1]
    assert rights.principal_of(session) == story.principal("coordinator")
    for stranger in (world.organisations["Polisen"], story.rinkeby.organisations["Bostadsbolaget"]):
        with pytest.raises(NotFound):
            extracts.of_organisation(session, coordinator, stranger)
    with pytest.raises(Forbidden):
        extracts.of_organisation(session, world.acting(session, "landlord"), owner)
    session.rollback()
