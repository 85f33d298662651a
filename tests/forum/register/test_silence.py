"""Quiet partners: who has an agreement and was not heard of for sixty days, and nothing of what is kept apart."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import rights
from forum.foundation.errors import Forbidden
from forum.people import agreements
from forum.people.agreements import today
from forum.register import deviations
from forum.register.deviations import Reason
from forum.register.silence import QUIET, silent
from tests.builders import World, mark

EVERYBODY = {"Stadsdelsförvaltningen", "Polisen", "Bostadsbolaget", "Nattvandrarna"}


def quiet(session: Session, world: World, person: str = "coordinator") -> dict[str, date | None]:
    found = silent(session, world.acting(session, person))
    return {each.organisation.name: each.last.date() if each.last else None for each in found}


def test_who_has_an_agreement_and_never_marked_is_quiet_and_who_has_none_is_not_asked(
    session: Session, world: World
) -> None:
    assert quiet(session, world) == dict.fromkeys(EVERYBODY)
    mark(session, world.acting(session, "landlord"))
    assert set(quiet(session, world)) == EVERYBODY - {"Bostadsbolaget"}


def test_what_is_written_down_for_a_partner_is_heard_of_it(session: Session, world: World) -> None:
    mark(session, world.acting(session, "officer"), on_behalf_of=world.organisations["Nattvandrarna"])
    assert set(quiet(session, world)) == EVERYBODY - {"Nattvandrarna"}


def test_what_was_withdrawn_is_not_heard(session: Session, world: World) -> None:
    walker = world.acting(session, "walker")
    deviations.withdraw(session, walker, mark(session, walker), reason=Reason.MISTAKE)
    assert "Nattvandrarna" in quiet(session, world)


@pytest.mark.parametrize("person", ["coordinator", "administrator"])
def test_what_a_partner_keeps_to_itself_changes_nothing_that_others_are_shown(
    session: Session, world: World, person: str
) -> None:
    before = quiet(session, world, person)
    mark(session, world.acting(session, "landlord"), visibility="own")
    mark(session, world.acting(session, "officer"), visibility="own")
    assert quiet(session, world, person) == before
    mark(session, world.acting(session, "officer"), visibility="authorities")
    assert set(quiet(session, world, person)) == set(before) - {"Polisen"}


def test_what_only_authorities_see_is_not_heard_by_a_coordinator_outside_of_them(
    session: Session, world: World, superuser: Engine
) -> None:
    rights.become(session, rights.OPERATOR)
    move = {"member": world.members["landlord"]}
    session.execute(text("UPDATE members SET role = 'coordinator' WHERE id = :member"), move)
    mark(session, world.acting(session, "officer"), visibility="authorities")
    assert "Polisen" in quiet(session, world, "landlord")
    assert "Polisen" not in quiet(session, world)


def test_a_partner_that_joined_lately_is_not_quiet_yet(session: Session, world: World) -> None:
    for days, listed in ((-5, False), (5, True)):
        rights.become(session, rights.OPERATOR)
        agreements.add(
            session, world.forum_id, organisation_id=world.organisations["Skolan"], purposes="x", areas="x",
            valid_from=today() - QUIET - timedelta(days=days),
        )  # fmt: skip
        assert ("Skolan" in quiet(session, world)) is listed


@pytest.mark.parametrize("person", ["officer", "landlord", "teacher"])
def test_only_who_leads_the_forum_is_shown(session: Session, world: World, person: str) -> None:
    with pytest.raises(Forbidden):
        silent(session, world.acting(session, person))


def test_the_last_one_is_told_with_its_day_and_the_longest_quiet_come_first(
    sessions: sessionmaker[Session], lasting: World, superuser: Engine
) -> None:
    with sessions() as session:
        for person in ("landlord", "walker", "officer"):
            mark(session, lasting.acting(session, person))
        session.commit()
    earlier = text(
        "UPDATE deviations SET created_at = now() - make_interval(days => :days) WHERE organisation_id = :organisation"
    )
    with superuser.connect() as connection:
        for name, days in (("Bostadsbolaget", 61), ("Nattvandrarna", 90), ("Polisen", 59)):
            connection.execute(earlier, {"days": days, "organisation": lasting.organisations[name]})
    with sessions() as session:
        found = silent(session, lasting.acting(session, "coordinator"))
        assert [each.organisation.name for each in found] == [
            "Stadsdelsförvaltningen",
            "Nattvandrarna",
            "Bostadsbolaget",
        ]
        assert [each.last is None for each in found] == [True, False, False]
