"""The jury over HTTP: who holds which office, one's own ties, what waits for a ruling, substitutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.deps import AccountDep, SessionDep
from api.reading import Body, JsonRoute
from forum.foundation.errors import NotFound
from forum.people.policy import Action, Role, may
from forum.prize import jury, nominations, ties
from forum.prize.editions import Edition
from forum.prize.jury import Office, Officer
from forum.prize.nominations import Nomination
from forum.prize.ties import Grade, Ruling, Tie

router = APIRouter(prefix="/api/v1/editions/{edition}", tags=["jury"], route_class=JsonRoute)
EditionSlug = Annotated[str, Path(max_length=40, description="The edition's short name")]
Nr = Annotated[int, Path(ge=1, le=100_000, description="The nomination's number in its edition")]
Id = Annotated[UUID, Path(description="The id")]


@dataclass(frozen=True)
class Seat:
    """Somebody in the jury of an edition, with the request's session."""

    session: Session
    officer: Officer
    edition: Edition


def seated(session: SessionDep, account_id: AccountDep, edition: EditionSlug) -> Seat:
    """Let in whoever holds an office in the edition of the address; anybody else finds nothing."""
    return Seat(session, *jury.acting(session, account_id, edition))


SeatDep = Annotated[Seat, Depends(seated)]


class PostBody(Body):
    """Somebody to appoint."""

    email: str
    office: Role = Field(description="juror, deputy or substitute")
    organisation: str
    belongs_to: list[str] = Field(default_factory=list, max_length=10, description="From the topmost down")
    title: str = ""


class TieBody(Body):
    """How near somebody is to a nomination, and why."""

    grade: Grade
    reason: str = ""


class DiscoveredBody(TieBody):
    """A tie of somebody else that was discovered late."""

    office: UUID


class RulingBody(Body):
    """What follows from a tie, and why."""

    ruling: Ruling
    reason: str


class OfficeModel(BaseModel):
    """An office that is held; people are not named."""

    id: UUID
    office: Role
    title: str
    organisation: str
    belongs_to: list[str]
    called_in: bool = Field(description="A substitute who takes part")
    you: bool


class AppointedModel(OfficeModel):
    """A new office, with the one-time link where no mail goes out; it is told only now."""

    link: str | None


class TieModel(BaseModel):
    """A tie as it stands."""

    id: UUID
    nomination: int
    office: UUID
    grade: Grade
    proposed: Grade = Field(description="What the organisations suggest")
    reason: str
    ruling: Ruling | None = Field(description="None while it waits")
    at: datetime


class CoverModel(BaseModel):
    """What everybody in the jury sees of a nomination, with their own tie."""

    nr: int
    title: str
    organisations: list[list[str]] = Field(description="Lines of names from the topmost down")
    status: str | None = Field(description="How far it has come; None to whom it has not opened")
    suggested: Grade
    tie: TieModel | None


class JuryModel(BaseModel):
    """The jury of an edition as one in it sees it."""

    quorum: int
    stopped: bool
    offices: list[OfficeModel]
    nominations: list[CoverModel]
    waiting: list[TieModel] = Field(description="Ties that wait for the reader's ruling")


@router.get("/jury")
def show(seat: SeatDep) -> JuryModel:
    """Return the jury, the covers of the nominations with one's own ties, and what waits for one's ruling."""
    session, officer = seat.session, seat.officer
    covers, own = nominations.covers(session, officer), ties.of_mine(session, officer)
    numbers = {each.id: each.nr for each in covers}
    opened = ties.opened(officer, own)
    unruled = ties.waiting(session, officer) if may(officer, Action.TIE_RULE) else []
    return JuryModel(
        quorum=seat.edition.quorum,
        stopped=seat.edition.stopped_at is not None,
        offices=[OfficeModel(**_office(each, officer)) for each in jury.all_of(session, officer)],
        nominations=[_cover(each, own.get(each.id), officer, opened=each.id in opened) for each in covers],
        waiting=[_tie(each, numbers[each.nomination_id]) for each in unruled],
    )


@router.post("/jury", status_code=201)
def appoint(seat: SeatDep, new: PostBody) -> AppointedModel:
    """Appoint a juror, the deputy or a substitute by address."""
    post: jury.Post = {
        "office": new.office, "organisation": new.organisation, "belongs_to": new.belongs_to, "title": new.title,
    }  # fmt: skip
    office = jury.appoint(seat.session, seat.officer, seat.edition, new.email, **post)
    return AppointedModel(**_office(office, seat.officer), link=jury.link(seat.session, seat.officer, office))


@router.post("/jury/{office}/call-in")
def call_in(seat: SeatDep, office: Id) -> OfficeModel:
    """Call a substitute in, who still declares their ties."""
    found = jury.get(seat.session, seat.officer, office)
    jury.call_in(seat.session, seat.officer, found)
    return OfficeModel(**_office(found, seat.officer))


@router.post("/nominations/{nr}/ties", status_code=201)
def declare(seat: SeatDep, nr: Nr, said: TieBody) -> TieModel:
    """Declare how near one is to a nomination; it opens after the ruling."""
    nomination = nominations.cover(seat.session, seat.officer, nr)
    return _tie(ties.declare(seat.session, seat.officer, nomination, said.grade, reason=said.reason), nr)


@router.post("/nominations/{nr}/ties/discovered", status_code=201)
def discover(seat: SeatDep, nr: Nr, said: DiscoveredBody) -> TieModel:
    """Write down a tie of somebody else that was discovered late; what it touched is set aside."""
    nomination = nominations.cover(seat.session, seat.officer, nr)
    office = jury.ever(seat.session, seat.officer, said.office)
    return _tie(ties.discover(seat.session, seat.officer, nomination, office, said.grade, reason=said.reason), nr)


@router.post("/nominations/{nr}/ties/{tie}/ruling", status_code=201)
def rule(seat: SeatDep, nr: Nr, tie: Id, said: RulingBody) -> TieModel:
    """Rule on a tie that waits for the reader."""
    nomination = nominations.cover(seat.session, seat.officer, nr)
    found = {each.id: each for each in ties.waiting(seat.session, seat.officer)}.get(tie)
    if found is None or found.nomination_id != nomination.id:
        raise NotFound
    ruled = ties.rule(seat.session, seat.officer, nomination, found, ruling=said.ruling, reason=said.reason)
    return _tie(ruled, nr)


def _office(office: Office, officer: Officer) -> dict[str, Any]:
    return {
        "id": office.id,
        "office": office.role,
        "title": office.title,
        "organisation": office.organisation,
        "belongs_to": office.belongs_to,
        "called_in": office.called_in_at is not None,
        "you": office.id == officer.office_id,
    }


def _cover(nomination: Nomination, tie: Tie | None, officer: Officer, *, opened: bool) -> CoverModel:
    return CoverModel(
        nr=nomination.nr,
        title=nomination.title,
        organisations=ties.lines_of(nomination),
        status=nomination.status if opened else None,
        suggested=ties.suggested(officer, nomination),
        tie=_tie(tie, nomination.nr) if tie else None,
    )


def _tie(tie: Tie, nr: int) -> TieModel:
    ruling = Ruling(tie.ruling) if tie.ruling else None
    return TieModel(
        id=tie.id, nomination=nr, office=tie.office_id, grade=Grade(tie.grade), proposed=Grade(tie.proposed),
        reason=tie.reason, ruling=ruling, at=tie.at,
    )  # fmt: skip
