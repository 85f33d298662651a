"""The jury: who appoints whom; what ties leave too small stands still until a substitute is called in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from forum.foundation import rights
from forum.foundation.errors import Conflict, Forbidden, NotFound
from forum.people import accounts
from forum.people.policy import Role
from forum.prize import editions, gates, jury, sending, ties
from forum.prize.editions import Phase
from forum.prize.gates import Found
from forum.prize.jury import Office
from forum.prize.ties import Grade, Ruling
from tests.builders import World
from tests.prizes import Prize, build_prize, declare_all


@pytest.fixture
def prize(session: Session, world: World) -> Prize:
    return build_prize(session, world.acting(session, "teacher"))


def appoint(session: Session, prize: Prize, by: str, office: Role, email: str = "new@example.org") -> Office:
    officer = prize.acting(session, by)
    post: Any = {"office": office, "organisation": "Kyrkan"}
    return jury.appoint(session, officer, prize.edition(session), email, **post)


def test_the_chair_appoints_jurors_and_nobody_else_does(session: Session, prize: Prize) -> None:
    juror = appoint(session, prize, "chair", Role.JUROR)
    assert juror.assesses
    for by in ("secretary", "deputy", "juror"):
        with pytest.raises(Forbidden):
            appoint(session, prize, by, Role.JUROR, "other@example.org")
    for office in (Role.CHAIR, Role.SECRETARY):
        with pytest.raises(Forbidden):
            appoint(session, prize, "chair", office, "other@example.org")
    with pytest.raises(Conflict):
        appoint(session, prize, "chair", Role.SUBSTITUTE)


def test_somebody_without_an_appointment_finds_no_jury_and_neither_does_whose_office_has_ended(
    session: Session, prize: Prize, world: World
) -> None:
    with pytest.raises(NotFound):
        jury.acting(session, world.accounts["coordinator"], prize.slug)
    chair = prize.acting(session, "chair")
    jury.end(session, chair, jury.get(session, chair, prize.offices["county"]))
    with pytest.raises(NotFound):
        prize.acting(session, "county")
    chair = prize.acting(session, "chair")
    with pytest.raises(Forbidden):
        jury.end(session, chair, jury.get(session, chair, prize.offices["secretary"]))


def test_a_new_jurors_link_is_shown_only_where_no_mail_goes_out_and_nobody_has_used_the_account(
    session: Session, prize: Prize, world: World
) -> None:
    office = appoint(session, prize, "chair", Role.JUROR)
    secret = jury.link(session, prize.acting(session, "chair"), office)
    assert secret is not None
    known = appoint(session, prize, "chair", Role.JUROR, world.email("officer"))
    assert jury.link(session, prize.acting(session, "chair"), known) is None  # a member's is handed to nobody
    assert accounts.set_password(session, secret, "fyra ord som räcker") == office.account_id
    assert accounts.of(session, office.account_id).shown_to == prize.edition_id  # it opens no forum


def test_the_deputy_sees_to_substitutes_only_where_the_chair_is_tied(session: Session, prize: Prize) -> None:
    deputy = prize.acting(session, "deputy")
    with pytest.raises(Forbidden):
        jury.call_in(session, deputy, jury.get(session, deputy, prize.offices["substitute"]))
    chair = prize.acting(session, "chair")
    ties.declare(session, chair, prize.cover(session, "lights"), Grade.OWN, reason="Mitt ansvar")
    assert appoint(session, prize, "deputy", Role.SUBSTITUTE).role is Role.SUBSTITUTE
    deputy = prize.acting(session, "deputy")
    jury.call_in(session, deputy, jury.get(session, deputy, prize.offices["substitute"]))
    assert prize.acting(session, "substitute").assesses


def exclude(session: Session, prize: Prize, *names: str) -> None:
    for name in names:
        officer = prize.acting(session, name)
        ties.declare(session, officer, prize.cover(session, "lights"), Grade.OWN, reason="Jag var med")


def test_ties_that_leave_too_few_stop_the_edition_and_a_substitute_lets_it_go_on(
    session: Session, prize: Prize
) -> None:
    exclude(session, prize, "chair", "juror")
    assert prize.edition(session).stopped_at is None  # three are left, which is the quorum
    exclude(session, prize, "county")
    edition = prize.edition(session)
    assert edition.stopped_at is not None
    with pytest.raises(Conflict, match="The chair, or the deputy where the chair is tied"):
        editions.require_quorate(edition, Phase.ASSESSING)
    deputy = prize.acting(session, "deputy")
    jury.call_in(session, deputy, jury.get(session, deputy, prize.offices["substitute"]))
    assert prize.edition(session).stopped_at is None
    substitute = prize.acting(session, "substitute")
    with pytest.raises(NotFound):  # who was called in declares first
        ties.require_open(session, substitute, prize.cover(session, "lights"))
    exclude(session, prize, "substitute")
    assert prize.edition(session).stopped_at is not None


def test_where_chair_and_deputy_are_tied_to_one_nomination_the_chair_appoints_a_deputy_who_rules(
    session: Session, prize: Prize
) -> None:
    juror, lights = prize.acting(session, "juror"), prize.cover(session, "lights")
    waits = ties.declare(session, juror, lights, Grade.SAME_PARENT, reason="Samma huvudman").id
    exclude(session, prize, "chair", "deputy")
    assert "nobody may rule on ties" in prize.edition(session).stopped_for
    for leads in ("chair", "deputy"):
        assert ties.waiting(session, prize.acting(session, leads)) == []
    chair = prize.acting(session, "chair")
    jury.end(session, chair, jury.get(session, chair, prize.offices["deputy"]))
    assert prize.edition(session).stopped_at is not None
    prize.accounts["deputy"] = appoint(session, prize, "chair", Role.DEPUTY).account_id
    assert prize.edition(session).stopped_at is None
    deputy = prize.acting(session, "deputy")
    ties.declare(session, deputy, prize.cover(session, "lights"), Grade.NONE)
    (tie,) = ties.waiting(session, deputy)
    assert tie.id == waits
    ties.rule(session, deputy, prize.cover(session, "lights"), tie, ruling=Ruling.ALLOWED, reason="Annat distrikt")
    assert session.scalar(select(func.presiding(prize.edition_id, prize.nominations["lights"]))) == deputy.office_id


def taken_back(session: Session, prize: Prize) -> None:
    rights.become(session, rights.Principal(account=prize.nominators["lights"]))
    sending.withdraw(session, prize.cover(session, "lights"), prize.edition(session))


def found_wanting(session: Session, prize: Prize) -> None:
    secretary, lights = prize.acting(session, "secretary"), prize.cover(session, "lights")
    ties.declare(session, secretary, lights, Grade.SAME_PARENT, reason="Samma stad")
    deputy = prize.acting(session, "deputy")
    (tie,) = ties.waiting(session, deputy)
    ties.rule(session, deputy, lights, tie, ruling=Ruling.ALLOWED, reason="Annan förvaltning")
    wanting = Found("together", met=False, reason="Bara en aktör")
    gates.judge(session, prize.acting(session, "secretary"), prize.edition(session), lights, wanting)


@pytest.mark.parametrize("settled", [taken_back, found_wanting])
def test_what_needs_no_quorum_is_done_while_the_jury_stands_still_and_may_let_it_go_on(
    session: Session, prize: Prize, settled: Callable[[Session, Prize], None]
) -> None:
    exclude(session, prize, "chair", "juror", "county")
    assert prize.edition(session).stopped_at is not None
    settled(session, prize)
    assert prize.edition(session).stopped_at is None
    assert steps_of(session, prize) == ["edition:open", "edition:stop", "edition:go_on"]


def steps_of(session: Session, prize: Prize) -> list[str]:
    """Return what the journal says that was done with the edition."""
    editions.serve(session, prize.edition_id)
    said = text("SELECT action FROM journal WHERE chain = :chain AND action LIKE 'edition:%' ORDER BY seq")
    return list(session.scalars(said, {"chain": str(prize.edition_id)}))


def test_what_somebody_else_stopped_an_edition_for_is_not_undone(session: Session, prize: Prize) -> None:
    editions.stop(session, prize.acting(session, "secretary"), prize.edition(session), "Vi väntar på stadens besked")
    declare_all(session, prize)
    assert prize.edition(session).stopped_for == "Vi väntar på stadens besked"
