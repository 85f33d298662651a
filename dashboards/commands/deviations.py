"""Importing deviations from a file, and exporting them to one (import och uttag av avvikelser)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from dashboards.commands import sentence, terminal_language
from dashboards.commands.data import data_dir_option
from dashboards.commands.filtering import filter_options
from dashboards.commands.session import answer, complain, forum_named, forum_option, json_option, opened, progress_of
from forum.foundation.errors import Conflict
from forum.foundation.language import N_

if TYPE_CHECKING:
    from mapping.files.imports import Result, Told

FIRST = 10
"""Lines whose reasons are said; the report has them all."""


@click.group()
def deviations() -> None:
    """Deviations: what was noticed."""


@deviations.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@forum_option
@click.option("--mapping", "mapping_file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              metavar="M.toml", help="What the columns mean: see docs/import.md.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would come of it, and save nothing.")
@click.option("--skip-bad", is_flag=True, help="Save the good rows though others are refused.")
@click.option("--report", "report_file", type=click.Path(dir_okay=False, path_type=Path), metavar="R.csv",
              help="Where every refused or quarantined row is written, with its reason.")  # fmt: skip
@json_option
@data_dir_option
@click.pass_context
def import_(
    ctx: click.Context, file: Path, slug: str, mapping_file: Path, dry_run: bool, skip_bad: bool,
    report_file: Path | None, as_json: bool, data_dir: Path | None,
) -> None:  # fmt: skip
    """Import deviations from a file, all or nothing; a second import of the same rows adds none.

    CSV, XLSX, GeoJSON, GeoPackage and GeoParquet, told by the ending. Rows that point at a person wait in quarantine
    until their organisation or the coordinator has seen to them.

    \b
    Example:
      trygghetsforum deviations import polisen.csv --forum stockholm --mapping polisen.toml --skip-bad --report r.csv
    """
    from forum.people import members, organisations
    from mapping.files.formats import content_of
    from mapping.files.imports import take_in
    from mapping.files.mappings import read_mapping
    from mapping.files.sources import table_of

    mapping = read_mapping(mapping_file)
    table = table_of(file.name, content_of(file), mapping.file)
    mapping.require_columns(table)
    with report_to(report_file, file) as report, opened(data_dir) as session:
        forum = forum_named(session, slug)
        partner = organisations.named(session, forum.id, mapping.organisation)
        member = members.system(session, forum.id, forum.slug, forum.name, partner)
        with progress_of(file.name, table.length) as bar:
            result = take_in(session, member, mapping, table, bar.update)
        write(report, result)
        saved = not dry_run and (skip_bad or not result.of("refused"))
        if saved:
            session.commit()
    facts: dict[str, Any] = {**result.counts, "remarks": len(result.of("added"))}
    summary = N_("%(added)s added, %(known)s known already, %(quarantined)s in quarantine, %(refused)s refused.")
    tell(result, facts, summary, saved=saved, dry_run=dry_run, as_json=as_json)
    if result.of("refused") and not skip_bad:
        ctx.exit(1)


@deviations.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@forum_option
@click.option("--audience", type=click.Choice(["forum", "authorities"]), default="forum", show_default=True,
              help="For whom: the file holds what all of them may see.")  # fmt: skip
@filter_options
@json_option
@data_dir_option
def export(
    file: Path, slug: str, audience: str, as_json: bool, data_dir: Path | None, **filters: Sequence[str] | str | None
) -> None:
    """Export deviations to FILE, in the format that its ending names: csv, xlsx, geojson, gpkg or parquet.

    The rows are those that the list shows with the same filters, all of them, and the file is readable by its owner
    only. docs/export.md says what the columns mean.

    \b
    Example:
      trygghetsforum deviations export lighting.gpkg --forum farsta --from 2026-01-01 --category lighting
    """
    from dashboards.commands.exporting import export_to

    with opened(data_dir) as session:
        rows = export_to(session, forum_named(session, slug), file, audience, filters)
        session.commit()
    facts = {"rows": rows, "file": str(file), "audience": audience}
    answer(as_json, facts, N_("%(rows)s deviations in %(file)s."))


@contextmanager
def report_to(path: Path | None, imported: Path) -> Iterator[TextIO | None]:
    """Open the report for its owner only, since it repeats what was refused; None when nobody wants one."""
    if path is None:
        yield None
        return
    if path.exists() and path.samefile(imported):
        message = N_("The report would overwrite the file that is imported.")
        raise Conflict(message, field="report", value=path, remedy=N_("Name another file."))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
        yield file


def write(report: TextIO | None, result: Result) -> None:
    """Write the lines that somebody has to look at into the report that was asked for."""
    from mapping.files.imports import write_report

    if report is not None:
        write_report(report, result.told, terminal_language())
        report.flush()


def tell(result: Result, facts: dict[str, Any], summary: str, *, saved: bool, dry_run: bool, as_json: bool) -> None:
    """Tell what became of a file: the counts in the summary's sentence, or all of it in JSON."""
    facts["saved"] = saved
    if as_json:
        facts["problems"] = [_plain(told) for told in result.told]
    else:
        _name_lines(result)
    answer(as_json, facts, summary)
    if not saved and not as_json:
        complain(N_("This was a dry run: nothing was saved.") if dry_run else N_("Nothing was saved."))


def _name_lines(result: Result) -> None:
    """Name the first lines that somebody has to look at; what points at a person is not repeated."""
    for told in result.told[:FIRST]:
        where = {"line": told.line, "ref": told.source_ref or "–"}
        if told.outcome == "quarantined":
            complain(N_("Line %(line)s (%(ref)s) waits in quarantine."), **where)
        else:
            complain(
                N_("Line %(line)s (%(ref)s): %(reasons)s"), **where, reasons=" ".join(map(sentence, told.problems))
            )
    if len(result.told) > FIRST:
        complain(N_("… and %(count)s lines more; --report names them all."), count=len(result.told) - FIRST)


def _plain(told: Told) -> dict[str, Any]:
    reasons = [{"field": p.field, "reason": p.say(terminal_language())} for p in told.problems]
    return {"line": told.line, "outcome": told.outcome, "source_ref": told.source_ref, "problems": reasons}
