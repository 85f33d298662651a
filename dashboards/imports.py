"""Imports that are worked apart (importerna): how far each has come, what came of it, and the report to take along."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from dashboards import view, words
from dashboards.import_form import NO_LABELS, told_lines
from dashboards.readers import Here, InForum
from dashboards.survey_form import LABELS
from dashboards.view import Form, plain
from forum.foundation.errors import NotFound
from forum.foundation.language import N_, text
from forum.people import organisations
from forum.people.members import Member
from forum.register import imports
from forum.register.imports import Import, Status
from mapping.files.imports import Told, unpacked, write_report

router = APIRouter()
STATUS_WORDS = {
    Status.WAITING: N_("waits for its turn"),
    Status.WORKING: N_("is being read"),
    Status.TRIED: N_("tried, nothing imported"),
    Status.DONE: N_("imported"),
    Status.FAILED: N_("broke off, nothing imported"),
}


@router.get("/{forum}/importera/{number}")
def show(request: Request, here: InForum, number: UUID) -> HTMLResponse:
    """Show how far an import has come, or what came of it."""
    kept = imports.get(here.session, here.member, number)
    language = view.language_of(request)
    context = {
        "room": "import",
        "each": _plain(kept, _names(here), language),
        "counts": kept.counts,
        "reported": bool(kept.counts),
        "goes_on": _goes_on(kept, here.member),
        "ref_head": text(N_("Area") if kept.figures else N_("Id"), language),
        **told_lines(_told(kept), language, LABELS if kept.figures else NO_LABELS),
    }
    return view.render(request, "imported.html", **context)


@router.post("/{forum}/importera/{number}")
def again(request: Request, here: InForum, number: UUID, form: Form) -> Response:
    """Import a file that was tried."""
    kept = imports.get(here.session, here.member, number)
    imports.again(here.session, here.member, kept, skip_bad=bool(plain(form, "skip_bad")))
    return view.go(request, f"/{here.member.forum_slug}/importera/{number}")


@router.get("/{forum}/importera/{number}/rapport")
def report(request: Request, here: InForum, number: UUID) -> Response:
    """Answer with the report of an import."""
    kept = imports.get(here.session, here.member, number)
    if kept.report is None:
        raise NotFound
    return report_file(request, _told(kept))


def _goes_on(kept: Import, member: Member) -> bool:
    """Tell whether the member can import the file without sending it again."""
    ours = kept.member_id == member.id and kept.mapping is not None and not kept.open
    return ours and bool(kept.counts.get("added", True))


def _told(kept: Import) -> list[Told]:
    return [] if kept.report is None else unpacked(kept.report)


def report_file(request: Request, told: Sequence[Told]) -> Response:
    """Answer with every line that somebody has to look at, as a file."""
    file = io.StringIO()
    write_report(file, told, view.language_of(request))
    headers = view.HEADERS | {"Content-Disposition": 'attachment; filename="rapport.csv"'}
    return Response(file.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


def shown(request: Request, here: Here) -> list[dict[str, Any]]:
    """Return the imports of the last days, as the page names them."""
    names = _names(here)
    return [_plain(kept, names, view.language_of(request)) for kept in imports.all_of(here.session, here.member)]


def _names(here: Here) -> dict[UUID, str]:
    return {each.id: each.name for each in organisations.all_of(here.session, here.member.forum_id)}


def _plain(kept: Import, names: Mapping[UUID, str], language: str) -> dict[str, Any]:
    return {
        "id": kept.id,
        "source": kept.source,
        "partner": names.get(kept.partner_id, "–"),
        "by": names.get(kept.organisation_id, "–"),
        "behalf": kept.partner_id != kept.organisation_id,
        "when": words.moment(kept.created_at, language),
        "status": kept.status,
        "said": text(STATUS_WORDS[Status(kept.status)], language),
        "open": kept.open,
        "quiet": kept.quiet,
        "lines": kept.lines,
        "length": max(kept.length, kept.lines, 1),
        "trial": kept.trial,
        "figures": kept.figures,
    }
