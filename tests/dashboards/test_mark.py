"""Marking without any script: one long form, the same rules, nothing typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from shapely import Point
from sqlalchemy.orm import Session, sessionmaker
from starlette.datastructures import FormData

from dashboards.mark import _time
from forum.foundation import clock, rights
from forum.register import areas, deviations, finding
from forum.register.deviations import Deviation
from forum.register.finding import Filter
from tests.builders import CENTRE, World
from tests.dashboards.conftest import Browser, BrowserOf, Tags, filled

PAGE = "/farsta/marka"


def fields(browser: Browser, **changes: str) -> dict[str, str]:
    """Return the form as it was given, with what a person fills in."""
    given = filled(browser.get(PAGE)) | {
        "lon": str(CENTRE[0]),
        "lat": str(CENTRE[1]),
        "category": "lighting",
        "when": "now",
    }
    return given | {"client_id": str(uuid4()), "alike": "new"} | changes


def saved(browser: Browser, **changes: str) -> str:
    """Return the receipt's address of what was saved."""
    answer = browser.post(PAGE, fields(browser, **changes))
    assert answer.status_code == 303, answer.text[:3000]
    return str(answer.headers["location"])


def row(sessions: sessionmaker[Session], lasting: World, address: str, person: str = "officer") -> Deviation:
    """Return the deviation of a receipt."""
    with sessions() as session:
        member = lasting.acting(session, person)
        found = deviations.get(session, member, int(address.rpartition("/")[2]))
        assert found.position
        return found


def matched(sessions: sessionmaker[Session], lasting: World) -> int:
    with sessions() as session:
        return finding.find(session, lasting.acting(session, "officer"), Filter()).matched


def test_what_was_filled_in_stands_in_the_register(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World
) -> None:
    answers = {"answers.lighting.lamps": "3", "answers.lighting.dark": "black", "answers.lighting.used": "yes"}
    more = {"kind.lighting": "lighting.lamp_out", "accuracy_m": "50", "text": "Tre lyktstolpar är släckta."}
    address = saved(browser_of("officer"), **answers, **more, **{"answers.traffic.near_miss": "yes"})
    found = row(sessions, lasting, address)
    assert found.answers == {"lamps": 3, "dark": "black", "used": True}
    assert (found.accuracy_m, found.text, found.position) == (50, "Tre lyktstolpar är släckta.", CENTRE)
    receipt = browser_of("officer").get(address)
    assert "Avvikelsen är sparad" in receipt
    assert f"F-{found.nr}" in receipt


def test_the_same_form_sent_twice_registers_once(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World
) -> None:
    officer = browser_of("officer")
    given = fields(officer, text="Skickad två gånger")
    before = matched(sessions, lasting)
    first = officer.post(PAGE, given)
    later = officer.post(PAGE, given | {"chosen_at": (clock.now() - timedelta(minutes=3)).isoformat()})
    assert first.headers["location"] == later.headers["location"]
    assert matched(sessions, lasting) == before + 1


def test_words_about_a_person_stop_the_save_and_everything_typed_stays(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World
) -> None:
    officer = browser_of("officer")
    before = matched(sessions, lasting)
    words = "Ring 070-174 06 05 om lampan"
    answer = officer.post(PAGE, fields(officer, text=words, **{"answers.lighting.lamps": "7", "accuracy_m": "250"}))
    assert answer.status_code == 422
    kept = filled(answer.text)
    assert words in answer.text
    assert (kept["answers.lighting.lamps"], kept["accuracy_m"], kept["category"]) == ("7", "250", "lighting")
    assert 'href="#text"' in answer.text
    assert "070-174 06 05" in re.findall(r'id="text-error">([^<]+)', answer.text)[0]
    assert matched(sessions, lasting) == before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lon": "", "lat": ""}, "place"),
        ({"lon": "", "lat": "", "place": "Ingenstans"}, "place"),
        ({"lon": "17.0", "lat": "59.0"}, "position"),
        ({"lon": "59.243", "lat": "18.09"}, "lon"),
        ({"lon": "nan"}, "lon"),
        ({"category": ""}, "category"),
        ({"category": "no-such"}, "category"),
        ({"when": "between", "occurred_from": ""}, "occurred_from"),
        ({"when": "between", "occurred_from": "i går"}, "occurred_from"),
        ({"when": "between", "occurred_from": "2999-01-01T00:00"}, "occurred_from"),
        ({"when": "between", "occurred_from": "2023-03-26T02:30"}, "occurred_from"),
        ({"visibility": "everybody"}, "visibility"),
        ({"on_behalf_of": "x"}, "on_behalf_of"),
        ({"answers.lighting.lamps": "many"}, "answers.lamps"),
        ({"accuracy_m": "0"}, "accuracy_m"),
    ],
)
def test_a_refusal_leads_to_its_field_and_saves_nothing(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World, changes: dict[str, str], field: str
) -> None:
    officer = browser_of("officer")
    before = matched(sessions, lasting)
    answer = officer.post(PAGE, fields(officer, **changes))
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert matched(sessions, lasting) == before


