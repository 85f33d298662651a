"""What came of ours, as a page and as a letter once a week: to those it came of, and only when something happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from shapely import Point
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from dashboards import jobs
from forum.foundation import clock, rights
from forum.foundation.jobs import JobName
from forum.people.agreements import today
from forum.people.members import system
from forum.register import deviations, places
from forum.register.deviations import Deviation
from forum.register.places import Drawn
from forum.work import digests, measures
from forum.work.measures import Step
from forum.work.terms import Terms
from tests.builders import CENTRE, World, mark
from tests.dashboards.conftest import BASE, BrowserOf, Letterbox, Queue

ROOM = "/farsta/vara-avvikelser"
NEXT_WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _clean(queue: Queue) -> Iterator[None]:
    yield
    with queue.superuser.connect() as connection:
        connection.execute(text("TRUNCATE letters, subscriptions, places, measures, deviations CASCADE"))


def answered(sessions: sessionmaker[Session], world: World, person: str, reply: str, **changes: str) -> Deviation:
    with sessions() as session:
        deviation = mark(session, world.acting(session, person), text="Lampan är släckt", **changes)
        coordinator = world.acting(session, "coordinator")
        deviations.answer(session, coordinator, deviations.get(session, coordinator, deviation.id), reply=reply)
        session.commit()
        return deviation


def write(sessions: sessionmaker[Session], world: World) -> None:
    """Write the letters about this week, as they leave on the next Monday."""
    monday = today() - timedelta(days=today().weekday()) + NEXT_WEEK
    with sessions() as session:
        rights.become(session, rights.Principal(system=world.forum_id))
        digests.write_letters(session, world.forum_id, datetime.combine(monday, digests.MONDAY, clock.ZONE))
        session.commit()


def test_the_page_holds_ours_with_the_answer_and_what_we_have_promised(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World
) -> None:
    deviation = answered(sessions, lasting, "landlord", "Lamporna är bytta i går")
    with sessions() as session:
        coordinator = lasting.acting(session, "coordinator")
        place = places.create(session, coordinator, Drawn("Gångvägen vid sjön", Point(CENTRE), 100))
        terms = Terms("Beskär häcken", lasting.organisations["Bostadsbolaget"], today() + NEXT_WEEK)
        measure = measures.propose(session, coordinator, place, terms)
        measures.move(session, coordinator, measure, Step.DECIDE)
        session.commit()
    landlord = browser_of("landlord")
    assert ROOM in landlord.get("/farsta/platser")
    page = landlord.get(ROOM)
    assert "Lamporna är bytta i går" in page
    assert f"/farsta/avvikelser/{deviation.nr}" in page
    ours, promised = page[page.index("ours-head") : page.index("promised-head")], page[page.index("promised-head") :]
    assert f"/farsta/atgarder/{measure.nr}" in ours
    assert "beslutad" in ours
    assert "Beskär häcken" in promised
    others = browser_of("walker").get(ROOM)
    assert "Lamporna är bytta" not in others
    assert "Beskär häcken" not in others
    assert "What came of our deviations" in landlord.get(f"/en{ROOM}")


def test_the_page_goes_on_where_it_ended(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboards.outcomes.SHOWN", 1)
    first, second = (answered(sessions, lasting, "landlord", reply) for reply in ("Svar ett", "Svar två"))
    landlord = browser_of("landlord")
    page = landlord.get(ROOM)
    following = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    pages = page + landlord.get(following.replace("&amp;", "&"))
    assert all(f"/farsta/avvikelser/{nr}" in pages for nr in (first.nr, second.nr))


def test_a_week_in_which_something_happened_is_told_once(
    sessions: sessionmaker[Session], lasting: World, queue: Queue, letterbox: Letterbox
) -> None:
    deviation = answered(sessions, lasting, "landlord", "Lamporna är bytta i går")
    for _ in range(2):
        write(sessions, lasting)
        queue.work()
    (letter,) = letterbox.letters
    assert letter["To"] == lasting.email("landlord")
    assert letter["Subject"].startswith("Vad det blev av våra avvikelser ")
    assert f"F-{deviation.nr} Lampan är släckt: besvarad. Lamporna är bytta i går" in letter.get_content()
    assert f"{BASE}{ROOM}" in letter.get_content()
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    with queue.superuser.connect() as connection:
        told = sorted(connection.scalars(text("SELECT status FROM letters")))
    assert told == ["dropped"] * 5 + ["sent"]


def test_two_workers_at_once_and_one_that_was_killed_tell_nothing_twice(
    sessions: sessionmaker[Session], lasting: World, queue: Queue, letterbox: Letterbox
) -> None:
    answered(sessions, lasting, "landlord", "Klart")
    write(sessions, lasting)
    again = text(
        "INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, args) "
        "SELECT queue_name, task_name, args FROM jobs.procrastinate_jobs WHERE task_name = 'letter'"
    )
    with queue.superuser.connect() as connection:
        connection.execute(text("SET search_path = jobs, public"))
        connection.execute(again)
        connection.execute(text("RESET search_path"))
    queue.work()
    assert [letter["To"] for letter in letterbox.letters] == [lasting.email("landlord")]


def test_a_letter_holds_nothing_of_what_not_the_whole_forum_sees(
    sessions: sessionmaker[Session], lasting: World, queue: Queue, letterbox: Letterbox
) -> None:
    open_ = answered(sessions, lasting, "officer", "Öppet svar")
    hidden = answered(sessions, lasting, "officer", "Hemligt svar", visibility="authorities")
    write(sessions, lasting)
    queue.work()
    (letter,) = letterbox.letters
    assert letter["To"] == lasting.email("officer")
    said = letter.get_content()
    assert "Öppet svar" in said
    assert str(open_.nr) in said
    assert "Hemligt" not in said
    assert str(hidden.nr) not in said
    assert said.count("F-") == 1


def test_who_wants_no_digest_gets_none(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World, queue: Queue, letterbox: Letterbox
) -> None:
    answered(sessions, lasting, "landlord", "Klart")
    assert browser_of("landlord").post("/farsta/notiser", {"notices": "yes"}).status_code == 303
    write(sessions, lasting)
    queue.work()
    assert letterbox.letters == []


def test_the_clock_asks_every_forum_for_its_week(sessions: sessionmaker[Session], lasting: World, queue: Queue) -> None:
    jobs.each_hour(sessions)
    waiting = {name: args for name, _, _, _, args in queue.waiting()}
    assert set(waiting) == {JobName.OVERDUE, JobName.DIGEST, JobName.PUBLISH}
    assert {args["forum"] for args in waiting.values()} == {str(lasting.forum_id)}
    queue.work()
    with sessions() as session:
        system(session, lasting.forum_id, lasting.slug, "")
        kinds = session.scalars(text("SELECT DISTINCT kind FROM letters")).all()
    assert set(kinds) <= {"digest"}
