"""The agenda of a meeting over HTTP (dagordningen): its points, what becomes of them, and what is decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.deps import IfMatch, MemberDep, SessionDep, reference_of, seen_version
from api.geojson import GeoJson, answer
from api.meetings import Day, meeting_of
from api.reading import Body, JsonRoute
from forum.foundation.audience import Visibility
from forum.foundation.errors import Invalid, NotFound
from forum.foundation.language import N_
from forum.people import organisations
from forum.people.agreements import today
from forum.people.members import Member
from forum.register import deviations, places
from forum.work import agenda, decisions, lines, measures, meetings
from forum.work.agenda import Item, Point, Status, Wish
from forum.work.decisions import Decision, Order, Replaced
from forum.work.terms import Nature
from mapping import agenda as bridge

router = APIRouter(
    prefix="/api/v1/forums/{forum}/meetings/{reference}", tags=["meetings"], route_class=JsonRoute,
    default_response_class=GeoJson,
)  # fmt: skip
ItemId = Annotated[UUID, Path(description="The id of an item")]
LineDep = Annotated[str, Query(max_length=500, description="What is typed", examples=["Polisen, gå förbi, 15 dec"])]
Numbered = Annotated[str, Field(coerce_numbers_to_str=True)]


class WishBody(Body):
    """What a member wants to be talked of."""

    title: str
    minutes: int = agenda.MINUTES
    visibility: Visibility = Visibility.FORUM
    place: Numbered | None = Field(None, description="Number or id of a place")
    deviation: Numbered | None = Field(None, description="Number or id of a deviation")


class ArrangementBody(Body):
    """In which order the points stand, how long they take, and what is left out; keys are those of the agenda."""

    order: list[str] = Field(default_factory=list, max_length=500)
    minutes: dict[str, int] = Field(default_factory=dict)
    left_out: list[str] = Field(default_factory=list, max_length=500)


class NoteBody(Body):
    """What was said."""

    note: str


class StatusBody(Body):
    """What became of an item."""

    status: Status
    reason: str = Field("", description="Needed for the steering group")


class PlaceBody(Body):
    """The place that an item is about."""

    place: Numbered = Field(description="Number or id of a place")


class DecisionBody(Body):
    """What is decided; with an owner and a day, or `line`, it orders a measure at the item's place."""

    words: str = ""
    line: str = Field("", description="All in one: who, what, until when", examples=["Polisen, gå förbi, 15 dec"])
    owner: UUID | None = None
    due_on: date | None = None
    nature: Nature = Nature.PHYSICAL
    measure: Numbered | None = Field(None, description="Number or id of the measure that it concerns")
    deviation: Numbered | None = Field(None, description="Number or id of the deviation that it concerns")
    replaces: UUID | None = Field(None, description="The decision whose place it takes")
    reason: str = Field("", description="Why it takes that place")


class PointModel(BaseModel):
    """A point of the agenda: why it stands there, and what became of it."""

    key: str
    id: UUID | None = Field(description="None until the meeting is opened, but for what members add")
    title: str
    place: UUID | None
    deviation: UUID | None
    reasons: list[dict[str, Any]] = Field(description="The rules that put it there, with their figures")
    minutes: int
    below: bool = Field(description="It does not fit into the meeting's time")
    visibility: Visibility
    status: Status
    note: str
    version: int | None


class DecisionModel(BaseModel):
    """A decision."""

    id: UUID
    item: UUID
    nr: int
    words: str
    place: UUID | None
    deviation: UUID | None
    measure: UUID | None
    replaces: UUID | None
    replaced_by: UUID | None
    reason: str
    visibility: Visibility
    at: datetime


class AgendaModel(BaseModel):
    """The agenda: the forum's points in their order, then the authorities' annex."""

    since: datetime
    until: datetime
    points: list[PointModel]
    left_out: list[PointModel]
    decisions: list[DecisionModel]


class LineModel(BaseModel):
    """What is read of a line."""

    words: str
    owner: UUID | None
    due_on: date | None


def of_point(point: Point) -> dict[str, Any]:
    """Return a point that is not written down yet as we answer it."""
    plain = {name: getattr(point, name) for name in ("key", "title", "minutes", "below", "visibility")}
    refers = {"id": point.item_id, "place": point.place_id, "deviation": point.deviation_id}
    return plain | refers | {"reasons": list(point.reasons), "status": Status.OPEN, "note": "", "version": None}


def of_item(item: Item) -> dict[str, Any]:
    """Return an item as we answer it."""
    names = ("id", "key", "title", "minutes", "below", "visibility", "reasons", "status", "note", "version")
    return {name: getattr(item, name) for name in names} | {"place": item.place_id, "deviation": item.deviation_id}


def of_decisions(session: Session, member: Member, made: Iterable[Decision]) -> list[dict[str, Any]]:
    """Return decisions as we answer them, each with the one that has replaced it."""
    made = list(made)
    later = decisions.replaced(session, member, made)
    return [
        {name: getattr(d, name) for name in ("id", "nr", "words", "reason", "visibility", "at")}
        | {"item": d.item_id, "place": d.place_id, "deviation": d.deviation_id, "measure": d.measure_id}
        | {"replaces": d.replaces_id, "replaced_by": later[d.id].id if d.id in later else None}
        for d in made
    ]


def _item(session: Session, member: Member, reference: str, item: UUID) -> Item:
    found = agenda.get(session, member, item)
    if found.meeting_id != meeting_of(session, member, reference).id:
        raise NotFound
    return found


