"""What is held of an organisation's address (kontakt): an extract for whoever asks and has no account."""

from __future__ import annotations

from pathlib import Path

import click

from dashboards.commands import terminal_language
from dashboards.commands.data import data_dir_option
from dashboards.commands.session import as_json_text, forum_named, forum_option, json_option, opened, say
from forum.foundation.language import N_


@click.group()
def contacts() -> None:
    """Contacts: where organisations without accounts are written to."""


@contacts.command()
@click.argument("email")
@forum_option
@json_option
@data_dir_option
def extract(email: str, slug: str, as_json: bool, data_dir: Path | None) -> None:
    """Tell all that is held on an address that has no account: why, and how long it is kept.

    Who has an account gets the extract by signing in: under Notices, or from /api/v1/me/extract.

    \b
    Example:
      trygghetsforum contacts extract anna@example.org --forum farsta --json
    """
    from api.extracts import extract as worded
    from forum.people import members
    from forum.work import extracts

    with opened(data_dir) as session:
        forum = forum_named(session, slug)
        worker = members.system(session, forum.id, forum.slug, forum.name, demo=forum.demo)
        parts = extracts.of_contact(session, worker, email)
        session.commit()
    found = worded(email, parts, terminal_language())
    if as_json:
        click.echo(as_json_text(found))
    for part in () if as_json else found["parts"]:
        say(N_("%(what)s: %(rows)s. %(purpose)s %(kept)s"), **part | {"rows": len(part["rows"])})
