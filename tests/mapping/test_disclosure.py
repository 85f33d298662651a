"""Disclosure control: no small count follows from what is published, as a linear programme of its own finds out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.disclosure import Crosstab, crosstab, publishable
from tests.mapping.attack import every_withheld_count_may_be_anything_small

THINGS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 4)), max_size=90)
"""Row, column and organisation of each."""
FREQUENT = st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(0, 999), st.integers(0, 200))


def table(cells: list[list[int]], organisations: int = 3) -> Crosstab:
    """Return the table of these counts, each from as many organisations as it can be, up to so many."""
    placed = [(r, c, i % organisations) for r, line in enumerate(cells) for c, n in enumerate(line) for i in range(n)]
    given_cells = np.array(placed, dtype=np.int64).reshape(-1, 3)
    rows, columns, who = given_cells.T
    return crosstab(rows, columns, who, (len(cells), len(cells[0])))


def numbers(counted: Crosstab) -> list[list[int]]:
    """Return what is published, with 0 for what is not."""
    shown: list[list[int]] = np.where(publishable(counted), counted.counts, 0).tolist()
    return shown


def test_counts_are_summed_both_ways_and_organisations_counted_once_in_every_sum() -> None:
    counted = crosstab([0, 0, 1, 1], [0, 0, 0, 1], [7, 7, 7, 8], (2, 2))
    assert counted.counts.tolist() == [[2, 0, 2], [1, 1, 2], [3, 1, 4]]
    assert counted.organisations.tolist() == [[1, 0, 1], [1, 1, 2], [1, 1, 2]]


@pytest.mark.parametrize(("row", "column"), [(2, 0), (0, 3)])
def test_what_lies_in_no_row_or_column_is_an_error(row: int, column: int) -> None:
    with pytest.raises(ValueError, match="of"):
        crosstab([row], [column], [0], (2, 3))


def test_large_counts_from_several_are_all_published() -> None:
    assert numbers(table([[9, 8], [7, 6]])) == [[9, 8, 17], [7, 6, 13], [16, 14, 30]]


def test_an_empty_table_publishes_nothing() -> None:
    assert not publishable(table([[0, 0], [0, 0]])).any()


def test_small_counts_that_hide_each_other_take_no_others() -> None:
    assert numbers(table([[3, 2, 30], [2, 3, 40], [50, 60, 70]])) == [
        [0, 0, 30, 35],
        [0, 0, 40, 45],
        [50, 60, 70, 180],
        [55, 65, 140, 260],
    ]


def test_a_small_count_that_would_follow_takes_others_and_no_total() -> None:
    shown = publishable(table([[3, 0, 30, 30], [0, 1, 40, 30], [30, 40, 30, 30], [30, 30, 30, 40]]))
    assert shown[4].all()
    assert shown[:, 4].all()
    assert 0 < shown[:4, :4].sum() < 12


def test_no_count_looks_other_than_a_small_one() -> None:
    none, four = table([[20, 9, 8], [9, 0, 9], [30, 10, 38]]), table([[20, 9, 8], [9, 4, 5], [30, 6, 42]])
    assert publishable(none).tolist() == publishable(four).tolist()


def test_a_count_from_one_organisation_is_withheld_like_a_small_one() -> None:
    counted = table([[20, 20], [20, 20]])
    organisations = counted.organisations.copy()
    organisations[1, 1] = 1
    shown = publishable(Crosstab(counted.counts, organisations))
    assert not shown[:2, :2].any()
    assert shown[2].all()


def test_a_small_total_takes_another_with_all_its_parts() -> None:
    shown = publishable(table([[1, 2], [9, 9], [30, 30]]))
    assert shown.tolist() == [[False] * 3, [False] * 3, [True] * 3, [True] * 3]


def test_a_small_sum_leaves_nothing() -> None:
    assert not publishable(table([[4, 0], [0, 0]])).any()


def test_where_all_things_are_in_one_row_its_total_says_no_more_than_the_sum() -> None:
    counted = table([[6, 3, 12]])
    assert every_withheld_count_may_be_anything_small(counted.counts, publishable(counted))


def test_a_linear_programme_finds_what_is_told_by_suppressing_small_counts_alone() -> None:
    counted = table([[20, 9], [9, 2]])
    assert not every_withheld_count_may_be_anything_small(counted.counts, counted.counts >= 5)


@settings(max_examples=60, deadline=None)
@given(THINGS)
def test_every_withheld_count_may_be_anything_from_none_to_four(things: list[tuple[int, int, int]]) -> None:
    rows, columns, organisations = np.array(things, dtype=np.int64).reshape(-1, 3).T
    counted = crosstab(rows, columns, organisations, (4, 3))
    shown = publishable(counted)
    assert (counted.counts[shown] >= 5).all()
    assert (counted.organisations[shown] >= 2).all()
    assert every_withheld_count_may_be_anything_small(counted.counts, shown)
    mixed = np.random.default_rng(len(things)).permutation(len(things))
    again = crosstab(rows[mixed], columns[mixed], organisations[mixed], (4, 3))
    assert publishable(again).tolist() == shown.tolist()


@settings(max_examples=25, deadline=None)
@given(FREQUENT)
def test_so_may_it_where_counts_are_uneven(drawn: tuple[int, int, int, int]) -> None:
    rows, columns, seed, n = drawn
    counted = uneven(np.random.default_rng(seed), (rows, columns), n)
    assert every_withheld_count_may_be_anything_small(counted.counts, publishable(counted))


def uneven(rng: np.random.Generator, shape: tuple[int, int], n: int) -> Crosstab:
    """Return a table in which a few rows and columns hold most."""
    rows, columns, who = (rng.choice(size, n, p=rng.dirichlet(np.ones(size))) for size in (*shape, 9))
    return crosstab(rows, columns, who, shape)


def test_so_may_it_in_a_large_forums_month_of_which_most_is_published() -> None:
    counted = uneven(np.random.default_rng(5), (15, 8), 2000)
    shown = publishable(counted)
    assert every_withheld_count_may_be_anything_small(counted.counts, shown)
    assert shown.sum() > 60
