"""Preparing the basis: a supplement once, answered once and in time; two of one effort joined with their exclusions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from forum.foundation import clock, rights
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from forum.people.agreements import today
from forum.prize import contents, jury, nominations, packs, sending, supplements, ties
from forum.prize.editions import Phase
from forum.prize.nominations import HELD, Status
from forum.prize.ties import Grade
from tests.builders import World
from tests.prizes import Prize, build_prize, declare_all, write_content

TOMORROW = timedelta(days=1)


@pytest.fixture
def prize(session: Session, world: World) -> Prize:
    prize = build_prize(session, world.acting(session, "teacher"), Phase.PREPARING)
    for name in ("lights", "football"):
        write_content(session, prize, name)
    declare_all(session, prize)
    return prize


def asked(session: Session, prize: Prize) -> None:
    secretary = prize.acting(session, "secretary")
    edition, cover = prize.edition(session), prize.cover(session, "lights")
    supplements.ask(session, secretary, edition, cover, words="Hur många kom?", last_day=today() + TOMORROW)
    rights.become(session, rights.Principal(account=prize.nominators["lights"]))


def test_a_supplement_is_asked_for_once_and_answered_once_and_sealed_anew(session: Session, prize: Prize) -> None:
    asked(session, prize)
    nomination, edition = prize.cover(session, "lights"), prize.edition(session)
    supplements.answer(session, nomination, edition, "Trettio på en kväll")
    latest = packs.of_nomination(session, nomination)[0]
    assert latest.nr == 2
    assert packs.intact(session, nomination, latest, "Trettio på en kväll")
    with pytest.raises(Conflict, match="has been answered"):
        supplements.answer(session, nomination, edition, "Fyrtio")
    secretary = prize.acting(session, "secretary")
    with pytest.raises(Conflict, match="already"):
        supplements.ask(
            session, secretary, prize.edition(session), prize.cover(session, "lights"), words="Mer?", last_day=today()
        )


def test_an_answer_after_its_last_day_and_a_day_after_the_jury_begins_are_refused(
    session: Session, prize: Prize, monkeypatch: pytest.MonkeyPatch
) -> None:
    secretary, edition = prize.acting(session, "secretary"), prize.edition(session)
    for day in (today(), edition.assess_from):
        cover = prize.cover(session, "lights")
        with pytest.raises(Invalid) as refused:
            supplements.ask(session, secretary, edition, cover, words="Hur?", last_day=day)
        assert (refused.value.field, refused.value.value) == ("last_day", day)
    asked(session, prize)
    later = clock.now() + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(Conflict, match="last day for this"):
        supplements.answer(session, prize.cover(session, "lights"), prize.edition(session), "För sent")


def test_only_the_secretary_prepares_and_only_what_has_opened(session: Session, prize: Prize) -> None:
    edition = prize.edition(session)
    with pytest.raises(Forbidden):
        supplements.complete(session, prize.acting(session, "chair"), edition, prize.cover(session, "lights"))
    secretary = prize.acting(session, "secretary")
    supplements.complete(session, secretary, prize.edition(session), prize.cover(session, "lights"))
    assert prize.cover(session, "lights").status == Status.COMPLETE


def test_where_the_secretary_is_tied_whoever_leads_prepares(session: Session, prize: Prize) -> None:
    secretary = prize.acting(session, "secretary")
    ties.declare(session, secretary, prize.cover(session, "lights"), Grade.OWN, reason="Jag var med")
    chair, edition, cover = prize.acting(session, "chair"), prize.edition(session), prize.cover(session, "lights")
    assert supplements.ask(session, chair, edition, cover, words="Hur många kom?", last_day=today() + TOMORROW).words
    supplements.complete(session, chair, edition, cover)
    with pytest.raises(Forbidden):
        supplements.complete(session, chair, edition, prize.cover(session, "football"))
    with pytest.raises(Forbidden):
        supplements.complete(session, prize.acting(session, "juror"), edition, prize.cover(session, "lights"))


def test_two_of_one_effort_are_joined_and_who_is_excluded_from_either_is_from_both(
    session: Session, prize: Prize
) -> None:
    police = prize.acting(session, "police_juror")
    assert contents.read(session, police, prize.cover(session, "football")).problem
    secretary, edition = prize.acting(session, "secretary"), prize.edition(session)
    lights, football = prize.cover(session, "lights"), prize.cover(session, "football")
    supplements.merge(session, secretary, edition, lights, football)
    assert (lights.status, lights.into_id) == (Status.MERGED, football.id)
    assert (len(football.organisations), len(football.named)) == (2, 5)
    assert packs.intact(session, football, packs.of_nomination(session, football)[0], "")
    police = prize.acting(session, "police_juror")
    for name in ("lights", "football"):
        with pytest.raises(NotFound):
            contents.read(session, police, prize.cover(session, name))
    juror = prize.acting(session, "juror")
    assert contents.read(session, juror, prize.cover(session, "football")).problem
    secretary, cover = prize.acting(session, "secretary"), prize.cover(session, "football")
    with pytest.raises(Invalid, match="itself"):
        supplements.merge(session, secretary, edition, cover, cover)


def test_what_was_joined_with_one_that_is_taken_back_stands_on_its_own_again(session: Session, prize: Prize) -> None:
    secretary, edition = prize.acting(session, "secretary"), prize.edition(session)
    lights, football = prize.cover(session, "lights"), prize.cover(session, "football")
    supplements.merge(session, secretary, edition, football, lights)
    rights.become(session, rights.Principal(account=prize.nominators["lights"]))
    sending.withdraw(session, prize.cover(session, "lights"), prize.edition(session))
    session.expire_all()
    secretary = prize.acting(session, "secretary")
    football = prize.cover(session, "football")
    assert (football.status, football.into_id) == (Status.SUBMITTED, None)
    assert {each.id for each in nominations.covers(session, secretary) if each.status in HELD} == {football.id}


def test_an_edition_stops_where_two_that_are_joined_leave_too_few_in_the_jury(session: Session, prize: Prize) -> None:
    for name in ("juror", "county"):
        secretary, football = prize.acting(session, "secretary"), prize.cover(session, "football")
        office = jury.get(session, secretary, prize.offices[name])
        ties.discover(session, secretary, football, office, Grade.OWN, reason="Satt i styrgruppen")
    secretary, edition = prize.acting(session, "secretary"), prize.edition(session)
    assert edition.stopped_at is None
    supplements.merge(session, secretary, edition, prize.cover(session, "lights"), prize.cover(session, "football"))
    assert prize.edition(session).stopped_at is not None
    supplements.complete(
        session, secretary, prize.edition(session), prize.cover(session, "football")
    )  # no quorum in it
