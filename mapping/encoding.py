"""Points as the bytes of a vector tile (kartrutans bytes), written for all of them at once.

Mapbox Vector Tile specification 2.1. ST_AsMVT looks up each value of each feature by itself, which is nearly all that a
tile of points takes; here each column is looked through once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mapping.tiles import EXTENT

MESSAGE, FLOAT64, VARINT = 2, 1, 0
"""How a field is written (Protocol Buffers, Encoding, wire types)."""
MOVE_TO_ONE = 1 | 1 << 3
"""The command that a point's geometry begins with (section 4.3.1)."""


class Column(NamedTuple):
    """A property of every feature: its value's place among the distinct ones, and those as the tile writes them."""

    place: NDArray[np.uint32]
    values: bytes
    distinct: int


def whole_numbers(given: NDArray[np.integer[Any]]) -> Column:
    """Return a property of whole numbers."""
    place, distinct = _told_apart(given)
    plain = distinct.astype(np.int64).view(np.uint64)
    value, number = (np.full_like(plain, _key(4, kind)) for kind in (MESSAGE, VARINT))
    return Column(place, _varints(np.stack([value, 1 + _sizes(plain), number, plain], 1)), len(distinct))


def numbers(given: NDArray[np.float64]) -> Column:
    """Return a property of numbers."""
    place, distinct = _told_apart(given)
    written = np.zeros(len(distinct), [("head", "u1", 3), ("number", "<f8")])
    written["head"], written["number"] = (_key(4, MESSAGE), 9, _key(3, FLOAT64)), distinct
    return Column(place, written.tobytes(), len(distinct))


def words(place: NDArray[np.integer[Any]], known: Sequence[str]) -> Column:
    """Return a property of words, each feature's by its place among the known ones."""
    values = (_field(4, _field(1, word.encode())) for word in known)
    return Column(place.astype(np.uint32), b"".join(values), len(known))


def points(
    name: str,
    ids: NDArray[np.integer[Any]],
    east: NDArray[np.integer[Any]],
    south: NDArray[np.integer[Any]],
    properties: Mapping[str, Column],
) -> bytes:
    """Return a layer of points as the tile's bytes.

    Parameters
    ----------
    name : str
        The layer's name.
    ids : array of n
        The features' numbers, from 0 up to 2^32.
    east, south : array of n
        Where they lie, in units of the tile from its north-western corner.
    properties : mapping of Column
        What is known of each feature, by name.

    Returns
    -------
    bytes
        The tile with this one layer (section 4.1); tiles of several are joined by putting them after each other.
    """
    offsets = np.cumsum([0, *(column.distinct for column in properties.values())])
    tags = np.empty((len(ids), 2 * len(properties)), np.uint32)
    for number, column in enumerate(properties.values()):
        tags[:, 2 * number] = number
        tags[:, 2 * number + 1] = column.place + np.uint32(offsets[number])
    features = _features(ids, tags, east, south)
    keys = b"".join(_field(3, key.encode()) for key in properties)
    values = b"".join(column.values for column in properties.values())
    version, extent = bytes([_key(15, VARINT), 2]), bytes([_key(5, VARINT)]) + _varint(EXTENT)
    return _field(3, version + _field(1, name.encode()) + features + keys + values + extent)


def _features(
    ids: NDArray[np.integer[Any]],
    tags: NDArray[np.uint32],
    east: NDArray[np.integer[Any]],
    south: NDArray[np.integer[Any]],
) -> bytes:
    """Return the features (section 4.2): a table of whole numbers, each of which is written as a varint."""
    one = np.ones(len(ids), np.uint32)
    number, here = ids.astype(np.uint32), np.stack([_zigzag(east), _zigzag(south)], 1)
    tagged, placed = _sizes(tags).sum(1), 1 + _sizes(here).sum(1)
    length = 1 + _sizes(number) + 1 + _sizes(tagged) + tagged + 2 + 1 + _sizes(placed) + placed
    before = [_key(2, MESSAGE) * one, length, _key(1, VARINT) * one, number, _key(2, MESSAGE) * one, tagged]
    after = [_key(3, VARINT) * one, one, _key(4, MESSAGE) * one, placed, MOVE_TO_ONE * one]
    return _varints(np.column_stack([*before, tags, *after, here]).astype(np.uint32))


def _told_apart(given: NDArray[Any]) -> tuple[NDArray[np.uint32], NDArray[Any]]:
    """Return each value's place among the distinct ones, and those."""
    place, distinct = pd.factorize(given)
    return place.astype(np.uint32), np.asarray(distinct)


def _zigzag(given: NDArray[np.integer[Any]]) -> NDArray[np.uint32]:
    """Return numbers of either sign as small ones without: 0, -1, 1, -2 become 0, 1, 2, 3."""
    signed = given.astype(np.int32)
    return ((signed << 1) ^ (signed >> 31)).view(np.uint32)


def _sizes(given: NDArray[Any]) -> NDArray[np.uint8]:
    """Return how many bytes each number takes as a varint: seven of its bits go into one."""
    sizes = np.ones(given.shape, np.uint8)
    for bits in range(7, 8 * given.itemsize, 7):
        longer = given >= 1 << bits
        if not longer.any():
            break
        sizes += longer
    return sizes


def _varints(given: NDArray[Any]) -> bytes:
    """Return whole numbers as varints, one after the other: low bits first, and all but the last byte are marked."""
    flat = given.ravel()
    sizes = _sizes(flat)
    ends = np.cumsum(sizes, dtype=np.int64)
    written = np.empty(ends[-1] if len(ends) else 0, np.uint8)
    at, left = ends - sizes, flat
    while len(at):
        longer = left >= 128
        written[at] = (left & 127).astype(np.uint8) | longer.astype(np.uint8) << 7
        at, left = at[longer] + 1, left[longer] >> 7
    return written.tobytes()


def _varint(number: int) -> bytes:
    return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + _varint(number >> 7)


def _key(field: int, kind: int) -> int:
    return field << 3 | kind


def _field(field: int, content: bytes) -> bytes:
    return bytes([_key(field, MESSAGE)]) + _varint(len(content)) + content
