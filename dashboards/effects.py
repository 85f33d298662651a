"""The room of a measure's effect (effekten): before and after beside a control, and the card that is frozen of it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData, QueryParams

from api.errors import status_of
from dashboards import chains, effect_card, measures, view
from dashboards.picture import audience_of
from dashboards.readers import Here, InForum
from dashboards.rows import Step
from dashboards.shown import FOR
from dashboards.view import Form, plain
from forum.foundation.audience import Audience
from forum.foundation.errors import ForumError, NotFound
from forum.foundation.language import text
from forum.people.agreements import today
from forum.people.policy import Action, may
from forum.prize import methods
from forum.work import chain, effects
from forum.work import measures as work
from forum.work.measures import Measure
from mapping import cards
from mapping.cards import Card
from mapping.picture import as_plain
from mapping.verdicts import Sentence

router = APIRouter()
PAGE = measures.PAGE + "/effekt"


@router.get(PAGE)
def show(request: Request, here: InForum, nr: str) -> HTMLResponse:
    """Show the effect card of a measure as it would be frozen now."""
    measure = measures.get(here, nr)
    try:
        return _room(request, here, measure, _made(here, measure, request.query_params), request.query_params)
    except ForumError as error:
        return _refused(request, here, nr, request.query_params, error)


@router.post(PAGE)
def freeze(request: Request, here: InForum, nr: str, form: Form) -> Response:
    """Freeze the effect card; it is computed anew."""
    measure = measures.get(here, nr)
    try:
        card = _made(here, measure, form)
        effects.keep(here.session, here.member, measure, as_plain(card), reason=plain(form, "reason"))
    except ForumError as error:
        return _refused(request, here, nr, form, error)
    return view.go(request, f"/{here.member.forum_slug}/atgarder/{nr}", done="effect_frozen")


@router.get("/{forum}/effekter/{reference}")
def frozen(request: Request, here: InForum, reference: str) -> HTMLResponse:
    """Show a frozen effect card: what it said on its day, drawn from itself alone."""
    session, member, language = here.session, here.member, view.language_of(request)
    try:
        kept = effects.get(session, member, UUID(reference))
    except ValueError:
        raise NotFound from None
    card = _read(kept)
    seen = [each for each in work.all_of(session, member) if each.id == kept.measure_id]
    context: dict[str, Any] = {
        "room": "measures",
        "kept": effect_card.frozen(kept, language),
        "card": card and effect_card.in_words(here, card, language),
        "cost": effect_card.beside(seen[0], card, language) if seen and card else "",
        "measure": seen[0] if seen else None,
        "ribbon": _ribbon(request, here, seen[0], kept) if seen else (),
        "json": f"/api/v1/forums/{member.forum_slug}/effects/{kept.id}",
        "command": f"trygghetsforum effect recompute {kept.id}.json",
    }
    return view.render(request, "effect_card.html", **context)


def _read(kept: effects.Effect) -> Card | None:
    """Return the card as it was frozen; None for one of an earlier form."""
    try:
        return cards.read(kept.card)
    except ValueError:
        return None


def _ribbon(request: Request, here: Here, measure: Measure, kept: effects.Effect) -> tuple[Step, ...]:
    """Return the chain with this card at its end, and no other that was frozen of the measure."""
    whole = replace(chain.of_measure(here.session, here.member, measure), effects=[kept])
    return chains.ribbon(here.member, whole, chains.EFFECT, view.language_of(request), view.prefix(request))


def _made(here: Here, measure: Measure, given: QueryParams | FormData) -> Card:
    control, shown_to = plain(given, "control") or None, audience_of(given)
    made = (
        cards.card(here.session, here.member, measure, shown_to, months, control=control)
        for months in _lengths(here, measure, given)
    )
    first = next(made)
    reaching = (each for each in itertools.chain((first,), made) if each.weighed.sentence is not Sentence.NOT_REACHED)
    return next(reaching, first)


def _lengths(here: Here, measure: Measure, given: QueryParams | FormData) -> list[int]:
    """Return how many months are asked for; else those that are over, the longest first, by which the forum judges.

    Of those a card is of the longest that the register reaches back for.
    """
    words = plain(given, "months")
    if words.isascii() and words.isdigit() and len(words) < 4:
        return [int(words)]
    over = sorted((months for months, day in cards.due(measure).items() if day <= today()), reverse=True)
    judged = methods.judged_after(here.session, here.member)
    return [months for months in over if months in judged] or over or [cards.MONTHS[0]]


def _refused(request: Request, here: Here, nr: str, given: QueryParams | FormData, error: ForumError) -> HTMLResponse:
    """Show what cannot be compared, or not so, with what was asked for."""
    here.session.rollback()
    said = view.refusal(request, error)
    return _room(request, here, measures.get(here, nr), None, given, status=status_of(error), **said)


def _room(
    request: Request,
    here: Here,
    measure: Measure,
    card: Card | None,
    given: QueryParams | FormData,
    *,
    status: int = 200,
    **more: Any,
) -> HTMLResponse:
    language, member = view.language_of(request), here.member
    seen = [Audience.FORUM, *([Audience.AUTHORITIES] if member.authority else [])]
    context = {
        "room": "measures",
        "refused": "",
        "measure": measure,
        "card": effect_card.in_words(here, card, language) if card else None,
        "cost": effect_card.beside(measure, card, language) if card else "",
        "months": str(card.inputs.months if card else _lengths(here, measure, given)[0]),
        "every": [(str(months), text(said, language).removesuffix(".")) for months, said in effect_card.AFTER.items()],
        "audience": card.audience.value if card else plain(given, "audience"),
        "audiences": [(each.value, text(FOR[each], language)) for each in seen],
        "control": plain(given, "control")[:60],
        "controls": effect_card.controls(here, measure, card, plain(given, "control")[:60], language),
        "freezes": may(member, Action.EFFECT_FREEZE),
        "typed": {"reason": plain(given, "reason")},
    }
    return view.render(request, "effect.html", status=status, **(context | more))
