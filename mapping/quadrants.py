"""What is perceived beside what is reported in one forum (fyrfältet): imported figures by area, deviations by place.

A bridge: it knows the register. Places are counted for a whole audience.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forum.register.surveys import Kind, Survey
from mapping.figures import Rows
from mapping.perceived import Counted, Placed, Share, compare_areas, compare_places
from mapping.surveys import Basis, newest

UNEASE = frozenset({"unease"})
OFFENCES = frozenset({"vandalism", "drugs", "theft", "violence"})
"""Groups of categories: what is felt, and what would be an offence; disorder, litter and light are neither."""


@dataclass(frozen=True)
class Areas:
    """The areas in their quadrants, and what both figures are; None where none was imported."""

    perceived: Basis | None
    reported: Basis | None
    placed: tuple[Placed, ...]


@dataclass(frozen=True)
class Quadrants:
    """Both together: areas by imported figures, places by the deviations of the period."""

    areas: Areas
    places: tuple[Placed, ...]


def of_areas(figures: Sequence[Survey]) -> Areas:
    """Return the forum's areas by the newest of its imported figures."""
    perceived, asked = newest(each for each in figures if each.kind == Kind.PERCEIVED)
    reported, counted = newest(each for each in figures if each.kind == Kind.REPORTED and each.population)
    shares = {each.area: Share(each.share or 0.0, each.respondents or 0, each.low, each.high) for each in asked}
    counts = {each.area: Counted(each.count or 0, float(each.population or 0)) for each in counted}
    return Areas(perceived, reported, compare_areas(shares, counts))


def of_places(rows: Rows, keys: Sequence[str], masks: Sequence[NDArray[np.bool_]]) -> tuple[Placed, ...]:
    """Return the places by the deviations of the period: what they are called in data, and which rows are theirs."""
    roots = np.array([code.partition(".")[0] for code in rows.codes])[rows.category]
    now = rows.inside[0]
    felt, happened = (now & np.isin(roots, sorted(groups)) for groups in (UNEASE, OFFENCES))
    counts = (
        {key: int((mask & wanted).sum()) for key, mask in zip(keys, masks, strict=True)} for wanted in (felt, happened)
    )
    return compare_places(*counts)
