"""The room of measures (åtgärder): what is promised, by whom, until when; what is late, and what is not fixed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.deps import reference_of
from dashboards import methods, view
from dashboards import places as place_room
from dashboards.measure import in_list, names_in, page_of
from dashboards.readers import Here, InForum
from dashboards.view import Form, plain
from forum.foundation.audience import Visibility
from forum.foundation.errors import Conflict, ForumError, Invalid, NotFound
from forum.foundation.language import N_, text
from forum.people import organisations
from forum.people.agreements import today
from forum.people.policy import Action, require
from forum.register import deviations, places
from forum.register.places import Place
from forum.work import catalogue, costs, follow_ups, links, measures
from forum.work.follow_ups import Outcome
from forum.work.measures import WAITING, Measure, Status, Step
from forum.work.terms import COST_WORDS, NATURE_WORDS, Cost, Nature, Terms

router = APIRouter()
ROOM = "/{forum}/atgarder"
PAGE = ROOM + "/{nr}"
TEXTS = ("title", "expected_short", "expected_long", "seen_by", "balancing")
FIELDS = (*TEXTS, "owner", "due_on", "nature", "catalogue_code", "cost", "camera", "review_on", "visibility", "answers")
ANSWERS = ("reason", "on", "handed_to", "reference", "outcome", "note", "seen_on", "spent_kr", "spent_on")
"""Fields of the forms on a measure's page."""
SHOWN = {
    "": N_("Still to be done"),
    "late": N_("Late"),
    "not-fixed": N_("Not fixed"),
    "done": N_("Carried out and followed up"),
    "ours": N_("Ours"),
}


@router.get(ROOM)
def show_all(request: Request, here: InForum) -> HTMLResponse:
    """Show the forum's measures: still to be done, late, not fixed, done, or the reader's own."""
    language, chosen = view.language_of(request), request.query_params.get("show", "")
    chosen = chosen if chosen in SHOWN else ""
    everything, names = measures.all_of(here.session, here.member), names_in(here)
    groups = {name: _chosen(here, name, everything) for name in SHOWN}
    at = {place.id: place for place in places.all_of(here.session, here.member, tuple(places.Status))}
    return view.render(
        request,
        "measures.html",
        room="measures",
        chosen=chosen,
        tabs=[(name, text(said, language), len(groups[name])) for name, said in SHOWN.items()],
        heading=text(SHOWN[chosen], language),
        measures=[in_list(m, names, language) | {"place": at[m.place_id]} for m in groups[chosen]],
    )


def _chosen(here: Here, name: str, everything: list[Measure]) -> list[Measure]:
    if name == "not-fixed":
        return measures.not_fixed(here.session, here.member)
    if name == "late":
        return [m for m in everything if m.overdue]
    if name == "done":
        return [m for m in everything if m.status in (Status.CARRIED_OUT, Status.FOLLOWED_UP)]
    waiting = [m for m in everything if Status(m.status) in WAITING]
    return [m for m in waiting if m.owner_id == here.member.organisation_id] if name == "ours" else waiting


def _place(here: Here, measure: Measure) -> Place:
    return places.get(here.session, here.member, measure.place_id)


@router.get(place_room.PAGE + "/atgard")
def show_new(request: Request, here: InForum, nr: str) -> HTMLResponse:
    """Show the form of a new measure at the place."""
    require(here.member, Action.MEASURE_PROPOSE)
    typed = _begun(request.query_params.get("kind", ""), view.language_of(request))
    form = _form(request, here, place_room.get(here, nr), None, typed)
    return view.render(
        request, "measure_form.html", **form | {"offers": methods.offers(here, view.language_of(request))}
    )


def _begun(code: str, language: str) -> dict[str, str]:
    """Return what a measure of the catalogue fills a new proposal with."""
    kind = next((each for each in catalogue.kinds() if each.code == code), None)
    return {"title": kind.name(language), "nature": kind.nature, "catalogue_code": code} if kind else {}


@router.post(place_room.PAGE + "/atgard")
def propose(request: Request, here: InForum, nr: str, form: Form) -> Response:
    """Propose a measure at the place."""
    place = place_room.get(here, nr)
    try:
        answered = [deviations.get(here.session, here.member, reference_of(n)) for n in _numbers(form)]
        measure = measures.propose(here.session, here.member, place, _terms(form), answers=answered)
    except ForumError as error:
        return _refused(request, here, place_room.get, nr, form, error)
    return view.go(request, f"/{here.member.forum_slug}/atgarder/{measure.nr}", done="proposed")


