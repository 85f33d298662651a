"""Every category's shape can be drawn, and its letter can be read on its colour."""

from __future__ import annotations

import re

import pytest

from dashboards.symbols import SHAPES
from forum.register import categories

GROUPS = [entry for entry in categories.standard_set() if entry["parent"] is None]
LEAST = 4.5
"""The contrast that a small letter needs (WCAG 2.2, 1.4.3)."""


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour written as #RRGGBB (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: str(group["code"]))
def test_a_categorys_symbol_can_be_drawn_and_read(group: dict[str, str]) -> None:
    assert group["shape"] in SHAPES
    lighter, darker = sorted((luminance(group["fill"]), luminance(group["ink"])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= LEAST


def test_no_two_categories_share_a_letter_or_both_shape_and_colour() -> None:
    assert len({group["letter"] for group in GROUPS}) == len(GROUPS)
    assert len({(group["shape"], group["fill"]) for group in GROUPS}) == len(GROUPS)


@pytest.mark.parametrize("name", list(SHAPES))
def test_a_shape_is_one_closed_path_within_its_box(name: str) -> None:
    path = SHAPES[name].path
    assert path.startswith("M")
    assert path.endswith("Z")
    assert all(abs(float(number)) <= 20 for number in re.findall(r"-?\d+(?:\.\d+)?", path))
