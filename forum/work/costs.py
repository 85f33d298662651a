"""What a measure cost (kostnader): noted in kronor once it is carried out, with what is in the sum.

The guess beforehand is `Cost` of the measure's terms. Who carried it out, and those who lead, may note it, and again
when more is known; each time is a step of the measure's history.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from forum.foundation.errors import Conflict, Invalid
from forum.foundation.language import N_
from forum.people import agreements
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register import steps
from forum.register.deviations import checked_text
from forum.work.measures import DONE, STATUS_WORDS, Measure, Status, owned

MOST = 1_000_000_000
"""Kronor."""


def note(
    session: Session, member: Member, measure: Measure, *, kronor: int, words: str = "", version: int | None = None
) -> Measure:
    """Note what the measure cost, and what is in the sum."""
    require(member, Action.MEASURE_CARRY_OUT, of=owned(measure))
    agreements.require_in_force(session, member)
    said = checked_text(words, "spent_on")
    if not 0 <= kronor <= MOST:
        remedy = N_("Give whole kronor, 0 or more.")
        raise Invalid(N_("This is no cost."), field="spent_kr", value=kronor, remedy=remedy)
    steps.hold(session, measure, version)
    if Status(measure.status) not in DONE:
        message = N_("This cannot be done with a measure that is %(status)s.")
        status = STATUS_WORDS[Status(measure.status)]
        remedy = N_("Note first that it was carried out.")
        raise Conflict(message, field="status", value=measure.nr, remedy=remedy, status=status)
    steps.take(session, member, measure, "cost", new={"spent_kr": kronor, "spent_on": said})
    return measure
