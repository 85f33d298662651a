"""The examples in docs/examples come out as they say."""

from __future__ import annotations

import doctest
from pathlib import Path

from sqlalchemy.orm import Session

from tests.builders import World

EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"
HOW = doctest.ELLIPSIS


def test_the_edition_of_2023_is_played_as_its_sources_tell_it(session: Session, world: World) -> None:
    given = {"session": session, "farsta": world}
    played = doctest.testfile(
        str(EXAMPLES / "stockholm-2023.md"), module_relative=False, globs=given, optionflags=HOW, encoding="utf-8"
    )
    assert played.attempted > 40
    assert played.failed == 0
