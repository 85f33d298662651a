"""What the screening remembers is forgotten first: its tests try every branch, whatever was screened before them."""

from __future__ import annotations

import pytest

from forum.foundation.screening import folding, vocabulary


@pytest.fixture(scope="module", autouse=True)
def nothing_remembered() -> None:
    """Forget the words that were read and the letters that were looked at."""
    for kept in (*vars(folding).values(), *vars(vocabulary).values()):
        if hasattr(kept, "cache_clear"):
            kept.cache_clear()
