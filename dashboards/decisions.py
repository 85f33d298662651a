"""Decisions as a page lists them (beslut): what, at which meeting, which measure it ordered, what took its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from dashboards import words
from dashboards.readers import Here
from forum.foundation.audience import Visibility
from forum.work import decisions, meetings
from forum.work.decisions import Decision


def in_words(
    here: Here, made: Sequence[Decision], language: str, measures: Mapping[UUID, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return decisions in their order; `measures` are the lines of those that are named beside them."""
    if not made:
        return []
    newer = decisions.replaced(here.session, here.member, made)
    days = {meeting.id: meeting.day for meeting in meetings.all_of(here.session, here.member)}
    return [
        {
            "id": each.id,
            "words": each.words,
            "day": days[each.meeting_id],
            "when": words.day(days[each.meeting_id], language),
            "measure": measures.get(each.measure_id) if each.measure_id else None,
            "authorities": each.visibility == Visibility.AUTHORITIES,
            "newer": _newer(newer[each.id], days) if each.id in newer else None,
        }
        for each in made
    ]


def _newer(decision: Decision, days: Mapping[UUID, Any]) -> dict[str, Any]:
    words_, reason = decision.words, decision.reason
    return {"id": decision.id, "words": words_, "reason": reason, "day": days[decision.meeting_id]}
