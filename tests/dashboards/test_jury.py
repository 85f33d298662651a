"""The jury's pages: offices, ties, an assessment, the deliberation; and what somebody who is tied reads."""

from __future__ import annotations

import io
import re
from typing import Any

import docx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from pypdfium2 import PdfDocument
from sqlalchemy.orm import Session, sessionmaker

from dashboards.app import create_app
from forum.foundation import rights
from forum.people.members import Member
from forum.people.policy import Role
from forum.prize import editions, jury, ties
from forum.prize.editions import Phase
from forum.prize.ties import Grade
from tests.builders import World
from tests.dashboards.conftest import Browser, BrowserOf, Letterbox, Queue, Tags
from tests.prizes import (
    FOOTBALL,
    LIGHTS,
    WORDS_OF,
    Prize,
    assess,
    build_prize,
    carry,
    days_of,
    declare_all,
    deliberate,
    pass_gate,
    write_content,
)

PAGES = ("/priset/staden/jury", "/priset/staden/overlaggning", "/priset/staden/nomineringar/1")


@pytest.fixture(scope="module")
def prizes(sessions: sessionmaker[Session], lasting: World) -> dict[str, Prize]:
    """Return editions that are assessed and decided; the jury's accounts are the world's, for the browser."""
    made = {}
    with sessions() as session:
        teacher = lasting.acting(session, "teacher")
        for slug, phase in (("staden", Phase.ASSESSING), ("beslut", Phase.DECIDING), ("tidig", Phase.ASSESSING)):
            prize = made[slug] = build_prize(session, teacher, phase, slug)
            for written in prize.nominations:
                write_content(session, prize, written)
            if slug != "tidig":
                declare_all(session, prize)
                pass_gate(session, prize)
            lasting.accounts |= {f"{slug}_{name}": account for name, account in prize.accounts.items()}
        deliberate(session, made["beslut"])
        made |= {"bereds": being_prepared(session, teacher), "klar": carried(session, teacher)}
        for slug in ("bereds", "klar"):
            lasting.accounts |= {f"{slug}_{name}": account for name, account in made[slug].accounts.items()}
        session.commit()
    return made


def being_prepared(session: Session, nominator: Member) -> Prize:
    """Return an edition that is prepared: of the football a juror's tie waits for the chair's ruling."""
    prize = build_prize(session, nominator, Phase.PREPARING, "bereds")
    write_content(session, prize, "football")
    for name, grade in (("secretary", Grade.NONE), ("chair", Grade.NONE), ("juror", Grade.SAME_PARENT)):
        officer, football = prize.acting(session, name), prize.cover(session, "football")
        prize.motions["tie"] = ties.declare(session, officer, football, grade, reason="Samma huvudman").id
    return prize


def carried(session: Session, nominator: Member) -> Prize:
    """Return an edition whose jury has carried the motion that nobody gets the prize, with nothing decided."""
    prize = build_prize(session, nominator, Phase.DECIDING, "klar")
    declare_all(session, prize)
    prize.motions["nobody"] = carry(session, prize, None).id
    rights.become(session, rights.OPERATOR)
    draft = editions.create(session, slug="utkast", year=2040, name="Priset", **days_of(Phase.OPEN))
    jury.found(session, draft, prize.accounts["secretary"], office=Role.SECRETARY, organisation="Staden")
    return prize


@pytest.mark.usefixtures("prizes")
def test_without_an_office_no_page_of_a_jury_is_found(browser_of: BrowserOf) -> None:
    for address in PAGES:
        browser_of("teacher").get(address, 404)
        assert browser_of(None).client.get(address).status_code == 303


@pytest.mark.usefixtures("prizes")
def test_a_juror_declares_with_a_reason_and_the_deputy_rules_where_the_chair_is_tied(browser_of: BrowserOf) -> None:
    juror, deputy, chair = (browser_of(f"tidig_{name}") for name in ("police_juror", "deputy", "chair"))
    page = juror.get("/priset/tidig/jury")
    assert LIGHTS in page
    assert 'value="own" checked' in page  # what the organisations suggest
    address = "/priset/tidig/nomineringar/1/jav"
    assert juror.post(address, {"grade-1": "none", "reason-1": ""}).status_code == 422
    assert juror.post(address, {"grade-1": "same_parent", "reason-1": "Annat distrikt"}).status_code == 303
    assert "väntar på avgörande" in juror.get("/priset/tidig/jury")
    assert deputy.post(address, {"grade-1": "none"}).status_code == 303
    assert chair.post(address, {"grade-1": "own", "reason-1": "Vår enhet"}).status_code == 303
    ruling = re.search(r"/nomineringar/1/jav/[0-9a-f-]+/beslut", deputy.get("/priset/tidig/jury"))
    assert ruling is not None
    where = f"/priset/tidig{ruling[0]}"
    tie = where.split("/")[-2]
    assert chair.post(where, {f"ruling-{tie}": "allowed", f"reason-{tie}": "Nej"}).status_code == 404
    assert deputy.post(where, {f"ruling-{tie}": "allowed", f"reason-{tie}": ""}).status_code == 422
    assert deputy.post(where, {f"ruling-{tie}": "allowed", f"reason-{tie}": "Annat distrikt"}).status_code == 303
    assert 'href="/priset/tidig/nomineringar/1"' in juror.get("/priset/tidig/jury")


