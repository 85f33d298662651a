"""Joined months: what of a card's counts everybody may be told, and of how many months at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.grounds import Area
from mapping.joined import PAIRS, Compared, Joined, Telling, Told, follows, known, told
from mapping.monthly import EARLIER, RING_M, Counter, Rows, Which
from mapping.periods import Period, months_before
from mapping.spans import spans

DONE, MONTHS = date(2023, 6, 15), 6
PLACE = Area("POINT (0 0)", 80)
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


def compared(months: int = MONTHS, area: Area = PLACE) -> Compared:
    """Return what a card of so many months compares."""
    span = spans(DONE, months, months_before(DONE, EARLIER))
    assert span is not None
    return Compared(area, Area("POINT (900 900)"), RING_M, span, months)


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
    said = told(made, compared(), (all_of, all_of), (all_of, all_of[:4]), {})
    assert said.pairs == ("treated", "ring", "control")
    assert (said.treated, said.control) == (found, found)


def test_what_one_organisation_alone_reported_is_not_told() -> None:
    made, all_of = counted([8] * 6, [8] * 6, "a")
    said = told(made, compared(), (all_of, all_of), (all_of, all_of), {})
    assert (said.pairs, said.treated, said.control) == ((), None, None)


@pytest.mark.parametrize(
    ("after", "pairs"), [([9, 9, 9, 1, 1, 1], ("ring", "control", "ring_control")), ([9, 9, 9, 1, 2, 2], PAIRS)]
)
def test_a_longer_card_tells_no_count_that_would_give_away_the_months_a_shorter_one_left_out(
    after: list[int], pairs: tuple[str, ...]
) -> None:
    made, all_of = counted([5] * 6, after)
    short = Telling(**vars(compared(3)), told=Told(("treated",)))
    said = told(made, compared(), (all_of, all_of), (all_of, all_of), known([short]))
    assert said.pairs == pairs


def test_months_are_joined_no_finer_than_what_was_told_before_allows() -> None:
    made, all_of = counted([2] * 6, [6] * 6)
    free = told(made, compared(), (all_of, all_of), (all_of, all_of), {})
    first_two = Period(months_before(DONE, 11), months_before(DONE, 9))
    held = told(made, compared(), (all_of, all_of), (all_of, all_of), {(PLACE, 0): [first_two]})
    assert free.treated == held.control == Joined(3, (6, 6), (18, 18))
    assert held.treated is None
    assert held.pairs == PAIRS


def test_what_was_told_of_another_ground_or_of_a_ring_of_another_width_changes_nothing() -> None:
    made, all_of = counted([5] * 6, [9, 9, 9, 1, 1, 1])
    elsewhere = Telling(**vars(compared(3, Area("POINT (5 5)"))), told=Told(PAIRS[:2]))
    wider = Telling(**(vars(compared(3)) | {"ring_m": RING_M + 1}), told=Told(("ring",)))
    said = told(made, compared(), (all_of, all_of), (all_of, all_of), known([elsewhere, wider]))
    assert said.pairs == PAIRS


def test_two_cards_of_other_measures_there_tell_nothing_of_the_months_that_only_one_of_them_has() -> None:
    """Six months from June, and three from July of another measure: the rest of the six would follow."""
    made, all_of = counted([5] * 6, [1, 9, 9, 9, 0, 1])
    july = Period(months_before(DONE, -2), months_before(DONE, -5))
    said = told(made, compared(), (all_of, all_of), (all_of, all_of), {(PLACE, 0): [july]})
    assert said.pairs == ("ring", "control", "ring_control")


MONTHS_OF = 6


@given(st.sets(st.tuples(st.integers(0, 5), st.integers(1, 6)).filter(lambda ends: ends[0] < ends[1]), max_size=6))
def test_whatever_follows_from_counts_is_made_of_whole_ones_of_the_shortest_periods(ends: set[tuple[int, int]]) -> None:
    """The months of each period are a row of a matrix: what follows is every set of months in the space of its rows."""
    days = [months_before(DONE, -n) for n in range(MONTHS_OF + 1)]
    found = follows([Period(days[first], days[end]) for first, end in ends])
    pieces = [frozenset(range(days.index(each.first), days.index(each.end))) for each in found]
    matrix = np.array([[first <= month < end for month in range(MONTHS_OF)] for first, end in ends], dtype=float)
    matrix = matrix.reshape(-1, MONTHS_OF)
    for chosen in product((0, 1), repeat=MONTHS_OF):
        if np.linalg.matrix_rank(np.vstack([matrix, chosen])) == np.linalg.matrix_rank(matrix):
            months = {month for month, held in enumerate(chosen) if held}
            assert months == set().union(*(piece for piece in pieces if piece <= months))
