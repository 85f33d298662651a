"""Who takes part in the demo (demons aktörer): organisations, their share of the reports, people by their role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random

from forum.demo.rhythms import Period
from forum.demo.tables import table

KEEN, INDIFFERENT = 3.0, 0.2
"""How much more and less a partner reports of what it looks for and of the rest."""


@dataclass(frozen=True)
class Partner:
    """One organisation of the demo, as `organisations.toml` words it."""

    key: str
    name: str
    kind: str
    share: float
    authority: bool = False
    parent: str | None = None
    since: int | None = None
    notices: Sequence[str] = ()
    home: Sequence[str] = ()
    agreement: bool | str = True


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in to the demo, named by a role: nobody real."""

    key: str
    name: str
    en: str
    organisation: str
    role: str
    email: str

    def title(self, language: str) -> str:
        """Return what the sign-in button calls the person in the language."""
        return self.en if language == "en" else self.name

    @property
    def organisation_name(self) -> str:
        """Return the name of the organisation."""
        return partners()[self.organisation].name


@cache
def partners() -> dict[str, Partner]:
    """Return the organisations by key, each after the one that it belongs to."""
    return {entry["key"]: Partner(**entry) for entry in table("organisations")["organisation"]}


@cache
def persons() -> tuple[Person, ...]:
    """Return the people of the sign-in page's buttons, in their order."""
    return tuple(Person(**entry) for entry in table("organisations")["person"])


def reporter(rng: Random, period: Period, group: str, quarter: str, day: date) -> Partner:
    """Return who notices something of the group in the stadsdel that day."""
    there = [p for p in partners().values() if p.share and period.joined(p.since) <= day]
    return rng.choices(there, weights=[_zeal(p, group, quarter) for p in there])[0]


def _zeal(partner: Partner, group: str, quarter: str) -> float:
    interest = KEEN if group in partner.notices else INDIFFERENT
    nearness = (KEEN if quarter in partner.home else 0.0) if partner.home else 1.0
    return partner.share * interest * nearness
