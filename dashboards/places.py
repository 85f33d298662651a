"""The room of places (platser): what gathers where, why, and what is done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.deps import reference_of
from api.errors import status_of
from api.places import geometry_of
from dashboards import view
from dashboards.place import page_of
from dashboards.readers import Here, InForum
from dashboards.rows import VISIBILITIES
from dashboards.view import Form, plain
from forum.foundation.audience import Visibility
from forum.foundation.errors import ForumError, Invalid
from forum.foundation.language import N_, text
from forum.foundation.plain import number
from forum.people.policy import Action, may, require
from forum.register import deviations, finding, places
from forum.register.finding import Filter
from forum.register.places import Drawn, Place, Status
from forum.work import causes, measures, reopening
from forum.work.causes import PARTS

router = APIRouter()
ROOM = "/{forum}/platser"
PAGE = ROOM + "/{nr}"
SEEN_BY = {v: said for v, said in VISIBILITIES.items() if v is not Visibility.OWN}


@router.get(ROOM)
def show_all(request: Request, here: InForum) -> HTMLResponse:
    """Show the forum's places, the open ones first."""
    language = view.language_of(request)
    return view.render(
        request,
        "places.html",
        room="places",
        open=[_listed(here, place, language) for place in places.all_of(here.session, here.member)],
        ended=[
            _listed(here, place, language)
            for place in places.all_of(here.session, here.member, (Status.CLOSED, Status.MERGED, Status.SPLIT))
        ],
        creates=may(here.member, Action.PLACE_CREATE),
    )


def _listed(here: Here, place: Place, language: str) -> dict[str, Any]:
    done = measures.of_place(here.session, here.member, place)
    return {
        "nr": place.nr,
        "name": place.name,
        "count": finding.count(here.session, here.member, Filter(place=place.nr)),
        "waiting": sum(measures.Status(m.status) in measures.WAITING for m in done),
        "late": sum(m.overdue for m in done),
        "status": text(places.STATUS_WORDS[Status(place.status)], language),
        "authorities": place.visibility == Visibility.AUTHORITIES,
    }


@router.get(ROOM + "/ny")
def show_new(request: Request, here: InForum) -> HTMLResponse:
    """Show the form of a new place."""
    require(here.member, Action.PLACE_CREATE)
    lon, lat = (plain(request.query_params, name) for name in ("lon", "lat"))
    start = {"geometry": f'{{"type":"Point","coordinates":[{lon},{lat}]}}'} if lon and lat else {}
    start["radius_m"] = plain(request.query_params, "radius_m") or "100"
    return view.render(request, "place_form.html", **_form(request, here, None, start))


@router.post(ROOM)
def create(request: Request, here: InForum, form: Form) -> Response:
    """Make a place."""
    try:
        place = places.create(here.session, here.member, drawn_of(form))
    except ForumError as error:
        return _refused_form(request, here, None, form, error)
    return view.go(request, f"/{here.member.forum_slug}/platser/{place.nr}", done="created")


@router.get(PAGE)
def show(request: Request, here: InForum, nr: str) -> HTMLResponse:
    """Show one place with all that hangs on it."""
    return view.render(request, "place.html", **page_of(request, here, get(here, nr)))


@router.get(PAGE + "/andra")
def show_amending(request: Request, here: InForum, nr: str) -> HTMLResponse:
    """Show the place's name and outline, to be changed."""
    require(here.member, Action.PLACE_CREATE)
    place = get(here, nr)
    typed = {
        "name": place.name,
        "geometry": orjson.dumps(place.shape.__geo_interface__).decode(),
        "radius_m": f"{place.radius_m:g}",
        "visibility": place.visibility,
    }
    return view.render(request, "place_form.html", **_form(request, here, place, typed))


@router.post(PAGE + "/andra")
def amend(request: Request, here: InForum, nr: str, form: Form) -> Response:
    """Change the place's name, outline or visibility."""
    place = get(here, nr)
    try:
        places.amend(here.session, here.member, place, drawn_of(form), version_of(form))
    except ForumError as error:
        return _refused_form(request, here, nr, form, error)
    return view.go(request, f"/{here.member.forum_slug}/platser/{place.nr}", done="amended")


@router.post(PAGE + "/stang")
def close(request: Request, here: InForum, nr: str, form: Form) -> Response:
    """End the work on the place."""
    return _do(request, here, nr, "closed", form, lambda p, why: places.close(here.session, here.member, p, reason=why))


@router.post(PAGE + "/oppna")
def reopen(request: Request, here: InForum, nr: str, form: Form) -> Response:
    """Take up the work on the place again."""
    return _do(
        request, here, nr, "opened", form, lambda p, why: reopening.reopen(here.session, here.member, p, reason=why)
    )


@router.post(PAGE + "/sla-ihop")
def merge(request: Request, here: InForum, nr: str, form: Form) -> Response:
    """Let the place go up in another one."""

    def into(place: Place, why: str) -> None:
        other = places.get(here.session, here.member, reference_of(plain(form, "into")))
        places.merge(here.session, here.member, place, other, reason=why)

    return _do(request, here, nr, "merged", form, into)


