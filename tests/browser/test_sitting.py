"""A meeting on the projector: led by keyboard alone at two sizes, followed by choice, two hands on one note."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

import pytest
from playwright.sync_api import Page, expect
from shapely import Point
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from forum import demo
from forum.foundation import clock, rights
from forum.foundation.cluster import PrivateCluster
from forum.people import accounts, members
from forum.people.agreements import today
from forum.people.members import Member
from forum.register import places
from forum.register.places import Drawn
from forum.work import agenda, follow_ups, measures, meetings
from forum.work.agenda import Item, Wish
from forum.work.follow_ups import FollowUp
from forum.work.measures import Step
from forum.work.meetings import Plan
from forum.work.terms import Terms
from mapping import agenda as bridge
from tests.browser.conftest import PHONE, Mail, Open, Program, violations
from tests.browser.test_accessibility import SMALL, WIDER
from tests.conftest import on
from tests.forum.work.test_meetings import FIGURES

DAYS = count(400)
"""Days ahead, one for each meeting of these tests, later than any of the demo's."""
SMALLER, LARGER = (1280, 720), (1920, 1080)
SCREENS = [pytest.param(SMALLER, id="1280"), pytest.param(LARGER, id="1920")]


@dataclass(frozen=True)
class Sitting:
    """A meeting that is planned, with two items: one at a place with a measure, one in words."""

    day: str
    measure: int

    @property
    def screen(self) -> str:
        """Return the address of its screen."""
        return f"/farsta/moten/{self.day}/visa"


def opened(page: Page, program: Program) -> Sitting:
    """Return a meeting that is under way, its first item on the page's screen."""
    return led(page, prepared(program, opened=True))


def prepared(program: Program, *, opened: bool = False, spot: bool = False) -> Sitting:
    """Return a meeting of two items, and a concentration; the agenda of one that is planned is cut down to the two."""
    day = today() + timedelta(days=next(DAYS))
    with program.sessions() as session:
        coordinator = coordinator_of(session)
        ours = coordinator.organisation_id
        plan = Plan(clock.to_utc(f"{day}T09:00", "starts_at"), chair_id=ours)
        meeting = meetings.plan(session, coordinator, plan)
        place = places.create(session, coordinator, Drawn("Trappan", Point(18.0905, 59.2428), 120))
        terms = Terms("Lys upp trappan", ours, today() + timedelta(days=20))
        measure = measures.propose(session, coordinator, place, terms)
        for step in (Step.DECIDE, Step.ACCEPT):
            measures.move(session, coordinator, measure, step)
        wishes = [(Wish("Trappan i mörkret"), place), (Wish("Höstlovet"), None)]
        items = [agenda.add(session, coordinator, meeting, wish, place=at) for wish, at in wishes]
        if opened:
            points = [agenda.Point(i.key, tuple(i.reasons), i.minutes, item_id=i.id) for i in items]
            points += [agenda.Point("spot:1", (SPOT,), 5)] if spot else []
            agenda.begin(session, coordinator, meeting, agenda.Prepared(FIGURES, points))
        else:
            found = bridge.of(session, coordinator, meeting).points
            keys = [item.key for item in items]
            others = [point.key for point in found if point.key not in keys]
            meetings.arrange(session, coordinator, meeting, {"order": keys, "minutes": {}, "left_out": others})
        session.commit()
        return Sitting(day.isoformat(), measure.nr)


def led(page: Page, sitting: Sitting) -> Sitting:
    """Show the meeting's screen to who leads it."""
    page.goto(sitting.screen)
    expect(page.locator("#item")).to_be_focused()
    return sitting


def heading(page: Page, words: str) -> None:
    expect(page.locator("#item-title")).to_contain_text(words)


def coordinator_of(session: Session) -> Member:
    """Let the session act for the demo's coordinator."""
    email = next(person.email for person in demo.persons() if person.key == "coordinator")
    account = accounts.demo_account(session, email)
    assert account is not None
    rights.become(session, rights.Principal(account=account))
    return members.acting(session, account, "farsta")


def items_of(program: Program, sitting: Sitting) -> list[Item]:
    """Return the forum's items of the meeting as they now are."""
    with program.sessions() as session:
        coordinator = coordinator_of(session)
        meeting = meetings.get(session, coordinator, date.fromisoformat(sitting.day))
        return [item for item in agenda.of_meeting(session, coordinator, meeting) if item.visibility == "forum"]


def seen_of(program: Program, sitting: Sitting) -> list[FollowUp]:
    """Return what was noted of the measure."""
    with program.sessions() as session:
        coordinator = coordinator_of(session)
        measure = measures.get(session, coordinator, sitting.measure)
        return follow_ups.of_measure(session, coordinator, measure)


