"""Assessments: on described levels with reasons, blind until handed in, unchangeable afterwards; and their spread."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound, Problems, Stale
from forum.prize import assessments
from forum.prize.assessments import Assessment, Mark, Notes
from forum.prize.editions import Phase
from tests.builders import World
from tests.prizes import Prize, assess, assess_all, build_prize, declare_all, pass_gate


@pytest.fixture
def prize(session: Session, world: World) -> Prize:
    prize = build_prize(session, world.acting(session, "teacher"))
    declare_all(session, prize)
    pass_gate(session, prize)
    return prize


def save(session: Session, prize: Prize, name: str, seen: int | None = None, /, **marks: Mark) -> Assessment:
    officer = prize.acting(session, name)
    return assessments.save(session, officer, prize.cover(session, "lights"), marks, version=seen)


def hand_in(session: Session, prize: Prize, name: str) -> Assessment:
    return assessments.hand_in(session, prize.acting(session, name), prize.cover(session, "lights"))


def test_a_draft_is_saved_bit_by_bit_and_handed_in_when_every_criterion_has_a_level_or_is_abstained_from(
    session: Session, prize: Prize
) -> None:
    assert save(session, prize, "juror", results=Mark(3)).version == 1
    with pytest.raises(Problems) as refused:
        hand_in(session, prize, "juror")
    assert {problem.field for problem in refused.value.problems} == {"innovative", "inspires", "results"}
    said = Mark(3, "Visas i underlaget")
    save(session, prize, "juror", results=said, inspires=said, innovative=Mark(None, "Kan inte bedömas härifrån"))
    assert hand_in(session, prize, "juror").handed_in_at is not None


def test_only_the_levels_of_the_editions_own_criteria_are_taken(session: Session, prize: Prize) -> None:
    for wrong in (5, 0):
        with pytest.raises(Invalid):
            save(session, prize, "juror", results=Mark(wrong))
    with pytest.raises(Invalid):
        save(session, prize, "juror", together=Mark(1))


def test_what_was_changed_in_another_window_is_not_overwritten(session: Session, prize: Prize) -> None:
    save(session, prize, "juror", 0, results=Mark(3))
    with pytest.raises(Stale):
        save(session, prize, "juror", 0, results=Mark(2))


def test_what_was_handed_in_stands_also_for_a_hand_that_reaches_around_the_program(
    session: Session, prize: Prize
) -> None:
    handed = assess(session, prize, "juror", "lights")
    with pytest.raises(Conflict, match="handed in"):
        save(session, prize, "juror", results=Mark(1))
    with pytest.raises(Conflict, match="handed in"):
        hand_in(session, prize, "juror")
    with pytest.raises(IntegrityError, match="stands"):
        session.execute(text("UPDATE assessments SET marks = '{}' WHERE id = :id"), {"id": handed.id})


def test_nothing_is_assessed_outside_the_phase_by_the_secretary_or_by_whom_it_is_closed_to(
    session: Session, prize: Prize, world: World
) -> None:
    with pytest.raises(Forbidden):
        save(session, prize, "secretary", results=Mark(1))
    for name in ("police_juror", "substitute"):
        with pytest.raises(NotFound):
            save(session, prize, name, results=Mark(1))
    later = build_prize(session, world.acting(session, "teacher"), Phase.DECIDING, "senare")
    declare_all(session, later)
    with pytest.raises(Conflict, match="the jury is deciding"):
        save(session, later, "juror", results=Mark(1))


def seen(session: Session, prize: Prize, name: str) -> tuple[int, int]:
    """Return how many assessments of the lights the verb and the database show."""
    officer, lights = prize.acting(session, name), prize.cover(session, "lights")
    rows = session.scalar(select(func.count()).select_from(Assessment).where(Assessment.nomination_id == lights.id))
    return len(assessments.handed_in(session, officer, lights)), rows or 0


def test_nobody_sees_anothers_before_handing_in_their_own_and_then_it_is_seen_both_ways(
    session: Session, prize: Prize
) -> None:
    assess(session, prize, "juror", "lights")
    save(session, prize, "county", results=Mark(1))
    assert seen(session, prize, "juror") == (1, 1)  # not the draft of the other
    assert seen(session, prize, "county") == (0, 1)  # nor the other's, while one's own is a draft
    assert seen(session, prize, "secretary") == (0, 0)
    assess(session, prize, "county", "lights")
    assert seen(session, prize, "juror") == seen(session, prize, "county") == (2, 2)
    assert seen(session, prize, "secretary") == (0, 0)  # before the assessing is over
    county, football = prize.acting(session, "county"), prize.cover(session, "football")
    assess(session, prize, "juror", "football")
    county, football = prize.acting(session, "county"), prize.cover(session, "football")
    assert assessments.blind(session, county, football)  # it is asked for each nomination by itself


def test_notes_are_their_writers_alone(session: Session, prize: Prize) -> None:
    juror = prize.acting(session, "juror")
    assessments.take_notes(session, juror, prize.cover(session, "lights"), "Fråga om jämförelsen")
    assessments.take_notes(session, juror, prize.cover(session, "lights"), "Frågat")
    assert assessments.notes(session, juror, prize.cover(session, "lights")) == "Frågat"
    for name in ("chair", "secretary", "county"):
        prize.acting(session, name)
        assert session.scalars(select(Notes)).all() == []


def test_the_spread_of_each_criterion_is_told_and_no_sum(session: Session, prize: Prize) -> None:
    assess_all(session, prize)
    spread = assessments.spread(session, prize.acting(session, "juror"), prize.cover(session, "lights"))
    assert [each.criterion.code for each in spread] == ["innovative", "inspires", "results"]
    assert spread[0].counts == (0, 1, 3, 0)
    assert (spread[0].assessed, spread[0].agree, spread[0].ends, spread[0].abstained) == (4, 3, (2, 3), 0)
