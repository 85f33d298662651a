"""Ties: what the organisations suggest, who rules on what, and what a tie that is discovered late sets aside."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from forum.prize import assessments, awards, jury, motions, ties
from forum.prize.editions import Phase
from forum.prize.motions import Outcome
from forum.prize.ties import Grade, Ruling
from tests.builders import World
from tests.prizes import Prize, assess, build_prize, carry, declare_all, pass_gate


@pytest.fixture
def prize(session: Session, world: World) -> Prize:
    return build_prize(session, world.acting(session, "teacher"))


def declare(session: Session, prize: Prize, name: str, grade: Grade, on: str = "lights") -> ties.Tie:
    officer = prize.acting(session, name)
    return ties.declare(session, officer, prize.cover(session, on), grade, reason="Samma huvudman")


def rule(session: Session, prize: Prize, name: str, tie: ties.Tie, ruling: Ruling) -> ties.Tie:
    officer = prize.acting(session, name)
    nomination = prize.cover(session, "lights")
    return ties.rule(session, officer, nomination, tie, ruling=ruling, reason="Annan del av staden")


def waits(session: Session, prize: Prize, name: str) -> list[ties.Tie]:
    return ties.waiting(session, prize.acting(session, name))


@pytest.mark.parametrize(
    ("organisation", "above", "grade"),
    [
        ("Stadsdelen", ["Staden"], Grade.OWN),
        ("stadsdelen ", [], Grade.OWN),
        ("Idrottsförvaltningen", ["Staden"], Grade.SAME_PARENT),
        ("Staden", [], Grade.SAME_PARENT),
        ("Regionen", [], Grade.NONE),
    ],
)
def test_the_same_unit_is_ones_own_and_a_line_that_meets_higher_up_is_the_same_parent(
    organisation: str, above: list[str], grade: Grade
) -> None:
    assert ties.proposed(organisation, above, [["Bostadsbolaget"], ["Staden", "Stadsdelen"]]) is grade


def test_ones_own_excludes_at_once_the_same_parent_waits_and_no_tie_opens(session: Session, prize: Prize) -> None:
    assert declare(session, prize, "police_juror", Grade.OWN).excludes
    assert declare(session, prize, "chair", Grade.SAME_PARENT).ruling is None
    assert declare(session, prize, "juror", Grade.NONE).opens
    for name in ("police_juror", "chair"):
        with pytest.raises(NotFound):
            ties.require_open(session, prize.acting(session, name), prize.cover(session, "lights"))
    ties.require_open(session, prize.acting(session, "juror"), prize.cover(session, "lights"))


def test_who_says_none_where_the_organisations_say_otherwise_waits_for_a_ruling_with_a_reason(
    session: Session, prize: Prize
) -> None:
    officer = prize.acting(session, "police_juror")
    with pytest.raises(Invalid):
        ties.declare(session, officer, prize.cover(session, "lights"), Grade.NONE)
    assert declare(session, prize, "police_juror", Grade.NONE).ruling is None


def test_only_a_nearer_tie_is_declared_afterwards(session: Session, prize: Prize) -> None:
    declare(session, prize, "juror", Grade.SAME_PARENT)
    with pytest.raises(Conflict):
        declare(session, prize, "juror", Grade.NONE)
    assert declare(session, prize, "juror", Grade.OWN).excludes


def test_the_deputy_rules_on_the_chairs_tie_and_on_all_of_a_nomination_where_the_chair_is_not_free(
    session: Session, prize: Prize
) -> None:
    declare(session, prize, "juror", Grade.SAME_PARENT)
    declare(session, prize, "deputy", Grade.NONE)
    assert waits(session, prize, "chair") == waits(session, prize, "deputy") == []  # the chair declares first
    chairs = declare(session, prize, "chair", Grade.SAME_PARENT)
    assert waits(session, prize, "chair") == []
    assert {tie.office_id for tie in waits(session, prize, "deputy")} == {
        prize.offices["chair"],
        prize.offices["juror"],
    }
    rule(session, prize, "deputy", chairs, Ruling.ALLOWED)
    (jurors,) = waits(session, prize, "chair")
    assert waits(session, prize, "deputy") == []
    with pytest.raises(Forbidden):
        rule(session, prize, "deputy", jurors, Ruling.ALLOWED)
    assert rule(session, prize, "chair", jurors, Ruling.EXCLUDED).excludes


def test_an_excluded_chair_rules_on_nothing_there_and_the_deputy_does(session: Session, prize: Prize) -> None:
    declare(session, prize, "deputy", Grade.NONE)
    declare(session, prize, "chair", Grade.OWN)
    declare(session, prize, "juror", Grade.SAME_PARENT)
    assert waits(session, prize, "chair") == []
    assert [tie.office_id for tie in waits(session, prize, "deputy")] == [prize.offices["juror"]]


def discover(session: Session, prize: Prize, by: str, of: str, grade: Grade = Grade.OWN) -> ties.Tie:
    officer = prize.acting(session, by)
    office = jury.get(session, officer, prize.offices[of])
    return ties.discover(session, officer, prize.cover(session, "lights"), office, grade, reason="Satt i styrgruppen")


def test_a_tie_is_discovered_by_who_leads_of_somebody_else_and_never_of_oneself(session: Session, prize: Prize) -> None:
    declare_all(session, prize)
    with pytest.raises(Invalid):
        discover(session, prize, "chair", "chair")
    with pytest.raises(Invalid):
        discover(session, prize, "chair", "juror", Grade.NONE)
    with pytest.raises(Forbidden):
        discover(session, prize, "county", "juror")
    assert discover(session, prize, "secretary", "juror").excludes
    with pytest.raises(Conflict):  # which would let the ruling be made anew
        discover(session, prize, "chair", "juror", Grade.SAME_PARENT)


def test_who_is_excluded_discovers_nothing_there(session: Session, prize: Prize) -> None:
    declare(session, prize, "chair", Grade.OWN)
    with pytest.raises(Forbidden):
        discover(session, prize, "chair", "juror")


def test_an_assessment_counts_no_longer_when_its_writer_turns_out_to_be_tied_and_again_when_allowed(
    session: Session, prize: Prize
) -> None:
    declare_all(session, prize)
    pass_gate(session, prize)
    for name in ("juror", "county"):
        assess(session, prize, name, "lights")
    found = discover(session, prize, "chair", "juror", Grade.SAME_PARENT)
    county, lights = prize.acting(session, "county"), prize.cover(session, "lights")
    assert [office.id for office in assessments.set_aside(session, county, lights)] == [prize.offices["juror"]]
    assert [office.id for office, _ in assessments.handed_in(session, county, lights)] == [prize.offices["county"]]
    with pytest.raises(NotFound):
        assessments.mine(session, prize.acting(session, "juror"), prize.cover(session, "lights"))
    rule(session, prize, "chair", found, Ruling.ALLOWED)
    county, lights = prize.acting(session, "county"), prize.cover(session, "lights")
    assert not assessments.set_aside(session, county, lights)
    assert len(assessments.handed_in(session, county, lights)) == 2


def test_a_vote_of_somebody_tied_sets_the_motion_and_the_award_aside_and_the_jury_decides_anew(
    session: Session, world: World
) -> None:
    prize = build_prize(session, world.acting(session, "teacher"), Phase.DECIDING)
    declare_all(session, prize)
    motion = carry(session, prize, "lights")
    chair = prize.acting(session, "chair")
    awards.decide(session, chair, prize.edition(session), motion, "För samverkan som håller")
    discover(session, prize, "secretary", "juror")
    chair, edition = prize.acting(session, "chair"), prize.edition(session)
    assert motions.get(session, chair, motion.id).outcome == Outcome.SET_ASIDE
    assert awards.standing(session, edition) == []
    again = carry(session, prize, "lights", dict.fromkeys(("chair", "deputy", "county"), motions.Choice.YES))
    chair, edition = prize.acting(session, "chair"), prize.edition(session)
    award = awards.decide(session, chair, edition, again, "För samverkan som håller")
    assert awards.standing(session, edition) == [award]
