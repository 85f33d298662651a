"""Measures over HTTP (åtgärder): proposed, decided, answered, carried out, followed up."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.chains import ChainModel, chain_of
from api.deps import IfMatch, MemberDep, Reference, SessionDep, reference_of, seen_version
from api.geojson import GeoJson, answer
from api.reading import Body, JsonRoute
from forum.foundation.audience import Visibility
from forum.people.agreements import today
from forum.people.members import Member
from forum.register import deviations, places, steps
from forum.work import catalogue, chain, costs, follow_ups, measures
from forum.work.follow_ups import Outcome
from forum.work.measures import Measure, Status, Step
from forum.work.terms import Cost, Nature, Terms

router = APIRouter(
    prefix="/api/v1/forums/{forum}/measures", tags=["measures"], route_class=JsonRoute, default_response_class=GeoJson
)


class TermsBody(Body):
    """What a measure says."""

    title: str = Field(examples=["Byt lamporna vid gångvägen"])
    owner: UUID | None = Field(None, description="The organisation that carries it out")
    due_on: date | None = None
    nature: Nature = Nature.PHYSICAL
    catalogue_code: str | None = Field(None, description="A code of GET …/measures/catalogue")
    expected_short: str = ""
    expected_long: str = ""
    seen_by: str = Field("", description="How the effect will be seen")
    cost: Cost = Cost.UNKNOWN
    camera: bool = Field(False, description="It watches with cameras: balancing and review_on are needed")
    balancing: str = ""
    review_on: date | None = None
    visibility: Visibility = Visibility.FORUM

    def terms(self) -> Terms:
        """Return the terms for the domain."""
        return Terms(**self.model_dump(exclude={"owner", "place", "answers"}), owner_id=self.owner)


class NewMeasure(TermsBody):
    """A measure to propose, where, and for which deviations."""

    place: Annotated[str, Field(coerce_numbers_to_str=True, description="Number or id of the place")]
    answers: list[Annotated[str, Field(coerce_numbers_to_str=True)]] = Field(
        default_factory=list, max_length=500, description="Numbers or ids of the deviations that it answers"
    )


class StepBody(Body):
    """A step with a measure."""

    step: Step
    reason: str = ""
    on: date | None = Field(None, description="The day when it was carried out; without it today")
    handed_to: str = ""
    reference: str = Field("", description="The reference of whoever takes it over")


class FollowUpBody(Body):
    """What is seen of a measure."""

    outcome: Outcome
    note: str
    on: date | None = None


class StepModel(BaseModel):
    """One thing that was done."""

    version: int
    action: str
    reason: str
    organisation: UUID | None
    at: datetime
    changes: dict[str, Any]


class FollowUpModel(BaseModel):
    """What was seen of a measure on a day."""

    id: UUID
    organisation: UUID
    on_day: date
    outcome: Outcome
    note: str


class CostBody(Body):
    """What a measure cost."""

    spent_kr: int = Field(description="Whole kronor")
    spent_on: str = Field("", description="What is in the sum")


class MeasureModel(BaseModel):
    """One measure."""

    id: UUID
    nr: int
    title: str
    place: UUID
    cause: UUID | None
    owner: UUID
    proposed_by: UUID
    nature: Nature
    catalogue_code: str | None
    expected_short: str
    expected_long: str
    seen_by: str
    cost: Cost
    spent_kr: int | None
    spent_on: str
    due_on: date
    overdue: bool
    camera: bool
    balancing: str
    review_on: date | None
    handed_to: str
    reference: str
    done_on: date | None
    status: Status
    visibility: Visibility
    version: int
    created_at: datetime
    changed_at: datetime


class WholeMeasure(MeasureModel):
    """One measure with all that was done and seen."""

    steps: list[StepModel]
    follow_ups: list[FollowUpModel]


class MeasureList(BaseModel):
    """Measures, the soonest due first."""

    measures: list[MeasureModel]


class KindModel(BaseModel):
    """A measure of the catalogue."""

    code: str
    nature: Nature
    sv: str
    en: str
    answers: list[str] = Field(description="Groups of categories that it is usually taken against")
    camera: bool


def said(measure: Measure) -> dict[str, Any]:
    """Return a measure as we answer it."""
    renamed = {"place_id": "place", "cause_id": "cause", "owner_id": "owner", "organisation_id": "proposed_by"}
    own = [column.name for column in Measure.__table__.columns if column.name not in (*renamed, "forum_id")]
    return {
        **{name: getattr(measure, name) for name in (*own, "overdue")},
        **{name: getattr(measure, column) for column, name in renamed.items()},
    }


def _answer(measure: Measure, status: int = 200) -> GeoJson:
    return answer(said(measure), status, {"ETag": f'"{measure.version}"'})


def _measure(session: Session, member: Member, reference: str) -> Measure:
    return measures.get(session, member, reference_of(reference))


@router.get("", response_model=MeasureList)
def find(
    session: SessionDep,
    member: MemberDep,
    status: Annotated[list[Status] | None, Query(description="Without it: all")] = None,
    place: Annotated[str | None, Query(max_length=40, description="Number or id of a place")] = None,
) -> GeoJson:
    """Return the forum's measures."""
    if place is not None:
        here = measures.of_place(session, member, places.get(session, member, reference_of(place)))
        return answer({"measures": [said(m) for m in here if not status or m.status in status]})
    return answer({"measures": [said(m) for m in measures.all_of(session, member, status or tuple(Status))]})


