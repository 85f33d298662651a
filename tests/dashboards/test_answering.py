"""The whole way of a mailed link: an address among the partners, a letter, a page without sign-in, an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from shapely import Point
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from dashboards import post
from dashboards.app import create_app
from forum.foundation.audience import Visibility
from forum.foundation.settings import Settings
from forum.people.agreements import today
from forum.people.letters import Kind
from forum.register import places
from forum.register.places import Drawn
from forum.work import measures
from forum.work.measures import Measure, Step
from forum.work.terms import Terms
from tests.builders import CENTRE, World
from tests.dashboards.conftest import Browser, BrowserOf, Letterbox, Queue

LINK = re.compile(r"http://127\.0\.0\.1(/svar/\S+)")
ADDRESS = "kontakt@bolaget.example.org"


@pytest.fixture(autouse=True)
def _clean(queue: Queue) -> Iterator[None]:
    yield
    with queue.superuser.connect() as connection:
        connection.execute(text("TRUNCATE letters, measure_links, contacts, failures"))


@pytest.fixture
def measure(sessions: sessionmaker[Session], lasting: World, browser_of: BrowserOf) -> Measure:
    """Return a measure that is decided, its owner's address written down."""
    owner = str(lasting.organisations["Bostadsbolaget"])
    saved = browser_of("administrator").post("/farsta/aktorer/kontakt", {"contact_of": owner, "contact": ADDRESS})
    assert saved.status_code == 303
    return decided(sessions, lasting)


def decided(sessions: sessionmaker[Session], world: World, **changes: Any) -> Measure:
    with sessions() as session:
        coordinator = world.acting(session, "coordinator")
        place = places.create(session, coordinator, Drawn("Gångvägen vid sjön", Point(CENTRE), 100))
        terms = Terms("Byt lamporna", world.organisations["Bostadsbolaget"], today() + timedelta(days=9))
        measure = measures.propose(session, coordinator, place, replace(terms, **changes))
        measures.move(session, coordinator, measure, Step.DECIDE)
        session.commit()
        return measure


def path_in(letterbox: Letterbox) -> str:
    found = LINK.search(letterbox.letters[-1].get_content())
    assert found is not None
    return found[1]


@dataclass
class Desk:
    """The coordinator's desk: a decided measure, and the queue that sends what is asked."""

    browser_of: BrowserOf
    measure: Measure
    queue: Queue

    @property
    def page(self) -> str:
        """Return the measure's address."""
        return f"/farsta/atgarder/{self.measure.nr}"

    def send(self, **changes: Any) -> Browser:
        """Press the button and let the worker do what waits; return the coordinator's browser."""
        coordinator = self.browser_of("coordinator")
        assert coordinator.post(f"{self.page}/lank").status_code == 303
        self.queue.work(**changes)
        return coordinator

    @property
    def statuses(self) -> list[tuple[str, str]]:
        """Return the kinds and statuses of the letters to contacts."""
        return [
            (kind, status) for kind, status in self.asked("SELECT kind, status FROM letters WHERE member_id IS NULL")
        ]

    def asked(self, question: str) -> list[tuple[Any, ...]]:
        """Return what the database answers to its superuser."""
        with self.queue.superuser.connect() as connection:
            return [tuple(row) for row in connection.execute(text(question))]


@pytest.fixture
def desk(browser_of: BrowserOf, measure: Measure, queue: Queue) -> Desk:
    with queue.superuser.connect() as connection:
        connection.execute(text("TRUNCATE jobs.procrastinate_jobs CASCADE"))  # the owner's members are told elsewhere
    return Desk(browser_of, measure, queue)


def test_the_owner_is_written_to_and_answers_without_an_account(desk: Desk, letterbox: Letterbox) -> None:
    coordinator = desk.send()
    desk.queue.work()
    (letter,) = letterbox.letters
    assert (letter["To"], letter["From"]) == (ADDRESS, "Trygghetsforum <forum@example.org>")
    assert letter["Subject"] == "Stadsdelsförvaltningen frågar om en åtgärd: Byt lamporna"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert "Gångvägen vid sjön" in letter.get_content()
    assert desk.statuses == [("link", "sent")]
    assert "En länk har skickats" in coordinator.get(desk.page)
    owner, path = desk.browser_of(None), path_in(letterbox)
    shown = owner.client.get(path)
    assert shown.status_code == 200
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert shown.headers["Cache-Control"] == "no-store"
    for words in ("Byt lamporna", "Gångvägen vid sjön", "Stadsdelsförvaltningen", "Bostadsbolaget"):
        assert words in shown.text
    assert "Answer" in owner.get(f"/en{path}")
    refused = owner.post(path, {"step": "decline", "decline-words": "Ring 19811218-9876"})
    assert refused.status_code == 422
    assert 'href="#decline-words"' in refused.text
    taken = owner.post(path, {"step": "accept"})
    assert taken.status_code == 303
    assert "Du har accepterat" in owner.get(taken.headers["location"])
    done = owner.post(path, {"step": "carry_out", "carry_out-words": "Sex nya lampor"})
    assert "antecknad som genomförd" in owner.get(done.headers["location"])
    history = coordinator.get(desk.page)
    assert history.count("genom en mejlad länk") == 2
    assert "Sex nya lampor" in history


