"""The picture that travels (kartan i en fil): one page that opens without a network and asks no host for anything.

Pure. folium writes the map and its layers; what it would load from elsewhere is left out, and Leaflet is handed in.
Each word is escaped by the template, or set as text by the script: nothing that a person wrote is ever read as HTML.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import folium
import numpy as np
import shapely
from folium import JsCode
from jinja2 import Environment, PackageLoader, StrictUndefined
from shapely.geometry import mapping as geojson
from shapely.geometry.base import BaseGeometry

from mapping.charts import COUNT_INK, COUNT_INK_LAST, COUNTS, NUMBERED
from mapping.crs import SWEREF99TM, WGS84, transform
from mapping.figures import SIDE_M, corners
from mapping.overlays import Band, Mark, Overlay

DECIMALS = 5
"""Of a degree: a metre."""
FINEST = 0.00005
"""Of a degree: an outline is drawn within five metres of what it is."""
FACES, FETCHED = re.compile(r"@font-face\s*{[^}]*}"), re.compile(r"url\([^)]*\)")
"""What a style sheet would load."""


@dataclass(frozen=True)
class Symbol:
    """What a category is called, and how it is drawn: a path in a box of 24 with its middle at 0, 0, and a letter."""

    name: str
    letter: str
    fill: str
    ink: str
    path: str
    baseline: float
    size: float


@dataclass(frozen=True)
class Square:
    """A square by its south-west corner in SWEREF 99 TM; `counts` are (symbol, step, number), by their places."""

    east: int
    north: int
    counts: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Spot:
    """One deviation: its symbol and step by their places, and its day in words."""

    lon: float
    lat: float
    accuracy_m: float
    symbol: int
    step: int
    day: str


@dataclass(frozen=True)
class Sheet:
    """Everything that the page holds, in its reader's words; without `spots` it has squares alone."""

    language: str
    title: str
    marks: tuple[str, ...]
    """For whom it is, of which period and when it was made."""
    notes: tuple[str, ...]
    words: Mapping[str, str]
    """What the template and the script say, by the English message."""
    squares: tuple[Square, ...]
    outline: BaseGeometry
    """The whole, in WGS 84."""
    parts: tuple[tuple[str, BaseGeometry], ...]
    """The areas in it by their names, in WGS 84."""
    water: tuple[BaseGeometry, ...]
    symbols: tuple[Symbol, ...]
    steps: tuple[str, ...]
    """What the parts of the period are called; none when it is not divided."""
    spots: tuple[Spot, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    """What the analyses found, the uppermost last."""
    bands: tuple[Band, ...] = ()
    """The density of `spots`, from the lowest."""


class Layer(folium.GeoJson):
    """A layer that the script finds by its name; the same figures give the same bytes."""

    def __init__(self, called: str, features: Iterable[Mapping[str, Any]], *, each: str = "", point: str = "") -> None:
        self.called = called
        super().__init__(
            {"type": "FeatureCollection", "features": list(features)},
            show=False,
            on_each_feature=JsCode(each) if each else None,
            point_to_layer=JsCode(point) if point else None,
        )

    def get_name(self) -> str:
        """Return its name."""
        return self.called


class Chart(folium.Map):
    """The map itself, under a name of its own."""

    def get_name(self) -> str:
        """Return its name."""
        return "chart"


def page(sheet: Sheet, *, scripts: Sequence[str], styles: Sequence[str]) -> str:
    """Return the page.

    Parameters
    ----------
    sheet : Sheet
        What it shows.
    scripts, styles : sequence of str
        Leaflet, and the style sheets whose values ours goes on from; what they would load is taken out of them.

    Returns
    -------
    str
        HTML in one piece.
    """
    west, south, east, north = sheet.outline.bounds
    middle = [(south + north) / 2, (west + east) / 2]
    chart = Chart(middle, zoom_start=12, tiles=None, zoom_control=False, attribution_control=False, prefer_canvas=True)
    for layer in _layers(sheet):
        layer.add_to(chart)
    figure = chart.get_root()
    assert isinstance(figure, folium.Figure)
    figure.render()  # fills its parts; of these the header stays behind, which would load from elsewhere
    parts = {
        "sheet": sheet,
        "facts": _facts(sheet),
        "chart": figure.html.render(),
        "begin": figure.script.render(),
        "scripts": [*scripts, _own("overlays.js"), _own("listed.js"), _own("travelling.js")],
        "styles": [FETCHED.sub("none", FACES.sub("", style)) for style in (*styles, _own("travelling.css"))],
        "counts": [(low, high, colour) for (low, colour), high in zip(COUNTS, _ends(), strict=True)],
    }
    return _templates().get_template("travelling.html").render(parts)


def in_squares(spots: Sequence[Spot]) -> tuple[Square, ...]:
    """Return the squares that hold what is known at least as exactly as a square is large.

    Parameters
    ----------
    spots : sequence of Spot
        Anywhere.

    Returns
    -------
    tuple of Square
        From the south-west.
    """
    exact = [spot for spot in spots if spot.accuracy_m <= SIDE_M]
    found = corners(np.array([spot.lon for spot in exact]), np.array([spot.lat for spot in exact])).tolist()
    counted: dict[tuple[int, int], Counter[tuple[int, int]]] = defaultdict(Counter)
    for (east, north), spot in zip(found, exact, strict=True):
        counted[east, north][spot.symbol, spot.step] += 1
    return tuple(
        Square(east, north, tuple((*key, n) for key, n in sorted(counts.items())))
        for (east, north), counts in sorted(counted.items())
    )


def _layers(sheet: Sheet) -> Iterable[Layer]:
    whole = ("", sheet.outline)
    yield Layer("areas", [_feature(shape.simplify(FINEST), {"name": name}) for name, shape in (*sheet.parts, whole)])
    yield Layer("water", [_feature(shape.simplify(FINEST), {}) for shape in sheet.water])
    yield Layer("squares", _squares(sheet), each="counted")
    days = {day: place for place, day in enumerate(_days(sheet))}
    for place in range(len(sheet.symbols)) if sheet.spots else ():
        found = [_spot(spot, days[spot.day]) for spot in sheet.spots if spot.symbol == place]
        yield Layer(f"spots_{place}", found, point=f"(feature, at) => new Sign(at, {{symbol: {place}}})")
    if sheet.bands:
        yield Layer("density", [_feature(band.shape, {"step": i}) for i, band in enumerate(sheet.bands, start=1)])
    for place, overlay in enumerate(sheet.overlays):
        yield Layer(f"overlay_{place}", [_mark(mark, overlay) for mark in overlay.marks], each="marked")


def _squares(sheet: Sheet) -> Iterable[dict[str, Any]]:
    corners = np.array([(square.east, square.north) for square in sheet.squares]).reshape(-1, 1, 2)
    ring = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]) * SIDE_M
    shapely.prepare([part for _, part in sheet.parts])
    for square, outline in zip(sheet.squares, transform(corners + ring, SWEREF99TM, WGS84), strict=True):
        shape = shapely.Polygon(outline)
        within = next((f"{name}, " for name, part in sheet.parts if part.contains(shape.centroid)), "")
        yield _feature(shape, {"counts": square.counts, "name": f"{within}{square.east} {square.north}"})


