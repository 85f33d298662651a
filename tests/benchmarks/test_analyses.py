"""The analyses' benchmarks without their peers: what is taken for the same result, and what is not timed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks import analyses
from benchmarks.analyses import ALL, Analysis
from tests.source import ROOT

SMALL = {"gi-star": 100, "gi-star-p": 100, "knox": 60, "density": 40, "st-dbscan": 300, "before-after": 3000}


def as_the_peer_gives_it(analysis: Analysis, found: NDArray[Any]) -> NDArray[Any]:
    return found.T.reshape(-1, 1) / 1e6 if analysis.name == "density" else found


@pytest.mark.parametrize("analysis", ALL, ids=lambda each: each.name)
def test_the_same_result_is_taken_and_another_is_not(analysis: Analysis) -> None:
    data = analysis.data(SMALL[analysis.name])
    found = analysis.ours(data)
    theirs = as_the_peer_gives_it(analysis, found)
    assert analysis.same(data, found, theirs)
    changed = theirs.copy()
    changed.reshape(-1)[np.abs(changed).argmin()] += np.abs(changed).max() + 1
    assert not analysis.same(data, found, changed)


def test_every_benchmark_has_a_name_to_ask_for_it_by_and_a_peer_that_answers_to_it() -> None:
    assert {each.name.removesuffix("-p") for each in ALL} == set(analyses.NAMES)
    script = (ROOT / "benchmarks" / "peers_analyses.py").read_text("utf-8")
    assert all(f'"{each.name}": ' in script for each in ALL)


def test_what_nobody_asked_for_is_neither_timed_nor_explained() -> None:
    assert list(analyses.figures(["page"])) == []
    assert analyses.facts(["page"]) == []
