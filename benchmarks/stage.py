"""Both sides on one filled database (uppställning), warm or just begun."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.figures import Figure
from benchmarks.ground import Ground, administrator, cluster_of_its_own, prepare
from benchmarks.readings import Reading, all_of, compare
from benchmarks.servers import Sides, serving
from benchmarks.timing import OURS, PEER, Times, in_turn
from forum.foundation.cluster import PrivateCluster

WARMING = 10
"""Requests to each side before warm times are taken: more than either side's driver needs to prepare its questions."""
TIPG = "tipg"


@dataclass(frozen=True)
class Stage:
    """A filled cluster, and how many rows of it the reader is shown."""

    cluster: PrivateCluster
    ground: Ground
    shown: int

    @contextmanager
    def begun(self, *, anew: bool = False) -> Iterator[Sides]:
        """Lend both sides; anew, PostgreSQL has been stopped and started before, and its own memory is empty."""
        if anew:
            self.cluster.stop()
            self.cluster.start()
        with serving(self.cluster, self.ground) as sides:
            yield sides

    def readings(self, names: list[str]) -> list[Reading]:
        """Return the readings of those names."""
        with administrator(self.cluster).connect() as connection:
            known = all_of(connection, self.ground.forum, self.shown)
        return [known[name] for name in names]


@contextmanager
def filled(shown: int) -> Iterator[Stage]:
    """Lend a stage on a new cluster."""
    with cluster_of_its_own() as cluster:
        yield Stage(cluster, prepare(cluster, shown), shown)


def check(stage: Stage, sides: Sides, reading: Reading) -> None:
    """Hold both sides' answers against the tables, and so against each other."""
    answers = {OURS: sides.ours.get(reading.our_path())[0], PEER: sides.tipg.get(reading.peer)[0]}
    with administrator(stage.cluster).connect() as connection:
        compare(reading, connection, answers)


def warm(stage: Stage, sides: Sides, reading: Reading, rounds: int) -> Figure:
    """Return what each side takes once it has been asked a few times; compares before."""
    check(stage, sides, reading)
    asks = {OURS: lambda: sides.ours.get(reading.our_path())[1], PEER: lambda: sides.tipg.get(reading.peer)[1]}
    in_turn(WARMING, asks)
    taken = in_turn(rounds, asks)
    return Figure(reading.what, stage.shown, "warm", taken[OURS], taken[PEER], TIPG, reading.goal)


def cold(stage: Stage, reading: Reading, rounds: int) -> Figure:
    """Return what each side takes for its first request after it and PostgreSQL have been started."""
    taken: dict[str, list[float]] = {OURS: [], PEER: []}
    for number in range(rounds):
        with stage.begun(anew=True) as sides:
            asks = {OURS: (sides.ours, reading.our_path()), PEER: (sides.tipg, reading.peer)}
            for side in list(asks) if number % 2 == 0 else reversed(list(asks)):
                client, path = asks[side]
                taken[side].append(client.get(path)[1])
    return Figure(reading.what, stage.shown, "cold", Times(taken[OURS]), Times(taken[PEER]), TIPG)
