"""What a page needs to renew itself when something changes (direktuppdatering); the rest is `static/live.js`."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from forum.people.members import Member
from forum.register import changes


def live(session: Session, member: Member) -> dict[str, Any]:
    """Return where the page listens and from which number on; ask before the page's rows are read."""
    address = f"/api/v1/forums/{member.forum_slug}/deviations/events"
    return {"live": {"events": address, "since": changes.known(session, member)}}
