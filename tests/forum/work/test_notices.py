"""Notices: who is told of which step, what is read, and that nobody is told of what they may not see (any more)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from shapely import Point
from sqlalchemy import text
from sqlalchemy.orm import Session

from forum.foundation import clock, rights
from forum.foundation.audience import Audience, Visibility
from forum.foundation.errors import NotFound
from forum.people import audiences, contacts, members, subscriptions
from forum.people.agreements import today
from forum.people.members import Member
from forum.people.subscriptions import Topic
from forum.register import places
from forum.register.deviations import Deviation
from forum.register.places import Drawn
from forum.work import links, measures, news, notices, reopening
from forum.work.measures import Measure, Step
from forum.work.notices import Kind
from forum.work.terms import Terms
from tests.builders import CENTRE, PEOPLE, World, mark

OWNER = "Bostadsbolaget"


def proposed(
    session: Session,
    world: World,
    *,
    by: str = "coordinator",
    due: date | None = None,
    answers: Sequence[Deviation] = (),
    seen: Visibility = Visibility.FORUM,
) -> Measure:
    place = places.create(session, world.acting(session, "coordinator"), Drawn("Gångvägen", Point(CENTRE), 100, seen))
    terms = Terms("Byt lamporna", world.organisations[OWNER], due or today() + timedelta(days=9), visibility=seen)
    return measures.propose(session, world.acting(session, by), place, terms, answers=answers)


def go(session: Session, world: World, measure: Measure, person: str, *steps: Step) -> Measure:
    for step in steps:
        measures.move(session, world.acting(session, person), measure, step, reason="Så blev det")
    return measure


def told(session: Session, world: World, kind: Kind) -> set[str]:
    """Return the people who are told of something of this kind and have not read it."""
    found = set()
    for person in PEOPLE:
        listed = news.all_of(session, world.acting(session, person))
        found |= {person for each in listed if each.notice.kind == kind and not each.read}
    return found


def test_an_owner_is_told_of_what_was_decided_for_them(session: Session, world: World) -> None:
    measure = go(session, world, proposed(session, world), "coordinator", Step.DECIDE)
    assert told(session, world, Kind.ASSIGNED) == {"landlord"}
    landlord = world.acting(session, "landlord")
    (only,) = news.all_of(session, landlord)
    assert (only.measure, only.place.name, only.read) == (
        measures.get(session, landlord, measure.id),
        "Gångvägen",
        False,
    )
    assert news.unread(session, landlord) == 1
    news.mark_read(session, landlord, [only])
    assert news.unread(session, landlord) == 0
    assert news.get(session, landlord, only.notice.id).read


def test_a_new_owner_is_told_and_a_change_of_words_tells_nobody(session: Session, world: World) -> None:
    measure = go(session, world, proposed(session, world), "coordinator", Step.DECIDE)
    coordinator = world.acting(session, "coordinator")
    measures.amend(session, coordinator, measure, Terms("Byt alla lampor", measure.owner_id, measure.due_on))
    assert told(session, world, Kind.ASSIGNED) == {"landlord"}
    police = world.organisations["Polisen"]
    measures.amend(session, world.acting(session, "coordinator"), measure, Terms("Byt lampor", police, measure.due_on))
    assert told(session, world, Kind.ASSIGNED) == {"landlord", "officer"}


def test_declining_is_told_to_who_proposed_and_who_leads(session: Session, world: World) -> None:
    measure = go(session, world, proposed(session, world, by="walker"), "coordinator", Step.DECIDE)
    go(session, world, measure, "landlord", Step.DECLINE)
    assert told(session, world, Kind.DECLINED) == {"walker", "coordinator", "administrator"}


@pytest.mark.parametrize(("step", "kind"), [(Step.HAND_OVER, Kind.HANDED_OVER), (Step.REOPEN, Kind.REOPENED)])
def test_handing_over_and_reopening_are_told_to_all_concerned_but_to_who_did_it(
    session: Session, world: World, step: Step, kind: Kind
) -> None:
    deviation = mark(session, world.acting(session, "officer"))
    measure = proposed(session, world, by="walker", answers=[deviation])
    before = (Step.DECIDE, Step.WAIVE) if step is Step.REOPEN else (Step.DECIDE,)
    go(session, world, measure, "coordinator", *before, step)
    assert told(session, world, kind) == {"landlord", "walker", "officer", "administrator"}


def test_a_place_that_is_taken_up_again_is_told_to_all_who_had_to_do_with_its_measures(
    session: Session, world: World
) -> None:
    deviation = mark(session, world.acting(session, "officer"))
    measure = proposed(session, world, by="walker", answers=[deviation])
    coordinator = world.acting(session, "coordinator")
    place = places.get(session, coordinator, measure.place_id)
    places.close(session, coordinator, place, reason="Lugnt sedan i mars")
    reopening.reopen(session, coordinator, place, reason="Det är mörkt igen")
    assert told(session, world, Kind.REOPENED) == {"landlord", "walker", "officer", "administrator"}
    (only,) = news.all_of(session, world.acting(session, "officer"))
    assert (only.measure, only.place.name) == (None, "Gångvägen")


def test_who_may_not_see_it_is_not_told_though_it_concerns_them(session: Session, world: World) -> None:
    measure = proposed(session, world, by="officer", seen=Visibility.AUTHORITIES)
    go(session, world, measure, "coordinator", Step.DECIDE, Step.WAIVE, Step.REOPEN)
    assert told(session, world, Kind.ASSIGNED) == set()
    assert told(session, world, Kind.REOPENED) == {"officer", "administrator"}
    assert news.unread(session, world.acting(session, "landlord")) == 0
    officer = world.acting(session, "officer")
    hidden = news.all_of(session, officer)[0].notice.id
    for audience, seen in ((Audience.AUTHORITIES, 1), (Audience.FORUM, 0)):
        with audiences.narrowed(session, audience):
            assert len(news.all_of(session, officer)) == seen
            assert news.unread(session, officer) == seen
    with pytest.raises(NotFound):
        news.get(session, world.acting(session, "landlord"), hidden)


def narrow_the_measure(session: Session, coordinator: Member, measure: Measure) -> None:
    terms = Terms("Byt lamporna", measure.owner_id, measure.due_on, visibility=Visibility.AUTHORITIES)
    measures.amend(session, coordinator, measure, terms)


def narrow_the_place(session: Session, coordinator: Member, measure: Measure) -> None:
    place = places.get(session, coordinator, measure.place_id)
    drawn = Drawn(place.name, place.shape, place.radius_m, Visibility.AUTHORITIES)
    places.amend(session, coordinator, place, drawn)


@pytest.mark.parametrize("narrow", [narrow_the_measure, narrow_the_place])
def test_what_is_narrowed_afterwards_is_told_no_more(session: Session, world: World, narrow: object) -> None:
    measure = go(session, world, proposed(session, world), "coordinator", Step.DECIDE)
    assert news.unread(session, world.acting(session, "landlord")) == 1
    assert callable(narrow)
    narrow(session, world.acting(session, "coordinator"), measure)
    landlord = world.acting(session, "landlord")
    assert news.all_of(session, landlord) == []
    assert news.unread(session, landlord) == 0
    assert session.scalar(text("SELECT count(*) FROM notices")) == 0


def test_an_answer_by_a_link_is_told_like_any(session: Session, world: World) -> None:
    measure = go(session, world, proposed(session, world, by="walker"), "coordinator", Step.DECIDE)
    contacts.put(session, world.acting(session, "administrator"), measure.owner_id, "kontakt@bolaget.example.org")
    link = links.ask(session, world.acting(session, "coordinator"), measure)
    made = links.secret_for(session, members.system(session, world.forum_id, world.slug, ""), link.id)
    assert made is not None
    rights.become(session, rights.NOBODY)
    links.answer(session, links.by_secret(session, made.secret), Step.DECLINE, "Stolparna är stadens")
    assert told(session, world, Kind.DECLINED) == {"walker", "coordinator", "administrator"}


def test_a_day_that_has_passed_is_told_once_and_another_day_again(session: Session, world: World) -> None:
    late = go(session, world, proposed(session, world, due=today() - timedelta(days=1)), "coordinator", Step.DECIDE)
    go(session, world, proposed(session, world, due=today()), "coordinator", Step.DECIDE)
    proposed(session, world, due=today() - timedelta(days=1))

    def look() -> None:
        news.note_overdue(session, members.system(session, world.forum_id, world.slug, ""))

    look()
    look()
    assert told(session, world, Kind.OVERDUE) == {"landlord", "coordinator", "administrator"}
    overdue = [n for n in news.all_of(session, world.acting(session, "landlord")) if n.notice.kind == Kind.OVERDUE]
    assert [n.notice.due_on for n in overdue] == [today() - timedelta(days=1)]
    terms = Terms("Byt lamporna", late.owner_id, today() - timedelta(days=2))
    measures.amend(session, world.acting(session, "coordinator"), late, terms)
    look()
    overdue = [n for n in news.all_of(session, world.acting(session, "landlord")) if n.notice.kind == Kind.OVERDUE]
    assert len(overdue) == 2


def recipients(session: Session, world: World, kind: Kind) -> set[str]:
    """Return who is written to about the notices of this kind."""
    rights.become(session, rights.Principal(system=world.forum_id))
    for notice in session.scalars(text("SELECT id FROM notices WHERE kind = :kind"), {"kind": kind}).all():
        news.write_letters(session, notice)
        news.write_letters(session, notice)
    names = {member: person for person, member in world.members.items()}
    found = session.scalars(text("SELECT member_id FROM letters")).all()
    assert len(found) == len(set(found))
    return {names[member] for member in found}


def test_those_who_write_are_written_to_once_unless_they_declined_or_did_it(session: Session, world: World) -> None:
    deviation = mark(session, world.acting(session, "officer"), on_behalf_of=world.organisations["Skolan"])
    measure = proposed(session, world, by="walker", answers=[deviation])
    subscriptions.choose(session, world.acting(session, "walker"), {Topic.NOTICES: False, Topic.DIGEST: True})
    go(session, world, measure, "coordinator", Step.DECIDE, Step.WAIVE, Step.REOPEN)
    assert told(session, world, Kind.REOPENED) == {"landlord", "walker", "teacher", "administrator"}
    members.end(session, world.acting(session, "administrator"), world.members["landlord"])
    assert recipients(session, world, Kind.REOPENED) == {"administrator"}


def test_what_a_member_wants_by_mail_is_theirs_to_choose(session: Session, world: World) -> None:
    walker = world.acting(session, "walker")
    assert subscriptions.of(session, walker) == {Topic.NOTICES: True, Topic.DIGEST: True}
    subscriptions.choose(session, walker, {Topic.NOTICES: True, Topic.DIGEST: False})
    assert subscriptions.of(session, walker) == {Topic.NOTICES: True, Topic.DIGEST: False}
    assert subscriptions.of(session, world.acting(session, "landlord"))[Topic.DIGEST]
    members.system(session, world.forum_id, world.slug, "")
    assert walker.id is not None
    subscriptions.decline(session, world.forum_id, walker.id, Topic.NOTICES)
    assert subscriptions.of(session, world.acting(session, "walker")) == {Topic.NOTICES: False, Topic.DIGEST: False}


def test_nobody_reads_for_the_forums_own_work(session: Session, world: World) -> None:
    go(session, world, proposed(session, world), "coordinator", Step.DECIDE)
    worker = members.system(session, world.forum_id, world.slug, "")
    notices.mark_read(session, worker, session.scalars(text("SELECT id FROM notices")).all())
    readers = session.scalars(text("SELECT member_id FROM notice_reads")).all()
    assert readers == [world.members["coordinator"]]


def test_what_was_told_long_ago_stands_on_the_page_and_is_counted_on_no_other(
    session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    go(session, world, proposed(session, world), "coordinator", Step.DECIDE)
    landlord = world.acting(session, "landlord")
    assert news.unread(session, landlord) == 1
    later = clock.now() + news.RECENT + timedelta(minutes=1)
    monkeypatch.setattr("forum.work.news.clock.now", lambda: later)
    assert news.unread(session, landlord) == 0
    assert [each.read for each in news.all_of(session, landlord)] == [False]
