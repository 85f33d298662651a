"""The analyses beside their peers (analyser): arrays in, arrays out, without database or HTTP; equal results first."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks import samples
from benchmarks.figures import Figure
from benchmarks.samples import GRID, Data
from benchmarks.servers import PEERS_PYTHON, ROOT
from benchmarks.timing import OURS, PEER, Times, in_turn
from mapping.circles import before_after
from mapping.density import density
from mapping.hotspots import exact_p, gi_star
from mapping.nearrepeat import knox
from mapping.spacetime import clusters
from tests.real import CHICAGO

LEAST_SECONDS = 0.2
NAMES = ("gi-star", "knox", "density", "st-dbscan", "before-after")
EXPLANATION = (
    "Gi*, Knox, density, ST-DBSCAN and counts before and after are functions of arrays, timed in a process each "
    "without HTTP; a short run is repeated for a fifth of a second, and its mean taken. Rows: cells or points. esda's"
    " weights are made before and not timed, ours are; its 999 random placements stand beside our exact chances. The "
    "time of pointpats' 999 permutations is reckoned from 29. scikit-learn is given the neighbours in space by its "
    "KD-tree, less those far apart in time. KDEpy is asked in bandwidths, in which it is truest. The loop asks its "
    "tree twice for each place, for the circle and for circle and ring together, and compares the days of what it "
    "finds."
)
ABSENT = "All burglaries of Chicago were left out: the file is not there."


@dataclass(frozen=True)
class Analysis:
    """One analysis: its data, our result, whether the peer's is the same, and how much quicker we want to be."""

    name: str
    what: str
    rows: int
    data: Callable[[int], Data]
    ours: Callable[[Data], NDArray[Any]]
    same: Callable[[Data, NDArray[Any], NDArray[Any]], bool]
    peer: str
    goal: float
    rounds: int = 3


def figures(names: Sequence[str]) -> Iterator[Figure]:
    """Yield the figures of the analyses named."""
    for analysis in ALL:
        if analysis.name.removesuffix("-p") in names:
            yield measured(analysis)
    if "knox" in names and CHICAGO.exists():
        yield chicago()


def facts(names: Sequence[str]) -> list[str]:
    """Return what a reader of the figures must know."""
    absent = [ABSENT] if "knox" in names and not CHICAGO.exists() else []
    return [EXPLANATION, *absent] if set(names) & set(NAMES) else []


def measured(analysis: Analysis) -> Figure:
    """Return both sides' times; the results are held against each other before."""
    data = analysis.data(analysis.rows)
    with _peer(analysis.name, data) as peer:
        peer()
        if not analysis.same(data, analysis.ours(data), peer.found()):
            raise RuntimeError(f"{analysis.name}: {analysis.peer} finds something else")
        taken = in_turn(analysis.rounds, {OURS: lambda: _seconds(lambda: analysis.ours(data)), PEER: peer})
    return Figure(analysis.what, analysis.rows, "warm", taken[OURS], taken[PEER], analysis.peer, analysis.goal)


def chicago() -> Figure:
    """Return our time for every dated burglary of the file."""
    table = pd.read_csv(CHICAGO).dropna(subset="date")
    xy = table[["x_epsg26971", "y_epsg26971"]].to_numpy()
    days = (pd.to_datetime(table["date"]) - pd.Timestamp("2015-12-31")).dt.days.to_numpy()
    seconds = [_seconds(lambda: knox(xy, days, [0, 100, 200, 300, 400], [0, 7, 14], seed=1)) for _ in range(5)]
    return Figure(
        "Knox: a year of Chicago's burglaries, 4 x 2 bands, 999 permutations", len(xy), "warm", Times(seconds)
    )


def _seconds(run: Callable[[], object]) -> float:
    """Return the seconds of a run; a short one is repeated, as the peer's is, and its mean taken."""
    began, times = time.perf_counter(), 0
    while time.perf_counter() - began < LEAST_SECONDS or not times:
        run()
        times += 1
    return (time.perf_counter() - began) / times


class _Peer:
    """The peer's process: each call is a run, and answers the seconds."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process, self._folder = process, folder

    def __call__(self) -> float:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the peer has ended; its last words stand above")
        return float(answer)

    def found(self) -> NDArray[Any]:
        """Return what the last run found."""
        return np.asarray(np.load(self._folder / "found.npy"))


@contextmanager
def _peer(name: str, data: Data) -> Iterator[_Peer]:
    with tempfile.TemporaryDirectory(prefix="trygg-bench-") as place:
        folder = Path(place)
        np.savez(folder / "data.npz", **data)
        command = [PEERS_PYTHON, "-P", ROOT / "benchmarks" / "peers_analyses.py", name, folder]
        with subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            yield _Peer(process, folder)


def _density(data: Data) -> NDArray[Any]:
    return density(data["xy"], GRID, data["bandwidth"], edge=False)


def _scores(data: Data) -> NDArray[Any]:
    return gi_star(data["values"], data["xy"], samples.REACH)


def _chances(data: Data) -> NDArray[Any]:
    return exact_p(data["values"], data["xy"], samples.REACH)


def _pairs(data: Data) -> NDArray[Any]:
    bands, weeks = [0, data["delta"]], [0, data["tau"]]
    found = knox(data["xy"], data["days"], bands, weeks, permutations=data["permutations"], seed=1)
    return found.observed


def _clusters(data: Data) -> NDArray[Any]:
    return clusters(data["xy"], data["days"], data["eps_m"], data["eps_days"], data["min_points"])


def _before_after(data: Data) -> NDArray[Any]:
    found = before_after(
        data["xy"], data["days"], data["places"], radius=data["radius"], ring=data["ring"], spans=data["spans"]
    )
    return np.stack([found.treated, found.ring])


CELLS, CHANCES = "Gi* of 300 x 300 cells: scores", "Gi* of 300 x 300 cells: the chance of each"
KNOX, DENSITY = "Knox: one band, 999 permutations", "Density on 512 x 512 middles, true to a thousandth"
CLUSTERS = "ST-DBSCAN within 100 m and 7 days"
AROUND = "Counts in 1,000 circles and rings, before and after"
ALL = (
    Analysis("gi-star", CELLS, 90_000, samples.cells, _scores, samples.same_scores, "esda", 1000),
    Analysis("gi-star-p", CHANCES, 90_000, samples.cells, _chances, samples.same_chances, "esda, 999 placements", 1000),
    Analysis("knox", KNOX, 5_000, samples.spread, _pairs, samples.same_pairs, "pointpats, from 29 permutations", 100),
    Analysis("density", DENSITY, 100_000, samples.gathered, _density, samples.same_density, "KDEpy FFTKDE", 5, 15),
    Analysis("st-dbscan", CLUSTERS, 100_000, samples.gathered, _clusters, samples.same_clusters, "scikit-learn", 20, 5),
    Analysis("before-after", AROUND, 100_000, samples.measured, _before_after, samples.same_counts, "cKDTree", 50, 9),
)
