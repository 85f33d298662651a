"""A nomination: written by anybody, sent in once and in time, sealed, and never told of before it opens."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from forum.foundation import clock, rights
from forum.foundation.audit import verify as verify_chain
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound, Stale, TooMany
from forum.people import members
from forum.people.policy import Role
from forum.prize import (
    contents,
    editions,
    evidence,
    extracts,
    jury,
    letters,
    nominations,
    nominators,
    packs,
    seals,
    sending,
    ties,
)
from forum.prize.contents import PARTS
from forum.prize.editions import Edition, Phase
from forum.prize.letters import Addressed, PrizeLetter
from forum.prize.nominations import Nomination, Opened, Status
from forum.prize.ties import Grade, Tie
from tests.builders import World
from tests.prizes import Prize, begin_draft, build_prize, days_of, declare_all, write_content

ALL = dict.fromkeys(PARTS, "Vi släckte och tände tillsammans")
NAMED = ["Staden > Stadsdelen", "Bostadsbolaget"]
EMAIL = "nagon@example.org"


@pytest.fixture
def prize(session: Session, world: World) -> Prize:
    return build_prize(session, world.acting(session, "teacher"), Phase.OPEN)


def by_member(session: Session, world: World, prize: Prize, title: str = "Nytt ljus") -> tuple[Nomination, Edition]:
    member = world.acting(session, "officer")
    edition = prize.edition(session)
    nomination = nominations.begin(session, member, edition)
    contents.write(session, nomination, edition, ALL)
    nominations.entitle(session, nomination, title=title, organisations=NAMED)
    return nomination, edition


def past_the_verb(session: Session, row: object) -> None:
    """Show that the database refuses what a forgotten check would let in."""
    tried = session.begin_nested()
    session.add(row)
    with pytest.raises(ProgrammingError, match="row-level security"):
        session.flush()
    tried.rollback()


def by_anybody(session: Session, prize: Prize, email: str = EMAIL, title: str = "Nattöppen hall") -> Opened:
    rights.become(session, rights.NOBODY)
    opened = nominations.start(session, prize.edition(session), "sv")
    contents.write(session, opened.nomination, opened.edition, ALL)
    nominations.entitle(session, opened.nomination, title=title, organisations=NAMED)
    nominators.put(session, opened.nomination, opened.edition, name="Någon", email=email)
    return opened


def letter_of(session: Session, opened: Opened) -> Addressed:
    """Let the edition's own work address the letter that waits."""
    reference, edition = opened.nomination.id, opened.edition.id
    editions.serve(session, edition)
    waiting = session.query(PrizeLetter).where(PrizeLetter.nomination_id == reference).one()
    to = letters.addressed(session, waiting)
    assert to is not None
    return to


def sent_by_anybody(session: Session, prize: Prize, **given: str) -> Opened:
    opened = by_anybody(session, prize, **given)
    sending.submit(session, opened.nomination, opened.edition)
    to = letter_of(session, opened)
    return nominations.by_secret(session, to.secret)


def test_a_members_nomination_stands_at_once_sealed(session: Session, world: World, prize: Prize) -> None:
    nomination, edition = by_member(session, world, prize)
    sending.submit(session, nomination, edition)
    assert nomination.status == Status.SUBMITTED
    reference = nomination.id
    sealed = packs.of_nomination(session, nomination)
    assert [pack.nr for pack in sealed] == [1]
    assert packs.intact(session, nomination, sealed[0])
    assert "släckte" not in str(sealed[0].content)
    editions.serve(session, prize.edition_id)
    assert verify_chain(session, str(prize.edition_id), seals.digests).sound
    world.acting(session, "officer")
    nomination = session.get_one(Nomination, reference)
    sealed = packs.of_nomination(session, nomination)
    nomination.title = "Något annat"
    assert not packs.intact(session, nomination, sealed[0])
    contact = nominators.of(session, nomination)
    assert contact is not None
    assert contact.email == world.email("officer")


def test_anybodys_nomination_stands_when_its_letter_is_answered_and_the_draft_address_ends(
    session: Session, prize: Prize
) -> None:
    draft = by_anybody(session, prize)
    sending.submit(session, draft.nomination, draft.edition)
    assert draft.nomination.status == Status.UNCONFIRMED
    with pytest.raises(NotFound):
        sending.confirm(session, draft)
    to = letter_of(session, draft)
    assert to.email == EMAIL
    opened = nominations.by_secret(session, to.secret)
    sending.confirm(session, opened)
    assert opened.nomination.status == Status.SUBMITTED
    contact = nominators.of(session, opened.nomination)
    assert contact is not None
    assert contact.confirmed_at is not None
    with pytest.raises(NotFound):
        nominations.by_secret(session, draft.secret)


