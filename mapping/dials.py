"""A year round a circle as SVG (årshjulets ritning): a bar for each part, outwards. Pure; see `charts`."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import Circle, Wedge
from matplotlib.ticker import MaxNLocator

from mapping.charts import ACCENT, BAND, INK, LINE, PAPER, QUIET, Width, once, paper, svg

HOLE, RIM = 0.44, 0.88
"""Where bars begin and where the longest ends, of the half width of the drawing."""
RING = (0.385, 0.42)
"""Where the days of school are drawn."""
NAMES, WITHIN, BESIDE = 0.95, 0.31, 0.36
"""Where the months are written, and where the breaks are: above and below the middle, or beside it."""

SIDEWAYS = 0.5
"""From here on a name ends at the ring: the sine of its angle from above."""


@dataclass(frozen=True)
class Sector:
    """A part of the year from one share of the circle to another: its value, with its limits; told from the rest."""

    begin: float
    end: float
    value: float
    low: float
    high: float
    told: bool


@dataclass(frozen=True)
class Stretch:
    """Days off school from one share of the circle to another, and what they are called."""

    name: str
    begin: float
    end: float


@dataclass(frozen=True)
class Marks:
    """What is marked in the year: days off school, public holidays, and the first of each month with its name."""

    breaks: tuple[Stretch, ...]
    holidays: tuple[float, ...]
    months: tuple[tuple[str, float], ...]


@once
def dial(sectors: tuple[Sector, ...], mean: float, marks: Marks, width: Width) -> str:
    """Return the year as a circle that begins above and goes with the clock.

    Parameters
    ----------
    sectors : tuple of Sector
        Told ones are filled, others pale; each carries its limits as a line.
    mean : float
        Of the whole year: a broken circle.
    marks : Marks
        A ring for the days of school with gaps for those off, a dot for each public holiday, names of the months.
    width : Width
        For a large screen and for paper, or for a phone.

    Returns
    -------
    str
        SVG.
    """
    side = 340 if width is Width.PHONE else 500
    figure, axes = paper(side, side, left=2, bottom=2, right=2, top=2)
    axes.set_axis_off()
    axes.set(xlim=(-1, 1), ylim=(-1, 1), aspect="equal")
    ticks, most = _scale(sectors, mean)
    per = (RIM - HOLE) / most
    for value in ticks:
        axes.add_patch(Circle((0, 0), HOLE + value * per, fill=False, edgecolor=LINE, linewidth=1))
    for each in sectors:
        _bar(axes, each, per)
    for value in ticks[1:]:
        axes.text(0, HOLE + value * per, f"{value:g}", ha="center", va="center", fontsize=10, color=QUIET, bbox=PLAIN)
    broken = {"fill": False, "edgecolor": INK, "linewidth": 1.2, "linestyle": (0, (4, 3))}
    axes.add_patch(Circle((0, 0), HOLE + mean * per, **broken))
    _marked(axes, marks, small=width is Width.PHONE)
    return svg(figure)


PLAIN = {"boxstyle": "round,pad=0.1", "facecolor": PAPER, "edgecolor": "none"}


def _scale(sectors: Iterable[Sector], mean: float) -> tuple[list[float], float]:
    """Return round values from nought, and the largest that is drawn; a limit beyond it is cut off there."""
    values = [each.value for each in sectors]
    most = max([*values, mean]) * 1.25 or 1.0
    return [float(value) for value in MaxNLocator(3).tick_values(0, most) if 0 <= value <= most], most


def _bar(axes: Axes, each: Sector, per: float) -> None:
    fill, edge = (ACCENT, PAPER) if each.told else (BAND, ACCENT)
    long = HOLE + each.value * per
    turned = (90 - 360 * each.end, 90 - 360 * each.begin)
    axes.add_patch(Wedge((0, 0), long, *turned, width=long - HOLE, facecolor=fill, edgecolor=edge, linewidth=0.7))
    ends = [_at((each.begin + each.end) / 2, min(HOLE + value * per, RIM + 0.02)) for value in (each.low, each.high)]
    axes.plot(*zip(*ends, strict=True), color=QUIET, linewidth=1.2)


def _marked(axes: Axes, marks: Marks, *, small: bool) -> None:
    low, high = RING
    axes.add_patch(Wedge((0, 0), high, 0, 360, width=high - low, facecolor=QUIET, edgecolor="none"))
    for off in marks.breaks:
        turned = (90 - 360 * off.end, 90 - 360 * off.begin)
        axes.add_patch(Wedge((0, 0), high, *turned, width=high - low, facecolor=PAPER, edgecolor=QUIET, linewidth=0.7))
        turned_to = math.sin(math.pi * (off.begin + off.end))
        side = "center" if abs(turned_to) < SIDEWAYS else "right" if turned_to > 0 else "left"
        x, y = _at((off.begin + off.end) / 2, WITHIN if side == "center" else BESIDE)
        axes.text(x, y, off.name, ha=side, va="center", fontsize=8.5 if small else 11, color=INK)
    for share in marks.holidays:
        axes.plot(*_at(share, (low + high) / 2), "D", color=INK, markeredgecolor=PAPER, markersize=4 if small else 6)
    for i, (name, share) in enumerate(marks.months):
        end = marks.months[i + 1][1] if i + 1 < len(marks.months) else 1.0
        axes.plot(*zip(_at(share, RIM + 0.01), _at(share, RIM + 0.05), strict=True), color=QUIET, linewidth=1)
        axes.text(*_at((share + end) / 2, NAMES), name, ha="center", va="center", fontsize=10 if small else 12)


def _at(share: float, far: float) -> tuple[float, float]:
    """Return the point so far from the middle at a share of the circle."""
    turned = 2 * math.pi * share
    return far * math.sin(turned), far * math.cos(turned)
