"""Meetings in people's calendars (kallelse): iCalendar (RFC 5545), invitations by iTIP (RFC 5546).

A meeting has one UID for ever; each time it is moved or cancelled its SEQUENCE grows, so that calendars take the newer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Component, Event, Timezone, TimezoneDaylight, TimezoneStandard, vDuration, vRecur

from forum.foundation import clock
from forum.foundation.language import N_, text
from forum.people.members import Member
from forum.work.meetings import Meeting, Status

CALENDAR = "text/calendar; charset=utf-8"
PRODUCT = "-//Trygghetsforum//Trygghetsforum//SV"


def invitation(member: Member, meeting: Meeting, base_url: str) -> bytes:
    """Return the invitation to a meeting, or its recall, as a calendar file."""
    gone = Status(meeting.status) is Status.CANCELLED
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if gone else "REQUEST")
    event = Event()
    event.add("uid", f"{meeting.id}@trygghetsforum")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.changed_at)
    event.add("dtstart", clock.local(meeting.starts_at))
    event.add("duration", vDuration(timedelta(minutes=meeting.minutes)))
    event.add("summary", text(N_("%(forum)s: forum meeting"), member.language, forum=member.forum_name))
    event.add("status", "CANCELLED" if gone else "CONFIRMED")
    event.add("organizer", f"mailto:no-reply@{urlsplit(base_url).hostname or 'localhost'}")
    if meeting.location:
        event.add("location", meeting.location)
    event.add("url", f"{base_url.rstrip('/')}/{member.forum_slug}/moten/{meeting.day}")
    calendar.add_component(_zone())
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


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
