"""A cut-out of the map: dark where the reader's page is dark, light on paper."""

from __future__ import annotations

import re

from shapely import LineString, Point

from dashboards import cutout
from dashboards.cutout import Mark

MARK = Mark(155_000, 6_570_000, "circle", "B", "#0B3A75", "#FFFFFF")
GROUND = [(kind, LineString([(154_900, 6_570_000), (155_100, 6_570_000)])) for kind in cutout.GROUND]


def test_every_part_of_a_cut_out_but_a_symbols_own_colour_and_letter_has_one_for_dark_pages() -> None:
    svg = cutout.draw(Point(155_000, 6_570_000).buffer(50), [MARK], GROUND).svg
    coloured = re.findall(r'<(\w+)(?: class="(\w+)")?[^>]*(?:fill|stroke)="#', svg)
    assert {part for _, part in coloured if part} == set(cutout.DARK)
    assert [element for element, part in coloured if not part] == ["text"]


def test_the_dark_colours_wait_for_a_dark_page() -> None:
    style = re.search(r"<style>(.*)</style>", cutout.draw(Point(155_000, 6_570_000).buffer(50), [], []).svg)
    assert style
    assert re.fullmatch(r"@media \(prefers-color-scheme: dark\)\{(\.\w+\{[^{}]+\})+ ?\}", style[1])
