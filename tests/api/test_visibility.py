"""Over HTTP too: each sees their own, and a hidden row is answered byte for byte like one that never existed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import rights
from forum.people import accounts
from mapping.files.exports import Form
from tests import sheets
from tests.api.conftest import URL, new, token_of
from tests.story import LATER, WORDS, Story, build_story

OPEN = {"forum", "public", "on_behalf", "widened"}
CLASSES: dict[str, set[str]] = {
    "officer": OPEN | {"authorities", "police_own"},
    "coordinator": OPEN | {"authorities"},
    "landlord": OPEN | {"own", "narrowed"},
    "walker": OPEN,
}
STEPS: dict[tuple[str, str], dict[str, Any]] = {
    ("GET", ""): {},
    ("PATCH", ""): {"json": {"text": "Nytt"}, "headers": {"If-Match": '"1"'}},
    ("POST", "/withdrawal"): {"json": {"reason": "mistake"}},
    ("POST", "/undo"): {},
    ("POST", "/same-as"): {"json": {"other": "1000000"}},
    ("POST", "/look-at"): {},
    ("POST", "/answer"): {"json": {"reply": "Det är gjort"}},
    ("GET", "/chain"): {},
}
"""What can be asked of one deviation; a route that is not here fails a test."""
FORUM = (
    "", "/categories", "/organisations", "/areas", "/ground", "/events",
    "/deviations", "/deviations/alike", "/deviations/events", "/deviations/1", "/effects", "/measures",
    "/measures/not-fixed", "/meetings", "/meetings/cycle", "/methods", "/notices", "/outcomes",
    "/measures/catalogue", "/picture", "/pictures", "/places", "/plans", "/surveys", "/surveys/quadrants",
    "/documents", "/tiles/0/0/0.mvt", "/walks",
    *(f"/deviations.{form}" for form in Form),
)  # fmt: skip


@pytest.fixture(scope="module")
def story(sessions: sessionmaker[Session]) -> Story:
    return build_story(sessions)


@dataclass
class Callers:
    """Clients by who asks: a member of the first forum, one of the other, a stranger with an account, nobody."""

    app: FastAPI
    tokens: dict[str, str]
    opened: dict[str, TestClient] = field(default_factory=dict)

    def __getitem__(self, who: str) -> TestClient:
        if who not in self.opened:
            client = TestClient(self.app, base_url="http://127.0.0.1", raise_server_exceptions=False)
            if who in self.tokens:
                client.headers["Authorization"] = f"Bearer {self.tokens[who]}"
            self.opened[who] = client
        return self.opened[who]


@pytest.fixture(scope="module")
def callers(app: FastAPI, sessions: sessionmaker[Session], story: Story) -> Iterator[Callers]:
    tokens = {person: token_of(sessions, story.farsta, person) for person in CLASSES}
    tokens["neighbour"] = token_of(sessions, story.rinkeby, "coordinator")
    with sessions() as session:
        rights.become(session, rights.OPERATOR)
        stranger = accounts.account_of(session, email="stranger@example.org")
        tokens["stranger"] = accounts.create_token(session, stranger)
        session.commit()
    callers = Callers(app, tokens)
    yield callers
    for client in callers.opened.values():
        client.close()


class Questions:
    """Counts what the database is asked."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.asked = engine, 0

    def _count(self, *_: Any) -> None:
        self.asked += 1

    def of(self, request: Callable[[], Response]) -> tuple[Response, int]:
        """Return the answer and how many questions it took."""
        self.asked = 0
        event.listen(self.engine, "before_cursor_execute", self._count)
        try:
            return request(), self.asked
        finally:
            event.remove(self.engine, "before_cursor_execute", self._count)


@pytest.fixture
def questions(engine: Engine) -> Questions:
    return Questions(engine)


def ids(answer: Response) -> list[str]:
    return [feature["id"] for feature in answer.json()["features"]]


@pytest.mark.parametrize("person", CLASSES)
def test_the_list_its_total_and_its_text_hold_what_the_person_may_see(
    callers: Callers, story: Story, person: str
) -> None:
    answer = callers[person].get(URL)
    assert {str(story.rows[name]) for name in CLASSES[person]} == set(ids(answer))
    assert answer.json()["numberMatched"] == len(CLASSES[person])
    for name in set(WORDS) - CLASSES[person] - {"widened", "withdrawn"}:
        assert WORDS[name] not in answer.text
        assert str(story.numbers[name]) not in answer.text


