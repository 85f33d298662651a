"""The analyses' peers (jämförelser): runs in their own environment, told to by lines on standard input.

`python peers_analyses.py NAME FOLDER` reads the data, and for every line runs once and answers with the seconds; what
the run found stands in the folder before the answer comes.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from esda.getisord import G_Local
from KDEpy import FFTKDE
from libpysal.weights import lat2W
from pointpats import Knox
from scipy.spatial import cKDTree
from sklearn.cluster import DBSCAN
from sklearn.neighbors import radius_neighbors_graph

LEAST_SECONDS = 0.2
Data = Mapping[str, Any]
Run = Callable[[], tuple[float, Any]]
"""Runs once: the seconds, and what was found."""


def gi_star(data: Data) -> Run:
    """Return esda's Gi*; its weights are made before and not timed."""
    return _esda(data, permutations=0)


def gi_star_permuted(data: Data) -> Run:
    """Return esda's Gi* with 999 conditional permutations."""
    return _esda(data, permutations=999)


def _esda(data: Data, permutations: int) -> Run:
    weights = lat2W(int(data["rows"]), int(data["columns"]), rook=False)

    def found() -> Any:
        options = {"permutations": permutations, "keep_simulations": False, "n_jobs": 1, "seed": 1}
        local = G_Local(data["values"], weights, transform="B", star=True, **options)
        return local.p_sim if permutations else local.Zs

    return lambda: _timed(found)


def knox(data: Data) -> Run:
    """Return pointpats' Knox; the time of 999 permutations is reckoned from few of them."""
    few, many = int(data["few"]), int(data["permutations"])
    events = data["xy"], data["days"][:, None], float(data["delta"]), float(data["tau"])

    def run() -> tuple[float, Any]:
        bare, _ = _timed(lambda: Knox(*events, permutations=0))
        some, found = _timed(lambda: Knox(*events, permutations=few))
        return bare + (some - bare) * many / few, found.nst

    return run


def density(data: Data) -> Run:
    """Return KDEpy's density at the middles of the grid, as points per square metre.

    It is asked in bandwidths, for it cuts its kernel off at a height that is the same in every unit: in metres at 2.4
    bandwidths, in bandwidths at 3.9.
    """
    width = float(data["bandwidth"])
    points, middles = data["xy"] / width, data["middles"] / width

    def found() -> Any:
        shares = FFTKDE(kernel="gaussian", bw=1.0).fit(points).evaluate(middles)
        return shares * len(points) / width**2

    return lambda: _timed(found)


def st_dbscan(data: Data) -> Run:
    """Return scikit-learn's clusters of those neighbours that a KD-tree finds in space and that lie close in time."""
    far, long = float(data["eps_m"]), float(data["eps_days"])

    def found() -> Any:
        near = radius_neighbors_graph(data["xy"], far, mode="connectivity", include_self=True).tocoo()
        soon = np.abs(data["days"][near.row] - data["days"][near.col]) <= long
        near.data = np.where(soon, 0.5, 2.0)
        return DBSCAN(eps=1, min_samples=int(data["min_points"]), metric="precomputed").fit_predict(near.tocsr())

    return lambda: _timed(found)


def before_after(data: Data) -> Run:
    """Return the counts of a loop over the places with SciPy's KD-tree, which is made anew in every run."""
    points, days, spans = data["xy"], data["days"], data["spans"]
    radius, both = float(data["radius"]), float(data["radius"] + data["ring"])

    def found() -> Any:
        tree, counts = cKDTree(points), np.zeros((2, len(data["places"]), 2), dtype=np.int64)
        for i, place in enumerate(data["places"]):
            for row, reach in enumerate((radius, both)):
                when = days[tree.query_ball_point(place, reach)]
                counts[row, i] = [np.count_nonzero((when >= first) & (when < end)) for first, end in spans]
        counts[1] -= counts[0]
        return counts

    return lambda: _timed(found)


def _timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds of a run, and what it found; a short one is repeated, as ours is, and its mean taken."""
    began = time.perf_counter()
    found, times = run(), 1
    while time.perf_counter() - began < LEAST_SECONDS:
        found, times = run(), times + 1
    return (time.perf_counter() - began) / times, found


PEERS: Mapping[str, Callable[[Data], Run]] = {
    "gi-star": gi_star,
    "gi-star-p": gi_star_permuted,
    "knox": knox,
    "density": density,
    "st-dbscan": st_dbscan,
    "before-after": before_after,
}


def main() -> None:
    """Answer each line with the seconds of a run."""
    warnings.simplefilter("ignore")
    name, folder = sys.argv[1], Path(sys.argv[2])
    run = PEERS[name](dict(np.load(folder / "data.npz")))
    for _ in sys.stdin:
        seconds, found = run()
        np.save(folder / "found.npy", np.asarray(found))
        print(seconds, flush=True)


if __name__ == "__main__":
    main()
