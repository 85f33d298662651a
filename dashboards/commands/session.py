"""What the short commands share (kommandonas gemensamma): a session for the operator, options, and how they answer."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click
import orjson

from dashboards.commands import terminal_language
from dashboards.commands.data import configured, sessions_of
from forum.foundation.cluster import held_by
from forum.foundation.errors import Invalid, NotFound
from forum.foundation.language import N_, text
from forum.foundation.settings import Settings

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar
    from sqlalchemy.orm import Session

    from forum.people.forums import Forum

F = TypeVar("F", bound=Callable[..., Any])

DAY = click.DateTime(formats=["%Y-%m-%d"])
"""A day on the command line."""


@contextmanager
def opened(data_dir: Path | None) -> Iterator[Session]:
    """Lend a session that acts for the operator; what the command does not commit is gone."""
    from forum.foundation import rights

    with configured(data_dir) as found:
        _migrate_own(found)
        sessions = sessions_of(found)
        try:
            with sessions() as session:
                rights.become(session, rights.OPERATOR)
                yield session
        finally:
            sessions.kw["bind"].dispose()


def _migrate_own(found: Settings) -> None:
    """Bring a private cluster that was started for this command to our tables; a running one has its own program."""
    if found.owner_database_url is not None and held_by(found.data_dir) == os.getpid():
        from forum.foundation.database import migrate

        migrate(found.owner_database_url)


def forum_named(session: Session, slug: str) -> Forum:
    """Return the forum of the short name; says how to make it when there is none."""
    from forum.people import forums

    try:
        return forums.of_slug(session, slug)
    except NotFound as error:
        message, remedy = N_("There is no forum of this short name."), N_("Make it with: trygghetsforum forum create.")
        raise NotFound(message, field="forum", value=slug, remedy=remedy) from error


def forum_option(command: F) -> F:
    """Add the option --forum to a command."""
    return click.option("--forum", "slug", required=True, metavar="F", help="The forum's short name.")(command)


def json_option(command: F) -> F:
    """Add the option --json to a command."""
    return click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")(command)


def say(message: str, **params: object) -> None:
    """Tell the person at the terminal, in their language."""
    click.echo(text(message, terminal_language(), **params))


def complain(message: str, **params: object) -> None:
    """Tell the person at the terminal what is not as it should be, beside the answer."""
    click.echo(text(message, terminal_language(), **params), err=True)


def as_json_text(facts: object) -> str:
    """Return the facts as JSON that people can read too."""
    return orjson.dumps(facts, option=orjson.OPT_INDENT_2).decode()


def answer(as_json: bool, facts: dict[str, Any], message: str) -> None:
    """Report the facts: as JSON for programs, or in the sentence that they fill."""
    if as_json:
        click.echo(as_json_text(facts))
    else:
        say(message, **facts)


def progress_of(label: str, length: int) -> ProgressBar[int]:
    """Return a bar for long work, shown where somebody sits at a terminal."""
    terminal = sys.stderr
    return click.progressbar(length=length, label=label, file=terminal, hidden=not terminal.isatty())


def save(made: BinaryIO, file: Path) -> None:
    """Write a file that its owner alone can read."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    except OSError as error:
        message, remedy = N_("The file cannot be written."), N_("Name a file in a directory that is there and yours.")
        raise Invalid(message, field="file", value=file, remedy=remedy) from error
    with os.fdopen(descriptor, "wb") as target:
        os.fchmod(descriptor, 0o600)
        shutil.copyfileobj(made, target)