@pytest.mark.parametrize("person", CLASSES)
def test_totals_do_not_change_with_what_others_keep_to_themselves(callers: Callers, story: Story, person: str) -> None:
    queries = ["limit=1", "bbox=17,58,19,60", "hour=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23",
               "category=lighting", "area=Område farsta", "from=2020-01-01", "created_since=2020-01-01"]  # fmt: skip
    for query in queries:
        body = callers[person].get(f"{URL}?{query}").json()
        assert body["numberMatched"] + body["numberUnknownHour"] == len(CLASSES[person]), query
    for name in set(story.rows) - CLASSES[person] - {"withdrawn"}:
        for query in (f"q={story.numbers[name]}", f"q=F-{story.numbers[name]}"):
            assert callers[person].get(f"{URL}?{query}").json()["numberMatched"] == 0, name


@pytest.mark.parametrize("person", CLASSES)
def test_the_pages_walk_over_the_same_rows(callers: Callers, story: Story, person: str) -> None:
    walked, following = [], ""
    while True:
        body = callers[person].get(f"{URL}?limit=2{following}").json()
        walked += [feature["id"] for feature in body["features"]]
        if body["next"] is None:
            break
        following = f"&cursor={body['next']}"
    assert walked == ids(callers[person].get(URL))


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("person", ["officer", "landlord", "walker"])
def test_a_file_holds_the_rows_of_the_list_in_every_format(
    callers: Callers, story: Story, person: str, form: Form
) -> None:
    answer = callers[person].get(f"{URL}.{form}")
    rows = sheets.records(form, answer.content)
    assert [row["id"] for row in rows] == ids(callers[person].get(URL))
    assert {row["id"] for row in rows} == {str(story.rows[name]) for name in CLASSES[person]}
    assert {row["audience"] for row in rows} == {"member"}
    for name in set(WORDS) - CLASSES[person] - {"widened", "withdrawn"}:
        assert WORDS[name] not in str(rows)


@pytest.mark.parametrize(
    ("form", "person", "audience"),
    [*((form, "officer", "authorities") for form in Form), ("csv", "officer", "forum"), ("gpkg", "landlord", "forum")],
)
def test_a_file_for_an_audience_holds_what_all_of_it_may_see_whoever_makes_it(
    callers: Callers, story: Story, form: str, person: str, audience: str
) -> None:
    seen = OPEN | ({"authorities"} if audience == "authorities" else set())
    answer = callers[person].get(f"{URL}.{form}", params={"audience": audience})
    rows = sheets.records(form, answer.content)
    assert {row["id"] for row in rows} == {str(story.rows[name]) for name in seen}
    assert {row["audience"] for row in rows} == {audience}
    assert audience in answer.headers["content-disposition"].replace("myndigheter", "authorities")


def test_an_audience_that_may_not_be_served_is_refused_with_the_reason(callers: Callers) -> None:
    for person, audience in (("officer", "public"), ("landlord", "authorities"), ("landlord", "everybody")):
        answer = callers[person].get(f"{URL}.csv", params={"audience": audience})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "audience")
    assert "points" in callers["officer"].get(
        f"{URL}.csv", params={"audience": "public"}, headers={"Accept-Language": "en"}
    ).json()["errors"][0]["message"]  # fmt: skip


@pytest.mark.parametrize("person", CLASSES)
def test_hints_show_their_own(callers: Callers, story: Story, person: str) -> None:
    lon, lat = new()["lon"], new()["lat"]
    here = {"lon": lon, "lat": lat, "category": "lighting", "occurred_from": new()["occurred_from"]}
    found = ids(callers[person].get(f"{URL}/alike", params=here))
    assert found
    assert set(found) <= {str(story.rows[name]) for name in CLASSES[person]}


@pytest.mark.parametrize("person", CLASSES)
def test_a_widened_row_shows_its_past_to_its_organisation_alone(callers: Callers, story: Story, person: str) -> None:
    answer = callers[person].get(f"{URL}/{story.rows['widened']}")
    assert answer.json()["properties"]["text"] == LATER
    assert (WORDS["widened"] in answer.text) is (person == "landlord")
    assert len(answer.json()["history"]) == (3 if person == "landlord" else 0)