SPOT = {"rule": "concentration", "size": 5, "now": 5, "before": 1, "reporters": 2, "categories": {}} | {
    "lon": 18.1, "lat": 59.24, "radius_m": 100,
}  # fmt: skip
SAVED = re.compile(r"^Allt är sparat \d\d\.\d\d$")


@pytest.mark.parametrize("size", SCREENS)
def test_a_meeting_is_led_by_the_keyboard_alone_from_its_opening_to_its_close_and_its_minutes_are_sent(
    open_page: Open, program: Program, cluster: PrivateCluster, mail: Mail, size: tuple[int, int]
) -> None:
    page = open_page("coordinator", size)
    sitting, keys = prepared(program), page.keyboard
    page.goto(sitting.screen)
    expect(page.locator("form .button.main")).to_be_focused()
    keys.press("Enter")
    page.wait_for_selector("#item-title")
    heading(page, "Trappan i mörkret")
    expect(page.locator("#clock")).to_have_text("5 av 5 min kvar")

    keys.press("b")
    keys.insert_text("Trafikkontoret, byt lamporna")
    expect(page.locator("#read")).to_have_text(re.compile("Trafikkontoret.*saknas"))
    keys.press("Enter")
    expect(page.locator("#decide .error")).to_contain_text("dag")
    expect(page.locator("#line")).to_have_value("Trafikkontoret, byt lamporna")
    keys.insert_text(", 15 dec 2030")
    expect(page.locator("#read")).to_contain_text("sö 15 dec 2030")
    keys.press("Escape")
    keys.press("b")  # what was typed stands there
    keys.press("Enter")
    expect(page.locator(".decided")).to_contain_text("Byt lamporna")
    expect(page.locator("#saved")).to_have_text(SAVED)

    page.dispatch_event("#item", "keydown", {"key": "å"})  # the driver has no such key
    keys.type("Lys")  # chooses it among the measures
    keys.press("Tab")
    expect(page.locator("#what")).to_have_value("follow_up")
    keys.press("Tab")
    keys.press("Tab")
    keys.insert_text("Hälften lyser")
    keys.press("Enter")
    expect(page.locator("#act")).to_be_hidden()
    expect(page.locator("#saved")).to_have_text(SAVED)

    keys.press("a")
    keys.insert_text("Lamporna är beställda")
    keys.press("Escape")
    keys.press("g")
    expect(page.locator("#item-title .tag")).to_have_text("genomgången")
    expect(page.locator(".said .noted")).to_have_text("Lamporna är beställda")
    keys.press("ArrowRight")
    heading(page, "Höstlovet")
    keys.press("k")
    expect(page.locator("#sitting-map canvas")).to_be_focused()
    keys.press("Escape")
    expect(page.locator("#item")).to_be_focused()

    summary = page.locator(".menu.up summary")
    while not summary.evaluate("summary => summary === document.activeElement"):
        keys.press("Tab")
    keys.press("Enter")
    close = page.locator('[data-do="close"]')
    while not close.evaluate("button => button === document.activeElement"):
        keys.press("Tab")
    keys.press("Enter")
    expect(page.locator("#close")).to_be_visible()
    expect(page.locator("#close")).to_contain_text("Höstlovet")
    expect(page.locator("#close")).not_to_contain_text("Trappan")
    keys.press("Enter")
    page.wait_for_url("**/protokoll")
    assert [item.status for item in items_of(program, sitting)] == ["handled", "carried_over"]
    assert [seen.note for seen in seen_of(program, sitting)] == ["Hälften lyser"]
    if size == LARGER:
        sent(open_page("housing", SMALLER), program, cluster, sitting, mail)


@contextmanager
def in_earnest(program: Program, cluster: PrivateCluster) -> Iterator[None]:
    """Let the forum be a real one meanwhile: nobody of a demo is written to."""
    database = str(make_url(str(program.settings.database_url)).database)
    engine = create_engine(on(cluster.superuser_url, database), isolation_level="AUTOCOMMIT")
    with engine.connect() as hand:
        hand.execute(text("UPDATE forums SET demo = false"))
        try:
            yield
        finally:
            hand.execute(text("UPDATE forums SET demo = true"))
    engine.dispose()


