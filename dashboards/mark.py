"""Marking a deviation (märk avvikelse): where, what, when, a few questions, something alike, the receipt."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from api.deps import reference_of
from dashboards import rows, view
from dashboards.also import SPOTS
from dashboards.amending import visibilities
from dashboards.one import page_of
from dashboards.questions import answers_from, groups_for_form
from dashboards.readers import Here, InForum
from dashboards.view import Form, plain
from forum.foundation import clock
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from forum.foundation.geometry import coordinate
from forum.foundation.language import N_, text
from forum.people import agreements, organisations
from forum.people.policy import Action, require
from forum.register import categories, deviations, finding, intake, whereabouts
from forum.register.deviations import Deviation
from forum.register.finding import Filter, Found
from forum.register.intake import Notice

router = APIRouter()

WHENS = (
    ("now", N_("Just now"), N_("within the last quarter of an hour")),
    ("today", N_("Today"), N_("some time since midnight")),
    ("evening", N_("Yesterday evening"), N_("between 18 and midnight")),
    ("between", N_("Between … and …"), N_("you say when")),
)
LATELY = 4
"""Categories used lately that stand first."""
OLDEST_CHOICE = timedelta(hours=24)
"""How long ago the phone may have noted the choice of a time."""
ACCURACIES = (10, 25, 50, 100, 250, 500, 1000, 2500, 5000)
"""How exact a place can be, in metres; a telephone that knows its own worse than the last is not believed at all."""
BY_NAME_M = "100"
"""How exact a place is that was chosen by its name."""


@router.get("/{forum}/marka")
@router.get("/{forum}/mark")
def ask(request: Request, here: InForum, lon: str = "", lat: str = "") -> HTMLResponse:
    """Show the form; with a position, which a map hands over, the cross stands there."""
    require(here.member, Action.DEVIATION_REGISTER)
    agreements.require_in_force(here.session, here.member)
    typed, errors = {"client_id": str(uuid4())}, {}
    try:
        typed |= _handed_over(lon, lat)
    except Invalid as error:
        errors["position"] = error.say(view.language_of(request))
    context = _context(request, here, typed) | {"fresh": True, "errors": errors}
    return view.render(request, "mark.html", status=422 if errors else 200, **context)


@router.post("/{forum}/marka")
def save(request: Request, here: InForum, form: Form) -> Response:
    """Save what was marked, unless something alike is near and nobody has said whether it is the same."""
    try:
        found = register(here, form)
    except (Invalid, Forbidden) as error:
        here.session.rollback()
        errors = (
            view.said(error, view.language_of(request))
            if isinstance(error, Invalid)
            else {"": error.say(view.language_of(request))}
        )
        return view.render(
            request, "mark.html", status=422, **_context(request, here, _typed(form)) | {"errors": errors}
        )
    if isinstance(found, Deviation):
        return view.go(request, f"/{here.member.forum_slug}/marka/{found.nr}")
    return view.render(request, "mark.html", **_context(request, here, _typed(form), found))


@router.get("/{forum}/marka/{nr}")
def receipt(request: Request, here: InForum, nr: str) -> HTMLResponse:
    """Show what was saved, how to take it back, and what happens next."""
    return view.render(request, "receipt.html", **page_of(request, here, reference_of(nr)))


def register(here: Here, form: FormData) -> Deviation | list[Found]:
    """Register what the form says; or return what is alike, to be asked about first."""
    session, member = here.session, here.member
    client_id, notice = client_id_of(form), notice_of(here, form)
    if not plain(form, "alike") and (near := _alike(here, notice, client_id)):
        return near
    try:
        deviation = intake.register(session, member, client_id=client_id, notice=notice).deviation
    except Conflict as error:
        if error.field != "id":
            raise
        return deviations.get(session, member, client_id)
    other = plain(form, "alike")
    if other and other != "new" and deviation.same_as_id is None:
        _join(here, deviation, other)
    return deviation


def notice_of(here: Here, form: FormData) -> Notice:
    """Return what the form says as the register takes it."""
    group = plain(form, "category")
    code = plain(form, f"kind.{group}") or group
    if not code:
        raise Invalid(N_("Nothing is chosen."), field="category", remedy=N_("Choose what it is about."))
    category = categories.of_code(categories.all_of(here.session, here.member.forum_id), code)
    lon, lat, accuracy = _place(here, form)
    start, end = _time(form)
    behalf = plain(form, "on_behalf_of")
    return Notice(
        lon=lon,
        lat=lat,
        accuracy_m=accuracy,
        occurred_from=start,
        occurred_to=end,
        category=code,
        text=plain(form, "text"),
        visibility=plain(form, "visibility") or "forum",
        answers=answers_from(form, category),
        on_behalf_of=_organisation(behalf) if behalf else None,
    )


def client_id_of(form: FormData) -> UUID:
    """Return the id that the device gave to what it marks."""
    try:
        return UUID(plain(form, "client_id"))
    except ValueError:
        return uuid4()


def _organisation(words: str) -> UUID:
    try:
        return UUID(words)
    except ValueError as error:
        remedy = N_("Choose one of the forum's organisations.")
        raise Invalid(N_("There is no such organisation."), field="on_behalf_of", value=words, remedy=remedy) from error


def _place(here: Here, form: FormData) -> tuple[str | float, str | float, str]:
    """Return the place under the cross, or the one that was named where no map was to be had."""
    lon, lat, accuracy = plain(form, "lon"), plain(form, "lat"), plain(form, "accuracy_m")
    if lon or lat:
        return lon, lat, accuracy
    rough = max(accuracy, BY_NAME_M, key=lambda metres: int(metres) if metres.isdecimal() else 0)
    if chosen := plain(form, "spot"):
        lon, _, lat = chosen.partition(",")
        return lon, lat, rough
    return *_named(here, plain(form, "place")), rough


def _named(here: Here, name: str) -> tuple[float, float]:
    """Return the one place of that name; where it may be another, the form lets the reader choose among them."""
    if not name:
        raise Invalid(N_("There is no place yet."), field="place", remedy=N_("Choose a place by name, or on the map."))
    found = whereabouts.called(here.session, here.member.forum_id, name)
    if not found:
        remedy = N_("Choose one of the names in the list.")
        raise Invalid(N_("There is no place of this name on the map."), field="place", value=name, remedy=remedy)
    if len(found) > 1 or found[0].name.casefold() != name.casefold():
        remedy = N_("Choose one of those that were found.")
        raise Invalid(N_("This may be the name of several places."), field="place", value=name, remedy=remedy)
    return found[0].lon, found[0].lat


def _time(form: FormData) -> tuple[datetime | str, datetime | str | None]:
    """Return from when to when, as it was when the time was chosen."""
    at = chosen_at(form)
    wall = clock.local(at)
    midnight = clock.to_utc(datetime.combine(wall.date(), time()), "when")
    when = plain(form, "when") or "now"
    if when == "now":
        return at, None
    if when == "today":
        return midnight, at
    if when == "evening":
        return clock.to_utc(datetime.combine(wall.date() - timedelta(days=1), time(18)), "when"), midnight
    start = plain(form, "occurred_from")
    if not start:
        raise Invalid(
            N_("There is no time yet."), field="occurred_from", remedy=N_("Say from when, or choose one of the others.")
        )
    return start, plain(form, "occurred_to") or None


def chosen_at(form: FormData) -> datetime:
    """Return when the time was chosen, as far as that can be believed; else now."""
    now = clock.now().replace(second=0, microsecond=0)
    try:
        chosen = datetime.fromisoformat(plain(form, "chosen_at"))
    except ValueError:
        return now
    if chosen.tzinfo is None or not now - OLDEST_CHOICE <= chosen <= now + intake.SLACK:
        return now
    return chosen.replace(second=0, microsecond=0)


def _alike(here: Here, notice: Notice, client_id: UUID) -> list[Found]:
    """Return what is alike, once the notice itself can be taken; nothing where it was sent before."""
    try:
        deviations.get(here.session, here.member, client_id)
    except NotFound:
        pass
    else:
        return []
    checked = intake.checked_notice(notice, None, here.member)
    at = {"lon": coordinate(checked.lon, "lon"), "lat": coordinate(checked.lat, "lat")}
    return intake.alike(here.session, here.member, category=checked.category, occurred_from=checked.occurred_from, **at)


def _join(here: Here, deviation: Deviation, number: str) -> None:
    other = deviations.get(here.session, here.member, reference_of(number))
    if other.id != deviation.id:
        deviations.same_as(here.session, here.member, deviation, other)


def _typed(form: FormData) -> dict[str, str]:
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


def _handed_over(lon: str, lat: str) -> dict[str, str]:
    """Return the position in the address, when there is one."""
    if not lon and not lat:
        return {}
    return {"lon": f"{coordinate(lon, 'lon'):.6f}", "lat": f"{coordinate(lat, 'lat'):.6f}"}


def _context(request: Request, here: Here, typed: dict[str, str], near: list[Found] | None = None) -> dict[str, Any]:
    session, member, language = here.session, here.member, view.language_of(request)
    known = categories.all_of(session, member.forum_id)
    lately = _lately(here, known)
    partners = [
        (str(o.id), o.name) for o in organisations.all_of(session, member.forum_id) if o.id != member.organisation_id
    ]
    nobody = text(N_("Nobody else: %(organisation)s"), language, organisation=member.organisation_name)
    return {
        "room": "mark",
        "typed": typed,
        "fresh": False,
        "accuracies": ACCURACIES,
        "groups": groups_for_form(known, language, lately),
        "lately": lately,
        "whens": [(code, text(name, language), text(more, language)) for code, name, more in WHENS],
        "visibilities": visibilities(member, language),
        "organisations": [("", nobody), *partners],
        "places": whereabouts.names(session, member.forum_id),
        "spots": _spots(here, typed, language),
        "alike": rows.rows_of(session, member, near, language, base=view.prefix(request)) if near else [],
        "api": f"/api/v1/forums/{member.forum_slug}",
    }


def _spots(here: Here, typed: dict[str, str], language: str) -> list[tuple[str, str, str]]:
    """Return the places that a typed name may stand for: where each is, its name, what it is."""
    if not typed.get("place", "").strip() or typed.get("lon"):
        return []
    found = whereabouts.called(here.session, here.member.forum_id, typed["place"])
    return [(f"{spot.lon:.6f},{spot.lat:.6f}", spot.name, text(SPOTS[spot.kind], language)) for spot in found]


def _lately(here: Here, known: list[categories.Category]) -> list[str]:
    """Return the groups that the member's organisation has marked last."""
    if here.member.organisation_id is None:
        return []
    newest = finding.find(here.session, here.member, Filter(organisations=(here.member.organisation_id,)), limit=12)
    codes = {c.id: c.code.partition(".")[0] for c in known}
    return list(dict.fromkeys(codes[d.category_id] for d in newest.rows))[:LATELY]
