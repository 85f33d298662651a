"""One year of a forum, told end to end over HTTP: from what was noticed to what was done, and back along the chain."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import clock, rights
from forum.people import accounts
from forum.people.agreements import today
from forum.prize.editions import Phase
from tests import prizes
from tests.api import conftest as http
from tests.api.conftest import HOW, ClientOf, new, token_of
from tests.builders import CENTRE, World, build_world

app, client_of = http.app, http.client_of
"""The fixtures of the tests of the API."""
FARSTA = "/api/v1/forums/farsta"
EDITION = "/api/v1/editions/arets"
Json = dict[str, Any]


def ask(client: TestClient, method: str, path: str, body: Json | None = None, **headers: str) -> Json:
    """Return what is answered; whatever is refused breaks the story."""
    address = path if path.startswith("/api") else FARSTA + path
    answer = client.request(method, address, json=body, headers=headers)
    assert answer.status_code < 300, (method, path, answer.text)
    said: Json = answer.json()
    return said


def ago(days: float) -> str:
    return (clock.now() - timedelta(days=days)).isoformat()


class Year:
    """What came of each step, by name."""

    noticed: list[str]
    there: list[str]
    hidden: str
    place: str
    decision: str
    measure: str
    first: str
    second: str
    third: str
    asked: list[Json]
    again: list[Json]
    done: Json
    effect: Json
    judged: list[Json]
    square: str

    def __init__(self, clients: ClientOf, world: World) -> None:
        self.as_, self.world = clients, world

    def mark(self, who: str, days: float, **more: Any) -> str:
        body = new(occurred_from=ago(days), accuracy_m=20, **more)
        marked: str = ask(self.as_(who), "POST", "/deviations", body)["id"]
        return marked

    def meet(self, days: float) -> str:
        """Plan and open a meeting; returns its day."""
        day, at = (today() - timedelta(days=days)).isoformat(), "09:00" if days else "23:59"
        chair = str(self.world.organisations["Stadsdelsförvaltningen"])
        ask(self.as_("coordinator"), "POST", "/meetings", {"starts_at": f"{day}T{at}", "chair": chair})
        ask(self.as_("coordinator"), "POST", f"/meetings/{day}/opening")
        return day

    def points(self, who: str, day: str) -> list[Json]:
        points: list[Json] = ask(self.as_(who), "GET", f"/meetings/{day}/agenda")["points"]
        return points

    def close(self, day: str) -> None:
        ask(self.as_("coordinator"), "POST", f"/meetings/{day}/closing")
        ask(self.as_("officer"), "POST", f"/meetings/{day}/adjustment")

    def step(self, who: str, step: str, **more: Any) -> Json:
        return ask(self.as_(who), "POST", f"/measures/{self.measure}/steps", {"step": step, **more})


@pytest.fixture(scope="module")
def year(client_of: ClientOf, lasting: World) -> Year:
    """Live the year: every step over HTTP, by whoever takes it."""
    year = Year(client_of, lasting)
    coordinator = client_of("coordinator")

    # spring: several notice that the path is dark; the police note something for authorities alone
    year.noticed = [year.mark(who, days) for who, days in (("walker", 100), ("landlord", 99), ("officer", 98))]
    year.hidden = year.mark("officer", 97, visibility="authorities", text="Underlag om handel vid gångvägen")
    shape = {"type": "Point", "coordinates": CENTRE}
    place = ask(coordinator, "POST", "/places", {"name": "Gångvägen", "geometry": shape, "radius_m": 80})
    year.place = str(place["properties"]["nr"])
    said = {"hypothesis": "Mörker lockar dit försäljning", "breaks": "Ljus hela vägen"}
    ask(coordinator, "PUT", f"/places/{year.place}/cause", said)

    # the first meeting decides, the landlord accepts
    year.first = year.meet(90)
    (item,) = [point for point in year.points("coordinator", year.first) if point["key"] == f"place:{year.place}"]
    line = {"line": "Bostadsbolaget, byt lamporna på gångvägen, om 3 veckor"}
    decided = ask(coordinator, "POST", f"/meetings/{year.first}/items/{item['id']}/decisions", line)
    year.decision, year.measure = decided["id"], decided["measure"]
    year.close(year.first)
    year.step("landlord", "accept")
    year.step("landlord", "carry_out", reason="Sex nya lampor", on=(today() - timedelta(days=70)).isoformat())

    # what was done at the square long ago can be judged at the next meeting: the card is frozen, and decided upon
    lon, lat = 18.12, 59.25
    year.there = [year.mark(who, days, lon=lon, lat=lat) for who, days in (("walker", 60), ("landlord", 50))]
    square = {"type": "Point", "coordinates": (lon, lat)}
    torget = ask(coordinator, "POST", "/places", {"name": "Torget", "geometry": square, "radius_m": 80})
    year.square = str(torget["properties"]["nr"])
    terms = {"title": "Ljusare torg", "owner": str(lasting.organisations["Bostadsbolaget"]), "place": torget["id"]}
    older = str(ask(coordinator, "POST", "/measures", terms | {"due_on": today().isoformat()})["nr"])
    ended = {"on": (today() - timedelta(days=170)).isoformat()}
    for who, taken in (("coordinator", {"step": "decide"}), ("landlord", {"step": "accept"})):
        ask(client_of(who), "POST", f"/measures/{older}/steps", taken)
    ask(client_of("landlord"), "POST", f"/measures/{older}/steps", {"step": "carry_out"} | ended)

    # the next meeting asks what it did, and the one after opens the measure again
    year.second = year.meet(40)
    year.asked = year.points("coordinator", year.second)
    year.judged = [point for point in year.asked if point["place"] == torget["id"]]
    year.effect = ask(coordinator, "POST", f"/measures/{older}/effects", {"months": 3})
    line = {"line": "Bostadsbolaget, fortsätt med ljusen på torget, om 8 veckor"}
    ask(coordinator, "POST", f"/meetings/{year.second}/items/{year.judged[0]['id']}/decisions", line)
    seen = {"outcome": "partly", "note": "Ljust halva vägen", "on": (today() - timedelta(days=40)).isoformat()}
    ask(coordinator, "POST", f"/measures/{year.measure}/follow-ups", seen)
    year.close(year.second)
    year.step("coordinator", "reopen", reason="Hälften är släckta igen")
    year.third = year.meet(0)
    year.again = year.points("coordinator", year.third)
    year.close(year.third)
    for who, step in (("coordinator", "decide"), ("landlord", "accept"), ("landlord", "carry_out")):
        year.done = year.step(who, step)
    return year


def test_the_second_meeting_asks_for_the_follow_up(year: Year) -> None:
    (point,) = [p for p in year.asked if p["key"] == f"place:{year.place}"]
    (due,) = [r for r in point["reasons"] if r["rule"] == "follow_up"]
    assert due["days"] == 2  # carried out seventy days ago, asked for after twenty-eight, met forty days ago


def test_the_third_meeting_knows_that_it_was_reopened(year: Year) -> None:
    (point,) = [p for p in year.again if p["key"] == f"place:{year.place}"]
    assert "reopened" in [r["rule"] for r in point["reasons"]]
    assert year.done["status"] == "carried_out"


LINKS = ("deviations", "places", "causes", "decisions", "meetings", "measures", "follow_ups")


@pytest.mark.parametrize("start", ["deviations", "places", "measures", "meetings"])
def test_the_chain_tells_every_step_from_each_of_its_ends(year: Year, start: str) -> None:
    reference = {
        "deviations": year.noticed[0], "places": year.place, "measures": year.measure, "meetings": year.first,
    }[start]  # fmt: skip
    chain = ask(year.as_("officer"), "GET", f"/{start}/{reference}/chain")
    assert all(chain[link] for link in LINKS), {link: len(chain[link]) for link in LINKS}
    assert [d["id"] for d in chain["decisions"]] == [year.decision]
    assert [m["id"] for m in chain["measures"]] == [year.measure]
    assert [m["day"] for m in chain["meetings"]] == [year.first]
    assert [p["nr"] for p in chain["places"]] == [int(year.place)]
    assert year.noticed[0] in [d["id"] for d in chain["deviations"]]
    assert [f["outcome"] for f in chain["follow_ups"]] == ["partly"]


@pytest.mark.parametrize("start", ["places", "measures", "meetings"])
def test_a_partner_sees_the_chain_without_the_hidden_step_and_without_a_trace_of_it(year: Year, start: str) -> None:
    reference = {"places": year.place, "measures": year.measure, "meetings": year.first}[start]
    told = {who: ask(year.as_(who), "GET", f"/{start}/{reference}/chain") for who in ("officer", "walker")}
    assert len(told["officer"]["deviations"]) == len(told["walker"]["deviations"]) + 1 == 4
    assert year.hidden not in str(told["walker"])
    walked = {k: v for k, v in told["walker"].items() if k != "deviations"}
    assert walked == {k: v for k, v in told["officer"].items() if k != "deviations"}


@pytest.mark.parametrize("who", ["coordinator", "officer", "walker"])
def test_no_agenda_and_no_picture_of_the_year_counts_the_hidden_row(year: Year, who: str) -> None:
    (point,) = [p for p in year.points(who, year.first) if p["key"] == f"place:{year.place}"]
    counted = [r["now"] for r in point["reasons"] if "now" in r]
    assert counted == [3]
    meeting = ask(year.as_(who), "GET", f"/meetings/{year.first}")
    assert meeting["picture"]
    span = f"?from={meeting['since'][:10]}&to={meeting['until'][:10]}"
    assert ask(year.as_(who), "GET", f"/picture{span}")["total"]["count"] == 3


def test_a_measure_that_nobody_has_decided_at_a_meeting_is_in_no_decision(year: Year) -> None:
    coordinator = year.as_("coordinator")
    owner = str(year.world.organisations["Polisen"])
    terms = {"title": "Gå förbi", "owner": owner, "due_on": date(2030, 1, 1).isoformat(), "place": year.place}
    other = ask(coordinator, "POST", "/measures", terms)
    chain = ask(coordinator, "GET", f"/measures/{other['nr']}/chain")
    assert (chain["decisions"], chain["meetings"]) == ([], [])


def test_a_measure_of_three_months_ago_is_judged_at_the_meeting_until_its_card_is_frozen(year: Year) -> None:
    (due,) = [r for point in year.judged for r in point["reasons"] if r["rule"] == "effect_due"]
    assert (due["measures"], due["months"]) == ([year.effect["card"]["measure"]], [3])
    assert year.effect["card"]["weighed"]["sentence"] == "not_reached"
    assert [r for point in year.again for r in point["reasons"] if r["rule"] == "effect_due"] == []


# --- the prize -------------------------------------------------------------------------------------------------------


class Honour:
    """The edition that the year's work is nominated to, and what came of each step."""

    before: Json
    late: Json
    award: Json
    told: Json
    method: Json
    use: Json
    met: str

    def __init__(self, app: FastAPI, sessions: sessionmaker[Session], superuser: Engine) -> None:
        self.app, self.superuser = app, superuser
        with sessions() as session:
            self.prize = prizes.open_edition(session, slug="arets")
            rights.become(session, rights.OPERATOR)
            named = self.prize.accounts.items()
            self.tokens = {name: accounts.create_token(session, account) for name, account in named}
            session.commit()
        self.anybody = TestClient(app, **HOW)

    def as_(self, name: str) -> TestClient:
        client = TestClient(self.app, **HOW)
        client.headers["Authorization"] = f"Bearer {self.tokens[name]}"
        return client

    def ask(self, name: str, method: str, path: str, body: Json | None = None, seen: str = "") -> Json:
        headers = {"If-Match": seen} if seen else {}
        return ask(self.as_(name), method, EDITION + path, body, **headers)

    def move_to(self, phase: Phase) -> None:
        with Session(self.superuser) as session:
            prizes.move_to(session, self.prize, phase)
            session.commit()

    def declare(self) -> None:
        """Let everybody say what their organisations suggest; chair and deputy rule on what is no exclusion."""
        for name in self.prize.offices:
            (cover,) = self.ask(name, "GET", "/jury")["nominations"]
            said = {"grade": cover["suggested"], "reason": "Så är vi organiserade"}
            self.ask(name, "POST", "/nominations/1/ties", said)
        for name in ("deputy", "chair"):
            for tie in self.ask(name, "GET", "/jury")["waiting"]:
                ruling = {"ruling": "allowed", "reason": "Annan del av staden"}
                self.ask(name, "POST", f"/nominations/1/ties/{tie['id']}/ruling", ruling)
        for criterion in ("together", "develops"):
            met = {"criterion": criterion, "met": True, "reason": "Framgår av underlaget"}
            self.ask("secretary", "POST", "/nominations/1/gate", met)

    def assess(self, name: str) -> None:
        marks = {code: {"level": 3, "reason": "Visas"} for code in ("innovative", "inspires", "results")}
        self.ask(name, "PUT", "/nominations/1/assessment", {"marks": marks}, '"0"')
        self.ask(name, "POST", "/nominations/1/assessment/handing-in", None, '"1"')


