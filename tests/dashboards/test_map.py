"""The first screen and the list: the same rows, the same numbers, each reader's own."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import clock
from tests.builders import World, mark
from tests.dashboards.conftest import Browser, BrowserOf, Tags

WAYS = (
    ("lighting", "forum", "landlord", "Lampan blinkar"),
    ("vandalism", "forum", "walker", "Klotter i tunneln"),
    ("disorder", "authorities", "officer", "Underlag om stök"),
    ("drugs", "own", "officer", "Spaning vid torget"),
    ("unease", "public", "coordinator", "Många går runt"),
)


@pytest.fixture(scope="module", autouse=True)
def marked(sessions: sessionmaker[Session], lasting: World) -> None:
    """Mark a few deviations of every visibility, one of them long ago, and many litter ones for paging."""
    with sessions() as session:
        for category, visibility, person, words in WAYS:
            mark(session, lasting.acting(session, person), category=category, visibility=visibility, text=words)
        long_ago = clock.now() - timedelta(days=200)
        mark(session, lasting.acting(session, "walker"), occurred_from=long_ago, text="Länge sedan")
        for i in range(120):
            at = clock.now() - timedelta(hours=3 + i)
            mark(session, lasting.acting(session, "walker"), category="litter", occurred_from=at, text=f"Skräp {i}")
        session.commit()


def heading(page: str) -> str:
    found = re.search(r"<h[12]>([^<]+ av [^<]+)</h[12]>", page)
    assert found is not None
    return unescape(found[1]).replace("\N{NO-BREAK SPACE}", " ")


def numbers(browser: Browser, query: str = "") -> list[str]:
    """Return the numbers of all rows of the list, page by page."""
    address, found = f"/farsta/avvikelser?{query}", []
    while address:
        page = Tags(browser.get(address))
        found += [attributes["data-nr"] or "" for attributes in page.of("li") if "data-nr" in attributes]
        following = [a["href"] for a in page.of("a") if a.get("rel") == "next"]
        address = following[0] or "" if following else ""
    return found


@pytest.mark.parametrize(
    ("person", "seen"), [("landlord", 123), ("walker", 123), ("officer", 125), ("coordinator", 124)]
)
def test_each_reader_counts_what_they_may_see(browser_of: BrowserOf, person: str, seen: int) -> None:
    browser = browser_of(person)
    assert heading(browser.get("/farsta/avvikelser")) == f"{seen + 1} av {seen + 1} avvikelser"
    assert heading(browser.get("/farsta/karta")) == f"{seen} av {seen + 1} avvikelser"
    assert len(set(numbers(browser))) == seen + 1


@pytest.mark.parametrize("person", ["landlord", "officer"])
def test_the_pages_of_the_list_hold_every_row_once_newest_first(browser_of: BrowserOf, person: str) -> None:
    browser = browser_of(person)
    found = numbers(browser, "category=litter")
    assert len(found) == len(set(found)) == 120
    texts = [int(n) for n in re.findall(r"Skräp (\d+)", browser.get("/farsta/avvikelser?category=litter"))]
    assert texts == sorted(texts)


@pytest.mark.parametrize(
    "query", ["", "category=litter&who=civil", "q=tunneln", "weekday=1&weekday=2", "hour=12", "status=new"]
)
@pytest.mark.parametrize("person", ["landlord", "officer"])
def test_list_map_and_api_show_the_same_number(browser_of: BrowserOf, person: str, query: str) -> None:
    browser = browser_of(person)
    page = browser.get(f"/farsta/karta?from=&{query}")
    (asked,) = re.findall(r'data-query="([^"]*)"', page)
    answer = browser.client.get(f"/api/v1/forums/farsta/deviations?{unescape(asked)}&limit=1000").json()
    listed = numbers(browser, f"from=&{query}")
    assert int(heading(page).split(" av ")[0]) == answer["numberMatched"] == len(listed)
    assert sorted(listed) == sorted(str(f["properties"]["nr"]) for f in answer["features"])


def test_the_counts_of_the_selection_sum_to_the_heading(browser_of: BrowserOf) -> None:
    page = browser_of("officer").get("/farsta/karta?from=")
    for name, end in (("categories", "reporters"), ("reporters", "details")):
        part = page[page.index(f'id="{name}"') : page.index(end, page.index(f'id="{name}"') + 20)]
        counts = [int(n) for n in re.findall(r'class="count">(\d+)<', part)]
        assert sum(counts) == int(heading(page).split(" av ")[0])


def test_hidden_rows_leave_no_trace_in_any_count(browser_of: BrowserOf) -> None:
    page = browser_of("landlord").get("/farsta/karta?from=")
    assert "Spaning" not in page
    assert "Underlag" not in page
    counts = dict(re.findall(r'value="(drugs|disorder)".*?class="count">(\d+)<', page, re.DOTALL))
    assert counts == {"drugs": "0", "disorder": "0"}


@pytest.mark.parametrize("path", ["karta", "avvikelser"])
def test_what_cannot_be_read_is_told_at_its_field_and_shows_nothing(browser_of: BrowserOf, path: str) -> None:
    page = browser_of("officer").get(f"/farsta/{path}?from=i+går&hour=99&area=Atlantis")
    assert 'href="#from"' in page
    assert "Skriv dagen som 2023-10-26." in page
    assert heading(page).startswith("0 av ")


def test_an_unknown_area_or_category_is_told(browser_of: BrowserOf) -> None:
    for query in ("area=Atlantis", "category=nothing", "cursor=nonsense"):
        assert 'id="problems"' in browser_of("officer").get(f"/farsta/avvikelser?{query}")


def test_what_is_new_since_the_last_visit_is_told(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World, superuser: Engine
) -> None:
    teacher = browser_of("teacher")
    assert 'data-since=""' in teacher.get("/farsta/karta")
    with superuser.connect() as connection:
        connection.execute(text("UPDATE visits SET last_at = now() - interval '1 hour'"))
    with sessions() as session:
        mark(session, lasting.acting(session, "walker"), text="Alldeles ny")
        session.commit()
    with superuser.connect() as connection:
        connection.execute(
            text("UPDATE deviations SET created_at = now() - interval '2 hours' WHERE text <> 'Alldeles ny'")
        )
    page = teacher.get("/farsta/karta")
    assert "Nya sedan ditt senaste besök: 1" in page
    assert page.count('class="tag new"') == 1


def test_the_chosen_deviation_shows_its_chain(browser_of: BrowserOf) -> None:
    landlord = browser_of("landlord")
    (number,) = numbers(landlord, "q=blinkar")
    page = landlord.get(f"/farsta/karta?chosen={number}")
    assert 'id="chosen"' in page
    assert page.count("inte än") == 5
    for nothing in ("1", "x", "99999999999999999999"):
        assert 'id="chosen"' not in landlord.get(f"/farsta/karta?chosen={nothing}")


def test_the_weeks_say_what_is_chosen(browser_of: BrowserOf) -> None:
    page = browser_of("officer").get("/farsta/karta")
    assert page.count('class="inside"') in (13, 14)
    assert '<rect class="window"' in page
    assert '<rect class="window"' not in browser_of("officer").get("/farsta/karta?from=")


def test_a_search_for_a_number_finds_the_deviation(browser_of: BrowserOf) -> None:
    landlord = browser_of("landlord")
    number = numbers(landlord)[0]
    assert numbers(landlord, f"q=F-{number}") == [number]


def test_the_form_holds_all_that_the_address_names(browser_of: BrowserOf) -> None:
    page = browser_of("officer").get("/farsta/avvikelser?status=new&status=answered&weekday=5&bbox=18,59,19,60")
    tags = Tags(page)
    chosen = [each["value"] for each in tags.of("option") if "selected" in each and each["value"]]
    assert chosen == ["new,answered", "5"]
    hidden = {each["name"]: each["value"] for each in tags.of("input") if each.get("type") == "hidden"}
    assert hidden["bbox"] == "18,59,19,60"
