"""Deliberation, motions, votes and awards: quorum, casting vote, who presides, and what is refused."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from forum.foundation import clock, rights
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from forum.people.policy import Role
from forum.prize import awards, contents, jury, motions, protocol, ties
from forum.prize.editions import Phase
from forum.prize.jury import Office
from forum.prize.motions import Choice, Motion, Outcome, Vote
from forum.prize.ties import Grade
from tests.builders import World
from tests.forum.prize.test_nominations import past_the_verb
from tests.prizes import Prize, build_prize, carry, declare_all, pass_gate

CITATION = "För en samverkan som gjorde gångvägen ljusare"


@pytest.fixture
def prize(session: Session, world: World) -> Prize:
    prize = build_prize(session, world.acting(session, "teacher"), Phase.DECIDING)
    declare_all(session, prize)
    pass_gate(session, prize)
    return prize


def put(session: Session, prize: Prize, by: str = "chair", on: str | None = "lights") -> Motion:
    officer = prize.acting(session, by)
    return motions.put(session, officer, prize.edition(session), prize.cover(session, on) if on else None)


def vote(session: Session, prize: Prize, motion: Motion, **choices: Choice) -> None:
    for name, choice in choices.items():
        officer = prize.acting(session, name)
        motions.vote(session, officer, prize.edition(session), motion, choice)


def close(session: Session, prize: Prize, motion: Motion, by: str = "chair", casting: Choice | None = None) -> str:
    officer = prize.acting(session, by)
    motions.close(session, officer, prize.edition(session), motion, casting)
    return motion.outcome or ""


def decide(session: Session, prize: Prize, motion: Motion, by: str = "chair") -> awards.Award:
    officer = prize.acting(session, by)
    return awards.decide(session, officer, prize.edition(session), motion, CITATION)


def test_more_yes_than_no_carries_a_motion_and_nobody_sees_the_votes_before(session: Session, prize: Prize) -> None:
    motion = put(session, prize)
    vote(session, prize, motion, chair=Choice.YES, juror=Choice.YES, county=Choice.NO)
    prize.acting(session, "deputy")
    assert motions.votes(session, motion) == []
    assert close(session, prize, motion) == Outcome.CARRIED
    prize.acting(session, "deputy")
    assert motions.tally(session, motion) == motions.Tally(2, 1, 0)


def test_a_vote_is_cast_once_while_it_is_open_and_by_who_stands_free(session: Session, prize: Prize) -> None:
    motion = put(session, prize)
    motion_id = motion.id
    vote(session, prize, motion, juror=Choice.NO)
    with pytest.raises(Conflict, match="voted on this already"):
        vote(session, prize, motion, juror=Choice.YES)
    for name in ("police_juror", "substitute"):
        officer = prize.acting(session, name)
        with pytest.raises(NotFound):
            motions.get(session, officer, motion_id)
    prize.acting(session, "chair")
    with pytest.raises(Forbidden):
        vote(session, prize, motion, secretary=Choice.YES)
    vote(session, prize, motion, chair=Choice.NO, county=Choice.NO)
    assert close(session, prize, motion) == Outcome.LOST
    with pytest.raises(Conflict, match="closed"):
        vote(session, prize, motion, deputy=Choice.YES)
    prize.acting(session, "chair")
    with pytest.raises(IntegrityError, match="stands"), session.begin_nested():
        session.execute(text("UPDATE motions SET outcome = 'carried' WHERE id = :id"), {"id": motion.id})


def test_too_few_votes_decide_nothing_and_an_award_without_them_is_refused(session: Session, prize: Prize) -> None:
    motion = put(session, prize)
    vote(session, prize, motion, chair=Choice.YES, juror=Choice.YES)
    with pytest.raises(Conflict, match="2 of the 3"):
        close(session, prize, motion)
    with pytest.raises(Conflict, match="quorum"):
        decide(session, prize, motion)
    vote(session, prize, motion, county=Choice.ABSTAIN)  # who abstains takes part
    assert close(session, prize, motion) == Outcome.CARRIED
    assert decide(session, prize, motion).votes == {"yes": 2, "no": 0, "abstain": 1, "quorum": 3, "casting": None}


def test_where_yes_and_no_are_as_many_the_chair_decides(session: Session, prize: Prize) -> None:
    motion = put(session, prize)
    vote(session, prize, motion, juror=Choice.YES, county=Choice.NO, chair=Choice.ABSTAIN)
    with pytest.raises(Invalid, match="casting vote"):
        close(session, prize, motion)
    assert close(session, prize, motion, casting=Choice.YES) == Outcome.CARRIED
    assert decide(session, prize, motion).votes["casting"] == "yes"


def test_where_nobody_says_yes_there_is_nothing_to_carry(session: Session, prize: Prize) -> None:
    motion = put(session, prize)
    vote(session, prize, motion, juror=Choice.ABSTAIN, county=Choice.ABSTAIN, deputy=Choice.ABSTAIN)
    assert close(session, prize, motion, casting=Choice.YES) == Outcome.LOST
    assert motion.casting is None


@pytest.mark.parametrize("discovered", [True, False])
def test_what_a_chair_led_without_voting_who_turns_out_to_be_tied_is_set_aside(
    session: Session, prize: Prize, discovered: bool
) -> None:
    motion = put(session, prize)
    vote(session, prize, motion, juror=Choice.YES, county=Choice.NO, deputy=Choice.ABSTAIN)
    assert close(session, prize, motion, casting=Choice.YES) == Outcome.CARRIED
    decide(session, prize, motion)
    chair = prize.acting(session, "chair")
    why = "Satt i styrgruppen"
    if not discovered:
        ties.declare(session, chair, prize.cover(session, "lights"), Grade.OWN, reason=why)
    else:
        secretary = prize.acting(session, "secretary")
        office = jury.get(session, secretary, prize.offices["chair"])
        ties.discover(session, secretary, prize.cover(session, "lights"), office, Grade.OWN, reason=why)
    deputy = prize.acting(session, "deputy")
    assert motions.get(session, deputy, motion.id).outcome == Outcome.SET_ASIDE
    assert awards.standing(session, prize.edition(session)) == []


def test_where_nobody_who_leads_is_free_of_all_it_is_said_that_nobody_gets_the_prize_cannot_be_put(
    session: Session, prize: Prize
) -> None:
    for name, on in (("chair", "football"), ("deputy", "lights")):
        officer = prize.acting(session, name)
        ties.declare(session, officer, prize.cover(session, on), Grade.OWN, reason="Satt i styrgruppen")
    for name in ("chair", "deputy"):
        with pytest.raises(Conflict, match="Nobody who leads"):
            put(session, prize, name, None)
    assert put(session, prize, "chair", "lights").nomination_id == prize.nominations["lights"]


def test_nobody_leaves_the_jury_while_a_vote_is_open(session: Session, prize: Prize) -> None:
    motion = put(session, prize)
    vote(session, prize, motion, juror=Choice.NO, county=Choice.YES, deputy=Choice.YES)
    chair = prize.acting(session, "chair")
    juror = jury.get(session, chair, prize.offices["juror"])
    with pytest.raises(Conflict, match="vote is open"):
        jury.end(session, chair, juror)
    close(session, prize, motion)
    chair = prize.acting(session, "chair")
    jury.end(session, chair, jury.get(session, chair, prize.offices["juror"]))
    secretary = prize.acting(session, "secretary")
    gone = jury.ever(session, secretary, prize.offices["juror"])
    ties.discover(session, secretary, prize.cover(session, "lights"), gone, Grade.OWN, reason="Var med")
    chair = prize.acting(session, "chair")
    assert motions.get(session, chair, motion.id).outcome == Outcome.SET_ASIDE


def test_ties_and_votes_go_with_the_person_into_another_office(session: Session, prize: Prize) -> None:
    motion = put(session, prize)
    vote(session, prize, motion, juror=Choice.YES)
    rights.become(session, rights.OPERATOR)
    edition = prize.edition(session)
    for name in ("juror", "police_juror"):
        session.get_one(Office, prize.offices[name]).ended_at = clock.now()
        session.flush()
        jury.found(session, edition, prize.accounts[name], office=Role.JUROR, organisation="Ett annat hus")
    with pytest.raises(Conflict, match="voted on this already"):
        vote(session, prize, motion, juror=Choice.NO)
    again = prize.acting(session, "juror").office_id
    about = {"edition_id": edition.id, "nomination_id": motion.nomination_id, "motion_id": motion.id}
    past_the_verb(session, Vote(**about, office_id=again, choice=Choice.NO))
    police = prize.acting(session, "police_juror")
    with pytest.raises(Conflict, match="something nearer"):
        ties.declare(session, police, prize.cover(session, "lights"), Grade.NONE)
    with pytest.raises(NotFound):
        contents.read(session, police, prize.cover(session, "lights"))


def test_the_deputy_presides_and_has_the_casting_vote_where_the_chair_is_excluded(
    session: Session, prize: Prize
) -> None:
    chair = prize.acting(session, "chair")
    ties.declare(session, chair, prize.cover(session, "lights"), Grade.OWN, reason="Vår egen enhet")
    with pytest.raises(NotFound):
        put(session, prize, "chair")
    motion = put(session, prize, "deputy")
    vote(session, prize, motion, juror=Choice.YES, county=Choice.NO, deputy=Choice.NO)
    with pytest.raises(Conflict):
        vote(session, prize, motion, deputy=Choice.YES)
    assert close(session, prize, motion, "deputy") == Outcome.LOST
    football = put(session, prize, on="football")  # where the chair stands free, the chair presides
    with pytest.raises(Forbidden):
        close(session, prize, football, "deputy")


def test_the_chair_puts_a_motion_once_at_a_time_and_jurors_put_none(session: Session, prize: Prize) -> None:
    put(session, prize)
    with pytest.raises(Conflict, match="put already"):
        put(session, prize)
    for by in ("deputy", "juror", "secretary"):
        with pytest.raises(Forbidden):
            put(session, prize, by, "football")


def test_nothing_is_decided_before_the_assessments_are_closed(session: Session, world: World) -> None:
    early = build_prize(session, world.acting(session, "teacher"), slug="tidig")
    declare_all(session, early)
    pass_gate(session, early)
    with pytest.raises(Conflict, match="the jury is assessing"):
        put(session, early)


def test_an_edition_of_one_winner_has_one_and_nobody_beside_it(session: Session, prize: Prize) -> None:
    decide(session, prize, carry(session, prize, "lights"))
    for on in ("football", None):
        with pytest.raises(Conflict, match="has been decided"):
            decide(session, prize, carry(session, prize, on))


def test_that_nobody_gets_the_prize_is_decided_by_those_who_stand_free_of_every_nomination(
    session: Session, prize: Prize
) -> None:
    motion = put(session, prize, on=None)
    with pytest.raises(Forbidden):
        vote(session, prize, motion, police_juror=Choice.YES)
    vote(session, prize, motion, chair=Choice.YES, deputy=Choice.YES, juror=Choice.YES)
    close(session, prize, motion)
    award = decide(session, prize, motion)
    assert award.nomination_id is None
    assert award.hash == award.digest
    with pytest.raises(Conflict, match="has been decided"):
        decide(session, prize, carry(session, prize, "lights"))


def test_the_protocol_is_written_by_who_leads_and_a_line_of_a_nomination_is_closed_like_it(
    session: Session, prize: Prize
) -> None:
    for on in ("lights", None):
        chair = prize.acting(session, "chair")
        about = prize.cover(session, on) if on else None
        protocol.write(session, chair, prize.edition(session), f"Om {on}", about)
    assert [line.words for line in protocol.of(session, prize.acting(session, "juror"))] == ["Om lights", "Om None"]
    assert [line.words for line in protocol.of(session, prize.acting(session, "police_juror"))] == ["Om None"]
    juror = prize.acting(session, "juror")
    with pytest.raises(Forbidden):
        protocol.write(session, juror, prize.edition(session), "Jag tycker")


def test_why_a_nomination_was_not_chosen_is_read_by_its_nominator_after_the_ceremony_alone(
    session: Session, prize: Prize, world: World
) -> None:
    chair = prize.acting(session, "chair")
    awards.give_reason(session, chair, prize.edition(session), prize.cover(session, "lights"), "Resultat saknas än")
    awards.give_reason(session, chair, prize.edition(session), prize.cover(session, "lights"), "Resultatet är tidigt")
    lights = prize.nominations["lights"]
    assert awards.reason_for(session, lights) == "Resultatet är tidigt"
    world.acting(session, "teacher")  # who nominated it
    assert awards.reason_for(session, lights) == ""
