"""What the analyses are timed on (prov): invented points and counts, and when two results are the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mapping.draws import at_least
from mapping.grids import Grid
from mapping.windows import windows

Data = Mapping[str, Any]
SEED = 2023
REACH = 150.0
"""Metres to a cell's eight neighbours, on cells of a hundred."""
PLACEMENTS = 999
GRID = Grid(0, 0, 20, 512, 512)
"""The middles at which a density is wanted: a district of ten by ten kilometres."""


def cells(rows: int) -> Data:
    """Return counts on a square grid of about so many cells: many noughts, some gatherings."""
    side = round(rows**0.5)
    chance = np.random.default_rng(SEED)
    values = chance.poisson(chance.gamma(0.5, 1, side * side)).astype(np.float64)
    return {"rows": side, "columns": side, "values": values, "xy": Grid(0, 0, 100, side, side).centres()}


def spread(rows: int) -> Data:
    """Return points and days without any pattern over 10 by 10 km and a year."""
    chance = np.random.default_rng(SEED)
    xy, days = chance.uniform(0, 10_000, (rows, 2)), chance.integers(0, 365, rows).astype(np.float64)
    return {"xy": xy, "days": days, "delta": 400.0, "tau": 13.5, "permutations": 999, "few": 29}


def gathered(rows: int) -> Data:
    """Return points of a district of 10 by 10 km over five years, half of them around two hundred spots."""
    chance = np.random.default_rng(SEED)
    spots = chance.uniform(500, 9740, (200, 2))
    around = spots[chance.integers(0, 200, rows // 2)] + chance.normal(0, 100, (rows // 2, 2))
    xy = np.concatenate([chance.uniform(20, 10_220, (rows - rows // 2, 2)), around.clip(20, 10_220)])
    east, north = np.meshgrid(GRID.easts, GRID.norths, indexing="ij")
    return {
        "xy": xy,
        "days": chance.uniform(0, 1826, rows),
        "bandwidth": 250.0,
        "middles": np.stack([east.ravel(), north.ravel()], axis=1),
        "eps_m": 100.0,
        "eps_days": 7.0,
        "min_points": 5,
    }


def measured(rows: int) -> Data:
    """Return the points of `gathered`, and a thousand places where some of them lie, with a year before and after."""
    data = gathered(rows)
    places = data["xy"][np.random.default_rng(SEED).integers(0, rows, 1000)]
    spans = np.array([[365.0, 730.0], [730.0, 1095.0]])
    return {**data, "places": places, "radius": 100.0, "ring": 100.0, "spans": spans}


def same_scores(_: Data, ours: NDArray[Any], theirs: NDArray[Any]) -> bool:
    """Tell whether scores differ by rounding alone."""
    return bool(np.abs(ours - theirs).max() < 1e-6)


def same_chances(data: Data, ours: NDArray[Any], theirs: NDArray[Any]) -> bool:
    """Tell whether random placements lie around the exact chances of the upper tail.

    esda compares quotients, so that rounding decides whether what is equal counts: what it finds lies between the
    chance of at least as much and that of more.
    """
    counts, around = data["values"].astype(np.int64), windows(data["xy"], REACH)
    held = np.rint(around.sums(data["values"])).astype(np.int64)
    more = at_least(counts, around.sizes - 1, held - counts + 1, kept=True)
    upper = ours < 0.25
    noise = 6 * np.sqrt(ours / PLACEMENTS) + 2 / PLACEMENTS
    return bool(((theirs > more - noise) & (theirs < ours + noise))[upper].all())


def same_pairs(_: Data, ours: NDArray[Any], theirs: NDArray[Any]) -> bool:
    """Tell whether as many pairs were found close in space and time."""
    return bool((ours == theirs).all())


def same_density(_: Data, ours: NDArray[Any], theirs: NDArray[Any]) -> bool:
    """Tell whether densities differ by less than a thousandth of the highest."""
    other = theirs.reshape(512, 512).T * 1e6
    return bool(np.abs(ours - other).max() < 1e-3 * ours.max())


def same_counts(_: Data, ours: NDArray[Any], theirs: NDArray[Any]) -> bool:
    """Tell whether every count is the same."""
    return bool((ours == theirs).all())


def same_clusters(_: Data, ours: NDArray[Any], theirs: NDArray[Any]) -> bool:
    """Tell whether every point has the same label."""
    return bool((ours == theirs).all())
