"""The room of what works here (vad som fungerar här): of each kind of measure what its effect cards say together."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from dashboards import view, words
from dashboards.readers import InForum
from forum.foundation.language import N_, text
from forum.work import catalogue, lessons
from forum.work.lessons import Tried
from mapping.lessons import Apart, Lesson, lesson

router = APIRouter()
APART = {
    Apart.FEW: N_("Too few cards with figures to add up."),
    Apart.MONTHS: N_("The cards are of unlike many months and are not added up."),
    Apart.SHARED: N_("Some cards share a place or a control and are not added up."),
}
TOGETHER = N_("%(n)s (%(low)s to %(high)s) in %(cards)s cards of %(months)s months")


@router.get("/{forum}/effekter")
def show(request: Request, here: InForum) -> HTMLResponse:
    """Show what was tried, and what it came to."""
    language, names = view.language_of(request), {kind.code: kind for kind in catalogue.kinds()}
    kinds = []
    for tried in lessons.of_forum(here.session, here.member):
        kind = names.get(tried.code or "")
        name = kind.name(language) if kind else text(N_("Of no kind in the catalogue"), language)
        kinds.append(_in_words(tried, lesson([card.card for card in tried.cards]), language) | {"name": name})
    return view.render(request, "lessons.html", room="measures", kinds=kinds)


def _in_words(tried: Tried, found: Lesson, language: str) -> dict[str, Any]:
    titles = {measure.id: measure.title for measure in tried.measures}
    return {
        "counts": [
            words.number(n, language)
            for n in (len(tried.measures), found.cards, found.fewer, found.moved, found.unclear, found.more)
        ]
        + [words.number(found.not_enough, language)],
        "together": _together(found, language),
        "cards": [(card.id, titles[card.measure_id]) for card in tried.cards],
    }


def _together(found: Lesson, language: str) -> str:
    if found.together is None or found.apart is not None:
        return text(APART[found.apart], language) if found.apart and found.cards else "–"
    ends = {"n": found.together.estimate or 0.0, "low": found.together.low, "high": found.together.high or 0.0}
    said = {name: words.number(value, language, 1) for name, value in ends.items()}
    counted = found.cards - found.not_enough
    return text(TOGETHER, language, **said, cards=counted, months=found.months)
