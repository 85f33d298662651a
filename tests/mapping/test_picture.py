"""The picture of a period: what it counts, what it compares with, and for whom, whoever presses the button."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from shapely import LineString, Point, box
from sqlalchemy import text
from sqlalchemy.orm import Session

from forum.foundation import clock, rights
from forum.foundation.audience import Audience, Visibility
from forum.foundation.errors import Invalid
from forum.foundation.geometry import in_metres
from forum.people import members
from forum.people.agreements import today
from forum.register import areas, finding, places
from forum.register.finding import Filter
from forum.register.places import Drawn
from mapping import picture
from mapping.counts import Verdict
from mapping.figures import Counted, Table
from mapping.picture import Picture, look, of_plain
from tests.builders import CENTRE, World, mark

SUMMER = (date(2023, 7, 1), date(2023, 8, 1))
NOTED = text("SELECT facts FROM journal WHERE action = 'read:picture' ORDER BY seq")


def at(words: str) -> datetime:
    return clock.to_utc(words, "at")


def marked(session: Session, world: World, person: str, moment: str, n: int = 1, **changes: object) -> None:
    """Let the person mark so many."""
    member = world.acting(session, person)
    for _ in range(n):
        mark(session, member, occurred_from=at(moment), **changes)


def seen(session: Session, world: World, person: str, audience: Audience = Audience.FORUM) -> Picture:
    """Return the picture of the summer that the person makes."""
    return picture.picture(session, world.acting(session, person), audience, *SUMMER)


def of(table: Table, key: str) -> Counted:
    return next(group for group in table.groups if group.key == key)


def test_a_count_stands_beside_the_period_before_and_the_same_months_last_year(session: Session, world: World) -> None:
    for moment, n in (("2022-06-30T12", 1), ("2022-07-31T23:59", 3), ("2023-06-01T00:00", 8), ("2023-07-01T00:00", 5)):
        marked(session, world, "officer", moment, n)
    marked(session, world, "landlord", "2023-07-31T23:59", 25)
    marked(session, world, "officer", "2023-08-01T00:00", 7)
    total = seen(session, world, "officer").total
    assert (total.count, total.previous.before, total.last_year.before) == (30, 8, 3)
    assert (total.reporters.now, total.reporters.previous, total.reporters.last_year) == (2, 1, 1)
    assert (total.previous.verdict, total.last_year.verdict) == (Verdict.MORE, Verdict.MORE)
    assert total.low < 30 < total.high
    assert total.previous.low < (total.previous.ratio or 0) < (total.previous.high or 0)


def test_nothing_is_compared_with_a_time_before_the_first_deviation(session: Session, world: World) -> None:
    marked(session, world, "officer", "2022-07-10T12:00", 20)
    marked(session, world, "officer", "2023-07-10T12:00", 40)
    found = seen(session, world, "officer")
    assert found.since == date(2022, 7, 10)
    assert (found.total.last_year.before, found.total.last_year.verdict) == (20, Verdict.NOT_COVERED)
    assert found.total.last_year.ratio is None
    assert found.total.previous.verdict is Verdict.MORE
    assert [month.key for month in found.months][:1] == ["2022-07"]
    assert found.months[-1].last_year is not None
    assert found.months[-1].last_year.verdict is Verdict.NOT_COVERED


def test_one_old_event_written_down_afterwards_makes_no_register_of_the_years_before(
    session: Session, world: World
) -> None:
    marked(session, world, "officer", "2019-05-02T12:00")
    marked(session, world, "officer", "2023-03-05T12:00", 20)
    marked(session, world, "officer", "2023-07-10T12:00", 40)
    found = seen(session, world, "officer")
    assert found.since == date(2023, 3, 5)
    assert found.total.last_year.verdict is Verdict.NOT_COVERED
    assert [month.key for month in found.months] == ["2023-03", "2023-04", "2023-05", "2023-06", "2023-07"]


def test_an_empty_forum_has_a_picture_of_nothing(session: Session, world: World) -> None:
    found = look(session, world.acting(session, "officer"), Audience.FORUM, *SUMMER)
    assert found.spots == ()
    assert (found.picture.total.count, found.picture.since, found.picture.months) == (0, None, ())
    assert found.picture.categories.groups == found.picture.areas.groups == ()
    assert found.picture.squares.accuracy_m is None


@pytest.mark.parametrize("person", ["officer", "coordinator", "landlord"])
def test_a_picture_for_the_forum_holds_no_row_that_not_all_of_it_may_see(
    session: Session, world: World, person: str
) -> None:
    for author, visibilities in (
        ("officer", ("own", "authorities", "forum", "public")),
        ("landlord", ("own", "forum")),
    ):
        for visibility in visibilities:
            marked(session, world, author, "2023-07-03T21:30", visibility=visibility, category="lighting")
    found = look(session, world.acting(session, person), Audience.FORUM, *SUMMER)
    shown = found.picture
    assert shown.total.count == len(found.spots) == 3
    for table in (shown.kinds, shown.categories, shown.areas):
        assert sum(group.count for group in table.groups) + table.outside == 3
    assert sum(cell.count for cell in shown.squares.cells) + shown.squares.vague == 3
    assert sum(map(sum, shown.hours.week)) + shown.hours.unknown == shown.months[-1].count == 3


def test_a_picture_for_authorities_holds_their_rows_too_and_is_noted(session: Session, world: World) -> None:
    for visibility in ("own", "authorities", "forum"):
        marked(session, world, "officer", "2023-07-03T21:30", visibility=visibility)
    assert seen(session, world, "officer", Audience.AUTHORITIES).total.count == 2
    (facts,) = session.scalars(NOTED)
    assert (facts["restricted"], facts["matched"], facts["audience"]) == (1, 2, "authorities")


def test_a_picture_for_the_forum_reads_nothing_restricted(session: Session, world: World) -> None:
    marked(session, world, "officer", "2023-07-03T21:30", visibility="authorities")
    assert seen(session, world, "officer").total.count == 0
    assert session.scalars(NOTED).all() == []


def test_the_reader_keeps_their_own_rights_afterwards(session: Session, world: World) -> None:
    marked(session, world, "officer", "2023-07-03T21:30", visibility="own")
    officer = world.acting(session, "officer")
    before = rights.principal_of(session)
    picture.picture(session, officer, Audience.FORUM, *SUMMER)
    assert rights.principal_of(session) == before
    assert finding.count(session, officer, Filter()) == 1


def test_who_may_not_make_it_is_refused(session: Session, world: World) -> None:
    with pytest.raises(Invalid, match="authorities"):
        seen(session, world, "landlord", Audience.AUTHORITIES)
    with pytest.raises(Invalid, match="recognised"):
        seen(session, world, "officer", Audience.PUBLIC)


def test_the_forums_own_work_makes_it_for_an_audience(session: Session, world: World) -> None:
    marked(session, world, "officer", "2023-07-03T21:30", visibility="authorities")
    marked(session, world, "officer", "2023-07-03T21:30")
    worker = members.system(session, world.forum_id, world.slug, "Forum farsta")
    for audience, count in ((Audience.FORUM, 1), (Audience.AUTHORITIES, 2)):
        assert picture.picture(session, worker, audience, *SUMMER).total.count == count


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2023, 7, 1), date(2023, 7, 1)), (date(2023, 8, 1), date(2023, 7, 1)),
        (date(1980, 1, 1), date(1980, 7, 1)),
        (date(2019, 1, 1), date(2023, 7, 1)), (date(2100, 1, 1), date(2100, 2, 1)),
    ],
)  # fmt: skip
def test_what_is_no_period_or_a_very_long_one_is_refused(
    session: Session, world: World, start: date, end: date
) -> None:
    with pytest.raises(Invalid):
        picture.picture(session, world.acting(session, "officer"), Audience.FORUM, start, end)


def test_days_to_come_are_left_out_of_the_period(session: Session, world: World) -> None:
    start = today() - timedelta(days=3)
    found = picture.picture(
        session, world.acting(session, "officer"), Audience.FORUM, start, today() + timedelta(days=30)
    )
    assert found.period.end == today() + timedelta(days=1)
    assert found.previous.days == found.period.days == 4


def test_kinds_stand_under_their_group_and_organisations_under_their_kind(session: Session, world: World) -> None:
    marked(session, world, "officer", "2023-07-03T21:30", 2, category="lighting.lamp_out")
    marked(session, world, "officer", "2023-07-03T21:30", 3, category="vandalism.graffiti")
    found = seen(session, world, "officer")
    assert [group.key for group in found.categories.groups] == ["vandalism", "lighting"]
    assert [(group.key, group.count) for group in found.kinds.groups] == [("police", 5)]
    assert found.partners == 5
    assert found.categories.alpha < found.kinds.alpha < 0.05


def test_a_deviation_counts_in_the_area_of_its_day(session: Session, world: World) -> None:
    lon, _ = CENTRE
    west, east = box(18.05, 59.22, lon + 0.001, 59.27), box(lon + 0.001, 59.22, 18.15, 59.27)
    rights.become(session, rights.OPERATOR)
    for name, shape, since in (("Väst", west, None), ("Öst", east, None)):
        areas.import_areas(session, "stadsdel", [areas.Shape(name, None, shape)], since)
    moved = {"Väst": box(18.05, 59.22, lon - 0.001, 59.27), "Öst": box(lon - 0.001, 59.22, 18.15, 59.27)}
    for name, shape in moved.items():
        areas.import_areas(session, "stadsdel", [areas.Shape(name, None, shape)], date(2023, 7, 1))
    marked(session, world, "officer", "2023-06-10T12:00", 2)
    marked(session, world, "officer", "2023-07-10T12:00", 3)
    table = seen(session, world, "officer").areas
    assert (of(table, "Väst").count, of(table, "Väst").previous.before) == (0, 2)
    assert (of(table, "Öst").count, of(table, "Öst").previous.before) == (3, 0)
    assert table.outside == 0


def test_a_forum_without_areas_inside_is_counted_by_its_own(session: Session, world: World) -> None:
    marked(session, world, "officer", "2023-07-10T12:00", 3)
    assert [(group.key, group.count) for group in seen(session, world, "officer").areas.groups] == [
        ("Område farsta", 3)
    ]


def test_places_are_counted_where_the_audience_sees_them(session: Session, world: World) -> None:
    lon, lat = CENTRE
    marked(session, world, "coordinator", "2023-07-10T12:00", 2)
    marked(session, world, "coordinator", "2023-07-10T12:00", lon=lon + 0.02)
    marked(session, world, "coordinator", "2023-07-10T12:00", 4, visibility="authorities")
    drawn, coordinator = Drawn("Torget", Point(lon, lat), 100), world.acting(session, "coordinator")
    shown = places.create(session, coordinator, drawn)
    hidden = places.create(session, coordinator, replace(drawn, visibility=Visibility.AUTHORITIES))
    table = seen(session, world, "coordinator").places
    assert [(group.key, group.count) for group in table.groups] == [(str(shown.nr), 2)]
    assert table.outside == 1
    found = seen(session, world, "coordinator", Audience.AUTHORITIES).places
    assert {group.key: group.count for group in found.groups} == {str(shown.nr): 6, str(hidden.nr): 6}


def test_hours_are_those_of_the_swedish_clock_and_long_intervals_are_counted_apart(
    session: Session, world: World
) -> None:
    marked(session, world, "officer", "2023-07-07T23:30")  # a Friday
    marked(session, world, "officer", "2023-07-08T00:10", occurred_to=at("2023-07-08T01:10"))
    marked(session, world, "officer", "2023-07-08T00:10", 4, occurred_to=at("2023-07-08T06:10"))
    hours = seen(session, world, "officer").hours
    assert (hours.week[4][23], hours.week[5][0], sum(map(sum, hours.week))) == (1, 1, 2)
    assert (of(hours.table, "23").count, of(hours.table, "00").count, hours.unknown) == (1, 1, 4)
    assert [group.key for group in hours.table.groups] == [f"{hour:02}" for hour in range(24)]
    assert [round(n, 2) for n in hours.spread[5][:7]] == [1.39, 0.83, 0.67, 0.67, 0.67, 0.67, 0.11]
    assert sum(map(sum, hours.spread)) == pytest.approx(6, abs=1e-3)


def test_squares_hold_what_is_known_better_than_they_are_large(session: Session, world: World) -> None:
    marked(session, world, "officer", "2023-07-10T12:00", 3, accuracy_m=25)
    marked(session, world, "officer", "2023-07-10T12:00", 2, accuracy_m=400)
    squares = seen(session, world, "officer").squares
    (cell,) = squares.cells
    assert (cell.count, squares.count, squares.half, squares.vague, squares.side_m) == (3, 3, 1, 2, 250)
    assert cell.east % 250 == cell.north % 250 == 0
    east, north, _, _ = in_metres(Point(CENTRE)).bounds
    assert 0 <= east - cell.east < 250
    assert 0 <= north - cell.north < 250


def test_the_months_are_a_series_with_who_reported(session: Session, world: World) -> None:
    marked(session, world, "officer", "2021-08-01T00:00", 3)
    marked(session, world, "officer", "2022-07-10T12:00", 12)
    marked(session, world, "officer", "2023-07-10T12:00", 40)
    marked(session, world, "landlord", "2023-07-31T23:59")
    months = seen(session, world, "officer").months
    assert (len(months), months[0].key, months[-1].key) == (24, "2021-08", "2023-07")
    assert (months[0].count, months[0].last_year) == (3, None)
    last = months[-1]
    assert (last.count, last.reporters) == (41, 2)
    assert last.last_year is not None
    assert (last.last_year.before, last.last_year.verdict) == (12, Verdict.MORE)


def test_no_word_that_anybody_wrote_stands_in_it_and_it_comes_back_from_json(session: Session, world: World) -> None:
    coordinator = world.acting(session, "coordinator")
    lon, lat = CENTRE
    places.create(session, coordinator, Drawn("Hörnan vid kiosken", Point(lon, lat), 100))
    marked(session, world, "coordinator", "2023-07-10T12:00", 12, text="Krossad ruta")
    found = seen(session, world, "coordinator")
    plain = picture.as_plain(found)
    assert plain["version"] == 3
    assert plain["audience"] == "forum"
    assert "Krossad" not in str(plain)
    assert "kiosken" not in str(plain)
    assert of_plain(plain) == found


def test_a_picture_of_an_earlier_form_is_read_without_what_it_had_not(session: Session, world: World) -> None:
    marked(session, world, "coordinator", "2023-07-10T12:00", 32)
    plain = picture.as_plain(seen(session, world, "coordinator"))
    assert plain.pop("wheel")
    second = of_plain(plain | {"version": 2})
    assert plain.pop("analyses")
    first = of_plain(plain | {"version": 1})
    assert (second.wheel, second.total.count, second.analyses is None) == (None, 32, False)
    assert (first.version, first.analyses, first.total.count) == (1, None, 32)


def test_imported_paths_are_counted_along_for_the_audience(session: Session, world: World) -> None:
    lon, lat = CENTRE
    rights.become(session, rights.OPERATOR)
    path = LineString([(lon - 0.01, lat), (lon + 0.01, lat)])
    areas.import_ground(session, "path", [areas.Shape("Strandvägen", None, path)])
    areas.import_ground(session, "rail", [areas.Shape("Banan", None, path)])
    areas.import_ground(session, "path", [areas.Shape("Annorstädes", None, LineString([(17.0, 59.2), (17.1, 59.2)]))])
    marked(session, world, "officer", "2023-07-10T12:00", 3, accuracy_m=20)
    marked(session, world, "officer", "2023-07-10T12:00", 2, accuracy_m=400)
    marked(session, world, "officer", "2023-07-10T12:00", lat=lat + 0.002)
    marked(session, world, "officer", "2023-07-10T12:00", visibility="authorities")
    found = seen(session, world, "officer").paths
    assert found is not None
    assert [(group.key, group.count) for group in found.table.groups] == [("Strandvägen", 3)]
    assert (found.table.outside, found.vague) == (3, 2)
    assert found.lengths_m[0] == pytest.approx(1140, abs=10)


def test_the_wheel_of_the_year_counts_all_years_for_the_audience(session: Session, world: World) -> None:
    marked(session, world, "officer", "2021-07-10T00:30", 20)
    marked(session, world, "officer", "2023-07-31T23:30", 10)
    marked(session, world, "officer", "2023-07-31T23:30", 7, visibility="authorities")
    marked(session, world, "officer", "2023-08-01T00:30", 5)
    wheel = seen(session, world, "officer").wheel
    assert wheel is not None
    assert (wheel.first, wheel.end, wheel.count, wheel.by) == (date(2021, 7, 10), date(2023, 8, 1), 30, "month")
    assert [part.key for part in wheel.parts if part.count] == ["07"]
    assert wheel.parts[6].days == 22 + 31 + 31


def test_what_lies_at_the_middle_of_an_area_is_counted_apart(session: Session, world: World) -> None:
    """So does a register of the police, which gives each event the middle of its district."""
    for n, lon, accuracy in ((4, 18.10, 900), (3, 18.11, 200), (2, 18.12, 900), (5, 18.13, 20)):
        marked(session, world, "officer", "2023-07-03T21:30", n, lon=lon, accuracy_m=accuracy)
    marked(session, world, "officer", "2023-05-03T21:30", 9, lon=18.10, accuracy_m=900)
    squares = seen(session, world, "officer").squares
    assert (squares.shared, squares.spots) == (7, 2)
