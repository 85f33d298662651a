"""The yearly report to the council: one press, two files, for an audience, by those who lead."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from dashboards import documents, printing
from forum.foundation import clock
from forum.foundation.audience import Visibility
from forum.people.agreements import today
from forum.work import adoptions, measures, plans
from forum.work.measures import Step
from tests.builders import World, mark
from tests.dashboards.conftest import Browser, BrowserOf, Queue
from tests.dashboards.test_protocol import words_in, words_of
from tests.forum.work.test_adoptions import frozen
from tests.forum.work.test_plans import measure_of
from tests.mapping.test_public_picture import publish

ROOM = "/farsta/lagesbild/arsrapport"
WHERE = "Stadsdelsnämnden, § 14"
YEAR = today().year


@pytest.fixture(scope="module", autouse=True)
def year(sessions: sessionmaker[Session], lasting: World) -> None:
    """Let the forum have marked, adopted, decided and done something this year, and authorities more than that."""
    with sessions() as session:
        officer = lasting.acting(session, "officer")
        for visibility, category in (("forum", "lighting"), ("authorities", "drugs")):
            mark(
                session,
                officer,
                occurred_from=clock.now() - timedelta(hours=1),
                visibility=visibility,
                category=category,
            )
        done = measure_of(session, lasting, Step.DECIDE, Step.ACCEPT)
        coordinator = lasting.acting(session, "coordinator")
        measures.carry_out(session, coordinator, done, on=today())
        hidden = measure_of(session, lasting, Step.DECIDE, Step.DECLINE, seen=Visibility.AUTHORITIES)
        assert hidden.title == done.title
        picture = frozen(session, lasting)
        coordinator = lasting.acting(session, "coordinator")
        adoptions.adopt_picture(session, coordinator, picture, on=today(), reference=WHERE)
        plan = plans.make(session, coordinator, picture, [done])
        plans.adopt(session, coordinator, plan, on=today(), reference=WHERE)
        session.commit()


@pytest.fixture(scope="module")
def coordinator(browser_of: BrowserOf) -> Browser:
    return browser_of("coordinator")


def ordered(browser: Browser, queue: Queue, **changes: str) -> str:
    """Return the address of a report that was made."""
    answer = browser.post(ROOM, {"year": str(YEAR), "audience": "forum"} | changes)
    assert answer.status_code == 303, answer.text
    queue.work()
    address: str = answer.headers["location"]
    return address


def test_one_press_makes_both_files_with_the_same_words_and_their_hashes(coordinator: Browser, queue: Queue) -> None:
    address = ordered(coordinator, queue)
    page = coordinator.get(address)
    files = {form: coordinator.client.get(f"{address}.{form}") for form in ("pdf", "docx")}
    assert [files[form].headers["content-type"] for form in files] == [documents.PAPER, documents.WORD]
    for answer in files.values():
        assert hashlib.sha256(answer.content).hexdigest() in page
    assert "PDF och Word</h1>" in page
    for told in (words_of(files["pdf"].content), words_in(files["docx"].content)):
        for said in (f"fullmäktige {YEAR}", WHERE, "730 dagar kvar", "Byt lampor", "Gemensam lägesbild", "Hela området",
                     "För hela forumet", "Det här vet vi inte", "Belysning", "Forumet höll inget möte"):  # fmt: skip
            assert said in told, said
        assert "Narkotika" not in told
        assert "avböjd" not in told


def test_for_authorities_it_holds_what_they_see_and_says_so(coordinator: Browser, queue: Queue) -> None:
    address = ordered(coordinator, queue, audience="authorities")
    told = words_in(coordinator.client.get(f"{address}.docx").content)
    for said in ("Bara för myndigheter", "Narkotika", "avböjd av den ansvariga", "Ingen lägesbild är antagen än."):
        assert said in told, said


def test_for_everybody_it_says_what_was_published_and_nothing_of_single_things(
    coordinator: Browser, queue: Queue, sessions: sessionmaker[Session], lasting: World
) -> None:
    nothing = ordered(coordinator, queue, audience="public", year=str(YEAR - 2))
    assert "Inget är redovisat för perioden." in words_in(coordinator.client.get(f"{nothing}.docx").content)
    with sessions() as session:
        measure = {
            "number": 2,
            "kind": "",
            "nature": "physical",
            "state": "done",
            "month": f"{YEAR - 1}-05",
            "area": "Öster",
        }
        counts = [[9, None, 9], [31, None, 31], [40, None, 40]]
        publish(session, lasting, date(YEAR - 1, 5, 1), counts, measures=[measure])
        session.commit()
    address = ordered(coordinator, queue, audience="public", year=str(YEAR - 1))
    for form, read in (("pdf", words_of), ("docx", words_in)):
        told = read(coordinator.client.get(f"{address}.{form}").content)
        for said in ("För alla", "Redovisade månader: 1. Avvikelser i dem: 40.", "2 ×", "Det här vet vi inte"):
            assert said in told, said
        for single in ("Byt lampor", "Gemensam lägesbild", WHERE, "Bostadsbolaget"):
            assert single not in told, single


@pytest.mark.parametrize("wrong", [{"year": "x"}, {"year": "1999"}, {"year": str(date.max.year)}, {"audience": "x"}])
def test_what_there_is_no_report_of_is_refused_at_its_field(
    coordinator: Browser, queue: Queue, wrong: dict[str, str]
) -> None:
    answer = coordinator.post(ROOM, {"year": str(YEAR), "audience": "forum"} | wrong)
    assert (answer.status_code, f'id="{next(iter(wrong))}-error"' in answer.text) == (422, True)
    assert queue.waiting() == []


def test_who_does_not_lead_makes_none(browser_of: BrowserOf) -> None:
    for person in ("officer", "teacher"):
        browser_of(person).get(ROOM, 403)
        assert browser_of(person).post(ROOM, {"year": str(YEAR), "audience": "forum"}).status_code == 403


def test_what_the_page_offers_in_word_has_a_writer() -> None:
    assert set(printing.IN_WORD) == documents.IN_WORD
