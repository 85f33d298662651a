"""Imported figures over HTTP (trygghetsmätningar, anmälda brott): read, and brought in all or nothing."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.deps import MemberDep, SessionDep
from api.geojson import GeoJson, answer
from api.picture import AudienceDep, FromDep, ToDep
from api.reading import Body, JsonRoute
from forum.foundation.audience import Audience
from forum.foundation.errors import Invalid, raise_all
from forum.people.agreements import today
from forum.register import surveys
from forum.register.surveys import Figure, Kind, Survey
from mapping import picture, quadrants
from mapping import surveys as figures
from mapping.perceived import Quadrant, Side
from mapping.periods import latest_months

router = APIRouter(
    prefix="/api/v1/forums/{forum}/surveys", tags=["surveys"], route_class=JsonRoute, default_response_class=GeoJson
)
MOST = 2000
"""Figures in one request."""
KindDep = Annotated[Kind | None, Query(description="Without it: both")]


class FigureBody(Body):
    """One figure: a share with its respondents, or a count; either may name how many live in the area."""

    kind: Kind
    source: str = Field(examples=["Trygghetsmätningen"])
    publisher: str = Field(examples=["Staden"])
    topic: str = Field(description="The question in its own words, or the group of offences")
    area: str = Field(description="Name or code of one of the forum's areas")
    year: int
    share: float | None = Field(None, description="0 to 1")
    respondents: int | None = None
    low: float | None = Field(None, description="The interval as the source gives it")
    high: float | None = None
    count: int | None = None
    population: int | None = Field(None, description="Inhabitants of the area that year")


class FiguresBody(Body):
    """Figures that are taken in together, or not at all."""

    figures: list[FigureBody] = Field(min_length=1, max_length=MOST)


class FigureModel(BaseModel):
    """A figure that was imported."""

    kind: Kind
    source: str
    publisher: str
    topic: str
    area: str
    year: int
    share: float | None
    respondents: int | None
    low: float | None
    high: float | None
    count: int | None
    population: int | None
    uncertain: bool = Field(description=f"Fewer than {surveys.LEAST} have answered")


class FigureList(BaseModel):
    """Figures by area, the newest year first."""

    figures: list[FigureModel]


class TakenModel(BaseModel):
    """What became of the figures."""

    added: int
    known: int


class LevelModel(BaseModel):
    """A figure with its exact interval, beside that of the whole."""

    value: float
    low: float
    high: float
    whole: float
    n: int = Field(description="How many have answered, or the count itself")
    side: Side


class PlacedModel(BaseModel):
    """One area or place in its quadrant; untold where there are too few to say."""

    key: str = Field(description="The name of an area, the number of a place")
    quadrant: Quadrant
    perceived: LevelModel | None
    reported: LevelModel | None


class BasisModel(BaseModel):
    """What the figures of one axis are."""

    source: str
    publisher: str
    topic: str
    year: int


class QuadrantsModel(BaseModel):
    """What is perceived beside what is reported: areas by imported figures, places by deviations of the period."""

    perceived: BasisModel | None
    reported: BasisModel | None
    areas: list[PlacedModel]
    places: list[PlacedModel]


def said(survey: Survey) -> dict[str, Any]:
    """Return a figure as we answer it."""
    return {name: getattr(survey, name) for name in FigureModel.model_fields}


@router.get("", response_model=FigureList)
def find(session: SessionDep, member: MemberDep, kind: KindDep = None) -> GeoJson:
    """Return the imported figures."""
    return answer({"figures": [said(each) for each in surveys.all_of(session, member, kind)]})


@router.post("", response_model=TakenModel)
def bring(session: SessionDep, member: MemberDep, new: FiguresBody) -> GeoJson:
    """Bring in figures, all or nothing; what is there already is known and not added again."""
    settled = surveys.take(session, member, [Figure(**each.model_dump()) for each in new.figures])
    raise_all([_at(each.place, problem) for each in settled for problem in each.problems])
    return answer({name: sum(each.outcome == name for each in settled) for name in TakenModel.model_fields})


def _at(place: int, problem: Invalid) -> Invalid:
    """Return the problem with the figure's place in the request."""
    field = f"figures.{place}.{problem.field}"
    return Invalid(problem.message, field=field, value=problem.value, remedy=problem.remedy, **problem.params)


@router.get("/quadrants", response_model=QuadrantsModel)
def compare(
    session: SessionDep,
    member: MemberDep,
    first: FromDep = None,
    end: ToDep = None,
    audience: AudienceDep = Audience.FORUM,
) -> GeoJson:
    """Return areas and places by what is perceived and what is reported there, each beside the whole; no ranking."""
    latest = latest_months(today())
    look = picture.look(session, member, audience, first or latest.first, end or latest.end)
    found = quadrants.of_areas(figures.of_forum(session, member))
    plain = {"perceived": found.perceived, "reported": found.reported, "areas": found.placed}
    return answer(plain | {"places": quadrants.of_places(look.rows, *look.of_places)})
