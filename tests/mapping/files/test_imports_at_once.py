"""Two imports of one file at the same time: the second waits, and finds the rows of the first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from tests.builders import World
from tests.mapping.files.test_imports import goods, importing, taken


def test_each_row_is_added_once(sessions: sessionmaker[Session], lasting: World, tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()

    def second() -> tuple[int, int]:
        with sessions() as session:
            result = taken(session, importing(session, lasting), tmp_path / "second", goods(1, 2))
            session.commit()
            return result.added, result.known

    with ThreadPoolExecutor(1) as pool, sessions() as session:
        first = taken(session, importing(session, lasting), tmp_path, goods(1, 2))
        waiting = pool.submit(second)
        with pytest.raises(TimeoutError):
            waiting.result(0.5)  # it stands before the door
        session.commit()
        assert (first.added, waiting.result(10)) == (2, (0, 2))