def test_the_hour_that_came_twice_can_be_told_apart(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World
) -> None:
    officer = browser_of("officer")
    answer = officer.post(PAGE, fields(officer, when="between", occurred_from="2023-10-29T02:30"))
    assert "+02:00" in answer.text
    assert 'type="text" value="2023-10-29T02:30"' in answer.text
    address = saved(officer, when="between", occurred_from="2023-10-29T02:30+01:00")
    assert row(sessions, lasting, address).occurred_from.hour == 1


def test_something_alike_is_asked_about_first_and_joined_on_wish(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World
) -> None:
    landlord, walker = browser_of("landlord"), browser_of("walker")
    place = {"lon": "18.12", "lat": "59.255", "category": "vandalism"}
    earlier = saved(landlord, **place, text="Klotter på väggen").rpartition("/")[2]
    before = matched(sessions, lasting)
    given = fields(walker, **place, text="Klottrat igen", alike="")
    asked = walker.post(PAGE, given)
    assert asked.status_code == 200
    assert "Klotter på väggen" in asked.text
    assert matched(sessions, lasting) == before
    kept = filled(asked.text)
    assert (kept["alike"], kept["client_id"]) == ("new", given["client_id"])
    joined = walker.post(PAGE, given | {"alike": earlier})
    found = row(sessions, lasting, joined.headers["location"], "walker")
    assert found.status == "same_as"
    assert f"F-{earlier}" in walker.get(joined.headers["location"])


def test_what_the_reader_may_not_see_is_not_hinted_at(browser_of: BrowserOf) -> None:
    place = {"lon": "18.07", "lat": "59.225", "category": "drugs"}
    saved(browser_of("officer"), **place, text="Spaning pågår", visibility="own")
    walker = browser_of("walker")
    answer = walker.post(PAGE, fields(walker, **place, alike=""))
    assert answer.status_code == 303


def test_a_place_is_chosen_by_its_name_where_there_is_no_map(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World
) -> None:
    with sessions() as session:
        rights.become(session, rights.OPERATOR)
        areas.import_ground(session, "square", [areas.Shape("Hökarängsplan", None, Point(18.08, 59.257))])
        session.commit()
    officer = browser_of("officer")
    assert '<option value="Hökarängsplan">' in officer.get(PAGE)
    found = row(sessions, lasting, saved(officer, lon="", lat="", place="hökarängsplan", accuracy_m="25"))
    assert found.position == (18.08, 59.257)
    assert found.accuracy_m == 100


def test_a_part_of_a_name_lets_the_reader_choose_among_the_places_that_hold_it(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World
) -> None:
    with sessions() as session:
        rights.become(session, rights.OPERATOR)
        for kind, name, at in (("square", "Perstorpsplan", (18.081, 59.257)), ("stop", "Perstorp", (18.082, 59.257))):
            areas.import_ground(session, kind, [areas.Shape(name, None, Point(*at))])
        session.commit()
    officer = browser_of("officer")
    asked = officer.post(PAGE, fields(officer, lon="", lat="", place="perstor", accuracy_m="25"))
    assert asked.status_code == 422
    assert "Välj en av dem som hittades." in asked.text
    spots = [a["value"] or "" for a in Tags(asked.text).of("input") if a.get("name") == "spot"]
    assert sorted(spots) == ["18.081000,59.257000", "18.082000,59.257000"]
    found = row(sessions, lasting, saved(officer, lon="", lat="", place="perstor", spot=spots[0], accuracy_m="25"))
    assert f"{found.position[0]:.6f},{found.position[1]:.6f}" == spots[0]
    assert found.accuracy_m == 100
    refused = officer.post(PAGE, fields(officer, lon="", lat="", place="perstor", spot="here", accuracy_m="25"))
    assert refused.status_code == 422


def test_a_reader_and_a_partner_without_agreement_are_told_why_they_cannot_mark(browser_of: BrowserOf) -> None:
    assert "Din roll" in browser_of("teacher").get(PAGE, 403)


def test_undoing_within_ten_minutes_withdraws(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World
) -> None:
    officer = browser_of("officer")
    address = saved(officer, text="Fel plats")
    number = address.rpartition("/")[2]
    assert f"/farsta/avvikelser/{number}/angra" in officer.get(address)
    assert officer.post(f"/farsta/avvikelser/{number}/angra").status_code == 303
    assert row(sessions, lasting, address).status == "withdrawn"
    assert "Fel plats" not in officer.get(f"/farsta/avvikelser/{number}")


def again(browser: Browser, nr: str, status: int = 303, **changes: str) -> Any:
    """Press "the same here again" on a deviation; returns the answer."""
    given = {"client_id": str(uuid4()), "chosen_at": clock.now().isoformat()} | changes
    answer = browser.post(f"{PAGE}/{nr}/igen", given)
    assert answer.status_code == status, answer.text[:3000]
    return answer


