"""The bytes of a tile of points: another program reads in them what was put in."""

from __future__ import annotations

from typing import Any

import mapbox_vector_tile
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mapping.encoding import numbers, points, whole_numbers, words

SPAN = 2**31 - 1
WORDS = ("ny", "sedd", "", "släckt " * 30)


def read(tile: bytes) -> list[dict[str, Any]]:
    """Return the features of the tile's only layer."""
    layers = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})
    assert list(layers) == ["deviations"]
    assert (layers["deviations"]["extent"], layers["deviations"]["version"]) == (4096, 2)
    features: list[dict[str, Any]] = layers["deviations"]["features"]
    return features


@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 2**32 - 1),
            st.integers(-5000, 10_000),
            st.integers(-5000, 10_000),
            st.integers(-(2**63), 2**63 - 1),
            st.floats(allow_nan=False),
            st.integers(0, len(WORDS) - 1),
        ),
        max_size=300,
    )
)
def test_what_is_read_is_what_was_put_in(rows: list[tuple[Any, ...]]) -> None:
    ids, east, south, seconds, metres, said = zip(*rows, strict=True) if rows else [()] * 6
    properties = {
        "seconds": whole_numbers(np.array(seconds, np.int64)),
        "metres": numbers(np.array(metres, np.float64)),
        "said": words(np.array(said, np.int64), WORDS),
    }
    tile = points("deviations", np.array(ids, np.int64), np.array(east, int), np.array(south, int), properties)
    expected = [
        {
            "id": row[0],
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row[1], row[2]]},
            "properties": {"seconds": row[3], "metres": row[4], "said": WORDS[row[5]]},
        }
        for row in rows
    ]
    assert read(tile) == expected


def test_a_value_that_many_features_have_is_written_once() -> None:
    place = np.zeros(5000, int)
    many = points("deviations", place, place, place, {"said": words(place, WORDS)})
    assert len(read(many)) == 5000
    assert many.count(WORDS[3].encode()) == 1
    assert len(many) < 5000 * 18


def test_without_properties_a_tile_has_its_points() -> None:
    (feature,) = read(points("deviations", np.array([7]), np.array([4096]), np.array([-1]), {}))
    assert (feature["id"], feature["geometry"]["coordinates"], feature["properties"]) == (7, [4096, -1], {})
