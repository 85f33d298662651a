"""Days as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from forum.work import dates
from forum.work.dates import When

TODAY = date(2023, 10, 18)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("15 dec", date(2023, 12, 15)), ("fr 15 dec 2024", date(2024, 12, 15)), ("2024-02-29", date(2024, 2, 29)),
        ("1 maj", date(2024, 5, 1)), ("18 oktober", TODAY), ("17 okt", date(2024, 10, 17)), ("9/11", date(2023, 11, 9)),
        ("senast den 3 november", date(2023, 11, 3)), ("by 3rd november", date(2023, 11, 3)), ("May 3", None),
        ("3 may 2024", date(2024, 5, 3)), ("om 10 dagar", date(2023, 10, 28)), ("in 1 week", date(2023, 10, 25)),
        ("31 feb", None), ("2023-13-01", None), ("fredag", None), ("3 belysning", None), ("", None),
        ("i november", None), ("99/99", None), ("3 junk", None),
    ],
)  # fmt: skip
def test_a_day_that_comes(words: str, day: date | None) -> None:
    assert dates.day_of(words, TODAY) == day


@pytest.mark.parametrize(
    ("words", "when"),
    [
        ("2026-03-12", When(2026, 3, 12)), ("2026-03", When(2026, 3)), ("2026", When(2026)),
        ("mars 2026", When(2026, 3)), ("Mars", When(None, 3)), ("okt.", When(None, 10)), ("march 2026", When(2026, 3)),
        ("12 mars", When(None, 3, 12)), ("to 12 mar 2026", When(2026, 3, 12)), ("12/3", When(None, 3, 12)),
        ("onsdagen den 18 okt 2023", When(2023, 10, 18)), ("12/3 2026", When(2026, 3, 12)),
        ("den 3 november", When(None, 11, 3)), ("Wed 18th October 2023", When(2023, 10, 18)),
        ("torget", None), ("torget 2026", None), ("marsvin", None), ("1234567", None), ("i mars", None), ("", None),
    ],
)  # fmt: skip
def test_a_day_a_month_or_a_year_that_is_looked_for(words: str, when: When | None) -> None:
    assert dates.when(words) == when
