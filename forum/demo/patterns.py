"""The planted patterns of the demo (planterade mönster): what a good analysis should find again, and a control."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from random import Random

from forum.demo.geography import Land, Spot, along, metres, scattered
from forum.demo.rhythms import DAY, Period, is_school_day, minute_in, moment, nights
from forum.demo.tables import table

EVERY_DAY, EVERY_MONTH, ALL_HOURS = range(7), range(1, 13), (0, 24)


@dataclass(frozen=True)
class Pattern:
    """One row of `patterns.toml`; its fields are explained there."""

    code: str
    sv: str
    en: str
    place: str
    where: str
    at: Sequence[float]
    radius_m: float
    rows: int
    categories: Mapping[str, float]
    reporters: Mapping[str, float]
    accuracy: Sequence[int]
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    along: str | None = None
    months: Sequence[int] = EVERY_MONTH
    weekdays: Sequence[int] = EVERY_DAY
    hours: Sequence[int] = ALL_HOURS
    school_days: bool = False
    bursts: int = 0
    burst_days: int = 0
    burst_m: float = 0
    control: bool = False
    similar_to: str | None = None

    @property
    def centre(self) -> Spot:
        """Return the middle of the place in metres."""
        return metres(*self.at)


@cache
def patterns() -> tuple[Pattern, ...]:
    """Return the planted patterns, and the control place last."""
    return tuple(Pattern(**entry) for entry in table("patterns")["pattern"])


def occasions(rng: Random, land: Land, period: Period, pattern: Pattern) -> Iterator[tuple[Spot, datetime]]:
    """Yield where and when the pattern's rows happen."""
    days = nights(period, pattern.weekdays, pattern.months, pattern.hours)
    if pattern.school_days:
        days = [day for day in days if is_school_day(day)]
    if pattern.bursts:
        yield from _in_bursts(rng, land, pattern, days)
    else:
        for _ in range(pattern.rows):
            yield _spot(rng, land, pattern), moment(rng.choice(days), minute_in(rng, pattern.hours))


def _spot(rng: Random, land: Land, pattern: Pattern) -> Spot:
    centre, line = pattern.centre, land.lines[pattern.along] if pattern.along else None

    def draw() -> Spot:
        return along(rng, line, 8) if line else scattered(rng, centre, pattern.radius_m * 0.4)

    return land.settle(draw, lambda at: math.dist(at, centre) < pattern.radius_m)


def _in_bursts(rng: Random, land: Land, pattern: Pattern, days: list[date]) -> Iterator[tuple[Spot, datetime]]:
    slot = len(days) // pattern.bursts
    each, left = divmod(pattern.rows, pattern.bursts)
    for burst in range(pattern.bursts):
        first = days[rng.randrange(burst * slot, (burst + 1) * slot - pattern.burst_days)]
        middle = scattered(rng, pattern.centre, pattern.burst_m / 10)
        for _ in range(each + (burst < left)):
            day = first + rng.randrange(pattern.burst_days) * DAY
            yield _near(rng, land, pattern, middle), moment(day, minute_in(rng, pattern.hours))


def _near(rng: Random, land: Land, pattern: Pattern, middle: Spot) -> Spot:
    def fits(at: Spot) -> bool:
        return math.dist(at, middle) < pattern.burst_m / 2 and math.dist(at, pattern.centre) < pattern.radius_m

    return land.settle(lambda: scattered(rng, middle, pattern.burst_m / 5), fits)
