"""Meetings over HTTP (forummöten): their cycle, planned, held, adjusted, and the minutes as they were sealed."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.chains import ChainModel, chain_of
from api.deps import IfMatch, MemberDep, SessionDep, reference_of, seen_version
from api.geojson import GeoJson, answer
from api.invitations import CALENDAR, invitation
from api.reading import Body, JsonRoute
from forum.foundation import clock
from forum.foundation.audience import Audience
from forum.foundation.errors import NotFound
from forum.foundation.language import N_
from forum.people.agreements import today
from forum.people.members import Member
from forum.work import agenda, chain, cycles, invitations, meetings, minutes
from forum.work.cycles import Cycle, Every, Rule
from forum.work.meetings import Meeting, Plan, Status
from forum.work.minutes import Form
from mapping import agenda as bridge

router = APIRouter(
    prefix="/api/v1/forums/{forum}/meetings", tags=["meetings"], route_class=JsonRoute, default_response_class=GeoJson
)
COMING = 6
"""Days that follow from the cycle, as they are answered."""
MEDIA = {
    Form.HTML: "text/html; charset=utf-8",
    Form.PDF: "application/pdf",
    Form.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
BYTES = {"schema": {"type": "string", "format": "binary"}}
Day = Annotated[str, Path(max_length=40, description="The day of the meeting, as 2023-10-18, or its id")]


class RuleBody(Body):
    """How often the forum meets."""

    every: Every = Every.MONTH
    weekday: int = Field(3, description="1 is Monday")
    week: int = Field(3, description="Of the month, for every=month: 1 to 4, or 5 for the last")
    first_day: date = Field(date(2023, 1, 2), description="Where fortnights are counted from")
    at: time = time(9)
    minutes: int = 90
    location: str = ""
    chair: UUID | None = Field(None, description="The organisation that chairs")

    def rule(self) -> Rule:
        """Return the rule for the domain."""
        return Rule(**self.model_dump(exclude={"chair"}), chair_id=self.chair)


class PlanBody(Body):
    """When and where a meeting is."""

    starts_at: str = Field(examples=["2023-10-18T09:00"], description="Without an offset it is Swedish time")
    minutes: int = 90
    location: str = ""
    chair: UUID | None = Field(None, description="The organisation that chairs")

    def plan(self) -> Plan:
        """Return the plan for the domain."""
        return Plan(clock.to_utc(self.starts_at, "starts_at"), self.minutes, self.location, self.chair)


class Because(Body):
    """A reason."""

    reason: str


class AttendanceBody(Body):
    """How many of each organisation are there."""

    people: dict[str, int] = Field(description="By the organisation's id")


class CycleModel(RuleBody):
    """The cycle, with the days that follow from it."""

    days: list[date]


class MeetingModel(BaseModel):
    """One meeting."""

    id: UUID
    nr: int
    day: date
    starts_at: datetime
    minutes: int
    location: str
    chair: UUID
    sequence: int
    invited: bool = Field(description="The members were called by mail")
    status: Status
    since: datetime | None
    until: datetime | None
    picture: UUID | None = Field(description="The frozen picture of the meeting")
    current: UUID | None = Field(description="The item that the room is shown")
    begun_at: datetime | None
    ended_at: datetime | None
    version: int


class SealedModel(BaseModel):
    """Minutes as they were sealed."""

    audience: Audience
    form: Form
    sha256: str
    sealed_at: datetime


class WholeMeeting(MeetingModel):
    """One meeting with who was there, who signed its minutes, and what was sealed."""

    attendance: dict[str, int]
    signed: dict[str, UUID] = Field(description="The organisation that wrote and the one that adjusted the minutes")
    minutes_sealed: list[SealedModel]


class MeetingList(BaseModel):
    """Meetings, the latest first."""

    meetings: list[MeetingModel]


def said(meeting: Meeting) -> dict[str, Any]:
    """Return a meeting as we answer it."""
    renamed = {"chair_id": "chair", "picture_id": "picture", "current_id": "current"}
    plain = [name for name in MeetingModel.model_fields if name not in renamed.values()]
    return {name: getattr(meeting, name) for name in plain} | {
        name: getattr(meeting, column) for column, name in renamed.items()
    }


def meeting_of(session: Session, member: Member, reference: str) -> Meeting:
    """Return the meeting of a day or an id in an address; what is neither is simply not found."""
    for read in (date.fromisoformat, UUID):
        try:
            return meetings.get(session, member, read(reference))
        except ValueError:
            continue
    raise NotFound


def _answer(meeting: Meeting, status: int = 200) -> GeoJson:
    return answer(said(meeting), status, {"ETag": f'"{meeting.version}"'})


def _version(if_match: str | None, meeting: Meeting) -> int | None:
    return seen_version(if_match, meeting.version) if if_match else None


def _by_id(people: dict[str, int]) -> dict[UUID, int]:
    found = {words: reference_of(words) for words in people}
    for words, reference in found.items():
        if not isinstance(reference, UUID):
            raise NotFound(field="people", value=words, remedy=N_("Choose one of the forum's organisations."))
    return {reference: people[words] for words, reference in found.items() if isinstance(reference, UUID)}


def _cycle(cycle: Cycle | None) -> dict[str, Any]:
    if cycle is None:
        raise NotFound
    plain = [name for name in RuleBody.model_fields if name != "chair"]
    days = cycles.days(cycle, today(), COMING)
    return {name: getattr(cycle, name) for name in plain} | {"chair": cycle.chair_id, "days": days}


@router.get("", response_model=MeetingList)
def find(session: SessionDep, member: MemberDep) -> GeoJson:
    """Return the forum's meetings."""
    return answer({"meetings": [said(meeting) for meeting in meetings.all_of(session, member)]})


