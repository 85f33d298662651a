"""Text and numbers that can be kept as they are."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from forum.foundation.errors import Invalid
from forum.foundation.plain import keepable, number, storable

TEXTS = st.text(st.characters(exclude_categories=()))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=TEXTS)
def test_what_is_taken_comes_back_from_the_database_and_the_rest_is_refused(session: Session, words: str) -> None:
    if keepable(words):
        assert storable(words, "text") == words
        assert session.scalar(text("SELECT CAST(:words AS text)"), {"words": words}) == words
    else:
        with pytest.raises(Invalid) as refused:
            storable(words, "text")
        assert refused.value.field == "text"


@pytest.mark.parametrize(
    ("value", "read"),
    [(1, 1.0), (-0.5, -0.5), ("1", 1.0), (" 1.5 ", 1.5), ("+.5", 0.5), ("5.", 5.0), ("1e3", 1000.0), ("1E-2", 0.01)],
)
def test_a_number_is_read_as_people_write_it(value: Any, read: float) -> None:
    assert number(value) == read


@pytest.mark.parametrize(
    "value",
    [True, False, None, "", " ", ".", "1_000", "1 000", "1,5", "nan", "inf", "0x1", "1e", "²", "٣", [], {}, 10**400],
)
def test_what_is_no_number_is_told_apart(value: Any) -> None:
    assert math.isnan(number(value))