def sent(page: Page, program: Program, cluster: PrivateCluster, sitting: Sitting, mail: Mail) -> None:
    """Let a second member adjust the minutes: they are sealed, and every member is written to, without their words."""
    page.goto(f"/farsta/moten/{sitting.day}/protokoll")
    expect(page.locator(".minutes")).to_contain_text("Byt lamporna")
    page.get_by_role("button", name="Justera protokollet").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Protokollet är justerat")
    with in_earnest(program, cluster):
        program.work(smtp_url=mail.url)
    page.reload()
    expect(page.locator(".marks")).to_contain_text("förseglat")
    letters = [letter for letter in mail.letters if "är justerat och förseglat" in letter["Subject"]]
    assert sorted(letter["To"] for letter in letters) == sorted(person.email for person in demo.persons())
    for letter in letters:
        assert f"/farsta/moten/{sitting.day}/protokoll" in letter.get_content()
        assert "lamporna" not in letter.as_string()


def test_what_lies_close_together_becomes_a_place_where_a_measure_is_decided(open_page: Open, program: Program) -> None:
    page = open_page("coordinator", SMALLER)
    led(page, prepared(program, opened=True, spot=True))
    turn(page, "ArrowRight", "Höstlovet")
    turn(page, "ArrowRight", "anhopning")
    page.locator(".menu.up summary").click()
    page.locator('[data-do="found"]').click()
    page.keyboard.insert_text("Bänkarna")
    page.keyboard.press("Enter")
    heading(page, "Bänkarna")
    expect(page.locator('[data-do="found"]')).to_be_hidden()
    page.keyboard.press("b")
    page.keyboard.insert_text("Trafikkontoret, flytta bänkarna, om 3 veckor")
    page.keyboard.press("Enter")
    expect(page.locator(".work")).to_contain_text("Flytta bänkarna, Trafikkontoret")


def test_a_decision_is_replaced_by_keyboard_and_the_old_one_stays_with_the_reason(
    open_page: Open, program: Program
) -> None:
    page = open_page("coordinator", SMALLER)
    opened(page, program)
    keys = page.keyboard
    keys.press("e")
    expect(page.locator("#saved")).to_have_text("Här finns inget beslut att ersätta.")
    expect(page.locator("#replace")).to_be_hidden()
    keys.press("b")
    keys.insert_text("Lampan byts av oss själva")
    keys.press("Enter")
    expect(page.locator(".decided")).to_contain_text("Beslut 1 Lampan byts av oss själva")
    keys.press("e")
    expect(page.locator("#which-decision")).to_be_focused()
    keys.press("Tab")
    keys.insert_text("Trafikkontoret, byt lampan, 15 dec 2030")
    keys.press("Enter")
    expect(page.locator("#replace .error")).to_contain_text("skäl")
    expect(page.locator("#instead")).to_have_value("Trafikkontoret, byt lampan, 15 dec 2030")
    keys.press("Tab")
    keys.insert_text("Stolpen är stadens")
    keys.press("Enter")
    expect(page.locator("#replace")).to_be_hidden()
    expect(page.locator(".decided del")).to_have_text("Lampan byts av oss själva")
    expect(page.locator(".decided li").first).to_contain_text("Ersatt: Stolpen är stadens")
    expect(page.locator(".decided li").last).to_have_text("Beslut 2 Byt lampan")
    expect(page.locator(".work")).to_contain_text("Byt lampan, Trafikkontoret")
    page.locator('[data-do="replace"]').click()  # the replaced one is offered no more
    expect(page.locator("#which-decision option")).to_have_text(["2. Byt lampan"])
    assert page.evaluate(SMALL, 24) == []
    assert violations(page) == []


def test_keys_act_in_the_item_alone_and_can_be_switched_off(open_page: Open, program: Program) -> None:
    page = open_page("coordinator", SMALLER)
    opened(page, program)
    page.locator("#on").focus()
    page.keyboard.press("b")
    expect(page.locator("#decide")).to_be_hidden()
    page.locator("#item").focus()
    page.keyboard.press("?")
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    expect(page.locator("#item")).to_be_focused()
    for key in ("b", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator("#decide")).to_be_hidden()
    heading(page, "Trappan")
    page.locator('[data-do="decide"]').click()  # the buttons go on
    expect(page.locator("#line")).to_be_focused()
    page.locator("#decide [data-close]").click()
    page.locator("#on").click()
    heading(page, "Höstlovet")


def test_an_item_goes_to_the_steering_group_with_a_reason_and_who_is_here_is_noted(
    open_page: Open, program: Program
) -> None:
    page = open_page("coordinator", SMALLER)
    sitting = opened(page, program)
    more = page.locator(".menu.up summary")
    more.click()
    page.locator('[data-do="escalate"]').click()
    page.keyboard.press("Enter")
    expect(page.locator("#escalate .error")).to_be_visible()
    page.keyboard.insert_text("Kräver pengar")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Till styrgruppen: Kräver pengar")
    expect(page.locator("#escalate")).to_be_hidden()
    more.click()
    page.locator('[data-do="attend"]').click()
    with page.expect_response(re.compile("/attendance$")) as noted:
        page.locator(".there label", has_text="Trafikkontoret").locator("input").fill("3")
        page.keyboard.press("Tab")
    assert list(noted.value.json()["attendance"].values()) == [3]
    assert [item.status for item in items_of(program, sitting)] == ["escalated", "open"]