@router.get(PAGE)
def show(request: Request, here: InForum, nr: str) -> HTMLResponse:
    """Show one measure with all that was done and seen."""
    return view.render(request, "measure.html", **page_of(request, here, get(here, nr)))


@router.get(PAGE + "/andra")
def show_amending(request: Request, here: InForum, nr: str) -> HTMLResponse:
    """Show what the measure says, to be changed."""
    require(here.member, Action.MEASURE_DECIDE)
    measure = get(here, nr)
    typed = {name: str(getattr(measure, name) or "") for name in FIELDS if name not in ("owner", "answers", "camera")}
    typed |= {"owner": str(measure.owner_id), "camera": "yes" if measure.camera else ""}
    return view.render(request, "measure_form.html", **_form(request, here, _place(here, measure), measure, typed))


@router.post(PAGE + "/andra")
def amend(request: Request, here: InForum, nr: str, form: Form) -> Response:
    """Change what the measure says."""
    measure = get(here, nr)
    try:
        measures.amend(here.session, here.member, measure, _terms(form), place_room.version_of(form))
    except ForumError as error:
        return _refused(request, here, lambda h, n: _place(h, get(h, n)), nr, form, error)
    return view.go(request, f"/{here.member.forum_slug}/atgarder/{nr}", done="amended")


@router.post(PAGE + "/steg")
def step(request: Request, here: InForum, nr: str, form: Form) -> Response:
    """Take a step with the measure."""
    return _do(request, here, nr, form, lambda measure: _step(here, measure, form))


def _step(here: Here, measure: Measure, form: Form) -> str:
    name, reason, version = plain(form, "step"), plain(form, "reason"), place_room.version_of(form)
    if name not in set(Step):
        raise Invalid(N_("Nothing is chosen."), field="step", remedy=N_("Choose one of the values in the list."))
    taken, session, member = Step(name), here.session, here.member
    if taken is Step.HAND_OVER:
        to, reference = plain(form, "handed_to"), plain(form, "reference")
        measures.hand_over(session, member, measure, to=to, reference=reference, reason=reason, version=version)
    elif taken is Step.CARRY_OUT:
        on = _day(form, "on") or today()
        measures.carry_out(session, member, measure, on=on, note=reason, version=version)
    else:
        measures.move(session, member, measure, taken, reason=reason, version=version)
    return taken.value


@router.post(PAGE + "/uppfoljning")
def follow_up(request: Request, here: InForum, nr: str, form: Form) -> Response:
    """Note what is seen of the measure."""

    def seen(measure: Measure) -> str:
        given = plain(form, "outcome")
        if given not in set(Outcome):
            raise Invalid(N_("Nothing is chosen."), field="outcome", remedy=N_("Choose what is seen."))
        outcome, note, on = Outcome(given), plain(form, "note"), _day(form, "seen_on")
        follow_ups.follow_up(here.session, here.member, measure, outcome=outcome, note=note, on=on)
        return "followed_up"

    return _do(request, here, nr, form, seen)


@router.post(PAGE + "/kostnad")
def spend(request: Request, here: InForum, nr: str, form: Form) -> Response:
    """Note what the measure cost."""

    def noted(measure: Measure) -> str:
        given, version = plain(form, "spent_kr").replace(" ", "").replace("\u00a0", ""), place_room.version_of(form)
        if not given.isdecimal() or len(given) > 12:
            remedy = N_("Give whole kronor, 0 or more.")
            raise Invalid(N_("This is no cost."), field="spent_kr", value=given, remedy=remedy)
        said = plain(form, "spent_on")
        costs.note(here.session, here.member, measure, kronor=int(given), words=said, version=version)
        return "cost"

    return _do(request, here, nr, form, noted)


