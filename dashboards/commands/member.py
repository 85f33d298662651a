"""Adding a person to a forum (deltagare)."""

from __future__ import annotations

from pathlib import Path

import click

from dashboards.commands.data import data_dir_option
from dashboards.commands.session import answer, forum_named, forum_option, json_option, opened
from forum.foundation.language import N_
from forum.foundation.settings import settings

ROLES = ("reader", "reporter", "coordinator", "administrator")
"""A test holds them against the domain's."""


@click.group()
def member() -> None:
    """Members: people in an organisation, with a role in a forum."""


@member.command()
@forum_option
@click.option("--organisation", required=True, metavar="O", help="The partner whom the person works for.")
@click.option("--role", required=True, type=click.Choice(ROLES), help="What the person does in the forum.")
@click.option("--email", required=True, metavar="E", help="The address that the person signs in with.")
@click.option("--name", default="", metavar="N", help="The person's name.")
@json_option
@data_dir_option
def add(slug: str, organisation: str, role: str, email: str, name: str, as_json: bool, data_dir: Path | None) -> None:
    """Make a person a member, and print the one-time link with which they choose a password.

    The link is shown once and holds for 24 hours.

    \b
    Example:
      trygghetsforum member add --forum farsta --organisation Polisen --role reporter --email anna@example.org
    """
    from forum.people import accounts, members, organisations
    from forum.people.policy import Role

    with opened(data_dir) as session:
        forum_id = forum_named(session, slug).id
        partner = organisations.named(session, forum_id, organisation)
        account = accounts.account_of(session, email=email, name=name)
        members.add(session, forum_id, account_id=account, organisation_id=partner.id, role=Role(role))
        link = f"{settings().base_url.rstrip('/')}/lank/{accounts.invite_link(session, account)}"
        session.commit()
        facts = {"forum": slug, "organisation": partner.name, "role": role, "email": email, "link": link}
    answer(as_json, facts, N_("%(email)s is a member of %(forum)s. The link for a password, for 24 hours: %(link)s"))
