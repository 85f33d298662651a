"""Importing a file of deviations (import): what its columns mean, a dry run of the whole of it, then the import.

The file is never kept: it may say something about persons. The browser sends it again with each step.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData, UploadFile

from api.errors import status_of
from dashboards import view
from dashboards.import_form import Chosen, context_of
from dashboards.readers import Here, InForum
from dashboards.view import Files, plain
from forum.foundation.errors import Conflict, Forbidden, ForumError, Invalid, raise_all
from forum.foundation.language import N_
from forum.foundation.screening import check
from forum.people import agreements
from forum.people.policy import Action, require
from forum.register import categories
from mapping.files.guesses import head_of, layout_of
from mapping.files.imports import Result, take_in, write_report
from mapping.files.mappings import ImportMapping, mapping_of, toml_mapping
from mapping.files.sources import table_of
from mapping.files.tables import CSV_ENDINGS, Layout

router = APIRouter()
DOOR = re.compile(r"(/en)?/[^/]+/importera")
"""The address that takes files."""
LARGEST = 20_000_000
"""Bytes that it takes at once."""
PREVIEW, IMPORT, REPORT = "preview", "import", "report"


@dataclass(frozen=True)
class Sent:
    """A file that the browser sent."""

    name: str
    content: bytes


@router.get("/{forum}/importera")
def ask(request: Request, here: InForum) -> HTMLResponse:
    """Show the form."""
    require(here.member, Action.DEVIATION_IMPORT)
    agreements.require_in_force(here.session, here.member)
    return _page(request, here, Chosen())


@router.post("/{forum}/importera")
def answer(request: Request, here: InForum, form: Files) -> Response:
    """Try the file, or take it in; whatever is refused is said, and changes nothing."""
    require(here.member, Action.DEVIATION_IMPORT)
    chosen, step = Chosen.of(form), plain(form, "step")
    try:
        sent = _sent(form, "file")
        if not chosen.by_file:
            chosen = _completed(chosen, sent)
        mapping = _mapping(here, form, chosen)
        result = take_in(here.session, here.member, mapping, table_of(sent.name, sent.content, mapping.file))
    except (Invalid, Conflict, Forbidden) as error:
        here.session.rollback()
        return _refused(request, here, chosen, error)
    if step == IMPORT and (chosen.skip_bad or not result.of("refused")):
        return _page(request, here, chosen, result=result, saved=True)
    here.session.rollback()
    if step == REPORT:
        return _report(request, result)
    return _page(request, here, chosen, result=result, saved=False, stopped=step == IMPORT)


def _sent(form: FormData, name: str) -> Sent:
    found = form.get(name)
    if not isinstance(found, UploadFile) or not found.filename:
        message, remedy = N_("No file was chosen."), N_("Choose a file.")
        raise Invalid(message, field=name, remedy=remedy)
    return Sent(PurePath(found.filename).name, found.file.read())


def _completed(chosen: Chosen, sent: Sent) -> Chosen:
    """Return what was chosen with what the file itself suggests."""
    layout = layout_of(sent.content) if PurePath(sent.name).suffix.lower() in CSV_ENDINGS else Layout()
    table = table_of(sent.name, sent.content, layout)
    return chosen.completed(table, head_of(table), layout)


def _mapping(here: Here, form: FormData, chosen: Chosen) -> ImportMapping:
    """Return what the columns mean, by the form or by the file that came with it."""
    ours = here.member.organisation_name
    if chosen.by_file:
        toml = _sent(form, "mapping")
        mapping = toml_mapping(toml.name, toml.content, organisation=ours)
        _require_own(here, mapping)
    else:
        raise_all(list(chosen.missing()))
        mapping = mapping_of(chosen.mapping(ours, categories.all_of(here.session, here.member.forum_id)))
    check(source=mapping.source)
    return mapping


def _require_own(here: Here, mapping: ImportMapping) -> None:
    if mapping.organisation != here.member.organisation_name:
        message = N_("Here a partner imports its own deviations alone.")
        remedy = N_("Leave organisation out of the mapping, or let the operator import the file by the command.")
        raise Invalid(message, field="mapping", value=mapping.organisation, remedy=remedy)


def _refused(request: Request, here: Here, chosen: Chosen, error: ForumError) -> HTMLResponse:
    language = view.language_of(request)
    problems = error.problems if isinstance(error, Invalid) else [error]
    errors = {chosen.field_of(problem.field): problem.say(language) for problem in problems}
    return _page(request, here, chosen, status=status_of(error), errors=errors)


def _report(request: Request, result: Result) -> Response:
    """Answer with every line that somebody has to look at, as a file."""
    file = io.StringIO()
    write_report(file, result, view.language_of(request))
    headers = view.HEADERS | {"Content-Disposition": 'attachment; filename="rapport.csv"'}
    return Response(file.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


def _page(request: Request, here: Here, chosen: Chosen, *, status: int = 200, **more: Any) -> HTMLResponse:
    nothing = {"result": None, "saved": False, "stopped": False}
    context = context_of(here.session, here.member, chosen, more.get("result"), view.language_of(request))
    return view.render(request, "importing.html", status=status, **{**nothing, **context, **more})
