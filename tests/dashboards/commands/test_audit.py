"""`audit verify`: sound when nothing happened behind the journal, and the first fault by name when something did."""

from __future__ import annotations

import json

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from tests.builders import World, mark
from tests.dashboards.commands.conftest import Call


def test_a_hand_behind_the_journal_is_found(
    cli: Call, lasting: World, sessions: sessionmaker[Session], superuser: Engine
) -> None:
    with sessions() as session:
        deviation = mark(session, lasting.acting(session, "officer"))
        session.commit()
    sound = cli("audit", "verify")
    assert sound.exit_code == 0
    assert "farsta: all 1 entries agree.\n" in sound.stdout
    with superuser.connect() as hand:
        hand.execute(text("UPDATE deviations SET text = 'Allt är bra' WHERE id = :id"), {"id": deviation.id})
    answer = cli("audit", "verify", "--json")
    assert answer.exit_code == 1
    chains = {chain["chain"]: chain for chain in json.loads(answer.stdout)}
    assert chains["installation"]["sound"]
    assert (chains["farsta"]["sound"], str(deviation.id) in chains["farsta"]["fault"]) == (False, True)
    assert cli("audit", "verify").exit_code == 1
