"""Disclosure control (röjandekontroll): which counts may be published, so that no small one follows from them.

Pure: counts in, a mask out. A count is published when it is large enough and comes from several organisations, and when
no sum or difference of published counts tells more of a withheld one than that it is 0 to k-1, or more.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mapping.counts import distinct, tally

LEAST = 5
"""k: a published count is at least so large."""
ORGANISATIONS = 2
"""So many organisations stand behind it at least: else one of them would read the others' none from it."""
Entry = tuple[int, int]
Matrix = list[list[int]]


@dataclass(frozen=True)
class Crosstab:
    """Counts with all totals, and how many organisations stand behind each; last row and column hold the totals.

    Both arrays have the shape (rows + 1, columns + 1).
    """

    counts: NDArray[np.int64]
    organisations: NDArray[np.int64]


def crosstab(rows: ArrayLike, columns: ArrayLike, organisations: ArrayLike, shape: tuple[int, int]) -> Crosstab:
    """Return the table of things counted by two divisions, with its totals.

    Parameters
    ----------
    rows, columns, organisations : array_like of int, shape (n,)
        The row, the column and the organisation of each, from 0.
    shape : (int, int)
        How many rows and columns the table has without its totals.

    Returns
    -------
    Crosstab
        Its total is n.

    Raises
    ------
    ValueError
        For a row or column beyond the last.
    """
    at, across, who = (np.asarray(given, dtype=np.int64) for given in (rows, columns, organisations))
    down, wide = shape
    if at.size and (at.max() >= down or across.max() >= wide):
        raise ValueError(f"row {at.max()}, column {across.max()} of {shape}")
    keys = [(at, across), (at, np.full_like(at, wide)), (np.full_like(at, down), across)]
    keys.append((np.full_like(at, down), np.full_like(at, wide)))
    places, size = [r * (wide + 1) + c for r, c in keys], (down + 1) * (wide + 1)
    counts = sum((tally(place, size) for place in places), np.zeros(size, dtype=np.int64))
    behind = sum((distinct(place, who, size) for place in places), np.zeros(size, dtype=np.int64))
    return Crosstab(counts.reshape(down + 1, wide + 1), behind.reshape(down + 1, wide + 1))


def publishable(table: Crosstab, *, k: int = LEAST, least: int = ORGANISATIONS) -> NDArray[np.bool_]:
    """Return which counts of the table may be published together.

    Parameters
    ----------
    table : Crosstab
        Counts with their totals.
    k, least : int
        The smallest count that is published, and how many organisations stand behind it at least.

    Returns
    -------
    ndarray of bool, shape (rows + 1, columns + 1)
        The same for the same table. For every count outside of it, what is published together with the sums that rows
        and columns make leaves an interval that holds 0 to k-1.

    Notes
    -----
    Primary suppression by size and dominance, then complementary suppression (Willenborg & de Waal 2001, Elements of
    Statistical Disclosure Control, chapters 4 and 5): as long as an entry is told too closely, the published counts on
    the cheapest way around which it could change are withheld too (the shortest-path heuristic of Castro 2007, INFORMS
    Journal on Computing 19:520-533). To withhold one more widens every interval, so that each entry is looked at until
    it holds, and never again. A withheld total takes its parts with it: one of them, published, would be a lower limit.
    In the end nothing is left, which tells nothing.

    Tables that share no count, as those of different months, tell nothing of each other, so that each is protected
    alone; for that nothing published is ever counted anew.
    """
    counts, shown = table.counts.tolist(), (table.counts >= k) & (table.organisations >= least)
    waiting, network = set(_where(~shown)), _Network(counts, shown, k)
    while waiting and shown.any():
        entry = min(waiting, key=lambda at: (-_totals(at, shown.shape), at))  # a total takes more with it than a cell
        also = network.told_by(entry)
        if not also:
            waiting.remove(entry)
            continue
        waiting |= also
        shown[tuple(zip(*also, strict=True))] = False
        network = _Network(counts, shown, k)
    return shown


def _where(mask: NDArray[np.bool_]) -> list[Entry]:
    return [(r, c) for r, line in enumerate(mask.tolist()) for c, found in enumerate(line) if found]


def _totals(at: Entry, shape: tuple[int, ...]) -> int:
    """Return over how many divisions an entry is a total."""
    return (at[0] == shape[0] - 1) + (at[1] == shape[1] - 1)


