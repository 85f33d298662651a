"""What somebody can work out who has everything that was ever published, and a solver for linear programmes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import block_diag, csr_array


def every_withheld_count_may_be_anything_small(
    counts: NDArray[np.int64], shown: NDArray[np.bool_], *, k: int = 5
) -> bool:
    """Tell whether 0 and k-1 both agree with all that is shown, for every count that is not: then so does all between.

    Every row and every column of the table ends in its total. One programme asks for all the tables at once, each its
    own unknowns: non-negative counts that add up, the shown ones as they are, and one withheld one fixed at will.
    """
    rows, columns = counts.shape
    sums = [_sum_of(rows, columns, row=r) for r in range(rows)] + [
        _sum_of(rows, columns, column=c) for c in range(columns)
    ]
    wanted = [(int(at), value) for at in np.flatnonzero(~shown) for value in (0, k - 1)]
    if not wanted:
        return True
    bounds: list[tuple[float, float | None]] = []
    for at, value in wanted:
        known: list[tuple[float, float | None]] = [
            (int(n), int(n)) if seen else (0, None) for n, seen in zip(counts.flat, shown.flat, strict=True)
        ]
        known[at] = (value, value)
        bounds += known
    equations: Any = block_diag([csr_array(np.array(sums))] * len(wanted), format="csr")
    how: Any = {"method": "highs-ds", "options": {"presolve": False}}  # as quick again
    nothing, zeros = np.zeros(equations.shape[1]), np.zeros(equations.shape[0])
    unknown: Any = linprog(nothing, A_eq=equations, b_eq=zeros, bounds=bounds, **how)
    assert unknown.status in (0, 2), unknown.message
    return bool(unknown.status == 0)


def _sum_of(rows: int, columns: int, *, row: int | None = None, column: int | None = None) -> NDArray[np.float64]:
    """Return the equation that the parts of a row or column come to its total."""
    equation = np.zeros((rows, columns))
    if row is not None:
        equation[row] = 1
        equation[row, -1] = -1
    else:
        equation[:, column] = 1
        equation[-1, column] = -1
    return equation.ravel()
