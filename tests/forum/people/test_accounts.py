"""Signing in: what proves who somebody is, how long it holds, and what a stranger learns (nothing)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import clock, rights
from forum.foundation.errors import Invalid, NotFound, NotSignedIn
from forum.people import accounts, forums, members
from forum.people.accounts import Account
from forum.people.policy import Role
from tests.builders import World, build_world
from tests.story import NEIGHBOURS

PASSWORD = "fyra lugna ord här"


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Collect how long each sign-in would have waited, and wait no time."""
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    return waited


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with as little work as the library allows: what is tested is not how slow it is."""
    monkeypatch.setattr(accounts, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Put the clock forward."""
    real = clock.now

    def later(by: timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: real() + by)

    return later


def officer(session: Session, world: World, password: str = PASSWORD) -> UUID:
    """Let the officer choose a password with a link of the operator's."""
    rights.become(session, rights.OPERATOR)
    link = accounts.invite_link(session, world.accounts["officer"])
    rights.become(session, rights.NOBODY)
    return accounts.set_password(session, link, password)


def test_the_right_password_signs_in_and_the_session_acts_for_its_owner(
    session: Session, world: World, waits: list[float]
) -> None:
    account = officer(session, world)
    rights.become(session, rights.NOBODY)
    assert accounts.sign_in(session, " Officer@Farsta.Example.org ", PASSWORD) == account
    assert rights.principal_of(session) == rights.Principal(account=account)
    assert accounts.of(session, account).email == world.email("officer")
    assert waits == [0]


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("officer@farsta.example.org", "fel ord helt enkelt"),
        ("officer@farsta.example.org", ""),
        ("nobody@farsta.example.org", PASSWORD),
        ("teacher@farsta.example.org", PASSWORD),  # has an account and no password yet
        ("", ""),
        ("%", PASSWORD),
    ],
)
def test_a_wrong_password_and_an_unknown_address_get_the_same_words(
    session: Session, world: World, waits: list[float], email: str, password: str
) -> None:
    officer(session, world)
    rights.become(session, rights.NOBODY)
    with pytest.raises(NotSignedIn) as refused:
        accounts.sign_in(session, email, password)
    assert refused.value.say("sv") == NotSignedIn(
        "The e-mail address and the password do not match.",
        remedy="Check both, or ask the administrator of your forum for a new link.",
    ).say("sv")
    assert rights.principal_of(session) == rights.NOBODY
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("SELECT * FROM failures"))


