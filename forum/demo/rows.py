"""The demo's deviations (demons avvikelser): an everyday background, planted patterns, second reports of the same.

Pure: the same seed and day give the same rows. Nothing here knows a database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from forum.demo import facts, words
from forum.demo.geography import Land, Spot, degrees, metres, scattered
from forum.demo.partners import Partner, partners, reporter
from forum.demo.patterns import Pattern, occasions, patterns
from forum.demo.places import place, quarter
from forum.demo.rhythms import Period, Rhythm, day_of
from forum.demo.tables import table
from forum.foundation import clock
from forum.foundation.audience import Visibility
from forum.register.categories import standard_set

SEED = 2023
OPEN = (Visibility.FORUM, Visibility.PUBLIC)


@dataclass(frozen=True)
class DemoRow:
    """One invented deviation; organisations are named by their key in `organisations.toml`."""

    ref: str
    organisation: str
    registered_by: str
    category: str
    lon: float
    lat: float
    accuracy_m: int
    occurred_from: datetime
    occurred_to: datetime
    registered_at: datetime
    text: str
    visibility: Visibility
    answers: Mapping[str, Any]
    status: str = "new"
    reply: str = ""
    withdrawn: bool = False
    same_as: str | None = None
    pattern: str | None = None
    """The planted pattern that it belongs to; never leaves the demo."""

    @property
    def told(self) -> bool:
        """Tell whether somebody else wrote it down for the organisation."""
        return self.registered_by != self.organisation


def today_in_sweden() -> date:
    """Return the day on which the demo ends unless it is told another."""
    return clock.local(clock.now()).date()


def rows(seed: int = SEED, today: date | None = None) -> list[DemoRow]:
    """Return the invented deviations of the fourteen months before today, the first registered first."""
    maker = _Maker(Random(seed), Period(today or today_in_sweden()))
    made = [*maker.background(), *maker.planted()]
    made += maker.second_reports(made)
    made += maker.on_behalf()
    return sorted(made, key=lambda row: (row.registered_at, row.ref))


@cache
def _land() -> Land:
    return Land()


class _Maker:
    """Makes the rows of one period out of one stream of chance."""

    def __init__(self, rng: Random, period: Period) -> None:
        self.rng, self.period, self.land, self.made = rng, period, _land(), 0
        self.tables = table("background")
        self.groups = {group["code"]: group for group in self.tables["group"]}
        self.rhythms = {
            code: Rhythm(period, group["hours"], group["weekdays"], group["months"])
            for code, group in self.groups.items()
        }

    def background(self) -> Iterator[DemoRow]:
        """Yield what is noticed everywhere, more where more people are."""
        for _ in range(round(self.rng.gauss(self.tables["rows"], 15))):
            group = self.pick({code: entry["weight"] for code, entry in self.groups.items()})
            around, start = quarter(self.rng, self.land), self.rhythms[group].draw(self.rng)
            kind = self.kind_of(group)
            who = reporter(self.rng, self.period, group, around.name, day_of(start))
            row = self.row(who, kind, place(self.rng, self.land, kind, around), start)
            yield self.coarse(self.perhaps_withdrawn(row))

    def planted(self) -> Iterator[DemoRow]:
        """Yield the rows of the planted patterns, and of the control place in the background's rhythm."""
        for pattern in patterns():
            for at, moment in occasions(self.rng, self.land, self.period, pattern):
                kind = self.pick(pattern.categories)
                start = self.rhythms[words.group_of(kind)].draw(self.rng) if pattern.control else moment
                here = {k: w for k, w in pattern.reporters.items() if self.joined(k) <= day_of(start)}
                yield self.row(partners()[self.pick(here)], kind, at, start, pattern)

    def second_reports(self, made: list[DemoRow]) -> Iterator[DemoRow]:
        """Yield second reports, by somebody else, of what is in the register already."""
        latest = self.period.end - timedelta(days=2)
        shared = [row for row in made if row.pattern is None and row.visibility in OPEN and "." in row.category]
        seen = [row for row in shared if not row.withdrawn and row.registered_at < latest]
        for first in self.rng.sample(seen, self.tables["same_as"]):
            yield replace(self.again(first), visibility=Visibility.FORUM, status="new", reply="", same_as=first.ref)

    def again(self, first: DemoRow) -> DemoRow:
        """Return a report of the same by another partner, a little beside and a little later."""
        entry = next(entry for entry in standard_set() if entry["code"] == first.category)
        here, spread = metres(first.lon, first.lat), entry["radius_m"] / 5
        at = self.land.settle(lambda: scattered(self.rng, here, spread))
        start = first.occurred_from + timedelta(minutes=self.rng.randint(0, min(24, entry["hours"] // 2) * 60))
        group, around, who = words.group_of(first.category), self.land.quarter_at(at).name, first.organisation
        while who == first.organisation:
            who = reporter(self.rng, self.period, group, around, day_of(start)).key
        return self.row(partners()[who], first.category, at, start)

    def on_behalf(self) -> Iterator[DemoRow]:
        """Yield what partners without a phone at hand have told another, in the last month."""
        pairs, since = table("organisations")["on_behalf"], self.period.today - timedelta(days=30)
        for _ in range(self.tables["on_behalf"]):
            pair = self.rng.choices(pairs, weights=[p["share"] for p in pairs])[0]
            whose = partners()[pair["whose"]]
            group = self.rng.choice(whose.notices)
            kind, around = self.kind_of(group), quarter(self.rng, self.land, whose.home)
            at, start = place(self.rng, self.land, kind, around), self.rhythms[group].draw(self.rng, since)
            told = replace(self.row(whose, kind, at, start), visibility=Visibility.FORUM, status="new", reply="")
            yield replace(told, registered_by=pair["writer"], registered_at=self.period.end)

    def row(self, who: Partner, kind: str, at: Spot, start: datetime, pattern: Pattern | None = None) -> DemoRow:
        """Return one deviation with everything that a reporter states."""
        rng, group, (lon, lat) = self.rng, words.group_of(kind), degrees(at)
        end = facts.ended(rng, self.period, start, self.groups[group]["interval"])
        registered = facts.registered(rng, self.period, end)
        status, text = facts.status(rng, self.period, registered), self.said(kind, at, pattern)
        self.made += 1
        return DemoRow(
            ref=f"d{self.made:04d}",
            organisation=who.key,
            registered_by=who.key,
            category=kind,
            lon=lon,
            lat=lat,
            accuracy_m=rng.choice(pattern.accuracy if pattern else self.tables["accuracy"][who.kind]),
            occurred_from=start,
            occurred_to=end,
            registered_at=registered,
            text=text,
            visibility=facts.visibility(rng, who, group),
            answers=words.answers(rng, kind, text),
            status=status,
            reply=words.reply(rng, kind) if status == "answered" else "",
            pattern=pattern.code if pattern else None,
        )

    def perhaps_withdrawn(self, row: DemoRow) -> DemoRow:
        """Return the row, a few of those that the coordinator sees withdrawn again."""
        withdrawn = self.rng.random() < self.tables["withdrawn"] and row.visibility in OPEN
        return replace(row, withdrawn=True, status="new", reply="") if withdrawn else row

    def coarse(self, row: DemoRow) -> DemoRow:
        """Return the row, a few of them marked with the group and no kind."""
        marked = self.rng.random() < self.tables["group_only"]
        return replace(row, category=words.group_of(row.category)) if marked else row

    def said(self, kind: str, at: Spot, pattern: Pattern | None) -> str:
        """Return the text, for some nothing."""
        if self.rng.random() < self.tables["silent"]:
            return ""
        if pattern is None:
            return words.sentence(self.rng, kind, self.land.where(at))
        return words.at_pattern(self.rng, kind, pattern.texts, pattern.where)

    def pick(self, weights: Mapping[str, float]) -> str:
        """Return one of the keys by weight."""
        return self.rng.choices(list(weights), weights=list(weights.values()))[0]

    def kind_of(self, group: str) -> str:
        """Return a kind of the group."""
        return f"{group}.{self.pick(self.groups[group]['kinds'])}"

    def joined(self, key: str) -> date:
        """Return the day on which the partner joined."""
        return self.period.joined(partners()[key].since)
