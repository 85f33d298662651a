"""Methods carried over (metodspridning): what forums offer, and what one's own has taken over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from api.deps import SessionDep
from dashboards import prize, view, words
from dashboards.effect_card import SENTENCES
from dashboards.members import id_of
from dashboards.readers import Anybody, Here, InForum
from dashboards.view import Form, plain
from forum.foundation.errors import ForumError
from forum.foundation.language import N_, text
from forum.people.policy import Action, may
from forum.prize import methods
from forum.prize.methods import Method
from forum.work import catalogue, publications
from forum.work.cycles import EVERY_WORDS, Every
from mapping.verdicts import Sentence

router = APIRouter()
DONE = {
    "offered": N_("The method is offered. Everybody may read it from now on."),
    "ended": N_("The offer has ended. Those who took the method over keep it."),
    "adopted": N_("The method is taken over. What the forum had is as it was."),
}
MOST_OFFERED = 8
"""Measures of one method that a form offers, those carried out most often."""


@router.get("/priset/metoder")
def show_all(request: Request, session: SessionDep, account_id: Anybody) -> HTMLResponse:
    """Show every method that a forum offers."""
    prize.admit(request, session, account_id)
    language = view.language_of(request)
    offered = [listed(each, language) for each in methods.all_of(session)]
    return view.render(request, "methods.html", room="prize", methods=offered)


@router.get("/priset/metoder/{method}")
def show(request: Request, session: SessionDep, account_id: Anybody, method: UUID) -> HTMLResponse:
    """Show a method: what it consists of, where it comes from, and for members the way to take it over."""
    prize.admit(request, session, account_id)
    found = methods.get(session, method)
    return view.render(request, "method.html", room="prize", method=shown(found, view.language_of(request)))


@router.get("/{forum}/metoder")
def show_ours(request: Request, here: InForum) -> HTMLResponse:
    """Show what the forum has offered and taken over, who uses its methods, and what there is to take over."""
    return view.render(request, "our_methods.html", **_ours(request, here))


@router.post("/{forum}/metoder")
def offer(request: Request, here: InForum, form: Form) -> Response:
    """Offer the forum's method as it stands today."""
    chosen = plain(form, "nomination")
    try:
        nomination = id_of(form, "nomination") if chosen else None
        methods.offer(
            here.session, here.member, name=plain(form, "name"), about=plain(form, "about"), nomination=nomination
        )
    except ForumError as error:
        here.session.rollback()
        again = view.again(request, error, form, ("name", "about", "nomination"))
        return view.render(request, "our_methods.html", **_ours(request, here) | again)
    return view.go(request, f"/{here.member.forum_slug}/metoder", done="offered")


@router.get("/{forum}/metoder/{method}")
def compare(request: Request, here: InForum, method: UUID) -> HTMLResponse:
    """Show what taking a method over would bring, and what would stay as it is."""
    return view.render(request, "adopt.html", **_compared(request, here, methods.get(here.session, method)))


@router.post("/{forum}/metoder/{method}")
def adopt(request: Request, here: InForum, method: UUID, form: Form) -> Response:
    """Take the method over, in one action."""
    found = methods.get(here.session, method)
    try:
        methods.adopt(here.session, here.member, found, cycle=plain(form, "cycle") == "yes")
    except ForumError as error:
        here.session.rollback()
        context = _compared(request, here, methods.get(here.session, method))
        return view.render(request, "adopt.html", **context | view.again(request, error, form, ()))
    return view.go(request, f"/{here.member.forum_slug}/metoder", done="adopted")


@router.post("/{forum}/metoder/{method}/avsluta")
def end(request: Request, here: InForum, method: UUID, _: Form) -> Response:
    """End an offer."""
    methods.end(here.session, here.member, methods.get(here.session, method))
    return view.go(request, f"/{here.member.forum_slug}/metoder", done="ended")


# --- what the pages show ----------------------------------------------------------------------------------------------


def listed(method: Method, language: str) -> dict[str, Any]:
    """Return what a list says of a method."""
    return {
        "id": method.id,
        "name": method.name,
        "about": method.about,
        "origin": method.origin,
        "prize": method.prize,
        "offered": words.day(method.offered_at, language, weekday=False),
        "ended": method.ended_at is not None,
        "credit": credit(method, language),
    }


def credit(method: Method, language: str) -> str:
    """Return who is to be credited, as it is said wherever the method is used."""
    if method.prize:
        return text(N_("%(forum)s, winner of %(prize)s"), language, forum=method.origin, prize=method.prize)
    return method.origin


