"""What an effect card shows as SVG (effektdiagram): the map of its areas, and its counts with intervals. Pure.

See `charts`. Areas differ by letter and by the direction of their hatching, not by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Circle, PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator
from shapely import from_wkt, get_parts
from shapely.geometry.base import BaseGeometry

from mapping.charts import ACCENT, BAND, INK, LINE, PAPER, QUIET, Width, once, paper, svg
from mapping.grounds import Area, Line, window

BESIDE, BESIDE_INK = "#e69f00", "#14181e"
"""The control's colour (Okabe and Ito's orange) and what is printed on it: the same in the dark."""
STEPS = (50, 100, 200, 250, 500, 1000, 2000, 5000)
"""Round lengths of a scale, metres."""


@dataclass(frozen=True)
class Named:
    """An area of the map with its letter, and what it is called."""

    letter: str
    name: str
    area: Area


@dataclass(frozen=True)
class Counted:
    """Before and after of one area, each a count with its interval."""

    name: str
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    strong: bool = False
    """The one that the card is about."""


@dataclass(frozen=True)
class Difference:
    """A difference with its interval, what it is called, as what it is printed, and what its zero is called."""

    name: str
    estimate: float
    low: float
    high: float
    said: str
    zero: str


@once
def areas(found: tuple[Named, ...], ring_m: int, under: tuple[Line, ...], width: Width) -> str:
    """Return a map of the place and of its control, each filled, with the ring around it hatched.

    Parameters
    ----------
    found : tuple of Named
        The place first; the control, where there is one, second.
    ring_m : int
        Width of the rings, metres.
    under : tuple of Line
        The ground, what lies under the rest first.
    width : Width
        For a large screen and for paper, or for a phone.

    Returns
    -------
    str
        SVG.
    """
    west, south, east, north = window([each.area for each in found], ring_m)
    figure, axes = paper(width, round(width * (north - south) / (east - west)), left=1, bottom=1, right=1, top=1)
    metres = (east - west) / width
    axes.set(xlim=(west, east), ylim=(south, north))
    axes.set(xticks=[], yticks=[])
    for line in under:
        _ground(axes, line)
    for n, each in enumerate(found):
        _area(axes, each, ring_m, metres, treated=n == 0)
    for side in ("left", "right", "top", "bottom"):
        axes.spines[side].set_visible(True)
    _scale(axes, metres * width / 4, metres)
    _north(axes)
    return svg(figure)


@once
def compared(rows: tuple[Counted, ...], difference: Difference, width: Width) -> str:
    """Return a row for each area, hollow before and filled after, and under them the difference beside its zero.

    Parameters
    ----------
    rows : tuple of Counted
        From above.
    difference : Difference
        On an axis of its own.
    width : Width
        For a large screen and for paper, or for a phone.

    Returns
    -------
    str
        SVG.
    """
    left, right, ticks = (126, 66, 3) if width is Width.PHONE else (140, 80, 5)
    upper, lower = 36 * len(rows), 34
    height = upper + lower + 92
    figure, axes = paper(width, height, left=left, right=right, bottom=lower + 74, top=8)
    for y, row in enumerate(rows):
        colour = ACCENT if row.strong else QUIET
        for shift, (count, low, high), fill in ((-0.14, row.before, PAPER), (0.14, row.after, colour)):
            axes.plot([low, high], [y + shift] * 2, color=colour, linewidth=1.8)
            axes.plot([count], [y + shift], "o", color=colour, markerfacecolor=fill, markersize=8)
        _told(axes, f"{row.before[0]:.0f} → {row.after[0]:.0f}", y, right)
    _rows(axes, [row.name for row in rows], ticks)
    axes.set_xlim(left=0)
    _difference(figure.add_axes((left / width, 26 / height, (width - left - right) / width, lower / height)),
                difference, ticks, right)  # fmt: skip
    return svg(figure)


def _difference(axes: Axes, found: Difference, ticks: int, right: int) -> None:
    axes.patch.set_visible(False)
    axes.plot([found.low, found.high], [0, 0], "|-", color=ACCENT, linewidth=2.2, markersize=12, markeredgewidth=2.2)
    axes.plot([found.estimate], [0], "o", color=ACCENT, markersize=10)
    axes.axvline(0, color=INK, linewidth=1.5, linestyle=(0, (2, 2)))
    _told(axes, found.said, 0, right)
    _rows(axes, [found.name], ticks)
    side = "left" if found.estimate < 0 else "right"
    at = {"left": (5, "left"), "right": (-5, "right")}[side]
    axes.annotate(found.zero, (0, 1), (at[0], 3), ("data", "axes fraction"), "offset points", ha=at[1], va="bottom",
                  color=QUIET, fontsize=11)  # fmt: skip
    most = 1.1 * max(abs(found.low), abs(found.high), 1)
    axes.set_xlim(min(-most / 4, 1.15 * found.low), max(most / 4, 1.15 * found.high))


def _rows(axes: Axes, names: list[str], ticks: int) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", labelcolor=INK)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(visible=True, axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(ticks, integer=True))


def _told(axes: Axes, said: str, y: float, right: int) -> None:
    place: dict[str, Any] = {"ha": "right", "va": "center"}
    axes.annotate(said, (1, y), (right, 0), ("axes fraction", "data"), "offset points", **place)


# --- the map ----------------------------------------------------------------------------------------------------------


def _ground(axes: Axes, line: Line) -> None:
    shape = from_wkt(line.shape)
    if line.kind == "water" and shape.area:
        axes.add_patch(PathPatch(_path(shape), facecolor=BAND, edgecolor="none", zorder=0.5))
        return
    thick = 2.4 if line.kind == "rail" else 1.4
    for ring in _lines(shape):
        axes.plot(*ring, color=BAND if line.kind == "water" else LINE, linewidth=thick, zorder=0.6)


def _area(axes: Axes, each: Named, ring_m: int, metres: float, *, treated: bool) -> None:
    fill, ink, edge, hatch = (ACCENT, PAPER, ACCENT, "////") if treated else (BESIDE, BESIDE_INK, QUIET, "\\\\\\\\")
    ring, whole = each.area.ring(ring_m), each.area.whole
    for shape, look in (
        (ring, {"facecolor": "none", "hatch": hatch, "edgecolor": fill, "linewidth": 0}),
        (ring.union(whole), {"facecolor": "none", "edgecolor": edge, "linewidth": 1.4, "linestyle": (0, (3, 3))}),
        (whole, {"facecolor": fill, "edgecolor": edge, "linewidth": 1}),
    ):
        axes.add_patch(PathPatch(_path(shape), **look))
    middle = whole.representative_point()
    if whole.area**0.5 / metres < 14:  # too small for its letter to be read on it
        axes.add_patch(Circle((middle.x, middle.y), 9 * metres, facecolor=fill, edgecolor=edge))
    style: dict[str, Any] = {"ha": "center", "va": "center", "fontweight": "bold"}
    axes.text(middle.x, middle.y, each.letter, color=ink, **style)
    west, _, east, top = ring.bounds
    axes.annotate(each.name, ((west + east) / 2, top), (0, 4), textcoords="offset points", ha="center", va="bottom",
                  fontweight="bold", fontsize=11)  # fmt: skip


def _path(shape: BaseGeometry) -> Path:
    """Return the outline as one path, whose holes stay empty."""
    rings = [
        Path(ring.coords, closed=True)
        for part in get_parts(shape)
        if part.geom_type == "Polygon"
        for ring in (part.exterior, *part.interiors)
    ]
    return Path.make_compound_path(*rings)


def _lines(shape: BaseGeometry) -> Iterator[tuple[list[float], list[float]]]:
    for part in get_parts(shape):
        outline = part.boundary if part.geom_type == "Polygon" else part
        for ring in get_parts(outline):
            east, north = ring.xy
            yield list(east), list(north)


def _scale(axes: Axes, most: float, metres: float) -> None:
    """Draw a round length in the lower left corner, over whatever lies there."""
    length = next((step for step in reversed(STEPS) if step <= most), STEPS[0])
    west, south = axes.get_xlim()[0] + 12 * metres, axes.get_ylim()[0] + 12 * metres
    axes.plot([west, west + length], [south, south], "|-", color=INK, linewidth=1.5, markersize=8)
    said = f"{length} m" if length < 1000 else f"{length // 1000} km"
    axes.annotate(said, (west + length / 2, south), (0, 4), textcoords="offset points", ha="center", fontsize=10)


def _north(axes: Axes) -> None:
    corner: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "ha": "center"}
    axes.annotate("▲", (1, 0), (-18, 26), color=INK, fontsize=12, **corner)
    axes.annotate("N", (1, 0), (-18, 10), color=INK, fontsize=11, **corner)
