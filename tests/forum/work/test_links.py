"""A mailed link: its holder answers for one measure as its owner, and neither sees nor does anything else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from shapely import Point
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from forum.foundation import rights
from forum.foundation.audience import Visibility
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from forum.foundation.screening import PersonFound
from forum.people import accounts, contacts, letters, members
from forum.people.agreements import today
from forum.people.policy import Action, may
from forum.register import places, steps
from forum.register.places import Drawn
from forum.work import links, measures
from forum.work.links import Asked, Link
from forum.work.measures import Measure, Status, Step
from forum.work.terms import Terms
from tests.builders import CENTRE, World, mark
from tests.story import tables

OWNER = "Bostadsbolaget"


def decided(session: Session, world: World, owner: str = OWNER, **changes: Any) -> Measure:
    coordinator = world.acting(session, "coordinator")
    seen = changes.get("visibility", Visibility.FORUM)
    place = places.create(session, coordinator, Drawn("Gångvägen", Point(CENTRE), 100, seen))
    terms = replace(Terms("Byt lamporna", world.organisations[owner], today() + timedelta(days=9)), **changes)
    measure = measures.propose(session, coordinator, place, terms)
    return measures.move(session, coordinator, measure, Step.DECIDE)


def written_to(session: Session, world: World, owner: str = OWNER) -> None:
    administrator = world.acting(session, "administrator")
    contacts.put(session, administrator, world.organisations[owner], "Kontakt@Bolaget.example.org")


def asked(session: Session, world: World, measure: Measure) -> str:
    """Return the secret of a link that was just sent."""
    link = links.ask(session, world.acting(session, "coordinator"), measure)
    worker = members.system(session, world.forum_id, world.slug, "")
    made = links.secret_for(session, worker, link.id)
    assert made is not None
    assert made.email == "kontakt@bolaget.example.org"
    return made.secret


@pytest.fixture
def measure(session: Session, world: World) -> Measure:
    written_to(session, world)
    return decided(session, world)


@pytest.fixture
def secret(session: Session, world: World, measure: Measure) -> str:
    return asked(session, world, measure)


def opened(session: Session, secret: str) -> Asked:
    rights.become(session, rights.NOBODY)
    return links.by_secret(session, secret)


def test_the_owner_accepts_and_carries_out_and_every_step_says_how(
    session: Session, world: World, measure: Measure, secret: str
) -> None:
    shown = opened(session, secret)
    assert (shown.measure.title, shown.place, shown.asked_by) == ("Byt lamporna", "Gångvägen", "Stadsdelsförvaltningen")
    assert shown.steps == [Step.ACCEPT, Step.DECLINE]
    links.answer(session, shown, Step.ACCEPT, "")
    again = opened(session, secret)
    assert again.steps == [Step.CARRY_OUT, Step.DECLINE]
    links.answer(session, again, Step.CARRY_OUT, "Sex nya lampor")
    coordinator = world.acting(session, "coordinator")
    after = measures.get(session, coordinator, measure.id)
    assert (after.status, after.done_on) == ("carried_out", today())
    taken = [(s.action, s.organisation_id, s.changes.get("through")) for s in steps.of(session, measure.id)][-2:]
    owner = world.organisations[OWNER]
    assert taken == [("accept", owner, [None, "link"]), ("carry_out", owner, [None, "link"])]
    rights.become(session, rights.Principal(system=world.forum_id))
    noted = session.execute(
        text("SELECT member_id, facts FROM journal WHERE thing_id = :id AND action = 'measure:accept'"),
        {"id": measure.id},
    ).one()
    assert noted.member_id is None
    assert (noted.facts["organisation"], noted.facts["through"]) == (str(owner), "link")


def test_declining_needs_a_reason_that_names_nobody(session: Session, world: World, secret: str) -> None:
    with pytest.raises(Invalid):
        links.answer(session, opened(session, secret), Step.DECLINE, " ")
    with pytest.raises(PersonFound):
        links.answer(session, opened(session, secret), Step.DECLINE, "Ring 19811218-9876")
    measure = links.answer(session, opened(session, secret), Step.DECLINE, "Stolparna är stadens")
    assert Status(measure.status) is Status.DECLINED


@pytest.mark.parametrize("step", [s for s in Step if s not in links.STEPS])
def test_nothing_but_an_answer_is_taken(session: Session, secret: str, step: Step) -> None:
    shown = opened(session, secret)
    with pytest.raises(NotFound):
        links.answer(session, shown, step, "För att")
    with pytest.raises((Forbidden, Conflict)):
        measures.move(session, shown.member, shown.measure, step, reason="För att")


def test_whoever_has_the_link_reaches_that_measure_and_nothing_else(
    session: Session, world: World, superuser: Engine, secret: str
) -> None:
    other = str(decided(session, world).id)
    mark(session, world.acting(session, "landlord"))
    mark(session, world.acting(session, "landlord"), visibility="own")
    asked_for = opened(session, secret).measure.id
    reached = {
        table: session.scalar(text(f"SELECT count(*) FROM {table}"))
        for table in tables(superuser)
        if session.scalar(text("SELECT has_table_privilege(:name, 'SELECT')"), {"name": table})
    }
    assert {table: count for table, count in reached.items() if count} == {
        "measures": 1, "agreements": 1, "journal_heads": 1,
    }  # fmt: skip
    touched: Any = session.execute(text("UPDATE measures SET status = status"))
    assert touched.rowcount == 1
    for question in (
        "UPDATE measures SET status = 'accepted' WHERE id <> :mine",
        "UPDATE deviations SET reply = 'x'",
        "UPDATE contacts SET email = 'x@x.se'",
        "UPDATE measure_links SET ended_at = NULL",
    ):
        done: Any = session.execute(text(question), {"mine": asked_for} if ":mine" in question else {})
        assert done.rowcount == 0, question
    rights.become(session, rights.NOBODY)
    with pytest.raises(NotFound):
        links.by_secret(session, other)


def test_a_new_transaction_asks_again_whether_the_link_holds(session: Session, world: World, secret: str) -> None:
    opened(session, secret)
    rights.become(session, rights.Principal(link=accounts.digest("another")))
    assert session.scalar(text("SELECT count(*) FROM measures")) == 0
    rights.become(session, rights.Principal(link=accounts.digest(secret)))
    assert session.scalar(text("SELECT count(*) FROM measures")) == 1
    rights.become(session, rights.NOBODY)
    assert session.scalar(text("SELECT count(*) FROM measures")) == 0


def take_back(session: Session, world: World, measure: Measure) -> None:
    links.take_back(session, world.acting(session, "coordinator"), measure)


def replace_it(session: Session, world: World, measure: Measure) -> None:
    asked(session, world, measure)


def another_owner(session: Session, world: World, measure: Measure) -> None:
    terms = Terms("Byt lamporna", world.organisations["Polisen"], today())
    measures.amend(session, world.acting(session, "coordinator"), measure, terms)


def narrow(session: Session, world: World, measure: Measure) -> None:
    terms = Terms("Byt lamporna", measure.owner_id, today(), visibility=Visibility.AUTHORITIES)
    measures.amend(session, world.acting(session, "coordinator"), measure, terms)


def narrow_the_place(session: Session, world: World, measure: Measure) -> None:
    coordinator = world.acting(session, "coordinator")
    place = places.get(session, coordinator, measure.place_id)
    drawn = Drawn(place.name, place.shape, place.radius_m, Visibility.AUTHORITIES)
    places.amend(session, coordinator, place, drawn)


@pytest.mark.parametrize("end", [take_back, replace_it, another_owner, narrow, narrow_the_place])
def test_a_link_that_has_ended_is_told_like_one_that_never_was(
    session: Session,
    world: World,
    measure: Measure,
    secret: str,
    end: Callable[[Session, World, Measure], None],
) -> None:
    opened(session, secret)
    end(session, world, measure)
    told = []
    for tried in (secret, "never given out", ""):
        with pytest.raises(NotFound) as refused:
            opened(session, tried)
        told.append(refused.value.say("sv"))
    assert len(set(told)) == 1


def test_a_link_outlives_the_measures_day_by_a_month_and_no_longer(
    session: Session, world: World, measure: Measure
) -> None:
    secret = asked(session, world, measure)
    link = links.current(session, world.acting(session, "coordinator"), measure)
    assert link is not None
    assert link.expires_on == measure.due_on + timedelta(days=30)
    for days, holds in ((0, True), (-1, False)):
        coordinator = world.acting(session, "coordinator")
        links.take_back(session, coordinator, measure)
        to = {"forum_id": measure.forum_id, "measure_id": measure.id, "organisation_id": measure.owner_id}
        old = Link(asked_by_id=coordinator.organisation_id, expires_on=today() + timedelta(days=days), **to)
        old.key = accounts.digest(f"{secret}{days}")
        session.add(old)
        session.flush()
        if holds:
            assert opened(session, f"{secret}{days}").measure.id == measure.id
        else:
            with pytest.raises(NotFound):
                opened(session, f"{secret}{days}")


def test_a_measure_that_was_closed_is_shown_and_takes_no_answer(
    session: Session, world: World, measure: Measure, secret: str
) -> None:
    measures.move(session, world.acting(session, "coordinator"), measure, Step.WAIVE, reason="Gatan byggs om")
    shown = opened(session, secret)
    assert shown.steps == []
    for step in links.STEPS:
        with pytest.raises(Conflict):
            links.answer(session, opened(session, secret), step, "Nu")


@pytest.mark.parametrize("person", ["officer", "landlord", "teacher"])
def test_only_who_leads_the_forum_asks(session: Session, world: World, measure: Measure, person: str) -> None:
    with pytest.raises(Forbidden):
        links.ask(session, world.acting(session, person), measure)
    with pytest.raises(Forbidden):
        contacts.all_of(session, world.acting(session, person))


def test_what_only_authorities_see_is_not_asked_about_by_mail(session: Session, world: World) -> None:
    written_to(session, world)
    hidden = decided(session, world, visibility=Visibility.AUTHORITIES)
    with pytest.raises(Conflict, match="authorities"):
        links.ask(session, world.acting(session, "coordinator"), hidden)


def test_who_has_no_agreement_no_address_or_nothing_to_answer_is_not_asked(session: Session, world: World) -> None:
    coordinator = world.acting(session, "coordinator")
    with pytest.raises(Conflict, match="address"):
        links.ask(session, coordinator, decided(session, world))
    written_to(session, world, "Skolan")
    with pytest.raises(Forbidden, match="agreement"):
        links.ask(session, world.acting(session, "coordinator"), decided(session, world, "Skolan"))
    written_to(session, world)
    measure = decided(session, world)
    measures.move(session, world.acting(session, "coordinator"), measure, Step.WAIVE, reason="Nej")
    with pytest.raises(Conflict, match="waived"):
        links.ask(session, world.acting(session, "coordinator"), measure)


def test_a_link_that_is_not_there_is_not_taken_back(session: Session, world: World, measure: Measure) -> None:
    with pytest.raises(NotFound):
        links.take_back(session, world.acting(session, "coordinator"), measure)


@pytest.mark.parametrize(
    "email", ["no address", "a@b.se\nBcc: c@d.se", "a@b.se, c@d.se", "<a@b.se>", "a@b.se;c@d.se", '"a b"@c.se']
)
def test_an_address_that_would_add_to_a_mails_head_is_refused(session: Session, world: World, email: str) -> None:
    with pytest.raises(Invalid):
        contacts.put(session, world.acting(session, "administrator"), world.organisations[OWNER], email)


def test_a_contact_is_changed_and_taken_away_by_the_administrator_alone(session: Session, world: World) -> None:
    written_to(session, world)
    administrator = world.acting(session, "administrator")
    contacts.put(session, administrator, world.organisations[OWNER], "ny@bolaget.example.org")
    assert contacts.all_of(session, administrator) == {world.organisations[OWNER]: "ny@bolaget.example.org"}
    contacts.put(session, administrator, world.organisations[OWNER], " ")
    assert contacts.all_of(session, administrator) == {}
    with pytest.raises(NotFound):
        contacts.put(session, administrator, world.forum_id, "x@example.org")
    with pytest.raises(Forbidden):
        contacts.put(session, world.acting(session, "coordinator"), world.organisations[OWNER], "x@example.org")


def test_the_secret_stands_nowhere_and_the_letter_holds_no_words(
    session: Session, world: World, measure: Measure, superuser: Engine
) -> None:
    secret = asked(session, world, measure)
    rights.become(session, rights.Principal(system=world.forum_id))
    link = session.scalars(text("SELECT id FROM measure_links WHERE ended_at IS NULL")).one()
    links.write_letter(session, link)
    links.write_letter(session, link)
    assert session.scalar(text("SELECT count(*) FROM letters")) == 1
    for table in ("measure_links", "letters", "journal", "jobs.procrastinate_jobs"):
        words = session.scalar(text(f"SELECT string_agg(t::text, ' ') FROM {table} t")) or ""
        assert secret not in words
        assert "kontakt@" not in words


def test_a_letter_is_taken_once_and_given_up_when_its_worker_was_killed(
    session: Session, world: World, measure: Measure, secret: str
) -> None:
    rights.become(session, rights.Principal(system=world.forum_id))
    link = session.scalars(text("SELECT id FROM measure_links WHERE ended_at IS NULL")).one()
    links.write_letter(session, link)
    letter = session.scalars(text("SELECT id FROM letters")).one()
    assert letters.take(session, letter) is not None
    assert letters.take(session, letter) is None
    status = text("SELECT status FROM letters")
    assert session.scalar(status) == "failed"
    assert letters.take(session, letter) is None


def test_whoever_has_a_link_does_two_things_of_the_policy_table(session: Session, secret: str) -> None:
    shown = opened(session, secret)
    own = measures.owned(shown.measure)
    assert {action for action in Action if may(shown.member, action, own)} == {
        Action.MEASURE_ANSWER,
        Action.MEASURE_CARRY_OUT,
    }
