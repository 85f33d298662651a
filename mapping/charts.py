"""Charts as SVG (diagram): drawn with intervals, readable in grey, the same bytes for the same figures. Pure.

Letters stay letters (`svg.fonttype` none), identifiers follow from a fixed salt, and no date is written. One drawing
serves light and dark: what is drawn in the colour of a role is given to the reader's colour scheme by `themed`.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache, wraps
from itertools import accumulate, pairwise
from threading import Lock
from typing import TypeVarTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

INK, QUIET, LINE, ACCENT, BAND, PAPER = "#14181f", "#5c6673", "#d6dce3", "#0b3a75", "#e6eef8", "#ffffff"
DARK = {INK: "#f4f7fa", QUIET: "#9aa7b6", LINE: "#2c3948", ACCENT: "#9cc4f7", BAND: "#16293f", PAPER: "#141c27"}
"""What each role's colour is in the dark."""
COUNTS = ((1, "#f3f6c4"), (3, "#bfe3b4"), (6, "#86c9b8"), (11, "#5f9fb3"), (20, "#4c6a9c"))
"""Lightened viridis, reversed: from so many on; the same in light and dark, since a number stands in each."""
COUNT_INK, COUNT_INK_LAST = "#14181e", "#fefefe"
"""Not the roles' colours: what is printed on a count does not turn with the scheme."""
NUMBERED = 6
"""Smallest count that is printed in a square of a map."""
TYPE = "Inter, -apple-system, 'Segoe UI', Roboto, Arial, 'DejaVu Sans', sans-serif"
PIXEL = 1 / 72
"""Inches of a unit of the SVG."""
LINE_HEIGHT = 14
"""Units between two lines of a name."""
MARGIN = 0.25
"""Of a doubling, around the quadrants."""
DRAWING = Lock()
"""The library keeps fonts and settings for the whole process: one drawing at a time."""
KEPT = 256
"""Drawings that a process keeps, some 5 MB."""
Ts = TypeVarTuple("Ts")

mpl.rcParams.update(
    {
        "svg.fonttype": "none", "svg.hashsalt": "trygghetsforum", "font.family": "DejaVu Sans", "font.size": 12,
        "text.color": INK, "axes.edgecolor": LINE, "axes.labelcolor": QUIET, "xtick.color": QUIET, "ytick.color": QUIET,
        "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False, "axes.axisbelow": True,
        "axes.linewidth": 1, "xtick.major.size": 0, "ytick.major.size": 0, "axes.grid.axis": "y", "grid.color": LINE,
    }
)  # fmt: skip


class Width(IntEnum):
    """Units of the SVG; the height follows from what is drawn."""

    WIDE = 620
    PHONE = 340


@dataclass(frozen=True)
class Bar:
    """One count with its interval, what it is called, and whether it belongs to the period or to the one before."""

    name: str
    count: int
    low: float
    high: float
    now: bool = False
    before: bool = False
    apart: bool = False
    """Whether it does not follow the one before it in time: no line is drawn between them."""


@dataclass(frozen=True)
class Pair:
    """A group now, with its interval, beside what it was before; None where that cannot be compared.

    A name may have several lines.
    """

    name: str
    count: int
    low: float
    high: float
    before: int | None


@dataclass(frozen=True)
class Crossing:
    """Two figures of one thing, each with its interval, as times the whole; None where one is missing."""

    name: str
    across: tuple[float, float, float] | None
    up: tuple[float, float, float] | None
    told: bool
    """Both leave the whole out."""


def once(draw: Callable[[*Ts], str]) -> Callable[[*Ts], str]:
    """Return what draws the same figures once; kept under the figures themselves, it shows nobody any others."""
    kept = lru_cache(KEPT)(draw)

    @wraps(draw)
    def drawn(*figures: *Ts) -> str:
        with DRAWING:
            return kept(*figures)

    return drawn


