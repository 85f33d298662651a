"""Time as people write it and as it is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.foundation import clock
from forum.foundation.errors import Invalid
from forum.foundation.language import Language


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2023-10-26T18:30", "2023-10-26T16:30:00+00:00"),
        ("2024-01-26T18:30", "2024-01-26T17:30:00+00:00"),
        (" 2023-10-26 18:30:15 ", "2023-10-26T16:30:15+00:00"),
        ("20231026T1830", "2023-10-26T16:30:00+00:00"),
        ("2023-10-26T18:30Z", "2023-10-26T18:30:00+00:00"),
        ("2023-10-26T18:30-05:00", "2023-10-26T23:30:00+00:00"),
        ("2023-03-26T01:59:59", "2023-03-26T00:59:59+00:00"),
        ("2023-03-26T03:00", "2023-03-26T01:00:00+00:00"),
        ("2023-10-29T01:59:59", "2023-10-28T23:59:59+00:00"),
        ("2023-10-29T03:00", "2023-10-29T02:00:00+00:00"),
        ("2023-10-29T02:30+02:00", "2023-10-29T00:30:00+00:00"),
        ("2023-10-29T02:30+01:00", "2023-10-29T01:30:00+00:00"),
        (datetime(2023, 10, 26, 18, 30, tzinfo=clock.ZONE), "2023-10-26T16:30:00+00:00"),
    ],
)
def test_a_time_without_an_offset_is_what_a_swedish_wall_showed(said: str | datetime, meant: str) -> None:
    assert clock.to_utc(said, "when").isoformat() == meant


@pytest.mark.parametrize(
    ("said", "before", "after"),
    [
        ("2026-03-29T02:00", "01:00", "03:00"),
        ("2026-03-29T02:30", "01:30", "03:30"),
        ("2026-03-29T02:59:59", "01:59", "03:59"),
    ],
)
def test_the_hour_that_spring_skips_is_refused_with_both_neighbours(said: str, before: str, after: str) -> None:
    with pytest.raises(Invalid) as refused:
        clock.to_utc(said, "when")
    assert (refused.value.field, refused.value.value) == ("when", said)
    assert f"Choose {before} or {after}." in refused.value.say(Language.EN)
    assert f"Välj {before} eller {after}." in refused.value.say(Language.SV)
    for neighbour in (before, after):
        clock.to_utc(f"2026-03-29T{neighbour}", "when")


@pytest.mark.parametrize("said", ["2026-10-25T02:00", "2026-10-25T02:30", "2026-10-25T02:59:59.999999"])
def test_the_hour_that_autumn_repeats_asks_which(said: str) -> None:
    with pytest.raises(Invalid) as refused:
        clock.to_utc(said, "when")
    assert "+02:00 (summer time) or +01:00 (standard time)" in refused.value.say(Language.EN)
    first, second = (clock.to_utc(said + offset, "when") for offset in ("+02:00", "+01:00"))
    assert second - first == timedelta(hours=1)


def test_another_zone_has_other_changes() -> None:
    new_york = ZoneInfo("America/New_York")
    assert clock.to_utc("2026-03-29T02:30", "when", new_york).isoformat() == "2026-03-29T06:30:00+00:00"
    with pytest.raises(Invalid):
        clock.to_utc("2026-03-08T02:30", "when", new_york)


@pytest.mark.parametrize(
    "said",
    ["", "soon", "0000-01-01T00:00", "2023-02-29T12:00", "2023-10-26T24:30", "26.10.2023 18:30", "2023-10-26x18:30",
     "9999-12-31T23:59-10:00", "0001-01-01T00:00", "0001-01-01T00:00+14:00", "2023-10-26T18:30\0",
     "2023-10-26\ud80018:30", "٢٠٢٣-10-26T18:30", datetime.min.replace(tzinfo=ZoneInfo("Asia/Tokyo")),
     datetime.max.replace(tzinfo=ZoneInfo("America/New_York"))],
)  # fmt: skip
def test_what_is_no_time_is_refused_with_how_to_write_one(said: str | datetime) -> None:
    with pytest.raises(Invalid) as refused:
        clock.to_utc(said, "when")
    assert "2023-10-26T18:30" in (refused.value.remedy or "")


@given(st.text() | st.datetimes() | st.datetimes(timezones=st.timezones()))
def test_every_text_is_a_moment_in_utc_or_refused(said: Any) -> None:
    try:
        moment = clock.to_utc(said, "when")
    except Invalid:
        return
    assert moment.utcoffset() == timedelta()


@given(seconds=st.integers(631_152_000, 2_145_916_800))
def test_a_moment_survives_the_swedish_wall_and_back(seconds: int) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    wall = clock.local(moment)
    assert clock.to_utc(wall.isoformat(), "when") == moment
    try:
        assert clock.to_utc(wall.replace(tzinfo=None), "when") == moment
    except Invalid:  # only in the hour that was twice; until 1995 summer time ended in September
        assert (wall.month, wall.hour) == (10 if wall.year > 1995 else 9, 2)


def test_a_stamp_is_written_in_one_way() -> None:
    moment = datetime(2023, 10, 26, 18, 30, tzinfo=clock.ZONE)
    assert clock.stamp(moment) == clock.stamp(moment.astimezone(UTC)) == "2023-10-26T16:30:00.000000+00:00"
    assert clock.now().utcoffset() == timedelta()
