"""The minutes: what they say for whom, who adjusts them, and that sealed bytes stay whatever becomes of the rows."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import docx
import pypdfium2
import pytest
from shapely import Point
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import clock
from forum.foundation.audience import Visibility
from forum.foundation.settings import Settings
from forum.register import deviations, intake, places
from forum.register.places import Drawn
from forum.work import agenda, decisions, measures, meetings
from forum.work.agenda import Status, Wish
from forum.work.decisions import Order, Replaced
from forum.work.meetings import Plan
from mapping import agenda as bridge
from tests.builders import CENTRE, World, mark
from tests.dashboards.conftest import Browser, BrowserOf, Queue

DAYS = iter(range(1, 6))
SECRET_WORDS = "Spaningen vid gångvägen"


@dataclass(frozen=True)
class Held:
    """A meeting that was held: its address, and what it talked of."""

    day: str
    place: UUID
    rows: list[UUID]

    @property
    def page(self) -> str:
        """Return the minutes' address."""
        return f"/farsta/moten/{self.day}/protokoll"


def hold(sessions: sessionmaker[Session], world: World) -> Held:
    """Let the forum hold a meeting with two items, one in the annex, and a row that authorities alone may see."""
    n = next(DAYS)
    ago, (lon, lat) = timedelta(days=n), (CENTRE[0], CENTRE[1] + n / 300)
    there = {"lon": lon, "lat": lat, "accuracy_m": 20, "occurred_from": clock.now() - ago - timedelta(days=1)}
    people: tuple[tuple[str, dict[str, str]], ...] = (("walker", {}), ("landlord", {}), ("officer", {}))
    with sessions() as session:
        rows = [
            mark(session, world.acting(session, who), **there, **more).id
            for who, more in (*people, ("officer", {"visibility": "authorities"}))
        ]
        coordinator = world.acting(session, "coordinator")
        place = places.create(session, coordinator, Drawn("Gångvägen <b>norr</b>", Point(lon, lat), 60))
        chair = world.organisations["Stadsdelsförvaltningen"]
        meeting = meetings.plan(session, coordinator, Plan(clock.now() - ago, location="Folkets hus", chair_id=chair))
        agenda.add(session, coordinator, meeting, Wish("Grindarna i Hökarängen"))
        agenda.add(session, coordinator, meeting, Wish(SECRET_WORDS, visibility=Visibility.AUTHORITIES))
        agenda.begin(session, coordinator, meeting, bridge.prepared(session, coordinator, meeting))
        meetings.attend(session, coordinator, meeting, {chair: 2, world.organisations["Polisen"]: 1})
        for item in agenda.of_meeting(session, coordinator, meeting):
            _go_through(session, world, item, place.id)
        agenda.end(session, coordinator, meeting)
        held = Held(meeting.day.isoformat(), place.id, rows)
        session.commit()
    return held


def _go_through(session: Session, world: World, item: agenda.Item, place: UUID) -> None:
    coordinator = world.acting(session, "coordinator")
    if item.place_id == place and item.visibility == Visibility.FORUM:
        day = clock.local(clock.now()).date() + timedelta(days=30)
        order = Order(world.organisations["Bostadsbolaget"], day)
        first = decisions.decide(session, coordinator, item, "Byt lamporna", order)
        decisions.decide(session, coordinator, item, "Byt stolparna", replaces=Replaced(first, "De är rostiga"))
        agenda.note(session, coordinator, item, "Mörkt efter klockan fem")
        agenda.settle(session, coordinator, item, Status.HANDLED)
    if item.title == "Grindarna i Hökarängen":
        agenda.settle(session, coordinator, item, Status.ESCALATED, reason="Kräver pengar")
    if item.title == SECRET_WORDS:
        decisions.decide(session, coordinator, item, "Spaningen går vidare")


@pytest.fixture(scope="module")
def held(sessions: sessionmaker[Session], lasting: World) -> Held:
    return hold(sessions, lasting)


