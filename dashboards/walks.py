"""The room of safety walks (trygghetsvandringar): planned, walked point by point, followed up."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData, UploadFile

from api.errors import status_of
from dashboards import rows, view, words
from dashboards.amending import visibilities, wall
from dashboards.cutout import Cutout
from dashboards.cutter import Cutter
from dashboards.questions import groups_for_form
from dashboards.readers import Here, InForum
from dashboards.view import Files, Form, plain
from forum.foundation import clock
from forum.foundation.errors import ForumError, Invalid, NotFound
from forum.foundation.language import N_, text
from forum.people import organisations
from forum.people.policy import Action, may
from forum.register import categories, walks
from forum.register.deviations import Deviation
from forum.register.intake import Notice
from forum.register.walks import OUTCOME_WORDS, Outcome, Owned, Plan, Point, Walk
from mapping.files import photos

router = APIRouter()
ROOM = "/{forum}/vandringar"
PAGE = ROOM + "/{walk}"
DOOR = re.compile(r"(/en)?/[^/]+/vandringar/[^/]+/punkt")
"""The address that takes photos."""
TYPED = ("owner", "lon", "lat", "accuracy_m", "category", "text", "visibility")
DONE = {
    "made": N_("The walk is there. Note its points in their order."),
    "noted": N_("The point is noted, and is a deviation now."),
    "checked": N_("What you saw is saved."),
}


@router.get(ROOM)
def show_all(request: Request, here: InForum) -> HTMLResponse:
    """Show the forum's walks, and the form of a new one."""
    return _room(request, here, {"starts_at": wall(clock.now()), "follows": plain(request.query_params, "follows")})


@router.post(ROOM)
def make(request: Request, here: InForum, form: Form) -> Response:
    """Make a walk."""
    try:
        walk = walks.make(here.session, here.member, _planned(here, form))
    except ForumError as error:
        here.session.rollback()
        typed = {name: value for name, value in form.multi_items() if isinstance(value, str)}
        return _room(request, here, typed, status=status_of(error), **view.refusal(request, error))
    return view.go(request, f"/{here.member.forum_slug}/vandringar/{walk.id}", done="made")


@router.get(PAGE)
def show(request: Request, here: InForum, walk: str) -> HTMLResponse:
    """Show one walk."""
    return _one(request, here, _walk(here, walk))


@router.post(PAGE + "/punkt")
def note(request: Request, here: InForum, walk: str, form: Files) -> Response:
    """Note a point of the walk: it becomes a deviation."""
    try:
        walks.note(here.session, here.member, _walk(here, walk), _noticed(_walk(here, walk), form), _owned(form))
    except ForumError as error:
        here.session.rollback()
        typed = {name: plain(form, name) for name in TYPED}
        wrong = view.refusal(request, error) | {"typed": typed, "status": status_of(error)}
        return _one(request, here, _walk(here, walk), **wrong)
    return view.go(request, f"/{here.member.forum_slug}/vandringar/{walk}", done="noted")


@router.post(PAGE + "/uppfoljning")
def check(request: Request, here: InForum, walk: str, form: Form) -> Response:
    """Note how the points of the earlier walk are now."""
    found = _walk(here, walk)
    try:
        for point, _, _ in walks.comparison(here.session, here.member, found):
            if (said := plain(form, f"point-{point.position}")) in set(Outcome):
                walks.check(here.session, here.member, found, point, Outcome(said))
    except ForumError as error:
        here.session.rollback()
        return _one(request, here, _walk(here, walk), status=status_of(error), **view.refusal(request, error))
    return view.go(request, f"/{here.member.forum_slug}/vandringar/{walk}", done="checked")


@router.get(PAGE + "/foto/{position}.jpg")
def hand_out(here: InForum, walk: str, position: int) -> Response:
    """Answer with the photo of a point."""
    photo = walks.point_of(here.session, here.member, _walk(here, walk), position).photo
    if photo is None:
        raise NotFound
    return Response(photo, media_type="image/jpeg", headers=view.HEADERS)


def _walk(here: Here, reference: str) -> Walk:
    try:
        return walks.get(here.session, here.member, UUID(reference))
    except ValueError as error:
        raise NotFound from error


def _planned(here: Here, form: Form) -> Plan:
    partners = organisations.all_of(here.session, here.member.forum_id)
    there = {each.id: _people(form, f"people-{each.id}") for each in partners}
    follows = plain(form, "follows")
    return Plan(
        plain(form, "name"),
        clock.to_utc(plain(form, "starts_at"), "starts_at"),
        {who: n for who, n in there.items() if n},
        follows=_walk(here, follows) if follows else None,
    )


def _people(form: Form, name: str) -> int:
    given = plain(form, name) or "0"
    if not (given.isascii() and given.isdecimal() and len(given) < 4):
        raise Invalid(N_("This is no number."), field="people", value=given, remedy=N_("Write a whole number."))
    return int(given)


def _noticed(walk: Walk, form: FormData) -> Notice:
    names = ("lon", "lat", "accuracy_m", "category", "text", "visibility")
    told: dict[str, Any] = {name: plain(form, name) for name in names}
    return Notice(occurred_from=walk.starts_at, **told)


