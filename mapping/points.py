"""Points (punkter) as the analyses take them: arrays of metres, pairs that lie close, and what is refused. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

MOST_PAIRS = 10_000_000
"""More close pairs than this are refused: they would take hundreds of megabytes, and so wide a circle says nothing."""
SLACK = 1 + 1e-9
"""The search goes so much farther than the distance asked for; what it finds is measured exactly afterwards."""


def metres(xy: ArrayLike, *, name: str = "xy") -> NDArray[np.float64]:
    """Return points as an array of metres.

    Parameters
    ----------
    xy : array_like of float, shape (n, 2), or GeoSeries or GeoDataFrame of points
        East before north. A bare array is taken as metres; what knows its reference system is asked for it.
    name : str
        What the caller names the argument.

    Returns
    -------
    ndarray of float, shape (n, 2)

    Raises
    ------
    ValueError
        For degrees, other shapes than points, another shape of the array, or a coordinate that is no finite number.
    """
    if hasattr(xy, "geometry") and hasattr(xy, "crs"):
        if xy.crs is not None and xy.crs.is_geographic:
            raise ValueError(f"{name} is in degrees ({xy.crs.name}); project it to metres first: .to_crs(3006)")
        if not (xy.geometry.geom_type == "Point").all():
            raise ValueError(
                f"{name} holds what is no point; take the middles first: .centroid, or leave such rows out"
            )
        xy = xy.geometry.get_coordinates().to_numpy()
    points = np.asarray(xy, dtype=np.float64)
    if points.size == 0:
        return points.reshape(0, 2)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"{name} has the shape {points.shape}; give one row (east, north) for each point")
    return finite(points, name=name)


def finite(values: ArrayLike, *, name: str) -> NDArray[np.float64]:
    """Return numbers as an array.

    Parameters
    ----------
    values : array_like of float
        Any shape.
    name : str
        What the caller names the argument.

    Returns
    -------
    ndarray of float, of the same shape

    Raises
    ------
    ValueError
        For a value that is no finite number.
    """
    given = np.asarray(values, dtype=np.float64)
    wrong = ~np.isfinite(given)
    if wrong.any():
        first = np.argwhere(wrong)[0]
        raise ValueError(f"{name} holds {given[tuple(first)]} at {first.tolist()}; leave such rows out first")
    return given


def above(value: float, *, name: str) -> float:
    """Return a number that must be above 0.

    Parameters
    ----------
    value : float
        What was given.
    name : str
        What the caller names the argument.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        For 0, below it, or no finite number.
    """
    if not (np.isfinite(value) and value > 0):
        raise ValueError(f"{name} is {value}; give a finite number above 0")
    return float(value)


def as_many(rows: int, *, name: str, points: int) -> None:
    """Refuse an argument that has not one value for each point.

    Parameters
    ----------
    rows, points : int
        How many there are of each.
    name : str
        What the caller names the argument.

    Raises
    ------
    ValueError
        When they differ.
    """
    if rows != points:
        raise ValueError(f"{name} has {rows} values for {points} points; give one for each")


def close_pairs(points: NDArray[np.float64], distance: float, *, power: float = 2, name: str) -> NDArray[np.int64]:
    """Return the pairs that lie within a distance, and a hair more than that.

    Parameters
    ----------
    points : ndarray of float, shape (n, 2)
        Metres.
    distance : float
        Metres.
    power : float
        2 for straight lines, 1 along the axes.
    name : str
        What the caller names the distance.

    Returns
    -------
    ndarray of int, shape (m, 2)
        Each pair once, the lower number first.

    Raises
    ------
    ValueError
        For more pairs than `MOST_PAIRS`.
    """
    tree, reach = cKDTree(points), distance * SLACK
    if len(points) ** 2 > 2 * MOST_PAIRS:
        pairs = (int(tree.count_neighbors(tree, reach, p=power)) - len(points)) // 2
        if pairs > MOST_PAIRS:
            raise ValueError(f"{name} brings {pairs:,} pairs within {distance:g}; at most {MOST_PAIRS:,}: go less far")
    found = tree.query_pairs(reach, p=power, output_type="ndarray")
    return np.asarray(found, dtype=np.int64).reshape(-1, 2)


def whole(values: NDArray[np.float64], parts: int) -> NDArray[np.int64] | None:
    """Return numbers counted in parts of their unit, or None where some are not whole numbers of it.

    What a file writes as 350353.395 is no exact binary number, and differences of such numbers miss a round distance
    by a hair; counted in whole thousandths they are exact. A number counts as whole where it is the very one that
    division gives back.

    Parameters
    ----------
    values : ndarray of float
        In their unit.
    parts : int
        How many parts make the unit.

    Returns
    -------
    ndarray of int or None
    """
    counted = np.rint(values * parts)
    if counted.size and (np.abs(counted).max() > 2**52 or (counted / parts != values).any()):
        return None
    return counted.astype(np.int64)
