"""One place's page (platsen): where it is, how it goes, who sees it, why, what is done and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import orjson
from fastapi import Request
from sqlalchemy import func

from dashboards import chains, decisions, rows, view, words
from dashboards.measure import in_list, names_in, steps_in_words
from dashboards.readers import Here
from forum.foundation import clock
from forum.foundation.audience import Visibility
from forum.foundation.language import N_, text
from forum.people.agreements import today
from forum.people.policy import Action, may
from forum.register import finding, places
from forum.register.deviations import Deviation
from forum.register.finding import Filter
from forum.register.places import Place, Status
from forum.work import causes, chain
from forum.work.causes import PARTS

SHOWN = 8
"""Deviations that the page itself lists."""
MONTHS = 14
SPAN = timedelta(days=28)
DONE = {
    "created": N_("The place is made."),
    "amended": N_("The change is saved."),
    "closed": N_("The place is closed. Closed is not fixed: its measures stay where they stand."),
    "opened": N_("The place is open again."),
    "merged": N_("The place has gone up in the other one."),
    "split": N_("The place is split. This is the new part; what remains goes on under the old name."),
    "linked": N_("It is saved."),
    "gathered": N_("What has come since is noted as being at this place."),
    "analysed": N_("The analysis is saved."),
    "proposed": N_("The measure is proposed."),
}
ACTIONS = {
    "create": N_("made the place"),
    "amend": N_("changed the place"),
    "close": N_("closed the place"),
    "reopen": N_("opened the place again"),
    "merge": N_("merged the place into another"),
    "take_in": N_("took another place in"),
    "split": N_("split the place"),
}


def page_of(request: Request, here: Here, place: Place) -> dict[str, Any]:
    """Return everything that the place's page shows."""
    session, member, language = here.session, here.member, view.language_of(request)
    wanted, names = Filter(place=place.nr), names_in(here)
    page = finding.find(session, member, wanted, limit=SHOWN)
    finding.note(session, member, "place", page)
    done = request.query_params.get("done", "")
    whole = chain.of_place(session, member, place)
    lines = {m.id: in_list(m, names, language) for m in whole.measures}
    return {
        "room": "places",
        "refused": "",
        "done": text(DONE[done], language) if done in DONE else "",
        "typed": {},
        "place": place,
        "stage": text(places.STATUS_WORDS[Status(place.status)], language),
        "seen_by": text(rows.VISIBILITIES[Visibility(place.visibility)], language),
        "ribbon": chains.ribbon(member, whole, chains.PLACE, language, view.prefix(request)),
        "api": f"/api/v1/forums/{member.forum_slug}",
        "geometry": orjson.dumps(place.shape.__geo_interface__).decode(),
        "rows": rows.rows_of(session, member, page.rows, language, base=view.prefix(request)),
        "matched": page.matched,
        "trend": _trend(here, place, language),
        "months": _months(here, wanted, language),
        "reporters": _reporters(here, wanted, names),
        "cause": _cause(here, place, language),
        "measures": list(lines.values()),
        "decided": decisions.in_words(here, whole.decisions, language, lines),
        "history": steps_in_words(here, place.id, ACTIONS, names, language),
        "into": _link(here, place.into_id),
        "origin": _link(here, place.origin_id),
        "others": [(str(other.nr), other.name) for other in places.all_of(session, member) if other.id != place.id],
        "can": {
            "lead": may(member, Action.PLACE_CREATE),
            "propose": may(member, Action.MEASURE_PROPOSE) and place.status == Status.OPEN,
            "open": place.status == Status.OPEN,
            "reopen": place.status == Status.CLOSED,
        },
    }


def _trend(here: Here, place: Place, language: str) -> str:
    """Return how many there were in the last 28 days and in those before, as counts and never as a percentage."""
    now = clock.now()
    periods = ((now - SPAN, now), (now - 2 * SPAN, now - SPAN))
    lately, before = (
        finding.count(here.session, here.member, Filter(place=place.nr, start=start, end=end)) for start, end in periods
    )
    return text(
        N_("%(lately)s deviations in the last 28 days, %(before)s in the 28 days before."),
        language,
        lately=lately,
        before=before,
    )


def _months(here: Here, wanted: Filter, language: str) -> list[dict[str, Any]]:
    """Return the counts of the last months, with the height of each bar in hundredths of the highest."""
    month = func.date_trunc("month", func.timezone(clock.ZONE.key, Deviation.occurred_from))
    counted = finding.counts_by(here.session, here.member, wanted, month)
    by_month = {moment.date(): n for moment, n in counted.items()}
    last = [_back(today().replace(day=1), i) for i in reversed(range(MONTHS))]
    highest = max([by_month.get(first, 0) for first in last] + [1])
    return [
        {
            "name": words.day(first, language, weekday=False).split(" ", 1)[1],
            "count": by_month.get(first, 0),
            "height": round(100 * by_month.get(first, 0) / highest),
        }
        for first in last
    ]


def _back(first: date, months: int) -> date:
    total = first.year * 12 + first.month - 1 - months
    return date(total // 12, total % 12 + 1, 1)


def _reporters(here: Here, wanted: Filter, names: Mapping[UUID, str]) -> list[tuple[str, int]]:
    counted = finding.counts_by(here.session, here.member, wanted, Deviation.organisation_id)
    return sorted(((names.get(key, "–"), n) for key, n in counted.items()), key=lambda pair: (-pair[1], pair[0]))


def _cause(here: Here, place: Place, language: str) -> list[tuple[str, str, str]]:
    cause = causes.of_place(here.session, here.member, place)
    if cause is None:
        return []
    return [(name, text(label, language), said) for name, label in PARTS.items() if (said := getattr(cause, name))]


def _link(here: Here, place_id: UUID | None) -> Place | None:
    seen = {p.id: p for p in places.all_of(here.session, here.member, tuple(Status))} if place_id else {}
    return seen.get(place_id) if place_id else None
