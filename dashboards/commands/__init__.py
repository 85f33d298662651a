"""The command line (kommandoraden): one module per noun, loaded only when its command is called."""

from __future__ import annotations

import os
from importlib import import_module

import click

from forum.foundation.errors import ForumError, Invalid
from forum.foundation.language import Language

COMMANDS = {
    "run": ("dashboards.commands.run", "run"),
    "serve": ("dashboards.commands.run", "serve"),
    "worker": ("dashboards.commands.run", "worker"),
    "migrate": ("dashboards.commands.run", "migrate"),
    "demo": ("dashboards.commands.demo", "demo"),
    "forum": ("dashboards.commands.forum", "forum"),
    "organisation": ("dashboards.commands.organisation", "organisation"),
    "agreement": ("dashboards.commands.agreement", "agreement"),
    "member": ("dashboards.commands.member", "member"),
    "contacts": ("dashboards.commands.contacts", "contacts"),
    "token": ("dashboards.commands.token", "token"),
    "areas": ("dashboards.commands.areas", "areas"),
    "deviations": ("dashboards.commands.deviations", "deviations"),
    "surveys": ("dashboards.commands.surveys", "surveys"),
    "picture": ("dashboards.commands.picture", "picture"),
    "effect": ("dashboards.commands.effect", "effect"),
    "publish": ("dashboards.commands.publish", "publish"),
    "edition": ("dashboards.commands.edition", "edition"),
    "audit": ("dashboards.commands.audit", "audit"),
}
"""Each command's module and name in it: so `run` need not load what only an import of files needs."""


class Commands(click.Group):
    """The commands of the table; a refusal of the domain ends them with its sentence and status 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the command's module and return it."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command = getattr(import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}.{name} is no command")
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; say a refusal in the terminal's language."""
        try:
            return super().invoke(ctx)
        except ForumError as error:
            for problem in error.problems if isinstance(error, Invalid) else [error]:
                click.echo(sentence(problem), err=True)
            ctx.exit(1)


def sentence(problem: ForumError) -> str:
    """Return what is wrong in the terminal's language, led by the field that it is about."""
    said = problem.say(terminal_language())
    return f"{problem.field}: {said}" if problem.field else said


def terminal_language() -> Language:
    """Return Swedish for a Swedish terminal, else English."""
    name = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return Language.SV if name.startswith("sv") else Language.EN


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trygghetsforum")
def main() -> None:
    """Trygghetsforum: deviations, places and measures of a safety forum.

    \b
    Example:
      trygghetsforum run            the demo forum on http://127.0.0.1:8000
      trygghetsforum COMMAND --help
    """
