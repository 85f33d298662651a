"""The agenda (dagordningen): what a meeting goes through, from its opening to its close.

Before the meeting the agenda writes itself from the register (`mapping.agenda`): here stands only what members have
added. When it opens, every point is written down with the rules and figures that put it there, and stays so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from forum.foundation import clock, journal
from forum.foundation.audience import Visibility
from forum.foundation.database import Moment
from forum.foundation.errors import Invalid, NotFound, outside, raise_all
from forum.foundation.language import N_
from forum.people import agreements
from forum.people.members import Member, require_seen
from forum.people.policy import Action, may, require
from forum.register import steps
from forum.register.deviations import Deviation, checked_text
from forum.register.places import Place
from forum.register.steps import Worked, hold, reason_given
from forum.work import meetings, pictures
from forum.work.meetings import Meeting

TITLE_LENGTH, NOTE_LENGTH = 120, 4000
MOST_MINUTES = 240
MINUTES = 5
"""Of an added item, where nothing else is said."""


class Rule(StrEnum):
    """What puts a point on the agenda; `mapping.agenda` says when, and how much it weighs."""

    ESCALATED = "escalated"
    CARRIED_OVER = "carried_over"
    REOPENED = "reopened"
    GROWING = "growing"
    ADDED = "added"
    OVERDUE = "overdue"
    NEW_PLACE = "new_place"
    CONCENTRATION = "concentration"
    EFFECT_DUE = "effect_due"
    FOLLOW_UP = "follow_up"
    NOT_LOOKED_AT = "not_looked_at"
    ACTIVE = "active"


class Status(StrEnum):
    """What became of an item."""

    OPEN = "open"
    HANDLED = "handled"
    CARRIED_OVER = "carried_over"
    ESCALATED = "escalated"


LEFT = (Status.CARRIED_OVER.value, Status.OPEN.value)
"""What the next meeting begins with; whoever closed the meeting may not have seen all of its annex."""
STATUS_WORDS = {
    Status.OPEN: N_("not gone through yet"),
    Status.HANDLED: N_("gone through"),
    Status.CARRIED_OVER: N_("carried over to the next meeting"),
    Status.ESCALATED: N_("handed to the steering group"),
}


@dataclass(frozen=True)
class Point:
    """A point of the agenda before it is written down: where, why (each rule with its figures), how long."""

    key: str
    reasons: tuple[Mapping[str, Any], ...]
    minutes: int
    title: str = ""
    place_id: UUID | None = None
    deviation_id: UUID | None = None
    below: bool = False
    """It does not fit into the meeting's time."""
    visibility: Visibility = Visibility.FORUM
    item_id: UUID | None = None


@dataclass(frozen=True)
class Prepared:
    """What a meeting opens with: the figures of its picture, and the points of its agenda in their order."""

    figures: Mapping[str, Any]
    points: Sequence[Point]


class Item(Worked):
    """One item of a meeting's agenda; `key` is what the same matter is known by from meeting to meeting."""

    __tablename__ = "agenda_items"
    kind: ClassVar[str] = "item"

    meeting_id: Mapped[UUID]
    key: Mapped[str]
    position: Mapped[int]
    minutes: Mapped[int]
    title: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    place_id: Mapped[UUID | None]
    deviation_id: Mapped[UUID | None]
    reasons: Mapped[list[Any]] = mapped_column(server_default="[]")
    below: Mapped[bool] = mapped_column(server_default="false")
    note: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    status: Mapped[str] = mapped_column(server_default="open")
    organisation_id: Mapped[UUID]
    shown_at: Mapped[datetime | None] = mapped_column(Moment)


def _seen(member: Member) -> Select[Item]:
    require(member, Action.MEETING_READ)
    return select(Item).where(Item.forum_id == member.forum_id, Item.visibility.in_(member.visibilities))


def of_meeting(session: Session, member: Member, meeting: Meeting) -> list[Item]:
    """Return the items of a meeting that are written down, in their order; the annex comes last."""
    order = (Item.visibility.desc(), Item.position, Item.created_at)
    return list(session.scalars(_seen(member).where(Item.meeting_id == meeting.id).order_by(*order)))


def get(session: Session, member: Member, reference: UUID) -> Item:
    """Return an item."""
    found = session.scalar(_seen(member).where(Item.id == reference))
    if found is None:
        raise NotFound
    return found


