"""Importing a file of deviations (import): what its columns mean, a dry run of the whole of it, then the import.

A small file is never kept: it may say something about persons. The browser sends it again with each step. A large one
is previewed by its first rows; its import is a job, which the room below shows (imports.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import PurePath
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData, UploadFile

from api.errors import status_of
from dashboards import view
from dashboards.import_form import Chosen, context_of
from dashboards.imports import report_file, shown
from dashboards.readers import Here, InForum
from dashboards.view import Files, plain
from forum.foundation.errors import Conflict, Forbidden, ForumError, Invalid, NotFound, raise_all
from forum.foundation.language import N_
from forum.foundation.screening import check
from forum.people import agreements, organisations
from forum.people.policy import Action, require
from forum.register import categories, imports
from mapping.files.guesses import head_of, layout_of
from mapping.files.imports import take_in
from mapping.files.mappings import mapping_of, toml_keys
from mapping.files.sources import table_of
from mapping.files.tables import CSV_ENDINGS, Layout, Table

router = APIRouter()
DOOR = re.compile(r"(/en)?/[^/]+/importera")
"""The address that takes files."""
LARGEST = 20_000_000
"""Bytes that it takes at once."""
AT_ONCE = 1_000
"""Rows that are imported while the browser waits; a larger file is kept for a job."""
PREVIEW, TRIAL, IMPORT, REPORT = "preview", "trial", "import", "report"


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
        sent = sent_in(form, "file")
        if not chosen.by_file:
            chosen = _completed(chosen, sent)
        keys = _keys(here, form, chosen)
        mapping = mapping_of(keys)
        check(source=mapping.source)
        table = table_of(sent.name, sent.content, mapping.file)
        mapping.require_columns(table)
        lines = list(islice(table.lines, AT_ONCE + 1))
        large = len(lines) > AT_ONCE
        if large and step in (IMPORT, TRIAL):
            return _kept(request, here, _brought(sent, keys, table), skip_bad=chosen.skip_bad, trial=step == TRIAL)
        result = take_in(here.session, here.member, mapping, replace(table, lines=iter(lines[:AT_ONCE])))
    except (Invalid, Conflict, Forbidden, NotFound) as error:
        here.session.rollback()
        return _refused(request, here, chosen, error)
    if step == IMPORT and (chosen.skip_bad or not result.of("refused")):
        return _page(request, here, chosen, result=result, saved=True)
    here.session.rollback()
    if step == REPORT:
        return report_file(request, result.told)
    return _page(request, here, chosen, result=result, stopped=step == IMPORT, large=AT_ONCE if large else 0)


def _kept(request: Request, here: Here, brought: imports.Brought, *, skip_bad: bool, trial: bool) -> Response:
    """Keep a large file for a job, and lead on to where its progress is shown."""
    partner = organisations.named(here.session, here.member.forum_id, brought.mapping["organisation"])
    kept = imports.keep(here.session, here.member, brought, partner=partner, skip_bad=skip_bad, trial=trial)
    return view.go(request, f"/{here.member.forum_slug}/importera/{kept.id}")


def _brought(sent: Sent, keys: dict[str, Any], table: Table) -> imports.Brought:
    return imports.Brought(keys["source"], PurePath(sent.name).suffix.lower(), sent.content, keys, table.length)


def sent_in(form: FormData, name: str) -> Sent:
    """Return the file that a form brings; refuses a form without one."""
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


def _keys(here: Here, form: FormData, chosen: Chosen) -> dict[str, Any]:
    """Return what the columns mean as the keys of a mapping: by the form, or by the file that came with it."""
    ours = here.member.organisation_name
    if chosen.by_file:
        toml = sent_in(form, "mapping")
        return {"organisation": chosen.organisation or ours} | toml_keys(toml.name, toml.content)
    raise_all(list(chosen.missing()))
    return chosen.mapping(ours, categories.all_of(here.session, here.member.forum_id))


def _refused(request: Request, here: Here, chosen: Chosen, error: ForumError) -> HTMLResponse:
    language = view.language_of(request)
    problems = error.problems if isinstance(error, Invalid) else [error]
    errors = {chosen.field_of(problem.field): problem.say(language) for problem in problems}
    status = 422 if isinstance(error, NotFound) else status_of(error)
    return _page(request, here, chosen, status=status, errors=errors)


def _page(request: Request, here: Here, chosen: Chosen, *, status: int = 200, **more: Any) -> HTMLResponse:
    nothing = {"result": None, "saved": False, "stopped": False, "large": 0, "running": shown(request, here)}
    context = context_of(here.session, here.member, chosen, more.get("result"), view.language_of(request))
    return view.render(request, "importing.html", status=status, **{**nothing, **context, **more})