def test_a_screen_moves_with_the_room_only_while_its_reader_has_chosen_so(open_page: Open, program: Program) -> None:
    leader, follower = open_page("coordinator", SMALLER), open_page("school", PHONE, alone=True)
    sitting = opened(leader, program)
    asked: list[str] = []
    follower.clock.install()
    follower.goto(f"{sitting.screen}?folj=1")
    follower.on("request", lambda request: asked.append(request.url))
    heading(follower, "Trappan")
    turn(leader, "ArrowRight", "Höstlovet")
    asked.clear()
    follower.clock.run_for(20_000)
    heading(follower, "Trappan")
    assert not [url for url in asked if "/meetings/" in url or "/visa" in url]
    follower.locator("#follow").check()
    heading(follower, "Höstlovet")
    turn(leader, "ArrowLeft", "Trappan")
    follower.clock.run_for(4_000)
    heading(follower, "Trappan")


def turn(page: Page, key: str, words: str) -> None:
    """Move on, and wait until the room is there."""
    with page.expect_response(re.compile("/shown$")):
        page.keyboard.press(key)
    heading(page, words)


def test_two_coordinators_who_write_on_one_item_lose_nothing(open_page: Open, program: Program) -> None:
    one, other = open_page("coordinator", SMALLER), open_page("administrator", SMALLER)
    sitting = opened(one, program)
    led(other, sitting)
    one.keyboard.press("a")
    one.keyboard.insert_text("Lampan är trasig")
    expect(one.locator("#saved")).to_have_text(SAVED)
    other.keyboard.press("a")
    other.keyboard.insert_text("Räcket är löst")
    expect(other.locator("#newer-words")).to_have_text("Lampan är trasig")
    expect(other.locator("#note-words")).to_have_value("Räcket är löst")
    other.locator("#join").click()
    expect(other.locator("#saved")).to_have_text(SAVED)
    expect(other.locator("#newer")).to_be_hidden()
    assert items_of(program, sitting)[0].note == "Lampan är trasig\nRäcket är löst"


def test_what_cannot_be_sent_stays_where_it_was_typed_and_is_said(open_page: Open, program: Program) -> None:
    page = open_page("coordinator", SMALLER)
    sitting = opened(page, program)
    page.route("**/note", lambda route: route.abort())
    page.keyboard.press("a")
    page.keyboard.insert_text("Räcket är löst")
    expect(page.locator("#note .error")).to_contain_text("Servern nås inte")
    expect(page.locator("#saved")).to_have_text("Inte sparat")
    page.unroute("**/note")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")  # is sent before the room moves on
    heading(page, "Höstlovet")
    expect(page.locator("#saved")).to_have_text(SAVED)
    assert items_of(program, sitting)[0].note == "Räcket är löst"


TINY = """least => [...document.querySelectorAll('body *')].filter((element) => {
    const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const box = element.getBoundingClientRect();
    return words && box.width > 1 && box.height > 1 && element.checkVisibility() && !element.closest('svg')
        && parseFloat(getComputedStyle(element).fontSize) < least;
}).map((element) => element.outerHTML.slice(0, 80))"""
FITS = """() => {
    const [page, item] = [document.documentElement, document.getElementById('item')];
    return [page.scrollHeight <= innerHeight, page.scrollWidth <= innerWidth, item.scrollHeight <= item.clientHeight];
}"""


def test_the_screen_is_read_from_the_back_row_and_has_no_faults_at_any_size(open_page: Open, program: Program) -> None:
    page = open_page("coordinator", LARGER)
    opened(page, program)
    page.keyboard.press("b")
    assert page.evaluate(TINY, 24) == []
    for size in (LARGER, SMALLER):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert page.evaluate(FITS) == [True, True, True]
        assert violations(page) == []
        assert page.evaluate(SMALL, 24) == []
    page.set_viewport_size({"width": 320, "height": 568})
    page.evaluate(WIDER)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_what_waits_and_what_follows_has_no_faults_on_a_phone(open_page: Open, program: Program) -> None:
    leader, page = open_page("coordinator", SMALLER), open_page("school", PHONE)
    sitting = prepared(program)
    page.goto(sitting.screen)
    assert violations(page) == []
    leader.goto(sitting.screen)
    leader.keyboard.press("Enter")
    page.wait_for_selector("#item-title")  # goes on by itself
    assert violations(page) == []
    assert page.evaluate(SMALL, 24) == []
