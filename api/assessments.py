"""Assessments over HTTP: the gate, one's own draft under its version, handing in, and then what the others think."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from api.deps import IfMatch, seen_version
from api.jury import Nr, Seat, SeatDep
from api.reading import Body, JsonRoute
from forum.prize import assessments, gates, nominations
from forum.prize.assessments import Assessment, Mark
from forum.prize.gates import Found
from forum.prize.nominations import Nomination

router = APIRouter(prefix="/api/v1/editions/{edition}/nominations/{nr}", tags=["jury"], route_class=JsonRoute)


class MarkModel(Body):
    """A level, the lowest is 1, or null for abstaining; and why."""

    level: int | None = Field(ge=1, le=20)
    reason: str = ""


class DraftBody(Body):
    """One's assessment by criterion; what is left out is not assessed yet. Notes stay one's own."""

    marks: Annotated[dict[str, MarkModel], Field(max_length=20)]
    notes: str | None = Field(None, description="Left as they are without it")


class VerdictBody(Body):
    """Whether a must-criterion is met, and why."""

    criterion: str
    met: bool
    reason: str


class VerdictModel(BaseModel):
    """What was found on a must-criterion; met is null where nothing was yet."""

    criterion: str
    met: bool | None
    reason: str


class AssessmentModel(BaseModel):
    """One's own assessment; version 0 before anything was saved."""

    version: int
    marks: dict[str, MarkModel]
    notes: str
    saved_at: datetime | None
    handed_in_at: datetime | None
    gate: list[VerdictModel]


class OtherModel(BaseModel):
    """What an office thinks."""

    office: str = Field(description="Its title or organisation")
    marks: dict[str, MarkModel]


class SpreadModel(BaseModel):
    """How those who assessed are spread over the levels of a criterion."""

    criterion: str
    counts: list[int] = Field(description="By level, the lowest first")
    abstained: int


class OthersModel(BaseModel):
    """What the jury thinks of a nomination: nothing while the reader is blind."""

    blind: bool = Field(description="The reader has not handed in their own, and the assessing is not over")
    assessments: list[OtherModel]
    spread: list[SpreadModel]
    set_aside: list[str] = Field(description="Whose assessment counts no longer, since they turned out to be tied")


@router.get("/assessment")
def show(seat: SeatDep, nr: Nr, response: Response) -> AssessmentModel:
    """Return one's own assessment of a nomination that is open to one, with its gate; ETag names its version."""
    return _answer(seat, nominations.cover(seat.session, seat.officer, nr), response)


@router.put("/assessment")
def save(seat: SeatDep, nr: Nr, draft: DraftBody, response: Response, if_match: IfMatch = None) -> AssessmentModel:
    """Save one's draft; If-Match names the version that was seen, "0" the first time."""
    session, officer = seat.session, seat.officer
    nomination = nominations.cover(session, officer, nr)
    own = assessments.mine(session, officer, nomination)
    seen = seen_version(if_match, own.version if own else 0)
    marks = {code: Mark(mark.level, mark.reason) for code, mark in draft.marks.items()}
    assessments.save(session, officer, nomination, marks, version=seen)
    if draft.notes is not None:
        assessments.take_notes(session, officer, nomination, draft.notes)
    return _answer(seat, nomination, response)


@router.post("/assessment/handing-in")
def hand_in(seat: SeatDep, nr: Nr, response: Response, if_match: IfMatch = None) -> AssessmentModel:
    """Hand in one's draft, once: it then stands."""
    nomination = nominations.cover(seat.session, seat.officer, nr)
    own = assessments.mine(seat.session, seat.officer, nomination)
    seen = seen_version(if_match, own.version if own else 0)
    assessments.hand_in(seat.session, seat.officer, nomination, version=seen)
    return _answer(seat, nomination, response)


@router.get("/assessments")
def others(seat: SeatDep, nr: Nr) -> OthersModel:
    """Return what the jury thinks of a nomination, once one has handed in one's own or the assessing is over."""
    session, officer = seat.session, seat.officer
    nomination = nominations.cover(session, officer, nr)
    counted = assessments.handed_in(session, officer, nomination)
    return OthersModel(
        blind=assessments.blind(session, officer, nomination),
        assessments=[OtherModel(office=office.known_as, marks=_marks(each)) for office, each in counted],
        spread=[
            SpreadModel(criterion=each.criterion.code, counts=list(each.counts), abstained=each.abstained)
            for each in assessments.spread(session, officer, nomination)
        ],
        set_aside=[office.known_as for office in assessments.set_aside(session, officer, nomination)],
    )


@router.post("/gate", status_code=201)
def judge(seat: SeatDep, nr: Nr, said: VerdictBody) -> list[VerdictModel]:
    """Write down whether a must-criterion is met, and return the gate."""
    nomination = nominations.cover(seat.session, seat.officer, nr)
    found = Found(said.criterion, met=said.met, reason=said.reason)
    gates.judge(seat.session, seat.officer, seat.edition, nomination, found)
    return _gate(seat, nomination)


def _answer(seat: Seat, nomination: Nomination, response: Response) -> AssessmentModel:
    own = assessments.mine(seat.session, seat.officer, nomination)
    version = own.version if own else 0
    response.headers["ETag"] = f'"{version}"'
    return AssessmentModel(
        version=version,
        marks=_marks(own) if own else {},
        notes=assessments.notes(seat.session, seat.officer, nomination),
        saved_at=own.saved_at if own else None,
        handed_in_at=own.handed_in_at if own else None,
        gate=_gate(seat, nomination),
    )


def _marks(assessment: Assessment) -> dict[str, MarkModel]:
    kept: dict[str, Any] = assessment.marks
    return {code: MarkModel(**mark) for code, mark in kept.items()}


def _gate(seat: Seat, nomination: Nomination) -> list[VerdictModel]:
    found = gates.of(seat.session, seat.edition, nomination).found
    return [
        VerdictModel(
            criterion=criterion.code,
            met=verdict.met if verdict else None,
            reason=verdict.reason if verdict else "",
        )
        for criterion, verdict in found
    ]
