"""The work of a year: what was decided and carried out in it and no other, as far as its audience sees it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from forum.foundation.audience import Audience, Visibility
from forum.foundation.errors import Forbidden
from forum.people import agreements
from forum.people.agreements import today
from forum.work import measures, yearly
from forum.work.measures import Step
from tests.builders import World
from tests.forum.work.test_meetings import held
from tests.forum.work.test_plans import measure_of


def test_a_period_holds_what_was_done_in_it_for_its_audience(session: Session, world: World) -> None:
    done = measure_of(session, world, Step.DECIDE, Step.ACCEPT)
    coordinator = world.acting(session, "coordinator")
    measures.carry_out(session, coordinator, done, on=today() - timedelta(days=1))
    theirs = measure_of(session, world, Step.DECIDE, seen=Visibility.AUTHORITIES)
    measure_of(session, world)
    days = (today() - timedelta(days=9), today() + timedelta(days=1))
    for audience, decided in ((Audience.FORUM, {done}), (Audience.AUTHORITIES, {done, theirs})):
        work = yearly.of(session, world.acting(session, "coordinator"), audience, *days)
        assert (set(work.decided), work.carried_out) == (decided, [done])
    before = yearly.of(session, coordinator, Audience.FORUM, date(2020, 1, 1), date(2021, 1, 1))
    assert before == yearly.Work([], [], [])
    only_today = yearly.of(session, coordinator, Audience.FORUM, today(), today() + timedelta(days=1))
    assert (only_today.decided, only_today.carried_out) == ([done], [])


def test_meetings_that_were_held_count_who_was_there(session: Session, world: World) -> None:
    meeting = held(session, world)
    coordinator = world.acting(session, "coordinator")
    (met,) = yearly.of(session, coordinator, Audience.FORUM, meeting.day, meeting.day + timedelta(days=1)).met
    assert met.meeting is meeting
    assert met.people >= met.organisations
    assert yearly.of(session, coordinator, Audience.FORUM, date(2020, 1, 1), meeting.day).met == []


def test_an_agreement_counts_in_every_year_in_which_it_was_in_force(session: Session, world: World) -> None:
    administrator = world.acting(session, "administrator")
    said = agreements.Terms(
        organisation_id=world.organisations["Skolan"], purposes="Belysning", areas="Centrum",
        valid_from=date(2021, 3, 1), valid_to=date(2021, 12, 31),
    )  # fmt: skip
    short = agreements.sign(session, administrator, **said)
    for year, there in ((2020, False), (2021, True), (2022, False)):
        found = yearly.agreed(session, administrator, date(year, 1, 1), date(year + 1, 1, 1))
        assert (short in found) is there
        assert len(found) == 4 + there


def test_only_those_who_lead_read_it(session: Session, world: World) -> None:
    officer = world.acting(session, "officer")
    with pytest.raises(Forbidden):
        yearly.of(session, officer, Audience.FORUM, today(), today())
    with pytest.raises(Forbidden):
        yearly.not_fixed(session, officer, Audience.FORUM)
    with pytest.raises(Forbidden):
        yearly.agreed(session, officer, today(), today())
