"""When things happen in the demo (rytmer): the period, its days by weight, hours, terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate
from random import Random

from forum.demo.tables import table
from forum.foundation.clock import ZONE

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """The invented months: from a day to the night before today, on Sweden's clocks."""

    today: date

    @cached_property
    def start(self) -> date:
        """Return the first day."""
        return months_before(self.today, table("background")["months"])

    @cached_property
    def days(self) -> list[date]:
        """Return every day of the period."""
        return [self.start + n * DAY for n in range((self.today - self.start).days)]

    @cached_property
    def end(self) -> datetime:
        """Return the moment at which the period is over."""
        return moment(self.today, 0)

    def joined(self, months_ago: int | None) -> date:
        """Return the day on which a partner joined who did so that many months ago; the first one without."""
        return self.start if months_ago is None else months_before(self.today, months_ago)


def months_before(day: date, months: int) -> date:
    """Return the same day of the month so many months earlier, the 28th at the latest."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, min(day.day, 28))


def moment(day: date, minute: int) -> datetime:
    """Return the moment in UTC at which Sweden's clocks show so many minutes after midnight of the day."""
    wall = datetime.combine(day + (minute // 1440) * DAY, time(minute % 1440 // 60, minute % 60), ZONE)
    return wall.astimezone(UTC)


def day_of(at: datetime) -> date:
    """Return the day in Sweden."""
    return at.astimezone(ZONE).date()


def is_school_day(day: date) -> bool:
    """Tell whether the schools of the demo are open."""
    terms = table("background")["terms"]
    if day.weekday() > 4 or day.isocalendar().week in terms["weeks_off"]:
        return False
    return any(tuple(first) <= (day.month, day.day) <= tuple(last) for first, last in terms["spans"])


class Rhythm:
    """The background's days and hours of one group, by weight."""

    def __init__(self, period: Period, hours: str, weekdays: str, months: str) -> None:
        tables = table("background")
        by_month, by_weekday = tables["months_of_year"][months], tables["weekdays"][weekdays]
        growth, length = tables["growth"], len(period.days)
        weights = [
            by_month[day.month - 1] * by_weekday[day.weekday()] * (1 + growth * n / length)
            for n, day in enumerate(period.days)
        ]
        self.days, self.by_day = period.days, list(accumulate(weights))
        self.by_hour = list(accumulate(tables["hours"][hours]))

    def draw(self, rng: Random, since: date | None = None) -> datetime:
        """Return a moment of the period, not before the day."""
        while True:
            day = rng.choices(self.days, cum_weights=self.by_day)[0]
            if since is None or day >= since:
                hour = rng.choices(range(24), cum_weights=self.by_hour)[0]
                return moment(day, hour * 60 + minute_of_hour(rng))


def minute_of_hour(rng: Random) -> int:
    """Return a minute; people round most of them to five."""
    minute = rng.randrange(60)
    return minute - minute % 5 if rng.random() < 0.75 else minute


def nights(period: Period, weekdays: Sequence[int], months: Sequence[int], hours: Sequence[int]) -> list[date]:
    """Return the days on which a window of hours begins that is over within the period."""
    last = hours[1] if hours[1] > hours[0] else hours[1] + 24
    return [
        day
        for day in period.days
        if day.weekday() in weekdays and day.month in months and moment(day, last * 60) <= period.end
    ]


def minute_in(rng: Random, hours: Sequence[int]) -> int:
    """Return a minute after midnight within the window, which may run past midnight."""
    first, last = hours
    whole = rng.randrange(first, last if last > first else last + 24)
    return whole * 60 + minute_of_hour(rng)
