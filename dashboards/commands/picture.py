"""Making the situational picture of a period (lägesbilden): for reading, for paper, for programs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from dashboards.commands.data import data_dir_option
from dashboards.commands.session import DAY, answer, forum_named, forum_option, json_option, opened
from forum.foundation.language import N_

FORMS = ("html", "pdf", "json")


@click.command()
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@forum_option
@click.option("--from", "first", required=True, type=DAY, metavar="D", help="First day.")
@click.option("--to", "end", required=True, type=DAY, metavar="D", help="The day after the last one.")
@click.option("--format", "form", required=True, type=click.Choice(FORMS), help="What is made of it.")
@click.option("--audience", type=click.Choice(["forum", "authorities", "public"]), default="forum",
              show_default=True, help="For whom: what all may see; the public: what was published.")  # fmt: skip
@json_option
@data_dir_option
def picture(
    out: Path, slug: str, first: datetime, end: datetime, form: str, audience: str, as_json: bool, data_dir: Path | None
) -> None:
    """Make the situational picture of a period, in the terminal's language, and write it to OUT.

    \b
    html  the map that travels: one file that opens without a network, with counts in squares, symbols, a slider on
          time and a legend; no written text of any deviation is in it
    pdf   sentences, charts and tables on A4, tagged for screen readers
    json  the figures, as GET /api/v1/forums/F/picture answers them

    It is counted for its audience, whoever calls the command; OUT is readable by its owner only.

    \b
    Example:
      trygghetsforum picture --forum farsta --from 2026-07-01 --to 2026-10-01 --format pdf summer.pdf
    """
    from dashboards.commands.picturing import make

    with opened(data_dir) as session:
        count = make(session, forum_named(session, slug), first.date(), end.date(), form, audience, out)
        session.commit()
    facts = {"deviations": count, "file": str(out), "format": form, "audience": audience}
    answer(as_json, facts, N_("A picture of %(deviations)s deviations in %(file)s."))