def shown(method: Method, language: str) -> dict[str, Any]:
    """Return a method with all that it consists of."""
    content = method.content
    name = "en" if language == "en" else "sv"
    groups = [
        {
            "name": entry[name],
            "kinds": [kind[name] for kind in content["categories"] if kind["parent"] == entry["code"]],
        }
        for entry in content["categories"]
        if entry["parent"] is None
    ]
    known = {kind.code: kind.name(language) for kind in catalogue.kinds()}
    return listed(method, language) | {
        "groups": groups,
        "categories": len(content["categories"]),
        "cycle": cycle_words(method.cycle, language) if method.cycle else "",
        "measures": [
            {"name": known.get(each["code"], each["code"]), "used": each["used"], "effects": _effects(each, language)}
            for each in content["measures"]
        ],
        "months": ", ".join(map(str, method.months)),
        "seal": bytes(method.hash).hex(),
        "intact": method.seal == bytes(method.hash),
    }


def offers(here: Here, language: str) -> list[dict[str, Any]]:
    """Return the measures of the methods that the forum has taken over, to begin a proposal with, with their credit."""
    known = {kind.code: kind.name(language) for kind in catalogue.kinds()}
    return [
        listed(method, language) | {"measures": [each | {"name": known[each["code"]]} for each in used][:MOST_OFFERED]}
        for method in methods.taken_over(here.session, here.member)
        if (used := [each for each in method.content["measures"] if each["code"] in known])
    ]


def judged(here: Here, language: str) -> str:
    """Return after how many months measures are judged, where the forum has that from a method; else nothing."""
    taken = methods.taken_over(here.session, here.member)
    if not taken:
        return ""
    months = ", ".join(map(str, taken[0].months))
    said = N_("It is judged after %(months)s months, as in the method of %(credit)s.")
    return text(said, language, months=months, credit=credit(taken[0], language))


def _effects(measure: dict[str, Any], language: str) -> list[tuple[str, int]]:
    told = measure["effects"] or {}
    return [
        (text(SENTENCES[Sentence(said)], language), n) for said, n in sorted(told.items(), key=lambda each: -each[1])
    ]


def cycle_words(cycle: dict[str, Any], language: str) -> str:
    """Return how often and how long a forum meets."""
    every = text(EVERY_WORDS[Every(cycle["every"])], language)
    return text(N_("%(every)s, %(minutes)s minutes"), language, every=every, minutes=cycle["minutes"])


def _ours(request: Request, here: Here) -> dict[str, Any]:
    session, member, language = here.session, here.member, view.language_of(request)
    used = methods.uses(session, member)
    mine = {method.id for method in methods.offered(session, member)}
    taken = {method.id for use, method in used if use.forum_id == member.forum_id}
    leads = may(member, Action.METHOD_OFFER)
    done = request.query_params.get("done", "")
    return {
        "room": "methods",
        "done": text(DONE[done], language) if done in DONE else "",
        "leads": leads,
        "offered": [listed(each, language) for each in methods.offered(session, member)],
        "taken": [_use(use, method, language) for use, method in used if use.forum_id == member.forum_id],
        "users": [_use(use, method, language) for use, method in used if use.origin_id == member.forum_id],
        "others": [listed(each, language) for each in methods.all_of(session) if each.id not in mine | taken],
        "won": [(str(n.id), f"{e.name}: {n.title}") for n, e in methods.winning(session, member)] if leads else [],
        "together": together(session, [member.forum_slug, *_slugs(used)], language),
        "typed": {},
        "refused": "",
    }


def _slugs(used: list[tuple[methods.Use, Method]]) -> list[str]:
    return [slug for use, method in used for slug in (use.taker_slug, method.origin_slug)]


def _use(use: methods.Use, method: Method, language: str) -> dict[str, Any]:
    return {
        "id": method.id,
        "name": method.name,
        "credit": credit(method, language),
        "taker": use.taker,
        "day": words.day(use.taken_at, language, weekday=False),
        "added": len(use.added),
        "cycle": use.cycle,
    }


def together(session: Session, slugs: list[str], language: str) -> dict[str, Any] | None:
    """Return what forums that work alike have published of the same month: sums, by name; None where there is none."""
    found = publications.side_by_side(session, slugs)
    if not found:
        return None
    rows = [
        {
            "name": name,
            "deviations": issue.content["counts"][-1][-1],
            "done": sum(work["number"] for work in issue.content["measures"] if work["state"] == "done"),
        }
        for name, issue in found
    ]
    return {"month": words.month(found[0][1].month, language), "rows": rows}


def _compared(request: Request, here: Here, method: Method) -> dict[str, Any]:
    language = view.language_of(request)
    found = methods.difference(here.session, here.member, method)
    taken = [(use.method_id, use.forum_id) for use, _ in methods.uses(here.session, here.member)]
    name = "en" if language == "en" else "sv"
    ours = found.cycle
    own = {"every": ours.every, "minutes": ours.minutes} if ours else None
    return {
        "room": "methods",
        "method": shown(method, language),
        "missing": [entry[name] for entry in found.missing],
        "alike": found.alike,
        "other": found.other,
        "cycle": cycle_words(own, language) if own else "",
        "adopts": may(here.member, Action.METHOD_ADOPT) and method.forum_id != here.member.forum_id,
        "taken": (method.id, here.member.forum_id) in taken,
        "refused": "",
    }
