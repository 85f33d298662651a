"""Hot spots: published scores, exact chances, how far they survive rough points, and shared centres that have none."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.crs import SWEREF99TM, WGS84, transform
from mapping.grids import Grid
from mapping.hotspots import centres, exact_p, fdr, gi_star, jitter
from tests.real import POLICE

SIX = [(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)]
VALUES = [2, 3, 3.2, 5, 8, 7]
PLAIN = Grid(670_000, 6_570_000, 100, 20, 20)


def test_the_scores_of_six_points_are_those_that_pysal_publishes() -> None:
    # esda, documentation of G_Local with binary weights, the point itself included, threshold 15
    published = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    assert gi_star(VALUES, SIX, 15) == pytest.approx(published, abs=1e-8)


def test_one_cell_counted_by_hand() -> None:
    # nine cells in a row, the middle one 9, the rest 0: mean 1, S = sqrt(8); around the middle W = 3, sum 9
    row = [(n, 0) for n in range(9)]
    found = gi_star([0, 0, 0, 0, 9, 0, 0, 0, 0], row, 1)
    assert found[4] == pytest.approx((9 - 3) / (math.sqrt(8) * math.sqrt((9 * 3 - 9) / 8)))
    assert found[3] == found[5] == found[4]
    assert found[0] == pytest.approx(-2 / (math.sqrt(8) * math.sqrt((9 * 2 - 4) / 8)))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=12, max_size=12), st.integers(0, 99), st.floats(0.5, 50))
def test_order_place_and_unit_change_no_score(counts: list[int], seed: int, scale: float) -> None:
    xy, values = Grid(0, 0, 100, 4, 3).centres(), np.array(counts, dtype=float)
    mixed = np.random.default_rng(seed).permutation(12)
    first = gi_star(values, xy, 142)
    assert gi_star(values[mixed] * scale + 7, xy[mixed] + [650_000, 6_580_000], 142) == pytest.approx(
        first[mixed], abs=1e-6
    )


def test_where_nothing_can_stand_out_the_score_is_nought() -> None:
    assert gi_star([0.1] * 9, PLAIN.centres()[:9], 150).tolist() == [0] * 9
    assert gi_star([1, 2, 3], [(0, 0), (1, 0), (2, 0)], 10).tolist() == [0, 0, 0]


def test_the_exact_chance_is_the_share_of_all_ways_to_place_the_other_counts() -> None:
    counts, xy = [4, 0, 1, 1, 0, 0, 2, 1], [(n, 0) for n in range(8)]
    found = exact_p(counts, xy, 1)
    for cell in range(8):
        others = counts[:cell] + counts[cell + 1 :]
        around = [counts[n] for n in (cell - 1, cell + 1) if 0 <= n < 8]
        ways = [sum(part) >= sum(around) for part in combinations(others, len(around))]
        assert found[cell] == pytest.approx(np.mean(ways), abs=1e-12)


def test_a_cell_is_hot_by_itself_only_where_its_own_count_is_placed_anew_too() -> None:
    counts = np.zeros(400, dtype=int)
    counts[[210, 5, 390]] = [40, 1, 1]
    kept, anew = (exact_p(counts, PLAIN.centres(), 150, conditional=way)[210] for way in (True, False))
    assert kept == 1
    assert anew == pytest.approx(9 / 400)  # the one count is among the nine


def test_a_planted_cluster_is_found_and_an_even_field_has_none() -> None:
    chance = np.random.default_rng(7)
    counts = chance.poisson(1.0, 400)
    assert fdr(exact_p(counts, PLAIN.centres(), 150)).sum() == 0
    middle = np.hypot(*(PLAIN.centres() - [671_000, 6_571_000]).T) < 200
    counts[middle] += 6
    found = fdr(exact_p(counts, PLAIN.centres(), 150))
    assert found[middle].all()
    assert not found[np.hypot(*(PLAIN.centres() - [671_000, 6_571_000]).T) > 400].any()


def test_exact_chances_and_scores_agree_where_the_normal_holds() -> None:
    chance = np.random.default_rng(11)
    counts = chance.poisson(20, 400)
    order = np.corrcoef(exact_p(counts, PLAIN.centres(), 400), gi_star(counts, PLAIN.centres(), 400))[0, 1]
    assert order < -0.9


def test_a_hot_spot_of_exact_points_stays_and_one_of_rough_points_does_not() -> None:
    chance = np.random.default_rng(3)
    spread = PLAIN.centres()[chance.integers(0, 400, 300)]
    near = np.array([671_050, 6_571_050]) + chance.uniform(-150, 150, (90, 2))
    xy = np.concatenate([spread, near])
    cell = PLAIN.cells([(671_050, 6_571_050)])[0]
    sure = jitter(xy, 5, PLAIN, 150, draws=9, seed=1)
    assert sure.hot[cell]
    assert sure.share[cell] == 1
    rough = jitter(xy, np.where(np.arange(len(xy)) < 300, 5, 2000), PLAIN, 150, draws=9, seed=1)
    assert rough.hot.tolist() == sure.hot.tolist()
    assert rough.share[cell] < 0.4
    again = jitter(xy, np.where(np.arange(len(xy)) < 300, 5, 2000), PLAIN, 150, draws=9, seed=1)
    assert again.share.tolist() == rough.share.tolist()


def test_points_that_are_exact_are_never_moved() -> None:
    xy = np.random.default_rng(4).uniform([670_000, 6_570_000], [672_000, 6_572_000], (200, 2))
    found = jitter(xy, 0, PLAIN, 150, draws=3)
    assert found.share.tolist() == found.hot.astype(float).tolist()


def test_redraws_test_the_cells_inside_alone() -> None:
    rng = np.random.default_rng(4)
    centre = np.array([671_050, 6_571_050]) + rng.normal(0, 60, (40, 2))
    xy = np.concatenate([centre, np.array([670_000, 6_570_000]) + rng.random((200, 2)) * 2000])
    east, north = PLAIN.centres().T
    inside = (east < 671_600) & (north < 6_571_600)
    found = jitter(xy, 30, PLAIN, 150, draws=9, seed=1, inside=inside)
    counts = PLAIN.count(xy)[inside]
    alone = fdr(exact_p(counts, PLAIN.centres()[inside], 150, conditional=False), 0.05)
    assert found.hot[inside].tolist() == alone.tolist()
    assert alone.any()
    assert not found.hot[~inside].any()
    assert not found.share[~inside].any()
    every = jitter(xy, 30, PLAIN, 150, draws=9, seed=1)
    whole = jitter(xy, 30, PLAIN, 150, draws=9, seed=1, inside=np.ones(400, dtype=bool))
    assert whole.share.tolist() == every.share.tolist()


def test_shared_centres_are_told_from_points_where_things_happened() -> None:
    chance = np.random.default_rng(1)
    own = chance.uniform(0, 5000, (60, 2))
    assert (centres(own).shared, centres(own).reason, centres(own).spots) == (False, None, 60)
    few = np.concatenate([own[chance.integers(0, 6, 100)], own])
    found = centres(few)
    assert found.shared
    assert found.reason == "160 points stand on 60 spots: they show the centres they were put on"
    assert not centres(np.concatenate([own, own, own[:10]])).shared
    assert not centres([]).shared


@pytest.mark.realdata
def test_published_police_events_stand_on_the_centres_of_districts() -> None:
    table = pd.read_csv(POLICE).dropna(subset=["lon", "lat"])
    table = table[table["platsniva"] == "stadsdel"]
    found = centres(transform(table[["lon", "lat"]].to_numpy(), WGS84, SWEREF99TM))
    assert found.points > 2600
    assert found.spots < 110
    assert found.share > 0.97


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"values": [1, 2], "xy": SIX[:2]}, "xy has 2 cells; at least 3 are needed"),
        ({"values": [1, 2]}, "values has 2 values for 6 points"),
        ({"values": [*VALUES[:5], math.nan]}, r"values holds nan at \[5\]"),
        ({"distance": -1}, "distance is -1; give a finite number above 0"),
        ({"xy": gpd.GeoSeries.from_xy([18.0] * 6, [59.0] * 6, crs=4326)}, "xy is in degrees"),
    ],
)
def test_what_cannot_be_scored_is_refused(changed: dict[str, Any], words: str) -> None:
    asked: dict[str, Any] = {"values": VALUES, "xy": SIX, "distance": 15}
    with pytest.raises(ValueError, match=words):
        gi_star(**(asked | changed))


@pytest.mark.parametrize("wrong", [-1, 0.5])
def test_what_is_no_count_has_no_exact_chance(wrong: float) -> None:
    with pytest.raises(ValueError, match=f"counts holds {wrong:g}; give whole numbers from 0, or use gi_star"):
        exact_p([1, 2, wrong], SIX[:3], 15)


def test_no_draws_and_an_accuracy_below_nought_are_refused() -> None:
    with pytest.raises(ValueError, match="draws is 0; give at least 1"):
        jitter(SIX, 5, PLAIN, 150, draws=0)
    with pytest.raises(ValueError, match="accuracy_m holds -1; give metres from 0"):
        jitter(SIX, [5, 5, 5, -1, 5, 5], PLAIN, 150)
    with pytest.raises(ValueError, match="accuracy_m has 2 values for 6 points"):
        jitter(SIX, [5, 5], PLAIN, 150)
    with pytest.raises(ValueError, match="inside"):
        jitter(SIX, 5, PLAIN, 150, inside=np.ones(6, dtype=bool))


def test_cells_anywhere_are_scored_as_the_formula_says() -> None:
    chance = np.random.default_rng(9)
    xy, values = chance.uniform(0, 1000, (80, 2)), chance.normal(5, 2, 80)
    near = (np.hypot(*(xy[:, None] - xy).transpose(2, 0, 1)) <= 180).astype(float)
    size = near.sum(axis=1)
    spread = values.std() * np.sqrt((80 * size - size**2) / 79)
    assert gi_star(values, xy, 180) == pytest.approx((near @ values - values.mean() * size) / spread)
