"""Draws without replacement (dragningar): how the sum of some of many counts is distributed, exactly. Pure.

The sums of k drawn from all are built up value by value: of k drawn, the number that have a given value is
hypergeometric, so that the table of all sums is a convolution (Pagano & Tritchler 1983, Journal of the American
Statistical Association 78:435-440, do so for permutation tests). One count is then left out again where it is kept.
Sums from the highest asked for on stand together in the last column.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MOST_CELLS = 20_000_000
"""Of the table of all sums: 160 MB."""


def at_least(
    counts: NDArray[np.int64], drawn: NDArray[np.int64], sums: NDArray[np.int64], *, kept: bool
) -> NDArray[np.float64]:
    """Return for each count how likely so many counts, drawn at random, reach a sum.

    Parameters
    ----------
    counts : ndarray of int, shape (n,)
        At least 0.
    drawn : ndarray of int, shape (n,)
        How many are drawn.
    sums : ndarray of int, shape (n,)
        What they must reach together; at least 0.
    kept : bool
        Whether they are drawn from the n - 1 others; else from all.

    Returns
    -------
    ndarray of float, shape (n,)
        Exact but for rounding, which stays below 1e-12.

    Raises
    ------
    ValueError
        Where the table of all sums would be too large.
    """
    few, asked = drawn, sums
    behind = 2 * drawn > len(counts) - kept  # more than half are drawn: then the others hold at most what is left
    if behind.any():
        few = np.where(behind, len(counts) - kept - drawn, drawn)
        asked = np.maximum(np.where(behind, counts.sum() - kept * counts - sums + 1, sums), 0)
    tables, place = _tables(counts, int(few.max()), int(asked.max()), kept=kept)
    reached = np.cumsum(tables[:, :, ::-1], axis=2)[:, :, ::-1]
    found: NDArray[np.float64] = np.clip(reached[place, few, asked], 0, 1)
    return np.where(behind, 1 - found, found) if behind.any() else found


def _tables(
    counts: NDArray[np.int64], most: int, last: int, *, kept: bool
) -> tuple[NDArray[np.float64], NDArray[np.int64] | np.int64]:
    """Return tables by draws and sum, and which of them holds for each count."""
    often = np.bincount(counts)
    values, places = np.flatnonzero(often), (often > 0).cumsum() - 1
    if (len(values) if kept else 1) * (most + 1) * (last + 1) > MOST_CELLS:
        raise ValueError(f"counts reach {last:,} with {most} neighbours: too many for an exact table; use gi_star")
    table = _chances(values, often[values], most, last)
    if not kept:
        return table[None], np.int64(0)
    return _without_each(table, values, len(counts)), places[counts]


def _chances(values: NDArray[np.int64], often: NDArray[np.int64], most: int, last: int) -> NDArray[np.float64]:
    """Return the chance of each sum (column) of 0 to `most` counts (row) drawn from all."""
    table = np.zeros((most + 1, last + 1))
    table[0, 0] = 1
    seen = 0
    for value, many in zip(values.tolist(), often.tolist(), strict=True):
        seen += many
        table = _with(table, value, _shares(most, many, seen))
    return table


def _shares(most: int, many: int, seen: int) -> NDArray[np.float64]:
    """Return the chance that of j drawn from `seen` (row) m are among `many` of them (column): hypergeometric.

    One draw after the other, which adds and never subtracts; a row beyond all that can be drawn is empty.
    """
    shares = np.zeros((most + 1, min(many, most) + 1))
    shares[0, 0] = 1
    taken = np.arange(shares.shape[1])
    for j in range(min(most, seen)):
        shares[j + 1] = shares[j] * np.maximum(seen - many - (j - taken), 0) / (seen - j)
        shares[j + 1, 1:] += shares[j, :-1] * (many - taken[:-1]) / (seen - j)
    return shares


def _with(table: NDArray[np.float64], value: int, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the table once a value is among those drawn from."""
    rows, columns = table.shape
    found = np.zeros_like(table)
    for m in range(shares.shape[1]):
        part, step = shares[m:, m, None], m * value
        kept = max(columns - step, 0)
        found[m:, columns - kept :] += part * table[: rows - m, :kept]
        if kept < columns:
            found[m:, -1:] += part * table[: rows - m, kept:].sum(axis=1, keepdims=True)
    return found


def _without_each(table: NDArray[np.float64], values: NDArray[np.int64], n: int) -> NDArray[np.float64]:
    """Return for each value the table of the draws from all but one that has it.

    Of k drawn from n, one given count is among them with a chance of k/n: P_n(k, s) = (1 - k/n) P(k, s) + (k/n)
    P(k-1, s-v), solved for P from k = 1 on. With k at most n/2 no error grows.
    """
    found = np.zeros((len(values), *table.shape))
    found[:, 0, 0] = 1
    columns = table.shape[1]
    for k in range(1, len(table)):
        for place, value in enumerate(values.tolist()):
            row, kept, before = n * table[k], max(columns - value, 0), found[place, k - 1]
            row[columns - kept :] -= k * before[:kept]
            row[-1] -= k * before[kept:].sum() if kept < columns else 0
            found[place, k] = np.maximum(row / (n - k), 0)
    return found
