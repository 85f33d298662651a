"""Coordinate reference systems (koordinatsystem): the three in which coordinates come and go, into each other."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer

WGS84, SWEREF99TM, SWEREF991800 = 4326, 3006, 3011
NAMES = {WGS84: "WGS 84", SWEREF99TM: "SWEREF 99 TM", SWEREF991800: "SWEREF 99 18 00"}
"""EPSG code and name of each system that is spoken."""


class UnknownSystem(ValueError):
    """The EPSG code is none of the systems that are spoken."""


def transform(xy: ArrayLike, source: int, target: int) -> NDArray[np.float64]:
    """Return coordinates of one system in another.

    Parameters
    ----------
    xy : array_like, shape (..., 2)
        East before north: longitude and latitude in degrees (4326), or easting and northing in metres (3006, 3011).
    source, target : int
        EPSG codes, each one of `NAMES`.

    Returns
    -------
    ndarray, shape (..., 2)
        There and back differs by less than a centimetre within Sweden. A point that the target cannot show,
        or that is not finite, becomes infinite.

    Raises
    ------
    UnknownSystem
        For another code.
    ValueError
        When the last axis does not hold two numbers.

    Notes
    -----
    SWEREF 99 and WGS 84 are taken as equal, as Lantmäteriet and EPSG do; the plane is the Gauss-Krüger projection
    with the parameters of EPSG, computed by PROJ.
    """
    points = np.asarray(xy, dtype=np.float64)
    if points.ndim == 0 or points.shape[-1] != 2:
        raise ValueError(f"coordinates come in pairs, not in the shape {points.shape}")
    x, y = _transformer(_known(source), _known(target)).transform(points[..., 0], points[..., 1])
    moved = np.stack([np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)], axis=-1)
    moved[~np.isfinite(moved).all(axis=-1)] = np.inf
    return moved


def _known(code: int) -> int:
    if code not in NAMES:
        raise UnknownSystem(f"EPSG:{code} is none of {', '.join(f'{c} ({n})' for c, n in NAMES.items())}")
    return code


@cache
def _transformer(source: int, target: int) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)
