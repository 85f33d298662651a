"""Charts: the same bytes for the same figures, letters as letters, intervals drawn, and no colour alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from defusedxml.ElementTree import fromstring
from shapely import Point, box

from mapping import cellmaps, charts, dials, effectcharts
from mapping.charts import Bar, Crossing, Pair, Width
from mapping.dials import Marks, Sector, Stretch
from mapping.effectcharts import Counted, Difference, Named
from mapping.grounds import Area, Line

SVG = "{http://www.w3.org/2000/svg}"
SERIES = tuple(Bar(f"m{i}", 20 + i, 12 + i, 30 + i, now=i > 10, before=i < 2) for i in range(12))
GROUPS = (Pair("Bostadsbolagen", 96, 78, 117, 71), Pair("Skolor <&>", 0, 0, 4, None))
WEEK = tuple(tuple((day * hour) % 23 for hour in range(24)) for day in range(7))
DAYS = ("må", "ti", "on", "to", "fr", "lö", "sö")
CELLS = ((0, 0, 1), (250, 0, 6), (500, 250, 35))
NONE: tuple[int, tuple[tuple[tuple[int, int], ...], ...]] = (100, ())
FRAMED = (100, (((500, 200), (600, 200)), ((0, 0),)))
AREAS = (
    Named("P", "Platsen", Area("POINT (0 0)", 80)),
    Named("K", "Kontrollen", Area("LINESTRING (900 0, 900 90)", 4)),
)
UNDER = (
    Line("water", "POLYGON ((0 0, 90 0, 90 90, 0 0))"),
    Line("rail", "MULTILINESTRING ((0 0, 9 9), (20 20, 30 30))"),
)
ROWS = (Counted("Platsen", (64, 49, 82), (31, 21, 44), strong=True), Counted("Ringen", (0, 0, 4), (2, 0, 7)))
WDD = Difference("Skillnad", 35.2, 1.3, 69.1, "35,2", "ingen effekt")
MATRIX = (((12, "+"), (0, "−")), ((7, ""), (5, "")))
CROSSINGS = (
    Crossing("å", (1.5, 1.2, 1.9), (0.5, 0.3, 0.8), told=True),
    Crossing("ä", (0.0, 0.0, 1.4), (30.0, 9.0, 80.0), told=False),
    Crossing("ö", None, (1.0, 0.5, 2.0), told=False),
)  # fmt: skip
SECTORS = tuple(Sector(i / 12, (i + 1) / 12, 10 + i, 8 + i, 13 + i, told=i == 3) for i in range(12) if i != 5)
MARKS = Marks((Stretch("jullov", 0.97, 1.02), Stretch("höstlov", 0.82, 0.84)), (0.0, 0.4), (("jan", 0.0), ("jul", 0.5)))


def drawer(name: str) -> Any:
    called = name.partition(" ")[0]
    return next(
        getattr(module, called) for module in (cellmaps, dials, charts, effectcharts) if hasattr(module, called)
    )


FIGURES: dict[str, tuple[Any, ...]] = {
    "months": (SERIES, Width.WIDE),
    "pairs": (GROUPS, Width.WIDE),
    "week": (WEEK, DAYS, Width.WIDE),
    "months slim": (SERIES, Width.PHONE),
    "pairs slim": (GROUPS, Width.PHONE),
    "week slim": (WEEK, DAYS, Width.PHONE),
    "squares": (CELLS, 250, box(0, 0, 2000, 3000), (box(0, 0, 1000, 3000),), FRAMED),
    "dial": (SECTORS, 12.0, MARKS, Width.WIDE),
    "quadrants": (CROSSINGS, ("anmält", "otrygghet"), ("a\nb", "c", "d", "e"), Width.WIDE),
    "quadrants slim": (CROSSINGS, ("anmält", "otrygghet"), ("a\nb", "c", "d", "e"), Width.PHONE),
    "dial slim": (SECTORS, 12.0, MARKS, Width.PHONE),
    "matrix": (("Torget", "Tunneln"), ("Polisen", "Skolor"), MATRIX, Width.WIDE),
    "areas": (AREAS, 100, UNDER, Width.WIDE),
    "areas slim": (AREAS[:1], 100, (), Width.PHONE),
    "compared": (ROWS, WDD, Width.WIDE),
    "compared slim": (ROWS, WDD, Width.PHONE),
    "matrix slim": (("Torget", "Tunneln"), ("Polisen", "Skolor"), MATRIX, Width.PHONE),
}
DRAWN: dict[str, Callable[[], str]] = {name: partial(drawer(name), *what) for name, what in FIGURES.items()}


def words(svg: str) -> list[str]:
    return [text.text or "" for text in fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", DRAWN)
def test_the_same_figures_are_drawn_by_the_same_bytes_and_only_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = DRAWN[name]()
    for module in (charts, cellmaps, dials, effectcharts):
        monkeypatch.setattr(module, "svg", lambda _: "drawn again")
    assert DRAWN[name]() == drawn
    monkeypatch.undo()
    assert drawer(name).__wrapped__(*FIGURES[name]) == drawn


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_names_no_date_no_host_and_no_font_file(name: str) -> None:
    svg = DRAWN[name]()
    assert set(re.findall(r"https?://[^\"]+", svg)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "<metadata" not in svg
    assert "<!DOCTYPE" not in svg
    assert not re.search(r"20\d\d-\d\d-\d\d", svg)


@pytest.mark.parametrize("name", DRAWN)
def test_in_the_dark_every_role_has_its_other_colour(name: str) -> None:
    svg = charts.themed(DRAWN[name]())
    body = svg[svg.index("</style>") :]
    assert "prefers-color-scheme: dark" in svg
    assert "var(--c" in body
    assert not any(colour in body for colour in charts.DARK)
    fromstring(svg)


@pytest.mark.parametrize("name", ["week", "week slim"])
def test_every_number_of_the_week_stands_in_its_square_but_nothing(name: str) -> None:
    shown = words(DRAWN[name]())
    assert sorted(n for n in shown if n.isdecimal() and len(n) < 3) == sorted(
        [f"{n}" for day in WEEK for n in day if n] + [f"{hour:02}" for hour in range(0, 24, 3)]
    )
    assert set(DAYS) <= set(shown)


def test_a_group_says_both_counts_and_only_its_own_where_nothing_is_compared() -> None:
    shown = words(DRAWN["pairs"]())
    assert "71 → 96" in shown
    assert "0" in shown
    assert "Skolor <&>" in shown


@pytest.mark.parametrize("width", Width)
def test_a_name_of_several_lines_is_written_whole_and_has_room(width: Width) -> None:
    long = Pair("Gångvägen vid\nHökarängens skola\nlördag 21–03", 9, 4, 17, 5)
    drawn = charts.pairs((long, GROUPS[0]), width)
    at = [re.search(rf'y="([\d.]+)"[^>]*>{line}<', drawn) for line in long.name.split("\n")]
    heights = [float(found[1]) for found in at if found]
    assert len(heights) == 3
    assert np.diff(heights).tolist() == pytest.approx([charts.LINE_HEIGHT] * 2, abs=2)
    assert drawn.count("text-anchor: end") >= 5


def test_a_quadrant_is_as_large_as_the_others_and_what_lies_beyond_stands_at_its_edge() -> None:
    shown = words(DRAWN["quadrants"]())
    assert [shown.count(tick) for tick in ("1/8", "1/2", "1", "2", "8")] == [1, 2, 2, 2, 1]
    assert {"å", "ä", "anmält", "otrygghet", "c", "d", "e"} <= set(shown)
    assert "ö" not in shown
    half = charts.quadrants(CROSSINGS[:1], ("", ""), ("", "", "", ""), Width.WIDE)
    assert [tick for tick in words(half) if tick.startswith("1/")] == ["1/2", "1/2"]


def test_intervals_are_drawn_and_not_only_points() -> None:
    wide = tuple(Bar(bar.name, bar.count, 0, 90, now=bar.now) for bar in SERIES)
    assert charts.months(wide, Width.WIDE) != DRAWN["months"]()
    assert charts.pairs((Pair("Bostadsbolagen", 96, 10, 200, 71), GROUPS[1]), Width.WIDE) != DRAWN["pairs"]()


def test_a_number_is_printed_in_a_square_that_is_dark_enough_to_matter() -> None:
    shown = words(cellmaps.squares(CELLS, 250, box(0, 0, 2000, 3000), (), NONE))
    assert {"6", "35", "1 km"} <= set(shown)
    assert "1" not in shown


def test_what_stands_out_has_a_frame_with_its_number() -> None:
    framed, bare = DRAWN["squares"](), cellmaps.squares(CELLS, 250, box(0, 0, 2000, 3000), (), NONE)
    assert {"1", "2"} <= set(words(framed))
    assert not {"1", "2"} & set(words(bare))


def test_a_matrix_prints_each_count_with_its_mark() -> None:
    assert {"12+", "0−", "7", "5", "Torget", "Tunneln", "Polisen", "Skolor"} <= set(words(DRAWN["matrix"]()))


def test_a_year_round_a_circle_names_its_months_and_breaks_and_fills_what_is_told() -> None:
    drawn = DRAWN["dial"]()
    assert {"jan", "jul", "jullov", "höstlov", "10"} <= set(words(drawn))
    assert len(re.findall(rf'style="fill: {charts.ACCENT}; stroke: {charts.PAPER}', drawn)) == 1
    assert len(re.findall(rf'style="fill: {charts.BAND}; stroke: {charts.ACCENT}', drawn)) == 10


@pytest.mark.parametrize("width", Width)
def test_a_matrix_has_room_for_the_longest_name_of_a_column(width: Width) -> None:
    names = ("Polisen", "Stadsdelsförvaltningen")
    drawn = cellmaps.matrix(("Torget", "Tunneln"), names, MATRIX, width)
    at = re.search(rf"translate\(([\d.]+) ([\d.]+)\) rotate\(-(\d+)\)\">{names[1]}", drawn)
    assert at is not None
    x, y, turned = (float(value) for value in at.groups())
    reach = 6.2 * len(names[1])  # twelve units of our type at its widest
    assert y > reach * np.sin(np.radians(turned))
    if width is Width.PHONE:
        assert x + reach * np.cos(np.radians(turned)) < width


@pytest.mark.parametrize("name", ["months", "pairs", "week", "matrix"])
def test_for_a_phone_it_is_drawn_as_wide_as_a_phone_is(name: str) -> None:
    assert 'width="340"' in DRAWN[f"{name} slim"]()
    assert 'width="620"' in DRAWN[name]()


def test_an_outline_is_drawn_no_finer_than_it_can_be_seen() -> None:
    coast = Point(0, 0).buffer(20_000, quad_segs=5_000)
    assert len(cellmaps.squares((), 250, coast, (coast,), NONE)) < 20_000


def test_nothing_is_drawn_as_nothing() -> None:
    assert "<svg" in cellmaps.squares((), 250, box(0, 0, 2000, 3000), (), NONE)
    assert "<svg" in charts.months((), Width.WIDE)
    assert "<svg" in cellmaps.week(((0,) * 24,) * 7, DAYS, Width.WIDE)


def test_the_map_of_a_card_has_letters_hatching_both_ways_a_scale_and_north() -> None:
    drawn = DRAWN["areas"]()
    assert {"P", "K", "Platsen", "Kontrollen", "250 m", "N"} <= set(words(drawn))
    assert len(re.findall("<pattern ", drawn)) == 2
    assert "stroke-dasharray" in drawn
    assert words(DRAWN["areas slim"]()).count("K") == 0


def test_what_was_counted_is_drawn_before_and_after_and_the_difference_beside_its_zero() -> None:
    said = words(DRAWN["compared"]())
    assert {"64 → 31", "0 → 2", "Skillnad", "35,2", "ingen effekt"} <= set(said)
