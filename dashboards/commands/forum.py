"""Making a forum (bilda trygghetsforum)."""

from __future__ import annotations

from pathlib import Path

import click

from dashboards.commands.data import data_dir_option
from dashboards.commands.session import answer, json_option, opened
from forum.foundation.language import N_


@click.group()
def forum() -> None:
    """Forums: each one district's partnership."""


@forum.command()
@click.argument("slug")
@click.argument("more_areas", nargs=-1, metavar="")
@click.option("--name", required=True, help="What people call it.")
@click.option(
    "--area", "areas", required=True, multiple=True, help="Name or code of an imported area; may be repeated."
)
@json_option
@data_dir_option
def create(
    slug: str, more_areas: tuple[str, ...], name: str, areas: tuple[str, ...], as_json: bool, data_dir: Path | None
) -> None:
    """Make a forum over imported areas, with the standard categories and roles.

    SLUG is its short name, the first part of its addresses.

    \b
    Example:
      trygghetsforum areas import districts.geojson --kind stadsdelsomrade
      trygghetsforum forum create farsta --name "Farsta trygghetsforum" --area Farsta
    """
    from forum.register import founding

    with opened(data_dir) as session:
        made = founding.found(session, slug=slug, name=name, area_names=[*areas, *more_areas])
        session.commit()
        facts = {"forum": made.slug, "name": made.name, "areas": [*areas, *more_areas]}
    answer(as_json, facts, N_("The forum %(forum)s is there: %(name)s."))