def test_opening_the_address_changes_nothing(desk: Desk, letterbox: Letterbox) -> None:
    desk.send()
    state = "SELECT (SELECT count(*) FROM journal), (SELECT sum(version) FROM measures), (SELECT max(at) FROM steps)"
    owner, path = desk.browser_of(None), path_in(letterbox)
    before = desk.asked(state)
    for address in (path, f"{path}?step=accept", f"/en{path}"):
        owner.get(address)
        owner.client.head(address)
    assert desk.asked(state) == before


def test_an_address_that_holds_no_more_is_told_like_one_that_never_was(
    desk: Desk, letterbox: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forum.people.accounts.SLOWEST", 0.0)
    desk.send()
    first = path_in(letterbox)
    coordinator = desk.send()
    second, owner = path_in(letterbox), desk.browser_of(None)
    assert owner.client.get(second).status_code == 200
    assert coordinator.post(f"{desk.page}/lank", {"end": "yes"}).status_code == 303
    told = set()
    for path in (first, second, "/svar/never-given-out"):
        for answer in (owner.client.get(path), owner.post(path, {"step": "accept"})):
            name = path.rpartition("/")[2]
            told.add((answer.status_code, answer.text.replace(name, "…"), answer.headers["Referrer-Policy"]))
    assert len(told) == 1
    assert {status for status, *_ in told} == {404}
    assert coordinator.post(f"{desk.page}/lank", {"end": "yes"}).status_code == 404


def test_who_tries_addresses_is_slowed_down_and_a_link_takes_so_many_answers_an_hour(
    desk: Desk, letterbox: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("forum.people.accounts.time.sleep", waited.append)
    monkeypatch.setattr("forum.work.links.TRIES", 3)
    desk.send()
    owner, path = desk.browser_of(None), path_in(letterbox)
    for guess in ("a", "b", "c"):
        owner.get(f"/svar/{guess}", 404)
    assert len(set(waited)) > 1
    assert waited == sorted(waited)
    waited.clear()
    owner.get(path)
    assert waited == []
    answers = [owner.post(path, {"step": "decline", "decline-words": ""}).status_code for _ in range(4)]
    assert answers == [422, 422, 422, 429]


def test_an_answer_is_one_of_three_and_comes_from_our_page(desk: Desk, letterbox: Letterbox) -> None:
    desk.send()
    owner, path = desk.browser_of(None), path_in(letterbox)
    assert owner.post(path, {"step": "waive"}).status_code == 422
    assert owner.post(path, {"step": "carry_out"}).status_code == 409
    own = {"step": "accept", "token": owner.token()}
    for headers, status in (
        ({"origin": "https://elsewhere.example"}, 403),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 303),
    ):
        assert owner.client.post(path, data=own, headers=headers).status_code == status, headers


@pytest.mark.parametrize("person", ["officer", "landlord", "teacher"])
def test_the_link_is_the_coordinators_to_send(desk: Desk, person: str) -> None:
    browser = desk.browser_of(person)
    assert browser.post(f"{desk.page}/lank").status_code == 403
    assert ADDRESS not in browser.get(desk.page)
    assert desk.queue.waiting() == []


def test_a_letter_about_what_only_authorities_see_is_never_written(
    desk: Desk, sessions: sessionmaker[Session], lasting: World, letterbox: Letterbox
) -> None:
    hidden = decided(sessions, lasting, title="Dold insats", visibility=Visibility.AUTHORITIES)
    coordinator = desk.browser_of("coordinator")
    assert coordinator.post(f"/farsta/atgarder/{hidden.nr}/lank").status_code == 409
    assert "ask-head" not in coordinator.get(f"/farsta/atgarder/{hidden.nr}")
    assert coordinator.post(f"{desk.page}/lank").status_code == 303
    with sessions() as session:  # narrowed after it was sent off, before it was written
        terms = Terms("Dold insats", desk.measure.owner_id, today(), visibility=Visibility.AUTHORITIES)
        acting = lasting.acting(session, "coordinator")
        measures.amend(session, acting, measures.get(session, acting, desk.measure.id), terms)
        session.commit()
    desk.queue.work()
    assert letterbox.letters == []
    assert desk.statuses == [("link", "dropped")]
    assert desk.asked("SELECT key, delivery FROM measure_links") == [(None, "failed")]


def test_without_a_mail_server_the_page_says_so(
    desk: Desk, sessions: sessionmaker[Session], configured: Settings
) -> None:
    signed_in = desk.browser_of("coordinator")
    silent = Browser(create_app(configured.model_copy(update={"smtp_url": None}), sessions), None)
    silent.client.cookies = signed_in.client.cookies
    assert "skickar ingen e-post" in silent.get(desk.page)
    refused = silent.post(f"{desk.page}/lank")
    assert refused.status_code == 409
    assert "TRYGG_SMTP_URL" in refused.text
    desk.send(smtp_url=None)
    assert desk.statuses == [("link", "dropped")]


def test_a_mail_server_that_is_away_is_tried_again_and_no_secret_is_left(desk: Desk) -> None:
    desk.send()
    assert desk.statuses == [("link", "waiting")]
    (job,) = desk.queue.waiting()
    assert job[:4] == ("letter", "todo", 1, True)
    assert desk.asked("SELECT key, delivery FROM measure_links") == [(None, "waiting")]


def moody(moment: str, says: str) -> Letterbox:
    """Return the letterbox of a server that answers so at one moment of the talk; "" hangs up."""

    async def answer(server: Any, *talk: Any) -> str:
        if not says:
            server.transport.close()
        elif moment == "RCPT":
            talk[1].rcpt_tos.append(talk[2])
        return says

    letterbox = Letterbox()
    setattr(letterbox, f"handle_{moment}", answer)
    return letterbox


@pytest.mark.parametrize(
    ("moment", "says", "status"),
    [
        ("RCPT", "450 Try later", "waiting"),
        ("RCPT", "550 Nobody of that name", "failed"),
        ("DATA", "451 Try later", "waiting"),
        ("DATA", "554 No", "failed"),
        ("DATA", "", "failed"),
    ],
)
def test_what_a_mail_server_refuses_is_tried_again_only_while_nothing_was_handed_over(
    desk: Desk, free_port: int, moment: str, says: str, status: str
) -> None:
    server = Controller(moody(moment, says), hostname="127.0.0.1", port=free_port)
    server.start()
    try:
        coordinator = desk.send()
    finally:
        server.stop()
    assert desk.statuses == [("link", status)]
    assert len(desk.queue.waiting()) == (status == "waiting")
    assert ("Kontrollera adressen och skicka en ny" in coordinator.get(desk.page)) is (status == "failed")


@pytest.mark.parametrize(
    "said", [{"to": "a@b.se\nBcc: c@d.se"}, {"to": "a@b.se, c@d.se"}, {"subject": "x\nBcc: c@d.se"}]
)
def test_a_letter_that_would_add_to_its_own_head_is_refused(configured: Settings, said: dict[str, Any]) -> None:
    words = replace(post.Words(ADDRESS, "x", "x"), **said)
    with pytest.raises(post.Refused):
        post.message_of(configured, uuid4(), words)


def test_every_kind_of_letter_has_its_words() -> None:
    assert set(post.WRITERS) == set(Kind)


def test_a_password_goes_to_no_other_machine_in_the_clear(free_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "LOOPBACK", ())
    server = Controller(Letterbox(), hostname="127.0.0.1", port=free_port, auth_require_tls=False)
    server.start()
    try:
        settings = Settings(smtp_url=f"smtp://forum:secret@127.0.0.1:{free_port}")
        with pytest.raises(post.Later):
            post.send(settings, post.message_of(settings, uuid4(), post.Words(ADDRESS, "x", "x")))
    finally:
        server.stop()


def test_an_owner_with_people_of_its_own_is_asked_by_mail_only_where_an_address_is_known(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World, desk: Desk
) -> None:
    coordinator = browser_of("coordinator")
    assert "ask-head" in coordinator.get(desk.page)
    other = decided(sessions, lasting, owner_id=lasting.organisations["Nattvandrarna"])
    assert "ask-head" not in coordinator.get(f"/farsta/atgarder/{other.nr}")
    with desk.queue.superuser.connect() as connection:
        connection.execute(
            text("UPDATE members SET ended_at = now() WHERE id = :id"), {"id": lasting.members["walker"]}
        )
    assert "Ingen adress till den ansvariga är känd" in coordinator.get(f"/farsta/atgarder/{other.nr}")
    with desk.queue.superuser.connect() as connection:
        connection.execute(text("UPDATE members SET ended_at = NULL"))
