"""Joined months: what of a card's counts everybody may be told, and of how many months at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from mapping.joined import Joined, told
from mapping.monthly import EARLIER, Counter, Rows, Which
from mapping.periods import Period, months_before
from mapping.spans import spans

DONE, MONTHS = date(2023, 6, 15), 6
BEFORE, AFTER = EARLIER - 11, EARLIER + 1
"""The first months before and after, as they are counted from the first that is read."""


def counted(before: Sequence[int], after: Sequence[int], organisations: str = "ab") -> tuple[Counter, Which]:
    """Return rows with so many in each month, by organisations that take turns."""
    each = [
        *zip(range(BEFORE, BEFORE + MONTHS), before, strict=True),
        *zip(range(AFTER, AFTER + MONTHS), after, strict=True),
    ]
    month = np.array([at for at, n in each for _ in range(n)])
    who = np.array([organisations[i % len(organisations)] for i in range(len(month))])
    rows = Rows(months_before(DONE, EARLIER), np.zeros((len(month), 2)), month, who, np.full(len(month), 20.0), 0)
    made = Counter(rows, rows.since, DONE, Period(date(2023, 7, 1), date(2024, 1, 1)))
    return made, np.arange(len(month))


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ([5] * 6, [6] * 6, Joined(1, (5,) * 6, (6,) * 6)),
        ([5, 5, 5, 5, 5, 4], [6] * 6, Joined(2, (10, 10, 9), (12, 12, 12))),
        ([2] * 6, [6] * 6, Joined(3, (6, 6), (18, 18))),
        ([5] * 6, [9, 9, 9, 1, 1, 1], None),
    ],
)
def test_so_many_months_are_joined_that_none_is_left_out(
    before: list[int], after: list[int], found: Joined | None
) -> None:
    made, all_of = counted(before, after)
    span = spans(DONE, MONTHS, made.first)
    assert span is not None
    said = told(made, span, MONTHS, (all_of, all_of), (all_of, all_of[:4]))
    assert said.pairs == ("treated", "ring", "control")
    assert (said.treated, said.control) == (found, found)


def test_what_one_organisation_alone_reported_is_not_told() -> None:
    made, all_of = counted([8] * 6, [8] * 6, "a")
    span = spans(DONE, MONTHS, made.first)
    assert span is not None
    said = told(made, span, MONTHS, (all_of, all_of), (all_of, all_of))
    assert (said.pairs, said.treated, said.control) == ((), None, None)
