"""What the room's map shows of an item (kartan i rummet): its outline, and what the whole audience may see there.

The rows are read under rights that are narrowed to the audience, and the audience is asked for once more of each row:
nothing depends on who has signed in.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from shapely import Point
from sqlalchemy.orm import Session

from dashboards import words
from dashboards.points import Told
from forum.foundation import clock
from forum.foundation.audience import Audience, Visibility
from forum.foundation.geometry import degrees_around, in_degrees, in_metres, metres_between
from forum.people.members import Member
from forum.register import finding
from forum.register.deviations import Status
from forum.register.finding import Filter, Found, Page
from forum.work import meetings
from forum.work.agenda import Item
from forum.work.meetings import Meeting
from mapping.agenda import UNSEEN

MOST = 2000
"""Points of one map."""


@dataclass(frozen=True)
class Spots:
    """The outline and the points of an item's map, what they are of, and from which days."""

    outline: dict[str, Any] | None
    points: list[dict[str, Any]]
    tally: list[tuple[str, int]]
    period: str
    page: Page | None
    """What was read, for the journal."""


def of_item(
    session: Session, member: Member, audience: Audience, meeting: Meeting, item: Item, told: Told, language: str
) -> Spots:
    """Return what the map shows of the item; the session is narrowed to the audience."""
    first, end = meetings.days(session, member, meeting)
    shape = _outline(told)
    wanted = _days(told, first, end) or _unseen(item, meetings.span(session, member, meeting)[1])
    page = finding.find(session, member, wanted, limit=MOST) if wanted else None
    seen = (Visibility.AUTHORITIES,) if item.key == UNSEEN and audience is Audience.AUTHORITIES else audience.sees
    found = [row for row in page.rows if row.visibility in seen and _shown(row, meeting, told)] if page else []
    tally = Counter(_group(row) for row in found)
    days = words.period(first, end - timedelta(days=1), language) if wanted and wanted.start else ""
    outline = shape.__geo_interface__ if shape is not None else None
    return Spots(outline, [_feature(row) for row in found], tally.most_common(), days, page)


def _outline(told: Told) -> Any:
    if told.place is not None:
        return told.place.reach
    if told.spot is not None:
        return in_degrees(in_metres(Point(told.spot["lon"], told.spot["lat"])).buffer(told.spot["radius_m"]))
    return None


def _days(told: Told, first: date, after: date) -> Filter | None:
    """Return which deviations lie where the item is about; the days are whole, as those of its figures."""
    start, end = clock.midnight(first), clock.midnight(after)
    if told.place is not None:
        return Filter(place=told.place.nr, start=start, end=end)
    if told.spot is not None:
        box = degrees_around(told.spot["lon"], told.spot["lat"], told.spot["radius_m"])
        return Filter(box=box, start=start, end=end)
    return None


def _unseen(item: Item, until: datetime) -> Filter | None:
    return Filter(statuses=(Status.NEW,), end=until) if item.key == UNSEEN else None


def _shown(row: Found, meeting: Meeting, told: Told) -> bool:
    """Tell whether the row was there when the meeting was opened, and lies within the spot."""
    if meeting.begun_at is not None and row.created_at > meeting.begun_at:
        return False
    if told.spot is None:
        return True
    far = metres_between(row.position, (told.spot["lon"], told.spot["lat"]))
    return max(far, row.accuracy_m) <= told.spot["radius_m"]


def _group(row: Found) -> str:
    return row.category.partition(".")[0]


def _feature(row: Found) -> dict[str, Any]:
    """Return a row as the map needs it: what and where, and no word of it."""
    at = {"type": "Point", "coordinates": [round(row.lon, 6), round(row.lat, 6)]}
    return {"type": "Feature", "properties": {"category": _group(row), "accuracy_m": row.accuracy_m}, "geometry": at}
