"""Counts in squares as SVG (rutkartor): a map of the ground, and a table in the map's colours. Pure; see `charts`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from shapely import box, union_all
from shapely.geometry.base import BaseGeometry

from mapping.charts import (
    COUNT_INK,
    COUNT_INK_LAST,
    COUNTS,
    INK,
    LINE,
    NUMBERED,
    PAPER,
    QUIET,
    Width,
    beside,
    once,
    paper,
    svg,
)

MAP_WIDTH = 560
"""Units of the SVG; the height follows from what is drawn."""


@once
def week(counts: tuple[tuple[int, ...], ...], days: tuple[str, ...], width: Width) -> str:
    """Return a square for each hour of the week with its count; for a phone the days stand side by side.

    Parameters
    ----------
    counts : tuple of 7 tuples of 24 int
        By weekday and hour.
    days : tuple of 7 str
        What the days are called.
    width : Width
        For a large screen and for paper, or for a phone.

    Returns
    -------
    str
        SVG.
    """
    narrow = width is Width.PHONE
    figure, axes = paper(width, 24 * 18 + 32 if narrow else 210, left=34, bottom=24)
    slots = [(day, hour, n) if narrow else (hour, day, n) for day, ns in enumerate(counts) for hour, n in enumerate(ns)]
    axes.add_collection(_squares([(x + 0.03, y + 0.04, n) for x, y, n in slots], 0.93, LINE))
    for x, y, n in slots:
        if n:
            axes.text(x + 0.5, y + 0.5, f"{n}", ha="center", va="center", fontsize=10, color=_ink_on(n))
    middles, hours = [day + 0.5 for day in range(7)], range(0, 24, 3)
    axes.set(xlim=(0, 7), ylim=(24, 0)) if narrow else axes.set(xlim=(0, 24), ylim=(7, 0))
    (axes.set_xticks if narrow else axes.set_yticks)(middles, list(days))
    (axes.set_yticks if narrow else axes.set_xticks)(hours, [f"{hour:02}" for hour in hours])
    axes.spines["bottom"].set_visible(False)
    return svg(figure)


@once
def squares(
    cells: tuple[tuple[int, int, int], ...],
    side: int,
    outline: BaseGeometry,
    parts: tuple[BaseGeometry, ...],
    framed: tuple[int, tuple[tuple[tuple[int, int], ...], ...]],
) -> str:
    """Return a map of counts in squares over the outlines of the ground.

    Parameters
    ----------
    cells, side : tuple of (east, north, count), int
        South-west corners in metres of SWEREF 99 TM, and how long a side is.
    outline, parts : shapely geometry, tuple of shapely geometry
        The whole, and the areas in it, in the same plane.
    framed : int, tuple of tuple of (east, north)
        Side and corners of squares that stand out together: each lot gets a frame and its number.

    Returns
    -------
    str
        SVG.
    """
    west, south, east, north = outline.bounds
    height = round(MAP_WIDTH * (north - south) / (east - west))
    figure, axes = paper(MAP_WIDTH, min(height, 720), left=4, bottom=4, right=4, top=4)
    axes.set_axis_off()
    axes.set_aspect("equal")
    finest = (east - west) / MAP_WIDTH / 2
    for shape, colour, thick in (*((part, LINE, 1.0) for part in parts), (outline, QUIET, 1.5)):
        for ring in _rings(shape.simplify(finest)):
            axes.plot(*zip(*ring, strict=True), color=colour, linewidth=thick)
    _numbered(axes, [(x, y, n) for x, y, n in cells if n], side)
    for i, lot in enumerate(framed[1], start=1):
        _frame(axes, lot, framed[0], str(i))
    _scale(axes, west, south)
    return svg(figure)


@once
def matrix(
    rows: tuple[str, ...], columns: tuple[str, ...], counts: tuple[tuple[tuple[int, str], ...], ...], width: Width
) -> str:
    """Return a table of counts as squares in the colours of the map, each with a mark if it has one.

    Parameters
    ----------
    rows, columns : tuple of str
        What they are called.
    counts : tuple of tuple of (count, mark)
        For each row and column; a mark is printed after the number.
    width : Width
        For a large screen and for paper, or for a phone.

    Returns
    -------
    str
        SVG.
    """
    figure, axes, names = _table(len(rows), columns, width)
    axes.grid(visible=False)
    found = [(x, len(rows) - 1 - y, n) for y, row in enumerate(counts) for x, (n, _) in enumerate(row) if n]
    axes.add_collection(_squares(found, 1, PAPER))
    for y, row in enumerate(counts):
        for x, (n, mark) in enumerate(row):
            ink = _ink_on(n) if n else QUIET
            axes.text(x + 0.5, len(rows) - 0.5 - y, f"{n}{mark}", ha="center", va="center", fontsize=10, color=ink)
    axes.set_xlim(0, len(columns))
    axes.set_ylim(0, len(rows))
    axes.set_yticks([])
    for y, name in enumerate(rows):
        beside(axes, name, len(rows) - 0.5 - y, QUIET)
    axes.xaxis.tick_top()
    axes.set_xticks([x + 0.5 for x in range(len(columns))], columns, **names)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return svg(figure)


def _table(rows: int, columns: Sequence[str], width: Width) -> tuple[Figure, Axes, dict[str, Any]]:
    """Return an empty drawing with room for the longest name of a column, and how the names stand."""
    longest = max((len(name) for name in columns), default=0)
    if width is Width.PHONE:  # there is no room beside the last column: names stand upright
        top, sides, names = 12 + 7 * longest, {"left": 128, "right": 8}, {"rotation": 90, "ha": "center"}
    else:
        top, sides, names = 16 + 5 * longest, {"left": 190, "right": 70}, {"rotation": 40, "ha": "left"}
    return *paper(width, 30 * rows + top + 8, bottom=8, top=top, **sides), names


def _numbered(axes: Axes, found: Sequence[tuple[int, int, int]], side: int) -> None:
    axes.add_collection(_squares(found, side, PAPER))
    for x, y, n in found:
        if n >= NUMBERED:
            axes.text(x + side / 2, y + side / 2, f"{n}", ha="center", va="center", fontsize=9, color=_ink_on(n))


def _frame(axes: Axes, lot: Sequence[tuple[int, int]], side: int, number: str) -> None:
    """Draw the outline around a lot of squares, and its number above its north-west corner."""
    around = union_all([box(x, y, x + side, y + side) for x, y in lot])
    for ring in _rings(around):
        axes.plot(*zip(*ring, strict=True), color=INK, linewidth=2.5)
    west, north = min((x, -y) for x, y in lot)
    style = {"boxstyle": "circle,pad=0.25", "facecolor": INK, "edgecolor": PAPER}
    at = (west - side, side - north + side)
    axes.text(*at, number, color=PAPER, bbox=style, ha="center", va="center", fontsize=9, fontweight="bold")


def _squares(counts: Sequence[tuple[float, float, int]], side: float, edge: str) -> PolyCollection:
    corners = [[(x, y), (x + side, y), (x + side, y + side), (x, y + side)] for x, y, _ in counts]
    fills = [_fill(n) if n else "none" for *_, n in counts]
    return PolyCollection(corners, facecolors=fills, edgecolors=edge, linewidths=0.5)


def _fill(n: int) -> str:
    """Return the colour of a count."""
    return [colour for least, colour in COUNTS if n >= least][-1]


def _ink_on(n: int) -> str:
    return COUNT_INK_LAST if n >= COUNTS[-1][0] else COUNT_INK


def _rings(shape: BaseGeometry) -> list[list[tuple[float, float]]]:
    outline = shape.boundary
    return [[(x, y) for x, y, *_ in line.coords] for line in getattr(outline, "geoms", [outline])]


def _scale(axes: Axes, west: float, south: float) -> None:
    axes.plot([west, west + 1000], [south, south], color=INK, linewidth=2)
    axes.annotate("1 km", (west + 500, south), (0, 4), textcoords="offset points", ha="center", fontsize=10)
