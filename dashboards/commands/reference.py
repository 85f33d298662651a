"""The command reference (kommandolista): docs/commands.md, from what every command says of itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from dashboards.commands import main

HEAD = """# Commands

Written by `make docs` from what each command says of itself. Exit status: 0 done, 1 refused, 2 misused.
"""


def pages(command: click.Command, name: str, parent: click.Context | None = None) -> Iterator[str]:
    """Yield the section of each command below this one."""
    widths: dict[str, Any] = {"terminal_width": 100, "max_content_width": 100}
    context = click.Context(command, info_name=name, parent=parent, **{**command.context_settings, **widths})
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            found = command.get_command(context, each)
            assert found is not None
            yield from pages(found, each, context)
        return
    yield f"\n## {context.command_path}\n\n```text\n{command.get_help(context)}\n```\n"


def reference() -> str:
    """Return the whole page."""
    return HEAD + "".join(pages(main, "trygghetsforum"))


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference())
