"""Nobody gets in: to the excluded and to outsiders all is as if the nomination said nothing and nobody judged it.

Every address of the program is asked twice by each of them: with all that was written about a nomination, and after the
database's owner has taken it away. What comes back is the same, byte for byte, but for a short list of values that are
new in every answer.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from api.deps import COOKIE, FORM_HEADER
from dashboards import prize_post
from forum.foundation import clock
from forum.people import accounts
from forum.tables import ALL
from tests.dashboards import conftest as pages
from tests.dashboards.conftest import BASE, TOKEN
from tests.story import Story, build_story

app, configured = pages.app, pages.configured
free_port = pages.free_port
"""The fixtures of the tests of pages."""
LATE = ("deputy", "secretary")
"""Who leads and who prepares, whose ties to the lights were discovered late."""
OUTSIDE = ("police_juror", *LATE, "substitute", "draft_nominator", "draft_secretary", "coordinator", "nobody")
"""Who is excluded from the lights, who is not called in, who nominates something else, whose office is in another
edition, who leads the forum and nominated nothing, nobody known."""
INSIDE = "juror"
"""To whom the lights are open: somebody in whose answers the same things show."""
COVER = frozenset({"nominations", "ties", "nomination_keys", "methods"})
"""What stays: the cover, what was said about ties to it, and a forum's method, which names a winner that is known."""
PLACE = re.compile(r"\{(\w+)(?::\w+)?\}")
PER_ANSWER = (
    re.compile(r'name="token" value="[0-9a-f]+"'),
    re.compile(r'name="client_id" value="[0-9a-f-]{36}"'),
    re.compile(r'"(id|key)":"[0-9a-f-]{36}"(?=,"made_now")'),
)
"""Reviewed: what is another value in every answer, and says nothing of a nomination."""
OF_THE_PRIZE = re.compile(r"/api/v1/editions|/priset|/feeds/priset")
IN_A_FORUM = re.compile(r"/(api/v1/forums/)?\{forum\}/(places|platser|measures|atgarder|effects|notices)(/|$)")
"""Where a forum tells what came of things."""


@pytest.fixture(scope="module")
def story(sessions: sessionmaker[Session]) -> Story:
    return build_story(sessions)


@dataclass(frozen=True)
class Reader:
    """Somebody's browser, and the token that its forms carry."""

    client: TestClient
    token: str


@dataclass(frozen=True)
class Asked:
    """One request: how, where, by whom."""

    who: str
    method: str
    path: str


@pytest.fixture(scope="module")
def clients(app: FastAPI, sessions: sessionmaker[Session], story: Story) -> Iterator[dict[str, Reader]]:
    """Return each reader's browser, signed in, with the token that its forms carry."""
    assert story.prize is not None
    known = {**story.farsta.accounts, **story.prize.accounts}
    opened = {}
    for who in (*OUTSIDE, INSIDE):
        client = TestClient(app, base_url=BASE, raise_server_exceptions=False, follow_redirects=False)
        if who in known:
            with sessions() as session:
                client.cookies.set(COOKIE, accounts.start_session(session, known[who]))
                session.commit()
        found = TOKEN.search(client.get("/logga-in").text)
        assert found is not None
        client.headers |= {"origin": BASE, FORM_HEADER: found[1]}
        opened[who] = Reader(client, found[1])
    yield opened
    for reader in opened.values():
        reader.client.close()


