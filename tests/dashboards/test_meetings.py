"""The room of meetings and a meeting's page: planned, prepared, put in order, moved, cancelled, for each role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from itertools import count
from typing import Any

import pytest
from fastapi import FastAPI
from shapely import Point
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import clock
from forum.foundation.audience import Visibility
from forum.people.agreements import today
from forum.register import places
from forum.register.places import Drawn
from forum.work import agenda, decisions, meetings
from forum.work.agenda import Status, Wish
from forum.work.decisions import Order, Replaced
from forum.work.meetings import Plan
from mapping import agenda as bridge
from tests.builders import CENTRE, World, mark
from tests.dashboards.conftest import Browser, BrowserOf, Tags, filled
from tests.dashboards.test_places import Shown, send

ROOM = "/farsta/moten"
DAYS = count(1)
"""Each meeting of these tests has a day of its own."""


@pytest.fixture(scope="module")
def chair(lasting: World) -> str:
    return str(lasting.organisations["Stadsdelsförvaltningen"])


@pytest.fixture(scope="module", autouse=True)
def noticed(sessions: sessionmaker[Session], lasting: World) -> None:
    """Let there be a place with deviations, others close together without one, and one that authorities alone see."""
    with sessions() as session:
        drawn = Drawn("Gångvägen", Point(CENTRE), 60)
        places.create(session, lasting.acting(session, "coordinator"), drawn)
        hidden = Drawn("Spaningen", Point(18.07, 59.25), 60, Visibility.AUTHORITIES)
        places.create(session, lasting.acting(session, "coordinator"), hidden)
        officer = lasting.acting(session, "officer")
        when = clock.now() - timedelta(days=2)
        for i in range(6):
            mark(session, officer, occurred_from=when, accuracy_m=10)
            mark(session, officer, occurred_from=when, accuracy_m=10, lon=18.12, lat=59.25 + i * 1e-5)
        mark(session, officer, occurred_from=when, lon=18.07, lat=59.25, visibility="authorities", accuracy_m=10)
        session.commit()


def plan(browser: Browser, leader: str, **changes: str) -> Shown:
    day = today() + timedelta(days=next(DAYS))
    said = {"starts_at": f"{day}T09:00", "minutes": "90", "location": "Folkets hus", "chair": leader}
    return send(browser, ROOM, said | changes)


def planned(browser: Browser, chair: str, **changes: str) -> str:
    """Return the path of a meeting that was just planned."""
    answer = plan(browser, chair, **changes)
    assert answer.status == 200, answer.text
    return answer.path


def order_of(page: str) -> list[str]:
    return [tag["value"] or "" for tag in Tags(page).of("input") if tag.get("name") == "order"]


def arranged(browser: Browser, path: str, page: str, **changes: Any) -> Shown:
    """Send the form of the order as the page has it, with changes."""
    inputs = Tags(page).of("input")
    fields: dict[str, Any] = {
        name: [tag["value"] for tag in inputs if tag.get("name") == name] for name in ("order", "minutes")
    }
    fields["version"] = next(tag["value"] for tag in inputs if tag.get("name") == "version")
    return send(browser, f"{path}/ordning", fields | changes)


def test_the_room_shows_how_to_begin_then_the_cycle_then_the_coming_meeting(browser_of: BrowserOf, chair: str) -> None:
    coordinator, teacher = browser_of("coordinator"), browser_of("teacher")
    assert "Så börjar ni" in coordinator.get(ROOM)
    assert "Samordnaren planerar mötena" in teacher.get(ROOM)
    rule = {"every": "month", "weekday": "3", "week": "3", "at": "18:30", "minutes": "60", "chair": chair}
    page = send(coordinator, f"{ROOM}/hur-ofta", rule | {"location": "Sal 2"}).text
    assert "varje månad, tredje onsdag, kl. 18.30" in page
    offered = filled(page)
    made = send(coordinator, ROOM, {name: offered[name] for name in ("starts_at", "minutes", "location", "chair")})
    assert (made.status, "kl. 18.30" in made.text) == (200, True)
    day = date.fromisoformat(made.path.rpartition("/")[2])
    assert (day.isoweekday(), 15 <= day.day <= 28) == (3, True)
    assert "Nästa möte" in teacher.get(ROOM)
    assert made.path in teacher.get(ROOM)
    later = filled(coordinator.get(f"{ROOM}/nytt"))
    assert date.fromisoformat(later["starts_at"][:10]) > day
    coordinator.post(f"{made.path}/stall-in", {"reason": "Bara ett prov"})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"starts_at": "i morgon"}, "starts_at"), ({"minutes": "många"}, "minutes"), ({"minutes": "3"}, "minutes"),
        ({"chair": ""}, "chair"), ({"location": "Ring 070-123 45 67"}, "location"), ({"chair": "x"}, "chair"),
    ],
)  # fmt: skip
def test_a_refused_plan_keeps_what_was_typed(
    browser_of: BrowserOf, chair: str, change: dict[str, str], field: str
) -> None:
    answer = plan(browser_of("coordinator"), chair, **({"location": "Folkets hus"} | change))
    assert answer.status in (404, 422), answer.text
    assert f'id="{field}-error"' in answer.text
    assert filled(answer.text)["location"] == change.get("location", "Folkets hus")


@pytest.mark.parametrize(
    ("change", "field"),
    [({"at": "kvällen"}, "at"), ({"first_day": "nyss"}, "first_day"), ({"weekday": "9"}, "weekday")],
)
def test_a_refused_cycle_keeps_what_was_typed(
    browser_of: BrowserOf, chair: str, change: dict[str, str], field: str
) -> None:
    rule = {"every": "week", "weekday": "2", "week": "1", "at": "09:00", "minutes": "60", "chair": chair}
    answer = send(browser_of("coordinator"), f"{ROOM}/hur-ofta", rule | {"location": "Sal 7"} | change)
    assert (answer.status, filled(answer.text)["location"]) == (422, "Sal 7")
    assert f'id="{field}-error"' in answer.text


def test_two_meetings_on_one_day_are_refused_at_the_day(browser_of: BrowserOf, chair: str) -> None:
    coordinator = browser_of("coordinator")
    day = planned(coordinator, chair).rpartition("/")[2]
    answer = plan(coordinator, chair, starts_at=f"{day}T13:00")
    assert (answer.status, 'id="starts_at-error"' in answer.text) == (409, True)


def test_the_agenda_tells_why_where_and_what_is_promised(browser_of: BrowserOf, chair: str) -> None:
    coordinator = browser_of("coordinator")
    page = unescape(coordinator.get(planned(coordinator, chair)))
    assert "Gångvägen" in page
    assert "Vem har rapporterat" in page
    assert "avvikelser inom 100 meter som ingen plats samlar" in page
    assert page.count('class="cutout"') >= 2
    link = re.search(r'href="(/farsta/platser/ny\?[^"]+)"', page)
    assert link
    form = unescape(coordinator.get(link[1]))
    assert '{"type":"Point","coordinates":[18.12' in form
    assert filled(form)["radius_m"] == "100"


def test_points_are_put_in_order_get_minutes_and_are_left_out(browser_of: BrowserOf, chair: str) -> None:
    coordinator = browser_of("coordinator")
    path = planned(coordinator, chair)
    first, second, *rest = order_of(coordinator.get(path))
    moved = arranged(coordinator, path, coordinator.get(path), move=f"down:{first}")
    assert order_of(moved.text) == [second, first, *rest]
    longer = arranged(coordinator, path, moved.text, minutes=["80", *["5"] * (1 + len(rest))])
    assert "Härifrån ryms det inte på 90 minuter" in longer.text
    out = arranged(coordinator, path, longer.text, move=f"out:{second}")
    assert order_of(out.text) == [first, *rest]
    assert "Lämnat ute" in out.text
    back = arranged(coordinator, path, out.text, move=f"back:{second}")
    assert set(order_of(back.text)) == {first, second, *rest}
    assert f'id="minutes.{second}" value="80"' in back.text


def test_what_nobody_has_changed_goes_on_writing_itself(
    browser_of: BrowserOf, chair: str, sessions: sessionmaker[Session], lasting: World
) -> None:
    coordinator = browser_of("coordinator")
    path = planned(coordinator, chair)
    page = coordinator.get(path)
    first, *rest = order_of(page)
    arranged(coordinator, path, page, minutes=["7", *["5"] * len(rest)], order=[first, *rest, "place:1"])
    with sessions() as session:
        member = lasting.acting(session, "coordinator")
        kept = meetings.get(session, member, date.fromisoformat(path.rpartition("/")[2])).arrangement
    assert (kept["order"], kept["minutes"][first], kept["left_out"]) == ([], 7, [])


@pytest.mark.parametrize("given", ["0", "999", "fem"])
def test_refused_minutes_are_said_at_their_point_with_the_order_kept(
    browser_of: BrowserOf, chair: str, given: str
) -> None:
    coordinator = browser_of("coordinator")
    path = planned(coordinator, chair)
    page = coordinator.get(path)
    first, second, *rest = order_of(page)
    minutes = [given, *["5"] * (1 + len(rest))]
    answer = arranged(coordinator, path, page, order=[second, first, *rest], minutes=minutes)
    assert answer.status == 422
    assert f'href="#minutes.{second}"' in answer.text
    assert order_of(answer.text) == [second, first, *rest]
    assert f'id="minutes.{second}" value="{given}"' in answer.text


def test_the_second_of_two_sees_the_newer_order_and_keeps_the_own(browser_of: BrowserOf, chair: str) -> None:
    coordinator, administrator = browser_of("coordinator"), browser_of("administrator")
    path = planned(coordinator, chair)
    seen = coordinator.get(path)
    first, second, *rest = order_of(seen)
    arranged(administrator, path, administrator.get(path), move=f"down:{first}")
    late = arranged(coordinator, path, seen, order=[*reversed(rest), second, first])
    assert (late.status, "Någon annan har ändrat mötet under tiden" in late.text) == (412, True)
    assert order_of(late.text) == [*reversed(rest), second, first]
    saved = arranged(coordinator, path, late.text)
    assert (saved.status, order_of(saved.text)) == (200, [*reversed(rest), second, first])


def test_writers_add_points_and_readers_do_not(browser_of: BrowserOf, chair: str) -> None:
    landlord, teacher = browser_of("landlord"), browser_of("teacher")
    path = planned(browser_of("coordinator"), chair)
    said = {"title": "Grindarna", "minutes": "8", "place": "", "visibility": "forum"}
    assert "Grindarna" in send(landlord, f"{path}/punkter", said).text
    page = teacher.get(path)
    assert "Tillagd av Bostadsbolaget" in page
    assert "Lägg till en punkt" not in page
    assert 'name="move"' not in page
    assert teacher.post(f"{path}/punkter", said).status_code == 403
    assert landlord.post(f"{path}/ordning", {"order": "x"}).status_code == 403
    refused = send(landlord, f"{path}/punkter", said | {"title": "", "minutes": "12"})
    assert (refused.status, 'id="title-error"' in refused.text) == (422, True)
    assert re.search(r'name="minutes" type="number" value="12"', refused.text)


def test_the_annex_stands_apart_for_authorities_and_a_partner_sees_no_trace(browser_of: BrowserOf, chair: str) -> None:
    officer = browser_of("officer")
    path = planned(browser_of("coordinator"), chair)
    secret = {"title": "Insatsen i garaget", "minutes": "5", "place": "", "visibility": "authorities"}
    page = send(officer, f"{path}/punkter", secret).text
    before, annex = page.split('class="annex"')
    assert "Insatsen i garaget" in annex
    assert "Spaningen" in annex
    assert "Insatsen i garaget" not in before
    for person in ("landlord", "walker", "teacher"):
        theirs = browser_of(person).get(path)
        assert "Insatsen" not in theirs
        assert "Spaningen" not in theirs
        assert 'class="annex"' not in theirs
        assert "Bilaga" not in theirs
    wide = send(browser_of("landlord"), f"{path}/punkter", secret | {"title": "Vår"})
    assert (wide.status, 'value="Vår"' in wide.text) == (403, True)


def test_a_measure_that_authorities_alone_see_stands_on_no_point_that_all_see(
    browser_of: BrowserOf, chair: str
) -> None:
    coordinator = browser_of("coordinator")
    path = planned(coordinator, chair)
    gathered = re.search(
        r'href="(/farsta/platser/\d+)">Gångvägen<', coordinator.get("/farsta/platser").replace("<strong>", "")
    )
    assert gathered
    soon = (today() + timedelta(days=9)).isoformat()
    for title, seen_by in (("Lys upp", "forum"), ("Civil bil", "authorities")):
        said = {"title": title, "owner": chair, "due_on": soon, "visibility": seen_by}
        assert send(coordinator, f"{gathered[1]}/atgard", said).status == 200
    page = coordinator.get(path).split('class="annex"')[0]
    assert "Lys upp" in page
    assert "Civil bil" not in page


def test_who_comes_is_noted_by_organisation(browser_of: BrowserOf, chair: str, lasting: World) -> None:
    coordinator = browser_of("coordinator")
    path = planned(coordinator, chair)
    school = f"people.{lasting.organisations['Skolan']}"
    page = send(coordinator, f"{path}/narvaro", {school: "3"}).text
    assert re.search(r"<span>Skolan</span><span class=\"number\">3</span>", page)
    wrong = send(coordinator, f"{path}/narvaro", {school: "300"})
    assert (wrong.status, 'value="300"' in wrong.text) == (422, True)
    gone = send(coordinator, f"{path}/narvaro", {school: ""}).text
    assert "Ingen är antecknad ännu" in gone


def test_a_meeting_is_moved_and_cancelled_with_a_reason(browser_of: BrowserOf, chair: str) -> None:
    coordinator = browser_of("coordinator")
    path = planned(coordinator, chair)
    form = filled(coordinator.get(f"{path}/andra"))
    day = today() + timedelta(days=200 + next(DAYS))
    wanted = form | {"starts_at": f"{day}T10:00", "location": "Matsalen"}
    moved = send(coordinator, f"{path}/andra", wanted)
    assert (moved.path, "Matsalen" in moved.text) == (f"{ROOM}/{day}", True)
    late = send(coordinator, f"{moved.path}/andra", wanted | {"location": "Kyrkan"})
    assert (late.status, 'value="Kyrkan"' in late.text, "Matsalen" in late.text) == (412, True, True)
    refused = send(coordinator, f"{moved.path}/stall-in", {"reason": ""})
    assert (refused.status, 'id="reason-error"' in refused.text) == (422, True)
    gone = send(coordinator, f"{moved.path}/stall-in", {"reason": "Halva forumet är sjukt"})
    assert "Halva forumet är sjukt" in gone.text
    assert "Återkallelse till kalendern" in gone.text
    assert "Öppna mötet" not in gone.text
    assert gone.path in browser_of("teacher").get(ROOM)
    coordinator.get(f"{ROOM}/2019-01-01", 404)
    coordinator.get(f"{ROOM}/nyss", 404)
    assert browser_of("landlord").client.get(f"{ROOM}/nytt").status_code == 403


@pytest.fixture
def held(sessions: sessionmaker[Session], lasting: World) -> str:
    """Return the path of a meeting that decided, replaced, carried over and handed on."""
    with sessions() as session:
        member = lasting.acting(session, "coordinator")
        wanted = Plan(clock.now() - timedelta(days=next(DAYS)), chair_id=member.organisation_id)
        meeting = meetings.plan(session, member, wanted)
        for title in ("Budgeten", "Skyltarna"):
            agenda.add(session, member, meeting, Wish(title))
        path = next(place for place in places.all_of(session, member) if place.name == "Gångvägen")
        agenda.add(session, member, meeting, Wish("Lamporna"), place=path)
        agenda.begin(session, member, meeting, bridge.prepared(session, member, meeting))
        items = {item.title: item for item in agenda.of_meeting(session, member, meeting)}
        at_place = items["Lamporna"]
        order = Order(lasting.organisations["Bostadsbolaget"], today() + timedelta(days=20))
        first = decisions.decide(session, member, at_place, "Byt lamporna", order)
        replaced = Replaced(first, "Stolparna är slut")
        decisions.decide(session, member, at_place, "Byt lamporna och stolparna", replaces=replaced)
        agenda.settle(session, member, at_place, Status.HANDLED)
        agenda.settle(session, member, items["Budgeten"], Status.ESCALATED, reason="Kräver pengar")
        meetings.attend(session, member, meeting, {lasting.organisations["Polisen"]: 2})
        during = f"{ROOM}/{meeting.day}"
        session.commit()
        return during


def test_a_meeting_under_way_leads_to_the_screen_and_afterwards_tells_what_came_of_it(
    browser_of: BrowserOf, held: str, sessions: sessionmaker[Session], lasting: World
) -> None:
    during = browser_of("coordinator").get(held)
    assert f'href="{held}/visa"' in during
    assert f'href="{held}/visa?folj=1"' in browser_of("teacher").get(held)
    with sessions() as session:
        member = lasting.acting(session, "coordinator")
        agenda.end(session, member, meetings.get(session, member, date.fromisoformat(held.rpartition("/")[2])))
        session.commit()
    after = unescape(browser_of("teacher").get(held))
    assert "<del>Byt lamporna</del>" in after
    assert "Stolparna är slut" in after
    assert re.search(r"/farsta/atgarder/\d+", after)
    assert re.search("<dt>Går vidare till nästa möte</dt><dd>[^<]*Skyltarna", after)
    assert "<dt>Lämnat till styrgruppen</dt><dd>Budgeten</dd>" in after
    assert re.search(r"<span>Polisen</span><span class=\"number\">2</span>", after)
    assert f'href="{held}/protokoll"' in after
    room = unescape(browser_of("landlord").get(ROOM))
    assert "Väntar på styrgruppen" in room
    assert "Kräver pengar" in room


def test_the_pages_are_english_under_en(browser_of: BrowserOf, chair: str, held: str) -> None:
    coordinator = browser_of("coordinator")
    path = planned(coordinator, chair)
    for address in (ROOM, f"{ROOM}/nytt", f"{ROOM}/hur-ofta", path, f"{path}/andra", held):
        page = coordinator.get(f"/en{address}")
        words = " ".join(re.findall(r">([^<]+)<", page))
        assert not re.search(r"\b(möte\w*|dagordning\w*|beslut\w*|planera\w*|avvikelse\w*)\b", words, re.IGNORECASE)


@pytest.fixture
def with_mail(app: FastAPI) -> Iterator[None]:
    """Let the program have a mail server."""
    before = app.state.settings
    app.state.settings = before.model_copy(update={"smtp_url": "smtp://127.0.0.1:1"})
    yield
    app.state.settings = before


def test_members_are_called_by_who_leads(browser_of: BrowserOf, chair: str, with_mail: None) -> None:
    coordinator = browser_of("coordinator")
    path = planned(coordinator, chair)
    assert "Kalla deltagarna med e-post" in coordinator.get(path)
    assert "e-post" not in browser_of("officer").get(path)
    assert browser_of("officer").post(f"{path}/kallelse", {"version": ""}).status_code == 403
    answer = coordinator.post(f"{path}/kallelse", {"version": "1"})
    assert answer.status_code == 303
    page = coordinator.get(answer.headers["location"])
    assert "Deltagarna kallas med e-post" in page
    assert "kallade deltagarna med e-post" in page
    assert "Kalla dem som kommit till sedan dess" in page


def test_without_a_mail_server_the_page_says_that_nobody_is_called(
    app: FastAPI, browser_of: BrowserOf, chair: str, with_mail: None
) -> None:
    app.state.settings = app.state.settings.model_copy(update={"smtp_url": None})
    coordinator = browser_of("coordinator")
    page = coordinator.get(planned(coordinator, chair))
    assert "Ingen e-postserver är inställd" in page
    assert "Kalla deltagarna" not in page