@router.post(PAGE + "/lank")
def ask(request: Request, here: InForum, nr: str, form: Form) -> Response:
    """Mail the owner a link to answer for the measure, or let the link end."""

    def asked(measure: Measure) -> str:
        if plain(form, "end"):
            links.take_back(here.session, here.member, measure)
            return "asked_no_more"
        if request.app.state.settings.smtp_url is None:
            message = N_("This installation sends no mail.")
            raise Conflict(message, remedy=N_("Its operator sets TRYGG_SMTP_URL to let it."))
        links.ask(here.session, here.member, measure)
        return "asked"

    return _do(request, here, nr, form, asked)


def get(here: Here, nr: str) -> Measure:
    """Return the measure of the address."""
    return measures.get(here.session, here.member, reference_of(nr))


def _do(request: Request, here: Here, nr: str, form: Form, verb: Callable[[Measure], str]) -> Response:
    """Carry out a verb and go back to the measure; a refusal is shown there, with what was typed."""
    measure = get(here, nr)
    try:
        done = verb(measure)
    except ForumError as error:
        here.session.rollback()
        again = view.again(request, error, form, ANSWERS)
        if "reason" in again["errors"]:  # each step asks for its own
            again["errors"][f"reason-{plain(form, 'step')}"] = again["errors"].pop("reason")
        context = page_of(request, here, get(here, nr)) | again
        return view.render(request, "measure.html", **context)
    return view.go(request, f"/{here.member.forum_slug}/atgarder/{nr}", done=done)


def _numbers(form: Form) -> list[str]:
    return [word.rpartition("-")[2] for word in plain(form, "answers").replace(",", " ").split()]


def _day(form: Form, name: str) -> date | None:
    words = plain(form, name)
    try:
        return date.fromisoformat(words) if words else None
    except ValueError as error:
        message, remedy = N_("This is no date."), N_("Write the day as 2023-10-26.")
        raise Invalid(message, field=name, value=words, remedy=remedy) from error


def _terms(form: Form) -> Terms:
    owner, nature, cost, seen_by = (plain(form, name) for name in ("owner", "nature", "cost", "visibility"))
    try:
        owner_id = UUID(owner) if owner else None
    except ValueError as error:
        remedy = N_("Choose one of the forum's organisations.")
        raise NotFound(field="owner", value=owner, remedy=remedy) from error
    texts = {name: plain(form, name) for name in TEXTS}
    return Terms(
        owner_id=owner_id,
        due_on=_day(form, "due_on"),
        nature=Nature(nature) if nature in set(Nature) else Nature.PHYSICAL,
        cost=Cost(cost) if cost in set(Cost) else Cost.UNKNOWN,
        catalogue_code=plain(form, "catalogue_code") or None,
        camera=plain(form, "camera") == "yes",
        review_on=_day(form, "review_on"),
        visibility=Visibility(seen_by) if seen_by in set(place_room.SEEN_BY) else Visibility.FORUM,
        **texts,
    )


def _form(request: Request, here: Here, place: Place, measure: Measure | None, typed: dict[str, str]) -> dict[str, Any]:
    language = view.language_of(request)
    partners = organisations.all_of(here.session, here.member.forum_id)
    choose = ("", text(N_("Choose …"), language))
    seen = [v for v in place_room.SEEN_BY if v in set(here.member.visibilities)]
    return {
        "room": "measures",
        "place": place,
        "measure": measure,
        "typed": typed,
        "refused": "",
        "offers": [],
        "partners": [choose, *((str(o.id), o.name) for o in partners)],
        "kinds": [
            ("", text(N_("None of these"), language)),
            *((kind.code, kind.name(language)) for kind in catalogue.kinds()),
        ],
        "natures": [(nature.value, text(said, language)) for nature, said in NATURE_WORDS.items()],
        "costs": [(cost.value, text(said, language)) for cost, said in COST_WORDS.items()],
        "visibilities": [
            (v.value, text(place_room.SEEN_BY[v], language))
            for v in seen
            if not v.wider_than(Visibility(place.visibility))
        ],
    }


def _refused(
    request: Request,
    here: Here,
    place_of: Callable[[Here, str], Place],
    nr: str,
    form: Form,
    error: ForumError,
) -> HTMLResponse:
    here.session.rollback()
    place = place_of(here, nr)
    measure = get(here, nr) if request.url.path.endswith("/andra") else None
    context = _form(request, here, place, measure, {}) | view.again(request, error, form, FIELDS)
    return view.render(request, "measure_form.html", **context)
