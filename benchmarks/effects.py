"""How often an effect card is wrong, and how often it finds what is there: `python -m benchmarks.effects [--write]`.

Invented forums with a season, places of unlike levels and counts that vary more than chance lets them. One place is
treated: any, the one with the worst year, or the one that rose most. The control is searched for by the card's own
rules, and what the card would say comes from the very function that makes it.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from math import exp, log, sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from benchmarks import machine
from benchmarks.thefts import DONE as DAYS
from benchmarks.thefts import SQUARES, Told, told
from mapping.controls import Candidate, find
from mapping.spans import YEAR, Inputs, Untouched
from mapping.untouched import MOST
from mapping.verdicts import Sentence, Weighed, weigh

PLACES, LEVEL, SPREAD, SEASON = 30, 10.0, 0.3, 0.5
"""Places of a forum, their mean a month, how unlike they are (of the logarithm), how much a month swings."""
BEFORE = 3 * YEAR
DONE, FIRST = date(2022, 12, 15), date(2020, 1, 1)
RING_M, APART_M = 100, 900.0
CUT = 0.3
TOGETHER = (0.5, 0.8)
CLAIMS = (Sentence.FEWER, Sentence.FEWER_AROUND, Sentence.MOVED, Sentence.MORE)
PAGE = Path(__file__).parents[1] / "docs" / "effect.md"
CHOSEN = {"any": "any place", "worst": "the worst year before", "risen": "the largest rise before"}


@dataclass(frozen=True)
class Case:
    """How the treated place is chosen, how long after it is judged, how much counts vary, what the measure takes."""

    chosen: str
    months: int
    dispersion: float
    cut: float
    together: float = 0.0
    """How much a month is like the one before: the correlation of what is no chance in them."""


@dataclass
class Result:
    """What the cards of a case said, and what the power calculation lets expect of each."""

    case: Case
    told: Counter[str] = field(default_factory=Counter)
    powers: list[float] = field(default_factory=list)

    @property
    def runs(self) -> int:
        """Return how many cards there were."""
        return self.told.total()

    @property
    def claimed(self) -> float:
        """Return the share that claims an effect."""
        return sum(self.told[each] for each in CLAIMS) / self.runs

    @property
    def unsure(self) -> float:
        """Return the share that would claim one, were it not for dates or places without a measure."""
        return self.told[Sentence.UNSURE] / self.runs

    @property
    def power(self) -> float:
        """Return the share that the power calculation lets expect, of those that have figures."""
        return float(np.mean(self.powers)) if self.powers else 0.0


def power(expected: Sequence[float], estimated: float, dispersion: float) -> float:
    """Return how often both intervals leave no effect out: expected counts of the place and its control, each a pair.

    They are as wide as the estimated dispersion makes them, while counts vary by the true one. Both statistics are
    taken as normal; the rarer of the two decides, since they move together.
    """
    t0, t1, c0, c1 = expected
    relative = log(t0 * c1 / (t1 * c0)) / sqrt(sum(1 / each for each in expected))
    difference = ((c1 - c0) - (t1 - t0)) / sqrt(sum(expected))
    beyond = min(relative, difference) - norm.isf(0.025) * sqrt(estimated)
    return float(norm.cdf(beyond / sqrt(dispersion)))


def simulate(case: Case, runs: int, rng: np.random.Generator) -> Result:
    """Return what the cards of so many invented forums said."""
    result = Result(case)
    for _ in range(runs):
        said, expected = _card(case, rng)
        result.told[said.sentence] += 1
        if said.figures:
            result.powers.append(power(expected, said.figures.dispersion, case.dispersion))
    return result


def _card(case: Case, rng: np.random.Generator) -> tuple[Weighed, list[float]]:
    months = np.arange(BEFORE + case.months)
    season = 1 + SEASON * np.sin(months * 2 * np.pi / YEAR)
    means = LEVEL * np.exp(rng.normal(0, SPREAD, PLACES))[:, None] * season
    counts = drawn(means, case, rng)
    treated = _treated(case.chosen, counts)
    counts[treated, BEFORE:] = rng.binomial(counts[treated, BEFORE:], 1 - case.cut)
    year = slice(BEFORE - YEAR, BEFORE)
    others = [Candidate(str(i), counts[i, year].tolist(), APART_M) for i in range(PLACES) if i != treated]
    search = find(counts[treated, year].tolist(), others, ring_m=RING_M)
    control = int(search.fit[0].key) if search.fit else None
    rings = drawn(np.stack([2 * LEVEL * season] * 2), case, rng)
    series, ring, around = (tuple(row.tolist()) for row in (counts[treated], *rings))
    beside = None if control is None else tuple(counts[control].tolist())
    elsewhere = _elsewhere(counts, others) if beside else ()
    around_it = around if beside else None
    said = weigh(Inputs(DONE, case.months, FIRST, series, ring, beside, around_it, (1, 1), elsewhere))
    before, after = slice(BEFORE - YEAR, BEFORE - YEAR + case.months), slice(BEFORE, None)
    expected = [float(means[i, span].sum()) for i in (treated, control or 0) for span in (before, after)]
    expected[1] *= 1 - case.cut
    return said, expected


def _elsewhere(counts: NDArray[np.int64], others: Sequence[Candidate]) -> tuple[Untouched, ...]:
    """Return the first of the untouched places, each with its own control; their levels are as chance made them."""
    made = []
    for each in others[:MOST]:
        rest = [other for other in others if other is not each]
        if fit := find(each.months, rest, ring_m=RING_M).fit:
            treated, control = (tuple(counts[int(key)].tolist()) for key in (each.key, fit[0].key))
            made.append(Untouched(each.key, treated, control))
    return tuple(made)


def drawn(means: NDArray[np.float64], case: Case, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return counts whose variance is so many times their mean: Poisson, or negative binomial above 1.

    Where months hang together they are Poisson around means that wander: of the logarithm, an autoregression of the
    first order whose variance gives a month of `LEVEL` that dispersion.
    """
    if case.dispersion == 1:
        return rng.poisson(means)
    if not case.together:
        return rng.negative_binomial(means / (case.dispersion - 1), 1 / case.dispersion)
    variance = log(1 + (case.dispersion - 1) / LEVEL)
    wander = rng.normal(0, sqrt(variance), means.shape)
    for month in range(1, means.shape[1]):
        wander[:, month] *= sqrt(1 - case.together**2)
        wander[:, month] += case.together * wander[:, month - 1]
    return rng.poisson(means * np.exp(wander - variance / 2))


