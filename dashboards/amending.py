"""Amending a deviation on a page (ändra): the form, what the fields mean, and the second of two editors."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData

from api.errors import status_of
from dashboards import rows, view
from dashboards.one import changes_in_words
from dashboards.questions import answers_from, groups_for_form
from dashboards.readers import Here
from dashboards.view import plain
from forum.foundation import clock
from forum.foundation.audience import Visibility
from forum.foundation.errors import ForumError, Invalid, Stale
from forum.foundation.language import text
from forum.people.members import Member
from forum.register import categories, deviations, intake
from forum.register.deviations import Deviation

PLAIN = ("lon", "lat", "accuracy_m", "occurred_from", "occurred_to", "text", "visibility")


def page_of(request: Request, here: Here, deviation: Deviation) -> dict[str, Any]:
    """Return the form as the deviation stands."""
    known = categories.all_of(here.session, here.member.forum_id)
    code = next(c.code for c in known if c.id == deviation.category_id)
    lon, lat = deviation.position
    typed = {
        "lon": str(lon),
        "lat": str(lat),
        "accuracy_m": f"{deviation.accuracy_m:g}",
        "occurred_from": wall(deviation.occurred_from),
        "occurred_to": wall(deviation.occurred_to),
        "category": code,
        "text": deviation.text,
        "visibility": deviation.visibility,
        "version": str(deviation.version),
        **{f"answers.{code.partition('.')[0]}.{name}": _typed(value) for name, value in deviation.answers.items()},
    }
    return _context(request, here, deviation, typed)


def carry_out(here: Here, deviation: Deviation, form: FormData) -> None:
    """Change the deviation as the form says."""
    known = categories.all_of(here.session, here.member.forum_id)
    code = plain(form, "category")
    changes: dict[str, Any] = {name: plain(form, name) for name in PLAIN} | {"category": code}
    changes["occurred_to"] = changes["occurred_to"] or None
    for name in ("occurred_from", "occurred_to"):
        if changes[name] == wall(getattr(deviation, name)):  # the field shows no seconds, but they stay
            changes[name] = getattr(deviation, name)
    changes["answers"] = answers_from(form, categories.of_code(known, code))
    if changes["lon"] == str(deviation.position[0]) and changes["lat"] == str(deviation.position[1]):
        changes["lon"], changes["lat"] = deviation.position
    version = plain(form, "version")
    seen = int(version) if version.isdecimal() and len(version) < 9 else 0
    intake.amend(here.session, here.member, deviation, seen, changes)


def refused(
    request: Request, here: Here, deviation: Deviation, form: FormData, error: ForumError
) -> tuple[int, dict[str, Any]]:
    """Return the form again with what was typed, what was refused, and what somebody else has changed meanwhile."""
    language = view.language_of(request)
    typed = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    context = _context(request, here, deviation, typed)
    if isinstance(error, Invalid):
        return 422, context | {"errors": view.said(error, language)}
    if not isinstance(error, Stale):
        return status_of(error), context | {"errors": {"": error.say(language)}}
    since = int(typed["version"]) if typed.get("version", "").isdecimal() else 0
    context["typed"] = typed | {"version": str(deviation.version)}
    return 412, context | {"meanwhile": _meanwhile(here, deviation, since, language)}


def _meanwhile(here: Here, deviation: Deviation, since: int, language: str) -> list[Any]:
    known = categories.all_of(here.session, here.member.forum_id)
    lines = [line for line in deviations.history_of(here.session, here.member, deviation) if line.version > since]
    return [change for line in lines for change in changes_in_words(line.changes, known, language)]


def _context(request: Request, here: Here, deviation: Deviation, typed: dict[str, str]) -> dict[str, Any]:
    session, member, language = here.session, here.member, view.language_of(request)
    known = categories.all_of(session, member.forum_id)
    return {
        "room": "map",
        "typed": typed,
        "meanwhile": [],
        "item": rows.rows_of(session, member, [deviation], language, base=view.prefix(request))[0],
        "groups": groups_for_form(known, language),
        "visibilities": visibilities(member, language, Visibility(deviation.visibility)),
        "api": f"/api/v1/forums/{member.forum_slug}",
    }


def visibilities(member: Member, language: str, now: Visibility | None = None) -> list[tuple[str, str]]:
    """Return the visibilities that the member may choose, in words; the present one is always among them."""
    return [
        (visibility.value, text(words, language))
        for visibility, words in rows.VISIBILITIES.items()
        if visibility is not Visibility.AUTHORITIES or member.authority or visibility is now
    ]


def wall(moment: datetime) -> str:
    """Return a moment as a form's field holds it: the clock on a Swedish wall, with the offset where it shows twice."""
    local = clock.local(moment)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return local.isoformat(timespec="minutes") if twice else local.replace(tzinfo=None).isoformat(timespec="minutes")


def _typed(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