@pytest.fixture
def steps(engine: Engine) -> Iterator[list[str]]:
    """Collect what the database is asked."""
    asked: list[str] = []

    def collect(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", collect)
    yield asked
    event.remove(engine, "before_cursor_execute", collect)


def test_an_unknown_address_takes_the_same_path_and_waits_as_long(
    session: Session, world: World, waits: list[float], steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    officer(session, world)
    verified: list[str] = []
    verify = PasswordHasher.verify

    def counted(hasher: PasswordHasher, hashed: str, password: str) -> bool:
        verified.append(hashed)
        return bool(verify(hasher, hashed, password))

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    paths = {}
    for email in (world.email("officer"), "nobody@farsta.example.org"):
        waits.clear()
        rights.become(session, rights.NOBODY)
        steps.clear()
        verified.clear()
        for _ in range(7):
            with pytest.raises(NotSignedIn):
                accounts.sign_in(session, email, "fel")
        paths[email] = ([*steps], [*waits], len(verified))
    known, unknown = paths.values()
    assert known == unknown
    assert unknown[2] == 7


def test_failures_slow_down_never_lock_out_and_are_forgotten_after_signing_in(
    session: Session, world: World, waits: list[float]
) -> None:
    account = officer(session, world)
    for _ in range(30):
        rights.become(session, rights.NOBODY)
        with pytest.raises(NotSignedIn):
            accounts.sign_in(session, world.email("officer"), "fel")
    assert waits == sorted(waits)
    assert waits[:3] == [0, 0.1, 0.2]
    assert max(waits) == accounts.SLOWEST
    assert accounts.sign_in(session, world.email("officer"), PASSWORD) == account
    assert waits[-1] == accounts.SLOWEST
    accounts.sign_in(session, world.email("officer"), PASSWORD)
    assert waits[-1] == 0


def test_one_persons_failures_do_not_slow_another(session: Session, world: World, waits: list[float]) -> None:
    officer(session, world)
    rights.become(session, rights.NOBODY)
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            accounts.sign_in(session, world.email("landlord"), "fel")
    accounts.sign_in(session, world.email("officer"), PASSWORD)
    assert waits[-1] == 0


def test_failures_are_forgotten_after_an_hour(
    session: Session, superuser: Engine, sessions: sessionmaker[Session], waits: list[float]
) -> None:
    with sessions() as other:
        for email in ("ann@example.org", "bo@example.org"):
            other.execute(accounts.NOTE_FAILURE, {"key": email})
        other.commit()
    with superuser.connect() as connection:
        connection.execute(text("UPDATE failures SET at = now() - interval '61 minutes'"))
    with pytest.raises(NotSignedIn):
        accounts.sign_in(session, "ann@example.org", "fel")
    assert waits == [0]
    session.commit()
    with superuser.connect() as connection:
        assert connection.scalars(text("SELECT count FROM failures")).all() == [1]


def test_the_database_keeps_no_address_of_who_failed(superuser: Engine, sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        session.execute(accounts.NOTE_FAILURE, {"key": "Kalle@Example.org"})
        session.commit()
    with superuser.connect() as connection:
        kept = str(connection.execute(text("SELECT * FROM failures")).all()).lower()
    assert "kalle" not in kept


def test_a_one_time_link_sets_a_password_once(session: Session, world: World) -> None:
    rights.become(session, rights.OPERATOR)
    link = accounts.invite_link(session, world.accounts["officer"])
    rights.become(session, rights.NOBODY)
    assert accounts.set_password(session, link, PASSWORD) == world.accounts["officer"]
    for password in (PASSWORD, "ett annat långt ord"):
        rights.become(session, rights.NOBODY)
        with pytest.raises(NotSignedIn, match="used or is too old"):
            accounts.set_password(session, link, password)
    assert accounts.sign_in(session, world.email("officer"), PASSWORD) == world.accounts["officer"]


def test_two_windows_with_the_same_link_set_one_password(
    session: Session, sessions: sessionmaker[Session], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rights.become(session, rights.OPERATOR)
    link = accounts.invite_link(session, world.accounts["officer"])
    proof = accounts._find(session, "link", accounts.digest(link))
    rights.become(session, rights.NOBODY)
    accounts.set_password(session, link, PASSWORD)
    monkeypatch.setattr(accounts, "_find", lambda *_: proof)  # the other window had found it before
    with pytest.raises(NotSignedIn):
        accounts.set_password(session, link, "ett annat långt ord")


def test_a_link_holds_for_24_hours(session: Session, world: World, later: Callable[[timedelta], None]) -> None:
    rights.become(session, rights.OPERATOR)
    link = accounts.invite_link(session, world.accounts["officer"])
    later(timedelta(hours=24, seconds=1))
    rights.become(session, rights.NOBODY)
    with pytest.raises(NotSignedIn):
        accounts.set_password(session, link, PASSWORD)
    later(timedelta(hours=23, minutes=59))
    accounts.set_password(session, link, PASSWORD)


@pytest.mark.parametrize("password", ["", "elva tecken", "x" * 201, "tolv tecken\0!", "tolv tecken\ud800!"])
def test_a_password_that_cannot_be_taken_is_refused_and_the_link_lives_on(
    session: Session, world: World, password: str
) -> None:
    rights.become(session, rights.OPERATOR)
    link = accounts.invite_link(session, world.accounts["officer"])
    rights.become(session, rights.NOBODY)
    with pytest.raises(Invalid) as refused:
        accounts.set_password(session, link, password)
    assert refused.value.field == "password"
    assert accounts.set_password(session, link, "x" * 12) == world.accounts["officer"]


def test_a_new_password_ends_the_old_one_and_every_session_and_link(
    session: Session, world: World, waits: list[float]
) -> None:
    account = officer(session, world)
    secret = accounts.start_session(session, account)
    rights.become(session, rights.OPERATOR)
    other_link = accounts.invite_link(session, account)
    officer(session, world, "helt nya lugna ord")
    rights.become(session, rights.NOBODY)
    with pytest.raises(NotSignedIn):
        accounts.whose(session, "session", secret)
    with pytest.raises(NotSignedIn):
        accounts.set_password(session, other_link, PASSWORD)
    with pytest.raises(NotSignedIn):
        accounts.sign_in(session, world.email("officer"), PASSWORD)
    assert accounts.sign_in(session, world.email("officer"), "helt nya lugna ord") == account


def test_a_session_ends_after_an_hour_without_use_and_after_twelve_at_most(
    session: Session, world: World, later: Callable[[timedelta], None]
) -> None:
    secret = accounts.start_session(session, world.accounts["officer"])
    for minutes in range(50, 12 * 60, 50):
        later(timedelta(minutes=minutes))
        assert accounts.whose(session, "session", secret) == world.accounts["officer"]
    later(timedelta(hours=12, seconds=1))
    with pytest.raises(NotSignedIn):
        accounts.whose(session, "session", secret)
    idle = accounts.start_session(session, world.accounts["officer"])
    later(timedelta(hours=13, seconds=2))
    with pytest.raises(NotSignedIn):
        accounts.whose(session, "session", idle)


def test_the_last_use_is_written_down_once_a_minute_at_most(
    session: Session, world: World, later: Callable[[timedelta], None]
) -> None:
    secret = accounts.start_session(session, world.accounts["officer"])

    def used() -> datetime:
        found: datetime = session.scalars(text("SELECT used_at FROM credentials WHERE kind = 'session'")).one()
        return found

    first = used()
    later(timedelta(seconds=55))
    accounts.whose(session, "session", secret)
    assert used() == first
    later(timedelta(seconds=65))
    accounts.whose(session, "session", secret)
    assert used() > first


def test_signing_out_ends_the_session_on_the_server(session: Session, world: World) -> None:
    secret = accounts.start_session(session, world.accounts["officer"])
    accounts.end_session(session, secret)
    with pytest.raises(NotSignedIn):
        accounts.whose(session, "session", secret)


def test_a_token_opens_the_api_and_is_no_session(
    session: Session, world: World, later: Callable[[timedelta], None]
) -> None:
    rights.become(session, rights.OPERATOR)
    token = accounts.create_token(session, world.accounts["officer"])
    rights.become(session, rights.NOBODY)
    later(timedelta(days=300))
    assert accounts.whose(session, "token", token) == world.accounts["officer"]
    for kind in ("session", "link", "password"):
        with pytest.raises(NotSignedIn):
            accounts.whose(session, kind, token)
    with pytest.raises(NotSignedIn):
        accounts.whose(session, "token", "invented")


def test_no_secret_is_kept_as_it_was_given(session: Session, superuser: Engine, world: World) -> None:
    account = officer(session, world)
    rights.become(session, rights.OPERATOR)
    secrets = [accounts.create_token(session, account), accounts.invite_link(session, account)]
    secrets += [accounts.start_session(session, account), PASSWORD]
    kept = str(session.execute(text("SELECT * FROM credentials")).all())
    assert kept.count("UUID") == 8
    assert [secret for secret in secrets if secret in kept] == []
    assert "$argon2id$" in kept


@pytest.mark.parametrize(
    "email", ["", "x", "@", "a@b", "a b@example.org", "a@example..org", "a@@example.org", "a\0@b.se"]
)
def test_what_is_no_address_is_refused(session: Session, world: World, email: str) -> None:
    rights.become(session, rights.OPERATOR)
    with pytest.raises(Invalid) as refused:
        accounts.account_of(session, email=email)
    assert refused.value.field == "email"


@pytest.mark.parametrize("email", ["a\0@b.se", "\ud800@b.se"])
def test_an_address_that_no_database_keeps_is_refused_at_every_door(
    session: Session, world: World, waits: list[float], email: str
) -> None:
    for door in (
        lambda: accounts.sign_in(session, email, PASSWORD),
        lambda: accounts.demo_account(session, email),
        lambda: accounts.by_email(session, email),
    ):
        with pytest.raises(Invalid):
            door()
    with pytest.raises(Invalid):
        accounts.sign_in(session, "a@b.se", "lösen\0ord")


@pytest.mark.parametrize("name", ["x" * 121, "Kalle\0", "\ud800"])
def test_a_name_that_cannot_be_kept_is_refused(session: Session, world: World, name: str) -> None:
    rights.become(session, rights.OPERATOR)
    with pytest.raises(Invalid) as refused:
        accounts.account_of(session, email="kalle@example.org", name=name)
    assert refused.value.field == "name"


def test_an_account_speaks_the_language_that_its_owner_chose(session: Session, world: World) -> None:
    account = world.accounts["officer"]
    rights.become(session, rights.Principal(account=account))
    accounts.speak(session, account, "en")
    assert members.acting(session, account, "farsta").language == "en"
    rights.become(session, rights.Principal(account=world.accounts["landlord"]))
    accounts.speak(session, account, "sv")
    rights.become(session, rights.OPERATOR)
    assert session.get_one(Account, account).language == "en"


def test_only_a_demo_lets_somebody_in_by_a_button(session: Session, world: World) -> None:
    assert not forums.is_demo(session)
    assert accounts.demo_account(session, world.email("officer")) is None


def named_in_a_savepoint(session: Session) -> None:
    with session.begin_nested():
        accounts.account_of(session, email="ny@example.org")


def test_nobody_but_an_administrator_and_the_operator_names_accounts(session: Session, world: World) -> None:
    for person in ("coordinator", "officer", "teacher"):
        world.acting(session, person)
        with pytest.raises(ProgrammingError, match="only an administrator"):
            named_in_a_savepoint(session)
    world.acting(session, "administrator")
    assert isinstance(accounts.account_of(session, email="ny@example.org"), UUID)


def new_here(session: Session, world: World, email: str = "ny@example.org") -> str | None:
    """Let the forum's administrator invite somebody; return the link that was shown."""
    administrator = world.acting(session, "administrator")
    company = world.organisations["Bostadsbolaget"]
    return members.invite(session, administrator, email=email, name="Ny", organisation_id=company, role=Role.REPORTER)


def test_an_administrator_is_shown_a_link_for_an_account_that_nobody_has_used(session: Session, world: World) -> None:
    link = new_here(session, world)
    assert link
    rights.become(session, rights.NOBODY)
    account = accounts.set_password(session, link, PASSWORD)
    assert members.acting(session, account, "farsta").organisation_name == "Bostadsbolaget"


def queued(session: Session) -> list[Any]:
    return list(session.scalars(text("SELECT args FROM jobs.procrastinate_jobs WHERE task_name = 'mail_link'")))


def test_an_administrator_gets_no_link_for_an_account_with_a_password(session: Session, world: World) -> None:
    account = officer(session, world)
    administrator = world.acting(session, "administrator")
    members.end(session, administrator, world.members["officer"])
    assert new_here(session, world, world.email("officer")) is None
    assert [args["account"] for args in queued(session)] == [str(account)]
    assert refused_by_the_database(session, account)


def test_an_administrator_gets_no_link_for_an_account_of_another_forum(session: Session, world: World) -> None:
    other = build_world(session, "rinkeby", NEIGHBOURS)
    assert new_here(session, world, other.email("landlord")) is None
    assert [args["account"] for args in queued(session)] == [str(other.accounts["landlord"])]
    assert refused_by_the_database(session, other.accounts["landlord"])
    assert refused_by_the_database(session, other.accounts["teacher"])  # no member here at all


def refused_by_the_database(session: Session, account: UUID) -> bool:
    with session.begin_nested() as savepoint:
        try:
            accounts.invite_link(session, account)
        except ProgrammingError as error:
            savepoint.rollback()
            return "row-level security" in str(error)
    return False


def test_the_link_that_one_administrator_kept_opens_no_other_forum(session: Session, world: World) -> None:
    """The administrator of Farsta invites an officer, keeps the link and waits until Rinkeby invites them too."""
    email = "utredare@polisen.example.org"
    kept = new_here(session, world, email)
    rinkeby = build_world(session, "rinkeby", NEIGHBOURS)
    assert new_here(session, rinkeby, email) is None
    assert kept
    rights.become(session, rights.NOBODY)
    account = accounts.set_password(session, kept, PASSWORD)
    assert members.acting(session, account, "farsta").forum_slug == "farsta"
    with pytest.raises(NotFound):
        members.acting(session, account, "rinkeby")
    rights.become(session, rights.Principal(account=account))
    assert [forum.slug for forum in forums.mine(session)] == ["farsta"]
    assert not sees_rinkeby(session, rinkeby, account)

    rights.become(session, rights.Principal(system=rinkeby.forum_id))
    mailed = accounts.invite_link(session, account)
    rights.become(session, rights.NOBODY)
    accounts.set_password(session, mailed, "den rätta ägarens ord")
    assert members.acting(session, account, "rinkeby").forum_slug == "rinkeby"
    assert sees_rinkeby(session, rinkeby, account)
    assert [forum.slug for forum in forums.mine(session)] == ["farsta", "rinkeby"]


def sees_rinkeby(session: Session, rinkeby: World, account: UUID) -> bool:
    rights.become(session, rights.OPERATOR)
    find = text("SELECT id FROM members WHERE forum_id = :forum AND account_id = :account")
    member = session.scalars(find, {"forum": rinkeby.forum_id, "account": account}).one()
    rights.become(session, rights.Principal(account=account, member=member))
    return bool(session.scalar(text("SELECT count(*) FROM organisations")))
