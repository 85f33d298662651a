"""The archive of the prize (arkivet): earlier editions as public sources word them, and the winners that are known.

What was before this register is reference data: each fact names where it stands. An edition in the database takes the
place of the one of the same address; of its winners nothing is told before the ceremony, whoever asks.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.foundation.language import N_, Language, text
from forum.prize.awards import Award, standing
from forum.prize.editions import Edition, Phase
from forum.prize.nominations import Nomination

CITY, NAME = "stockholm", N_("Trygghetspriset %(year)s")
BEGAN = date(2012, 1, 1)
"""The year of the first prize."""


@dataclass(frozen=True)
class Source:
    """Where a fact stands."""

    sv: str
    en: str

    def name(self, language: str) -> str:
        """Return what it is called."""
        return self.en if language == Language.EN else self.sv


@dataclass(frozen=True)
class Theme:
    """The theme as one source words it."""

    words: str
    source: Source


@dataclass(frozen=True)
class Winner:
    """Who got the prize, and the citation where a source quotes it; `award` is the one of this register."""

    name: str
    citation: str = ""
    source: Source | None = None
    cited_in: Source | None = None
    award: Award | None = None
    nomination: Nomination | None = None

    @property
    def id(self) -> UUID | None:
        """Return the award's id, None of one before this register."""
        return self.award.id if self.award else None


@dataclass(frozen=True)
class Earlier:
    """An edition before this register: what the sources say of it and nothing else."""

    year: int
    themes: tuple[Theme, ...]
    winners: tuple[Winner, ...]
    sum_kr: int | None
    sum_in: Source | None
    opens_on: date | None
    closes_on: date | None
    ceremony_on: date | None
    sources: tuple[Source, ...]
    """All that is named, in the order of the facts."""

    @property
    def slug(self) -> str:
        """Return its address."""
        return f"{CITY}-{self.year}"

    def name(self, language: str) -> str:
        """Return what the year of the prize is called."""
        return text(NAME, language, year=self.year)


@cache
def earlier() -> tuple[Earlier, ...]:
    """Return the editions before this register, the newest first."""
    raw = tomllib.loads((files("forum") / "data" / "editions.toml").read_text("utf-8"))
    sources = {key: Source(**words) for key, words in raw["sources"].items()}
    return tuple(_earlier(row, sources) for row in sorted(raw["edition"], key=lambda row: -row["year"]))


def _earlier(row: dict[str, Any], sources: dict[str, Source]) -> Earlier:
    themes = tuple(Theme(each["words"], sources[each["source"]]) for each in row["themes"])
    winners = tuple(
        Winner(
            each["name"],
            each.get("citation", "").strip(),
            sources[each["source"]],
            sources.get(each.get("cited_in", "")),
        )
        for each in row.get("winners", ())
    )
    money, days, ceremony = (row.get(name, {}) for name in ("sum", "nominations", "ceremony"))
    named = [theme.source for theme in themes]
    named += [source for winner in winners for source in (winner.source, winner.cited_in) if source]
    named += [sources[fact["source"]] for fact in (money, days, ceremony) if fact]
    return Earlier(
        row["year"], themes, winners, money.get("kr"), sources.get(money.get("source", "")), days.get("opens_on"),
        days.get("closes_on"), ceremony.get("on"), tuple(dict.fromkeys(named)),
    )  # fmt: skip


def of_address(slug: str) -> Earlier | None:
    """Return the edition before this register at an address."""
    return next((each for each in earlier() if each.slug == slug), None)


def listed(held: list[Edition]) -> list[Edition | Earlier]:
    """Return every edition, the newest first; one that is held here takes the place of what sources say."""
    here = {edition.slug for edition in held}
    rest = [each for each in earlier() if each.slug not in here]
    return sorted([*held, *rest], key=lambda each: (-each.year, each.slug))


def winners(session: Session, edition: Edition) -> list[Winner]:
    """Return who got the prize with the citation: nobody before the ceremony, also for those who decided it."""
    if edition.opened_at is None or edition.phase is not Phase.ANNOUNCED:
        return []
    given = select(Award, Nomination).join(Nomination, Nomination.id == Award.nomination_id)
    stands = (Award.edition_id == edition.id, Award.set_aside_at.is_(None))
    found = session.execute(given.where(*stands).order_by(Nomination.title))
    return [Winner(nomination.title, award.citation, award=award, nomination=nomination) for award, nomination in found]


def no_award(session: Session, edition: Edition) -> Award | None:
    """Return the decision that nobody gets the prize, once it is known to everybody."""
    if edition.opened_at is None or edition.phase is not Phase.ANNOUNCED:
        return None
    return next((award for award in standing(session, edition) if award.nomination_id is None), None)
