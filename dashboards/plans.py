"""The room of the action plan (åtgärdsplanen): the plan that holds, its follow-up, its clock, and the next one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.errors import status_of
from dashboards import adopting, clocks, view, words
from dashboards.measure import in_list, names_in
from dashboards.readers import Here, InForum
from dashboards.shown import FOR, in_words
from dashboards.view import Form, plain
from forum.foundation.audience import Audience
from forum.foundation.errors import ForumError, NotFound
from forum.foundation.language import N_, text
from forum.people.agreements import today
from forum.people.policy import Action, may
from forum.register import places
from forum.work import adoptions, measures, pictures, plans
from forum.work.adoptions import Adoption
from forum.work.measures import STATUS_WORDS, WAITING, Measure, Status
from forum.work.pictures import FrozenPicture
from forum.work.plans import ActionPlan
from mapping.periods import Period

router = APIRouter()
ROOM = "/{forum}/lagesbild/plan"
STATES = {"holds": N_("in force"), "earlier": N_("replaced by a later one"), "made": N_("not adopted yet")}
DONE = {"made": N_("The plan is made. It holds when it is adopted."), "adopted": N_("The plan is adopted.")}


@router.get(ROOM)
def show_all(request: Request, here: InForum) -> HTMLResponse:
    """Show the plan that holds with its follow-up and clock, the others, and the form of the next one."""
    return _room(request, here, plain(request.query_params, "picture"))


@router.post(ROOM)
def make(request: Request, here: InForum, form: Form) -> Response:
    """Make a plan of the measures that were ticked."""
    ticked = [value for value in form.getlist("measures") if isinstance(value, str)]
    try:
        picture = _picture(here, plain(form, "picture"))
        chosen = [measures.get(here.session, here.member, int(nr)) for nr in ticked if nr.isdecimal() and len(nr) < 10]
        plan = plans.make(here.session, here.member, picture, chosen)
    except ForumError as error:
        here.session.rollback()
        wrong = view.refusal(request, error) | {"status": status_of(error), "ticked": set(ticked)}
        return _room(request, here, plain(form, "picture"), **wrong)
    return view.go(request, f"/{here.member.forum_slug}/lagesbild/plan/{plan.id}", done="made")


@router.get(ROOM + "/{plan}")
def show(request: Request, here: InForum, plan: str) -> HTMLResponse:
    """Show one plan."""
    return _one(request, here, _plan(here, plan))


@router.post(ROOM + "/{plan}/antagande")
def adopt(request: Request, here: InForum, plan: str, form: Form) -> Response:
    """Note that a plan was adopted."""
    try:
        plans.adopt(here.session, here.member, _plan(here, plan), **adopting.said(form))
    except ForumError as error:
        here.session.rollback()
        wrong = view.refusal(request, error) | {"status": status_of(error), "typed": adopting.typed(form)}
        return _one(request, here, _plan(here, plan), **wrong)
    return view.go(request, f"/{here.member.forum_slug}/lagesbild/plan/{plan}", done="adopted")


def _picture(here: Here, reference: str) -> FrozenPicture | None:
    try:
        return pictures.get(here.session, here.member, UUID(reference))
    except (ValueError, NotFound):
        return None


def _plan(here: Here, reference: str) -> ActionPlan:
    try:
        return plans.get(here.session, here.member, UUID(reference))
    except ValueError as error:
        raise NotFound from error


def _room(request: Request, here: Here, wanted: str, *, status: int = 200, **more: Any) -> HTMLResponse:
    language, adopted = view.language_of(request), adoptions.all_of(here.session, here.member)
    holding = adoptions.in_force(adopted, Audience.FORUM, today())
    listed = [_listed(here, plan, adopted, language) for plan in plans.all_of(here.session, here.member)]
    current = next((each for each in listed if holding.plan and each["id"] == holding.plan.plan_id), None)
    context = {
        "room": "picture",
        "clocks": list(clocks.tell(holding, language)),
        "current": current and current | _followed(here, _plan(here, str(current["id"])), language),
        "listed": [each for each in listed if each is not current],
        "done": "",
        "refused": "",
        **_form(here, wanted, adopted, language),
    }
    return view.render(request, "plans.html", status=status, **(context | more))


def _form(here: Here, wanted: str, adopted: list[Adoption], language: str) -> dict[str, Any]:
    """Return what the form of a new plan offers: adopted pictures, and the measures that the chosen one may have."""
    if not may(here.member, Action.PLAN_MAKE):
        return {"makes": False}
    offered = [_picture(here, str(each.picture_id)) for each in adopted if each.picture_id]
    named = [(str(each.id), _named(each, language)) for each in offered if each]
    chosen = next((each for each in offered if each and str(each.id) == wanted), offered[0] if offered else None)
    held = plans.eligible(here.session, here.member, Audience(chosen.audience)) if chosen else []
    return {
        "makes": True,
        "pictures": named,
        "picture": str(chosen.id) if chosen else "",
        "offered": _listed_measures(here, held, language),
        "ticked": {str(each.nr) for each in [m for m in held if Status(m.status) in WAITING][: plans.MOST]},
    }


def _named(picture: FrozenPicture, language: str) -> str:
    period = in_words(Period(picture.first_day, picture.end_day), language)
    return f"{period} · {text(FOR[Audience(picture.audience)], language)}"


def _listed(here: Here, plan: ActionPlan, adopted: list[Adoption], language: str) -> dict[str, Any]:
    mine = next((each for each in adopted if each.plan_id == plan.id), None)
    holding = adoptions.in_force(adopted, Audience(plan.audience), today())
    state = "made" if mine is None else "holds" if mine is holding.plan else "earlier"
    picture = pictures.get(here.session, here.member, plan.picture_id)
    return {
        "id": plan.id,
        "made": words.moment(plan.made_at, language),
        "audience": text(FOR[Audience(plan.audience)], language),
        "count": len(plan.measure_ids),
        "state": text(STATES[state], language),
        "holds": state == "holds",
        "adoption": adopting.in_words(mine, language),
        "picture": {"id": picture.id, "period": in_words(Period(picture.first_day, picture.end_day), language)},
        "intact": plan.intact,
    }


def _followed(here: Here, plan: ActionPlan, language: str) -> dict[str, Any]:
    held = plans.measures_of(here.session, here.member, plan)
    followed = plans.follow_up(held)
    return {
        "measures": _listed_measures(here, held, language),
        "hidden": len(plan.measure_ids) - len(held),
        "followed": followed,
        "counts": [(text(STATUS_WORDS[status], language), n) for status, n in followed.by_status.items()],
    }


def _listed_measures(here: Here, held: list[Measure], language: str) -> list[dict[str, Any]]:
    names = names_in(here)
    at = {place.id: place for place in places.all_of(here.session, here.member, tuple(places.Status))}
    return [in_list(measure, names, language) | {"place": at[measure.place_id]} for measure in held]


def _one(request: Request, here: Here, plan: ActionPlan, *, status: int = 200, **more: Any) -> HTMLResponse:
    language, adopted = view.language_of(request), adoptions.all_of(here.session, here.member)
    done = request.query_params.get("done", "")
    context = {
        "room": "picture",
        "plan": _listed(here, plan, adopted, language) | _followed(here, plan, language),
        "adopts": may(here.member, Action.PLAN_ADOPT),
        "typed": adopting.typed(),
        "done": text(DONE[done], language) if done in DONE else "",
        "refused": "",
    }
    return view.render(request, "plan.html", status=status, **(context | more))
