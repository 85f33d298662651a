"""The quarantine: seen by the row's organisation and the coordinator, put into other words or thrown away."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from dashboards.quarantine import pieces
from forum.foundation import rights
from forum.foundation.errors import Forbidden, Invalid, NotFound
from forum.people import members
from forum.people.organisations import Organisation
from forum.register import bulk, deviations, finding, quarantine
from forum.register.finding import Filter
from forum.register.quarantine import Quarantined
from tests.builders import World, notice

SAID = "Samma bil igen, ring Kalle på 070-174 06 05"


def held(session: Session, world: World, organisation: str = "Polisen", **changes: Any) -> Quarantined:
    """Return a row that an import of the organisation has brought in and screening has stopped."""
    coordinator = world.acting(session, "coordinator")
    with rights.kept(session):
        partner = session.get_one(Organisation, world.organisations[organisation])
        worker = members.system(session, coordinator.forum_id, "farsta", "Forum farsta", partner)
        row = bulk.Row("77", notice(text=SAID, **changes))
        outcome = bulk.register_many(session, worker, [row], source="anmälningar")
    (waiting,) = quarantine.all_of(session, coordinator)
    assert [s.outcome for s in outcome.settled] == ["quarantined"]
    return waiting


@pytest.mark.parametrize(
    ("person", "waiting"), [("officer", 1), ("coordinator", 1), ("administrator", 0), ("landlord", 0), ("teacher", 0)]
)
def test_only_its_organisation_and_the_coordinator_see_a_row(
    session: Session, world: World, person: str, waiting: int
) -> None:
    row_id = held(session, world).id
    member = world.acting(session, person)
    assert len(quarantine.all_of(session, member)) == waiting
    if not waiting:
        with pytest.raises(NotFound):
            quarantine.get(session, member, row_id)


def test_a_row_in_other_words_comes_into_the_register_as_its_organisations(session: Session, world: World) -> None:
    row = held(session, world)
    coordinator = world.acting(session, "coordinator")
    number = bulk.release(session, coordinator, row, "Samma bil igen")
    (found,) = finding.find(session, coordinator, Filter()).rows
    assert (found.nr, found.text, found.source_ref) == (number, "Samma bil igen", "77")
    assert found.organisation_id == world.organisations["Polisen"]
    assert quarantine.all_of(session, coordinator) == []


def test_a_row_that_was_brought_on_behalf_of_a_partner_stays_so_in_other_words(session: Session, world: World) -> None:
    coordinator = world.acting(session, "coordinator")
    police = session.get_one(Organisation, world.organisations["Polisen"])
    bulk.register_many(session, coordinator, [bulk.Row("78", notice(text=SAID))], source="listan", partner=police)
    officer = world.acting(session, "officer")
    (row,) = quarantine.all_of(session, officer)
    number = bulk.release(session, officer, row, "Samma bil igen")
    found = deviations.get(session, officer, number)
    assert (found.organisation_id, found.registered_by_id) == (police.id, coordinator.organisation_id)
    assert found.on_behalf
    assert quarantine.all_of(session, officer) == []


def test_words_that_still_point_at_a_person_change_nothing_and_lend_nobody_more_rights(
    session: Session, world: World
) -> None:
    row = held(session, world)
    officer = world.acting(session, "officer")
    before = rights.principal_of(session)
    row_id = row.id
    with pytest.raises(Invalid) as refusal:
        bulk.release(session, officer, row, "Ring 070-174 06 05")
    assert refusal.value.problems[0].value == "070-174 06 05"
    assert rights.principal_of(session) == before
    assert [each.id for each in quarantine.all_of(session, officer)] == [row_id]


def test_a_row_that_is_thrown_away_never_comes_in(session: Session, world: World) -> None:
    row = held(session, world)
    officer = world.acting(session, "officer")
    quarantine.discard(session, officer, row)
    assert quarantine.all_of(session, officer) == []
    assert finding.find(session, officer, Filter()).matched == 0


def test_a_reader_cannot_see_to_a_row_of_its_own_organisation(session: Session, world: World) -> None:
    row = held(session, world)
    teacher = world.acting(session, "teacher")
    session.expunge(row)
    with pytest.raises(Forbidden):
        quarantine.discard(session, teacher, row)


def test_the_page_marks_just_the_passage() -> None:
    marked = [words for words, points in pieces(SAID) if points]
    assert "070-174 06 05" in marked
    assert "".join(words for words, _ in pieces(SAID)) == SAID
