"""Editions of the prize: their days decide to the second, and what they say stands once they are opened."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from forum.foundation import clock, rights
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from forum.people import accounts
from forum.people.policy import Role
from forum.prize import editions, jury
from forum.prize.criteria import standard_criteria
from forum.prize.editions import Edition, Phase
from tests.builders import World
from tests.prizes import Prize, build_prize, days_of

SECOND = timedelta(seconds=1)
OF_2023: dict[str, Any] = {
    "name": "Trygghetspriset 2023",
    "theme": "Stärkt samverkan för ökad trygghet",
    "sum_kr": 50_000,
    "opens_on": date(2023, 6, 1),
    "closes_on": date(2023, 9, 1),
    "assess_from": date(2023, 9, 18),
    "assess_until": date(2023, 10, 8),
    "ceremony_at": clock.to_utc("2023-10-26T09:00", "ceremony_at"),
}


def drafted(session: Session, **changes: Any) -> tuple[Edition, jury.Officer]:
    """Return a draft and its secretary, for whom the session acts."""
    rights.become(session, rights.OPERATOR)
    edition = editions.create(session, slug="stockholm-2023", year=2023, **(OF_2023 | changes))
    account = accounts.account_of(session, email="secretary@example.org")
    jury.found(session, edition, account, office=Role.SECRETARY, organisation="Socialförvaltningen")
    secretary, edition = jury.acting(session, account, "stockholm-2023")
    return edition, secretary


@pytest.mark.parametrize(
    ("moment", "before", "after"),
    [
        ("2023-06-01T00:00", Phase.PLANNED, Phase.OPEN),
        ("2023-09-02T00:00", Phase.OPEN, Phase.PREPARING),  # to and including 1 September ends at 23.59.59
        ("2023-09-18T00:00", Phase.PREPARING, Phase.ASSESSING),
        ("2023-10-09T00:00", Phase.ASSESSING, Phase.DECIDING),
        ("2023-10-26T09:00", Phase.DECIDING, Phase.ANNOUNCED),
    ],
)
def test_each_phase_begins_at_the_very_second_of_the_swedish_clock(
    session: Session, moment: str, before: Phase, after: Phase
) -> None:
    edition, _ = drafted(session)
    turn = clock.to_utc(moment, "moment")
    assert (editions.phase_at(edition, turn - SECOND), editions.phase_at(edition, turn)) == (before, after)


@pytest.mark.parametrize(
    ("last", "closing"), [("2026-03-29", "2026-03-29T22:00+00:00"), ("2026-10-25", "2026-10-25T23:00+00:00")]
)
def test_the_day_on_which_the_clock_changes_is_a_whole_day_too(session: Session, last: str, closing: str) -> None:
    day = date.fromisoformat(last)
    after = {"assess_from": day + timedelta(9), "assess_until": day + timedelta(19)}
    ceremony = clock.midnight(day + timedelta(40))
    edition, _ = drafted(session, opens_on=date(2026, 1, 7), closes_on=day, ceremony_at=ceremony, **after)
    assert edition.closing.isoformat(timespec="minutes") == closing
    assert editions.phase_at(edition, edition.closing - SECOND) is Phase.OPEN
    assert editions.phase_at(edition, edition.closing) is Phase.PREPARING


def test_the_days_come_in_their_order_and_every_one_that_does_not_is_named(session: Session) -> None:
    wrong = {"closes_on": date(2023, 5, 31), "assess_from": date(2023, 5, 31), "assess_until": date(2023, 10, 26)}
    with pytest.raises(Invalid) as refused:
        drafted(session, sum_kr=-1, **wrong)
    assert {problem.field for problem in refused.value.problems} == {
        "sum_kr", "closes_on", "assess_from", "ceremony_at",
    }  # fmt: skip
    for slug, year in (("metoder", 2030), ("A", 2030), ("ny", 1999)):
        with pytest.raises(Invalid):
            editions.create(session, slug=slug, year=year, **days_of(Phase.OPEN) | {"name": "Priset"})


def test_a_draft_is_seen_by_its_own_and_changed_in_what_is_given(session: Session) -> None:
    edition, secretary = drafted(session)
    editions.change(session, secretary, edition, **OF_2023 | {"sum_kr": 60_000})
    own = [{"code": "own", "must": True, "sv": "Eget ord", "en": "Own word"}, *edition.criteria]
    editions.change(session, secretary, edition, **OF_2023 | {"criteria": own})
    editions.change(session, secretary, edition, **OF_2023)
    assert [each.code for each in edition.must] == ["own", "together", "develops"]
    assert edition.considered[0].levels[0].name("en") == "Is done in many places already"
    rights.become(session, rights.NOBODY)
    with pytest.raises(NotFound):
        editions.by_slug(session, "stockholm-2023")


@pytest.mark.parametrize(
    "rows",
    [
        "text",
        [{"must": True, "sv": "Ord", "en": "Words"}],
        [{"code": "a", "must": True, "sv": "Ord"}],
        [{"code": "a", "must": False, "sv": "Ord", "en": "Words", "levels": "high"}],
        [{"code": "a", "must": False, "sv": "Ord", "en": "Words", "levels": [{"sv": "Låg"}]}],
        [{"code": "a", "must": False, "sv": "Ord", "en": "Words", "weight": "heavy"}],
        [{"code": "a", "must": True, "sv": "Ord", "en": "Words"}] * 2,
        [{"code": "a", "must": True, "sv": "Ring 070-123 45 67", "en": "Words"}],
    ],
)
def test_criteria_that_do_not_hold_together_or_name_somebody_are_refused(session: Session, rows: Any) -> None:
    with pytest.raises(Invalid) as refused:
        drafted(session, criteria=rows)
    assert refused.value.problems[0].field == "criteria"


@pytest.mark.parametrize(
    "lacking", [{"theme": " "}, {"criteria": []}, {"criteria": [{"code": "a", "must": False, "sv": "b", "en": "b"}]}]
)
def test_an_incomplete_edition_does_not_open(session: Session, lacking: dict[str, Any]) -> None:
    edition, secretary = drafted(session, **lacking)
    with pytest.raises(Invalid):
        editions.open_(session, secretary, edition)
    assert edition.opened_at is None


def test_a_considered_criterion_without_levels_keeps_the_edition_from_opening(session: Session) -> None:
    row = {"code": "a", "must": False, "sv": "b", "en": "b"}
    edition, secretary = drafted(session, criteria=[*standard_criteria(), row])
    with pytest.raises(Invalid, match="two described levels"):
        editions.open_(session, secretary, edition)


@pytest.fixture
def prize(session: Session, world: World) -> Prize:
    return build_prize(session, world.acting(session, "teacher"), Phase.OPEN)


def test_the_rules_stand_once_an_edition_is_opened(session: Session, prize: Prize) -> None:
    secretary, edition = prize.acting(session, "secretary"), prize.edition(session)
    assert edition.rules == edition.rules_hash
    facts = OF_2023 | days_of(Phase.OPEN)
    with pytest.raises(Conflict, match="rules stand"):
        editions.change(session, secretary, edition, **facts | {"quorum": 1})
    with pytest.raises(Conflict, match="rules stand"):
        editions.open_(session, secretary, edition)
    for column, value in (("quorum", "1"), ("closes_on", "'2030-01-01'"), ("criteria", "'[]'"), ("name", "'x'")):
        with pytest.raises(IntegrityError, match="the rules of an opened edition stand"), session.begin_nested():
            session.execute(text(f"UPDATE editions SET {column} = {value} WHERE slug = 'staden'"))


def test_who_does_not_lead_an_edition_neither_prepares_nor_opens_it(session: Session, prize: Prize) -> None:
    with pytest.raises(Forbidden):
        editions.open_(session, prize.acting(session, "juror"), prize.edition(session))
    with pytest.raises(Forbidden):
        editions.change(session, prize.acting(session, "chair"), prize.edition(session), **OF_2023)


def test_what_belongs_to_another_phase_is_refused_and_the_jury_s_own_work_while_it_stands_still(
    session: Session, prize: Prize
) -> None:
    secretary, edition = prize.acting(session, "secretary"), prize.edition(session)
    editions.require_phase(edition, Phase.OPEN)
    with pytest.raises(Conflict, match="cannot be done now"):
        editions.require_phase(edition, Phase.ASSESSING)
    editions.stop(session, secretary, edition, "Juryn är för liten")
    editions.require_phase(edition, Phase.OPEN)  # the jury stands still, not those who nominate
    with pytest.raises(Conflict, match="stands still"):
        editions.require_quorate(edition, Phase.OPEN)
    editions.go_on(session, secretary, edition)
    editions.require_quorate(edition, Phase.OPEN)


def test_an_edition_that_nobody_has_opened_takes_nothing_whatever_its_days(session: Session) -> None:
    edition, _ = drafted(session, **days_of(Phase.OPEN))
    assert edition.phase is Phase.OPEN
    with pytest.raises(Conflict, match="has not been opened"):
        editions.require_phase(edition, Phase.OPEN)
