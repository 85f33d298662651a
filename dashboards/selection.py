"""What a reader has chosen to see (urval): the filter as it stands in a page's address and in its form."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any, Self
from urllib.parse import urlencode
from uuid import UUID

from starlette.datastructures import QueryParams

from forum.foundation import clock
from forum.foundation.errors import Invalid, raise_all
from forum.foundation.language import N_
from forum.people.organisations import Kind, Organisation
from forum.register.deviations import Status
from forum.register.finding import Box, Filter

MULTIPLE = ("category", "who", "organisation", "status", "hour", "weekday")


@dataclass(frozen=True)
class Picked:
    """The filter in words, one value for each field of the form; `until` is the last day, `to` the day after."""

    from_: str = ""
    to: str = ""
    until: str = ""
    area: str = ""
    category: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    organisation: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    hour: tuple[str, ...] = ()
    weekday: tuple[str, ...] = ()
    bbox: str = ""
    place: str = ""
    q: str = ""

    @classmethod
    def of(cls, query: QueryParams) -> Self:
        """Return what an address asks for; unknown names in it are passed over."""
        given: dict[str, Any] = {f.name: query.get(f.name.rstrip("_"), "").strip() for f in fields(cls)}
        given |= {name: tuple(filter(None, ",".join(query.getlist(name)).split(","))) for name in MULTIPLE}
        return cls(**given)

    @property
    def further(self) -> bool:
        """Tell whether the fields that are folded away hold anything."""
        return bool(self.q or self.status or self.hour or self.weekday or self.organisation)

    @property
    def anything(self) -> bool:
        """Tell whether anything is chosen at all."""
        return self != type(self)()

    @property
    def area_name(self) -> str:
        """Return the area's name without the kind that tells it from others of the name."""
        return self.area.rpartition(":")[2]

    @property
    def first_day(self) -> date | None:
        """Return the first day of the period."""
        return _day(self.from_)

    @property
    def last_day(self) -> date | None:
        """Return the last day of the period."""
        after = _day(self.to)
        return _day(self.until) or (after - timedelta(days=1) if after else None)

    def query(self, **changes: Any) -> str:
        """Return the address's query with some fields changed."""
        changed = replace(self, **changes)
        pairs = [(f.name.rstrip("_"), getattr(changed, f.name)) for f in fields(changed)]
        whole_time = not (changed.from_ or changed.until or changed.to)
        return urlencode(
            [(name, value) for name, value in pairs if value or (name == "from" and whole_time)], doseq=True
        )

    def api_query(self, wanted: Filter) -> str:
        """Return the same filter as a query to the API, whose `to` is the first day left out."""
        after = self.last_day + timedelta(days=1) if self.until and self.last_day else self.to
        given = {
            "from": self.from_, "to": after, "area": self.area, "category": self.category, "bbox": self.bbox,
            "place": self.place, "q": self.q, "organisation": [str(o) for o in wanted.organisations],
            "status": self.status, "hour": self.hour, "weekday": self.weekday,
        }  # fmt: skip
        return urlencode({name: value for name, value in given.items() if value}, doseq=True)

    def filter(self, partners: list[Organisation]) -> Filter:
        """Return the filter for the register; all that cannot be read is told at once."""
        problems: list[Invalid] = []

        def take(name: str, step: Any) -> Any:
            try:
                return step()
            except Invalid as error:
                problems.extend(error.problems)
            except ValueError:
                given = getattr(self, "from_" if name == "from" else name)
                shown = ", ".join(given) if isinstance(given, tuple) else given
                problems.append(
                    Invalid(N_("This cannot be chosen."), field=name, value=shown, remedy=REMEDIES.get(name, CHOOSE))
                )
            return None

        wanted = {
            "start": take("from", lambda: _moment(self.from_, "from")),
            "end": take("until", self._end),
            "box": take("bbox", lambda: _box(self.bbox)),
            "hours": take("hour", lambda: _within(self.hour, range(24))),
            "weekdays": take("weekday", lambda: _within(self.weekday, range(1, 8))),
            "statuses": take("status", lambda: tuple(Status(s) for s in self.status)),
            "place": take("place", lambda: int(self.place) if self.place else None),
            "organisations": take("organisation", lambda: self._organisations(partners)),
        }
        raise_all(problems)
        return Filter(**wanted, categories=self.category, area=self.area or None, q=self.q)

    def _end(self) -> datetime | None:
        if self.until:
            return clock.midnight(date.fromisoformat(self.until) + timedelta(days=1))
        return _moment(self.to, "to")

    def _organisations(self, partners: list[Organisation]) -> tuple[UUID, ...]:
        kinds = {Kind(name) for name in self.who}
        chosen = {UUID(name) for name in self.organisation}
        if not kinds and not chosen:
            return ()
        picked = [o.id for o in partners if (not kinds or o.kind in kinds) and (not chosen or o.id in chosen)]
        return tuple(picked) or (UUID(int=0),)


CHOOSE = N_("Choose one of the values in the list.")
REMEDIES = {
    "from": N_("Write the day as 2023-10-26."),
    "until": N_("Write the day as 2023-10-26."),
    "bbox": N_("Choose the place on the map again."),
}


def _day(words: str) -> date | None:
    try:
        return datetime.fromisoformat(words).date() if words else None
    except ValueError:
        return None


def _moment(words: str, name: str) -> datetime | None:
    return clock.to_utc(datetime.fromisoformat(words), name) if words else None


def _box(words: str) -> Box | None:
    if not words:
        return None
    west, south, east, north = (float(edge) for edge in words.split(","))
    if not (-180 <= west < east <= 180 and -85 <= south < north <= 85):
        raise ValueError(words)
    return west, south, east, north


def _within(values: tuple[str, ...], allowed: range) -> frozenset[int]:
    numbers = frozenset(int(value) for value in values)
    if not numbers <= set(allowed):
        raise ValueError(values)
    return numbers
