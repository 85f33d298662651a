"""Finding: the database finds exactly what the filter's own words say, counts it exactly, and pages through it once."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Point, box
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import clock, rights
from forum.foundation.errors import ForumError
from forum.register import areas, deviations, finding, pages
from forum.register.deviations import LIVE, Deviation, Reason, Status
from forum.register.finding import Filter, Totals
from tests.builders import PARTNERS, SQUARE, World, mark

CODES = ("lighting", "lighting.lamp_out", "litter", "litter.dumped", "traffic.moped")
WORDS = ("Släckt lampa vid ån", "Klotter på gaveln", "Krossat glas på gångvägen")
NORTH = box(18.06, 59.245, 18.12, 59.265)
FIRST = datetime(2023, 10, 26, 22, tzinfo=UTC)
"""Three days from here hold the change to winter time."""
PATIENT = settings(
    max_examples=120, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@dataclass(frozen=True)
class Known:
    """A deviation as the test itself knows it."""

    id: Any
    lon: float
    lat: float
    occurred_from: datetime
    length: timedelta
    category: str
    organisation: Any
    status: Status
    text: str


@pytest.fixture(scope="module")
def known(sessions: sessionmaker[Session], lasting: World) -> list[Known]:
    """Return a hundred rows drawn by chance, some on the edges of what is asked for."""
    chance = random.Random(20231029)
    with sessions() as session:
        rights.become(session, rights.OPERATOR)
        areas.import_areas(session, "stadsdel", [areas.Shape("Norra", "0180", NORTH)])
        made = [one(session, lasting, chance) for _ in range(100)]
        session.commit()
    return made


def one(session: Session, world: World, chance: random.Random) -> Known:
    lon = chance.choice([18.06, 18.08, 18.12, chance.uniform(SQUARE[0], SQUARE[2])])
    lat = chance.choice([59.245, 59.25, chance.uniform(SQUARE[1], SQUARE[3])])
    start = FIRST + timedelta(minutes=15 * chance.randrange(4 * 76))
    length = chance.choice([timedelta(), timedelta(minutes=60), timedelta(minutes=61), timedelta(hours=9)])
    code, words = chance.choice(CODES), chance.choice(WORDS)
    coordinator = world.acting(session, "coordinator")
    partner = world.organisations[chance.choice(list(PARTNERS))]
    said = {"lon": lon, "lat": lat, "occurred_from": clock.local(start), "occurred_to": start + length, "text": words}
    marked = mark(session, coordinator, category=code, on_behalf_of=partner, **said)
    match chance.randrange(4):
        case 0:
            deviations.look_at(session, coordinator, marked)
        case 1:
            deviations.withdraw(session, coordinator, marked, reason=Reason.MISTAKE)
    text = "" if marked.status == Status.WITHDRAWN else words
    return Known(marked.id, lon, lat, start, length, code, partner, Status(marked.status), text)


def wants(wanted: Filter, row: Known) -> bool:
    """Tell in plain Python whether the filter wants a row, but for its hour."""
    west, south, east, north = wanted.box or (-180, -90, 180, 90)
    wall = clock.local(row.occurred_from)
    return (
        (wanted.start is None or wanted.start <= row.occurred_from)
        and (wanted.end is None or row.occurred_from < wanted.end)
        and west <= row.lon < east
        and south <= row.lat < north
        and (not wanted.weekdays or wall.isoweekday() in wanted.weekdays)
        and (not wanted.categories or any(f"{row.category}.".startswith(f"{code}.") for code in wanted.categories))
        and (not wanted.organisations or row.organisation in wanted.organisations)
        and row.status in (wanted.statuses or LIVE)
        and (wanted.area is None or NORTH.covers(Point(row.lon, row.lat)))
        and (not wanted.q or wanted.q in row.text.lower())
    )


def at_hour(wanted: Filter, row: Known) -> bool:
    return not wanted.hours or (
        row.length <= timedelta(hours=1) and clock.local(row.occurred_from).hour in wanted.hours
    )


def filters(world: World) -> st.SearchStrategy[Filter]:
    moments = st.none() | st.integers(0, 4 * 80).map(lambda quarters: FIRST + timedelta(minutes=15 * quarters))
    sides = st.sampled_from([18.06, 18.08, 18.1, 18.12]), st.sampled_from([59.23, 59.245, 59.25, 59.26])
    return st.builds(
        Filter,
        box=st.none() | st.tuples(*sides).map(lambda corner: (*corner, corner[0] + 0.02, corner[1] + 0.015)),
        start=moments,
        end=moments,
        hours=st.frozensets(st.integers(0, 23), max_size=6),
        weekdays=st.frozensets(st.integers(1, 7), max_size=4),
        categories=st.lists(st.sampled_from(CODES), max_size=2).map(tuple),
        organisations=st.lists(st.sampled_from(list(world.organisations.values())), max_size=2).map(tuple),
        statuses=st.lists(st.sampled_from(Status), max_size=3).map(tuple),
        area=st.none() | st.just("Norra"),
        q=st.sampled_from(["", "", "lampa", "gångvägen", "gaveln"]),
    )


@PATIENT
@given(data=st.data())
def test_the_database_finds_what_the_words_of_the_filter_say(
    session: Session, lasting: World, known: list[Known], data: st.DataObject
) -> None:
    landlord, wanted = lasting.acting(session, "landlord"), data.draw(filters(lasting))
    expected = [row for row in known if wants(wanted, row)]
    page = finding.find(session, landlord, wanted, limit=1000)
    assert {row.id for row in page.rows} == {row.id for row in expected if at_hour(wanted, row)}
    assert page.matched == len(page.rows)
    unknown = [row for row in expected if row.length > timedelta(hours=1)]
    assert page.unknown_hour == (len(unknown) if wanted.hours else 0)
    counted = finding.counts_by(session, landlord, wanted, Deviation.organisation_id)
    assert counted == Counter(row.organisation for row in expected if at_hour(wanted, row))


@PATIENT
@given(data=st.data(), limit=st.integers(1, 40))
def test_a_page_that_the_database_writes_is_the_same_page(
    session: Session, lasting: World, known: list[Known], data: st.DataObject, limit: int
) -> None:
    landlord, wanted, cursor = lasting.acting(session, "landlord"), data.draw(filters(lasting)), None
    for _ in range(3):
        page = finding.find(session, landlord, wanted, limit=limit, cursor=cursor)
        written = pages.find(session, landlord, wanted, "page.id::text", limit=limit, cursor=cursor)
        assert written.rows.decode() == ",".join(str(row.id) for row in page.rows)
        assert written.returned == len(page.rows)
        assert [getattr(written, f.name) for f in fields(Totals)] == [getattr(page, f.name) for f in fields(Totals)]
        cursor = page.next
        if cursor is None:
            return


@pytest.mark.parametrize("limit", [1, 7, 99, 100, 101])
def test_pages_follow_each_other_to_the_end(session: Session, lasting: World, known: list[Known], limit: int) -> None:
    landlord, wanted = lasting.acting(session, "landlord"), Filter(statuses=tuple(Status))
    ids, cursor = [], None
    while True:
        page = finding.find(session, landlord, wanted, limit=limit, cursor=cursor)
        assert page.matched == len(known)
        ids += [row.id for row in page.rows]
        cursor = page.next
        if cursor is None:
            break
        assert len(page.rows) == limit
    assert sorted(ids) == sorted(row.id for row in known)
    moment_of = {row.id: row.occurred_from for row in known}
    moments = [moment_of[each] for each in ids]
    assert moments == sorted(moments, reverse=True)


@pytest.mark.parametrize(
    ("wanted", "more", "field"),
    [
        (Filter(), {"limit": 0}, "limit"),
        (Filter(), {"limit": finding.MOST + 1}, "limit"),
        (Filter(), {"cursor": "x"}, "cursor"),
        (Filter(categories=("lighting", "ufo")), {}, "category"),
        (Filter(area="Atlantis"), {}, "area"),
    ],
)
def test_what_cannot_be_found_is_refused_and_not_left_out(
    session: Session, lasting: World, wanted: Filter, more: dict[str, Any], field: str
) -> None:
    landlord = lasting.acting(session, "landlord")
    with pytest.raises(ForumError) as refused:
        finding.find(session, landlord, wanted, **more)
    assert refused.value.field == field
