"""The room of the picture: a period seen, printed and frozen; nothing that its audience may not see in any of them."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from html import unescape

import pytest
from pypdfium2 import PdfDocument, raw
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import clock
from forum.foundation.audience import Audience
from forum.people import members
from forum.work import pictures, publications
from mapping import picture
from tests.builders import World, mark
from tests.dashboards.conftest import Browser, BrowserOf, Queue, Tags

JULY = "from=2023-07-01&until=2023-07-31"
DAYS = {"from": "2023-07-01", "until": "2023-07-31"}
ROOM = "/farsta/lagesbild"
WRITTEN = {
    "from": "2023-07-01", "until": "2023-07-31", "audience": "forum", "other": "Mätningen kommer i november.",
    "analysis": "Mörkret drar.\nBuskarna skymmer.",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def rows(sessions: sessionmaker[Session], lasting: World) -> None:
    """Mark three for the forum, and one for authorities that has a category and an hour of its own."""
    with sessions() as session:
        for visibility, category, moment, n in (
            ("forum", "lighting", "2023-07-07T21:30", 3),
            ("authorities", "drugs", "2023-07-09T04:30", 1),
            ("own", "unease", "2023-07-09T05:30", 1),
        ):
            for _ in range(n):
                officer = lasting.acting(session, "officer")
                at = clock.to_utc(moment, "at")
                mark(session, officer, occurred_from=at, visibility=visibility, category=category, text="Mörkt")
        officer = lasting.acting(session, "officer")
        mark(session, officer, occurred_from=clock.to_utc("2022-03-05T12:00", "at"), accuracy_m=900)
        session.commit()


@pytest.fixture(scope="module")
def coordinator(browser_of: BrowserOf) -> Browser:
    return browser_of("coordinator")


def charts(page: str) -> dict[str, str]:
    """Return the drawings of a page by what they are called."""
    images = [tag for tag in Tags(page).of("img") if (tag.get("src") or "").startswith("data:image/svg+xml;base64,")]
    return {image["class"] or "": base64.b64decode((image["src"] or "").partition(",")[2]).decode() for image in images}


def words_of(pdf: bytes) -> Iterator[str]:
    """Yield the text of each page."""
    document = PdfDocument(pdf)
    for page in document:
        sheet = page.get_textpage()
        yield sheet.get_text_bounded()
        sheet.close()
        page.close()
    document.close()


def streams(pdf: bytes) -> Iterator[bytes]:
    """Yield what is packed in the file."""
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        with suppress(zlib.error):
            yield zlib.decompress(packed)


def tagged(pdf: bytes) -> bool:
    document = PdfDocument(pdf)
    try:
        return bool(raw.FPDFCatalog_IsTagged(document.raw))
    finally:
        document.close()


def printed(browser: Browser, queue: Queue, path: str, **fields: str) -> bytes:
    """Let the worker print what the page at the path shows."""
    ordered = browser.post(f"{path}/pdf", fields)
    assert ordered.status_code == 303, ordered.text
    queue.work()
    answer = browser.client.get(f"{ordered.headers['location']}.pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"].startswith('inline; filename="farsta-2023-07-01-2023-07-31-')
    return answer.content


@pytest.mark.parametrize("person", ["coordinator", "officer", "landlord", "teacher"])
def test_a_page_for_the_forum_holds_nothing_of_what_authorities_see_alone(browser_of: BrowserOf, person: str) -> None:
    page = browser_of(person).get(f"{ROOM}?{JULY}")
    assert "Belysning" in page
    assert "Narkotika" not in page
    assert "Upplevd otrygghet" not in page
    assert "Mörkt" not in page
    assert "3 av 3" in page
    drawn = charts(page)
    assert set(drawn) == {"months", "kinds", "categories", "areas", "squares", "hours", "adds"}
    assert not any("Narkotika" in svg for svg in drawn.values())
    assert '<th scope="row">04–05</th><td class="number">0</td>' in page


def test_a_page_for_authorities_says_so_and_holds_their_rows(coordinator: Browser, browser_of: BrowserOf) -> None:
    page = coordinator.get(f"{ROOM}?{JULY}&audience=authorities")
    assert "Narkotika" in page
    assert "Upplevd otrygghet" not in page
    assert '<li class="tag">Bara för myndigheter</li>' in page
    assert "Bara för myndigheter" not in browser_of("landlord").get(f"{ROOM}?{JULY}")
    assert "myndigheter" in browser_of("landlord").get(f"{ROOM}?{JULY}&audience=authorities", 422)


def test_every_chart_has_a_sentence_an_alternative_and_its_table(coordinator: Browser) -> None:
    page = coordinator.get(f"{ROOM}?{JULY}")
    plates = re.findall(r'<section class="card plate".*?</section>', page, re.DOTALL)
    assert len(plates) == len(charts(page)) == 7
    for plate in plates:
        alternative = re.search(r' alt="([^"]+)"', plate)
        assert alternative
        assert unescape(alternative[1]) in unescape(plate.replace(alternative[0], ""))
        assert "<tbody><tr>" in plate
    friday = re.findall(r'<th scope="row">21–22</th>((?:<td class="number">\d+</td>)+)', page)
    assert re.findall(r"\d+", friday[0])[:8] == ["0", "0", "0", "0", "3", "0", "0", "3"]


def test_the_same_page_in_english(coordinator: Browser) -> None:
    page = coordinator.get(f"/en{ROOM}?{JULY}")
    assert "<h1>Situational picture of Forum farsta, July 2023</h1>" in page
    assert "What we do not know" in page


def test_without_a_period_it_shows_three_months_that_have_ended(coordinator: Browser) -> None:
    page = coordinator.get(ROOM)
    coordinator.get(f"{ROOM}?until=9999-12-31")
    assert re.search(r'class="chip" href="[^"]+" aria-current="true">De tre senaste månaderna<', page)
    assert "Inget som den här målgruppen får se" in page or "Det viktigaste" in page


def test_an_empty_period_shows_no_chart_of_nothing_and_leads_on(coordinator: Browser) -> None:
    page = coordinator.get(f"{ROOM}?from=2019-01-01&until=2019-01-31")
    assert charts(page) == {}
    assert "Välj en annan period" in page


def test_a_map_on_which_nothing_could_stand_is_left_out(coordinator: Browser) -> None:
    page = coordinator.get(f"{ROOM}?from=2022-03-01&until=2022-03-31")
    assert set(charts(page)) == {"months", "kinds", "categories", "areas", "hours", "adds"}
    assert "Precis var 1 av dem ligger" in page


def test_a_phone_has_drawings_of_its_own(coordinator: Browser) -> None:
    sources = Tags(coordinator.get(f"{ROOM}?{JULY}")).of("source")
    assert len(sources) == 6
    assert {source["media"] for source in sources} == {"(max-width: 480px)"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2023-08-01&until=2023-07-01", "from"), ("from=i+somras", "from"), ("until=i+somras", "until"),
        ("audience=alla", "audience"), ("from=2015-01-01&until=2023-01-01", "until"),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_said_at_its_field_above_a_picture_that_can(
    coordinator: Browser, query: str, field: str
) -> None:
    page = coordinator.get(f"{ROOM}?{query}", 422)
    assert f'<a href="#{field}">' in page
    assert "Det viktigaste" in page
    assert "Det här går inte att visa." in page
    assert "Inget är sparat" not in page.partition('id="words"')[0]  # behind it stand the words of scripts
    assert ('value="2023-08-01"' in page) == ("2023-08-01" in query)


def test_every_printed_page_names_forum_period_audience_and_hash(coordinator: Browser, queue: Queue) -> None:
    pdf = printed(coordinator, queue, ROOM, **DAYS)
    assert tagged(pdf)
    assert any(b"pdfuaid:part" in stream for stream in streams(pdf))
    pages = list(words_of(pdf))
    (seal,) = set(re.findall(r"sha256\s([0-9a-f]{64})", pages[0]))
    for number, words in enumerate(pages, 1):
        assert "Forum farsta · juli 2023 · För hela forumet" in words
        assert seal in words
        assert f"{number} / {len(pages)}" in words
    whole = " ".join(pages)
    assert "Belysning" in whole
    assert "Narkotika" not in whole
    assert "Mörkt" not in whole


def test_print_for_authorities_holds_their_rows_and_says_so_on_every_page(coordinator: Browser, queue: Queue) -> None:
    pages = list(words_of(printed(coordinator, queue, ROOM, **DAYS, audience="authorities")))
    assert all("Bara för myndigheter" in words for words in pages)
    assert "Narkotika" in " ".join(pages)


def test_a_picture_is_frozen_shown_and_printed_under_one_hash(
    coordinator: Browser, browser_of: BrowserOf, queue: Queue, sessions: sessionmaker[Session], lasting: World
) -> None:
    answer = coordinator.post(ROOM, WRITTEN)
    assert answer.status_code == 303, answer.text
    path = answer.headers["location"].partition("?")[0]
    assert "Lägesbilden är fryst, med sina tre delar." in coordinator.get(answer.headers["location"])
    page = browser_of("teacher").get(path)
    with sessions() as session:
        (kept,) = pictures.all_of(session, lasting.acting(session, "teacher"))
        figures = kept.figures
    assert figures["total"]["count"] == sum(map(sum, figures["hours"]["week"])) == 3
    assert "Buskarna skymmer." in page
    assert "Sigillet stämmer<" in page
    assert "Narkotika" not in page
    seal = re.search(r'<abbr title="([0-9a-f]{64})"', page)
    assert seal
    pages = list(words_of(printed(browser_of("teacher"), queue, path)))
    assert all(seal[1] in words for words in pages)
    assert "Mätningen kommer" in pages[0]
    assert f'<a href="{path}">juli 2023</a>' in coordinator.get(ROOM)


def test_a_picture_that_was_frozen_in_an_earlier_form_opens_and_its_seal_agrees(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World
) -> None:
    with sessions() as session:
        coordinator = lasting.acting(session, "coordinator")
        days = (date(2023, 7, 1), date(2023, 8, 1))
        figures = picture.as_plain(picture.picture(session, coordinator, Audience.FORUM, *days)) | {"version": 2}
        for name in ("wheel", "paths", "quadrants", "inhabitants"):
            del figures[name]
        lasting.acting(session, "coordinator")
        kept = pictures.freeze(session, coordinator, figures, other="Inget.", analysis="Inget.").id
        session.commit()
    page = browser_of("teacher").get(f"{ROOM}/{kept}")
    assert "Sigillet stämmer<" in page
    assert "3 av 3" in page
    assert set(charts(page)) == {"months", "kinds", "categories", "areas", "squares", "hours", "adds"}
    assert "Hur året går runt" not in page
    assert 'id="facts"' in browser_of("teacher").get(f"{ROOM}/{kept}/karta.html")


def test_a_picture_frozen_for_authorities_is_not_there_for_others(coordinator: Browser, browser_of: BrowserOf) -> None:
    path = coordinator.post(ROOM, WRITTEN | {"audience": "authorities"}).headers["location"].partition("?")[0]
    assert "Narkotika" in browser_of("officer").get(path)
    landlord = browser_of("landlord")
    assert landlord.post(f"{path}/pdf").status_code == 404
    for hidden in (path, f"{ROOM}/0f8fad5b-d9cb-469f-a165-70867728950e", f"{ROOM}/x"):
        landlord.get(hidden, 404)
    assert path not in landlord.get(ROOM)


@pytest.mark.parametrize("part", ["other", "analysis"])
def test_an_empty_part_is_refused_by_its_name_and_the_other_stays_typed(coordinator: Browser, part: str) -> None:
    answer = coordinator.post(ROOM, WRITTEN | {part: " "})
    kept = "analysis" if part == "other" else "other"
    assert answer.status_code == 422
    assert f'<a href="#{part}">' in answer.text
    assert WRITTEN[kept].splitlines()[0] in answer.text


def test_a_person_in_a_part_is_stopped(coordinator: Browser) -> None:
    answer = coordinator.post(ROOM, WRITTEN | {"analysis": "Ring 070-174 06 35"})
    assert (answer.status_code, '<a href="#analysis">' in answer.text) == (422, True)


def test_who_does_not_lead_has_no_form_and_freezes_nothing(browser_of: BrowserOf) -> None:
    officer = browser_of("officer")
    assert "Frys lägesbilden" not in officer.get(ROOM)
    assert officer.post(ROOM, WRITTEN).status_code == 403


def test_a_hash_is_shortened_to_what_people_compare(coordinator: Browser) -> None:
    page = coordinator.get(f"{ROOM}?{JULY}")
    seal = re.search(r'<abbr title="([0-9a-f]{64})">sha256 ([0-9a-f ]{9} … [0-9a-f ]{9})<', page)
    assert seal
    assert seal[1].startswith(seal[2][:4])
    assert seal[1].endswith(seal[2][-4:])


def test_a_picture_for_everybody_is_of_published_months_on_paper_too(
    coordinator: Browser, sessions: sessionmaker[Session], lasting: World, queue: Queue
) -> None:
    with sessions() as session:
        system = members.system(session, lasting.forum_id, lasting.slug, "Forum farsta")
        publications.publish(session, system, date(2023, 7, 1), CONTENT)
        session.commit()
    everybody = f"{JULY}&audience=public"
    page = coordinator.get(f"{ROOM}?{everybody}")
    assert "Redovisade månader: 1. Avvikelser i dem: 31." in page
    assert "För alla" in page
    assert '<th scope="row">Ängen</th><td class="number">–</td><td class="number">1</td>' in page
    frozen = coordinator.post(ROOM, WRITTEN | {"audience": "public"}).headers["location"].partition("?")[0]
    kept = coordinator.get(frozen)
    assert "Redovisade månader: 1. Avvikelser i dem: 31." in kept
    assert "Mörkret drar." in kept
    paper = " ".join(" ".join(words_of(printed(coordinator, queue, ROOM, **DAYS, audience="public"))).split())
    assert all(words in paper for words in ("För alla", "Avvikelser i dem: 31.", "Ängen – 1"))
    (adopted, *_) = words_of(printed(coordinator, queue, frozen))
    assert "Mörkret drar." in adopted


CONTENT = {
    "month": "2023-07",
    "areas": ["Ängen", "Backen"],
    "groups": [{"code": "lighting", "sv": "Belysning", "en": "Lighting"}],
    "counts": [[None, None], [20, 20], [31, 31]],
    "reporters": 4,
}
"""A published month."""
