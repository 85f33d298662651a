"""Adoption: a written picture on a day with its decision, once; and the clock of two years that it starts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from forum.foundation import clock
from forum.foundation.audience import Audience
from forum.foundation.errors import Conflict, Forbidden, Invalid
from forum.people.agreements import today
from forum.work import adoptions, pictures
from forum.work.adoptions import Adoption, State, clock_of
from forum.work.pictures import FrozenPicture
from tests.builders import World

WHERE = "Stadsdelsnämnden, § 14"
DAY = date(2023, 10, 26)


def frozen(session: Session, world: World, audience: str = "forum") -> FrozenPicture:
    """Return a picture that the coordinator has frozen."""
    figures = {"audience": audience, "period": {"first": "2023-07-01", "end": "2023-08-01"}}
    written = {"other": "Mätningen kommer i november.", "analysis": "Mörkret drar."}
    return pictures.freeze(session, world.acting(session, "coordinator"), figures, **written)


def adopted(session: Session, world: World, audience: str = "forum") -> Adoption:
    picture = frozen(session, world, audience)
    coordinator = world.acting(session, "coordinator")
    return adoptions.adopt_picture(session, coordinator, picture, on=today(), reference=WHERE)


@pytest.mark.parametrize(
    ("days", "left", "state"),
    [(0, 730, State.IN_FORCE), (729, 1, State.IN_FORCE), (730, 0, State.LAST_DAY), (731, -1, State.OVERDUE)],
)
def test_on_day_729_it_is_in_force_on_730_it_is_the_last_day_and_on_731_it_is_overdue(
    days: int, left: int, state: State
) -> None:
    shown = clock_of(DAY, DAY + timedelta(days=days))
    assert (shown.days_left, shown.state, shown.last_day) == (left, state, date(2025, 10, 25))
    assert shown.gone == min(days, 730)


def test_a_year_of_366_days_makes_nobody_late() -> None:
    """The last day is never after the same date two years on, whatever leap day lies between."""
    for adopted_on in (date(2023, 3, 1), date(2024, 2, 28), date(2024, 3, 1), date(2022, 12, 28)):
        two_years_on = adopted_on.replace(year=adopted_on.year + 2)
        assert clock_of(adopted_on, adopted_on).last_day <= two_years_on


def test_a_picture_is_adopted_with_its_day_and_its_decision(session: Session, world: World) -> None:
    made = adopted(session, world)
    session.expire_all()
    (found,) = adoptions.all_of(session, world.acting(session, "teacher"))
    assert (found.on_day, found.reference, found.picture_id) == (today(), WHERE, made.picture_id)
    assert found.seal == found.hash
    entry = text("SELECT facts::text, digest FROM journal WHERE action = 'picture:adopt'")
    world.acting(session, "coordinator")
    facts, digest = session.execute(entry).one()
    assert "nämnden" not in facts
    assert bytes(digest) == found.hash


def test_it_is_adopted_once_and_nobody_changes_that(session: Session, world: World) -> None:
    picture = frozen(session, world)
    coordinator = world.acting(session, "coordinator")
    adoptions.adopt_picture(session, coordinator, picture, on=today(), reference=WHERE)
    with pytest.raises(Conflict, match="adopted already"):
        adoptions.adopt_picture(session, coordinator, picture, on=today(), reference="En annan nämnd")
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("UPDATE adoptions SET on_day = on_day - 1"))


def test_what_is_wrong_with_an_adoption_is_told_at_once(session: Session, world: World) -> None:
    picture, coordinator = frozen(session, world), world.acting(session, "coordinator")
    for on, words, fields in (
        (today() + timedelta(days=1), "", ["on", "reference"]),
        (clock.local(picture.frozen_at).date() - timedelta(days=1), WHERE, ["on"]),
        (today(), "x" * 301, ["reference"]),
    ):
        with pytest.raises(Invalid) as refused:
            adoptions.adopt_picture(session, coordinator, picture, on=on, reference=words)
        assert [problem.field for problem in refused.value.problems] == fields


def test_what_a_meeting_kept_has_not_the_three_parts(session: Session, world: World) -> None:
    picture, coordinator = frozen(session, world), world.acting(session, "coordinator")
    kept = FrozenPicture(id=picture.id, meeting_id=picture.id, audience="forum", frozen_at=picture.frozen_at)
    with pytest.raises(Conflict) as refused:
        adoptions.adopt_picture(session, coordinator, kept, on=today(), reference=WHERE)
    assert "tre delar" in refused.value.say("sv")


def test_who_leads_adopts_and_who_is_among_the_audience_sees_it(session: Session, world: World) -> None:
    picture = frozen(session, world)
    for person in ("officer", "landlord", "teacher"):
        with pytest.raises(Forbidden):
            adoptions.adopt_picture(session, world.acting(session, person), picture, on=today(), reference=WHERE)
    restricted = adopted(session, world, "authorities").id
    assert [each.id for each in adoptions.all_of(session, world.acting(session, "officer"))] == [restricted]
    assert adoptions.all_of(session, world.acting(session, "landlord")) == []


def test_what_is_adopted_later_takes_the_place_of_what_was_before_and_of_nothing_else() -> None:
    def made(name: str, day: int, **of: str) -> Adoption:
        return Adoption(reference=name, audience=of.pop("audience", "forum"), on_day=date(2023, 10, day), **of)

    listed = [made("new", 20, picture_id="b"), made("old", 10, picture_id="a"), made("plan", 5, plan_id="p"),
              made("theirs", 1, picture_id="c", audience="authorities")]  # fmt: skip
    for day, picture, plan in ((25, "new", "plan"), (19, "old", "plan"), (5, None, "plan"), (4, None, None)):
        found = adoptions.in_force(listed, Audience.FORUM, date(2023, 10, day))
        names = [each.reference if each else None for each in (found.picture, found.plan)]
        assert names == [picture, plan]
        assert [name for name, shown in found.clocks.items() if shown] == [
            name for name, each in (("picture", picture), ("plan", plan)) if each
        ]