def _treated(chosen: str, counts: NDArray[np.int64]) -> int:
    last, before = (counts[:, BEFORE - n * YEAR : BEFORE - (n - 1) * YEAR].sum(axis=1) for n in (1, 2))
    return {"any": 0, "worst": int(last.argmax()), "risen": int((last / np.maximum(before, 1)).argmax())}[chosen]


def cases(cut: float) -> Iterator[Case]:
    """Yield every case of a measure that takes away this share."""
    for chosen, months, dispersion in product(CHOSEN, (3, 12), (1.0, 2.0)):
        yield Case(chosen, months, dispersion, cut)


def wandering() -> Iterator[Case]:
    """Yield cases without any effect in which a month is like the one before."""
    for chosen, months, together in product(CHOSEN, (3, 12), TOGETHER):
        yield Case(chosen, months, 2.0, 0.0, together)


HEAD = f"""# How often an effect card is wrong

This page is written by `python -m benchmarks.effects --write`. {PLACES} invented places of a forum have about
{LEVEL:g} deviations a month each, from about {LEVEL * exp(-2 * SPREAD):.0f} to {LEVEL * exp(2 * SPREAD):.0f}, with a
season of ± {SEASON:.0%}, three years before the measure. One is treated; the control is found by the card's own rules,
the comparison is tried at {MOST} untouched places, and what the card says comes from the function that makes it.
*Dispersion* is how many times the variance of a count is that of chance alone. A true 5 % shows as 3.7 % to 6.4 % in a
row of 1,000 runs.
"""
SHARES = """
## Without any effect

The card should claim one in at most 5 % of the runs.

| treated | months | dispersion | runs | claims an effect | of these: fewer | more |
| --- | --- | --- | --- | --- | --- | --- |
"""
WANDERING = """
## Without any effect, where a month is like the one before

No part of the method knows that months hang together. The comparison at dates and places without a measure does not ask
why they differ, and takes back a part of the claims that come of it: *unsure*.

| treated | months | correlation | runs | claims an effect | unsure |
| --- | --- | --- | --- | --- | --- |
"""
REAL = f"""
## Of real thefts, where nothing is known to have been done

Car thefts in New York from 2014 to 2017 (Ashby, Crime Open Database), as they hang together in truth: {SQUARES} squares
of the city for each of up to {len(DAYS)} days on which nothing is known to have happened. *Cards* are those with
figures.

| side | months | cards | claims an effect | unsure |
| --- | --- | --- | --- | --- |
"""
FOUND = """
## With 30 % taken away

*Power* is what a calculation lets expect from the expected counts: they vary by the dispersion of the row, and a card's
interval is as wide as the dispersion that it estimated, which is the larger of two estimates and never below 1.
*Unsure* are cards that would claim an effect, but dates or places without a measure show one too. A place that rose
falls back by itself, so that cards find more there, and claim *fewer* oftener than *more* above.

| treated | months | dispersion | runs | finds it | power | unsure | no control |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""


def page(
    without: Sequence[Result], wandered: Sequence[Result], having: Sequence[Result], real: Sequence[Told] = ()
) -> str:
    """Return the page with its tables."""
    rows = [_row(each, each.case.dispersion, _share(each.claimed), *_sides(each)) for each in without]
    hung = [_row(each, each.case.together, _share(each.claimed), f"{each.unsure:.1%}") for each in wandered]
    found = [_row(each, each.case.dispersion, *_found(each)) for each in having]
    tables = (HEAD, SHARES, *rows, WANDERING, *hung, *([REAL] if real else []), *map(_real, real), FOUND, *found)
    return f"{''.join(tables)}\n- {machine.when()}\n"


def _row(result: Result, varied: float, *cells: str) -> str:
    case = result.case
    first = (CHOSEN[case.chosen], str(case.months), f"{varied:g}", f"{result.runs:,}")
    return f"| {' | '.join((*first, *cells))} |\n"


def _real(told: Told) -> str:
    cards = sum(told.said[each] for each in (*CLAIMS, Sentence.UNSURE, Sentence.NOT_ENOUGH))
    claimed, unsure = sum(told.said[each] for each in CLAIMS) / cards, told.said[Sentence.UNSURE] / cards
    return f"| {told.side:,} m | {told.months} | {cards:,} | {_share(claimed)} | {unsure:.1%} |\n"


def _share(share: float) -> str:
    """Return how often cards claim an effect where there is none."""
    return f"{share:.1%}" + (", **too often**" if share > 0.05 else "")


def _sides(result: Result) -> tuple[str, str]:
    more = result.told[Sentence.MORE] / result.runs
    return f"{result.claimed - more:.1%}", f"{more:.1%}"


def _found(result: Result) -> tuple[str, str, str, str]:
    none = result.told[Sentence.NO_CONTROL] / result.runs
    return f"{result.claimed:.1%}", f"{result.power:.1%}", f"{result.unsure:.1%}", f"{none:.1%}"


def main() -> None:
    """Simulate every case, print the page, and write it where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=2023)
    parser.add_argument("--write", action="store_true", help="write docs/effect.md")
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    asked_for = (cases(0.0), wandering(), cases(CUT))
    without, wandered, having = ([simulate(case, asked.runs, rng) for case in some] for some in asked_for)
    made = page(without, wandered, having, list(told(rng)))
    print(made)
    if asked.write:
        PAGE.write_text(made)


if __name__ == "__main__":
    main()
