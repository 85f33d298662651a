"""The live mode of a meeting (visningen): one item at a time on the projector, led by keyboard, followed elsewhere.

All of it is made for the room, never for whoever presses the keys: for the forum, or for authorities where they go
through their annex on a page of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.meetings import meeting_of
from dashboards import spots, view, words
from dashboards.measure import doable, in_list, names_in
from dashboards.points import Teller, Told
from dashboards.readers import Here, InForum
from dashboards.rows import kinds
from dashboards.spots import Spots
from dashboards.view import Form
from forum.foundation import clock
from forum.foundation.audience import Audience
from forum.foundation.errors import NotFound
from forum.foundation.language import N_, text
from forum.people import audiences, organisations
from forum.people.policy import Action, may
from forum.register import categories, finding
from forum.work import agenda, decisions, meetings
from forum.work.agenda import Item
from forum.work.follow_ups import OUTCOME_WORDS
from forum.work.measures import WAITING, Measure, Status, Step, of_place
from forum.work.meetings import Meeting
from mapping import agenda as bridge

router = APIRouter()
PAGE = "/{forum}/moten/{day}/visa"
OPEN_STATES = WAITING | {Status.CARRIED_OUT}
"""Measures that the forum has something to say of: still to be done, or done and not followed up."""
LISTED = 5
"""Measures that stand on the screen; all of them can be chosen."""


@dataclass(frozen=True)
class Room:
    """The screen: for whom it is, which item it shows, and whether it leads the meeting or follows it."""

    here: Here
    audience: Audience
    meeting: Meeting
    language: str
    leads: bool


@router.get(PAGE)
def show(request: Request, here: InForum, day: str) -> HTMLResponse:
    """Show the item that the room is at; without the right to the annex there is none."""
    audience = _audience(request, here)
    with audiences.narrowed(here.session, audience):
        room = _room(request, here, day, audience)
        items = _items(room)
        if meetings.Status(room.meeting.status) is not meetings.Status.UNDER_WAY or not items:
            return view.render(request, "sitting_still.html", **_still(room, items))
        shown, seen = _shown(request, room, items)
        page = view.render(request, "sitting.html", **shown)
    if seen.page is not None:
        finding.note(here.session, here.member, "meeting", seen.page)
    return page


@router.post(PAGE + "/oppna")
def begin(request: Request, here: InForum, day: str, _: Form) -> Response:
    """Open the meeting and show its first item."""
    meeting = meeting_of(here.session, here.member, day)
    agenda.begin(here.session, here.member, meeting, bridge.prepared(here.session, here.member, meeting))
    return view.go(request, f"/{here.member.forum_slug}/moten/{day}/visa")


@router.post(PAGE + "/avsluta")
def end(request: Request, here: InForum, day: str, _: Form) -> Response:
    """Close the meeting and lead to its minutes."""
    agenda.end(here.session, here.member, meeting_of(here.session, here.member, day))
    return view.go(request, f"/{here.member.forum_slug}/moten/{day}/protokoll")


def _audience(request: Request, here: Here) -> Audience:
    """Return for whom the screen is; who may not see the annex does not learn whether there is one."""
    if not request.query_params.get("bilaga"):
        return Audience.FORUM
    if not here.member.authority:
        raise NotFound
    return Audience.AUTHORITIES


def _room(request: Request, here: Here, day: str, audience: Audience) -> Room:
    leads = may(here.member, Action.MEETING_LEAD) and not request.query_params.get("folj")
    meeting = meeting_of(here.session, here.member, day)
    return Room(here, audience, meeting, view.language_of(request), leads)


def _items(room: Room) -> list[Item]:
    """Return the items of the screen: the forum's, or the annex alone."""
    items = agenda.of_meeting(room.here.session, room.here.member, room.meeting)
    return [item for item in items if item.visibility == room.audience]


# --- a meeting that nobody is shown just now --------------------------------------------------------------------------

STILL = {
    meetings.Status.PLANNED: N_("The meeting is not opened yet."),
    meetings.Status.UNDER_WAY: N_("There is no item here."),
    meetings.Status.CANCELLED: N_("The meeting is cancelled."),
}
CLOSED = N_("The meeting is closed.")