def _taken_with(entry: Entry, shown: NDArray[np.bool_]) -> list[Entry]:
    """Return the entry and, where it is a total, what of its parts is shown."""
    down, wide = shown.shape[0] - 1, shown.shape[1] - 1
    rows = range(down + 1) if entry[0] == down else range(entry[0], entry[0] + 1)
    columns = range(wide + 1) if entry[1] == wide else range(entry[1], entry[1] + 1)
    return [(r, c) for r in rows for c in columns if shown[r, c]]


# --- what follows from what is shown ----------------------------------------------------------------------------------


class _Network:
    """What is withheld, as a circulation: how much more of an entry, or less of it, could flow from node to node.

    Cells flow from their row to their column, totals of rows and columns back, the sum forth. Rows are numbered first,
    then columns.
    """

    def __init__(self, counts: list[list[int]], shown: NDArray[np.bool_], k: int) -> None:
        self.counts, self.shown, self.k = counts, shown, k
        self.size = sum(shown.shape)
        self.withheld = self._capacities(_where(~shown))

    def ends(self, entry: Entry) -> Entry:
        """Return from which node to which an entry flows."""
        row, column = entry[0], self.shown.shape[0] + entry[1]
        return (column, row) if _totals(entry, self.shown.shape) == 1 else (row, column)

    def told_by(self, entry: Entry) -> set[Entry]:
        """Return what has to be withheld too, since with it the entry cannot be anything from 0 to k-1; else nothing.

        The ends of an entry's interval are whole, so that they are those of the linear programme; they are found by
        rerouting what flows through it (Ford & Fulkerson 1956, Canadian Journal of Mathematics 8:399-404).
        """
        start, end = self.ends(entry)
        count = self.counts[entry[0]][entry[1]]
        for source, sink, change in ((start, end, count), (end, start, self.k - 1 - count)):
            around = [line[:] for line in self.withheld]
            around[start][end] = around[end][start] = 0
            if not _reroute(around, source, sink, change):
                return self._in_the_way(around, source, sink)
        return set()

    def _capacities(self, entries: list[Entry]) -> Matrix:
        capacities, more = self._nothing(), self.counts[-1][-1] + self.k  # than anything has to change by
        for r, c in entries:
            start, end = self.ends((r, c))
            capacities[start][end], capacities[end][start] = more, self.counts[r][c]
        return capacities

    def _nothing(self) -> Matrix:
        return [[0] * self.size for _ in range(self.size)]

    def _in_the_way(self, around: Matrix, source: int, sink: int) -> set[Entry]:
        """Return what is published on the cheapest way on: a count costs itself, a total what of it is published."""
        published, costs = _where(self.shown), self._nothing()
        opened = self._capacities(published)
        for at in published:
            start, end = self.ends(at)
            costs[start][end] = costs[end][start] = sum(self.counts[r][c] for r, c in _taken_with(at, self.shown))
        both = [[one + other for one, other in zip(*lines, strict=True)] for lines in zip(around, opened, strict=True)]
        way = {frozenset(step) for step in _cheapest(both, costs, source, sink)}
        on_it = [at for at in published if frozenset(self.ends(at)) in way]
        return {part for at in on_it for part in _taken_with(at, self.shown)}


def _reroute(capacities: Matrix, source: int, sink: int, amount: int) -> bool:
    """Send so much from the source to the sink, as far as it can be sent, and tell whether it was all."""
    free = [[0] * len(capacities)] * len(capacities)
    while amount > 0:
        way = _cheapest(capacities, free, source, sink)
        if not way:
            return False
        pushed = min(amount, *(capacities[a][b] for a, b in way))
        for a, b in way:
            capacities[a][b] -= pushed
            capacities[b][a] += pushed
        amount -= pushed
    return True


def _cheapest(capacities: Matrix, costs: Matrix, source: int, sink: int) -> list[Entry]:
    """Return the cheapest way that has room, of equally cheap ones a shortest, by its steps (Dijkstra 1959)."""
    came_from: dict[int, int] = {}
    queue = [(0, 0, source, source)]
    while queue and sink not in came_from:
        cost, steps, node, before = heappop(queue)
        if node in came_from:
            continue
        came_from[node] = before
        for other, room in enumerate(capacities[node]):
            if room and other not in came_from:
                heappush(queue, (cost + costs[node][other], steps + 1, other, node))
    way, node = [], sink
    while node in came_from and node != source:
        way.append((came_from[node], node))
        node = came_from[node]
    return way
