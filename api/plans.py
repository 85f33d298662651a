"""The legal form over HTTP (åtgärdsplanen): frozen pictures, their adoption, action plans, the clock of two years."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.deps import MemberDep, SessionDep, reference_of
from api.geojson import GeoJson, answer
from api.reading import Body, JsonRoute
from forum.foundation.audience import Audience
from forum.people.agreements import today
from forum.people.members import Member
from forum.work import adoptions, measures, pictures, plans
from forum.work.adoptions import Adoption, State
from forum.work.pictures import FrozenPicture
from forum.work.plans import ActionPlan

router = APIRouter(
    prefix="/api/v1/forums/{forum}", tags=["plans"], route_class=JsonRoute, default_response_class=GeoJson
)
Id = Annotated[UUID, Path(description="The id")]
AudienceDep = Annotated[Audience, Query(description="Whose clocks")]


class AdoptionBody(Body):
    """When something was adopted, and by which decision."""

    on: date
    reference: str = Field(examples=["Stadsdelsnämnden, § 14"])


class PlanBody(Body):
    """The measures of a plan, on a frozen and adopted picture."""

    picture: UUID | None = Field(None, description="The id of a frozen picture")
    measures: list[Annotated[str, Field(coerce_numbers_to_str=True)]] = Field(
        max_length=plans.MOST, description="Numbers or ids of decided measures"
    )


class ClockModel(BaseModel):
    """How long what was adopted holds: 730 days."""

    adopted_on: date
    last_day: date
    days_left: int = Field(description="0 on the last day, below 0 after it")
    state: State


class AdoptionModel(BaseModel):
    """That something was adopted."""

    on: date
    reference: str
    clock: ClockModel


class FrozenModel(BaseModel):
    """A frozen picture with its three parts."""

    id: UUID
    audience: Audience
    first: date
    end: date = Field(description="The day after the last one")
    frozen_at: datetime
    hash: str
    adoption: AdoptionModel | None


class FrozenList(BaseModel):
    """Frozen pictures, the latest first."""

    pictures: list[FrozenModel]


class FollowedModel(BaseModel):
    """How far the measures of a plan have come."""

    by_status: dict[str, int] = Field(description="Each status that occurs")
    done: int
    late: int
    not_fixed: int


class PlanModel(BaseModel):
    """An action plan, and how far its measures have come."""

    id: UUID
    picture: UUID
    audience: Audience
    made_at: datetime
    hash: str
    count: int = Field(description="Measures that it was made of")
    measures: list[int] = Field(description="Numbers of those that its whole audience still sees")
    followed: FollowedModel
    adoption: AdoptionModel | None


class PlanList(BaseModel):
    """Action plans, the latest first, with the clocks of what holds."""

    clocks: dict[str, ClockModel | None] = Field(description="Of the picture and of the plan that hold today")
    plans: list[PlanModel]


def _clock(clock: adoptions.Clock | None) -> dict[str, Any] | None:
    names = ("adopted_on", "last_day", "days_left", "state")
    return {name: getattr(clock, name) for name in names} if clock else None


def _adoption(adoption: Adoption | None) -> dict[str, Any] | None:
    if adoption is None:
        return None
    clock = _clock(adoptions.clock_of(adoption.on_day, today()))
    return {"on": adoption.on_day, "reference": adoption.reference, "clock": clock}


def _frozen(picture: FrozenPicture, adoption: Adoption | None) -> dict[str, Any]:
    return {
        "id": picture.id,
        "audience": picture.audience,
        "first": picture.first_day,
        "end": picture.end_day,
        "frozen_at": picture.frozen_at,
        "hash": bytes(picture.hash).hex(),
        "adoption": _adoption(adoption),
    }


def _said(session: Session, member: Member, plan: ActionPlan, adopted: dict[UUID, Adoption]) -> dict[str, Any]:
    held = plans.measures_of(session, member, plan)
    followed = plans.follow_up(held)
    counts = {status.value: n for status, n in followed.by_status.items()}
    return {
        "id": plan.id,
        "picture": plan.picture_id,
        "audience": plan.audience,
        "made_at": plan.made_at,
        "hash": bytes(plan.hash).hex(),
        "count": len(plan.measure_ids),
        "measures": [measure.nr for measure in held],
        "followed": {n: getattr(followed, n) for n in FollowedModel.model_fields} | {"by_status": counts},
        "adoption": _adoption(adopted.get(plan.id)),
    }


def _adopted(session: Session, member: Member) -> dict[UUID, Adoption]:
    """Return each adoption by the picture or plan that was adopted."""
    made = adoptions.all_of(session, member)
    return {of: each for each in made for of in (each.picture_id, each.plan_id) if of}


@router.get("/pictures", response_model=FrozenList)
def frozen(session: SessionDep, member: MemberDep) -> GeoJson:
    """Return the forum's frozen pictures, and which of them were adopted."""
    adopted = _adopted(session, member)
    return answer({"pictures": [_frozen(each, adopted.get(each.id)) for each in pictures.all_of(session, member)]})


@router.post("/pictures/{reference}/adoption", status_code=201, response_model=FrozenModel)
def adopt_picture(session: SessionDep, member: MemberDep, reference: Id, said: AdoptionBody) -> GeoJson:
    """Note that a frozen picture was adopted."""
    picture = pictures.get(session, member, reference)
    made = adoptions.adopt_picture(session, member, picture, on=said.on, reference=said.reference)
    return answer(_frozen(picture, made), 201)


@router.get("/plans", response_model=PlanList)
def find(session: SessionDep, member: MemberDep, audience: AudienceDep = Audience.FORUM) -> GeoJson:
    """Return the forum's action plans, and for how long picture and plan still hold."""
    adopted = _adopted(session, member)
    holding = adoptions.in_force(adopted.values(), audience, today())
    listed = [_said(session, member, plan, adopted) for plan in plans.all_of(session, member)]
    return answer({"clocks": {name: _clock(clock) for name, clock in holding.clocks.items()}, "plans": listed})


@router.post("/plans", status_code=201, response_model=PlanModel)
def make(session: SessionDep, member: MemberDep, new: PlanBody) -> GeoJson:
    """Make an action plan of decided measures on an adopted picture."""
    picture = pictures.get(session, member, new.picture) if new.picture else None
    chosen = [measures.get(session, member, reference_of(each)) for each in new.measures]
    return answer(_said(session, member, plans.make(session, member, picture, chosen), {}), 201)


@router.get("/plans/{reference}", response_model=PlanModel)
def read(session: SessionDep, member: MemberDep, reference: Id) -> GeoJson:
    """Return one action plan."""
    return answer(_said(session, member, plans.get(session, member, reference), _adopted(session, member)))


@router.post("/plans/{reference}/adoption", status_code=201, response_model=PlanModel)
def adopt(session: SessionDep, member: MemberDep, reference: Id, said: AdoptionBody) -> GeoJson:
    """Note that an action plan was adopted."""
    plan = plans.get(session, member, reference)
    made = plans.adopt(session, member, plan, on=said.on, reference=said.reference)
    return answer(_said(session, member, plan, {plan.id: made}), 201)
