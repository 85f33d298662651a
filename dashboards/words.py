"""Dates, numbers and distances as people read them (ord och tal): *to 26 okt 2023 kl. 18.30*, *1 234,5*."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from babel.dates import format_datetime, get_month_names
from babel.numbers import format_decimal

from forum.foundation import clock
from forum.foundation.language import N_, text

PER_CENT = "\N{NO-BREAK SPACE}%"
LOCALES = {"sv": "sv_SE", "en": "en_GB"}
SAID = re.compile(r"""\bsay\(\s*"((?:[^"\\]|\\.)*)\"""")
"""A message in one of our scripts: say("…")."""


def number(value: float, language: str, decimals: int = 0) -> str:
    """Return a number with the language's marks, at most so many decimals and a true minus: 1 234,5."""
    pattern = "#,##0" + ("." + "#" * decimals if decimals else "")
    return format_decimal(round(value, decimals), pattern, locale=LOCALES[language]).replace("-", "−")


def distance(metres: float, language: str) -> str:
    """Return a distance as it is said: 25 m, 190 m, 1,2 km."""
    if metres < 995:
        return f"{number(round(metres) if metres < 100 else round(metres / 10) * 10, language)} m"
    return f"{number(metres / 1000, language, 1)} km"


def day(value: date | datetime, language: str, *, year: bool = True, weekday: bool = True) -> str:
    """Return a day: to 26 okt 2023."""
    pattern = " ".join(part for part, wanted in (("EEEEEE", weekday), ("d MMM", True), ("y", year)) if wanted)
    return _dated(_wall(value), pattern, language)


def month(value: date, language: str) -> str:
    """Return a month: oktober 2023."""
    return _dated(_wall(value), "LLLL y", language)


def month_name(number: int, language: str) -> str:
    """Return what the month of that number is called."""
    name: str = get_month_names("wide", locale=language)[number]
    return name


def months(first: date, last: date, language: str) -> str:
    """Return whole months: juli–september 2023."""
    if (first.year, first.month) == (last.year, last.month):
        return month(first, language)
    begin = _dated(_wall(first), "LLLL" if first.year == last.year else "LLLL y", language)
    return f"{begin}–{month(last, language)}"


def hours(value: datetime, language: str) -> str:
    """Return the time of day: 18.30."""
    wall = clock.local(value)
    return f"{wall:%H.%M}" if language == "sv" else f"{wall:%H:%M}"


def moment(value: datetime, language: str, *, year: bool = True) -> str:
    """Return a day and a time of day: to 26 okt 2023 kl. 18.30."""
    words = text(N_("%(day)s at %(time)s"), language)
    return words % {"day": day(value, language, year=year), "time": hours(value, language)}


def span(start: datetime, end: datetime, language: str) -> str:
    """Return when something happened: a moment, or between which two."""
    if end <= start:
        return moment(start, language)
    if clock.local(start).date() == clock.local(end).date():
        return f"{moment(start, language)}–{hours(end, language)}"
    return f"{moment(start, language)}–{moment(end, language)}"


def period(first: date, last: date, language: str) -> str:
    """Return a period of whole days, what both have in common said once: 1 aug–15 okt 2023."""
    end = day(last, language, weekday=False)
    if first == last:
        return end
    same_year = first.year == last.year
    if same_year and first.month == last.month:
        return f"{first.day}–{end}"
    return f"{day(first, language, weekday=False, year=not same_year)}–{end}"


def _wall(value: date | datetime) -> datetime:
    return (
        clock.local(value)
        if isinstance(value, datetime)
        else datetime(value.year, value.month, value.day, tzinfo=clock.ZONE)
    )


def _dated(wall: datetime, pattern: str, language: str) -> str:
    if language == "en":
        pattern = pattern.replace("EEEEEE", "EEE")
    return format_datetime(wall, pattern, tzinfo=clock.ZONE, locale=LOCALES[language]).replace(".", "")


@cache
def for_scripts(language: str) -> str:
    """Return the words of our scripts as a JSON block that is safe inside a page."""
    words = {message: text(message, language) for message in said_in_scripts()}
    return json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")


@cache
def said_in_scripts() -> list[str]:
    """Return every message that our scripts say."""
    scripts = (files("dashboards") / "static").iterdir()
    sources = [entry.read_text("utf-8") for entry in scripts if entry.name.endswith(".js")]
    return sorted({json.loads(f'"{found}"') for source in sources for found in SAID.findall(source)})
