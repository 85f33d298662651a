"""What the figures of a picture say: each number is one of them, and more is said only where the interval says so."""

from __future__ import annotations

import copy
import re
from dataclasses import asdict
from typing import Any

import pytest

from dashboards import words
from dashboards.sentences import VERDICTS, Said, Speaker
from forum.foundation.language import Language, text
from mapping.counts import Comparison, Verdict, compare, not_covered

NAMES = {
    "kinds": {"police": "Polisen"},
    "categories": {"lighting": "Belysning"},
    "areas": dict[str, str](),
    "places": {"100007": "Torget"},
}


def counted(key: str, now: int, previous: Comparison, last_year: Comparison) -> dict[str, Any]:
    both = {"previous": asdict(previous), "last_year": asdict(last_year)}
    return {"key": key, "count": now, "reporters": {"now": 4, "previous": 3, "last_year": 2}, **both}


def plain(now: int = 475, previous: int = 470, last_year: int = 326) -> dict[str, Any]:
    """Return a picture's figures, as its JSON has them."""
    group = counted("lighting", 60, compare(60, 20), compare(60, 58))
    calm = counted("police", 90, compare(90, 88), compare(90, 91))
    week = [[0] * 24 for _ in range(7)]
    week[4][23] = 41
    return {
        "since": "2021-03-05", "partners": 35,
        "total": counted("", now, compare(now, previous), compare(now, last_year)),
        "kinds": {"groups": [calm]}, "categories": {"groups": [group]}, "areas": {"groups": []},
        "places": {"groups": [counted("100007", 9, compare(9, 60), compare(9, 60))]},
        "months": [{"key": f"2023-0{i}", "count": 19 * i, "reporters": 3 + i} for i in range(1, 10)],
        "hours": {"week": week, "unknown": 12},
        "squares": {"side_m": 250, "count": 463, "half": 19, "vague": 7, "shared": 61, "spots": 3},
    }  # fmt: skip


def every(speaker: Speaker) -> list[Said]:
    groups = [speaker.group(table, NAMES[table]) for table in NAMES]
    return [*speaker.first(NAMES), *speaker.unknown(), *groups, speaker.months(), speaker.hours(), speaker.squares()]


@pytest.mark.parametrize("language", Language)
def test_every_number_of_a_sentence_stands_at_a_place_that_it_names(language: Language) -> None:
    speaker = Speaker(plain(), language)
    for said in every(speaker):
        shown = [speaker.figure(place) for place in said.figures]
        figures = {words.number(n, language, 2 if isinstance(n, float) else 0) for n in shown if not isinstance(n, str)}
        known = re.sub(r"95\s%|23–00|\b20\d\d\b", "", said.text)
        numbers = set(re.findall(r"\d+(?:[.,]\d+)?", known))
        assert numbers <= figures, said
        assert len(figures & numbers) == len(figures), said


@pytest.mark.parametrize(
    ("last_year", "says"),
    [
        (326, "Avvikelserna är fler än samma period i fjol: 475 mot 326, 1,46 gånger"),
        (700, "Avvikelserna är färre än samma period i fjol: 475 mot 700"),
        (480, "Skillnaden mot samma period i fjol kan vara slump: 475 mot 480"),
        (0, "Avvikelserna är fler än samma period i fjol: 475 mot 0."),
    ],
)
def test_the_whole_is_said_by_its_interval(last_year: int, says: str) -> None:
    assert Speaker(plain(last_year=last_year), "sv").whole("last_year").text.startswith(says)


def test_small_counts_are_too_few_to_tell() -> None:
    said = Speaker(plain(now=5, last_year=1), "sv").whole("last_year").text
    assert said == "De är för få för att säga något om skillnaden mot samma period i fjol: 5 mot 1."


def test_a_young_register_is_compared_with_the_period_before_and_says_so() -> None:
    figures = plain()
    figures["total"]["last_year"] = asdict(not_covered(475, 20))
    speaker = Speaker(figures, "sv")
    assert speaker.base == "previous"
    assert speaker.unknown()[1].text.endswith("samma period i fjol: registret börjar 5 mars 2021.")
    assert speaker.first(NAMES)[0].text.startswith("Skillnaden mot perioden före")
    assert "perioden före" in speaker.who().text


def test_where_nothing_can_be_compared_nothing_is_said_of_a_change() -> None:
    figures = plain()
    for group in (figures["total"], *figures["kinds"]["groups"]):
        for base in ("previous", "last_year"):
            group[base] = asdict(not_covered(475, 20))
    speaker = Speaker(figures, "sv")
    assert not speaker.comparable
    assert speaker.first(NAMES)[0].text == "475 avvikelser i perioden."
    assert speaker.who().text == "Aktörer som har rapporterat: 4 av 35."
    assert speaker.group("kinds", NAMES["kinds"]).text == "Flest: Polisen, 90 av 475."


def test_a_group_that_changed_beyond_chance_comes_first_and_else_the_largest() -> None:
    speaker = Speaker(plain(), "sv")
    assert speaker.group("kinds", NAMES["kinds"]).text.startswith("Flest: Polisen, 90 av 475. Ingen grupp har ändrats")
    assert speaker.group("places", NAMES["places"]).text == "Torget: färre än samma period i fjol, 9 mot 60."
    assert speaker.group("areas", {}) == speaker.nothing()


def test_a_place_without_a_name_for_the_audience_is_called_by_its_number() -> None:
    assert "100007" in Speaker(plain(), "en").group("places", {}).text


def test_what_is_not_known_names_what_the_figures_lack() -> None:
    said = " ".join(each.text for each in Speaker(plain(), "sv").unknown())
    assert "När 12 av dem hände" in said
    assert "Precis var 7 av dem ligger" in said
    figures = copy.deepcopy(plain())
    assert "Var 61 av dem hände: de ligger på 3 punkter som står för ett helt område." in said
    figures["hours"]["unknown"] = figures["squares"]["vague"] = figures["squares"]["shared"] = 0
    assert "av dem hände" not in " ".join(each.text for each in Speaker(figures, "sv").unknown())


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_a_word_in_both_languages(verdict: Verdict) -> None:
    assert text(VERDICTS[verdict], "sv") != text(VERDICTS[verdict], "en")
