"""Time as people write it and as the database keeps it (klockan): UTC inside, Europe/Stockholm outside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from forum.foundation.errors import Invalid
from forum.foundation.language import N_

ZONE = ZoneInfo("Europe/Stockholm")
SIGNS = re.compile(r"[0-9 TWZ:.,+-]+")
"""What an ISO 8601 moment is written with."""
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Nothing older is registered: it is a slip of the pen, not an observation."""


_BEHIND: ContextVar[timedelta] = ContextVar("behind", default=timedelta(0))


def now() -> datetime:
    """Return the moment in UTC."""
    return datetime.now(UTC) - _BEHIND.get()


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """Let it be another moment while an invented past is told: for the demo alone; the database keeps its own time."""
    token = _BEHIND.set(datetime.now(UTC) - moment)
    try:
        yield
    finally:
        _BEHIND.reset(token)


def local(moment: datetime) -> datetime:
    """Return the moment as the clock on a Swedish wall shows it."""
    return moment.astimezone(ZONE)


def midnight(day: date) -> datetime:
    """Return the moment in UTC at which a day begins in Sweden."""
    return to_utc(datetime.combine(day, time()), "day")


def stamp(moment: datetime) -> str:
    """Return the moment in UTC, written the one way that digests and history use."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def to_utc(value: str | datetime, field: str, zone: ZoneInfo = ZONE) -> datetime:
    """Return the moment in UTC; a time without offset is the zone's wall clock.

    Raises Invalid for what is no time, for the hour that the spring change skips (both
    neighbours are named) and for the hour that the autumn change repeats (it asks which).
    """
    moment = _parsed(value, field) if isinstance(value, str) else value
    if moment.tzinfo is None:
        moment = _resolved(moment, field, zone, value)
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise _no_time(field, value) from error


def _parsed(value: str, field: str) -> datetime:
    if not SIGNS.fullmatch(value.strip()):  # Python's own reading also takes a NUL, and any letter for the T
        raise _no_time(field, value)
    try:
        return datetime.fromisoformat(value.strip())
    except ValueError as error:
        raise _no_time(field, value) from error


def _no_time(field: str, value: object) -> Invalid:
    remedy = N_("Write it as 2023-10-26T18:30, or with an offset as 2023-10-26T18:30+02:00.")
    return Invalid(N_("This is not a date and time."), field=field, value=value, remedy=remedy)


def _resolved(moment: datetime, field: str, zone: ZoneInfo, given: object) -> datetime:
    try:
        first, second = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
        exists = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == moment
        same = first.utcoffset() == second.utcoffset()
    except (OverflowError, ValueError) as error:
        raise _no_time(field, given) from error
    if not exists:
        raise _skipped(moment, field, given, second, first)
    if not same:
        offsets = [datetime.isoformat(m)[-6:] for m in (first, second)]
        remedy = N_("Say which with the offset: %(first)s (summer time) or %(second)s (standard time).")
        message = N_("The clock showed this time twice, because summer time ended.")
        raise Invalid(message, field=field, value=given, remedy=remedy, first=offsets[0], second=offsets[1])
    return first


def _skipped(moment: datetime, field: str, given: object, earlier: datetime, later: datetime) -> Invalid:
    gap = (later.utcoffset() or timedelta()) - (earlier.utcoffset() or timedelta())
    before, after = sorted((moment - abs(gap), moment + abs(gap)))
    message = N_("The clock never showed this time, because summer time began.")
    remedy = N_("Choose %(before)s or %(after)s.")
    return Invalid(
        message,
        field=field,
        value=given,
        remedy=remedy,
        before=before.strftime("%H:%M"),
        after=after.strftime("%H:%M"),
    )
