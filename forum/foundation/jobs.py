"""Work that is done after the request (jobb): put into the queue inside the request's own transaction.

A job exists if and only if what caused it was committed. Handlers stand in `dashboards/jobs.py`.
"""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

QUEUE = "trygg"
DEFER = (
    "SELECT jobs.procrastinate_defer_jobs_v1(ARRAY[ROW(%s, %s, 0, %s, NULL, %s::jsonb, NULL)"
    "::jobs.procrastinate_job_to_defer_v1])"
)


class JobName(StrEnum):
    """Every kind of job; a test shows that each has a handler."""

    MAIL_LINK = "mail_link"
    """Mail a person a one-time link to set a password."""
    JUROR_LINK = "juror_link"
    """Mail somebody in a jury such a link."""
    LETTER = "letter"
    """Send one letter."""
    LINK = "link"
    """Write the letter that brings a link to a measure."""
    NOTICE = "notice"
    """Write the letters of a notice."""
    OVERDUE = "overdue"
    """Tell of measures whose day has passed."""
    DIGEST = "digest"
    """Write the letters about the last week."""
    INVITE = "invite"
    """Write the letters that call the members to a meeting, or call it off."""
    IMPORT = "import"
    """Bring a file of deviations into the register."""
    PRINT = "print"
    """Print a document."""
    SEAL_MINUTES = "seal_minutes"
    """Write the minutes of a meeting that were adjusted, and seal them."""

    PUBLISH = "publish"
    """Publish the latest closed month."""
    PRIZE_LETTER = "prize_letter"
    """Send one letter about a nomination."""


def defer(session: Session, name: JobName, forum: UUID, *, beside: str = "", **args: str) -> None:
    """Put a job of the forum into the queue, in this transaction; one forum's jobs of a kind run one at a time.

    What waits to be tried again holds up those behind it: a mail server that is away must hold up no import. Jobs that
    need not wait for others of their kind say what they are `beside` them.
    """
    _defer(session, name, f"{forum} {name} {beside}".rstrip(), {"forum": str(forum), **args})


def defer_edition(session: Session, name: JobName, edition: UUID, *, beside: str = "", **args: str) -> None:
    """Put a job of an edition of the prize into the queue, as one of a forum."""
    _defer(session, name, f"{edition} {name} {beside}".rstrip(), {"edition": str(edition), **args})


def _defer(session: Session, name: JobName, lock: str, args: dict[str, str]) -> None:
    session.connection().exec_driver_sql(DEFER, (QUEUE, name.value, lock, orjson.dumps(args).decode()))
