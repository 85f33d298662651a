"""Issuing a bearer token for the API (API-nycklar)."""

from __future__ import annotations

from pathlib import Path

import click

from dashboards.commands.data import data_dir_option
from dashboards.commands.session import as_json_text, json_option, opened
from forum.foundation.errors import NotFound
from forum.foundation.language import N_


@click.group()
def token() -> None:
    """Tokens: with them a program acts for an account."""


@token.command()
@click.option("--email", required=True, metavar="E", help="The account that the token acts for.")
@json_option
@data_dir_option
def create(email: str, as_json: bool, data_dir: Path | None) -> None:
    """Print a bearer token for the API; it is shown this once.

    \b
    Example:
      curl -H "Authorization: Bearer $(trygghetsforum token create --email anna@example.org)" http://127.0.0.1:8000/api/v1/me
    """
    from forum.people import accounts

    with opened(data_dir) as session:
        account = accounts.by_email(session, email)
        if account is None:
            message, remedy = N_("There is no account with this address."), N_("Add the person with: member add.")
            raise NotFound(message, field="email", value=email, remedy=remedy)
        issued = accounts.create_token(session, account.id)
        session.commit()
    click.echo(as_json_text({"email": account.email, "token": issued}) if as_json else issued)