def test_the_same_here_again_is_one_press_that_counts_for_itself_and_can_be_undone(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World
) -> None:
    officer = browser_of("officer")
    place = {"category": "lighting", "kind.lighting": "lighting.lamp_out", "lon": "18.1111", "lat": "59.2333"}
    number = saved(officer, **place, accuracy_m="50", text="Soffa").rpartition("/")[2]
    assert f"{PAGE}/{number}/igen" in officer.get(f"{PAGE}/{number}")
    assert f"{PAGE}/{number}/igen" in officer.get(f"/farsta/avvikelser/{number}")
    client_id = str(uuid4())
    receipt = again(officer, number, client_id=client_id).headers["location"]
    assert again(officer, number, client_id=client_id, chosen_at="").headers["location"] == receipt
    first, second = (row(sessions, lasting, address) for address in (f"{PAGE}/{number}", receipt))
    assert second.nr != first.nr
    assert (second.position, second.category_id) == (first.position, first.category_id)
    assert (second.accuracy_m, second.text, second.status) == (50, "", "new")
    assert clock.now() - second.occurred_from < timedelta(minutes=2)
    assert f"/farsta/avvikelser/{second.nr}/angra" in officer.get(receipt)


def test_again_a_while_later_is_told_with_the_time_of_the_press(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World
) -> None:
    officer = browser_of("officer")
    number = saved(officer, category="litter").rpartition("/")[2]
    pressed = (clock.now() - timedelta(hours=3)).replace(second=0, microsecond=0)
    receipt = again(officer, number, chosen_at=pressed.isoformat()).headers["location"]
    assert row(sessions, lasting, receipt).occurred_from == pressed


@pytest.mark.parametrize(("earlier", "later"), [("own", "own"), ("authorities", "authorities"), ("public", "forum")])
def test_again_is_seen_by_nobody_who_could_not_see_the_earlier(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World, earlier: str, later: str
) -> None:
    officer = browser_of("officer")
    number = saved(officer, visibility=earlier, category="drugs").rpartition("/")[2]
    receipt = again(officer, number).headers["location"]
    assert row(sessions, lasting, receipt).visibility == later


def test_again_is_refused_where_marking_is_and_where_nothing_stands(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World
) -> None:
    officer = browser_of("officer")
    number = saved(officer, category="litter").rpartition("/")[2]
    hidden = saved(officer, category="drugs", visibility="own").rpartition("/")[2]
    before = matched(sessions, lasting)
    assert "Din roll" in again(browser_of("teacher"), number, 403).text
    again(browser_of("walker"), hidden, 404)
    officer.post(f"/farsta/avvikelser/{number}/angra")
    assert "Det som är tillbakadraget märks inte igen." in again(officer, number, 409).text
    assert f"{PAGE}/{number}/igen" not in officer.get(f"/farsta/avvikelser/{number}")
    assert matched(sessions, lasting) == before - 1


def test_a_map_hands_its_position_over_to_the_form(browser_of: BrowserOf) -> None:
    kept = filled(browser_of("officer").get(f"{PAGE}?lon=18.1111&lat=59.2333"))
    assert (kept["lon"], kept["lat"]) == ("18.111100", "59.233300")


@pytest.mark.parametrize("query", ["lon=x&lat=59", "lon=18.1", "lon=18.1&lat=91", "lon=nan&lat=59", "lon=181&lat=59"])
def test_a_position_that_is_none_is_named_and_not_taken(browser_of: BrowserOf, query: str) -> None:
    page = browser_of("officer").get(f"{PAGE}?{query}", 422)
    assert 'id="position-error"' in page
    assert filled(page)["lon"] == ""


@pytest.mark.parametrize(("when", "hours"), [("today", (0, None)), ("evening", (18, 0))])
def test_the_times_that_are_chosen_with_one_press(when: str, hours: tuple[int, int | None]) -> None:
    at = clock.now().replace(second=0, microsecond=0)
    start, end = _time(FormData({"when": when, "chosen_at": at.isoformat()}))
    assert not isinstance(start, str)
    assert not isinstance(end, str)
    assert end is not None
    assert clock.local(start).hour == hours[0]
    assert (clock.local(end).hour if hours[1] is not None else end) == (hours[1] if hours[1] is not None else at)


@pytest.mark.parametrize("chosen", ["", "x", "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "2026-01-01T00:00"])
def test_an_impossible_moment_of_choosing_is_not_believed(chosen: str) -> None:
    start, end = _time(FormData({"when": "now", "chosen_at": chosen}))
    assert not isinstance(start, str)
    assert end is None
    assert abs(clock.now() - start) < timedelta(minutes=2)


def test_marking_on_behalf_of_another_is_marked_so(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World
) -> None:
    officer = browser_of("officer")
    school = str(lasting.organisations["Skolan"])
    address = saved(officer, on_behalf_of=school, text="Grinden står öppen")
    found = row(sessions, lasting, address)
    assert str(found.organisation_id) == school
    assert "Skolan, inskriven av Polisen" in officer.get(f"/farsta/avvikelser/{found.nr}")
