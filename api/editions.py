"""Editions of the prize as JSON (prisår): what everybody may know of them, without signing in.

Earlier years stand as their sources word them; of an edition's winners nothing is told before the ceremony.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.deps import Route, SessionDep
from forum.foundation.errors import NotFound
from forum.foundation.language import Language
from forum.prize import archive, editions
from forum.prize.archive import Earlier, Source, Winner
from forum.prize.criteria import Criterion
from forum.prize.editions import Edition, Phase
from forum.prize.evidence import Kind

router = APIRouter(prefix="/api/v1/editions", tags=["prize"], route_class=Route)


class WordsModel(BaseModel):
    """Words in both languages."""

    sv: str
    en: str


class CriterionModel(WordsModel):
    """A criterion: to be met, or considered on levels, the lowest first."""

    code: str
    must: bool
    weight: int
    levels: list[WordsModel]


class ThemeModel(BaseModel):
    """The theme as one source words it; an edition of this register has no source."""

    words: str
    source: WordsModel | None


class StandsOn(BaseModel):
    """A piece of evidence of a winner; its counts single out nobody."""

    nr: int
    kind: Kind
    title: str
    content: dict[str, Any]
    hash: str


class WinnerModel(BaseModel):
    """Who got the prize, and why."""

    name: str
    citation: str = Field(description="Empty where no source quotes it")
    source: WordsModel | None
    seal: str | None = Field(description="SHA-256 of the award, hexadecimal; None of a year before this register")
    evidence: list[StandsOn] = Field(description="What it stands on, as everybody may see it; no documents")


class EditionModel(BaseModel):
    """An edition; what is None is not known."""

    slug: str
    year: int
    name: str
    phase: Phase
    themes: list[ThemeModel]
    sum_kr: int | None
    opens_on: date | None
    closes_on: date | None = Field(description="The last day to nominate, to its end in Sweden")
    assess_from: date | None
    assess_until: date | None
    ceremony: datetime | date | None
    winners: list[WinnerModel]
    no_award: bool = Field(description="The jury decided that nobody gets the prize")
    criteria: list[CriterionModel]
    rules: str | None = Field(description="SHA-256 of the rules, which stand since the edition was opened")


@router.get("")
def show_all(session: SessionDep) -> list[EditionModel]:
    """Return every edition of the prize, the newest first; no sign-in is needed."""
    opened = [each for each in editions.all_of(session) if each.opened_at is not None]
    return [_earlier(each) if isinstance(each, Earlier) else _edition(session, each) for each in archive.listed(opened)]


@router.get("/{edition}")
def show(session: SessionDep, edition: Annotated[str, Path(max_length=40)]) -> EditionModel:
    """Return an edition; one that nobody has opened is not found."""
    found = next((each for each in editions.all_of(session) if each.slug == edition and each.opened_at), None)
    if found is not None:
        return _edition(session, found)
    earlier = archive.of_address(edition)
    if earlier is None:
        raise NotFound
    return _earlier(earlier)


def _edition(session: Session, edition: Edition) -> EditionModel:
    days = {name: getattr(edition, name) for name in ("opens_on", "closes_on", "assess_from", "assess_until")}
    return EditionModel(
        slug=edition.slug,
        year=edition.year,
        name=edition.name,
        phase=edition.phase,
        themes=[ThemeModel(words=edition.theme, source=None)],
        sum_kr=edition.sum_kr,
        ceremony=edition.ceremony_at,
        winners=[_winner(each) for each in archive.winners(session, edition)],
        no_award=archive.no_award(session, edition) is not None,
        criteria=[_criterion(Criterion.of(row)) for row in edition.criteria],
        rules=bytes(edition.rules_hash).hex() if edition.rules_hash else None,
        **days,
    )


def _earlier(edition: Earlier) -> EditionModel:
    return EditionModel(
        slug=edition.slug,
        year=edition.year,
        name=edition.name(Language.SV),
        phase=Phase.ANNOUNCED,
        themes=[ThemeModel(words=each.words, source=_named(each.source)) for each in edition.themes],
        sum_kr=edition.sum_kr,
        opens_on=edition.opens_on,
        closes_on=edition.closes_on,
        assess_from=None,
        assess_until=None,
        ceremony=edition.ceremony_on,
        winners=[_winner(each) for each in edition.winners],
        no_award=False,
        criteria=[],
        rules=None,
    )


def _winner(winner: Winner) -> WinnerModel:
    seal = bytes(winner.award.hash).hex() if winner.award else None
    stands_on = [StandsOn(**each) for each in winner.award.evidence] if winner.award else []
    return WinnerModel(
        name=winner.name, citation=winner.citation, source=_named(winner.source), seal=seal, evidence=stands_on
    )


def _named(source: Source | None) -> WordsModel | None:
    return WordsModel(sv=source.sv, en=source.en) if source else None


def _criterion(row: Criterion) -> CriterionModel:
    levels = [WordsModel(sv=level.sv, en=level.en) for level in row.levels]
    return CriterionModel(code=row.code, must=row.must, weight=row.weight, sv=row.sv, en=row.en, levels=levels)
