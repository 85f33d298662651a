"""The public page: the same for everybody, opened by who leads, and telling nothing of what is not for all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from dashboards.view import HEADERS
from forum.foundation.journal import canonical
from forum.people import members
from mapping.publications import issues
from tests.builders import World, mark
from tests.dashboards.conftest import BrowserOf, Tags

PAGE, EMBED, PROGRAM = "/farsta/offentligt", "/public/embed/farsta", "/api/v1/public/farsta"
MONTHS = [date(2023, 7, 1), date(2023, 8, 1)]
FORUM_WORD = "Lyktstolpen vid dammen"


@pytest.fixture(scope="module")
def busy(sessions: sessionmaker[Session], lasting: World) -> World:
    """Return the forum with a July of which there is something to tell."""
    with sessions() as session:
        for person, how_many in (("landlord", 9), ("walker", 6)):
            acting = lasting.acting(session, person)
            for _ in range(how_many):
                mark(session, acting, occurred_from="2023-07-09T12:00", text=FORUM_WORD)
        session.commit()
    return lasting


@pytest.fixture
def published(sessions: sessionmaker[Session], busy: World, superuser: Engine) -> Iterator[None]:
    """Let the months be published and the page be open, for one test."""
    publish(sessions, busy)
    with superuser.connect() as hand:
        hand.execute(text("UPDATE forums SET public_page = true"))
        yield
        hand.execute(text("UPDATE forums SET public_page = false"))
        hand.execute(text("DELETE FROM publications"))


def publish(sessions: sessionmaker[Session], world: World) -> None:
    with sessions() as session:
        issues(session, members.system(session, world.forum_id, world.slug, "Forum farsta"), MONTHS)
        session.commit()


def test_a_page_that_nobody_opened_is_as_if_there_were_none(browser_of: BrowserOf, busy: World) -> None:
    for person in (None, "coordinator"):
        visitor = browser_of(person)
        for path in (PAGE, EMBED, PROGRAM):
            closed, none = (visitor.client.get(path.replace("farsta", slug)) for slug in ("farsta", "nowhere"))
            assert (closed.status_code, none.status_code) == (404, 404)
            assert closed.text.replace("farsta", "") == none.text.replace("nowhere", "")


def test_it_is_the_same_for_everybody_and_may_be_kept(browser_of: BrowserOf, published: None) -> None:
    for path in (PAGE, EMBED, f"/en{PAGE}", PROGRAM):
        answers = [browser_of(person).client.get(path) for person in (None, "officer", "coordinator")]
        assert len({answer.content for answer in answers}) == 1, path
        assert {answer.headers["cache-control"] for answer in answers} == {"public, max-age=300"}
        assert not [answer for answer in answers if "set-cookie" in answer.headers]


def test_only_the_embedded_page_may_be_framed_and_it_runs_nothing(browser_of: BrowserOf, published: None) -> None:
    visitor = browser_of(None)
    strict = HEADERS["Content-Security-Policy"]
    assert visitor.client.get(PAGE).headers["content-security-policy"] == strict
    framed = visitor.client.get(EMBED)
    assert framed.headers["content-security-policy"] == strict.replace("ancestors 'none'", "ancestors *")
    assert [tag for tag in Tags(framed.text).of("script") if tag.get("src")] == []


def test_it_asks_three_questions_and_says_whom_to_call(browser_of: BrowserOf, published: None) -> None:
    for prefix, headings, call in (
        ("", ["Hur är det här?", "Vad görs?", "Vad vet vi inte?"], "ingen anmälan till polisen"),
        ("/en", ["What is it like here?", "What is being done?", "What do we not know?"], "no report to the police"),
    ):
        page = browser_of(None).get(prefix + PAGE)
        assert re.findall(r"<h2[^>]*>([^<]+)</h2>", page) == headings
        assert all(word in page for word in ("112", "114 14", call))
        assert FORUM_WORD not in page


def test_programs_get_the_months_with_hashes_that_agree(browser_of: BrowserOf, published: None) -> None:
    answer = browser_of(None).client.get(PROGRAM).json()
    assert (answer["forum"], answer["demo"]) == ("Forum farsta", False)
    august, july = answer["issues"]
    assert (august["content"]["month"], july["content"]["month"]) == ("2023-08", "2023-07")
    assert july["content"]["counts"][-1][-1] == 15
    for issue in (august, july):
        assert hashlib.sha256(canonical(issue["content"])).hexdigest() == issue["hash"]


def test_no_byte_tells_of_rows_that_are_not_for_all_or_stand_alone(
    browser_of: BrowserOf, sessions: sessionmaker[Session], busy: World, published: None, superuser: Engine
) -> None:
    paths = (PAGE, EMBED, f"/en{PAGE}", PROGRAM)
    before = [browser_of(None).client.get(path).content for path in paths]
    with sessions() as session:
        for person, visibility, day in (
            ("landlord", "own", "2023-07-09"),
            ("officer", "authorities", "2023-07-09"),
            ("walker", "forum", "2023-08-09"),
        ):
            acting = busy.acting(session, person)
            mark(session, acting, occurred_from=f"{day}T12:00", visibility=visibility, category="litter")
        session.commit()
    with superuser.connect() as hand:
        hand.execute(text("DELETE FROM publications"))
    publish(sessions, busy)
    assert [browser_of(None).client.get(path).content for path in paths] == before


def test_who_leads_opens_and_closes_it_from_the_picture(browser_of: BrowserOf, busy: World) -> None:
    coordinator, officer = browser_of("coordinator"), browser_of("officer")
    assert "Öppna sidan för alla" in coordinator.get("/farsta/lagesbild")
    assert "Offentliga sidan" not in officer.get("/farsta/lagesbild")
    assert officer.post(PAGE, {"open": "yes"}).status_code == 403
    assert browser_of(None).client.post(PAGE, data={"open": "yes"}).status_code in (401, 403)
    assert coordinator.post(PAGE, {"open": "yes"}).headers["location"] == "/farsta/lagesbild"
    assert "Inget är redovisat än" in browser_of(None).get(PAGE)
    assert "Gå till offentliga sidan" in officer.get("/farsta/lagesbild")
    assert coordinator.post(PAGE, {"open": "no"}).status_code == 303
    browser_of(None).get(PAGE, 404)