@router.post("", status_code=201, response_model=MeetingModel)
def plan(session: SessionDep, member: MemberDep, wanted: PlanBody) -> GeoJson:
    """Plan a meeting."""
    return _answer(meetings.plan(session, member, wanted.plan()), 201)


@router.get("/cycle", response_model=CycleModel)
def read_cycle(session: SessionDep, member: MemberDep) -> GeoJson:
    """Return how often the forum meets, with the next days."""
    return answer(_cycle(cycles.of_forum(session, member)))


@router.put("/cycle", response_model=CycleModel)
def set_cycle(session: SessionDep, member: MemberDep, wanted: RuleBody) -> GeoJson:
    """Set how often the forum meets; meetings that are planned stay."""
    return answer(_cycle(cycles.set_rule(session, member, wanted.rule())))


@router.get("/{reference}", response_model=WholeMeeting)
def read(session: SessionDep, member: MemberDep, reference: Day) -> GeoJson:
    """Return one meeting."""
    meeting = meeting_of(session, member, reference)
    signed = meetings.signatures(session, member, meeting)
    sealed = [
        {"audience": s.audience, "form": s.form, "sha256": s.hash.hex(), "sealed_at": s.sealed_at}
        for s in minutes.of_meeting(session, member, meeting)
    ]
    there = {str(who): people for who, people in meetings.attendance(session, member, meeting).items()}
    more = {"attendance": there, "signed": {part: s.organisation_id for part, s in signed.items()}}
    return answer(said(meeting) | more | {"minutes_sealed": sealed}, headers={"ETag": f'"{meeting.version}"'})


@router.put("/{reference}", response_model=MeetingModel)
def amend(
    session: SessionDep, member: MemberDep, reference: Day, wanted: PlanBody, if_match: IfMatch = None
) -> GeoJson:
    """Move a meeting that is planned, or change what is said of it."""
    meeting = meeting_of(session, member, reference)
    version = seen_version(if_match, meeting.version)
    return _answer(meetings.amend(session, member, meeting, wanted.plan(), version))


