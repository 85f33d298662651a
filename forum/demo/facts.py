"""What a reporter of the demo states besides place and time (uppgifter): duration, delay, status, visibility."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from forum.demo.partners import Partner
from forum.demo.rhythms import Period
from forum.demo.tables import table
from forum.foundation.audience import Visibility

TAKEN_UP = ("new", "looked_at", "answered")
SLOW = 0.3
"""How much is written down hours or days later."""


def ended(rng: Random, period: Period, start: datetime, intervals: float) -> datetime:
    """Return when it was over; a share of things is known only to lie between two moments."""
    if rng.random() >= intervals:
        return start
    return min(start + timedelta(minutes=15 * rng.randint(2, 40)), period.end)


def registered(rng: Random, period: Period, end: datetime) -> datetime:
    """Return when it was written down: mostly at once, sometimes days later."""
    slow = rng.random() < SLOW
    minutes = rng.randint(120, 3600) if slow else rng.randint(2, 90)
    return min(end + timedelta(minutes=minutes), period.end)


def status(rng: Random, period: Period, since: datetime) -> str:
    """Return how far the forum has come with something registered then."""
    age = (period.end - since).days
    step = next(step for step in table("background")["status"] if age <= step["until"])
    return rng.choices(TAKEN_UP, weights=step["weights"])[0]


def visibility(rng: Random, who: Partner, group: str) -> Visibility:
    """Return who may see it: only authorities keep something among themselves, only everyday things are public."""
    habit = "police" if who.kind == "police" else "authority" if who.authority else "partner"
    chosen = rng.choices(list(Visibility), weights=table("background")["visibility"][habit])[0]
    everyday = group in table("background")["public_groups"]
    return Visibility.FORUM if chosen is Visibility.PUBLIC and not everyday else chosen