@pytest.fixture(scope="module")
def honour(year: Year, app: FastAPI, sessions: sessionmaker[Session], superuser: Engine) -> Honour:
    """Play the edition: every step over HTTP, by whoever takes it; only the days are moved."""
    honour, coordinator = Honour(app, sessions, superuser), year.as_("coordinator")

    # the forum nominates the work at the square; what it rests on comes along from the register
    start = {"forum": "farsta", "start": "place", "reference": year.square}
    draft = ask(coordinator, "POST", EDITION + "/nominations", start)
    said = {
        "results": "Färre lampor är släckta",
        "method": "Före och efter",
        "limits": "Ett torg",
        "added": "Gemensamt",
    }
    kept = {"problem": "Mörkt", "done": "Nya lampor", "others": "Ring oss"}
    seen = f'"{draft["version"]}"'
    title = {"title": "Ljusare torg", "organisations": ["Staden > Stadsdelen", "Bostadsbolaget"]}
    ask(coordinator, "PATCH", EDITION + "/nominations/1", title | said | kept, **{"If-Match": seen})
    ask(coordinator, "POST", EDITION + "/nominations/1/submission")
    with superuser.connect() as connection:
        sent_in = text("SELECT id FROM nominations WHERE edition_id = :edition")
        honour.prize.nominations["square"] = connection.scalars(sent_in, {"edition": honour.prize.edition_id}).one()

    # ties, the gate, assessments that are blind; then a tie comes to light that takes one of them back
    honour.move_to(Phase.PREPARING)
    honour.declare()
    honour.move_to(Phase.ASSESSING)
    for name in ("chair", "deputy", "juror", "county"):
        honour.assess(name)
    found = {"office": str(honour.prize.offices["county"]), "grade": "own", "reason": "Var med och betalade"}
    honour.ask("secretary", "POST", "/nominations/1/ties/discovered", found)
    honour.late = honour.ask("juror", "GET", "/nominations/1/assessments")

    # the decision with its citation, under embargo until the ceremony
    honour.move_to(Phase.DECIDING)
    motion = honour.ask("chair", "POST", "/motions", {"nomination": 1})["id"]
    for name in ("chair", "deputy", "juror"):
        honour.ask(name, "POST", f"/motions/{motion}/votes", {"choice": "yes"})
    honour.ask("chair", "POST", f"/motions/{motion}/count", {})
    honour.award = honour.ask("chair", "POST", f"/motions/{motion}/award", {"citation": "För ljuset på torget"})
    honour.before = ask(honour.anybody, "GET", EDITION)
    honour.move_to(Phase.ANNOUNCED)
    honour.told = ask(honour.anybody, "GET", EDITION)
    return honour


