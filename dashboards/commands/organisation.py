"""Adding a partner to a forum (aktörer)."""

from __future__ import annotations

from pathlib import Path

import click

from dashboards.commands.data import data_dir_option
from dashboards.commands.session import answer, forum_named, forum_option, json_option, opened
from forum.foundation.language import N_

KINDS = ("city", "police", "housing", "civil", "business", "school", "transport", "other")
"""A test holds them against the domain's."""


@click.group()
def organisation() -> None:
    """Organisations: the partners of a forum."""


@organisation.command()
@click.argument("name")
@forum_option
@click.option("--kind", required=True, type=click.Choice(KINDS), help="What kind of partner it is.")
@click.option("--authority", is_flag=True, help="It is an authority: its members may mark things for authorities only.")
@click.option("--parent", metavar="NAME", help="The partner that it is a unit of.")
@json_option
@data_dir_option
def add(
    name: str, slug: str, kind: str, authority: bool, parent: str | None, as_json: bool, data_dir: Path | None
) -> None:
    """Add a partner to a forum.

    \b
    Example:
      trygghetsforum organisation add "Lokalpolisområde Farsta" --forum farsta --kind police --authority
    """
    from forum.people import organisations
    from forum.people.organisations import Kind

    with opened(data_dir) as session:
        forum_id = forum_named(session, slug).id
        above = organisations.named(session, forum_id, parent).id if parent else None
        added = organisations.add(session, forum_id, name=name, kind=Kind(kind), authority=authority, parent_id=above)
        session.commit()
        facts = {"forum": slug, "organisation": added.name, "kind": kind, "authority": authority}
    answer(as_json, facts, N_("%(organisation)s is a partner of %(forum)s."))