@once
def months(series: tuple[Bar, ...], width: Width) -> str:
    """Return a line of counts with a band for the intervals.

    Parameters
    ----------
    series : tuple of Bar
        Oldest first. Months of the period are filled, those before hollow; both carry their interval as a bar.
    width : Width
        For a large screen and for paper, or for a phone.

    Returns
    -------
    str
        SVG.
    """
    figure, axes = paper(width, 230, left=38, bottom=26)
    at, starts = list(range(len(series))), [x for x, bar in enumerate(series) if bar.apart]
    for run in (at[start:end] for start, end in pairwise([0, *starts, len(series)])):
        low, count, high = ([getattr(series[x], name) for x in run] for name in ("low", "count", "high"))
        axes.fill_between(run, low, high, color=BAND, linewidth=0)
        axes.plot(run, count, color=ACCENT, linewidth=2)
    for x, bar in zip(at, series, strict=True):
        if bar.now or bar.before:
            fill = ACCENT if bar.now else PAPER
            axes.plot([x, x], [bar.low, bar.high], color=ACCENT, linewidth=1.5)
            axes.plot([x], [bar.count], "o", color=ACCENT, markerfacecolor=fill, markersize=7)
    step = max(1, -(-len(series) // (5 if width is Width.PHONE else 8)))
    ticks = at[::-step][::-1]
    axes.set_xticks(ticks, [series[x].name for x in ticks])
    axes.set_xlim(-0.5, max(1, len(series)) - 0.5)
    _counts_up(axes)
    return svg(figure)


@once
def pairs(groups: tuple[Pair, ...], width: Width) -> str:
    """Return a row for each group: a filled dot with its interval now, a hollow one for what was before.

    Parameters
    ----------
    groups : tuple of Pair
        From above.
    width : Width
        For a large screen and for paper, or for a phone.

    Returns
    -------
    str
        SVG.
    """
    left, right, ticks = (128, 76, 3) if width is Width.PHONE else (190, 84, 5)
    heights = [12 + LINE_HEIGHT * (1 + pair.name.count("\n")) for pair in groups]
    figure, axes = paper(width, sum(heights) + 34, left=left, bottom=26, right=right)
    for pair, height, end in zip(groups, heights, accumulate(heights), strict=True):
        y = end - height / 2
        axes.plot([pair.low, pair.high], [y, y], color=ACCENT, linewidth=2)
        axes.plot([pair.count], [y], "o", color=ACCENT, markersize=8)
        if pair.before is not None:
            axes.plot([pair.before], [y], "o", color=QUIET, markerfacecolor=PAPER, markersize=8, zorder=1.5)
        said = f"{pair.count}" if pair.before is None else f"{pair.before} → {pair.count}"
        axes.annotate(said, (1, y), (right, 0), ("axes fraction", "data"), "offset points", ha="right", va="center")
        beside(axes, pair.name, y, INK)
    axes.set_yticks([])
    axes.set_ylim(sum(heights) or 1, 0)
    axes.grid(visible=True, axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(ticks, integer=True))
    axes.set_xlim(left=0)
    return svg(figure)


@once
def quadrants(found: tuple[Crossing, ...], sides: tuple[str, str], corners: tuple[str, ...], width: Width) -> str:
    """Return points in four quadrants with the intervals of both figures; the lines cross at the whole.

    Each step outwards doubles or halves; what lies beyond the edge, or is nought, is drawn at it.

    Parameters
    ----------
    found : tuple of Crossing
        What lacks a figure is not drawn.
    sides : tuple of 2 str
        What goes across and what goes up.
    corners : tuple of 4 str
        What each quadrant is called: above first, from left to right.
    width : Width
        For a large screen and for paper, or for a phone.

    Returns
    -------
    str
        SVG.
    """
    figure, axes = paper(width, min(width, 420), left=44, bottom=44, right=16, top=12)
    drawn = [(each, each.across, each.up) for each in found if each.across and each.up]
    wide, high = (_doublings([both[axis][0] for _, *both in drawn]) for axis in (0, 1))
    for each, across, up in drawn:
        _cross(axes, each, _doubled(across, wide), _doubled(up, high))
    for steps, put, limit in ((wide, axes.set_xticks, axes.set_xlim), (high, axes.set_yticks, axes.set_ylim)):
        ticks = range(-steps, steps + 1)
        put(ticks, [f"{2**n}" if n >= 0 else f"1/{2**-n}" for n in ticks])
        limit(-steps - MARGIN, steps + MARGIN)
    axes.set(xlabel=sides[0], ylabel=sides[1])
    axes.axvline(0, color=QUIET, linewidth=1.2, zorder=1)
    axes.axhline(0, color=QUIET, linewidth=1.2, zorder=1)
    for said, (x, y) in zip(corners, ((0, 1), (1, 1), (0, 0), (1, 0)), strict=True):
        axes.annotate(
            said, (x, y), (-4 if x else 4, -4 if y else 4), "axes fraction", "offset points", fontsize=10, color=QUIET,
            ha="right" if x else "left", va="top" if y else "bottom",
        )  # fmt: skip
    return svg(figure)


def _cross(axes: Axes, each: Crossing, across: list[float], up: list[float]) -> None:
    """Draw a point with both its intervals and its name."""
    (x, west, east), (y, south, north) = across, up
    ink, thick = (ACCENT, 1.5) if each.told else (QUIET, 0.8)
    axes.plot([west, east], [y, y], color=ink, linewidth=thick, zorder=2)
    axes.plot([x, x], [south, north], color=ink, linewidth=thick, zorder=2)
    axes.plot([x], [y], "o", color=ACCENT, markerfacecolor=ACCENT if each.told else PAPER, markersize=8, zorder=3)
    axes.annotate(each.name, (x, y), (7, 5), textcoords="offset points", fontweight="bold", zorder=4)


def _doublings(values: Iterable[float]) -> int:
    """Return how many doublings and halvings a chart has, so that the values lie in it as far as three reach."""
    far = [abs(math.log2(value)) for value in values if value > 0]
    return min(3, max(1, math.ceil(max(far, default=1))))


def _doubled(figures: Iterable[float], steps: int) -> list[float]:
    """Return figures as doublings of the whole, at the edge what lies beyond it."""
    return [max(-steps, min(steps, math.log2(value))) if value > 0 else -steps for value in figures]


def themed(svg: str) -> str:
    """Return the drawing with its roles' colours following the reader's colour scheme, for use as a picture."""
    light = "".join(f"--c{i}:{colour};" for i, colour in enumerate(DARK))
    dark = "".join(f"--c{i}:{colour};" for i, colour in enumerate(DARK.values()))
    style = f"<style>:root{{{light}}}@media (prefers-color-scheme: dark){{:root{{{dark}}}}}</style>"
    for i, colour in enumerate(DARK):
        svg = svg.replace(colour, f"var(--c{i})")
    head, _, rest = svg.partition(">")
    return f"{head}>{style}{rest}"


# --- how it is drawn --------------------------------------------------------------------------------------------------


def paper(width: int, height: int, *, left: int, bottom: int, right: int = 8, top: int = 8) -> tuple[Figure, Axes]:
    """Return an empty drawing with its axes."""
    figure = Figure(figsize=(width * PIXEL, height * PIXEL), dpi=72)
    figure.patch.set_visible(False)
    box = (left / width, bottom / height, (width - left - right) / width, (height - bottom - top) / height)
    axes = figure.add_axes(box)
    axes.patch.set_visible(False)
    return figure, axes


def _counts_up(axes: Axes) -> None:
    axes.grid(visible=True, axis="y")
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))


def beside(axes: Axes, name: str, y: float, colour: str) -> None:
    """Write a name of several lines to the left of the axes, each line by itself: its reader has another type."""
    written = name.split("\n")
    for i, line in enumerate(written):
        off = (-5, LINE_HEIGHT * ((len(written) - 1) / 2 - i))
        axes.annotate(
            line, (0, y), off, ("axes fraction", "data"), "offset points", ha="right", va="center", color=colour
        )


def svg(figure: Figure) -> str:
    """Return the drawing as SVG."""
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    drawn = re.sub(REPEATED, "", file.getvalue())
    size = r'width="\1" height="\2" font-family="' + TYPE + '"'
    return re.sub(r'width="([\d.]+)pt" height="([\d.]+)pt"', size, drawn[drawn.index("<svg") :], count=1)


REPEATED = re.compile(r""" font-family: [^;"]+;| transform="rotate\(-0 [\d. ]+\)"|(?<=>)\n *""")
"""What every letter says once more, and the space between elements."""
