"""A member's calendar by its secret address (kalender): the forum's meetings, and when its own measures are due.

No session and no token: the address is the key. It tells what the whole forum may see, since a calendar program keeps
it elsewhere; an address that does not hold, and one that never was, are answered alike.
"""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from api.deps import SessionDep
from api.invitations import CALENDAR, feed
from forum.foundation.errors import NotFound
from forum.people import accounts, calendars
from forum.people.agreements import today
from forum.people.members import Member
from forum.work import measures, meetings
from forum.work.links import ASKED

router = APIRouter(prefix="/calendar")
KEPT = timedelta(days=90)
"""How long a meeting stays in the calendar once it has been."""
HEADERS = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


@router.get("/{secret}.ics", include_in_schema=False)
def read(request: Request, session: SessionDep, secret: str) -> Response:
    """Return the calendar of whoever has the address."""
    member = _whose(request, session, secret)
    coming = [each for each in meetings.all_of(session, member) if each.day >= today() - KEPT]
    due = [m for m in measures.all_of(session, member, tuple(ASKED)) if m.owner_id == member.organisation_id]
    content = feed(member, coming, due, request.app.state.settings.base_url)
    return Response(content, media_type=CALENDAR, headers=HEADERS)


def _whose(request: Request, session: Session, secret: str) -> Member:
    """Return whose calendar it is; who tries many addresses that do not hold is slowed down, and never locked out."""
    guesser = f"calendar from {request.client.host if request.client else ''}"
    try:
        return calendars.by_secret(session, secret)
    except NotFound:
        accounts.slow_down(session, guesser)
        accounts.note_failure(session, guesser)
        session.commit()
        raise
