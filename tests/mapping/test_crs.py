"""The three reference systems into each other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.foundation.geometry import metres_between
from mapping.crs import NAMES, SWEREF99TM, SWEREF991800, WGS84, UnknownSystem, transform

SYSTEMS = st.sampled_from(sorted(NAMES))
IN_SWEDEN = st.tuples(
    st.floats(10.5, 24.5, allow_nan=False), st.floats(55.0, 69.5, allow_nan=False)
)  # longitude and latitude


@given(here=IN_SWEDEN, there=SYSTEMS, beyond=SYSTEMS)
def test_a_round_through_the_systems_ends_within_a_centimetre(
    here: tuple[float, float], there: int, beyond: int
) -> None:
    back = transform(transform(transform(here, WGS84, there), there, beyond), beyond, WGS84)
    assert metres_between(here, (float(back[0]), float(back[1]))) < 0.01


def test_the_central_meridian_lies_where_the_definition_puts_it() -> None:
    # EPSG: SWEREF 99 TM has 15 degrees east at 500 000 m, SWEREF 99 18 00 has 18 degrees at 150 000 m
    assert transform((15.0, 59.0), WGS84, SWEREF99TM)[0] == pytest.approx(500_000, abs=1e-6)
    assert transform((18.0, 59.0), WGS84, SWEREF991800)[0] == pytest.approx(150_000, abs=1e-6)
    # on the meridian the scale of SWEREF 99 18 00 is 1: its northing is the length of the meridian's arc
    degree = transform((18.0, 60.0), WGS84, SWEREF991800)[1] - transform((18.0, 59.0), WGS84, SWEREF991800)[1]
    assert degree == pytest.approx(111_403, abs=15)


def test_many_points_go_in_one_call_and_keep_their_shape() -> None:
    points = np.array([[[18.0, 59.0], [18.1, 59.1]], [[17.9, 59.2], [18.2, 59.3]]])
    moved = transform(points, WGS84, SWEREF99TM)
    assert moved.shape == points.shape
    assert np.allclose(moved[1, 0], transform(points[1, 0], WGS84, SWEREF99TM))


@pytest.mark.parametrize(("source", "target"), [(4326, 2400), (3857, 4326), (0, 3006)])
def test_a_system_that_is_not_spoken_is_refused_by_its_number(source: int, target: int) -> None:
    unknown = target if source == WGS84 else source
    with pytest.raises(UnknownSystem, match=f"EPSG:{unknown}"):
        transform((18.0, 59.0), source, target)


@pytest.mark.parametrize("point", [(math.nan, 59.0), (18.0, math.inf), (200.0, 95.0), (1e12, 1e12)])
def test_a_point_that_cannot_be_shown_becomes_infinite_and_not_a_wrong_place(point: tuple[float, float]) -> None:
    assert np.isinf(transform(point, WGS84, SWEREF99TM)).all()


def test_coordinates_come_in_pairs() -> None:
    with pytest.raises(ValueError, match="pairs"):
        transform([1.0, 2.0, 3.0], WGS84, SWEREF99TM)
