"""A large file: kept, worked by a job, all or nothing; seen on its page by those who may; nothing of it left behind."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from procrastinate.job_context import AbortReason
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from dashboards import importer, importing
from forum.foundation import rights
from forum.foundation.audit import verify
from forum.register import deviations
from tests.builders import World
from tests.dashboards.conftest import BASE, Browser, BrowserOf, Queue
from tests.dashboards.test_importing import GOOD, OUTSIDE, PAGE, PERSON, TOML, chosen, send, table

LARGE = 30


@pytest.fixture(autouse=True)
def _nothing_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every file of more than a few rows go to a job."""
    monkeypatch.setattr(importing, "AT_ONCE", 5)


@pytest.fixture
def coordinator(browser_of: BrowserOf) -> Browser:
    return browser_of("coordinator")


def goods(name: str, *more: str) -> bytes:
    return table(*(GOOD.format(f"{name}{number}") for number in range(LARGE)), *more)


def begun(browser: Browser, content: bytes, step: str = "import", **fields: Any) -> str:
    """Send a large file, and return the address of its import."""
    answer = send(browser, content, step, **fields)
    assert answer.status_code == 303, answer.text[-3000:]
    address: str = answer.headers["location"]
    assert re.fullmatch(rf"{PAGE}/[0-9a-f-]{{36}}", address)
    return address


def count(engine: Engine, statement: str) -> Any:
    with engine.connect() as connection:
        return connection.scalar(text(statement))


def registered(engine: Engine, name: str) -> int:
    found: int = count(engine, f"SELECT count(*) FROM deviations WHERE source_ref LIKE '{name}%'")
    return found


def test_a_large_file_is_previewed_by_its_first_rows(coordinator: Browser, superuser: Engine) -> None:
    page = send(coordinator, goods("a"), "preview").text
    assert "5 nya" in page
    assert "Filen är stor: det här är dess första 5 rader" in page
    assert "Importera hela filen" in page
    assert registered(superuser, "a") == 0


def test_its_import_waits_is_worked_and_leaves_no_file(
    coordinator: Browser, queue: Queue, superuser: Engine, sessions: sessionmaker[Session], lasting: World
) -> None:
    address = begun(coordinator, goods("b", PERSON.format("b-person")))
    waiting = coordinator.get(address)
    assert "Den väntar på sin tur." in waiting
    assert "<progress" in waiting
    assert "data-open" in waiting
    assert registered(superuser, "b") == 0
    queue.work()
    page = coordinator.get(address)
    assert "30 avvikelser importerades" in page
    assert "1 i karantän" in page
    assert "<progress" not in page
    assert "070-174" not in page
    assert registered(superuser, "b") == LARGE
    assert count(superuser, "SELECT count(*) FROM imports WHERE content IS NOT NULL OR mapping IS NOT NULL") == 0
    assert address in coordinator.get(PAGE)
    with sessions() as session:
        rights.become(session, rights.Principal(system=lasting.forum_id))
        assert verify(session, str(lasting.forum_id), deviations.digests).sound
        who = text("SELECT DISTINCT member_id FROM journal WHERE action = 'deviation:import'")
        assert list(session.scalars(who)) == [lasting.members["coordinator"]]


def test_one_refused_row_stops_it_the_report_names_the_row_and_the_good_ones_may_come_in_after(
    coordinator: Browser, queue: Queue, superuser: Engine
) -> None:
    address = begun(coordinator, goods("c", OUTSIDE.format("c-=1"), OUTSIDE.format("19811218-9876")))
    queue.work()
    page = coordinator.get(address)
    assert "Inget importerades, eftersom rader avvisades." in page
    assert registered(superuser, "c") == 0
    answer = coordinator.client.get(f"{address}/rapport")
    told = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["line"], row["outcome"], row["source_ref"]) for row in told] == [
        ("32", "refused", "c-=1"), ("33", "refused", "…"),
    ]  # fmt: skip
    assert all(row["reason"] and row["remedy"] for row in told)
    assert coordinator.post(address, {"skip_bad": "yes"}).headers["location"] == address
    queue.work()
    assert "30 avvikelser importerades" in coordinator.get(address)
    assert registered(superuser, "c") == LARGE