def _owned(form: FormData) -> Owned:
    owner, sent = plain(form, "owner"), form.get("photo")
    try:
        owner_id = UUID(owner)
    except ValueError as error:
        remedy = N_("Choose one of the forum's organisations.")
        raise Invalid(N_("Nobody sees to this point."), field="owner", value=owner, remedy=remedy) from error
    photo = photos.bare(sent.file.read(), sent.filename) if isinstance(sent, UploadFile) and sent.filename else None
    return Owned(owner_id, photo, no_persons=plain(form, "no_persons") == "yes")


def _room(request: Request, here: Here, typed: dict[str, str], *, status: int = 200, **more: Any) -> HTMLResponse:
    language, names = view.language_of(request), _names(here)
    listed = walks.all_of(here.session, here.member)
    none = ("", text(N_("none: a new route"), language))
    context = {
        "room": "places",
        "listed": [_listed(walk, names, language) for walk in listed],
        "earlier": [none, *((str(walk.id), f"{walk.name}, {_when(walk, language)}") for walk in listed)],
        "partners": [(f"people-{who}", name) for who, name in names.items()],
        "makes": may(here.member, Action.WALK_MAKE),
        "typed": typed,
        "refused": "",
    }
    return view.render(request, "walks.html", status=status, **(context | more))


def _one(request: Request, here: Here, walk: Walk, *, status: int = 200, **more: Any) -> HTMLResponse:
    language, names = view.language_of(request), _names(here)
    found = walks.points(here.session, here.member, walk)
    known, done = categories.all_of(here.session, here.member.forum_id), request.query_params.get("done", "")
    there = walks.people(here.session, here.member, walk)
    context = {
        "room": "places",
        "walk": _listed(walk, names, language),
        "there": sorted((names.get(who, "–"), n) for who, n in there.items()),
        "points": _points(request, here, found, names),
        "map": _map(here, walk, found),
        "followed": _followed(request, here, walk, names),
        "outcomes": [(outcome.value, text(said, language)) for outcome, said in OUTCOME_WORDS.items()],
        "writes": may(here.member, Action.WALK_WRITE, of=walk),
        "makes": may(here.member, Action.WALK_MAKE),
        "groups": groups_for_form(known, language),
        "owners": [("", text(N_("Choose …"), language)), *((str(who), name) for who, name in names.items())],
        "visibilities": visibilities(here.member, language),
        "typed": {"accuracy_m": "10", "visibility": "forum"} | _beside(walk, found),
        "api": f"/api/v1/forums/{here.member.forum_slug}",
        "done": text(DONE[done], language) if done in DONE else "",
        "refused": "",
    }
    return view.render(request, "walk.html", status=status, **(context | more))


def _map(here: Here, walk: Walk, found: list[tuple[Point, Deviation]]) -> Cutout | None:
    """Return where the walk goes and what was noted on it, as far as the reader may see that."""
    earlier = walks.comparison(here.session, here.member, walk)
    noted = [(point.position, deviation.position) for point, deviation in found]
    before = [(point.position, deviation.position) for point, deviation, _ in earlier]
    return Cutter(here.session, here.member).walk(walks.line_of(walk, found), noted, before)


def _beside(walk: Walk, found: list[tuple[Point, Deviation]]) -> dict[str, str]:
    """Return where the form begins: at the last point, for the next one is not far from it, else where the way does."""
    way = [deviation.position for _, deviation in found[-1:]] or walks.line_of(walk, found)
    return {"lon": str(way[0][0]), "lat": str(way[0][1])} if way else {}


def _names(here: Here) -> dict[UUID, str]:
    return {each.id: each.name for each in organisations.all_of(here.session, here.member.forum_id)}


def _when(walk: Walk, language: str) -> str:
    return words.moment(walk.starts_at, language)


def _listed(walk: Walk, names: dict[UUID, str], language: str) -> dict[str, Any]:
    whose = names.get(walk.organisation_id, "–")
    return {"id": walk.id, "name": walk.name, "when": _when(walk, language), "whose": whose, "follows": walk.follows_id}


def _points(
    request: Request, here: Here, found: list[tuple[Point, Deviation]], names: dict[UUID, str]
) -> list[dict[str, Any]]:
    language, base = view.language_of(request), view.prefix(request)
    shown = rows.rows_of(here.session, here.member, [deviation for _, deviation in found], language, base=base)
    return [
        {
            "position": point.position,
            "walk": point.walk_id,
            "row": row,
            "owner": names.get(point.owner_id, "–"),
            "photo": point.pictured,
        }
        for (point, _), row in zip(found, shown, strict=True)
    ]


def _followed(request: Request, here: Here, walk: Walk, names: dict[UUID, str]) -> list[dict[str, Any]]:
    said = walks.comparison(here.session, here.member, walk)
    told = _points(request, here, [(point, deviation) for point, deviation, _ in said], names)
    return [
        each | {"outcome": outcome.value if outcome else "", "said": _said(outcome, view.language_of(request))}
        for each, (*_, outcome) in zip(told, said, strict=True)
    ]


def _said(outcome: Outcome | None, language: str) -> str:
    return text(OUTCOME_WORDS[outcome] if outcome else N_("nothing noted"), language)
