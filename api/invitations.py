"""Meetings in people's calendars (kallelse): iCalendar (RFC 5545), invitations by iTIP (RFC 5546).

A meeting has one UID for ever; each time it is moved or cancelled its SEQUENCE grows, so that calendars take the newer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Component, Event, Timezone, TimezoneDaylight, TimezoneStandard, vDuration, vRecur

from forum.foundation import clock
from forum.foundation.language import N_, text
from forum.people.members import Member
from forum.work.measures import Measure
from forum.work.meetings import Meeting, Status

CALENDAR = "text/calendar; charset=utf-8"
PRODUCT = "-//Trygghetsforum//Trygghetsforum//SV"
OFTEN = vDuration(timedelta(hours=6))
"""How often a calendar program is asked to look again."""


def invitation(member: Member, meeting: Meeting, base_url: str) -> bytes:
    """Return the invitation to a meeting, or its recall, as a calendar file."""
    calendar = begun("CANCEL" if Status(meeting.status) is Status.CANCELLED else "REQUEST")
    calendar.add_component(event_of(member, meeting, base_url))
    return written(calendar)


def feed(member: Member, planned: Iterable[Meeting], due: Iterable[Measure], base_url: str) -> bytes:
    """Return when the forum meets and when measures should be done, for a calendar program that asks now and then."""
    calendar = begun("PUBLISH")
    calendar.add("name", member.forum_name)  # RFC 7986
    calendar.add("x-wr-calname", member.forum_name)  # for those that do not know it
    calendar.add("refresh-interval", OFTEN, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", OFTEN)
    for meeting in planned:
        calendar.add_component(event_of(member, meeting, base_url))
    for measure in due:
        calendar.add_component(_due(member, measure, base_url))
    return written(calendar)


def begun(method: str) -> Calendar:
    """Return a calendar without events, on the Swedish clock."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_zone())
    return calendar


def written(calendar: Calendar) -> bytes:
    """Return the calendar as a file."""
    content: bytes = calendar.to_ical()
    return content


def event_of(member: Member, meeting: Meeting, base_url: str) -> Event:
    """Return a meeting as an event, the same wherever it is told of."""
    event = Event()
    event.add("uid", f"{meeting.id}@trygghetsforum")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.changed_at)
    event.add("dtstart", clock.local(meeting.starts_at))
    event.add("duration", vDuration(timedelta(minutes=meeting.minutes)))
    event.add("summary", text(N_("%(forum)s: forum meeting"), member.language, forum=member.forum_name))
    event.add("status", "CANCELLED" if Status(meeting.status) is Status.CANCELLED else "CONFIRMED")
    event.add("organizer", f"mailto:no-reply@{urlsplit(base_url).hostname or 'localhost'}")
    if meeting.location:
        event.add("location", meeting.location)
    event.add("url", f"{base_url.rstrip('/')}/{member.forum_slug}/moten/{meeting.day}")
    return event


def _due(member: Member, measure: Measure, base_url: str) -> Event:
    """Return the day by which a measure should be done; it takes nobody's time."""
    event = Event()
    event.add("uid", f"{measure.id}@trygghetsforum")
    event.add("sequence", measure.version)
    event.add("dtstamp", measure.changed_at)
    event.add("dtstart", measure.due_on)
    event.add("summary", text(N_("Should be done: %(title)s"), member.language, title=measure.title))
    event.add("transp", "TRANSPARENT")
    event.add("url", f"{base_url.rstrip('/')}/{member.forum_slug}/atgarder/{measure.nr}")
    return event


def _zone() -> Timezone:
    """Return the Swedish clock by the rule that has held since 1996; the library's list of days is misread by some."""
    zone, winter, summer = Timezone(), timedelta(hours=1), timedelta(hours=2)
    zone.add("tzid", clock.ZONE.key)
    changes: tuple[tuple[Component, str, timedelta, timedelta], ...] = (
        (TimezoneDaylight(), "1996-03-31T02:00", winter, summer),
        (TimezoneStandard(), "1996-10-27T03:00", summer, winter),
    )
    for part, wall, before, after in changes:
        first = datetime.fromisoformat(wall)
        part.add("dtstart", first)
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        part.add("rrule", vRecur(freq="YEARLY", bymonth=first.month, byday="-1SU"))
        zone.add_component(part)
    return zone
