"""The gate: what was found on each must-criterion, by whom, and what follows from one that is not met."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from forum.prize import assessments, gates, jury, ties
from forum.prize.assessments import Mark
from forum.prize.editions import Phase
from forum.prize.gates import Found
from forum.prize.ties import Grade
from tests.builders import World
from tests.prizes import Prize, build_prize, declare_all, pass_gate


@pytest.fixture
def prize(session: Session, world: World) -> Prize:
    prize = build_prize(session, world.acting(session, "teacher"))
    declare_all(session, prize)
    return prize


def judge(session: Session, prize: Prize, by: str, found: Found, on: str = "lights") -> gates.Verdict:
    officer = prize.acting(session, by)
    return gates.judge(session, officer, prize.edition(session), prize.cover(session, on), found)


def test_one_that_is_not_met_keeps_the_nomination_out_with_its_reason_until_it_is(
    session: Session, prize: Prize
) -> None:
    def save() -> None:
        juror = prize.acting(session, "juror")
        assessments.save(session, juror, prize.cover(session, "lights"), {"results": Mark(2, "Visas")})

    with pytest.raises(Conflict, match="have not been looked at"):
        save()
    judge(session, prize, "secretary", Found("develops", met=True, reason="Mer än drift"))
    judge(session, prize, "secretary", Found("together", met=False, reason="Bara en aktör nämns"))
    with pytest.raises(Conflict, match="Bara en aktör nämns"):
        save()
    judge(session, prize, "secretary", Found("together", met=True, reason="Komplettering visar tre"))
    save()


def test_the_secretary_writes_it_and_who_leads_does_where_the_secretary_is_tied(
    session: Session, prize: Prize, world: World
) -> None:
    found = Found("together", met=True, reason="Tre aktörer")
    for by in ("chair", "juror"):
        with pytest.raises(Forbidden):
            judge(session, prize, by, found)
    secretary = prize.acting(session, "secretary")
    ties.declare(session, secretary, prize.cover(session, "lights"), Grade.OWN, reason="Jag var med")
    with pytest.raises(NotFound):
        judge(session, prize, "secretary", found)
    assert judge(session, prize, "chair", found).met
    with pytest.raises(Invalid):
        judge(session, prize, "secretary", Found("results", met=True, reason="x"), on="football")


def test_when_the_jury_decides_only_what_lacks_is_written(session: Session, world: World) -> None:
    prize = build_prize(session, world.acting(session, "teacher"), Phase.DECIDING, "senare")
    declare_all(session, prize)
    assert judge(session, prize, "secretary", Found("together", met=True, reason="Tre aktörer")).met
    with pytest.raises(Conflict):
        judge(session, prize, "secretary", Found("together", met=False, reason="Bara en"))


def test_what_a_secretary_wrote_who_turns_out_to_be_tied_counts_no_longer_and_who_leads_writes_it_anew(
    session: Session, world: World
) -> None:
    prize = build_prize(session, world.acting(session, "teacher"), Phase.DECIDING, "jav")
    declare_all(session, prize)
    pass_gate(session, prize)
    chair = prize.acting(session, "chair")
    assert gates.of(session, prize.edition(session), prize.cover(session, "lights")).passed
    with pytest.raises(Forbidden):
        judge(session, prize, "chair", Found("together", met=True, reason="Tre aktörer"))
    secretary = jury.get(session, chair, prize.offices["secretary"])
    ties.discover(session, chair, prize.cover(session, "lights"), secretary, Grade.OWN, reason="Satt i styrgruppen")
    prize.acting(session, "chair")
    found = gates.of(session, prize.edition(session), prize.cover(session, "lights")).found
    assert [verdict for _, verdict in found] == [None, None]
    assert judge(session, prize, "chair", Found("together", met=True, reason="Tre aktörer")).met


def test_what_does_not_meet_it_needs_no_quorum(session: Session, prize: Prize) -> None:
    pass_gate(session, prize)
    judge(session, prize, "secretary", Found("together", met=False, reason="Bara en aktör"))
    for name in ("juror", "county", "deputy"):
        officer = prize.acting(session, name)
        ties.declare(session, officer, prize.cover(session, "lights"), Grade.OWN, reason="Jag var med")
    assert prize.edition(session).stopped_at is None
