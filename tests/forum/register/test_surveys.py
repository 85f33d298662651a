"""Figures from outside: sums with their source, by area and year; the same again is known, and none is ever changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from forum.foundation.errors import Forbidden
from forum.people import members
from forum.people.agreements import today
from forum.register import surveys
from forum.register.surveys import Figure, Kind
from tests.builders import World

SHARE = Figure(Kind.PERCEIVED, "Mätningen", "Staden", "Otrygg ute sent", "Område farsta", 2023, 0.31, 240)
COUNT = Figure(Kind.REPORTED, "Anmälda brott", "Myndigheten", "Misshandel", "farsta", 2023, count=41, population=9000)


def outcomes(session: Session, world: World, *figures: Figure, person: str = "coordinator") -> list[str]:
    return [each.outcome for each in surveys.take(session, world.acting(session, person), figures)]


def test_figures_are_added_once_under_the_name_of_their_area(session: Session, world: World) -> None:
    assert outcomes(session, world, SHARE, COUNT, SHARE) == ["added", "added", "known"]
    assert outcomes(session, world, COUNT, SHARE) == ["known", "known"]
    found = surveys.all_of(session, world.acting(session, "teacher"))
    assert [(each.area, each.kind, each.share, each.count) for each in found] == [
        ("Område farsta", "reported", None, 41), ("Område farsta", "perceived", 0.31, None),
    ]  # fmt: skip
    assert [each.kind for each in surveys.all_of(session, world.acting(session, "teacher"), Kind.REPORTED)] == [
        "reported"
    ]


def test_another_figure_for_the_same_thing_is_refused_and_a_corrected_edition_is_not(
    session: Session, world: World
) -> None:
    corrected = replace(SHARE, share=0.29)
    edition = replace(corrected, source="Mätningen, rättad")
    assert outcomes(session, world, SHARE, corrected, edition) == ["added", "refused", "added"]
    assert outcomes(session, world, corrected, edition) == ["refused", "known"]


@pytest.mark.parametrize(
    ("figure", "changes", "fields"),
    [
        (SHARE, {"area": "Rinkeby"}, ["area"]),
        (SHARE, {"year": 1900}, ["year"]),
        (SHARE, {"year": today().year + 1}, ["year"]),
        (SHARE, {"share": 31}, ["share"]),
        (SHARE, {"share": float("nan")}, ["share"]),
        (SHARE, {"share": None, "respondents": None}, ["share", "respondents"]),
        (SHARE, {"respondents": 0}, ["respondents"]),
        (SHARE, {"low": 0.4, "high": 0.5}, ["low"]),
        (SHARE, {"low": 0.2}, ["low"]),
        (SHARE, {"count": 3}, ["count"]),
        (SHARE, {"topic": " "}, ["topic"]),
        (COUNT, {"count": -1}, ["count"]),
        (COUNT, {"count": None}, ["count"]),
        (COUNT, {"population": 0}, ["population"]),
        (COUNT, {"share": 0.1}, ["share"]),
    ],
)
def test_what_is_no_figure_is_refused_by_its_field(
    session: Session, world: World, figure: Figure, changes: dict[str, Any], fields: list[str]
) -> None:
    member = world.acting(session, "coordinator")
    (settled,) = surveys.take(session, member, [replace(figure, **changes)])
    assert (settled.outcome, [problem.field for problem in settled.problems]) == ("refused", fields)
    assert all(problem.remedy for problem in settled.problems)
    assert surveys.all_of(session, member) == []


def test_an_area_that_is_not_there_is_told_with_those_that_are(session: Session, world: World) -> None:
    (settled,) = surveys.take(session, world.acting(session, "coordinator"), [replace(SHARE, area="X")])
    assert "Område farsta" in settled.problems[0].say("sv")


def test_few_answers_make_a_share_uncertain(session: Session, world: World) -> None:
    outcomes(session, world, replace(SHARE, respondents=29), replace(SHARE, year=2022, respondents=30), COUNT)
    found = surveys.all_of(session, world.acting(session, "teacher"))
    assert {each.respondents: each.uncertain for each in found} == {29: True, 30: False, None: False}


def test_who_leads_and_the_forums_own_work_bring_them_in_and_nobody_changes_one(session: Session, world: World) -> None:
    for person in ("officer", "teacher"):
        with pytest.raises(Forbidden):
            outcomes(session, world, SHARE, person=person)
    worker = members.system(session, world.forum_id, world.slug, "Forum")
    assert [each.outcome for each in surveys.take(session, worker, [SHARE])] == ["added"]
    world.acting(session, "administrator")
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("UPDATE surveys SET share = 0"))
