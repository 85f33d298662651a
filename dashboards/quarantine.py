"""The quarantine (karantänen): rows of an import that screening stopped, to be put into other words or thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from dashboards import view
from dashboards.readers import Here, InForum
from dashboards.view import Form, plain
from forum.foundation.errors import Invalid
from forum.foundation.language import N_, text
from forum.people import organisations
from forum.register import bulk, quarantine, screening

router = APIRouter()
DONE = {
    "discarded": N_("The row was thrown away. It never came into the register."),
    "released": N_("The row is in the register."),
}


@router.get("/{forum}/karantan")
def show(request: Request, here: InForum) -> HTMLResponse:
    """Show the rows that wait."""
    return view.render(request, "quarantine.html", **_context(request, here))


@router.post("/{forum}/karantan/{row}/ta-in")
def release(request: Request, here: InForum, row: UUID, form: Form) -> Response:
    """Take a row into the register with other words."""
    held, words = quarantine.get(here.session, here.member, row), plain(form, "text")
    try:
        bulk.release(here.session, here.member, held, words)
    except Invalid as error:
        here.session.rollback()
        errors = {f"text-{row}": problem.say(view.language_of(request)) for problem in error.problems}
        context = _context(request, here) | {"errors": errors, "typed": {str(row): words}}
        return view.render(request, "quarantine.html", status=422, **context)
    return view.go(request, f"/{here.member.forum_slug}/karantan", done="released")


@router.post("/{forum}/karantan/{row}/kasta")
def discard(request: Request, here: InForum, row: UUID, _: Form) -> Response:
    """Throw a row away."""
    quarantine.discard(here.session, here.member, quarantine.get(here.session, here.member, row))
    return view.go(request, f"/{here.member.forum_slug}/karantan", done="discarded")


def _context(request: Request, here: Here) -> dict[str, Any]:
    language = view.language_of(request)
    names = {o.id: o.name for o in organisations.all_of(here.session, here.member.forum_id)}
    done = request.query_params.get("done", "")
    return {
        "room": "quarantine",
        "done": text(DONE[done], language) if done in DONE else "",
        "rows": [
            {
                "id": row.id,
                "organisation": names.get(row.organisation_id, "–"),
                "source": row.source,
                "source_ref": row.source_ref,
                "text": row.row.get("text", ""),
                "pieces": list(pieces(row.row.get("text", ""))),
            }
            for row in quarantine.all_of(here.session, here.member)
        ],
        "typed": {},
    }


def pieces(words: str) -> Iterator[tuple[str, bool]]:
    """Yield the text in pieces, each with whether it points at a person."""
    end = 0
    for hit in screening.find(words):
        yield words[end : hit.start], False
        yield words[hit.start : hit.end], True
        end = hit.end
    yield words[end:], False