def left_over(session: Session, member: Member, meeting: Meeting) -> list[Item]:
    """Return what earlier meetings have left: carried over by the last one, or waiting for the steering group."""
    earlier = meetings.before(session, member, meeting)
    carried = (Item.meeting_id == earlier.id) & Item.status.in_(LEFT) if earlier else None
    begun = select(Meeting.id).where(Meeting.forum_id == member.forum_id, Meeting.starts_at < meeting.starts_at)
    upstairs = _upstairs() & Item.meeting_id.in_(begun)
    wanted = upstairs if carried is None else or_(carried, upstairs)
    return list(session.scalars(_seen(member).where(wanted).order_by(Item.created_at, Item.position)))


def waiting(session: Session, member: Member) -> list[Item]:
    """Return what waits for the steering group, the oldest first."""
    return list(session.scalars(_seen(member).where(_upstairs()).order_by(Item.created_at, Item.position)))


def _upstairs() -> ColumnElement[bool]:
    """Return the condition of what was handed to the steering group, and at no later meeting gone through or again."""
    later, here, then = aliased(Item), aliased(Meeting), aliased(Meeting)
    same = (later.forum_id == Item.forum_id, later.key == Item.key, later.visibility == Item.visibility)
    ended = later.status.in_([Status.HANDLED.value, Status.ESCALATED.value])
    met = (here.id == Item.meeting_id, then.id == later.meeting_id, then.starts_at > here.starts_at)
    again = select(later.id).where(*same, ended, *met).correlate(Item)
    return (Item.status == Status.ESCALATED.value) & ~again.exists()


# --- before the meeting -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wish:
    """What a member wants to be talked of."""

    title: str
    minutes: int = MINUTES
    visibility: Visibility = Visibility.FORUM


def add(
    session: Session,
    member: Member,
    meeting: Meeting,
    wish: Wish,
    *,
    place: Place | None = None,
    deviation: Deviation | None = None,
) -> Item:
    """Add an item to a meeting that is planned, or, by who leads it, while it lasts."""
    require(member, Action.MEETING_ADD)
    agreements.require_in_force(session, member)
    now = (meetings.Status.UNDER_WAY,) if may(member, Action.MEETING_LEAD) else ()
    meetings.require_status(meeting, meetings.Status.PLANNED, *now)
    title = _checked(member, wish)
    if place and wish.visibility.wider_than(Visibility(place.visibility)):
        raise _wider(wish.visibility)
    last = select(func.coalesce(func.max(Item.position), 0)).where(Item.meeting_id == meeting.id)
    item = Item(
        forum_id=meeting.forum_id,
        meeting_id=meeting.id,
        organisation_id=member.organisation_id,
        key=f"added:{uuid4()}",
        position=(session.scalar(last) or 0) + 1,
        minutes=wish.minutes,
        title=title,
        place_id=place.id if place else None,
        deviation_id=deviation.id if deviation else None,
        reasons=[{"rule": Rule.ADDED.value}],
        visibility=wish.visibility.value,
    )
    session.add(item)
    session.flush()
    session.refresh(item)
    steps.begin(session, member, item, meeting=str(meeting.id))
    return item


def _wider(visibility: Visibility) -> Invalid:
    message = N_("More people would see the item than its place.")
    return Invalid(message, field="visibility", value=visibility, remedy=N_("Choose as the place has it."))


def _checked(member: Member, wish: Wish) -> str:
    title = checked_text(wish.title, "title", TITLE_LENGTH)
    if not title:
        remedy = N_("Write what is to be talked of in at most %(most)s characters.")
        raise Invalid(N_("An item needs a title."), field="title", value=wish.title, remedy=remedy, most=TITLE_LENGTH)
    raise_all(outside(wish.minutes, 1, MOST_MINUTES, "minutes"))
    if wish.visibility not in {Visibility.FORUM, Visibility.AUTHORITIES}:
        message, remedy = N_("A meeting is for the forum, its annex for authorities."), N_("Choose one of them.")
        raise Invalid(message, field="visibility", value=wish.visibility, remedy=remedy)
    require_seen(member, wish.visibility)
    return title


# --- the meeting ------------------------------------------------------------------------------------------------------


