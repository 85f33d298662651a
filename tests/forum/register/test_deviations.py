"""Deviations: the steps that each may take and who may take them, and what stays of one that is withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from forum.foundation import clock
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from forum.people import agreements
from forum.people.members import Member
from forum.register import deviations, finding, intake
from forum.register.deviations import NEXT, Deviation, History, Reason, Status
from forum.register.finding import Filter
from tests.builders import World, build_world, mark

Step = Callable[[Session, Member, Deviation], Deviation]


def test_what_one_partner_marks_another_sees(session: Session, lasting: World) -> None:
    marked = mark(session, lasting.acting(session, "officer"))
    landlord = lasting.acting(session, "landlord")
    page = finding.find(session, landlord, Filter())
    assert [d.nr for d in page.rows] == [marked.nr]
    assert page.matched == 1


# --- the table of steps ----------------------------------------------------------------------------------------------


def put(session: Session, lasting: World, status: Status) -> Deviation:
    """Return a deviation of that status."""
    marked = mark(session, lasting.acting(session, "officer"))
    coordinator = lasting.acting(session, "coordinator")
    values: dict[str, Any] = {"status": status.value}
    if status is Status.SAME_AS:
        values["same_as_id"] = mark(session, coordinator).id
    return deviations.change(session, coordinator, marked, "test", values)


def to_same_as(session: Session, member: Member, deviation: Deviation) -> Deviation:
    return deviations.same_as(session, member, deviation, mark(session, member))


def to_answered(session: Session, member: Member, deviation: Deviation) -> Deviation:
    return deviations.answer(session, member, deviation, reply="Lamporna är bytta")


def to_withdrawn(session: Session, member: Member, deviation: Deviation) -> Deviation:
    return deviations.withdraw(session, member, deviation, reason=Reason.MISTAKE)


STEPS: dict[Status, Step] = {
    Status.LOOKED_AT: deviations.look_at,
    Status.ANSWERED: to_answered,
    Status.WITHDRAWN: to_withdrawn,
    Status.SAME_AS: to_same_as,
}
"""The verb that leads to each status; places come later."""


def test_the_table_knows_every_status_and_the_verbs_lead_to_all_but_a_place() -> None:
    assert set(NEXT) == set(Status)
    reached = set().union(*NEXT.values())
    assert reached == set(Status) - {Status.NEW}
    assert reached - set(STEPS) == {Status.AT_PLACE}
    assert NEXT[Status.WITHDRAWN] == frozenset()


@pytest.mark.parametrize("to", STEPS)
@pytest.mark.parametrize("status", Status)
def test_a_step_is_taken_if_and_only_if_the_table_has_it(
    session: Session, lasting: World, status: Status, to: Status
) -> None:
    deviation = put(session, lasting, status)
    coordinator, before = lasting.acting(session, "coordinator"), deviation.version
    if to in NEXT[status]:
        assert STEPS[to](session, coordinator, deviation).status == to
        assert deviation.version == before + 1
        assert (deviation.same_as_id is not None) is (to is Status.SAME_AS)
    else:
        with pytest.raises(Conflict) as refused:
            STEPS[to](session, coordinator, deviation)
        assert refused.value.field == "status"
        assert (deviation.status, deviation.version) == (status, before)


@pytest.mark.parametrize("status", Status)
def test_all_but_a_withdrawn_deviation_can_be_amended(session: Session, lasting: World, status: Status) -> None:
    deviation = put(session, lasting, status)
    coordinator = lasting.acting(session, "coordinator")
    if status is Status.WITHDRAWN:
        with pytest.raises(Conflict):
            intake.amend(session, coordinator, deviation, None, {"text": "Fem lampor är släckta"})
    else:
        intake.amend(session, coordinator, deviation, None, {"text": "Fem lampor är släckta"})
        assert (deviation.text, deviation.status) == ("Fem lampor är släckta", status)


# --- who may ---------------------------------------------------------------------------------------------------------

MAY: dict[str, dict[str, bool]] = {
    "officer": {"look_at": False, "answer": False, "withdraw": True, "same_as": True, "undo": True, "amend": True},
    "landlord": {"look_at": False, "answer": False, "withdraw": False, "same_as": False, "undo": False, "amend": False},
    "coordinator": {"look_at": True, "answer": True, "withdraw": True, "same_as": True, "undo": False, "amend": True},
    "administrator": {"look_at": True, "answer": True, "withdraw": True, "same_as": True, "undo": False, "amend": True},
    "teacher": {"look_at": False, "answer": False, "withdraw": False, "same_as": False, "undo": False, "amend": False},
}
"""What each may do to the officer's deviation."""
VERBS: dict[str, Step] = {
    "look_at": deviations.look_at,
    "answer": to_answered,
    "withdraw": to_withdrawn,
    "same_as": lambda session, member, d: deviations.same_as(session, member, d, d),
    "undo": deviations.undo,
    "amend": lambda session, member, d: intake.amend(session, member, d, None, {"text": "Fem lampor är släckta"}),
}


