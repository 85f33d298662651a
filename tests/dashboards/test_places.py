"""The rooms of places and measures: a place is made, analysed, given a measure, and the measure goes its way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy.orm import Session, sessionmaker

from forum.people.agreements import today
from tests.builders import CENTRE, World, mark
from tests.dashboards.conftest import Browser, BrowserOf

POINT = f'{{"type":"Point","coordinates":[{CENTRE[0]},{CENTRE[1]}]}}'
SOON = (today() + timedelta(days=20)).isoformat()
PLACE = {"name": "Gångvägen vid sjön", "geometry": POINT, "radius_m": "80", "visibility": "forum"}


@pytest.fixture(scope="module")
def noticed(sessions: sessionmaker[Session], lasting: World) -> int:
    """Return the number of a deviation that was just marked."""
    with sessions() as session:
        nr = mark(session, lasting.acting(session, "walker")).nr
        session.commit()
    return nr


@dataclass(frozen=True)
class Shown:
    """The page that a form led to, or the one that refused it."""

    status: int
    path: str
    text: str


def send(browser: Browser, path: str, fields: dict[str, str]) -> Shown:
    """Send a form of ours and go where it leads."""
    answer = browser.post(path, fields)
    if answer.status_code != 303:
        return Shown(answer.status_code, path, answer.text)
    address = answer.headers["location"]
    return Shown(200, address.partition("?")[0], browser.get(address))


def made(browser: Browser, **changes: str) -> str:
    """Return the path of a place that was just made."""
    answer = send(browser, "/farsta/platser", PLACE | changes)
    assert answer.status == 200, answer.text
    return answer.path


def owner(browser: Browser, path: str, name: str) -> str:
    found = re.search(rf'<option value="([0-9a-f-]+)">{name}</option>', browser.get(f"{path}/atgard"))
    assert found
    return found[1]


def proposed(browser: Browser, path: str, **changes: str) -> str:
    """Return the path of a measure that was just proposed."""
    said = {"title": "Byt lamporna", "owner": owner(browser, path, "Bostadsbolaget"), "due_on": SOON}
    answer = send(browser, f"{path}/atgard", said | changes)
    assert answer.status == 200, answer.text
    return answer.path


def step(browser: Browser, path: str, name: str, **more: str) -> str:
    version = re.search(r'name="version" value="(\d+)"', browser.get(path))
    sent = {"step": name, "version": version[1] if version else "", **more}
    return unescape(send(browser, f"{path}/steg", sent).text)


def test_a_place_shows_what_lies_there_who_sees_it_and_what_can_be_done(browser_of: BrowserOf) -> None:
    coordinator = browser_of("coordinator")
    path = made(coordinator)
    page = coordinator.get(path)
    assert "<h1>Gångvägen vid sjön</h1>" in page
    assert "avvikelser de senaste 28 dagarna" in page
    assert "Föreslå en åtgärd" in page
    assert path in coordinator.get("/farsta/platser")
    reader = browser_of("teacher").get(path)
    assert "Föreslå en åtgärd" not in reader
    assert "Stäng platsen" not in reader


def test_nothing_drawn_and_no_name_are_said_at_their_fields_with_what_was_typed(browser_of: BrowserOf) -> None:
    coordinator = browser_of("coordinator")
    answer = send(coordinator, "/farsta/platser", PLACE | {"geometry": ""})
    assert answer.status == 422
    assert "Inget är ritat än" in answer.text
    assert 'value="Gångvägen vid sjön"' in answer.text
    answer = send(coordinator, "/farsta/platser", PLACE | {"name": ""})
    assert answer.status == 422
    assert 'id="name-error"' in answer.text
    assert '{"type":"Point"' in unescape(answer.text)


def test_an_analysis_is_written_and_the_second_of_two_keeps_what_is_typed(browser_of: BrowserOf) -> None:
    coordinator = browser_of("coordinator")
    path = made(coordinator)
    assert "Mörkret" in send(coordinator, f"{path}/orsak", {"hypothesis": "Mörkret gör platsen tom"}).text
    send(coordinator, f"{path}/orsak", {"hypothesis": "Mörkret och häcken", "version": "1"})
    late = send(coordinator, f"{path}/orsak", {"hypothesis": "Kiosken", "version": "1"})
    assert late.status == 412
    assert "Kiosken" in late.text
    assert "Mörkret och häcken" in coordinator.get(path)


def test_a_place_is_split_with_what_hands_put_there_and_a_refusal_keeps_what_is_typed(
    browser_of: BrowserOf, noticed: int
) -> None:
    coordinator = browser_of("coordinator")
    path = made(coordinator)
    send(coordinator, f"{path}/avvikelser", {"deviation": f"F-{noticed}", "here": "yes"})
    assert f'name="moved" value="{noticed}"' in coordinator.get(f"{path}/dela")
    part = {"name": "Norra änden", "geometry": POINT, "radius_m": "20", "moved": str(noticed), "version": "1"}
    refused = send(coordinator, f"{path}/dela", part)
    assert (refused.status, 'id="reason-error"' in refused.text) == (422, True)
    assert f'value="{noticed}" checked' in refused.text
    assert 'value="Norra änden"' in refused.text
    split = send(coordinator, f"{path}/dela", part | {"reason": "Två orsaker"})
    assert "<h1>Norra änden</h1>" in split.text
    assert "Platsen är delad" in split.text
    assert "delad i flera platser" in coordinator.get(path)
    assert send(coordinator, f"{path}/dela", part | {"reason": "En gång till"}).status in (409, 412)
    assert "Dela platsen" not in browser_of("teacher").get(split.path)
    assert browser_of("teacher").client.get(f"{split.path}/dela").status_code == 403


def test_a_measure_goes_its_whole_way_by_those_who_may(browser_of: BrowserOf) -> None:
    coordinator, landlord = browser_of("coordinator"), browser_of("landlord")
    path = proposed(coordinator, made(coordinator))
    assert "Acceptera" not in landlord.get(path)
    assert "beslutad" in step(coordinator, path, "decide")
    assert "Acceptera" not in coordinator.get(path)
    assert "accepterad" in step(landlord, path, "accept")
    refused = step(landlord, path, "carry_out", reason="Ring 070-123 45 67")
    assert 'href="#reason-carry_out"' in refused
    assert 'id="reason-carry_out" name="reason" value="Ring 070-123 45 67"' in refused
    done = step(landlord, path, "carry_out", reason="Sex nya lampor", on=today().isoformat())
    assert "Sex nya lampor" in done
    seen = {"outcome": "works", "note": "Ljust hela vägen"}
    page = send(coordinator, f"{path}/uppfoljning", seen).text
    assert "uppföljd" in page
    assert "Ljust hela vägen" in page
    assert "Byt lamporna" in coordinator.get("/farsta/atgarder?show=done")


def test_what_ends_without_solving_it_asks_why_and_stands_on_the_list(browser_of: BrowserOf) -> None:
    coordinator = browser_of("coordinator")
    path = proposed(coordinator, made(coordinator), title="Beskär häcken")
    refused = step(coordinator, path, "waive", reason=" ")
    assert "Det här behöver ett skäl" in refused
    assert refused.count('id="reason-waive"') == refused.count('href="#reason-waive"') == 1
    assert "Planen ändrades" in step(coordinator, path, "waive", reason="Planen ändrades")
    assert "Beskär häcken" in coordinator.get("/farsta/atgarder?show=not-fixed")
    page = step(coordinator, path, "reopen", reason="Den behövs ändå")
    assert "föreslagen" in page


def test_a_measure_without_owner_or_day_is_refused_at_both_fields(browser_of: BrowserOf) -> None:
    coordinator = browser_of("coordinator")
    path = made(coordinator)
    answer = send(coordinator, f"{path}/atgard", {"title": "Byt lamporna", "owner": "", "due_on": ""})
    assert answer.status == 422
    assert 'id="owner-error"' in answer.text
    assert 'id="due_on-error"' in answer.text


def test_a_measure_is_changed_until_it_is_carried_out(browser_of: BrowserOf) -> None:
    coordinator = browser_of("coordinator")
    place = made(coordinator)
    path = proposed(coordinator, place)
    said = {"title": "Byt alla lampor", "owner": owner(coordinator, place, "Bostadsbolaget"), "due_on": SOON}
    assert "Byt alla lampor" in send(coordinator, f"{path}/andra", said | {"version": "1"}).text
    assert send(coordinator, f"{path}/andra", said | {"version": "1"}).status == 412
    assert send(coordinator, f"{path}/andra", said | {"due_on": "snart", "version": "2"}).status == 422


def test_a_place_is_closed_opened_merged_and_linked_by_hand(browser_of: BrowserOf, noticed: int) -> None:
    coordinator = browser_of("coordinator")
    one, two = made(coordinator), made(coordinator, name="Trappan")
    assert send(coordinator, f"{one}/stang", {"reason": ""}).status == 422
    assert "Platsen är stängd" in send(coordinator, f"{one}/stang", {"reason": "Lugnt"}).text
    assert "öppen igen" in send(coordinator, f"{one}/oppna", {"reason": "Igen"}).text
    for here in ("yes", "no"):
        assert (
            "Det är sparat" in send(coordinator, f"{one}/avvikelser", {"deviation": f"F-{noticed}", "here": here}).text
        )
    assert send(coordinator, f"{one}/avvikelser", {"deviation": "1"}).status == 404
    assert send(coordinator, f"{one}/samla", {}).status == 200
    merged = send(coordinator, f"{one}/sla-ihop", {"into": two.rpartition("/")[2], "reason": "Samma trappa"})
    assert "Trappan" in merged.text
    assert send(coordinator, f"{one}/andra", PLACE | {"version": ""}).status == 409


def test_a_place_is_changed_and_the_second_of_two_is_told(browser_of: BrowserOf) -> None:
    coordinator = browser_of("coordinator")
    path = made(coordinator)
    assert "Gångvägen vid sjön" in coordinator.get(f"{path}/andra")
    assert "Sjövägen" in send(coordinator, f"{path}/andra", PLACE | {"name": "Sjövägen", "version": "1"}).text
    late = send(coordinator, f"{path}/andra", PLACE | {"name": "Stigen", "version": "1"})
    assert (late.status, "Stigen" in late.text) == (412, True)


@pytest.mark.parametrize("path", ["platser/ny", "platser/1/atgard", "platser/100000", "atgarder/100000"])
def test_who_may_not_or_what_is_not_there_is_said(browser_of: BrowserOf, path: str) -> None:
    assert browser_of("teacher").get(f"/farsta/{path}", 403 if path in ("platser/ny", "platser/1/atgard") else 404)


def test_places_and_measures_of_authorities_stand_on_no_page_of_others(browser_of: BrowserOf) -> None:
    coordinator, landlord = browser_of("coordinator"), browser_of("landlord")
    place = made(coordinator, name="Spaningsplatsen", visibility="authorities")
    measure = proposed(coordinator, place, title="Spaningsåtgärd", visibility="authorities")
    for path in (place, measure, f"{place}/atgard"):
        assert landlord.get(path, 404)
    for room in ("platser", "atgarder", "atgarder?show=late", "karta", "avvikelser"):
        page = landlord.get(f"/farsta/{room}")
        assert "Spaning" not in page
    assert "Spaningsplatsen" in coordinator.get("/farsta/platser")


def test_a_deviation_leads_to_its_place_and_measure(browser_of: BrowserOf, noticed: int) -> None:
    coordinator = browser_of("coordinator")
    place = made(coordinator)
    send(coordinator, f"{place}/avvikelser", {"deviation": str(noticed)})
    measure = proposed(coordinator, place, answers=f"F-{noticed}")
    page = coordinator.get(f"/farsta/avvikelser/{noticed}")
    ribbon = page[page.index('class="chain"') : page.index("</ol>", page.index('class="chain"'))]
    assert "/platser/" in ribbon
    assert "/atgarder/" in ribbon
    assert str(noticed) in coordinator.get(measure)