@pytest.fixture(scope="module")
def sealed(
    sessions: sessionmaker[Session], lasting: World, browser_of: BrowserOf, configured: Settings, superuser: Engine
) -> Held:
    """Return another one whose minutes are adjusted and sealed."""
    held = hold(sessions, lasting)
    answer = browser_of("officer").post(f"{held.page}/justera", {"version": ""})
    assert answer.status_code == 303, answer.text
    Queue(configured, sessions, superuser).work()
    return held


def words_of(pdf: bytes) -> str:
    return " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)).replace("\r\n", " ")


def words_in(document: bytes) -> str:
    read = docx.Document(io.BytesIO(document))
    cells = [cell.text for table in read.tables for row in table.rows for cell in row.cells]
    return " ".join(
        [*(paragraph.text for paragraph in read.paragraphs), *cells, read.sections[0].footer.paragraphs[0].text]
    )


def fetched(browser: Browser, held: Held, name: str) -> bytes:
    answer = browser.client.get(f"{held.page}-{name}")
    assert answer.status_code == 200, answer.text
    content: bytes = answer.content
    return content


SAID = (
    "Byt lamporna", "Byt stolparna", "De är rostiga", "Mörkt efter klockan fem", "Bostadsbolaget", "Kräver pengar",
    "Stadsdelsförvaltningen (2)", "Polisen (1)", "Grindarna i Hökarängen", "Uppföljning av åtgärder",
)  # fmt: skip


def test_the_page_says_what_was_seen_and_decided(browser_of: BrowserOf, held: Held) -> None:
    page = browser_of("walker").get(held.page)
    for words in SAID:
        assert words in page
    assert "Gångvägen &lt;b&gt;norr&lt;/b&gt;" in page
    assert "<s>Byt lamporna</s>" in page
    assert "data:image/svg+xml" in page
    english = browser_of("walker").get(f"/en{held.page}")
    assert "Minutes of the meeting on" in english
    assert "To the steering group: Kräver pengar" in english


@pytest.mark.parametrize("person", ["walker", "officer", "coordinator"])
def test_the_forums_minutes_hold_nothing_of_authorities_whoever_reads(
    browser_of: BrowserOf, held: Held, person: str
) -> None:
    page = browser_of(person).get(held.page)
    assert "3 avvikelser sedan förra mötet" in page
    assert "4 avvikelser" not in page
    assert "paningen" not in page


def test_the_annex_is_read_by_authorities_alone(browser_of: BrowserOf, held: Held) -> None:
    annex = browser_of("officer").get(f"{held.page}?bilaga=1")
    assert SECRET_WORDS in annex
    assert "Spaningen går vidare" in annex
    assert "Byt stolparna" not in annex
    browser_of("walker").get(f"{held.page}?bilaga=1", 404)
    assert "bilaga" not in browser_of("walker").get(held.page)


def test_a_meeting_that_has_not_begun_has_no_minutes(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World
) -> None:
    with sessions() as session:
        plan = Plan(clock.now() + timedelta(days=9), chair_id=lasting.organisations["Polisen"])
        day = meetings.plan(session, lasting.acting(session, "coordinator"), plan).day
        session.commit()
    browser_of("coordinator").get(f"/farsta/moten/{day}/protokoll", 404)


def test_nobody_adjusts_their_own_and_a_reader_adjusts_nothing(browser_of: BrowserOf, held: Held) -> None:
    refused = browser_of("coordinator").post(f"{held.page}/justera", {"version": ""})
    assert refused.status_code == 409
    assert "Ingen justerar protokollet som de själva har skrivit." in refused.text
    assert browser_of("teacher").post(f"{held.page}/justera", {"version": ""}).status_code == 403
    assert "Justera protokollet" not in browser_of("teacher").get(held.page)
    stale = browser_of("officer").post(f"{held.page}/justera", {"version": "1"})
    assert stale.status_code == 412


def test_the_annex_is_sealed_apart(browser_of: BrowserOf, sealed: Held) -> None:
    annex = words_of(fetched(browser_of("officer"), sealed, "authorities.pdf"))
    assert "Spaningen går vidare" in annex
    assert "myndigheter" in annex
    for form in ("pdf", "docx", "html"):
        assert browser_of("walker").client.get(f"{sealed.page}-authorities.{form}").status_code == 404


