"""What a forum has learnt by doing (erfarenheter): which measures it has carried out, and how their effects came out.

Sums alone, over what the whole public may have counted: how effects came out is told where at least so many measures
of a kind have a card, else it is left out. Which sentence a card has says nothing of a single place then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from forum.foundation.audience import Audience
from forum.people import audiences
from forum.people.members import Member
from forum.work.effects import Effect
from forum.work.measures import Measure, Status

LEAST = 5
"""So many cards of a kind are needed before anything is told of how they came out."""
CARRIED_OUT = [Status.CARRIED_OUT.value, Status.FOLLOWED_UP.value, Status.WITHOUT_EFFECT.value]
MONTHS = [3, 6, 12]
"""After so many months a measure is judged, where the forum has no card of its own."""


def of_forum(session: Session, member: Member) -> dict[str, Any]:
    """Return the measures of the catalogue that were carried out, and the months by which they are judged."""
    with audiences.narrowed(session, Audience.PUBLIC):
        used, cards = _used(session, member), _cards(session, member)
    enough = outcomes(cards)
    often = sorted(used.items(), key=lambda pair: (-pair[1], pair[0]))
    return {
        "measures": [{"code": code, "used": n, "effects": enough.get(code)} for code, n in often],
        "analysis": {"months": sorted({months for _, months, _ in cards}) or MONTHS},
    }


def outcomes(cards: Sequence[tuple[str, int, str]]) -> dict[str, dict[str, int]]:
    """Return, by the catalogue's code, how many cards say what; nothing of a kind that has too few."""
    told: dict[str, Counter[str]] = {}
    for code, _, sentence in cards:
        told.setdefault(code, Counter())[sentence] += 1
    return {code: dict(counted) for code, counted in told.items() if counted.total() >= LEAST}


def _used(session: Session, member: Member) -> dict[str, int]:
    mine = (Measure.forum_id == member.forum_id, Measure.status.in_(CARRIED_OUT), Measure.catalogue_code.is_not(None))
    counted = select(Measure.catalogue_code, func.count()).where(*mine).group_by(Measure.catalogue_code)
    return {str(code): n for code, n in session.execute(counted)}


def _cards(session: Session, member: Member) -> list[tuple[str, int, str]]:
    """Return the latest card of each measure: its code in the catalogue, its months and its sentence."""
    mine = (Effect.forum_id == member.forum_id, Measure.catalogue_code.is_not(None), Effect.audience != "authorities")
    latest = select(Measure.catalogue_code, Effect.months, Effect.content["card"]["weighed"]["sentence"].astext)
    latest = latest.join(Measure, Measure.id == Effect.measure_id).where(*mine).ext(distinct_on(Effect.measure_id))
    return [
        (code, n, said) for code, n, said in session.execute(latest.order_by(Effect.measure_id, Effect.made_at.desc()))
    ]
