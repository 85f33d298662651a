"""`publish`: a closed month, made once; what is no closed month is refused with the reason."""

from __future__ import annotations

import json

from tests.builders import World
from tests.dashboards.commands.conftest import Call


def test_a_closed_month_is_published_and_answered_again_as_it_is(cli: Call, lasting: World) -> None:
    first = cli("publish", "--forum", lasting.slug, "--month", "2023-07", "--json")
    assert first.exit_code == 0, first.output
    facts = json.loads(first.output)
    assert (facts["forum"], facts["month"], facts["shown"]) == ("farsta", "2023-07", 0)
    assert facts["withheld"] == 2 * 13
    again = cli("publish", "--forum", lasting.slug, "--month", "2023-07", "--json")
    assert json.loads(again.output) == facts
    assert json.loads(cli("audit", "verify", "--json").output)[1]["sound"]


def test_a_month_that_is_not_over_and_a_forum_that_is_not_there_are_refused(cli: Call, lasting: World) -> None:
    coming = cli("publish", "--forum", lasting.slug, "--month", "2999-01")
    assert (coming.exit_code, "not closed yet" in coming.output) == (1, True)
    assert cli("publish", "--forum", "nowhere", "--month", "2023-07").exit_code == 1
