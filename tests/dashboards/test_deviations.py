"""A deviation's page: what its reader may do, two editors at once, withdrawing, joining, looking at, answering."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import clock
from forum.register import deviations
from tests.builders import World, mark
from tests.dashboards.conftest import BrowserOf, filled

TEXT = "Lampan vid trappan är trasig. Den har blinkat länge."


@pytest.fixture
def number(sessions: sessionmaker[Session], lasting: World) -> int:
    """Return the number of a deviation that the landlord has marked."""
    with sessions() as session:
        made = mark(session, lasting.acting(session, "landlord"), text=TEXT, answers={"lamps": 2})
        session.commit()
        return made.nr


def path(number: int, *rest: str) -> str:
    return "/".join([f"/farsta/avvikelser/{number}", *rest])


def test_the_page_tells_all_and_what_has_come_of_it(browser_of: BrowserOf, number: int) -> None:
    page = browser_of("walker").get(path(number))
    for words in (
        f"F-{number}",
        "Lampan vid trappan är trasig",
        "Den har blinkat länge.",
        "Bostadsbolaget",
        "25 m",
        "märkte avvikelsen",
    ):
        assert words in page, words
    assert re.findall(r"<strong>(Avvikelse|Plats|Orsaksanalys|Åtgärd|Uppföljning|Effekt)</strong>", page) == [
        "Avvikelse", "Plats", "Orsaksanalys", "Åtgärd", "Uppföljning", "Effekt",
    ]  # fmt: skip
    assert "Hur många lampor gäller det?" in page


@pytest.mark.parametrize(
    ("person", "doings"),
    [
        ("landlord", {"andra", "dra-tillbaka", "samma-som", "angra"}),
        ("coordinator", {"andra", "dra-tillbaka", "samma-som", "sedd", "svara"}),
        ("walker", set()),
        ("teacher", set()),
    ],
)
def test_each_reader_is_offered_what_they_may_do(
    browser_of: BrowserOf, number: int, person: str, doings: set[str]
) -> None:
    page = browser_of(person).get(path(number))
    assert set(re.findall(rf"/farsta/avvikelser/{number}/([a-z-]+)", page)) == doings


@pytest.mark.parametrize("doing", ["andra", "dra-tillbaka", "samma-som", "sedd", "svara", "angra"])
def test_what_is_not_offered_is_refused_as_well(browser_of: BrowserOf, number: int, doing: str) -> None:
    walker = browser_of("walker")
    before = stable(walker.get(path(number)))
    answer = walker.post(path(number, doing), {"reply": "x", "same_as": str(number), "reason": "mistake"})
    assert answer.status_code == 403
    assert stable(walker.get(path(number))) == before


def stable(page: str) -> str:
    """Return the page without the ids that a press of "the same again" would give: they are others each time."""
    return re.sub(r'value="[0-9a-f-]{36}"', "", page)


def test_a_change_stands_in_the_history_before_and_after(browser_of: BrowserOf, number: int) -> None:
    landlord = browser_of("landlord")
    given = filled(landlord.get(path(number, "andra")))
    moved = {"lat": str(float(given["lat"]) + 0.001), "text": "Lampan vid trappan är lagad", "accuracy_m": "10"}
    assert landlord.post(path(number, "andra"), given | moved).status_code == 303
    page = landlord.get(path(number))
    for words in ("ändrade den", TEXT, "Lampan vid trappan är lagad", "flyttad 110 m", "25 m", "10 m"):
        assert words in page, words


def test_saving_without_a_change_changes_nothing(browser_of: BrowserOf, number: int) -> None:
    landlord = browser_of("landlord")
    given = filled(landlord.get(path(number, "andra"))) | {"text": TEXT}
    assert landlord.post(path(number, "andra"), given).status_code == 303
    assert "ändrade den" not in landlord.get(path(number))


def test_the_second_of_two_editors_is_told_and_loses_nothing(browser_of: BrowserOf, number: int) -> None:
    landlord, coordinator = browser_of("landlord"), browser_of("coordinator")
    first = filled(landlord.get(path(number, "andra"))) | {"text": "Lampan är bytt", "accuracy_m": "100"}
    second = filled(coordinator.get(path(number, "andra"))) | {"text": "Två lampor är trasiga", "accuracy_m": "25"}
    assert landlord.post(path(number, "andra"), first).status_code == 303
    told = coordinator.post(path(number, "andra"), second)
    assert told.status_code == 412
    assert "Någon annan ändrade avvikelsen medan du skrev" in told.text
    assert "<strong>Lampan är bytt</strong>" in told.text
    assert "<strong>100 m</strong>" in told.text
    again = filled(told.text) | {"text": "Två lampor är trasiga"}
    assert "Två lampor är trasiga</textarea>" in told.text
    assert int(again["version"]) == int(second["version"]) + 1
    assert coordinator.post(path(number, "andra"), again).status_code == 303
    assert "Två lampor är trasiga" in landlord.get(path(number))


def test_a_refused_change_keeps_what_was_typed(browser_of: BrowserOf, number: int) -> None:
    landlord = browser_of("landlord")
    given = filled(landlord.get(path(number, "andra"))) | {"text": "Ring Kalle på 070-174 06 05", "accuracy_m": "77"}
    answer = landlord.post(path(number, "andra"), given)
    assert answer.status_code == 422
    assert 'href="#text"' in answer.text
    assert filled(answer.text)["accuracy_m"] == "77"
    assert "Kalle" not in landlord.get(path(number))


def test_withdrawing_says_what_it_means_and_leaves_no_word(browser_of: BrowserOf, number: int) -> None:
    landlord = browser_of("landlord")
    assert "Det går inte att ångra" in landlord.get(path(number))
    assert landlord.post(path(number, "dra-tillbaka"), {"reason": "mistake"}).status_code == 303
    page = landlord.get(path(number))
    assert "tillbakadragen" in page
    assert "blinkat" not in page
    assert "/andra" not in page


def test_undo_is_over_after_ten_minutes(
    browser_of: BrowserOf, number: int, sessions: sessionmaker[Session], lasting: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    landlord = browser_of("landlord")
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "/angra" not in landlord.get(path(number))
    answer = landlord.post(path(number, "angra"))
    assert answer.status_code == 409
    assert "tio minuter" in answer.text
    with sessions() as session:
        assert deviations.get(session, lasting.acting(session, "landlord"), number).status == "new"


def test_joining_looking_and_answering(
    browser_of: BrowserOf, number: int, sessions: sessionmaker[Session], lasting: World
) -> None:
    with sessions() as session:
        other = mark(session, lasting.acting(session, "walker"), text="Samma lampa").nr
        session.commit()
    coordinator = browser_of("coordinator")
    assert coordinator.post(path(other, "samma-som"), {"same_as": f"F-{number}"}).status_code == 303
    assert f"F-{number}</a>" in coordinator.get(path(other))
    assert coordinator.post(path(number, "sedd")).status_code == 303
    assert coordinator.post(path(number, "svara"), {"reply": "Lampan byts i veckan."}).status_code == 303
    page = browser_of("landlord").get(path(number))
    for words in ("Lampan byts i veckan.", "besvarad", "såg den", "svarade på den"):
        assert words in page, words


@pytest.mark.parametrize(("same_as", "status"), [("", 404), ("F-0000000", 404), ("none", 404)])
def test_joining_with_what_is_not_there_is_told(browser_of: BrowserOf, number: int, same_as: str, status: int) -> None:
    answer = browser_of("landlord").post(path(number, "samma-som"), {"same_as": same_as})
    assert answer.status_code == status
    assert "Här finns ingenting" in answer.text


def test_an_answer_about_a_person_is_stopped_and_stays_in_its_field(browser_of: BrowserOf, number: int) -> None:
    coordinator = browser_of("coordinator")
    answer = coordinator.post(path(number, "svara"), {"reply": "Frågan gäller 19121212-1212"})
    assert answer.status_code == 422
    assert "Frågan gäller 19121212-1212</textarea>" in answer.text
    assert "19121212" not in coordinator.get(path(number))


@pytest.mark.parametrize("person", ["landlord", "coordinator", "teacher"])
def test_what_is_for_authorities_only_is_not_there_for_others(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World, person: str
) -> None:
    with sessions() as session:
        hidden = mark(session, lasting.acting(session, "officer"), text="Underlag", visibility="authorities").nr
        session.commit()
    seen = person == "coordinator"
    browser = browser_of(person)
    page = browser.get(path(hidden), 200 if seen else 404)
    absent = browser.get(path(1), 404)
    assert ("Underlag" in page) is seen
    assert seen or page.replace(str(hidden), "1") == absent
