"""`effect recompute`: a card is reckoned after from itself alone, and the first figure that differs is named."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from mapping.cards import VERSION
from mapping.picture import as_plain
from mapping.spans import Inputs
from mapping.verdicts import weigh
from tests.dashboards.commands.conftest import Call

EVEN = (8,) * 36


def written() -> dict[str, Any]:
    """Return a card as far as it is reckoned after."""
    inputs = Inputs(date(2022, 12, 15), 3, date(2020, 1, 1), (*EVEN, 8, 1, 1), (5,) * 39, (8,) * 39, (5,) * 39, (2, 2))
    return as_plain({"version": VERSION, "measure": 7, "inputs": inputs, "weighed": weigh(inputs)})


def test_a_card_is_equal_or_its_first_other_figure_is_named(cli: Call, tmp_path: Path) -> None:
    file, card = tmp_path / "card.json", written()

    def ask(said: object, *options: str) -> tuple[int, str, str]:
        file.write_text(json.dumps(said), "utf-8")
        answer = cli("effect", "recompute", file, *options)
        return answer.exit_code, answer.stdout, answer.stderr

    assert ask({"id": "x", "card": card})[:2] == (
        0, "Measure 7 after 3 months: every figure follows from the card's counts.\n",
    )  # fmt: skip
    card["weighed"]["figures"]["dispersion"] = 0.5
    status, said, _ = ask(card, "--json")
    assert (status, json.loads(said)["differs"]) == (1, "weighed.figures.dispersion: 0.5, 1.0")
    refused: tuple[Any, ...] = ([], {}, {"version": VERSION}, card | {"version": 9}, card | {"inputs": {}})
    for wrong in refused:
        status, _, complaint = ask(wrong)
        assert (status, "no effect card" in complaint) == (1, True)
