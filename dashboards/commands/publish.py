"""Publishing a month (offentlig redovisning): what a forum's public page and its programs' address show."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from dashboards.commands.data import data_dir_option
from dashboards.commands.session import answer, forum_named, forum_option, json_option, opened
from forum.foundation.language import N_


@click.command()
@forum_option
@click.option("--month", required=True, type=click.DateTime(formats=["%Y-%m"]), metavar="M",
              help="The month, for example 2026-10: it ended a week ago at least.")  # fmt: skip
@json_option
@data_dir_option
def publish(slug: str, month: datetime, as_json: bool, data_dir: Path | None) -> None:
    """Publish a forum's month: counts by area and category group, small ones withheld with all that tells of them.

    The worker does so by itself when a month has been over for a week. What was published once is never computed anew:
    the command then answers what is there.

    \b
    Example:
      trygghetsforum publish --forum farsta --month 2026-10
    """
    from forum.people import members
    from mapping import publications

    with opened(data_dir) as session:
        forum = forum_named(session, slug)
        system = members.system(session, forum.id, forum.slug, forum.name)
        made = publications.issue(session, system, month.date())
        session.commit()
        counts = [n for line in made.content["counts"] for n in line]
        facts = {"forum": slug, "month": f"{made.month:%Y-%m}", "shown": sum(n is not None for n in counts),
                 "withheld": counts.count(None), "hash": bytes(made.hash).hex()}  # fmt: skip
    answer(as_json, facts, N_("%(month)s is published: %(shown)s counts, and %(withheld)s withheld."))