@pytest.mark.parametrize(("person", "verb"), [(person, verb) for person, verbs in MAY.items() for verb in verbs])
def test_each_may_do_what_the_role_and_the_organisation_allow(
    session: Session, lasting: World, person: str, verb: str
) -> None:
    deviation = mark(session, lasting.acting(session, "officer"))
    member = lasting.acting(session, person)
    if not MAY[person][verb]:
        with pytest.raises(Forbidden) as refused:
            VERBS[verb](session, member, deviation)
        assert refused.value.remedy
        assert deviation.version == 1
    elif verb == "same_as":
        with pytest.raises(Invalid):  # past the question who may: it cannot be the same as itself
            VERBS[verb](session, member, deviation)
    else:
        assert VERBS[verb](session, member, deviation).version == 2


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "same_as"])
def test_without_an_agreement_in_force_nothing_is_written(
    session: Session, lasting: World, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    deviation = mark(session, lasting.acting(session, "coordinator"))
    coordinator = lasting.acting(session, "coordinator")
    monkeypatch.setattr(agreements, "in_force", lambda *_: False)
    with pytest.raises(Forbidden) as refused:
        VERBS[verb](session, coordinator, deviation)
    assert refused.value.params["organisation"] == "Stadsdelsförvaltningen"
    assert deviation.version == 1


# --- withdrawal and undo ---------------------------------------------------------------------------------------------


def test_a_withdrawal_scrubs_the_words_in_the_row_and_in_all_its_history(session: Session, lasting: World) -> None:
    officer = lasting.acting(session, "officer")
    marked = mark(session, officer, text="Klotter på gaveln", answers={"lamps": 3})
    intake.amend(session, officer, marked, 1, {"text": "Klotter på muren", "lon": 18.1})
    coordinator = lasting.acting(session, "coordinator")
    deviations.answer(session, coordinator, marked, reply="Muren saneras")
    officer = lasting.acting(session, "officer")
    place = marked.position
    deviations.withdraw(session, officer, marked, reason=Reason.PERSON)
    session.expire_all()
    gone = deviations.get(session, officer, marked.nr)
    assert (gone.text, gone.reply, gone.answers, gone.position) == ("", "", {}, place)
    lines = deviations.history_of(session, officer, gone)
    assert [(line.action, line.changes) for line in lines] == [
        (action, {}) for action in ("register", "amend", "answer", "withdraw")
    ]
    facts = session.scalar(text("SELECT facts FROM journal WHERE action = 'deviation:withdraw'"))
    assert facts["reason"] == "person"
    assert "text" in facts["changed"]


def test_the_history_of_one_that_is_not_withdrawn_cannot_be_scrubbed(session: Session, lasting: World) -> None:
    officer = lasting.acting(session, "officer")
    marked = mark(session, officer)
    intake.amend(session, officer, marked, 1, {"text": "Fem lampor är släckta"})
    session.execute(deviations.SCRUB, {"id": marked.id})
    session.expire_all()
    assert "text" in deviations.history_of(session, officer, marked)[1].changes


@pytest.mark.parametrize(("minutes", "undone"), [(0, True), (9, True), (10, True), (10.02, False), (60, False)])
def test_undo_is_a_withdrawal_within_ten_minutes(
    session: Session, lasting: World, monkeypatch: pytest.MonkeyPatch, minutes: float, undone: bool
) -> None:
    officer = lasting.acting(session, "officer")
    marked = mark(session, officer)
    then = marked.created_at + timedelta(minutes=minutes)
    monkeypatch.setattr(clock, "now", lambda: then)
    assert deviations.may_undo(officer, marked) is undone
    if undone:
        assert deviations.undo(session, officer, marked).status == Status.WITHDRAWN
        assert not deviations.may_undo(officer, marked)
    else:
        with pytest.raises(Conflict):
            deviations.undo(session, officer, marked)
        assert (marked.status, marked.text) == (Status.NEW, "Tre lyktstolpar är släckta vid gångvägen")


# --- same as ---------------------------------------------------------------------------------------------------------


def test_a_deviation_is_the_same_as_one_that_goes_on_and_not_as_itself(session: Session, lasting: World) -> None:
    coordinator = lasting.acting(session, "coordinator")
    one, other, third = (mark(session, coordinator) for _ in range(3))
    with pytest.raises(Invalid):
        deviations.same_as(session, coordinator, one, one)
    deviations.same_as(session, coordinator, one, other)
    with pytest.raises(Conflict):
        deviations.same_as(session, coordinator, third, one)
    to_withdrawn(session, coordinator, third)
    with pytest.raises(Conflict):
        deviations.same_as(session, coordinator, other, third)
    assert finding.find(session, coordinator, Filter()).matched == 1


def test_one_that_many_see_is_not_put_behind_one_that_few_see(session: Session, lasting: World) -> None:
    officer = lasting.acting(session, "officer")
    for_all, restricted = mark(session, officer), mark(session, officer, visibility="authorities")
    with pytest.raises(Conflict) as refused:
        deviations.same_as(session, officer, for_all, restricted)
    assert refused.value.value == restricted.nr
    assert deviations.same_as(session, officer, restricted, for_all).status == Status.SAME_AS


# --- finding one, and locking it -------------------------------------------------------------------------------------


def test_a_deviation_of_another_forum_is_not_found_by_any_reference(session: Session, lasting: World) -> None:
    there = build_world(session, "skarpnack", (18.2, 59.22, 18.3, 59.27))
    marked = mark(session, there.acting(session, "officer"), lon=18.25)
    references = (marked.id, marked.nr, marked.client_id, 0)
    officer = lasting.acting(session, "officer")
    for reference in references:
        with pytest.raises(NotFound):
            deviations.get(session, officer, reference)


def test_an_older_version_is_stale_and_a_newer_one_too(session: Session, lasting: World) -> None:
    officer = lasting.acting(session, "officer")
    marked = mark(session, officer)
    intake.amend(session, officer, marked, 1, {"text": "Fem lampor är släckta"})
    for version in (0, 1, 3):
        with pytest.raises(Stale) as refused:
            intake.amend(session, officer, marked, version, {"text": "Sex lampor är släckta"})
        assert refused.value.current == {"version": 2}
    assert marked.text == "Fem lampor är släckta"


def test_the_history_says_who_did_what_with_the_values_before_and_after(session: Session, lasting: World) -> None:
    officer = lasting.acting(session, "officer")
    marked = mark(session, officer)
    before = marked.occurred_from
    later = before + timedelta(minutes=30)
    intake.amend(session, officer, marked, 1, {"accuracy_m": 10, "occurred_from": later, "visibility": "public"})
    coordinator = lasting.acting(session, "coordinator")
    deviations.look_at(session, coordinator, marked)
    first, second, third = session.scalars(select(History).order_by(History.version))
    assert (first.action, first.changes, first.visibility) == ("register", {}, "forum")
    assert second.changes == {
        "accuracy_m": [25.0, 10.0],
        "occurred_from": [clock.stamp(before), clock.stamp(later)],
        "occurred_to": [clock.stamp(before), clock.stamp(later)],
        "visibility": ["forum", "public"],
    }
    assert second.visibility == "forum"
    assert third.organisation_id == lasting.organisations["Stadsdelsförvaltningen"]
    assert third.changes["status"] == ["new", "looked_at"]
