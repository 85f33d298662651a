"""The room of figures from outside (trygghetsmätningar, anmälda brott): what there is, and a file of more.

A small file is never kept: the browser sends it again with each step. A large one is previewed by its first rows, and
its import is a job that shows its progress (imports.py), as one of deviations is.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import PurePath
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from api.errors import status_of
from dashboards import view
from dashboards.importing import IMPORT, REPORT, TRIAL, Sent, sent_in
from dashboards.imports import report_file
from dashboards.readers import Here, InForum
from dashboards.survey_form import Chosen, context_of, field_of
from dashboards.view import Files, plain
from forum.foundation.errors import Conflict, Forbidden, ForumError, Invalid, NotFound, raise_all
from forum.foundation.language import text
from forum.foundation.screening import check
from forum.people import agreements, organisations
from forum.people.policy import Action, may, require
from forum.register import imports, surveys
from forum.register.surveys import KIND_WORDS, Kind
from mapping.files.guesses import head_of, layout_of
from mapping.files.mappings import toml_keys
from mapping.files.surveys import mapping_of, table_from, take_in
from mapping.files.tables import CSV_ENDINGS, Layout, Table

router = APIRouter()
ROOM = "/{forum}/lagesbild/matningar"
DOOR = re.compile(r"(/en)?/[^/]+/lagesbild/matningar")
"""The address that takes files, as large as those of deviations."""
AT_ONCE = 2_000
"""Rows that are taken in while the browser waits; a larger file is kept for a job."""


@router.get(ROOM)
def show(request: Request, here: InForum) -> HTMLResponse:
    """Show which figures there are, and the form for more."""
    return _page(request, here, Chosen())


@router.post(ROOM)
def answer(request: Request, here: InForum, form: Files) -> Response:
    """Try the file, or take it in; whatever is refused is said, and changes nothing."""
    require(here.member, Action.SURVEY_IMPORT)
    agreements.require_in_force(here.session, here.member)
    chosen, step = Chosen.of(form), plain(form, "step")
    try:
        sent = sent_in(form, "file")
        if not chosen.by_file:
            chosen = _completed(chosen, sent)
        keys = _keys(form, chosen)
        mapping = mapping_of(keys)
        table = table_from(sent.name, sent.content, mapping.file)
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
    ours = organisations.named(here.session, here.member.forum_id, here.member.organisation_name)
    kept = imports.keep(here.session, here.member, brought, partner=ours, skip_bad=skip_bad, trial=trial)
    return view.go(request, f"/{here.member.forum_slug}/importera/{kept.id}")


def _brought(sent: Sent, keys: dict[str, Any], table: Table) -> imports.Brought:
    source = keys["source"] if isinstance(keys["source"], str) else KIND_WORDS[Kind(keys["kind"])]
    return imports.Brought(source, PurePath(sent.name).suffix.lower(), sent.content, keys, table.length)


def _completed(chosen: Chosen, sent: Sent) -> Chosen:
    """Return what was chosen with what the file itself suggests."""
    layout = layout_of(sent.content) if PurePath(sent.name).suffix.lower() in CSV_ENDINGS else Layout()
    table = table_from(sent.name, sent.content, layout)
    return chosen.completed(table, head_of(table), layout)


def _keys(form: FormData, chosen: Chosen) -> dict[str, Any]:
    """Return what the columns mean as the keys of a mapping: by the form, or by the file that came with it."""
    if chosen.by_file:
        toml = sent_in(form, "mapping")
        return toml_keys(toml.name, toml.content)
    raise_all(list(chosen.missing()))
    check(source=chosen.source, publisher=chosen.publisher, topic=chosen.topic)
    return chosen.mapping()


def _refused(request: Request, here: Here, chosen: Chosen, error: ForumError) -> HTMLResponse:
    language = view.language_of(request)
    problems = error.problems if isinstance(error, Invalid) else [error]
    errors = {field_of(problem.field): problem.say(language) for problem in problems}
    status = 422 if isinstance(error, NotFound) else status_of(error)
    return _page(request, here, chosen, status=status, errors=errors)


def _page(request: Request, here: Here, chosen: Chosen, *, status: int = 200, **more: Any) -> HTMLResponse:
    language = view.language_of(request)
    nothing: dict[str, Any] = {"room": "picture", "result": None, "saved": False, "stopped": False, "large": 0}
    nothing |= {"first": [], "brings": may(here.member, Action.SURVEY_IMPORT)}
    context = context_of(chosen, more.get("result"), language) | {"editions": _editions(here, language)}
    return view.render(request, "surveys.html", status=status, **{**nothing, **context, **more})


def _editions(here: Here, language: str) -> list[dict[str, Any]]:
    """Return what there is: each kind, source, question and year with its number of areas, the newest first."""
    found = surveys.all_of(here.session, here.member)
    counted = Counter((each.year, each.kind, each.topic, each.source, each.publisher) for each in found)
    newest = sorted(counted.items(), key=lambda each: (-each[0][0], *each[0][1:]))
    names = ("year", "kind", "topic", "source", "publisher")
    return [
        dict(zip(names, said, strict=True)) | {"kind": text(KIND_WORDS[Kind(said[1])], language), "areas": n}
        for said, n in newest
    ]