def _answer(item: Item, status: int = 200) -> GeoJson:
    return answer(of_item(item), status, {"ETag": f'"{item.version}"'})


@router.get("/agenda", response_model=AgendaModel)
def read(session: SessionDep, member: MemberDep, reference: Day) -> GeoJson:
    """Return the agenda: before the meeting as it would now be, afterwards as it was."""
    meeting = meeting_of(session, member, reference)
    if meetings.Status(meeting.status) is meetings.Status.PLANNED:
        found = bridge.of(session, member, meeting)
        points = [of_point(point) for point in (*found.points, *found.annex)]
        out = [of_point(point) for point in found.left_out]
        return answer({"since": found.since, "until": found.until, "points": points, "left_out": out, "decisions": []})
    since, until = meetings.span(session, member, meeting)
    points = [of_item(item) for item in agenda.of_meeting(session, member, meeting)]
    made = of_decisions(session, member, decisions.of_meeting(session, member, meeting))
    return answer({"since": since, "until": until, "points": points, "left_out": [], "decisions": made})


@router.put("/agenda", response_model=AgendaModel)
def arrange(
    session: SessionDep, member: MemberDep, reference: Day, wanted: ArrangementBody, if_match: IfMatch = None
) -> GeoJson:
    """Arrange the points of a meeting that is planned."""
    meeting = meeting_of(session, member, reference)
    version = seen_version(if_match, meeting.version) if if_match else None
    bridge.arrange(session, member, meeting, wanted.model_dump(), version)
    return read(session, member, reference)


@router.post("/items", status_code=201, response_model=PointModel)
def add(session: SessionDep, member: MemberDep, reference: Day, wish: WishBody) -> GeoJson:
    """Add an item to the agenda."""
    meeting = meeting_of(session, member, reference)
    place = places.get(session, member, reference_of(wish.place)) if wish.place else None
    deviation = deviations.get(session, member, reference_of(wish.deviation)) if wish.deviation else None
    wanted = Wish(wish.title, wish.minutes, wish.visibility)
    return _answer(agenda.add(session, member, meeting, wanted, place=place, deviation=deviation), 201)


@router.post("/items/{item}/shown", response_model=PointModel)
def show(session: SessionDep, member: MemberDep, reference: Day, item: ItemId) -> GeoJson:
    """Show an item to the room."""
    shown = _item(session, member, reference, item)
    agenda.show(session, member, shown)
    return _answer(shown)


@router.put("/items/{item}/note", response_model=PointModel)
def note(
    session: SessionDep, member: MemberDep, reference: Day, item: ItemId, said: NoteBody, if_match: IfMatch = None
) -> GeoJson:
    """Write what was said of an item."""
    noted = _item(session, member, reference, item)
    return _answer(agenda.note(session, member, noted, said.note, seen_version(if_match, noted.version)))


@router.put("/items/{item}/status", response_model=PointModel)
def settle(
    session: SessionDep, member: MemberDep, reference: Day, item: ItemId, became: StatusBody, if_match: IfMatch = None
) -> GeoJson:
    """Say what became of an item: gone through, carried over, or handed to the steering group with a reason."""
    settled = _item(session, member, reference, item)
    version = seen_version(if_match, settled.version) if if_match else None
    return _answer(agenda.settle(session, member, settled, became.status, reason=became.reason, version=version))


@router.put("/items/{item}/place", response_model=PointModel)
def lay_at(session: SessionDep, member: MemberDep, reference: Day, item: ItemId, at: PlaceBody) -> GeoJson:
    """Tie an item to the place that was made for it."""
    place = places.get(session, member, reference_of(at.place))
    return _answer(agenda.lay_at(session, member, _item(session, member, reference, item), place))


@router.post("/items/{item}/decisions", status_code=201, response_model=DecisionModel)
def decide(session: SessionDep, member: MemberDep, reference: Day, item: ItemId, said: DecisionBody) -> GeoJson:
    """Decide something on an item."""
    words, order = _ordered(session, member, said)
    measure = measures.get(session, member, reference_of(said.measure)) if said.measure else None
    deviation = deviations.get(session, member, reference_of(said.deviation)) if said.deviation else None
    old = decisions.get(session, member, said.replaces) if said.replaces else None
    replaces = Replaced(old, said.reason) if old else None
    decided = _item(session, member, reference, item)
    made = decisions.decide(
        session, member, decided, words, order, measure=measure, deviation=deviation, replaces=replaces
    )
    return answer(of_decisions(session, member, [made])[0], 201)


def _ordered(session: Session, member: Member, said: DecisionBody) -> tuple[str, Order | None]:
    """Return the words and the order of a decision; a line that names only one of owner and day orders too little."""
    if said.line and said.words:
        message, remedy = N_("A decision is sent as words or as a line."), N_("Send one of them.")
        raise Invalid(message, field="line", value=said.line, remedy=remedy)
    read_ = lines.read(said.line, organisations.all_of(session, member.forum_id), today())
    owner, due = said.owner or read_.owner_id, said.due_on or read_.due_on
    return said.words or read_.words, Order(owner, due, said.nature) if owner or due else None


@router.get("/line", response_model=LineModel)
def read_line(session: SessionDep, member: MemberDep, reference: Day, line: LineDep) -> GeoJson:
    """Return what is read of a line: who, what, until when; nothing is saved."""
    meeting_of(session, member, reference)
    found = lines.read(line, organisations.all_of(session, member.forum_id), today())
    return answer({"words": found.words, "owner": found.owner_id, "due_on": found.due_on})
