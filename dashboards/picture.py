"""The room of the situational picture (lägesbilden): a period chosen, seen, printed, carried away, frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData, QueryParams

from api.errors import status_of
from dashboards import adopting, clocks, travelling, view
from dashboards.documents import listed
from dashboards.readers import Here, InForum
from dashboards.shown import FOR, in_words, shown
from dashboards.view import Form, plain
from dashboards.words import moment
from forum.foundation.audience import Audience
from forum.foundation.errors import ForumError, Invalid, NotFound
from forum.foundation.language import N_, text
from forum.people.agreements import today
from forum.people.policy import Action, may
from forum.work import adoptions, documents, pictures, publications
from forum.work.documents import Kind
from forum.work.pictures import FrozenPicture
from mapping import picture, public_picture
from mapping.periods import Period, latest_months
from mapping.picture import Picture
from mapping.public_picture import PublicPicture

router = APIRouter()
ROOM = "/{forum}/lagesbild"
PRESETS = ((N_("Last month"), 1), (N_("Last three months"), 3), (N_("Last twelve months"), 12))
SEALED_OFF = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
)
"""The rights of the map in one file: to run what it holds, in a place of its own, and to reach nothing."""
LAST = {"to": "until"}
"""What programs give as the day after, people give as the last one."""
LATEST = date.max - timedelta(days=1)
"""The last day that another one follows."""
DONE = {
    "frozen": N_("The picture is frozen, with its three parts. It can be adopted now."),
    "adopted": N_("The picture is adopted. An action plan can be made on it."),
}


@dataclass(frozen=True)
class Asked:
    """What a reader wants to see: whole days, the last one too, and for whom."""

    first: date
    last: date
    audience: Audience

    @property
    def end(self) -> date:
        """Return the day after the last one."""
        return self.last + timedelta(days=1)

    @property
    def query(self) -> dict[str, str]:
        """Return it as an address carries it."""
        return {"from": self.first.isoformat(), "until": self.last.isoformat(), "audience": self.audience.value}


def asked(given: QueryParams | FormData) -> Asked:
    """Return what an address or a form asks for; nothing said is the latest three whole months, for the forum."""
    latest = latest_months(today())
    first, last = (_day(given, name) for name in ("from", "until"))
    return Asked(first or latest.first, last or latest.last, audience_of(given))


def audience_of(given: QueryParams | FormData) -> Audience:
    """Return for whom an address or a form asks; nothing said is the forum."""
    try:
        return Audience(plain(given, "audience") or Audience.FORUM)
    except ValueError as error:
        message, remedy = N_("There is no such audience."), N_("Choose forum or authorities.")
        raise Invalid(message, field="audience", value=plain(given, "audience"), remedy=remedy) from error


def _day(given: QueryParams | FormData, name: str) -> date | None:
    words = plain(given, name)
    try:
        return min(date.fromisoformat(words), LATEST) if words else None
    except ValueError as error:
        remedy = N_("Write the day as 2023-10-26.")
        raise Invalid(N_("This is not a day."), field=name, value=words, remedy=remedy) from error


@router.get(ROOM)
def show(request: Request, here: InForum) -> HTMLResponse:
    """Show the picture of the period that is chosen."""
    try:
        wanted = asked(request.query_params)
        return _room(request, here, wanted, _made(here, wanted))
    except Invalid as error:
        wanted = asked(QueryParams())
        given = {name: plain(request.query_params, name) for name in ("from", "until")}
        errors = {LAST.get(name, name): said for name, said in view.said(error, view.language_of(request)).items()}
        found = _made(here, wanted)
        return _room(request, here, wanted, found, status=422, given=given, errors=errors)


@router.post(ROOM + "/pdf")
def print_(request: Request, here: InForum, form: Form) -> Response:
    """Let the picture of the period that is chosen be printed."""
    wanted = asked(form)
    _made(here, wanted)  # what cannot be shown is refused now
    days = {"first": wanted.first.isoformat(), "last": wanted.last.isoformat()}
    return _ordered(request, here, wanted.audience, days)


@router.get(ROOM + "/karta.html")
def carry(request: Request, here: InForum) -> Response:
    """Hand out the period as a map in one file."""
    wanted, language = asked(request.query_params), view.language_of(request)
    if wanted.audience is Audience.PUBLIC:
        sums = public_picture.of_period(here.session, here.member, wanted.first, wanted.end)
        return _travelling(travelling.of_published(here.session, here.member, sums, language))
    found = picture.look(here.session, here.member, wanted.audience, wanted.first, wanted.end, analysed=True)
    pictures.note_handed_out(here.session, here.member, picture.as_plain(found.picture), rows=len(found.spots))
    return _travelling(travelling.of_look(here.session, here.member, found, language))


@router.post(ROOM)
def freeze(request: Request, here: InForum, form: Form) -> Response:
    """Freeze the picture with its two written parts; a refused one keeps what was typed."""
    wanted = asked(form)
    found = _made(here, wanted)
    typed = {name: plain(form, name) for name in pictures.PARTS}
    try:
        kept = pictures.freeze(here.session, here.member, picture.as_plain(found), **typed)
    except ForumError as error:
        here.session.rollback()
        wrong = view.refusal(request, error)
        return _room(request, here, wanted, found, status=status_of(error), typed=typed, **wrong)
    return view.go(request, f"/{here.member.forum_slug}/lagesbild/{kept.id}", done="frozen")


@router.post(ROOM + "/{frozen}/pdf")
def print_frozen(request: Request, here: InForum, frozen: str, _: Form) -> Response:
    """Let a frozen picture be printed."""
    kept = _kept(here, frozen)
    days = {"first": kept.first_day.isoformat(), "last": (kept.end_day - timedelta(days=1)).isoformat()}
    return _ordered(request, here, Audience(kept.audience), {"frozen": str(kept.id), **days})


@router.get(ROOM + "/{frozen}/karta.html")
def carry_frozen(request: Request, here: InForum, frozen: str) -> Response:
    """Hand out a frozen picture as a map in one file."""
    kept = _kept(here, frozen)
    found, language = public_picture.of_plain(kept.figures), view.language_of(request)
    if isinstance(found, PublicPicture):
        return _travelling(travelling.of_published(here.session, here.member, found, language, kept))
    return _travelling(travelling.of_frozen(here.session, here.member, found, kept, language))


@router.get(ROOM + "/{frozen}")
def show_frozen(request: Request, here: InForum, frozen: str) -> HTMLResponse:
    """Show a frozen picture, with its adoption or the form for that."""
    return _one(request, here, frozen)


@router.post(ROOM + "/{frozen}/antagande")
def adopt(request: Request, here: InForum, frozen: str, form: Form) -> Response:
    """Note that a frozen picture was adopted."""
    try:
        adoptions.adopt_picture(here.session, here.member, _kept(here, frozen), **adopting.said(form))
    except ForumError as error:
        here.session.rollback()
        wrong = view.refusal(request, error) | {"status": status_of(error), "adoption_typed": adopting.typed(form)}
        return _one(request, here, frozen, **wrong)
    return view.go(request, f"/{here.member.forum_slug}/lagesbild/{frozen}", done="adopted")


def _one(request: Request, here: Here, reference: str, *, status: int = 200, **more: Any) -> HTMLResponse:
    language, kept = view.language_of(request), _kept(here, reference)
    adoption = adopting.in_words(adoptions.of_picture(here.session, here.member, kept), language)
    made = shown(here.session, here.member, public_picture.of_plain(kept.figures), language, kept)
    context: dict[str, Any] = {
        "room": "picture",
        "shown": made,
        "wanted": None,
        "done": text(DONE[done], language) if (done := request.query_params.get("done", "")) in DONE else "",
        "refused": "",
        "intact": kept.intact,
        "adoption": adoption,
        "adopts": adoption is None and kept.meeting_id is None and may(here.member, Action.PICTURE_ADOPT),
        "adoption_typed": adopting.typed(),
    }
    return view.render(request, "picture.html", status=status, **(context | more))


def _made(here: Here, wanted: Asked) -> Picture | PublicPicture:
    return public_picture.made(here.session, here.member, wanted.audience, wanted.first, wanted.end)


def _kept(here: Here, reference: str) -> FrozenPicture:
    try:
        return pictures.get(here.session, here.member, UUID(reference))
    except ValueError as error:
        raise NotFound from error


def _travelling(page: str) -> HTMLResponse:
    return HTMLResponse(page, headers=view.HEADERS | {"Content-Security-Policy": SEALED_OFF})


def _ordered(request: Request, here: Here, audience: Audience, wanted: dict[str, str]) -> Response:
    language = view.language_of(request)
    ordered = documents.order(
        here.session, here.member, Kind.PICTURE, audience=audience, language=language, wanted=wanted
    )
    return view.go(request, f"/{here.member.forum_slug}/dokument/{ordered.id}")


def _room(
    request: Request, here: Here, wanted: Asked, found: Picture | PublicPicture, *, status: int = 200, **more: Any
) -> HTMLResponse:
    language = view.language_of(request)
    offered = [a for a in FOR if a is not Audience.AUTHORITIES or here.member.authority]
    made = shown(here.session, here.member, found, language)
    context = {
        "room": "picture",
        "shown": made,
        "wanted": wanted,
        "presets": [_preset(name, latest_months(today(), months), wanted, language) for name, months in PRESETS],
        "audiences": [(a.value, text(FOR[a], language)) for a in offered],
        "clocks": clocks.of_forum(here.session, here.member, language),
        "freezes": may(here.member, Action.PICTURE_FREEZE),
        "opens": may(here.member, Action.PUBLICATION_OPEN),
        "open": publications.is_open(here.session, here.member),
        "printed": listed(here, Kind.PICTURE, language),
        "kept": [_listed(kept, language) for kept in pictures.all_of(here.session, here.member)],
        "parts": [(name, text(label, language)) for name, label in pictures.PARTS.items()],
        "typed": dict.fromkeys(pictures.PARTS, ""),
        "done": "",
        "most": pictures.PART_LENGTH,
        "refused": "",
        "given": {},
    }
    return view.render(request, "picture.html", status=status, **(context | more))


def _preset(name: str, period: Period, wanted: Asked, language: str) -> dict[str, Any]:
    chosen = Asked(period.first, period.last, wanted.audience)
    return {"name": text(name, language), "query": chosen.query, "current": chosen == wanted}


def _listed(kept: FrozenPicture, language: str) -> dict[str, str]:
    return {
        "id": str(kept.id),
        "period": in_words(Period(kept.first_day, kept.end_day), language),
        "audience": text(FOR[Audience(kept.audience)], language),
        "at": moment(kept.frozen_at, language),
    }