def routes_of(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Yield method and path of every route of the program."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and context.path:
            yield from ((method, context.path) for method in sorted(route.methods or ()))


@pytest.fixture(scope="module")
def there(superuser: Engine, story: Story) -> dict[str, str]:
    """Return what stands at each place of an address: the ids of what was written about the lights."""
    assert story.prize is not None
    lights = {"lights": story.prize.nominations["lights"]}
    named = {
        "edition": story.prize.slug,
        "forum": "farsta",
        "nr": "1",
        "piece": "2",
        "office": str(story.prize.offices["chair"]),
    }
    with superuser.connect() as connection:
        for table in ("motions", "evidence", "ties"):
            rows = text(f"SELECT id::text FROM {table} WHERE nomination_id = :lights ORDER BY 1 LIMIT 1")
            named[table.removesuffix("s")] = connection.scalars(rows, lights).one()
    return named | {"": str(story.prize.nominations["lights"])}


def about_a_nomination() -> list[str]:
    """Return the tables that say something of one nomination."""
    return sorted(name for name, table in ALL.items() if "nomination_id" in table.columns and name not in COVER)


def questions(app: FastAPI, there: dict[str, str]) -> list[Asked]:
    """Return all that is asked: everything of the prize by everybody, where a chain is drawn by the forum's leader."""
    asked = []
    for method, path in routes_of(app):
        address = PLACE.sub(lambda place: there.get(place[1], there[""]), path)
        if OF_THE_PRIZE.match(path):
            asked += [Asked(who, method, address) for who in (*OUTSIDE, INSIDE)]
        elif method == "GET" and IN_A_FORUM.match(path):
            asked.append(Asked("coordinator", method, address))
    return asked


def answers(clients: dict[str, Reader], asked: list[Asked]) -> dict[Asked, tuple[int, str, str]]:
    """Return what each is answered: status, headers that can tell something, and the body."""
    given = {}
    for one in asked:
        reader = clients[one.who]
        how: dict[str, Any] = {}
        if one.method != "GET":
            how = {"json": {}} if one.path.startswith("/api/") else {"data": {"token": reader.token}}
        answer = reader.client.request(one.method, one.path, **how)
        body = unpacked(answer.content).decode("latin-1")
        for value in PER_ANSWER:
            body = value.sub("", body)
        told = {name: answer.headers.get(name, "") for name in ("location", "etag", "content-disposition", "allow")}
        given[one] = (answer.status_code, repr(told), body)
    return given


def unpacked(content: bytes) -> bytes:
    """Return what is in a packed file (DOCX), without the minute at which it was packed; else the content itself."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return b"\n".join(member.filename.encode() + packed.read(member) for member in packed.infolist())


def come_far(superuser: Engine, lights: str) -> None:
    """Let the nomination be found complete: how far it has come is no part of its cover."""
    with superuser.begin() as connection:
        far = "UPDATE nominations SET status = 'complete', version = 9, changed_at = now() WHERE id = :lights"
        connection.execute(text(far), {"lights": lights})


def exclude(superuser: Engine, story: Story) -> None:
    """Let somebody discover that those of `LATE` are tied to the lights, as the chair would."""
    assert story.prize is not None
    discovered = text(
        "INSERT INTO ties (edition_id, nomination_id, office_id, step, grade, proposed, reason, ruling, by_id) "
        "VALUES (:edition, :lights, :office, 'discovered', 'own', 'none', 'Var med', 'excluded', :chair)"
    )
    about = {"edition": story.prize.edition_id, "lights": story.prize.nominations["lights"]}
    with superuser.begin() as connection:
        for name in LATE:
            offices = {"office": story.prize.offices[name], "chair": story.prize.offices["chair"]}
            connection.execute(discovered, about | offices)


def take_away(superuser: Engine, lights: str) -> None:
    """Let the nomination say nothing and nobody have judged it, as if only its cover had come in."""
    with superuser.connect() as connection:
        connection.execute(text("SET session_replication_role = replica"))  # no guard, no order among the tables
        for table in about_a_nomination():
            connection.execute(text(f"DELETE FROM {table} WHERE nomination_id = :lights"), {"lights": lights})
        bare = "UPDATE nominations SET status = 'submitted', version = 1, changed_at = submitted_at WHERE id = :lights"
        connection.execute(text(bare), {"lights": lights})
        connection.execute(text("SET session_replication_role = DEFAULT"))


@pytest.fixture
def asked(app: FastAPI, there: dict[str, str], superuser: Engine, story: Story) -> list[Asked]:
    """Return all that is asked, once the nomination has come far and everybody's ties to it are known."""
    come_far(superuser, there[""])
    exclude(superuser, story)
    return questions(app, there)


def test_there_is_something_to_leak(superuser: Engine, story: Story) -> None:
    assert story.prize is not None
    with superuser.connect() as connection:
        for table in about_a_nomination():
            rows = text(f"SELECT count(*) FROM {table} WHERE edition_id = :edition")
            assert connection.scalar(rows, {"edition": story.prize.edition_id}), table


def test_everything_is_as_if_the_nomination_said_nothing(
    clients: dict[str, Reader],
    asked: list[Asked],
    there: dict[str, str],
    superuser: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)  # what is printed says when
    monkeypatch.setattr(accounts, "SLOWEST", 0)  # whoever guesses addresses waits the longer the more they have tried
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")  # so do the fonts in a PDF, by the reproducible builds' convention
    assert len({one.path for one in asked if OF_THE_PRIZE.match(one.path)}) > 40
    before = answers(clients, asked)
    take_away(superuser, there[""])
    after = answers(clients, asked)
    told = [one for one in asked if after[one] != before[one]]
    assert [one for one in told if one.who != INSIDE] == []
    assert len({one.path for one in told}) > 5, "the same questions show it to those who may see it"


def test_no_letter_has_room_for_what_a_nomination_says() -> None:
    for said in (*prize_post.SUBJECTS.values(), *prize_post.BODIES.values()):
        assert set(re.findall(r"%\((\w+)\)s", said)) <= {"prize", "nr", "link", "purpose", "kept"}