def _still(room: Room, items: Sequence[Item]) -> dict[str, Any]:
    status = meetings.Status(room.meeting.status)
    return _common(room) | {
        "said": text(STILL.get(status, CLOSED), room.language),
        "opens": room.leads and status is meetings.Status.PLANNED and room.audience is Audience.FORUM,
        "closes": room.leads and status is meetings.Status.UNDER_WAY and room.audience is Audience.FORUM,
        "over": status not in STILL,
        "waits": status is meetings.Status.PLANNED and not room.leads,
        "items": len(items),
    }


def _common(room: Room) -> dict[str, Any]:
    """Return what every screen of the meeting says."""
    slug, day = room.here.member.forum_slug, room.meeting.day.isoformat()
    return {
        "room": "meetings",
        "meeting": room.meeting,
        "base": f"/{slug}/moten/{day}",
        "api": f"/api/v1/forums/{slug}",
        "day": words.day(room.meeting.day, room.language),
        "annex": room.audience is Audience.AUTHORITIES,
        "leads": room.leads,
    }


# --- one item ---------------------------------------------------------------------------------------------------------


def _shown(request: Request, room: Room, items: Sequence[Item]) -> tuple[dict[str, Any], Spots]:
    """Return all that the screen shows, and what was read for its map."""
    session, member, language = room.here.session, room.here.member, room.language
    at = _at(request.query_params.get("punkt", ""), items, room.meeting)
    item, teller = items[at], Teller(session, member, language)
    made = _decided(room, item)
    told, names = teller.tell(item), names_in(room.here)
    seen = spots.of_item(session, member, room.audience, room.meeting, item, told, language)
    work = [_measure(room, measure, names) for measure in _work(room, told)]
    waiting = [teller.tell(each).title for each in items if agenda.Status(each.status) is agenda.Status.OPEN]
    shown = {
        "item": item,
        "told": told,
        "position": at + 1,
        "total": len(items),
        "dashes": [_dash(each, here=each is item) for each in items],
        "became": text(agenda.STATUS_WORDS[agenda.Status(item.status)], language),
        "reason": agenda.escalation(session, item),
        "measures": work[:LISTED],
        "more_measures": max(0, len(work) - LISTED),
        "decisions": made,
        "waiting": waiting,
        "data": _data(room, item, seen, work, names, None if told.place else told.spot, made),
        "outcomes": [(outcome.value, text(said, language)) for outcome, said in OUTCOME_WORDS.items()],
        **_sentences(item, told),
        **_legend(room, seen),
        **_partners(room, told),
    }
    return _common(room) | shown, seen


def _at(wanted: str, items: Sequence[Item], meeting: Meeting) -> int:
    """Return which item is asked for, else the one that the room is at, else the first."""
    if wanted.isascii() and wanted.isdecimal() and len(wanted) < 5 and 1 <= int(wanted) <= len(items):
        return int(wanted) - 1
    return next((i for i, item in enumerate(items) if item.id == meeting.current_id), 0)


def _dash(item: Item, *, here: bool) -> str:
    if here:
        return "here"
    return "later" if agenda.Status(item.status) is agenda.Status.OPEN else "done"


def _sentences(item: Item, told: Told) -> dict[str, Any]:
    """Return what was noticed, parted so that the count stands out, and the other sentences that put the item there."""
    counted = [said for reason, said in zip(item.reasons, told.sentences, strict=True) if "verdict" in reason]
    return {
        "noticed": counted[0].partition(",") if counted else None,
        "because": [said for said in told.sentences if said not in counted],
    }


def _legend(room: Room, seen: Spots) -> dict[str, Any]:
    """Return every symbol that a map may draw, those of this one with their numbers, and what is counted."""
    known = categories.all_of(room.here.session, room.here.member.forum_id)
    groups = {kind.code: kind for kind in kinds(known, room.language).values() if kind.code == kind.group}
    return {
        "groups": list(groups.values()),
        "legend": [(groups[code], n) for code, n in seen.tally if code in groups],
        "matched": len(seen.points),
        "counted": seen.page is not None,
        "period": seen.period,
    }


