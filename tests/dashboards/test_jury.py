"""The jury's pages: offices, ties, an assessment, the deliberation; and what somebody who is tied reads."""

from __future__ import annotations

import io
import re
from typing import Any

import docx
import pytest
from pypdfium2 import PdfDocument
from sqlalchemy.orm import Session, sessionmaker

from forum.prize.editions import Phase
from tests.builders import World
from tests.dashboards.conftest import Browser, BrowserOf
from tests.prizes import (
    FOOTBALL,
    LIGHTS,
    WORDS_OF,
    Prize,
    assess,
    build_prize,
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
        session.commit()
    return made


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
    assert juror.post(address, {"grade": "none", "reason-1": ""}).status_code == 422
    assert juror.post(address, {"grade": "same_parent", "reason-1": "Annat distrikt"}).status_code == 303
    assert "väntar på avgörande" in juror.get("/priset/tidig/jury")
    assert deputy.post(address, {"grade": "none"}).status_code == 303
    assert chair.post(address, {"grade": "own", "reason-1": "Vår enhet"}).status_code == 303
    ruling = re.search(r"/nomineringar/1/jav/[0-9a-f-]+/beslut", deputy.get("/priset/tidig/jury"))
    assert ruling is not None
    where = f"/priset/tidig{ruling[0]}"
    tie = where.split("/")[-2]
    assert chair.post(where, {"ruling": "allowed", f"why-{tie}": "Nej"}).status_code == 404
    assert deputy.post(where, {"ruling": "allowed", f"why-{tie}": ""}).status_code == 422
    assert deputy.post(where, {"ruling": "allowed", f"why-{tie}": "Annat distrikt"}).status_code == 303
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
    assert secretary.post(address, {"criterion": "together", "met": "no", "together_why": ""}).status_code == 422
    verdict = {"criterion": "together", "met": "no", "together_why": "Bara en aktör"}
    assert secretary.post(address, verdict).status_code == 303
    page = browser_of("staden_juror").get("/priset/staden/nomineringar/2")
    assert "Bara en aktör" in page
    assert "Lämna in bedömningen" not in page


def test_the_jury_votes_decides_and_says_why_not_on_the_page_of_the_deliberation(
    browser_of: BrowserOf, prizes: dict[str, Prize]
) -> None:
    here = "/priset/beslut/overlaggning"
    chair = browser_of("beslut_chair")
    assert chair.post(f"{here}/protokoll", {"nr": "1", "words": "Juryn är enig"}).status_code == 303
    assert chair.post(f"{here}/yrkanden", {"nr": "1"}).status_code == 303
    page = browser_of("beslut_juror").get(here)
    put = re.findall(r"yrkanden/([0-9a-f-]+)/rost", page)
    (motion,) = set(put) - {str(prizes["beslut"].motions["football"])}
    for name in ("juror", "county", "deputy"):
        assert browser_of(f"beslut_{name}").post(f"{here}/yrkanden/{motion}/rost", {"choice": "yes"}).status_code == 303
    again = browser_of("beslut_juror").post(f"{here}/yrkanden/{motion}/rost", {"choice": "no"})
    assert again.status_code == 409
    assert chair.post(f"{here}/yrkanden/{motion}/pris", {"citation": "x"}).status_code == 409
    assert chair.post(f"{here}/yrkanden/{motion}/avsluta").status_code == 303
    assert chair.post(f"{here}/yrkanden/{motion}/pris", {"citation": "För ljuset"}).status_code == 303
    assert chair.post(f"{here}/skal", {"nr": "2", "words": "Resultatet är tidigt"}).status_code == 303
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
