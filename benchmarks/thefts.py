"""Effect cards of real thefts at places where nothing is known to have been done (stölder i New York).

Squares of the city take the part of places, days the part of measures. Squares, control, untouched places and verdict
are found by the very functions that make a card.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import Transformer

from mapping.controls import LEAST, Candidate, find
from mapping.grounds import Ground
from mapping.monthly import EARLIER, RING_M, Rows
from mapping.monthly import Counter as Monthly
from mapping.periods import Period, months_before, months_between
from mapping.spans import Inputs
from mapping.untouched import untouched
from mapping.verdicts import Weighed, weigh
from tests.real import NEW_YORK

FIRST, END = date(2014, 1, 1), date(2018, 1, 1)
"""The register: car thefts of four years."""
MID_MONTHS = ("2015-12-15", "2016-06-15", "2016-12-15", "2017-03-15", "2017-06-15", "2017-09-15")
DONE = tuple(map(date.fromisoformat, MID_MONTHS))
SIDES_M, MONTHS, SQUARES = (1000, 2000), (3, 6, 12), 60
"""Squares of these sides, so many of them for each day, looked at after so many months."""
UTM_18N = 32618


@dataclass
class Told:
    """What the cards of squares of one side said after so many months."""

    side: int
    months: int
    said: Counter[str] = field(default_factory=Counter)


def told(rng: np.random.Generator) -> Iterator[Told]:
    """Yield what cards said for each side and number of months; nothing where the thefts are not there."""
    if not NEW_YORK.exists():
        return
    xy, month = _thefts()
    for side, months in product(SIDES_M, MONTHS):
        found = Told(side, months)
        for done in DONE:
            after = Period(months_before(done, -1), months_before(done, -1 - months))
            if after.end <= END:
                found.said.update(each.sentence for each in _cards(_made(xy, month, done, after), side, months, rng))
        yield found


def _thefts() -> tuple[NDArray[np.float64], NDArray[np.datetime64]]:
    table = pd.read_csv(NEW_YORK)
    there = Transformer.from_crs(4326, UTM_18N, always_xy=True).transform(table["longitude"], table["latitude"])
    return np.stack(there, axis=1), pd.to_datetime(table["date_single"]).to_numpy().astype("datetime64[M]")


def _made(xy: NDArray[np.float64], month: NDArray[np.datetime64], done: date, after: Period) -> Monthly:
    base = months_before(done, EARLIER)
    since = (month - np.datetime64(base, "M")).astype(np.int64)
    kept = (since >= 0) & (since < months_between(base, after.end))
    nobody, alike = np.zeros(int(kept.sum()), dtype=np.int64), np.ones(int(kept.sum()))
    return Monthly(Rows(FIRST, xy[kept], since[kept], nobody, alike, 0), max(FIRST, base), done, after)


def _cards(made: Monthly, side: int, months: int, rng: np.random.Generator) -> Iterator[Weighed]:
    grounds = [Ground.square(east, north, side) for east, north in sorted(made.corners(side, LEAST))]
    series = [made.series(made.around(ground)[0]) for ground in grounds]
    for i in rng.choice(len(grounds), min(SQUARES, len(grounds)), replace=False).tolist():
        others = [
            (ground, Candidate(ground.key, months_of[made.matched], ground.to(grounds[i])))
            for ground, months_of in zip(grounds, series, strict=True)
            if ground is not grounds[i]
        ]
        yield weigh(_inputs(made, months, grounds[i], others))


def _inputs(made: Monthly, months: int, treated: Ground, others: Sequence[tuple[Ground, Candidate]]) -> Inputs:
    inside, ring = made.both(treated)
    fit = find(inside[made.matched], [each for _, each in others], ring_m=RING_M).fit
    if not fit:
        return Inputs(made.done, months, made.first, inside, ring, None, None, (1, 1), ())
    control = made.both(next(ground for ground, each in others if each.key == fit[0].key))
    elsewhere = untouched(made, others, inside[made.matched])
    return Inputs(made.done, months, made.first, inside, ring, *control, (1, 1), elsewhere)