def _partners(room: Room, told: Told) -> dict[str, Any]:
    """Return how many kinds of partners have reported of how many, and who of them is at the meeting."""
    partners = organisations.all_of(room.here.session, room.here.member.forum_id)
    there = meetings.attendance(room.here.session, room.here.member, room.meeting)
    return {
        "reported": len(told.kinds),
        "of_kinds": len({partner.kind for partner in partners}),
        "attendance": [(str(o.id), o.name, there.get(o.id, 0)) for o in partners],
    }


def _work(room: Room, told: Told) -> list[Measure]:
    """Return the open measures of the item's place, the soonest due first."""
    if told.place is None:
        return []
    return [m for m in of_place(room.here.session, room.here.member, told.place) if Status(m.status) in OPEN_STATES]


def _measure(room: Room, measure: Measure, names: Mapping[UUID, str]) -> dict[str, Any]:
    """Return a measure as a line with its mark, and what can be done with it here and now."""
    status, language = Status(measure.status), room.language
    year = measure.due_on.year != room.meeting.day.year
    day = words.day(measure.due_on, language, year=year, weekday=False)
    mark, said = _stands(status, late=measure.overdue)
    return in_list(measure, names, language) | {
        "mark": mark,
        "stands": text(said, language, day=day) if said else day,
        "due_on": measure.due_on.isoformat(),
        "acts": _acts(room, measure) if room.leads else [],
    }


def _stands(status: Status, *, late: bool) -> tuple[str, str]:
    """Return the mark of a measure, and where it stands in words that are more than its day."""
    if late:
        return "late", N_("%(day)s, late")
    if status is Status.UNDER_WAY:
        return "half", N_("under way until %(day)s")
    if status is Status.CARRIED_OUT:
        return "done", N_("carried out, not followed up")
    return "open", ""


def _acts(room: Room, measure: Measure) -> list[dict[str, str]]:
    """Return what can be done with a measure, and which fields each needs."""
    can, language = doable(room.here, measure, room.language), room.language
    acts = [("follow_up", text(N_("Follow it up"), language), "outcome words")] if can["follow_up"] else []
    acts += [("amend", text(N_("Give it another day"), language), "day")] if can["amend"] else []
    acts += [(step, said, "") for step, said in can["plain"]]
    acts += [(Step.CARRY_OUT.value, text(N_("Carried out"), language), "day words")] if can["carry_out"] else []
    acts += [(step, said, "to words" if step == Step.HAND_OVER else "words") for step, said in can["reasoned"]]
    return [{"value": value, "said": said, "needs": needs} for value, said, needs in acts]


def _decided(room: Room, item: Item) -> list[dict[str, Any]]:
    """Return what was decided on the item; what another decision has replaced is marked, with the reason."""
    made = [d for d in decisions.of_meeting(room.here.session, room.here.member, room.meeting) if d.item_id == item.id]
    later = decisions.replaced(room.here.session, room.here.member, made)
    return [
        {"id": d.id, "nr": d.nr, "words": d.words, "why": later[d.id].reason if d.id in later else None} for d in made
    ]


def _data(
    room: Room,
    item: Item,
    seen: Spots,
    work: Sequence[Mapping[str, Any]],
    names: Mapping[UUID, str],
    spot: Mapping[str, float] | None,
    made: Sequence[Mapping[str, Any]],
) -> str:
    """Return what the scripts work with, as JSON that is safe inside a page."""
    told = {
        "item": item.id,
        "note": item.note,
        "version": item.version,
        "status": item.status,
        "minutes": item.minutes,
        "shown_at": clock.stamp(item.shown_at) if item.shown_at else None,
        "current": room.meeting.current_id,
        "spot": spot,
        "outline": seen.outline,
        "points": seen.points,
        "measures": [{name: m[name] for name in ("nr", "title", "owner", "due_on", "acts")} for m in work],
        "decisions": [{name: d[name] for name in ("id", "nr", "words")} for d in made if d["why"] is None],
        "partners": {str(key): name for key, name in names.items()} if room.leads else {},
    }
    return orjson.dumps(told).decode().replace("<", "\\u003c")
