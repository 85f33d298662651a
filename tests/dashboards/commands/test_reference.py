"""The command reference says what the commands say."""

from pathlib import Path

from dashboards.commands.reference import reference

DOCS = Path(__file__).parents[3] / "docs"


def test_the_reference_in_docs_is_what_the_commands_say_of_themselves() -> None:
    assert (DOCS / "commands.md").read_text() == reference(), "run make docs"
