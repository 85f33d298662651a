"""The cycle of meetings: the days that follow from a rule, and at which hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from forum.foundation.errors import Forbidden, Invalid, NotFound, Problems
from forum.work import cycles
from forum.work.cycles import Every, Rule
from tests.builders import World

THIRD_WEDNESDAY = Rule(Every.MONTH, weekday=3, week=3)


def test_every_third_wednesday_of_a_year() -> None:
    found = cycles.days(THIRD_WEDNESDAY, date(2023, 8, 31), 5)
    assert found == [date(2023, 9, 20), date(2023, 10, 18), date(2023, 11, 15), date(2023, 12, 20), date(2024, 1, 17)]


def test_a_monthly_meeting_on_a_holiday_is_held_a_week_later() -> None:
    first_thursday = replace(THIRD_WEDNESDAY, weekday=4, week=1)
    assert cycles.days(first_thursday, date(2024, 5, 31), 1) == [date(2024, 6, 13)]  # the sixth is the national day
    last_tuesday = replace(THIRD_WEDNESDAY, weekday=2, week=cycles.LAST_WEEK)
    assert cycles.days(last_tuesday, date(2024, 11, 30), 2) == [date(2025, 1, 7), date(2025, 1, 28)]  # New Year's Eve


def test_a_weekly_meeting_on_a_holiday_is_left_out() -> None:
    mondays = Rule(Every.WEEK, weekday=1)
    assert cycles.days(mondays, date(2024, 3, 20), 2) == [date(2024, 3, 25), date(2024, 4, 8)]  # Easter Monday


def test_fortnights_are_counted_from_the_first_day() -> None:
    tuesdays = Rule(Every.FORTNIGHT, weekday=2, first_day=date(2023, 1, 2))
    even = cycles.days(tuesdays, date(2023, 9, 1), 3)
    assert even == [date(2023, 9, 12), date(2023, 9, 26), date(2023, 10, 10)]
    odd = cycles.days(replace(tuesdays, first_day=date(2023, 1, 9)), date(2023, 9, 1), 2)
    assert odd == [date(2023, 9, 5), date(2023, 9, 19)]


@pytest.mark.parametrize("rule", [THIRD_WEDNESDAY, Rule(Every.WEEK, weekday=2), Rule(Every.FORTNIGHT, weekday=5)])
def test_the_clock_on_the_wall_shows_the_same_hour_all_year(rule: Rule) -> None:
    found = cycles.moments(replace(rule, at=time(9, 30)), date(2023, 1, 1), 80)
    assert {moment.hour for moment in found} == {7, 8}  # UTC: summer and standard time
    changed = cycles.moments(Rule(Every.WEEK, weekday=2), date(2023, 10, 23), 2)
    assert changed == [datetime(2023, 10, 24, 7, tzinfo=UTC), datetime(2023, 10, 31, 8, tzinfo=UTC)]


def test_days_are_in_order_and_none_comes_twice() -> None:
    last_friday = replace(THIRD_WEDNESDAY, weekday=5, week=cycles.LAST_WEEK)
    found = cycles.days(last_friday, date(2020, 1, 1), 120)
    assert found == sorted(set(found))
    assert not any(cycles.is_holiday(day) for day in found)


def test_the_rule_is_set_by_who_leads_and_read_by_all(session: Session, world: World) -> None:
    chair = world.organisations["Stadsdelsförvaltningen"]
    cycles.set_rule(session, world.acting(session, "coordinator"), replace(THIRD_WEDNESDAY, chair_id=chair))
    again = Rule(Every.WEEK, weekday=2, minutes=30, location="Folkets hus", chair_id=chair)
    cycles.set_rule(session, world.acting(session, "coordinator"), again)
    kept = cycles.of_forum(session, world.acting(session, "teacher"))
    assert kept is not None
    assert (kept.every, kept.weekday, kept.minutes, kept.location) == ("week", 2, 30, "Folkets hus")
    assert cycles.days(kept, date(2023, 9, 1), 1) == [date(2023, 9, 5)]
    with pytest.raises(Forbidden):
        cycles.set_rule(session, world.acting(session, "officer"), again)


def test_a_rule_that_cannot_be_names_all_that_is_wrong_at_once(session: Session, world: World) -> None:
    coordinator = world.acting(session, "coordinator")
    with pytest.raises(Problems) as refused:
        cycles.set_rule(session, coordinator, Rule(weekday=8, week=0, minutes=5))
    assert [problem.field for problem in refused.value.problems] == ["weekday", "week", "minutes", "chair"]
    with pytest.raises(NotFound) as unknown:
        cycles.set_rule(session, coordinator, Rule(chair_id=uuid4()))
    assert unknown.value.field == "chair"
    with pytest.raises(Invalid):
        cycles.set_rule(session, coordinator, Rule(chair_id=world.organisations["Polisen"], location="x" * 200))
    assert cycles.of_forum(session, coordinator) is None