def begin(
    session: Session, member: Member, meeting: Meeting, prepared: Prepared, version: int | None = None
) -> Meeting:
    """Open a meeting: the picture and every point of the agenda are written down as they now stand."""
    require(member, Action.MEETING_LEAD)
    agreements.require_in_force(session, member)
    since, until = meetings.span(session, member, meeting)
    hold(session, meeting, version)
    meetings.require_next(meeting, meetings.Status.UNDER_WAY)
    frozen = pictures.keep(session, member, prepared.figures, meeting_id=meeting.id)
    added = {item.id: item for item in of_meeting(session, member, meeting)}
    for position, point in enumerate(prepared.points, 1):
        said = {"position": position, "minutes": point.minutes, "below": point.below, "reasons": list(point.reasons)}
        if point.item_id is not None:
            steps.take(session, member, added[point.item_id], "begin", new=said)
        else:
            _write_down(session, member, meeting, point, said)
    new = {"status": meetings.Status.UNDER_WAY.value, "begun_at": clock.now(), "picture_id": frozen.id}
    steps.take(session, member, meeting, "begin", new=new | {"since": since, "until": until})
    return meeting


def _write_down(session: Session, member: Member, meeting: Meeting, point: Point, said: Mapping[str, Any]) -> None:
    item = Item(
        forum_id=meeting.forum_id,
        meeting_id=meeting.id,
        organisation_id=member.organisation_id,
        key=point.key,
        title=point.title,
        place_id=point.place_id,
        deviation_id=point.deviation_id,
        visibility=point.visibility.value,
        **said,
    )
    session.add(item)
    session.flush()
    steps.begin(session, member, item, meeting=str(meeting.id))


def show(session: Session, member: Member, item: Item) -> None:
    """Show an item to the room; screens that follow move on to it.

    One of the annex has no place there: the room stays where it is, so that the meeting tells nobody of it.
    """
    require(member, Action.MEETING_LEAD)
    meeting = meetings.get(session, member, item.meeting_id)
    hold(session, meeting, None)
    meetings.require_status(meeting, meetings.Status.UNDER_WAY)
    if Visibility(item.visibility) is Visibility.FORUM:
        meeting.current_id = item.id
    if item.shown_at is None:
        item.shown_at = clock.now()
    session.flush()
    journal.write(session, member, journal.Entry("meeting:show", "meeting", meeting.id, {"position": item.position}))


def note(session: Session, member: Member, item: Item, words: str, version: int | None = None) -> Item:
    """Write what was said of an item; the minutes have it."""
    _under_way(session, member, item, version)
    steps.take(session, member, item, "note", new={"note": checked_text(words, "note", NOTE_LENGTH)})
    return item


def settle(
    session: Session, member: Member, item: Item, status: Status, *, reason: str = "", version: int | None = None
) -> Item:
    """Say what became of an item; what is handed to the steering group has a reason."""
    words = reason_given(reason) if status is Status.ESCALATED else checked_text(reason, "reason")
    _under_way(session, member, item, version)
    steps.take(session, member, item, "settle", new={"status": status.value}, reason=words)
    return item


def lay_at(session: Session, member: Member, item: Item, place: Place, version: int | None = None) -> Item:
    """Tie an item to a place that was made for it, so that measures can be decided there."""
    if Visibility(item.visibility).wider_than(Visibility(place.visibility)):
        raise _wider(Visibility(item.visibility))
    _under_way(session, member, item, version)
    steps.take(session, member, item, "lay_at", new={"place_id": place.id})
    return item


def _under_way(session: Session, member: Member, item: Item, version: int | None) -> None:
    require(member, Action.MEETING_LEAD)
    meeting = meetings.get(session, member, item.meeting_id)
    hold(session, meeting, None)  # so that nobody closes it meanwhile
    meetings.require_status(meeting, meetings.Status.UNDER_WAY)
    hold(session, item, version)


def end(session: Session, member: Member, meeting: Meeting, version: int | None = None) -> Meeting:
    """Close a meeting: nothing is decided there any more, and what was not gone through goes to the next one.

    Whoever closes it has written its minutes.
    """
    require(member, Action.MEETING_LEAD)
    hold(session, meeting, version)
    meetings.require_next(meeting, meetings.Status.HELD)
    for item in of_meeting(session, member, meeting):
        if Status(item.status) is Status.OPEN:
            steps.take(session, member, item, "settle", new={"status": Status.CARRIED_OVER.value})
    meetings.sign(session, member, meeting, "wrote")
    new = {"status": meetings.Status.HELD.value, "ended_at": clock.now(), "current_id": None}
    steps.take(session, member, meeting, "end", new=new)
    return meeting


def escalation(session: Session, item: Item) -> str:
    """Return why an item was handed to the steering group."""
    settled = [step for step in steps.of(session, item.id) if step.action == "settle" and step.reason]
    return settled[-1].reason if settled else ""