@router.post("/{reference}/cancellation", response_model=MeetingModel)
def cancel(session: SessionDep, member: MemberDep, reference: Day, why: Because, if_match: IfMatch = None) -> GeoJson:
    """Cancel a meeting that is planned, with a reason."""
    meeting = meeting_of(session, member, reference)
    return _answer(meetings.cancel(session, member, meeting, reason=why.reason, version=_version(if_match, meeting)))


@router.post("/{reference}/opening", response_model=MeetingModel)
def begin(session: SessionDep, member: MemberDep, reference: Day, if_match: IfMatch = None) -> GeoJson:
    """Open a meeting: its agenda and its picture stay as they now are."""
    meeting = meeting_of(session, member, reference)
    prepared = bridge.prepared(session, member, meeting)
    return _answer(agenda.begin(session, member, meeting, prepared, _version(if_match, meeting)))


@router.put("/{reference}/attendance", response_model=WholeMeeting)
def attend(session: SessionDep, member: MemberDep, reference: Day, there: AttendanceBody) -> GeoJson:
    """Note how many of each organisation are there; 0 takes it away."""
    meetings.attend(session, member, meeting_of(session, member, reference), _by_id(there.people))
    return read(session, member, reference)


@router.post("/{reference}/closing", response_model=MeetingModel)
def end(session: SessionDep, member: MemberDep, reference: Day, if_match: IfMatch = None) -> GeoJson:
    """Close a meeting; what was not gone through goes to the next one."""
    meeting = meeting_of(session, member, reference)
    return _answer(agenda.end(session, member, meeting, _version(if_match, meeting)))


@router.post("/{reference}/adjustment", response_model=MeetingModel)
def adjust(session: SessionDep, member: MemberDep, reference: Day, if_match: IfMatch = None) -> GeoJson:
    """Adjust the minutes that another member wrote; they are then sealed."""
    meeting = meeting_of(session, member, reference)
    return _answer(meetings.adjust(session, member, meeting, _version(if_match, meeting)))


@router.get(
    "/{reference}/minutes/{audience}.{form}",
    response_class=Response,
    responses={200: {"description": "The bytes", "content": {"application/octet-stream": BYTES}}},
)
def sealed_minutes(session: SessionDep, member: MemberDep, reference: Day, audience: Audience, form: Form) -> Response:
    """Return the minutes as they were sealed, byte for byte."""
    meeting = meeting_of(session, member, reference)
    sealed = minutes.get(session, member, meeting, audience, form)
    name = f"protokoll-{member.forum_slug}-{meeting.day}-{audience}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "ETag": f'"{sealed.hash.hex()}"'}
    return Response(sealed.content, media_type=MEDIA[form], headers=headers | {"Cache-Control": "no-store"})


@router.post("/{reference}/invitation", response_model=MeetingModel)
def call(session: SessionDep, member: MemberDep, reference: Day, if_match: IfMatch = None) -> GeoJson:
    """Call the members to a meeting by mail; they hear of each change from then on."""
    meeting = meeting_of(session, member, reference)
    return _answer(invitations.send(session, member, meeting, _version(if_match, meeting)))


@router.get(
    "/{reference}/invitation.ics",
    response_class=Response,
    responses={200: {"description": "A calendar file", "content": {"text/calendar": BYTES}}},
)
def invite(request: Request, session: SessionDep, member: MemberDep, reference: Day) -> Response:
    """Return the meeting as an invitation; of a cancelled one, as its recall."""
    meeting, base_url = meeting_of(session, member, reference), request.app.state.settings.base_url
    return Response(invitation(member, meeting, base_url), media_type=CALENDAR, headers={"Cache-Control": "no-store"})


@router.get("/{reference}/chain", response_model=ChainModel)
def follow(session: SessionDep, member: MemberDep, reference: Day) -> GeoJson:
    """Return what a meeting talked of and decided, and what came of that."""
    return chain_of(member, chain.of_meeting(session, member, meeting_of(session, member, reference)))
