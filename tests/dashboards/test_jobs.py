"""Jobs through the real queue and a real mail server on this machine: begun by a commit, done once, never lost."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from pydantic import SecretStr
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from dashboards import jobs
from dashboards.app import create_app
from forum.foundation import rights
from forum.foundation.cluster import PrivateCluster
from forum.foundation.errors import NotSignedIn
from forum.foundation.jobs import JobName, defer
from forum.foundation.settings import Settings
from forum.people import accounts, members
from forum.people.agreements import today
from forum.people.policy import Role
from forum.work import publications
from tests.builders import World
from tests.conftest import SECRET, on
from tests.dashboards.conftest import Browser, Letterbox, Queue

LINK = re.compile(r"http://127\.0\.0\.1/lank/(\S+)")


@pytest.fixture(scope="module")
def configured(cluster: PrivateCluster, database: str, free_port: int) -> Settings:
    return Settings(
        database_url=on(cluster.app_url, database),
        secret_key=SecretStr(SECRET),
        base_url="http://127.0.0.1/",
        smtp_url=f"smtp://127.0.0.1:{free_port}",
        mail_from="forum@example.org",
    )


def ask_for_a_mail(session: Session, world: World, person: str = "walker") -> None:
    world.acting(session, "administrator")
    defer(session, JobName.MAIL_LINK, world.forum_id, account=str(world.accounts[person]))


def test_every_kind_of_job_has_its_handler(configured: Settings, sessions: sessionmaker[Session]) -> None:
    assert set(jobs.HANDLERS) == set(JobName)
    assert set(JobName) < set(jobs.application(configured, sessions).tasks)


def test_what_is_rolled_back_leaves_no_job(
    sessions: sessionmaker[Session],
    lasting: World,
    superuser: Engine,
    queue: Queue,
    letterbox: Letterbox,
) -> None:
    with sessions() as session:
        ask_for_a_mail(session, lasting)
        session.rollback()
    assert queue.waiting() == []
    queue.work()
    assert letterbox.letters == []


def test_what_is_committed_is_done_once_and_the_mail_brings_a_link_that_works(
    sessions: sessionmaker[Session], lasting: World, queue: Queue, letterbox: Letterbox
) -> None:
    with sessions() as session:
        ask_for_a_mail(session, lasting)
        session.commit()
    (job,) = queue.waiting()
    assert job[:3] == ("mail_link", "todo", 0)
    assert job[4] == {"forum": str(lasting.forum_id), "account": str(lasting.accounts["walker"])}
    queue.work()
    queue.work()
    assert queue.waiting() == []
    (letter,) = letterbox.letters
    assert (letter["To"], letter["From"]) == ("walker@farsta.example.org", "forum@example.org")
    assert letter["Subject"] == "Välj lösenord till Trygghetsforum"
    link = LINK.search(letter.get_content())
    assert link is not None
    browser = Browser(create_app(queue.settings, sessions), None)
    assert "password" in browser.get(f"/lank/{link[1]}")
    chosen = browser.post(f"/lank/{link[1]}", {"password": "fyra ord att minnas"})
    assert chosen.status_code == 303
    assert browser.client.get("/farsta/karta").status_code == 200
    with sessions() as session:
        assert (
            accounts.sign_in(session, "walker@farsta.example.org", "fyra ord att minnas") == lasting.accounts["walker"]
        )
        with pytest.raises(NotSignedIn):
            accounts.set_password(session, link[1], "another four words of it")


def test_a_mail_speaks_the_language_of_who_reads_it(
    sessions: sessionmaker[Session], lasting: World, queue: Queue, letterbox: Letterbox
) -> None:
    with sessions() as session:
        rights.become(session, rights.Principal(account=lasting.accounts["teacher"]))
        accounts.speak(session, lasting.accounts["teacher"], "en")
        ask_for_a_mail(session, lasting, "teacher")
        session.commit()
    queue.work()
    assert letterbox.letters[0]["Subject"] == "Choose a password for Trygghetsforum"


def test_who_has_an_account_already_is_written_to_and_nobody_else_is_told(
    sessions: sessionmaker[Session], lasting: World, queue: Queue, letterbox: Letterbox
) -> None:
    with sessions() as session:
        rights.become(session, rights.OPERATOR)
        known = accounts.account_of(session, email="known@example.org")
        accounts.create_token(session, known)
        administrator = lasting.acting(session, "administrator")
        school = lasting.organisations["Skolan"]
        invited = members.invite(
            session, administrator, email="known@example.org", name="", organisation_id=school, role=Role.READER
        )
        assert invited is None
        session.commit()
    queue.work()
    assert [letter["To"] for letter in letterbox.letters] == ["known@example.org"]


def test_a_mail_server_that_is_away_is_tried_again_later_and_no_link_is_left_lying_about(
    sessions: sessionmaker[Session], lasting: World, queue: Queue
) -> None:
    links = text("SELECT count(*) FROM credentials WHERE kind = 'link'")
    with sessions() as session:
        ask_for_a_mail(session, lasting)
        session.commit()
    with queue.superuser.connect() as connection:
        before = connection.scalar(links)
        queue.work()
        (job,) = queue.waiting()
        assert job[:4] == ("mail_link", "todo", 1, True)
        assert connection.scalar(links) == before


def test_a_mail_server_that_asks_who_we_are_is_told(
    sessions: sessionmaker[Session], lasting: World, queue: Queue, free_port: int
) -> None:
    asked: list[Any] = []

    def authenticate(*told: Any) -> AuthResult:
        asked.append(told[-1])
        return AuthResult(success=True)

    letterbox = Letterbox()
    door: dict[str, Any] = {"auth_require_tls": False, "authenticator": authenticate}
    server = Controller(letterbox, hostname="127.0.0.1", port=free_port, **door)
    with sessions() as session:
        ask_for_a_mail(session, lasting)
        session.commit()
    server.start()
    try:
        queue.work(smtp_url=f"smtp://forum:p%40ss%2Fword@127.0.0.1:{free_port}")
    finally:
        server.stop()
    assert (asked[0].login, asked[0].password) == (b"forum", b"p@ss/word")
    assert len(letterbox.letters) == 1


def test_without_a_mail_server_nothing_is_sent_and_nothing_fails(
    sessions: sessionmaker[Session], lasting: World, queue: Queue
) -> None:
    with sessions() as session:
        ask_for_a_mail(session, lasting)
        session.commit()
    queue.work(smtp_url=None)
    assert queue.waiting() == []


def test_a_job_whose_worker_was_killed_is_taken_up_again(
    sessions: sessionmaker[Session], lasting: World, queue: Queue, letterbox: Letterbox
) -> None:
    with sessions() as session:
        ask_for_a_mail(session, lasting)
        session.commit()
    killed = text(
        "WITH gone AS (INSERT INTO jobs.procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') "
        "RETURNING id) UPDATE jobs.procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM gone)"
    )
    with queue.superuser.connect() as connection:
        connection.execute(text("SET search_path = jobs, public"))
        connection.execute(killed)
        connection.execute(text("RESET search_path"))
    assert queue.waiting()[0][1] == "doing"
    app = jobs.application(queue.settings, sessions)

    async def take_up() -> None:
        async with app.open_async():
            await jobs.take_up(app)

    asyncio.run(take_up())
    assert queue.waiting()[0][1] == "todo"
    queue.work()
    assert len(letterbox.letters) == 1


def test_a_forums_job_reaches_no_account_of_another_forum(
    sessions: sessionmaker[Session],
    lasting: World,
    superuser: Engine,
    queue: Queue,
    letterbox: Letterbox,
) -> None:
    with sessions() as session:
        rights.become(session, rights.OPERATOR)
        stranger = accounts.account_of(session, email="stranger@example.org")
        lasting.acting(session, "administrator")
        defer(session, JobName.MAIL_LINK, lasting.forum_id, account=str(stranger))
        session.commit()
    queue.work()
    assert letterbox.letters == []
    assert queue.waiting()[0][1:3] == ("todo", 1)


@pytest.mark.parametrize("founded", ["2020-01-01", None])
def test_the_last_closed_month_is_published_once_where_the_forum_was_there_by_then(
    sessions: sessionmaker[Session], lasting: World, superuser: Engine, queue: Queue, founded: str | None
) -> None:
    with superuser.connect() as hand:
        hand.execute(text("DELETE FROM publications"))
        hand.execute(text("UPDATE forums SET created_at = coalesce(:day, now())"), {"day": founded})
    for _ in range(2):
        with sessions() as session:
            lasting.acting(session, "administrator")
            defer(session, JobName.PUBLISH, lasting.forum_id, id=str(lasting.forum_id))
            session.commit()
        queue.work()
    with superuser.connect() as hand:
        there = hand.scalars(text("SELECT month FROM publications")).all()
    assert there == [publications.last_closed(today())] * bool(founded)
