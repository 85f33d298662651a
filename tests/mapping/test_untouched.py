"""Untouched places: which are tried, with which control, and that none lies at another or at the measure."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from shapely import Point

from mapping import untouched as module
from mapping.controls import Candidate
from mapping.grounds import Ground
from mapping.monthly import Counter, Rows
from mapping.periods import Period
from mapping.untouched import untouched

DONE, FIRST = date(2022, 12, 15), date(2021, 12, 1)
EASTS = {"a": 1000, "b": 2000, "beside-b": 2090, "few": 3000, "measured": 4000, "near": 280}
EACH = {"a": 6, "b": 5, "beside-b": 5, "few": 0, "measured": 6, "near": 6}


def counted() -> tuple[Counter, list[tuple[Ground, Candidate]]]:
    """Return places in a row, each with as many deviations in every month from December 2021 on."""
    xy = [(float(EASTS[name]), 0.0) for name, n in EACH.items() for _ in range(15 * n)]
    month = [24 + i % 15 for n in EACH.values() for i in range(15 * n)]
    size = len(xy)
    rows = Rows(FIRST, np.array(xy), np.array(month), np.array(["x"] * size), np.full(size, 20.0), 0)
    made = Counter(rows, FIRST, DONE, Period(date(2023, 1, 1), date(2023, 3, 1)))
    grounds = [Ground(name, Point(east, 0), 50) for name, east in EASTS.items()]
    treated, months = Ground("treated", Point(0, 0), 50), made.matched
    found = [
        (each, Candidate(each.key, made.both(each)[0][months], each.to(treated), each.key == "measured"))
        for each in grounds
    ]
    return made, found


def test_those_likest_in_level_are_tried_with_the_control_that_the_rules_find() -> None:
    made, found = counted()
    tried = untouched(made, found, [6] * 12)
    assert [each.key for each in tried] == ["a", "b"]
    assert (tried[0].treated, tried[0].control) == ((6,) * 15, (5,) * 15)
    assert (tried[1].treated, tried[1].control) == ((5,) * 15, (6,) * 15)


def test_no_more_are_tried_than_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 1)
    made, found = counted()
    assert [each.key for each in untouched(made, found, [5] * 12)] == ["b"]


def test_where_all_is_touched_nothing_is_tried() -> None:
    made, found = counted()
    alone = [(ground, each) for ground, each in found if each.key in ("a", "measured", "near", "few")]
    assert untouched(made, alone, [6] * 12) == ()
