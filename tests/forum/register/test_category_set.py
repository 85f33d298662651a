"""The standard category set: told apart by shape and letter, said in both languages, nothing that has no place."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from forum.register.categories import standard_set

GROUPS = [entry for entry in standard_set() if entry["parent"] is None]
KINDS = [entry for entry in standard_set() if entry["parent"] is not None]
MOCK = {
    "B": ("circle", "#F0E442", "#14181F"),
    "K": ("square", "#D55E00", "#14181F"),
    "S": ("triangle", "#E69F00", "#14181F"),
    "O": ("hexagon", "#0072B2", "#FFFFFF"),
    "N": ("diamond", "#CC79A7", "#14181F"),
    "T": ("triangle_down", "#56B4E9", "#14181F"),
    "V": ("pentagon", "#009E73", "#14181F"),
    "U": ("bubble", "#14181F", "#FFFFFF"),
}
OKABE_ITO = {"#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#999999", "#14181F"}
FORBIDDEN = re.compile(
    r"relation|närstående|hustru|kvinnofrid|heder|partner|familj|hemmet|domestic|honou?r|intimate|relationship|sexual|våldtäkt|rape",
    re.IGNORECASE,
)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2)."""
    darker, lighter = sorted((luminance(a), luminance(b)))
    return (lighter + 0.05) / (darker + 0.05)


def said(entry: dict[str, Any]) -> list[str]:
    """Return every word that the category shows to people."""
    asked = entry["questions"]
    options = [option for question in asked for option in question.get("options", ())]
    return [thing[language] for thing in (entry, *asked, *options) for language in ("sv", "en")]


def test_codes_are_unique_and_every_kind_stands_under_its_group() -> None:
    codes = Counter(entry["code"] for entry in standard_set())
    assert max(codes.values()) == 1
    assert all(re.fullmatch(r"[a-z][a-z_]*(\.[a-z][a-z_]*)?", code) for code in codes)
    assert {kind["parent"] for kind in KINDS} == {group["code"] for group in GROUPS}
    assert len(GROUPS) == 12
    assert 40 <= len(KINDS) <= 60


@pytest.mark.parametrize("field", ["letter", "shape"])
def test_no_two_groups_share_a_letter_or_a_shape(field: str) -> None:
    assert max(Counter(group[field] for group in GROUPS).values()) == 1


def test_the_eight_groups_of_the_mock_up_keep_their_symbols() -> None:
    symbols = {group["letter"]: (group["shape"], group["fill"], group["ink"]) for group in GROUPS}
    assert {letter: symbols[letter] for letter in MOCK} == MOCK


def test_fills_are_okabe_ito_and_letters_are_read_on_them() -> None:
    for group in GROUPS:
        assert group["fill"] in OKABE_ITO
        assert contrast(group["fill"], group["ink"]) >= 4.5, group["code"]


def test_a_kind_looks_like_its_group() -> None:
    groups = {group["code"]: group for group in GROUPS}
    for kind in KINDS:
        for field in ("letter", "shape", "fill", "ink"):
            assert kind[field] == groups[kind["parent"]][field]


def test_everything_is_said_in_both_languages() -> None:
    for entry in standard_set():
        assert all(words.strip() for words in said(entry)), entry["code"]
        assert entry["sv"] != entry["en"]


def test_names_are_unique_among_sisters() -> None:
    for language in ("sv", "en"):
        named = Counter((entry["parent"], entry[language]) for entry in standard_set())
        assert max(named.values()) == 1


def test_positions_count_from_one_among_sisters() -> None:
    for parent in {entry["parent"] for entry in standard_set()}:
        positions = [entry["position"] for entry in standard_set() if entry["parent"] == parent]
        assert sorted(positions) == list(range(1, len(positions) + 1))


def test_a_category_asks_at_most_three_questions_of_known_kinds() -> None:
    for entry in standard_set():
        assert len(entry["questions"]) <= 3
        assert max(Counter(question["code"] for question in entry["questions"]).values()) == 1
        for question in entry["questions"]:
            assert question["kind"] in ("choice", "boolean", "number", "text")
            assert ("options" in question) == (question["kind"] == "choice")
            options = Counter(option["code"] for option in question.get("options", ()))
            assert not options or (len(options) >= 3 and max(options.values()) == 1)


def test_alike_is_looked_for_within_a_walk_and_a_season() -> None:
    for entry in standard_set():
        assert 20 <= entry["radius_m"] <= 300
        assert 6 <= entry["hours"] <= 90 * 24


def test_crimes_in_close_relationships_and_honour_have_no_category() -> None:
    for entry in standard_set():
        for words in (entry["code"], *said(entry)):
            assert not FORBIDDEN.search(words), words
