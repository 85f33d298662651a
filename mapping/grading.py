"""Grading of predictions (träffsäkerhet): how much of what happened fell into the cells that were pointed out. Pure.

PAI, the prediction accuracy index: Chainey, Tompson & Uhlig 2008 (Security Journal 21:4-28). PEI, the prediction
efficiency index: Hunt 2016 (Do crime hot spots move?, American University): PAI beside the best that as many cells
could have reached.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mapping.points import as_many, finite

MOST_UNEQUAL = 5_000
"""Cells of unequal area for which the best choice is sought; equal ones may be as many as they are."""


def pai(observed: ArrayLike, predicted: ArrayLike, area: ArrayLike) -> NDArray[np.float64]:
    """Return the share of all events over the share of all area, of the first cell, the first two, and so on.

    Parameters
    ----------
    observed : array_like of float, shape (n,)
        What happened in each cell; at least 0, and not all 0.
    predicted : array_like of float, shape (n,)
        What was predicted for it, in any unit.
    area : array_like of float, shape (n,) or ()
        Its area in any unit, above 0; one number for equal cells.

    Returns
    -------
    ndarray of float, shape (n,)
        (n/N)/(a/A), cumulative from the highest predicted cell down; cells predicted alike in the order given. The
        last is 1.

    Raises
    ------
    ValueError
        For what is not as above.
    """
    happened, scores, areas = _given(observed, predicted, area)
    order = np.argsort(-scores, kind="stable")
    return _index(happened[order].cumsum(), areas[order].cumsum())


def pei(observed: ArrayLike, predicted: ArrayLike, area: ArrayLike) -> NDArray[np.float64]:
    """Return PAI over the highest PAI that as many cells could have, whichever they were.

    Parameters
    ----------
    observed, predicted, area
        As for `pai`.

    Returns
    -------
    ndarray of float, shape (n,)
        Between 0 and 1, in the order of `pai`: 1 where no choice of as many cells had been better.

    Raises
    ------
    ValueError
        As `pai`, and for more than 5,000 cells of unequal area.

    Notes
    -----
    Of equal cells the best are those in which most happened. Of unequal ones the best ratio of sums is found by
    Dinkelbach's method (1967, Management Science 13:492-498): the k cells with the highest happened - q area, with q
    the ratio found before, until it rises no more.
    """
    happened, _, areas = _given(observed, predicted, area)
    if (areas == areas[0]).all():
        best = _index(np.sort(happened)[::-1].cumsum(), areas.cumsum())
    else:
        if len(areas) > MOST_UNEQUAL:
            raise ValueError(f"area has {len(areas):,} unequal cells; at most {MOST_UNEQUAL:,}: use equal ones")
        best = np.array([_best(happened, areas, k + 1) for k in range(len(areas))]) * areas.sum() / happened.sum()
    reached: NDArray[np.float64] = np.minimum(pai(observed, predicted, area) / best, 1)
    return reached


def _given(
    observed: ArrayLike, predicted: ArrayLike, area: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    happened, scores = finite(observed, name="observed").ravel(), finite(predicted, name="predicted").ravel()
    as_many(len(scores), name="predicted", points=len(happened))
    areas = finite(area, name="area").ravel()
    if areas.size == 1:
        areas = np.full(len(happened), areas[0])
    as_many(len(areas), name="area", points=len(happened))
    if (areas <= 0).any():
        raise ValueError(f"area holds {areas.min():g}; every cell has one above 0")
    if (happened < 0).any() or not happened.sum():
        raise ValueError(f"observed holds {happened.sum():g} in all; give counts from 0, of which one is above 0")
    return happened, scores, areas


def _index(happened: NDArray[np.float64], areas: NDArray[np.float64]) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = (happened / happened[-1]) / (areas / areas[-1])
    return shares


def _best(happened: NDArray[np.float64], areas: NDArray[np.float64], k: int) -> float:
    """Return the highest ratio of what happened to area that k cells have."""
    ratio = -1.0
    reached = 0.0
    while reached > ratio:
        ratio = reached
        chosen = np.argpartition(ratio * areas - happened, k - 1)[:k]
        reached = float(happened[chosen].sum() / areas[chosen].sum())
    return ratio