@router.get("/not-fixed", response_model=MeasureList)
def not_fixed(session: SessionDep, member: MemberDep) -> GeoJson:
    """Return what is not fixed: declined, waived, handed over, without effect, or overdue."""
    return answer({"measures": [said(measure) for measure in measures.not_fixed(session, member)]})


@router.get("/catalogue", response_model=list[KindModel])
def kinds(_: MemberDep) -> GeoJson:
    """Return the catalogue of measures that come back."""
    return answer(
        [
            {n: getattr(kind, n) for n in KindModel.model_fields} | {"answers": list(kind.answers)}
            for kind in catalogue.kinds()
        ]
    )


@router.post("", status_code=201, response_model=MeasureModel)
def propose(session: SessionDep, member: MemberDep, new: NewMeasure) -> GeoJson:
    """Propose a measure at a place."""
    place = places.get(session, member, reference_of(new.place))
    answered = [deviations.get(session, member, reference_of(reference)) for reference in new.answers]
    return _answer(measures.propose(session, member, place, new.terms(), answers=answered), 201)


@router.get("/{reference}", response_model=WholeMeasure)
def read(session: SessionDep, member: MemberDep, reference: Reference) -> GeoJson:
    """Read one measure, by id or number, with what was done and seen."""
    measure = _measure(session, member, reference)
    done = [
        {"organisation": s.organisation_id}
        | {name: getattr(s, name) for name in ("version", "action", "reason", "at", "changes")}
        for s in steps.of(session, measure.id)
    ]
    seen = [
        {"organisation": f.organisation_id} | {name: getattr(f, name) for name in ("id", "on_day", "outcome", "note")}
        for f in follow_ups.of_measure(session, member, measure)
    ]
    return answer(said(measure) | {"steps": done, "follow_ups": seen}, headers={"ETag": f'"{measure.version}"'})


@router.put("/{reference}", response_model=MeasureModel)
def amend(
    session: SessionDep, member: MemberDep, reference: Reference, new: TermsBody, if_match: IfMatch = None
) -> GeoJson:
    """Change what a measure says, before it is carried out."""
    measure = _measure(session, member, reference)
    version = seen_version(if_match, measure.version)
    return _answer(measures.amend(session, member, measure, new.terms(), version))


@router.post("/{reference}/steps", response_model=MeasureModel)
def step(
    session: SessionDep, member: MemberDep, reference: Reference, taken: StepBody, if_match: IfMatch = None
) -> GeoJson:
    """Take a step with a measure: decide, accept, decline, start, carry out, waive, hand over, no effect, reopen."""
    measure = _measure(session, member, reference)
    version = seen_version(if_match, measure.version) if if_match else None
    if taken.step is Step.HAND_OVER:
        to = {"to": taken.handed_to, "reference": taken.reference, "reason": taken.reason}
        return _answer(measures.hand_over(session, member, measure, **to, version=version))
    if taken.step is Step.CARRY_OUT:
        on = taken.on or today()
        return _answer(measures.carry_out(session, member, measure, on=on, note=taken.reason, version=version))
    return _answer(measures.move(session, member, measure, taken.step, reason=taken.reason, version=version))


@router.post("/{reference}/cost", response_model=MeasureModel)
def spend(
    session: SessionDep, member: MemberDep, reference: Reference, spent: CostBody, if_match: IfMatch = None
) -> GeoJson:
    """Note what a measure cost, once it is carried out."""
    measure = _measure(session, member, reference)
    version = seen_version(if_match, measure.version) if if_match else None
    noted = costs.note(session, member, measure, kronor=spent.spent_kr, words=spent.spent_on, version=version)
    return _answer(noted)


@router.post("/{reference}/follow-ups", response_model=MeasureModel)
def follow_up(session: SessionDep, member: MemberDep, reference: Reference, seen: FollowUpBody) -> GeoJson:
    """Note what is seen of a measure."""
    measure = _measure(session, member, reference)
    follow_ups.follow_up(session, member, measure, outcome=seen.outcome, note=seen.note, on=seen.on)
    return _answer(measure)


@router.get("/{reference}/chain", response_model=ChainModel)
def follow(session: SessionDep, member: MemberDep, reference: Reference) -> GeoJson:
    """Return what a measure answers, where, why, and what came of it."""
    return chain_of(member, chain.of_measure(session, member, _measure(session, member, reference)))
