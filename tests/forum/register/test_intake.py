"""What may come into the register, what is refused and why, and what is alike."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from forum.foundation import clock, rights
from forum.foundation.errors import Conflict, Forbidden, ForumError, Invalid, NotFound, Problems
from forum.people import agreements
from forum.register import bulk, deviations, intake
from forum.register.categories import Category
from forum.register.deviations import Deviation, Reason
from tests.builders import CENTRE, SQUARE, World, an_hour_ago, mark, notice

NEXT_CENTURY = datetime(2126, 1, 1, tzinfo=clock.ZONE)
REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "outside the area": ({"lon": 18.2}, "position", "The point lies outside the forum's area."),
    "swapped": ({"lon": CENTRE[1], "lat": CENTRE[0]}, "lon", "The point lies outside the forum's area."),
    "future": ({"occurred_from": NEXT_CENTURY}, "occurred_from", "This time has not come yet."),
    "ends in the future": ({"occurred_to": NEXT_CENTURY}, "occurred_to", "This time has not come yet."),
    "long ago": ({"occurred_from": "1989-12-31T23:59"}, "occurred_from", "This is too long ago for the register."),
    "a date alone": ({"occurred_from": "2023-10-26"}, "occurred_from", "The time of day is missing."),
    "a week alone": ({"occurred_from": "2023-W43-4"}, "occurred_from", "The time of day is missing."),
    "spring": ({"occurred_from": "2026-03-29T02:30"}, "occurred_from",
               "The clock never showed this time, because summer time began."),
    "autumn": ({"occurred_from": "2026-10-25T02:30"}, "occurred_from",
               "The clock showed this time twice, because summer time ended."),
    "ends before": ({"occurred_from": "2023-10-26T18:30", "occurred_to": "2023-10-26T18:29"}, "occurred_to",
                    "It ends before it begins."),
    "too long": ({"occurred_from": "2022-10-26T18:30", "occurred_to": "2023-10-28T18:30"}, "occurred_to",
                 "The interval is too long."),
    "category": ({"category": "ufo"}, "category", "The forum has no category of this code."),
    "accuracy": ({"accuracy_m": 0.9}, "accuracy_m", "The point needs an accuracy in metres."),
    "visibility": ({"visibility": "all"}, "visibility", "There is no such visibility."),
    "question": ({"answers": {"who": "x"}}, "answers.who", "The category asks no such question."),
    "answer": ({"answers": {"lamps": "three"}}, "answers.lamps", "This does not answer the question."),
    "no option": ({"answers": {"dark": "very"}}, "answers.dark", "This does not answer the question."),
    "not a truth": ({"answers": {"used": 1}}, "answers.used", "This does not answer the question."),
    "a truth": ({"answers": {"lamps": True}}, "answers.lamps", "This does not answer the question."),
    "below nothing": ({"answers": {"lamps": -1}}, "answers.lamps", "This does not answer the question."),
    "text": ({"text": "x" * 2001}, "text", "The text is too long."),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_taken_is_refused_by_name_with_a_remedy(session: Session, lasting: World, case: str) -> None:
    changes, field, message = REFUSED[case]
    officer = lasting.acting(session, "officer")
    before = session.scalar(text("SELECT coalesce(max(seq), 0) FROM journal_heads"))
    with pytest.raises(Invalid) as refused:
        mark(session, officer, **changes)
    assert (refused.value.field, refused.value.message) == (field, message)
    assert refused.value.remedy
    assert refused.value.value is not None
    assert session.scalar(select(func.count()).select_from(Deviation)) == 0
    assert session.scalar(text("SELECT coalesce(max(seq), 0) FROM journal_heads")) == before


def test_everything_that_is_wrong_is_said_at_once(session: Session, lasting: World) -> None:
    officer = lasting.acting(session, "officer")
    with pytest.raises(Problems) as refused:
        mark(
            session,
            officer,
            lon="x",
            lat=91,
            accuracy_m=None,
            occurred_from="",
            text="\0",
            visibility="",
            answers={"a": []},
        )
    fields = ["lon", "lat", "accuracy_m", "occurred_from", "text", "visibility", "answers.a"]
    assert [problem.field for problem in refused.value.problems] == fields


def test_an_authority_registers_for_authorities_and_nobody_else_does(session: Session, lasting: World) -> None:
    assert mark(session, lasting.acting(session, "officer"), visibility="authorities").visibility == "authorities"
    landlord, police = lasting.acting(session, "landlord"), lasting.organisations["Polisen"]
    for changes in ({}, {"on_behalf_of": police}):
        with pytest.raises(Invalid) as refused:
            mark(session, landlord, visibility="authorities", **changes)
        assert refused.value.field == "visibility"
    officer = lasting.acting(session, "officer")
    with pytest.raises(Invalid):
        mark(session, officer, visibility="authorities", on_behalf_of=lasting.organisations["Bostadsbolaget"])


def test_who_has_no_agreement_reads_and_does_not_write(
    session: Session, lasting: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    landlord = lasting.acting(session, "landlord")
    monkeypatch.setattr(agreements, "today", lambda: date(2019, 12, 31))
    with pytest.raises(Forbidden) as refused:
        mark(session, landlord)
    assert refused.value.params == {"organisation": "Bostadsbolaget"}
    monkeypatch.setattr(agreements, "today", lambda: date(2020, 1, 1))
    intake.register(session, landlord, client_id=uuid4(), notice=notice())
    teacher = lasting.acting(session, "teacher")
    with pytest.raises(Forbidden):
        mark(session, teacher)


def test_the_boundary_of_today_decides(session: Session, lasting: World) -> None:
    rights.become(session, rights.OPERATOR)
    end = text("UPDATE areas SET valid_to = :today WHERE name = 'Område farsta' RETURNING name")
    name = session.execute(end, {"today": agreements.today()})
    assert name.scalar_one() == "Område farsta"
    officer = lasting.acting(session, "officer")
    with pytest.raises(Invalid) as refused:
        mark(session, officer)
    assert refused.value.field == "position"
    yesterday = agreements.today() - timedelta(days=1)
    intake.register(session, officer, client_id=uuid4(), notice=notice(), today=yesterday)


@pytest.mark.parametrize("corner", [(SQUARE[0], SQUARE[1]), (SQUARE[2], SQUARE[3])])
def test_a_point_on_the_boundary_lies_in_the_area(
    session: Session, lasting: World, corner: tuple[float, float]
) -> None:
    marked = mark(session, lasting.acting(session, "officer"), lon=corner[0], lat=corner[1])
    assert marked.position == corner
    coordinator = lasting.acting(session, "coordinator")
    row = bulk.Row("1", notice(lon=corner[0], lat=corner[1]))
    imported = bulk.register_many(session, coordinator, [row], source="corners")
    assert len(imported.of("added")) == 1


def test_a_phone_may_go_five_minutes_fast(session: Session, lasting: World) -> None:
    officer = lasting.acting(session, "officer")
    mark(session, officer, occurred_from=clock.now() + timedelta(minutes=4))
    with pytest.raises(Invalid):
        mark(session, officer, occurred_from=clock.now() + timedelta(minutes=6))


def test_what_is_registered_for_another_is_theirs_and_says_so(session: Session, lasting: World) -> None:
    walkers = lasting.organisations["Nattvandrarna"]
    officer = lasting.acting(session, "officer")
    marked = mark(session, officer, on_behalf_of=walkers)
    assert (marked.organisation_id, marked.registered_by_id) == (walkers, lasting.organisations["Polisen"])
    assert marked.on_behalf
    assert not mark(session, officer, on_behalf_of=lasting.organisations["Polisen"]).on_behalf
    for refused, changes in ((Invalid, {"visibility": "own"}), (NotFound, {"on_behalf_of": uuid4()})):
        with pytest.raises(refused):
            mark(session, officer, **({"on_behalf_of": walkers} | changes))
    walker = lasting.acting(session, "walker")
    assert intake.amend(session, walker, marked, 1, {"text": "Fem lampor är släckta"}).version == 2
    officer = lasting.acting(session, "officer")
    with pytest.raises(Forbidden):
        intake.amend(session, officer, marked, 2, {"text": "Sex lampor är släckta"})
    assert deviations.undo(session, officer, marked).status == "withdrawn"


# --- the same id again ---------------------------------------------------------------------------------------------


def test_the_same_id_gives_the_same_deviation_also_after_it_was_changed(session: Session, lasting: World) -> None:
    officer, client_id, said = lasting.acting(session, "officer"), uuid4(), notice(occurred_from="2023-10-26T18:30")
    first = intake.register(session, officer, client_id=client_id, notice=said)
    intake.amend(session, officer, first.deviation, 1, {"text": "Fem lampor är släckta"})
    same = notice(occurred_from="2023-10-26T16:30Z", lon=str(CENTRE[0]), text=f" {said.text} ")
    again = intake.register(session, officer, client_id=client_id, notice=same)
    assert (first.created, again.created) == (True, False)
    assert again.deviation.id == first.deviation.id
    assert again.deviation.text == "Fem lampor är släckta"


@pytest.mark.parametrize(
    "change",
    [{"lon": 18.1}, {"accuracy_m": 26}, {"occurred_from": "2023-10-26T18:31"}, {"category": "litter"},
     {"text": "Annat"}, {"visibility": "public"}, {"answers": {"lamps": 1}}, {"occurred_to": "2023-10-26T18:31"}],
)  # fmt: skip
def test_the_same_id_with_another_content_is_refused(session: Session, lasting: World, change: dict[str, Any]) -> None:
    officer, client_id = lasting.acting(session, "officer"), uuid4()
    said = {"occurred_from": "2023-10-26T18:30"}
    intake.register(session, officer, client_id=client_id, notice=notice(**said))
    with pytest.raises(Conflict) as refused:
        intake.register(session, officer, client_id=client_id, notice=notice(**(said | change)))
    assert (refused.value.field, refused.value.value) == ("id", client_id)


def test_an_id_whose_deviation_was_hidden_meanwhile_is_taken_and_tells_nothing(
    session: Session, lasting: World
) -> None:
    officer, client_id = lasting.acting(session, "officer"), uuid4()
    said = notice(on_behalf_of=lasting.organisations["Bostadsbolaget"])
    made = intake.register(session, officer, client_id=client_id, notice=said).deviation
    intake.amend(session, lasting.acting(session, "landlord"), made, 1, {"visibility": "own"})
    officer = lasting.acting(session, "officer")
    for again in (said, notice()):
        with pytest.raises(Conflict) as refused:
            intake.register(session, officer, client_id=client_id, notice=again)
        assert (refused.value.field, refused.value.value) == ("id", client_id)


# --- amending ------------------------------------------------------------------------------------------------------


def amended(session: Session, world: World, person: str, changes: dict[str, Any], **made: Any) -> Deviation:
    marked = mark(session, world.acting(session, "landlord"), **made)
    return intake.amend(session, world.acting(session, person), marked, 1, changes)


def test_only_the_reporters_organisation_widens_who_sees_it(session: Session, lasting: World) -> None:
    assert amended(session, lasting, "landlord", {"visibility": "public"}).visibility == "public"
    assert amended(session, lasting, "coordinator", {"visibility": "forum"}, visibility="public").visibility == "forum"
    for person in ("coordinator", "administrator"):
        with pytest.raises(Forbidden):
            amended(session, lasting, person, {"visibility": "public"})
    with pytest.raises(Invalid):
        amended(session, lasting, "coordinator", {"visibility": "own"})


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"lon": 18.3}, "position"), ({"occurred_from": NEXT_CENTURY}, "occurred_from"),
     ({"category": "ufo"}, "category"), ({"text": "Ring 070-123 45 67"}, "text"),
     ({"answers": {"who": "x"}}, "answers.who")],
)  # fmt: skip
def test_an_amendment_is_held_against_the_same_rules(
    session: Session, lasting: World, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        amended(session, lasting, "landlord", changes)
    assert refused.value.field == field


def test_another_category_begins_without_answers_and_the_same_keeps_them(session: Session, lasting: World) -> None:
    answers = {"answers": {"lamps": 3}}
    assert amended(session, lasting, "landlord", {"category": "litter"}, **answers).answers == {}
    assert amended(session, lasting, "landlord", {"text": "Fem lampor är släckta"}, **answers).answers == {"lamps": 3}


def test_a_new_beginning_without_an_end_is_a_moment_again(session: Session, lasting: World) -> None:
    there = {"occurred_from": "2023-10-26T18:30", "occurred_to": "2023-10-26T20:00"}
    moved = amended(session, lasting, "landlord", {"occurred_from": "2023-10-26T19:00"}, **there)
    assert moved.occurred_from == moved.occurred_to == datetime(2023, 10, 26, 19, tzinfo=clock.ZONE)
    ended = amended(session, lasting, "landlord", {"occurred_to": None}, **there)
    assert ended.occurred_to == ended.occurred_from == datetime(2023, 10, 26, 18, 30, tzinfo=clock.ZONE)


def test_one_of_a_retired_category_is_still_amended_and_found_but_none_is_added(
    session: Session, lasting: World
) -> None:
    marked = mark(session, lasting.acting(session, "landlord"), category="litter.dumped")
    administrator = lasting.acting(session, "administrator")
    session.execute(text("UPDATE categories SET active = false WHERE code = 'litter.dumped'"))
    session.expire_all()
    assert intake.amend(session, administrator, marked, 1, {"text": "En soffa vid soprummet"}).version == 2
    for changes in ({"category": "litter.dumped"}, {"category": "ufo"}):
        with pytest.raises(Invalid):
            mark(session, administrator, **changes)


# --- something alike -----------------------------------------------------------------------------------------------


def alike(session: Session, world: World, **changes: Any) -> list[UUID]:
    landlord = world.acting(session, "landlord")
    asked: dict[str, Any] = {"lon": CENTRE[0], "lat": CENTRE[1], "category": "lighting", "occurred_from": an_hour_ago()}
    asked |= changes
    return [found.id for found in intake.alike(session, landlord, **asked)]


def test_alike_is_within_the_categorys_radius_and_hours(session: Session, lasting: World) -> None:
    marked = mark(session, lasting.acting(session, "officer"), occurred_from=an_hour_ago())
    category = session.scalars(select(Category).where(Category.code == "lighting")).one()
    metre = 1 / 111_412  # of latitude
    near, far = CENTRE[1] + (category.radius_m - 1) * metre, CENTRE[1] + (category.radius_m + 1) * metre
    assert alike(session, lasting, lat=near) == [marked.id]
    assert alike(session, lasting, lat=far) == []
    soon, late = (an_hour_ago() - timedelta(hours=category.hours + more) for more in (-0.5, 0.5))
    assert alike(session, lasting, occurred_from=soon) == [marked.id]
    assert alike(session, lasting, occurred_from=late) == []


def test_alike_is_anything_of_the_same_group_and_nothing_of_another(session: Session, lasting: World) -> None:
    officer = lasting.acting(session, "officer")
    kind = mark(session, officer, category="lighting.lamp_out")
    mark(session, officer, category="litter")
    assert alike(session, lasting) == [kind.id]
    assert alike(session, lasting, category="lighting.missing") == [kind.id]
    assert alike(session, lasting, category="unease") == []


def test_alike_is_live_and_seen_and_the_nearest_first(session: Session, lasting: World) -> None:
    officer = lasting.acting(session, "officer")
    for n in range(7):
        mark(session, officer, lon=CENTRE[0] + n * 1e-4)
    hidden = mark(session, officer, visibility="authorities").id
    gone = mark(session, officer)
    deviations.withdraw(session, officer, gone, reason=Reason.MISTAKE)
    found = alike(session, lasting)
    assert len(found) == intake.ALIKE
    assert not {hidden, gone.id} & set(found)
    lons = [session.get_one(Deviation, each).position[0] for each in found]
    assert lons == sorted(lons)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"occurred_from": datetime(1, 1, 2, tzinfo=clock.ZONE)}, "occurred_from"), ({"category": "ufo"}, "category"),
     ({"occurred_from": datetime(9999, 12, 31, tzinfo=clock.ZONE)}, "occurred_from")],
)  # fmt: skip
def test_a_question_that_has_no_answer_is_refused(
    session: Session, lasting: World, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(ForumError) as refused:
        alike(session, lasting, **changes)
    assert refused.value.field == field