@pytest.fixture(scope="module")
def carried_on(year: Year, honour: Honour, sessions: sessionmaker[Session]) -> Honour:
    """Let another forum take the method over and hold its first meeting by it."""
    coordinator = year.as_("coordinator")
    cycle = {"every": "month", "weekday": 2, "week": 1, "at": "10:00", "minutes": 75}
    cycle["chair"] = str(year.world.organisations["Stadsdelsförvaltningen"])
    ask(coordinator, "PUT", "/meetings/cycle", cycle)
    offer = {"name": "Månadens karta", "nomination": str(honour.prize.nominations["square"])}
    honour.method = ask(coordinator, "POST", "/methods", offer)
    with sessions() as session:
        other = build_world(session, "skarpnack", (17.90, 59.35, 17.95, 59.40))
        session.commit()
    taker = TestClient(honour.app, **HOW)
    taker.headers["Authorization"] = f"Bearer {token_of(sessions, other, 'coordinator')}"
    there = "/api/v1/forums/skarpnack"
    honour.use = ask(taker, "POST", f"{there}/methods/{honour.method['id']}/adoption", {"cycle": True})
    taken = ask(taker, "GET", f"{there}/meetings/cycle")
    planned = {"starts_at": f"{today()}T23:59", "minutes": taken["minutes"]}
    planned["chair"] = str(other.organisations["Stadsdelsförvaltningen"])
    honour.met = ask(taker, "POST", f"{there}/meetings", planned)["day"]
    for step in ("opening", "closing"):
        ask(taker, "POST", f"{there}/meetings/{honour.met}/{step}")
    return honour


