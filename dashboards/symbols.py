"""The shapes that categories are drawn with (symboler), told apart by form and letter as well as by colour.

Each shape is a path in a box of 24 × 24 with the middle at 0, 0, and the place and size of its letter. Pages draw
them as SVG; `static/symbols.js` reads the same paths from the page and draws them for the map.
"""

from __future__ import annotations

from dataclasses import dataclass

INK = "#14181F"


@dataclass(frozen=True)
class Shape:
    """A closed path, the baseline of its letter and the letter's size."""

    path: str
    baseline: float = 3.9
    size: float = 11


SHAPES = {
    "circle": Shape("M-9 0a9 9 0 1 0 18 0a9 9 0 1 0-18 0Z"),
    "square": Shape("M-7-8.5h14q1.5 0 1.5 1.5v14q0 1.5-1.5 1.5h-14q-1.5 0-1.5-1.5v-14q0-1.5 1.5-1.5Z"),
    "triangle": Shape("M0-10.5L11 8.5H-11Z", baseline=7, size=9.5),
    "triangle_down": Shape("M0 10.5L11-8.5H-11Z", baseline=0.2, size=9.5),
    "hexagon": Shape("M-11 0L-5.5-9.2H5.5L11 0L5.5 9.2H-5.5Z"),
    "diamond": Shape("M0-11.5L11.5 0L0 11.5L-11.5 0Z", baseline=3.6, size=10),
    "pentagon": Shape("M0-11L10.8-3.1L6.7 9H-6.7L-10.8-3.1Z", baseline=4.4, size=10.5),
    "bubble": Shape("M-8-9.5h16q2 0 2 2v10.5q0 2-2 2h-7l-5 5.5v-5.5h-4q-2 0-2-2v-10.5q0-2 2-2Z", baseline=1.7),
    "star": Shape("M0-12L3.5-4.9L11.4-3.7L5.7 1.9L7.1 9.7L0 6L-7.1 9.7L-5.7 1.9L-11.4-3.7L-3.5-4.9Z", 3.4, 9),
    "cross": Shape("M-4.8-10.5h9.6v5.7h5.7v9.6h-5.7v5.7h-9.6v-5.7h-5.7v-9.6h5.7Z"),
    "octagon": Shape("M-4.1-10H4.1L10-4.1V4.1L4.1 10H-4.1L-10 4.1V-4.1Z"),
    "pill": Shape("M-5-7.5h10a7.5 7.5 0 0 1 0 15h-10a7.5 7.5 0 0 1 0-15Z"),
}
"""Every shape that a category may name."""
