"""The page for figures of surveys and reported offences: a dry run, then all or nothing; a large file is a job."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from sqlalchemy import Engine, text

from dashboards import surveys
from tests.dashboards.conftest import BASE, Browser, BrowserOf, Queue
from tests.dashboards.test_importing import chosen
from tests.mapping.files.test_hostile import lying_bomb, workbook

PAGE = "/farsta/lagesbild/matningar"
HEADER = "stadsdel;fråga;år;andel;antal svar"
GOOD = "Område farsta;Otrygg ute sent {0};2023;{0},5;240"
COUNT = "SELECT (SELECT count(*) FROM surveys) + (SELECT count(*) FROM imports) + (SELECT count(*) FROM journal)"
OFFENCES = {"kind": "reported", "source": "Anmälda brott 2023", "publisher": "Myndigheten", "topic": "Misshandel"}


@pytest.fixture
def coordinator(browser_of: BrowserOf) -> Browser:
    return browser_of("coordinator")


def table(*lines: str) -> bytes:
    return "\n".join([HEADER, *lines]).encode()


def send(browser: Browser, content: bytes, step: str = "preview", name: str = "a.csv", **fields: Any) -> Any:
    """Send the form with a file."""
    given = {"token": browser.token(), "step": step, "how": "columns", "source": f"Mätning {name}"}
    given |= {"publisher": "Staden"} | fields
    return browser.client.post(PAGE, data=given, files={"file": (name, content)}, headers={"origin": BASE})


def rows(engine: Engine) -> int:
    with engine.connect() as connection:
        found: int = connection.scalar(text(COUNT))
        return found


def test_a_preview_guesses_names_what_is_refused_and_saves_nothing(coordinator: Browser, superuser: Engine) -> None:
    before = rows(superuser)
    wrong = (
        "Rinkeby;X;2023;20;40",
        "Område farsta;Y;2023;140;40",
        "Område farsta;Z;2023;20;",
        "Område farsta;Å;2023;..;9",
    )
    answer = send(coordinator, table(GOOD.format(31), *wrong).decode().encode("cp1252"))
    assert answer.status_code == 200
    assert "1 nya" in send(coordinator, table(GOOD.format(31)).decode().encode("utf-16")).text
    guessed = {"column-area": "stadsdel", "column-topic": "fråga", "column-year": "år", "column-share": "andel",
               "column-respondents": "antal svar", "unit": "percent"}  # fmt: skip
    assert guessed.items() <= chosen(answer.text).items()
    for said in ("1 nya", "4 avvisade", "31,5\N{NO-BREAK SPACE}%", "av 240 svar", "Område farsta", "Angivet: Rinkeby.",
                 "Andelen: Talet kan inte användas här. Angivet: 140. Ange ett tal från 0 till 100.",
                 "Hur många som har svarat: Det här saknas i siffran.",
                 "Andelen: Det här är inte ett tal."):  # fmt: skip
        assert said in answer.text, said
    assert "karantän" not in answer.text.partition("<main")[2]
    report = send(coordinator, table(*wrong), "report")
    told = list(csv.DictReader(io.StringIO(report.content.decode("utf-8-sig"))))
    assert [(each["line"], each["field"]) for each in told] == [
        ("2", "area"), ("3", "share"), ("4", "respondents"), ("5", "share"),
    ]  # fmt: skip
    assert all(each["reason"] and each["remedy"] for each in told)
    assert rows(superuser) == before


def test_figures_are_imported_all_or_nothing_and_known_the_second_time(
    coordinator: Browser, browser_of: BrowserOf, superuser: Engine
) -> None:
    content, before = table(GOOD.format(10), GOOD.format(11), "Rinkeby;X;2023;20;40"), rows(superuser)
    assert "Inget importerades, eftersom rader avvisades." in send(coordinator, content, "import", "b.csv").text
    assert rows(superuser) == before
    assert "2 siffror importerades" in send(coordinator, content, "import", "b.csv", skip_bad="yes").text
    assert "2 redan kända" in send(coordinator, content, name="b.csv").text
    other = table(GOOD.format(10).replace("10,5", "12,5"))
    assert "Läs in en rättad upplaga" in send(coordinator, other, name="b.csv").text
    page = browser_of("teacher").get(PAGE)
    assert "Mätning b.csv, Staden" in page
    assert 'id="importing"' not in page
    assert send(browser_of("walker"), content).status_code == 403


def test_offences_are_counted_over_inhabitants_and_what_is_missing_is_said_at_its_field(coordinator: Browser) -> None:
    content = "område;antal;folkmängd\nfarsta;41;9 000\n".encode()
    wrong = send(coordinator, content, **OFFENCES | {"publisher": "", "topic": ""})
    assert wrong.status_code == 422
    for name in ("publisher", "topic", "year"):
        assert f'href="#{name}"' in wrong.text
        assert f'id="{name}-error"' in wrong.text
    right = send(coordinator, content, **OFFENCES, year="2023")
    for said in ("1 nya", "41", "av 9 000 invånare"):
        assert said in right.text.replace("\u00a0", " "), said


def test_a_large_file_is_worked_by_a_job_that_tells_how_it_went(
    coordinator: Browser, queue: Queue, superuser: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surveys, "AT_ONCE", 5)
    content = table(*(GOOD.format(n) for n in range(20, 50)), "Rinkeby;X;2023;20;40")
    preview = send(coordinator, content, name="c.csv").text
    assert "Filen är stor: det här är dess första 5 rader" in preview
    tried = send(coordinator, content, "import", "c.csv")
    assert tried.status_code == 303
    assert "Den väntar på sin tur." in coordinator.get(tried.headers["location"])
    queue.work()
    page = coordinator.get(tried.headers["location"])
    for said in ("Inget importerades, eftersom rader avvisades.", "30 nya", "Rinkeby", "Importera 30 siffror"):
        assert said in page, said
    assert f'href="{PAGE}"' in page
    coordinator.post(tried.headers["location"], {"skip_bad": "yes"})
    queue.work()
    page = coordinator.get(tried.headers["location"])
    assert "30 siffror importerades" in page
    assert "karantän" not in page.partition("<main")[2]
    with superuser.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM surveys WHERE source = 'Mätning c.csv'")) == 30
        assert (
            connection.scalar(text("SELECT count(*) FROM imports WHERE content IS NOT NULL AND counts ? 'refused'"))
            == 0
        )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tom.csv", b""),
        ("vrt.csv", b"<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>"),
        ("vrt.vrt", b"<OGRVRTDataSource/>"),
        ("exe.csv", b"MZ\x90\x00" + bytes(3000)),
        ("exe.xlsx", b"MZ\x90\x00" + bytes(3000)),
        ("stor.csv", bytes(10_000_000)),
        ("bomb.xlsx", lying_bomb()),
        ("bok.csv", workbook()),
        ("karta.geojson", b'{"type": "FeatureCollection", "features": []}'),
    ],
)
def test_a_broken_file_is_refused_at_its_field_with_its_name_and_a_remedy(
    coordinator: Browser, superuser: Engine, name: str, content: bytes
) -> None:
    before = rows(superuser)
    answer = send(coordinator, content, "import", name)
    assert answer.status_code == 422
    error = answer.text.partition('<a href="#file">')[2].partition("</a>")[0]
    assert name in error
    assert len(error.split(". ")) >= 2, error
    assert rows(superuser) == before