def test_the_tie_that_came_late_sets_an_assessment_aside_and_it_is_said_so(honour: Honour) -> None:
    assert honour.late["set_aside"] == ["Regionen"]
    assert "Regionen" not in {other["office"] for other in honour.late["assessments"]}
    hidden = honour.as_("county").get(f"{EDITION}/nominations/1/assessments")
    absent = honour.as_("county").get(f"{EDITION}/nominations/99/assessments")
    assert (hidden.status_code, hidden.json()["title"]) == (404, absent.json()["title"])


def test_the_winner_is_known_from_the_ceremony_on(honour: Honour) -> None:
    assert "För ljuset på torget" not in str(honour.before)
    assert "Ljusare torg" not in str(honour.before)
    assert "För ljuset på torget" in str(honour.told)
    assert "Ljusare torg" in str(honour.told)


def test_what_the_winner_stands_on_is_told_with_it_and_what_the_jury_alone_may_read_is_not(honour: Honour) -> None:
    (winner,) = honour.told["winners"]
    kinds = [each["kind"] for each in winner["evidence"]]
    assert "decision" in kinds
    assert "document" not in kinds
    page = honour.anybody.get("/priset/arets").text
    assert "Det här vilar det på" in page
    assert all(each["hash"][:16] in page for each in winner["evidence"])


