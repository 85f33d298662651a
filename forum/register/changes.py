"""That something changed (ändringar): when, and whether the member may know of it; never what.

The rows are written by triggers on the deviations (migration 0004), kept for a day, and numbered in the order of the
commits by their moment in microseconds: docs/decisions/0020-changes-are-numbered-at-the-commit.md.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from forum.foundation import clock
from forum.people.members import Member
from forum.people.policy import Action, require

CHANNEL = "trygg_changes"
"""Where PostgreSQL tells the id of a forum in which something changed."""
KEPT = timedelta(days=1)
SLACK = timedelta(hours=1)
"""A page of a quiet forum may begin to listen so late without being told that it may have missed something."""

NEWEST = text(
    "SELECT cast(extract(epoch FROM at) * 1000000 AS bigint) FROM changes WHERE forum_id = :forum "
    "AND (visibility = ANY (:seen) OR (visibility = 'own' AND organisation_id = :organisation)) "
    "ORDER BY at DESC LIMIT 1"
)


def newest(session: Session, member: Member) -> int:
    """Return the number of the newest change that the member may know of, 0 where none is kept."""
    require(member, Action.DEVIATION_READ)
    mine = {"forum": member.forum_id, "organisation": member.organisation_id, "seen": list(member.visibilities)}
    return session.scalar(NEWEST, mine) or 0


def known(session: Session, member: Member) -> int:
    """Return the number from which on a page listens that is read from now on."""
    return max(newest(session, member), _number(clock.now() - KEPT + SLACK))


def oldest_kept() -> int:
    """Return the number before which changes are kept no longer: who heard nothing since must look for themselves."""
    return _number(clock.now() - KEPT)


def _number(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)
