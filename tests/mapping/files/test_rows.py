"""What becomes of a line: a row for the register, or the reasons why it is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forum.foundation import clock
from forum.foundation.errors import Invalid, Problems
from mapping.crs import SWEREF99TM, SWEREF991800, WGS84, transform
from mapping.files.mappings import read_mapping
from mapping.files.rows import Mapped, rows_of
from mapping.files.tables import read_csv
from tests.mapping.files.test_mappings import PLAIN, written

HEADER = "id,lon,lat,when,what"
GOOD = "1,18.09,59.243,2026-03-02T21:40,Släckt"
HERE = (18.09, 59.243)


def mapped(folder: Path, *lines: str, mapping: str = PLAIN, header: str = HEADER) -> list[Mapped]:
    (folder / "a.csv").write_text("\n".join([header, *lines]), "utf-8")
    return list(rows_of(read_mapping(written(folder, mapping)), read_csv(folder / "a.csv")))


def fields(problems: Sequence[Invalid]) -> list[str | None]:
    return [problem.field for problem in problems]


def test_a_line_becomes_a_row_with_its_number(tmp_path: Path) -> None:
    (one,) = mapped(tmp_path, GOOD)
    assert (one.line, one.source_ref, list(one.problems)) == (2, "1", [])
    assert one.row is not None
    notice = one.row.notice
    assert (one.row.line, notice.lon, notice.lat, notice.accuracy_m) == (2, 18.09, 59.243, 50.0)
    assert notice.occurred_from == datetime(2026, 3, 2, 20, 40, tzinfo=UTC)
    assert (notice.occurred_to, notice.text, notice.category, notice.visibility) == (
        None,
        "Släckt",
        "lighting",
        "forum",
    )


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (",18.09,59.243,2026-03-02T21:40,a", "source_ref"),
        ("x" * 201 + ",18.09,59.243,2026-03-02T21:40,a", "source_ref"),
        ("1,,,2026-03-02T21:40,a", "position"),
        ("1,18.09,,2026-03-02T21:40,a", "lat"),
        ("1,nan,59.243,2026-03-02T21:40,a", "lon"),
        ("1,18.09,inf,2026-03-02T21:40,a", "lat"),
        ("1,18.09,1e999,2026-03-02T21:40,a", "lat"),
        ("1,1_8.09,59.243,2026-03-02T21:40,a", "lon"),
        ("1,18.09 E,59.243,2026-03-02T21:40,a", "lon"),
        ("1,١٨,59.243,2026-03-02T21:40,a", "lon"),
        ("1,18.09,59.243,,a", "occurred_from"),
        ("1,18.09,59.243,2026-13-02T21:40,a", "occurred_from"),
        ("1,18.09,59.243,0000-01-01T00:00,a", "occurred_from"),
        ("1,18.09,59.243,2026-03-29T02:30,a", "occurred_from"),
        ("1,18.09,59.243,2025-10-26T02:30,a", "occurred_from"),
        ("1,18.09,59.243,2026-03-02T21:40", "line"),
        ("1,18.09,59.243,2026-03-02T21:40,a\0b", "what"),
    ],
)
def test_a_line_that_is_no_row_is_refused_by_its_field(tmp_path: Path, line: str, field: str) -> None:
    bad, good = mapped(tmp_path, line, GOOD)
    assert (bad.row, fields(bad.problems), bad.line) == (None, [field], 2)
    assert all(problem.remedy for problem in bad.problems)
    assert good.row is not None


def test_all_that_is_wrong_with_a_line_is_said(tmp_path: Path) -> None:
    (bad,) = mapped(tmp_path, ",nan,,never,a")
    assert fields(bad.problems) == ["source_ref", "lon", "occurred_from"]


def test_a_file_without_a_column_is_refused_and_all_that_miss_are_named(tmp_path: Path) -> None:
    with pytest.raises(Problems) as caught:
        mapped(tmp_path, "1", header="id")
    assert [problem.value for problem in caught.value.problems] == ["lon", "lat", "when", "what"]
    with pytest.raises(Problems) as caught:
        mapped(tmp_path, "1;18.09;59.243;2026-03-02T21:40;a", header=HEADER.replace(",", ";"))
    assert "delimiter" in str(caught.value.problems[0])


@pytest.mark.parametrize("system", [SWEREF99TM, SWEREF991800])
@pytest.mark.parametrize("decimal", [".", ","])
def test_metres_become_degrees_within_a_centimetre(tmp_path: Path, system: int, decimal: str) -> None:
    place = f'x = "lon"\ny = "lat"\ncrs = {system}\ndecimal = "{decimal}"'
    mapping = PLAIN.replace('lon = "lon"\nlat = "lat"', place)
    east, north = (f'"{value:.3f}"'.replace(".", decimal) for value in transform(HERE, WGS84, system))
    (one,) = mapped(tmp_path, f"1,{east},{north},2026-03-02T21:40,a", mapping=mapping)
    assert one.row is not None
    assert (one.row.notice.lon, one.row.notice.lat) == pytest.approx(HERE, abs=1e-7)
    (swapped,) = mapped(tmp_path, f"1,{north},{east},2026-03-02T21:40,a", mapping=mapping)
    assert "swapped" in str(swapped.problems[0])


def changed_time(**keys: str) -> str:
    lines = "\n".join(f"{name} = {value}" for name, value in keys.items())
    return PLAIN.replace('from = "when"', lines)


def test_a_date_alone_is_the_whole_day(tmp_path: Path) -> None:
    (one,) = mapped(tmp_path, "1,18.09,59.243,2026-03-02,a")
    assert one.row is not None
    notice = one.row.notice
    assert [clock.local(clock.to_utc(t, "")).isoformat() for t in (notice.occurred_from, notice.occurred_to or "")] == [
        "2026-03-02T00:00:00+01:00",
        "2026-03-02T23:59:00+01:00",
    ]


def test_today_alone_ends_now(tmp_path: Path) -> None:
    today = clock.local(clock.now()).date()
    (one,) = mapped(tmp_path, f"1,18.09,59.243,{today},a")
    assert one.row is not None
    assert isinstance(one.row.notice.occurred_to, datetime)
    assert clock.now() - timedelta(minutes=1) < one.row.notice.occurred_to <= clock.now()


def test_times_are_read_from_several_columns_in_the_files_own_format_and_zone(tmp_path: Path) -> None:
    mapping = changed_time(**{"from": '["day", "hour"]', "to": '"found"', "format": '"%d/%m/%Y %H.%M"'}).replace(
        "Europe/Stockholm", "Europe/Helsinki"
    )
    header = "id,lon,lat,day,hour,found,what"
    good, bad = mapped(tmp_path, "1,18.09,59.243,02/03/2026,21.40,03/03/2026 07.00,a",
                       "2,18.09,59.243,2026-03-02,21.40,,a", mapping=mapping, header=header)  # fmt: skip
    assert good.row is not None
    assert good.row.notice.occurred_from == datetime(2026, 3, 2, 19, 40, tzinfo=UTC)
    assert good.row.notice.occurred_to == datetime(2026, 3, 3, 5, 0, tzinfo=UTC)
    assert "%d/%m/%Y" in str(bad.problems[0])


def test_a_format_without_an_hour_means_whole_days(tmp_path: Path) -> None:
    mapping = changed_time(**{"from": '"when"', "format": '"%d/%m/%Y"'})
    (one,) = mapped(tmp_path, "1,18.09,59.243,02/03/2026,a", mapping=mapping)
    assert one.row is not None
    assert one.row.notice.occurred_to == datetime(2026, 3, 2, 22, 59, tzinfo=UTC)


def test_an_offset_in_the_file_settles_the_hour_that_comes_twice(tmp_path: Path) -> None:
    first, second = mapped(
        tmp_path, "1,18.09,59.243,2025-10-26T02:30+02:00,a", "2,18.09,59.243,2025-10-26T02:30+01:00,a"
    )
    assert first.row is not None
    assert second.row is not None
    assert first.row.notice.occurred_from == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    assert second.row.notice.occurred_from == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)


def test_what_happened_after_it_was_published_is_taken_and_remarked_on(tmp_path: Path) -> None:
    mapping = changed_time(**{"from": '"when"', "published": '"told"'})
    header = "id,lon,lat,when,told,what"
    late, early, untold = mapped(
        tmp_path,
        "1,18.09,59.243,2026-03-02T21:40,2026-03-02T08:00+01:00,a",
        "2,18.09,59.243,2026-03-02T21:40,2026-03-02,a",
        "3,18.09,59.243,2026-03-02T21:40,,a",
        mapping=mapping,
        header=header,
    )
    assert late.row is not None
    assert fields(late.problems) == ["occurred_from"]
    assert not early.problems
    assert not untold.problems


def test_category_and_visibility_come_from_tables_of_values(tmp_path: Path) -> None:
    tables = '[category]\ncolumn = "kind"\n[category.values]\nLAMP = "lighting"\n'
    tables += '[visibility]\ncolumn = "who"\ndefault = "forum"\n'
    mapping = PLAIN.replace('category = "lighting"\n', "") + tables
    header = "id,lon,lat,when,what,kind,who"
    known, unknown = mapped(tmp_path, f"{GOOD},LAMP,own", f"{GOOD},lamp,", mapping=mapping, header=header)
    assert known.row is not None
    assert (known.row.notice.category, known.row.notice.visibility) == ("lighting", "own")
    assert (fields(unknown.problems), unknown.problems[0].value) == (["kind"], "lamp")


def test_the_accuracy_may_stand_in_a_column(tmp_path: Path) -> None:
    mapping = PLAIN.replace("accuracy_m = 50", 'accuracy_column = "off"')
    (one,) = mapped(tmp_path, f"{GOOD},83", mapping=mapping, header=f"{HEADER},off")
    assert one.row is not None
    assert one.row.notice.accuracy_m == "83"


def test_a_text_is_put_together_from_columns_and_may_hold_anything(tmp_path: Path) -> None:
    mapping = PLAIN.replace('"{what}"', '"{a.b}: {what} {{x}}"')
    (one,) = mapped(tmp_path, f"{GOOD}, {{id}} ", mapping=mapping, header=f"{HEADER},a.b")
    assert one.row is not None
    assert one.row.notice.text == "{id}: Släckt {x}"
