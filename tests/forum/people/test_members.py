"""Members: an account's one place in a forum, how it begins and ends, and what is told of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from forum.foundation import clock, rights
from forum.foundation.audience import Visibility
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound, NotSignedIn
from forum.foundation.settings import Settings
from forum.people import accounts, members
from forum.people.members import Member
from forum.people.organisations import Organisation
from forum.people.policy import Role
from forum.register import deviations
from tests.builders import PEOPLE, World, build_world, mark
from tests.story import NEIGHBOURS


def invite(session: Session, world: World, email: str = "ny@example.org", **changes: Any) -> str | None:
    administrator = world.acting(session, "administrator")
    given: dict[str, Any] = {
        "name": "Ny",
        "organisation_id": world.organisations["Nattvandrarna"],
        "role": Role.REPORTER,
    }
    return members.invite(session, administrator, email=email, **(given | changes))


def test_a_member_acts_for_their_organisation_with_their_role(session: Session, world: World) -> None:
    for person, (organisation, role) in PEOPLE.items():
        member = world.acting(session, person)
        assert (member.organisation_name, member.role) == (organisation, role)
        assert (member.id, member.account_id) == (world.members[person], world.accounts[person])
        assert (member.member_id, member.forum_slug, member.language, member.demo) == (member.id, "farsta", "sv", False)
        assert rights.principal_of(session) == rights.Principal(account=member.account_id, member=member.id)


def test_a_forum_of_others_and_one_that_is_not_there_are_the_same(session: Session, world: World) -> None:
    build_world(session, "rinkeby", NEIGHBOURS)
    told = set()
    for slug in ("rinkeby", "no-such-forum", "", "FARSTA"):
        with pytest.raises(NotFound) as refused:
            members.acting(session, world.accounts["officer"], slug)
        told.add(refused.value.say("sv"))
    assert len(told) == 1


def test_one_look_lets_in_whom_the_two_steps_let_in(
    session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_world(session, "rinkeby", NEIGHBOURS)
    secret = accounts.start_session(session, world.accounts["officer"])
    rights.become(session, rights.NOBODY)
    entered = members.entering(session, "session", secret, "farsta")
    assert entered == world.acting(session, "officer")
    assert rights.principal_of(session) == rights.Principal(account=entered.account_id, member=entered.id)
    for kind, brought in (("session", "another"), ("token", secret), ("password", world.email("officer"))):
        with pytest.raises(NotSignedIn):
            members.entering(session, kind, brought, "farsta")
    with pytest.raises(NotFound):
        members.entering(session, "session", secret, "rinkeby")
    monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + accounts.SESSION_IDLE)
    with pytest.raises(NotSignedIn):
        members.entering(session, "session", secret, "farsta")
    assert rights.principal_of(session) == rights.NOBODY
    assert session.scalar(text("SELECT my_account() IS NULL AND my_forum() IS NULL AND my_role() IS NULL"))


def test_an_account_has_one_place_in_a_forum(session: Session, world: World) -> None:
    with pytest.raises(Conflict) as refused:
        invite(session, world, world.email("landlord"))
    assert refused.value.field == "email"


def test_no_member_is_the_forums_own_work(session: Session, world: World) -> None:
    with pytest.raises(Invalid) as refused:
        invite(session, world, role=Role.SYSTEM)
    assert refused.value.field == "role"


def test_a_member_belongs_to_a_partner_of_this_forum(session: Session, world: World) -> None:
    other = build_world(session, "rinkeby", NEIGHBOURS)
    told = set()
    for organisation in (uuid4(), other.organisations["Polisen"]):
        with pytest.raises(NotFound) as refused:
            invite(session, world, organisation_id=organisation)
        told.add(refused.value.say("sv").replace(str(organisation), ""))
    assert len(told) == 1


@pytest.mark.parametrize("person", ["coordinator", "officer", "teacher"])
def test_only_the_administrator_sees_and_changes_who_is_a_member(session: Session, world: World, person: str) -> None:
    member = world.acting(session, person)
    with pytest.raises(Forbidden):
        members.all_of(session, member)
    with pytest.raises(Forbidden):
        members.end(session, member, world.members["walker"])
    with pytest.raises(Forbidden):
        members.invite(session, member, email="x@example.org", name="", organisation_id=uuid4(), role=Role.READER)
    seen = session.scalars(text("SELECT count(*) FROM accounts")).one()
    assert seen == 1


def test_the_administrator_sees_the_present_members_of_this_forum_alone(session: Session, world: World) -> None:
    build_world(session, "rinkeby", NEIGHBOURS)
    administrator = world.acting(session, "administrator")
    members.end(session, administrator, world.members["walker"])
    listed = members.all_of(session, administrator)
    assert {entry.email for entry in listed} == {world.email(person) for person in PEOPLE} - {world.email("walker")}
    assert [entry.organisation for entry in listed] == sorted(entry.organisation for entry in listed)
    named = set(session.scalars(text("SELECT email FROM accounts")))
    assert named == {entry.email for entry in listed}


def test_who_has_ended_is_out_at_once_and_what_they_reported_stays(session: Session, world: World) -> None:
    marked = mark(session, world.acting(session, "walker"), visibility="own").id
    members.end(session, world.acting(session, "administrator"), world.members["walker"])
    with pytest.raises(NotFound):
        world.acting(session, "walker")
    rights.become(session, rights.Principal(world.accounts["walker"], world.members["walker"]))
    assert session.scalar(text("SELECT count(*) FROM deviations")) == 0
    invite(session, world, "efter@example.org")
    rights.become(session, rights.OPERATOR)
    follower = accounts.account_of(session, email="efter@example.org")
    assert deviations.get(session, members.acting(session, follower, "farsta"), marked).id == marked


def test_who_has_ended_can_come_back(session: Session, world: World) -> None:
    members.end(session, world.acting(session, "administrator"), world.members["walker"])
    assert invite(session, world, world.email("walker"), organisation_id=world.organisations["Skolan"])
    assert world.acting(session, "walker").organisation_name == "Skolan"


def test_an_administrator_ends_nobody_twice_nobody_elsewhere_and_not_themselves(session: Session, world: World) -> None:
    other = build_world(session, "rinkeby", NEIGHBOURS)
    administrator = world.acting(session, "administrator")
    members.end(session, administrator, world.members["walker"])
    for membership in (world.members["walker"], other.members["walker"], uuid4()):
        with pytest.raises(NotFound):
            members.end(session, administrator, membership)
    with pytest.raises(Conflict):
        members.end(session, administrator, world.members["administrator"])


def test_the_journal_tells_of_members_without_names_and_addresses(session: Session, world: World) -> None:
    invite(session, world, "hemlig@example.org", name="Hemlig Person")
    members.end(session, world.acting(session, "administrator"), world.members["walker"])
    written = session.execute(text("SELECT action, facts FROM journal ORDER BY seq DESC LIMIT 2")).all()
    organisation = str(world.organisations["Nattvandrarna"])
    assert [tuple(entry) for entry in written] == [
        ("member:end", {}),
        ("member:add", {"organisation": organisation, "role": "reporter"}),
    ]


def test_a_visit_tells_when_the_one_before_it_was(session: Session, world: World) -> None:
    member = world.acting(session, "officer")
    assert members.visit(session, member) is None
    assert members.visit(session, member) is None
    earlier = text("UPDATE visits SET last_at = now() - interval '2 hours' RETURNING last_at")
    last = session.scalars(earlier).one()
    assert members.visit(session, member) == last
    assert members.visit(session, member) == last, "the same visit goes on"


def test_the_forums_own_work_acts_for_the_organisation_that_it_is_done_for(session: Session, world: World) -> None:
    worker = members.system(session, world.forum_id, "farsta", "Farsta")
    assert (worker.member_id, worker.organisation_id, worker.role) == (None, None, Role.SYSTEM)
    assert rights.principal_of(session) == rights.Principal(system=world.forum_id)
    assert worker.visibilities == tuple(Visibility)
    police = session.get_one(Organisation, world.organisations["Polisen"])
    assert members.system(session, world.forum_id, "farsta", "Farsta", police).organisation_name == "Polisen"


@pytest.mark.parametrize("authority", [True, False])
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
def test_what_a_member_sees_follows_from_the_organisation_alone(role: Role, *, authority: bool) -> None:
    ours, theirs = uuid4(), uuid4()
    member = Member(uuid4(), uuid4(), uuid4(), "f", "F", False, ours, "Vi", role, authority, "", "sv")
    seen = {
        (v, whose)
        for v in Visibility
        for whose in ("ours", "theirs")
        if member.sees(v, ours if whose == "ours" else theirs)
    }
    expected = {(v, whose) for v in (Visibility.FORUM, Visibility.PUBLIC) for whose in ("ours", "theirs")}
    expected |= {(Visibility.OWN, "ours")}
    expected |= {(Visibility.AUTHORITIES, whose) for whose in ("ours", "theirs")} if authority else set()
    assert seen == expected


def test_where_mail_is_sent_an_invitation_does_not_tell_that_somebody_has_an_account_elsewhere(
    session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = build_world(session, "rinkeby", NEIGHBOURS)
    monkeypatch.setattr(members, "settings", lambda: Settings(smtp_url="smtp://localhost"))
    for email in (other.email("walker"), "aldrig.sedd@example.org"):
        assert invite(session, world, email) is None
    jobs = session.scalars(
        text("SELECT queueing_lock FROM jobs.procrastinate_jobs WHERE task_name = 'mail_link'")
    ).all()
    assert len(jobs) == 2
