"""The map in one file: what it holds, what it loads (nothing), and that words in it are never read as HTML."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from shapely import box

from mapping import render
from mapping.overlays import Band, Kind, Mark, Overlay
from mapping.render import Sheet, Spot, Square, Symbol

HOSTILE = '</script><img src=x onerror="window.hit=1">'
WORDS = (
    "Map", "Show as", "Counts in squares", "Symbols", "Time", "The whole period", "What", "What the map shows",
    "%(n)s of %(all)s deviations", "%(n)s of %(all)s deviations in squares",
    "%(what)s, %(day)s, within %(m)s metres", "Deviations at this spot: %(n)s",
    "Deviations in the square: %(n)s", "Zoom in", "Zoom out", "Analyses", "Show as a list", "Density",
    "The density of the whole period, an aid for the eye", "Deviations per square kilometre",
    "%(n)s more: choose fewer categories or a part of the period.", "%(where)s: %(n)s",
)  # fmt: skip
SPOTS = (
    Spot(18.09, 59.24, 25, 0, 0, "lö 1 juli 2023"), Spot(18.09, 59.24, 25, 1, 0, "lö 1 juli 2023"),
    Spot(18.0899, 59.24, 250, 0, 1, "sö 2 juli 2023"), Spot(18.10, 59.25, 900, 0, 1, "sö 2 juli 2023"),
)  # fmt: skip
LIGHT = Symbol("Belysning", "B", "#F0E442", "#14181E", "M-9 0a9 9 0 1 0 18 0a9 9 0 1 0-18 0Z", 3.9, 11)
LOT = Mark(box(18.085, 59.235, 18.095, 59.245), "1", "Anhopning 1", ("Avvikelser: 53",))
GARAGE = Mark(box(18.10, 59.25, 18.11, 59.26), "Garaget", "Garaget", ("Många ser den.",))
BAD_PLACE = Mark(LOT.shape, HOSTILE, HOSTILE, (HOSTILE,))
OVERLAYS = (
    Overlay(Kind.PLACES, "Platser", "Dagens namn.", (GARAGE,)), Overlay(Kind.HOT, "Anhopningar", "Ramar.", (LOT,)),
)  # fmt: skip
SHEET = Sheet(
    language="sv", title="Lägesbild för Farsta", marks=("För hela forumet", "juli 2023"), notes=("Norr är uppåt.",),
    words={words: words for words in WORDS}, squares=render.in_squares(SPOTS), outline=box(18.0, 59.2, 18.2, 59.3),
    parts=(("Hökarängen", box(18.0, 59.2, 18.1, 59.3)),), water=(box(18.1, 59.2, 18.2, 59.22),),
    symbols=(LIGHT, replace(LIGHT, name="Klotter", letter="K")), steps=("1 juli", "2 juli"), spots=SPOTS,
    overlays=OVERLAYS, bands=(Band(3, 5, box(18.08, 59.23, 18.1, 59.25)), Band(6, None, LOT.shape)),
)  # fmt: skip
BARE = replace(SHEET, overlays=(), bands=())
STYLE = "@font-face { src: url(a.woff2); } :root { --ink: red; } .b { background: url(b.png); }"


def page(sheet: Sheet = SHEET) -> str:
    return render.page(sheet, scripts=["/* Leaflet */"], styles=[STYLE])


class Tags(HTMLParser):
    """The tags of a page, and all attributes that load or run something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()
        self.risky: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen[tag] += 1
        self.risky += [name for name, _ in attrs if name in ("src", "href") or name.startswith("on")]


def test_the_page_loads_nothing() -> None:
    whole = page()
    tags = Tags(whole)
    assert tags.risky == []
    assert not set(tags.seen) & {"link", "img", "iframe", "object", "embed", "base"}
    assert not re.search(r"url\(|@import|https?://", whole)
    assert ":root { --ink: red; }" in whole


def test_the_same_figures_give_the_same_bytes() -> None:
    assert page() == page()


@pytest.mark.parametrize("where", ["title", "marks", "notes", "parts", "steps", "spots", "symbols", "overlays"])
def test_no_word_becomes_a_tag(where: str) -> None:
    hostile: dict[str, Any] = {
        "title": HOSTILE, "marks": (HOSTILE,), "notes": (HOSTILE,), "parts": ((HOSTILE, SHEET.parts[0][1]),),
        "steps": (HOSTILE, "2 juli"), "spots": (replace(SPOTS[0], day=HOSTILE),),
        "symbols": (replace(LIGHT, name=HOSTILE, letter=HOSTILE), LIGHT),
        "overlays": (Overlay(Kind.PLACES, HOSTILE, HOSTILE, (BAD_PLACE,)), OVERLAYS[1]),
    }  # fmt: skip
    made = page(replace(SHEET, **{where: hostile[where]}))
    tags, before = Tags(made), Tags(page())
    assert tags.seen["img"] == 0
    assert tags.seen["script"] == before.seen["script"]
    assert made.count("</script>") == page().count("</script>")
    assert tags.risky == []
    assert "onerror" in made


def test_squares_hold_what_is_known_exactly_enough_by_category_and_time() -> None:
    squares = render.in_squares(SPOTS)
    assert sum(n for square in squares for *_, n in square.counts) == 3
    assert [square.counts for square in squares] == [((0, 0, 1), (0, 1, 1), (1, 0, 1))]
    assert squares[0].east % 250 == squares[0].north % 250 == 0
    assert render.in_squares([]) == ()


def test_each_category_is_one_layer_of_its_own() -> None:
    made = page()
    layers = dict(re.findall(r"(\w+)_add\((\{.*?\})\);", made))
    assert set(layers) == {
        "areas", "water", "squares", "spots_0", "spots_1", "density", "overlay_0", "overlay_1",
    }  # fmt: skip
    found = [len(json.loads(layers[name])["features"]) for name in ("spots_0", "spots_1")]
    assert found == [3, 1]
    ((lon, lat),) = {tuple(f["geometry"]["coordinates"]) for f in json.loads(layers["spots_1"])["features"]}
    assert (lon, lat) == (18.09, 59.24)


def test_without_deviations_there_are_squares_alone() -> None:
    made = page(replace(BARE, spots=(), symbols=(), steps=(), squares=(Square(675_000, 6_570_000, ((0, 0, 7),)),)))
    assert "spots_0" not in made
    assert '"counts": [[0, 0, 7]]' in made
    assert "<input" not in made
    assert "18.09," not in made


def test_what_was_found_is_a_layer_each_with_its_entries_and_its_list() -> None:
    made = page()
    layers = dict(re.findall(r"(\w+)_add\((\{.*?\})\);", made))
    (lot,) = json.loads(layers["overlay_1"])["features"]
    assert lot["properties"] == {"kind": "hot", "label": "1", "said": ["Anhopning 1", "Avvikelser: 53"]}
    assert [f["properties"]["step"] for f in json.loads(layers["density"])["features"]] == [1, 2]
    assert made.count('name="found" value=') == made.count("<details>") == made.count("data-mark=") == 2
    assert "3–5" in made
    assert "6+" in made


def test_without_analyses_there_is_no_entry_of_them() -> None:
    made = page(BARE)
    assert "overlay_0 =" not in made
    for absent in ('name="found" value=', "<details>", 'name="how" value="density"', 'class="band-1"', "density_add"):
        assert absent not in made
