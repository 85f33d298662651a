"""Notices on the page and by mail: counted in the header, read once shown, by mail no more than the forum may see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from shapely import Point
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from dashboards import jobs
from forum.foundation import rights
from forum.foundation.audience import Visibility
from forum.foundation.jobs import JobName
from forum.people import accounts
from forum.people.agreements import today
from forum.register import places
from forum.register.places import Drawn
from forum.work import measures
from forum.work.measures import Measure, Step
from forum.work.terms import Terms
from tests.builders import CENTRE, World
from tests.dashboards.conftest import BASE, BrowserOf, Letterbox, Queue

ROOM = "/farsta/notiser"


@pytest.fixture(autouse=True)
def _clean(queue: Queue) -> Iterator[None]:
    yield
    with queue.superuser.connect() as connection:
        connection.execute(text("TRUNCATE letters, notices, notice_reads, subscriptions"))


def decided(
    sessions: sessionmaker[Session], world: World, owner: str, seen: Visibility = Visibility.FORUM, days: int = 9
) -> Measure:
    with sessions() as session:
        coordinator = world.acting(session, "coordinator")
        place = places.create(session, coordinator, Drawn("Gångvägen vid sjön", Point(CENTRE), 100, seen))
        day = today() + timedelta(days=days)
        terms = Terms("Dold insats" if seen == "authorities" else "Byt lampor", world.organisations[owner], day)
        measure = measures.propose(session, coordinator, place, Terms(**vars(terms) | {"visibility": seen}))
        measures.move(session, coordinator, measure, Step.DECIDE)
        session.commit()
        return measure


def test_a_notice_is_counted_on_every_page_until_it_was_shown(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World, queue: Queue
) -> None:
    landlord, walker = browser_of("landlord"), browser_of("walker")
    assert 'class="told"' not in landlord.get("/farsta/platser")
    measure = decided(sessions, lasting, "Bostadsbolaget")
    assert re.search(r'class="told">1<span class="unseen"> nya notiser<', landlord.get("/farsta/platser"))
    assert 'class="told"' not in walker.get("/farsta/platser")
    page = landlord.get(ROOM)
    assert "Bostadsbolaget ombeds genomföra en åtgärd senast" in page
    assert f'/farsta/atgarder/{measure.nr}"' in page
    assert '<span class="tag">ny</span>' in page
    assert '<span class="tag">ny</span>' not in landlord.get(ROOM)
    assert 'class="told"' not in landlord.get("/farsta/platser")
    assert "Byt lampor" not in walker.get(ROOM)


def test_the_owner_is_written_to_with_a_way_to_decline_more(
    sessions: sessionmaker[Session], lasting: World, queue: Queue, letterbox: Letterbox
) -> None:
    measure = decided(sessions, lasting, "Bostadsbolaget")
    queue.work()
    queue.work()
    (letter,) = letterbox.letters
    assert letter["To"] == lasting.email("landlord")
    assert letter["Subject"].startswith("Bostadsbolaget ombeds genomföra en åtgärd senast")
    assert "Byt lampor" in letter["Subject"]
    assert f"{BASE}/farsta/atgarder/{measure.nr}" in letter.get_content()
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Unsubscribe"].strip("<>") in letter.get_content()


def test_who_declines_in_one_click_is_written_to_no_more(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World, queue: Queue, letterbox: Letterbox
) -> None:
    decided(sessions, lasting, "Bostadsbolaget")
    queue.work()
    path = letterbox.letters[0]["List-Unsubscribe"].strip("<>").removeprefix(BASE)
    mail_program = browser_of(None).client
    for wrong in (path[:-1], path.replace("notices", "digest"), "/avanmal/x"):
        assert mail_program.post(wrong).status_code == 404
        assert mail_program.get(wrong).status_code == 404
    assert "Skicka inget mer" in mail_program.get(path).text
    decided(sessions, lasting, "Bostadsbolaget")
    queue.work()
    assert len(letterbox.letters) == 2
    assert mail_program.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    decided(sessions, lasting, "Bostadsbolaget")
    queue.work()
    assert len(letterbox.letters) == 2
    landlord = browser_of("landlord")
    assert re.search(r'name="notices" value="yes">', landlord.get(ROOM))
    assert landlord.post(ROOM, {"notices": "yes"}).status_code == 303
    assert re.search(r'name="notices" value="yes" checked>', landlord.get(ROOM))
    assert re.search(r'name="digest" value="yes">', landlord.get(ROOM))


def test_a_mail_says_nothing_of_what_only_authorities_see_and_goes_to_nobody_else(
    sessions: sessionmaker[Session], lasting: World, queue: Queue, letterbox: Letterbox
) -> None:
    hidden = decided(sessions, lasting, "Polisen", Visibility.AUTHORITIES)
    decided(sessions, lasting, "Bostadsbolaget", Visibility.AUTHORITIES)
    queue.work()
    (letter,) = letterbox.letters
    assert (letter["To"], letter["Subject"]) == (lasting.email("officer"), "Något rör dig")
    said = letter.get_content()
    assert f"{BASE}{ROOM}" in said
    for word in ("Dold", "Gångvägen", str(hidden.nr), "Polisen", "atgarder"):
        assert word not in said


def test_what_was_narrowed_before_the_letter_left_is_not_told(
    sessions: sessionmaker[Session], lasting: World, queue: Queue, letterbox: Letterbox
) -> None:
    measure = decided(sessions, lasting, "Bostadsbolaget")
    with sessions() as session:
        coordinator = lasting.acting(session, "coordinator")
        terms = Terms("Dold insats", measure.owner_id, measure.due_on, visibility=Visibility.AUTHORITIES)
        measures.amend(session, coordinator, measures.get(session, coordinator, measure.id), terms)
        session.commit()
    queue.work()
    assert letterbox.letters == []
    with queue.superuser.connect() as connection:
        assert list(connection.scalars(text("SELECT status FROM letters"))) == ["dropped"]


def test_a_letter_speaks_the_language_of_its_reader(
    sessions: sessionmaker[Session], lasting: World, queue: Queue, letterbox: Letterbox
) -> None:
    for language in ("en", "sv"):
        with sessions() as session:
            rights.become(session, rights.Principal(account=lasting.accounts["landlord"]))
            accounts.speak(session, lasting.accounts["landlord"], language)
            session.commit()
        decided(sessions, lasting, "Bostadsbolaget")
        queue.work()
    english, swedish = (letter["Subject"] for letter in letterbox.letters)
    assert "is asked to carry out" in english
    assert "ombeds genomföra" in swedish


def test_every_hour_each_forum_looks_for_what_is_late_and_tells_of_it_once(
    sessions: sessionmaker[Session], lasting: World, queue: Queue, letterbox: Letterbox
) -> None:
    decided(sessions, lasting, "Bostadsbolaget", days=-1)
    queue.work()
    letterbox.letters.clear()
    for _ in range(2):
        jobs.each_hour(sessions)
        assert JobName.OVERDUE in {name for name, *_ in queue.waiting()}
        queue.work()
    told = {letter["To"] for letter in letterbox.letters if "skulle ha varit klar" in letter["Subject"]}
    assert told == {lasting.email(person) for person in ("landlord", "coordinator", "administrator")}
    assert len(letterbox.letters) == 3


@pytest.mark.parametrize("path", ["page", "api"])
def test_taking_up_a_place_again_is_told_from_the_page_and_from_the_interface(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World, path: str
) -> None:
    measure = decided(sessions, lasting, "Bostadsbolaget")
    coordinator = browser_of("coordinator")
    with sessions() as session:
        acting = lasting.acting(session, "coordinator")
        place = places.get(session, acting, measure.place_id)
        places.close(session, acting, place, reason="Lugnt")
        session.commit()
    answer: Any
    if path == "page":
        answer = coordinator.post(f"/farsta/platser/{place.nr}/oppna", {"reason": "Mörkt igen"})
    else:
        with sessions() as session:
            rights.become(session, rights.OPERATOR)
            token = accounts.create_token(session, lasting.accounts["coordinator"])
            session.commit()
        headers = {"Authorization": f"Bearer {token}", "If-Match": f'"{place.version}"'}
        address = f"/api/v1/forums/farsta/places/{place.nr}/reopen"
        answer = coordinator.client.post(address, json={"reason": "Mörkt igen"}, headers=headers)
    assert answer.status_code in (200, 303), answer.text
    assert "Arbetet vid en plats tas upp på nytt" in browser_of("landlord").get(ROOM)


def test_a_calendars_address_is_shown_once_replaced_and_taken_away(browser_of: BrowserOf) -> None:
    landlord, outside = browser_of("landlord"), browser_of(None).client
    assert "Skapa en adress" in landlord.get(ROOM)
    shown = []
    for _ in range(2):
        made = landlord.post(f"{ROOM}/kalender").text
        shown += re.findall(rf"{BASE}(/calendar/[\w-]{{43}}\.ics)", made)
        page = landlord.get(ROOM)
        assert "/calendar/" not in page
        assert "Byt till en ny adress" in page
    assert [outside.get(path).status_code for path in shown] == [404, 200]
    assert landlord.post(f"{ROOM}/kalender/bort").headers["location"] == f"{ROOM}?done=calendar"
    assert "Adressen är borttagen" in landlord.get(f"{ROOM}?done=calendar")
    assert outside.get(shown[1]).status_code == 404
