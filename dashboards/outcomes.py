"""What came of ours (vad det blev): an organisation's deviations with the answer in a sentence each, its measures."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from dashboards import rows, view
from dashboards.measure import in_list, names_in
from dashboards.readers import InForum
from forum.foundation.language import N_, text
from forum.people.members import Member
from forum.register import categories
from forum.register.deviations import Status
from forum.work import outcomes
from forum.work.follow_ups import OUTCOME_WORDS
from forum.work.follow_ups import Outcome as Seen
from forum.work.measures import NOT_FIXED, STATUS_WORDS, WAITING
from forum.work.measures import Status as Stage
from forum.work.outcomes import Outcome, Week

router = APIRouter()
ROOM = "/{forum}/vara-avvikelser"
SHOWN = 20
"""Deviations on a page."""
UNANSWERED = {
    Status.NEW: N_("Nobody has looked at it yet."),
    Status.LOOKED_AT: N_("The coordinator has looked at it."),
    Status.AT_PLACE: N_("It is part of a place that the forum works on."),
}
DONE = {
    "answer": N_("answered"),
    "at_place": N_("put to a place that the forum works on"),
    "look_at": N_("looked at by the coordinator"),
}


@router.get(ROOM)
def show(request: Request, here: InForum) -> HTMLResponse:
    """Show what came of our deviations, page by page, and what we have promised."""
    session, member, language = here.session, here.member, view.language_of(request)
    cursor = request.query_params.get("cursor") or None
    found = outcomes.of_ours(session, member, limit=SHOWN, cursor=cursor)
    base, names = view.prefix(request), names_in(here)
    listed = rows.rows_of(session, member, [each.found for each in found.rows], language, base=base)
    path = f"{base}/{member.forum_slug}/vara-avvikelser"
    promised = outcomes.ours_to_do(session, member)
    return view.render(
        request,
        "outcomes.html",
        room="outcomes",
        listed=[(row, _said(each, language)) for row, each in zip(listed, found.rows, strict=True)],
        matched=found.matched,
        promised=[in_list(measure, names, language) for measure in promised],
        found={
            "next_url": f"{path}?cursor={found.next}" if found.next else "",
            "next_count": SHOWN,
            "back_url": path if cursor else "",
        },
    )


def _said(each: Outcome, language: str) -> dict[str, Any]:
    """Return the answer in a sentence, and the measures with how they go."""
    waiting = UNANSWERED.get(Status(each.found.status))
    return {
        "reply": each.found.reply,
        "waits": text(waiting, language) if waiting and not each.found.reply else "",
        "places": [(place.nr, place.name) for place in each.places],
        "measures": [
            {
                "nr": measure.nr,
                "title": measure.title,
                "status": text(STATUS_WORDS[Stage(measure.status)], language),
                "waiting": Stage(measure.status) in WAITING,
                "not_fixed": Stage(measure.status) in NOT_FIXED or measure.overdue,
                "seen": text(OUTCOME_WORDS[Seen(seen.outcome)], language)
                if (seen := each.seen.get(measure.id))
                else "",
            }
            for measure in each.measures
        ],
    }


def week_in_words(session: Session, member: Member, week: Week, language: str) -> list[str]:
    """Return what happened in a week as lines of a letter; none when nothing did."""
    known = {kind.id: kind.name(language) for kind in categories.all_of(session, member.forum_id)}
    lines = []
    for deviation, action in week.deviations:
        title = rows.title_of(deviation.text, known[deviation.category_id])
        said = f"{rows.label(member.forum_slug, deviation.nr)} {title}: {text(DONE[action], language)}"
        lines.append(f"{said}. {deviation.reply}" if action == "answer" else said)
    seen = outcomes.newest_follow_ups(session, [measure.id for measure in week.measures])
    for measure in week.measures:
        status = text(STATUS_WORDS[Stage(measure.status)], language)
        judged = text(OUTCOME_WORDS[Seen(seen[measure.id].outcome)], language) + "." if measure.id in seen else ""
        said = text(N_("%(title)s: now %(status)s."), language, title=measure.title, status=status)
        lines.append(f"{said} {judged}".rstrip())
    return lines
