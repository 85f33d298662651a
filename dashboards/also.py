"""What the one search field finds besides deviations (sök): areas, places, measures, meetings, spots on the map."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from dashboards import choices, words
from forum.foundation.language import N_, text
from forum.people.members import Member
from forum.register import places, whereabouts
from forum.work import dates, measures, meetings
from forum.work.meetings import Meeting, Status

AROUND = 0.004
"""Degrees to the west and east of a spot that the map shows: about 230 metres."""
SPOTS = {"stop": N_("stop"), "school": N_("school"), "square": N_("square"), "street": N_("street")}
MEETING = re.compile(r"\b(forum)?(möte[nt]?|mötena|meetings?)\b|\b(protokoll(et)?|minutes)\b", re.IGNORECASE)
"""Says that a meeting is looked for, and not which."""


@dataclass(frozen=True)
class Hit:
    """Something of such a name, what it is, and where it is shown."""

    name: str
    kind: str
    url: str


def found(session: Session, member: Member, q: str, base: str, language: str) -> list[Hit]:
    """Return what a search finds besides deviations, as far as the member may see it."""
    at = f"{base}/{member.forum_slug}"
    if not q:
        return []
    named = [*_areas(session, member, q, at), *_work(session, member, q, at), *_spots(session, member, q, at)]
    return [
        *(Hit(name, text(kind, language), url) for name, kind, url in named),
        *(_meeting(meeting, at, language) for meeting in _meetings(session, member, q)),
    ]


def _areas(session: Session, member: Member, q: str, at: str) -> Iterator[tuple[str, str, str]]:
    among = {name: asked for asked, name in choices.areas_of(session, member)}
    for name in whereabouts.areas_like(session, sorted(among), q):
        yield name, N_("area"), f"{at}/karta?{urlencode({'area': among[name]})}"


def _work(session: Session, member: Member, q: str, at: str) -> Iterator[tuple[str, str, str]]:
    for place in places.like(session, member, q):
        yield place.name, N_("place"), f"{at}/platser/{place.nr}"
    for measure in measures.like(session, member, q):
        yield measure.title, N_("measure"), f"{at}/atgarder/{measure.nr}"


def _spots(session: Session, member: Member, q: str, at: str) -> Iterator[tuple[str, str, str]]:
    for spot in whereabouts.named_like(session, member.forum_id, q):
        box = (spot.lon - AROUND, spot.lat - AROUND / 2, spot.lon + AROUND, spot.lat + AROUND / 2)
        window = urlencode({"bbox": ",".join(f"{edge:.5f}" for edge in box)})
        yield spot.name, SPOTS[spot.kind], f"{at}/karta?{window}"


def _meetings(session: Session, member: Member, q: str) -> list[Meeting]:
    """Return the meetings of the day that is named, or there; the latest where nothing but a meeting is named."""
    said = " ".join(MEETING.sub(" ", q).split())
    wanted = dates.when(said) if said else dates.When()
    return meetings.on(session, member, wanted) if wanted else meetings.at(session, member, said)


def _meeting(meeting: Meeting, at: str, language: str) -> Hit:
    gone = meeting.status == Status.CANCELLED
    kind = text(N_("forum meeting, cancelled") if gone else N_("forum meeting"), language)
    where = f", {meeting.location}" if meeting.location else ""
    address = meeting.id if gone else meeting.day
    return Hit(f"{words.day(meeting.day, language)}{where}", kind, f"{at}/moten/{address}")
