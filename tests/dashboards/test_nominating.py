"""Nominating in a browser: begun by anybody and sent in by a letter, or begun by a member from the chain."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from fastapi import FastAPI
from shapely import Point
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from dashboards import jobs
from forum.foundation import clock
from forum.foundation.audience import Visibility
from forum.people import accounts
from forum.people.agreements import today
from forum.prize import awards
from forum.prize.contents import PARTS
from forum.prize.editions import Phase
from forum.prize.nominations import Nomination, Status
from forum.prize.nominators import Contact
from forum.register import places
from forum.register.places import Drawn
from forum.work import measures
from forum.work.measures import Step
from forum.work.terms import Terms
from tests.builders import CENTRE, World, mark
from tests.dashboards.conftest import Browser, BrowserOf, Letterbox, Queue
from tests.forum.prize.test_evidence import carried_out, frozen
from tests.forum.prize.test_papers import with_object, written
from tests.prizes import Prize, build_prize, decide_at_once, declare_all, move_to, write_content

ALL = dict.fromkeys(PARTS, "Vi gjorde det tillsammans") | {
    "title": "Nattöppen hall",
    "organisations": "Staden > Stadsdelen\nFöreningen",
    "name": "Någon Nominerare",
    "email": "nagon@example.org",
}
ADDRESS = re.compile(r"http://127\.0\.0\.1(/priset/\S+)")


@pytest.fixture(scope="module")
def prize(sessions: sessionmaker[Session], lasting: World) -> Prize:
    with sessions() as session:
        prize = build_prize(session, lasting.acting(session, "teacher"), Phase.OPEN)
        session.commit()
    return prize


Post = tuple[Queue, Letterbox]


@pytest.fixture
def post(queue: Queue, letterbox: Letterbox) -> Post:
    return queue, letterbox


@dataclass
class Written:
    """A nomination that somebody writes in a browser."""

    browser: Browser
    path: str

    def step(self, do: str, fields: dict[str, str] | None = None, status: int = 303) -> str:
        """Press a button of the form."""
        answer = self.browser.post(self.path, {"do": do, **(fields or {})})
        assert answer.status_code == status, answer.text[:3000]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        return str(answer.text)


def begun(browser: Browser) -> Written:
    answer = browser.post("/priset/staden/nominera")
    assert answer.status_code == 303
    return Written(browser, answer.headers["location"])


def test_anybody_nominates_by_a_letter_and_the_page_says_what_happens_next(
    browser_of: BrowserOf, prize: Prize, queue: Queue, letterbox: Letterbox
) -> None:
    browser = browser_of(None)
    assert "Börja nominera" in browser.get("/priset/staden/nominera")
    draft = begun(browser)
    draft.step("keep", {"title": "Nattöppen hall", "problem": "Mörkt"})
    assert "Mörkt" in browser.get(draft.path)
    refused = draft.step("send", ALL | {"email": "nagon"}, 422)
    assert 'href="#email"' in refused
    assert "Nattöppen hall" in refused
    lacking = draft.step("send", ALL | {"limits": "", "organisations": "Föreningen"}, 422)
    assert 'href="#limits"' in lacking
    assert 'href="#organisations"' in lacking
    draft.step("send", ALL)
    queue.work()
    sent = letterbox.letters[-1]
    assert sent["To"] == ALL["email"]
    body = sent.get_content()
    assert "Nattöppen" not in body
    found = ADDRESS.search(body)
    assert found is not None
    confirmed = Written(browser_of(None), found[1])
    for do in ("keep", "send", "remove:1", "throw"):  # a letter confirms, and writes nothing
        assert confirmed.browser.post(confirmed.path, {"do": do, **ALL}).status_code == 404
    assert "Det var jag" in confirmed.browser.get(confirmed.path)
    confirmed.step("confirm")
    receipt = confirmed.browser.get(confirmed.path)
    assert "Det här händer nu" in receipt
    assert "är inne" in receipt
    browser.get(draft.path, 404)
    confirmed.step("withdraw")
    assert "tillbaka" in confirmed.browser.get(confirmed.path + "?done=withdrawn")


def test_an_address_that_never_was_and_one_of_another_edition_are_told_the_same(
    browser_of: BrowserOf, prize: Prize
) -> None:
    browser = browser_of(None)
    draft = begun(browser)
    secret = draft.path.rpartition("/")[2]
    other = browser.get(f"/priset/annan/nominera/{secret}", 404)
    assert other.replace(secret, "x") == browser.get("/priset/annan/nominera/x", 404)


def test_a_document_is_brought_where_it_is_a_plain_pdf(browser_of: BrowserOf, prize: Prize) -> None:
    draft = begun(browser_of(None))

    def bring(content: bytes) -> int:
        fields = {"token": draft.browser.token(), "evidence_title": "Rapport"}
        files = {"document": ("rapport.pdf", content, "application/pdf")}
        client = draft.browser.client
        answer = client.post(draft.path + "/underlag", data=fields, files=files, headers={"origin": "http://127.0.0.1"})
        return int(answer.status_code)

    assert bring(written()) == 303
    assert bring(with_object(b"<</S /Launch>>")) == 422
    assert "Underlag 1" in draft.browser.get(draft.path)
    draft.step("remove:1", {"title": "Hall"})
    assert "Underlag 1" not in draft.browser.get(draft.path)


def test_a_member_begins_at_a_measure_and_the_chain_fills_in(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World, prize: Prize
) -> None:
    with sessions() as session:
        coordinator = lasting.acting(session, "coordinator")
        place = places.create(session, coordinator, Drawn("Gångvägen", Point(CENTRE), 100, Visibility.FORUM))
        owner = lasting.organisations["Stadsdelsförvaltningen"]
        measure = measures.propose(
            session, coordinator, place, Terms("Byt lamporna", owner, today() + timedelta(days=9))
        )
        for step in (Step.DECIDE, Step.ACCEPT):
            measure = measures.move(session, coordinator, measure, step)
        nr = measures.carry_out(session, coordinator, measure, on=today(), note="Det är gjort").nr
        for person in ("officer", "landlord", "walker"):
            for _ in range(2):
                mark(session, lasting.acting(session, person), accuracy_m=5)
        session.commit()
    browser = browser_of("landlord")
    assert f"nominera?from=measure&amp;nr={nr}" in browser.get(f"/farsta/atgarder/{nr}")
    offered = browser.get(f"/farsta/nominera?from=measure&nr={nr}")
    assert "6 avvikelser registrerades vid Gångvägen, av 3 aktörer." in offered
    answer = browser.post("/farsta/nominera", {"from": "measure", "nr": str(nr)})
    assert answer.status_code == 303
    own = Written(browser, answer.headers["location"])
    filled = browser.get(own.path)
    assert "Genomfört: Byt lamporna." in filled
    assert "Stadsdelsförvaltningen" in filled
    own.step("send", ALL)
    assert "Det här händer nu" in browser.get(own.path)
    browser_of("officer").get(own.path, 404)


def test_a_member_adds_to_a_draft_what_another_chain_offers_and_its_organisations_with_it(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World, prize: Prize
) -> None:
    with sessions() as session:
        measure = carried_out(session, lasting)
        card = str(frozen(session, lasting, measure, figures=None).id)
        nr = measure.nr
        session.commit()
    browser, asked = browser_of("coordinator"), f"/farsta/nominera?from=measure&nr={nr}"
    assert 'name="source"' not in browser.get(asked)
    own = Written(browser, browser.post("/farsta/nominera", {"from": "forum"}).headers["location"])
    own.step("keep", {"title": "Det vi har påbörjat", "organisations": "Föreningen", "problem": "Mörkt"})
    assert 'href="/farsta/nominera"' in browser.get(own.path)
    offered = browser.get(asked)
    assert "Det vi har påbörjat" in offered
    draft = {"from": "measure", "nr": str(nr), "draft": own.path.rpartition("/")[2]}
    nothing = browser.post("/farsta/nominera/underlag", draft)
    assert (nothing.status_code, 'href="#source"' in nothing.text) == (422, True)
    foreign = browser.post("/farsta/nominera/underlag", draft | {"source": str(lasting.forum_id)})
    assert (foreign.status_code, 'href="#source"' in foreign.text) == (422, True)
    added = browser.post("/farsta/nominera/underlag", draft | {"source": card})
    assert added.headers["location"] == f"{own.path}?done=lent"
    after = browser.get(own.path)
    assert "Det vi har påbörjat" in after
    assert "Mörkt" in after
    assert "Effektkort" in after
    assert "Föreningen\n" in after
    assert "Stadsdelsförvaltningen: <span" in after
    assert "Det finns redan i ditt utkast." in browser.get(asked)
    assert browser_of("landlord").post("/farsta/nominera/underlag", draft | {"source": card}).status_code == 404


def test_the_jury_reads_what_was_sent_in_and_the_excluded_gets_what_does_not_exist(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World, app: FastAPI
) -> None:
    with sessions() as session:
        prize = build_prize(session, lasting.acting(session, "teacher"), Phase.PREPARING, "lasta")
        write_content(session, prize, "lights")
        declare_all(session, prize)
        nr = prize.cover(session, "lights").nr
        secrets = {name: accounts.start_session(session, prize.accounts[name]) for name in ("juror", "police_juror")}
        session.commit()
    juror, police = (Browser(app, secrets[name]) for name in ("juror", "police_juror"))
    assert "Byt lamporna" in juror.get(f"/priset/lasta/nomineringar/{nr}/underlag/1")
    assert juror.client.get(f"/priset/lasta/nomineringar/{nr}/underlag/2/dokument").content == b"%PDF-"
    juror.get(f"/priset/lasta/nomineringar/{nr}/underlag/1/dokument", 404)
    page, card = (juror.get(f"/priset/lasta/nomineringar/{nr}{end}") for end in ("", "/underlag/3"))
    for shown in (page, card):  # the map, the counts and the place's series, each with its table
        assert shown.count('src="data:image/svg+xml;base64,') == shown.count("Visa tabellen") == 3
    assert "En ring vars antal är små är utelämnad" in page
    assert "Effektkort, Stadsdelsförvaltningen" in page
    assert [page.index(head) for head in ("Vad gjorde ni", "Underlag 1</a>", "Vad hände?", "Underlag 3</a>")] == sorted(
        page.index(head) for head in ("Vad gjorde ni", "Underlag 1</a>", "Vad hände?", "Underlag 3</a>")
    )
    hidden = police.get(f"/priset/lasta/nomineringar/{nr}/underlag/1", 404)
    absent = police.get("/priset/lasta/nomineringar/99/underlag/1", 404)
    assert hidden.replace(f"/{nr}/underlag", "/99/underlag") == absent


def test_after_the_last_day_nothing_can_be_begun(
    browser_of: BrowserOf, sessions: sessionmaker[Session], superuser: Engine, lasting: World
) -> None:
    with sessions() as session:
        prize = build_prize(session, lasting.acting(session, "teacher"), Phase.PREPARING, "stangd")
        session.commit()
    browser = browser_of(None)
    assert "Börja nominera" not in browser.get("/priset/stangd/nominera")
    answer = browser.post("/priset/stangd/nominera")
    assert answer.status_code == 409
    assert "sista dagen" in answer.text
    with Session(superuser) as owner:
        held = owner.query(Nomination).where(Nomination.edition_id == prize.edition_id).all()
        assert {each.status for each in held} == {Status.SUBMITTED}


def test_who_nominated_reads_the_jurys_words_from_the_ceremony_on_and_is_written_to_once(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World, superuser: Engine, post: Post
) -> None:
    queue, letterbox = post
    with sessions() as session:
        prize = build_prize(session, lasting.acting(session, "teacher"), Phase.DECIDING, "avgjord")
        write_content(session, prize, "lights")
        declare_all(session, prize)
        decide_at_once(session, prize, "För ljuset på vägen hem")
        chair = prize.acting(session, "chair")
        cover, edition = prize.cover(session, "lights"), prize.edition(session)
        awards.give_reason(session, chair, edition, cover, "Beskriv metoden så att andra kan börja")
        session.commit()
    teacher, path = browser_of("teacher"), f"/priset/avgjord/mina/{cover.nr}"
    before = teacher.get(path)
    assert "Det här händer nu" in before
    assert "så att andra kan börja" not in before
    assert "För ljuset" not in before
    jobs.each_hour(sessions)
    queue.work()
    assert "lights@example.org" not in {each["To"] for each in letterbox.letters}
    with Session(superuser) as owner:
        owner.get_one(Contact, prize.nominations["lights"]).confirmed_at = clock.now()
        move_to(owner, prize, Phase.ANNOUNCED)
        owner.commit()
    for _ in range(2):
        jobs.each_hour(sessions)
        queue.work()
    (letter,) = (each for each in letterbox.letters if each["To"] == "lights@example.org")
    assert "För ljuset" not in letter.get_content()
    found = ADDRESS.search(letter.get_content())
    assert found is not None
    assert "Den fick priset." in browser_of(None).get(found[1])
    after = teacher.get(path)
    assert "Så gick det" in after
    assert "så att andra kan börja" in after
    assert "Den fick priset." in after
    assert "För ljuset på vägen hem" in after
    assert "Det här händer nu" not in after
