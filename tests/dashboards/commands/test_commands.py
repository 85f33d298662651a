"""The command line as a whole: every command explains itself, and refusals have their status."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from dashboards.commands import COMMANDS, main, terminal_language
from forum.foundation.errors import Conflict
from forum.foundation.language import Language


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command that does something, under the words that call it."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None, name
        yield from leaves(found, (*path, name))


def test_every_command_explains_itself_with_an_example() -> None:
    found = list(leaves(main))
    assert len(found) >= len(COMMANDS)
    for path, _ in found:
        answer = CliRunner().invoke(main, [*path, "--help"])
        assert answer.exit_code == 0, path
        assert "Example:" in answer.output, path
        assert f"trygghetsforum {' '.join(path)}" in answer.output, path


NEEDS_NO_DATA = {("effect", "recompute")}
"""It reckons from the file it is given and from nothing else."""


def test_every_command_that_needs_data_can_be_told_where_they_are() -> None:
    without = {
        path
        for path, command in leaves(main)
        if "--data-dir" not in {name for option in command.params for name in option.opts}
    }
    assert without == NEEDS_NO_DATA


def test_a_refusal_is_one_sentence_and_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def refuse() -> None:
        raise Conflict("It is taken.", remedy="Run make setup.")

    monkeypatch.setattr(type(main), "get_command", lambda *_: refuse)
    monkeypatch.setenv("LC_ALL", "sv_SE.UTF-8")
    answer = CliRunner().invoke(main, ["refuse"])
    assert (answer.exit_code, answer.stdout, answer.stderr) == (1, "", "It is taken. Kör make setup.\n")


def test_a_wrong_use_is_status_2() -> None:
    for wrong in (["no-such-command"], ["run", "--no-such-option"], ["run", "--port", "many"]):
        assert CliRunner().invoke(main, wrong).exit_code == 2


@pytest.mark.parametrize(
    ("name", "language"), [("sv_SE.UTF-8", Language.SV), ("C.UTF-8", Language.EN), ("", Language.EN)]
)
def test_the_terminal_decides_the_language(monkeypatch: pytest.MonkeyPatch, name: str, language: Language) -> None:
    for variable in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("LANG", name)
    assert terminal_language() == language