def test_every_route_to_a_deviation_is_tried_here(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    prefix = "/api/v1/forums/{forum}/deviations/{reference}"
    found = {
        (m.upper(), p.removeprefix(prefix)) for p, methods in paths.items() if p.startswith(prefix) for m in methods
    }
    assert found == set(STEPS)
    in_forum = {re.sub(r"^/api/v1/forums/\{forum\}", "", p) for p in paths if p.startswith("/api/v1/forums/{forum}")}
    tried = {path.replace("/0/0/0.", "/{z}/{x}/{y}.") for path in FORUM} - {"/deviations/1"}
    assert {p for p in in_forum if "{reference}" not in p} == tried


@pytest.mark.parametrize(("method", "step"), STEPS)
def test_a_hidden_a_foreign_and_an_absent_row_are_answered_alike_after_the_same_number_of_questions(
    callers: Callers, questions: Questions, story: Story, method: str, step: str
) -> None:
    walker, sent = callers["walker"], STEPS[method, step]
    hidden = ("own", "police_own", "authorities", "narrowed", "neighbour")
    for absent, of in ((str(uuid4()), story.rows), ("1000001", story.numbers)):
        told = set()
        for reference in (absent, *(str(of[name]) for name in hidden)):
            answer, asked = questions.of(partial(walker.request, method, f"{URL}/{reference}{step}", **sent))
            headers = tuple(sorted((k, v) for k, v in answer.headers.items() if k != "date"))
            told.add((answer.status_code, answer.content, headers, asked))
        assert len(told) == 1, told
        assert {status for status, *_ in told} == {404}


@pytest.mark.parametrize(("method", "step"), STEPS)
def test_the_same_steps_are_open_to_who_sees_the_row(callers: Callers, method: str, step: str) -> None:
    landlord = callers["landlord"]
    mine = f"{URL}/{landlord.post(URL, json=new(visibility='own')).json()['id']}"
    answer = landlord.request(method, f"{mine}{step}", **STEPS[method, step])
    if step == "/same-as":  # the other one is not there
        assert answer.json()["errors"][0]["field"] == "other"
    else:
        assert answer.status_code != 404
    landlord.post(f"{mine}/undo")


def test_nothing_is_the_same_as_a_hidden_or_an_absent_row(callers: Callers, questions: Questions, story: Story) -> None:
    walker, mine = callers["walker"], story.rows["public"]
    told = set()
    for other in (str(uuid4()), str(story.rows["own"]), str(story.rows["authorities"]), str(story.rows["neighbour"])):
        answer, asked = questions.of(partial(walker.post, f"{URL}/{mine}/same-as", json={"other": other}))
        told.add((answer.status_code, answer.text.replace(other, "…"), asked))
    assert len(told) == 1
    assert {status for status, *_ in told} == {404}


def test_an_organisation_of_another_forum_is_refused_like_none(
    callers: Callers, questions: Questions, story: Story
) -> None:
    told = set()
    for organisation in (str(uuid4()), str(story.rinkeby.organisations["Polisen"])):
        sent = new(on_behalf_of=organisation)
        answer, asked = questions.of(partial(callers["officer"].post, URL, json=sent))
        told.add((answer.status_code, answer.text.replace(organisation, "…"), asked))
    assert len(told) == 1
    assert {status for status, *_ in told} == {404}


@pytest.mark.parametrize("who", ["neighbour", "stranger", "nobody"])
@pytest.mark.parametrize("path", FORUM)
def test_who_is_no_member_is_answered_as_if_there_were_no_such_forum(
    callers: Callers, questions: Questions, who: str, path: str
) -> None:
    told = set()
    for forum in ("farsta", "no-such-forum"):
        answer, asked = questions.of(partial(callers[who].get, f"/api/v1/forums/{forum}{path}"))
        told.add((answer.status_code, answer.content, asked))
    assert len(told) == 1
    assert {status for status, *_ in told} == {401 if who == "nobody" else 404}


def test_the_neighbour_writes_nothing_here_and_sees_their_own(callers: Callers, story: Story) -> None:
    refused = callers["neighbour"].post(URL, json=new())
    assert refused.status_code == 404
    assert ids(callers["neighbour"].get("/api/v1/forums/rinkeby/deviations")) == [str(story.rows["neighbour"])]
    assert [f["slug"] for f in callers["neighbour"].get("/api/v1/forums").json()] == ["rinkeby"]
    assert callers["stranger"].get("/api/v1/forums").json() == []


def test_a_client_id_that_a_hidden_row_has_is_as_good_as_any(callers: Callers) -> None:
    sent = new(text="Gren över gångvägen", category="vegetation", visibility="own")
    answers = {person: callers[person].post(URL, json=sent) for person in CLASSES}
    assert {answer.status_code for answer in answers.values()} == {201}
    for person, answer in answers.items():
        mine = f"{URL}/{sent['id']}"
        assert callers[person].get(mine).json()["id"] == answer.json()["id"]
        callers[person].post(f"{mine}/undo")