def _spot(spot: Spot, day: int) -> dict[str, Any]:
    facts = {"step": spot.step, "day": day, "accuracy": round(spot.accuracy_m)}
    return _feature(shapely.Point(spot.lon, spot.lat), facts)


def _mark(mark: Mark, overlay: Overlay) -> dict[str, Any]:
    facts = {"kind": overlay.kind, "label": mark.label, "said": (mark.name, *mark.said)}
    return _feature(mark.shape.simplify(FINEST), facts)


def _days(sheet: Sheet) -> list[str]:
    """Return the days that occur, each once."""
    return list(dict.fromkeys(spot.day for spot in sheet.spots))


def _feature(shape: BaseGeometry, facts: Mapping[str, Any]) -> dict[str, Any]:
    rounded = shapely.transform(shape, lambda at: at.round(DECIMALS))
    return {"type": "Feature", "properties": dict(facts), "geometry": geojson(rounded)}


def _facts(sheet: Sheet) -> dict[str, Any]:
    return {
        "language": sheet.language,
        "words": dict(sheet.words),
        "symbols": [asdict(symbol) for symbol in sheet.symbols],
        "days": _days(sheet),
        "layers": len(sheet.symbols) if sheet.spots else 0,
        "overlays": [overlay.shown for overlay in sheet.overlays],
        "bands": len(sheet.bands),
        "side": SIDE_M,
        "counts": COUNTS,
        "numbered": NUMBERED,
        "inks": [COUNT_INK, COUNT_INK_LAST],
    }


def _ends() -> list[int | None]:
    return [*(low - 1 for low, _ in COUNTS[1:]), None]


def _own(name: str) -> str:
    return (files("mapping") / "data" / name).read_text("utf-8")


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("mapping", "data"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