def test_from_the_nomination_one_walks_back_to_the_deviations_as_far_as_one_may_see(year: Year, honour: Honour) -> None:
    coordinator, juror = year.as_("coordinator"), honour.as_("juror")
    told = ask(coordinator, "GET", EDITION + "/nominations/1/chain")["evidence"]
    ways = {each["kind"]: each["address"].removeprefix(FARSTA) for each in told if each["address"]}
    assert {"decision", "effect"} <= ways.keys()
    measured = ask(coordinator, "GET", ways["effect"])["card"]["measure"]
    (place,) = ask(coordinator, "GET", f"/measures/{measured}/chain")["places"]
    for way in (f"/places/{place['nr']}", ways["decision"]):
        back = ask(coordinator, "GET", f"{way}/chain")
        assert set(year.there) <= {each["id"] for each in back["deviations"]}
    assert {each["address"] for each in ask(juror, "GET", EDITION + "/nominations/1/chain")["evidence"]} == {None}
    assert juror.get(FARSTA + ways["effect"]).status_code == 404
    assert "/farsta/moten/" not in honour.anybody.get("/priset/arets").text


def test_another_forum_takes_the_method_over_and_the_origin_sees_it(year: Year, carried_on: Honour) -> None:
    assert (carried_on.use["origin"], carried_on.use["cycle"]) == ("Forum farsta", True)
    ours = ask(year.as_("coordinator"), "GET", "/methods")
    assert [use["taker"] for use in ours["used_by"]] == ["Forum skarpnack"]
    assert carried_on.method["prize"]
    assert carried_on.met == today().isoformat()