@pytest.mark.usefixtures("prizes")
def test_the_chair_appoints_by_address_and_calls_a_substitute_in(browser_of: BrowserOf) -> None:
    chair = browser_of("tidig_chair")
    fields = {"email": "ny@example.org", "office": "juror", "organisation": "Kyrkan", "belongs_to": "", "title": ""}
    page = chair.post("/priset/tidig/jury", fields)
    assert page.status_code == 200
    assert "/lank/" in page.text  # no mail goes out here
    assert chair.post("/priset/tidig/jury", fields).status_code == 409
    called = re.search(r"/priset/tidig/jury/[0-9a-f-]+/kalla", chair.get("/priset/tidig/jury"))
    assert called is not None
    assert chair.post(called[0]).status_code == 303
    assert "inkallad" in chair.get("/priset/tidig/jury")
    assert browser_of("tidig_juror").post("/priset/tidig/jury", fields | {"email": "x@example.org"}).status_code == 403


def test_whoever_is_appointed_gets_a_letter_whose_link_opens_the_jury(
    prizes: dict[str, Prize],
    sessions: sessionmaker[Session],
    queue: Queue,
    letterbox: Letterbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("forum.prize.jury.settings", lambda: queue.settings)  # an installation that sends mail
    with sessions() as session:
        chair = prizes["bereds"].acting(session, "chair")
        post: Any = {"office": Role.JUROR, "organisation": "Biblioteket"}
        edition = prizes["bereds"].edition(session)
        office = jury.appoint(session, chair, edition, "biblioteket@example.org", **post)
        assert jury.link(session, chair, office) is None
        session.commit()
    assert [job[:2] for job in queue.waiting()] == [("juror_link", "todo")]
    queue.work()
    assert queue.waiting() == []
    (letter,) = letterbox.letters
    body = letter.get_content()
    assert letter["To"] == "biblioteket@example.org"
    assert LIGHTS not in body
    assert FOOTBALL not in body
    link = re.search(r"/lank/\S+", body)
    assert link is not None
    browser = Browser(create_app(queue.settings, sessions), None)
    assert browser.post(link[0], {"password": "fyra ord att minnas"}).status_code == 303
    assert FOOTBALL in browser.get("/priset/bereds/jury")
    assert browser.post(link[0], {"password": "fyra ord till"}).status_code >= 400  # it works once


def save(browser: Browser, step: str, **marks: str) -> int:
    fields = {"step": step, "notes": "Fråga mer", "version": "0", **marks}
    status: int = browser.post("/priset/staden/nomineringar/1/bedomning", fields).status_code
    return status


@pytest.mark.usefixtures("prizes")
def test_an_assessment_is_saved_and_what_cannot_be_handed_in_yet_stays_saved(browser_of: BrowserOf) -> None:
    county = browser_of("staden_county")
    assert save(county, "hand_in", results="3", results_reason="Visas") == 422
    page = county.get("/priset/staden/nomineringar/1")
    assert re.search(r'name="results" value="3" checked', page)
    assert "Fråga mer" in page
    assert save(county, "save", results="2", results_reason="Visas") == 412  # in another window meanwhile
    assert "Fråga mer" not in browser_of("staden_chair").get("/priset/staden/nomineringar/1")
    said: Any = {
        code: value
        for name in ("innovative", "inspires", "results")
        for code, value in ((name, "abstain"), (f"{name}_reason", "Kan inte bedömas"))
    }
    assert save(county, "hand_in", version="1", **said) == 303
    assert "Inlämnad" in county.get("/priset/staden/nomineringar/1")
    assert save(county, "hand_in", version="2", **said) == 409


@pytest.mark.usefixtures("prizes")
def test_the_secretary_writes_the_gate_on_the_page(browser_of: BrowserOf) -> None:
    secretary = browser_of("staden_secretary")
    address = "/priset/staden/nomineringar/2/ska"
    assert (
        secretary.post(address, {"criterion": "together", "met-together": "no", "reason-together": ""}).status_code
        == 422
    )
    verdict = {"criterion": "together", "met-together": "no", "reason-together": "Bara en aktör"}
    assert secretary.post(address, verdict).status_code == 303
    page = browser_of("staden_juror").get("/priset/staden/nomineringar/2")
    assert "Bara en aktör" in page
    assert "Lämna in bedömningen" not in page


def test_the_jury_votes_decides_and_says_why_not_on_the_page_of_the_deliberation(
    browser_of: BrowserOf, prizes: dict[str, Prize]
) -> None:
    here = "/priset/beslut/overlaggning"
    chair = browser_of("beslut_chair")
    assert chair.post(f"{here}/protokoll", {"nr": "1", "words-1": "Juryn är enig"}).status_code == 303
    assert chair.post(f"{here}/yrkanden", {"nr": "1"}).status_code == 303
    page = browser_of("beslut_juror").get(here)
    put = re.findall(r"yrkanden/([0-9a-f-]+)/rost", page)
    (motion,) = set(put) - {str(prizes["beslut"].motions["football"])}
    for name in ("juror", "county", "deputy"):
        assert browser_of(f"beslut_{name}").post(f"{here}/yrkanden/{motion}/rost", {"choice": "yes"}).status_code == 303
    again = browser_of("beslut_juror").post(f"{here}/yrkanden/{motion}/rost", {"choice": "no"})
    assert again.status_code == 409
    assert chair.post(f"{here}/yrkanden/{motion}/pris", {f"citation-{motion}": "x"}).status_code == 409
    assert chair.post(f"{here}/yrkanden/{motion}/avsluta").status_code == 303
    assert chair.post(f"{here}/yrkanden/{motion}/pris", {f"citation-{motion}": "För ljuset"}).status_code == 303
    assert chair.post(f"{here}/skal", {"nr": "2", "words-why-2": "Resultatet är tidigt"}).status_code == 303
    page = browser_of("beslut_county").get(here)
    for said in ("Juryn är enig", "För ljuset", "Resultatet är tidigt", "bifallet"):
        assert said in page
    closed = browser_of("beslut_police_juror").get(here)
    assert LIGHTS in closed
    assert FOOTBALL in closed
    for said in ("Juryn är enig", "För ljuset", "bifallet"):
        assert said not in closed


def test_what_an_excluded_juror_reads_is_the_same_whatever_the_jury_does_with_the_nomination(
    browser_of: BrowserOf, prizes: dict[str, Prize], sessions: sessionmaker[Session]
) -> None:
    tied = browser_of("staden_police_juror")
    pages = (PAGES[0], PAGES[1])
    before = [tied.get(page) for page in pages]
    closed = tied.client.get(PAGES[2])
    assert closed.status_code == 404
    with sessions() as session:
        for name in ("juror", "chair"):
            assess(session, prizes["staden"], name, "lights")
        session.commit()
    assert [tied.get(page) for page in pages] == before
    absent = tied.client.get("/priset/staden/nomineringar/99")
    assert absent.status_code == 404
    assert absent.text.replace("/99", "/1") == closed.text


def test_the_basis_holds_what_is_open_to_its_reader_and_of_the_rest_the_cover_and_the_tie(
    browser_of: BrowserOf, prizes: dict[str, Prize]
) -> None:
    """As one tagged PDF with a bookmark for each nomination, and for Word."""
    for name, reads, maps in (("county", True, 2), ("police_juror", False, 1), ("substitute", False, 0)):
        browser = browser_of(f"beslut_{name}")
        answer = browser.client.get("/priset/beslut/underlag.pdf")
        assert answer.headers["content-type"] == "application/pdf"
        paper = PdfDocument(answer.content)
        assert {f"1. {LIGHTS}", f"2. {FOOTBALL}"} <= {mark.get_title() for mark in paper.get_toc()}
        printed = "".join(page.get_textpage().get_text_bounded() for page in paper)
        assert (WORDS_OF["lights"] in printed) is reads
        assert printed.count("Var: platsen och det som den jämförs med") == maps  # over that of each effect card
        word = docx.Document(io.BytesIO(browser.client.get("/priset/beslut/underlag.docx").content))
        words = [paragraph.text for paragraph in word.paragraphs]
        assert (any(WORDS_OF["lights"] in each for each in words)) is reads
        assert ("jäv" in words) is (name == "police_juror")
    browser_of("teacher").get("/priset/beslut/underlag.pdf", 404)


PHONE = "Ring 070-123 45 67"
REFUSED: dict[str, tuple[str, str, dict[str, str], str]] = {
    "/forbered": ("klar_secretary", "utkast", {"name": "Priset", "about": PHONE, "sum_kr": "mycket"}, "sum_kr"),
    "/oppna": ("klar_secretary", "utkast", {}, "criteria"),
    "/jury": ("bereds_chair", "bereds", {"email": "ny", "office": "juror", "organisation": "Kyrkan"}, "email"),
    "/jury/{office}/kalla": ("bereds_chair", "bereds", {}, ""),
    "/jury/{office}/avsluta": ("bereds_chair", "bereds", {}, ""),
    "/nomineringar/{nr}/jav": ("bereds_county", "bereds", {"grade-2": "own", "reason-2": PHONE}, "reason-2"),
    "/nomineringar/{nr}/jav/upptackt": ("bereds_chair", "bereds", {"reason-late-2": "Var med"}, "office-late-2"),
    "/nomineringar/{nr}/jav/{tie}/beslut": (
        "bereds_chair", "bereds", {"ruling-{tie}": "allowed", "reason-{tie}": PHONE}, "reason-{tie}"
    ),
    "/nomineringar/{nr}/ska": (
        "bereds_secretary", "bereds", {"criterion": "together", "met-together": "no", "reason-together": PHONE},
        "reason-together",
    ),
    "/nomineringar/{nr}/beredning": (
        "bereds_secretary", "bereds", {"do": "ask", "words": "Hur många?", "last_day": "i morgon"}, "last_day"
    ),
    "/nomineringar/{nr}/bedomning": (
        "staden_deputy", "staden", {"step": "save", "notes": "Fråga mer", "results_reason": "Visas"}, "results"
    ),
    "/overlaggning/protokoll": ("klar_chair", "klar", {"nr": "2", "words-2": PHONE}, "words-2"),
    "/overlaggning/yrkanden": ("beslut_chair", "beslut", {"nr": "2"}, ""),
    "/overlaggning/yrkanden/{motion}/rost": ("klar_chair", "klar", {"choice": "yes"}, ""),
    "/overlaggning/yrkanden/{motion}/avsluta": ("klar_chair", "klar", {"casting-{motion}": "yes"}, ""),
    "/overlaggning/yrkanden/{motion}/pris": ("klar_chair", "klar", {"citation-{motion}": PHONE}, "citation-{motion}"),
    "/overlaggning/skal": ("klar_chair", "klar", {"nr": "2", "words-why-2": PHONE}, "words-why-2"),
}  # fmt: skip
"""Every form of the jury's pages: who sends it in which edition, what is wrong, and the field at which that is said."""


@pytest.mark.parametrize("form", REFUSED)
def test_what_a_form_of_the_jury_is_refused_stands_on_its_page_with_what_was_typed(
    form: str, browser_of: BrowserOf, prizes: dict[str, Prize]
) -> None:
    person, slug, fields, at = REFUSED[form]
    ids: dict[str, Any] = {
        "nr": 1 if slug == "staden" else 2,
        "office": prizes["bereds"].offices["secretary"],
        "tie": prizes["bereds"].motions["tie"],
    }
    ids["motion"] = prizes["klar"].motions["nobody"]
    typed = {name.format(**ids): words for name, words in fields.items()}
    answer = browser_of(person).post(f"/en/priset/{slug}{form}".format(**ids), typed)
    assert 400 <= answer.status_code < 500
    assert '<html lang="en"' in answer.text
    assert 'class="trail"' in answer.text  # a page of the jury's, not the one of errors
    tags = Tags(answer.text)
    assert [each for _, each in tags.tags if each.get("role") == "alert" and each.get("tabindex") == "-1"]
    for words in (words for name, words in typed.items() if at and words not in {"juror", "own", "allowed", "no"}):
        assert words in answer.text
    if at:
        field = at.format(**ids)
        assert f"#{field}" in {each.get("href") for each in tags.of("a")}
        assert field in {each.get("id") for _, each in tags.tags}
        assert f"{field}-error" in {each.get("id") for _, each in tags.tags}


def test_every_form_of_the_jury_is_among_those_that_are_refused(app: FastAPI) -> None:
    paths = {each.path or "" for each in iter_route_contexts(app.routes) if "POST" in (each.methods or ())}
    of_jury = {path.removeprefix("/priset/{edition}") for path in paths if path.startswith("/priset/{edition}/")}
    assert {path for path in of_jury if not path.startswith(("/nominera/", "/mina/"))} - {"/nominera"} == set(REFUSED)