def test_a_trial_saves_nothing_and_its_file_is_imported_without_being_sent_again(
    coordinator: Browser, queue: Queue, superuser: Engine
) -> None:
    address = begun(coordinator, goods("d"), "trial")
    queue.work()
    assert "Hela filen är prövad. Inget är importerat än." in coordinator.get(address)
    assert registered(superuser, "d") == 0
    coordinator.post(address)
    queue.work()
    assert registered(superuser, "d") == LARGE


def test_a_second_import_of_the_same_rows_adds_none(coordinator: Browser, queue: Queue, superuser: Engine) -> None:
    for said in ("30 nya", "30 redan kända"):
        address = begun(coordinator, goods("e"))
        queue.work()
        assert said in coordinator.get(address)
    assert registered(superuser, "e") == LARGE


def test_a_file_that_breaks_in_the_middle_is_refused_as_a_whole(
    coordinator: Browser, queue: Queue, superuser: Engine
) -> None:
    address = begun(coordinator, goods("f", 'f-x;"2026'), skip_bad="yes")
    queue.work()
    page = coordinator.get(address)
    assert "är filen ingen tabell" in page
    assert "1 avvisade" in page
    assert registered(superuser, "f") == 0


def test_what_breaks_off_saves_nothing_says_so_and_can_be_begun_anew(
    coordinator: Browser, queue: Queue, superuser: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = begun(coordinator, goods("g"))
    with monkeypatch.context() as patched:
        patched.setattr(importer, "packed", lambda _: 1 / 0)
        queue.work()
    assert "avbröts av ett fel hos oss" in coordinator.get(address)
    assert "avbröts, inget importerat" in coordinator.get(PAGE)
    assert registered(superuser, "g") == 0
    coordinator.post(address)
    queue.work()
    assert registered(superuser, "g") == LARGE


def test_a_worker_that_has_to_end_leaves_nothing_half_done_and_the_next_begins_anew(
    coordinator: Browser, queue: Queue, superuser: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mapping.files.imports.STEP", 10)
    address = begun(coordinator, goods("h"))

    def ends(context: Any) -> bool:
        object.__setattr__(context, "abort_reason", lambda: AbortReason.SHUTDOWN)
        return True

    with monkeypatch.context() as patched:
        patched.setattr("procrastinate.JobContext.should_abort", ends)
        queue.work()
    assert "<progress" in coordinator.get(address)
    assert registered(superuser, "h") == 0
    with superuser.connect() as connection:
        connection.execute(text("SET search_path = jobs, public"))
        connection.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL"))
        connection.execute(text("RESET search_path"))
    queue.work()
    assert registered(superuser, "h") == LARGE


def test_its_progress_is_seen_while_it_is_worked(
    coordinator: Browser, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mapping.files.imports.STEP", 10)
    monkeypatch.setattr("dashboards.jobs.SECONDS", 0)
    seen: list[str] = []
    address = begun(coordinator, goods("i"))

    def look(_: object) -> bool:
        seen.append(coordinator.get(address))
        return False

    monkeypatch.setattr("procrastinate.JobContext.should_abort", look)
    queue.work()
    assert [re.findall(r"\d+ av ungefär \d+ rader", page) for page in seen] == [
        ["0 av ungefär 31 rader"], ["10 av ungefär 31 rader"], ["20 av ungefär 31 rader"],
    ]  # fmt: skip


def test_who_is_no_member_any_more_imports_nothing(
    browser_of: BrowserOf, queue: Queue, superuser: Engine, sessions: sessionmaker[Session], lasting: World
) -> None:
    address = begun(browser_of("administrator"), goods("j"))
    leave = text("UPDATE members SET ended_at = :when WHERE id = :id")
    with superuser.connect() as connection:
        connection.execute(text("UPDATE members SET ended_at = now() WHERE id = :id"),
                           {"id": lasting.members["administrator"]})  # fmt: skip
        queue.work()
        connection.execute(leave, {"when": None, "id": lasting.members["administrator"]})
    assert "är inte längre deltagare" in browser_of("coordinator").get(address)
    assert registered(superuser, "j") == 0


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("person", ["coordinator", "administrator"])
def test_rows_for_another_partner_are_marked_as_registered_on_its_behalf(
    browser_of: BrowserOf, queue: Queue, superuser: Engine, large: bool, person: str
) -> None:
    browser, name = browser_of(person), f"k-{person}-{large}-"
    lines = [GOOD.format(f"{name}{number}") for number in range(LARGE if large else 3)]
    content = table(*lines, PERSON.format(f"{name}person"))
    known = len(lines) + (person == "coordinator")  # who sees what is held in quarantine knows that row as well
    for said in (f"{len(lines)} nya", f"{known} redan kända"):
        fields = {"organisation": "Bostadsbolaget", "name": f"{name}.csv"}
        if large:
            address = begun(browser, content, **fields)
            queue.work()
            page = browser.get(address)
            assert "åt Bostadsbolaget" in page
        else:
            page = send(browser, content, "import", **fields).text
        assert said in page
    whose = (
        "SELECT DISTINCT o.name || ' ' || r.name FROM deviations d JOIN organisations o ON o.id = d.organisation_id "
        f"JOIN organisations r ON r.id = d.registered_by_id WHERE d.source_ref LIKE '{name}%'"
    )
    assert count(superuser, whose) == "Bostadsbolaget Stadsdelsförvaltningen"
    held = "SELECT o.name FROM quarantine q JOIN organisations o ON o.id = q.organisation_id"
    assert count(superuser, f"{held} WHERE source_ref = '{name}person'") == "Bostadsbolaget"
    assert registered(superuser, name) == len(lines)
    rows = f"SELECT id FROM deviations WHERE source_ref LIKE '{name}%'"
    acted = f"SELECT bool_and(facts ? 'on_behalf') FROM journal WHERE thing_id IN ({rows})"
    assert count(superuser, acted) is True


def test_for_another_partner_nothing_comes_in_for_that_partner_alone(coordinator: Browser, superuser: Engine) -> None:
    answer = send(coordinator, table(GOOD.format("l")), "import", organisation="Bostadsbolaget", visibility="own")
    assert "1 avvisade" in answer.text
    assert "kan inte vara synligt bara för" in answer.text
    assert registered(superuser, "l") == 0


def test_the_form_offers_the_partners_with_an_agreement_in_force_and_keeps_the_choice(coordinator: Browser) -> None:
    page = coordinator.get(PAGE)
    offered = re.findall(r'<option value="([^"]*)"', page[page.index('id="organisation"') :].partition("</select>")[0])
    assert offered == ["Stadsdelsförvaltningen", "Bostadsbolaget", "Nattvandrarna", "Polisen"]
    again = send(coordinator, table(GOOD.format("m")), "preview", organisation="Polisen").text
    assert chosen(again)["organisation"] == "Polisen"
    toml = {"mapping": ("m.toml", TOML.encode())}
    answer = send(coordinator, goods("n"), "import", how="mapping", files=toml, organisation="Polisen")
    assert "åt Polisen" in coordinator.get(answer.headers["location"])


@pytest.mark.parametrize(
    ("person", "status"), [("administrator", 200), ("officer", 403), ("teacher", 403), (None, 303)]
)
def test_an_import_is_seen_by_those_who_may(browser_of: BrowserOf, person: str | None, status: int) -> None:
    address = begun(browser_of("coordinator"), goods("o"))
    for path in (address, f"{address}/rapport"):
        browser_of(person).get(path, status if path == address or status != 200 else 404)
    missing = f"{PAGE}/00000000-0000-4000-8000-000000000000"
    assert browser_of("coordinator").get(missing, 404)
    assert browser_of("coordinator").get(f"{missing}/rapport", 404)


def test_another_member_cannot_go_on_with_it_and_no_other_site_can(
    browser_of: BrowserOf, queue: Queue, coordinator: Browser
) -> None:
    address = begun(browser_of("administrator"), goods("p"), "trial")
    queue.work()
    assert "Importera 30 avvikelser" not in coordinator.get(address)
    assert coordinator.post(address).status_code == 409
    assert browser_of("administrator").client.post(address, headers={"origin": BASE}).status_code == 403
