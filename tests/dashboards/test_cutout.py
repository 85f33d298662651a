"""A cut-out of the map: dark where the reader's page is dark, light on paper."""

from __future__ import annotations

import re

import pytest
from shapely import LineString, Point

from dashboards import cutout
from dashboards.cutout import Mark

MARK = Mark(155_000, 6_570_000, "circle", "B", "#0B3A75", "#FFFFFF")
GROUND = [(kind, LineString([(154_900, 6_570_000), (155_100, 6_570_000)])) for kind in cutout.GROUND]
ROUTE = LineString([(154_900, 6_570_000), (155_100, 6_570_100)])


def test_every_part_of_a_cut_out_but_a_symbols_own_colour_and_letter_has_one_for_dark_pages() -> None:
    svg = cutout.draw(Point(155_000, 6_570_000).buffer(50), [MARK], GROUND).svg + cutout.draw(ROUTE, [], []).svg
    coloured = re.findall(r'<(\w+)(?: class="(\w+)")?[^>]*(?:fill|stroke)="#', svg)
    assert {part for _, part in coloured if part} == set(cutout.DARK)
    assert [element for element, part in coloured if not part] == ["text"]


def test_the_dark_colours_wait_for_a_dark_page() -> None:
    style = re.search(r"<style>(.*)</style>", cutout.draw(Point(155_000, 6_570_000).buffer(50), [], []).svg)
    assert style
    assert re.fullmatch(r"@media \(prefers-color-scheme: dark\)\{(\.\w+\{[^{}]+\})+ ?\}", style[1])


def test_the_points_of_a_route_keep_their_numbers_and_long_ones_are_written_small() -> None:
    marks = [Mark(155_000, 6_570_000, "circle", str(n), "#0B3A75", "#FFFFFF") for n in (7, 42, 183)]
    drawn = cutout.draw(ROUTE, marks, [])
    sizes = re.findall(r'font-size="([\d.]+)" font-weight="700" text-anchor="middle">(\d+)<', drawn.svg)
    assert [number for _, number in sizes] == ["7", "42", "183"]
    assert [float(size) for size, _ in sizes] == [11, pytest.approx(22 / 3), 5.5]
    assert drawn.moved == 2
    assert drawn.svg.count('class="route"') == 1