def test_the_paper_is_tagged_names_its_title_and_carries_no_address_of_this_machine(
    browser_of: BrowserOf, sealed: Held
) -> None:
    files: dict[str, Any] = {n: fetched(browser_of("walker"), sealed, f"forum.{n}") for n in ("pdf", "html")}
    paper = pypdfium2.PdfDocument(files["pdf"])
    assert paper.is_tagged()
    assert paper.get_metadata_dict()["Title"].startswith("Protokoll från forummötet")
    assert b"file:" not in files["html"]
    answer = browser_of("walker").client.get(f"{sealed.page}-forum.html")
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")


def test_sealed_minutes_are_fetched_in_each_form_and_stay_when_rows_change(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World, sealed: Held
) -> None:
    walker, names = browser_of("walker"), ("forum.html", "forum.pdf", "forum.docx")
    first = {name: fetched(walker, sealed, name) for name in names}
    told = words_of(first["forum.pdf"]), words_in(first["forum.docx"]), first["forum.html"].decode()
    for said in told:
        for words in (*SAID, "Justerat av Polisen", "3 avvikelser sedan förra mötet"):
            assert words in said
        assert "paningen" not in said
    change(sessions, lasting, sealed)
    assert {name: fetched(walker, sealed, name) for name in names} == first
    page = walker.get(sealed.page)
    assert "Gångvägen &lt;b&gt;norr&lt;/b&gt;" in page
    assert "Nytt namn" not in page
    for content in first.values():
        assert hashlib.sha256(content).hexdigest() in page
    again = browser_of("administrator").post(f"{sealed.page}/justera", {"version": ""})
    assert again.status_code == 409


def change(sessions: sessionmaker[Session], world: World, held: Held) -> None:
    """Change everything that the minutes tell of."""
    with sessions() as session:
        coordinator = world.acting(session, "coordinator")
        place = places.get(session, coordinator, held.place)
        places.amend(session, coordinator, place, Drawn("Nytt namn", Point(CENTRE), 30))
        for measure in measures.of_place(session, coordinator, place):
            measures.move(session, coordinator, measure, measures.Step.WAIVE, reason="Dyrt")
        landlord = world.acting(session, "landlord")
        gone = deviations.get(session, landlord, held.rows[1])
        deviations.withdraw(session, landlord, gone, reason=deviations.Reason.MISTAKE)
        officer = world.acting(session, "officer")
        intake.amend(session, officer, deviations.get(session, officer, held.rows[2]), None, {"visibility": "own"})
        session.commit()


def test_the_decisions_of_a_period_are_compiled_for_the_audience_that_is_chosen(
    browser_of: BrowserOf, held: Held, sealed: Held, queue: Queue
) -> None:
    period = f"from={min(held.day, sealed.day)}&until={max(held.day, sealed.day)}"
    page = browser_of("officer").get(f"/farsta/protokoll?{period}")
    assert page.count("Byt stolparna") == 4  # twice at each meeting: as what replaces the first, and itself
    assert "Beslut som gäller: 2" in page
    assert "Till styrgruppen: Kräver pengar" in page
    assert "paningen" not in page
    annex = browser_of("officer").get(f"/farsta/protokoll?{period}&audience=authorities")
    assert annex.count("Spaningen går vidare") == 2
    assert "Byt stolparna" not in annex
    assert browser_of("walker").client.get(f"/farsta/protokoll?{period}&audience=authorities").status_code == 422
    assert browser_of("officer").client.get(f"/farsta/protokoll?{period}&audience=public").status_code == 422
    one = browser_of("walker").get(f"/farsta/protokoll?from={held.day}&until={held.day}")
    assert "Beslut som gäller: 1" in one
    asked = {"from": held.day, "until": held.day, "audience": "forum"}
    address = browser_of("walker").post("/farsta/protokoll/pdf", asked).headers["location"]
    browser = browser_of("walker")
    queue.work()
    assert "Byt stolparna" in words_of(browser.client.get(f"{address}.pdf").content)
    assert "Forumet höll inget möte" in browser.get("/farsta/protokoll?from=2020-01-01&until=2020-02-01")