@router.post(PAGE + "/avvikelser")
def link(request: Request, here: InForum, nr: str, form: Form) -> Response:
    """Put a deviation to the place by hand, or take it away."""

    def put(place: Place, _: str) -> None:
        number_ = plain(form, "deviation").rpartition("-")[2]
        deviation = deviations.get(here.session, here.member, reference_of(number_))
        places.link(here.session, here.member, place, deviation, here=plain(form, "here") != "no")

    return _do(request, here, nr, "linked", form, put)


@router.post(PAGE + "/samla")
def gather(request: Request, here: InForum, nr: str, form: Form) -> Response:
    """Note of what has come since that it is at the place."""
    return _do(request, here, nr, "gathered", form, lambda p, _: places.gather(here.session, here.member, p))


@router.get(PAGE + "/orsak")
def show_analysis(request: Request, here: InForum, nr: str) -> HTMLResponse:
    """Show the cause analysis, to be written."""
    require(here.member, Action.CAUSE_WRITE)
    return view.render(request, "cause_form.html", **_analysis(request, here, get(here, nr)))


@router.post(PAGE + "/orsak")
def analyse(request: Request, here: InForum, nr: str, form: Form) -> Response:
    """Write the cause analysis; who comes second keeps what is typed and sees what was written meanwhile."""
    place = get(here, nr)
    said = {name: plain(form, name) for name in PARTS}
    try:
        causes.write(here.session, here.member, place, said, version=version_of(form))
    except ForumError as error:
        here.session.rollback()
        context = _analysis(request, here, get(here, nr)) | {"typed": said} | view.refusal(request, error)
        return view.render(request, "cause_form.html", status=status_of(error), **context)
    return view.go(request, f"/{here.member.forum_slug}/platser/{place.nr}", done="analysed")


def get(here: Here, nr: str) -> Place:
    """Return the place of the address."""
    return places.get(here.session, here.member, reference_of(nr))


def _do(request: Request, here: Here, nr: str, done: str, form: Form, verb: Callable[[Place, str], Any]) -> Response:
    """Carry out a verb with the reason of the form and go back to the place; a refusal is shown there."""
    place = get(here, nr)
    try:
        verb(place, plain(form, "reason"))
    except ForumError as error:
        here.session.rollback()
        again = view.again(request, error, form, ("reason", "into", "deviation"))
        return view.render(request, "place.html", **page_of(request, here, get(here, nr)) | again)
    return view.go(request, f"/{here.member.forum_slug}/platser/{nr}", done=done)


def drawn_of(form: Form, seen_by: Visibility | None = None) -> Drawn:
    """Return what the form draws; seen by whom it says, unless that is settled."""
    try:
        given = orjson.loads(plain(form, "geometry") or "null")
    except ValueError:
        given = None
    if not isinstance(given, dict):
        remedy = N_("Move the cross on the map, and add corners for a line or an area.")
        raise Invalid(N_("Nothing is drawn yet."), field="geometry", remedy=remedy)
    radius = number(plain(form, "radius_m").replace(",", ".") or "0")
    said = plain(form, "visibility")
    visibility = seen_by or (Visibility(said) if said in set(SEEN_BY) else Visibility.FORUM)
    return Drawn(plain(form, "name"), geometry_of(given), radius, visibility)


def version_of(form: Form) -> int | None:
    """Return the version that the form was made from."""
    version = plain(form, "version")
    return int(version) if version.isascii() and version.isdecimal() and len(version) < 9 else None


def _form(request: Request, here: Here, place: Place | None, typed: dict[str, str]) -> dict[str, Any]:
    language = view.language_of(request)
    seen = [v for v in SEEN_BY if v in set(here.member.visibilities)]
    return {
        "room": "places",
        "place": place,
        "typed": typed,
        "refused": "",
        "api": f"/api/v1/forums/{here.member.forum_slug}",
        "around": "",
        "visibilities": [(v.value, text(SEEN_BY[v], language)) for v in seen],
    }


def _refused_form(request: Request, here: Here, nr: str | None, form: Form, error: ForumError) -> HTMLResponse:
    here.session.rollback()
    typed = {name: plain(form, name) for name in ("name", "geometry", "radius_m", "visibility")}
    context = _form(request, here, get(here, nr) if nr else None, typed) | view.refusal(request, error)
    return view.render(request, "place_form.html", status=status_of(error), **context)


def _analysis(request: Request, here: Here, place: Place) -> dict[str, Any]:
    cause = causes.of_place(here.session, here.member, place)
    language = view.language_of(request)
    return {
        "room": "places",
        "place": place,
        "parts": [(name, text(label, language)) for name, label in PARTS.items()],
        "typed": {name: getattr(cause, name, "") for name in PARTS},
        "version": cause.version if cause else "",
        "refused": "",
    }
