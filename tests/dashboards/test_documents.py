"""Documents in their room: they wait, they are printed, they are there for whoever asked, and a fault is said."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from dashboards import printing
from forum.people.members import Member
from forum.work.documents import Document, Kind
from tests.dashboards.conftest import Browser, BrowserOf, Queue

ASKED = {"from": "2023-07-01", "until": "2023-07-31", "audience": "forum"}


@pytest.fixture
def teacher(browser_of: BrowserOf) -> Browser:
    return browser_of("teacher")


def ordered(browser: Browser, **changes: str) -> str:
    answer = browser.post("/farsta/lagesbild/pdf", ASKED | changes)
    assert answer.status_code == 303, answer.text
    address: str = answer.headers["location"]
    return address


def test_every_kind_has_its_printer() -> None:
    assert set(printing.PRINTERS) == set(Kind)


def test_a_document_waits_is_printed_and_is_there_for_its_member_alone(
    teacher: Browser, browser_of: BrowserOf, queue: Queue
) -> None:
    address = ordered(teacher)
    waiting = teacher.get(address)
    assert "data-open" in waiting
    assert "Den väntar på sin tur." in waiting
    assert "<h1>Lägesbild, juli 2023, PDF</h1>" in waiting
    teacher.get(f"{address}.pdf", 404)
    assert "väntar på sin tur" in teacher.get("/farsta/lagesbild")
    queue.work()
    ready = teacher.get(address)
    assert "data-open" not in ready
    assert f'href="{address}.pdf"' in ready
    assert teacher.client.get(f"{address}.pdf").content.startswith(b"%PDF-")
    for hidden in (address, f"{address}.pdf"):
        browser_of("coordinator").get(hidden, 404)


def test_a_fault_is_said_and_the_next_document_is_printed_all_the_same(
    teacher: Browser, queue: Queue, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(session: Session, member: Member, document: Document) -> bytes:
        raise RuntimeError

    address = ordered(teacher, until="2023-07-30")
    with monkeypatch.context() as patched:
        patched.setitem(printing.PRINTERS, Kind.PICTURE, fails)
        queue.work()
    page = teacher.get(address)
    assert "Dokumentet kunde inte skrivas ut." in page
    assert "could not be printed" in caplog.text
    teacher.get(f"{address}.pdf", 404)
    again = ordered(teacher, until="2023-07-30")
    queue.work()
    assert "Dokumentet är klart." in teacher.get(again)


def test_what_cannot_be_shown_is_not_asked_for(teacher: Browser, queue: Queue) -> None:
    for wrong in ({"from": "i somras"}, {"from": "2023-08-02"}, {"audience": "authorities"}, {"audience": "alla"}):
        assert teacher.post("/farsta/lagesbild/pdf", ASKED | wrong).status_code == 422
    assert queue.waiting() == []


def test_in_english_the_document_is_in_english(teacher: Browser, queue: Queue) -> None:
    answer = teacher.post("/en/farsta/lagesbild/pdf", ASKED)
    assert answer.headers["location"].startswith("/en/farsta/dokument/")
    queue.work()
    assert "Situational picture, July 2023, PDF" in teacher.get(answer.headers["location"])
