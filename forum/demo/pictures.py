"""What the demo forum has adopted (demons antagna lägesbild): a frozen picture with its three parts, a plan on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from forum.demo.tables import table
from forum.demo.work import Work
from forum.foundation import clock
from forum.foundation.audience import Audience
from forum.people.members import Member
from forum.work import adoptions, pictures, plans

Figures = Callable[[Session, Member, date], Mapping[str, Any]]
"""Counts and analyses the latest whole months before a day: what only those who know the map can do."""


def build(work: Work, figures: Figures) -> None:
    """Freeze the picture of the latest months, adopt it today, and a plan of what is decided on it."""
    session, member, said = work.session, work.acting(), table("pictures")
    written = {name: said[name].strip() for name in pictures.PARTS}
    picture = pictures.freeze(session, member, figures(session, member, work.today), **written)
    on = clock.local(picture.frozen_at).date()
    adoptions.adopt_picture(session, member, picture, on=on, reference=said["reference"])
    plan = plans.make(session, member, picture, plans.eligible(session, member, Audience.FORUM))
    plans.adopt(session, member, plan, on=on, reference=said["plan_reference"])