def test_a_letter_may_be_answered_after_the_window_but_not_after_a_week(
    session: Session, prize: Prize, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = sent_by_anybody(session, prize)
    sent = opened.nomination.submitted_at
    assert sent is not None
    monkeypatch.setattr(clock, "now", lambda: opened.edition.closing + timedelta(minutes=1))
    opened.nomination.submitted_at = opened.edition.closing - timedelta(minutes=1)
    with session.begin_nested() as tried:
        sending.confirm(session, opened)
        assert opened.nomination.submitted_at < opened.edition.closing
        tried.rollback()
    opened = nominations.by_secret(session, opened.secret)
    opened.nomination.submitted_at = clock.now() - sending.ANSWERED_WITHIN - timedelta(minutes=1)
    with pytest.raises(Conflict, match="too old"):
        sending.confirm(session, opened)


@pytest.mark.parametrize(
    ("last_day", "last_moment"),
    [
        ("2026-09-01", "2026-09-01T21:59:59+00:00"),
        ("2026-10-25", "2026-10-25T22:59:59+00:00"),
        ("2026-03-29", "2026-03-29T21:59:59+00:00"),
    ],
)
def test_the_last_day_ends_at_midnight_in_sweden_in_summer_and_when_the_clocks_change(
    last_day: str, last_moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = datetime.fromisoformat(last_moment)
    edition = Edition(slug="x", opens_on=date(2026, 1, 1), closes_on=date.fromisoformat(last_day), stopped_for="")
    edition.opened_at, edition.stopped_at = last, None
    edition.assess_from = edition.assess_until = date(2026, 12, 1)
    edition.ceremony_at = last + timedelta(days=300)
    monkeypatch.setattr(clock, "now", lambda: last)
    nominations.require_in_time(edition)
    monkeypatch.setattr(clock, "now", lambda: last + timedelta(seconds=1))
    with pytest.raises(Conflict) as late:
        nominations.require_in_time(edition)
    assert (late.value.field, late.value.value) == ("edition", "x")
    assert late.value.remedy
    assert last_day in late.value.say()


def refused(session: Session, error: type[Exception], act: Any, field: str) -> Any:
    with pytest.raises(error) as caught, session.begin_nested():
        act()
    problem: Any = caught.value
    assert problem.field == field
    assert problem.value is not None
    assert problem.remedy
    return problem


def test_the_same_effort_by_the_same_sender_is_refused_and_so_is_sending_in_again(
    session: Session, world: World, prize: Prize
) -> None:
    nomination, edition = by_member(session, world, prize)
    sending.submit(session, nomination, edition)
    refused(session, Conflict, lambda: sending.submit(session, nomination, edition), "status")
    refused(session, Conflict, lambda: contents.write(session, nomination, edition, ALL), "status")
    again, edition = by_member(session, world, prize, "NYTT LJUS")
    refused(session, Conflict, lambda: sending.submit(session, again, edition), "title")
    other, edition = by_member(session, world, prize, "Annat ljus")
    sending.submit(session, other, edition)


def test_the_same_effort_under_the_same_confirmed_address_is_refused_when_it_is_confirmed(
    session: Session, prize: Prize
) -> None:
    sending.confirm(session, sent_by_anybody(session, prize))
    second = sent_by_anybody(session, prize)
    refused(session, Conflict, lambda: sending.confirm(session, second), "title")
    third = sent_by_anybody(session, prize, email="annan@example.org")
    sending.confirm(session, third)


def test_what_says_too_little_is_not_sent_in_and_everything_that_lacks_is_named(
    session: Session, world: World, prize: Prize
) -> None:
    member = world.acting(session, "officer")
    edition = prize.edition(session)
    nomination = nominations.begin(session, member, edition)
    with pytest.raises(Invalid) as lacking:
        sending.submit(session, nomination, edition)
    assert {problem.field for problem in lacking.value.problems} == {"title", "organisations", *PARTS}
    assert all(problem.remedy for problem in lacking.value.problems)


@pytest.mark.parametrize(
    ("named", "enough"),
    [
        (["Staden", "staden > Stadsdelen"], False),
        (["Staden > Stadsdelen", "Staden > Stadsdelen > Parken"], False),
        (["Staden > Stadsdelen", "Staden > Trafikkontoret"], True),
        (["Staden", "Stadsmissionen"], True),
    ],
)
def test_an_organisation_and_what_it_belongs_to_are_not_several(
    session: Session, world: World, prize: Prize, named: list[str], *, enough: bool
) -> None:
    nomination, edition = by_member(session, world, prize)
    nominations.entitle(session, nomination, title="Nytt ljus", organisations=named)
    if enough:
        sending.submit(session, nomination, edition)
        assert nomination.status == Status.SUBMITTED
    else:
        refused(session, Invalid, lambda: sending.submit(session, nomination, edition), "organisations")


def test_late_is_refused_at_every_step(
    session: Session, world: World, prize: Prize, monkeypatch: pytest.MonkeyPatch
) -> None:
    nomination, edition = by_member(session, world, prize)
    member = members.acting(session, world.accounts["officer"], world.slug)
    monkeypatch.setattr(clock, "now", lambda at=edition.closing: at)
    for act in (
        lambda: sending.submit(session, nomination, edition),
        lambda: contents.write(session, nomination, edition, ALL),
        lambda: nominations.begin(session, member, edition),
    ):
        refused(session, Conflict, act, "edition")


def test_an_office_holder_nominates_nothing(session: Session, world: World, prize: Prize) -> None:
    secretary = prize.accounts["secretary"]
    rights.become(session, rights.OPERATOR)
    organisation = world.organisations["Polisen"]
    members.add(session, world.forum_id, account_id=secretary, organisation_id=organisation, role=Role.REPORTER)
    rights.become(session, rights.Principal(account=secretary))
    member = members.acting(session, secretary, world.slug)
    with pytest.raises(Forbidden, match="does not nominate"):
        nominations.begin(session, member, prize.edition(session))


def test_so_many_letters_to_one_address_are_not_sent(session: Session, prize: Prize) -> None:
    for n in range(sending.TRIES):
        opened = by_anybody(session, prize, title=f"Nummer {n}")
        sending.submit(session, opened.nomination, opened.edition)
    opened = by_anybody(session, prize)
    refused(session, TooMany, lambda: sending.submit(session, opened.nomination, opened.edition), "email")


def test_a_draft_is_not_overwritten_unseen(session: Session, world: World, prize: Prize) -> None:
    nomination, edition = by_member(session, world, prize)
    seen = nomination.version
    contents.write(session, nomination, edition, {"problem": "Mörkt"}, version=seen)
    with pytest.raises(Stale):
        contents.write(session, nomination, edition, {"problem": "Ljust"}, version=seen)


def test_a_nomination_is_withdrawn_until_the_jury_decides(session: Session, world: World, prize: Prize) -> None:
    nomination, edition = by_member(session, world, prize)
    sending.submit(session, nomination, edition)
    sending.withdraw(session, nomination, edition)
    assert nomination.status == Status.WITHDRAWN
    refused(session, Conflict, lambda: sending.withdraw(session, nomination, edition), "status")
    teacher = world.acting(session, "teacher")
    later = build_prize(session, teacher, Phase.DECIDING, "senare")
    rights.become(session, rights.Principal(account=teacher.account_id))
    mine = later.cover(session, "lights")
    with pytest.raises(Conflict, match="cannot be done now"):
        sending.withdraw(session, mine, later.edition(session))


@pytest.mark.parametrize("sent", [False, True])
def test_what_was_never_sent_in_is_thrown_away_and_reaches_nobody(session: Session, prize: Prize, sent: bool) -> None:
    draft = by_anybody(session, prize)
    if sent:
        sending.submit(session, draft.nomination, draft.edition)
    refused(session, Conflict, lambda: sending.withdraw(session, draft.nomination, draft.edition), "status")
    sending.throw_away(session, draft.nomination)
    with pytest.raises(NotFound):
        nominations.by_secret(session, draft.secret)
    secretary = prize.acting(session, "secretary")
    assert {each.id for each in nominations.covers(session, secretary)} == set(prize.nominations.values())


def test_what_was_sent_in_is_not_thrown_away(session: Session, world: World, prize: Prize) -> None:
    nomination, edition = by_member(session, world, prize)
    sending.submit(session, nomination, edition)
    refused(session, Conflict, lambda: sending.throw_away(session, nomination), "status")


def test_a_letter_confirms_what_was_sent_and_nothing_that_was_written_afterwards(
    session: Session, prize: Prize
) -> None:
    draft = by_anybody(session, prize)
    sending.submit(session, draft.nomination, draft.edition)
    first = letter_of(session, draft)
    draft = nominations.by_secret(session, draft.secret)
    nominators.put(session, draft.nomination, draft.edition, name="Någon", email="annan@example.org")
    assert (draft.nomination.status, draft.nomination.submitted_at) == (Status.DRAFT, None)
    with pytest.raises(NotFound):
        nominations.by_secret(session, first.secret)
    sending.submit(session, nominations.by_secret(session, draft.secret).nomination, draft.edition)
    assert draft.nomination.status == Status.UNCONFIRMED


def test_a_letter_that_still_waits_when_the_draft_is_changed_is_not_sent(session: Session, prize: Prize) -> None:
    draft = by_anybody(session, prize)
    sending.submit(session, draft.nomination, draft.edition)
    contents.write(session, draft.nomination, draft.edition, {"problem": "Ännu mörkare"})
    reference, edition = draft.nomination.id, draft.edition.id
    editions.serve(session, edition)
    waiting = session.query(PrizeLetter).where(PrizeLetter.nomination_id == reference).one()
    assert waiting.status == "dropped"
    assert letters.take(session, waiting.id) is None
    assert letters.addressed(session, waiting) is None


def test_who_sent_in_a_nomination_and_comes_into_the_jury_declares_it_as_their_own(
    session: Session, world: World, prize: Prize
) -> None:
    nomination, edition = by_member(session, world, prize)
    sending.submit(session, nomination, edition)
    waits, edition = by_member(session, world, prize, "Ett utkast")
    sent, begun, account = nomination.id, waits.id, world.accounts["officer"]
    rights.become(session, rights.OPERATOR)
    jury.found(session, prize.edition(session), account, office=Role.JUROR, organisation="Tredje huset")
    officer, edition = jury.acting(session, account, prize.slug)
    cover = session.get_one(Nomination, sent)
    refused(session, Invalid, lambda: ties.declare(session, officer, cover, Grade.NONE), "grade")
    about = {"edition_id": edition.id, "nomination_id": sent, "office_id": officer.office_id}
    free = Tie(**about, step="declared", grade="none", proposed="none", ruling="allowed", by_id=officer.office_id)
    past_the_verb(session, free)
    assert ties.declare(session, officer, cover, Grade.OWN, reason="Jag nominerade").excludes
    with pytest.raises(Forbidden):
        sending.submit(session, session.get_one(Nomination, begun), edition)


def test_the_contact_is_erased_ninety_days_after_the_ceremony_and_an_unsent_draft_with_all_it_says(
    session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = days_of(Phase.ANNOUNCED)
    long_ago = {name: day - timedelta(days=120) for name, day in days.items()}
    monkeypatch.setattr("tests.prizes.days_of", lambda _: long_ago)
    prize = build_prize(session, world.acting(session, "teacher"), Phase.ANNOUNCED)
    write_content(session, prize, "lights")
    assert extracts.of_nomination(session, prize.cover(session, "lights")).rows
    draft = begin_draft(session, prize, world.accounts["teacher"]).id
    contents.of_mine(session, session.get_one(Nomination, draft))
    nominators.forget(session)
    session.expire_all()
    assert session.get(Nomination, draft) is None
    kept = prize.cover(session, "lights")
    assert extracts.of_nomination(session, kept).rows == []
    assert contents.of_mine(session, kept).problem


def test_what_it_says_opens_after_the_ruling_and_to_nobody_excluded(
    session: Session, world: World, prize: Prize
) -> None:
    nomination, edition = by_member(session, world, prize)
    nominations.entitle(
        session, nomination, title="Nytt ljus", organisations=["Polismyndigheten > Polisregionen", "Bolaget"]
    )
    sending.submit(session, nomination, edition)
    reference = nomination.id
    juror = prize.acting(session, "juror")
    with pytest.raises(NotFound):
        contents.read(session, juror, session.get_one(Nomination, reference))
    declare_all(session, prize)
    juror = prize.acting(session, "juror")
    assert contents.read(session, juror, session.get_one(Nomination, reference)).problem == ALL["problem"]
    excluded = prize.acting(session, "police_juror")
    cover = session.get_one(Nomination, reference)
    with pytest.raises(NotFound):
        contents.read(session, excluded, cover)
    assert evidence.of_nomination(session, excluded, cover) == []
    assert packs.of_nomination(session, cover) == []
