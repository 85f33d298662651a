"""Near repeats: tables counted by hand, tables that others have published, edges, tails, every order of the times."""

from __future__ import annotations

import math
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mapping.nearrepeat import knox, moments, reading
from tests.real import CHICAGO

Chicago = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]
"""Metres, days, and which are of the first month."""
ROW = [(0, 0), (0, 100), (300, 400), (300, 399)]
DAYS = [0, 7, 3, 3.5]
EVENTS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 20)), min_size=4, max_size=25)
BANDS, WEEKS = [0.0, 10, 30, 50], [0.0, 2, 7]


def parts(events: list[tuple[int, int, int]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    table = np.array(events, dtype=float)
    return table[:, :2], table[:, 2]


def by_hand(xy: Any, days: Any, bands: list[float], weeks: list[float], manhattan: bool) -> list[list[int]]:
    table = [[0] * (len(weeks) - 1) for _ in bands[1:]]
    for i in range(len(xy)):
        for j in range(i):
            east, north = abs(xy[i][0] - xy[j][0]), abs(xy[i][1] - xy[j][1])
            apart, wait = east + north if manhattan else math.hypot(east, north), abs(days[i] - days[j])
            for r, c in np.ndindex(len(bands) - 1, len(weeks) - 1):
                table[r][c] += bands[r] <= apart < bands[r + 1] and weeks[c] <= wait < weeks[c + 1]
    return table


def test_four_events_counted_by_hand() -> None:
    found = knox(ROW, DAYS, [0, 100, 200, 501], [0, 1, 7, 14], seed=1)
    assert found.observed.tolist() == [[1, 0, 0], [0, 0, 1], [0, 4, 0]]
    assert (found.metric, found.permutations, found.events) == ("euclidean", 999, 4)


def test_along_the_axes_the_same_events_lie_farther_apart() -> None:
    found = knox(ROW, DAYS, [0, 501, 701], [0, 14], metric="manhattan", seed=1)
    assert found.observed.tolist() == [[2], [4]]
    assert found.metric == "manhattan"


@pytest.mark.parametrize("metric", ["euclidean", "manhattan"])
def test_on_an_edge_is_in_the_upper_band_and_the_first_band_holds_the_same_spot(metric: Any) -> None:
    xy, days = [(0, 0), (0, 0), (100, 0)], [0, 0, 7]
    found = knox(xy, days, [0, 100, 200], [0, 7, 14], metric=metric, seed=1)
    assert found.observed.tolist() == [[1, 0], [0, 2]]
    assert knox(xy, days, [0, 100], [0, 7], metric=metric).observed.tolist() == [[1]]
    assert knox(xy, days, [1, 101], [1, 8], metric=metric).observed.tolist() == [[2]]


def test_decimals_that_no_binary_number_holds_are_on_the_edge_all_the_same() -> None:
    assert 6_580_000.5 - 6_580_000.2 < 0.3
    assert knox([(0, 6_580_000.2), (0, 6_580_000.5)], [0, 0], [0, 0.3, 1], [0, 1]).observed.tolist() == [[0], [1]]
    hour = 1 / 24
    assert 20_000 + 8 * hour - (20_000 + 7 * hour) < hour
    found = knox([(0, 0), (0, 0)], [20_000 + 7 * hour, 20_000 + 8 * hour], [0, 1], [0, hour, 1])
    assert found.observed.tolist() == [[0, 1]]


def test_a_hair_below_an_edge_is_below_it() -> None:
    near, before = math.nextafter(100, 0), math.nextafter(7, 0)
    found = knox([(0, 0), (near, 0)], [0, before], [0, 100, 200], [0, 7, 14])
    assert found.observed.tolist() == [[1, 0], [0, 0]]


def test_time_without_end_and_distances_far_beyond_any_point() -> None:
    assert knox(ROW, DAYS, [0, 1e12], [0, math.inf]).observed.tolist() == [[6]]
    assert knox(ROW, [0, 40_000, 3, 3], [0, 1e6], [0, 1, 50_000, 1e9]).observed.tolist() == [[1, 5, 0]]


@settings(max_examples=30, deadline=None)
@given(EVENTS, st.booleans())
def test_the_observed_are_what_counting_every_pair_gives(events: list[tuple[int, int, int]], manhattan: bool) -> None:
    xy, days = parts(events)
    found = knox(xy, days, BANDS, WEEKS, metric="manhattan" if manhattan else "euclidean", permutations=1)
    assert found.observed.tolist() == by_hand(xy, days, BANDS, WEEKS, manhattan)
    exact = moments(xy, days, BANDS, WEEKS, metric="manhattan" if manhattan else "euclidean")
    assert exact.observed.tolist() == found.observed.tolist()


@settings(max_examples=30, deadline=None)
@given(EVENTS, st.integers(0, 99))
def test_order_and_place_change_nothing_observed_and_no_pair_is_lost(
    events: list[tuple[int, int, int]], seed: int
) -> None:
    xy, days = parts(events)
    mixed = np.random.default_rng(seed).permutation(len(xy))
    first = knox(xy, days, BANDS, WEEKS, permutations=9, seed=seed)
    moved = knox(xy[mixed] + [650_000, 6_580_000], days[mixed] + 19_000, BANDS, WEEKS, permutations=9, seed=seed)
    assert moved.observed.tolist() == first.observed.tolist()
    together = knox(xy, days, [0, BANDS[-1]], [0, math.inf], permutations=1).observed.sum()
    assert knox(xy, days, BANDS, [0, 2, 7, math.inf], permutations=1).observed.sum() == together
    again = knox(xy, days, BANDS, WEEKS, permutations=9, seed=seed)
    assert (again.p.tolist(), again.expected.tolist()) == (first.p.tolist(), first.expected.tolist())


def test_mean_and_variance_are_those_over_every_order_of_the_times() -> None:
    xy, days = [(0, 0), (5, 0), (0, 20), (40, 0), (41, 1), (0, 0)], np.array([0, 1, 1, 4, 9, 4])
    tables = np.array([by_hand(xy, order, BANDS, WEEKS, manhattan=False) for order in permutations(days.tolist())])
    found = moments(xy, days, BANDS, WEEKS)
    assert found.mean == pytest.approx(tables.mean(axis=0))
    assert found.variance == pytest.approx(tables.var(axis=0))
    spread = tables.std(axis=0)
    assert found.z[spread > 0] == pytest.approx(((tables[0] - tables.mean(axis=0)) / spread)[spread > 0])


def test_random_orders_come_close_to_the_formula() -> None:
    chance = np.random.default_rng(5)
    xy, days = chance.uniform(0, 500, (120, 2)), chance.integers(0, 30, 120)
    drawn, exact = knox(xy, days, BANDS, WEEKS, permutations=1999, seed=5), moments(xy, days, BANDS, WEEKS)
    assert np.abs(drawn.expected - exact.mean).max() < 5 * np.sqrt(exact.variance.max() / 1999)


def test_p_counts_the_observed_and_what_is_equal_to_it() -> None:
    same = knox([(0, 0)] * 5, [3] * 5, [0, 1], [0, 1], permutations=99)
    assert (same.observed.tolist(), same.expected.tolist(), same.p.tolist()) == ([[10]], [[10.0]], [[1.0]])
    together = [(1000 * (n // 2), 0) for n in range(40)]
    pairs = knox(together, [50 * (n // 2) for n in range(40)], [0, 1], [0, 1, 60], permutations=99, seed=3)
    assert pairs.observed.tolist() == [[20, 0]]
    assert pairs.p.tolist() == [[0.01, 1.0]]


def test_no_pair_where_none_is_expected_has_no_ratio() -> None:
    assert np.isnan(knox(ROW, [1, 1, 1, 1], [0, 200], [5, 6]).ratio).all()


def test_the_result_is_the_same_whether_times_are_days_minutes_seconds_or_neither() -> None:
    chance = np.random.default_rng(2)
    xy, days = chance.uniform(0, 300, (60, 2)), chance.integers(0, 40, 60).astype(float)
    tables = [
        knox(xy, days * scale, BANDS, [0, 1.5 * scale, 6.5 * scale], seed=4)
        for scale in (1, 1 / 1440, 1 / 86_400, math.pi)
    ]
    for other in tables[1:]:
        assert other.observed.tolist() == tables[0].observed.tolist()
        assert np.abs(other.expected - tables[0].expected).max() < 1e-9


def test_a_table_is_read_with_all_its_cells_against_chance_together() -> None:
    together = [(1000 * (n // 2), 0) for n in range(40)]
    found = knox(together, [50 * (n // 2) for n in range(40)], [0, 1, 1001], [0, 1, 60], seed=3)
    said = reading(found)
    assert said.significant.tolist() == [[True, False], [False, True]]
    assert said.adjusted[0, 0] == pytest.approx(0.004)
    assert said.strongest == (0, 0)
    assert said.ratio == found.ratio[0, 0]
    assert reading(found, correction="fdr").adjusted[0, 0] == pytest.approx(0.002)
    nothing = reading(knox(together, [1] * 40, [0, 1], [0, 1], permutations=9))
    assert (nothing.strongest, nothing.ratio, nothing.significant.any()) == (None, None, np.False_)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"xy": [(0, 0)], "days": [1]}, "xy has 1 events; a pair needs 2"),
        ({"days": [1, 2, 3]}, "days has 3 values for 4 points; give one for each"),
        ({"days": [1, 2, 3, math.nan]}, r"days holds nan at \[3\]; leave such rows out first"),
        ({"distance_bands": [0]}, r"distance_bands has 1 edges; a band needs two"),
        ({"time_bands": [0, 7, 7]}, r"time_bands is \[0.0, 7.0, 7.0\]; give edges from 0 or more that rise"),
        ({"time_bands": [-1, 7]}, r"time_bands is \[-1.0, 7.0\]"),
        ({"time_bands": [0, math.nan]}, r"time_bands is \[0.0, nan\]"),
        ({"distance_bands": [0, math.inf]}, "distance_bands ends at infinity; name the largest distance"),
        ({"metric": "chebyshev"}, "metric is 'chebyshev'; give one of euclidean, manhattan"),
        ({"permutations": 0}, "permutations is 0; give at least 1"),
    ],
)
def test_what_cannot_be_tested_is_refused_by_argument_value_and_remedy(changed: dict[str, Any], words: str) -> None:
    asked: dict[str, Any] = {"xy": ROW, "days": DAYS, "distance_bands": [0, 100], "time_bands": [0, 7]}
    with pytest.raises(ValueError, match=words):
        knox(**(asked | changed))


def test_three_events_have_no_variance() -> None:
    with pytest.raises(ValueError, match="xy has 3 events; the variance needs at least 4"):
        moments(ROW[:3], DAYS[:3], [0, 100], [0, 7])


@pytest.fixture(scope="module")
def chicago() -> Chicago:
    table = pd.read_csv(CHICAGO).dropna(subset="date")
    days = (pd.to_datetime(table["date"]) - pd.Timestamp("2015-12-31")).dt.days.to_numpy(dtype=float)
    xy = table[["x_epsg26971", "y_epsg26971"]].to_numpy(dtype=float)
    return xy, days, (table["date"] < "2016-02-01").to_numpy(dtype=bool)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("distances", "weeks", "published"),
    [
        ([0, 1, 101, 201, 301], [0, 8, 15, 22, math.inf],
         [[29, 4, 5, 2], [45, 15, 7, 2], [106, 48, 21, 13], [88, 64, 46, 15]]),
        ([0, 1, 100, 200, 300], [0, 7, 14, 21, math.inf],
         [[28, 5, 5, 2], [44, 13, 8, 4], [97, 56, 19, 16], [77, 67, 45, 20]]),
    ],
)  # fmt: skip
def test_the_first_month_of_chicagos_burglaries_as_steenbeek_publishes_it_to_show_mislabelled_bands(
    chicago: Chicago,
    distances: list[float],
    weeks: list[float],
    published: list[list[int]],
) -> None:
    xy, days, first = chicago
    found = knox(xy[first], days[first], distances, weeks, metric="manhattan", permutations=1)
    assert (found.events, found.observed.tolist()) == (970, published)


@pytest.mark.realdata
def test_observed_ratio_and_p_are_those_that_the_package_near_repeat_publishes(
    chicago: Chicago,
) -> None:
    # Steenbeek, NearRepeat 0.1.1, introduction to the package: Manhattan distances, 999 permutations
    xy, days, first = chicago
    found = knox(xy[first], days[first], [0, 0.1, 200, 400, 600], [0, 7, 14, 21], metric="manhattan", seed=1)
    assert found.observed.tolist() == [[28, 5, 5], [141, 69, 27], [186, 140, 100], [237, 192, 128]]
    ratio = [[1.803, 0.404, 0.613], [1.412, 0.862, 0.517], [1.014, 0.950, 1.051], [0.975, 0.981, 1.007]]
    assert np.abs(found.ratio - ratio).max() < 0.03
    p = [[0.001, 1.000, 0.943], [0.001, 0.929, 1.000], [0.435, 0.785, 0.312], [0.696, 0.635, 0.479]]
    assert np.abs(found.p - p).max() < 0.06
    assert reading(found).significant.tolist() == [[True, False, False], [True, False, False], [False] * 3, [False] * 3]


@pytest.mark.realdata
def test_a_whole_year_of_chicago_repeats_most_where_and_when_it_is_nearest(
    chicago: Chicago,
) -> None:
    xy, days, _ = chicago
    found, exact = (
        knox(xy, days, [0, 100, 200, 300, 400], [0, 7, 14], seed=1),
        moments(xy, days, [0, 100, 200, 300, 400], [0, 7, 14]),
    )
    assert found.events == 11_700  # one of the file's 11,701 rows has no date
    assert found.observed.tolist() == [[845, 501], [1124, 1141], [1790, 1791], [1800, 1867]]
    assert found.p.tolist() == [[0.001, 0.001]] * 4
    assert np.abs(found.expected / exact.mean - 1).max() < 0.01
    assert found.ratio[0, 0] == found.ratio.max() > 2.4
