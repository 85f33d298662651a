"""What works here: kinds in the catalogue's order with what their cards say together, and no place ranked."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session, sessionmaker

from tests.builders import World
from tests.dashboards.conftest import BrowserOf
from tests.mapping.test_cards import fill


def test_the_room_counts_what_was_judged_and_leads_to_the_cards(
    sessions: sessionmaker[Session], lasting: World, browser_of: BrowserOf
) -> None:
    coordinator, landlord = browser_of("coordinator"), browser_of("landlord")
    assert "Ingen åtgärd är utförd än." in coordinator.get("/farsta/effekter")
    told = fill(sessions, lasting)
    coordinator.post(f"/farsta/atgarder/{told.measure}/effekt", {"months": "3", "audience": "forum", "control": ""})
    assert 'href="/farsta/effekter"' in landlord.get("/farsta/atgarder")
    page = landlord.get("/farsta/effekter")
    (row,) = re.findall(r"<tr><th scope=\"row\">Av inget slag i katalogen</th>(.*?)</tr>", page)
    assert re.findall(r"number\">(\d+)<", row) == ["2", "1", "1", "0", "0", "0", "0"]
    assert "För få kort med siffror för att lägga ihop." in row
    assert re.search(r'href="/farsta/effekter/[0-9a-f-]{36}">Byt lampor', page)
    assert "Gången" not in page, "no place is named"
    assert "What works here" in landlord.get("/en/farsta/effekter")
    answer = landlord.client.get("/api/v1/forums/farsta/effects").json()
    (kind,) = answer["kinds"]
    assert (kind["code"], kind["carried_out"], len(kind["frozen"])) == (None, 2, 1)
    assert (kind["lesson"]["fewer"], kind["lesson"]["apart"]) == (1, "few")
