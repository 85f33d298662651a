"""The written agreement: what it must state, when it holds, and that without one a partner reads and does not write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from forum.foundation import clock, rights
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound, Problems
from forum.people import agreements
from forum.people.agreements import Agreement
from forum.people.members import Member
from forum.people.policy import Role
from forum.register import bulk, deviations, finding, intake, quarantine
from forum.register.deviations import Deviation, Reason
from forum.register.finding import Filter
from forum.register.quarantine import Quarantined
from tests.builders import World, build_world, mark
from tests.story import NEIGHBOURS

TODAY = date(2023, 10, 16)


def sign(session: Session, world: World, **changes: Any) -> Agreement:
    administrator = world.acting(session, "administrator")
    terms: dict[str, Any] = {
        "organisation_id": world.organisations["Skolan"],
        "purposes": "Gemensam lägesbild",
        "areas": "Hela området",
        "valid_from": TODAY,
    }
    return agreements.sign(session, administrator, **(terms | changes))


def test_an_agreement_states_purposes_and_areas_and_both_gaps_are_told_at_once(session: Session, world: World) -> None:
    with pytest.raises(Problems) as refused:
        sign(session, world, purposes=" ", areas="")
    assert [problem.field for problem in refused.value.problems] == ["purposes", "areas"]
    assert all(problem.remedy for problem in refused.value.problems)


@pytest.mark.parametrize("field", ["purposes", "areas"])
@pytest.mark.parametrize("words", ["", "\n\t ", "x" * 2001, "Syfte\0", "\ud800", "Ring Kalle på 070-123 45 67"])
def test_words_that_cannot_be_taken_are_refused_and_never_cut(
    session: Session, world: World, field: str, words: str
) -> None:
    with pytest.raises(Invalid) as refused:
        sign(session, world, **{field: words})
    assert [problem.field for problem in refused.value.problems] == [field]


def test_an_agreement_does_not_end_before_it_begins(session: Session, world: World) -> None:
    with pytest.raises(Invalid) as refused:
        sign(session, world, valid_to=TODAY - timedelta(days=1))
    assert refused.value.field == "valid_to"
    assert sign(session, world, valid_to=TODAY).valid_to == TODAY


def test_an_agreement_is_with_a_partner_of_this_forum(session: Session, world: World) -> None:
    other = build_world(session, "rinkeby", NEIGHBOURS)
    told = set()
    for organisation in (uuid4(), other.organisations["Skolan"]):
        with pytest.raises(NotFound) as refused:
            sign(session, world, organisation_id=organisation)
        told.add(refused.value.say("sv").replace(str(organisation), ""))
    assert len(told) == 1


@pytest.mark.parametrize("person", ["coordinator", "officer", "teacher"])
def test_only_the_administrator_writes_agreements_down_and_ends_them(
    session: Session, world: World, person: str
) -> None:
    signed, school = sign(session, world).id, world.organisations["Skolan"]
    terms = agreements.Terms(organisation_id=school, purposes="x", areas="x", valid_from=TODAY)
    member = world.acting(session, person)
    with pytest.raises(Forbidden):
        agreements.sign(session, member, **terms)
    with pytest.raises(Forbidden):
        agreements.end(session, member, signed, TODAY)


def test_the_coordinator_reads_all_agreements_the_newest_first_and_a_reporter_none(
    session: Session, world: World
) -> None:
    signed = sign(session, world).id
    build_world(session, "rinkeby", NEIGHBOURS)
    found = agreements.all_of(session, world.acting(session, "coordinator"))
    assert found[0].id == signed
    assert {agreement.forum_id for agreement in found} == {world.forum_id}
    with pytest.raises(Forbidden):
        agreements.all_of(session, world.acting(session, "officer"))


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (TODAY - timedelta(days=1), False),
        (TODAY, True),
        (TODAY + timedelta(days=30), True),
        (TODAY + timedelta(days=31), False),
    ],
)
def test_an_agreement_holds_from_its_first_day_to_its_last(
    session: Session, world: World, day: date, *, holds: bool
) -> None:
    signed = sign(session, world, valid_to=TODAY + timedelta(days=30))
    assert signed.holds_on(day) is holds
    assert agreements.in_force(session, world.organisations["Skolan"], day) is holds


def test_the_day_is_the_one_in_sweden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: clock.to_utc("2023-10-25T22:30+00:00", "at"))
    assert agreements.today() == date(2023, 10, 26)


def test_an_agreement_ends_on_a_day_and_is_never_made_longer_by_it(session: Session, world: World) -> None:
    administrator, signed = world.acting(session, "administrator"), sign(session, world).id
    with pytest.raises(Invalid):
        agreements.end(session, administrator, signed, TODAY - timedelta(days=1))
    agreements.end(session, administrator, signed, TODAY + timedelta(days=5))
    with pytest.raises(Conflict):
        agreements.end(session, administrator, signed, TODAY + timedelta(days=9))
    agreements.end(session, administrator, signed, TODAY + timedelta(days=2))
    assert not agreements.in_force(session, world.organisations["Skolan"], TODAY + timedelta(days=3))


def test_an_agreement_of_another_forum_is_not_found(session: Session, world: World) -> None:
    other = build_world(session, "rinkeby", NEIGHBOURS)
    theirs = sign(session, other).id
    for agreement in (theirs, uuid4()):
        with pytest.raises(NotFound):
            agreements.end(session, world.acting(session, "administrator"), agreement, TODAY)


def test_the_journal_tells_of_agreements_without_their_words(session: Session, world: World) -> None:
    signed = sign(session, world)
    agreements.end(session, world.acting(session, "administrator"), signed.id, TODAY)
    written = session.execute(text("SELECT action, thing_id, facts FROM journal ORDER BY seq DESC LIMIT 2")).all()
    school = str(world.organisations["Skolan"])
    assert [tuple(entry) for entry in written] == [
        ("agreement:end", signed.id, {"organisation": school, "on": "2023-10-16"}),
        ("agreement:add", signed.id, {"organisation": school, "from": "2023-10-16"}),
    ]


def _reply(session: Session, member: Member, row: Deviation) -> Any:
    return deviations.answer(session, member, row, reply="Det är gjort")


def _import(session: Session, member: Member, _: Deviation) -> Any:
    return bulk.register_many(session, member, [], source="fil")


def _discard(session: Session, member: Member, _: Deviation) -> Any:
    (held,) = quarantine.all_of(session, member)
    return quarantine.discard(session, member, held)


def _same(session: Session, member: Member, row: Deviation) -> Any:
    other = next(d for d in finding.find(session, member, Filter()).rows if d.id != row.id)
    return deviations.same_as(session, member, row, deviations.get(session, member, other.id))


WRITES: dict[str, Callable[[Session, Member, Deviation], Any]] = {
    "register": lambda s, m, _: mark(s, m),
    "amend": lambda s, m, row: intake.amend(s, m, row, None, {"text": "Nytt"}),
    "withdraw": lambda s, m, row: deviations.withdraw(s, m, row, reason=Reason.MISTAKE),
    "undo": deviations.undo,
    "same as": _same,
    "look at": deviations.look_at,
    "answer": _reply,
    "import": _import,
    "discard": _discard,
}


@pytest.mark.parametrize("step", WRITES)
def test_without_an_agreement_in_force_a_partner_reads_but_does_not_write(
    session: Session, world: World, step: str
) -> None:
    coordinator = world.acting(session, "coordinator")
    row = mark(session, coordinator).id
    mark(session, coordinator, text="En annan")
    held = {"source": "fil", "source_ref": "1", "row": {}, "passages": []}
    session.add(Quarantined(forum_id=world.forum_id, organisation_id=coordinator.organisation_id, **held))
    session.flush()
    _end_all(session, world)
    coordinator = world.acting(session, "coordinator")
    mine = deviations.get(session, coordinator, row)
    assert finding.find(session, coordinator, Filter()).matched == 2
    assert len(deviations.history_of(session, coordinator, mine)) == 1
    with pytest.raises(Forbidden, match="has no agreement in force"):
        WRITES[step](session, coordinator, mine)
    assert coordinator.organisation_name in str(refusal(session, coordinator))


def refusal(session: Session, member: Member) -> Forbidden:
    with pytest.raises(Forbidden) as refused:
        agreements.require_in_force(session, member)
    assert refused.value.remedy
    return refused.value


def _end_all(session: Session, world: World) -> None:
    administrator = world.acting(session, "administrator")
    yesterday = agreements.today() - timedelta(days=1)
    for agreement in agreements.all_of(session, administrator):
        agreements.end(session, administrator, agreement.id, yesterday)


def test_with_an_agreement_in_force_each_of_these_is_done(session: Session, world: World) -> None:
    for step, write in WRITES.items():
        coordinator = world.acting(session, "coordinator")
        row = mark(session, coordinator, text=f"Före {step}").id
        mark(session, coordinator, text="En annan")
        held = {"source": "fil", "source_ref": step, "row": {}, "passages": []}
        session.add(Quarantined(forum_id=world.forum_id, organisation_id=coordinator.organisation_id, **held))
        session.flush()
        write(session, coordinator, deviations.get(session, coordinator, row))
        for left in quarantine.all_of(session, coordinator):
            quarantine.discard(session, coordinator, left)


def test_who_acts_for_no_organisation_has_no_agreement(session: Session, world: World) -> None:
    rights.become(session, rights.Principal(system=world.forum_id))
    worker = Member(None, None, world.forum_id, "farsta", "Farsta", False, None, "", Role.SYSTEM, True, "", "sv")
    assert refusal(session, worker).params["organisation"] == ""
