"""Significance (signifikans) of many tests at once: p values that hold for all of them together. Pure."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray


def adjusted(p: ArrayLike, *, method: Literal["holm", "fdr"]) -> NDArray[np.float64]:
    """Return p values that may each be held against alpha though there are many.

    Parameters
    ----------
    p : array_like of float
        Between 0 and 1, any shape.
    method : {"holm", "fdr"}
        Holm keeps the chance of any false finding, fdr the expected share of false ones among the findings.

    Returns
    -------
    ndarray of float, of the same shape

    Raises
    ------
    ValueError
        For a p that is none, or another method.

    Notes
    -----
    Holm (1979, Scandinavian Journal of Statistics 6:65-70); Benjamini & Hochberg (1995, Journal of the Royal
    Statistical Society B 57:289-300).
    """
    given = _chances(p)
    order = np.argsort(given, axis=None, kind="stable")
    rising, m = given.ravel()[order], given.size
    if method == "holm":
        held = np.maximum.accumulate(rising * np.arange(m, 0, -1))
    elif method == "fdr":
        held = np.minimum.accumulate((rising * m / np.arange(1, m + 1))[::-1])[::-1]
    else:
        raise ValueError(f"method is {method!r}; give holm or fdr")
    found = np.empty(m)
    found[order] = np.minimum(held, 1)
    return found.reshape(given.shape)


def fdr(p: ArrayLike, alpha: float = 0.05) -> NDArray[np.bool_]:
    """Return which of many tests are found, with at most a share alpha of false ones among them.

    Parameters
    ----------
    p : array_like of float
        Between 0 and 1, any shape.
    alpha : float
        Above 0 and below 1.

    Returns
    -------
    ndarray of bool, of the same shape

    Raises
    ------
    ValueError
        For a p that is none, or another alpha.

    Notes
    -----
    All up to the largest of the ordered p values with p(k) <= k alpha / m are found (Benjamini & Hochberg 1995). Gi*
    of neighbours hang together positively, under which the share holds too (Benjamini & Yekutieli 2001, Annals of
    Statistics 29:1165-1188).
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is {alpha}; give a share between 0 and 1, such as 0.05")
    given = _chances(p)
    m = given.size
    below = np.flatnonzero(np.sort(given, axis=None) <= alpha * np.arange(1, m + 1) / m) if m else np.array([], int)
    return given <= np.sort(given, axis=None)[below[-1]] if below.size else np.zeros(given.shape, dtype=bool)


def _chances(p: ArrayLike) -> NDArray[np.float64]:
    given = np.asarray(p, dtype=np.float64)
    wrong = ~((given >= 0) & (given <= 1))
    if wrong.any():
        raise ValueError(f"p holds {given[wrong].ravel()[0]}; every p lies between 0 and 1")
    return given
