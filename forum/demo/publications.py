"""What the demo forum has published (demons redovisning): every closed month of the invented time, for everybody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from forum.demo.rhythms import Period
from forum.demo.work import Work
from forum.people import members
from forum.people.members import Member
from forum.work import publications

Publish = Callable[[Session, Member, Sequence[date]], Any]
"""Makes the issues of months: what only those who know the map can do."""


def build(work: Work, forum_id: UUID, publish: Publish) -> None:
    """Publish the closed months and let everybody read them."""
    publications.set_open(work.session, work.acting(), to_all=True)
    month, months = publications.last_closed(work.today), []
    while month >= Period(work.today).start:
        months.append(month)
        month = publications.last_closed(month + publications.WAIT)
    publish(work.session, members.system(work.session, forum_id, work.slug, "", demo=True), months)
