"""The filter as it stands in an address (filter): one reading of it for every list, map, count and export."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Request
from starlette.datastructures import QueryParams

from forum.foundation import clock
from forum.foundation.errors import Invalid, outside, raise_all
from forum.foundation.geometry import coordinate
from forum.foundation.language import N_
from forum.foundation.plain import storable
from forum.register.deviations import Status
from forum.register.finding import Box, Filter
from forum.register.steps import HIGHEST, LOWEST

PAGING = frozenset({"limit", "cursor"})
SEVERAL = ("hour", "weekday", "category", "organisation", "status")
"""Filters that take several values, separated by commas or said again."""
ONE = ("bbox", "from", "to", "created_since", "area", "place", "q")
NAMES = frozenset({*SEVERAL, *ONE})
MOST_VALUES = 100
LONGEST_SEARCH = 200
T = TypeVar("T")


def filter_of(query: QueryParams, also: Iterable[str] = PAGING) -> Filter:
    """Return the filter of an address; refuses names and values that it does not know, all at once."""
    reading = _Reading(query)
    reading.problems += [_unknown(name, query[name]) for name in sorted(set(query) - NAMES - set(also))]
    found = Filter(
        box=reading.one("bbox", _box),
        start=reading.one("from", lambda v: moment(v, "from")),
        end=reading.one("to", lambda v: moment(v, "to")),
        created_since=reading.one("created_since", lambda v: moment(v, "created_since")),
        hours=frozenset(reading.several("hour", lambda v: _number(v, "hour", 0, 23))),
        weekdays=frozenset(reading.several("weekday", lambda v: _number(v, "weekday", 1, 7))),
        categories=tuple(reading.several("category", lambda v: storable(v, "category"))),
        organisations=tuple(reading.several("organisation", _organisation)),
        statuses=tuple(reading.several("status", _status)),
        area=reading.one("area", lambda v: storable(v, "area")),
        place=reading.one("place", lambda v: _number(v, "place", LOWEST, HIGHEST)),
        q=reading.one("q", _search) or "",
    )
    raise_all(reading.problems)
    return found


class _Reading:
    """Reads the values of an address and gathers what is wrong with them."""

    def __init__(self, query: QueryParams) -> None:
        self.query, self.problems = query, list[Invalid]()

    def one(self, name: str, read: Callable[[str], T]) -> T | None:
        """Return the only value, None when there is none."""
        given = [value for value in self.query.getlist(name) if value.strip()]
        if len(given) > 1:
            message, remedy = N_("This filter takes one value."), N_("Send it once.")
            self.problems.append(Invalid(message, field=name, value=", ".join(given), remedy=remedy))
            return None
        return next(iter(self._read(given, read)), None)

    def several(self, name: str, read: Callable[[str], T]) -> list[T]:
        """Return all values."""
        given = [part.strip() for value in self.query.getlist(name) for part in value.split(",") if part.strip()]
        if len(given) > MOST_VALUES:
            message, remedy = N_("So many values cannot be asked for at once."), N_("Give at most %(most)s.")
            self.problems.append(Invalid(message, field=name, value=len(given), remedy=remedy, most=MOST_VALUES))
            return []
        return self._read(given, read)

    def _read(self, given: list[str], read: Callable[[str], T]) -> list[T]:
        try:
            return [read(value) for value in given]
        except Invalid as error:
            self.problems.extend(error.problems)
            return []


async def filter_dep(request: Request) -> Filter:
    """Return the filter of the request's address; asynchronous because it waits for nothing and needs no thread."""
    return filter_of(request.query_params)


FilterDep = Annotated[Filter, Depends(filter_dep)]


def moment(value: str, field: str) -> datetime:
    """Return a moment of the filter; a bare date is its first moment in Sweden."""
    try:
        day = date.fromisoformat(value.strip())
    except ValueError:
        return clock.to_utc(value, field)
    return clock.to_utc(datetime.combine(day, time()), field)


def _unknown(name: str, value: Any) -> Invalid:
    message, remedy = N_("There is no such filter."), N_("Filters: %(names)s.")
    return Invalid(message, field=name, value=value, remedy=remedy, names=", ".join(sorted(NAMES | PAGING)))


def _box(value: str) -> Box:
    remedy = N_("Give west,south,east,north in degrees, for example 18.05,59.22,18.15,59.27.")
    try:
        west, south, east, north = (coordinate(part, name) for part, name in zip(value.split(","), SIDES, strict=True))
    except (ValueError, Invalid) as error:
        raise Invalid(N_("This is no map window."), field="bbox", value=value, remedy=remedy) from error
    if west >= east or south >= north:
        raise Invalid(N_("This is no map window."), field="bbox", value=value, remedy=remedy)
    return west, south, east, north


SIDES = ("lon", "lat", "lon", "lat")


def _search(value: str) -> str:
    if len(value) > LONGEST_SEARCH:
        remedy = N_("Write at most %(most)s characters.")
        raise Invalid(N_("The text is too long."), field="q", value=len(value), remedy=remedy, most=LONGEST_SEARCH)
    return storable(value, "q")


def _number(value: str, field: str, low: int, high: int) -> int:
    plain = value.isascii() and value.isdecimal() and len(value) < 8
    number = int(value) if plain else low - 1
    raise_all(outside(number, low, high, field, given=value))
    return number


def _organisation(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        remedy = N_("Give the organisation's id.")
        raise Invalid(N_("This is no id."), field="organisation", value=value, remedy=remedy) from error


def _status(value: str) -> Status:
    try:
        return Status(value)
    except ValueError as error:
        remedy = N_("Choose among %(names)s.")
        raise Invalid(
            N_("There is no such status."), field="status", value=value, remedy=remedy, names=", ".join(Status)
        ) from error


def _documented(name: str, description: str, **schema: Any) -> dict[str, Any]:
    """Return the parameter's entry in the description of the interface."""
    plain = {"type": "string"} | schema
    if name not in SEVERAL:
        return {"name": name, "in": "query", "description": description, "schema": plain}
    listed = {"type": "array", "items": plain, "maxItems": MOST_VALUES}
    return {
        "name": name,
        "in": "query",
        "description": description,
        "schema": listed,
        "style": "form",
        "explode": False,
    }


PARAMETERS = [
    _documented("bbox", "west,south,east,north in degrees", examples=["18.05,59.22,18.15,59.27"]),
    _documented("from", "Not before this moment; a date is its first moment, without an offset it is Swedish time"),
    _documented("to", "Before this moment", examples=["2023-11-01"]),
    _documented("created_since", "Registered after this moment"),
    _documented("hour", "Hour of the Swedish clock; what is known only as a longer interval is left out and counted in "
                "numberUnknownHour", type="integer", minimum=0, maximum=23),
    _documented("weekday", "Day of the week in Sweden, 1 is Monday", type="integer", minimum=1, maximum=7),
    _documented("category", "Code of a category; what lies below it belongs to it"),
    _documented("organisation", "Id of the organisation whose it is", format="uuid"),
    _documented("status", "Without it: what is neither withdrawn nor the same as another", enum=list(Status)),
    _documented("area", "Name or code of an imported area; `kind:name` among several of that name"),
    _documented("place", "Number of a place: what lies inside, and what was put there by hand", type="integer",
                minimum=LOWEST, maximum=HIGHEST),
    _documented("q", "Words of text and answer, each inflected or as a part of a word, å, ä and ö also as a and o; "
                "\"beside each other\", -not, one or other; or a deviation's number", maxLength=LONGEST_SEARCH),
]  # fmt: skip
