"""The command that makes the demo forum (demoforumet)."""

from __future__ import annotations

from pathlib import Path

import click
import orjson

from dashboards.commands.data import configured, data_dir_option, sessions_of


@click.command()
@click.option("--seed", type=int, default=None, help="Another invented year; the same number makes the same one.")
@click.option("--json", "as_json", is_flag=True, help="Say what is there as JSON.")
@data_dir_option
def demo(seed: int | None, as_json: bool, data_dir: Path | None) -> None:
    """Make the demo forum, marked as invented; a second time changes nothing.

    It is refused beside a real forum.

    \b
    Example:
      trygghetsforum demo --data-dir /tmp/demo
    """
    from forum.demo import Analyst, build
    from forum.demo.rows import SEED
    from mapping.agenda import prepared
    from mapping.cards import latest
    from mapping.picture import latest_figures
    from mapping.publications import issues

    with configured(data_dir) as found, sessions_of(found)() as session:
        by = Analyst(prepared, issues, latest_figures, latest)
        made = build(session, SEED if seed is None else seed, by=by)
        session.commit()
    if as_json:
        facts = {"forum": made.slug, "organisations": made.organisations, "persons": made.persons, "added": made.added}
        click.echo(orjson.dumps(facts))
    else:
        said = f"{made.name}: {made.organisations} organisations, {made.persons} people"
        click.echo(f"{said}, {made.added} deviations added" if made.added else f"{said}, was there already")
