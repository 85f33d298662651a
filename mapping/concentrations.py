"""Concentrations (anhopningar): where many points lie close together. Pure: metres in, circles out.

Counts, no test: a concentration asks to be looked at, and says nothing of why. Hot spots are another matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree


@dataclass(frozen=True)
class Concentration:
    """A circle around `east`, `north` (the mean of its points) and which of the given points lie in it."""

    east: float
    north: float
    count: int
    points: NDArray[np.int64]


def find(xy: ArrayLike, *, radius: float, least: int) -> list[Concentration]:
    """Return the circles that hold at least so many points, the fullest first; no point is counted twice.

    Parameters
    ----------
    xy : array_like of float, shape (n, 2)
        Metric coordinates (SWEREF 99 TM).
    radius : float
        Metres around a point within which others belong to it.
    least : int
        Fewer than so many are none.

    Returns
    -------
    list of Concentration

    Notes
    -----
    Again and again the point with most others within the radius is taken with all of them, and they are set aside: the
    greedy cover by discs centred on points. Of points that have as many, the most southern and then western is taken.
    """
    points = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    near = cKDTree(points).query_ball_point(points, radius) if len(points) else []
    order = np.lexsort((points[:, 0], points[:, 1]))
    free, counts, found = np.ones(len(points), dtype=bool), np.array([np.size(each) for each in near]), []
    while free.any():
        middle = order[int(counts[order].argmax())]
        if counts[middle] < least:
            break
        taken = np.sort([i for i in near[middle] if free[i]])
        free[taken] = False
        for one in taken:
            counts[near[one]] -= 1
        counts[taken] = 0
        east, north = points[taken].mean(axis=0)
        found.append(Concentration(float(east), float(north), len(taken), taken))
    return found
