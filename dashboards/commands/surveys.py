"""Importing figures of surveys and of reported offences (trygghetsmätningar, anmälda brott)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dashboards.commands.data import data_dir_option
from dashboards.commands.deviations import report_to, tell, write
from dashboards.commands.session import forum_named, forum_option, json_option, opened
from forum.foundation.language import N_


@click.group()
def surveys() -> None:
    """Surveys: perceived insecurity and reported offences, by area and year."""


@surveys.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@forum_option
@click.option("--mapping", "mapping_file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              metavar="M.toml", help="What the columns mean: see docs/import.md.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would come of it, and save nothing.")
@click.option("--skip-bad", is_flag=True, help="Save the good rows though others are refused.")
@click.option("--report", "report_file", type=click.Path(dir_okay=False, path_type=Path), metavar="R.csv",
              help="Where every refused row is written, with its reason.")  # fmt: skip
@json_option
@data_dir_option
@click.pass_context
def import_(
    ctx: click.Context, file: Path, slug: str, mapping_file: Path, dry_run: bool, skip_bad: bool,
    report_file: Path | None, as_json: bool, data_dir: Path | None,
) -> None:  # fmt: skip
    """Import figures from a CSV or XLSX file, all or nothing; a second import of the same rows adds none.

    A figure says its source, publisher, question or group of offences, area and year. Files of a whole city hold other
    areas too: --skip-bad leaves them out.

    \b
    Example:
      trygghetsforum surveys import trygghet.csv --forum farsta --mapping trygghet.toml --report r.csv
    """
    from forum.people import members
    from mapping.files.surveys import read_mapping, table_in, take_in

    mapping = read_mapping(mapping_file)
    table = table_in(file, mapping.file)
    with report_to(report_file, file) as report, opened(data_dir) as session:
        forum = forum_named(session, slug)
        result = take_in(session, members.system(session, forum.id, forum.slug, forum.name), mapping, table)
        write(report, result)
        saved = not dry_run and (skip_bad or not result.of("refused"))
        if saved:
            session.commit()
    facts: dict[str, Any] = {name: result.counts[name] for name in ("added", "known", "refused")}
    summary = N_("%(added)s added, %(known)s known already, %(refused)s refused.")
    tell(result, facts, summary, saved=saved, dry_run=dry_run, as_json=as_json)
    if result.of("refused") and not skip_bad:
        ctx.exit(1)
