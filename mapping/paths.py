"""Counts along paths (stråk): each deviation at the nearest path, within a stated distance of its line. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from mapping import figures
from mapping.figures import Rows, Table
from mapping.points import above, metres

REACH_M = 50
"""How far from a path's line a deviation may lie; what is known less exactly than that counts at none."""


@dataclass(frozen=True)
class Paths:
    """Counts along paths; the table's `outside` holds all that is near none, and what is known too roughly."""

    reach_m: int
    table: Table
    lengths_m: tuple[int, ...]
    """How long the path of each group is within the forum."""
    vague: int
    """Known less exactly than `reach_m`, and so at no path."""


@dataclass(frozen=True)
class Line:
    """A path by its name, empty where it has none; in metres."""

    name: str
    shape: BaseGeometry


def nearest(xy: ArrayLike, lines: Sequence[BaseGeometry], reach: float) -> NDArray[np.int64]:
    """Return the nearest line of each point.

    Parameters
    ----------
    xy : array_like of float, shape (n, 2), or geopandas points
        Metres.
    lines : sequence of shapely geometry
        In the same plane.
    reach : float
        In metres; above 0.

    Returns
    -------
    ndarray of int, shape (n,)
        The line's place, the first of several that are as near; -1 where none lies within reach.

    Raises
    ------
    ValueError
        For degrees, what is no finite number, or no reach.
    """
    points, far = metres(xy), above(reach, name="reach")
    found = np.full(len(points), -1, dtype=np.int64)
    if not len(points) or not lines:
        return found
    tree = shapely.STRtree(lines)
    asked, near = tree.query_nearest(shapely.points(points), max_distance=far, all_matches=True)
    first = np.full(len(points), len(lines), dtype=np.int64)
    np.minimum.at(first, asked, near)
    return np.where(first < len(lines), first, -1)


def paths(rows: Rows, plane: NDArray[np.float64], lines: Sequence[Line], whole: BaseGeometry) -> Paths | None:
    """Return what is counted along each path that has any, the largest first; None without paths.

    Parameters
    ----------
    rows : Rows
        Everything that was read.
    plane : ndarray of float, shape (n, 2)
        Where they are, in SWEREF 99 TM.
    lines : sequence of Line
        Several of one name are one path.
    whole : shapely geometry
        The forum's area: lengths are told within it.

    Returns
    -------
    Paths or None
    """
    if not lines:
        return None
    near, exact = nearest(plane, [line.shape for line in lines], REACH_M), rows.accuracy <= REACH_M
    named = np.array([line.name for line in lines])
    at = np.where(exact & (near >= 0), near, -1)
    names, group = np.unique(named[at[at >= 0]], return_inverse=True)
    groups = np.full(len(at), -1, dtype=np.int64)
    groups[at >= 0] = group
    table = figures.table(rows, groups, names.tolist())
    lengths = (shapely.union_all([line.shape for line in lines if line.name == each.key]) for each in table.groups)
    vague = int((rows.inside[0] & ~exact).sum())
    return Paths(REACH_M, table, tuple(round(each.intersection(whole).length) for each in lengths), vague)
